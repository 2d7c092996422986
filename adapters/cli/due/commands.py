"""Over all encounters: who is owed what on a day, and how much was done on time."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final

import typer

from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.cli.due.collector import without_the_collector
from veinledger.adapters.cli.exits import Exit
from veinledger.adapters.cli.opening import opened
from veinledger.adapters.cli.options import (
    EditionName,
    Json,
    KnownAtText,
    LedgerUrl,
    OnText,
    SiteFolder,
    day_named,
    known_at_of,
    on_of,
    today,
)
from veinledger.adapters.cli.screen import say, waiting, write
from veinledger.adapters.errors import BadInput
from veinledger.adapters.owing.folder import FOLDER_VARIABLE, cache_folder

LOOK_AHEAD: Final = timedelta(days=31)
"""How far ahead lists are readied, where nobody says otherwise."""

Centre = Annotated[
    str | None,
    typer.Option("--centre", metavar="NAME", help="Only encounters of this centre."),
]
Group = Annotated[
    str | None,
    typer.Option(
        "--group",
        metavar="NAME",
        help="Only obligations of this group: monitoring, neurology, laboratory, registry, ...",
    ),
]


def due(
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="DATE", help="The day, YYYY-MM-DD. Today, if not given."),
    ] = None,
    late: Annotated[
        bool, typer.Option("--late", help="Only what is overdue, and what was kept late.")
    ] = False,
    centre: Centre = None,
    group: Group = None,
    within: Annotated[
        int, typer.Option("--within", min=0, metavar="DAYS", help="How far ahead to look.")
    ] = 30,
    rows: Annotated[
        int,
        typer.Option("--rows", min=0, metavar="N", help="Rows of each table at most; 0: all."),
    ] = 100,
    csv: Annotated[bool, typer.Option("--csv", help="Answer in CSV, for a spreadsheet.")] = False,
    edition: EditionName = "public",
    known_at: KnownAtText = None,
    ledger: LedgerUrl = None,
    site: SiteFolder = None,
    json: Json = False,
) -> None:
    """List who is owed what, over all encounters, what presses most first.

    Overdue stands first, what was missed last at the top; then what closes soonest, then what opens
    soonest. Infusions and deaths that are reported and not confirmed stand before all. Ends with 1
    where something listed is overdue or was kept late.
    """
    from veinledger.adapters.cli.due import lists as show  # noqa: PLC0415
    from veinledger.adapters.cli.due.spreadsheet import as_csv  # noqa: PLC0415
    from veinledger.projections.due.shapes import Wanted  # noqa: PLC0415

    day, known = day_named("--on", on) if on else today(), known_at_of(known_at)
    wanted = Wanted(late=late, centre=centre, group=group, within=within)
    with without_the_collector(), opened(ledger, site=site, edition=edition) as found:
        owed = found.due(day, wanted=wanted, known_at=known)
    if json:
        write(as_json(owed))
    elif csv:
        write(as_csv(owed))
    else:
        say(*show.due(owed, known, rows))
    if owed.late:
        raise typer.Exit(Exit.FINDINGS)


def measures(
    first: Annotated[
        str, typer.Option("--from", metavar="DATE", help="First day of the period, YYYY-MM-DD.")
    ],
    last: Annotated[
        str, typer.Option("--to", metavar="DATE", help="Last day of the period, YYYY-MM-DD.")
    ],
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="DATE", help="What had happened by then. Today."),
    ] = None,
    centre: Centre = None,
    group: Group = None,
    edition: EditionName = "public",
    known_at: KnownAtText = None,
    ledger: LedgerUrl = None,
    site: SiteFolder = None,
    json: Json = False,
) -> None:
    """Say how much was done on time, per centre and obligation.

    Of all obligations whose last day lies in the period: kept on time, kept late, missed, or still
    open. The share is of those that were kept or missed.
    """
    from veinledger.adapters.cli.due import shares as show  # noqa: PLC0415
    from veinledger.projections.due.measures import Asked  # noqa: PLC0415

    begins, ends = day_named("--from", first), day_named("--to", last)
    if ends < begins:
        raise BadInput(f"--to {last} lies before --from {first}; give the earlier day first")
    asked = Asked(first=begins, last=ends, centre=centre, group=group)
    then = day_named("--as-of", as_of) if as_of else today()
    known = known_at_of(known_at)
    with without_the_collector(), opened(ledger, site=site, edition=edition) as found:
        told = found.measures(asked, as_of=then, known_at=known)
    if json:
        write(as_json(told))
    else:
        say(*show.measures(told, known))


def ready(
    on: OnText = None,
    days: Annotated[
        int, typer.Option("--days", min=0, max=366, metavar="N", help="And so many days after it.")
    ] = LOOK_AHEAD.days,
    edition: EditionName = "public",
    ledger: LedgerUrl = None,
    site: SiteFolder = None,
    json: Json = False,
) -> None:
    """Work out now what the lists of the next days need, so that nobody waits for them.

    For a job of the night, with the site and the edition that the day will ask with. Only what has
    changed since the last time costs anything. It shows nothing of any encounter, so no reading is
    noted.
    """
    from veinledger.adapters.cli.due import lists as show  # noqa: PLC0415

    first = on_of(on)
    last = first + timedelta(days=days)
    if cache_folder() is None:
        raise BadInput(
            f"nothing can be readied: {FOLDER_VARIABLE} is empty, which says that nothing of lists"
            " is kept; name a folder there, or unset it"
        )
    with (
        without_the_collector(),
        opened(ledger, site=site, edition=edition) as found,
        waiting("readying the due lists"),
    ):
        worked_out = found.ready_lists(first, last)
    if json:
        write(as_json({"first": first, "last": last, "worked_out": worked_out}))
    else:
        say(show.readied(first, last, worked_out))
