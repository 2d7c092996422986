"""An event-sourced ledger of CAR-T encounters, from vein to vein and on to the claim.

with veinledger.open("sqlite:///ledger.sqlite") as ledger:
    ledger.record(line)
    ledger.claims("E1")
"""

from __future__ import annotations

from veinledger.adapters.errors import VeinledgerError
from veinledger.adapters.front_door import open_ledger as open
from veinledger.adapters.ledger import Ledger
from veinledger.domain.findings import Finding, Refusal
from veinledger.domain.intake.outcome import Outcome

__all__ = ["Finding", "Ledger", "Outcome", "Refusal", "VeinledgerError", "open"]
