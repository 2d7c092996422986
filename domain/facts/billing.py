"""Charges, claims and what the payer answered."""

from __future__ import annotations

from typing import Literal

from veinledger.domain.facts.base import Fact, Group, fact, group
from veinledger.domain.facts.groups import Service
from veinledger.domain.values import (
    Balance,
    Code,
    Day,
    Digest,
    Dollars,
    Identifier,
    JsonText,
    LongText,
    Ordinal,
    Quantity,
    RevenueCode,
    Sequence,
    Text,
)

ClaimKind = Literal["A", "B", "C", "D", "E", "E0"]
Frequency = Literal["1", "7", "8"]
"""1 original, 7 replacement, 8 void."""


@fact("charge.posted")
class ChargePosted(Fact):
    """The site's billing system posted a charge."""

    charge: Identifier | None = None
    """The charge's own number."""
    revenue_code: RevenueCode
    hcpcs: Code | None = None
    modifiers: tuple[Code, ...] = ()
    units: Quantity
    amount: Dollars
    """The charge for all units."""
    covered: bool = True
    service_date: Day
    service: Service


@group
class SentFile(Group):
    """Something that left the house for a claim, by its digest."""

    digest: Digest
    media_type: Text
    control_number: Identifier | None = None
    """The interchange or file control number."""


@fact("claim.submitted")
class ClaimSubmitted(Fact):
    """A claim was sent to a payer."""

    claim_key: Text
    """The claim's key: kind, form, billing provider, anchor record."""
    kind: ClaimKind
    label: Identifier
    """A1, B2, D1, E3: frozen from now on."""
    form: Literal["837I", "837P"]
    payer: Identifier
    billing_provider: Identifier
    anchor: Identifier
    """The report key of the record that the claim hangs on."""
    frequency: Frequency = "1"
    claim: JsonText
    """The canonical claim itself."""
    claim_version: Ordinal
    """The version of the canonical claim's form."""
    sent: tuple[SentFile, ...] = ()
    patient_control_number: Identifier
    original_payer_control_number: Identifier | None = None
    """The payer's number of the claim that this one replaces or voids."""
    total: Dollars
    edition: Identifier
    rule_pack: Digest
    position_known: Sequence
    """The ledger's position that the claim was derived at."""
    directory: Digest | None = None
    """Digest of the site's directory that it was made by, as its claims tell it beside the rule
    pack."""

    def __post_init__(self) -> None:
        if self.frequency != "1" and self.original_payer_control_number is None:
            raise ValueError("a replacement or a void names `original_payer_control_number`")


@group
class Adjustment(Group):
    """What the payer took off, and its reasons."""

    group: Literal["CO", "PR", "OA", "PI", "CR"]
    carc: Code
    """Claim adjustment reason code."""
    amount: Balance


@group
class LineAnswer(Group):
    """What the payer answered to one line."""

    line: Ordinal
    hcpcs: Code | None = None
    charged: Balance | None = None
    allowed: Balance | None = None
    paid: Balance | None = None
    adjustments: tuple[Adjustment, ...] = ()
    rarc: tuple[Code, ...] = ()
    """Remittance advice remark codes."""


@fact("claim.answered")
class ClaimAnswered(Fact):
    """The payer answered a claim."""

    claim_key: Text | None = None
    patient_control_number: Identifier
    payer_control_number: Identifier | None = None
    kind: Literal["accepted", "rejected", "pended", "paid", "denied", "reversed", "recouped"]
    charged: Balance | None = None
    allowed: Balance | None = None
    paid: Balance | None = None
    patient_responsibility: Balance | None = None
    adjustments: tuple[Adjustment, ...] = ()
    rarc: tuple[Code, ...] = ()
    status_category: Code | None = None
    """277 claim status category code (A1, A3, F2, ...)."""
    status_code: Code | None = None
    """277 claim status code."""
    lines: tuple[LineAnswer, ...] = ()
    check_number: Identifier | None = None
    text: LongText | None = None
