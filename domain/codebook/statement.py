"""What any dated page asserts: from which day, until which, on whose word, how sure, and where."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import combinations
from typing import Annotated, Literal, Self, TypeVar, get_args

from pydantic import Field, StringConstraints, model_validator
from pydantic.dataclasses import dataclass

from veinledger.domain.codebook.page import PAGE, Line

Edition = Literal["public", "page"]
"""A body of codes and rules: what independent sources support, or the source page as printed."""

EDITIONS: tuple[Edition, ...] = get_args(Edition)

Confidence = Literal["high", "medium", "low", "unverified"]
"""How well evidence supports the value as right: `low` where the source page stands against it,
`unverified` where none was found, which shows wherever the value is used."""

Row = Annotated[
    str,
    StringConstraints(pattern=r"^([RP]\d{2}|page: \S.*|section \d.*|site: \S.*|public: \S.*)$"),
]
"""Where it is argued: a row or section of evidence.toml, a section of the source page, a decision
of the site, or a public text that the check of the page did not ask for (a regulation, a
manual)."""

Evidence = Annotated[str, StringConstraints(pattern=r"^E\d{1,2}$")]


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Statement:
    """A dated, sourced assertion that belongs to one edition or both. Rivals stand side by side."""

    since: Annotated[date, Field(alias="from")]
    """First day in force."""
    until: date | None = None
    """First day no longer in force; absent means that no end is known."""
    start: Literal["known", "assumed"] = "known"
    """`assumed`: it may hold earlier; `from` is the first day that the page vouches for."""
    editions: Annotated[tuple[Edition, ...], Field(min_length=1)]
    source: Line
    row: Row
    evidence: tuple[Evidence, ...] = ()
    confidence: Confidence
    note: Annotated[str, StringConstraints(strip_whitespace=True)] = ""
    consequence: Annotated[str, StringConstraints(strip_whitespace=True)] = ""
    """What the other edition's value would do to a claim; required where only one side says it."""

    @model_validator(mode="after")
    def _stands(self) -> Self:
        if self.until is not None and self.until <= self.since:
            raise ValueError(
                f"until {self.until} is not after from {self.since}; until is the first day on "
                "which it no longer holds"
            )
        if self.editions == ("page",) and not self.consequence:
            raise ValueError("a statement of the page alone says its consequence for a claim")
        return self

    def holds(self, on: date, edition: Edition) -> bool:
        """Whether it is in force in this edition on this day."""
        return edition in self.editions and self.since <= on and not self.ended(on)

    def ended(self, on: date) -> bool:
        """Whether its last day lies before this day."""
        return self.until is not None and on >= self.until

    @property
    def span(self) -> str:
        """Its days as a sentence shows them: ``2019-01-01 to 2025-01-01``, the second excluded."""
        return f"{self.since} to {self.until or 'open'}"


S = TypeVar("S", bound=Statement)


def in_force(statements: Iterable[S], on: date, edition: Edition) -> tuple[S, ...]:
    """The statements that hold in an edition on a day, in page order."""
    return tuple([each for each in statements if each.holds(on, edition)])


def overlap(statements: Iterable[S]) -> tuple[S, S, Edition] | None:
    """Two statements that claim the same day in the same edition, if there are any."""
    for edition in EDITIONS:
        mine = sorted((s for s in statements if edition in s.editions), key=lambda s: s.since)
        for one, next_one in combinations(mine, 2):
            if not one.ended(next_one.since):
                return one, next_one, edition
    return None
