"""Which series hold in an encounter: the product page's calendar, and the rows of the pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from veinledger.domain.obligations.point import Meets, Point
from veinledger.domain.obligations.series import Anchor, Repeated, Series
from veinledger.domain.products.profile import Calendar
from veinledger.projections.schedule.question import Question

NEUROLOGY: Final = (Meets(fact="neurology.visit_completed"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A series as it stands for one encounter, be it the product page's or one of its own."""

    name: str
    what: str
    group: Repeated
    points: tuple[Point, ...]
    meets: tuple[Meets, ...]
    facts: tuple[str, ...]
    """The facts that meet it, by their dotted names."""
    source: str
    window_source: str
    confidence: str


def courses(question: Question, after: Anchor, day: date) -> tuple[Course, ...]:
    """The series that count from an anchor of this day, in the order of the pages."""
    product = question.product
    if product is None or not product.complete:
        return ()
    calendar = product.calendar(day, question.edition) if after == "cells.infused" else None
    found: dict[str, Course | None] = {}
    if calendar is not None:
        found[calendar.name] = _of_the_product(calendar)
    rows = [row for row in question.rules.listed(Series, day) if row.after == after]
    rows = [row for row in rows if not row.products or product.name in row.products]
    for row in sorted(rows, key=_exactness):
        if _is_for(question, row, day):
            found[row.name] = _of_a_row(row) if row.asked else None
    return tuple(course for course in found.values() if course is not None)


def facts_of(meets: tuple[Meets, ...]) -> tuple[str, ...]:
    """The dotted names of the facts, each once."""
    return tuple(dict.fromkeys(each.fact for each in meets))


def _of_the_product(calendar: Calendar) -> Course:
    return Course(
        name=calendar.name,
        what="neurological visit",
        group="neurology",
        points=calendar.visits,
        meets=NEUROLOGY,
        facts=facts_of(NEUROLOGY),
        source=f"{calendar.source} [{calendar.row}]",
        window_source=calendar.window_source,
        confidence=calendar.confidence,
    )


def _of_a_row(row: Series) -> Course:
    return Course(
        name=row.name,
        what=row.label,
        group=row.group,
        points=row.points,
        meets=row.meets,
        facts=facts_of(row.meets),
        source=f"{row.source} [{row.row}]",
        window_source=row.window_source,
        confidence=row.confidence,
    )


def _exactness(row: Series) -> tuple[bool, bool]:
    """Those for all come first, so that those for a payer take their place."""
    return (bool(row.payers), bool(row.for_kinds))


def _is_for(question: Question, row: Series, day: date) -> bool:
    if not (row.payers or row.for_kinds):
        return True
    covered = question.case.coverage(day) if question.case else None
    if covered is None:
        return False
    of_the_payer = not row.payers or covered[1].payer in row.payers
    return of_the_payer and (not row.for_kinds or covered[1].kind in row.for_kinds)
