"""The rule pack: one edition of the code book and the products, and the name that pins them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Self

from veinledger.domain.codebook.book import Book, Difference
from veinledger.domain.codebook.entry import Entry, entries
from veinledger.domain.codebook.page import PageError
from veinledger.domain.codebook.statement import Edition
from veinledger.domain.products.catalogue import Products, product


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

    def differs(self, meaning: str, on: date, key: str | None = None) -> Difference | None:
        """How the other edition would answer, or None where both agree."""
        return self.book.differs(meaning, on=on, edition=self.edition, key=key)

    def under(self, edition: Edition) -> Self:
        """The same pack read in another edition."""
        return replace(self, edition=edition)


def rules_of(pages: Mapping[str, bytes], *, edition: Edition, version: str) -> Rules:
    """The rules that pages hold, named ``codebook/cpt.toml`` or ``products/NAME.toml``.

    Raises PageError for a bad page, and for a product that names a meaning missing from the book.
    """
    named = sorted(pages.items())
    book = Book.of(
        e for file, content in named if _in("codebook", file) for e in entries(file, content)
    )
    products = Products.of(
        product(file, content) for file, content in named if _in("products", file)
    )
    _refuse_unknown_meanings(book, products)
    return Rules(edition, book, products, version, digest_of(pages))


def digest_of(pages: Mapping[str, bytes]) -> str:
    """SHA-256 over names and bytes in name order, each with its length before it."""
    told = sha256()
    for name, content in sorted(pages.items()):
        for part in (name.encode(), content):
            told.update(len(part).to_bytes(8, "big") + part)
    return told.hexdigest()


def _in(folder: str, file: str) -> bool:
    if not file.startswith(("codebook/", "products/")):
        raise PageError(f"{file} is no page of codebook/ or products/; move it into one of them")
    return file.startswith(f"{folder}/")


def _refuse_unknown_meanings(book: Book, products: Products) -> None:
    for each in products.products:
        for meaning in each.meanings():
            if meaning not in book.shelf:
                raise PageError(
                    f"products/{each.name}.toml names the meaning {meaning!r}, which no page of "
                    "the code book has; add an entry, or correct the name"
                )
