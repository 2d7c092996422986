"""Grade 3 CRS after the discharge, then parkinsonism at month 3: a grade is not a diagnosis."""

from __future__ import annotations

from pathlib import Path

import veinledger

HERE = Path(__file__).parent


def main() -> None:
    """Show the readmission's claim, then what each visit found and what it was coded with."""
    with veinledger.open("memory:", site=HERE / "site") as ledger:
        ledger.record(*(HERE / "readmission_and_parkinsonism.ndjson").read_bytes().splitlines())
        claims = ledger.claims("E5")
        for claim in claims.claims:
            if claim.kind in ("D", "E"):
                print(
                    f"{claim.label} {claim.first_day} {claim.state}: {', '.join(claim.diagnoses)}"
                )
            for finding in claim.findings:
                print(f"  {finding.severity}: {finding.reason}; {finding.remedy}")
        for visit in ledger.schedule("E5").of("neurology"):
            print(f"{visit.what}: {visit.due} {visit.status}")


if __name__ == "__main__":
    main()
