"""The command that asks which support programmes a patient is sent to."""

from __future__ import annotations

import typer

from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.cli.exits import Exit
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


def support(
    encounter: EncounterName,
    edition: EditionName = "public",
    as_of: AsOfText = None,
    known_at: KnownAtText = None,
    ledger: LedgerUrl = None,
    site: SiteFolder = None,
    json: Json = False,
) -> None:
    """Show which support programmes a patient is sent to.

    What to do now, what is done, and what is not for this patient and why. As of today unless
    asked otherwise. Exits 1 where something stands against an enrolment.
    """
    from veinledger.adapters.cli.support import show  # noqa: PLC0415

    then, known = as_of_of(as_of) or today(), known_at_of(known_at)
    with opened(ledger, site=site, edition=edition) as found:
        told = found.support(encounter, as_of=then, known_at=known)
        records = found.history(encounter).records
    if json:
        write(as_json(told))
    else:
        say(*show.support(told, records, then, known))
    if told.findings:
        raise typer.Exit(Exit.FINDINGS)
