"""Reads the reports that name nobody, with what became of each; and who follows whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from veinledger.adapters.codec.rows import RowCodec
from veinledger.adapters.codec.whose.following import follower_of
from veinledger.adapters.codec.whose.nameless import DEEDS, KEPT, deed_of, nameless_of
from veinledger.domain.intake.outcome import RefusedItem, TakenSince
from veinledger.domain.intake.whose.unassigned import Unassigned, with_what_became_of_them
from veinledger.domain.ledger.naming import Naming
from veinledger.domain.ledger.port import Row, Store
from veinledger.domain.reports import Source
from veinledger.domain.standing.history import (
    FoldedHistory,
    History,
    KnownAt,
    folded_history,
    merged_with,
)
from veinledger.domain.standing.recorded import was_known
from veinledger.domain.standing.related.continuing import continued_in_effect
from veinledger.domain.standing.related.merging import counts_in


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
    kept = (nameless_of(codec.opened(row)) for row in rows if row.type == KEPT)
    deeds = (deed_of(codec.opened(row)) for row in rows if row.type in DEEDS)
    since = told_since(store, codec, naming, known_at)
    return tuple(with_what_became_of_them(kept, deeds, since))


def taken_since(
    store: Store, codec: RowCodec, naming: Naming, known_at: KnownAt = None
) -> Callable[[RefusedItem], TakenSince | None]:
    """Finds what a refused item became when it was judged again, or sent again, by then."""
    since = told_since(store, codec, naming, known_at)

    @cache
    def waiting() -> dict[tuple[Source, str], Unassigned]:
        return {_bytes_of(each): each for each in unassigned(store, codec, naming, known_at)}

    def found(item: RefusedItem) -> TakenSince | None:
        again = since(item.source)
        if again is not None or item.encounter is not None:
            return again  # the same bytes name somebody then too
        kept = waiting().get((item.source, item.original))
        if kept is None:
            return None
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


def told_of(store: Store, codec: RowCodec, naming: Naming) -> Callable[[str], Iterator[Row]]:
    """Finds what was ever said of following an encounter."""
    return lambda name: map(codec.opened, store.stream(naming.following_stream(name)))


def followers(
    history: History,
    said_of: Callable[[str], Iterator[Row]],
    history_of: Callable[[str], History],
    known_at: KnownAt,
) -> tuple[str, ...]:
    """The encounters that say they follow one, and whose records that say so are in effect.

    Both where they count: who follows what was merged into this one follows this one, and what a
    merged encounter says its survivor says.
    """

    @cache
    def folded(name: str) -> FoldedHistory:
        return folded_history(history_of(name), known_at)

    def where(name: str) -> str:
        return counts_in(name, lambda each: folded(each).merged_into)

    parts = [history.encounter, *(part.encounter for part in merged_with(history, known_at))]
    rows = sorted((row for name in parts for row in said_of(name)), key=lambda row: row.position)
    themselves = {history.encounter, where(history.encounter)}
    return tuple(
        name
        for name in dict.fromkeys(where(follower_of(row)) for row in rows)
        if name not in themselves
        and any(earlier in parts for _, earlier in continued_in_effect(folded(name).folded))
    )
