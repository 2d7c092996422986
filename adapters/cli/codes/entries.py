"""Entries of the code book in full: what, from when to when, on whose word, and what beside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from rich.console import RenderableType
from rich.text import Text

from veinledger.adapters.cli.codes.words import FADED, beside, code
from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.tables import Cell, inset, joined, listing
from veinledger.domain.codebook.book import Difference, other_edition
from veinledger.domain.codebook.entry import Entry
from veinledger.domain.codebook.lookup import Found


def blocks(found: Sequence[Found], on: date) -> Iterator[RenderableType]:
    """Each entry of one meaning, then the entries of the meaning that were not asked for."""
    for each in found:
        yield inset(joined(styled(_name(each.entry), "bold"), f"  {each.entry.label}"))
        yield inset(listing(list(_rows(each, on)), widths=(11,)), 4)
    shown = [each.entry for each in found]
    others = [entry for entry in found[0].beside if entry not in shown]
    if others:
        yield inset(styled("Other entries of this meaning:", "dim"))
        yield inset(listing([_in_short(entry) for entry in others]), 4)


def _in_short(entry: Entry) -> tuple[Cell, ...]:
    key = f" for {', '.join(entry.only_for)}" if entry.only_for else ""
    told = f"{code(entry)}{key}"
    return tuple(styled(each, "dim") for each in (told, _days(entry), _editions(entry)))


def _name(entry: Entry) -> str:
    return f"{entry.system} {entry.code}"


def _rows(found: Found, on: date) -> Iterator[tuple[Cell, Cell]]:
    entry = found.entry
    yield str(on), _force(found, on)
    yield "days", _days(entry)
    if entry.unit:
        yield "size" if entry.system == "RULE" else "unit", str(entry.unit)
    if entry.only_for:
        yield "only for", ", ".join(entry.only_for)
    if entry.parts:
        yield "lists", ", ".join(entry.parts)
    if entry.title:
        yield "worded", entry.title
    page = "" if entry.of_a_site else f"  {entry.file}"
    yield "source", joined(entry.source, styled(page, "dim"))
    yield "confidence", styled(entry.confidence, "yellow" if entry.confidence in FADED else "")
    yield "evidence", _argued(found)
    if entry.note:
        yield "note", entry.note
    if entry.consequence and not any(_tells(entry, each) for each in found.differences):
        yield "so", entry.consequence
    told: set[str] = set()
    for each in found.differences:
        yield f"≠ {other_edition(each.edition)}", _difference(each, told)
        told.add(each.consequence)


def _force(found: Found, on: date) -> Text:
    entry, editions = found.entry, _editions(found.entry)
    if found.in_force:
        alone = entry.editions == ("page",)
        return styled(f"in force in {editions}", "bold magenta" if alone else "bold green")
    when = "ended before" if entry.ended(on) else "not begun"
    return styled(f"NOT in force, {when} ({editions})", "bold red")


def _days(entry: Entry) -> str:
    """First and last day, both included, as a source prints them."""
    first = f"{entry.since} or earlier" if entry.start == "assumed" else str(entry.since)
    if entry.until is None:
        return f"from {first}, no end known"
    return f"from {first}, last day {entry.until - timedelta(days=1)}"


def _editions(entry: Entry) -> str:
    return "both editions" if len(entry.editions) == 2 else f"edition {entry.editions[0]} only"


def _argued(found: Found) -> str:
    row, entry = found.argued, found.entry
    about = f"{row.id} ({row.subject}: {' and '.join(row.verdicts)})" if row else entry.row
    return ", ".join((about, *entry.evidence))


def _tells(entry: Entry, found: Difference) -> bool:
    return found.consequence == entry.consequence


def _difference(found: Difference, told: set[str]) -> Text:
    """What the other edition has, and what follows from it, unless the entry has told that."""
    key = f"for {found.key}: " if found.key else ""
    there = styled(beside(found.other, found.this), "magenta")
    follows = found.consequence if found.consequence not in told else ""
    return joined(key, there, f". {follows}" if follows else ".")
