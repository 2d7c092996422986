"""The audit trail: one record in two lines, in the order in which the ledger kept it."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.claim_set import pack
from veinledger.adapters.cli.show.records import LEAF, STYLES
from veinledger.adapters.cli.show.tables import Cell, heading, joined, plural, table
from veinledger.domain.standing.standing import Standing
from veinledger.projections.audit import AuditTrail, Entry


def audit(trail: AuditTrail) -> Iterator[RenderableType]:
    """Who said what happened, when, by which message, and what it counts for."""
    yield heading(f"{trail.encounter}: audit trail, stage {trail.stage}")
    yield styled(f"rule pack {pack(trail.rule_pack)}", "dim")
    yield ""
    heads = (">seq", "=recorded (UTC)", "what happened, when", "said by, in message", "counts as")
    yield table(heads, [_row(entry) for entry in trail.entries])
    yield ""
    yield f"{plural(len(trail.entries), 'record')}; --json has positions, whole leaves and digests."


def _row(entry: Entry) -> tuple[Cell, ...]:
    source = entry.source
    item = f" item {source.item}" if source.item != 1 else ""
    return (
        str(entry.sequence),
        joined(
            f"{entry.recorded_at:%Y-%m-%d %H:%M:%S}", styled(f"\nleaf {entry.leaf[:LEAF]}", "dim")
        ),
        joined(entry.type, styled(f"\n{entry.occurred[:16].replace('T', ' ')}", "dim")),
        joined(
            f"{entry.actor.id}, {entry.actor.role}",
            styled(f"\n{source.connection} {source.message}{item}", "dim"),
        ),
        _counts(entry),
    )


def _counts(entry: Entry) -> Text:
    now = styled(entry.standing, STYLES.get(entry.standing.status, ""))
    parts: list[Text] = [now]
    if entry.stage_after is not None and entry.stage_after is not entry.stage_before:
        parts.append(styled(f"\nto {entry.stage_after}", "bold"))
    if _said(entry.first_standing) != _said(entry.standing):
        parts.append(styled(f"\nat first {entry.first_standing}", "yellow"))
    parts.extend(styled(f"\n{found.rule}", "yellow") for found in entry.findings)
    return joined(*parts)


def _said(standing: Standing) -> tuple[str, str | None]:
    return standing.status, standing.waits_for
