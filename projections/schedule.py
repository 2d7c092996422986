"""The surveillance schedule: what is owed to the patient, by when, and what has met it.

A pure function of the history. An obligation is named by its rule and its anchor, never by a date,
so that moving the infusion moves the calendar and keeps the names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from veinledger.domain.calendar import months_after
from veinledger.domain.centre.centre import Centre
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.findings import Finding
from veinledger.domain.lifecycle.stages import ENDS, Stage
from veinledger.domain.products.profile import Calendar, Visit
from veinledger.domain.reports import Record
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import AsOf, Effective, History, KnownAt, effective

Status = Literal["upcoming", "due", "met", "late", "missed", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """Something owed by a date."""

    key: str
    """Rule and anchor record."""
    rule: str
    what: str
    anchor: str
    """Report key of the record that it hangs on."""
    due: date
    opens: date
    closes: date
    """The last day on which it is on time."""
    status: Status
    met_by: str | None = None
    """Report key of the visit that met it."""
    met_on: date | None = None
    reason: str = ""
    source: str
    window_source: str
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Everything owed in one encounter, as of both times, in one edition."""

    encounter: str
    edition: str
    rule_pack: str
    stage: Stage
    infusion_day: date | None
    obligations: tuple[Obligation, ...]
    reported_not_confirmed: tuple[str, ...] = ()
    """Report keys of infusions that wait or are disputed: the calendar may start with them."""
    findings: tuple[Finding, ...] = ()


def schedule(
    history: History, centre: Centre, rules: Rules, as_of: AsOf = None, known_at: KnownAt = None
) -> Schedule:
    """The surveillance visits of an encounter; empty before anything is infused."""
    del centre
    seen = effective(history, as_of, known_at)
    infusion = next(seen.of(CellsInfused), None)
    obligations = tuple(_owed(seen, infusion[0], rules, as_of)) if infusion else ()
    return Schedule(
        encounter=history.encounter,
        edition=rules.edition,
        rule_pack=rules.pack,
        stage=seen.stage,
        infusion_day=infusion[0].day if infusion else None,
        obligations=obligations,
        reported_not_confirmed=tuple(
            r.key
            for r in seen.not_in_effect()
            if isinstance(r.fact, CellsInfused) and seen.standings[r.key].status != "superseded"
        ),
        findings=seen.findings,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """What the obligations of one encounter are worked out from."""

    seen: Effective
    calendar: Calendar
    infusion: Record
    today: date | None


def _owed(seen: Effective, infusion: Record, rules: Rules, as_of: AsOf) -> Iterator[Obligation]:
    product = rules.products.find(seen.state.product)
    calendar = product.calendar(infusion.day, rules.edition) if product else None
    if calendar is None:
        return
    question = _Question(seen=seen, calendar=calendar, infusion=infusion, today=_day_of(as_of))
    free = [record for record, _ in seen.of(NeurologyVisitCompleted)]
    for visit in calendar.visits:
        window = _window_of(visit, infusion.day)
        met = _meeting(free, visit, window)
        free = [record for record in free if record is not met]
        yield _obligation(question, visit, window, met)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """When a visit is owed: its day, and the first and last day on which it is on time."""

    due: date
    opens: date
    closes: date


def _window_of(visit: Visit, day_0: date) -> _Window:
    due = months_after(day_0, visit.months)
    return _Window(
        due=due,
        opens=due - timedelta(days=visit.early),
        closes=due + timedelta(days=visit.late),
    )


def _meeting(free: list[Record], visit: Visit, window: _Window) -> Record | None:
    """The visit that meets it: for the baseline the last one up to day 0, else the nearest."""
    if visit.months == 0:
        before = [record for record in free if record.day <= window.due]
        return max(before, key=lambda record: record.day, default=None)
    in_time = [record for record in free if window.opens <= record.day <= window.closes]
    return min(in_time, key=lambda record: abs((record.day - window.due).days), default=None)


def _obligation(
    question: _Question, visit: Visit, window: _Window, met: Record | None
) -> Obligation:
    calendar, infusion = question.calendar, question.infusion
    status, reason = _status(question, window, met)
    rule = f"{calendar.name}_{visit.name}"
    return Obligation(
        key=f"{rule}/{infusion.key[:12]}",
        rule=rule,
        what=f"neurological visit, {visit.name.replace('_', ' ')}",
        anchor=infusion.key,
        due=window.due,
        opens=window.opens,
        closes=window.closes,
        status=status,
        met_by=met.key if met else None,
        met_on=met.day if met else None,
        reason=reason,
        source=f"{calendar.source} [{calendar.row}]",
        window_source=calendar.window_source,
        confidence=calendar.confidence,
    )


def _status(question: _Question, window: _Window, met: Record | None) -> tuple[Status, str]:
    stage, today = question.seen.stage, question.today
    if met is not None:
        return "met", f"visit on {met.day}"
    if stage in ENDS and stage is not Stage.LOST:
        return "cancelled", f"the encounter is {stage}"
    if today is None or today < window.opens:
        return "upcoming", ""
    if today <= window.closes:
        return "due", f"until {window.closes}"
    return "missed", f"no visit between {window.opens} and {window.closes}"


def _day_of(as_of: AsOf) -> date | None:
    return as_of.date() if isinstance(as_of, datetime) else as_of
