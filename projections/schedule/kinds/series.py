"""Visits, tests and registry forms: what is owed at several times after one fact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, get_args

from veinledger.domain.facts.catalogue import FACTS
from veinledger.domain.facts.patient import PatientDied
from veinledger.domain.obligations.point import Point, Window
from veinledger.domain.obligations.series import Anchor
from veinledger.domain.reports import Record
from veinledger.projections.schedule.kinds.courses import Course, courses
from veinledger.projections.schedule.kinds.no_shows import no_shows
from veinledger.projections.schedule.matching import (
    Candidate,
    assigned,
    can_meet,
    candidates,
    last_chances,
)
from veinledger.projections.schedule.moved import was_due
from veinledger.projections.schedule.owed import Met, Owed, Pending
from veinledger.projections.schedule.question import End, Question
from veinledger.projections.schedule.shapes import Earlier

NOUNS: Final = {
    "neurology": "visit",
    "laboratory": "result",
    "registry": "form",
    "monitoring": "monitoring",
}
_WHAT: Final[Mapping[str, str]] = {
    "cells.infused": "the infusion's date",
    "patient.died": "the day of death",
}
ANCHORS: Final[Mapping[str, Anchor]] = {each: each for each in get_args(Anchor)}
_Dues = Mapping[tuple[str, str], date]
"""By earlier record and point, when it was due."""


def after_the_infusion(question: Question) -> Iterator[Pending]:
    """Everything that counts from day 0; nothing where no page describes the product."""
    infusion = question.infusion
    if infusion is None:
        return
    for course in courses(question, "cells.infused", infusion.day):
        yield from owed(question, course, infusion.record, infusion.provisional)


def after_the_death(question: Question) -> Iterator[Pending]:
    """The report of a death to the registry; of an infused patient alone."""
    died = next((record for record, _ in question.seen.of(PatientDied)), None)
    if died is None or question.infusion is None:
        return
    for course in courses(question, "patient.died", died.day):
        yield from owed(question, course, died, None)


def owed(
    question: Question, course: Course, anchor: Record, provisional: str | None
) -> Iterator[Pending]:
    """Each point of a series, with what met it."""
    points = [(point, point.window(anchor.day)) for point in course.points]
    unplaced = _unplaced(question, course)
    known = [*_in_effect(question, course), *(unplaced if provisional else ())]
    found = assigned(points, candidates(known, course.meets))
    each = _Counted(
        course=course,
        anchor=anchor,
        provisional=provisional,
        unplaced=unplaced,
        dues=_earlier_dues(question, course, anchor),
    )
    chances: list[date | None] = [None] * len(points)
    if course.group != "registry":  # a form names its period, however late it is
        chances = last_chances(points)
    for (point, window), met, until in zip(points, found, chances, strict=True):
        one = _owed(question, each, point, window, until)
        yield Pending(one, _met(question, course, met))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counted:
    """A series counted from its anchor: what all its points share."""

    course: Course
    anchor: Record
    provisional: str | None
    unplaced: tuple[Record, ...]
    dues: _Dues


def _owed(
    question: Question, of: _Counted, point: Point, window: Window, until: date | None
) -> Owed:
    course = of.course
    return Owed(
        rule=f"{course.name}_{point.name}",
        what=_called(course, point),
        group=course.group,
        anchor=of.anchor.key,
        window=window,
        meets=course.facts,
        noun=NOUNS[course.group],
        source=course.source,
        window_source=course.window_source,
        confidence=course.confidence,
        end=_end(question, course, of.anchor, window),
        provisional=of.provisional,
        was_due=_moved(question, of.anchor, point, of.dues),
        no_show=no_shows(question, window) if course.group == "neurology" else None,
        unplaced=of.unplaced,
        open_until=until,
    )


def _called(course: Course, point: Point) -> str:
    one = len(course.points) == 1
    return course.what if one else f"{course.what}, {point.name.replace('_', ' ')}"


def _in_effect(question: Question, course: Course) -> Iterator[Record]:
    for name in course.facts:
        for record, fact in question.seen.of(FACTS[name]):
            if can_meet(fact, course.meets):
                yield record


def _unplaced(question: Question, course: Course) -> tuple[Record, ...]:
    parked = question.parked(course.facts)
    return tuple(record for record in parked if can_meet(record.fact, course.meets))


def _met(question: Question, course: Course, found: Candidate | None) -> Met | None:
    if found is None:
        return None
    unsure = not question.seen.standings[found.record.key].in_effect
    how = f"{NOUNS[course.group]} on {found.day}{', reported, not confirmed' * unsure}"
    return Met(record=found.record.key, day=found.day, how=how)


def _end(question: Question, course: Course, anchor: Record, window: Window) -> End | None:
    """Death, completion and withdrawal cancel visits; a death alone the forms that it came before.

    A form whose window had opened when the patient died stays owed.
    """
    if course.group != "registry":
        return question.end
    died = question.died
    if died is None or isinstance(anchor.fact, PatientDied) or window.opens <= died.day:
        return None
    return End(day=died.day, reason=f"{died.reason}: the report of the death takes its place")


def _moved(question: Question, anchor: Record, point: Point, dues: _Dues) -> tuple[Earlier, ...]:
    if anchor.in_place_of is None:
        return ()

    def due_by(record: Record) -> date | None:
        return dues.get((record.key, point.name))

    return was_due(question, anchor, _WHAT[anchor.fact.type], due_by)


def _earlier_dues(question: Question, course: Course, anchor: Record) -> _Dues:
    """When each point was due by every record of the anchor's chain; none where nothing moved."""
    if anchor.in_place_of is None:
        return {}
    after = ANCHORS[anchor.fact.type]
    return {
        (record.key, point.name): point.window(record.day).due
        for record in question.chains.chain(anchor)
        if record.fact.type == anchor.fact.type
        for then in courses(question, after, record.day)
        if then.name == course.name
        for point in then.points
    }
