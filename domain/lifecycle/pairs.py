"""Pairs of facts whose order matters: the places where a wrong clock could change the story.

Enumerated from the lookup, guards left aside, and held against a list of reasoned exceptions by the
tests, so that a new row cannot bring a new trap unseen.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

from veinledger.domain.lifecycle.machine import LOOKUP
from veinledger.domain.lifecycle.stages import Stage


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    """Two facts that are both legal in a stage, and the order in which they are taken."""

    stage: str
    first: str
    second: str


def _legal_in(stage: Stage) -> list[str]:
    return sorted(trigger for source, trigger in LOOKUP if source is stage)


def _after(stage: Stage, *triggers: str) -> Stage | None:
    here: Stage | None = stage
    for trigger in triggers:
        here = LOOKUP.get((here, trigger)) if here is not None else None
    return here


def _pairs_in(stage: Stage) -> list[Pair]:
    return [Pair(stage.value, a, b) for a, b in permutations(_legal_in(stage), 2)]


def stranding() -> tuple[Pair, ...]:
    """Pairs that are legal in one order only: taking the first strands the second."""
    return tuple(
        pair
        for stage in Stage
        for pair in _pairs_in(stage)
        if _after(stage, pair.first, pair.second) is None
        and _after(stage, pair.second, pair.first) is not None
    )


def ambiguous() -> tuple[Pair, ...]:
    """Pairs that are legal in both orders and end in different stages."""
    return tuple(
        pair
        for stage in Stage
        for pair in _pairs_in(stage)
        if pair.first < pair.second and _ends_differ(stage, pair)
    )


def _ends_differ(stage: Stage, pair: Pair) -> bool:
    one = _after(stage, pair.first, pair.second)
    other = _after(stage, pair.second, pair.first)
    return one is not None and other is not None and one is not other
