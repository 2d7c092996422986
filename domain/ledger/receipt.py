"""What whoever brought a report is given of the record that holds it, to keep."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Where a record lies, and its leaf: kept elsewhere, it shows later whether that is still so.

    It tells of no patient. Sent again, a report is answered with the same position and leaf.
    """

    ledger: str
    """The ledger's id, hexadecimal."""
    position: int
    leaf: str
    """The leaf hash of the record's row, hexadecimal."""
    checkpoint: str | None
    """The newest checkpoint that there was, a signed note; None before the first."""
