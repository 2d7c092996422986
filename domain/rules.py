"""The rule pack: one edition of the code book and the products, and the name that pins them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from typing import Final, Self, TypeVar

from veinledger.domain.codebook.book import Book, Difference
from veinledger.domain.codebook.entry import Entry, entries_of
from veinledger.domain.codebook.overlay import laid_over
from veinledger.domain.codebook.page import PageError, Table, of_a_site, parsed
from veinledger.domain.codebook.review import Review, review, stale
from veinledger.domain.codebook.statement import Edition
from veinledger.domain.findings import Finding
from veinledger.domain.gates.agreement import refuse_unknown_gates
from veinledger.domain.listed import Listed
from veinledger.domain.listing import TABLES, Listing, folder_of, listing_of
from veinledger.domain.policies.agreement import refuse_unknown_policies
from veinledger.domain.products import overlay as products_overlay
from veinledger.domain.products.catalogue import Products, product

Pages = Mapping[str, bytes]
"""Pages by name: ``codebook/cpt.toml`` or ``products/NAME.toml``."""

FOLDERS: Final = ("codebook", "products", *TABLES)
"""The folders that pages stand in."""

L = TypeVar("L", bound=Listed)


@dataclass(frozen=True, slots=True)
class Rules:
    """What every projection judges by: edition, book, products, and which pack they come from."""

    edition: Edition
    book: Book
    products: Products
    version: str
    """The program's version."""
    digest: str
    """SHA-256 over every page in use, site overlays included, in hexadecimal."""
    listing: Listing = field(default_factory=Listing)
    """Gates, policies and their like."""
    reviews: tuple[Review, ...] = ()
    """When each page was last held against its source, in the order of the pages."""

    @property
    def pack(self) -> str:
        """The rule pack by name: program version and page digest."""
        return f"{self.version}+{self.digest}"

    def code(self, meaning: str, on: date, key: str | None = None) -> Entry:
        """The one entry in force in this edition; raises NotInForce."""
        return self.book.code(meaning, on=on, edition=self.edition, key=key)

    def find(self, meaning: str, on: date, key: str | None = None) -> Entry | None:
        """The one entry in force in this edition, or None."""
        return self.book.find(meaning, on=on, edition=self.edition, key=key)

    def known(self, meaning: str) -> str:
        """What this edition of the book does know of a meaning, as a clause."""
        return self.book.known(meaning, self.edition)

    def differs(self, meaning: str, on: date, key: str | None = None) -> Difference | None:
        """How the other edition would answer, or None where both agree."""
        return self.book.differs(meaning, on=on, edition=self.edition, key=key)

    def one_of(self, family: str, code: str | None, on: date) -> bool:
        """Whether a code belongs to the families that a rule lists; 012x is ten codes."""
        listed = self.find(family, on)
        named = (self.find(part, on) for part in (listed.parts if listed else ()))
        return code is not None and any(entry.covers(code) for entry in named if entry)

    def listed(self, kind: type[L], on: date) -> tuple[L, ...]:
        """The rows of one kind (gates, policies, what they ask) in force in this edition."""
        return self.listing.in_force(kind, on, self.edition)

    def stale(self, on: date, folder: str | None = None) -> tuple[Finding, ...]:
        """A notice for each page, of one folder or of all, that may be behind its source."""
        pages = (each for each in self.reviews if folder in (None, folder_of(each.file)))
        return stale(pages, on)

    def under(self, edition: Edition) -> Self:
        """The same pack read in another edition."""
        return replace(self, edition=edition)


def rules_of(
    pages: Pages, *, edition: Edition, version: str, overlays: Sequence[Pages] = ()
) -> Rules:
    """The rules that pages hold, with the pages of sites laid over them one after the other.

    Raises PageError for a bad page, and for a product that names a meaning missing from the book.
    """
    over = [_named(pages_of_site, order) for order, pages_of_site in enumerate(overlays, start=1)]
    parts = {file: parsed(file, content) for file, content in _in("codebook", pages)}
    book = Book.of(_entries(parts))
    products = Products.of(product(file, content) for file, content in _in("products", pages))
    listing = listing_of(dict(_listed(pages)))
    reviews = _reviews({**parts, **_parsed(_listed(pages))})
    for each in over:
        tables = {file: parsed(file, content) for file, content in _in("codebook", each)}
        book = Book.of(laid_over(book, Book.of(_entries(tables))))
        products = _products_over(products, each)
        site = listing_of(dict(_listed(each)))
        refuse_unknown_gates(listing, site)
        listing = listing.laid_under(site)
        reviews |= _reviews({**tables, **_parsed(_listed(each))})
    refuse_unknown_policies(listing)
    _refuse_unknown_parts(book)
    _refuse_unknown_meanings(book, products)
    digest = digest_of({**pages, **{name: c for each in over for name, c in each.items()}})
    known = tuple(reviews.values())
    return Rules(edition, book, products, version, digest, listing=listing, reviews=known)


def digest_of(pages: Pages) -> str:
    """SHA-256 over names and bytes in name order, each with its length before it."""
    told = sha256()
    for name, content in sorted(pages.items()):
        for part in (name.encode(), content):
            told.update(len(part).to_bytes(8, "big") + part)
    return told.hexdigest()


def _named(pages: Pages, order: int) -> Pages:
    return {of_a_site(name, order): content for name, content in pages.items()}


def _in(folder: str, pages: Pages) -> Iterator[tuple[str, bytes]]:
    """The pages of one folder in the order of their names."""
    for file, content in sorted(pages.items()):
        if folder_of(file) not in FOLDERS or "/" not in _place(file):
            listed = ", ".join(f"{each}/" for each in FOLDERS)
            raise PageError(f"{file} is no page of {listed}; move it into one of them")
        if folder_of(file) == folder:
            yield file, content


def _listed(pages: Pages) -> Iterator[tuple[str, bytes]]:
    for folder in TABLES:
        yield from _in(folder, pages)


def _parsed(pages: Iterator[tuple[str, bytes]]) -> dict[str, Table]:
    return {file: parsed(file, content) for file, content in pages}


def _place(file: str) -> str:
    """A page's folder and name, whoever's it is."""
    return file.rpartition(": ")[2]


def _entries(parts: Mapping[str, Table]) -> Iterator[Entry]:
    return (entry for file, page in parts.items() for entry in entries_of(file, page))


def _reviews(parts: Mapping[str, Table]) -> dict[str, Review]:
    """By place, so that a site that reviewed a page by itself speaks for that page."""
    found = ((_place(file), review(file, page)) for file, page in parts.items())
    return {place: each for place, each in found if each}


def _products_over(products: Products, pages: Pages) -> Products:
    known = products.products
    for file, content in _in("products", pages):
        known = products_overlay.laid_over(known, file, content)
    return Products.of(known)


def _refuse_unknown_parts(book: Book) -> None:
    for entry in book:
        for part in entry.parts:
            if part not in book.shelf:
                raise PageError(
                    f"{entry.file}, meaning {entry.meaning!r}: field 'parts' lists {part!r}, which"
                    " no page of the code book has; add an entry, or correct the name"
                )


def _refuse_unknown_meanings(book: Book, products: Products) -> None:
    for each in products.products:
        for meaning in each.meanings():
            if meaning not in book.shelf:
                raise PageError(
                    f"products/{each.name}.toml names the meaning {meaning!r}, which no page of "
                    "the code book has; add an entry, or correct the name"
                )
