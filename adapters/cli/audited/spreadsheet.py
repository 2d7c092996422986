"""An audit trail as comma-separated values (RFC 4180) that no spreadsheet takes for a formula."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from veinledger.adapters.cli.audited.words import became, came, done_by
from veinledger.adapters.cli.show.outcomes import taken
from veinledger.adapters.printing.comma_separated import table
from veinledger.domain.intake.outcome import RefusedItem
from veinledger.projections.audit import AuditTrail, Entry
from veinledger.projections.audited_wanted import asked_for

HEADS: Final = (
    "encounter", "sequence", "position", "recorded_at", "occurred", "day", "type", "kind",
    "actor_id", "actor_role", "connection", "message", "item", "counts_as", "at_first",
    "stage_before", "stage_after", "what_it_says", "where_it_came_from", "what_it_did",
    "what_became_of_it", "reason", "findings", "waited_days", "report_key", "leaf",
    "digests", "original_digest", "original_length", "original_media_type",
    "of_records", "asked_for",
)  # fmt: skip


def spreadsheet(trail: AuditTrail) -> str:
    """A head and one row for each entry, in the order of the ledger; UTC times, whole keys.

    What was refused is no record, and has neither sequence nor leaf. Each row says of how many
    records the table is a part, and what was asked for.
    """
    part = trail.of, asked_for(trail)
    rows = [(entry.position, tuple(_row(entry, trail.encounter))) for entry in trail.entries]
    rows += ((item.position, tuple(_refused(item))) for item in trail.refused)
    return table(HEADS, ((*row, *part) for _, row in sorted(rows, key=lambda each: each[0])))


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


def _refused(item: RefusedItem) -> Iterator[object]:
    source, counts = item.source, "refused"
    yield from (item.encounter, None, item.position)
    yield from (item.recorded_at.isoformat(), item.occurred, item.day, item.type, counts)
    yield from (item.actor.id, item.actor.role)
    yield from (source.connection, source.message, source.item)
    yield from (counts, counts, None, None, None, None, None)
    yield taken(item.taken_since) if item.taken_since else None
    yield from (None, "; ".join(each.rule for each in item.refusal.objections), None, None, None)
    yield from (f"item {item.digest}", item.original, None, None)
