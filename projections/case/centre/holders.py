"""Who holds a role in an encounter that a certificate is asked of, as far as facts tell.

A certificate that lies around names nobody: where no fact says who or where, the packet of the
prior authorization and the gates both say what is not told, and neither takes the only holder.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from veinledger.domain.facts.manufacturing import ProductReceived
from veinledger.projections.case.case import Case
from veinledger.projections.case.centre.certificates import COLLECTION, INFUSION
from veinledger.projections.case.centre.places import (
    Named,
    collecting,
    prescriber,
    receiving,
    treating,
)

PRESCRIBER: Final = "prescriber"
PHARMACY: Final = "pharmacy"
_BOOK: Final = "book the step with its facility (appointment.booked), or report the admission"
UNTOLD: Final = {
    COLLECTION: ("no fact tells where the cells will be collected", _BOOK),
    INFUSION: ("no fact tells where the cells will be given", _BOOK),
    PRESCRIBER: (
        "no fact tells who prescribes the product",
        "report who ordered it (product.ordered with its provider), or the ordering provider of "
        "a step",
    ),
    PHARMACY: (
        "no fact tells which pharmacy the product comes to",
        "report the receipt with its facility (product.received with its service)",
    ),
}
"""What is said of a role that no fact gives to anybody, and what to do about it."""


def holder(case: Case, role: str, on: date) -> Named | None:
    """Who holds a role on a day; None where no fact tells."""
    if role == PRESCRIBER:
        return prescriber(case, on)
    if role == PHARMACY:
        return pharmacy(case, on)
    if role == COLLECTION:
        return collecting(case, on) or treating(case, on)
    return treating(case, on)


def pharmacy(case: Case, on: date) -> Named | None:
    """Whoever took the product in; before it comes, whoever the place of treatment has."""
    came = any(True for _ in case.seen.of(ProductReceived))
    return receiving(case, on) if came else treating(case, on)
