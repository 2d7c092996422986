"""The shortest legal way from a stage to a fact: for explanations, and for what a record awaits."""

from __future__ import annotations

from collections import deque
from functools import cache
from typing import Final

from veinledger.domain.lifecycle.machine import LOOKUP
from veinledger.domain.lifecycle.stages import ENDS, Stage
from veinledger.domain.lifecycle.table import TABLE, moves_of

_CLOSED: Final = ENDS | {Stage.MANUFACTURING_FAILED}
"""Nobody is sent through an end or a failure to make a later fact legal."""

_WAYS: Final = {
    stage: tuple(
        (row.trigger, to)
        for row in TABLE
        for start, to in moves_of(row)
        if start is stage and to is not None and to not in _CLOSED
    )
    for stage in Stage
}


@cache
def paths(stage: Stage, trigger: str) -> tuple[str, ...] | None:
    """The fewest facts, in order, that lead from a stage to one where the trigger is legal.

    Empty where it is legal already; None where there is no way. Among equally short ways the one
    whose facts come first in the table. Never through an end or a failure.
    """
    seen = {stage}
    queue: deque[tuple[Stage, tuple[str, ...]]] = deque([(stage, ())])
    while queue:
        here, way = queue.popleft()
        if (here, trigger) in LOOKUP:
            return way
        for step, there in _WAYS[here]:
            if there not in seen:
                seen.add(there)
                queue.append((there, (*way, step)))
    return None
