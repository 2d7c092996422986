"""What the rules need to remember of an encounter while its history is folded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from veinledger.domain.facts.base import Fact
from veinledger.domain.lifecycle.stages import BEFORE_INFUSION, Stage, furthest


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Batch:
    """The cells under one chain of identity, from the order to the bag."""

    stage: Stage
    out_of_specification: bool = False
    deviation_accepted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Stay:
    """The stay that is open, by account; the account may not have been told."""

    account: str | None
    since: date


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Infusion:
    """One infusion that stands: which bag, on which local day, and whether it was all of it."""

    chain_of_identity: str
    lot: str | None
    day: date
    partial: bool


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Encounter:
    """Where an encounter stands, and what is true at the same time. Changed only by evolve."""

    stage: Stage = Stage.UNOPENED
    batches: Mapping[str, Batch] = field(default_factory=dict[str, Batch])
    """By chain of identity."""
    cells_under_no_chain: Stage = Stage.REFERRED
    collections: frozenset[str] = frozenset()
    """Donation numbers collected in this encounter."""
    infusions: tuple[Infusion, ...] = ()
    stay: Stay | None = None
    product: str | None = None
    centre: str | None = None
    patient: str | None = None
    indication: str | None = None

    def __repr__(self) -> str:
        return f"<encounter {self.stage}, {len(self.batches)} chains of identity>"

    @property
    def before_infusion(self) -> bool:
        """Whether the encounter is open and the cells are still on their way."""
        return self.stage in BEFORE_INFUSION

    @property
    def furthest_batch(self) -> Stage:
        """The stage before the infusion: the furthest of its chains of identity."""
        stages = (batch.stage for batch in self.batches.values())
        return furthest(
            (*(stage for stage in stages if stage in BEFORE_INFUSION), self.cells_under_no_chain)
        )

    @property
    def infusion_day(self) -> date | None:
        """Day 0: the local day of the first infusion."""
        return min((infusion.day for infusion in self.infusions), default=None)


def chain_of(fact: Fact) -> str | None:
    """The chain of identity that a fact names, where it names one."""
    chain: str | None = getattr(fact, "chain_of_identity", None)
    return chain
