"""The small constrained types that facts are made of, each checked once, at the border.

Every type carries its limits twice: pydantic reads them when a report comes in, msgspec when the
ledger reads its own rows. A limit stands in one place and both see it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Final, TypeVar

from msgspec import Meta
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

DAY_LENGTH: Final = len("2026-04-02")
DAY_PATTERN: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
CLOCK_PATTERN: Final = r"T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
INSTANT_PATTERN: Final = DAY_PATTERN + CLOCK_PATTERN
NUMBER_PATTERN: Final = r"-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,4})?"
"""What a number in a report may look like: at most 12 digits, 4 of them places, no exponent."""

A_DAY: Final = "a calendar date, YYYY-MM-DD"
AN_INSTANT: Final = "an RFC 3339 time with offset, such as 2026-04-02T09:10:00-05:00"
YEARS: Final = range(1850, 2200)
"""Years that anything in a ledger may be dated in; outside stand typing errors."""

_DAY: Final = re.compile(DAY_PATTERN)
_INSTANT: Final = re.compile(INSTANT_PATTERN)

D = TypeVar("D", date, datetime)


def day_of(text: object) -> date:
    """The calendar date that a ``YYYY-MM-DD`` text names; raises ValueError for anything else.

    A date is its own name, so that facts can be built in Python as well.
    """
    if type(text) is date:
        return text
    if isinstance(text, str) and _DAY.fullmatch(text):
        return _within_the_years(date.fromisoformat, text)
    raise ValueError(A_DAY)


def instant_of(text: str) -> datetime:
    """The instant that an RFC 3339 text with offset names; raises ValueError for anything else."""
    if _INSTANT.fullmatch(text):
        return _within_the_years(datetime.fromisoformat, text)
    raise ValueError(AN_INSTANT)


def _within_the_years(read: Callable[[str], D], text: str) -> D:
    """The library's own errors print the text, so its words are left behind."""
    with suppress(ValueError):
        day = read(text)
        if day.year in YEARS:
            return day
    raise ValueError(f"a date that the calendar has, from {YEARS.start} to {YEARS.stop - 1}")


def _a_day_or_an_instant(text: str) -> str:
    if len(text) == DAY_LENGTH:
        day_of(text)
    else:
        instant_of(text)
    return text


END: Final = r"$(?!\n)"
"""The end of the text, and no line feed behind it: one pattern for pydantic, msgspec and schema."""

_PRINTED: Final = r"[^\x00-\x1f\x7f]"
_INK: Final = r"[^\s\x00-\x1f\x7f]"
_IDENTIFIER: Final = "^" + _INK + "(" + _PRINTED + "*" + _INK + ")?" + END
_NDC: Final = r"^([0-9]{4,5}-[0-9]{3,4}-[0-9]{1,2}|[0-9]{11})" + END
_CODE: Final = r"^[A-Z0-9][A-Z0-9.]{0,9}" + END
_DIGEST: Final = r"^[0-9a-f]{64}" + END
_REVENUE: Final = r"^[0-9]{4}" + END
_DRG: Final = r"^[0-9]{3}" + END
_TWO_DIGITS: Final = r"^[0-9]{2}" + END

Day = Annotated[date, BeforeValidator(day_of), Field(description=A_DAY)]
"""A calendar date, ``YYYY-MM-DD``; digits without dashes are never read as seconds since 1970."""

Moment = Annotated[
    str,
    AfterValidator(_a_day_or_an_instant),
    Field(
        description=f"{AN_INSTANT}; or {A_DAY}, where only the day is known",
        json_schema_extra={"pattern": f"^{DAY_PATTERN}({CLOCK_PATTERN})?{END}"},
    ),
]
"""An RFC 3339 time with offset, or a bare date where only the day is known. Kept as written."""

Text = Annotated[
    str, StringConstraints(min_length=1, max_length=200), Meta(min_length=1, max_length=200)
]
"""A short text: a name, a reference, a finding."""

LongText = Annotated[
    str, StringConstraints(min_length=1, max_length=4000), Meta(min_length=1, max_length=4000)
]
"""A narrative: a reason, a conclusion."""

JsonText = Annotated[
    str, StringConstraints(min_length=2, max_length=400_000), Meta(min_length=2, max_length=400_000)
]
"""Something whole, as canonical JSON: a claim as it was sent, a fact that takes another's place."""

Identifier = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100, pattern=_IDENTIFIER),
    Meta(min_length=1, max_length=100, pattern=_IDENTIFIER),
    Field(description="a name of at most 100 characters, with no blank at either end"),
]
"""A name given by somebody else (account, lot, chain of identity); no blanks at either end."""

Ndc = Annotated[
    str,
    StringConstraints(pattern=_NDC),
    Meta(pattern=_NDC),
    Field(description="an NDC: three segments with dashes, or eleven digits"),
]
"""A National Drug Code as printed: three segments with dashes, or eleven digits."""

Code = Annotated[
    str,
    StringConstraints(pattern=_CODE),
    Meta(pattern=_CODE),
    Field(description="a code in capitals, digits and dots, of at most 10 characters"),
]
"""A billing or diagnosis code as its system prints it (C90.00, Q2056, 0891)."""

RevenueCode = Annotated[
    str,
    StringConstraints(pattern=_REVENUE),
    Meta(pattern=_REVENUE),
    Field(description="a revenue code of four digits"),
]
"""A UB-04 revenue code, four digits (0891)."""

Drg = Annotated[
    str,
    StringConstraints(pattern=_DRG),
    Meta(pattern=_DRG),
    Field(description="an MS-DRG of three digits"),
]
"""An MS-DRG number, three digits (018)."""

DischargeStatus = Annotated[
    str,
    StringConstraints(pattern=_TWO_DIGITS),
    Meta(pattern=_TWO_DIGITS),
    Field(description="a discharge status of two digits"),
]
"""A UB-04 patient discharge status, two digits (01 home, 20 expired, 30 still a patient)."""

Digest = Annotated[
    str,
    StringConstraints(pattern=_DIGEST),
    Meta(pattern=_DIGEST),
    Field(description="64 hexadecimal digits in lower case"),
]
"""A SHA-256 digest in lower-case hexadecimal."""

Count = Annotated[int, Field(ge=0, le=999_999), Meta(ge=0, le=999_999)]
"""A whole number of things."""
Ordinal = Annotated[int, Field(ge=1, le=999_999), Meta(ge=1, le=999_999)]
"""Which one of a series, counted from 1."""
Sequence = Annotated[int, Field(ge=0, le=10**11), Meta(ge=0, le=10**11)]
"""Where a record stands in its stream, or in the ledger."""
Grade = Annotated[int, Field(ge=1, le=5), Meta(ge=1, le=5)]
"""A toxicity grade; 5 is death of it."""
IceScore = Annotated[int, Field(ge=0, le=10), Meta(ge=0, le=10)]
"""Immune effector cell-associated encephalopathy score: 10 is unimpaired, 0 unrousable."""
Cells = Annotated[int, Field(ge=0, le=10**11), Meta(ge=0, le=10**11)]
"""A whole number of CAR-positive viable T cells."""

Number = Annotated[Decimal, Field(max_digits=12, decimal_places=4)]
Milligrams = Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=4)]
Quantity = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=4)]
Dollars = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=3)]
"""Dollars, rates to three places; rounded to cents at the claim line."""
Balance = Annotated[Decimal, Field(max_digits=12, decimal_places=3)]
"""Dollars that may be negative: an adjustment, a payment taken back."""
Kilograms = Annotated[Decimal, Field(gt=0, le=500, max_digits=12, decimal_places=4)]
Centimetres = Annotated[Decimal, Field(gt=0, le=300, max_digits=12, decimal_places=4)]
SquareMetres = Annotated[Decimal, Field(gt=0, le=5, max_digits=12, decimal_places=4)]
Percent = Annotated[Decimal, Field(ge=0, le=100, max_digits=12, decimal_places=4)]
Celsius = Annotated[Decimal, Field(ge=-273, le=100, max_digits=12, decimal_places=4)]
