"""The due list as CSV."""

from __future__ import annotations

from typing import Final

from veinledger.adapters.cli.screen import clean
from veinledger.adapters.printing.comma_separated import table
from veinledger.projections.due.shapes import DueList, Owed

HEADS: Final = (
    "encounter",
    "centre",
    "stage",
    "group",
    "what",
    "status",
    "due",
    "opens",
    "closes",
    "days_left",
    "met_on",
    "provisional",
    "caution",
    "confidence",
    "obligation",
)


def as_csv(found: DueList) -> str:
    """One line an obligation, with heads. `days_left` is a number; below zero it is overdue."""
    return table(HEADS, map(_line, found.owed))


def _line(row: Owed) -> tuple[object, ...]:
    each = row.obligation
    told = (row.encounter, row.centre or "", str(row.stage), each.group, each.what, each.status)
    days = (each.due.isoformat(), each.opens.isoformat(), each.closes.isoformat())
    met = each.met_on.isoformat() if each.met_on else ""
    rest = (met, each.provisional or "", "; ".join(each.caution), each.confidence, each.key)
    return (*map(clean, told), *days, row.days, *map(clean, rest))
