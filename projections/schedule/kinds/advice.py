"""What the patient is to be told after the infusion, and until which day he is to keep to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from veinledger.domain.facts.patient import PatientAdvised
from veinledger.domain.obligations.point import Window
from veinledger.domain.obligations.series import AdviceOwed
from veinledger.domain.products.treatment import Regime
from veinledger.domain.reports import Record
from veinledger.projections.schedule.kinds.monitoring import regime_of
from veinledger.projections.schedule.moved import was_due
from veinledger.projections.schedule.owed import Met, Owed, Pending
from veinledger.projections.schedule.question import Infusion, Question


def advice(question: Question) -> Iterator[Pending]:
    """Each advice of the pages, with the last day on which it holds by the regime of day 0."""
    infusion = question.infusion
    regime = regime_of(question, infusion.day) if infusion else None
    if infusion is None or regime is None:
        return
    for row in question.rules.listed(AdviceOwed, infusion.day):
        one = _owed(question, infusion, row, regime)
        yield Pending(one, _told(question, row, one))


def holds_until(row: AdviceOwed, regime: Regime, day_0: date) -> date:
    """The last day: so many days after day 0 as the regime says."""
    days = regime.near if row.regime == "near" else regime.no_driving
    return day_0 + timedelta(days=days)


def _owed(question: Question, infusion: Infusion, row: AdviceOwed, regime: Regime) -> Owed:
    def due_by(record: Record) -> date | None:
        return record.day if record.fact.type == "cells.infused" else None

    until = holds_until(row, regime, infusion.day)
    window = _window(question, row, infusion.day, until)
    return Owed(
        rule=f"advice_{row.name}",
        what=row.label,
        group="advice",
        anchor=infusion.record.key,
        window=window,
        meets=(PatientAdvised.type,),
        noun="advice",
        source=f"{regime.source} [{regime.row}]",
        window_source=row.window_source,
        confidence=regime.confidence,
        end=question.end,
        provisional=infusion.provisional,
        was_due=was_due(question, infusion.record, "the infusion's date", due_by),
        holds_until=until,
        open_until=max(until, window.closes),
    )


def _window(question: Question, row: AdviceOwed, day_0: date, until: date) -> Window:
    """Due on day 0, and in time until he leaves the hospital; of an open stay nobody knows when."""
    stay = next((stay for stay in question.stays() if stay.covers(day_0)), None)
    left = day_0 if stay is None else stay.last_day or until
    closes = max(day_0, min(left, until)) + timedelta(days=row.late)
    return Window(due=day_0, opens=day_0 - timedelta(days=row.early), closes=closes)


def _told(question: Question, row: AdviceOwed, owed: Owed) -> Met | None:
    """The first time that he was told, from the first day on which it counts."""
    for record, fact in question.seen.of(PatientAdvised):
        if row.advice in fact.advice and record.day >= owed.window.opens:
            how = f"told on {record.day}{_until(fact.until, owed.holds_until)}"
            return Met(record=record.key, day=record.day, how=how)
    return None


def _until(told: date | None, holds: date | None) -> str:
    if told is None:
        return ""
    short = holds is not None and told < holds
    return f", until {told}{f'; it holds until {holds}' if short else ''}"
