"""Row S5 at random: times near what is hard, taken or refused and dated as the C library says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from random import Random

import pytest

from tests.clocks.calendars import DAY, YEARS, ZONES, changes_of_offset, clock_of
from tests.clocks.site import NOW, Lines, Machine, day_told_by, site
from tests.tiers import SEED, size, tell

pytestmark = pytest.mark.stochastic

RANDOM_FACTS = {"memory": size(400, 8_000, 800_000), "sqlite": size(100, 2_000, 200_000)}
MINUTE, TICK = timedelta(minutes=1), timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Told:
    """A time as some sender would write it, and what it must be taken for."""

    zone: str
    text: str
    instant: datetime | None
    day: date | None


CHANGES = {zone: [c for year in YEARS for c in changes_of_offset(zone, year)] for zone in ZONES}


def a_moment(random: Random, zone: str, now: datetime) -> datetime:
    """Near what is hard, as often as not."""
    days = [date(y, m, d) for y in YEARS for m, d in ((1, 1), (12, 31), (2, 28), (3, 1))]
    near: list[Callable[[], datetime]] = [
        lambda: now + DAY,
        lambda: now,
        lambda: datetime.combine(random.choice(days), datetime.min.time(), UTC),
        lambda: datetime(2024, 1, 1, tzinfo=UTC) + random.random() * 4000 * DAY,
    ]
    if CHANGES[zone]:
        near += [lambda: random.choice(CHANGES[zone])] * 2
    by = random.choice([TICK, timedelta(seconds=1), MINUTE, timedelta(minutes=15), DAY / 4])
    return random.choice(near)() + by * random.randint(-3, 3)


def a_time(random: Random, zone: str, now: datetime) -> Told:
    moment = a_moment(random, zone, now)
    if random.random() < 0.3:
        day = moment.date()
        return Told(zone, day.isoformat(), None, day)
    offset = timezone(timedelta(minutes=random.randint(-23 * 60 - 59, 23 * 60 + 59)))
    return Told(zone, moment.astimezone(offset).isoformat(), moment, None)


def check_the_times(times: list[Told], now: datetime, folder: Path, store: str) -> int:
    """Taken or refused, and dated, as the C library's calendar says. How many were taken."""
    lines, taken = Lines(), 0
    with site(folder, store, Machine(now)) as opened:
        messages = [[lines(told.text, told.zone)] for told in times]
        for told, (outcome,) in zip(times, opened.record_all(messages), strict=True):
            with clock_of(told.zone) as local:
                tomorrow = local(now + DAY)
                day = told.day or (local(told.instant) if told.instant else None)
            ahead = told.instant > now + DAY if told.instant else day and day > tomorrow
            assert (outcome.answer == "refused") == bool(ahead), told
            if not ahead:
                taken += 1
                assert day_told_by(opened, outcome) == day, told
    return taken


@pytest.mark.parametrize("store", ["memory", "sqlite"])
def test_at_random_times_the_dates_are_local_dates_and_a_day_ahead_is_24_hours(
    store: str, tmp_path: Path
) -> None:
    random, taken, told = Random(SEED), 0, 0
    while told < RANDOM_FACTS[store]:
        now = a_moment(random, random.choice(list(ZONES)), NOW)
        times = [a_time(random, random.choice(list(ZONES)), now) for _ in range(100)]
        folder = tmp_path / str(told)
        folder.mkdir()
        taken += check_the_times(times, now, folder, store)
        told += len(times)
    assert 0 < taken < told
    tell(f"times on {store}: seed {SEED}, {told} times, {taken} taken")


def test_a_calendar_that_is_off_by_one_zone_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: where the C library is told another rule, the two must part."""
    random = Random(SEED)
    times = [a_time(random, "America/Chicago", NOW) for _ in range(100)]
    monkeypatch.setitem(ZONES, "America/Chicago", "UTC0")
    with pytest.raises(AssertionError):
        check_the_times(times, NOW, tmp_path, "memory")


def test_the_control_would_pass_with_the_right_rule(tmp_path: Path) -> None:
    random = Random(SEED)
    times = [a_time(random, "America/Chicago", NOW) for _ in range(100)]
    assert check_the_times(times, NOW, tmp_path, "memory") > 0
