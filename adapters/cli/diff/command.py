"""The command that says what was learned, or what happened, between two moments."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Annotated

import typer

from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.cli.exits import Exit
from veinledger.adapters.cli.opening import opened
from veinledger.adapters.cli.options import (
    EditionName,
    EncounterName,
    Json,
    LedgerUrl,
    SiteFolder,
    as_of_of,
    known_at_of,
    today,
)
from veinledger.adapters.cli.screen import say, write
from veinledger.adapters.errors import BadInput

if TYPE_CHECKING:
    from veinledger.domain.standing.history import AsOf, KnownAt

KnownAtTexts = Annotated[
    list[str] | None,
    typer.Option(
        "--known-at",
        metavar="WHEN",
        help="From what the ledger held by then: a position, such as 57, or RFC 3339. Given twice,"
        " until what it held by the second; given once, until now.",
    ),
]
AsOfTexts = Annotated[
    list[str] | None,
    typer.Option(
        "--as-of",
        metavar="TIME",
        help="What had occurred by then: YYYY-MM-DD, or RFC 3339. Given twice, what happened from"
        " one to the other.",
    ),
]


def diff(
    encounter: EncounterName,
    known_at: KnownAtTexts = None,
    as_of: AsOfTexts = None,
    edition: EditionName = "public",
    ledger: LedgerUrl = None,
    site: SiteFolder = None,
    json: Json = False,
) -> None:
    """Say what was learned between two moments, and what it did.

    To stage, records, claims, schedule, findings and money. Two --known-at compare two states of
    knowledge, and one compares it with now, as of today unless asked otherwise; two --as-of say
    what happened in between. Exits 1 where anything differs.
    """
    from veinledger.adapters.cli.diff import shown as show  # noqa: PLC0415

    known, days = moments_of(known_at or (), as_of or ())
    with opened(ledger, site=site, edition=edition, uses_the_site=True) as found:
        told = found.diff(encounter, known_at=known, as_of=days)
    if json:
        write(as_json(told))
    else:
        say(*show.diff(told, of_days=len(as_of or ()) == 2))
    if not told.nothing:
        raise typer.Exit(Exit.FINDINGS)


def moments_of(
    known_at: list[str] | tuple[()], as_of: list[str] | tuple[()]
) -> tuple[tuple[KnownAt, KnownAt], tuple[AsOf, AsOf]]:
    """The two moments that are compared, of knowledge and of the world; raises BadInput."""
    known, days = [known_at_of(text) for text in known_at], [as_of_of(text) for text in as_of]
    two = len(known) == 2 or len(days) == 2
    if max(len(known), len(days)) > 2 or len(known) + len(days) > 3 or not (known or two):
        raise BadInput(
            "compare two moments: --known-at T1 --known-at T2 (or T1 alone, until now), with one"
            " --as-of where a day is meant; or --as-of A --as-of B, with one --known-at where one"
            " is meant"
        )
    if len(days) == 2:
        held = known[0] if known else None
        if _end_of(days[0]) > _end_of(days[1]):
            raise BadInput("the first --as-of is later than the second: give the earlier one first")
        return (held, held), (days[0], days[1])
    until = known[1] if len(known) == 2 else None
    day = days[0] if days else today()
    return (known[0], until), (day, day)


def _end_of(then: AsOf) -> datetime:
    """Up to when it has occurred: a day up to its end, of which an instant of it is earlier."""
    if isinstance(then, datetime):
        return then
    return datetime.combine(then or date.max, time.max, UTC)
