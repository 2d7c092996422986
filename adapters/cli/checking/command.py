"""May a step be taken, would it be paid, and what is missing: asked before the act."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.cli.exits import Exit
from veinledger.adapters.cli.opening import opened
from veinledger.adapters.cli.options import (
    EditionName,
    EncounterName,
    Json,
    KnownAtText,
    LedgerUrl,
    SiteFolder,
    known_at_of,
    on_of,
)
from veinledger.adapters.cli.screen import say, write

Step = Literal["collect", "receive", "lymphodeplete", "infuse"]

StepName = Annotated[
    Step,
    typer.Argument(
        metavar="STEP",
        help="collect, receive, lymphodeplete or infuse.",
    ),
]
OnText = Annotated[
    str | None,
    typer.Option("--on", metavar="DAY", help="The day of the step, YYYY-MM-DD. Without it, today."),
]

Whole = Annotated[
    bool,
    typer.Option("--all", help="Show what is met, and what nobody asks for, with its source too."),
]


def check(
    encounter: EncounterName,
    step: StepName,
    on: OnText = None,
    whole: Whole = False,
    edition: EditionName = "public",
    known_at: KnownAtText = None,
    ledger: LedgerUrl = None,
    site: SiteFolder = None,
    json: Json = False,
) -> None:
    """Ask before the act: may a step be taken on a day, and would it be paid?

    The gates that are not met first, each with what would settle it and the claims that hang on it;
    then what is met, in short. --json has every gate. Exits 1 where a gate is not met.
    """
    from veinledger.adapters.cli.checking import shown as show  # noqa: PLC0415

    day, known = on_of(on), known_at_of(known_at)
    with opened(ledger, site=site, edition=edition, uses_the_site=True) as found:
        told = found.check(encounter, step, on=day, known_at=known)
        records = found.history(encounter).records
    if json:
        write(as_json(told))
    else:
        say(*show.check(told, records, known, whole=whole))
    if told.failing:
        raise typer.Exit(Exit.FINDINGS)
