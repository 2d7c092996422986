"""The surveillance schedule: what is owed to the patient, by when, and what has met it.

A pure function of the history. An obligation is named by its rule and its anchor, never by a date,
so that moving the infusion moves the calendar and keeps the names. An infusion that is reported and
not confirmed gives the same calendar, each date of it marked provisional.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from veinledger.domain.calendar import months_after
from veinledger.domain.centre.centre import Centre
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.lifecycle.stages import ENDS, Stage
from veinledger.domain.products.profile import Calendar, Product, Visit
from veinledger.domain.reports import Record
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import AsOf, Effective, History, KnownAt, effective
from veinledger.projections.case.replacements import Replacements, replacements
from veinledger.projections.case.unconfirmed import (
    Unconfirmed,
    parked,
    reasons,
    reported_not_confirmed,
)
from veinledger.projections.schedule.shapes import Earlier, Obligation, Schedule, Status

_SETTLED: Final = frozenset({"met", "cancelled"})


def schedule(
    history: History, centre: Centre, rules: Rules, as_of: AsOf = None, known_at: KnownAt = None
) -> Schedule:
    """The surveillance visits of an encounter; empty before any infusion is reported."""
    del centre
    seen = effective(history, as_of, known_at)
    unconfirmed = reported_not_confirmed(seen, as_of)
    anchor = _anchor(seen, unconfirmed)
    question = _question(seen, anchor, unconfirmed, rules, as_of) if anchor else None
    in_effect = anchor is not None and anchor.provisional is None
    return Schedule(
        encounter=history.encounter,
        edition=rules.edition,
        rule_pack=rules.pack,
        stage=seen.stage,
        infusion_day=anchor.infusion.day if anchor and in_effect else None,
        provisional_infusion_day=anchor.infusion.day if anchor and not in_effect else None,
        obligations=tuple(_owed(question)) if question else (),
        reported_not_confirmed=unconfirmed,
        findings=seen.findings,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Anchor:
    """The infusion that the calendar counts from, and why it may not stand."""

    infusion: Record
    fact: CellsInfused
    provisional: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """What the obligations of one encounter are worked out from."""

    seen: Effective
    product: Product
    calendar: Calendar
    anchor: _Anchor
    today: date | None
    deaths: tuple[Unconfirmed, ...]
    unplaced_visits: tuple[Record, ...]
    """Neurology visits that wait or are disputed."""
    chains: Replacements
    rules: Rules


def _anchor(seen: Effective, unconfirmed: tuple[Unconfirmed, ...]) -> _Anchor | None:
    """The first infusion in effect; only where there is none, the first that is reported."""
    for record, fact in seen.of(CellsInfused):
        return _Anchor(infusion=record, fact=fact)
    known = {record.key: record for record in seen.known}
    for each in unconfirmed:
        reported = known[each.record]
        if isinstance(reported.fact, CellsInfused):
            return _Anchor(infusion=reported, fact=reported.fact, provisional=each.reason)
    return None


def _question(
    seen: Effective,
    anchor: _Anchor,
    unconfirmed: tuple[Unconfirmed, ...],
    rules: Rules,
    as_of: AsOf,
) -> _Question | None:
    product = _product(seen, anchor, rules)
    calendar = product.calendar(anchor.infusion.day, rules.edition) if product else None
    if product is None or calendar is None:
        return None
    return _Question(
        seen=seen,
        product=product,
        calendar=calendar,
        anchor=anchor,
        today=as_of.date() if isinstance(as_of, datetime) else as_of,
        deaths=tuple(each for each in unconfirmed if each.type == "patient.died"),
        unplaced_visits=parked(seen, {NeurologyVisitCompleted.type}, as_of),
        chains=replacements(seen.known),
        rules=rules,
    )


def _product(seen: Effective, anchor: _Anchor, rules: Rules) -> Product | None:
    """The product of the encounter; before anybody opened it, the one on the bag's label."""
    named = rules.products.find(seen.state.product)
    code = anchor.fact.hcpcs_on_label
    if named is not None or anchor.provisional is None or code is None:
        return named
    return rules.products.by_hcpcs(code, rules.book, anchor.infusion.day, rules.edition)


def _owed(question: _Question) -> Iterator[Obligation]:
    free = [record for record, _ in question.seen.of(NeurologyVisitCompleted)]
    if question.anchor.provisional is not None:
        free.extend(question.unplaced_visits)
    for visit in question.calendar.visits:
        window = _window_of(visit, question.anchor.infusion.day)
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
    calendar, infusion = question.calendar, question.anchor.infusion
    status, reason = _status(question, window, met)
    rule = f"{calendar.name}_{visit.name}"
    return Obligation(
        key=f"{rule}/{question.chains.first(infusion.key)[:12]}",
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
        provisional=question.anchor.provisional,
        was_due=tuple(_earlier(question, visit)),
        caution=_caution(question, window, status),
        source=f"{calendar.source} [{calendar.row}]",
        window_source=calendar.window_source,
        confidence=calendar.confidence,
    )


def _status(question: _Question, window: _Window, met: Record | None) -> tuple[Status, str]:
    stage, today = question.seen.stage, question.today
    if met is not None:
        unsure = met in question.unplaced_visits
        return "met", f"visit on {met.day}{', reported, not confirmed' * unsure}"
    if stage in ENDS and stage is not Stage.LOST:
        return "cancelled", f"the encounter is {stage}"
    if today is None or today < window.opens:
        return "upcoming", ""
    if today <= window.closes:
        return "due", f"until {window.closes}"
    return "missed", f"no visit between {window.opens} and {window.closes}"


def _earlier(question: _Question, visit: Visit) -> Iterator[Earlier]:
    """When it was due by each record that the anchor stands in place of."""
    chain = question.chains.chain(question.anchor.infusion)
    for before, after in pairwise(chain):
        due = _was_due(question, visit, before)
        if due is not None and before.day != after.day and after.in_place_of is not None:
            correction = question.chains.by_key.get(after.in_place_of.correction)
            number = f" by record {correction.seal.sequence}" if correction else ""
            on = after.seal.recorded_at.date()
            yield Earlier(
                due=due,
                until=after.seal.recorded_at,
                correction=after.in_place_of.correction,
                reason=f"the infusion's date was corrected on {on}{number}",
            )


def _was_due(question: _Question, visit: Visit, before: Record) -> date | None:
    """By the calendar that an earlier day 0 decided; None where it asked for no such visit."""
    if not isinstance(before.fact, CellsInfused):
        return None
    calendar = question.product.calendar(before.day, question.rules.edition)
    visits = calendar.visits if calendar and calendar.name == question.calendar.name else ()
    same = next((each for each in visits if each.name == visit.name), None)
    return _window_of(same, before.day).due if same else None


def _caution(question: _Question, window: _Window, status: Status) -> tuple[str, ...]:
    """A reported death cancels nothing, and stands beside every visit that it would."""
    if status in _SETTLED:
        return ()
    deaths = (each.reason for each in question.deaths if window.closes >= each.occurred.local_day)
    visits = (
        f"a visit of {record.day} is reported, not confirmed:"
        f" {reasons(question.seen.standings[record.key])}"
        for record in question.unplaced_visits
        if window.opens <= record.day <= window.closes
    )
    return (*deaths, *visits)
