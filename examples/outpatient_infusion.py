"""Infused as an outpatient, admitted two days later: Medicare's window, and a contract without."""

from __future__ import annotations

from pathlib import Path

import veinledger

HERE = Path(__file__).parent


def main() -> None:
    """Show the same facts under both payers: one inpatient claim, or an infusion and a stay."""
    with veinledger.open("memory:", site=HERE / "site") as ledger:
        ledger.record(*(HERE / "outpatient_infusion.ndjson").read_bytes().splitlines())
        for name in ("E6", "E6-HARBOR"):
            for claim in ledger.claims(name).claims:
                if claim.kind in ("C", "D"):
                    setting = "inpatient" if claim.inpatient else "outpatient"
                    print(f"{name} {claim.label} {setting}, {claim.payment_mechanism}")
                    for line in claim.lines:
                        print(f"  {line.day} {line.revenue_code} {line.code} x {line.units}")
                    print(f"  diagnoses {', '.join(claim.diagnoses)}")


if __name__ == "__main__":
    main()
