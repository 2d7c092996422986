"""What a verification found, and what no reading of one file can exclude."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType

from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.tables import inset, plural
from veinledger.adapters.store.verify import Verification


def verdict(told: Verification) -> Iterator[RenderableType]:
    """The verdict in words; faults are placed by record."""
    read = f"{plural(told.records, 'record')} in {plural(told.streams, 'stream')} read"
    if told.consistent:
        yield styled(told.verdict, "bold green")
        yield f"{read} by scan and by stream; every tag, leaf and chain is as the ledger wrote it."
    else:
        yield styled("not as the ledger wrote it", "bold red")
        yield inset(styled(told.verdict, "red"))
        yield f"{read}. Keep the file as it is, and restore the newest verified backup beside it."
    yield styled("This reading cannot exclude:", "dim")
    for each in told.not_excluded:
        yield inset(styled(f"- {each}", "dim"))
