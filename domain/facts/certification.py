"""Who may do what, under which programme; a fact of the centre, not of an encounter."""

from __future__ import annotations

from typing import Literal

from veinledger.domain.facts.base import Fact, fact
from veinledger.domain.facts.checks import the_days_are_in_order
from veinledger.domain.values import Day, Identifier, Text

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
