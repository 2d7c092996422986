"""Dollars and cents reckoned exactly, whatever decimal context the caller's process has set."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation
from functools import reduce
from typing import Final

CENT: Final = Decimal("0.01")
_EXACT: Final = Context(prec=28, traps=[Inexact, InvalidOperation])
"""Adds dollars and cents, and would rather fail than round."""
_WIDE: Final = Context(prec=50)


def added(amounts: Iterable[Decimal]) -> Decimal:
    """A sum, to the last digit of its parts."""
    return reduce(_EXACT.add, amounts, Decimal("0.00"))


def less(whole: Decimal, *parts: Decimal) -> Decimal:
    """What is left of an amount."""
    return reduce(_EXACT.subtract, parts, whole)


def times(*numbers: Decimal) -> Decimal:
    """A product with all its digits."""
    return reduce(_WIDE.multiply, numbers)


def part_of(whole: Decimal, part: Decimal, of: Decimal) -> Decimal:
    """What falls to `part` of `of`, not rounded to cents."""
    return _WIDE.divide(times(whole, part), of)


def cents(dollars: Decimal) -> Decimal:
    """Rounded to cents, half a cent up."""
    return dollars.quantize(CENT, rounding=ROUND_HALF_UP, context=_WIDE)
