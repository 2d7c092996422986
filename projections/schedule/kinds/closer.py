"""Neurological visits that a finding makes owed besides the calendar, until nothing is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import count

from veinledger.domain.facts.surveillance import NeurologyVisitCompleted, NeurologyVisitMissed
from veinledger.domain.obligations.point import Point, Window
from veinledger.domain.reports import Record
from veinledger.projections.case.decided import settlements
from veinledger.projections.closer.review import in_words, review, rule_of
from veinledger.projections.closer.watches import Watch, watches
from veinledger.projections.schedule.kinds.courses import NEUROLOGY
from veinledger.projections.schedule.matching import Candidate, assigned, candidates
from veinledger.projections.schedule.moved import was_due
from veinledger.projections.schedule.owed import Met, Owed, obligation
from veinledger.projections.schedule.question import Question
from veinledger.projections.schedule.shapes import Obligation


def closer(question: Question) -> Iterator[Obligation]:
    """Each visit of each closer watch; they count from the finding, whatever the calendar asks."""
    for watch in watches(question.seen, question.rules, question.as_of):
        points = tuple(_points(question, watch))
        windows = [(point, point.window(watch.anchor.day)) for point in points]
        found = assigned(windows, candidates(_visits(question, watch), NEUROLOGY))
        for number, ((_, window), met) in enumerate(zip(windows, found, strict=True), start=1):
            yield obligation(question, _owed(question, watch, number, window), _met(question, met))


def _points(question: Question, watch: Watch) -> Iterator[Point]:
    """Up to the visit that ended it, else those that have opened and some that are ahead."""
    row, ended, ahead = watch.row, watch.ended_by, watch.row.ahead
    last = question.today or max(record.day for record in question.seen.known)
    for number in count(1):
        point = _point(watch, number)
        window = point.window(watch.anchor.day)
        not_open = window.opens > (ended.day if ended else last)
        ahead -= not_open
        if (point.days or 0) > row.for_days or (ended and not_open) or ahead < 0:
            return
        yield point


def _point(watch: Watch, number: int) -> Point:
    row = watch.row
    days = row.first_within + (number - 1) * row.every
    early, late = (days - 1, 0) if number == 1 else (row.early, row.late)
    return Point(name=f"visit_{number}", days=days, early=early, late=late)


def _visits(question: Question, watch: Watch) -> list[Record]:
    """The visits after the finding, up to the one that ended the watch."""
    after, ended = watch.anchor.day, watch.ended_by
    until = ended.day if ended else date.max
    visits = [record for record, _ in question.seen.of(NeurologyVisitCompleted)]
    if watch.provisional is not None:
        visits.extend(_unplaced(question))
    return [record for record in visits if after < record.day <= until]


def _unplaced(question: Question) -> tuple[Record, ...]:
    return question.parked({NeurologyVisitCompleted.type})


def _owed(question: Question, watch: Watch, number: int, window: Window) -> Owed:
    row, asked = watch.row, review(watch, question.chains)
    stands = watch.provisional is None
    settled = settlements(question.seen)
    return Owed(
        rule=rule_of(watch, number),
        what=f"neurological visit, closer watch {number}",
        group="neurology",
        anchor=watch.anchor.key,
        window=window,
        meets=(NeurologyVisitCompleted.type,),
        noun="visit",
        source=f"{row.source} [{row.row}]",
        window_source=row.window_source,
        confidence=row.confidence,
        end=question.end,
        provisional=watch.provisional,
        was_due=was_due(question, watch.anchor, "the finding's date", _due_by(watch, number)),
        no_show=_no_show(question, watch, window),
        unplaced=() if watch.provisional else _unplaced(question),
        because=_because(watch, in_words(asked, settled) if stands else ""),
        cites=(asked.key,) if stands else (),
    )


def _because(watch: Watch, asked: str) -> str:
    ended = f"ended by the visit of {watch.ended_by.day}: nothing found" if watch.ended_by else ""
    found = f"found on {watch.anchor.day}: {', '.join(watch.found)}"
    return "; ".join(filter(None, (found, asked, ended)))


def _due_by(watch: Watch, number: int) -> Callable[[Record], date | None]:
    """By an earlier record of the finding, by the interval of today's page."""
    days = _point(watch, number).days or 0
    return lambda record: record.day + timedelta(days=days)


def _met(question: Question, found: Candidate | None) -> Met | None:
    if found is None:
        return None
    fact, unsure = found.record.fact, not question.seen.standings[found.record.key].in_effect
    clean = isinstance(fact, NeurologyVisitCompleted) and not fact.findings
    how = f"visit on {found.day}{', nothing found' * clean}{', reported, not confirmed' * unsure}"
    return Met(record=found.record.key, day=found.day, how=how)


def _no_show(question: Question, watch: Watch, window: Window) -> str | None:
    for record, fact in question.seen.of(NeurologyVisitMissed):
        if window.covers(record.day) and record.day > watch.anchor.day:
            return f"no-show on {record.day}{': ' * bool(fact.reason)}{fact.reason or ''}"
    return None
