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
from veinledger.adapters.cli.screen import say, write
from veinledger.adapters.errors import NotFound

if TYPE_CHECKING:
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
    asked = every.denials if claim is None else _named(every, claim)
    if json:
        write(as_json({**_about(every), "denials": asked}))
    else:
        say(*(show.overview(every) if claim is None else show.packets(every, asked)))


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
