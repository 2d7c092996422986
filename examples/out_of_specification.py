"""A bag out of specification, given free under expanded access: what holds the claim, and when."""

from __future__ import annotations

from pathlib import Path

import veinledger
from veinledger.adapters.telling import Clock, tell

HERE = Path(__file__).parent


def main() -> None:
    """Show what held claim C before anybody reported the deviation, and what holds it since."""
    clock, held = Clock(), ""
    lines = (HERE / "out_of_specification.ndjson").read_bytes()
    with veinledger.open("memory:", site=HERE / "site", clock=clock) as ledger:
        for number, outcome in tell(ledger, clock, lines):
            claim = ledger.claims("E8").claim("C") if outcome.encounter == "E8" else None
            if claim is not None and claim.state_reason != held:
                held = claim.state_reason
                print(f"{clock.now:%Y-%m-%d}, line {number} {outcome.type}: {claim.state}")
                print(*(f"  {each.reason}" for each in claim.findings if each.holds), sep="\n")
        print(*dict.fromkeys(ledger.claims("E8").unbilled.values()), sep="\n")


if __name__ == "__main__":
    main()
