"""How the payer is expected to pay a claim as a whole, and on whose word."""

from __future__ import annotations

from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.bills.contract import (
    carves_out,
    case_rate,
    clause,
    fee_in_words,
    fixed_fee,
)
from veinledger.projections.claims.lines import drg


def mechanism(bill: Bill) -> tuple[str, str]:
    """How the payer is expected to pay the claim as a whole."""
    by_contract = _by_contract(bill)
    if by_contract is not None:
        return by_contract
    if bill.inpatient:
        return drg(bill)
    if bill.form == "CMS-1500":
        office = " of an office" if bill.setting == "office" else ""
        return "fee schedule", f"professional claim{office}"
    codes, kind = bill.case.product.codes, bill.case.coverage_kind(bill.payer_day)
    apc = bill.case.rules.find(codes.apc, bill.last_day) if codes.apc else None
    if kind == "FFS" and bill.kind == "C" and apc is not None:
        return f"APC {apc.code}", f"{apc.source} [{apc.row}]"
    if kind == "FFS":
        return "APC", "hospital outpatient claim, by its lines"
    return "by contract", "the payer's contract decides; no case rate includes it"


def _by_contract(bill: Bill) -> tuple[str, str] | None:
    contract, fee = case_rate(bill), fixed_fee(bill)
    if contract is not None and carves_out(contract) and bill.kind == "C":
        return "case rate, the product beside it", clause(bill, contract)
    if contract is not None:
        return "case rate", clause(bill, contract)
    return (fee_in_words(fee), fee.clause) if fee else None
