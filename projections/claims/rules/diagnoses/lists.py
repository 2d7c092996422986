"""What the code book says about a diagnosis code: its list, its parents, whether it is in force."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from veinledger.domain.codebook.entry import Entry, System
from veinledger.projections.case.case import Case
from veinledger.projections.case.memo import once
from veinledger.projections.claims.bills.bill import Bill

_PLACEHOLDER: Final = "X"
"""ICD-10-CM fills the places before a seventh character with it."""
SUBCATEGORY: Final = len("C83.3")


def coded_on(bill: Bill) -> date:
    """The day that picks ICD-10-CM: the discharge inpatient, else the first service."""
    return bill.coding_day(bill.anchor.day)


def codes_in(bill: Bill, name: str) -> dict[str, str]:
    """The codes in force of a list of the book, in its order, each with its meaning.

    A list may be for the products of one target only.
    """
    return _listed(bill.case, name, coded_on(bill))


@once
def _listed(case: Case, name: str, on: date) -> dict[str, str]:
    rules = case.rules
    entry = rules.find(name, on, case.product.target)
    found = ((part, rules.find(part, on)) for part in (entry.parts if entry else ()))
    return {each.code: part for part, each in found if each is not None}


@once
def is_the_disease(bill: Bill, code: str | None) -> bool:
    """Whether a code is of the disease that is treated: a claim has one such code.

    One of the book's list for the product, or of the subcategory of the code last assessed: C83.38
    beside C83.30 is the same lymphoma at more sites.
    """
    assessed = bill.case.assessment(bill.anchor.day)
    known = assessed[1].code if assessed else None
    alike = known is not None and code is not None and code[:SUBCATEGORY] == known[:SUBCATEGORY]
    return code in codes_in(bill, "disease_codes") or (alike and kin(bill, code or "").billable)


def parents_of(codes: Iterable[str]) -> frozenset[str]:
    """The parents that a family of leaves shares: D89.83 for D89.831 to D89.839."""
    headings = {code[:-1] for code in codes}
    return frozenset({*headings, *(each.rstrip(_PLACEHOLDER) for each in headings)})


def belongs_to(code: str | None, codes: Iterable[str]) -> bool:
    """Whether a code is one of a family, or the parent that the family shares."""
    family = tuple(codes)
    return code in family or code in parents_of(family)


def within(code: str | None, chapters: Entry | None) -> bool:
    """Whether a code lies in one of the spans of categories of an entry, as A00-B99_J09-J18."""
    if code is None or chapters is None:
        return False
    spans = (each.partition("-") for each in chapters.code.split("_"))
    return any(first <= code[: len(first)] <= last for first, _, last in spans)


@once
def checked(bill: Bill) -> bool:
    """Whether the edition asks more of documented codes than that they were documented."""
    return bill.case.rules.find("documented_code_check", bill.last_day) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """A code in the book, with those that it is split into and those that it is split from."""

    in_force: bool
    """Whether the book has this very code in force on the day that picks it."""
    below: tuple[str, ...]
    """In force with more characters: what a parent is split into."""
    above: tuple[str, ...]
    """In force with fewer: D69.1 for D69.19 until that begins."""
    spans: tuple[str, ...]
    """When the book has it in force in this edition; nothing where it does not know it."""

    @property
    def billable(self) -> bool:
        """Whether the book has nothing against it; a code that it does not know passes."""
        return self.in_force or not (self.below or self.spans)


def kin(bill: Bill, code: str, system: System = "ICD-10-CM") -> Kin:
    """What the book knows of a code and its family on the day that picks it."""
    return _kin(bill.case, code, system, coded_on(bill))


@once
def _kin(case: Case, code: str, system: System, on: date) -> Kin:
    rules = case.rules
    related = [e for e in rules.book.family(system, code) if rules.edition in e.editions]
    codes = sorted({each.code for each in related if each.holds(on, rules.edition)})
    return Kin(
        in_force=code in codes,
        below=tuple(each for each in codes if len(each) > len(code)),
        above=tuple(each for each in codes if len(each) < len(code)),
        spans=tuple(each.span for each in related if each.code == code),
    )


def why_not(bill: Bill, code: str, system: System = "ICD-10-CM") -> str:
    """What is wrong with a code on its day, and what the book has instead."""
    known = kin(bill, code, system)
    instead = known.below or known.above
    use = f"; the book has {', '.join(instead)}" if instead else ""
    if known.spans:
        when = " and ".join(known.spans)
        return f"{code} is not in force on {coded_on(bill)}, only {when}{use}"
    return f"{code} is a parent and not billable{use}"


def not_billable(bill: Bill, code: str) -> str | None:
    """What is wrong with a code on its day; None where the book has nothing against it."""
    return None if kin(bill, code).billable else why_not(bill, code)
