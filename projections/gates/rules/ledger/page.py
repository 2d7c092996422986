"""Whether the product is known well enough to judge an encounter by."""

from __future__ import annotations

from datetime import date
from typing import Final

from veinledger.domain.products.profile import Product
from veinledger.domain.standing.history import Effective
from veinledger.projections.gates.registry import Asked, Found, gate, met, not_met

COMPLETE: Final = "the_product_has_a_complete_page"
"""The one gate that is looked at where the others cannot be."""


@gate
def the_product_has_a_complete_page(asked: Asked) -> Found:
    """Nothing is judged for a product that nobody has described."""
    product = asked.case.product
    return met(f"{product.brand} ({product.generic}) has a complete page")


def no_page(seen: Effective, product: Product | None, on: date) -> Found:
    """Why nothing can be judged: nobody opened the encounter, or no complete page is there."""
    name = seen.state.product
    if name is None:
        return not_met(
            f"nobody had opened the encounter by {on}, so that no product is known",
            remedy="report encounter.opened with product, indication, patient and centre",
        )
    if product is None:
        return not_met(f"no product page is named {name!r}; no other gate was looked at")
    if product.belongs is not None:
        return not_met(
            f"{product.brand} is a {product.kind} and no cell product: {product.belongs}",
            remedy="correct the product of the encounter, or leave it to the drug's own workflow",
        )
    return not_met(f"the page of {product.brand} is not complete; no other gate was looked at")
