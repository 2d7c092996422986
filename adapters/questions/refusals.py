"""Reads what the ledger could not take: what named an encounter, by whom, and known by then.

The row of a refusal says whose message it was, whom it names and what stood against it. Who said
it, and when it is said to have happened, stands in the bytes as received, and is read there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

from veinledger.adapters.codec.report import Unread, read_report
from veinledger.adapters.codec.rows import RowCodec
from veinledger.adapters.codec.whose.nameless import OF_NAMELESS
from veinledger.adapters.questions.whose import taken_since
from veinledger.domain.intake.outcome import RefusedItem, Teller
from veinledger.domain.ledger.naming import Naming
from veinledger.domain.ledger.port import Store
from veinledger.domain.standing.history import KnownAt
from veinledger.domain.standing.recorded import was_known


@dataclass(frozen=True, slots=True, repr=False)
class Refusals:
    """The refusals of a ledger, in the intake streams of the connections that sent them."""

    store: Store
    codec: RowCodec
    naming: Naming
    content: Callable[[str], bytes | None]
    """The bytes as received that are kept under a digest."""

    def told(
        self, encounters: Collection[str] | None, known_at: KnownAt
    ) -> tuple[RefusedItem, ...]:
        """Those that name one of the encounters, or all, in the order in which they came."""
        since = taken_since(self.store, self.codec, self.naming, known_at)
        named = (i for i in self._kept(known_at) if encounters is None or i.encounter in encounters)
        found = (replace(self._read(item), taken_since=since(item)) for item in named)
        told = (i for i in found if encounters is None or i.subject != "centre")
        return tuple(sorted(told, key=lambda item: item.position))

    def _kept(self, known_at: KnownAt) -> Iterator[RefusedItem]:
        """Found by the names of the intake streams: no record of any encounter is looked at."""
        for name in self.store.streams("intake/"):
            for row in self.store.stream(name):
                if row.type in OF_NAMELESS:
                    continue
                if was_known(row.position, row.recorded_at, known_at):
                    yield self.codec.refusal(row)

    def _read(self, item: RefusedItem) -> RefusedItem:
        """With what its bytes say of who and when, where they are there; `verify --originals` tells
        of those that are not.
        """
        content = self.content(item.original)
        return item if content is None else _as_it_says(item, content)


def _as_it_says(item: RefusedItem, content: bytes) -> RefusedItem:
    read = read_report(content)
    if isinstance(read, Unread):
        said = read.said
        actor, occurred = Teller(id=said.id, role=said.role), said.occurred_at
    else:
        actor, occurred = Teller(id=read.actor.id, role=read.actor.role), read.occurred_at
    return replace(item, subject=read.subject, actor=actor, occurred=occurred)
