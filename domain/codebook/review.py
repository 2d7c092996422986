"""When a page was last held against its source, and from which day on that has to be done again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final, Literal

from pydantic.dataclasses import dataclass

from veinledger.domain.codebook.page import PAGE, Line, Table, read
from veinledger.domain.findings import Finding

Cadence = Literal["quarterly", "each January", "each July", "each October"]
"""How often the source of a page changes: always on the first of a month."""

_MONTHS: Final[dict[Cadence, tuple[int, ...]]] = {
    "quarterly": (1, 4, 7, 10),
    "each January": (1,),
    "each July": (7,),
    "each October": (10,),
}
FIELDS: Final = ("reviewed", "cadence", "check")
"""What a page says of its review, beside its system."""


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Review:
    """The last review of one page, how often its source changes, and what to hold it against."""

    file: str
    reviewed: date
    cadence: Cadence
    check: Line
    """The publication that a reviewer opens."""

    @property
    def due(self) -> date:
        """The first day on which the source may say something else: the next review."""
        days = (
            date(year, month, 1)
            for year in (self.reviewed.year, self.reviewed.year + 1)
            for month in _MONTHS[self.cadence]
        )
        return next(day for day in days if day > self.reviewed)

    def stale(self, on: date) -> bool:
        """Whether the page may be behind its source on this day."""
        return on >= self.due


def review(file: str, page: Table) -> Review | None:
    """What a page says of its review; None where it says nothing. Raises PageError."""
    said = {field: page[field] for field in FIELDS if field in page}
    return read(Review, file, "its review", {**said, "file": file}) if said else None


def stale(reviews: Iterable[Review], on: date) -> tuple[Finding, ...]:
    """A notice for each page that may be behind its source on a day. It holds nothing."""
    return tuple(_finding(each) for each in reviews if each.stale(on))


def _finding(page: Review) -> Finding:
    place = page.file.rpartition(": ")[2].removesuffix(".toml")
    name = place.removeprefix("codebook/").replace("/", "_")
    return Finding(
        rule=f"the_page_{name}_is_reviewed_when_its_source_changes",
        severity="notice",
        reason=(
            f"{page.file} was last held against its source on {page.reviewed}, and the next"
            f" review ({page.cadence}) was due on {page.due}"
        ),
        remedy=f"check {page.check}, and date the page anew",
        source=page.file,
        records=(),
    )
