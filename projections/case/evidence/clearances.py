"""What was examined before the therapy: performance status, organs, pathology, imaging."""

from __future__ import annotations

from datetime import date
from typing import Final

from veinledger.domain.facts.disease import ClearanceKind, ClearanceRecorded
from veinledger.domain.policies.policy import Ask, Item
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.evidence.question import (
    Question,
    Reading,
    expired,
    have,
    missing,
    not_asked,
    not_met,
    together,
)

Cleared = tuple[Record, ClearanceRecorded]

KINDS: Final[dict[Item, tuple[ClearanceKind, ...]]] = {
    "ecog": ("ECOG",),
    "bcma_pathology": ("BCMA pathology",),
    "imaging": ("imaging",),
    "cardiac_clearance": ("LVEF",),
    "pulmonary_clearance": ("pulmonary",),
    "organ_function": ("renal", "hepatic"),
    "no_autoimmune_disease": ("autoimmune",),
}
"""The clearances that show an item; each of them is wanted."""
BCMA: Final = "BCMA"
NAMES: Final[dict[ClearanceKind, str]] = {
    "LVEF": "ejection fraction (LVEF)",
    "pulmonary": "pulmonary function",
    "renal": "kidney function",
    "hepatic": "liver function",
    "autoimmune": "absence of active autoimmune disease",
    "neurology": "neurological assessment",
}
"""What people call a clearance, where its kind does not say it."""


def cleared(question: Question) -> Reading:
    """The newest result of each kind that the item wants, its value and its age on the day."""
    item, product = question.ask.name, question.case.product
    if item == "bcma_pathology" and product.target != BCMA:
        return not_asked(f"{product.brand} is directed against {product.target}, not {BCMA}")
    return together(cleared_of(question, kind) for kind in KINDS[item])


def cleared_of(question: Question, kind: ClearanceKind) -> Reading:
    """The newest result of one kind that was not left pending."""
    known = clearances(question.case, kind, question.on)
    decided = [pair for pair in known if pair[1].result != "pending"]
    remedy = f"record clearance.recorded, kind {kind}: value, result, document"
    if not decided:
        waits = (
            f"the result of {called(kind)} is pending"
            if known
            else f"{called(kind)} is not on record"
        )
        return missing(waits, remedy, *(record for record, _ in known))
    newest = decided[-1]
    against = _against(question.ask, newest)
    if against is not None:
        return not_met(against, f"have it examined again, and {remedy}", newest[0])
    return _in_time(question, newest, remedy)


def clearances(case: Case, kind: ClearanceKind, on: date) -> tuple[Cleared, ...]:
    """Every clearance of a kind on or before a day, the newest last."""
    found = (pair for pair in case.seen.of(ClearanceRecorded) if pair[1].kind == kind)
    return tuple(pair for pair in found if pair[0].day <= on)


def called(kind: ClearanceKind) -> str:
    """What people call a clearance of this kind."""
    return NAMES.get(kind, kind)


def worded(fact: ClearanceRecorded) -> str:
    """Kind, value and result: `LVEF 60 %, cleared`."""
    value = "" if fact.value is None else f" {fact.value.normalize():f}"
    unit = f" {fact.unit}" if fact.value is not None and fact.unit else ""
    return f"{fact.kind}{value}{unit}, {fact.result}"


def _in_time(question: Question, newest: Cleared, remedy: str) -> Reading:
    record, fact = newest
    age, within = (question.on - record.day).days, question.ask.within_days
    told = f"{worded(fact)} on {record.day}, {_days(age)} old"
    if _wants_a_value(question.ask) and fact.value is None:
        return missing(f"{told}, without a value", remedy, record)
    if within is not None and age > within:
        return expired(f"{told}; at most {within} are asked for", f"repeat it: {remedy}", record)
    return have(told, record)


def _against(ask: Ask, newest: Cleared) -> str | None:
    """Why the newest result speaks against the item."""
    record, fact = newest
    told = f"{worded(fact)} on {record.day}"
    if fact.result == "not cleared":
        return told
    if fact.value is not None and ask.at_most is not None and fact.value > ask.at_most:
        return f"{told}; at most {ask.at_most.normalize():f} is asked for"
    if fact.value is not None and ask.at_least is not None and fact.value < ask.at_least:
        return f"{told}; at least {ask.at_least.normalize():f} is asked for"
    return None


def _wants_a_value(ask: Ask) -> bool:
    return ask.at_most is not None or ask.at_least is not None


def _days(age: int) -> str:
    return f"{age} day{'' if age == 1 else 's'}"
