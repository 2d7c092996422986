"""Neurological visits that a finding makes owed besides the calendar, until nothing is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.obligations.point import Point, Window
from veinledger.domain.reports import Record
from veinledger.projections.case.decided import settlements
from veinledger.projections.closer.review import in_words, review, rule_of
from veinledger.projections.closer.watches import Watch
from veinledger.projections.schedule.kinds.courses import NEUROLOGY
from veinledger.projections.schedule.kinds.no_shows import no_shows
from veinledger.projections.schedule.matching import Candidate, assigned, candidates, last_chances
from veinledger.projections.schedule.moved import was_due
from veinledger.projections.schedule.owed import Met, Owed, Pending
from veinledger.projections.schedule.question import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class _Closer:
    """One watch, with what all of its visits share."""

    question: Question
    watch: Watch
    unplaced: tuple[Record, ...]
    """Visits that wait or are disputed."""
    because: str
    cites: tuple[str, ...]


def closer(question: Question) -> Iterator[Pending]:
    """Each visit of each closer watch; they count from the finding, whatever the calendar asks."""
    for watch in question.watches():
        one = _closer(question, watch)
        windows = [(point, point.window(watch.anchor.day)) for point in _points(one)]
        found = assigned(windows, candidates(_visits(one), NEUROLOGY))
        rows = zip(windows, found, last_chances(windows), strict=True)
        for number, ((_, window), met, until) in enumerate(rows, start=1):
            yield Pending(_owed(one, number, window, until), _met(question, met))


def hangs_on_the_day(question: Question) -> bool:
    """Whether a watch goes on: then its next visits are those ahead of the day asked about."""
    return any(watch.ended_by is None for watch in question.watches())


def _closer(question: Question, watch: Watch) -> _Closer:
    asked, stands = review(watch, question.chains), watch.provisional is None
    said = in_words(asked, settlements(question.seen), question.seen.encounter) if stands else ""
    return _Closer(
        question=question,
        watch=watch,
        unplaced=question.parked({NeurologyVisitCompleted.type}),
        because=_because(watch, said),
        cites=(asked.key,) if stands else (),
    )


def _points(one: _Closer) -> Iterator[Point]:
    """Up to the visit that ended it, else those that have opened and some that are ahead."""
    row, ended, ahead = one.watch.row, one.watch.ended_by, one.watch.row.ahead
    last = ended.day if ended else one.question.today or _last_looked(one)
    for number in count(1):
        point = _point(one.watch, number)
        not_open = point.window(one.watch.anchor.day).opens > last
        ahead -= not_open
        if (point.days or 0) > row.for_days or (ended and not_open) or ahead < 0:
            return
        yield point


def _last_looked(one: _Closer) -> date:
    """Where no day is asked about: the last day on which neurology saw the patient."""
    return max((record.day for record in _visits(one)), default=one.watch.anchor.day)


def _point(watch: Watch, number: int) -> Point:
    row = watch.row
    days = row.first_within + (number - 1) * row.every
    early, late = (days - 1, 0) if number == 1 else (row.early, row.late)
    return Point(name=f"visit_{number}", days=days, early=early, late=late)


def _visits(one: _Closer) -> list[Record]:
    """The visits after the finding, up to the one that ended the watch."""
    watch = one.watch
    until = watch.ended_by.day if watch.ended_by else date.max
    visits = [record for record, _ in one.question.seen.of(NeurologyVisitCompleted)]
    if watch.provisional is not None:
        visits.extend(one.unplaced)
    return [record for record in visits if watch.anchor.day < record.day <= until]


def _owed(one: _Closer, number: int, window: Window, until: date | None) -> Owed:
    question, watch, row = one.question, one.watch, one.watch.row
    moved = was_due(question, watch.anchor, "the finding's date", _due_by(watch, number))
    return Owed(
        rule=rule_of(watch, number),
        what=f"neurological visit, closer watch {number} ({row.name.replace('_', ' ')})",
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
        was_due=moved,
        no_show=no_shows(question, window, after=watch.anchor.day),
        unplaced=() if watch.provisional else one.unplaced,
        because=one.because,
        cites=one.cites,
        open_until=until,
    )


def _because(watch: Watch, asked: str) -> str:
    ended = f"ended by the visit of {watch.ended_by.day}: nothing found" if watch.ended_by else ""
    found = f"{watch.row.label}, found on {watch.anchor.day}: {', '.join(watch.found)}"
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
