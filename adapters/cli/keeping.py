"""Looking after a ledger: what is parked, what was refused, whether all is as it was written."""

from __future__ import annotations

from typing import Annotated

import typer

from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.cli.exits import Exit
from veinledger.adapters.cli.opening import opened
from veinledger.adapters.cli.options import Json, KnownAtText, LedgerUrl, known_at_of
from veinledger.adapters.cli.screen import say, waiting, write


def parked(
    encounter: Annotated[
        str | None, typer.Argument(metavar="ENCOUNTER", help="Only of this encounter.")
    ] = None,
    known_at: KnownAtText = None,
    ledger: LedgerUrl = None,
    json: Json = False,
) -> None:
    """List what waits or is disputed: for what, since when, and what settles it."""
    from veinledger.adapters.cli.show import parking as show  # noqa: PLC0415

    known = known_at_of(known_at)
    with opened(ledger) as found:
        names = found.encounters() if encounter is None else (encounter,)
        seen = [found.effective(name, known_at=known) for name in names]
    waiting_ones = show.parked(seen)
    if json:
        write(as_json({"parked": waiting_ones}))
    else:
        say(*show.list_of_parked(waiting_ones))


def refused(ledger: LedgerUrl = None, json: Json = False) -> None:
    """List what the ledger could not take, with every rule that stood against it."""
    from veinledger.adapters.cli.show import outcomes as show  # noqa: PLC0415

    with opened(ledger) as found:
        items = found.refused()
    if json:
        write(as_json({"refused": items}))
    else:
        say(*show.list_of_refused(items))


def verify(ledger: LedgerUrl = None, json: Json = False) -> None:
    """Say whether every row is as the ledger wrote it.

    Recomputes every tag and leaf, and reads every stream by scan and by name. Exits 5 where
    something is not as it was written.
    """
    from veinledger.adapters.cli.show import verdicts as show  # noqa: PLC0415

    with opened(ledger) as found, waiting("verifying every record"):
        told = found.verify()
    if json:
        write(as_json(told))
    else:
        say(*show.verdict(told))
    if not told.consistent:
        raise typer.Exit(Exit.DAMAGED)
