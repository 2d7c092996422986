"""How much was done on time, as a table with its denominators."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from rich.console import RenderableType

from veinledger.adapters.cli.options import asked
from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.tables import Cell, heading, plural, table
from veinledger.domain.standing.history import KnownAt
from veinledger.projections.due.measures import Measure, Measures

UNVERIFIED: Final = "* days or windows of it are unverified: another window gives another share"


def measures(found: Measures, known_at: KnownAt) -> Iterator[RenderableType]:
    """The share kept on time, per centre and obligation."""
    period = f"{found.asked.first} to {found.asked.last}"
    yield heading(f"on time, {period}{asked(found.edition, found.as_of, known_at)}")
    yield f"{plural(found.encounters, 'encounter')}; obligations whose last day lies in the period"
    for centre, rows in groupby(found.measures, key=lambda each: each.centre):
        yield ""
        yield styled(f"centre {centre}" if centre else "centre not told", "bold")
        yield _table(list(rows))
    yield ""
    yield from _at_the_bottom(found)


def _table(rows: list[Measure]) -> RenderableType:
    heads = ("group", "what", ">=on time", ">=of", ">=share", ">=late", ">=missed", ">=open")
    return table(heads, map(_row, rows))


def _row(each: Measure) -> tuple[Cell, ...]:
    share = each.share_on_time
    return (
        each.group,
        f"{each.what}{' *' * each.unverified}",
        f"{each.on_time:,}",
        f"{each.judged:,}",
        "-" if share is None else f"{share} %",
        f"{each.late:,}",
        f"{each.missed:,}",
        f"{each.open:,}",
    )


def _at_the_bottom(found: Measures) -> Iterator[RenderableType]:
    if not found.measures:
        yield "No obligation has its last day in the period."
    yield "share: kept on time, of all kept on time, kept late or missed; what is open is not in it"
    if found.cancelled:
        yield f"cancelled by a death or the like, owed no more and not counted: {found.cancelled:,}"
    provisional = sum(each.provisional for each in found.measures)
    if provisional:
        yield f"of infusions reported and not confirmed, not counted: {provisional:,}"
    if any(each.unverified for each in found.measures):
        yield styled(UNVERIFIED, "dim")
