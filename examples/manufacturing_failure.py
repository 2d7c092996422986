"""A batch fails, the patient is collected again, the second is infused: one dose is billed."""

from __future__ import annotations

from pathlib import Path

import veinledger

HERE = Path(__file__).parent


def main() -> None:
    """Show both batches by their chain of identity, and that only the second is billed."""
    with veinledger.open("memory:", site=HERE / "site") as ledger:
        ledger.record(*(HERE / "manufacturing_failure.ndjson").read_bytes().splitlines())
        for chain, batch in ledger.effective("E3").state.batches.items():
            print(f"{chain}: {batch.stage}")
        claims = ledger.claims("E3")
        doses = [line for claim in claims.claims for line in claim.lines if line.code == "Q2056"]
        print(f"Q2056 lines: {len(doses)}, units {sum(line.units for line in doses)}")
        for reason in claims.unbilled.values():
            print(reason)


if __name__ == "__main__":
    main()
