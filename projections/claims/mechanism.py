"""How the payer is expected to pay a claim as a whole, and on whose word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from veinledger.domain.codebook.entry import Entry
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.bills.contract import (
    carves_out,
    case_rate,
    clause,
    fee_in_words,
    fixed_fee,
)
from veinledger.projections.claims.lines import drg
from veinledger.projections.claims.told import plain, word

PAID_BY_GROUP: Final = frozenset({"ipps"})
"""Payment systems in which the group of a stay, and so its adjustment, decides the payment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """Why the payment of a stay is a fraction of its group's, and which one, if the book knows."""

    why: Entry
    fiscal_year: int
    factor: Entry | None


def mechanism(bill: Bill) -> tuple[str, str]:
    """How the payer is expected to pay the claim as a whole."""
    by_contract = _by_contract(bill)
    if by_contract is not None:
        return by_contract
    if bill.inpatient:
        return _stay(bill)
    if bill.form == "CMS-1500":
        return "fee schedule", _professional(bill)
    if bill.case.coverage_kind(bill.payer_day) == "FFS":
        return _outpatient(bill)
    return "by contract", "the payer's contract decides; no case rate includes it"


def _by_contract(bill: Bill) -> tuple[str, str] | None:
    contract, fee = case_rate(bill), fixed_fee(bill)
    if contract is not None and carves_out(contract) and bill.kind == "C":
        return "case rate, the product beside it", clause(bill, contract)
    if contract is not None:
        return "case rate", clause(bill, contract)
    return (fee_in_words(fee), fee.clause) if fee else None


def adjustment(bill: Bill) -> Adjustment | None:
    """What a product that was not bought does to a stay's payment by Medicare."""
    acquired = acquisition(bill)
    medicare = bill.case.coverage_kind(bill.payer_day) == "FFS"
    system = bill.facility.payment_system if bill.facility else None
    if acquired in (None, "purchased") or not bill.inpatient or not medicare:
        return None
    why = bill.case.rules.find("no_cost_product", bill.last_day, acquired)
    if why is None or system not in PAID_BY_GROUP:
        return None
    return Adjustment(
        why=why,
        fiscal_year=bill.last_day.year + (bill.last_day.month >= 10),
        factor=bill.case.rules.find("car_t_no_cost_adjustment", bill.last_day),
    )


def _stay(bill: Bill) -> tuple[str, str]:
    """The group of the stay, and what the acquisition of the product does to it."""
    group, reason = drg(bill)
    adjusted = adjustment(bill)
    if adjusted is None:
        return group, f"{reason}{_whose_word(bill)}"
    why = f"{adjusted.why.label} ({word(adjusted.why)})"
    if adjusted.factor is None or adjusted.factor.unit is None:
        unknown = f"the factor of fiscal year {adjusted.fiscal_year} is not in the code book"
        return f"{group}, adjusted", f"{reason}; {why}; {unknown}"
    factor = f"{plain(adjusted.factor.unit.amount)} in fiscal year {adjusted.fiscal_year}"
    times = f"{group}, adjusted by {plain(adjusted.factor.unit.amount)}"
    return times, f"{reason}; {why}; {factor} ({word(adjusted.factor)})"


def _whose_word(bill: Bill) -> str:
    """A group pays a stay under Medicare; to another payer the contract says whether it does."""
    medicare = bill.case.coverage_kind(bill.payer_day) == "FFS"
    return "" if medicare else "; the payer's contract decides whether it pays by the group"


def _professional(bill: Bill) -> str:
    office = " of an office" if bill.setting == "office" else ""
    if bill.kind != "C" or bill.fraction is None:
        return f"professional claim{office}"
    number, of = bill.fraction
    return f"professional claim of an office, fraction {number} of {of} of the dose"


def _outpatient(bill: Bill) -> tuple[str, str]:
    """The product's own APC; that of the giving, where nobody bought the product."""
    codes, rules = bill.case.product.codes, bill.case.rules
    bought = acquisition(bill) in (None, "purchased")
    meaning = codes.apc if bought else "car_t_administration_apc"
    apc = rules.find(meaning, bill.last_day) if meaning and bill.kind == "C" else None
    if apc is None:
        return "APC", "hospital outpatient claim, by its lines"
    paid = "" if bought else "the product was not bought, its giving is paid: "
    return f"APC {apc.code}", f"{paid}{word(apc)}"


def acquisition(bill: Bill) -> str | None:
    """How the product of the first infusion was acquired, on the bill that holds it."""
    first = {record.key for record, _ in bill.case.infusions()[:1]}
    held = (fact for record, fact in bill.of(CellsInfused) if record.key in first)
    return next((fact.acquisition for fact in held), None)
