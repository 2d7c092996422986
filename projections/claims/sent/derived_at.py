"""The position of the ledger that a claim was derived at: as its submission says, and never later.

A number that the ledger had not reached would make every later fact one that the claim knew, and
no correction would ever propose anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from veinledger.domain.facts.billing import ClaimSubmitted
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case

RULE: Final = "a_claim_is_derived_from_what_the_ledger_held"
SOURCE: Final = "house rule: docs/claims.md, claims that went out"


def derived_at(record: Record, sent: ClaimSubmitted) -> int:
    """The position that it names, or the last one before its own record, whichever is earlier."""
    not_sealed_yet = record.seal.position == 0
    return (
        sent.position_known
        if not_sealed_yet
        else min(sent.position_known, record.seal.position - 1)
    )


def derived_from_the_future(case: Case) -> Iterator[Finding]:
    """One finding for each submission that names a position which the ledger had not reached."""
    for record, sent in case.seen.of(ClaimSubmitted):
        then = derived_at(record, sent)
        if then < sent.position_known:
            yield Finding(
                rule=RULE,
                severity="warning",
                reason=f"the submission of {sent.label} says that it was derived at position"
                f" {sent.position_known:,}, and the ledger had reached {then:,}: it is compared"
                f" with what was known at {then:,}",
                remedy="correct the position that it was derived at, where it was an earlier one",
                source=SOURCE,
                records=(record.key,),
            )
