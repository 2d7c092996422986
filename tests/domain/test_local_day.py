"""The day of an instant: on the calendar of the encounter's centre, however it is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from tests.claims.golden import CENTRE
from tests.given import opened
from tests.given_decisions import kept
from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.local_day import local_day
from veinledger.domain.standing.history import effective

CLOCKS: Final = {
    "America/Chicago": ZoneInfo("America/Chicago"),
    "Asia/Tokyo": ZoneInfo("Asia/Tokyo"),
}
LATE: Final = datetime(2026, 6, 7, 4, 30, tzinfo=UTC)
"""Half past eleven at night of the day before in Chicago, and past noon in Tokyo."""
SEEN: Final = effective(kept(list(opened())))
NAME: Final = SEEN.state.centre
FIRST: Final = CENTRE.facilities[0]


def at(*zones: tuple[str, str]) -> Centre:
    """A site of facilities, each with its name and its zone."""
    places = tuple(replace(FIRST, name=name, owner="somebody", zone=zone) for name, zone in zones)
    return replace(CENTRE, facilities=places, clocks=CLOCKS)


@pytest.mark.parametrize("hours", [-10, -5, 0, 9])
def test_an_instant_has_one_day_with_whatever_offset_it_is_written(hours: int) -> None:
    written = LATE.astimezone(timezone(timedelta(hours=hours)))
    assert local_day(written, at(("main", "America/Chicago")), SEEN) == date(2026, 6, 6)


def test_the_zone_is_that_of_the_encounters_centre_before_that_of_the_first_facility() -> None:
    assert NAME is not None
    here = at(("main", "America/Chicago"), (NAME, "Asia/Tokyo"))
    assert local_day(LATE, here, SEEN) == date(2026, 6, 7)
    owned = replace(here.facilities[1], name="east", owner=NAME)
    theirs = replace(here, facilities=(here.facilities[0], owned))
    assert local_day(LATE, theirs, SEEN) == date(2026, 6, 7)


def test_without_a_facility_or_its_clock_the_day_is_that_of_utc() -> None:
    assert local_day(LATE, at(), SEEN) == date(2026, 6, 7)
    assert local_day(LATE, at(("main", "Europe/Paris")), SEEN) == date(2026, 6, 7)


@pytest.mark.parametrize("asked", [None, date(2026, 6, 6)])
def test_a_day_is_that_day_and_no_day_is_none(asked: date | None) -> None:
    assert local_day(asked, at(("main", "Asia/Tokyo")), SEEN) == asked
