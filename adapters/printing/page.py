"""A printable document as one self-contained HTML page: no network, no script, black on white.

It is built as a tree of elements, never as text with holes, so that whatever stands in a fact is
escaped by the serializer; the standard library has all that this takes. Page numbers and the
running foot are the margin boxes of CSS paged media: Chromium from 131 on prints them, other
browsers print the page without them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal
from xml.etree.ElementTree import Element, SubElement, tostring

from veinledger.adapters.printing.style import OF_PAGES, SHEET, STYLE

_DATES: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that would turn the direction of what stands around them."""

TOGETHER: Final = 6
"""A section with a longer table may go on overleaf; a shorter one stays on one page."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Cell:
    """What stands in one place of a table: words, and under them smaller ones."""

    text: str
    under: tuple[str, ...] = ()
    strong: bool = False

    def __repr__(self) -> str:
        return "<cell>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Grid:
    """A table with heads; `widths` are shares of the page in per cent."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[int, ...]

    def __repr__(self) -> str:
        return f"<grid: {len(self.rows)} rows>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Pairs:
    """Names with their values, in two columns; in one where they are `wide`."""

    pairs: tuple[tuple[str, str], ...]
    wide: bool = False

    def __repr__(self) -> str:
        return f"<pairs: {len(self.pairs)}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Words:
    """Paragraphs, or the points of a list."""

    lines: tuple[str, ...]
    kind: Literal["paragraphs", "points", "small"] = "paragraphs"

    def __repr__(self) -> str:
        return f"<words: {len(self.lines)}>"


Block = Grid | Pairs | Words


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Section:
    """A heading with what stands under it; `framed` sets it off as what to see first."""

    title: str
    blocks: tuple[Block, ...]
    framed: bool = False

    def __repr__(self) -> str:
        return f"<section: {len(self.blocks)} blocks>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Document:
    """A document to print."""

    kind: str
    """What it is, over the title."""
    title: str
    lead: Pairs
    """Who, what and from whom, under the title."""
    state: str
    """How it stands, in one sentence."""
    sections: tuple[Section, ...]
    foot: str
    """Runs at the foot of every page."""

    def __repr__(self) -> str:
        return f"<document: {len(self.sections)} sections>"


def html(document: Document, sheet: Document | None = None) -> str:
    """The document as the text of one HTML page.

    A `sheet` goes before it on a page of its own that is no part of it, and is not counted.
    """
    root = Element("html", lang="en")
    head = SubElement(root, "head")
    SubElement(head, "meta", charset="utf-8")
    _put(SubElement(head, "title"), document.kind)
    SubElement(head, "style").text = _style(document, sheet)
    body = SubElement(root, "body")
    if sheet is not None:
        _article(SubElement(body, "article", {"class": "sheet"}), sheet)
    _article(SubElement(body, "article"), document)
    return "<!DOCTYPE html>\n" + tostring(root, encoding="unicode", method="html") + "\n"


def _style(document: Document, sheet: Document | None) -> str:
    """The foot counts all pages; beside a sheet, which is none of them, it only numbers them."""
    if sheet is None:
        return STYLE.replace("FOOT", css_text(document.foot))
    aside = SHEET.replace("FOOT", css_text(sheet.foot))
    return STYLE.replace(OF_PAGES, "").replace("FOOT", css_text(document.foot)) + aside


def _article(article: Element, document: Document) -> None:
    header = SubElement(article, "header")
    _put(SubElement(header, "p", {"class": "kind"}), document.kind)
    _put(SubElement(header, "h1"), document.title)
    _pairs(header, document.lead)
    _put(SubElement(header, "p", {"class": "state"}), document.state)
    for section in document.sections:
        _section(article, section)


def sentence(text: str) -> str:
    """With a capital letter in front."""
    return text[:1].upper() + text[1:]


def css_text(text: str) -> str:
    """Text for a CSS string in a style element: all but letters and digits by their code point."""
    return "".join(
        each if each.isascii() and each.isalnum() else f"\\{ord(each):x} " for each in clean(text)
    )


def clean(text: str) -> str:
    """Text without characters that are no ink."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)


def _put(element: Element, text: str) -> None:
    """The words, each date as one that no line breaks."""
    words, *more = _DATES.split(clean(text))
    element.text = words
    for day, after in zip(more[::2], more[1::2], strict=True):
        dated = SubElement(element, "time")
        dated.text, dated.tail = day, after


def _section(body: Element, section: Section) -> None:
    rows = max((len(b.rows) for b in section.blocks if isinstance(b, Grid)), default=0)
    kind = "framed" if section.framed else "long" if rows > TOGETHER else ""
    attributes = {"class": kind} if kind else {}
    made = SubElement(body, "section", attributes)
    _put(SubElement(made, "h2"), section.title)
    for block in section.blocks:
        match block:
            case Grid():
                _grid(made, block)
            case Pairs():
                _pairs(made, block)
            case Words():
                _words(made, block)


def _grid(made: Element, grid: Grid) -> None:
    table = SubElement(made, "table")
    columns = SubElement(table, "colgroup")
    for width in grid.widths:
        SubElement(columns, "col", style=f"width: {width}%")
    heads = SubElement(SubElement(table, "thead"), "tr")
    for head in grid.heads:
        _put(SubElement(heads, "th", scope="col"), head)
    rows = SubElement(table, "tbody")
    for each in grid.rows:
        _row(SubElement(rows, "tr"), each)


def _row(row: Element, cells: Sequence[Cell]) -> None:
    for cell in cells:
        data = SubElement(row, "td")
        _put(SubElement(data, "strong") if cell.strong else SubElement(data, "span"), cell.text)
        for line in cell.under:
            _put(SubElement(data, "small"), line)


def _pairs(made: Element, pairs: Pairs) -> None:
    listed = SubElement(made, "dl", {"class": "wide"} if pairs.wide else {})
    for name, value in pairs.pairs:
        pair = SubElement(listed, "div")
        _put(SubElement(pair, "dt"), name)
        _put(SubElement(pair, "dd"), value)


def _words(made: Element, words: Words) -> None:
    if words.kind == "points":
        listed = SubElement(made, "ul")
        for line in words.lines:
            _put(SubElement(listed, "li"), line)
        return
    attributes = {"class": "small"} if words.kind == "small" else {}
    for line in words.lines:
        _put(SubElement(made, "p", attributes), line)
