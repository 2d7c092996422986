"""Who asked what, when and why: on the screen, or as a table for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import RenderableType

from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.cli.audited.command import SCREEN, CsvFile, one_answer
from veinledger.adapters.cli.opening import opened
from veinledger.adapters.cli.options import (
    Json,
    KnownAtText,
    LedgerUrl,
    SiteFolder,
    instant_named,
    known_at_of,
    span_named,
)
from veinledger.adapters.cli.screen import note, say, styled, write
from veinledger.adapters.cli.show.tables import Cell, plural, table

if TYPE_CHECKING:
    from veinledger.adapters.access.told import Readings, ToldReading

HEADS = (
    "at", "question", "encounter", "stream", "reader_id", "reader_role", "why", "position",
)  # fmt: skip

OneEncounter = Annotated[
    str | None,
    typer.Argument(metavar="[ENCOUNTER]", help="Only what was asked about it; all without it."),
]
Actor = Annotated[
    str | None, typer.Option("--actor", metavar="ID", help="Only what this person asked.")
]
Question = Annotated[
    str | None,
    typer.Option("--question", metavar="NAME", help="Only this question, such as claims."),
]
Since = Annotated[
    str | None, typer.Option("--since", metavar="TIME", help="Asked then or later, RFC 3339.")
]
Until = Annotated[
    str | None, typer.Option("--until", metavar="TIME", help="Asked then or earlier, RFC 3339.")
]


def reads(
    encounter: OneEncounter = None,
    actor: Actor = None,
    question: Question = None,
    since: Since = None,
    until: Until = None,
    csv: CsvFile = None,
    known_at: KnownAtText = None,
    ledger: LedgerUrl = None,
    site: SiteFolder = None,
    json: Json = False,
) -> None:
    """Show who asked the ledger what, when and why.

    Every question about an encounter or about all is noted before it is answered: beside the
    ledger at first, and on record when the ledger is next written. This command is noted too.
    """
    from veinledger.domain.ledger.access import WantedReadings  # noqa: PLC0415

    one_answer(csv, json=json)
    first, last = span_named(instant_named, ("--since", since), ("--until", until))
    wanted = WantedReadings(actor=actor, question=question, since=first, until=last)
    with opened(ledger, site=site) as found:
        told = found.reads(encounter, wanted=wanted, known_at=known_at_of(known_at))
    if csv is not None:
        _write_table(told, csv)
    if json:
        write(as_json(told))
    elif csv is None:
        say(*_shown(told, encounter))


def _write_table(told: Readings, csv: str) -> None:
    from veinledger.adapters.printing.comma_separated import table as spreadsheet  # noqa: PLC0415
    from veinledger.adapters.printing.writing import write_new  # noqa: PLC0415

    written = spreadsheet(HEADS, map(_row, told.readings))
    if csv == SCREEN:
        write(written)
        note(f"the table shows {_how_many(told)}")
    else:
        write_new(written.encode(), csv, "table")
        note(f"the table is written: {_how_many(told)}")


def _row(told: ToldReading) -> tuple[object, ...]:
    reading, by = told.reading, told.reading.reader.by
    why = reading.reader.why
    at = reading.at.isoformat()
    return (
        at, reading.question, told.encounter, reading.stream, by.id, by.role, why, told.position,
    )  # fmt: skip


def _shown(told: Readings, encounter: str | None) -> Iterator[RenderableType]:
    if told.readings:
        heads = ("=asked (UTC)", "what", "about", "by", "why", ">record")
        yield table(heads, [_cells(each) for each in told.readings])
        yield ""
    yield f"{_how_many(told)}{f' about {encounter}' if encounter else ''}."
    if told.not_recorded_yet:
        yield (
            f"{plural(told.not_recorded_yet, 'of them stands', 'of them stand')} beside the ledger,"
            " and will be on record when it is next written."
        )
    if told.not_as_written:
        yield styled(
            f"{plural(told.not_as_written, 'noted line is', 'noted lines are')} not as the ledger"
            " wrote them: somebody changed the file of readings, or a write of it was cut short."
            " What they held is kept in the record.",
            "yellow",
        )


def _cells(told: ToldReading) -> tuple[Cell, ...]:
    reading, by = told.reading, told.reading.reader.by
    about = told.encounter or ("all" if reading.stream is None else "a name without a record")
    record = "-" if told.position is None else f"{told.position:,}"
    asked = f"{reading.at:%Y-%m-%d %H:%M:%S}"
    return (asked, reading.question, about, f"{by.id}, {by.role}", reading.reader.why, record)


def _how_many(told: Readings) -> str:
    shown, of = len(told.readings), told.of
    return plural(of, "reading") if shown == of else f"{shown:,} of {plural(of, 'reading')}"
