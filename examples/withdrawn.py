"""The product never comes; the patient withdraws after lymphodepletion. A and B, never Q2056."""

from __future__ import annotations

from pathlib import Path

import veinledger

HERE = Path(__file__).parent


def main() -> None:
    """Show the claims there are, the findings that they carry, and the stage of the encounter."""
    with veinledger.open("memory:", site=HERE / "site") as ledger:
        ledger.record(*(HERE / "withdrawn.ndjson").read_bytes().splitlines())
        claims = ledger.claims("E4")
        print(f"stage {ledger.effective('E4').stage}")
        print(f"claims {', '.join(claim.label for claim in claims.claims)}")
        print(f"Q2056 {any(line.code == 'Q2056' for c in claims.claims for line in c.lines)}")
        for finding in claims.findings[:1]:
            print(f"{finding.rule}: {finding.reason}; {finding.remedy}")


if __name__ == "__main__":
    main()
