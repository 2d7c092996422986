"""What the payer was asked and what it answered before the therapy; support and the plan."""

from __future__ import annotations

from typing import Literal

from veinledger.domain.facts.base import Fact, fact
from veinledger.domain.facts.checks import the_days_are_in_order
from veinledger.domain.values import Count, Day, Identifier, LongText, Text

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


@fact("surveillance.plan_filed")
class SurveillancePlanFiled(Fact):
    """The plan of neurological surveillance was written down, as payers ask for it."""

    protocol: Text | None = None
    """Whose calendar it is: the site's, a payer's."""
    visits: tuple[Text, ...] = ()
    """The visits planned: baseline, +1 month, ..."""
    baseline_on: Day | None = None
    provider: Identifier | None = None
    document: Identifier | None = None
