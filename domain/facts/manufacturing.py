"""The product: made, released, received, thawed, or failed and rejected."""

from __future__ import annotations

from typing import Literal

from veinledger.domain.facts.base import Fact, fact
from veinledger.domain.facts.groups import Service
from veinledger.domain.values import (
    Cells,
    Celsius,
    Code,
    Day,
    Identifier,
    LongText,
    Ndc,
    Ordinal,
    Percent,
    Text,
)


@fact("manufacturing.started")
class ManufacturingStarted(Fact):
    """The maker began to make the product from the cells."""

    chain_of_identity: Identifier
    collections: tuple[Identifier, ...] = ()
    """Donation numbers of the collections used."""
    slot: Day | None = None


@fact("manufacturing.failed")
class ManufacturingFailed(Fact):
    """The maker could not make the product."""

    chain_of_identity: Identifier
    non_conformance_reference: Identifier | None = None
    reason: LongText


@fact("manufacturing.released")
class ManufacturingReleased(Fact):
    """The maker released a lot, in or out of specification."""

    chain_of_identity: Identifier
    lot: Identifier
    ndc_on_label: Ndc | None = None
    hcpcs_on_label: Code | None = None
    cells: Cells | None = None
    viability: Percent | None = None
    """Per cent of the cells that are viable."""
    specification: Literal["in", "out"]
    expiry: Day | None = None
    """The last day on which the product may be used."""


@fact("product.deviation_accepted")
class ProductDeviationAccepted(Fact):
    """A physician took responsibility for a product out of specification, under a protocol."""

    chain_of_identity: Identifier
    lot: Identifier | None = None
    provider: Identifier
    """The physician who accepts it."""
    pathway: Literal["IRB", "expanded access", "IND", "emergency IND"]
    number: Identifier
    """The protocol's, programme's or IND's number."""
    consent: Identifier | None = None
    """The patient's consent, by its reference."""
    reason: LongText | None = None


@fact("product.received")
class ProductReceived(Fact):
    """The product arrived and was checked against the patient."""

    chain_of_identity: Identifier
    identity_as_read: Identifier | None = None
    """The chain of identity as read from the label, where somebody read it."""
    lot: Identifier | None = None
    ndc_on_label: Ndc | None = None
    hcpcs_on_label: Code | None = None
    bags: Ordinal | None = None
    temperature: Celsius | None = None
    """Degrees Celsius in the shipper on arrival."""
    checked_by: Identifier | None = None
    condition: Literal["intact", "damaged"] = "intact"
    invoice: Identifier | None = None
    service: Service | None = None


@fact("product.rejected")
class ProductRejected(Fact):
    """The centre turned the product away."""

    chain_of_identity: Identifier
    lot: Identifier | None = None
    reason: LongText
    checked_by: Identifier | None = None


@fact("product.thawed")
class ProductThawed(Fact):
    """The product was thawed and made ready for the infusion."""

    chain_of_identity: Identifier
    lot: Identifier | None = None
    bags: Ordinal | None = None
    identity_as_read: Identifier | None = None
    checked_by: Identifier | None = None
    note: Text | None = None
    service: Service | None = None
