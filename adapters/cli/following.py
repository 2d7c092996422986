"""Who is owed what by when."""

from __future__ import annotations

from typing import Annotated

import typer

from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.cli.opening import opened
from veinledger.adapters.cli.options import (
    AsOfText,
    EditionName,
    EncounterName,
    Json,
    KnownAtText,
    LedgerUrl,
    SiteFolder,
    as_of_of,
    known_at_of,
    today,
)
from veinledger.adapters.cli.screen import say, write

Whole = Annotated[
    bool, typer.Option("--all", help="Every obligation in a row of its own, to the last year.")
]


def schedule(
    encounter: EncounterName,
    edition: EditionName = "public",
    as_of: AsOfText = None,
    known_at: KnownAtText = None,
    ledger: LedgerUrl = None,
    site: SiteFolder = None,
    whole: Whole = False,
    json: Json = False,
) -> None:
    """Show what is owed, by when, and what has met it.

    Visits, daily monitoring, advice, tests, registry forms, claims to send, appeals, expiries, and
    days to plan with. As of today unless asked otherwise.
    """
    from veinledger.adapters.cli.show import schedules as show  # noqa: PLC0415

    then, known = as_of_of(as_of) or today(), known_at_of(known_at)
    with opened(ledger, site=site, edition=edition) as found:
        owed = found.schedule(encounter, as_of=then, known_at=known)
        records = found.effective(encounter, known_at=known).known
    if json:
        write(as_json(owed))
    else:
        say(*show.schedule(owed, records, then, known, whole=whole))
