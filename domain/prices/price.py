"""What Medicare pays by, as dated data: amounts of a year, and payment limits of a quarter.

A site's page of limits takes the place of the shipped one for its quarter, whole and by itself. The
weights of MS-DRGs stand in the code book, beside their codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic.dataclasses import dataclass

from veinledger.domain.codebook.page import PAGE, Exact, Line, Name
from veinledger.domain.listed import Listed
from veinledger.domain.prices.quarter import QUARTER, quarter_named

Measure = Literal["dollars", "of the amount", "days"]
"""What an amount counts; `of the amount` is a fraction, 0.02 for 2 %."""

Hcpcs = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{5}$")]
QuarterName = Annotated[str, StringConstraints(pattern=QUARTER)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Share = Annotated[Decimal, Field(ge=0, le=1, decimal_places=6)]
Limit = Annotated[Decimal, Field(gt=0, max_digits=15, decimal_places=4)]


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class MedicareAmount(Listed):
    """One amount of Medicare's on the days on which it holds: a deductible, a threshold, a rate."""

    label: Line
    amount: Exact | None = None
    """Absent where it is known to be paid, and how much is not known."""
    of: Measure
    product: Name | None = None
    """The product that it is about; absent means whatever is given."""

    @property
    def identity(self) -> tuple[str, ...]:
        """What is paid, and for which product."""
        return (self.name, self.product or "")


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class PaidElsewhere(Listed):
    """A payment system, by its name in the directory, that none of these tables is of, and why."""

    label: Line


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class FileMustList(Listed):
    """The codes that a pricing file lists if it is the right one, and whole."""

    codes: Annotated[tuple[Hcpcs, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class PaymentLimits(Listed):
    """The payment limits of one quarter: dollars for one billing unit of a HCPCS code."""

    quarter: QuarterName
    complete: bool
    """Whether it is the whole file, so that a code that it lacks has no limit."""
    of: Mapping[Hcpcs, Limit]
    """Dollars with all their decimals; rounded to cents on the claim line alone."""
    without: tuple[Hcpcs, ...] = ()
    """Codes that the file lists with no limit: none, which is not 0."""
    coinsurance: Mapping[Hcpcs, Share] = Field(default_factory=dict[str, Decimal])
    """The patient's share by code, where the file says another one than the law's 20 %."""
    digest: Digest | None = None
    """SHA-256 of the file that it was read from."""
    imported: date | None = None
    """The day on which a site took it in."""

    @model_validator(mode="after")
    def _holds_for_its_quarter_alone(self) -> Self:
        mine = quarter_named(self.quarter)
        if mine is None or (self.since, self.until) != (mine.first_day, mine.after):
            raise ValueError(f"limits of {self.quarter} hold for that quarter, all of it and alone")
        return self
