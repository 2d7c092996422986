"""Support for patients as dated data: who offers what, for which products, to whom it may go.

The programme decides who gets it, on application. What stands here is who may be sent where.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from veinledger.domain.codebook.page import PAGE, Line, Name
from veinledger.domain.facts.authorization import CoverageKind
from veinledger.domain.listed import Listed

Month = Annotated[int, Field(ge=1, le=12)]

Gives = Literal[
    "benefits investigation",
    "prior authorization support",
    "appeals",
    "case management",
    "care navigation",
    "Medicare navigation",
    "logistics",
    "copay assistance",
    "cost-share grant",
    "travel",
    "free product",
]
"""What a programme may do for a patient: a maker pays a copay, a foundation grants a share."""

Engage = Literal["referral", "apheresis scheduling"]
"""The step at which somebody turns to the programme."""


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Programme(Listed):
    """A maker's hub, or a foundation."""

    label: Line
    run_by: Line
    kind: Literal["hub", "foundation"]
    """`hub`: run by a product's maker, for its own products alone."""
    products: Annotated[tuple[Name, ...], Field(min_length=1)]
    known_as: tuple[Line, ...] = ()
    """Other names that an enrolment gives it; capitals, blanks and signs do not count."""
    reach: Line
    """How somebody reaches it, in words."""
    opens: Line | None = None
    """Of funds that open and close: what is said about when."""
    look_in: tuple[Month, ...] = ()
    """Of such funds: the months on whose first day somebody looks again."""

    def is_called(self, text: str) -> bool:
        """Whether an enrolment that names this text means this programme."""
        return spelt(text) in {spelt(each) for each in (self.name, self.label, *self.known_as)}

    def look_again(self, on: date) -> date | None:
        """The first day, this one included, on which its funds are looked at again."""
        days = (date(year, month, 1) for year in (on.year, on.year + 1) for month in self.look_in)
        return min((day for day in days if day >= on), default=None)


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Offer(Listed):
    """One thing that a programme does for patients, and to whom it may go."""

    programme: Name
    label: Line
    gives: Annotated[tuple[Gives, ...], Field(min_length=1)]
    named: tuple[Line, ...] = ()
    """Other words under which an enrolment names it as a service."""
    by_enrolment: bool = False
    """Whether an enrolment alone brings it; else the enrolment must name it."""
    only_for: tuple[CoverageKind, ...] = ()
    """The kinds of coverage that it may go to; none named means all."""
    never_with: tuple[CoverageKind, ...] = ()
    """The kinds of coverage beside which it may never go, be they primary or not."""
    bar: Line | None = None
    """Why it does not go to the others, and where those are sent."""
    ask: Line | None = None
    """What somebody must ask the patient first, because no record says it."""
    decided: Line | None = None
    """By what the programme decides."""
    engage: Engage
    before: Literal["infusion"] | None = None
    """The step after which nobody is sent there any more."""
    do: Line

    @property
    def identity(self) -> tuple[str, ...]:
        """An offer may say one thing for one kind of coverage and another for the next."""
        return (self.programme, self.name, *self.only_for)

    @property
    def rule(self) -> str:
        """What its task is called."""
        return f"{self.programme}_{self.name}"

    def is_named(self, services: Iterable[str]) -> bool:
        """Whether the services of an enrolment name it."""
        words = {spelt(each) for each in (self.name, self.label, *self.gives, *self.named)}
        return any(spelt(service) in words for service in services)


def spelt(text: str) -> str:
    """A name as it compares: letters and digits alone, in small letters."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())
