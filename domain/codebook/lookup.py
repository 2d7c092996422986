"""Looking something up as a person types it: a meaning, a code in any shape, a row, a source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from veinledger.domain.codebook.book import Book, Difference
from veinledger.domain.codebook.entry import Entry
from veinledger.domain.codebook.evidence import Argued, Evidence, Source
from veinledger.domain.codebook.ndc import agrees
from veinledger.domain.codebook.statement import EDITIONS, Edition

NEAR = 8
"""How many near names an unknown one is answered with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One entry as it stands on a day, with what is argued about it."""

    entry: Entry
    in_force: tuple[Edition, ...]
    """The editions that use it on the day."""
    beside: tuple[Entry, ...]
    """The other entries of its meaning."""
    differences: tuple[Difference, ...]
    """What the other edition says on the day, where it is in force and they differ."""
    argued: Argued | None
    sources: tuple[Source, ...]


def look_up(
    book: Book, evidence: Evidence, asked: str, *, on: date, edition: Edition | None = None
) -> tuple[Found, ...]:
    """The entries of a meaning, or those that carry a code; of one edition, or of both."""
    entries = book.shelf.get(asked.strip().lower()) or tuple(_carriers(book, asked.strip()))
    return tuple(
        _found(book, evidence, entry, on)
        for entry in entries
        if edition is None or edition in entry.editions
    )


def near(book: Book, asked: str) -> tuple[str, ...]:
    """Meanings and codes like the one that was asked for: those that hold it, then similar ones."""
    wanted = asked.strip().lower().replace(" ", "_")
    names = list(dict.fromkeys([*book.shelf, *(entry.code for entry in book)]))
    holding = [name for name in names if len(wanted) > 2 and wanted in name.lower()]
    by_label = [e.meaning for e in book if len(wanted) > 2 and asked.lower() in e.label.lower()]
    similar = get_close_matches(wanted, names, n=NEAR) + get_close_matches(asked.upper(), names)
    return tuple(dict.fromkeys([*holding, *by_label, *similar]))[:NEAR]


def carries(entry: Entry, code: str) -> bool:
    """Whether an entry has this code, as a person or a claim writes it: d89833, 57894011101."""
    if entry.system == "NDC":
        a_labeler = "-" not in entry.code
        return entry.code == code if a_labeler else agrees(entry.code, code)
    if entry.system == "TOB":
        return entry.covers(code.lower().removeprefix("0"))
    own, other = _bare(entry.code), _bare(code)
    return own == other or (entry.system == "REV" and entry.covers(code))


def _carriers(book: Book, code: str) -> Iterator[Entry]:
    return (entry for entry in book if carries(entry, code))


def _bare(code: str) -> str:
    """A code without dots and in capitals."""
    return code.replace(".", "").upper()


def _found(book: Book, evidence: Evidence, entry: Entry, on: date) -> Found:
    in_force: tuple[Edition, ...] = tuple(
        edition for edition in EDITIONS if entry.holds(on, edition)
    )
    asked = (
        book.differs(entry.meaning, on=on, edition=edition, key=key)
        for edition in in_force
        for key in book.questions(entry.meaning)
        if book.find(entry.meaning, on=on, edition=edition, key=key) is entry
    )
    return Found(
        entry=entry,
        in_force=tuple(in_force),
        beside=tuple(e for e in book.shelf[entry.meaning] if e is not entry),
        differences=tuple(dict.fromkeys(each for each in asked if each)),
        argued=evidence.row(entry.row),
        sources=evidence.sources_of(entry.evidence),
    )
