"""Reads the reports that name neither encounter nor centre, and what became of each."""

from __future__ import annotations

from collections.abc import Callable

from veinledger.adapters.codec.nameless import DEEDS, KEPT, deed_of, nameless_of
from veinledger.adapters.codec.rows import RowCodec
from veinledger.domain.intake.outcome import RefusedItem, TakenSince
from veinledger.domain.intake.whose.unassigned import Unassigned, with_what_became_of_them
from veinledger.domain.ledger.naming import Naming
from veinledger.domain.ledger.port import Store
from veinledger.domain.reports import Source
from veinledger.domain.standing.history import KnownAt, was_known


def unassigned(
    store: Store, codec: RowCodec, naming: Naming, known_at: KnownAt
) -> tuple[Unassigned, ...]:
    """Each such report that was known by then, in the order in which the ledger got them."""
    streams = store.streams("intake/")
    rows = [
        row
        for name in streams
        for row in store.stream(name)
        if was_known(row.position, row.recorded_at, known_at)
    ]
    kept = (nameless_of(row) for row in rows if row.type == KEPT)
    deeds = (deed_of(row) for row in rows if row.type in DEEDS)
    since = told_since(store, codec, naming, known_at)
    return tuple(with_what_became_of_them(kept, deeds, since))


def taken_since(
    store: Store, codec: RowCodec, naming: Naming
) -> Callable[[RefusedItem], TakenSince | None]:
    """Finds what a refused item became when it was judged again, or sent again."""
    since = told_since(store, codec, naming)
    waiting = {_bytes_of(each): each for each in unassigned(store, codec, naming, None)}

    def found(item: RefusedItem) -> TakenSince | None:
        again = since(item.source)
        kept = waiting.get((item.source, item.original))
        if again is not None or kept is None:
            return again
        return TakenSince(
            encounter=None, sequence=None, record=kept.record, recorded_at=kept.recorded_at
        )

    return found


def _bytes_of(kept: Unassigned) -> tuple[Source, str]:
    original = kept.report.original
    return kept.report.source, original.digest if original else ""


def told_since(
    store: Store, codec: RowCodec, naming: Naming, known_at: KnownAt = None
) -> Callable[[Source], TakenSince | None]:
    """Finds the record that holds the same message and item as something that was not taken."""

    def found(source: Source) -> TakenSince | None:
        row = store.keyed(naming.report_key("report", source))
        if row is None or not was_known(row.position, row.recorded_at, known_at):
            return None
        record = codec.record(row)
        return TakenSince(
            encounter=record.name,
            sequence=record.seal.sequence,
            record=record.key,
            recorded_at=record.seal.recorded_at,
        )

    return found
