"""The due list: every encounter's obligations in one order, what presses most first.

Overdue stands before what is due: patients before papers, what was missed last at the top; then
what closes soonest; then what opens soonest. What is met or cancelled is owed no more, and a hint
is owed by nobody. What was missed for good, because the next of its series is owed by now or the
encounter ended, is counted, and listed among what is late. An infused patient is never missing from
the list: where the infusion is only reported, or no page has a calendar, that stands before the
rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Final, Literal

from veinledger.domain.lifecycle.stages import ENDS, Stage
from veinledger.domain.rules import Rules
from veinledger.projections.due.shapes import (
    DueList,
    Owed,
    Owing,
    Reported,
    Wanted,
    WithoutCalendar,
)
from veinledger.projections.schedule import Obligation

_ON_TOP: Final = (
    "cells.infused",
    "patient.died",
    "patient.admitted",
    "crs.graded",
    "icans.graded",
    "toxicity.observed",
)
"""What is reported and not confirmed, in the order in which somebody must know of it."""
_OWED: Final = ("missed", "due", "upcoming")
_LATE: Final = ("missed", "late")
_ORDER: Final = (*_OWED, "late")
_OF_THE_PATIENT: Final = frozenset({"monitoring", "advice", "neurology", "laboratory"})
"""Somebody calls the patient; all else is paper."""
_ENDS_WITH_HIM: Final = _OF_THE_PATIENT | {"support", "authorization", "certification"}
"""Missed, it is of no use any more to one who died, withdrew or is through."""
_AFTER_THE_INFUSION: Final = frozenset({"monitoring", "neurology", "laboratory"})
_OF_THE_CENTRE: Final = "certification"
"""One certificate counts for many encounters, and is renewed once."""


def due_list(
    on: date, owing: Iterable[Owing], rules: Rules, wanted: Wanted | None = None
) -> DueList:
    """Who is owed what on a day. The schedules are as of that day, one for each encounter."""
    asked = wanted or Wanted()
    here = [each for each in owing if asked.centre in (None, each.centre)]
    here.sort(key=lambda each: each.owed.encounter)
    found = [(each, one) for each in here for one in _asked_for(each, asked)]
    places = [_place(each, one, on, asked) for each, one in found]
    near = [_row(*pair, on) for pair, place in zip(found, places, strict=True) if place == "near"]
    ended = Counter(each.owed.stage for each in here if each.owed.stage in ENDS)
    return DueList(
        on=on,
        edition=rules.edition,
        rule_pack=rules.pack,
        wanted=asked,
        encounters=len(here),
        ended={stage: ended[stage] for stage in sorted(ended, key=str)},
        reported_not_confirmed=tuple(_reported(here)),
        without_calendar=tuple(_without_calendar(here)),
        owed=tuple(sorted(_each_certificate_once(near), key=_pressing)),
        further_ahead=places.count("far"),
        for_good=places.count("past"),
        gaps=dict(sorted(Counter(gap for each in here for gap in each.owed.gaps).items())),
    )


def _place(
    each: Owing, obligation: Obligation, on: date, asked: Wanted
) -> Literal["far", "past", "near"]:
    """Whether it is listed, or only counted."""
    if _is_far(obligation, on, asked):
        return "far"
    return "past" if not asked.late and _is_past(each, obligation, on) else "near"


def _row(each: Owing, obligation: Obligation, on: date) -> Owed:
    return Owed(
        encounter=each.owed.encounter,
        centre=each.centre,
        stage=each.owed.stage,
        days=(obligation.closes - on).days,
        obligation=obligation,
    )


def _asked_for(each: Owing, asked: Wanted) -> Iterator[Obligation]:
    """Of the group asked for, what is not settled; hints come only to those who ask for them."""
    statuses, group = (_LATE if asked.late else _OWED), asked.group
    for obligation in each.owed.obligations:
        named = obligation.group == group or (group is None and obligation.group != "hint")
        if named and obligation.status in statuses:
            yield obligation


def _is_past(each: Owing, obligation: Obligation, on: date) -> bool:
    """Whether it was missed and nobody can make it good; one who is lost may come back."""
    if obligation.status != "missed":
        return False
    over = obligation.open_until is not None and obligation.open_until < on
    ended = each.owed.stage in ENDS and each.owed.stage is not Stage.LOST
    return over or (ended and obligation.group in _ENDS_WITH_HIM)


def _is_far(obligation: Obligation, on: date, asked: Wanted) -> bool:
    if obligation.status != "upcoming" or asked.within is None:
        return False
    return (obligation.opens - on).days > asked.within


def _each_certificate_once(rows: Sequence[Owed]) -> Iterator[Owed]:
    """A certificate that many encounters wait for is one row, under the first of them."""
    alike: dict[tuple[str | None, str], list[Owed]] = {}
    for row in rows:
        if row.obligation.group == _OF_THE_CENTRE:
            alike.setdefault((row.centre, row.obligation.key), []).append(row)
        else:
            yield row
    for first, *others in alike.values():
        yield replace(first, also=tuple(row.encounter for row in others))


def _pressing(row: Owed) -> tuple[int, bool, int, str, str]:
    """How soon, counted from the day that is asked about."""
    each = row.obligation
    paper = each.status == "missed" and each.group not in _OF_THE_PATIENT
    days = {"missed": -row.days, "upcoming": each.opens.toordinal()}.get(each.status, row.days)
    return _ORDER.index(each.status), paper, days, row.encounter, each.key


def _reported(here: Iterable[Owing]) -> Iterator[Reported]:
    """Infusions before deaths, deaths before admissions, and grades last."""
    for kind in _ON_TOP:
        for each in here:
            for report in each.owed.reported_not_confirmed:
                if report.type == kind:
                    yield Reported(encounter=each.owed.encounter, centre=each.centre, report=report)


def _without_calendar(here: Iterable[Owing]) -> Iterator[WithoutCalendar]:
    for each in here:
        day_0 = each.owed.infusion_day or each.owed.provisional_infusion_day
        watched = any(o.group in _AFTER_THE_INFUSION for o in each.owed.obligations)
        if day_0 is not None and not watched:
            yield WithoutCalendar(
                encounter=each.owed.encounter, centre=each.centre, infused_on=day_0
            )
