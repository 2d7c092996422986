"""What was examined before the therapy: performance status, organs, pathology, disease burden."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from veinledger.domain.facts.disease import ClearanceKind, ClearanceRecorded, DiseaseAssessed
from veinledger.domain.policies.policy import Ask, Item
from veinledger.domain.reports import Record
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
from veinledger.projections.case.examinations import Aged, Examination, examination, young_enough

KINDS: Final[dict[Item, tuple[ClearanceKind, ...]]] = {
    "ecog": ("ECOG",),
    "bcma_pathology": ("BCMA pathology",),
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
RESULTS: Final = NAMES | {"LVEF": "LVEF", "autoimmune": "autoimmune disease"}
"""What it is called beside its result."""


def cleared(question: Question) -> Reading:
    """The newest result of each kind that the item wants, its value and its age on the day."""
    item, product = question.ask.name, question.case.product
    if item == "bcma_pathology" and product.target != BCMA:
        return not_asked(f"{product.brand} is directed against {product.target}, not {BCMA}")
    return together(_newest(question, kind) for kind in KINDS[item])


def disease_burden(question: Question) -> Reading:
    """Imaging, or an assessment of the disease, within the days of the payer."""
    imaged = examination(question.case, "imaging", question.on)
    remedy = remedy_of("imaging")
    if imaged is not None and imaged.fact.result != "cleared":
        return _uncleared(imaged, remedy)
    measured = tuple(_measured(question, imaged))
    if not measured:
        return missing("neither imaging nor an assessment of the disease is on record", remedy)
    return _in_time(question, measured, remedy)


def remedy_of(kind: ClearanceKind) -> str:
    """The fact that would supply a clearance."""
    return f"report its value, result and document (clearance.recorded, kind {kind})"


def called(kind: ClearanceKind) -> str:
    """What people call a clearance of this kind."""
    return NAMES.get(kind, kind)


def worded(fact: ClearanceRecorded) -> str:
    """Kind, value and result: `LVEF 60 %, cleared`."""
    value = "" if fact.value is None else f" {fact.value.normalize():f}"
    unit = f" {fact.unit}" if fact.value is not None and fact.unit else ""
    return f"{RESULTS.get(fact.kind, fact.kind)}{value}{unit}, {fact.result}"


def _newest(question: Question, kind: ClearanceKind) -> Reading:
    found, remedy = examination(question.case, kind, question.on), remedy_of(kind)
    if found is None:
        return missing(f"{called(kind)} is not on record", remedy)
    if found.fact.result != "cleared":
        return _uncleared(found, remedy)
    told = f"{worded(found.fact)} on {found.day}"
    if found.fact.value is None and _wants_a_value(question.ask):
        return missing(f"{told}, without a value", remedy, found.record)
    beyond = _beyond(question.ask, found.fact)
    if beyond is not None:
        return not_met(f"{told}; {beyond}", f"have it examined again, and {remedy}", found.record)
    return _in_time(question, found.cleared, remedy)


def _uncleared(found: Examination, remedy: str) -> Reading:
    """The newest result overrules what came before it."""
    told = f"{worded(found.fact)} on {found.day}"
    before = found.overruled
    if before is not None:
        told = f"{told}; it overrules that of {before.day}, which had cleared the patient"
    if found.fact.result == "pending":
        return missing(told, remedy, found.record)
    return not_met(told, f"have it examined again, and {remedy}", found.record)


def _in_time(question: Question, records: tuple[Record, ...], remedy: str) -> Reading:
    """The newest that was young enough on a day that counts, else that the newest is too old."""
    within, case = question.ask.within_days, question.case
    young = young_enough(case, records, within, question.on)
    if young is None:
        newest = records[-1]
        told = f"{_said(newest)}, {_age((question.on - newest.day).days)} old"
        return expired(f"{told}; at most {within} are asked for", f"repeat it: {remedy}", newest)
    return have(_aged(question, young), young.record)


def _aged(question: Question, young: Aged) -> str:
    when = f" on {young.counted_on}, when the payer was asked"
    counted = "" if young.counted_on == question.on else when
    return f"{_said(young.record)}, {_age(young.days)} old{counted}"


def _said(record: Record) -> str:
    match record.fact:
        case ClearanceRecorded() as fact:
            return f"{worded(fact)} on {record.day}"
        case DiseaseAssessed(status=status):
            return f"disease assessed ({status}) on {record.day}"
        case _:
            return f"{record.fact.type} on {record.day}"


def _measured(question: Question, imaged: Examination | None) -> Iterator[Record]:
    """Imaging that cleared, and assessments, in the order in which they happened."""
    case = question.case
    assessed = (pair[0] for pair in case.seen.of(DiseaseAssessed) if pair[0].day <= question.on)
    every = (*assessed, *(imaged.cleared if imaged else ()))
    return iter(sorted(every, key=lambda each: case.order[each.key]))


def _beyond(ask: Ask, fact: ClearanceRecorded) -> str | None:
    """Which limit of the payer a value is beyond."""
    if fact.value is not None and ask.at_most is not None and fact.value > ask.at_most:
        return f"at most {ask.at_most.normalize():f} is asked for"
    if fact.value is not None and ask.at_least is not None and fact.value < ask.at_least:
        return f"at least {ask.at_least.normalize():f} is asked for"
    return None


def _wants_a_value(ask: Ask) -> bool:
    return ask.at_most is not None or ask.at_least is not None


def _age(days: int) -> str:
    return f"{days} day{'' if days == 1 else 's'}"
