"""A pricing file becomes a site's page: of which quarter, in which words, and what it changes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from veinledger.domain.prices.header import Header, header_of, is_crosswalk, quarters_said
from veinledger.domain.prices.price import PaymentLimits
from veinledger.domain.prices.pricing_file import PricingFile, PricingFileError, Rows, pricing_file
from veinledger.domain.prices.quarter import Quarter

Outcome = Literal["new", "same", "replaced"]
NAME: Final = "medicare_part_b"
"""The name of the limits; a site's take the place of the shipped ones by it."""
_EXCEPT: Final = re.compile(r'["\\\x00-\x1f\x7f]')


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The file that was read: its name without folders, and its SHA-256."""

    name: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A code whose limit is another one now; None is no limit."""

    code: str
    before: Decimal | None
    after: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of an import."""

    quarter: str
    page: str
    """Where the site's page stands, from the site's folder."""
    outcome: Outcome
    taken: int
    found: PricingFile
    changes: tuple[Change, ...]
    """Against the page of the site that stood there, else against what came with the program."""
    against: str
    """What the changes are against; empty where there was nothing."""


def quarter_of(header: Header, rows: Rows, name: str, asked: Quarter | None) -> Quarter:
    """The quarter on which title, name and the caller agree; raises PricingFileError."""
    said = list(quarters_said(rows[: header.row - 1], name))
    said += [(asked, "--quarter")] if asked else []
    every = dict.fromkeys(quarter for quarter, _ in said)
    if not every:
        raise PricingFileError(
            "neither the rows above the header nor the file's name say which quarter it is; say so"
            " with --quarter, such as --quarter 2026Q2"
        )
    if len(every) > 1:
        told = ", ".join(f"{quarter} by {where}" for quarter, where in dict.fromkeys(said))
        raise PricingFileError(
            f"the quarter is not certain: {told}. Give the file of the quarter that you want, or"
            " put its title right"
        )
    return next(iter(every))


def header_or_refusal(rows: Rows, name: str) -> Header:
    """The header of a pricing file; raises PricingFileError that says what it is instead."""
    header = header_of(rows)
    if header is not None:
        _refuse_rivals(header)
        return header
    if is_crosswalk(rows) or "crosswalk" in name.casefold():
        raise PricingFileError(
            "this is the NDC-HCPCS crosswalk, which has no payment limits; take the payment limit"
            " file of the same quarter"
        )
    raise PricingFileError(
        "no row names the columns 'HCPCS Code' and 'Payment Limit'; take the CSV of CMS's payment"
        " limit file, as it is"
    )


def _refuse_rivals(header: Header) -> None:
    if header.rivals:
        at = " and ".join(str(column + 1) for column in header.rivals)
        names = " and ".join(repr(header.name_of(column)) for column in header.rivals)
        raise PricingFileError(
            f"row {header.row}, columns {at}: {names}: only one of them can be read; strike the"
            " other, or take the file from CMS anew"
        )


def read(rows: Rows, name: str, asked: Quarter | None) -> tuple[Quarter, PricingFile]:
    """The quarter and the limits of a file's rows; raises PricingFileError."""
    header = header_or_refusal(rows, name)
    return quarter_of(header, rows, name, asked), pricing_file(rows, header)


def page_name(quarter: Quarter) -> str:
    """Where a site keeps the limits of a quarter: prices/asp_2026q2.toml."""
    return f"prices/asp_{str(quarter).lower()}.toml"


def page_text(quarter: Quarter, found: PricingFile, origin: Origin, on: date) -> str:
    """The site's page of a quarter, as TOML, its decimals as the file has them."""
    return "\n".join(_lines(quarter, found, origin, on)) + "\n"


def changes(before: PaymentLimits | None, found: PricingFile) -> tuple[Change, ...]:
    """The codes of what was known before whose limit is another one now, or gone."""
    if before is None:
        return ()
    known: Mapping[str, Decimal] = before.of
    codes = sorted({*known, *(found.limits if before.complete else ())})
    pairs = ((code, known.get(code), found.limits.get(code)) for code in codes)
    return tuple(Change(code=c, before=one, after=two) for c, one, two in pairs if one != two)


def _lines(quarter: Quarter, found: PricingFile, origin: Origin, on: date) -> Iterator[str]:
    name = _EXCEPT.sub("_", origin.name)
    yield f'about = "Payment limits of {quarter}, from the pricing file of CMS. Written by import."'
    yield ""
    yield "[[limits]]"
    yield f'name = "{NAME}"'
    yield f'quarter = "{quarter}"'
    yield "complete = true"
    yield f"from = {quarter.first_day}"
    yield f"until = {quarter.after}"
    yield 'editions = ["public", "page"]'
    yield f'source = "ASP pricing file of CMS, {name}"'
    yield f'row = "site: imported on {on}"'
    yield 'confidence = "high"'
    yield f'digest = "{origin.digest}"'
    yield f"imported = {on}"
    yield f"without = [{_quoted(found.without)}]"
    yield from _table("of", found.limits)
    if found.coinsurance:
        yield from _table("coinsurance", found.coinsurance)


def _table(name: str, amounts: Mapping[str, Decimal]) -> Iterator[str]:
    yield ""
    yield f"[limits.{name}]"
    yield from (f"{code} = {amount:f}" for code, amount in amounts.items())


def _quoted(codes: Sequence[str]) -> str:
    return ", ".join(f'"{code}"' for code in codes)
