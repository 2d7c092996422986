"""What the code book says about a diagnosis code: its list, its parents, whether it is in force."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from veinledger.domain.codebook.entry import Entry
from veinledger.projections.claims.bills.bill import Bill

_PLACEHOLDER: Final = "X"
"""ICD-10-CM fills the places before a seventh character with it."""


def coded_on(bill: Bill) -> date:
    """The day that picks ICD-10-CM: the discharge inpatient, else the first service."""
    return bill.coding_day(bill.anchor.day)


def codes_in(bill: Bill, name: str) -> dict[str, str]:
    """The codes in force of a list of the book, in its order, each with its meaning."""
    rules, on = bill.case.rules, coded_on(bill)
    entry = rules.find(name, on)
    found = ((part, rules.find(part, on)) for part in (entry.parts if entry else ()))
    return {each.code: part for part, each in found if each is not None}


def parents_of(codes: Iterable[str]) -> frozenset[str]:
    """The parents that a family of leaves shares: D89.83 for D89.831 to D89.839."""
    headings = {code[:-1] for code in codes}
    return frozenset({*headings, *(each.rstrip(_PLACEHOLDER) for each in headings)})


def belongs_to(code: str | None, codes: Iterable[str]) -> bool:
    """Whether a code is one of a family, or the parent that the family shares."""
    family = tuple(codes)
    return code in family or code in parents_of(family)


def within(code: str | None, chapter: Entry | None) -> bool:
    """Whether a code lies in a span of categories that the book names, as A00-B99."""
    if code is None or chapter is None:
        return False
    first, _, last = chapter.code.partition("-")
    return first <= code[: len(first)] <= last


def in_force(bill: Bill, code: str, system: str = "ICD-10-CM") -> bool:
    """Whether the book has this very code in force on the day that picks it."""
    return any(each.code == code for each in _standing(bill, system))


def below(bill: Bill, code: str, system: str = "ICD-10-CM") -> tuple[str, ...]:
    """The codes in force that have more characters: what a parent is split into."""
    found = (each.code for each in _standing(bill, system))
    return tuple(sorted({each for each in found if each != code and each.startswith(code)}))


def above(bill: Bill, code: str, system: str = "ICD-10-CM") -> tuple[str, ...]:
    """The codes in force that it is split from: D69.1 while D69.19 is not in force yet."""
    found = (each.code for each in _standing(bill, system))
    return tuple(sorted({each for each in found if each != code and code.startswith(each)}))


def spans_of(bill: Bill, code: str, system: str = "ICD-10-CM") -> tuple[str, ...]:
    """When the book has a code in force, in this edition; nothing where it does not know it."""
    rules = bill.case.rules
    return tuple(
        each.span
        for each in rules.book
        if (each.system, each.code) == (system, code) and rules.edition in each.editions
    )


def _standing(bill: Bill, system: str) -> list[Entry]:
    rules, on = bill.case.rules, coded_on(bill)
    return [e for e in rules.book if e.system == system and e.holds(on, rules.edition)]
