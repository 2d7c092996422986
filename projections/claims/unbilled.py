"""What is deliberately on no claim, and why: an auditor asks for that as often as for the lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.collection import ApheresisFailed
from veinledger.domain.facts.manufacturing import ManufacturingFailed, ProductRejected
from veinledger.domain.facts.surveillance import MonitoringDayCompleted, NeurologyVisitCompleted
from veinledger.domain.facts.treatment import (
    BridgingGiven,
    CellsInfused,
    InfusionCancelled,
    SupportiveGiven,
)
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.claims.bills.bill import Bill, service_of
from veinledger.projections.claims.rules.infusion.parts import token_charge

Why = Callable[[Case, Record], str]


def _no_dose(because: str) -> Why:
    def why(case: Case, record: Record) -> str:
        entry = case.rules.find(case.product.codes.dose, record.day)
        return f"{entry.code if entry else 'the dose'} is not billed: {because}"

    return why


def _because(reason: str) -> Why:
    return lambda _case, _record: reason


WHY: Final[dict[type[Fact], Why]] = {
    ManufacturingFailed: _no_dose(
        "the manufacture of this batch failed and nothing of it was infused"
    ),
    ProductRejected: _no_dose("the centre turned this batch away and nothing of it was infused"),
    InfusionCancelled: _no_dose("the infusion was called off"),
    BridgingGiven: _because("bridging therapy is not billed: this ledger does not bill it"),
    ApheresisFailed: _because(
        "the collection is not billed: it gave nothing that can be used; its charge is never "
        "folded into the product's line either"
    ),
    SupportiveGiven: _because(
        "no claim rule bills supportive drugs yet: a charge that is posted for it goes on the claim"
    ),
    MonitoringDayCompleted: _because("no claim rule bills monitoring days yet"),
    NeurologyVisitCompleted: _because("a visit to a patient in a bed is part of the stay"),
    CellsInfused: _because("a second dose is never billed: the first infusion has its own claim"),
}

OF_THE_STAY: Final[dict[type[Fact], str]] = {
    MonitoringDayCompleted: "a monitoring day of a patient in a bed is part of the stay",
    SupportiveGiven: "a drug given to a patient in a bed is part of the stay, by its posted charge",
}


def unbilled(case: Case, found: tuple[Bill, ...]) -> dict[str, str]:
    """Report key and reason, in the order in which things happened."""
    billed = {record.key for bill in found for record in bill.services}
    return {
        record.key: reason
        for record in case.seen.records
        if (reason := _reason(case, record, found, billed)) is not None
    }


def _reason(case: Case, record: Record, found: tuple[Bill, ...], billed: set[str]) -> str | None:
    first = {fact.chain_of_identity for _, fact in case.infusions()[:1]}
    fact, why = record.fact, WHY.get(type(record.fact))
    if isinstance(fact, CellsInfused) and fact.chain_of_identity in first:
        stands = fact.acquisition == "purchased" or _token_stands(record, found)
        return None if stands else _no_dose(f"acquired as {fact.acquisition}")(case, record)
    if isinstance(fact, InfusionCancelled) and fact.chain_of_identity in first:
        return None
    if type(fact) in OF_THE_STAY and _in_a_stay(record, found):
        return OF_THE_STAY[type(fact)]
    second = isinstance(fact, CellsInfused)
    return why(case, record) if why and (second or record.key not in billed) else None


def _token_stands(record: Record, found: tuple[Bill, ...]) -> bool:
    """Whether the product has a line all the same, with a token for its price."""
    held = (bill for bill in found if record.key in {each.key for each in bill.services})
    return any(token_charge(bill) is not None for bill in held)


def _in_a_stay(record: Record, found: tuple[Bill, ...]) -> bool:
    service = service_of(record)
    inside = service is not None and service.patient_class == "inpatient"
    return inside and any(bill.stay.covers(record.day) for bill in found if bill.stay)
