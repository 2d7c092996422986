"""Row S4: every short history over one fact of each kind, with voids and confirmations.

No illegal history is accepted and no legal one refused: by the naive model, by the program's steps
one by one, by its fold of the whole, and by a ledger that is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

import pytest

from tests.given_ledger import centre_in_utc, ledger
from tests.naive.bridge import STAGES, line_of
from tests.naive.model import Fact as Plain
from tests.naive.short.steps import ALPHABET, ME, Step, Told, confirmation, said, void
from tests.naive.short.tree import (
    Branch,
    Counted,
    branches,
    follow,
    grown,
    grown_from,
    illegal_letters,
    next_steps,
    walked,
)
from tests.naive.table import LEADS_TO
from tests.tiers import SEED, size, tell
from veinledger.adapters.ledger import Ledger
from veinledger.domain.lifecycle.machine import LOOKUP
from veinledger.domain.lifecycle.stages import Stage

pytestmark = pytest.mark.stochastic

DEPTH = size(5, 7, 9)
THOROUGH = 5
FOLDED_ONE_IN = size(1, 8, 5)
PARTS = size(1, 8, 32)
DEPTH_THROUGH = {"memory": size(2, 3, 5), "sqlite": size(2, 3, 5)}
SAMPLED = {"memory": size(10, 200, 20_000), "sqlite": size(10, 200, 5_000)}
AT_ONCE = 100
"""Histories that grow together in one ledger, so that they share its commits."""


@pytest.mark.parametrize("part", range(PARTS))
def test_every_short_history_is_legal_to_all_or_to_none(part: int) -> None:
    counted = Counted()
    for branch in branches(DEPTH, THOROUGH, FOLDED_ONE_IN)[part::PARTS]:
        counted.add(walked(branch))
    assert counted.histories[DEPTH]
    tell(f"short histories, part {part + 1} of {PARTS}, alphabet of {len(ALPHABET)}: {counted}")


def test_a_row_too_many_or_too_few_on_either_side_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control, planted in the model and planted in the program."""
    with monkeypatch.context() as planted:
        planted.setitem(LEADS_TO, ("crs.graded", "R"), "R")
        planted.setitem(LEADS_TO, ("patient.lost_to_follow_up", "U"), "U")
        parts(4)
    with monkeypatch.context() as planted:
        planted.delitem(LEADS_TO, ("lymphodepletion.dose_given", "C"))
        parts(4)
    with monkeypatch.context() as planted:
        planted.setitem(LOOKUP, (Stage.COLLECTED, "encounter.completed"), Stage.COMPLETED)
        parts(4)
    with monkeypatch.context() as planted:
        planted.delitem(LOOKUP, (Stage.COLLECTED, "encounter.withdrawn"))
        parts(4)


def parts(depth: int) -> None:
    """The two sides must part somewhere in a small tree."""
    with pytest.raises(AssertionError):
        list(map(walked, branches(depth, depth)))


def test_the_tree_falls_into_branches_without_loss() -> None:
    whole, in_parts = walked(Branch((), 4, 0)), Counted()
    for branch in branches(4, 0):
        in_parts.add(walked(branch))
    assert in_parts == whole


# ---- Through a ledger -----------------------------------------------------------------------


@dataclass
class Asked:
    """One history on its way through a ledger, in an encounter of its own."""

    name: str
    steps: tuple[Step, ...]
    told: Told = field(default_factory=Told)
    keys: dict[str, str] = field(default_factory=dict[str, str])
    said: int = 0
    """Lines so far: each is a message of its own, the refused ones too."""

    def line(self, opened: Ledger, plain: Plain) -> bytes:
        self.said += 1
        told = {**plain, "message": f"M{self.said:03d}"}
        return line_of(told, ME, partial(self.place, opened), self.key, self.names)

    def names(self, name: str) -> str:
        return f"{self.name}-{name}"

    def key(self, key: str) -> str:
        return self.keys.get(key, "0" * 64)

    def place(self, opened: Ledger, key: str) -> tuple[int, str]:
        records = opened.history(self.names(ME)).records
        return next((r.seal.sequence, r.seal.leaf) for r in records if r.key == self.keys[key])


Say = list[tuple[Asked, Plain, str]]
"""Which history says what, and what must be answered."""


def say(opened: Ledger, messages: Say, *, strict: bool = True) -> None:
    """In bulk: many messages share one commit."""
    lines = [[asked.line(opened, plain)] for asked, plain, _ in messages]
    answers = opened.record_all(lines, strict=strict)
    for (asked, plain, expected), (outcome,) in zip(messages, answers, strict=True):
        about = (asked.steps, plain["type"], str(outcome.refusal))
        assert outcome.answer == expected, about
        if outcome.record is not None and expected != "refused":
            asked.keys[plain["key"]] = outcome.record


def go_on(
    opened: Ledger, histories: list[Asked], nth: int, looked_at: set[tuple[Step, ...]]
) -> int:
    """Ask what is illegal now, then take the next step; how much was asked and said."""
    going = [each for each in histories if nth < len(each.steps)]
    refused = [
        (each, plain, "refused")
        for each in going
        if each.told.steps not in looked_at
        for plain in what_is_refused(each.told)
    ]
    looked_at |= {each.told.steps for each in going}
    say(opened, refused)
    first = [(each, what_is_said(each, nth), "recorded") for each in going]
    say(opened, [m for m in first if m[0].steps[nth].kind != "confirmed"])
    parked = [(a, p, "parked") for a, p, _ in first if a.steps[nth].kind == "confirmed"]
    say(opened, parked, strict=False)
    say(opened, [(a, confirm(a, nth), "recorded") for a, _, _ in parked])
    for each in going:
        each.told = follow(each.told, each.steps[nth])
        seen = opened.effective(each.names(ME))
        assert seen.stage.value == STAGES[each.told.ours.stage], each.told.steps
        in_effect = sum(standing.in_effect for standing in seen.standings.values())
        assert in_effect == len(each.told.plains) - voided(each.told), each.told.steps
    return len(refused) + len(first) + len(parked)


def voided(told: Told) -> int:
    return sum(step.kind == "voided" for step in told.steps)


def what_is_refused(told: Told) -> Iterable[Plain]:
    """What is illegal, and to void or to confirm what is not there to be."""
    number = len(told.records) + 1
    for letter in illegal_letters(told):
        if not told.reorders(letter):
            yield said(number, letter)[0]
    if told.steps and told.steps[-1].kind == "said":
        yield confirmation(number, told.steps[-1].letter)[0]
    if told.steps and told.steps[-1].kind == "voided":
        twice = void(number - 1, told.steps[-1].letter)[0]
        yield {**twice, "key": "void again"}


def what_is_said(asked: Asked, nth: int) -> Plain:
    step, number = asked.steps[nth], len(asked.told.records) + 1
    make = void if step.kind == "voided" else said
    return make(number, step.letter)[0]


def confirm(asked: Asked, nth: int) -> Plain:
    return confirmation(len(asked.told.records) + 2, asked.steps[nth].letter)[0]


def every_longest(depth: int) -> list[tuple[Step, ...]]:
    """The histories that have grown to a depth, and by that all that they have grown from."""
    return list(grown_from(Told(), Branch((), depth + 2, 0, until=depth)))


def at_random(random: Random, depth: int) -> tuple[Step, ...]:
    told = grown(())
    while told.depth < depth:
        steps = list(next_steps(told, depth))
        kinds = [step for step in steps if step.kind == random.choice(["said", "said", step.kind])]
        if not steps:
            break
        told = follow(told, random.choice(kinds or steps))
    return told.steps


@pytest.mark.parametrize("store", ["memory", "sqlite"])
def test_a_ledger_that_is_asked_accepts_what_is_legal_and_nothing_else(
    store: str, tmp_path: Path
) -> None:
    random = Random(SEED)
    all_of_them = every_longest(DEPTH_THROUGH[store])
    sampled = [at_random(random, DEPTH) for _ in range(SAMPLED[store])]
    asked, looked_at = 0, set[tuple[Step, ...]]()
    histories = [Asked(f"H{n}", steps) for n, steps in enumerate([*all_of_them, *sampled])]
    for start in range(0, len(histories), AT_ONCE):
        folder = tmp_path / str(start)
        folder.mkdir()
        some = histories[start : start + AT_ONCE]
        with ledger(folder, store=store, centre=centre_in_utc("adt")) as opened:
            for nth in range(max(len(each.steps) for each in some)):
                asked += go_on(opened, some, nth, looked_at)
    tell(
        f"short histories on {store}: all {len(all_of_them)} of {DEPTH_THROUGH[store]} steps,"
        f" {len(sampled)} of {DEPTH} at random (seed {SEED}), {asked} requests"
    )


def test_a_ledger_held_to_another_table_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: asked for what the model calls illegal, the ledger would have to refuse."""
    opening, collection = Step("said", 0), Step("said", 1)
    monkeypatch.setitem(LOOKUP, (Stage.REFERRED, "encounter.completed"), Stage.COMPLETED)
    asked = Asked("H1", (opening, collection))
    with ledger(tmp_path, centre=centre_in_utc("adt")) as opened:
        go_on(opened, [asked], 0, set())
        with pytest.raises(AssertionError, match=r"encounter\.completed"):
            go_on(opened, [asked], 1, set())
