"""The due list as CSV. No cell can be taken for a formula: it came from a message of others."""

from __future__ import annotations

import csv
import io
from typing import Final
from unicodedata import normalize

from veinledger.adapters.cli.screen import clean
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
_FORMULA: Final = ("=", "+", "-", "@", "|", "%")


def as_csv(found: DueList) -> str:
    """One line an obligation, with heads. `days_left` is a number; below zero it is overdue."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    lines.writerow(HEADS)
    lines.writerows(_line(row) for row in found.owed)
    return text.getvalue()


def _line(row: Owed) -> tuple[object, ...]:
    each = row.obligation
    told = (row.encounter, row.centre or "", str(row.stage), each.group, each.what, each.status)
    days = (each.due.isoformat(), each.opens.isoformat(), each.closes.isoformat())
    met = each.met_on.isoformat() if each.met_on else ""
    rest = (met, each.provisional or "", "; ".join(each.caution), each.confidence, each.key)
    return (*map(safe, told), *days, row.days, *map(safe, rest))


def safe(text: str) -> str:
    """A text that a spreadsheet shows and does not calculate."""
    shown = clean(text)
    begins = normalize("NFKC", shown).lstrip()
    return f"'{shown}" if begins.startswith(_FORMULA) else shown
