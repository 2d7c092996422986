"""An audit trail as comma-separated values (RFC 4180) that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Final

from veinledger.adapters.cli.audited.words import became, came, done_by
from veinledger.projections.audit import AuditTrail, Entry

HEADS: Final = (
    "encounter", "sequence", "position", "recorded_at", "occurred", "day", "type", "kind",
    "actor_id", "actor_role", "connection", "message", "item", "counts_as", "at_first",
    "stage_before", "stage_after", "what_it_says", "where_it_came_from", "what_it_did",
    "what_became_of_it", "reason", "findings", "waited_days", "report_key", "leaf",
    "digests", "original_digest", "original_length", "original_media_type",
)  # fmt: skip
STARTS_A_FORMULA: Final = frozenset("=+-@|%\uff1d\uff0b\uff0d\uff20\uff5c\uff05")
"""OWASP, CSV injection; the last six are their full-width twins, which spreadsheets take alike."""
HIDES_IT: Final = " \t\r\n\v\f\0\u00a0\u3000\ufeff'\""
"""What a spreadsheet skips before it looks for a formula."""


def harmless(text: str) -> str:
    """Text that a spreadsheet shows as it is: a leading apostrophe where it would calculate."""
    calculates = text.lstrip(HIDES_IT)[:1] in STARTS_A_FORMULA or text[:1] in ("\t", "\r", "\n")
    return f"'{text}" if calculates else text


def spreadsheet(trail: AuditTrail) -> str:
    """A head and one row for each entry, in the order of the ledger; UTC times, whole keys."""
    return table(HEADS, (_row(entry, trail.encounter) for entry in trail.entries))


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


def _row(entry: Entry, here: str) -> Iterator[object]:
    original, source = entry.original, entry.source
    yield from (entry.encounter, entry.sequence, entry.position)
    yield from (entry.recorded_at.isoformat(), entry.occurred, entry.day, entry.type, entry.kind)
    yield from (entry.actor.id, entry.actor.role)
    yield from (source.connection, source.message, source.item)
    yield from (entry.standing, entry.first_standing, entry.stage_before, entry.stage_after)
    for told in (entry.says, came(entry, here), done_by(entry, here), became(entry, here)):
        yield "; ".join(told)
    yield from (entry.reason, "; ".join(found.rule for found in entry.findings))
    yield entry.waited.days if entry.waited else None
    yield from (entry.record, entry.leaf)
    yield "; ".join(f"{name} {digest}" for name, digest in entry.digests)
    yield from (original.digest, original.length, original.media_type) if original else (None,) * 3
