"""All known products: read from their pages, found by name, by label or by code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final, Self

from veinledger.domain.codebook.book import Book
from veinledger.domain.codebook.ndc import product_of
from veinledger.domain.codebook.page import (
    PageError,
    Table,
    fields,
    only,
    parsed,
    read,
    rows,
    signed,
)
from veinledger.domain.codebook.statement import Edition, Statement, overlap
from veinledger.domain.products.described import (
    Approval,
    BoxedWarning,
    Choice,
    Description,
    Reference,
)
from veinledger.domain.products.profile import Calendar, Indication, Product, Programme
from veinledger.domain.products.treatment import Dose, Regime, Regimen, Scoped

TABLES: Final[dict[str, type[Statement]]] = {
    "doses": Dose,
    "indications": Indication,
    "regimens": Regimen,
    "regimes": Regime,
    "calendars": Calendar,
    "programmes": Programme,
    "descriptions": Description,
    "choices": Choice,
    "boxed_warnings": BoxedWarning,
    "approvals": Approval,
    "references": Reference,
}
"""The arrays of tables of a product page and what one row of each is."""


class UnknownProduct(LookupError):
    """No page describes a product of this name; the text lists those that exist."""


@dataclass(frozen=True, slots=True)
class Products:
    """Every product, in the order of their names."""

    products: tuple[Product, ...]

    @classmethod
    def of(cls, products: Iterable[Product]) -> Self:
        """A catalogue; raises PageError where two pages share a name or an NDC."""
        ordered = tuple(sorted(products, key=lambda product: product.name))
        _refuse_twins([product.name for product in ordered], "name")
        _refuse_twins([ndc for product in ordered for ndc in product.ndcs], "NDC product")
        return cls(ordered)

    def find(self, name: str | None) -> Product | None:
        """The product of this name, or None."""
        return next((product for product in self.products if product.name == name), None)

    def named(self, name: str) -> Product:
        """The product of this name; raises UnknownProduct."""
        for product in self.products:
            if product.name == name:
                return product
        known = ", ".join(product.name for product in self.products)
        raise UnknownProduct(f"no product page is named {name!r}; there are {known}")

    def by_ndc(self, ndc: str) -> Product | None:
        """Whose true label carries this NDC; raises ValueError for a text that is no NDC."""
        labelled = product_of(ndc)
        return next((p for p in self.products if labelled in p.ndcs), None)

    def by_hcpcs(self, code: str, book: Book, on: date, edition: Edition) -> Product | None:
        """Whose dose this code bills on a day."""
        for product in self.products:
            entry = book.find(product.codes.dose, on=on, edition=edition)
            if entry and entry.code == code:
                return product
        return None


def product(file: str, content: bytes) -> Product:
    """The product that a page describes; raises PageError naming file, table and field."""
    page = parsed(file, content)
    only(file, page, fields(Product))
    for table, kind in TABLES.items():
        _check_rows(file, page, table, kind)
    made = read(Product, file, "product", _signed(file, page))
    for table in TABLES:
        refuse_overlap(file, table, getattr(made, table))
        _refuse_unknown_indications(file, table, made)
    return made


def _check_rows(file: str, page: Table, table: str, kind: type[Statement]) -> None:
    """Each row once by itself, so that an error names the row and not a path into the page."""
    for number, row in enumerate(rows(file, page, table), start=1):
        read(kind, file, f"{table} {number}", row)


def _signed(file: str, page: Table) -> Table:
    """A page of a site, with the site as the source of it and of each of its rows."""
    told = {name: [signed(file, row) for row in rows(file, page, name)] for name in TABLES}
    return {**signed(file, page), **told}


def refuse_overlap(file: str, table: str, statements: tuple[Statement, ...]) -> None:
    """Refuses two statements of one name that claim the same day in the same edition."""

    def name(statement: Statement) -> str:
        return str(getattr(statement, "name", None) or "")

    for same, group in groupby(sorted(statements, key=name), key=name):
        if clash := overlap(tuple(group)):
            one, two, edition = clash
            where = f"{file}, {table} {same}".rstrip()
            raise PageError(
                f"{where}: {two.span} and {one.span} claim the same day in edition {edition}; "
                "end one where the other begins"
            )


def _refuse_unknown_indications(file: str, table: str, made: Product) -> None:
    """A dose or a regimen for an indication that the page does not have would never be found."""
    known = dict.fromkeys(each.name for each in made.indications)
    for number, row in enumerate(getattr(made, table), start=1):
        named = row.indications if isinstance(row, Scoped) else ()
        for name in named:
            if name not in known:
                raise PageError(
                    f"{file}, {table} {number}: field 'indications' names {name!r}; the page has "
                    f"{', '.join(known) or 'no indications'}"
                )


def _refuse_twins(values: list[str], what: str) -> None:
    for value in values:
        if values.count(value) > 1:
            raise PageError(f"products: two pages claim the {what} {value}; one of them is wrong")
