"""What a fact does to the state. Total: it never refuses, whatever it meets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from veinledger.domain.facts.collection import ApheresisCompleted
from veinledger.domain.facts.decisions import AttestedStep
from veinledger.domain.facts.encounter import EncounterOpened
from veinledger.domain.facts.manufacturing import ManufacturingReleased
from veinledger.domain.facts.patient import PatientAdmitted, PatientDischarged
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.lifecycle.machine import FIRST_MOVE, LOOKUP
from veinledger.domain.lifecycle.stages import BEFORE_INFUSION, Stage
from veinledger.domain.reports import Record
from veinledger.domain.standing.encounter import Batch, Encounter, Infusion, Stay, chain_of
from veinledger.domain.standing.legality import judged_from, starts_from_collections
from veinledger.domain.standing.variants import (
    another_account,
    on_a_day_of_infusion,
    trigger_of,
)

_MOVES_ONLY_WHERE_LEGAL: Final = frozenset({"lymphodepletion.dose_given"})
"""A dose says nothing about whether the product is there."""


def evolve(encounter: Encounter, record: Record) -> Encounter:
    """The state after a record. A record without a place moves to where its fact usually leads."""
    trigger = trigger_of(encounter, record)
    start = judged_from(encounter, record.fact)
    stage = _where_it_leads(start, trigger)
    chain = chain_of(record.fact)
    if chain is not None and record.fact.type != "apheresis.failed":
        moved = _with_batch(encounter, chain, record, trigger, stage)
    elif stage is not start:
        moved = _with_stage(encounter, record, stage)
    else:
        moved = encounter
    remember = _MEMORY.get(record.fact.type)
    if remember is None or isinstance(record.fact, AttestedStep):
        return moved
    return remember(moved, record.fact, record)


def _where_it_leads(start: Stage, trigger: str) -> Stage:
    """By the table; a confirmed fact that is not legal goes where its first move goes."""
    by_table = LOOKUP.get((start, trigger))
    if by_table is None and trigger not in _MOVES_ONLY_WHERE_LEGAL:
        by_table = FIRST_MOVE[trigger]
    return by_table or start


def _with_stage(encounter: Encounter, record: Record, stage: Stage) -> Encounter:
    if stage is Stage.CONDITIONING:
        batches = {chain: _conditioned(batch) for chain, batch in encounter.batches.items()}
        return replace(encounter, stage=stage, batches=batches)
    if record.fact.type == "apheresis.completed":
        on_its_way = encounter.before_infusion or encounter.stage is Stage.UNOPENED
        kept = stage if on_its_way else encounter.stage
        return replace(encounter, stage=kept, cells_under_no_chain=stage)
    return replace(encounter, stage=stage)


def _conditioned(batch: Batch) -> Batch:
    return replace(batch, stage=Stage.CONDITIONING) if batch.stage is Stage.RECEIVED else batch


def _with_batch(
    encounter: Encounter, chain: str, record: Record, trigger: str, stage: Stage
) -> Encounter:
    """The batch moves by the table from its own stage; before the infusion all follow it."""
    known = encounter.batches.get(chain)
    if known is None or starts_from_collections(encounter, record.fact):
        encounter, known = _with_new_chain(encounter, chain, record)
    own = _where_it_leads(known.stage, trigger)
    if known.stage in BEFORE_INFUSION and own is not known.stage:
        encounter = _replacing_batch(encounter, chain, replace(known, stage=own))
    if record.fact.type == "cells.infused" or encounter.stage is Stage.UNOPENED:
        return replace(encounter, stage=stage)
    return _following_its_batches(encounter)


def _with_new_chain(encounter: Encounter, chain: str, record: Record) -> tuple[Encounter, Batch]:
    """A new chain starts where its first fact says: ordered, collected, or made of collections."""
    if starts_from_collections(encounter, record.fact):
        encounter = replace(encounter, cells_under_no_chain=Stage.REFERRED)
        batch = Batch(stage=Stage.COLLECTED)
    elif record.fact.type == "apheresis.completed":
        batch = Batch(stage=Stage.COLLECTED)
    elif encounter.before_infusion and record.fact.type != "product.ordered":
        batch = Batch(stage=encounter.stage)
    else:
        batch = Batch(stage=Stage.REFERRED)
    return _replacing_batch(encounter, chain, batch), batch


def _replacing_batch(encounter: Encounter, chain: str, batch: Batch) -> Encounter:
    batches: Mapping[str, Batch] = {**encounter.batches, chain: batch}
    return replace(encounter, batches=batches)


def _following_its_batches(encounter: Encounter) -> Encounter:
    if encounter.before_infusion and encounter.stage is not encounter.furthest_batch:
        return replace(encounter, stage=encounter.furthest_batch)
    return encounter


def _opened(encounter: Encounter, fact: EncounterOpened, _: Record) -> Encounter:
    return replace(
        encounter,
        product=fact.product,
        centre=fact.centre,
        patient=fact.patient,
        indication=fact.indication,
    )


def _collected(encounter: Encounter, fact: ApheresisCompleted, _: Record) -> Encounter:
    if fact.donation_number is None:
        return encounter
    return replace(encounter, collections=encounter.collections | {fact.donation_number})


def _released(encounter: Encounter, fact: ManufacturingReleased, _: Record) -> Encounter:
    batch = encounter.batches[fact.chain_of_identity]
    marked = replace(batch, out_of_specification=fact.specification == "out")
    return _replacing_batch(encounter, fact.chain_of_identity, marked)


def _deviation_accepted(encounter: Encounter, fact: Any, _: Record) -> Encounter:
    chain = fact.chain_of_identity
    accepted = replace(encounter.batches[chain], deviation_accepted=True)
    return _replacing_batch(encounter, chain, accepted)


def _infused(encounter: Encounter, fact: CellsInfused, record: Record) -> Encounter:
    infusion = Infusion(
        chain_of_identity=fact.chain_of_identity,
        lot=fact.lot,
        day=record.day,
        partial=fact.extent == "partial",
    )
    return replace(encounter, infusions=(*encounter.infusions, infusion))


def _admitted(encounter: Encounter, fact: PatientAdmitted, record: Record) -> Encounter:
    stay = encounter.stay
    if stay is not None and not another_account(fact.service.account, stay):
        return encounter
    return replace(encounter, stay=Stay(account=fact.service.account, since=record.day))


def _discharged(encounter: Encounter, fact: PatientDischarged, _: Record) -> Encounter:
    stay = encounter.stay
    if stay is None or another_account(fact.service.account, stay):
        return encounter
    return replace(encounter, stay=None)


def _visited(encounter: Encounter, fact: NeurologyVisitCompleted, record: Record) -> Encounter:
    walked_in = fact.service.patient_class in ("outpatient", "office")
    if encounter.stay is None or not walked_in or on_a_day_of_infusion(encounter, record):
        return encounter
    return replace(encounter, stay=None)


_MEMORY: Final[dict[str, Callable[[Encounter, Any, Record], Encounter]]] = {
    "encounter.opened": _opened,
    "apheresis.completed": _collected,
    "manufacturing.released": _released,
    "product.deviation_accepted": _deviation_accepted,
    "cells.infused": _infused,
    "patient.admitted": _admitted,
    "patient.discharged": _discharged,
    "neurology.visit_completed": _visited,
}
"""What a fact leaves behind besides the stage."""
