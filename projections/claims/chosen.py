"""A code that a person chose where a finding asked for one, and whether it may take its place.

A code that fits settles the finding and stands on the claim. One that does not settles nothing:
the finding is another, which rests on the settlement too and says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import Final

from veinledger.domain.facts.decisions import FindingSettled
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.memo import once_by_its_answer
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.registry import TAKING

Pick = tuple[Record, str]
"""A settlement, and the code that was chosen by it."""
Wrong = Callable[[str], str | None]
"""Why a code cannot take its place; None where it can."""
NO_PLACE: Final = (
    "no code takes a place on the claim here; correct what is reported, or accept or override this "
    "finding"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is asked as things stand, and the code that answers it."""

    found: Finding
    pick: Pick | None = None


def chosen(bill: Bill, found: Finding) -> tuple[Pick, ...]:
    """The codes chosen by those who settled a finding, the last choice first, each on its word."""
    return _chosen(bill.case, found.key)


@once_by_its_answer
def _chosen(case: Case, key: str) -> tuple[Pick, ...]:
    return tuple(
        (record, fact.code)
        for record in reversed(case.seen.known)
        if isinstance(fact := record.fact, FindingSettled)
        and case.seen.standings[record.key].in_effect
        and fact.finding == key
        and fact.code is not None
    )


def answer(bill: Bill, asked: Finding, wrong: Wrong) -> Answer:
    """The last code chosen where it fits; one that does not opens the question again."""
    while picks := chosen(bill, asked):
        why = wrong(picks[0][1])
        if why is None:
            return Answer(found=asked, pick=picks[0])
        asked = opened_again(asked, picks, f"{picks[0][1]} was chosen: {why}")
    return Answer(found=asked)


def opened_again(asked: Finding, picks: Iterable[Pick], why: str) -> Finding:
    """The same question after an answer that settles nothing, under a key of its own."""
    records = (*asked.records, *(record.key for record, _ in picks))
    return replace(asked, reason=f"{asked.reason}; {why}", records=records)


def one_of(offered: Collection[str], otherwise: Wrong) -> Wrong:
    """A code must be among those that the finding offers, and fit as any other."""

    def wrong(code: str) -> str | None:
        if code not in offered:
            return f"it is none of {', '.join(offered)}"
        return otherwise(code)

    return wrong


def without_a_place(bill: Bill, found: Finding) -> Finding:
    """A finding for which a code was chosen, though none takes a place: it is still asked."""
    return answer(bill, found, lambda _: NO_PLACE).found if found.holds else found


def still_asked(bill: Bill, found: Finding) -> Finding:
    """The same, unless the rule of the finding judges itself what was chosen for it."""
    return found if found.rule in TAKING else without_a_place(bill, found)
