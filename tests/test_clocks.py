"""Row S5: clocks that jump, and days that are not 24 hours long.

`recorded_at` never runs backwards, whatever the machine's clock does; a date of service is the
local date of the facility; a day ahead is 24 hours to the microsecond, and a bare date is held to
the calendar of its own zone. Local dates are checked against the C library, which is told each
zone's rule in the POSIX form: it shares neither code nor zone data with the program.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.given_ledger import ROOT, ledger
from tests.minimal import MINIMAL
from tests.tiers import SEED, size, tell
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.store.sealing import Tail
from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.directory import Connection, Facility
from veinledger.domain.intake.outcome import Outcome

pytestmark = pytest.mark.stochastic

RANDOM_FACTS = {"memory": size(400, 8_000, 800_000), "sqlite": size(100, 2_000, 200_000)}
RANDOM_JUMPS = {"memory": size(200, 2_000, 200_000), "sqlite": size(40, 400, 20_000)}
CHILDREN = size(2, 6, 40)
DAY, MINUTE, TICK = timedelta(days=1), timedelta(minutes=1), timedelta(microseconds=1)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)

ZONES = {
    "UTC": "UTC0",
    "America/Chicago": "CST6CDT,M3.2.0,M11.1.0",
    "America/St_Johns": "NST3:30NDT,M3.2.0,M11.1.0",
    "America/Phoenix": "MST7",
    "America/Santiago": "<-04>4<-03>,M9.1.6/24,M4.1.6/24",
    "America/Havana": "CST5CDT,M3.2.0/0,M11.1.0/1",
    "Africa/Cairo": "EET-2EEST,M4.5.5/0,M10.5.4/24",
    "Europe/Berlin": "CET-1CEST,M3.5.0,M10.5.0/3",
    "Asia/Kolkata": "IST-5:30",
    "Asia/Kathmandu": "<+0545>-5:45",
    "Australia/Lord_Howe": "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
    "Pacific/Chatham": "<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45",
    "Pacific/Kiritimati": "<+14>-14",
    "Pacific/Pago_Pago": "SST11",
    "Etc/GMT+12": "<-12>12",
}
"""By IANA name, the POSIX rule that holds there from 2024 on: gaps and folds at two in the night,
at midnight and of half an hour; offsets of three quarters; both sides of the date line."""
YEARS = range(2024, 2037)


def place(zone: str) -> str:
    """The facility of a zone in this test's directory."""
    return f"in_{zone.lower().replace('/', '_').replace('+', '_plus_')}"


CENTRE = Centre(
    facilities=tuple(
        Facility(
            name=place(zone),
            label=zone,
            zone=zone,
            payment_system="ipps",
            npi="1234567893",
            owner="lakeside",
            since=date(2000, 1, 1),
        )
        for zone in ZONES
    ),
    connections=tuple(Connection(name=zone, zone=zone) for zone in ZONES),
)


# ---- The C library's word on local dates ----------------------------------------------------


@contextmanager
def clock_of(zone: str) -> Generator[Callable[[datetime], date]]:
    """The local date of an instant, as the C library works it out from the zone's POSIX rule."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = ZONES[zone]
    time.tzset()
    try:
        yield lambda instant: date(*time.localtime(seconds_of(instant))[:3])
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()


def seconds_of(instant: datetime) -> int:
    return (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)


def local_date(instant: datetime, zone: str) -> date:
    with clock_of(zone) as local:
        return local(instant)


def changes_of_offset(zone: str, year: int) -> list[datetime]:
    """The instants of a year at which the C library's offset changes, to the hour."""
    days = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(366)]
    with clock_of(zone):
        return [
            day + timedelta(hours=hour)
            for day in days
            if offset_at(day) != offset_at(day + DAY)
            for hour in range(1, 25)
            if offset_at(day + timedelta(hours=hour - 1)) != offset_at(day + timedelta(hours=hour))
        ]


def offset_at(instant: datetime) -> int:
    return time.localtime(seconds_of(instant)).tm_gmtoff


# ---- What is said ---------------------------------------------------------------------------


@dataclass
class Machine:
    """A clock of the test's own, which may jump."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@contextmanager
def site(folder: Path, store: str, clock: Callable[[], datetime]) -> Generator[Ledger]:
    with ledger(folder, store=store, centre=CENTRE, clock=clock) as opened:
        yield opened


@dataclass
class Lines:
    """Lines with a message of their own each; few to an encounter, so that none grows long."""

    number: int = 0
    said: list[bytes] = field(default_factory=list[bytes])

    def __call__(self, occurred_at: str, zone: str, *, by_facility: bool = True) -> bytes:
        self.number += 1
        said: dict[str, Any] = MINIMAL["charge.posted" if by_facility else "toxicity.observed"]
        if by_facility:
            said = said | {"service": {"facility": place(zone), "class": "outpatient"}}
        envelope: dict[str, Any] = {
            "encounter": f"E{self.number // 8}",
            "type": "charge.posted" if by_facility else "toxicity.observed",
            "occurred_at": occurred_at,
            # The facility's zone goes before the connection's, so the latter is another one.
            "source": {
                "connection": "Asia/Kolkata" if by_facility else zone,
                "message": f"M{self.number}",
            },
            "actor": {"id": "rn-1", "role": "nurse"},
        }
        return json.dumps(envelope | said).encode()


def day_told_by(opened: Ledger, outcome: Outcome) -> date:
    records = opened.history(outcome.encounter or "").records
    return next(record.day for record in records if record.key == outcome.record)


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

LISTED = [
    # Midnight, and the last microsecond before it.
    ("America/Chicago", "2026-07-01T00:00:00-05:00", "2026-07-01"),
    ("America/Chicago", "2026-06-30T23:59:59.999999-05:00", "2026-06-30"),
    ("America/Chicago", "2026-07-01T04:59:59Z", "2026-06-30"),
    ("America/Chicago", "2026-07-01T05:00:00Z", "2026-07-01"),
    # Spring forward: two o'clock never comes, and the hour before midnight UTC is still Sunday.
    ("America/Chicago", "2026-03-08T02:30:00-06:00", "2026-03-08"),
    ("America/Chicago", "2026-03-09T04:30:00Z", "2026-03-08"),
    ("America/Chicago", "2026-03-08T05:30:00Z", "2026-03-07"),
    # Fall back: one o'clock comes twice, and the day has 25 hours.
    ("America/Chicago", "2025-11-02T01:30:00-05:00", "2025-11-02"),
    ("America/Chicago", "2025-11-02T01:30:00-06:00", "2025-11-02"),
    ("America/Chicago", "2025-11-03T05:30:00Z", "2025-11-02"),
    ("America/Chicago", "2025-11-02T04:30:00Z", "2025-11-01"),
    # Where midnight itself is left out, or comes twice.
    ("America/Havana", "2026-03-08T05:00:00Z", "2026-03-08"),
    ("America/Havana", "2026-03-08T04:59:59Z", "2026-03-07"),
    ("America/Santiago", "2026-04-05T02:30:00Z", "2026-04-04"),
    ("America/Santiago", "2026-04-05T03:30:00Z", "2026-04-04"),
    ("America/Santiago", "2026-04-05T04:00:00Z", "2026-04-05"),
    ("Africa/Cairo", "2026-04-23T22:00:00Z", "2026-04-24"),
    ("Africa/Cairo", "2026-04-23T21:59:59Z", "2026-04-23"),
    # A change of half an hour; offsets of three quarters.
    ("Australia/Lord_Howe", "2026-04-04T13:15:00Z", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-10-03T13:29:59Z", "2026-10-03"),
    ("Pacific/Chatham", "2026-06-30T11:14:59Z", "2026-06-30"),
    ("Pacific/Chatham", "2026-06-30T11:15:00Z", "2026-07-01"),
    ("Asia/Kathmandu", "2026-06-30T18:14:59Z", "2026-06-30"),
    ("Asia/Kathmandu", "2026-06-30T18:15:00Z", "2026-07-01"),
    # The leap day, the years that have none, and the ends of years.
    ("America/Chicago", "2024-03-01T05:59:59Z", "2024-02-29"),
    ("America/Chicago", "2025-03-01T05:59:59Z", "2025-02-28"),
    ("Europe/Berlin", "2024-02-28T23:00:00Z", "2024-02-29"),
    ("Pacific/Kiritimati", "2025-12-31T10:00:00Z", "2026-01-01"),
    ("Pacific/Pago_Pago", "2026-01-01T10:59:59Z", "2025-12-31"),
    ("Etc/GMT+12", "2026-01-01T11:59:59Z", "2025-12-31"),
    # Told with another zone's offset, near the date line.
    ("Pacific/Kiritimati", "2026-06-30T00:00:00-10:00", "2026-07-01"),
    ("Pacific/Pago_Pago", "2026-07-01T23:59:59+14:00", "2026-06-30"),
    ("UTC", "2026-07-01T00:00:00+23:59", "2026-06-30"),
    ("UTC", "2026-06-30T23:59:59-23:59", "2026-07-01"),
    # A bare date is nobody's to shift.
    ("Pacific/Kiritimati", "2026-06-30", "2026-06-30"),
    ("Pacific/Pago_Pago", "2026-06-30", "2026-06-30"),
    ("America/Chicago", "2024-02-29", "2024-02-29"),
]


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


# ---- At random ------------------------------------------------------------------------------


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


# ---- The process that it happens to live in -------------------------------------------------

CHILD = """
import sys
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from tests.given_ledger import EXAMPLES, ledger, lines_of
from tests.test_clocks import LISTED, Lines, Machine, site

said = []
with TemporaryDirectory() as folder:
    for number, example in enumerate(EXAMPLES):
        place = Path(folder) / str(number)
        place.mkdir()
        with ledger(place, store=sys.argv[1]) as opened:
            for outcome in opened.record(*lines_of(example)):
                said.append((outcome.answer, outcome.record, str(outcome.standing)))
            name = opened.encounters()[0]
            said.append([(r.stream, r.recorded_at, r.key, r.body) for r in opened.rows()][1:])
            said.append(opened.claims(name))
            said.append(opened.schedule(name))
    with site(Path(folder), "memory", Machine()) as opened:
        lines = Lines()
        opened.record(*(lines(told, zone) for zone, told, _ in LISTED))
        said.append([r.body for r in opened.rows()][1:])
print(sha256(repr(said).encode()).hexdigest())
"""
PROCESSES = [
    {"TZ": "America/Chicago", "PYTHONHASHSEED": "0"},
    {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1"},
    {"TZ": "<-12>12", "PYTHONHASHSEED": "2"},
    {"TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "4294967295", "LC_ALL": "C"},
    {"TZ": "no/such_zone", "PYTHONHASHSEED": "77"},
    {"TZ": "", "PYTHONHASHSEED": "random"},
]


DIGESTS: dict[tuple[str, str, str], str] = {}


def said_by_a_child(environment: dict[str, str], store: str, script: str = CHILD) -> str:
    """A digest of all rows, claims and schedules that a process of this environment makes."""
    asked = (repr(environment), store, script)
    if asked not in DIGESTS:
        DIGESTS[asked] = run(environment, store, script)
    return DIGESTS[asked]


def run(environment: dict[str, str], store: str, script: str) -> str:
    child = subprocess.run(
        [sys.executable, "-c", script, store],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        check=False,
        text=True,
        timeout=300,
    )
    assert child.returncode == 0, child.stderr
    return child.stdout


def test_neither_the_time_zone_nor_the_hash_seed_of_the_process_changes_anything() -> None:
    random = Random(SEED)
    chosen = [PROCESSES[n] if n < len(PROCESSES) else a_process(random) for n in range(CHILDREN)]
    stores = ["memory" if n % 2 else "sqlite" for n in range(CHILDREN)]
    said = {said_by_a_child(e, store) for e, store in zip(chosen, stores, strict=True)}
    assert len(said) == 1
    tell(f"processes of another time zone and hash seed: {CHILDREN}")


def a_process(random: Random) -> dict[str, str]:
    zone = random.choice(list(ZONES.values()))
    return {"TZ": zone, "PYTHONHASHSEED": str(random.randrange(2**32))}


def test_a_child_that_is_told_one_time_less_does_say_something_else() -> None:
    """The control: the digest of the children depends on what was said."""
    script = CHILD.replace("in LISTED", "in LISTED[1:]")
    assert said_by_a_child(PROCESSES[0], "sqlite", script) != said_by_a_child(
        PROCESSES[0], "sqlite"
    )
