"""The centre as its site pages say it: each page parsed, each row checked, nothing ambiguous."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeVar

from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.checks import Rows, refuse_ambiguity, refuse_strangers
from veinledger.domain.centre.directory import (
    Charge,
    Connection,
    Contract,
    Facility,
    Payer,
    Provider,
)
from veinledger.domain.codebook.page import Table, only, read, rows

TABLES: Final = ("facility", "provider", "payer", "contract", "charge", "connection")

T = TypeVar("T")


def centre_of(pages: Mapping[str, Table]) -> Centre:
    """The centre that parsed site pages describe; raises PageError naming file, table and field."""
    for file, page in pages.items():
        only(file, page, TABLES)
    found = Rows(
        facilities=_gathered(Facility, "facility", pages),
        providers=_gathered(Provider, "provider", pages),
        payers=_gathered(Payer, "payer", pages),
        contracts=_gathered(Contract, "contract", pages),
        charges=_gathered(Charge, "charge", pages),
    )
    refuse_ambiguity(found)
    refuse_strangers(found)
    connections = _gathered(Connection, "connection", pages)
    return Centre(
        facilities=tuple(row for _, row in found.facilities),
        providers=tuple(row for _, row in found.providers),
        payers=tuple(row for _, row in found.payers),
        contracts=tuple(row for _, row in found.contracts),
        charges=tuple(row for _, row in found.charges),
        connections=tuple(row for _, row in connections),
    )


def _gathered(kind: type[T], table: str, pages: Mapping[str, Table]) -> tuple[tuple[str, T], ...]:
    """Every row of a table in every page, each with the words for where it stands."""
    return tuple(
        (f"{file}, {table} {number}", read(kind, file, f"{table} {number}", row))
        for file, page in pages.items()
        for number, row in enumerate(rows(file, page, table), start=1)
    )
