"""The days of daily monitoring after the infusion, as the regime of its day asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from veinledger.domain.facts.surveillance import MonitoringDayCompleted
from veinledger.domain.obligations.point import Window
from veinledger.domain.products.treatment import Regime
from veinledger.domain.reports import Record
from veinledger.projections.case.indication import indication
from veinledger.projections.case.stays import Attendance, Stay
from veinledger.projections.schedule.moved import was_due
from veinledger.projections.schedule.owed import Met, Owed, Pending
from veinledger.projections.schedule.question import Infusion, Question
from veinledger.projections.schedule.shapes import Earlier


def regime_of(question: Question, day_0: date) -> Regime | None:
    """The acute monitoring that an infusion of this day asks for."""
    product, case = question.product, question.case
    if product is None or not product.complete:
        return None
    named = indication(case, day_0) if case else None
    return product.regime(day_0, question.edition, named)


def daily_monitoring(question: Question) -> Iterator[Pending]:
    """Day +1 to the last day of daily monitoring, each by itself.

    It is met by `monitoring.day_completed` of the day. A day that lies within an inpatient stay or
    a stay under observation, its first and its last day included, counts as monitored: by the
    admission.
    """
    infusion = question.infusion
    regime = regime_of(question, infusion.day) if infusion else None
    if infusion is None or regime is None:
        return
    unplaced = question.parked({MonitoringDayCompleted.type})
    known = [record for record, _ in question.seen.of(MonitoringDayCompleted)]
    known.extend(unplaced if infusion.provisional else ())
    seen = {record.day: record for record in reversed(known)}
    beds = _beds(question)
    for number in range(1, regime.daily + 1):
        day = infusion.day + timedelta(days=number)
        met = _monitored(question, seen, day) or _in_a_bed(question, beds, day)
        yield Pending(_owed(question, infusion, regime, number, unplaced), met)


def hangs_on_the_day(question: Question) -> bool:
    """Whether the patient lies in a bed yet, which covers the days that have come."""
    return not all(bed.ended for bed in _beds(question))


def _owed(
    question: Question,
    infusion: Infusion,
    regime: Regime,
    number: int,
    unplaced: tuple[Record, ...],
) -> Owed:
    day = infusion.day + timedelta(days=number)
    return Owed(
        rule=f"daily_monitoring_day_{number}",
        what=f"daily monitoring, day {number}",
        group="monitoring",
        anchor=infusion.record.key,
        window=Window(due=day, opens=day, closes=day),
        meets=(MonitoringDayCompleted.type, "patient.admitted"),
        noun="monitoring",
        source=f"{regime.source} [{regime.row}]",
        open_until=day,
        window_source="the day itself",
        confidence=regime.confidence,
        end=question.end,
        provisional=infusion.provisional,
        was_due=_moved(question, infusion, number),
        unplaced=unplaced,
    )


def _monitored(question: Question, seen: Mapping[date, Record], day: date) -> Met | None:
    record = seen.get(day)
    if record is None:
        return None
    unsure = not question.seen.standings[record.key].in_effect
    how = f"monitored on {day}{', reported, not confirmed' * unsure}"
    return Met(record=record.key, day=day, how=how)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bed:
    """Days in the hospital, by the record with which they began."""

    began: Record
    how: str
    ended: bool
    covers: Callable[[date], bool]


def _beds(question: Question) -> tuple[_Bed, ...]:
    return (*map(_stay, question.stays()), *map(_observation, question.observed()))


def _stay(stay: Stay) -> _Bed:
    how = f"inpatient, admitted on {stay.admitted.day}"
    ended = stay.last_day is not None
    return _Bed(began=stay.admitted, how=how, ended=ended, covers=stay.covers)


def _observation(seen: Attendance) -> _Bed:
    how = f"under observation since {seen.arrived.day}"
    ended = seen.last_day is not None
    return _Bed(began=seen.arrived, how=how, ended=ended, covers=seen.covers)


def _in_a_bed(question: Question, beds: tuple[_Bed, ...], day: date) -> Met | None:
    """What covers a day; of a stay that has not ended, the days that have come."""
    for bed in beds:
        has_come = question.today is not None and day <= question.today
        if bed.covers(day) and (bed.ended or has_come):
            return Met(record=bed.began.key, day=day, how=bed.how)
    return None


def _moved(question: Question, infusion: Infusion, number: int) -> tuple[Earlier, ...]:
    if infusion.record.in_place_of is None:
        return ()

    def due_by(record: Record) -> date | None:
        then = regime_of(question, record.day)
        asked = then is not None and number <= then.daily and record.fact.type == "cells.infused"
        return record.day + timedelta(days=number) if asked else None

    return was_due(question, infusion.record, "the infusion's date", due_by)
