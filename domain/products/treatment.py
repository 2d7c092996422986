"""What is given and watched, as a product page says it: cells, lymphodepletion, monitoring.

Some of it goes by indication, some by body weight; where the page leaves it open, none is chosen.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Self, TypeVar

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from veinledger.domain.codebook.page import PAGE, Exact, Line, Name
from veinledger.domain.codebook.statement import Statement

Days = Annotated[int, Field(ge=0, le=730)]


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Scoped(Statement):
    """A statement that may be about some of the product's indications only."""

    indications: tuple[Name, ...] = ()
    """The page's indications that it is for; none named means all of them."""


S = TypeVar("S", bound=Scoped)


def about(statements: Iterable[S], indication: str | None) -> tuple[S, ...]:
    """Those for an indication, else those for every one; without either, one that stands alone."""
    known = tuple(statements)
    exact = tuple(each for each in known if indication in each.indications)
    general = tuple(each for each in known if not each.indications)
    return exact or general or (known if len(known) == 1 else ())


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Dose(Scoped):
    """CAR-positive viable T cells: by body weight or flat, and the most in all."""

    name: Name | None = None
    """Tells doses of one day apart, where they go by indication or weight."""
    per_kg_least: int | None = None
    per_kg_most: int | None = None
    flat_least: int | None = None
    """The least of a dose that does not go by weight; `most` is its most."""
    most: int
    over_kg: Exact | None = None
    """For patients above this weight only."""
    up_to_kg: Exact | None = None

    @model_validator(mode="after")
    def _goes_by_weight_or_does_not(self) -> Self:
        by_weight, to_an_end = self.per_kg_least is not None, self.per_kg_most is not None
        if by_weight != to_an_end or by_weight == (self.flat_least is not None):
            raise ValueError(
                "a dose has per_kg_least and per_kg_most, or flat_least, beside most; give one pair"
            )
        return self

    def fits(self, weight: Decimal | None) -> bool:
        """Whether it is for a patient of this weight, kg; without one, only what asks for none."""
        if weight is None:
            return self.over_kg is None and self.up_to_kg is None
        above = self.over_kg is None or weight > self.over_kg
        return above and (self.up_to_kg is None or weight <= self.up_to_kg)

    def range(self, weight: Decimal) -> tuple[Decimal, Decimal]:
        """The least and the most cells for a patient of this weight, kg."""
        if self.flat_least is not None:
            return Decimal(self.flat_least), Decimal(self.most)
        ends = (self.per_kg_least or 0, self.per_kg_most or 0)
        least, most = (min(weight * each, Decimal(self.most)) for each in ends)
        return least, most


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class RegimenDrug:
    """One drug of the lymphodepletion."""

    meaning: Name
    agent: Line
    mg_per_m2: Exact
    days: Days | None = None
    """Where it is given on fewer days than the regimen has."""


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Regimen(Scoped):
    """Lymphodepletion: drugs and days, and how it stands to the infusion on day 0."""

    name: Name
    drugs: tuple[RegimenDrug, ...]
    days: Days
    """Days on which chemotherapy is given."""
    rest_least: Days
    """Days from the last dose to the infusion, at least."""
    rest_most: Days
    first_day: int | None = None
    """Day of the first dose where the calendar itself is asked for: -5."""
    last_day: int | None = None
    repeat_after: Days | None = None
    """Repeat it when the infusion slips by more than so many days."""

    def days_of(self, drug: RegimenDrug) -> int:
        """On how many days a drug of the regimen is given."""
        return self.days if drug.days is None else drug.days


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Regime(Scoped):
    """Acute monitoring after an infusion on a day within this statement's span."""

    name: Name | None = None
    daily: Days
    """Days of daily monitoring."""
    near: Days
    """Days within reach of the centre."""
    no_driving: Days
