"""Every row that can still be read of a damaged file, and the place of each one that cannot."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence

from veinledger.adapters.errors import LedgerDamaged
from veinledger.adapters.store.sqlite.schema import SMALLEST
from veinledger.adapters.store.sqlite.store import PAGE, SQLiteStore
from veinledger.domain.ledger.port import End, Row, Store

Piece = Row | End | int
"""A row; or of one that cannot be read its stream, number and leaf; or its position alone."""


def pieces_of(store: Store) -> Iterator[Piece]:
    """All of it in order; of SQLite also what was put before record 1, and past what is damaged."""
    return _piece_by_piece(store) if isinstance(store, SQLiteStore) else store.rows()


def _piece_by_piece(store: SQLiteStore) -> Iterator[Piece]:
    """Page by page; a page that cannot be read, row by row.

    Raises LedgerDamaged where what follows cannot be reached, not even by its positions.
    """
    after = SMALLEST
    while True:
        try:
            page: Sequence[Row] = store.page(after)
        except LedgerDamaged:
            after = yield from _one_by_one(store, after)
            continue
        yield from page
        if not page:
            return
        if page[-1].position <= after:
            raise LedgerDamaged("the table of records leads in a circle; restore a backup")
        after = page[-1].position


def _one_by_one(store: SQLiteStore, after: int) -> Generator[Piece, None, int]:
    """What a page holds, and up to which position that is."""
    positions = _positions(store, after)
    if not positions or positions[0] <= after:
        raise LedgerDamaged("the rows that follow cannot be reached; restore a backup")
    for position in positions:
        piece = _piece(store, position)
        if piece is not None:
            yield piece
    return positions[-1]


def _positions(store: SQLiteStore, after: int) -> Sequence[int]:
    """As the table has them; where that cannot be read, as they must follow each other."""
    try:
        return store.positions(after)
    except LedgerDamaged:
        begin = max(after, 0) + 1
        return range(begin, min(begin + PAGE - 1, store.head()) + 1)


def _piece(store: SQLiteStore, position: int) -> Piece | None:
    try:
        return store.row_at(position)
    except LedgerDamaged:
        pass
    try:
        return store.end_at(position)
    except LedgerDamaged:
        return position
