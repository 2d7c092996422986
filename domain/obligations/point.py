"""When something is owed, counted from an anchor, and which facts meet it."""

from __future__ import annotations

from dataclasses import dataclass as plain
from datetime import date, timedelta
from functools import lru_cache
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from veinledger.domain.calendar import months_after
from veinledger.domain.codebook.page import PAGE, Line, Name

Within = Annotated[int, Field(ge=0, le=730)]
"""So many days before or after the day on which something is due."""

MetBy = Literal[
    "acute_monitoring.ended",
    "condition.documented",
    "crs.graded",
    "document.filed",
    "icans.graded",
    "laboratory.resulted",
    "manufacturing.released",
    "monitoring.day_completed",
    "neurology.visit_completed",
    "product.received",
    "registry.form_filed",
    "toxicity.observed",
]
"""The facts that can meet what a page of obligations asks for."""


@plain(frozen=True, slots=True, kw_only=True)
class Window:
    """When something is owed: its day, and the first and the last day on which it is on time."""

    due: date
    opens: date
    closes: date

    def covers(self, day: date) -> bool:
        """Whether a day is on time, both ends included."""
        return self.opens <= day <= self.closes


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Point:
    """One time of a series: so many days or months after the anchor, give or take some days.

    A month ends where the shorter month ends: one month after 31 January is the last of February.
    """

    name: Name
    """What the rule is called by beside its series: month_3, year_10."""
    days: Annotated[int, Field(ge=0, le=6000)] | None = None
    months: Annotated[int, Field(ge=0, le=240)] | None = None
    early: Within = 0
    late: Within = 0
    known_as: tuple[Line, ...] = ()
    """What a form calls its reporting period: 100 days, 1 year."""

    @model_validator(mode="after")
    def _counts_days_or_months(self) -> Self:
        if (self.days is None) == (self.months is None):
            raise ValueError("a point of time has days or months, one of the two")
        return self

    def window(self, anchor: date) -> Window:
        """When it is owed, counted from a local day."""
        if self.months is None:
            due = anchor + timedelta(days=self.days or 0)
        else:
            due = months_after(anchor, self.months)
        opens, closes = due - timedelta(days=self.early), due + timedelta(days=self.late)
        return Window(due=due, opens=opens, closes=closes)

    def called(self, period: str) -> bool:
        """Whether a reporting period as a form says it is this one."""
        return _plain(period) in {_plain(each) for each in (self.name, *self.known_as)}


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Meets:
    """A fact that meets an obligation, and what it must be about; nothing named: any of it."""

    fact: MetBy
    tests: tuple[Line, ...] = ()
    """Laboratory tests by the name that the laboratory gives them."""
    loincs: tuple[Line, ...] = ()
    forms: tuple[Line, ...] = ()
    """Numbers of registry forms."""
    documents: tuple[Line, ...] = ()
    """Kinds of documents."""
    toxicities: tuple[Line, ...] = ()


@lru_cache(maxsize=1024)
def _plain(text: str) -> str:
    return " ".join(text.replace("_", " ").replace("-", " ").casefold().split())
