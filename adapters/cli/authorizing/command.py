"""What a payer is asked before the cells are given, and what it answered."""

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
from veinledger.adapters.cli.screen import note, say, write

PayerName = Annotated[
    str | None,
    typer.Option(
        "--payer",
        metavar="NAME",
        help="A payer of the directory, or a policy, instead of the patient's payer of the day.",
    ),
]
DocumentFile = Annotated[
    str | None,
    typer.Option(
        "--document",
        metavar="FILE",
        help="Write the packet to a new file, as an HTML page to print. It names the patient.",
    ),
]


def authorization(
    encounter: EncounterName,
    payer: PayerName = None,
    document: DocumentFile = None,
    edition: EditionName = "public",
    as_of: AsOfText = None,
    known_at: KnownAtText = None,
    ledger: LedgerUrl = None,
    site: SiteFolder = None,
    json: Json = False,
) -> None:
    """Show the prior-authorization packet of an encounter.

    The payer's checklist with the evidence for each item, what is missing first; the facts that
    its form asks for; and what it answered so far. As of today unless asked otherwise. It names
    the patient, as the payer's form has to.
    """
    from veinledger.adapters.cli.authorizing import shown as show  # noqa: PLC0415

    then, known = as_of_of(as_of) or today(), known_at_of(known_at)
    with opened(ledger, site=site, edition=edition, uses_the_site=True) as found:
        made = found.authorization(encounter, as_of=then, known_at=known, payer=payer)
    if document is not None:
        from veinledger.adapters.printing.packet import document as laid_out  # noqa: PLC0415
        from veinledger.adapters.printing.writing import write_document  # noqa: PLC0415

        write_document(laid_out(made), document)
        note("the packet is written; it names the patient, so keep it where charts are kept")
    if json:
        write(as_json(made))
    elif document is None:
        say(*show.packet(made, known))
