"""What a contract does to a claim: a case rate that includes it, or a fixed fee for it.

A case rate includes claims by kind and by days from a fact; it may leave the product outside, and
it may take in a readmission that comes soon after the infusion's discharge. A fixed fee pays a kind
of claim whatever its charges. Everything cites its clause.
"""

from __future__ import annotations

from datetime import date

from veinledger.domain.centre.directory import CaseRate, Contract, FixedFee
from veinledger.projections.case.memo import once
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.bills.grouping import bills


@once
def case_rate(bill: Bill) -> Contract | None:
    """The contract whose case rate includes this claim, where there is one."""
    contract = bill.case.contract(bill.payer_day)
    if contract is None or contract.case_rate is None:
        return None
    rate = contract.case_rate
    inside = _within_the_days(bill, rate) or _readmitted_within(bill, rate) is not None
    return contract if inside else None


def clause(bill: Bill, contract: Contract) -> str:
    """Why a claim is inside a case rate: the contract's clause, and its readmission rule."""
    rate = contract.case_rate
    days = None
    if rate is not None and not _within_the_days(bill, rate):
        days = _readmitted_within(bill, rate)
    if days is None or rate is None:
        return contract.clause
    counted = f"{days} {'day' if days == 1 else 'days'} after" if days else "on the day of"
    return (
        f"{contract.clause}; readmitted {counted} the discharge of the infusion, within the "
        f"{rate.readmission_days} that it includes"
    )


def carves_out(contract: Contract) -> bool:
    """Whether the product is paid beside the case rate."""
    return contract.case_rate is not None and contract.case_rate.carves_out_product


def is_product(bill: Bill, code: str) -> bool:
    """Whether a line's code is the dose of the product itself."""
    entry = bill.case.rules.find(bill.case.product.codes.dose, bill.last_day)
    return entry is not None and entry.code == code


@once
def fixed_fee(bill: Bill) -> FixedFee | None:
    """The fee that a contract sets for this kind of claim, where no case rate includes it."""
    contract = bill.case.contract(bill.payer_day)
    fees = contract.fixed_fees if contract is not None and case_rate(bill) is None else ()
    return next((fee for fee in fees if bill.kind in fee.covers), None)


def fee_in_words(fee: FixedFee) -> str:
    """A fixed fee as a mechanism: fixed fee $18,000.00."""
    return f"fixed fee ${fee.amount:,.2f}"


def _within_the_days(bill: Bill, rate: CaseRate) -> bool:
    anchor = bill.case.first_of(rate.anchor)
    return anchor is not None and rate.bundles(bill.kind, (_day(bill) - anchor.day).days)


def _day(bill: Bill) -> date:
    """Of an infusion its own day, else the admission or the first service.

    What a payment window moved onto the claim does not put it before the rate's first day.
    """
    return bill.anchor.day if bill.kind == "C" else bill.payer_day


def _readmitted_within(bill: Bill, rate: CaseRate) -> int | None:
    """Days from the infusion's discharge to this readmission, where the rate includes so many."""
    if rate.readmission_days is None or bill.kind != "D" or bill.stay is None:
        return None
    stays = [each.stay for each in bills(bill.case) if each.kind == "C" and each.stay is not None]
    left = next((stay.last_day for stay in stays if stay.last_day is not None), None)
    days = (bill.stay.admitted.day - left).days if left is not None else -1
    return days if 0 <= days <= rate.readmission_days else None
