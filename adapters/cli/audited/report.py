"""An audit trail as a document to print: what it covers first, then one row for each record."""

from __future__ import annotations

from collections.abc import Iterator

from veinledger.adapters.cli.audited.words import became, came, done_by
from veinledger.adapters.cli.show.outcomes import happened, said_by, taken
from veinledger.adapters.cli.show.records import cell_of_number
from veinledger.adapters.printing.page import Cell, Document, Grid, Pairs, Section, Words
from veinledger.domain.intake.outcome import RefusedItem
from veinledger.projections.audit import AuditTrail, Entry
from veinledger.projections.audited_wanted import EVERY_ENTRY, WantedEntries, how_many, only

WIDTHS = (6, 15, 25, 28, 26)
HEADS = ("No.", "Recorded (UTC)", "What happened, when", "Said by, in message", "Counts as")


def document(whole: AuditTrail, wanted: WantedEntries = EVERY_ENTRY) -> Document:
    """The entries that are asked for, of all that are known."""
    trail = only(whole, wanted)
    return Document(
        kind="Audit trail",
        title=f"Encounter {trail.encounter}",
        lead=Pairs(pairs=tuple(_lead(trail, whole))),
        state=f"{how_many(whole, wanted)}.",
        sections=(
            Section(title="Records", blocks=(_grid(trail),)),
            *_refused(trail),
            Section(title="How to read this", blocks=(Words(lines=tuple(_notes()), kind="small"),)),
        ),
        foot=f"Audit trail of encounter {trail.encounter}",
    )


def _lead(trail: AuditTrail, whole: AuditTrail) -> Iterator[tuple[str, str]]:
    merged = f"merged into {trail.merged_into}" if trail.merged_into else str(trail.stage)
    yield "Stage", merged
    if trail.as_of is not None:
        yield "As of", str(trail.as_of)
    if trail.known_at is not None:
        yield "Known at", str(trail.known_at)
    yield "Rules", trail.rule_pack
    if whole.entries:
        last = max(whole.entries, key=lambda entry: entry.position)
        yield "Last record", f"position {last.position} of the ledger"
        yield "Its leaf", last.leaf


def _grid(trail: AuditTrail) -> Grid:
    return Grid(
        heads=HEADS,
        rows=tuple(_row(entry, trail.encounter) for entry in trail.entries),
        widths=WIDTHS,
    )


def _refused(trail: AuditTrail) -> Iterator[Section]:
    if trail.refused:
        heads = ("", *HEADS[1:4], "Refused by")
        rows = tuple(map(_row_of_refused, trail.refused))
        yield Section(title="Refused", blocks=(Grid(heads=heads, rows=rows, widths=WIDTHS),))


def _row_of_refused(item: RefusedItem) -> tuple[Cell, ...]:
    source = item.source
    said_in = f"{source.connection} {source.message} item {source.item}"
    since = (taken(item.taken_since),) if item.taken_since else ()
    what = item.type or "a line that is no report"
    digests = (f"item: {item.digest}", f"received: {item.original}")
    rules = tuple(f"{each.rule}: {each.reason}" for each in item.refusal.objections)
    at = f"{item.recorded_at:%Y-%m-%d %H:%M:%S}"
    return (
        Cell(text=""),
        Cell(text=at, under=(f"position {item.position}",)),
        Cell(text=what, under=(happened(item), *digests)),
        Cell(text=said_by(item), under=(said_in, *since)),
        Cell(text="refused", under=rules),
    )


def _row(entry: Entry, here: str) -> tuple[Cell, ...]:
    source, actor = entry.source, entry.actor
    reason = (f"reason: {entry.reason}",) if entry.reason else ()
    said_in = f"{source.connection} {source.message} item {source.item}"
    to = (f"to {entry.stage_after}",) if entry.stage_after is not entry.stage_before else ()
    return (
        Cell(text=cell_of_number(here, entry.encounter, entry.sequence)),
        Cell(
            text=f"{entry.recorded_at:%Y-%m-%d %H:%M:%S}",
            under=(f"position {entry.position}", f"leaf {entry.leaf[:16]}"),
        ),
        Cell(
            text=entry.type,
            under=(entry.occurred, *came(entry, here), *entry.says, *_digests(entry)),
        ),
        Cell(text=f"{actor.id}, {actor.role}", under=(said_in, *done_by(entry, here), *reason)),
        Cell(
            text=str(entry.standing),
            under=(*to, *became(entry, here), *(found.rule for found in entry.findings)),
        ),
    )


def _digests(entry: Entry) -> Iterator[str]:
    yield from (f"{name}: {digest}" for name, digest in entry.digests)
    if entry.original is not None:
        yield f"received, {entry.original.length} bytes: {entry.original.digest}"


def _notes() -> Iterator[str]:
    yield "Records stand in the order in which the ledger kept them. None is changed or removed."
    yield "Times of recording are the ledger's own. Times of what happened are as reported."
    yield "`veinledger verify` shows that none was altered; the table of --csv has whole leaves."
