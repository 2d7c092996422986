"""The evidence behind the book: sources, the rows in which each statement was checked, and where
the source page contradicts itself. A page of its own; no code is ever picked from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final, Literal, TypeVar

from pydantic import Field, StringConstraints
from pydantic.dataclasses import dataclass as checked

from veinledger.domain.codebook.page import PAGE, Line, PageError, Table, only, parsed, read, rows
from veinledger.domain.codebook.statement import Confidence

Verdict = Literal[
    "AGREE", "OUTDATED", "WRONG", "CONFLICT", "PARTLY", "UNSUPPORTED", "NV", "SILENT"
]  # fmt: skip
"""How the source page stands to independent sources: OUTDATED was right once, CONFLICT contradicts
itself, UNSUPPORTED has no source, NV could not be verified, SILENT says nothing of the matter."""

CONFLICTS: Final[tuple[Verdict, ...]] = ("OUTDATED", "WRONG", "CONFLICT", "PARTLY", "UNSUPPORTED")
"""The verdicts of a page that says something else than the sources do."""

Hurt = Literal["claim", "money", "record"]
"""What the page's version would damage: a claim, what is paid for it, or the patient's record."""

RowId = Annotated[str, StringConstraints(pattern=r"^([RP]\d{2}|section \d)$")]
SourceId = Annotated[str, StringConstraints(pattern=r"^E\d{1,2}$")]

T = TypeVar("T")

_NAMED: Final = re.compile(r"^([RP]\d{2}|section \d)\b")


@checked(frozen=True, slots=True, kw_only=True, config=PAGE)
class Source:
    """One source, in our own words."""

    id: SourceId
    says: Line


@checked(frozen=True, slots=True, kw_only=True, config=PAGE)
class Argued:
    """One statement of the source page, what independent sources say, and what follows."""

    id: RowId
    subject: Line
    verdicts: Annotated[tuple[Verdict, ...], Field(min_length=1)]
    hurts: tuple[Hurt, ...] = ()
    page: str = ""
    """What the source page says; empty where it is silent."""
    public: Line
    consequence: str = ""
    evidence: tuple[SourceId, ...] = ()
    confidence: Confidence

    @property
    def conflicts(self) -> bool:
        """Whether the page says something else than its sources do."""
        return any(verdict in CONFLICTS for verdict in self.verdicts)


@checked(frozen=True, slots=True, kw_only=True, config=PAGE)
class Contradiction:
    """Where the source page contradicts itself, and how edition `page` settles it."""

    says: Line
    rows: tuple[RowId, ...] = ()
    settled: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything that the evidence page holds, in its order."""

    reviewed: date
    sources: tuple[Source, ...]
    rows: tuple[Argued, ...]
    contradictions: tuple[Contradiction, ...]

    def row(self, named: str) -> Argued | None:
        """The row that a text begins with: `R28`, `section 2 of the evidence`."""
        begins = _NAMED.match(named)
        return next((row for row in self.rows if begins and row.id == begins[1]), None)

    def source(self, named: str) -> Source | None:
        """The source of this number."""
        return next((source for source in self.sources if source.id == named), None)

    def sources_of(self, evidence: Iterable[str]) -> tuple[Source, ...]:
        """The sources of some numbers, in their order."""
        return tuple(found for each in evidence if (found := self.source(each)))

    def conflicts(self) -> Iterator[Argued]:
        """The rows in which the page says something else than its sources do."""
        return (row for row in self.rows if row.conflicts)


def evidence_of(file: str, content: bytes) -> Evidence:
    """The evidence page; raises PageError naming file, table and field."""
    page = parsed(file, content)
    only(file, page, ("about", "reviewed", "source", "row", "contradiction"))
    found = Evidence(
        reviewed=_reviewed(file, page),
        sources=tuple(_read(Source, file, "source", page)),
        rows=tuple(_read(Argued, file, "row", page)),
        contradictions=tuple(_read(Contradiction, file, "contradiction", page)),
    )
    _refuse_twins(file, [source.id for source in found.sources])
    _refuse_twins(file, [row.id for row in found.rows])
    _refuse_strangers(file, found)
    return found


def _reviewed(file: str, page: Table) -> date:
    day = page.get("reviewed")
    if type(day) is not date:
        raise PageError(f"{file}: field 'reviewed' is {day!r}; write a day, such as 2026-11-23")
    return day


def _read(kind: type[T], file: str, table: str, page: Table) -> Iterator[T]:
    for number, row in enumerate(rows(file, page, table), start=1):
        yield read(kind, file, f"{table} {number} ({row.get('id', 'no id')})", row)


def _refuse_twins(file: str, ids: list[str]) -> None:
    for each in ids:
        if ids.count(each) > 1:
            raise PageError(f"{file}: {each} is given out twice; number one of them anew")


def _refuse_strangers(file: str, found: Evidence) -> None:
    """Refuses a row that rests on a source, or a contradiction on a row, that is not there."""
    for row in found.rows:
        for named in row.evidence:
            if found.source(named) is None:
                raise PageError(f"{file}, row {row.id}: there is no source {named}; add it")
    for each in found.contradictions:
        for named in each.rows:
            if found.row(named) is None:
                raise PageError(f"{file}, contradiction: there is no row {named}; add it")
