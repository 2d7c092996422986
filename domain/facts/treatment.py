"""What was given to the patient: bridging, lymphodepletion, the cells, and what they called for."""

from __future__ import annotations

from typing import Literal

from veinledger.domain.facts.base import Fact, fact
from veinledger.domain.facts.groups import Acquisition, Drug, Service
from veinledger.domain.values import (
    Cells,
    Code,
    Count,
    Dollars,
    Identifier,
    Kilograms,
    LongText,
    Ndc,
    Ordinal,
    SquareMetres,
    Text,
)

Agent = Literal["fludarabine", "cyclophosphamide", "bendamustine", "other"]


@fact("bridging.given")
class BridgingGiven(Fact):
    """The disease was held down while the cells were made. The ledger does not bill it."""

    regimen: Text
    drug: Drug | None = None
    service: Service


@fact("lymphodepletion.dose_given")
class LymphodepletionDoseGiven(Fact):
    """One dose of one agent of the lymphodepleting chemotherapy went in."""

    course: Ordinal = 1
    """Which course; a second one is given where the infusion slipped."""
    agent: Agent
    bsa: SquareMetres | None = None
    """Body surface area that the dose was calculated with, m2."""
    drug: Drug
    service: Service


@fact("lymphodepletion.held")
class LymphodepletionHeld(Fact):
    """A planned dose was not given."""

    course: Ordinal = 1
    agent: Agent | None = None
    reason: LongText
    provider: Identifier | None = None


@fact("cells.infused")
class CellsInfused(Fact):
    """The cells went in. Day 0."""

    chain_of_identity: Identifier
    lot: Identifier | None = None
    ndc_on_label: Ndc | None = None
    hcpcs_on_label: Code | None = None
    bags: Count
    extent: Literal["complete", "partial"]
    cells: Cells | None = None
    """CAR-positive viable T cells infused."""
    weight: Kilograms | None = None
    access: Literal["peripheral", "central"]
    verifiers: tuple[Identifier, Identifier]
    """The two persons who read the label against the patient."""
    acquisition: Acquisition = "purchased"
    acquired_under_340b: bool = False
    invoice_amount: Dollars | None = None
    """What the centre paid for the product."""
    trial: Identifier | None = None
    """The trial's or expanded access programme's number."""
    service: Service

    def __post_init__(self) -> None:
        if self.verifiers[0] == self.verifiers[1]:
            raise ValueError("two different persons verify the label")


@fact("infusion.cancelled")
class InfusionCancelled(Fact):
    """A planned infusion did not take place; the cells may still be good."""

    chain_of_identity: Identifier
    reason: LongText
    product_discarded: bool = False
    provider: Identifier | None = None


@fact("tocilizumab.given")
class TocilizumabGiven(Fact):
    """A dose of tocilizumab went in."""

    dose_number: Ordinal | None = None
    """Which dose of this episode."""
    drug: Drug
    indication: Literal["CRS", "ICANS", "HLH/MAS", "other"] = "CRS"
    service: Service


@fact("supportive.given")
class SupportiveGiven(Fact):
    """A supportive drug or blood product was given."""

    agent: Text
    drug: Drug
    indication: Text
    service: Service
