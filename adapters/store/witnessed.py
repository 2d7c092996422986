"""Receipts that senders kept, held against the rows: is each record where it was, as it was?

A receipt is a witness that nobody at the ledger can silence: it names one leaf at one position, and
the newest checkpoint of its day. Whoever cut the end off, or put an older copy in the ledger's
place, cannot also change what was sent to others since.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from veinledger.adapters.store.anchoring import (
    Anchored,
    Disbelieved,
    Extent,
    Outside,
    Unread,
    anchored,
    disbelieved,
)

NOT_READ: Final = "cannot be read, and was not judged"
NOT_JUDGED: Final = "the receipt's checkpoint was not judged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A receipt as it was read from where it was kept."""

    position: int
    leaf: bytes
    checkpoint: Outside | None
    """Its signature verified already; None where it carries none, or none to be believed."""
    disbelieved: str | None
    """Why the checkpoint that it carries is not believed."""
    called: str
    """Where it comes from: line 3 of a file."""


Elsewhere = Outside | Kept | Disbelieved | Unread
"""What was kept elsewhere, as it was read from where it was kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed:
    """What one kept receipt says of the ledger."""

    called: str
    position: int
    """Of the record that it was given for."""
    holds: bool
    """Whether the record is there with its leaf, and the checkpoint is one of this history."""
    says: str
    judged: bool = True
    """Whether the rows that it is about could be read."""

    @property
    def fault(self) -> str:
        """What is at fault at its position, where it does not hold."""
        return f"{self.says}; by the receipt in {self.called}"

    def __str__(self) -> str:
        return f"{self.called}: record {self.position} {self.says}"


@dataclass(frozen=True, slots=True)
class Judged:
    """What all that was kept elsewhere says of the rows."""

    checkpoints: Anchored
    receipts: tuple[Witnessed, ...]
    up_to: int
    """Up to which record all is as a checkpoint signed it, one of a receipt's included."""
    unreadable: int = 0
    """Notes in the files of checkpoints that cannot be read."""

    @property
    def holds(self) -> bool:
        """Whether nothing of it speaks against the rows."""
        return not self.checkpoints.faults and all(each.holds for each in self.receipts)


def judged(
    outside: Sequence[Elsewhere],
    read: Extent,
    root_at: Callable[[int], bytes],
    leaves: Mapping[int, bytes],
) -> Judged:
    """Hold checkpoints against the root at their size, receipts against the leaf at their position.

    A receipt's checkpoint vouches for the rows as any other does, unless a receipt does not hold:
    then the verdict is about that.
    """
    signed = [each for each in outside if isinstance(each, Outside)]
    kept = receipts_among(outside)
    theirs = [each.checkpoint for each in kept if each.checkpoint]
    roots = {size: root_at(size) for size in sizes_among(outside, read.whole)}
    held = anchored(signed, read, roots.__getitem__)
    forged = disbelieved(each for each in outside if isinstance(each, Disbelieved))
    held = replace(held, faults=(*held.faults, *forged))
    said = tuple(_witnessed(each, read, leaves.get(each.position), roots) for each in kept)
    vouched = [each.size for each in theirs] if all(each.holds for each in said) else []
    unreadable = sum(isinstance(each, Unread) for each in outside)
    return Judged(held, said, max((held.up_to, *vouched)), unreadable)


def receipts_among(outside: Iterable[Elsewhere]) -> list[Kept]:
    """The receipts among what was kept elsewhere."""
    return [each for each in outside if isinstance(each, Kept)]


def sizes_among(outside: Iterable[Elsewhere], whole: int) -> tuple[int, ...]:
    """The sizes that checkpoints were signed over, those of receipts too, in rising order.

    Not those over more records than are here.
    """
    signed = (each.checkpoint if isinstance(each, Kept) else each for each in outside)
    sizes = {each.size for each in signed if isinstance(each, Outside)}
    return tuple(sorted(size for size in sizes if size <= whole))


def _witnessed(
    each: Kept, read: Extent, leaf: bytes | None, roots: Mapping[int, bytes]
) -> Witnessed:
    unread = _is_unread(each, read, leaf)
    against = "" if unread else _against_the_leaf(each, read.records, leaf)
    unrooted = _is_unrooted(each.checkpoint, read)
    against_checkpoint = "" if unrooted else _against_the_checkpoint(each, roots)
    there = NOT_READ if unread else against or "is there with its leaf"
    extended = f"{NOT_JUDGED}, for {read.why}" if unrooted else _extended(each.checkpoint)
    return Witnessed(
        called=each.called,
        position=each.position,
        holds=not (against or against_checkpoint or unread or unrooted),
        says=f"{there}; {against_checkpoint or extended}",
        judged=bool(against or against_checkpoint or not (unread or unrooted)),
    )


def _is_unread(each: Kept, read: Extent, leaf: bytes | None) -> bool:
    beyond = each.position > read.records and not read.ended
    return leaf is None and (each.position in read.unread or beyond)


def _is_unrooted(signed: Outside | None, read: Extent) -> bool:
    """Whether the checkpoint is over rows that could not be read, and not over more than are."""
    if signed is None or signed.size <= read.whole:
        return False
    return signed.size <= read.records or not read.ended


def _against_the_leaf(each: Kept, records: int, leaf: bytes | None) -> str:
    if leaf == each.leaf:
        return ""
    if each.position > records:
        return (
            f"is not there, for this file holds {records}: the end was cut off, or an older copy"
            " was put in its place"
        )
    if leaf is None:
        return "is not there: it was removed after the receipt was given"
    return (
        "is there with another leaf: it or what its stream held before it was changed after the"
        " receipt was given, or another record stands in its place, or the receipt was changed"
    )


def _against_the_checkpoint(each: Kept, roots: Mapping[int, bytes]) -> str:
    signed = each.checkpoint
    if each.disbelieved:
        return f"the receipt's checkpoint {each.disbelieved}"
    if signed is None or roots.get(signed.size) == signed.root:
        return ""
    if signed.size not in roots:
        return f"the receipt's checkpoint was signed over {signed.size} records, more than are here"
    return f"the receipt's checkpoint was signed over other records 1 to {signed.size} than these"


def _extended(signed: Outside | None) -> str:
    if signed is None:
        return "the receipt carries no checkpoint"
    return f"the ledger extends the receipt's checkpoint over records 1 to {signed.size}"


def leaves_of_chunks(
    outside: Iterable[Elsewhere],
    records: int,
    chunk: int,
    leaves_of: Callable[[int], Sequence[bytes]],
) -> dict[int, bytes]:
    """The leaves that receipts ask for, by position; each chunk is read once."""
    places = {each.position - 1 for each in receipts_among(outside)}
    wanted = sorted(place for place in places if place < records)
    found: dict[int, bytes] = {}
    for number, within in groupby(wanted, key=lambda place: place // chunk):
        leaves = leaves_of(number)
        found |= {place + 1: leaves[place % chunk] for place in within}
    return found
