"""The published table: for every stage and every fact, whether it is legal and where it leads."""

from __future__ import annotations

from veinledger.domain.lifecycle.machine import LOOKUP
from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.lifecycle.table import EVERYWHERE, TABLE


def published_table() -> str:
    """A Markdown table, one row a fact, one column a stage: legal, where to, or refused (-)."""
    heads = ["fact", "rank", *(stage.value.replace("_", " ") for stage in Stage)]
    lines = [_line(heads), _line(["---"] * len(heads))]
    for row in TABLE:
        if row.moves != EVERYWHERE:
            lines.append(_line([f"`{row.trigger}`", str(row.rank), *_cells(row.trigger)]))
    return "\n".join(lines) + "\n"


def legal_everywhere() -> tuple[str, ...]:
    """The facts that are legal in every stage and move nothing."""
    return tuple(sorted(row.trigger for row in TABLE if row.moves == EVERYWHERE))


def _cells(trigger: str) -> list[str]:
    return [_cell(stage, LOOKUP.get((stage, trigger))) for stage in Stage]


def _cell(stage: Stage, after: Stage | None) -> str:
    if after is None:
        return "-"
    return "legal" if after is stage else f"to {after.value.replace('_', ' ')}"


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
