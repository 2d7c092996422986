"""An infusion was charted that never was: its records are undone in one set, and claim C is voided.

The bag burst at the thaw and nothing was given. The order had been charted as done, the fever of
the week after was graded as CRS, and claim C went out. To void the infusion alone is refused: other
records stand on it.
"""

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
LINES = HERE / "infusion_voided.ndjson"
INFUSED, GRADED, LEFT, WATCHED = "E13-031", "E13-032", "E13-033", "E13-035"
ONLY_AFTER_CELLS: Final = frozenset({"T80.82XA", "D89.831"})
"""Diagnoses of the discharge that nobody has without the cells."""


def the_infusion_alone(ledger: Ledger) -> Report:
    """What the quality manager tried first."""
    return _correction("E13-QA-1", [change_of("void", record_of(ledger, "E13", INFUSED))])


def nothing_was_given(ledger: Ledger) -> Report:
    """The infusion and all that was charted because of it, in one set."""
    left = record_of(ledger, "E13", LEFT)
    discharge = fact_of(ledger, left)
    discharge["procedures"], discharge["drg"] = [], "842"
    discharge["conditions"] = [
        each for each in discharge["conditions"] if each["code"] not in ONLY_AFTER_CELLS
    ]
    told = {
        "type": "patient.discharged",
        "occurred_at": left.occurred.text,
        "fact": canonical(discharge),
    }
    undone = [
        change_of("void", record_of(ledger, "E13", each)) for each in (INFUSED, GRADED, WATCHED)
    ]
    return _correction("E13-QA-2", [*undone, change_of("replace", left, replacement=told)])


def _correction(message: str, changes: list[Report]) -> Report:
    return {
        "encounter": "E13",
        "type": "records.corrected",
        "occurred_at": "2026-07-22T09:40:00-05:00",
        "source": {"connection": "coordinator", "message": message},
        "actor": {"id": "quality-2", "role": "quality manager"},
        "reason": "the bag burst at the thaw: the pharmacy's log and both nurses say none went in",
        "changes": changes,
    }


def the_infusion_was_called_off(_: Ledger) -> Report:
    """What happened instead."""
    return {
        "encounter": "E13",
        "type": "infusion.cancelled",
        "occurred_at": "2026-06-15T10:45:00-05:00",
        "source": {"connection": "epic-adt", "message": "E13-037"},
        "actor": {"id": "dr_imani", "role": "hematologist"},
        "chain_of_identity": "COI-1313",
        "reason": "the bag burst at the thaw",
        "product_discarded": True,
        "provider": "dr_imani",
    }


DECISIONS: Final[Decisions] = {
    "E13-035": (
        claim_sent("E13", "C1", "2026-07-06"),
        claim_accepted("E13", "C1", "2026-07-09", "ICN-13-01"),
    ),
    "E13-036": (nothing_was_given, the_infusion_was_called_off),
}


def main() -> None:
    """Show what stands in the way of the void alone, and what the whole set does."""
    clock = Clock()
    with veinledger.open("memory:", site=HERE / "site", clock=clock) as ledger:
        whole = {**DECISIONS, "E13-036": ()}
        list(tell(ledger, clock, LINES.read_bytes(), whole))
        alone = ledger.foresee(the_infusion_alone(ledger)).outcome
        print(f"the infusion alone: {alone.answer}")
        for objection in alone.refusal.objections if alone.refusal else ():
            print(f"  {objection.reason}")
        for decide in DECISIONS["E13-036"]:
            decided = decide(ledger)
            clock.reach(decided["occurred_at"])
            print(f"{decided['type']}: {ledger.record(decided)[0].answer}")
        seen = ledger.claims("E13")
        print(f"{ledger.effective('E13').stage}; claims {', '.join(c.label for c in seen.claims)}")
        for again in seen.proposals:
            number = again.payer_control_number
            print(f"{again.label}, frequency {again.frequency}, payer's number {number}")
            print(f"  {again.reason}")


if __name__ == "__main__":
    main()
