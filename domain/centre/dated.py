"""What every row of the directory is: a statement of the site, from one day until another."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from veinledger.domain.codebook.page import PAGE


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Dated:
    """A statement of the site about itself, from one day until another."""

    since: Annotated[date, Field(alias="from")]
    until: date | None = None
    """First day no longer in force; absent means that no end is known."""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until is not None and self.until <= self.since:
            raise ValueError(f"until {self.until} is not after from {self.since}")
        return self

    def holds(self, on: date) -> bool:
        """Whether it is in force on a day."""
        return self.since <= on and (self.until is None or on < self.until)

    @property
    def span(self) -> str:
        """Its days as a sentence shows them, the second excluded."""
        return f"{self.since} to {self.until or 'open'}"
