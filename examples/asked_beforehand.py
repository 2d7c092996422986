"""The page's first patient under Medicare, asked about before each step: nothing is missing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import veinledger
from veinledger.domain.gates.gate import Intent

HERE = Path(__file__).parent
ASKED: dict[Intent, date] = {
    "collect": date(2026, 4, 1),
    "receive": date(2026, 5, 14),
    "lymphodeplete": date(2026, 5, 19),
    "infuse": date(2026, 5, 24),
}
"""Each step, on the day before it was taken."""


def main() -> None:
    """Ask before each step; then before the infusion under the source page's own rules."""
    with veinledger.open("memory:", site=HERE / "site") as ledger:
        ledger.record(*(HERE / "asked_beforehand.ndjson").read_bytes().splitlines())
        for intent, on in ASKED.items():
            print(ledger.check("E10", intent, on=on).sentence)
    with veinledger.open("memory:", edition="page", site=HERE / "site") as ledger:
        ledger.record(*(HERE / "asked_beforehand.ndjson").read_bytes().splitlines())
        for verdict in ledger.check("E10", "infuse", on=ASKED["infuse"]).failing:
            print(f"edition page: {verdict.label}: {verdict.reason}")


if __name__ == "__main__":
    main()
