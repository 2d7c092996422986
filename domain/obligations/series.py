"""What is owed again and again after an anchor: visits, tests, registry forms, as dated data."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from veinledger.domain.centre.directory import Coverage
from veinledger.domain.codebook.page import PAGE, Line, Name
from veinledger.domain.listed import Listed
from veinledger.domain.obligations.point import Meets, Point, Within

Repeated = Literal["monitoring", "neurology", "laboratory", "registry"]
Anchor = Literal["cells.infused", "patient.died"]


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Series(Listed):
    """Something that is owed at several times, counted from one fact.

    Of rows that have one name, the one for the payer of the day of infusion goes before the one for
    its kind of coverage, and either before the one for all. A row called as the calendar of the
    product page is takes its place.
    """

    label: Line
    """What is owed, in a few words of our own."""
    group: Repeated
    after: Anchor = "cells.infused"
    products: tuple[Name, ...] = ()
    """Product pages that it is for; none named means all."""
    payers: tuple[Name, ...] = ()
    """Payers of the site's directory whose patients it is for; none named means all."""
    for_kinds: tuple[Coverage, ...] = ()
    """Kinds of coverage that it is for; none named means all."""
    points: Annotated[tuple[Point, ...], Field(min_length=1)]
    meets: Annotated[tuple[Meets, ...], Field(min_length=1)]
    window_source: Line
    """Where the days either side come from."""
    asked: bool = True
    """False: a site says that it does not ask for it."""

    @model_validator(mode="after")
    def _has_each_point_once(self) -> Self:
        names = [point.name for point in self.points]
        if len(set(names)) < len(names):
            raise ValueError("two points of one name; each has a name of its own")
        return self

    @property
    def identity(self) -> tuple[str, ...]:
        """What it is about, and for whom."""
        return (self.name, *self.products, "for", *self.payers, *self.for_kinds)


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Expected(Listed):
    """A day to plan with: something that often comes about so long after a fact. Nobody owes it."""

    label: Line
    after: Literal["cells.infused", "cells.shipped"]
    products: tuple[Name, ...] = ()
    point: Point
    seen_by: Annotated[tuple[Meets, ...], Field(min_length=1)]
    """The facts by which it has come about."""
    window_source: Line

    @property
    def identity(self) -> tuple[str, ...]:
        """What is expected, of which products."""
        return (self.name, *self.products)


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class AdviceOwed(Listed):
    """Something to tell the patient, which holds for as long as the regime of his infusion says."""

    label: Line
    advice: Literal["no driving", "stay close to the centre"]
    """As `patient.advised` says it."""
    regime: Literal["near", "no_driving"]
    """The days of the product's regime during which it holds, counted from day 0."""
    early: Within
    """How many days before day 0 it may be told."""
    late: Within
    window_source: Line
