"""The header of a pricing file, found by the names of its columns, and the quarter above it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from veinledger.domain.prices.quarter import Quarter

CODE: Final = frozenset({"hcpcs code", "hcpcs"})
LIMIT: Final = frozenset({"payment limit", "payment allowance limit"})
COINSURANCE: Final = frozenset({"co insurance percentage", "coinsurance percentage"})
CROSSWALK: Final = re.compile(r"^ndc\d?$|^(billunits|bill units).*")
"""Columns of the NDC-HCPCS crosswalk, which comes beside the pricing file and has no limits."""

MOST_ROWS: Final = 100
"""A header stands within so many rows; the files of CMS have it in row 9."""
MOST_COLUMNS: Final = 100
"""And its columns are among so many; the files of CMS have eleven."""

_MONTHS: Final = {"jan": 1, "apr": 2, "jul": 3, "oct": 4}
_MONTH: Final = r"(?P<month>jan|apr|jul|oct)(?:uary|il|y|ober)?"
_IN_A_TITLE: Final = re.compile(_MONTH + r"\.?\s+0?1\s*,?\s+(?P<year>20\d\d)", re.IGNORECASE)
_A_SPAN: Final = re.compile(_IN_A_TITLE.pattern + r"\s*(?:through|thru|to|-)\s", re.IGNORECASE)
"""A quarter by its first and last day: a title says it, the notes beneath do not."""
_IN_A_NAME: Final = re.compile(
    r"(?<![a-z])" + _MONTH + r"[-_ ]*(?P<year>20\d\d)(?!\d)", re.IGNORECASE
)
_BY_NUMBER: Final = re.compile(
    r"(?<![0-9a-z])(?:q(?P<q1>[1-4])[-_ ]*(?P<y1>20\d\d)|(?P<y2>20\d\d)[-_ ]*q(?P<q2>[1-4]))"
    r"(?![0-9a-z])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Where the columns stand."""

    row: int
    """The number of the header's row, from 1."""
    cells: tuple[str, ...]
    code: int
    limit: int
    coinsurance: int | None

    def cell(self, row: Sequence[str], column: int) -> str:
        """A cell of a row, without blanks around it; a short row has blanks at its end."""
        return row[column].replace("\xa0", " ").strip() if column < len(row) else ""

    def code_in(self, row: Sequence[str]) -> str:
        """What stands where a row has its code, in capitals; what has no capitals stays itself."""
        cell = self.cell(row, self.code)
        return cell.upper() if cell.isascii() else cell

    def name_of(self, column: int) -> str:
        """A column as the file spells it."""
        return self.cells[column].strip()

    @property
    def rivals(self) -> tuple[int, ...]:
        """The columns of which each could be the one that is read; none where all is certain."""
        named = _named(self.cells)
        for words in (CODE, LIMIT, COINSURANCE):
            found = tuple(at for at, name in enumerate(named) if name in words)
            if len(found) > 1:
                return found
        return ()

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that are read."""
        read = (self.code, self.limit, self.coinsurance)
        return tuple(self.name_of(each) for each in read if each is not None)


def header_of(rows: Sequence[Sequence[str]]) -> Header | None:
    """The first row that names a code and a limit; None where no row does."""
    for number, row in enumerate(rows[:MOST_ROWS], start=1):
        named = _named(row)
        code, limit = _first(named, CODE), _first(named, LIMIT)
        if code is not None and limit is not None:
            return Header(
                row=number,
                cells=tuple(row),
                code=code,
                limit=limit,
                coinsurance=_first(named, COINSURANCE),
            )
    return None


def is_crosswalk(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a row names the columns of the NDC crosswalk."""
    return any(
        any(CROSSWALK.match(name) for name in named) and any("hcpcs" in name for name in named)
        for named in map(_named, rows[:MOST_ROWS])
    )


def quarters_said(title: Sequence[Sequence[str]], name: str) -> Iterator[tuple[Quarter, str]]:
    """Every quarter that the rows above the header or the file's name speak of, and where.

    Where a row has the span of a quarter, the dates in the notes beside it say something else.
    """
    texts = [(" ".join(row), f"row {number}") for number, row in enumerate(title, start=1)]
    spans = [(found, where) for text, where in texts for found in _A_SPAN.finditer(text)]
    for found, where in spans or _mentioned(texts):
        yield _quarter(found), where
    for found in (*_IN_A_NAME.finditer(name), *_BY_NUMBER.finditer(name)):
        yield _quarter(found), "the file's name"


def plain(cell: str) -> str:
    """A heading in small letters, its marks and line breaks as single blanks."""
    return " ".join(re.sub(r"[^0-9a-z]+", " ", cell.casefold()).split())


def _mentioned(texts: Iterable[tuple[str, str]]) -> Iterator[tuple[re.Match[str], str]]:
    for text, where in texts:
        for found in (*_IN_A_TITLE.finditer(text), *_BY_NUMBER.finditer(text)):
            yield found, where


def _named(row: Sequence[str]) -> list[str]:
    return [plain(cell) for cell in row[:MOST_COLUMNS]]


def _first(named: list[str], words: frozenset[str]) -> int | None:
    return next((at for at, name in enumerate(named) if name in words), None)


def _quarter(found: re.Match[str]) -> Quarter:
    said = found.groupdict()
    if said.get("month"):
        return Quarter(int(said["year"]), _MONTHS[said["month"].lower()])
    return Quarter(int(said["y1"] or said["y2"]), int(said["q1"] or said["q2"]))
