"""The audit trail: one record in a few lines, in the order in which the ledger kept it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from veinledger.adapters.cli.audited.words import came, decided_on, done_by, led_to
from veinledger.adapters.cli.options import moments
from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.claim_set import pack
from veinledger.adapters.cli.show.notes import Numbering
from veinledger.adapters.cli.show.outcomes import one_refused
from veinledger.adapters.cli.show.records import LEAF, STYLES, cell_of_number
from veinledger.adapters.cli.show.tables import Cell, heading, joined, plural, table
from veinledger.domain.standing.standing import Standing
from veinledger.projections.audit import AuditTrail, Entry, Waited
from veinledger.projections.audited_wanted import EVERY_ENTRY, WantedEntries, how_many, only

MINUTE = 60


def audit(
    whole: AuditTrail, continued_by: Sequence[str] = (), wanted: WantedEntries = EVERY_ENTRY
) -> Iterator[RenderableType]:
    """Who said what happened, when, by which message, and what it counts for."""
    trail = only(whole, wanted)
    where = f"merged into {trail.merged_into}" if trail.merged_into else f"stage {trail.stage}"
    yield heading(f"{trail.encounter}: audit trail, {where}{moments(trail.as_of, trail.known_at)}")
    yield styled(f"rule pack {pack(trail.rule_pack)}", "dim")
    if continued_by:
        yield f"Continued by {', '.join(continued_by)}."
    yield ""
    told = {entry.record: (entry.encounter, entry.sequence) for entry in whole.entries}
    numbered = Numbering(encounter=trail.encounter, of=told)
    heads = (">seq", "=recorded (UTC)", "what happened, when", "said by, in message", "counts as")
    yield table(heads, [_row(entry, numbered) for entry in trail.entries])
    yield ""
    for item in trail.refused:
        yield styled("refused", "bold red")
        yield from one_refused(item)
        yield ""
    yield f"{how_many(whole, wanted)}; --json has positions, whole leaves and digests."


def times_read(encounter: str, count: int) -> str:
    """That somebody asked about it, and where to see who."""
    times = plural(count, "time")
    return f"Asked about {times}; `veinledger reads {encounter}` says by whom and why."


def _row(entry: Entry, numbered: Numbering) -> tuple[Cell, ...]:
    source, here = entry.source, numbered.encounter
    item = f" item {source.item}" if source.item != 1 else ""
    return (
        cell_of_number(here, entry.encounter, entry.sequence),
        joined(
            f"{entry.recorded_at:%Y-%m-%d %H:%M:%S}", styled(f"\nleaf {entry.leaf[:LEAF]}", "dim")
        ),
        joined(
            entry.type,
            styled(f"\n{entry.occurred[:16].replace('T', ' ')}", "dim"),
            *(f"\n{told}" for told in (*came(entry, here), *entry.says, *_digests(entry))),
        ),
        joined(
            f"{entry.actor.id}, {entry.actor.role}",
            styled(f"\n{source.connection} {source.message}{item}", "dim"),
            *(f"\n{told}" for told in done_by(entry, here)),
            f"\nreason: {entry.reason}" if entry.reason else "",
        ),
        _counts(entry, numbered),
    )


def _digests(entry: Entry) -> Iterator[str]:
    for name, digest in entry.digests:
        yield f"{name} {digest[:LEAF]}"


def _counts(entry: Entry, numbered: Numbering) -> Text:
    parts: list[Text] = [styled(entry.standing, STYLES.get(entry.standing.status, ""))]
    parts.extend(styled(f"\n{told}", "yellow") for told in decided_on(entry, numbered.encounter))
    if entry.stage_after is not None and entry.stage_after is not entry.stage_before:
        parts.append(styled(f"\nto {entry.stage_after}", "bold"))
    if _said(entry.first_standing) != _said(entry.standing):
        parts.append(styled(f"\nat first {entry.first_standing}", "yellow"))
    if entry.waited is not None and entry.waited.until is not None:
        parts.append(styled(f"\n{_waited(entry.waited, numbered)}", "yellow"))
    parts.extend(styled(f"\n{found.rule}", "yellow") for found in entry.findings)
    parts.extend(styled(f"\n{told}", "yellow") for told in led_to(entry))
    return joined(*parts)


def _waited(waited: Waited, numbered: Numbering) -> str:
    by = numbered.told(waited.released_by)
    released = f", released by {by}" if by else ""
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
