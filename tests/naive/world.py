"""A whole ledger as the naive model sees it: encounters, and what it answers to each message."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from tests.naive.model import Verdict, judge
from tests.naive.page.facts import CORRECTION, DECISIONS, Fact
from tests.naive.page.requests import (
    Encounters,
    against_a_correction,
    against_a_decision,
    brought_in,
    with_all,
)
from tests.naive.page.set_aside import holders_among
from tests.naive.page.two_records import Pair, findings_of

Item = tuple[str, Fact]
"""The encounter that it names, and the fact."""


@dataclass
class Answer:
    """What the ledger answers to one item of a message."""

    answer: str
    key: str | None = None
    """The record that holds it."""
    against: list[str] = field(default_factory=list[str])


@dataclass
class World:
    """Every record of every encounter, in sequence. `same` of a fact is what `its bytes` means."""

    now: datetime
    key_of_what_is_brought: Callable[[Fact, Fact], str] = lambda act, target: (
        f"{act['key']} {target['key']}"
    )
    """The report key of what a correction brings in for one of its targets."""
    encounters: Encounters = field(default_factory=Encounters)
    holders: dict[str, str] = field(default_factory=dict[str, str])
    """Of the chains, as of the last that was told."""
    remembered: dict[str, tuple[object, Verdict]] = field(
        default_factory=dict[str, tuple[object, Verdict]]
    )
    """The last verdict on each encounter, and all that it was made of."""
    found: dict[str, set[Pair]] = field(default_factory=dict[str, set[Pair]])
    """The findings of each encounter, for as long as nothing more is told."""

    def verdict(self, name: str) -> Verdict:
        """Judged anew where the encounter has more facts, or its chains have other holders."""
        facts, holders = self.encounters.get(name, []), self.holders
        mine = {fact["chain"]: holders.get(fact["chain"]) for fact in facts if fact.get("chain")}
        made_of = (len(facts), mine)
        if name not in self.remembered or self.remembered[name][0] != made_of:
            self.remembered[name] = made_of, judge(facts, holders, name)
        return self.remembered[name][1]

    def findings(self, name: str) -> set[Pair]:
        """Found anew after anything was told of any encounter: two may name one chain."""
        if name not in self.found:
            self.found[name] = findings_of(name, self.encounters, self.verdict(name))
        return self.found[name]

    def hear(self, message: list[Item]) -> list[Answer]:
        """An answer for each item; what an item counts for is said after the whole message."""
        answers = [self.hear_one(name, fact) for name, fact in message]
        for (name, _), answer in zip(message, answers, strict=True):
            if answer.answer == "recorded" and answer.key is not None:
                standing = self.verdict(name).standing[answer.key]
                answer.answer = "recorded" if standing[0] == "in effect" else "parked"
        return answers

    def hear_one(self, name: str, fact: Fact) -> Answer:
        same_item = [f for f in self.reports() if is_of_the_same_item(f, fact)]
        for kept in same_item:
            if kept["same"] == fact["same"]:
                return Answer("duplicate", kept["key"])
        fact = {**fact, "conflict": bool(same_item)}
        if fact["type"] in DECISIONS and not fact["conflict"]:
            return self.decide(name, fact)
        self.tell([(name, fact)])
        return Answer("recorded", fact["key"])

    def decide(self, name: str, act: Fact) -> Answer:
        """A request, which can be refused; a conflict that is one does nothing, and is kept."""
        if act["type"] == CORRECTION:
            against = against_a_correction(act, name, self.encounters, self.brought, self.now)
        else:
            against = against_a_decision(act, name, self.encounters)
        if against:
            return Answer("refused", None, against)
        self.tell([(name, act), *self.brought(act, name)])
        return Answer("recorded", act["key"])

    def brought(self, act: Fact, name: str) -> list[Item]:
        """What a correction brings in, under the report keys that it will have."""
        if act["type"] != CORRECTION:
            return []
        facts = {fact["key"]: fact for fact in self.encounters[name]}
        return [
            (where, {**fact, "report_key": self.key_of_what_is_brought(act, facts[fact["for"]])})
            for where, fact in brought_in(act, name, self.encounters)
        ]

    def tell(self, more: list[Item]) -> None:
        self.encounters = with_all(self.encounters, more)
        self.holders = holders_among(self.encounters)
        self.found.clear()

    def reports(self) -> list[Fact]:
        """What came by a message of its own; a correction's own records did not."""
        return [f for facts in self.encounters.values() for f in facts if "stands_for" not in f]


def is_of_the_same_item(one: Fact, other: Fact) -> bool:
    return all(one[part] == other[part] for part in ("connection", "message", "item"))
