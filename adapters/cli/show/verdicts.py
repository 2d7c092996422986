"""What a verification found, and what no reading of one file can exclude."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import RenderableType
from rich.text import Text

from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.tables import inset, plural
from veinledger.adapters.store.verify import Verification


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A checkpoint that was made, and the key by which others verify it."""

    note: str
    key: str
    kept_in: str | None


def signed(made: Signed) -> Iterator[RenderableType]:
    """The note as it is to be kept, and what to do with it."""
    yield Text(made.note, no_wrap=True, overflow="ignore")
    key = styled(f"verification key: {made.key}", "dim")
    key.no_wrap, key.overflow = True, "ignore"
    yield key
    where = f"Appended to {made.kept_in}." if made.kept_in else "Keep it where the ledger is not."
    yield styled(f"{where} The key goes to whoever is to verify it.", "dim")


def verdict(
    told: Verification, files: Sequence[str] = (), *, on_this_machine: bool = False
) -> Iterator[RenderableType]:
    """The verdict in words; faults are placed by record."""
    read = f"{plural(told.records, 'record')} in {plural(told.streams, 'stream')} read"
    if told.consistent:
        yield styled(told.verdict, "bold green")
        yield f"{read} {_how(told)}"
    else:
        yield styled("not as the ledger wrote it", "bold red")
        yield inset(styled(told.verdict, "red"))
        yield f"{read}. Keep the file as it is, and restore the newest verified backup beside it."
    if told.checkpoints:
        yield f"{plural(told.checkpoints, 'checkpoint')} of {', '.join(files)} held against them."
    if told.unreadable:
        notes = plural(told.unreadable, "note")
        yield f"Passed over: {notes} there that cannot be read, as a power cut leaves them."
    if told.checkpoints and on_this_machine:
        yield styled("That file lies on this machine: whoever rules it can take away both.", "dim")
    if told.originals is not None:
        yield f"{plural(told.originals, 'original')} read, as received."
    yield from _receipts(told)
    yield styled("This reading cannot exclude:", "dim")
    for each in told.not_excluded:
        yield inset(styled(f"- {each}", "dim"))


def _receipts(told: Verification) -> Iterator[RenderableType]:
    """What each receipt says, but for those that stand among the faults already."""
    if not told.receipts:
        return
    holding = sum(each.holds for each in told.receipts)
    unjudged = sum(not each.judged for each in told.receipts)
    left_out = f" {unjudged:,} of them were not judged." if unjudged else ""
    yield (
        f"{plural(len(told.receipts), 'receipt')} held against them: {holding:,} of them hold."
        f"{left_out}"
    )
    listed = {fault.what for fault in told.faults}
    for each in told.receipts:
        if each.fault not in listed:
            yield inset(styled(str(each), "" if each.holds else "red"))


def _how(told: Verification) -> str:
    if told.quick:
        return "by scan; every leaf and chain is as the ledger wrote it."
    return "by scan and by stream; every tag, leaf and chain is as the ledger wrote it."
