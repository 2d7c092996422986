"""Which record meets which point of a series: at the edges of windows, before or after a day."""

from __future__ import annotations

from tests.given import day
from tests.projections.closer.stories import visit
from veinledger.domain.obligations.point import Meets, Point, Window
from veinledger.projections.schedule.matching import assigned, candidates

VISIT = (Meets(fact="neurology.visit_completed"),)
FIRST = Point(name="day_30", days=30, early=10, late=10)
SECOND = Point(name="day_90", days=90, early=10, late=10)


def met(*numbers: int) -> list[int | None]:
    """On which day after the anchor each of two points was met, by visits on these days."""
    points = [(point, point.window(day(0))) for point in (FIRST, SECOND)]
    found = candidates([visit(number) for number in numbers], VISIT)
    return [(each.day - day(0)).days if each else None for each in assigned(points, found)]


def test_the_nearest_of_several_within_the_window_meets_it_before_or_after_its_day() -> None:
    assert met(21, 29, 38) == [29, None]
    assert met(21, 32, 38) == [32, None]


def test_the_first_after_the_window_meets_it_late_until_the_next_one_opens() -> None:
    assert met(41) == [41, None]
    assert met(79) == [79, None]
    assert met(80) == [None, 80]


def test_on_the_day_on_which_the_next_window_opens_nothing_meets_the_one_before_late() -> None:
    """Two records of the next window: one meets it, and the other one is not for the one before."""
    assert met(80, 90) == [None, 90]


def test_a_window_takes_its_first_day_and_its_last() -> None:
    window = Window(due=day(30), opens=day(20), closes=day(40))
    assert [window.covers(day(n)) for n in (19, 20, 40, 41)] == [False, True, True, False]
