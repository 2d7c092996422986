"""Sizes that the code book gives, and numbers as people write them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from veinledger.projections.case.case import Case


def plain(number: Decimal) -> str:
    """A number without trailing zeros, with commas: 1,665 and 55.5."""
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def figure(case: Case, meaning: str, day: date) -> Decimal | None:
    """The size that the code book gives a tolerance; who asks without one finds nothing."""
    entry = case.rules.find(meaning, day)
    return entry.unit.amount if entry and entry.unit else None
