"""Claim rules are plain functions of a bill, found by their decorator and run on their days.

A rule says what stands on a claim; its name, its source and its first day are written beside it
and nowhere else. Two eras of a rule are two functions with adjoining dates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, TypeVar, get_args

from veinledger.domain.findings import Finding
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.shapes import Basis, ClaimKind, Coded, Differs, Line

Said = Line | Coded | Finding | Differs
"""A difference by itself is a line or code that only the other edition would put there."""
RuleBody = Callable[[Bill], Iterable[Said]]
T = TypeVar("T", bound=Callable[..., Any])

FIRST_DAY: Final = date(2022, 2, 28)
"""The first day that the code book vouches for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRule:
    """One claim rule: a sentence, the claims that it is about, its days and its source."""

    name: str
    claims: tuple[ClaimKind, ...]
    since: date
    until: date | None
    """First day on which it no longer holds."""
    source: str
    about: str
    """Its docstring: what for."""
    body: RuleBody

    def in_force(self, day: date) -> bool:
        """Whether the rule holds on a day of service."""
        return self.since <= day and (self.until is None or day < self.until)

    def speaks(self, bill: Bill) -> list[Said]:
        """What the rule puts on a bill, each part with the rule's name and source on it."""
        return [self._signed(said) for said in self.body(bill)]

    def _signed(self, said: Said) -> Said:
        if isinstance(said, Finding):
            return replace(said, rule=said.rule or self.name, source=said.source or self.source)
        if isinstance(said, Differs):
            return said
        rests_on, book = said.basis.records, said.basis.book
        signed = Basis(records=rests_on, rule=self.name, source=self.source, book=book)
        return replace(said, basis=signed)


RULES: Final[list[ClaimRule]] = []
"""Every claim rule, filled as the modules of rules are imported."""
_BY_KIND: Final[dict[ClaimKind, list[ClaimRule]]] = {kind: [] for kind in get_args(ClaimKind)}
"""The same by the claims that they are about."""
TAKING: Final[set[str]] = set()
"""The rules and edits that judge themselves a code that was chosen for what they find."""


def rule(
    *claims: ClaimKind, source: str, since: date = FIRST_DAY, until: date | None = None
) -> Callable[[RuleBody], RuleBody]:
    """Declare a claim rule."""

    def declare(body: RuleBody) -> RuleBody:
        if any(known.name == body.__name__ for known in RULES):
            raise TypeError(f"two claim rules are called {body.__name__}: explain could not tell")
        about = (body.__doc__ or "").strip()
        declared = ClaimRule(
            name=body.__name__,
            claims=claims,
            since=since,
            until=until,
            source=source,
            about=about,
            body=body,
        )
        RULES.append(declared)
        for kind in claims:
            _BY_KIND[kind].append(declared)
        return body

    return declare


def takes_a_code(body: T) -> T:
    """Declare that a rule or an edit puts the code that a person chose in its place.

    Where none says so, a code that is chosen settles nothing.
    """
    TAKING.add(body.__name__)
    return body


def what_the_rules_say(bill: Bill) -> Iterator[Said]:
    """Everything that the rules in force put on one bill."""
    on = bill.last_day
    for each in _BY_KIND[bill.kind]:
        if each.in_force(on):
            yield from each.speaks(bill)
