"""What the payer answered, and what answers it back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.claims.cells import CLINIC, to_the_bag
from tests.claims.encounters.registry import encounter
from tests.given import infused, opened, record, service
from veinledger.domain.facts.billing import Adjustment, ClaimAnswered
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.reports import Record


def denied(key: str, **said: Any) -> Record:
    """The payer denied a claim; `said` are fields of its answer."""
    fact = ClaimAnswered(claim_key=key, patient_control_number="PCN-1", kind="denied", **said)
    return record(fact, 60)


def _infused_and_denied(**said: Any) -> list[Record]:
    cells = infused(CLINIC)
    told = [*opened("medicare"), *to_the_bag(), cells]
    return [*told, denied(f"C/UB-04/main/{cells.key}", **said)]


@encounter()
def denied_for_an_ndc_that_nobody_knows() -> list[Record]:
    """A remark code that the NDC is missing or invalid: the label is right, a reviewer is asked."""
    return _infused_and_denied(rarc=("M119",))


@encounter()
def denied_under_the_policy_of_another_product() -> list[Record]:
    """The answer cites Abecma's policy: appealed with the label of the product infused."""
    return _infused_and_denied(text="not met: Abecma policy, four prior lines")


@encounter()
def denied_as_paid_with_another_service() -> list[Record]:
    """A visit under a payer without a case rate: the contract and the note answer it."""
    where = service("office", "N-1", "neurology_office")
    visit = record(NeurologyVisitCompleted(service=where, cpt="99214"), 30, "visit")
    bundled = Adjustment(group="CO", carc="97", amount=Decimal(340))
    told = [*opened("medicare"), *to_the_bag(), infused(CLINIC), visit]
    return [*told, denied(f"E/CMS-1500/neurology_office/{visit.key}", adjustments=(bundled,))]
