"""The two editions held against each other on a day: every difference, and whom it would hurt.

A difference may be a code, a rule, a statement of a product page, or a sentence of the source page
that no claim rests on. Each is shown under the row of the evidence that argues it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Final, cast

from veinledger.domain.codebook.book import Difference
from veinledger.domain.codebook.evidence import Argued, Contradiction, Evidence, Source
from veinledger.domain.codebook.statement import EDITIONS, Edition, Statement, in_force
from veinledger.domain.products.catalogue import TABLES
from veinledger.domain.products.profile import Product
from veinledger.domain.rules import Rules

_WORDING: Final = ("label", "window_source")
"""Fields that say the same in other words."""
_COMMON: Final = frozenset(each.name for each in fields(Statement)) | frozenset(_WORDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """A statement of a product page that the editions make differently on a day."""

    product: str
    table: str
    name: str
    public: Statement | None
    page: Statement | None
    says: tuple[tuple[str, str, str], ...]
    """Field, what `public` says, what `page` says; only where they differ."""

    @property
    def teller(self) -> Statement:
        """The statement that argues the difference: the page's own before the public one."""
        return cast("Statement", self.page or self.public)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """One row of the evidence, and every difference on the day that it argues."""

    row: Argued
    sources: tuple[Source, ...]
    codes: tuple[Difference, ...] = ()
    statements: tuple[Rival, ...] = ()
    on_other_days: bool = False
    """Whether the editions differ by it on other days and agree on this one."""

    @property
    def silent(self) -> bool:
        """Whether the source page says nothing of the matter."""
        return "SILENT" in self.row.verdicts

    @property
    def differs(self) -> bool:
        """Whether anything in the book or on a product page differs by it on the day."""
        return bool(self.codes or self.statements)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Everything on which the editions differ on a day."""

    on: date
    conflicts: tuple[Conflict, ...]
    """Where the source page says something else than its sources do."""
    silent: tuple[Conflict, ...]
    """What the source page does not speak of, or has fewer codes for."""
    unargued: tuple[Difference, ...]
    """Differences that no row of the evidence argues: a site's own entries, for one."""
    unargued_statements: tuple[Rival, ...]
    """Statements of product pages that no row of the evidence argues."""
    contradictions: tuple[Contradiction, ...]
    """Where the source page contradicts itself, on any day."""

    @property
    def any(self) -> bool:
        """Whether there is a difference at all."""
        unargued = self.unargued or self.unargued_statements
        return bool(self.conflicts or self.silent or unargued)


def compare(rules: Rules, evidence: Evidence, on: date) -> Comparison:
    """Edition `public` against edition `page` on a day; a pure function of its arguments."""
    day = _day(rules, on)
    argued = [_conflict(evidence, row, day) for row in evidence.rows]
    return Comparison(
        on=on,
        conflicts=tuple(c for c in argued if c.row.conflicts),
        silent=tuple(c for c in argued if not c.row.conflicts and (c.silent or c.differs)),
        unargued=tuple(code for code in day.codes if evidence.row(code.row) is None),
        unargued_statements=tuple(
            each for each in day.statements if evidence.row(each.teller.row) is None
        ),
        contradictions=evidence.contradictions,
    )


def one_row(rules: Rules, evidence: Evidence, row: Argued, on: date) -> Conflict:
    """One row of the evidence with the differences that it argues on a day."""
    return _conflict(evidence, row, _day(rules, on))


def rivals(product: Product, on: date) -> Iterator[Rival]:
    """The statements of a product page that the editions make differently on a day."""
    for table in TABLES:
        known: tuple[Statement, ...] = getattr(product, table)
        for name in dict.fromkeys(_name(each) for each in known):
            named = [each for each in known if _name(each) == name]
            public, page = (_one(named, on, edition) for edition in EDITIONS)
            says = tuple(_says(public, page))
            if says:
                yield Rival(
                    product=product.name, table=table, name=name, public=public, page=page,
                    says=says,
                )  # fmt: skip


def _one(statements: Iterable[Statement], on: date, edition: Edition) -> Statement | None:
    return next(iter(in_force(statements, on, edition)), None)


def _says(public: Statement | None, page: Statement | None) -> Iterator[tuple[str, str, str]]:
    told = public or page
    for each in fields(told) if told else ():
        here, there = (_word(getattr(side, each.name, None)) for side in (public, page))
        if each.name not in _COMMON and here != there:
            yield each.name, here, there


def _word(value: object) -> str:
    """A field's value as a person reads it."""
    match value:
        case None | ():
            return "nothing"
        case tuple():
            return ", ".join(_word(each) for each in cast("tuple[object, ...]", value))
        case Decimal() | int():
            return f"{Decimal(value).normalize():,f}"
        case _:
            return str(value)


def _name(statement: Statement) -> str:
    return str(getattr(statement, "name", None) or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Day:
    """Every difference of a day, and the rows of all that the page alone says on whatever day."""

    codes: tuple[Difference, ...]
    statements: tuple[Rival, ...]
    of_the_page: tuple[str, ...]


def _day(rules: Rules, on: date) -> _Day:
    products = rules.products.products
    tables = (getattr(product, table) for product in products for table in TABLES)
    told: Iterator[Statement] = (each for table in tables for each in table)
    alone = (each.row for each in (*rules.book, *told) if each.editions == ("page",))
    return _Day(
        codes=rules.book.differences(on=on),
        statements=tuple(rival for product in products for rival in rivals(product, on)),
        of_the_page=tuple(dict.fromkeys(alone)),
    )


def _conflict(evidence: Evidence, row: Argued, day: _Day) -> Conflict:
    codes = tuple(code for code in day.codes if evidence.row(code.row) is row)
    statements = tuple(each for each in day.statements if evidence.row(each.teller.row) is row)
    printed = any(evidence.row(named) is row for named in day.of_the_page)
    return Conflict(
        row=row,
        sources=evidence.sources_of(row.evidence),
        codes=codes,
        statements=statements,
        on_other_days=printed and not codes and not statements,
    )
