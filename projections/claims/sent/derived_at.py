"""The position of the ledger that a claim was derived at: as its submission says, and never later.

A number that the ledger had not reached would make every later fact one that the claim knew, and
no correction would ever propose anything.
"""

from __future__ import annotations

from veinledger.domain.facts.billing import ClaimSubmitted
from veinledger.domain.reports import Record


def derived_at(record: Record, sent: ClaimSubmitted) -> int:
    """The position that it names, or the last one before its own record, whichever is earlier."""
    own = record.seal.position
    not_sealed_yet = own == 0
    return sent.position_known if not_sealed_yet else min(sent.position_known, own - 1)
