"""Codes that were in force on another day, and codes that are only the head of a family.

What is charged, on every claim; diagnoses of visits alone. Those of a stay and of the other claims
have rules of their own, which let a coder choose another code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from veinledger.domain.codebook.book import bare
from veinledger.domain.codebook.entry import Entry, System
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.findings import Finding
from veinledger.projections.case.case import Case
from veinledger.projections.case.memo import once
from veinledger.projections.claims.chosen import without_a_place
from veinledger.projections.claims.edits.reading import charged, say
from veinledger.projections.claims.edits.registry import Draft, edit
from veinledger.projections.claims.registry import takes_a_code
from veinledger.projections.claims.rules.visits.doubts import (
    OF_THE_BOOK,
    asked_again,
    replaced,
)

VISITS: Final = frozenset({"E", "E0"})
CHARGED: Final[tuple[System, ...]] = ("HCPCS", "CPT")
IN_FORCE, TO_ITS_END = OF_THE_BOOK
DIAGNOSES: Final = ("principal", "first-listed", "admitting", "secondary")


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """A code as somebody used it, and the day that picks its edition."""

    records: tuple[str, ...]
    system: System
    code: str
    day: date
    where: str


@takes_a_code
@edit(
    "A", "B", "C", "D", "E", "E0",
    source="the code book's first and last days; Medicare Code Editor, HCPCS; rows R01, R28, R46",
)  # fmt: skip
def a_code_is_in_force_on_its_day(draft: Draft) -> Iterator[Finding]:
    """Known to the book, and only outside that day: the payer's code table turns it away."""
    case = draft.bill.case
    for used in _used(draft):
        called = _called(case, used.system, used.code)
        known = [each for each in called if not _is_silent(each, used.day)]
        if known and not any(each.holds(used.day, case.rules.edition) for each in known):
            sure = any(each.confidence in ("high", "medium") for each in known)
            found = say(
                used.records,
                f"{used.system} {used.code} {used.where} is not in force on {used.day}: the book "
                f"knows it {', '.join(dict.fromkeys(each.span for each in known))}",
                _instead(case, used, known),
                holds=sure,
            )
            yield _asked(draft, IN_FORCE, found, used)


@takes_a_code
@edit(
    "E", "E0", editions=("public",),
    source="ICD-10-CM: a code with codes below it is not billable; row R36",
)  # fmt: skip
def a_diagnosis_is_coded_to_its_end(draft: Draft) -> Iterator[Finding]:
    """D89.83 or G92.0 without its last character names a family, not a diagnosis."""
    for used in _diagnoses(draft):
        if _is_a_head(draft.bill.case, used.code):
            found = say(
                used.records,
                f"{used.code} {used.where} is the head of a family, not a diagnosis",
                "have the coder choose the full code, from the documented grade or kind",
                holds=True,
            )
            yield _asked(draft, TO_ITS_END, found, used)


def _asked(draft: Draft, rule: str, found: Finding, used: Used) -> Finding:
    """The finding, and what is wrong with a code that was chosen: a line takes none."""
    found = replace(found, rule=rule)
    if used.system == "ICD-10-CM":
        return asked_again(draft.bill, found, used.code)
    return without_a_place(draft.bill, found)


@once
def _is_a_head(case: Case, code: str) -> bool:
    """Whether the book has codes that begin with a diagnosis code, and not the code itself."""
    book, head = case.rules.book, bare(code)
    diagnoses = (bare(each.code) for each in book if each.system == "ICD-10-CM")
    own = book.called("ICD-10-CM", code)
    return not own and any(each.startswith(head) for each in diagnoses)


def _used(draft: Draft) -> Iterator[Used]:
    yield from _services(draft)
    if draft.bill.kind in VISITS:
        yield from _diagnoses(draft)


def _services(draft: Draft) -> Iterator[Used]:
    book = draft.bill.case.rules.book
    for each in charged(draft):
        for system in CHARGED:
            if book.called(system, each.code):
                yield _as_used(each.records, system, each.code, each.day, each.where)
    for record, fact in draft.bill.of(NeurologyVisitCompleted):
        if fact.cpt is not None:
            yield _as_used((record.key,), "CPT", fact.cpt, record.day, "chosen for the visit")


def _diagnoses(draft: Draft) -> Iterator[Used]:
    """What stands on the claim, and what stood there until another code was chosen."""
    day = draft.bill.coding_day(draft.bill.anchor.day)
    stand = [(c.basis.records, c.code) for c in draft.claim.codes if c.role in DIAGNOSES]
    stood = [((record.key,), code) for record, code in replaced(draft.bill)]
    for records, code in (*stand, *stood):
        yield _as_used(records, "ICD-10-CM", code, day, "on the claim")


def _as_used(records: tuple[str, ...], system: System, code: str, day: date, where: str) -> Used:
    return Used(records=records, system=system, code=code, day=day, where=where)


def _called(case: Case, system: System, code: str) -> list[Entry]:
    """Every entry of a code in this edition, whatever its days."""
    every = case.rules.book.called(system, code)
    return [each for each in every if case.rules.edition in each.editions]


def _is_silent(entry: Entry, day: date) -> bool:
    """Before a first day that the book only assumes, nothing can be said."""
    return entry.start == "assumed" and day < entry.since


def _instead(case: Case, used: Used, known: list[Entry]) -> str:
    """What has the meaning on that day."""
    now = (case.rules.find(each.meaning, used.day) for each in known)
    codes = dict.fromkeys(each.code for each in now if each is not None)
    if not codes:
        return "have a coder choose the code in force on that day; the book names none"
    return f"correct it to {' or '.join(codes)}, or have a coder choose"
