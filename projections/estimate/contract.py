"""What a contract pays: a fixed fee for a claim, or one case rate for several."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from veinledger.domain.centre.directory import Contract
from veinledger.domain.dollars import cents, times
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.bills.contract import (
    carves_out,
    case_rate,
    clause,
    fixed_fee,
    is_product,
)
from veinledger.projections.claims.mechanism import acquisition
from veinledger.projections.claims.sent.status import AT_THE_PAYER
from veinledger.projections.claims.shapes import Claim
from veinledger.projections.estimate.lines import alike, nothing
from veinledger.projections.estimate.shapes import Agreed, Gap, Payment, Step, Worked
from veinledger.projections.estimate.tables import dollars

BY_PLAN: Final = "the patient's share goes by plan: not estimated"
"""It stands beside what a contract pays."""
COUNTS: Final = frozenset({"ready", "partial", "bundled", *AT_THE_PAYER})
"""States of claims whose payment counts in the total; what became of one that went out is told
beside it."""
GOES_TO_NOBODY: Final = frozenset({"not_ours", "not_billable"})
"""States of claims that nobody pays this site for."""


def by_contract(bill: Bill, claim: Claim) -> Payment | None:
    """By a case rate or a fixed fee; None where no contract speaks of the claim."""
    contract, fee = case_rate(bill), fixed_fee(bill)
    if contract is not None:
        return _inside(bill, claim, contract)
    if fee is None:
        return None
    step = Step(
        what="fixed fee",
        arithmetic=dollars(fee.amount),
        amount=cents(fee.amount),
        source=fee.clause,
    )
    return Payment(allowed=(step,), notes=(BY_PLAN,))


def nobody_knows(bill: Bill) -> Payment:
    """A payer with whom nothing about this claim is agreed in the directory."""
    kind = bill.case.coverage_kind(bill.payer_day)
    if kind is None:
        why, remedy = "no coverage is recorded on its day", "record who pays"
    else:
        why = f"the payer ({kind}) pays by its contract, and the directory has no amount for it"
        remedy = "add a case rate or a fixed fee to the contract in payers.toml"
    gap = Gap(what="payment of the claim", why=why, remedy=remedy)
    return Payment(gaps=(gap,), whole=False, notes=(BY_PLAN,) if kind else ())


def agreed(found: Iterable[tuple[Bill, Claim]]) -> tuple[Agreed, ...]:
    """Each case rate once, with the claims inside it."""
    inside: dict[str, tuple[Contract, list[Claim]]] = {}
    for bill, claim in found:
        contract = case_rate(bill)
        if contract is not None and claim.draft not in GOES_TO_NOBODY:
            inside.setdefault(contract.name, (contract, []))[1].append(claim)
    return tuple(_agreed(contract, claims) for contract, claims in inside.values())


def _agreed(contract: Contract, claims: list[Claim]) -> Agreed:
    amount = contract.case_rate.amount if contract.case_rate else None
    gap = Gap(
        what=f"case rate of {contract.name}",
        why="the directory has no amount for it",
        remedy="add amount to its case_rate in payers.toml",
    )
    return Agreed(
        contract=contract.name,
        payer=contract.payer,
        claims=tuple(claim.label for claim in claims),
        amount=amount if amount is None else cents(amount),
        clause=contract.clause,
        counted=any(claim.state in COUNTS for claim in claims),
        gap=gap if amount is None else None,
    )


def _inside(bill: Bill, claim: Claim, contract: Contract) -> Payment:
    """Every line is in the rate, but for a product that it carves out."""
    beside = carves_out(contract)
    products = [
        number
        for number, line in enumerate(claim.lines, 1)
        if beside and is_product(bill, line.code)
    ]
    steps = tuple(
        nothing(number, line, line.payment_reason)
        for number, line in enumerate(claim.lines, 1)
        if number not in products
    )
    in_the_rate = Step(
        what="inside the case rate",
        arithmetic="nothing by itself",
        amount=Decimal("0.00"),
        source=clause(bill, contract),
    )
    worked = [_beside(bill, claim, number, contract) for number in products]
    priced = tuple(each for each in worked if isinstance(each, Step))
    return Payment(
        allowed=(*priced, *steps) or (in_the_rate,),
        gaps=alike(each for each in worked if isinstance(each, Gap)),
        notes=(BY_PLAN,),
    )


def _beside(bill: Bill, claim: Claim, number: int, contract: Contract) -> Worked:
    """The product by the price that the contract has for it on the day of its line."""
    line = claim.lines[number - 1]
    what = f"{line.code} beside the case rate"
    if acquisition(bill) not in (None, "purchased"):
        return nothing(number, line, "the product was not bought: nothing is paid for it")
    price = contract.price_of_the_product(line.day)
    if price is None:
        return Gap(
            what=what,
            why=f"the directory has no price of the product on {line.day} ({contract.clause})",
            remedy="add [[contract.product_prices]] to the contract in payers.toml",
            lines=(number,),
        )
    return Step(
        what=what,
        arithmetic=f"{dollars(price.amount)} x {line.units}",
        amount=cents(times(price.amount, line.units)),
        source=f"{price.clause} ({price.span})",
        line=number,
    )
