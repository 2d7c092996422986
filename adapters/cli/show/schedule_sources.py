"""Where the dates of a schedule come from: in short, a line for each group; in full, every source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from rich.console import RenderableType

from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.claims import sure
from veinledger.adapters.cli.show.tables import table
from veinledger.projections.schedule import Group, Obligation

MARK: Final = "*"
MARKED: Final = "* unverified: no source was found for the day, or for the window"
IN_FULL: Final = "`schedule ENCOUNTER --all` says every source and window in full"
_ROW: Final = re.compile(r"\[([^\[\]]+)\]")
_HOUSE: Final = "house default"


def mark(each: Obligation) -> str:
    """What stands behind the name of an obligation that could not be verified."""
    return f"\N{NO-BREAK SPACE}{MARK}" * (each.confidence == "unverified")


def in_short(found: Sequence[Obligation], groups: Mapping[Group, str]) -> Iterator[RenderableType]:
    """Each group with the rows of its evidence, and whether its windows are the house's own."""
    rows = []
    for group, name in groups.items():
        mine = [each for each in found if each.group == group]
        if mine:
            doubt = MARK * any(mark(each) for each in mine)
            named = dict.fromkeys(_short(each.source) for each in mine)
            house = "house" if any(_HOUSE in each.window_source for each in mine) else ""
            rows.append((f"{name} {doubt}".strip(), "; ".join(named), house))
    yield table(("dates and windows of", "rest on", "=windows"), rows)
    yield ""
    if any(mark(each) for each in found):
        yield styled(MARKED, "dim")
    if any(_HOUSE in each.window_source for each in found):
        yield styled("house: some are a house default, and a site sets its own", "dim")
    yield styled(IN_FULL, "dim")


def in_full(found: Sequence[Obligation], groups: Mapping[Group, str]) -> Iterator[RenderableType]:
    """Every source and every window, each said once."""
    told = dict.fromkeys(
        f"{groups[each.group]}: {each.source.removesuffix('; unverified')}"
        + (f" ({sure(each.confidence)})" if sure(each.confidence) else "")
        + f"; windows: {each.window_source}"
        for group in groups
        for each in found
        if each.group == group
    )
    yield from (styled(text, "dim") for text in told)


def _short(source: str) -> str:
    """The row of the evidence; a source without one is short as it is."""
    rows = _ROW.findall(source)
    return rows[-1] if rows else source
