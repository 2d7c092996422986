"""What is owed to a patient, by when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import RenderableType

from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.claim_set import asked
from veinledger.adapters.cli.show.claims import sure
from veinledger.adapters.cli.show.records import detail, when
from veinledger.adapters.cli.show.tables import Cell, heading, joined, table
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import AsOf, KnownAt
from veinledger.projections.case.unconfirmed import Unconfirmed, reasons
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
    yield f"stage {owed.stage}, day 0 {_day_0(owed)}"
    yield ""
    if owed.reported_not_confirmed:
        yield from unconfirmed(owed.reported_not_confirmed, records)
        yield ""
    if owed.obligations:
        ordered = sorted(owed.obligations, key=lambda each: (each.due, each.key))
        if any(each.provisional for each in ordered):
            yield styled(PROVISIONAL, "bold yellow")
            yield ""
        heads = ("what", "=due", "=window", "=status", "")
        yield table(heads, [_row(each) for each in ordered])
        yield ""
        yield from _because(ordered)
        yield from (styled(told, "yellow") for told in owed.taken_back)
        yield from _sources(ordered)
    else:
        yield _nothing_owed(owed)


PROVISIONAL: Final = (
    "Provisional: these dates count from an infusion that is reported and not confirmed."
)


def _day_0(owed: Schedule) -> str:
    if owed.provisional_infusion_day is not None:
        return f"{owed.provisional_infusion_day}, provisional"
    return str(owed.infusion_day or "not reported")


def _nothing_owed(owed: Schedule) -> str:
    if owed.provisional_infusion_day is not None:
        return (
            "No calendar yet: no product is known, by the encounter's opening or by the label of"
            " the bag, whose page has one."
        )
    return "Nothing is owed: no infusion is in effect, or no page has a calendar for it."


def unconfirmed(
    found: Sequence[Unconfirmed], records: Sequence[Record]
) -> Iterator[RenderableType]:
    """What somebody reported about the patient and has no place yet, one line each."""
    named = {record.key: record for record in records}
    for each in found:
        record = named.get(each.record)
        told = detail(record.fact) if record else ""
        number = f" (record {record.seal.sequence})" if record else ""
        yield joined(
            styled("reported, not confirmed: ", "bold yellow"),
            f"{each.type} on {when(each.occurred)}{', ' * bool(told)}{told};"
            f" {reasons(each.standing)}{number}",
        )


def _row(each: Obligation) -> tuple[Cell, ...]:
    told = [
        each.reason,
        *(f"was due {earlier.due} until {earlier.reason}" for earlier in each.was_due),
    ]
    return (
        each.what,
        str(each.due),
        f"{each.opens} to {each.closes}" if each.opens != each.closes else "",
        joined(
            styled(each.status, STYLES[each.status]),
            styled("\nprovisional", "yellow") if each.provisional else "",
        ),
        joined(
            "; ".join(filter(None, told)),
            *(
                styled(f"{chr(10) * bool(at or any(told))}{caution}", "bold yellow")
                for at, caution in enumerate(each.caution)
            ),
        ),
    )


def _because(found: Sequence[Obligation]) -> Iterator[RenderableType]:
    """Why something is owed besides the calendar, once for all that is owed for it."""
    yield from dict.fromkeys(f"closer watch: {each.because}" for each in found if each.because)


def _sources(found: Sequence[Obligation]) -> Iterator[RenderableType]:
    """Where dates and windows come from, and what could not be verified; each said once."""
    told = dict.fromkeys(
        f"dates: {each.source}"
        + (f" ({sure(each.confidence)})" if sure(each.confidence) else "")
        + f"; windows: {each.window_source}"
        for each in found
    )
    yield from (styled(text, "dim") for text in told)
