"""The page's first patient: 70 kg, second line, an inpatient. What is billed, and why."""

from __future__ import annotations

from pathlib import Path

import veinledger

HERE = Path(__file__).parent


def main() -> None:
    """Record the facts, then ask for the stage, the units and the visits."""
    for edition in ("page", "public"):
        with veinledger.open("memory:", edition=edition, site=HERE / "site") as ledger:
            ledger.record(*(HERE / "page_patient_2l.ndjson").read_bytes().splitlines())
            print(f"edition {edition}, stage {ledger.effective('E1').stage}")
            for claim in ledger.claims("E1").claims:
                for line in claim.lines:
                    print(f"  {claim.label} {line.day} {line.code} x {line.units} {line.payment}")
    with veinledger.open("memory:", site=HERE / "site") as ledger:
        ledger.record(*(HERE / "page_patient_2l.ndjson").read_bytes().splitlines())
        for visit in ledger.schedule("E1").of("neurology"):
            print(f"  {visit.what}: {visit.due} {visit.status}")


if __name__ == "__main__":
    main()
