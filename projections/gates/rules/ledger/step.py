"""Whether the step has a place in the lifecycle now, and whether the patient is there for it."""

from __future__ import annotations

from typing import Final

from veinledger.domain.facts.manufacturing import ManufacturingFailed, ProductRejected
from veinledger.domain.facts.patient import PatientDied
from veinledger.domain.gates.gate import Intent
from veinledger.domain.lifecycle.machine import LOOKUP
from veinledger.domain.lifecycle.paths import paths
from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.cells.batch import batch_in_use
from veinledger.projections.case.unconfirmed import parked, reasons
from veinledger.projections.gates.registry import Asked, Found, gate, met, not_met

FACT_OF: Final[dict[Intent, str]] = {
    "collect": "apheresis.completed",
    "receive": "product.received",
    "lymphodeplete": "lymphodepletion.dose_given",
    "infuse": "cells.infused",
}
"""Which fact would be reported of each step."""
OF_THE_CHAIN: Final[frozenset[Intent]] = frozenset({"receive", "infuse"})
"""The steps that are judged from the stage of their own chain of identity."""


@gate
def the_step_is_legal_now(asked: Asked) -> Found:
    """By the table that every report is judged by, with the shortest way that is missing."""
    case, name = asked.case, FACT_OF[asked.intent]
    stage, led = _stage(case, asked.intent), _what_led_there(case)
    if asked.intent == "receive" and (nothing := _nothing_is_coming(case)) is not None:
        return nothing
    if (stage, _trigger(case, name)) in LOOKUP:
        return met(f"{name} may follow in stage {stage}", *led)
    infused = case.infusions()
    if infused:
        return _after_the_cells(infused[0][0], f"; {name} is not legal after")
    return _not_yet(stage, name, led, _failures(case))


@gate
def the_patient_is_alive(asked: Asked) -> Found:
    """A death that was reported stops every step, though it may wait or be disputed."""
    case = asked.case
    for record, _ in case.seen.of(PatientDied):
        return not_met(f"the patient died on {record.day}", record)
    for record in parked(case.seen, (PatientDied.type,), asked.on):
        why = reasons(case.seen.standings[record.key])
        return not_met(
            f"a death on {record.day} is reported, not confirmed: {why}",
            record,
            remedy="find out, and confirm or discard the report (`veinledger parked` shows it)",
        )
    return met("no death is reported")


def _nothing_is_coming(case: Case) -> Found | None:
    """A receipt is recorded whenever it was; that the table lets it be told is no leave to wait."""
    infused, failed = case.infusions(), _failures(case)
    if infused:
        return _after_the_cells(infused[0][0], ", and nothing else is on its way")
    if failed and batch_in_use(case) is None:
        return not_met(
            "every batch of this encounter failed or was rejected, and no other is on its way",
            *failed,
            remedy="do not take the delivery in before the maker has said what it is; report a new "
            "collection and its manufacture where there was one",
        )
    return None


def _after_the_cells(infused: Record, so: str) -> Found:
    return not_met(
        f"the cells of this encounter were infused on {infused.day}{so}",
        infused,
        remedy="a further product is a new encounter, which `continues` this one",
    )


def _stage(case: Case, intent: Intent) -> Stage:
    batch = batch_in_use(case)
    on_its_way = case.seen.state.before_infusion
    return batch.stage if batch and on_its_way and intent in OF_THE_CHAIN else case.seen.stage


def _trigger(case: Case, name: str) -> str:
    """The rest of a bag of which a part went in is a variant of its own."""
    rest = name == "cells.infused" and any(each.partial for each in case.seen.state.infusions)
    return f"{name}+" if rest else name


def _not_yet(stage: Stage, name: str, led: tuple[Record, ...], failed: tuple[Record, ...]) -> Found:
    way = paths(stage, name)
    stands = f"the encounter stands at {stage}, where {name} is not legal"
    if not way:
        return not_met(stands, *led, remedy="correct the end of the encounter if it is wrong")
    steps = ", then ".join(way)
    if stage is Stage.MANUFACTURING_FAILED:
        return not_met(
            f"{stands}: the batch failed or was rejected, and no other is on its way",
            *failed,
            remedy=f"ask the payer about a second collection, then: {steps}; no dose is billed "
            "for a product that never came",
        )
    return not_met(f"{stands}; missing: {steps}", *led, remedy=f"report {steps}")


def _what_led_there(case: Case) -> tuple[Record, ...]:
    moves = [each for each in case.seen.taken if each.before.stage is not each.after.stage]
    return (moves[-1].record,) if moves and moves[-1].record.kind != "attested" else ()


def _failures(case: Case) -> tuple[Record, ...]:
    failed = (record for record, _ in case.seen.of(ManufacturingFailed))
    return (*failed, *(record for record, _ in case.seen.of(ProductRejected)))
