"""The cells on their way out: the order, the collections, what was prepared and shipped."""

from __future__ import annotations

from typing import Literal

from veinledger.domain.facts.base import Fact, fact
from veinledger.domain.facts.groups import Service
from veinledger.domain.values import Day, Identifier, LongText, Quantity, Text


@fact("product.ordered")
class ProductOrdered(Fact):
    """The product was ordered from its maker, who gave the chain of identity."""

    chain_of_identity: Identifier
    product: Identifier | None = None
    """The product page's name, where the order says another than the encounter's."""
    order: Identifier | None = None
    slot: Day | None = None
    """The manufacturing slot offered."""
    provider: Identifier | None = None
    """Who prescribes the product, by directory name."""


@fact("apheresis.completed")
class ApheresisCompleted(Fact):
    """Cells were collected on one day. A further day is a further fact."""

    chain_of_identity: Identifier | None = None
    donation_number: Identifier | None = None
    """The donation identification number on the collection bag."""
    procedure: Literal["single", "multiple"] = "single"
    """Whether this was one of several collections (ICD-10-PCS asks)."""
    volume: Quantity | None = None
    """mL collected."""
    conditions_met: bool | None = None
    service: Service

    def __post_init__(self) -> None:
        if self.chain_of_identity is None and self.donation_number is None:
            raise ValueError("a collection has a chain of identity or a donation number")


@fact("apheresis.failed")
class ApheresisFailed(Fact):
    """A collection was begun and gave nothing that can be used."""

    chain_of_identity: Identifier | None = None
    donation_number: Identifier | None = None
    reason: LongText
    service: Service


@fact("cells.prepared")
class CellsPrepared(Fact):
    """The collected cells were made ready for transport."""

    chain_of_identity: Identifier
    donation_number: Identifier | None = None
    preparation: Literal["fresh", "cryopreserved"] | None = None
    service: Service | None = None


@fact("cells.shipped")
class CellsShipped(Fact):
    """The collected cells left for the maker."""

    chain_of_identity: Identifier
    donation_number: Identifier | None = None
    carrier: Text | None = None
    tracking: Identifier | None = None
