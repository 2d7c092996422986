"""Which variant of a fact it is: one pure function of the fact and the state it meets.

The variants and their conditions are those of docs/standing.md, section 3.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from veinledger.domain.facts.patient import PatientAdmitted, PatientDischarged
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.reports import Record
from veinledger.domain.standing.encounter import Encounter, Infusion, Stay

_FOR_THE_PRODUCT: Final = frozenset({"infusion", "lymphodepletion"})


def another_account(account: str | None, stay: Stay) -> bool:
    """Whether an account is known to be another one than the stay's."""
    return account is not None and stay.account is not None and account != stay.account


def on_a_day_of_infusion(encounter: Encounter, record: Record) -> bool:
    """Whether it happened on a local day on which cells went in."""
    return any(infusion.day == record.day for infusion in encounter.infusions)


def same_bag(fact: CellsInfused, infusion: Infusion) -> bool:
    """Whether an infusion is of the bag that this fact is about."""
    one_lot = None in (fact.lot, infusion.lot) or fact.lot == infusion.lot
    return fact.chain_of_identity == infusion.chain_of_identity and one_lot


def _rest_of_the_same_bag(encounter: Encounter, fact: CellsInfused, _: Record) -> bool:
    earlier = [infusion for infusion in encounter.infusions if same_bag(fact, infusion)]
    return bool(earlier) and (
        fact.extent == "partial" or any(infusion.partial for infusion in earlier)
    )


def _admitted_for_the_product(encounter: Encounter, fact: PatientAdmitted, _: Record) -> bool:
    if fact.reason in _FOR_THE_PRODUCT:
        return True
    stay = encounter.stay
    return stay is not None and not another_account(fact.service.account, stay)


def _not_the_open_stay(encounter: Encounter, fact: PatientDischarged, record: Record) -> bool:
    stay = encounter.stay
    of_another = stay is not None and another_account(fact.service.account, stay)
    return of_another or on_a_day_of_infusion(encounter, record)


def _in_a_stay(encounter: Encounter, _: object, __: Record) -> bool:
    return encounter.stay is not None


def _in_a_bed(encounter: Encounter, fact: NeurologyVisitCompleted, record: Record) -> bool:
    inpatient = fact.service.patient_class == "inpatient"
    return inpatient or on_a_day_of_infusion(encounter, record)


DEPENDS_ON_THE_STAY: Final = frozenset(
    {"patient.admitted", "patient.discharged", "acute_monitoring.ended"}
)
"""The facts whose variant an open stay decides."""

_CONDITIONS: Final[dict[str, Callable[[Encounter, Any, Record], bool]]] = {
    "cells.infused": _rest_of_the_same_bag,
    "patient.admitted": _admitted_for_the_product,
    "patient.discharged": _not_the_open_stay,
    "acute_monitoring.ended": _in_a_stay,
    "neurology.visit_completed": _in_a_bed,
}


def trigger_of(encounter: Encounter, record: Record) -> str:
    """The table's name for a record in this state: the fact's own, or its variant's with a plus."""
    name = record.fact.type
    condition = _CONDITIONS.get(name)
    if condition is not None and condition(encounter, record.fact, record):
        return name + "+"
    return name
