"""What is owed to a patient, by when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import RenderableType

from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.claim_set import asked
from veinledger.adapters.cli.show.claims import sure
from veinledger.adapters.cli.show.records import when
from veinledger.adapters.cli.show.tables import Cell, heading, joined, table
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import AsOf, KnownAt
from veinledger.projections.schedule import Obligation, Schedule

STYLES: Final = {
    "upcoming": "",
    "due": "bold yellow",
    "met": "green",
    "late": "yellow",
    "missed": "bold red",
    "cancelled": "dim",
}


def schedule(
    owed: Schedule, records: Sequence[Record], as_of: AsOf, known_at: KnownAt
) -> Iterator[RenderableType]:
    """The obligations of an encounter, by date, with their windows and sources."""
    yield heading(f"{owed.encounter}: schedule{asked(owed.edition, as_of, known_at)}")
    yield f"stage {owed.stage}, day 0 {owed.infusion_day or 'not reported'}"
    yield ""
    yield from _unconfirmed(owed, records)
    if owed.obligations:
        heads = ("what", "=due", "=window", "=status", "")
        ordered = sorted(owed.obligations, key=lambda each: (each.due, each.key))
        yield table(heads, [_row(each) for each in ordered])
        yield ""
        yield from _sources(ordered)
    elif not owed.reported_not_confirmed:
        yield "Nothing is owed: no infusion is in effect, or no page has a calendar for it."


def _unconfirmed(owed: Schedule, records: Sequence[Record]) -> Iterator[RenderableType]:
    for record in records:
        if record.key in owed.reported_not_confirmed:
            yield joined(
                styled("reported, not confirmed: ", "bold yellow"),
                f"{record.fact.type} on {when(record.occurred)} (record {record.seal.sequence});"
                " the calendar starts with it as soon as it is in effect",
            )
            yield ""


def _row(each: Obligation) -> tuple[Cell, ...]:
    return (
        each.what,
        str(each.due),
        f"{each.opens} to {each.closes}" if each.opens != each.closes else "",
        styled(each.status, STYLES[each.status]),
        each.reason,
    )


def _sources(found: Sequence[Obligation]) -> Iterator[RenderableType]:
    """Where dates and windows come from, and what could not be verified; each said once."""
    told = dict.fromkeys(
        f"dates: {each.source}"
        + (f" ({sure(each.confidence)})" if sure(each.confidence) else "")
        + f"; windows: {each.window_source}"
        for each in found
    )
    yield from (styled(text, "dim") for text in told)
