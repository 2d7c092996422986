"""What is owed to a patient, by when."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from textwrap import fill
from typing import Final

from rich.console import RenderableType

from veinledger.adapters.cli.options import asked
from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.claims import sure
from veinledger.adapters.cli.show.records import detail, when, which
from veinledger.adapters.cli.show.tables import Cell, heading, joined, table
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import AsOf, KnownAt
from veinledger.projections.case.unconfirmed import Unconfirmed, reasons
from veinledger.projections.schedule import Group, Obligation, Schedule

STYLES: Final = {
    "upcoming": "",
    "due": "bold yellow",
    "met": "green",
    "late": "yellow",
    "missed": "bold red",
    "cancelled": "dim",
}


GROUPS: Final[Mapping[Group, str]] = {
    "neurology": "neurological visits",
    "monitoring": "daily monitoring",
    "advice": "to tell the patient",
    "laboratory": "tests and late effects",
    "registry": "registry",
    "filing": "claims to send",
    "appeal": "appeals",
    "authorization": "authorizations",
    "certification": "certificates",
    "support": "support programmes",
    "hint": "to plan with, owed by nobody",
}
"""The groups in the order in which they are shown, and what people call them."""

SAID_ABOVE: Final[Mapping[Group, str]] = {
    "neurology": "neurological visit, ",
    "monitoring": "daily monitoring, ",
    "registry": "registry ",
}
"""How what is owed begins in each group; the heading says it for all of them."""

BENEATH: Final = 33
"""Columns for what stands under a name, so that a row still reads in 80 columns."""

FOLDED: Final = 3
"""From so many on, obligations of one series and one status are shown as one row."""


MARK: Final = "*"
MARKED: Final = "* unverified: no source was found for the day, or for the window"
IN_FULL: Final = "`schedule ENCOUNTER --all` says every source and window in full"
_ROW: Final = re.compile(r"\[([^\[\]]+)\]")
_HOUSE: Final = "house default"


def schedule(
    owed: Schedule,
    records: Sequence[Record],
    as_of: AsOf,
    known_at: KnownAt,
    *,
    whole: bool = False,
) -> Iterator[RenderableType]:
    """The obligations of an encounter group by group, with their windows and sources."""
    yield heading(f"{owed.encounter}: schedule{asked(owed.edition, as_of, known_at)}")
    yield f"stage {owed.stage}, day 0 {_day_0(owed)}"
    yield ""
    if owed.reported_not_confirmed:
        yield from unconfirmed(owed.reported_not_confirmed, records, owed.encounter)
        yield ""
    if owed.obligations:
        yield from _owed(owed, whole=whole)
    else:
        yield _nothing_owed(owed)
    yield from (styled(told, "yellow") for told in owed.taken_back)
    for gap in owed.gaps:
        yield joined(styled("not known: ", "bold yellow"), gap)


def _owed(owed: Schedule, *, whole: bool) -> Iterator[RenderableType]:
    ordered = sorted(owed.obligations, key=lambda each: (each.due, each.key))
    if any(each.provisional for each in ordered):
        yield styled(PROVISIONAL, "bold yellow")
        yield ""
    if owed.infusion_day is None and owed.provisional_infusion_day is not None:
        yield from _without_a_calendar(ordered)
    heads = ("what", "=due", "=from", "=until", "=status")
    yield table(heads, list(_rows(ordered, whole=whole)))
    yield ""
    yield from _because(ordered)
    yield from _in_full(ordered) if whole else _in_short(ordered)


def _without_a_calendar(found: Sequence[Obligation]) -> Iterator[RenderableType]:
    if not any(each.provisional for each in found):
        yield NO_CALENDAR
        yield ""


def _rows(found: Sequence[Obligation], *, whole: bool) -> Iterator[tuple[Cell, ...]]:
    for group, name in GROUPS.items():
        mine = [each for each in found if each.group == group]
        if mine:
            yield (styled(name, "bold"), "", "", "", "")
        for run in _runs(mine, by_itself=whole or group == "neurology"):
            yield _row(run[0]) if len(run) == 1 else _run(run)


def _runs(found: Sequence[Obligation], *, by_itself: bool) -> Iterator[list[Obligation]]:
    """Series by series in the order of their days; what follows upon its like is one row."""
    series: dict[str, list[Obligation]] = {}
    for each in found:
        series.setdefault(_series(each), []).append(each)
    for mine in series.values():
        for _, alike in groupby(mine, key=_standing):
            run = list(alike)
            folded = not by_itself and len(run) >= FOLDED
            yield from [run] if folded else [[each] for each in run]


def _standing(each: Obligation) -> tuple[str, ...]:
    return (each.status, *each.caution, each.provisional or "")


def _series(each: Obligation) -> str:
    """What is owed without the time of it; hints and claims stand alone."""
    repeated = each.group in ("monitoring", "laboratory", "registry")
    return each.what.rpartition(", ")[0] if repeated else each.key


def _named(each: Obligation) -> str:
    """What is owed, without the words that stand above it already."""
    return each.what.removeprefix(SAID_ABOVE.get(each.group, ""))


def _run(run: Sequence[Obligation]) -> tuple[Cell, ...]:
    first, last = run[0], run[-1]
    why = dict.fromkeys(each.reason for each in run)
    told = [next(iter(why))] if len(why) == 1 else []
    name = f"{_named(first)} to {last.what.rpartition(', ')[2]} ({len(run)}){_mark(first)}"
    days = (str(first.due), str(first.opens), str(last.closes))
    return (_beneath(name, told, first.caution), *days, _status(first))


PROVISIONAL: Final = (
    "Provisional: these dates count from an infusion that is reported and not confirmed."
)

NO_CALENDAR: Final = (
    "No calendar yet: no product is known, by the encounter's opening or by the label of the bag,"
    " whose page has one."
)


def _day_0(owed: Schedule) -> str:
    if owed.provisional_infusion_day is not None:
        return f"{owed.provisional_infusion_day}, provisional"
    return str(owed.infusion_day or "not reported")


def _nothing_owed(owed: Schedule) -> str:
    if owed.provisional_infusion_day is not None:
        return NO_CALENDAR
    return "Nothing is owed: nothing has happened yet that a day counts from."


def unconfirmed(
    found: Sequence[Unconfirmed], records: Sequence[Record], encounter: str
) -> Iterator[RenderableType]:
    """What somebody reported about the patient and has no place yet, one line each."""
    named = {record.key: record for record in records}
    for each in found:
        record = named.get(each.record)
        told = detail(record.fact) if record else ""
        number = f" ({which([record], encounter)})" if record else ""
        yield joined(
            styled("reported, not confirmed: ", "bold yellow"),
            f"{each.type} on {when(each.occurred)}{', ' * bool(told)}{told};"
            f" {reasons(each.standing)}{number}",
        )


def _row(each: Obligation) -> tuple[Cell, ...]:
    until = f"{each.holds_until}"
    told = [
        each.reason,
        f"holds until {until}" if each.holds_until and until not in each.reason else "",
        *(f"was due {earlier.due} until {earlier.reason}" for earlier in each.was_due),
    ]
    name = f"{_named(each)}{_mark(each)}"
    alone = each.opens == each.closes == each.due
    window = ("", "") if alone else (str(each.opens), str(each.closes))
    return (_beneath(name, told, each.caution), str(each.due), *window, _status(each))


def _beneath(name: str, told: Iterable[str], caution: Iterable[str]) -> Cell:
    """What is owed, and under it what came of it and what to know before anybody is called."""
    lines = [styled(f"\n{_inset(text)}", "dim") for text in told if text]
    warned = [styled(f"\n{_inset(text)}", "bold yellow") for text in caution]
    return joined(name, *lines, *warned)


def _inset(text: str) -> str:
    return fill(text, BENEATH, initial_indent="  ", subsequent_indent="  ")


def _status(each: Obligation) -> Cell:
    shown = styled(each.status, STYLES[each.status])
    return joined(shown, styled("\nprovisional", "yellow")) if each.provisional else shown


def _because(found: Sequence[Obligation]) -> Iterator[RenderableType]:
    """Why something is owed besides the calendar, once for all that is owed for it."""
    yield from dict.fromkeys(each.because for each in found if each.because)


def _mark(each: Obligation) -> str:
    """What stands behind the name of an obligation that could not be verified."""
    return f"\N{NO-BREAK SPACE}{MARK}" * (each.confidence == "unverified")


def _in_short(found: Sequence[Obligation]) -> Iterator[RenderableType]:
    """Each group with the rows of its evidence, and whether its windows are the house's own."""
    rows: list[tuple[Cell, ...]] = []
    for group, name in GROUPS.items():
        mine = [each for each in found if each.group == group]
        if mine:
            doubt = MARK * any(_mark(each) for each in mine)
            named = dict.fromkeys(_short(each.source) for each in mine)
            house = "house" if any(_HOUSE in each.window_source for each in mine) else ""
            rows.append((f"{name} {doubt}".strip(), "; ".join(named), house))
    yield table(("dates and windows of", "rest on", "=windows"), rows)
    yield ""
    if any(_mark(each) for each in found):
        yield styled(MARKED, "dim")
    if any(_HOUSE in each.window_source for each in found):
        yield styled("house: some are a house default, and a site sets its own", "dim")
    yield styled(IN_FULL, "dim")


def _in_full(found: Sequence[Obligation]) -> Iterator[RenderableType]:
    """Every source and every window, each said once."""
    told = dict.fromkeys(
        f"{GROUPS[each.group]}: {each.source.removesuffix('; unverified')}"
        + (f" ({sure(each.confidence)})" if sure(each.confidence) else "")
        + f"; windows: {each.window_source}"
        for group in GROUPS
        for each in found
        if each.group == group
    )
    yield from (styled(text, "dim") for text in told)


def _short(source: str) -> str:
    """The row of the evidence; a source without one is short as it is."""
    rows = _ROW.findall(source)
    return rows[-1] if rows else source
