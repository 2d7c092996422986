"""What payers denied, and what answers it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

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
from veinledger.adapters.errors import BadInput, NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from veinledger.projections.appeals.letter import Letter
    from veinledger.projections.appeals.shapes import Appeal, Appeals


def appeal(
    encounter: EncounterName,
    claim: Annotated[
        str | None,
        typer.Argument(
            metavar="[CLAIM]",
            help="A claim's label, such as C1; the reference of a request for authorization; or the"
            " number of the denial in `history`. Without it, every denial.",
        ),
    ] = None,
    edition: EditionName = "public",
    as_of: AsOfText = None,
    known_at: KnownAtText = None,
    ledger: LedgerUrl = None,
    site: SiteFolder = None,
    document: Annotated[
        str | None,
        typer.Option(
            "--document",
            metavar="FILE",
            help="Write the appeal to a new file, as an HTML page to print: a sheet for the sender,"
            " then the letter. It names the patient.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Say why a payer denied, what answers it, what to attach, and by when.

    As of today unless asked otherwise. Without a claim it lists every denial. Exits 4 where the
    claim was not denied.
    """
    from veinledger.adapters.cli.payers import packets as show  # noqa: PLC0415

    then, known = as_of_of(as_of) or today(), known_at_of(known_at)
    with opened(ledger, site=site, edition=edition, uses_the_site=True) as found:
        every = found.appeals(encounter, as_of=then, known_at=known)
        written = found.letters(encounter, as_of=then, known_at=known) if document else ()
    asked = every.denials if claim is None else _named(every, claim)
    if document is not None:
        _print(written, asked, document)
    if json:
        write(as_json({**_about(every), "denials": asked}))
    elif document is None:
        say(*(show.overview(every) if claim is None else show.packets(every, asked)))


def _print(written: Sequence[Letter], asked: Sequence[Appeal], file: str) -> None:
    """Write the letter about the one denial that was named."""
    from veinledger.adapters.printing.appeal_letter import document  # noqa: PLC0415
    from veinledger.adapters.printing.appeal_sheet import sheet  # noqa: PLC0415
    from veinledger.adapters.printing.writing import write_document  # noqa: PLC0415

    if len(asked) != 1:
        numbers = ", ".join(f"{each.denial.number} ({each.about})" for each in asked)
        raise BadInput(
            "a letter is about one denial: name it by its number, as in `veinledger appeal"
            f" ENCOUNTER NUMBER --document FILE`; there are {numbers or 'none'}"
        )
    letter = next(each for each in written if each.appeal.denial == asked[0].denial)
    write_document(document(letter), file, sheet(letter))
    note("the letter is written; it names the patient, so keep it where charts are kept")


def _about(every: Appeals) -> dict[str, object]:
    return {
        "encounter": every.encounter,
        "edition": every.edition,
        "rule_pack": every.rule_pack,
        "as_of": every.as_of,
    }


def _named(every: Appeals, name: str) -> tuple[Appeal, ...]:
    found = every.about(name)
    if found:
        return found
    if not every.denials:
        raise NotFound(f"nothing of {every.encounter} was denied, {name} neither")
    denied = ", ".join(dict.fromkeys(each.about for each in every.denials))
    if name in every.claims:
        raise NotFound(f"no denial of {name} is on record; denied: {denied}")
    claims = ", ".join(every.claims) or "none"
    raise NotFound(f"no claim or request is called {name!r}; denied: {denied}; claims: {claims}")
