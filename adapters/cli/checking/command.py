"""May a step be taken, would it be paid, and what is missing: asked before the act."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

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
    today,
)
from veinledger.adapters.cli.screen import say, write
from veinledger.adapters.errors import BadInput

if TYPE_CHECKING:
    pass

StepName = Annotated[
    Literal["collect", "receive", "lymphodeplete", "infuse"],
    typer.Argument(
        metavar="STEP",
        help="collect, receive, lymphodeplete or infuse.",
    ),
]
OnText = Annotated[
    str | None,
    typer.Option("--on", metavar="DAY", help="The day of the step, YYYY-MM-DD. Without it, today."),
]


def check(
    encounter: EncounterName,
    step: StepName,
    on: OnText = None,
    edition: EditionName = "public",
    known_at: KnownAtText = None,
    ledger: LedgerUrl = None,
    site: SiteFolder = None,
    json: Json = False,
) -> None:
    """Ask before the act: may a step be taken on a day, and would it be paid?

    Every gate before the step, those that are not met first, each with what would settle it and the
    claims that hang on it. Exits 1 where a gate is not met.
    """
    from veinledger.adapters.cli.checking import shown as show  # noqa: PLC0415

    day, known = on_of(on), known_at_of(known_at)
    with opened(ledger, site=site, edition=edition, uses_the_site=True) as found:
        told = found.check(encounter, step, on=day, known_at=known)
        records = found.history(encounter).records
    if json:
        write(as_json(told))
    else:
        say(*show.check(told, records, known))
    if told.failing:
        raise typer.Exit(Exit.FINDINGS)


def on_of(text: str | None) -> date:
    """The day that --on names, else today; raises BadInput."""
    from veinledger.domain import values  # noqa: PLC0415

    if text is None:
        return today()
    try:
        return values.day_of(text)
    except ValueError as error:
        reason = str(error)
    raise BadInput(f"--on {text!r} is no day: give {reason}")
