"""What was made or copied, and what its keeper must do now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import RenderableType

from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.tables import inset, plural, whole
from veinledger.adapters.store.backup import Backup


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A new ledger."""

    ledger_id: str
    url: str
    key_id: str
    key_file: str
    encrypted: bool
    """Whether bodies and originals are encrypted where they lie."""
    to_set: str | None
    """The variable that other commands need to find the key; none where they find it anyway."""


def made(ledger: Made) -> Iterator[RenderableType]:
    """Where the ledger and its key lie, and what is to be done with the key."""
    yield styled(f"ledger {ledger.ledger_id} is made", "bold green")
    yield whole(f"  lies at   {ledger.url}")
    yield whole(f"  root key  {ledger.key_file}")
    yield whole(f"  key id    {ledger.key_id}")
    if ledger.encrypted:
        yield whole("  bodies    encrypted where they lie, and so are originals")
    reads = "read every body and forge" if ledger.encrypted else "forge"
    yield (
        "Copy the root key to a second place now. Without it nobody can open this ledger or any"
        f" backup of it; whoever has it can {reads} records. So keep it away from the backups, and"
        " readable by its owner alone."
    )
    if ledger.to_set:
        yield "The other commands need this in their environment:"
        yield whole(f"  {ledger.to_set}")


def backed_up(told: Backup) -> Iterator[RenderableType]:
    """What the copy holds, what it was checked for, and what it does not hold."""
    found = told.verification
    yield styled(f"backup made and verified: {found.verdict}", "bold green")
    yield whole(f"  lies at  {told.file}")
    yield whole(f"  ledger   {told.ledger_id}")
    yield whole(f"  key id   {told.key_id}")
    yield (
        f"{plural(found.records, 'record')} in {plural(found.streams, 'stream')} read by scan and"
        " by stream; every tag, leaf and chain is as the ledger wrote it. Record"
        f" {told.acknowledged:,}, the last that was acknowledged when the backup began, is there"
        " with the same leaf, and so is all before it."
    )
    yield "The root key is not in it, and the copy opens with nothing else: keep the key elsewhere."
    yield styled("This reading cannot exclude:", "dim")
    for each in found.not_excluded:
        yield inset(styled(f"- {each}", "dim"))
