"""The cells that an encounter goes on with: which chain of identity, and what is told of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeVar

from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.manufacturing import (
    ManufacturingReleased,
    ProductDeviationAccepted,
    ProductReceived,
)
from veinledger.domain.lifecycle.stages import PROGRESS, Stage
from veinledger.domain.reports import Record
from veinledger.domain.standing.encounter import chain_of
from veinledger.domain.standing.fold import Taken
from veinledger.domain.standing.legality import collections_named_by
from veinledger.projections.case.case import Case

F = TypeVar("F", bound=Fact)

LINKS: Final = (
    "apheresis.completed",
    "cells.shipped",
    "manufacturing.started",
    "manufacturing.released",
    "product.received",
)
"""The product's way to the bedside, each under one chain of identity."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Batch:
    """The cells under one chain of identity."""

    chain: str
    stage: Stage
    """From where a fact about them is judged."""
    taken: tuple[Taken, ...]
    """What is in effect about them, attested steps included, in the order of events."""
    released: tuple[Record, ManufacturingReleased] | None
    received: tuple[Record, ProductReceived] | None
    deviation: tuple[Record, ProductDeviationAccepted] | None
    """The last accepted deviation from the specification."""

    def __repr__(self) -> str:
        return f"<batch {self.stage}>"

    @property
    def links(self) -> dict[str, Taken]:
        """The first fact of each step that stands under the chain."""
        found: dict[str, Taken] = {}
        for each in self.taken:
            found.setdefault(each.record.fact.type, each)
        return found

    @property
    def missing_links(self) -> tuple[str, ...]:
        """The steps that should lie before the furthest one that is told, and do not."""
        told = [at for at, name in enumerate(LINKS) if name in self.links]
        return tuple(name for name in LINKS[: max(told, default=0)] if name not in self.links)

    @property
    def records(self) -> tuple[Record, ...]:
        """The records of the product's way."""
        found = (self.links[name].record for name in LINKS if name in self.links)
        return tuple(record for record in found if record.kind != "attested")


def batch_in_use(case: Case) -> Batch | None:
    """The cells that are furthest of those that have not failed; the last told of equals.

    None where nothing was ordered or collected, or where every batch failed.
    """
    known = case.seen.state.batches
    alive = [chain for chain, each in known.items() if each.stage is not Stage.MANUFACTURING_FAILED]
    if not alive:
        return None
    chain = max(enumerate(alive), key=lambda at: (_how_far(known[at[1]].stage), at[0]))[1]
    taken = tuple(each for each in case.seen.taken if _is_of(case, each, chain))
    return Batch(
        chain=chain,
        stage=known[chain].stage,
        taken=taken,
        released=_last(case, chain, ManufacturingReleased),
        received=_last(case, chain, ProductReceived),
        deviation=_last(case, chain, ProductDeviationAccepted),
    )


def _how_far(stage: Stage) -> int:
    """Cells that went in are further than all that are on their way."""
    return PROGRESS.index(stage) if stage in PROGRESS else len(PROGRESS)


def _is_of(case: Case, taken: Taken, chain: str) -> bool:
    """Under the chain, or a collection whose donation number the chain took up."""
    fact = taken.record.fact
    if chain_of(fact) is not None or fact.type != "apheresis.completed":
        return chain_of(fact) == chain
    return getattr(fact, "donation_number", None) in _donations(case, chain)


def _donations(case: Case, chain: str) -> set[str]:
    found: set[str] = set()
    for record in case.seen.records:
        if chain_of(record.fact) == chain:
            found.update(collections_named_by(record.fact))
    return found


def _last(case: Case, chain: str, kind: type[F]) -> tuple[Record, F] | None:
    mine = [pair for pair in case.seen.of(kind) if chain_of(pair[1]) == chain]
    return mine[-1] if mine else None
