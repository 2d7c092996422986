"""Quarters and fiscal years: the days for which Medicare's prices hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Self

QUARTER: Final = r"^20[0-9]{2}Q[1-4]$"
"""A calendar quarter as it is written here: 2026Q2."""


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A calendar quarter."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Self:
        """The quarter that a day lies in."""
        return cls(day.year, (day.month + 2) // 3)

    @property
    def first_day(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def after(self) -> date:
        """The first day of the next quarter."""
        last = self.number == 4
        return date(self.year + last, 1 if last else 3 * self.number + 1, 1)

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"


def quarter_named(text: str) -> Quarter | None:
    """The quarter of a name such as 2026Q2; None where it is no such name."""
    if not re.fullmatch(QUARTER, text):
        return None
    return Quarter(int(text[:4]), int(text[5]))


def fiscal_year(day: date) -> int:
    """The fiscal year of Medicare that a day lies in: it begins in October of the year before."""
    return day.year + (day.month >= 10)
