"""Last days of paper: by when a claim must arrive, by when a denial can be appealed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from veinledger.domain.calendar import months_after
from veinledger.domain.centre.directory import Coverage
from veinledger.domain.codebook.page import PAGE, Line
from veinledger.domain.listed import Listed

Days = Annotated[int, Field(gt=0, le=3650)]
End = Literal["first day", "last day"]
"""Which day of a claim a limit counts from."""


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class FilingLimit(Listed):
    """By when a payer of some kind must have a claim, whatever a site's directory says."""

    label: Line
    for_kinds: Annotated[tuple[Coverage, ...], Field(min_length=1)]
    days: Days | None = None
    months: Annotated[int, Field(gt=0, le=120)] | None = None
    hospital_from: End
    """Where a hospital's claim counts from."""
    professional_from: End

    @model_validator(mode="after")
    def _counts_days_or_months(self) -> Self:
        if (self.days is None) == (self.months is None):
            raise ValueError("a limit has days or months, one of the two")
        return self

    @property
    def identity(self) -> tuple[str, ...]:
        """A limit, and whose."""
        return (self.name, *self.for_kinds)

    def ends(self, service: date) -> date:
        """The last day on which the claim may arrive."""
        if self.months is not None:
            return months_after(service, self.months)
        return service + timedelta(days=self.days or 0)


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class AppealLimit(Listed):
    """By when a payer of some kind must have an appeal of one level."""

    label: Line
    for_kinds: Annotated[tuple[Coverage, ...], Field(min_length=1)]
    level: Annotated[int, Field(ge=1, le=5)]
    days: Days
    """Days after the decision arrived."""
    arrives_after: Annotated[int, Field(ge=0, le=30)] = 0
    """Days after which a decision is taken to have arrived."""

    @property
    def identity(self) -> tuple[str, ...]:
        """Whose appeal, of which level."""
        return (self.name, *self.for_kinds, str(self.level))

    def ends(self, decided: date) -> date:
        """The last day on which the appeal may arrive, counted from the day of the decision."""
        return decided + timedelta(days=self.days + self.arrives_after)


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Notice(Listed):
    """How many days before a last day people want to be told of it; the name is the rule's."""

    label: Line
    days: Annotated[int, Field(ge=0, le=730)]
