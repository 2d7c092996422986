"""Row S5: clocks that jump, and days that are not 24 hours long.

`recorded_at` never runs backwards, whatever the machine's clock does; a date of service is the
local date of the facility; a day ahead is 24 hours to the microsecond, and a bare date is held to
the calendar of its own zone. `tests/clocks/` goes on at random.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from random import Random

import pytest

from tests.clocks.calendars import DAY, ZONES, local_date
from tests.clocks.listed import LISTED
from tests.clocks.site import NOW, Lines, Machine, day_told_by, site
from tests.tiers import SEED, size, tell
from veinledger.adapters.store.sealing import Tail

pytestmark = pytest.mark.stochastic

RANDOM_JUMPS = {"memory": size(200, 2_000, 200_000), "sqlite": size(40, 400, 20_000)}
MINUTE, TICK = timedelta(minutes=1), timedelta(microseconds=1)

# ---- The ledger's own clock -----------------------------------------------------------------

JUMPS = [
    NOW,
    NOW,
    NOW + TICK,
    NOW - TICK,
    NOW - timedelta(hours=1),
    NOW + timedelta(hours=1),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(2026, 11, 1, 5, 59, 59, 999_999, tzinfo=UTC),
    datetime(2026, 11, 1, 1, 30, tzinfo=timezone(timedelta(hours=-5))),
    datetime(2026, 11, 1, 1, 30, tzinfo=timezone(timedelta(hours=-6))),
    datetime(2028, 2, 29, 23, 59, 59, tzinfo=UTC),
    datetime(2036, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2026, 1, 1, tzinfo=UTC),
    datetime(2099, 12, 31, tzinfo=UTC),
    NOW,
]


def check_that_time_never_runs_back(jumps: list[datetime], folder: Path, store: str) -> None:
    """Each row is stamped with the latest time that the clock has ever shown."""
    machine, lines = Machine(), Lines()
    with site(folder, store, machine) as opened:
        latest = opened.rows()[-1].recorded_at
        for machine.now in jumps:
            opened.record(lines("2020-05-01", "UTC"))
            latest = max(latest, machine.now)
            assert opened.rows()[-1].recorded_at == latest
        stamps = [row.recorded_at for row in opened.rows()]
        assert stamps == sorted(stamps)
        assert opened.verify().consistent


@pytest.mark.parametrize("store", ["memory", "sqlite"])
def test_what_is_recorded_is_never_stamped_before_what_was_recorded_before(
    store: str, tmp_path: Path
) -> None:
    check_that_time_never_runs_back(JUMPS, tmp_path, store)


@pytest.mark.parametrize("store", ["memory", "sqlite"])
def test_at_random_jumps_the_stamps_never_run_back(store: str, tmp_path: Path) -> None:
    random = Random(SEED)
    jumps = [
        NOW + random.choice([TICK, MINUTE, DAY, 400 * DAY]) * random.randint(-60, 60)
        for _ in range(RANDOM_JUMPS[store])
    ]
    for start in range(0, len(jumps), 200):
        folder = tmp_path / str(start)
        folder.mkdir()
        check_that_time_never_runs_back(jumps[start : start + 200], folder, store)
    tell(f"jumps of the clock on {store}: seed {SEED}, {len(jumps)} jumps")


def test_a_ledger_opened_again_on_a_machine_that_is_behind_goes_on_from_its_last_row(
    tmp_path: Path,
) -> None:
    machine, lines = Machine(datetime(2030, 1, 1, tzinfo=UTC)), Lines()
    with site(tmp_path, "sqlite", machine) as opened:
        opened.record(lines("2020-05-01", "UTC"))
    machine.now = NOW
    with site(tmp_path, "sqlite", machine) as opened:
        opened.record(lines("2020-05-01", "UTC"))
        assert opened.rows()[-1].recorded_at == datetime(2030, 1, 1, tzinfo=UTC)


def test_a_ledger_that_trusted_the_machine_would_be_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: without the later of the two, the check fails."""

    def as_the_machine_says(_: Tail, clock: Callable[[], datetime]) -> datetime:
        return clock().astimezone(UTC)

    monkeypatch.setattr(Tail, "now", as_the_machine_says)
    with pytest.raises(AssertionError):
        check_that_time_never_runs_back(JUMPS, tmp_path, "memory")


# ---- How far ahead --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ahead", "taken"),
    [
        (-DAY - MINUTE, True),
        (-DAY, True),
        (timedelta(0), True),
        (DAY - TICK, True),
        (DAY, True),
        (DAY + TICK, False),
        (DAY + MINUTE, False),
        (400 * DAY, False),
    ],
)
@pytest.mark.parametrize("store", ["memory", "sqlite"])
def test_an_instant_may_be_24_hours_ahead_to_the_microsecond(
    store: str, ahead: timedelta, taken: bool, tmp_path: Path
) -> None:
    lines = Lines()
    with site(tmp_path, store, Machine()) as opened:
        for zone in ZONES:
            for hours in (-23, -5, 0, 9, 14):
                told = (NOW + ahead).astimezone(timezone(timedelta(hours=hours)))
                outcome = opened.record(lines(told.isoformat(), zone))[0]
                assert (outcome.answer != "refused") == taken, (zone, hours)


def test_a_day_ahead_counts_from_the_last_row_where_the_machine_is_behind(tmp_path: Path) -> None:
    machine, lines = Machine(), Lines()
    with site(tmp_path, "memory", machine) as opened:
        opened.record(lines("2020-05-01", "UTC"))
        machine.now = NOW - 30 * DAY
        assert opened.record(lines((NOW + DAY).isoformat(), "UTC"))[0].answer != "refused"
        assert opened.record(lines((NOW + DAY + TICK).isoformat(), "UTC"))[0].answer == "refused"


@pytest.mark.parametrize("hour", [0, 4, 5, 6, 9, 10, 11, 12, 13, 14, 18, 23])
@pytest.mark.parametrize("store", ["memory", "sqlite"])
def test_a_bare_date_is_ahead_by_the_calendar_of_its_own_zone(
    store: str, hour: int, tmp_path: Path
) -> None:
    """Its day has begun there by then, or it has not; what day it is in London plays no part."""
    now, lines = NOW.replace(hour=hour, minute=30), Lines()
    with site(tmp_path, store, Machine(now)) as opened:
        for zone in ZONES:
            last = local_date(now + DAY, zone)
            for day in (last - DAY, last, last + DAY, last + 2 * DAY):
                for by_facility in (True, False):
                    told = lines(day.isoformat(), zone, by_facility=by_facility)
                    outcome = opened.record(told)[0]
                    assert (outcome.answer != "refused") == (day <= last), (zone, day)


# ---- Dates of service -----------------------------------------------------------------------


@pytest.mark.parametrize("store", ["memory", "sqlite"])
def test_a_date_of_service_is_the_local_date_of_its_facility(store: str, tmp_path: Path) -> None:
    lines = Lines()
    with site(tmp_path, store, Machine()) as opened:
        for zone, told, expected in LISTED:
            for by_facility in (True, False):
                outcome = opened.record(lines(told, zone, by_facility=by_facility))[0]
                assert day_told_by(opened, outcome).isoformat() == expected, (zone, told)
                if "T" in told:
                    assert local_date(datetime.fromisoformat(told), zone).isoformat() == expected


@pytest.mark.parametrize(
    "text",
    [
        "2026-06-30T23:59:60Z",  # a leap second: no clock of a hospital shows one
        "2016-12-31T23:59:60Z",  # not even the last that there was
        "2026-06-30T24:00:00Z",
        "2026-06-30T23:60:00Z",
        "2025-02-29",
        "2100-02-29",
        "2026-02-29T12:00:00Z",
        "2026-04-31",
        "2026-06-30T12:00:00",
        "2026-06-30T12:00:00+24:00",
        "2026-06-30T12:00:00.1234567Z",
        "2026-06-30t12:00:00z",
        "2026-06-30 12:00:00Z",
        "20260630",
        "20260630T120000Z",
        "2026-W27-2",
        "26-06-30",
        "1849-12-31",
        "2200-01-01",
        "0000-00-00",
    ],
)
def test_a_time_that_no_calendar_has_is_refused_with_its_field(text: str, tmp_path: Path) -> None:
    with site(tmp_path, "memory", Machine()) as opened:
        outcome = opened.record(Lines()(text, "America/Chicago"))[0]
        assert outcome.answer == "refused"
        assert outcome.refusal is not None
        assert {objection.field for objection in outcome.refusal.objections} == {"occurred_at"}
        assert not opened.encounters()
