"""What people decide: sets of changes, confirmations with attested steps, discards.

Some are sensible and some are not; which of them is refused is for the page to say.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tests.naive.model import Fact, Standing
from tests.naive.page.facts import CONFIRMATION, CORRECTION, DECISIONS, DISCARD
from tests.naive.page.set_aside import ATTESTABLE
from tests.naive.telling.noise import shifted
from tests.naive.telling.teller import CHAINS, FOREIGN_CHAIN, Teller, any_fact

NOT_ATTESTABLE = ["cells.infused", "lymphodepletion.dose_given", "product.ordered"]
SOURCE = ("key", "connection", "message", "item", "conflict", "same", "report_key", "told_as")
BROUGHT = ("stands_for", "for", "brought", "correction", "stood_in")


@dataclass
class Seen:
    """What a person sees of the encounter that is decided about."""

    name: str
    facts: list[Fact]
    standing: dict[str, Standing] = field(default_factory=dict[str, Standing])
    others: list[str] = field(default_factory=list[str])

    def parked(self) -> list[Fact]:
        waits = ("waiting", "disputed")
        return [f for f in self.facts if self.standing.get(f["key"], ("", None))[0] in waits]

    def about_the_world(self) -> list[Fact]:
        return [f for f in self.facts if f["type"] not in DECISIONS]


def a_decision(rng: Random, teller: Teller, seen: Seen) -> Fact:
    """One decision about records of an encounter that has some."""
    last = max(f["day"] for f in seen.facts)
    at = datetime.combine(last, datetime.min.time(), UTC) + timedelta(hours=rng.randint(0, 48))
    kind = rng.choice([CONFIRMATION, CONFIRMATION, DISCARD, CORRECTION, CORRECTION, CORRECTION])
    if kind == CORRECTION:
        return teller.tell(kind, at, changes=changes(rng, seen))
    parked = seen.parked()
    target = rng.choice(parked if parked and rng.random() < 0.9 else seen.facts)
    fields: dict[str, Any] = {"target": target["key"]}
    if kind == CONFIRMATION and rng.random() < (0.6 if target.get("chain") else 0.05):
        fields["attested"] = attested(rng, target)
    return teller.tell(kind, at, **fields)


def attested(rng: Random, target: Fact) -> list[tuple[str, Any]]:
    """The last steps to the bedside, mostly in their order; now and then something else."""
    steps = list(ATTESTABLE[rng.randrange(len(ATTESTABLE)) :])
    if rng.random() < 0.3:
        steps = [step for step in steps if rng.random() < 0.6] or [ATTESTABLE[-1]]
    if rng.random() < 0.1:
        rng.shuffle(steps)
    if rng.random() < 0.05:
        steps.append(rng.choice(NOT_ATTESTABLE))
    before = sorted((rng.choice([0, 0, 1, 2, 9, 20]) for _ in steps), reverse=True)
    late = rng.choice([0, 0, 0, 0, 1])
    return [
        (step, target["day"] + timedelta(days=late - days))
        for step, days in zip(steps, before, strict=True)
    ]


def changes(rng: Random, seen: Seen) -> list[dict[str, Any]]:
    """A set of changes: of single records, of all of a chain, of all that came after a day."""
    facts = seen.about_the_world() or seen.facts
    how = rng.random()
    kinds = rng.choice(["void", "replace", "replace", "move", "mixed", "mixed"])
    chosen = rng.sample(facts, min(len(facts), rng.choice([1, 1, 1, 2, 3])))
    if how < 0.2:
        chain = rng.choice(facts).get("chain")
        chosen = [f for f in facts if f.get("chain") == chain]
    elif how < 0.3:
        day = rng.choice(facts)["day"]
        chosen = [f for f in facts if f["day"] >= day]
    elif how < 0.35:
        chosen, kinds = facts, rng.choice(["move", "void"])
    elif how < 0.45:
        chosen = [f for f in facts if "stands_for" in f][-2:] or chosen
    elif how < 0.53:
        chosen = [f for f in seen.facts if f["type"] in DECISIONS][-2:] or chosen
    if rng.random() < 0.6:
        chosen = [f for f in chosen if seen.standing.get(f["key"]) != ("superseded", None)]
    chosen = chosen or [rng.choice(facts)]
    mistake = Mistake(
        elsewhere=rng.choice([*seen.others, "E3", seen.name]),
        chain=rng.choice(CHAINS),
        shift=rng.choice([-30, -3, -1, 0, 1, 2, 30]),
    )
    made = [a_change(rng, fact, kinds, mistake) for fact in chosen]
    if rng.random() < 0.02:
        made.append({"kind": "void", "target": "nobody's"})
    return made


@dataclass
class Mistake:
    """What all changes of a set have in common: the right encounter, label and day."""

    elsewhere: str
    chain: str
    shift: int


def a_change(rng: Random, fact: Fact, kinds: str, mistake: Mistake) -> dict[str, Any]:
    kind = rng.choice(["void", "replace", "replace", "move"]) if kinds == "mixed" else kinds
    change: dict[str, Any] = {"kind": kind, "target": fact["key"]}
    if kind == "move":
        change["encounter"] = mistake.elsewhere
    if kind == "replace":
        change["replacement"] = a_replacement(rng, fact, mistake)
    return change


def a_replacement(rng: Random, fact: Fact, mistake: Mistake) -> Fact:
    """The fact with another day, another label or another content; or another fact."""
    how = rng.random()
    if how < 0.12:
        other = any_fact(rng, Teller(rng), fact["day"], [*CHAINS, FOREIGN_CHAIN])
        return without(other, *SOURCE)
    if how < 0.16:
        kind = rng.choice([*DECISIONS, "certification.recorded"])
        return {"type": kind, "day": fact["day"], "instant": None, **what_it_needs(kind)}
    made = without(fact, *SOURCE, *BROUGHT)
    if how < 0.55:
        made = shifted(made, timedelta(days=mistake.shift))
    if how > 0.4 and made.get("chain") is not None:
        made["chain"] = mistake.chain
    if how > 0.9:
        made["instant"] = None
    if how > 0.97:
        made["day"], made["instant"] = made["day"] + timedelta(days=4000), None
    return made


def what_it_needs(kind: str) -> dict[str, Any]:
    if kind == CORRECTION:
        return {"changes": []}
    return {"target": "nobody's"} if kind in DECISIONS else {}


def without(fact: Fact, *names: str) -> Fact:
    return {name: value for name, value in fact.items() if name not in names}
