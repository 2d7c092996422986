"""Gates: one function each, named as a sentence, with its words and limits in `domain/gates`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from veinledger.domain.codebook.statement import Confidence, Statement, in_force
from veinledger.domain.gates.gate import GateRule, Intent
from veinledger.domain.policies.policy import Ask, Item, Policy
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.policies import asks_for, asks_of, policy_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a gate looks at: the case as of a day, the step that is asked for, and its own rule."""

    case: Case
    intent: Intent
    on: date
    rule: GateRule
    policy: Policy | None
    """The policy of the payer of the day."""

    def asks(self, item: Item) -> Ask | None:
        """What the payer of the day asks of an item; None where it does not ask for it."""
        if self.policy is None:
            return None
        payer = self.case.payer(self.on)
        return asks_for(self.case, self.policy, payer, self.on).get(item)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a gate found."""

    state: Literal["not met", "met", "not asked"]
    reason: str
    records: tuple[Record, ...] = ()
    remedy: str | None = None
    """Where the rule's own remedy is too general."""
    on_this_day: bool = False
    """Whether it is about the day that is asked about: settled for that day, for no other."""
    source: str | None = None
    """On whose word, where another statement than the gate's own row decided."""
    confidence: Confidence | None = None


GateBody = Callable[[Asked], Found]

__all__ = [
    "GATES",
    "Asked",
    "Found",
    "asks_of",
    "gate",
    "met",
    "not_asked",
    "not_met",
    "policy_of",
    "rules_before",
]

GATES: Final[dict[str, GateBody]] = {}
"""Every gate by name, filled as the modules of gates are imported."""


def gate(body: GateBody) -> GateBody:
    """Declare a gate; `domain/gates` has the row of the same name."""
    if body.__name__ in GATES:
        raise TypeError(f"two gates are called {body.__name__}: a finding could not tell")
    GATES[body.__name__] = body
    return body


def met(reason: str, *records: Record) -> Found:
    """The gate is met, by these records."""
    return Found(state="met", reason=reason, records=records)


def not_met(
    reason: str, *records: Record, remedy: str | None = None, on_this_day: bool = False
) -> Found:
    """The gate is not met; the records are those that it was judged by, the opening at least."""
    return Found(
        state="not met", reason=reason, records=records, remedy=remedy, on_this_day=on_this_day
    )


def not_asked(reason: str) -> Found:
    """Nobody asks for it on this day, and why."""
    return Found(state="not asked", reason=reason)


def on_the_word_of(statement: Statement | None, found: Found) -> Found:
    """What was found, with the source of the statement that decided; the row's own without one."""
    if statement is None:
        return found
    doubt = "; unverified" if statement.confidence == "unverified" else ""
    source = f"{statement.source} [{statement.row}]{doubt}"
    return replace(found, source=source, confidence=statement.confidence)


def rules_before(case: Case, intent: Intent, on: date) -> Iterable[GateRule]:
    """The rows in force before a step, each gate once: one for the kind of coverage goes first."""
    kind, edition = case.coverage_kind(on), case.rules.edition
    rows = in_force(case.rules.listing.all(GateRule), on, edition)
    fitting = [each for each in rows if not each.only_for or kind in each.only_for]
    by_name: dict[str, GateRule] = {}
    for each in sorted(fitting, key=lambda row: not row.only_for):
        by_name.setdefault(each.name, each)
    return [each for each in by_name.values() if intent in each.before]
