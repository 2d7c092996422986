"""Whether a fact has a place now: the stage it is judged from, the table, and the guards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.collection import CellsPrepared, CellsShipped
from veinledger.domain.facts.manufacturing import ManufacturingStarted
from veinledger.domain.findings import Objection
from veinledger.domain.lifecycle.machine import LOOKUP
from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.reports import Record
from veinledger.domain.standing.encounter import Encounter, chain_of
from veinledger.domain.standing.variants import DEPENDS_ON_THE_STAY, trigger_of

STARTS_A_CHAIN: Final = frozenset({"product.ordered", "apheresis.completed"})
_NEEDS_NO_CHAIN: Final = STARTS_A_CHAIN | {"apheresis.failed"}
_ENDS_A_BAG: Final = frozenset({"manufacturing.failed", "product.rejected"})
_AFTER_THE_INFUSION: Final = frozenset({"crs.graded", "icans.graded"})

Guard = Callable[[Encounter, Record], Objection | None]


def collections_named_by(fact: Fact) -> tuple[str, ...]:
    """The donation numbers that a fact about the making of the product names."""
    if isinstance(fact, ManufacturingStarted):
        return fact.collections
    if isinstance(fact, (CellsPrepared, CellsShipped)) and fact.donation_number is not None:
        return (fact.donation_number,)
    return ()


def starts_from_collections(encounter: Encounter, fact: Fact) -> bool:
    """Whether a fact brings cells of this encounter under a chain that is new or only ordered."""
    named, chain = collections_named_by(fact), chain_of(fact)
    if not named or chain is None or not encounter.collections.issuperset(named):
        return False
    batch = encounter.batches.get(chain)
    return batch is None or batch.stage is Stage.REFERRED


def judged_from(encounter: Encounter, fact: Fact) -> Stage:
    """The stage that a fact is judged from: its chain's before the infusion, where it has one."""
    chain = chain_of(fact)
    if chain is None or not encounter.before_infusion or fact.type == "apheresis.failed":
        return encounter.stage
    if starts_from_collections(encounter, fact):
        return Stage.COLLECTED
    if chain in encounter.batches:
        return encounter.batches[chain].stage
    return encounter.stage


def a_product_fact_names_a_chain_of_identity_that_is_known_here(
    encounter: Encounter, record: Record
) -> Objection | None:
    """Nothing is made, shipped or infused under a label that no collection or order brought in."""
    fact, chain = record.fact, chain_of(record.fact)
    if chain is None or chain in encounter.batches or fact.type in _NEEDS_NO_CHAIN:
        return None
    if starts_from_collections(encounter, fact):
        return None
    return Objection(
        rule="a_product_fact_names_a_chain_of_identity_that_is_known_here",
        reason="no order or collection of this encounter has brought in its chain of identity",
        remedy="report the order or the collection under that chain, or correct the label",
        source="docs/standing.md, section 3",
        field="chain_of_identity",
    )


def a_bag_that_was_infused_can_neither_fail_nor_be_rejected(
    encounter: Encounter, record: Record
) -> Objection | None:
    """Failure and rejection belong to cells that the patient never got."""
    infused = {infusion.chain_of_identity for infusion in encounter.infusions}
    if record.fact.type not in _ENDS_A_BAG or chain_of(record.fact) not in infused:
        return None
    return Objection(
        rule="a_bag_that_was_infused_can_neither_fail_nor_be_rejected",
        reason="the cells under this chain of identity are in the patient",
        remedy="check the chain of identity and the date with the cell laboratory",
        source="lifecycle table 1, manufacturing.failed and product.rejected",
        field="chain_of_identity",
    )


def crs_and_icans_are_graded_after_the_infusion(
    encounter: Encounter, record: Record
) -> Objection | None:
    """Both are effects of the cells: a grade dated before them is somebody else's, or misdated."""
    day = encounter.infusion_day
    if record.fact.type not in _AFTER_THE_INFUSION or (day is not None and record.day >= day):
        return None
    return Objection(
        rule="crs_and_icans_are_graded_after_the_infusion",
        reason="no infusion of this encounter stands on or before its day",
        remedy="report the infusion, or correct the day or the encounter of the grade",
        source="docs/standing.md, section 3; ASTCT consensus, Lee et al. 2019",
        field="occurred_at",
    )


GUARDS: Final[tuple[Guard, ...]] = (
    a_product_fact_names_a_chain_of_identity_that_is_known_here,
    a_bag_that_was_infused_can_neither_fail_nor_be_rejected,
    crs_and_icans_are_graded_after_the_infusion,
)


def is_legal(encounter: Encounter, record: Record) -> bool:
    """Whether a record has a place now."""
    stage = judged_from(encounter, record.fact)
    if (stage, trigger_of(encounter, record)) not in LOOKUP:
        return False
    return all(guard(encounter, record) is None for guard in GUARDS)


def touched_by(taken: Record, before: Encounter, after: Encounter) -> Callable[[Record], bool]:
    """Which records a take may have made legal: all, unless only a stay or one batch changed."""
    if (
        before.stage is not after.stage
        or before.infusions is not after.infusions
        or before.collections is not after.collections
    ):
        return lambda _: True
    chain = chain_of(taken.fact)
    by_stay: frozenset[str] = frozenset() if before.stay is after.stay else DEPENDS_ON_THE_STAY
    return lambda record: (
        (chain is not None and chain_of(record.fact) == chain) or record.fact.type in by_stay
    )


def objections(encounter: Encounter, record: Record) -> tuple[Objection, ...]:
    """Every rule that stands against a record now; empty where it is legal."""
    stage = judged_from(encounter, record.fact)
    guarded = [objection for guard in GUARDS if (objection := guard(encounter, record))]
    if (stage, trigger_of(encounter, record)) not in LOOKUP:
        guarded.insert(0, _not_in_this_stage(record, stage))
    return tuple(guarded)


def _not_in_this_stage(record: Record, stage: Stage) -> Objection:
    return Objection(
        rule="a_fact_follows_the_lifecycle_table",
        reason=f"{record.fact.type} is not legal in stage {stage}",
        remedy="report what came before it, or correct its date or its encounter",
        source="lifecycle table 1",
        field="type",
    )


def claims_a_chain(fact: Fact) -> str | None:
    """The chain of identity that a fact claims for its encounter, where it claims one."""
    starts = fact.type in STARTS_A_CHAIN or bool(collections_named_by(fact))
    return chain_of(fact) if starts else None
