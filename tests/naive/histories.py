"""Random histories of one encounter for the fold, driven by one seed; nothing is refused here.

`journey` tells a plausible patient and then spoils the telling; `soup` throws facts into a few
days. What people decided is carried out whether it may stand or not: the fold is total.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from tests.naive.model import Fact, holders_among
from tests.naive.page.facts import CORRECTION, DECISIONS
from tests.naive.page.requests import brought_in
from tests.naive.telling.noise import spoiled
from tests.naive.telling.patients import a_patient
from tests.naive.telling.people import Seen, a_decision
from tests.naive.telling.soups import soup
from tests.naive.telling.teller import CHAINS, FOREIGN_CHAIN, ME, START, STRANGER, Teller


@dataclass
class History:
    """The facts of the encounter `me` in their order of arrival, and what others were told."""

    facts: list[Fact]
    others: dict[str, list[Fact]]
    me: str = ME

    @property
    def encounters(self) -> dict[str, list[Fact]]:
        return {self.me: self.facts, **self.others}

    @property
    def holders(self) -> dict[str, str]:
        return holders_among(self.encounters)


def history(seed: int) -> History:
    """Half of the seeds tell a patient, the other half stir a soup."""
    rng = Random(seed)
    facts = spoiled(rng, a_patient(rng)) if seed % 2 else soup(rng)
    told = arrive(rng, facts)
    if rng.random() < 0.5:
        people_decide(rng, told)
    if told.facts and rng.random() < 0.2:
        told.facts.append(dict(rng.choice(told.facts)))
    return told


def arrive(rng: Random, facts: list[Fact]) -> History:
    """In any order, but a conflict after its first.

    A stranger holds one chain in any case, and sometimes claims one of ours, sooner or later than
    we do.
    """
    facts = list(facts)
    if rng.random() < 0.7:
        rng.shuffle(facts)
    facts.sort(key=lambda f: bool(f["conflict"]))
    stranger = Teller(rng, "S")
    midnight = datetime(START.year, START.month, START.day, tzinfo=UTC)
    stranger.tell("product.ordered", midnight - timedelta(days=9), chain=FOREIGN_CHAIN)
    if rng.random() < 0.2:
        at = midnight + timedelta(days=rng.randint(-9, 20), hours=rng.randint(0, 23))
        kind = rng.choice(["product.ordered", "apheresis.completed"])
        stranger.tell(kind, at, bare=rng.random() < 0.5, chain=rng.choice(CHAINS))
    return History(facts, {STRANGER: stranger.facts})


def people_decide(rng: Random, told: History) -> None:
    """Confirmations, discards and corrections of records chosen at random, all carried out."""
    teller = Teller(rng, "P")
    for _ in range(rng.randint(1, 4) if told.facts else 0):
        act = a_decision(rng, teller, Seen(told.me, told.facts, others=[STRANGER]))
        if act["type"] == CORRECTION:
            act["changes"] = [c for c in act["changes"] if may_be_folded(c, told)]
        if act["type"] != CORRECTION or act["changes"]:
            told.facts.append(act)
        if act["type"] == CORRECTION:
            for name, fact in brought_in(act, told.me, told.encounters):
                told.encounters.setdefault(name, []).append(fact)


def may_be_folded(change: Fact, told: History) -> bool:
    """A decision in place of a fact means nothing to a fold, nor does one that was moved."""
    there = {fact["key"] for fact in told.facts if fact["type"] not in DECISIONS}
    decides = change["kind"] == "replace" and change["replacement"]["type"] in (
        *DECISIONS,
        "certification.recorded",
    )
    return change["target"] in there and not decides
