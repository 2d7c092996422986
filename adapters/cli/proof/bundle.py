"""The command that hands one encounter, with its proofs, to somebody without the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.cli.opening import opened
from veinledger.adapters.cli.options import Json, LedgerUrl
from veinledger.adapters.cli.screen import say, waiting, write
from veinledger.adapters.errors import BadInput


def bundle(
    encounter: Annotated[
        str | None, typer.Argument(metavar="ENCOUNTER", help="The encounter's name, such as E1.")
    ] = None,
    out: Annotated[
        str | None, typer.Option("-o", "--out", metavar="FILE", help="A new file for the bundle.")
    ] = None,
    without_originals: Annotated[
        bool,
        typer.Option("--without-originals", help="Leave the messages as received out of it."),
    ] = False,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Checkpoints that were kept elsewhere: prove that the ledger extends the newest.",
        ),
    ] = None,
    verifier: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Write the program that verifies a bundle here."),
    ] = None,
    ledger: LedgerUrl = None,
    json: Json = False,
) -> None:
    """Write one encounter to a file that proves itself, for an auditor without the ledger.

    It holds every record, the messages as received, a proof of each, a signed checkpoint, and what
    the ledger signs about the whole. `verify_bundle.py` checks it and needs nothing of veinledger.
    The bundle names the patient, and is made with mode 0600.
    """
    from veinledger.adapters.bundle import writing  # noqa: PLC0415
    from veinledger.adapters.cli.proof import show  # noqa: PLC0415

    _refuse_half_an_order(encounter, out, verifier)
    place = None if verifier is None else str(Path(verifier).absolute())
    if place is not None:
        writing.put(writing.verifier(), Path(place), 0o644)
    told = None
    if encounter is not None and out is not None:
        with opened(ledger) as found, waiting("proving every record of the encounter"):
            told = found.bundle(encounter, out, originals=not without_originals, since=since)
    made = show.Handed(bundle=told, verifier=place)
    if json:
        write(as_json(made))
    else:
        say(*show.handed(made))


def _refuse_half_an_order(encounter: str | None, out: str | None, verifier: str | None) -> None:
    if (encounter is None) != (out is None):
        raise BadInput(
            "name the encounter and the new file for its bundle: `veinledger bundle E1 -o e1.json`"
        )
    if encounter is None and verifier is None:
        raise BadInput(
            "say what is to be written: `veinledger bundle E1 -o e1.json` for a bundle,"
            " `veinledger bundle --verifier verify_bundle.py` for the program that verifies it"
        )
