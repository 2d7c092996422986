"""Families of revenue codes: rooms, and what only an emergency or observation visit can have."""

from __future__ import annotations

from datetime import date
from typing import Final

from veinledger.projections.claims.bills.case import Case

ACCOMMODATION: Final = "accommodation_revenue"
ATTENDANCE: Final = "attendance_revenue"


def belongs(case: Case, family: str, code: str, on: date) -> bool:
    """Whether a revenue code is of a family; the book writes 020x for all that begin with 020."""
    rule = case.rules.find(family, on)
    members = (case.rules.find(part, on) for part in (rule.parts if rule else ()))
    return any(code.startswith(member.code.rstrip("x")) for member in members if member)
