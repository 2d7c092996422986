"""The due list for people: what must be seen first, then rows in the order in which they press."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

from rich.console import RenderableType

from veinledger.adapters.cli.options import asked
from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.tables import Cell, heading, joined, plural, table
from veinledger.domain.lifecycle.stages import ENDS
from veinledger.domain.standing.history import KnownAt
from veinledger.projections.due.shapes import DueList, Owed, Reported, WithoutCalendar
from veinledger.projections.schedule import Obligation

UNVERIFIED: Final = (
    "* unverified, the day or the window: `veinledger schedule ENCOUNTER` names what it rests on"
)
PROVISIONAL: Final = "provisional: it counts from an infusion that is reported and not confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    """Rows of one status, under one head."""

    title: str
    head: str
    """What is counted in days."""
    days: Callable[[Owed], int]
    rows: Sequence[Owed]


def due(found: DueList, known_at: KnownAt, at_most: int) -> Iterator[RenderableType]:
    """Who is owed what on a day; of each section so many rows at most, 0 for all."""
    yield heading(f"due on {found.on}{asked(found.edition, None, known_at)}")
    yield _looked_at(found)
    yield from _first_of_all(found)
    several = len({row.centre for row in found.owed}) > 1
    for section in _sections(found):
        if section.rows:
            yield ""
            yield from _told(section, at_most or len(section.rows), several=several)
    yield ""
    yield from _at_the_bottom(found)


def _looked_at(found: DueList) -> str:
    centre, group = found.wanted.centre, found.wanted.group
    asked_for = f"{f' of {centre}' * bool(centre)}{f', {group} only' * bool(group)}"
    ended = ", ".join(f"{count} {stage}" for stage, count in found.ended.items())
    return f"{plural(found.encounters, 'encounter')}{asked_for}{f'; of them {ended}' * bool(ended)}"


def _first_of_all(found: DueList) -> Iterator[RenderableType]:
    if found.reported_not_confirmed or found.without_calendar:
        yield ""
    yield from map(_reported, found.reported_not_confirmed)
    yield from map(_without_calendar, found.without_calendar)


def _reported(each: Reported) -> Cell:
    return joined(styled(f"{each.encounter}: ", "bold yellow"), each.report.reason)


def _without_calendar(each: WithoutCalendar) -> Cell:
    told = f"infused on {each.infused_on}, and no page has a calendar for it"
    return joined(styled(f"{each.encounter}: ", "bold yellow"), told)


def _sections(found: DueList) -> Iterator[_Section]:
    def of(status: str, title: str, head: str, days: Callable[[Owed], int]) -> _Section:
        rows = [row for row in found.owed if row.obligation.status == status]
        return _Section(title=title, head=head, days=days, rows=rows)

    within = found.wanted.within
    coming = "opens later" if within is None else f"opens within {plural(within, 'day')}"
    yield of("missed", "overdue", "overdue", lambda row: -row.days)
    yield of("due", "due now", "left", lambda row: row.days)
    yield of("upcoming", coming, "opens in", lambda row: (row.obligation.opens - found.on).days)
    yield of("late", "kept late", "late by", _late_by)


def _late_by(row: Owed) -> int:
    kept = row.obligation.met_on or row.obligation.closes
    return (kept - row.obligation.closes).days


def _told(section: _Section, at_most: int, *, several: bool) -> Iterator[RenderableType]:
    folded = [list(run) for _, run in groupby(section.rows, key=_alike)]
    shown = folded[:at_most]
    yield styled(f"{section.title}: {plural(len(section.rows), 'obligation')}", "bold")
    centre = ("=centre",) if several else ()
    heads = ("=encounter", *centre, "what", "=due", "=window", f"=>{section.head}")
    yield table(heads, (_row(run, section.days(run[0]), several=several) for run in shown))
    if len(shown) < len(folded):
        left = sum(map(len, folded[at_most:]))
        yield f"and {left:,} more; --rows 0, --csv and --json have all"


def _alike(row: Owed) -> tuple[object, ...]:
    """What one call or one letter settles stands in one row."""
    each = row.obligation
    window = (each.due, each.opens, each.closes)
    told = (each.confidence, each.provisional, each.caution, each.met_on, row.also)
    return (row.encounter, each.group, *window, *told)


def _row(run: Sequence[Owed], days: int, *, several: bool) -> tuple[Cell, ...]:
    row, each = run[0], run[0].obligation
    window = "" if each.opens == each.closes else f"{each.opens} to {each.closes}"
    centre = (row.centre or "not told",) if several else ()
    return (_who(row), *centre, _what(run), str(each.due), window, _days(each, days))


def _days(each: Obligation, days: int) -> str:
    if each.status == "due" and days == 0:
        return "last day"
    if each.status == "missed" and days <= 0:  # a no-show, and the window is open yet
        return f"no-show,\n{plural(-days, 'day')} left"
    return plural(days, "day")


def _who(row: Owed) -> str:
    return f"{row.encounter}{f' +{len(row.also)}' * bool(row.also)}"


def _what(run: Sequence[Owed]) -> Cell:
    row, each = run[0], run[0].obligation
    mark = "\N{NO-BREAK SPACE}*" * (each.confidence == "unverified")
    provisional = ("provisional",) if each.provisional else ()
    ended = (str(row.stage),) if row.stage in ENDS else ()
    beside = (*ended, *provisional, *each.caution)
    what = "; ".join(other.obligation.what for other in run)
    return joined(f"{what}{mark}", *(styled(f"\n{text}", "yellow") for text in beside))


def _at_the_bottom(found: DueList) -> Iterator[RenderableType]:
    if not found.owed:
        yield "Nothing is overdue." if found.wanted.late else "Nothing is owed."
    if found.for_good:
        told = f"missed for good: {plural(found.for_good, 'obligation')}"
        yield f"{told}, the next is owed by now or the encounter ended; --late lists them"
    if found.further_ahead:
        yield f"further ahead: {plural(found.further_ahead, 'obligation')}; see --within"
    for gap, count in found.gaps.items():
        yield f"no last day, {plural(count, 'time')}: {gap}"
    if any(row.also for row in found.owed):
        yield "+N: so many more encounters wait for the same certificate"
    if any(row.obligation.provisional for row in found.owed):
        yield PROVISIONAL
    if any(row.obligation.confidence == "unverified" for row in found.owed):
        yield styled(UNVERIFIED, "dim")


def readied(first: date, last: date, worked_out: int) -> RenderableType:
    """That the lists of some days are there, and what that cost."""
    days = f"{first}" if first == last else f"{first} to {last}"
    of_these = plural(worked_out, "encounter") if worked_out else "nothing"
    return styled(f"ready: the lists of {days}; {of_these} had to be worked out")
