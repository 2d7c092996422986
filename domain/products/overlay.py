"""A site's own product pages laid over the shipped ones: single statements, or a new product."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

from veinledger.domain.codebook.overlay import without
from veinledger.domain.codebook.page import Table, fields, only, parsed, read, rows, signed
from veinledger.domain.codebook.statement import Statement
from veinledger.domain.products.catalogue import TABLES, product, refuse_overlap
from veinledger.domain.products.profile import Product

S = TypeVar("S", bound=Statement)


def laid_over(shipped: Iterable[Product], file: str, content: bytes) -> tuple[Product, ...]:
    """The products with one page of a site over them; raises PageError naming file and field.

    A page that names a known product says only what is to be different. One that names no known
    product describes it whole.
    """
    known = tuple(shipped)
    page = parsed(file, content)
    under = next((each for each in known if each.name == page.get("name")), None)
    if under is None:
        return (*known, product(file, content))
    return tuple(_over(each, file, page) if each is under else each for each in known)


def _over(under: Product, file: str, page: Table) -> Product:
    only(file, page, fields(Product))
    own = {table: _own(file, page, table, kind) for table, kind in TABLES.items()}
    for table, statements in own.items():
        refuse_overlap(file, table, statements)
    merged = {
        table: (*statements, *left_of(getattr(under, table), statements))
        for table, statements in own.items()
    }
    return replace(_with_fields(under, file, page), **cast("dict[str, Any]", merged))


def _own(file: str, page: Table, table: str, kind: type[Statement]) -> tuple[Statement, ...]:
    return tuple(
        read(kind, file, f"{table} {number}", signed(file, row))
        for number, row in enumerate(rows(file, page, table), start=1)
    )


def _with_fields(under: Product, file: str, page: Table) -> Product:
    """The shipped product with the single fields that a site's page gives."""
    given = {field: value for field, value in page.items() if field not in TABLES}
    told = cast("Table", TypeAdapter(Product).dump_python(under, mode="json", by_alias=True))
    merged = {**told, **signed(file, given)}
    if isinstance(given.get("codes"), dict):
        merged["codes"] = {**cast("Table", told["codes"]), **cast("Table", given["codes"])}
    return read(Product, file, "product", merged)


def left_of(statements: Iterable[S], claims: Iterable[Statement]) -> tuple[S, ...]:
    """The pieces of shipped statements that no statement of the site of the same name takes."""
    pieces = tuple(statements)
    for claim in claims:
        pieces = tuple(
            left
            for piece in pieces
            for left in (without(piece, claim) if _same(piece, claim) else (piece,))
        )
    return pieces


def _same(one: Statement, other: Statement) -> bool:
    """Whether two statements of one table are about the same thing; most tables have no names."""
    return getattr(one, "name", None) == getattr(other, "name", None)
