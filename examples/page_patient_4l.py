"""The page's second patient: 78 years, 65 kg, Medicare. One day's doses move to another claim."""

from __future__ import annotations

from pathlib import Path

import veinledger

HERE = Path(__file__).parent


def main() -> None:
    """Show which lines the payment window moves from claim B onto the inpatient claim C."""
    with veinledger.open("memory:", site=HERE / "site") as ledger:
        ledger.record(*(HERE / "page_patient_4l.ndjson").read_bytes().splitlines())
        claims = ledger.claims("E2")
        for claim in claims.claims:
            for line in claim.lines:
                moved = f", moved from {line.moved_from}" if line.moved_from else ""
                print(f"{claim.label} {line.day} {line.code} x {line.units} {line.payment}{moved}")
        for dosing in claims.dosing:
            print(f"{dosing.what}: {dosing.result}")


if __name__ == "__main__":
    main()
