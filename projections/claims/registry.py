"""Claim rules are plain functions of a bill, found by their decorator and run on the days they cover."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from veinledger.domain.findings import Finding
from veinledger.projections.claims.bill import Bill
from veinledger.projections.claims.shapes import ClaimKind, Coded, Line

Yield = Line | Coded | Finding
RuleBody = Callable[[Bill], Iterable[Yield]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRule:
    """One claim rule: a sentence, the claims that it is about, its days and its source."""

    name: str
    claims: tuple[ClaimKind, ...]
    since: date
    until: date | None
    """First day on which it no longer holds."""
    source: str
    body: RuleBody

    def in_force(self, day: date) -> bool:
        """Whether the rule holds on a day of service."""
        return self.since <= day and (self.until is None or day < self.until)


RULES: Final[list[ClaimRule]] = []

CARVYKTI_APPROVED: Final = date(2022, 2, 28)


def rule(
    *claims: ClaimKind,
    source: str,
    since: date = CARVYKTI_APPROVED,
    until: date | None = None,
) -> Callable[[RuleBody], RuleBody]:
    """Declare a claim rule. Two eras of a rule are two functions with adjoining dates."""

    def declare(body: RuleBody) -> RuleBody:
        RULES.append(
            ClaimRule(
                name=body.__name__,
                claims=claims,
                since=since,
                until=until,
                source=source,
                body=body,
            )
        )
        return body

    return declare


def what_the_rules_say(bill: Bill) -> Iterator[Yield]:
    """Everything that the rules in force put on one bill, in the order of the rules."""
    for each in RULES:
        if bill.kind in each.claims and each.in_force(bill.last_day):
            yield from each.body(bill)
