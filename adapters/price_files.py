"""CMS's pricing file in, a site's page out: archive, letters and commas; what they mean is the
domain's.
"""

from __future__ import annotations

import codecs
import csv
import io
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path, PurePosixPath
from secrets import token_hex
from typing import Final

from veinledger.adapters.errors import BadInput, StoreFailed
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.codebook.page import PageError, of_a_site
from veinledger.domain.listing import Listing, listing_of
from veinledger.domain.prices.header import header_of
from veinledger.domain.prices.importing import (
    Imported,
    Origin,
    Outcome,
    changes,
    page_name,
    page_text,
    read,
)
from veinledger.domain.prices.price import FileMustList, PaymentLimits
from veinledger.domain.prices.pricing_file import (
    PricingFile,
    PricingFileError,
    Rows,
    refuse_without,
)
from veinledger.domain.prices.quarter import Quarter

FOLDER: Final = "prices"
"""Where a site keeps its pages of prices."""
LARGEST: Final = 64 * 1024 * 1024
"""Bytes; the files of CMS have far less than one million."""
TEXTS: Final = (".csv", ".txt")
DELIMITERS: Final = (",", "\t", ";")
ZIP: Final = b"PK\x03\x04"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One text of a file or an archive, as rows of cells."""

    name: str
    rows: Rows


def import_pricing_file(file: Path, site: Path, on: date, asked: Quarter | None = None) -> Imported:
    """Take a pricing file into a site's `prices/` folder; raises BadInput, or
    StoreFailed where the disk does not take the page, and changes nothing.

    `on` is the day that the page says it was imported on. The same file again changes nothing.
    """
    try:
        return _imported(file, site, on, asked)
    except (PricingFileError, PageError) as error:
        sentence = str(error)
    raise BadInput(f"{file.name}: {sentence}")


def _imported(file: Path, site: Path, on: date, asked: Quarter | None) -> Imported:
    content = _content(file)
    text = _pricing_text(file.name, content)
    quarter, found = read(text.rows, text.name, asked)
    tables = price_tables(site)
    for each in tables.in_force(FileMustList, quarter.first_day, "public"):
        refuse_without(found, each.codes, quarter)
    limits = tables.in_force(PaymentLimits, quarter.first_day, "public")
    before = next(iter(limits), None)
    origin = Origin(name=text.name, digest=sha256(content).hexdigest())
    outcome = _written(site, before, quarter, found, origin, on)
    return Imported(
        quarter=str(quarter),
        page=page_name(quarter),
        outcome=outcome,
        taken=len(found.limits),
        found=found,
        changes=() if outcome == "same" else changes(before, found),
        against=before.file if before else "",
    )


def price_tables(site: Path) -> Listing:
    """The tables that came with the program, with the site's pages of prices over them."""
    pages = sorted((site / FOLDER).glob("*.toml"))
    own = {of_a_site(f"{FOLDER}/{page.name}"): page.read_bytes() for page in pages}
    return shipped_rules().listing.laid_under(listing_of(own))


def _written(  # noqa: PLR0913, PLR0917  # a page has as many parts
    site: Path,
    before: PaymentLimits | None,
    quarter: Quarter,
    found: PricingFile,
    origin: Origin,
    on: date,
) -> Outcome:
    """Write the page, unless it stands there already; checked beside the site's others first."""
    page = site / page_name(quarter)
    if before is not None and before.imported is not None and page.is_file():
        as_it_was = page_text(quarter, found, origin, before.imported)
        if page.read_text("utf-8") == as_it_was:
            return "same"
    text = page_text(quarter, found, origin, on).encode()
    others = {f"{FOLDER}/{each.name}": each.read_bytes() for each in _pages(page)}
    listing_of({**others, page_name(quarter): text})
    outcome: Outcome = "replaced" if page.exists() else "new"
    if not _is_put(page, text):
        raise StoreFailed(
            f"{page_name(quarter)} was not written, and the site's folder is as it was; see that"
            " its disk has space and who may write there"
        )
    return outcome


def _is_put(page: Path, text: bytes) -> bool:
    """Whether the page stands there, whole and on the disk; else nothing has changed.

    The name beside it is this import's own: another one may be at work on the same quarter.
    """
    fresh = page.with_name(f"{page.stem}.{token_hex(8)}.new")
    try:
        page.parent.mkdir(exist_ok=True)
        with fresh.open("xb") as written:
            written.write(text)
            written.flush()
            os.fsync(written.fileno())
        fresh.replace(page)
    except OSError:
        with suppress(OSError):
            fresh.unlink()
        return False
    return True


def _pages(page: Path) -> list[Path]:
    return [each for each in sorted(page.parent.glob("*.toml")) if each != page]


def _content(file: Path) -> bytes:
    if not file.is_file():
        raise PricingFileError("there is no such file; give the CSV or the zip that CMS publishes")
    if file.stat().st_size > LARGEST:
        raise PricingFileError(f"larger than {LARGEST // 1024**2} MB, and no pricing file is")
    return file.read_bytes()


def _pricing_text(name: str, content: bytes) -> Text:
    """The one text with a header of a pricing file; a single other one, to say what it is."""
    texts = [_text(each, inner) for each, inner in _texts(name, content)]
    with_header = [each for each in texts if header_of(each.rows) is not None]
    if len(with_header) > 1:
        listed = ", ".join(each.name for each in with_header)
        raise PricingFileError(f"holds {len(with_header)} pricing files: {listed}; give one")
    if not texts:
        raise PricingFileError(f"holds no {' or '.join(TEXTS)} file; give the CSV itself")
    return (with_header or texts)[0]


def _texts(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    if not content.startswith(ZIP):
        yield name, content
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield from _members(name, archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
        raise PricingFileError("the archive is damaged or locked; fetch it again") from None


def _members(name: str, archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    if "xl/workbook.xml" in archive.namelist():
        raise PricingFileError("an Excel workbook; take the CSV of the same archive, or save one")
    for each in archive.infolist():
        inner = PurePosixPath(each.filename)
        if inner.suffix.lower() in TEXTS and "__MACOSX" not in inner.parts:
            if each.file_size > LARGEST:
                raise PricingFileError(f"{inner.name} in it is larger than any pricing file")
            yield f"{name}, {inner.name}", archive.read(each)


def _text(name: str, content: bytes) -> Text:
    """Rows by the first delimiter that shows a header; by commas where none does."""
    letters = _decoded(content)
    delimiter = next((d for d in DELIMITERS if header_of(_rows(letters, d)[0])), DELIMITERS[0])
    rows, trouble = _rows(letters, delimiter)
    if trouble:
        raise PricingFileError(trouble)
    return Text(name=name, rows=rows)


def _decoded(content: bytes) -> str:
    """UTF-8, or UTF-16 where it says so, else Windows-1252, a byte that it lacks as a mark."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _rows(letters: str, delimiter: str) -> tuple[Rows, str]:
    """The rows, and what stopped the reading of them, where something did."""
    reader = csv.reader(io.StringIO(letters, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    try:
        rows.extend(reader)
    except csv.Error as problem:
        row = len(rows) + 1
        return rows, f"row {row} cannot be read as a table ({problem}); close its quotation marks"
    return rows, ""
