"""Who said what happened: on the screen, as a table for a spreadsheet, as a document to print."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

import typer
from typer.models import OptionInfo

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
    day_named,
    instant_named,
    known_at_of,
    span_named,
)
from veinledger.adapters.cli.screen import note, say, write
from veinledger.adapters.errors import BadInput

if TYPE_CHECKING:
    from veinledger.projections.audit import AuditTrail
    from veinledger.projections.audited_wanted import WantedEntries

SCREEN = "-"


def _text(option: str, what: str, metavar: str = "TEXT") -> OptionInfo:
    made: OptionInfo = typer.Option(option, metavar=metavar, help=what)
    return made


ActorId = Annotated[str | None, _text("--actor", "Only what this person said or decided.", "ID")]
Role = Annotated[str | None, _text("--role", "Only what people in this role said or decided.")]
Connection = Annotated[
    str | None, _text("--connection", "Only what came by this connection.", "NAME")
]
Message = Annotated[str | None, _text("--message", "Only what this message said.", "ID")]
Type = Annotated[
    str | None,
    _text("--type", "Only this fact, as claim.submitted, or facts of a kind, as claim.", "NAME"),
]
Since = Annotated[str | None, _text("--since", "Recorded then or later, RFC 3339.", "TIME")]
Until = Annotated[str | None, _text("--until", "Recorded then or earlier, RFC 3339.", "TIME")]
HappenedSince = Annotated[
    str | None, _text("--happened-since", "Happened on that day or later, YYYY-MM-DD.", "DATE")
]
HappenedUntil = Annotated[
    str | None, _text("--happened-until", "Happened on that day or earlier, YYYY-MM-DD.", "DATE")
]
CsvFile = Annotated[
    str | None,
    _text(
        "--csv",
        "Write comma-separated values to a new file, or to the screen with -. No cell of it is"
        " taken for a formula.",
        "FILE",
    ),
]
ReportFile = Annotated[
    str | None,
    _text("--report", "Write the trail to a new file, as an HTML page to print.", "FILE"),
]


def one_answer(csv: str | None, *, json: bool) -> None:
    """Refuses two answers on one screen, which no program could tell apart."""
    if json and csv == SCREEN:
        raise BadInput(
            "--json and --csv - both answer on stdout: leave one of them out, or give --csv a FILE"
        )


def audit(
    encounter: EncounterName,
    actor: ActorId = None,
    role: Role = None,
    connection: Connection = None,
    message: Message = None,
    type: Type = None,
    since: Since = None,
    until: Until = None,
    happened_since: HappenedSince = None,
    happened_until: HappenedUntil = None,
    csv: CsvFile = None,
    report: ReportFile = None,
    edition: EditionName = "public",
    as_of: AsOfText = None,
    known_at: KnownAtText = None,
    ledger: LedgerUrl = None,
    site: SiteFolder = None,
    json: Json = False,
) -> None:
    """Show who said what happened, and when.

    By which message, what it counted for then, and what it counts for now. What it is narrowed to
    stands beside the number of all records: a part is never taken for the whole.
    """
    from veinledger.adapters.cli.show import trails as show  # noqa: PLC0415
    from veinledger.projections.audited_wanted import only  # noqa: PLC0415

    one_answer(csv, json=json)
    wanted = replace(
        _within(since, until, happened_since, happened_until),
        actor=actor,
        role=role,
        connection=connection,
        message=message,
        type=_known_type(type),
    )
    with opened(ledger, site=site, edition=edition) as found:
        known = known_at_of(known_at)
        whole = found.audit(encounter, as_of=as_of_of(as_of), known_at=known)
        later = found.followers(encounter, known_at=known)
        read = found.reads(encounter, known_at=known).of
    _write_files(whole, wanted, csv, report)
    if json:
        write(as_json(only(whole, wanted)))
    elif csv is None and report is None:
        say(*show.audit(whole, later, wanted), show.times_read(encounter, read))


def _within(
    since: str | None, until: str | None, happened_since: str | None, happened_until: str | None
) -> WantedEntries:
    """What was recorded in a span, and what happened in one; raises BadInput."""
    from veinledger.projections.audited_wanted import WantedEntries  # noqa: PLC0415

    begin, end = span_named(instant_named, ("--since", since), ("--until", until))
    first, last = span_named(
        day_named, ("--happened-since", happened_since), ("--happened-until", happened_until)
    )
    return WantedEntries(since=begin, until=end, happened_since=first, happened_until=last)


def _known_type(name: str | None) -> str | None:
    """Raises BadInput for what no record can ever be: an empty trail would pass for an answer."""
    from veinledger.domain.facts.catalogue import FACTS  # noqa: PLC0415

    if name is None or any(f"{fact}.".startswith(f"{name}.") for fact in FACTS):
        return name
    kinds = {fact.partition(".")[0] for fact in FACTS}
    near = get_close_matches(name, sorted({*FACTS, *kinds}), n=3)
    said = f"did you mean {' or '.join(near)}?" if near else "`veinledger facts` lists all"
    raise BadInput(f"--type {name!r} is no fact and no kind of facts; {said}")


def _write_files(
    whole: AuditTrail, wanted: WantedEntries, csv: str | None, report: str | None
) -> None:
    from veinledger.adapters.cli.audited.report import document  # noqa: PLC0415
    from veinledger.adapters.cli.audited.spreadsheet import spreadsheet  # noqa: PLC0415
    from veinledger.adapters.printing.writing import write_document, write_new  # noqa: PLC0415
    from veinledger.projections.audited_wanted import how_many, only  # noqa: PLC0415

    if csv == SCREEN:
        write(spreadsheet(only(whole, wanted)))
        note(f"the table shows {how_many(whole, wanted)}")
    elif csv is not None:
        write_new(spreadsheet(only(whole, wanted)).encode(), csv, "table")
        note(f"the table is written: {how_many(whole, wanted)}")
    if report is not None:
        write_document(document(whole, wanted), report)
        note(f"the report is written: {how_many(whole, wanted)}")
