"""Who pays, under which plan, in which order, and from when until when."""

from __future__ import annotations

from typing import Literal

from veinledger.domain.facts.base import Fact, fact
from veinledger.domain.facts.checks import the_days_are_in_order
from veinledger.domain.values import Day, Identifier, Text

CoverageKind = Literal["FFS", "MA", "commercial", "Medicaid", "self-pay", "other"]
"""FFS is Medicare that pays by the service, MA is Medicare Advantage."""
OrderOfBenefits = Literal["primary", "secondary", "tertiary"]
Relation = Literal["self", "spouse", "child", "other"]


@fact("coverage.recorded")
class CoverageRecorded(Fact):
    """A payer was recorded; a claim uses the coverage of its own date."""

    payer: Identifier
    """The payer's name in the directory."""
    kind: CoverageKind
    mac: Identifier | None = None
    """The Medicare Administrative Contractor, where Medicare pays by the service."""
    plan: Text | None = None
    member_id: Identifier | None = None
    group_number: Identifier | None = None
    subscriber: Text | None = None
    """The subscriber's name where it is not the patient."""
    relation: Relation = "self"
    """What the patient is to the subscriber."""
    order_of_benefits: OrderOfBenefits = "primary"
    since: Day
    until: Day | None = None
    """The last day of the coverage."""

    def __post_init__(self) -> None:
        the_days_are_in_order(self.since, self.until)
