"""The machine, built once from the table by `transitions` and compiled to a plain lookup.

The only file that imports `transitions`. The machine is asked and drawn, never driven in
production: replay and decisions use LOOKUP, and a test drives a real model to show that the two
are one.
"""

from __future__ import annotations

from typing import Any, Final, cast

from transitions import Machine

from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.lifecycle.table import TABLE, Row, moves_of

Lookup = dict[tuple[Stage, str], Stage]


def transitions_of(rows: tuple[Row, ...]) -> list[dict[str, Any]]:
    """The rows as `transitions` wants them; a destination of None is an internal transition."""
    return [
        {"trigger": row.trigger, "source": source, "dest": destination}
        for row in rows
        for source, destination in moves_of(row)
    ]


def machine_of(rows: tuple[Row, ...], model: object = None) -> Machine:
    """A machine over the rows; without a model it can only be asked."""
    return Machine(
        model=model,
        states=Stage,
        transitions=transitions_of(rows),
        initial=Stage.UNOPENED,
        auto_transitions=False,
    )


def lookup_of(machine: Machine) -> Lookup:
    """The machine as a lookup from (stage, trigger) to the stage after.

    Raises ValueError where a trigger has two ways out of one stage: a condition is a named variant
    of a fact with a row of its own, never a second row.
    """
    lookup: Lookup = {}
    for trigger in machine.events:
        for each in cast("list[Any]", machine.get_transitions(trigger)):
            source = Stage[each.source]
            if (source, trigger) in lookup:
                raise ValueError(f"{trigger} has two ways out of {source}")
            lookup[source, trigger] = source if each.dest is None else Stage[each.dest]
    return lookup


LOOKUP: Final = lookup_of(machine_of(TABLE))
"""(stage, trigger) to the stage after; a pair that is not here is not legal."""

FIRST_MOVE: Final = {
    row.trigger: next((to for _, to in moves_of(row) if to is not None), None) for row in TABLE
}
"""Where the first move of a trigger leads; None for a trigger that never moves."""


def mermaid() -> str:
    """The moves of the table as a Mermaid state diagram; what moves nothing is left out."""
    from transitions.extensions import GraphMachine  # noqa: PLC0415  # it brings all of asyncio

    moving = [
        {"trigger": row.trigger, "source": source, "dest": destination}
        for row in TABLE
        for source, destination in moves_of(row)
        if destination is not None
    ]
    graph = GraphMachine(
        model=_Paper(),
        states=Stage,
        transitions=moving,
        initial=Stage.UNOPENED,
        auto_transitions=False,
        graph_engine="mermaid",
    )
    return _tidied(cast("Any", graph.get_combined_graph()).source)


class _Paper:
    """Something for `transitions` to draw on; it draws models, not machines."""


def _tidied(source: str) -> str:
    """Without colours and front matter, stages under their own names."""
    lines = [line.rstrip() for line in source.splitlines()]
    kept = [line for line in lines[lines.index("stateDiagram-v2") :] if _is_drawn(line)]
    text = "\n".join(kept)
    for stage in sorted(Stage, key=lambda stage: -len(stage.name)):
        text = text.replace(stage.name, stage.value)
    return text + "\n"


def _is_drawn(line: str) -> bool:
    return bool(line) and not line.lstrip().startswith(("class", "Class", 'state "'))
