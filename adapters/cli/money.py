"""Claims, why something is on one, and what they are expected to be paid."""

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
from veinledger.adapters.errors import BadInput, NotFound

if TYPE_CHECKING:
    from veinledger.domain.standing.history import Effective
    from veinledger.projections.claims.shapes import ClaimSet
    from veinledger.projections.claims.why.explain import Explanation
    from veinledger.projections.schedule import Schedule


def claims(
    encounter: EncounterName,
    edition: EditionName = "public",
    as_of: AsOfText = None,
    known_at: KnownAtText = None,
    ledger: LedgerUrl = None,
    site: SiteFolder = None,
    json: Json = False,
) -> None:
    """Show the claims of an encounter.

    As of today unless asked otherwise. Each line says which rule put it there, and what the
    other edition would bill instead.
    """
    from veinledger.adapters.cli.show import claim_set as show  # noqa: PLC0415

    then, known = as_of_of(as_of) or today(), known_at_of(known_at)
    with opened(ledger, site=site, edition=edition, uses_the_site=True) as found:
        made = found.claims(encounter, as_of=then, known_at=known)
        seen = found.effective(encounter, as_of=then, known_at=known)
        settled = () if json else found.settlements(encounter, as_of=then, known_at=known)
    if json:
        write(as_json(made))
    else:
        say(*show.claim_set(made, seen, then, known, settled))


def estimate(
    encounter: EncounterName,
    edition: EditionName = "public",
    as_of: AsOfText = None,
    known_at: KnownAtText = None,
    ledger: LedgerUrl = None,
    site: SiteFolder = None,
    json: Json = False,
) -> None:
    """Estimate what each claim is expected to be paid, with its arithmetic. It is no quote.

    From dated tables and the site's own rates: `veinledger prices show` lists them. What is
    missing is named, and stands in no sum.
    """
    from veinledger.adapters.cli.prices import estimates as show  # noqa: PLC0415

    then, known = as_of_of(as_of) or today(), known_at_of(known_at)
    with opened(ledger, site=site, edition=edition, uses_the_site=True) as found:
        made = found.estimate(encounter, as_of=then, known_at=known)
    if json:
        write(as_json(made))
    else:
        say(*show.shown(made, then, known))


def explain(
    encounter: EncounterName,
    claim: Annotated[
        str | None,
        typer.Argument(metavar="[CLAIM[:LINE]]", help="A label, such as C1, or a line, C1:2."),
    ] = None,
    record: Annotated[
        str | None,
        typer.Option(
            "--record",
            metavar="NUMBER",
            help="Everything that rests on one record, by its number in `history`; one of an"
            ' encounter that was merged into this one as "E2 7".',
        ),
    ] = None,
    edition: EditionName = "public",
    as_of: AsOfText = None,
    known_at: KnownAtText = None,
    ledger: LedgerUrl = None,
    site: SiteFolder = None,
    json: Json = False,
) -> None:
    """Say why something is on a claim, or what rests on a record.

    From the claim or line to its rule, its records, and the message that each came by; from a
    record to every claim, line, code, visit owed and finding that rests on it.
    """
    from veinledger.adapters.cli.show import explanation as show  # noqa: PLC0415

    if (claim is None) == (record is None):
        raise BadInput("explain one thing: a claim or line, such as C1:2, or --record NUMBER")
    then, known = as_of_of(as_of) or today(), known_at_of(known_at)
    with opened(ledger, site=site, edition=edition, uses_the_site=True) as found:
        made = found.claims(encounter, as_of=then, known_at=known)
        owed = found.schedule(encounter, as_of=then, known_at=known)
        seen = found.effective(encounter, as_of=then, known_at=known)
    if record is not None:
        told = _carried(made, owed, seen, record)
    else:
        told = _explained(made, seen, claim or "")
    if json:
        write(as_json(told))
    else:
        say(show.tree(told, seen))


def _explained(made: ClaimSet, seen: Effective, asked: str) -> Explanation:
    from veinledger.projections.claims.why import explain as why  # noqa: PLC0415

    try:
        return why.explain(made, seen, asked)
    except why.NoSuchClaim as error:
        sentence = str(error)
    raise NotFound(f"{sentence}; give a label, or a line as LABEL:NUMBER")


def _carried(made: ClaimSet, owed: Schedule, seen: Effective, asked: str) -> Explanation:
    from veinledger.adapters.cli.decisions.choosing import numbered  # noqa: PLC0415
    from veinledger.projections.claims.why import resting  # noqa: PLC0415

    named = numbered(asked)
    if named is None:
        raise BadInput(
            f"--record {asked!r} is no record: give its number in `veinledger history`, such as 26,"
            ' or "E2 26" for one of an encounter that was merged into this one'
        )
    whose, number = named
    try:
        return resting.explain_record(made, owed, seen, number, whose)
    except resting.NoSuchRecord as error:
        sentence = str(error)
    raise NotFound(sentence)
