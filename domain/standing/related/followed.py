"""What is read beside an encounter that follows others: those, and whoever survived them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from veinledger.domain.reports import Record
from veinledger.domain.standing.history import History
from veinledger.domain.standing.related.continuing import earlier_named_by
from veinledger.domain.standing.related.merging import ever_linked_to


def all_followed(
    records: Sequence[Record], encounter: str, by_itself: Callable[[str], History]
) -> tuple[History, ...]:
    """What an encounter ever said it follows, and what that was ever merged into, each once.

    `by_itself` reads one without what it follows in its turn.
    """
    found: dict[str, History] = {}
    ahead = list(earlier_named_by(records, (encounter,)))
    for name in ahead:  # it grows while it is gone through
        if name not in found:
            found[name] = by_itself(name)
            ahead.extend(ever_linked_to(found[name].records))
    return tuple(found.values())
