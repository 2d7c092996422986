"""Tables of dated statements beside the code book: gates, policies of payers, and their like.

A folder of pages holds tables; a row of a table is one statement with a name. A site's page lies
over the shipped ones row by row: a row takes the place of those that say the same thing, on the
days and in the editions that it claims.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final, Self, TypeVar, cast

from veinledger.domain.appeals.reason import NoDenial, Reason, Sign
from veinledger.domain.appeals.support import Citation, Paper
from veinledger.domain.codebook.overlay import without
from veinledger.domain.codebook.page import PageError, Table, only, parsed, read, rows, signed
from veinledger.domain.codebook.review import FIELDS as REVIEW
from veinledger.domain.codebook.statement import Edition, in_force, overlap
from veinledger.domain.gates.gate import GateRule
from veinledger.domain.listed import Listed
from veinledger.domain.obligations.limits import AppealLimit, FilingLimit, Notice
from veinledger.domain.obligations.series import AdviceOwed, Expected, Series
from veinledger.domain.policies.policy import Ask, Policy
from veinledger.domain.prices.price import (
    FileMustList,
    MedicareAmount,
    PaidElsewhere,
    PaymentLimits,
)
from veinledger.domain.support.programme import Offer, Programme
from veinledger.domain.surveillance.closer import CloserWatch

TABLES: Final[Mapping[str, Mapping[str, type[Listed]]]] = {
    "appeals": {
        "reason": Reason,
        "sign": Sign,
        "no_denial": NoDenial,
        "citation": Citation,
        "paper": Paper,
    },
    "gates": {"gate": GateRule},
    "policies": {"policy": Policy, "ask": Ask},
    "prices": {
        "amount": MedicareAmount,
        "elsewhere": PaidElsewhere,
        "file_must_list": FileMustList,
        "limits": PaymentLimits,
    },
    "support": {"programme": Programme, "offer": Offer},
    "surveillance": {"closer": CloserWatch},
    "obligations": {
        "series": Series,
        "expected": Expected,
        "advice": AdviceOwed,
        "filing": FilingLimit,
        "appeal": AppealLimit,
        "notice": Notice,
    },
}
"""The tables of each folder of pages, and what one row of each is."""

_ANSWERS_AT_MOST: Final = 20_000
_Asked = tuple[type[Listed], date, Edition]

L = TypeVar("L", bound=Listed)
_Rows = Mapping[type[Listed], tuple[Listed, ...]]


@dataclass(frozen=True, slots=True)
class Listing:
    """Every row of every table, by what it is."""

    by_kind: _Rows = field(default_factory=lambda: MappingProxyType({}))
    _known: dict[_Asked, tuple[Listed, ...]] = field(
        default_factory=dict[_Asked, tuple[Listed, ...]], init=False, repr=False, compare=False
    )
    """What was answered: a list over all encounters asks the same of a few thousand days."""

    def all(self, kind: type[L]) -> tuple[L, ...]:
        """Every row of one kind, whatever its days, in page order."""
        return cast("tuple[L, ...]", self.by_kind.get(kind, ()))

    def in_force(self, kind: type[L], on: date, edition: Edition) -> tuple[L, ...]:
        """The rows of one kind that hold on a day in an edition, in page order."""
        asked = (kind, on, edition)
        known = self._known.get(asked)
        if known is None:
            known = in_force(self.all(kind), on, edition)
            if len(self._known) >= _ANSWERS_AT_MOST:
                self._known.clear()
            self._known[asked] = known
        return cast("tuple[L, ...]", known)

    def laid_under(self, site: Listing) -> Self:
        """This listing with a site's rows over it."""
        kinds = dict.fromkeys((*self.by_kind, *site.by_kind))
        merged = {k: (*site.all(k), *_left_of(self.all(k), site.all(k))) for k in kinds}
        return type(self)(MappingProxyType(merged))


def listing_of(pages: Mapping[str, bytes]) -> Listing:
    """The rows of pages by name (``gates/therapy.toml``); raises PageError."""
    found: dict[type[Listed], list[Listed]] = {}
    for file, content in sorted(pages.items()):
        for each in _rows_of(file, parsed(file, content)):
            found.setdefault(type(each), []).append(each)
    for each_kind in found.values():
        _refuse_rivals(each_kind)
    return Listing(MappingProxyType({kind: tuple(each) for kind, each in found.items()}))


def folder_of(file: str) -> str:
    """The folder of a page, whoever's it is: gates of ``site: gates/therapy.toml``."""
    return file.rpartition(": ")[2].partition("/")[0]


def _rows_of(file: str, page: Table) -> Iterator[Listed]:
    tables = TABLES[folder_of(file)]
    only(file, page, ("about", *REVIEW, *tables))
    for table, kind in tables.items():
        for number, row in enumerate(rows(file, page, table), start=1):
            where = f"{table} {number} ({row.get('name', 'no name')})"
            yield read(kind, file, where, {**signed(file, row), "file": file})


def _left_of(shipped: Iterable[L], site: Iterable[Listed]) -> Iterator[L]:
    for each in shipped:
        pieces: tuple[L, ...] = (each,)
        for claim in site:
            if claim.identity == each.identity:
                pieces = tuple(left for piece in pieces for left in without(piece, claim))
        yield from pieces


def _refuse_rivals(found: Iterable[Listed]) -> None:
    """Two rows that say the same thing of one day leave nobody sure which holds."""
    by_identity: dict[tuple[str, ...], list[Listed]] = {}
    for each in found:
        by_identity.setdefault(each.identity, []).append(each)
    for rivals in by_identity.values():
        clash = overlap(rivals)
        if clash is not None:
            one, other, edition = clash
            raise PageError(
                f"{other.file}: {' '.join(other.identity)} holds twice on {other.since} in edition "
                f"{edition}, also since {one.since} ({one.file}); end one before the other"
            )
