"""Checkpoints from outside, held against the tree over the rows: up to where all is as signed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from veinledger.domain.ledger.tree import Edge


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """A checkpoint that was kept outside the ledger, its signature verified already."""

    size: int
    root: bytes
    called: str
    """Where it comes from: checkpoint 3 of a file."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A note of a file of checkpoints that cannot be read, and was passed over."""

    called: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Disbelieved:
    """A whole checkpoint of this ledger that no key of it has signed while it was in use."""

    size: int
    called: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much of a ledger was read, where not every row can be."""

    records: int
    whole: int
    """How many, from the first on, have a leaf that is known."""
    unread: frozenset[int] = frozenset()
    """Positions of which not even the leaf could be read."""
    ended: bool = True
    """Whether the end of the ledger was reached."""

    @property
    def why(self) -> str:
        """Why something could not be judged."""
        if self.unread:
            return f"record {min(self.unread)} cannot be read"
        return f"what follows record {self.whole} cannot be read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchored:
    """What the checkpoints say of the rows."""

    checkpoints: int
    up_to: int
    """The largest size at which a checkpoint holds, and each before it; 0 where none does."""
    faults: tuple[str, ...] = ()


def anchored(outside: Sequence[Outside], read: Extent, root_at: Callable[[int], bytes]) -> Anchored:
    """Hold each checkpoint against the root over as many rows as it says; `root_at` gives that.

    After the first that does not hold, what follows it cannot hold either, and is counted. Of a
    checkpoint over rows that could not be read nothing is said but that.
    """
    holds, faults = 0, list[str]()
    ordered = sorted(outside, key=lambda each: each.size)
    for number, each in enumerate(ordered):
        left = len(ordered) - number - 1
        if each.size > read.records and read.ended:
            faults.append(_cut_off(each, read.records, left))
            break
        if each.size > read.whole:
            faults.append(_not_judged(each, read, left))
            break
        if root_at(each.size) != each.root:
            faults.append(_changed(each, holds, left))
            break
        holds = each.size
    return Anchored(checkpoints=len(outside), up_to=holds, faults=tuple(faults))


def _cut_off(each: Outside, records: int, left: int) -> str:
    return (
        f"{each.called} was signed over {each.size} records, and this file holds {records}:"
        f" {each.size - records} were cut off the end, or an older copy was put in its place"
        f"{_and_more(left)}"
    )


def _not_judged(each: Outside, read: Extent, left: int) -> str:
    after = f"; nor were the {left} after it" if left > 1 else "; nor was the one after it"
    return (
        f"{each.called}, signed over {each.size} records, was not judged, for {read.why}"
        f"{after if left else ''}"
    )


def _changed(each: Outside, holds: int, left: int) -> str:
    return (
        f"{each.called} was signed over records 1 to {each.size}, and these are not they: of"
        f" records {holds + 1} to {each.size} something was changed, removed, inserted or put in"
        f" another order after it was signed{_and_more(left)}"
    )


def disbelieved(found: Iterable[Disbelieved]) -> tuple[str, ...]:
    """What is at fault with them: of those with the same against them the smallest is named."""
    by_why: dict[str, list[Disbelieved]] = {}
    for each in sorted(found, key=lambda each: each.size):
        by_why.setdefault(each.why, []).append(each)
    return tuple(f"{first.called} {why}{_nor(len(rest))}" for why, (first, *rest) in by_why.items())


def _nor(others: int) -> str:
    if not others:
        return ""
    return f"; nor are {others} others believed" if others > 1 else "; nor is 1 other believed"


def _and_more(left: int) -> str:
    if not left:
        return ""
    return f"; nor can the {left} after it hold" if left > 1 else "; nor can the one after it hold"


def roots_over(leaves: Sequence[bytes]) -> Callable[[int], bytes]:
    """The root over the first so many leaves; sizes are asked for in rising order.

    So each leaf is hashed once.
    """
    reached = [Edge()]

    def root_at(size: int) -> bytes:
        reached[0] = reached[0].grown(leaves[reached[0].size : size])
        return reached[0].root

    return root_at
