"""An encounter without claims: its product is no CAR-T, or no complete page describes it."""

from __future__ import annotations

from veinledger.domain.findings import Finding
from veinledger.domain.products.profile import Product
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import Effective
from veinledger.projections.claims.shapes import ClaimSet


def without_claims(seen: Effective, rules: Rules, product: Product | None) -> ClaimSet:
    """No claim, and why: said on the opening of the encounter, once there is one."""
    openings = tuple(r.key for r in seen.records if r.fact.type == "encounter.opened")
    no_cells = product is not None and product.belongs is not None
    why = _no_car_t(product, openings) if product and no_cells else _no_page(openings)
    return ClaimSet(
        encounter=seen.encounter,
        edition=rules.edition,
        rule_pack=rules.digest,
        findings=(*seen.findings, *((why,) if openings else ())),
    )


def _no_page(openings: tuple[str, ...]) -> Finding:
    return Finding(
        rule="an_encounter_is_judged_by_a_complete_product_page",
        severity="critical",
        reason="no complete product page describes the product of this encounter",
        remedy="add the page with its codes, regimen and calendar, or correct the product",
        source="docs/editions.md",
        records=openings,
        holds=True,
    )


def _no_car_t(product: Product, openings: tuple[str, ...]) -> Finding:
    """A bispecific antibody: known, and billed elsewhere."""
    elsewhere = (product.belongs or "").removesuffix(".")
    return Finding(
        rule="an_encounter_is_about_a_car_t_product",
        severity="critical",
        reason=(
            f"{product.brand} ({product.generic}) is a {product.target} {product.kind} antibody,"
            f" no CAR-T product. {elsewhere}"
        ),
        remedy=(
            "bill its doses where they were given, and close this encounter; if cells were meant,"
            " correct the product of the encounter"
        ),
        source=f"product page {product.name}: {product.source}; {product.row}",
        records=openings,
        holds=True,
    )
