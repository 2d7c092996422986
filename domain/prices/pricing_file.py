"""CMS's ASP pricing file as rows of text: what it says, whatever its layout, or why it is none.

Columns are found by name. A blank limit is none, and not 0. What cannot be read for certain is
refused by row and column: a limit read wrongly would be paid nowhere and believed everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal
from typing import Final

from veinledger.domain.prices.header import Header
from veinledger.domain.prices.quarter import Quarter

Rows = Sequence[Sequence[str]]

A_CODE: Final = re.compile(r"^[A-Z0-9]{5}$")
AN_AMOUNT: Final = re.compile(r"^\$?\s*((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d{1,4})?|\.\d{1,4})$")
A_ROW_WITHIN: Final = re.compile(r"\n\s*[A-Z0-9]{5}\s*[,;\t]")
"""A row that begins within a cell: a quotation mark before it was never closed."""
NO_LIMIT: Final = frozenset({"", "-", "--", "n/a", "na", "none"})
USUAL: Final = Decimal(20)
"""The share in per cent that the file prints where it says nothing special."""
_EXACT: Final = Context(prec=28)
_LONGEST_CELL: Final = 4
"""So many line breaks within one cell of a row are a quotation mark that nobody closed."""


class PricingFileError(ValueError):
    """A file that is not taken in: what, which row and column, what would be right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A row that was not taken, or not as it stands, and why."""

    row: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PricingFile:
    """The payment limits of a file, with all their decimals."""

    limits: Mapping[str, Decimal]
    without: tuple[str, ...]
    """Codes whose limit is blank."""
    coinsurance: Mapping[str, Decimal]
    """The patient's share where it is not 20 %, as a fraction."""
    skipped: tuple[Skipped, ...]
    columns: tuple[str, ...]
    """The columns that were read, as the file spells them."""


@dataclass(slots=True)
class _Taken:
    """What was read so far, with the row of each code."""

    limits: dict[str, Decimal | None] = field(default_factory=dict[str, Decimal | None])
    rows: dict[str, int] = field(default_factory=dict[str, int])
    shares: dict[str, Decimal] = field(default_factory=dict[str, Decimal])
    """The patient's, in per cent."""
    skipped: list[Skipped] = field(default_factory=list[Skipped])


def pricing_file(rows: Rows, header: Header) -> PricingFile:
    """The limits below the header; raises PricingFileError."""
    taken = _Taken()
    _refuse_a_file_cut_short(rows, header)
    for number, row in enumerate(rows[header.row :], start=header.row + 1):
        if any(cell.strip() for cell in row):
            _take(taken, number, row, header)
    if not taken.rows:
        raise PricingFileError("below its header the file has no row with a HCPCS code")
    limits = {code: each for code, each in taken.limits.items() if each is not None}
    return PricingFile(
        limits=dict(sorted(limits.items())),
        without=tuple(sorted(code for code, each in taken.limits.items() if each is None)),
        coinsurance={
            code: _EXACT.divide(share, Decimal(100))
            for code, share in sorted(taken.shares.items())
            if share != USUAL
        },
        skipped=tuple(taken.skipped),
        columns=header.names,
    )


def _refuse_a_file_cut_short(rows: Rows, header: Header) -> None:
    """A last row that ends before the others do: what stands in its last cell may be half of it."""
    coded = [
        (number, len(row))
        for number, row in enumerate(rows[header.row :], start=header.row + 1)
        if A_CODE.match(header.code_in(row))
    ]
    if len(coded) < 2:  # one row alone has nothing to be compared with
        return
    (_, usual), (last, cells) = coded[-2], coded[-1]
    if cells < usual and last == len(rows):
        raise PricingFileError(
            f"row {last} is the last and has {cells} cells where the row before it has {usual}:"
            " the file is cut short. Fetch it again, whole"
        )


def refuse_without(found: PricingFile, required: Iterable[str], quarter: Quarter) -> None:
    """Refuses a file that lacks a code which every file of its quarter lists."""
    for code in required:
        if code not in found.limits and code not in found.without:
            raise PricingFileError(
                f"no row is for {code}, which the file of {quarter} must list (codes with a limit:"
                f" {len(found.limits):,}): it is another file, or a part of it. Take the payment"
                " limit file of the quarter from CMS, whole"
            )


def _take(taken: _Taken, number: int, row: Sequence[str], header: Header) -> None:
    _refuse_an_open_quote(number, row)
    code = header.code_in(row)
    printed = header.cell(row, header.limit)
    if not A_CODE.match(code):
        _leave(taken, number, code, printed, header)
        return
    limit = _amount(number, header.name_of(header.limit), printed)
    if limit == 0:
        taken.skipped.append(Skipped(row=number, why=f"{code}: a limit of 0 is taken as none"))
        limit = None
    _keep(taken, number, code, limit, _share(number, row, header))


def _leave(taken: _Taken, number: int, code: str, printed: str, header: Header) -> None:
    """A note below the table is left; a limit without a code is refused."""
    if AN_AMOUNT.match(printed):
        raise PricingFileError(
            f"row {number}, column {header.name_of(header.code)!r}: {code[:20]!r} is no HCPCS code"
            f" and has a limit beside it; a code has five letters and digits, such as J9075"
        )
    taken.skipped.append(Skipped(row=number, why="a note: it begins with no HCPCS code"))


def _keep(taken: _Taken, number: int, code: str, limit: Decimal | None, share: Decimal) -> None:
    if code not in taken.rows:
        taken.rows[code], taken.limits[code], taken.shares[code] = number, limit, share
        return
    first, before, part = taken.rows[code], taken.limits[code], taken.shares[code]
    two = ""
    if before != limit:
        two = f"limits, {_told(before)} and {_told(limit)}"
    elif part != share:
        two = f"shares, {part:f} % and {share:f} %"
    if two:
        raise PricingFileError(
            f"rows {first} and {number}: {code} has two {two}; strike one of the rows, or take the"
            " file from CMS anew"
        )
    taken.skipped.append(Skipped(row=number, why=f"{code} again, as in row {first}"))


def _share(number: int, row: Sequence[str], header: Header) -> Decimal:
    """The patient's share in per cent; the usual one where the file says nothing."""
    if header.coinsurance is None:
        return USUAL
    column = header.name_of(header.coinsurance)
    printed = header.cell(row, header.coinsurance).removesuffix("%").strip()
    share = _amount(number, column, printed)
    if share is not None and share > 100:
        raise PricingFileError(
            f"row {number}, column {column!r}: a share of {share} % cannot be; 20.000 or less"
        )
    return USUAL if share is None else share


def _amount(number: int, column: str, printed: str) -> Decimal | None:
    if printed.casefold() in NO_LIMIT:
        return None
    found = AN_AMOUNT.match(printed)
    if found is None:
        raise PricingFileError(
            f"row {number}, column {column!r}: {printed[:40]!r} is no amount; write it as"
            " 588494.808, with at most four decimals, or leave it blank where there is none"
        )
    return Decimal(found[1].replace(",", ""))


def _refuse_an_open_quote(number: int, row: Sequence[str]) -> None:
    for at, cell in enumerate(row, start=1):
        if cell.count("\n") > _LONGEST_CELL or A_ROW_WITHIN.search(cell):
            raise PricingFileError(
                f"row {number}, column {at}: a quotation mark is opened and not closed, so that"
                " rows run together; close it"
            )


def _told(limit: Decimal | None) -> str:
    return "none" if limit is None else f"{limit:,f}"
