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


def _owed(seen: Effective, infusion: Record, rules: Rules, as_of: AsOf) -> Iterator[Obligation]:
    product = rules.products.find(seen.state.product)
    calendar = product.calendar(infusion.day, rules.edition) if product else None
    if calendar is None:
        return
    free = [(record, fact) for record, fact in seen.of(NeurologyVisitCompleted)]
    for visit in calendar.visits:
        due = months_after(infusion.day, visit.months)
        met = _meeting(free, visit, due, infusion.day)
        if met is not None:
            free = [(record, fact) for record, fact in free if record.key != met.key]
        yield _obligation(calendar, visit, infusion, due, met, seen, _day_of(as_of))


def _meeting(
    free: list[tuple[Record, NeurologyVisitCompleted]], visit: Visit, due: date, day_0: date
) -> Record | None:
    """The visit that meets an obligation: the one nearest to its day that its window takes.

    The baseline is any visit up to day 0; a later one is met late by the first visit after its
    window that no other obligation's window takes.
    """
    opens, closes = _window(visit, due)
    in_time = [record for record, _ in free if opens <= record.day <= closes]
    if visit.months == 0:
        in_time = [record for record, _ in free if record.day <= day_0]
        return max(in_time, key=lambda record: record.day, default=None)
    return min(in_time, key=lambda record: abs((record.day - due).days), default=None)


def _window(visit: Visit, due: date) -> tuple[date, date]:
    return due - timedelta(days=visit.early), due + timedelta(days=visit.late)


def _obligation(
    calendar: Calendar,
    visit: Visit,
    infusion: Record,
    due: date,
    met: Record | None,
    seen: Effective,
    today: date | None,
) -> Obligation:
    opens, closes = _window(visit, due)
    status, reason = _status(opens, closes, met, seen, today)
    rule = f"{calendar.name}_{visit.name}"
    return Obligation(
        key=f"{rule}/{infusion.key[:12]}",
        rule=rule,
        what=f"neurological visit, {visit.name.replace('_', ' ')}",
        anchor=infusion.key,
        due=due,
        opens=opens,
        closes=closes,
        status=status,
        met_by=met.key if met else None,
        met_on=met.day if met else None,
        reason=reason,
        source=f"{calendar.source} [{calendar.row}]",
        window_source=calendar.window_source,
        confidence=calendar.confidence,
    )


def _status(
    opens: date, closes: date, met: Record | None, seen: Effective, today: date | None
) -> tuple[Status, str]:
    if met is not None:
        return "met", f"visit on {met.day}"
    if seen.stage in ENDS and seen.stage is not Stage.LOST:
        return "cancelled", f"the encounter is {seen.stage}"
    if today is None or today < opens:
        return "upcoming", ""
    if today <= closes:
        return "due", f"until {closes}"
    return "missed", f"no visit between {opens} and {closes}"


def _day_of(as_of: AsOf) -> date | None:
    return as_of.date() if isinstance(as_of, datetime) else as_of
