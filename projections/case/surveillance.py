"""The neurological surveillance before the infusion: its plan, its baseline, on whose word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from veinledger.domain.facts.disease import ClearanceRecorded
from veinledger.domain.facts.groups import Condition
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted, SurveillancePlanFiled
from veinledger.domain.facts.toxicity import ConditionDocumented, ToxicityObserved
from veinledger.domain.products.profile import Calendar, Visit
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case

_NUMBERS: Final = r"\+?\d+(?:\s*(?:,|/|&|and)\s*\+?\d+)*"
_UNITS: Final = r"d|days?|w|wks?|weeks?|m|mo|months?|y|yrs?|years?"
_AFTER: Final = re.compile(rf"(?<![\d.])({_NUMBERS})\s*({_UNITS})\b")
_NAMED: Final = re.compile(rf"\b(days?|weeks?|months?|years?)\s*({_NUMBERS})")
_NUMBER: Final = re.compile(r"\d+")
_OF: Final[dict[str, tuple[str, int]]] = {
    "d": ("days", 1),
    "w": ("days", 7),
    "m": ("months", 1),
    "y": ("months", 12),
}
"""What a unit counts, and how many of it, by its first letter."""

Times = set[tuple[str, int]]
"""Days or months after the infusion."""

Outcome = Literal["nothing found", "findings", "not cleared", "pending", "unreported"]
"""`unreported`: a plan says that it was made; nobody has said what was found."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Baseline:
    """One neurological examination before the cells, and what came of it."""

    record: Record
    day: date
    outcome: Outcome


def calendar(case: Case, day: date) -> Calendar | None:
    """The surveillance visits of the product for an infusion on a day."""
    return case.product.calendar(day, case.rules.edition)


def is_asked_by_the_rems(case: Case, day: date) -> bool:
    """Whether the edition takes the surveillance for the REMS's own."""
    known = calendar(case, day)
    rule = case.rules.find(known.rule, day) if known else None
    return rule is not None and rule.code == "rems"


def plan(case: Case, day: date) -> tuple[Record, SurveillancePlanFiled] | None:
    """The newest plan on or before a day."""
    filed = [pair for pair in case.seen.of(SurveillancePlanFiled) if pair[0].day <= day]
    return filed[-1] if filed else None


def visits_lacking(filed: SurveillancePlanFiled, known: Calendar) -> tuple[Visit, ...]:
    """The visits of the calendar that a plan's words name neither by name nor by time."""
    planned: Times = {each for text in filed.visits for each in _times(text)}
    if filed.baseline_on is not None:
        planned.add(("months", 0))
    return tuple(each for each in known.visits if not _is_planned(each, filed, planned))


def is_the_baseline(visit: Visit) -> bool:
    """Whether it is due before the cells, not so long after them."""
    return not visit.days and not visit.months


def _is_planned(visit: Visit, filed: SurveillancePlanFiled, planned: Times) -> bool:
    if any(visit.called(text) for text in filed.visits):
        return True
    if is_the_baseline(visit):
        return ("months", 0) in planned
    due = ("days", visit.days) if visit.months is None else ("months", visit.months)
    return due in planned


def baseline(case: Case, day: date) -> Baseline | None:
    """The newest neurological examination up to a day and before the cells went in.

    A plan that names a baseline speaks only where nobody has reported an examination.
    """
    infused = min((record.day for record, _ in case.infusions()), default=day)
    found = [
        *(_visited(case, record, fact) for record, fact in case.seen.of(NeurologyVisitCompleted)),
        *_cleared(case),
    ]
    for made in (found, list(_planned(case))):
        before = [each for each in made if each.day <= min(day, infused) and each.record.day <= day]
        if before:
            return max(before, key=lambda each: case.order[each.record.key])
    return None


def parkinsonism_before(case: Case, day: date) -> tuple[tuple[Record, str], ...]:
    """What says that it was there up to a day and before the cells, in the order of the records.

    A diagnosis that nobody ruled out, or a toxicity of an earlier product. What is dated after the
    first infusion may be the cells' own.
    """
    infused = min((record.day for record, _ in case.infusions()), default=day)
    found = (
        (record, said)
        for record in case.seen.records
        if record.day <= min(day, infused) and (said := _parkinsonism(case, record)) is not None
    )
    return tuple(found)


def on_record(found: Iterable[tuple[Record, str]]) -> str:
    """Parkinsonism of before the cells as a clause, with what says so and on which day."""
    told = "; ".join(f"{what} on {record.day}" for record, what in found)
    return f"parkinsonism is on record: {told}"


def is_movement_disorder(case: Case, condition: Condition, day: date) -> bool:
    """Whether a diagnosis that nobody ruled out is parkinsonism in the code book of the day."""
    if condition.certainty == "ruled out":
        return False
    return case.rules.one_of("movement_disorder_codes", condition.code, day)


def _parkinsonism(case: Case, record: Record) -> str | None:
    match record.fact:
        case ConditionDocumented(condition=told) if is_movement_disorder(case, told, record.day):
            sure = "documented" if told.certainty == "confirmed" else "suspected"
            return f"{told.code}, {sure}"
        case ToxicityObserved(kind="parkinsonism/MNT"):
            return "a toxicity of that kind, observed"
        case _:
            return None


def _visited(case: Case, record: Record, fact: NeurologyVisitCompleted) -> Baseline:
    """A diagnosis without a code may be anything: a person reads it."""
    told = any(
        each.code is None or is_movement_disorder(case, each, record.day)
        for each in fact.conditions
        if each.certainty != "ruled out"
    )
    outcome: Outcome = "findings" if fact.findings or told else "nothing found"
    return Baseline(record=record, day=record.day, outcome=outcome)


def _cleared(case: Case) -> Iterator[Baseline]:
    for record, fact in case.seen.of(ClearanceRecorded):
        if fact.kind == "neurology":
            outcome: Outcome = "nothing found" if fact.result == "cleared" else fact.result
            yield Baseline(record=record, day=record.day, outcome=outcome)


def _planned(case: Case) -> Iterator[Baseline]:
    for record, fact in case.seen.of(SurveillancePlanFiled):
        if fact.baseline_on is not None and fact.baseline_on <= record.day:
            yield Baseline(record=record, day=fact.baseline_on, outcome="unreported")


def _times(text: str) -> Iterator[tuple[str, int]]:
    """The times after the infusion that a planned visit's words name: +3 months, day_30."""
    said = text.casefold().replace("_", " ").replace("-", " ")
    if "baseline" in said:
        yield "months", 0
    named = [*_AFTER.findall(said), *((numbers, unit) for unit, numbers in _NAMED.findall(said))]
    for numbers, unit in named:
        counted, times = _OF[unit[0]]
        for number in _NUMBER.findall(numbers):
            yield counted, int(number) * times
