"""The infusion was keyed for the day it was planned for: corrected after claim C went out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import veinledger
from veinledger.adapters.telling import (
    Clock,
    Decisions,
    Report,
    canonical,
    change_of,
    claim_accepted,
    claim_sent,
    fact_of,
    record_of,
    tell,
)

if TYPE_CHECKING:
    from veinledger import Ledger

HERE = Path(__file__).parent
LINES = HERE / "infusion_date_corrected.ndjson"


def the_cells_went_in_on_3_june(ledger: Ledger) -> Report:
    """The quality manager replaces the infusion by the same one, two days later."""
    keyed = record_of(ledger, "E9", "E9-031")
    infused = fact_of(ledger, keyed)
    infused["service"] |= {"start": "2026-06-03T10:50:00-05:00", "end": "2026-06-03T11:15:00-05:00"}
    return {
        "encounter": "E9",
        "type": "records.corrected",
        "occurred_at": "2026-06-24T09:15:00-05:00",
        "source": {"connection": "coordinator", "message": "E9-QA-1"},
        "actor": {"id": "quality-2", "role": "quality manager"},
        "reason": "charted on the planned day; the thaw record and the nurse's notes say 3 June",
        "changes": [
            change_of(
                "replace",
                keyed,
                replacement={
                    "type": "cells.infused",
                    "occurred_at": "2026-06-03T10:50:00-05:00",
                    "fact": canonical(infused),
                },
            )
        ],
    }


DECISIONS: Final[Decisions] = {
    "E9-035": (
        claim_sent("E9", "C1", "2026-06-20"),
        claim_accepted("E9", "C1", "2026-06-22", "ICN-9-01"),
        the_cells_went_in_on_3_june,
    ),
}


def main() -> None:
    """Show the calendar, the dated lines of claim C as known before and after, and what to send."""
    clock = Clock()
    with veinledger.open("memory:", site=HERE / "site", clock=clock) as ledger:
        list(tell(ledger, clock, LINES.read_bytes(), DECISIONS))
        before = record_of(ledger, "E9", "E9-035").seal.position
        for known_at in (before, None):
            print("known at the end" if known_at is None else f"known at position {known_at}")
            for visit in ledger.schedule("E9", known_at=known_at).of("neurology"):
                moved = "".join(f", was due {each.due}" for each in visit.was_due)
                print(f"  {visit.what}: {visit.due} {visit.status}{moved}")
            claim = ledger.claims("E9", known_at=known_at).claim("C")
            for line in claim.lines if claim else ():
                print(f"  {line.day} {line.code or line.revenue_code}")
        for again in ledger.claims("E9").proposals:
            print(f"{again.label}, frequency {again.frequency}: {again.reason}")


if __name__ == "__main__":
    main()
