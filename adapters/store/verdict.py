"""The verdict on a ledger, in words: what was found and where, and what could not be excluded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from veinledger.adapters.store.witnessed import Witnessed

NOT_ANCHORED: Final = "consistent, not anchored"
_ORIGINALS: Final = (
    "that an original was changed or taken out: rows hold only its digest; --originals reads them"
)
NOT_EXCLUDED: Final = (
    "that records were cut off the end, or that an older copy of the whole file was put in its"
    " place: only a checkpoint or a receipt kept outside this file shows that",
    "that whoever holds the root key wrote the history anew from some record on",
)
_QUICKLY: Final = (
    "that a row was forged by somebody without the root key, for tags were not recomputed: leave"
    " --quick out",
    "that an index hides rows from questions, or that SQLite's own check of the file finds"
    " something: the rows were read by scan alone",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is not as the ledger wrote it, and where."""

    position: int | None
    """Of the record; None where it is about the file or a whole stream."""
    stream_kind: str | None
    """What stands before the slash of the stream's name; never the name itself."""
    what: str

    def __str__(self) -> str:
        where = "the file" if self.position is None else f"record {self.position}"
        kind = f" ({self.stream_kind})" if self.stream_kind else ""
        return f"{where}{kind}: {self.what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a full reading of a ledger found."""

    records: int
    streams: int
    faults: tuple[Fault, ...]
    unlisted: int = 0
    """Faults beyond the first hundred."""
    checkpoints: int = 0
    """Kept outside, and held against the rows."""
    anchored: int = 0
    """Up to which record all is as a checkpoint from outside signed it; 0 for none."""
    unreadable: int = 0
    """Notes of those files that cannot be read, as a power cut leaves them; passed over."""
    quick: bool = False
    """Read by scan alone: leaves, chains and the tree, no tags and no index."""
    receipts: tuple[Witnessed, ...] = ()
    """What each receipt says that a sender kept, in their order."""
    originals: int | None = None
    """How many originals are as they were received; None: they were not read."""

    @property
    def consistent(self) -> bool:
        """Whether nothing was found."""
        return not self.faults

    @property
    def verdict(self) -> str:
        """The answer in words. Never `intact`: no file can say that of itself."""
        if self.consistent and not self.anchored:
            return NOT_ANCHORED
        if self.consistent:
            return _as_signed(self.records, self.anchored)
        lines = [str(fault) for fault in self.faults]
        if self.unlisted:
            lines.append(f"and {self.unlisted} more")
        return "\n".join(lines)

    @property
    def not_excluded(self) -> tuple[str, ...]:
        """What this reading could not have noticed."""
        left_out = (
            *((_ORIGINALS,) if self.originals is None else ()),
            *(_QUICKLY if self.quick else ()),
        )
        if not self.anchored:
            return (*NOT_EXCLUDED, *left_out)
        return (
            f"that records after record {self.anchored} were cut off the end, or were written anew"
            " by whoever holds the root key: a newer checkpoint or receipt would show that",
            *left_out,
        )


def _as_signed(records: int, anchored: int) -> str:
    left = records - anchored
    if not left:
        return f"as the ledger signed it up to record {anchored}, the last one"
    since = "1 record since is" if left == 1 else f"{left} records since are"
    return f"as the ledger signed it up to record {anchored}; {since} consistent, not anchored"
