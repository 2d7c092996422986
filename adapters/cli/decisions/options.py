"""The options of decisions, each written once: who, why, which record, and what to change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

import typer

from veinledger.adapters.errors import BadInput

By = Annotated[
    str,
    typer.Option(
        "--by", metavar="ID", envvar="VEINLEDGER_ACTOR", help="Who decides. Never guessed."
    ),
]
Role = Annotated[
    str,
    typer.Option("--role", metavar="ROLE", envvar="VEINLEDGER_ROLE", help="In which role."),
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; kept for ever.")]
Credential = Annotated[
    str | None,
    typer.Option("--credential", metavar="C", help="What entitles the person: CCS, RN, MD."),
]
MessageId = Annotated[
    str | None,
    typer.Option(
        "--message",
        metavar="ID",
        help="The message id to decide under: the same command again is then a duplicate. Without"
        " it, a fresh one each time.",
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Only say what it would change; record nothing.")
]
RecordName = Annotated[
    str,
    typer.Argument(
        metavar="RECORD", help="Its sequence, or the beginning of its report key, as parked shows."
    ),
]
Attested = Annotated[
    list[str] | None,
    typer.Option(
        "--attest",
        metavar="TYPE=DAY",
        help="A missing step that happened and nobody will report, such as"
        " product.received=2026-04-20; again for each.",
    ),
]
FindingName = Annotated[
    str,
    typer.Argument(
        metavar="FINDING", help="Its key or the beginning of it, as claims and history show it."
    ),
]
SettledAs = Annotated[
    Literal["accepted", "overridden", "code chosen"],
    typer.Option("--decision", help="What was decided about the finding."),
]
ChosenCode = Annotated[
    str | None, typer.Option("--code", metavar="CODE", help="With `code chosen`: which.")
]
CredentialNeeded = Annotated[
    str,
    typer.Option("--credential", metavar="C", help="What entitles the person: CCS, RN, MD."),
]
Voided = Annotated[
    list[str] | None,
    typer.Option("--void", metavar="SEQ", help="It did not happen: take it out."),
]
Put = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="SEQ:FIELD=VALUE",
        help="The same record with one field changed, such as 8:drug.dose=54.5; an empty value"
        " takes the field away.",
    ),
]
Dated = Annotated[
    list[str] | None,
    typer.Option("--date", metavar="SEQ=WHEN", help="The same record at another date."),
]
Replaced = Annotated[
    list[str] | None,
    typer.Option(
        "--replace",
        metavar="SEQ=FILE",
        help="Another fact in its place: a JSON file as a line for `record`, without encounter,"
        " source and actor; - reads stdin.",
    ),
]
Moved = Annotated[
    list[str] | None,
    typer.Option(
        "--move", metavar="SEQ=ENCOUNTER", help="It is of another encounter: move it there."
    ),
]
WholeChart = Annotated[
    str | None,
    typer.Option(
        "--whole-chart",
        metavar="void|ENCOUNTER",
        help="All of it was charted on the wrong patient: void every record, or move it there. What"
        " went to a payer or came back stays to be voided here; what was merged into it stays.",
    ),
]
ConnectionName = Annotated[
    str | None,
    typer.Option("--connection", metavar="NAME", help="Only what came by this connection."),
]


def pairs(option: str, texts: Iterable[str] | None, wanted: str) -> Iterator[tuple[str, str]]:
    """What stands before and after the first equals sign; only --set may give no value."""
    for text in texts or ():
        name, equals, value = text.partition("=")
        field = option == "--set"
        if not (name and equals) or (not value and not field) or (field and ":" not in name):
            raise BadInput(f"{option} {text!r} cannot be read; give {wanted}")
        yield name, value
