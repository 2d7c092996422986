"""Infusions at hard moments of the clock, as messages; the local day of each by the C library."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from tests.clocks.calendars import DAY, changes_of_offset, clock_of
from tests.clocks.site import place

ZONES = ("America/Chicago", "Pacific/Auckland", "Asia/Kolkata", "America/St_Johns", "UTC")
YEARS = (2024, 2025, 2026)
NOW = datetime(2027, 6, 1, 12, tzinfo=UTC)
TICK = timedelta(seconds=1)
LABEL = {"lot": "L1", "ndc_on_label": "57894-111-01", "hcpcs_on_label": "Q2056"}
OFFSETS = (timedelta(0), timedelta(hours=-5), timedelta(hours=13), timedelta(hours=5, minutes=30))


def moments(zone: str) -> list[datetime]:
    """Around each change of the clock, and around midnight at month ends and on the leap day."""
    changes = [moment for year in YEARS for moment in changes_of_offset(zone, year)]
    near = [change + n * timedelta(minutes=30) for change in changes for n in range(-3, 4)]
    days = [date(2024, 2, 28), date(2024, 2, 29), date(2025, 2, 28), date(2026, 8, 30)]
    return [*near, *(m + by for day in days for m in [midnight_after(zone, day)]
                     for by in (-TICK, timedelta(0), TICK))]  # fmt: skip


def midnight_after(zone: str, day: date) -> datetime:
    """The first second of the next local day, found by trying every quarter of an hour."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - DAY
    with clock_of(zone) as local:
        return next(
            moment
            for moment in (start + n * timedelta(minutes=15) for n in range(4 * 72))
            if local(moment) > day
        )


def told(zone: str) -> Iterator[tuple[str, date, list[bytes]]]:
    """The encounter's name, the local day of its infusion, and its messages."""
    for number, moment in enumerate(moments(zone)):
        with clock_of(zone) as local:
            day_0 = local(moment)
        name = f"E{number}-{zone}"
        with_offset = moment.astimezone(timezone(OFFSETS[number % len(OFFSETS)])).isoformat()
        yield name, day_0, list(_messages(name, zone, day_0, with_offset))


def _messages(name: str, zone: str, day_0: date, moment: str) -> Iterator[bytes]:
    chain: dict[str, Any] = {"chain_of_identity": f"COI-{name}"}
    where = {"service": {"facility": place(zone), "class": "inpatient", "account": "A-1"}}
    opening = {"product": "carvykti", "indication": "myeloma", "patient": name, "centre": zone}
    steps: list[tuple[str, str, dict[str, Any]]] = [
        ("encounter.opened", (day_0 - 90 * DAY).isoformat(), opening),
        ("apheresis.completed", (day_0 - 60 * DAY).isoformat(), {**chain, **where}),
        ("manufacturing.started", (day_0 - 50 * DAY).isoformat(), chain),
        (
            "manufacturing.released",
            (day_0 - 20 * DAY).isoformat(),
            {**chain, **LABEL, "specification": "in"},
        ),
        ("product.received", (day_0 - 10 * DAY).isoformat(), {**chain, **LABEL}),
        ("cells.infused", moment, {**chain, **LABEL, **where, "bags": 1, "extent": "complete",
                                   "access": "peripheral", "verifiers": ["rn-1", "rn-2"]}),
    ]  # fmt: skip
    for number, (kind, when, fields) in enumerate(steps):
        line = {
            "encounter": name,
            "type": kind,
            "occurred_at": when,
            "source": {"connection": zone, "message": f"{name}-{number}"},
            "actor": {"id": "rn-1", "role": "nurse"},
        }
        yield json.dumps(line | fields).encode()
