"""Time zones, and the C library's word on local dates in them.

It is told each zone's rule in the POSIX form, so that it shares neither code nor zone data with
the program.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

DAY = timedelta(days=1)

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
    "Pacific/Auckland": "NZST-12NZDT,M9.5.0,M4.1.0/3",
    "Pacific/Chatham": "<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45",
    "Pacific/Kiritimati": "<+14>-14",
    "Pacific/Pago_Pago": "SST11",
    "Etc/GMT+12": "<-12>12",
}
"""By IANA name, the POSIX rule that holds there from 2024 on: gaps and folds at two in the night,
at midnight and of half an hour; offsets of three quarters; both sides of the date line."""
YEARS = range(2024, 2037)


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
