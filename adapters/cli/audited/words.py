"""What an entry of an audit trail says of others, in words, for every form that it is shown in.

`here` is the encounter whose trail it is: the records of one that was merged into it are named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from veinledger.adapters.cli.show.notes import records
from veinledger.domain.reports import number_in
from veinledger.projections.audit import Entry
from veinledger.projections.case.decided import Deed
from veinledger.projections.settling.settlements import Settlement


def came(entry: Entry, here: str) -> Iterator[str]:
    """Where a record came from that a correction brought in, and when one that was assigned."""
    origin = entry.in_place_of
    if entry.received_at != entry.recorded_at:
        yield f"received {entry.received_at:%Y-%m-%d %H:%M:%S}"
    if origin is not None and entry.kind == "moved":
        yield f"moved here from {origin.encounter}, record {origin.sequence} there"
    elif origin is not None:
        yield f"in place of record {number_in(here, origin.encounter, origin.sequence)}"


def done(deeds: Sequence[Deed], here: str) -> Iterator[str]:
    """What a decision did to records, as the decision's entry tells it; many of a kind at once."""
    same: dict[tuple[str, str | None], list[tuple[str, int]]] = {}
    for deed in deeds:
        number = number_in(here, deed.encounter, deed.sequence)
        if deed.kind == "replaced":
            instead = f"record {_instead(deed, here)} stands in its place"
            yield f"replaced record {number}, {instead}"
        elif deed.kind == "confirmed":
            attested = "".join(f", attests {step}" for step in deed.attested)
            yield f"confirmed record {number}{attested}"
        elif deed.kind != "merged":  # what a link says of itself tells it
            same.setdefault((deed.kind, deed.moved_to), []).append((deed.encounter, deed.sequence))
    for (kind, moved_to), found in same.items():
        yield f"{kind} {records(here, found)}{f' to {moved_to}' if moved_to else ''}"


def _instead(deed: Deed, here: str) -> str:
    """The number of the record that stands in the place of another."""
    return number_in(here, deed.encounter, deed.replacement_sequence or 0)


def settled(settlement: Settlement | None) -> Iterator[str]:
    """What a settlement decided about which finding, and why."""
    if settlement is not None:
        code = f" {settlement.code}" if settlement.code else ""
        yield f"{settlement.decision}{code} ({settlement.credential}): {settlement.finding}"
        yield f"reason: {settlement.reason}"


def done_by(entry: Entry, here: str) -> Iterator[str]:
    """All that the record did to others."""
    yield from done(entry.changes, here)
    yield from settled(entry.settlement)


def became(entry: Entry, here: str) -> Iterator[str]:
    """All that became of the record."""
    yield from decided_on(entry, here)
    yield from led_to(entry)


def decided_on(entry: Entry, here: str) -> Iterator[str]:
    """What persons did to the record."""
    for deed in entry.decided:
        yield f"{deed.told_in(here)} ({deed.actor.id}, {deed.actor.role})"


def led_to(entry: Entry) -> Iterator[str]:
    """What followed from it, and whether a settlement still counts."""
    yield from entry.led_to
    if entry.settlement is not None and not entry.settlement.counts:
        yield f"{entry.settlement.state}: {entry.settlement.why}"
