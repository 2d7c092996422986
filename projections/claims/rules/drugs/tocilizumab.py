"""Whether tocilizumab was given as it is meant for CRS: by weight, spaced, counted, and why.

Warnings and notices, none of which holds a claim: what was given is billed as it was given.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Final, get_args

from veinledger.domain.facts.patient import PatientMeasured
from veinledger.domain.facts.toxicity import (
    ConditionDocumented,
    CrsGraded,
    IcansGraded,
    ToxicityObserved,
)
from veinledger.domain.facts.treatment import CellsInfused, TocilizumabGiven
from veinledger.domain.reports import Record
from veinledger.domain.values import instant_of
from veinledger.projections.case.case import Case
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.lines import finding
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.told import plain

SOURCE: Final = "J&J Medical Connect, CRS; the page agrees; evidence R80"
DIAGNOSES: Final = {"CRS": "crs_grade_", "ICANS": "icans_grade_", "HLH/MAS": "hlh"}
"""How the code book's meanings of the diagnoses begin, by indication."""
Reason = CrsGraded | IcansGraded | ToxicityObserved | ConditionDocumented
"""What may say why it was given; no other record is looked at for it."""


@rule("C", "D", source=SOURCE)
def a_dose_of_tocilizumab_is_within_its_weight(bill: Bill) -> Iterator[Said]:
    """So many mg for each kg of the patient's last known weight."""
    for record, fact in bill.of(TocilizumabGiven):
        per_kg, weight = _size(bill, "tocilizumab_dose", record.day), _weight(bill.case, record.day)
        if per_kg is None or weight is None or fact.drug.dose <= per_kg * weight[1]:
            continue
        yield finding(
            (record, weight[0]),
            f"{plain(fact.drug.dose)} mg of tocilizumab are more than {plain(per_kg)} mg/kg of "
            "the last weight reported",
            "check the dose and the weight, and that the chart says why",
            holds=False,
        )


@rule("C", "D", source=SOURCE)
def a_dose_of_tocilizumab_is_below_its_cap(bill: Bill) -> Iterator[Said]:
    """However heavy the patient is."""
    for record, fact in bill.of(TocilizumabGiven):
        cap = _size(bill, "tocilizumab_dose_cap", record.day)
        if cap is not None and fact.drug.dose > cap:
            yield finding(
                (record,),
                f"{plain(fact.drug.dose)} mg of tocilizumab are more than {plain(cap)} mg",
                "check the dose, and that the chart says why",
                holds=False,
            )


@rule("C", "D", source=SOURCE)
def doses_of_tocilizumab_are_hours_apart(bill: Bill) -> Iterator[Said]:
    """From start to start; a dose without a time is not judged."""
    every = [(_start(*pair), pair[0]) for pair in bill.case.seen.of(TocilizumabGiven)]
    timed = [(start, record) for start, record in every if start is not None]
    timed.sort(key=lambda each: (each[0], each[1].key))
    mine = {record.key for record in bill.services}
    for (before, first), (after, second) in pairwise(timed):
        hours = _size(bill, "tocilizumab_spacing", second.day)
        if hours is None or second.key not in mine:
            continue
        if after - before < timedelta(hours=float(hours)):
            yield finding(
                (first, second),
                f"two doses of tocilizumab began less than {plain(hours)} hours apart",
                "check both times; one dose reported twice is corrected, not billed",
                holds=False,
            )


@rule("C", "D", source=SOURCE)
def tocilizumab_is_given_so_many_times_at_most(bill: Bill) -> Iterator[Said]:
    """In all, the first dose included; sources differ between two and four."""
    mine = {record.key for record in bill.services}
    for number, (record, _) in enumerate(bill.case.seen.of(TocilizumabGiven), start=1):
        most = _size(bill, "tocilizumab_doses", record.day)
        if most is not None and number > most and record.key in mine:
            yield finding(
                (record,),
                f"this is dose {number} of tocilizumab; {plain(most)} in all are meant for CRS",
                "check that it is no repeated report, and that the chart says why",
                holds=False,
            )


@rule("C", "D", source="house rule: a drug has its reason on the chart; evidence R80")
def tocilizumab_has_its_reason_on_record(bill: Bill) -> Iterator[Said]:
    """A grade, an observation or a diagnosis of what it was given for, by its day."""
    for record, fact in bill.of(TocilizumabGiven):
        if not _reasons(bill.case, fact.indication, record.day):
            yield finding(
                (record,),
                f"tocilizumab is reported as given for {fact.indication}, and nothing of it is "
                "graded or documented by that day",
                "report the grade or the documented condition, or correct the indication",
                "notice",
                holds=False,
            )


def _size(bill: Bill, meaning: str, day: date) -> Decimal | None:
    entry = bill.case.rules.find(meaning, day)
    return entry.unit.amount if entry and entry.unit else None


def _weight(case: Case, day: date) -> tuple[Record, Decimal] | None:
    """The last weight written down by a day: at the infusion, or measured."""
    known = [
        (record, fact.weight)
        for record in case.seen.among(PatientMeasured, CellsInfused)
        if isinstance(fact := record.fact, (PatientMeasured, CellsInfused))
        and fact.weight is not None
        and record.day <= day
    ]
    return known[-1] if known else None


def _start(record: Record, fact: TocilizumabGiven) -> datetime | None:
    try:
        return instant_of(fact.service.start or "")
    except ValueError:
        return record.occurred.instant


def _reasons(case: Case, indication: str, day: date) -> bool:
    until = (record for record in case.seen.among(*get_args(Reason)) if record.day <= day)
    return any(
        isinstance(fact := record.fact, Reason) and _speaks_of(case, fact, indication, record.day)
        for record in until
    )


def _speaks_of(case: Case, fact: Reason, indication: str, day: date) -> bool:
    match fact:
        case CrsGraded():
            return indication == "CRS"
        case IcansGraded():
            return indication == "ICANS"
        case ToxicityObserved(kind=kind):
            return kind == indication
        case ConditionDocumented(condition=condition):
            if condition.certainty == "ruled out":
                return False
            return indication == "other" or _means(case, condition.code, indication, day)


def _means(case: Case, code: str | None, indication: str, day: date) -> bool:
    """Whether a documented code is one of the diagnoses of an indication."""
    carrying = case.rules.book.carrying("ICD-10-CM", code or "", on=day)
    return any(entry.meaning.startswith(DIAGNOSES[indication]) for entry in carrying)
