"""A site with a facility and a connection in each zone, and a machine whose clock may jump."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from tests.clocks.calendars import ZONES
from tests.given_ledger import ledger
from tests.minimal import MINIMAL
from veinledger.adapters.ledger import Ledger
from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.directory import Connection, Facility
from veinledger.domain.intake.outcome import Outcome

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


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
