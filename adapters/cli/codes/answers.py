"""What `codes show` answers: entries of a meaning or a code, one row, or one source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Protocol

from rich.console import RenderableType

from veinledger.adapters.cli.codes.differences import one_conflict
from veinledger.adapters.cli.codes.entries import blocks
from veinledger.adapters.cli.codes.words import VERDICT_IN_WORDS
from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.tables import heading, inset, listing, plural
from veinledger.adapters.pages import shipped_evidence
from veinledger.domain.codebook.evidence import Evidence, Source
from veinledger.domain.codebook.lookup import Found, look_up, near
from veinledger.domain.codebook.review import Review
from veinledger.domain.codebook.statement import Edition
from veinledger.domain.comparison import Conflict, one_row
from veinledger.domain.rules import Rules


class Answer(Protocol):
    """Something that was found, for a person and for a program."""

    def shown(self) -> Iterator[RenderableType]:
        """For a person."""
        ...

    def in_full(self) -> object:
        """For a program."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """The entries of a meaning, or those that carry a code."""

    asked: str
    on: date
    found: tuple[Found, ...]
    reviews: tuple[Review, ...]
    """Of the pages that the entries stand on."""

    def shown(self) -> Iterator[RenderableType]:
        """By meaning, each entry with everything that is known of it."""
        count = plural(len(self.found), "entry", "entries")
        yield heading(f"{self.asked}: {count}, on {self.on}")
        for meaning, same in groupby(self.found, key=lambda each: each.entry.meaning):
            yield ""
            yield styled(meaning, "bold cyan")
            yield from blocks(tuple(same), self.on)
        yield ""
        yield from _sources(self._sources())
        for page in self.reviews:
            yield styled(_reviewed(page, self.on), "bold yellow" if page.stale(self.on) else "dim")

    def _sources(self) -> tuple[Source, ...]:
        """Every source that an entry names, once."""
        named = (source for each in self.found for source in each.sources)
        return tuple(dict.fromkeys(named))

    def in_full(self) -> object:
        """Every entry whole."""
        return {
            "asked": self.asked,
            "on": self.on,
            "entries": self.found,
            "pages": [
                {"page": p.file, "reviewed": p.reviewed, "due": p.due, "stale": p.stale(self.on)}
                for p in self.reviews
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class OneRow:
    """One row of the evidence, with what it argues on the day."""

    on: date
    found: Conflict

    def shown(self) -> Iterator[RenderableType]:
        """The row, its verdict in words, its sources."""
        yield from one_conflict(self.found)
        told = [VERDICT_IN_WORDS[each] for each in self.found.row.verdicts]
        words = "; ".join(told)
        yield f"{words[0].upper()}{words[1:]}. Values are those of {self.on}."
        yield ""
        yield from _sources(self.found.sources)

    def in_full(self) -> object:
        """The row whole."""
        return {"on": self.on, "row": self.found}


@dataclass(frozen=True, slots=True, kw_only=True)
class OneSource:
    """One source, and the rows that rest on it."""

    source: Source
    rows: tuple[str, ...]

    def shown(self) -> Iterator[RenderableType]:
        """What it is, and what rests on it."""
        yield heading(self.source.id)
        yield self.source.says
        yield ""
        yield f"Rows that rest on it: {', '.join(self.rows) or 'none'}."

    def in_full(self) -> object:
        """The source whole."""
        return {"source": self.source, "rows": self.rows}


def looked_up(rules: Rules, asked: str, on: date, edition: Edition | None) -> Answer | None:
    """What a person asks for by meaning, code, row or source; None where nothing has the name."""
    evidence = shipped_evidence()
    if found := look_up(rules.book, evidence, asked, on=on, edition=edition):
        files = {each.entry.file for each in found}
        reviews = tuple(each for each in rules.reviews if each.file in files)
        return Entries(asked=asked, on=on, found=found, reviews=reviews)
    if row := evidence.row(_as_a_row(asked)):
        return OneRow(on=on, found=one_row(rules, evidence, row, on))
    return _source(evidence, asked.strip().upper())


def unknown(rules: Rules, asked: str, edition: Edition | None) -> str:
    """The sentence about a name that nothing has, with names like it."""
    where = f" in edition {edition}" if edition else ""
    known = ", ".join(near(rules.book, asked))
    like = f"near it are {known}" if known else "`veinledger codes diff` lists meanings and rows"
    return f"the code book has no meaning, code, row or source {asked!r}{where}; {like}"


def _as_a_row(asked: str) -> str:
    text = asked.strip()
    return text.lower() if text.lower().startswith("section") else text.upper()


def _source(evidence: Evidence, named: str) -> OneSource | None:
    source = evidence.source(named)
    if source is None:
        return None
    rows = tuple(row.id for row in evidence.rows if named in row.evidence)
    return OneSource(source=source, rows=rows)


def _sources(sources: tuple[Source, ...]) -> Iterator[RenderableType]:
    if sources:
        yield styled("sources", "bold")
        yield inset(listing([(each.id, each.says) for each in sources], widths=(4,)))
        yield ""


def _reviewed(page: Review, on: date) -> str:
    told = f"{page.file} was held against its source on {page.reviewed}; "
    if page.stale(on):
        return f"{told}that was due again on {page.due}: check {page.check}."
    return f"{told}that is due again on {page.due}."
