"""Leave to go ahead: who pays, who is certified, and what the payer was asked and answered."""

from __future__ import annotations

from typing import Literal

from veinledger.domain.facts.base import Fact, fact, the_days_are_in_order
from veinledger.domain.values import Count, Day, Identifier, LongText, Text

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


Role = Literal["apheresis facility", "infusion facility", "pharmacy", "prescriber"]
Programme = Literal["FACT", "FACT-JACIE", "REMS", "payer network", "authorized treatment center"]
Capability = Literal[
    "neurological monitoring",
    "tocilizumab on hand",
    "intensive care",
    "CRS and ICANS management",
    "apheresis",
    "cell processing",
    "outpatient infusion",
]


@fact("certification.recorded")
class CertificationRecorded(Fact):
    """A facility, a pharmacy or a prescriber was certified or accredited."""

    subject: Identifier
    """The facility or provider, by directory name."""
    role: Role
    programme: Programme
    product: Identifier | None = None
    """Whose programme it is, where it is one product's (a REMS)."""
    payer: Identifier | None = None
    """Whose network it is, where it is a payer's."""
    capabilities: tuple[Capability, ...] = ()
    reference: Identifier | None = None
    document: Text | None = None
    since: Day
    until: Day | None = None
    """The last day of the certification."""

    def __post_init__(self) -> None:
        the_days_are_in_order(self.since, self.until)
        if self.programme == "REMS" and self.product is None:
            raise ValueError("a REMS is one product's: `product` names which")
        if self.programme == "payer network" and self.payer is None:
            raise ValueError("a network is one payer's: `payer` names whose")


AuthorizedService = Literal[
    "apheresis", "product", "infusion", "lymphodepletion", "admission", "surveillance", "other"
]
Setting = Literal["inpatient", "outpatient", "office", "any"]


@fact("authorization.requested")
class AuthorizationRequested(Fact):
    """A payer was asked to authorize services."""

    payer: Identifier
    reference: Identifier | None = None
    """The number of the request."""
    services: tuple[AuthorizedService, ...]
    units: Count | None = None
    setting: Setting = "any"
    since: Day | None = None
    until: Day | None = None
    documents: tuple[Identifier, ...] = ()

    def __post_init__(self) -> None:
        the_days_are_in_order(self.since, self.until)


@fact("authorization.pended")
class AuthorizationPended(Fact):
    """The payer wants more before it decides."""

    payer: Identifier
    reference: Identifier | None = None
    reason: LongText
    answer_by: Day | None = None


@fact("authorization.granted")
class AuthorizationGranted(Fact):
    """The payer authorized services, with limits."""

    payer: Identifier
    reference: Identifier
    """The authorization number that goes on the claim."""
    services: tuple[AuthorizedService, ...]
    units: Count | None = None
    setting: Setting = "any"
    since: Day
    until: Day | None = None
    """The last day that it covers."""
    reason: LongText | None = None

    def __post_init__(self) -> None:
        the_days_are_in_order(self.since, self.until)


@fact("authorization.extended")
class AuthorizationExtended(Fact):
    """The payer moved the last day of an authorization, or added units."""

    payer: Identifier
    reference: Identifier
    until: Day
    units: Count | None = None
    reason: LongText | None = None


@fact("authorization.denied")
class AuthorizationDenied(Fact):
    """The payer said no."""

    payer: Identifier
    reference: Identifier | None = None
    services: tuple[AuthorizedService, ...] = ()
    reason: LongText
    appeal_by: Day | None = None


@fact("support.enrolled")
class SupportEnrolled(Fact):
    """The patient was enrolled in a support programme of the maker or of a foundation."""

    programme: Text
    reference: Identifier | None = None
    services: tuple[Text, ...] = ()
    """What it gives: benefits investigation, travel, copay, free product."""
    since: Day | None = None
    until: Day | None = None

    def __post_init__(self) -> None:
        the_days_are_in_order(self.since, self.until)
