"""Edits: what a payer would turn a claim away for, asked before it is sent, each with its remedy.

A claim rule says what stands on a claim; an edit looks at the claim that the rules made. It finds
something and says what to do; where it holds, the claim waits until a person settles it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from veinledger.domain.codebook.statement import EDITIONS, Edition
from veinledger.domain.findings import Finding, each_once
from veinledger.projections.case.again.kept import again
from veinledger.projections.case.memo import Memo
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.registry import FIRST_DAY
from veinledger.projections.claims.shapes import Claim, ClaimKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A claim as the rules made it, before anybody sends it."""

    bill: Bill
    claim: Claim
    beside: tuple[Claim, ...] | None = None
    """The other claims of the encounter; None for an edit that looks at this one alone."""
    memo: Memo = field(default_factory=dict[Hashable, Any], init=False, repr=False, compare=False)

    @property
    def others(self) -> tuple[Claim, ...]:
        """The other claims of the encounter; raises TypeError in an edit that did not say so."""
        if self.beside is None:
            raise TypeError("an edit that looks at the others is declared with beside_the_others")
        return self.beside


EditBody = Callable[[Draft], Iterable[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One edit: a sentence, the claims that it looks at, its days, and the denial it forestalls."""

    name: str
    claims: tuple[ClaimKind, ...]
    since: date
    until: date | None
    """First day on which it no longer holds."""
    editions: tuple[Edition, ...]
    denial: int | None
    """The number of the source page's denial reason."""
    source: str
    about: str
    """Its docstring: what for."""
    beside: bool
    """Whether it looks at the other claims of the encounter too."""
    body: EditBody

    def looks_at(self, draft: Draft) -> bool:
        """Whether it is about this claim, on its last day, in its edition."""
        bill, on = draft.bill, draft.bill.last_day
        in_force = self.since <= on and (self.until is None or on < self.until)
        return in_force and bill.kind in self.claims and bill.case.rules.edition in self.editions

    def finds(self, draft: Draft) -> tuple[Finding, ...]:
        """What it finds, with its name and source on it; what rests on the same records is one."""
        found = tuple([self._signed(each) for each in self.body(draft)])
        return each_once(found) if len(found) > 1 else found

    def _signed(self, found: Finding) -> Finding:
        return replace(found, rule=found.rule or self.name, source=found.source or self.source)


_BESIDE: Final[set[EditBody]] = set()
EDITS: Final[list[Edit]] = []
"""Every edit, filled as the modules of edits are imported."""


def beside_the_others(body: EditBody) -> EditBody:
    """Declare that an edit looks at the other claims of the encounter too; below `edit`."""
    _BESIDE.add(body)
    return body


def edit(
    *claims: ClaimKind,
    source: str,
    denial: int | None = None,
    editions: tuple[Edition, ...] = EDITIONS,
    since: date = FIRST_DAY,
    until: date | None = None,
) -> Callable[[EditBody], EditBody]:
    """Declare an edit."""

    def declare(body: EditBody) -> EditBody:
        if any(known.name == body.__name__ for known in EDITS):
            raise TypeError(f"two edits are called {body.__name__}: a finding could not tell")
        EDITS.append(
            Edit(
                name=body.__name__,
                claims=claims,
                since=since,
                until=until,
                editions=editions,
                denial=denial,
                source=source,
                about=(body.__doc__ or "").strip(),
                beside=body in _BESIDE,
                body=body,
            )
        )
        return body

    return declare


def what_the_edits_find(draft: Draft) -> Iterator[Finding]:
    """Everything that the edits in force find on one claim."""
    bill, claim = draft.bill, draft.claim
    name, about = (what_the_edits_find, claim.key), (bill.made_of, claim)
    alone = again(bill.case, name, about, lambda: _found_alone(Draft(bill=bill, claim=claim)))
    for each in EDITS:
        if not each.beside:
            yield from alone.get(each.name, ())
        elif each.looks_at(draft):
            yield from each.finds(draft)


def _found_alone(draft: Draft) -> dict[str, tuple[Finding, ...]]:
    """What the edits find that look at no other claim, by their names."""
    alone = (each for each in EDITS if not each.beside and each.looks_at(draft))
    found = {each.name: each.finds(draft) for each in alone}
    return {name: those for name, those in found.items() if those}
