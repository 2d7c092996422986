"""What the code book has under a meaning: every code that ever had it, that of a day, a list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from veinledger.domain.codebook.book import bare
from veinledger.domain.codebook.entry import Entry
from veinledger.projections.case.case import Case
from veinledger.projections.case.memo import once


def parts(case: Case, meaning: str, day: date) -> tuple[str, ...]:
    """The meanings that a list of the code book has on a day."""
    entry = case.rules.find(meaning, day)
    return entry.parts if entry else ()


@once
def known_as(case: Case, *meanings: str) -> Mapping[str, Entry]:
    """Every code that ever had one of these meanings in this edition, with its last entry."""
    edition, shelf = case.rules.edition, case.rules.book.shelf
    return {
        bare(entry.code): entry
        for meaning in meanings
        for entry in shelf.get(meaning, ())
        if edition in entry.editions
    }


def named(case: Case, meaning: str, day: date) -> str:
    """The code that has a meaning on a day, for a remedy; the meaning in words where none has."""
    entry = case.rules.find(meaning, day)
    return entry.code if entry else meaning.replace("_", " ")
