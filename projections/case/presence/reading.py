"""What each presence came to: an inpatient stay, an emergency or observation visit, or both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from veinledger.domain.facts.groups import PatientClass
from veinledger.domain.reports import Record
from veinledger.projections.case.presence.presences import Change, Presence, presences
from veinledger.projections.case.stays import Attendance, Stay

ATTENDED: Final[frozenset[PatientClass]] = frozenset({"emergency", "observation"})


def stays_and_attendances(
    records: Sequence[Record],
) -> tuple[tuple[Stay, ...], tuple[Attendance, ...]]:
    """The stays and the visits among records in the order of the fold."""
    found = [_read(presence) for presence in presences(records)]
    stays = tuple(stay for stay, _ in found if stay is not None)
    return stays, tuple(visit for _, visit in found if visit is not None)


@dataclass(slots=True)
class _Course:
    """What a presence came to, change by change."""

    inpatient: Record | None
    reversed_by: Record | None = None
    unexplained: tuple[Record, ...] = ()
    ordered_late: tuple[Record, ...] = ()
    attended: bool = False


def _read(presence: Presence) -> tuple[Stay | None, Attendance | None]:
    course = _Course(inpatient=presence.arrived if presence.came_as_inpatient else None)
    course.attended = presence.service.patient_class in ATTENDED
    for change in presence.changes:
        _follow(course, presence, change)
    return next(_stays(presence, course), None), next(_attendances(presence, course), None)


def _follow(course: _Course, presence: Presence, change: Change) -> None:
    record, fact = change
    late = presence.after_he_left(record)
    if fact.after == "inpatient":
        if course.inpatient is None and late:
            course.ordered_late = (*course.ordered_late, record)
        elif course.inpatient is None:
            course.inpatient = record
    elif course.inpatient is None:
        course.attended = course.attended or fact.after in ATTENDED
    elif fact.condition_code_44 and not late:
        course.inpatient, course.reversed_by = None, record
    else:
        course.unexplained = (*course.unexplained, record)


def _stays(presence: Presence, course: _Course) -> Iterator[Stay]:
    if course.inpatient is not None:
        yield Stay(
            admitted=course.inpatient,
            admission=presence.arrival,
            discharged=presence.left,
            discharge=presence.leaving,
            ended_by=presence.ended_by,
            unexplained=course.unexplained,
        )


def _attendances(presence: Presence, course: _Course) -> Iterator[Attendance]:
    before_a_stay = course.inpatient is not None and course.inpatient is not presence.arrived
    if course.inpatient is None and not (course.attended or course.reversed_by):
        return
    if before_a_stay and course.inpatient is not None:
        yield Attendance(
            arrived=presence.arrived,
            arrival=presence.arrival,
            ended_by=course.inpatient.day,
            led_to=course.inpatient,
            reversed_by=course.reversed_by,
        )
    elif course.inpatient is None:
        yield Attendance(
            arrived=presence.arrived,
            arrival=presence.arrival,
            left=presence.left,
            ended_by=presence.ended_by,
            reversed_by=course.reversed_by,
            ordered_late=course.ordered_late,
        )
