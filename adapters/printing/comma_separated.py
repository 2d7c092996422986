"""Tables of comma-separated values (RFC 4180), of which no spreadsheet takes a cell for a formula.

Where a list is written with semicolons, a spreadsheet opens these files split at `;`, and others
split at tabs: so a cell can begin, for them, in the midst of one of ours.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from io import StringIO
from typing import Final

_SIGNS: Final = (
    r"=+\-@|%\uff1d\uff0b\uff0d\uff20\uff5c\uff05\ufe66\ufe62\ufe63\ufe6b\ufe6a"
    r"\u207c\u207a\u208c\u208a\u2a75\u2a76\ufb29"
)
"""OWASP, CSV injection; after the first six what Unicode holds to be the same signs."""
_HIDES: Final = r"\s\0\ufeff\u200b-\u200f\u2060'\""
"""What a spreadsheet skips before it looks for a formula."""
_BEGINS: Final = re.compile(rf"[{_HIDES}]*[{_SIGNS}]|[\t\r\n]")
_GOES_ON: Final = re.compile(rf"([;{_HIDES}]+)([{_SIGNS}]?)")
"""Whatever follows, so that each letter is looked at once."""
_ENDS_A_CELL: Final = re.compile(r"\r\n|[;\t\r\n\v\f\x85\u2028\u2029]")


def harmless(text: str) -> str:
    """Text that a spreadsheet shows as it is: an apostrophe wherever it would calculate."""
    within = _GOES_ON.sub(_kept_from_it, text)
    return f"'{within}" if _BEGINS.match(text) else within


def _kept_from_it(found: re.Match[str]) -> str:
    skipped, sign = found.groups()
    return _ENDS_A_CELL.sub(r"\g<0>'", skipped) + sign if sign else skipped


def table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Rows as RFC 4180 has them: every cell that is text made harmless, lines end in CR LF."""
    written = StringIO()
    writer = csv.writer(written, dialect="excel", lineterminator="\r\n", strict=True)
    writer.writerow(heads)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return written.getvalue()


def _cell(value: object) -> object:
    if value is None:
        return ""
    return value if isinstance(value, int) else harmless(str(value))
