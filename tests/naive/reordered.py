"""What a ledger was told, with what people decided about it, told again in another order.

A decision follows the records that it is about, and what was decided about them before. One that
is refused because something else is not there yet is asked again when all the rest is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from tests.naive.both_sides import BothSides, Tally, Telling
from tests.naive.model import Fact as Plain
from tests.naive.page.facts import DECISIONS
from tests.naive.page.set_aside import targets_of
from tests.naive.program import CENTRE, Intake, Program
from tests.naive.telling.commands import Script
from tests.naive.world import Item
from veinledger.domain.centre.centre import Centre
from veinledger.domain.intake.outcome import Outcome


class WithoutClashes(Script):
    """Which of two with one message id is the report and which the conflict, order decides."""

    def other_bytes(self) -> Item:
        return self.rng.choice(self.said)

    def stories(self) -> list[Item]:
        told = super().stories()
        return [(name, fact) for name, fact in told if not fact["conflict"]]


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything that was kept, in the order in which it was told first."""

    items: list[Item]
    sides: BothSides

    @property
    def decisions(self) -> int:
        return sum(fact["type"] in DECISIONS for _, fact in self.items)

    def follows(self) -> dict[str, set[str]]:
        """For each item what must be told before it, by the model's keys."""
        came_by: dict[str, str] = {
            str(fact["key"]): str(fact.get("correction", fact["key"]))
            for facts in self.sides.world.encounters.values()
            for fact in facts
        }
        decided: dict[str, set[str]] = {}
        before: dict[str, set[str]] = {}
        for _, fact in self.items:
            targets = targets_of(fact)
            before[fact["key"]] = {came_by[t] for t in targets}.union(
                *(decided.get(t, set()) for t in targets)
            )
            for target in targets:
                decided.setdefault(target, set()).add(fact["key"])
        return before


def told_first(seed: int, centre: Centre = CENTRE) -> Kept:
    """One seed's sequence; what was refused or came twice is left out."""
    telling = Telling(seed, Intake(centre=centre), script=WithoutClashes(seed))
    program = telling.sides.program
    while (message := telling.next_message()) is not None:
        telling.compare(message, program.record(telling.sides.lines(message)), Tally())
    kept = {
        fact["key"]
        for facts in telling.sides.world.encounters.values()
        for fact in facts
        if "stands_for" not in fact
    }
    items: dict[str, Item] = {}
    for name, fact in telling.script.said:
        if fact["key"] in kept:
            items.setdefault(fact["key"], (name, fact))
    return Kept(list(items.values()), telling.sides)


def another_order(random: Random, kept: Kept) -> list[Item]:
    """Any order in which nothing comes before what it follows; a third is told twice."""
    follows, told = kept.follows(), set[str]()
    to_come, order = list(kept.items), list[Item]()
    while to_come:
        ready = [item for item in to_come if follows[item[1]["key"]] <= told]
        item = random.choice(ready)
        to_come.remove(item)
        told.add(item[1]["key"])
        order.append(item)
        if random.random() < 0.33:
            order.append(random.choice(order))
    return order


def told_again(order: Sequence[Item], kept: Kept, program: Program) -> bool:
    """Whether in the end everything was kept here too."""
    sides = BothSides(program, prefix=kept.sides.prefix)
    sides.keys = kept.sides.keys
    refused = [item for item in order if not is_kept(item, sides)]
    while refused:
        still = [item for item in refused if not is_kept(item, sides)]
        if len(still) == len(refused):
            return False
        refused = still
    return True


def is_kept(item: Item, sides: BothSides) -> bool:
    outcome: Outcome = sides.program.record(sides.lines([item]))[0]
    return outcome.answer != "refused"


__all__ = ["Kept", "Plain", "another_order", "told_again", "told_first"]
