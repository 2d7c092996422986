"""Whose code and whose NDC it is: what a label says, in the words of products and code book."""

from __future__ import annotations

from datetime import date

from veinledger.domain.codebook.entry import Entry, System
from veinledger.domain.codebook.ndc import product_of
from veinledger.domain.products.profile import Product
from veinledger.projections.case.case import Case


def is_own(case: Case, ndc: str, day: date) -> bool:
    """Whether an NDC is on a true label of the product, or what this edition takes for one."""
    labelled = product_of(ndc)
    by_book = case.rules.find(case.product.codes.ndc, day) if case.product.codes.ndc else None
    if labelled in case.product.ndcs or (by_book and labelled == product_of(by_book.code)):
        return True
    return _labeler(ndc) not in _true_labelers(case.product) and is_own_maker(case, ndc, day)


def is_own_code(case: Case, code: str, day: date) -> bool:
    """Whether a HCPCS code is the product's; before the book has one, whether no other's."""
    own = case.rules.find(case.product.codes.dose, day)
    if own is not None:
        return code == own.code
    rules = case.rules
    return rules.products.by_hcpcs(code, rules.book, day, rules.edition) is None


def is_own_maker(case: Case, ndc: str, day: date) -> bool:
    """Whether the labeler of an NDC is the product's, by its true labels or by this edition."""
    entry = _labeler_entry(case, day)
    own = _true_labelers(case.product) | ({entry.code} if entry else set[str]())
    return not own or _labeler(ndc) in own


def own_makers(case: Case, day: date) -> str:
    """Who labels the product in this edition."""
    entry = _labeler_entry(case, day)
    return f"{entry.label}, labeler {entry.code}" if entry else case.product.manufacturer


def maker(case: Case, ndc: str, day: date) -> str:
    """Who labels an NDC, as far as the book knows labelers."""
    labeler = _labeler(ndc)
    known = _carrying(case, "NDC", labeler, day)
    return f"{known[0].label}, labeler {labeler}" if known else f"labeler {labeler}, unknown here"


def ndc_in_words(case: Case, ndc: str, day: date) -> str:
    """What an NDC is, as far as products and book know it."""
    labelled = product_of(ndc)
    product = case.rules.products.by_ndc(ndc)
    if product is not None:
        return f"{product.brand} ({product.target} {product.kind})"
    known = [
        entry
        for entry in case.rules.book
        if entry.system == "NDC" and "-" in entry.code and product_of(entry.code) == labelled
    ]
    in_force = [entry for entry in known if entry.holds(day, case.rules.edition)]
    return in_force[0].label if in_force else "no product that this program knows"


def code_in_words(case: Case, code: str, day: date) -> str:
    """What a HCPCS code bills, with the class of a product of another class."""
    rules = case.rules
    other = rules.products.by_hcpcs(code, rules.book, day, rules.edition)
    if other is not None:
        return f"which is {other.brand}, {_class(case, other, day)}"
    known = _carrying(case, "HCPCS", code, day)
    return f"which is {known[0].label}" if known else "which is no code that this program knows"


def _class(case: Case, other: Product, day: date) -> str:
    kind = f"{other.target} {other.kind}"
    entry = case.rules.find("diseases_of_target", day, other.target)
    if entry is None or other.target == case.product.target:
        return f"another {kind}"
    return f"a {kind} for {entry.label}"


def _carrying(case: Case, system: System, code: str, day: date) -> tuple[Entry, ...]:
    return case.rules.book.carrying(system, code, on=day, edition=case.rules.edition)


def _labeler(ndc: str) -> str:
    return product_of(ndc).partition("-")[0]


def _true_labelers(product: Product) -> set[str]:
    return {_labeler(ndc) for ndc in product.ndcs}


def _labeler_entry(case: Case, day: date) -> Entry | None:
    meaning = case.product.codes.labeler
    return case.rules.find(meaning, day) if meaning else None
