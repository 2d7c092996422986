"""Reports that name neither encounter nor centre: a person says whose each is, or nobody's."""

from __future__ import annotations

from typing import Annotated

import typer

from veinledger.adapters.cli.decisions.choosing import decision, report_named
from veinledger.adapters.cli.decisions.deciding import conclude, decided, deciding_in
from veinledger.adapters.cli.decisions.options import (
    By,
    Credential,
    DryRun,
    MessageId,
    Reason,
    Role,
)
from veinledger.adapters.cli.options import (
    AsOfText,
    EditionName,
    Json,
    LedgerUrl,
    SiteFolder,
)

ReportName = Annotated[
    str,
    typer.Argument(metavar="REPORT", help="The beginning of its key, as parked shows it."),
]
Whose = Annotated[
    str, typer.Option("--encounter", metavar="ENCOUNTER", help="The encounter that it is of.")
]


def assign(
    report: ReportName,
    encounter: Whose,
    by: By,
    role: Role,
    reason: Reason,
    credential: Credential = None,
    message: MessageId = None,
    dry_run: DryRun = False,
    edition: EditionName = "public",
    as_of: AsOfText = None,
    ledger: LedgerUrl = None,
    site: SiteFolder = None,
    json: Json = False,
) -> None:
    """Say of which encounter a report is that named none, and what that changed.

    It then counts as if it had named it when it came. A wrong assignment is a record in the wrong
    encounter: `correct --move` takes it to the right one. Exits 3 where it is refused.
    """
    with deciding_in(ledger, site, edition, dry_run=dry_run) as found:
        item: dict[str, object] = {
            **decision(found, encounter, by, role, message),
            "type": "report.assigned",
            "target": report_named(found, report).record,
            "reason": reason,
            **({"credential": credential} if credential else {}),
        }
        told = decided(found, item, as_of, dry_run=dry_run)
    conclude(told, json=json)
