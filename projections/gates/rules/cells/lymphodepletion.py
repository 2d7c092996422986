"""The lymphodepletion before the cells: drugs and days, doses, the rest after it, and its age."""

from __future__ import annotations

from datetime import timedelta

from veinledger.domain.facts.treatment import LymphodepletionDoseGiven
from veinledger.domain.reports import Record
from veinledger.projections.case.cells.lymphodepletion import (
    Course,
    agents_against,
    courses,
    days_against,
    doses_against,
    rest_against,
    tolerance,
)
from veinledger.projections.gates.registry import (
    Asked,
    Found,
    gate,
    met,
    not_asked,
    not_met,
    on_the_word_of,
)

NO_COURSE = "no course with a regimen on the product's page is on record"


@gate
def the_lymphodepletion_is_complete(asked: Asked) -> Found:
    """Every drug of the regimen on as many days as it has, and no drug of another."""
    course = _last(asked)
    if course is None:
        return _none(asked)
    against = (*agents_against(course), *days_against(course))
    if against:
        return on_the_word_of(course.regimen, not_met("; ".join(against), *_records(course)))
    days = f"{course.days[0]} to {course.days[-1]}"
    return on_the_word_of(course.regimen, met(f"{course.asked}: {days}", *_records(course)))


@gate
def the_lymphodepletion_doses_go_by_the_body_surface(asked: Asked) -> Found:
    """Within what the book lets a dose stand from the regimen's; a clinician may have a reason."""
    course = _last(asked)
    if course is None:
        return not_asked(NO_COURSE)
    beyond = tolerance(course, "lymphodepletion_dose_tolerance")
    entry = asked.case.rules.find("lymphodepletion_dose_tolerance", course.days[-1])
    against = tuple(doses_against(course, beyond))
    found = (
        not_met("; ".join(against), *_records(course))
        if against
        else met(f"each within {beyond} per cent of the regimen's", *_records(course))
    )
    return on_the_word_of(entry, found)


@gate
def the_cells_follow_the_lymphodepletion_in_time(asked: Asked) -> Found:
    """So many days after the last dose; the calendar itself, where the edition has one."""
    course = _last(asked)
    if course is None:
        return not_asked(NO_COURSE)
    if _slipped(asked, course):
        return not_asked("the course is to be repeated first, and the days count from that one")
    against = tuple(rest_against(course))
    rested = (asked.on - course.days[-1]).days
    found = (
        not_met("; ".join(against), *_records(course), on_this_day=True)
        if against
        else met(f"{rested} days after the last dose", *_records(course))
    )
    return on_the_word_of(course.regimen, found)


@gate
def the_lymphodepletion_is_repeated_where_the_infusion_slipped(asked: Asked) -> Found:
    """After so many days the patient's own lymphocytes are back."""
    course = _last(asked)
    if course is None:
        return not_asked(NO_COURSE)
    if course.regimen.repeat_after is None:
        return not_asked("the page names no day after which it is repeated")
    days, after = (asked.on - course.days[-1]).days, course.regimen.repeat_after
    last = course.days[-1] + timedelta(days=after)
    found = (
        not_met(
            f"the last dose was {days} days before, and after {after} the course is repeated",
            *_records(course),
            on_this_day=True,
        )
        if _slipped(asked, course)
        else met(f"{days} days since the last dose; it holds until {last}", *_records(course))
    )
    return on_the_word_of(course.regimen, found)


def _last(asked: Asked) -> Course | None:
    found = tuple(courses(asked.case, asked.on, planned=True))
    return found[-1] if found else None


def _none(asked: Asked) -> Found:
    """Without a regimen on the page nobody asks; with one, nothing was given."""
    case, on = asked.case, asked.on
    given = tuple(case.seen.of(LymphodepletionDoseGiven))
    if not case.product.regimen_drugs(on, case.rules.edition):
        return not_asked(f"the page of {case.product.brand} has no lymphodepletion")
    if given:
        return not_met(
            "doses are on record, and the page leaves open which regimen it is",
            *(record for record, _ in given),
            remedy="name the indication in the referral",
        )
    return not_met("no dose of lymphodepletion is on record")


def _slipped(asked: Asked, course: Course) -> bool:
    after = course.regimen.repeat_after
    return after is not None and (asked.on - course.days[-1]).days > after


def _records(course: Course) -> tuple[Record, ...]:
    return tuple(record for record, _ in course.doses)
