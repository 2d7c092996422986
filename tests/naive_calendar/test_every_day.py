"""The schedule against a paper calendar: every day around an infusion, and infusions of every day.

The paper calendar is worked out by counting along a row of days (`model.py`).
"""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from tests.given_ledger import ROOT
from tests.naive_calendar import model
from tests.naive_calendar.model import day_at, months_later, place_of, written
from tests.naive_calendar.stories import Story, Told, lines_of
from tests.tiers import SEED, size, tell

pytestmark = pytest.mark.stochastic

A_DAY = timedelta(days=1)
YEAR = 365
INFUSIONS = [
    date(2024, 2, 29),
    date(2023, 8, 31),
    date(2024, 11, 30),
    date(2025, 3, 9),
    date(2026, 5, 11),
]
EVERY_DAY = [
    date(year, 1, 1) + number * A_DAY
    for year, days in ((2023, 365), (2024, 366), (2027, 365), (2028, 366))
    for number in range(days)
]
FOREVER = date(2046, 1, 1)


def kept_on(day_0: date, late_by: int | None = None) -> tuple[date, ...]:
    """Every neurological visit on its day; or so many days after its window."""
    lines = [each for each in written(day_0) if each.rule.startswith("neurology_")]
    if late_by is None:
        return tuple(day_at(each.due) for each in lines)
    return tuple(day_at(each.closes + late_by) for each in lines[1:])


def stories_of(day_0: date) -> list[Story]:
    return [
        Story(day_0),
        Story(day_0, kept_on(day_0)),
        Story(day_0, kept_on(day_0, late_by=1)),
        Story(day_0, kept_on(day_0, late_by=20)),
    ]


@pytest.mark.parametrize("day_0", INFUSIONS[: size(1, 3, 5)], ids=str)
def test_on_every_day_of_three_years_it_says_what_the_paper_says(day_0: date) -> None:
    for story in stories_of(day_0)[-size(1, 4) :]:
        told = Told(story)
        for number in range(-YEAR, 2 * YEAR + 1):
            today = day_0 + number * A_DAY
            assert told.on(today) == story.on_paper(today), today


@pytest.mark.parametrize("died", [0, 5, 30, 31, 200])
def test_a_death_cancels_the_visits_whose_window_had_not_closed(died: int) -> None:
    """Registry forms go another way: a death has a report of its own."""
    day_0 = date(2024, 1, 31)
    story = Story(day_0, died=day_0 + died * A_DAY)
    told, groups = Told(story), ("neurology", "laboratory", "monitoring")
    for number in range(0, 2 * YEAR, size(7, 1)):
        today = day_0 + number * A_DAY
        paper = story.on_paper(today)
        found = told.on(today, groups)
        assert found == {rule: paper[rule] for rule in found}, today
        assert {rule for rule in paper if not rule.startswith("registry")} == set(found)


def infusions(random: Random) -> list[date]:
    """The last days of all months and what is near them; of the others some, or all of them."""
    near_an_end = [day for day in EVERY_DAY if (day + A_DAY).day <= 2]
    return sorted({*near_an_end, *random.sample(EVERY_DAY, size(50, 250, len(EVERY_DAY)))})


def test_an_infusion_of_every_day_of_four_years_gives_the_days_of_the_paper() -> None:
    """All fifteen years of each, asked on the days on which a line may change."""
    random, asked = Random(SEED), 0
    chosen_days = infusions(random)
    for day_0 in chosen_days:
        story = Story(day_0)
        told = Told(story)
        edges = sorted({place for each in written(day_0) for place in (each.opens, each.closes)})
        chosen = random.sample(edges, size(2, 8, len(edges)))
        for today in {day_at(place) for edge in chosen for place in (edge, edge + 1)}:
            if today >= day_0:
                assert told.on(today) == story.on_paper(today), (day_0, today)
                asked += 1
    tell(f"paper calendars: seed {SEED}, {len(chosen_days)} infusions, {asked} days")
    assert asked > 100


@seed(SEED)
@settings(max_examples=size(100, 800, 20_000), deadline=None, database=None)
@given(
    place=st.integers(place_of(date(2022, 6, 1)), place_of(date(2030, 12, 31))),
    visits=st.lists(st.integers(-120, 500), max_size=5, unique=True),
    asked=st.integers(-100, 5_500),
)
def test_wherever_the_visits_fall_it_says_what_the_paper_says(
    place: int, visits: list[int], asked: int
) -> None:
    day_0 = day_at(place)
    story = Story(day_0, tuple(day_0 + days * A_DAY for days in visits))
    today = day_0 + asked * A_DAY
    assert Told(story).on(today) == story.on_paper(today)


def test_folding_once_and_folding_anew_say_the_same() -> None:
    day_0 = date(2024, 2, 29)
    story = Story(day_0, kept_on(day_0, late_by=1))
    told = Told(story)
    for number in range(-30, 2 * YEAR, 7):
        today = day_0 + number * A_DAY
        assert lines_of(told.anew_on(today)) == told.on(today)


def test_windows_of_one_series_never_overlap_so_that_a_visit_belongs_to_one() -> None:
    for day_0 in EVERY_DAY:
        lines = [each for each in written(day_0) if each.rule.startswith("neurology_")]
        assert all(one.closes < other.opens for one, other in pairwise(lines)), day_0


# ---- Controls: the paper calendar itself, and that a wrong one is noticed ---------------------


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2024-01-31", 1, "2024-02-29"),
        ("2023-01-31", 1, "2023-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2023-08-31", 6, "2024-02-29"),
        ("2023-11-30", 3, "2024-02-29"),
        ("2024-12-31", 180, "2039-12-31"),
        ("2026-03-31", 6, "2026-09-30"),
        ("2026-05-11", 0, "2026-05-11"),
    ],
)
def test_the_paper_calendar_knows_how_months_end(day: str, months: int, expected: str) -> None:
    assert day_at(months_later(date.fromisoformat(day), months)).isoformat() == expected


def test_the_row_of_days_is_the_calendar() -> None:
    days = [day_at(place) for place in range(len(model.ROW))]
    assert all(later - one == A_DAY for one, later in pairwise(days))
    assert (days[0], days[-1]) == (date(2021, 1, 1), date(2046, 12, 31))


def thirty_days_a_month(day: date, months: int) -> int:
    return place_of(day) + 30 * months


def a_window_that_is_short(name: str) -> dict[str, Any]:
    page = tomllib.loads((ROOT / "domain" / name).read_text())
    for calendar in page.get("calendars", ()):
        for visit in calendar["visits"]:
            visit["late"] -= 1
    return page


@pytest.mark.parametrize(
    ("name", "mistake"),
    [("months_later", thirty_days_a_month), ("page", a_window_that_is_short)],
)
def test_a_paper_calendar_with_a_mistake_is_noticed(
    name: str, mistake: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    written.cache_clear()
    monkeypatch.setattr(model, name, mistake)
    story, today = Story(date(2024, 1, 31)), date(2024, 6, 1)
    try:
        assert Told(story).on(today) != story.on_paper(today)
    finally:
        written.cache_clear()
