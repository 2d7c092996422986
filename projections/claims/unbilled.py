"""What is deliberately on no claim, and why: an auditor asks for that as often as for the lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.collection import ApheresisFailed
from veinledger.domain.facts.manufacturing import ManufacturingFailed, ProductRejected
from veinledger.domain.facts.surveillance import MonitoringDayCompleted, NeurologyVisitCompleted
from veinledger.domain.facts.toxicity import SupportiveGiven
from veinledger.domain.facts.treatment import BridgingGiven, CellsInfused, InfusionCancelled
from veinledger.domain.reports import Record
from veinledger.projections.claims.bill import Bill
from veinledger.projections.claims.case import Case

Why = Callable[[Case, Record], str]


def _no_dose(because: str) -> Why:
    def why(case: Case, record: Record) -> str:
        entry = case.rules.find(case.product.codes.dose, record.day)
        return f"{entry.code if entry else 'the dose'} is not billed: {because}"

    return why


def _because(reason: str) -> Why:
    return lambda _case, _record: reason


WHY: Final[dict[type[Fact], Why]] = {
    ManufacturingFailed: _no_dose("the manufacture of this batch failed and nothing was infused"),
    ProductRejected: _no_dose("the centre turned this batch away and nothing of it was infused"),
    InfusionCancelled: _no_dose("the infusion was called off"),
    BridgingGiven: _because("bridging therapy is not billed: this ledger does not bill it"),
    ApheresisFailed: _because("the collection is not billed: it gave nothing that can be used"),
    SupportiveGiven: _because("no claim rule bills supportive drugs yet"),
    MonitoringDayCompleted: _because("no claim rule bills monitoring days yet"),
    NeurologyVisitCompleted: _because("a visit to a patient in a bed is part of the stay"),
    CellsInfused: _because("a second dose is never billed: the first infusion has its own claim"),
}


def unbilled(case: Case, found: tuple[Bill, ...]) -> dict[str, str]:
    """Report key and reason, in the order in which things happened."""
    return dict(_unbilled(case, {record.key for bill in found for record in bill.services}))


def _unbilled(case: Case, billed: set[str]) -> Iterator[tuple[str, str]]:
    chains = {fact.chain_of_identity for _, fact in case.infusions()[:1]}
    for record in case.seen.records:
        why = WHY.get(type(record.fact))
        second = isinstance(record.fact, CellsInfused) and (
            record.fact.chain_of_identity not in chains
        )
        if why is not None and (second or record.key not in billed):
            yield record.key, why(case, record)
