"""Recording reports: a file or stdin of NDJSON, an outcome for each line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import groupby
from json import loads
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.cli.due.collector import without_the_collector
from veinledger.adapters.cli.due.commands import LOOK_AHEAD
from veinledger.adapters.cli.exits import Exit
from veinledger.adapters.cli.opening import opened
from veinledger.adapters.cli.options import Json, LedgerUrl, SiteFolder, today
from veinledger.adapters.cli.screen import note, progress, say, waiting, write
from veinledger.adapters.errors import BadInput, VeinledgerError

if TYPE_CHECKING:
    from veinledger.adapters.cli.show.outcomes import Numbered
    from veinledger.adapters.ledger import Ledger
    from veinledger.domain.intake.outcome import Outcome

Line = tuple[int, bytes]
Message = tuple[Line, ...]

STDIN = "-"
A_LOT: Final = 50
"""Encounters. What a list has to work out of fewer costs it less than half a second."""
_KEPT: Final = frozenset({"recorded", "parked"})


def record(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="NDJSON, one fact a line; - reads stdin.")
    ],
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="Before the act: refuse what is not legal now, with the shortest legal way.",
        ),
    ] = False,
    ledger: LedgerUrl = None,
    site: SiteFolder = None,
    json: Json = False,
) -> None:
    """Record facts, and say what became of each line.

    A line is recorded, parked, a duplicate or refused. A parked line is kept, and counts as soon
    as what it waits for has come, in whatever order. Recording the same file again is safe.

    Exits 0 where every line is recorded or a duplicate, 1 where something is parked, 3 where
    something was refused.
    """
    lines = numbered(read(file))
    with opened(ledger, site=site, writing=True, uses_the_site=True) as found:
        told = list(record_lines(found, file, lines, strict=strict, quiet=json))
        _ready_lists(found, told)
    _conclude(told, json=json)


def _ready_lists(ledger: Ledger, told: list[Numbered]) -> None:
    """After a lot was recorded: the lists of the next weeks, or the first to ask would wait."""
    named = {each.outcome.encounter for each in told if each.outcome.answer in _KEPT}
    if len(named - {None}) >= A_LOT:
        on = today()
        try:
            with waiting("readying the due lists"), without_the_collector():
                ledger.ready_lists(on, on + LOOK_AHEAD)
        except VeinledgerError as error:
            note(f"all is recorded, but the due lists could not be readied: {error}")


def _conclude(told: list[Numbered], *, json: bool) -> None:
    from veinledger.adapters.cli.show import outcomes as show  # noqa: PLC0415

    if json:
        write(as_json(show.in_full(told)))
    else:
        say(*show.summary(told))
    counts = show.counted(told)
    if counts["refused"]:
        raise typer.Exit(Exit.REFUSED)
    if counts["parked"]:
        raise typer.Exit(Exit.FINDINGS)


def record_lines(
    ledger: Ledger, file: str, lines: list[Line], *, strict: bool = False, quiet: bool = False
) -> Iterator[Numbered]:
    """Record lines in bulk, telling the outcomes of each message as soon as they are durable."""
    from veinledger.adapters.cli.show import outcomes as show  # noqa: PLC0415

    found = messages(lines)
    told = ledger.record_all(_contents(found), strict=strict)
    for message in progress(found, "recording", quiet=quiet):
        for outcome, (number, _) in zip(_outcomes(told, file, message), message, strict=True):
            numbered_outcome = show.Numbered(line=number, outcome=outcome)
            if not quiet:
                say(*show.outcome(numbered_outcome))
            yield numbered_outcome


def _contents(found: list[Message]) -> Iterator[tuple[bytes, ...]]:
    return (tuple(content for _, content in message) for message in found)


def _outcomes(
    told: Iterator[tuple[Outcome, ...]], file: str, message: Message
) -> tuple[Outcome, ...]:
    try:
        return next(told)
    except VeinledgerError as error:
        error.add_note(
            f"{file}, line {message[0][0]}: this line and those after it are not recorded; run the"
            " same command again when that is mended, for lines already there are duplicates"
        )
        raise


def read(file: str) -> bytes:
    """The bytes of a file, or of stdin; raises BadInput."""
    if file == STDIN:
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "not a name of a file").lower()
    raise BadInput(
        f"{file!r} cannot be read: {reason}; name a file of NDJSON, one fact a line, or - for stdin"
    )


def numbered(content: bytes) -> list[Line]:
    """The lines that hold something, each with its number in the file."""
    lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    return [(number, line.strip()) for number, line in enumerate(lines, 1) if line.strip()]


def messages(lines: list[Line]) -> list[Message]:
    """Neighbouring lines of one message together: they go in one append."""
    return [tuple(group) for _, group in groupby(lines, key=_message_of)]


def _message_of(line: Line) -> object:
    """Connection and message, or the line's own number where it has none that can be read."""
    try:
        source = loads(line[1])["source"]
        return str(source["connection"]), str(source["message"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return line[0]
