"""What one site is paid by, from day to day: Medicare's rates, and payers' prices of a product."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import combinations
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from veinledger.domain.centre.dated import Dated
from veinledger.domain.codebook.page import PAGE, Line

BaseRate = Annotated[Decimal, Field(ge=0, max_digits=9, decimal_places=2)]
Ratio = Annotated[Decimal, Field(ge=0, le=5, decimal_places=4)]


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class MedicareRate(Dated):
    """A hospital's rates under the inpatient prospective payment system, from day to day.

    The rates are already the hospital's own: adjusted for wages, and with its teaching and
    disproportionate share, if it wants them estimated. Dollars for a weight of 1.
    """

    operating: BaseRate
    capital: BaseRate | None = None
    """Absent where `operating` is one rate for both."""
    operating_cost_to_charge: Ratio | None = None
    capital_cost_to_charge: Ratio | None = None
    source: Line
    """The letter or file that says so."""


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class ProductPrice(Dated):
    """What a payer pays for one dose of a product that its case rate leaves outside."""

    amount: Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=2)]
    """Dollars for the dose."""
    clause: Line
    """Where the contract says so."""


def refuse_two_of_a_day(rates: Iterable[Dated], what: str) -> None:
    """Raises ValueError where two of them hold on one day; `what` is the field that has them."""
    for one, other in combinations(sorted(rates, key=lambda each: each.since), 2):
        if one.holds(other.since):
            raise ValueError(
                f"{what} {one.span} and {other.span} claim the same day; end one where"
                " the other begins"
            )
