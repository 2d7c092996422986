"""The audit trail: one record in a few lines, in the order in which the ledger kept it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import RenderableType
from rich.text import Text

from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.claim_set import pack
from veinledger.adapters.cli.show.notes import numbers
from veinledger.adapters.cli.show.records import LEAF, STYLES, numbered_in
from veinledger.adapters.cli.show.tables import Cell, heading, joined, plural, table
from veinledger.domain.standing.standing import Standing
from veinledger.projections.audit import AuditTrail, Entry, Waited
from veinledger.projections.case.decided import Deed
from veinledger.projections.settling.settlements import Settlement

MINUTE = 60


def audit(trail: AuditTrail, continued_by: Sequence[str] = ()) -> Iterator[RenderableType]:
    """Who said what happened, when, by which message, and what it counts for."""
    where = f"merged into {trail.merged_into}" if trail.merged_into else f"stage {trail.stage}"
    yield heading(f"{trail.encounter}: audit trail, {where}")
    yield styled(f"rule pack {pack(trail.rule_pack)}", "dim")
    if continued_by:
        yield f"Continued by {', '.join(continued_by)}."
    yield ""
    numbered = {entry.record: entry.sequence for entry in trail.entries}
    heads = (">seq", "=recorded (UTC)", "what happened, when", "said by, in message", "counts as")
    yield table(heads, [_row(entry, numbered, trail.encounter) for entry in trail.entries])
    yield ""
    yield f"{plural(len(trail.entries), 'record')}; --json has positions, whole leaves and digests."


def _row(entry: Entry, numbered: Mapping[str, int], encounter: str) -> tuple[Cell, ...]:
    source = entry.source
    item = f" item {source.item}" if source.item != 1 else ""
    return (
        numbered_in(encounter, entry.encounter, entry.sequence),
        joined(
            f"{entry.recorded_at:%Y-%m-%d %H:%M:%S}", styled(f"\nleaf {entry.leaf[:LEAF]}", "dim")
        ),
        joined(
            entry.type,
            styled(f"\n{entry.occurred[:16].replace('T', ' ')}", "dim"),
            *(f"\n{told}" for told in (*_came(entry), *entry.says)),
        ),
        joined(
            f"{entry.actor.id}, {entry.actor.role}",
            styled(f"\n{source.connection} {source.message}{item}", "dim"),
            *(f"\n{told}" for told in _done(entry.changes)),
            *(f"\n{told}" for told in _settled(entry.settlement)),
            f"\nreason: {entry.reason}" if entry.reason else "",
        ),
        _counts(entry, numbered),
    )


def _came(entry: Entry) -> Iterator[str]:
    """Where a record came from that a correction brought in."""
    origin = entry.in_place_of
    if origin is not None and entry.kind == "moved":
        yield f"moved here from {origin.encounter}, record {origin.sequence} there"
    elif origin is not None:
        yield f"in place of record {origin.sequence}"


def _done(deeds: Sequence[Deed]) -> Iterator[str]:
    """What a decision did to records, as the decision's entry tells it; many of a kind at once."""
    same: dict[tuple[str, str | None], list[int]] = {}
    for deed in deeds:
        if deed.kind == "replaced":
            instead = f"record {deed.replacement_sequence} stands in its place"
            yield f"replaced record {deed.sequence}, {instead}"
        elif deed.kind == "confirmed":
            yield "".join((f"confirmed record {deed.sequence}", *map(_attests, deed.attested)))
        else:
            same.setdefault((deed.kind, deed.moved_to), []).append(deed.sequence)
    for (kind, moved_to), sequences in same.items():
        yield f"{kind} {numbers('record', sequences)}{f' to {moved_to}' if moved_to else ''}"


def _settled(settlement: Settlement | None) -> Iterator[str]:
    """What a settlement decided about which finding, and why."""
    if settlement is not None:
        code = f" {settlement.code}" if settlement.code else ""
        yield f"{settlement.decision}{code} ({settlement.credential}): {settlement.finding}"
        yield f"reason: {settlement.reason}"


def _attests(step: str) -> str:
    return f", attests {step}"


def _counts(entry: Entry, numbered: Mapping[str, int]) -> Text:
    parts: list[Text] = [styled(entry.standing, STYLES.get(entry.standing.status, ""))]
    parts.extend(
        styled(f"\n{deed} ({deed.actor.id}, {deed.actor.role})", "yellow") for deed in entry.decided
    )
    if entry.stage_after is not None and entry.stage_after is not entry.stage_before:
        parts.append(styled(f"\nto {entry.stage_after}", "bold"))
    if _said(entry.first_standing) != _said(entry.standing):
        parts.append(styled(f"\nat first {entry.first_standing}", "yellow"))
    if entry.waited is not None and entry.waited.until is not None:
        parts.append(styled(f"\n{_waited(entry.waited, numbered)}", "yellow"))
    parts.extend(styled(f"\n{found.rule}", "yellow") for found in entry.findings)
    parts.extend(styled(f"\n{told}", "yellow") for told in entry.led_to)
    if entry.settlement is not None and not entry.settlement.counts:
        told = f"\n{entry.settlement.state}: {entry.settlement.why}"
        parts.append(styled(told, "yellow"))
    return joined(*parts)


def _waited(waited: Waited, numbered: Mapping[str, int]) -> str:
    by = [numbered[key] for key in waited.released_by if key in numbered]
    released = f", released by {numbers('record', by)}" if by else ""
    return f"waited {_how_long(waited)}{released}"


def _how_long(waited: Waited) -> str:
    if waited.until is None or waited.days is None:
        return ""
    if waited.days:
        return plural(waited.days, "day")
    minutes = int((waited.until - waited.since).total_seconds()) // MINUTE
    return plural(minutes, "minute") if minutes else "less than a minute"


def _said(standing: Standing) -> tuple[str, str | None]:
    return standing.status, standing.waits_for
