"""The calendar as somebody works it out with a paper calendar and a pencil.

It shares no code with the schedule: every day from 2021 to 2046 is written down in a row, months
are looked up in the standard library's `calendar`, days are counted by going along the row, and
what is owed when is read straight from the pages.
"""

from __future__ import annotations

import calendar
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from tests.given_ledger import ROOT

ROW = [
    (year, month, number)
    for year in range(2021, 2047)
    for month in range(1, 13)
    for number in range(1, calendar.monthrange(year, month)[1] + 1)
]
PLACE = {day: place for place, day in enumerate(ROW)}
"""Where a day stands in the row: one further is one day later."""
PRODUCT = "carvykti"


@dataclass(frozen=True)
class Written:
    """One line of the paper calendar, in places of the row."""

    rule: str
    due: int
    opens: int
    closes: int
    next_opens: int
    """Where the next one of its kind opens; from there on that one is owed."""
    baseline: bool = False
    """What comes after day 0 is no baseline."""


def place_of(day: date) -> int:
    return PLACE[day.year, day.month, day.day]


def day_at(place: int) -> date:
    return date(*ROW[place])


def months_later(day: date, months: int) -> int:
    """The day of the same number so many pages on; the last of the page where it has no such."""
    year, month = day.year, day.month
    for _ in range(months):
        month += 1
        if month == 13:
            year, month = year + 1, 1
    numbers = [number for week in calendar.monthcalendar(year, month) for number in week]
    return PLACE[year, month, day.day if day.day in numbers else max(numbers)]


@cache
def page(name: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / "domain" / name).read_text())


def in_force(rows: Sequence[dict[str, Any]], day: date, edition: str) -> list[dict[str, Any]]:
    return [
        row
        for row in rows
        if edition in row["editions"]
        and row["from"] <= day
        and ("until" not in row or day < row["until"])
    ]


def series_of(day_0: date, edition: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Every series that counts from the infusion, whoever pays."""
    for row in in_force(page(f"products/{PRODUCT}.toml")["calendars"], day_0, edition):
        yield row["name"], row["visits"]
    for name in ("registry", "laboratory"):
        for row in in_force(page(f"obligations/{name}.toml")["series"], day_0, edition):
            assert not row.keys() & {"products", "payers", "for_kinds"}, row["name"]
            if row.get("after", "cells.infused") == "cells.infused":
                yield row["name"], row["points"]


@cache
def written(day_0: date, edition: str = "public") -> tuple[Written, ...]:
    """Everything that is owed at several times, counted from the day of the infusion."""
    found = [
        line for name, points in series_of(day_0, edition) for line in lines(name, points, day_0)
    ]
    (regime,) = in_force(page(f"products/{PRODUCT}.toml")["regimes"], day_0, edition)
    for number in range(1, regime["daily"] + 1):
        place = place_of(day_0) + number
        rule = f"daily_monitoring_day_{number}"
        found.append(Written(rule, place, place, place, place + 1))
    return tuple(found)


def lines(name: str, points: list[dict[str, Any]], day_0: date) -> list[Written]:
    found: list[Written] = []
    for point in reversed(points):
        if "months" in point:
            due = months_later(day_0, point["months"])
        else:
            due = place_of(day_0) + point["days"]
        opens, closes = due - point.get("early", 0), due + point.get("late", 0)
        after = found[-1].opens if found else len(ROW)
        baseline = point.get("months") == 0
        rule = f"{name}_{point['name']}"
        found.append(Written(rule, due, opens, closes, after, baseline=baseline))
    return found[::-1]


def status(line: Written, today: date, done: Sequence[date], ended: date | None) -> str:
    """What is written beside a line on a day.

    `done` are the days on which it was done or something like it, `ended` the day of the death or
    withdrawal.
    """
    now = place_of(today)
    places = [place_of(day) for day in done if place_of(day) <= now]
    if any(line.opens <= place <= line.closes for place in places):
        return "met"
    if not line.baseline and any(line.closes < place < line.next_opens for place in places):
        return "late"
    if ended is not None and place_of(ended) <= min(now, line.closes):
        return "cancelled"
    if now < line.opens:
        return "upcoming"
    return "due" if now <= line.closes else "missed"
