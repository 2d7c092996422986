"""Differences of the code book in the words of a claim, and numbers as people write them."""

from __future__ import annotations

from veinledger.domain.codebook.book import Difference, other_edition
from veinledger.domain.codebook.entry import Entry
from veinledger.projections.case.figures import plain
from veinledger.projections.claims.shapes import Differs

__all__ = ["named", "plain", "told", "word"]


def told(
    difference: Difference | None, here: str | None = None, there: str | None = None
) -> tuple[Differs, ...]:
    """A difference of the book, in the book's words or in better ones; none where both agree."""
    if difference is None:
        return ()
    said, instead = here or named(difference.this), there or named(difference.other)
    if said == instead:
        return ()
    return (
        Differs(
            here=said,
            there=instead,
            other_edition=other_edition(difference.edition),
            row=difference.row,
            evidence=difference.evidence,
            consequence=difference.consequence,
        ),
    )


def named(entry: Entry | None) -> str:
    """An entry as a claim names it: a rule by its words, a code with its unit."""
    if entry is None:
        return "nothing"
    if entry.system == "RULE":
        return entry.label
    return f"{entry.code} ({entry.unit} a unit)" if entry.unit else entry.code


def word(entry: Entry) -> str:
    """On whose word the book has an entry: source and row."""
    return f"{entry.source} [{entry.row}]"
