"""Reports that name neither encounter nor centre: a person says whose each is, or nobody's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from veinledger.adapters.cli.decisions.choosing import KEY_AT_LEAST, decision
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
from veinledger.adapters.errors import BadInput, NotFound

if TYPE_CHECKING:
    from veinledger.adapters.ledger import Ledger
    from veinledger.domain.intake.whose.unassigned import Unassigned

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


def report_named(ledger: Ledger, text: str) -> Unassigned:
    """The report whose key begins so; raises NotFound, BadInput."""
    known = ledger.unassigned()
    named = [e for e in known if len(text) >= KEY_AT_LEAST and e.record.startswith(text)]
    if len(named) > 1:
        raise BadInput(f"{text!r} is the beginning of {len(named)} reports' keys; give more digits")
    if not named:
        raise NotFound(
            f"no report that names neither encounter nor centre has a key that begins with"
            f" {text!r}; `veinledger parked` shows those that wait to be assigned"
        )
    return named[0]
