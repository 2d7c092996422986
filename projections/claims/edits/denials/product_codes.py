"""Denials 4 and 5: another CAR-T product's code on the account of this one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from veinledger.domain.codebook.book import bare
from veinledger.domain.findings import Finding
from veinledger.domain.products.profile import Product
from veinledger.projections.case.case import Case
from veinledger.projections.case.memo import once
from veinledger.projections.claims.edits.reading import discharge_of, listed, posted_on_any_day, say
from veinledger.projections.claims.edits.registry import Draft, edit
from veinledger.projections.claims.known import known_as, named

COMPARE: Final = (
    "read the label on the bag with the chain of identity: it says which product went in; "
)


@edit("A", "B", "C", "D", denial=4, source="page: denial 4; HCPCS and ICD-10-PCS, row R15")
def a_code_of_another_product_against_the_same_target(draft: Draft) -> Iterator[Finding]:
    """Both are BCMA products for myeloma, and payers see them mixed up most."""
    case = draft.bill.case
    for product, keys, where in _of_others(draft):
        if product.target == case.product.target:
            yield say(
                keys,
                f"{where} is {product.brand}, not {case.product.brand}",
                f"{COMPARE}correct the charge or the coding to {_own(draft)}, or the encounter's "
                "product",
                holds=True,
            )


@edit("A", "B", "C", "D", denial=5, source="page: denial 5; HCPCS and ICD-10-PCS, row R15")
def a_code_of_a_product_against_another_target(draft: Draft) -> Iterator[Finding]:
    """A CD19 product is for lymphoma and leukaemia; myeloma is never treated with one."""
    case = draft.bill.case
    for product, keys, where in _of_others(draft):
        if product.target != case.product.target:
            yield say(
                keys,
                f"{where} is {product.brand}, a {product.target} product; the disease on record is "
                f"treated with {case.product.target}",
                f"{COMPARE}correct the charge or the coding to {_own(draft)}, and see that the "
                "diagnosis is the documented one",
                holds=True,
            )


def _of_others(draft: Draft) -> Iterator[tuple[Product, tuple[str, ...], str]]:
    """Doses and infusion procedures of other products: charged, posted, coded at discharge."""
    doses, procedures = _codes(draft.bill.case)
    for each in (*listed(draft), *posted_on_any_day(draft)):
        if each.code in doses:
            yield doses[each.code], each.records, str(each)
    found = discharge_of(draft.bill)
    for procedure in found[1].procedures if found else ():
        product = procedures.get(bare(procedure.code))
        if product is not None and found is not None:
            yield product, (found[0].key,), f"the coded procedure {procedure.code}"


@once
def _codes(case: Case) -> tuple[dict[str, Product], dict[str, Product]]:
    """The dose codes and infusion procedures of every other CAR-T product, on any day."""
    doses: dict[str, Product] = {}
    procedures: dict[str, Product] = {}
    own = {*known_as(case, *case.product.codes.named())}
    for product in case.rules.products.products:
        if product.kind != case.product.kind or product.name == case.product.name:
            continue
        codes = product.codes
        veins = [m for m in (codes.infusion_peripheral, codes.infusion_central) if m]
        doses |= {code: product for code in known_as(case, codes.dose) if code not in own}
        procedures |= {code: product for code in known_as(case, *veins) if code not in own}
    return doses, procedures


def _own(draft: Draft) -> str:
    return named(draft.bill.case, draft.bill.case.product.codes.dose, draft.bill.last_day)
