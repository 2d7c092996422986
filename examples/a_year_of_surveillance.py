"""A year after the infusion, under Medicare: what was on time, late, missed, sent and denied.

Micrographia at month 3 makes the watch closer, until a visit finds nothing; one claim is rejected
and sent again, the claim of the infusion is denied, appealed and paid.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Final

import veinledger
from veinledger.adapters.telling import Clock, Decision, Decisions, claim_sent, tell

HERE = Path(__file__).parent
LINES = HERE / "a_year_of_surveillance.ndjson"
AS_OF: Final = date(2026, 11, 2)


def sent(label: str, on: str, number: str = "") -> Decision:
    """The billing office sends a claim as the ledger knows it on that day."""
    return claim_sent("E11", label, on, number)


DECISIONS: Final[Decisions] = {
    "E11-051": (sent("E0", "2025-08-06"), sent("A1", "2025-08-06"), sent("B1", "2025-08-06")),
    "E11-057": (sent("C1", "2025-08-21"),),
    "E11-058": (sent("E1", "2025-08-28"),),
    "E11-062": (sent("E1", "2025-09-11", "E1-2"),),
    "E11-068": (sent("E2", "2025-11-07"), sent("E3", "2025-11-07")),
    "E11-071": (sent("E4", "2025-12-03"),),
    "E11-074": (sent("E5", "2026-01-05"),),
    "E11-076": (sent("E6", "2026-01-26"),),
}
"""Each claim, under the message after which it went out."""


def main() -> None:
    """Count how the year's obligations were kept, and say what the closer watch came to."""
    clock = Clock()
    with veinledger.open("memory:", site=HERE / "site", clock=clock) as ledger:
        list(tell(ledger, clock, LINES.read_bytes(), DECISIONS))
        owed = ledger.schedule("E11", as_of=AS_OF)
        for group in ("neurology", "laboratory", "registry", "filing", "appeal"):
            kept = Counter(each.status for each in owed.of(group))
            print(f"{group}: {', '.join(f'{kept[name]} {name}' for name in sorted(kept))}")
        for visit in owed.of("neurology"):
            print(f"  {visit.what}: {visit.due} {visit.status}; {visit.reason}")
        print(*dict.fromkeys(each.because for each in owed.obligations if each.because), sep="\n")


if __name__ == "__main__":
    main()
