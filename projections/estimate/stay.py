"""What Medicare pays a hospital for a stay: weight times base rate, the add-on, the outlier.

Operating and capital costs are compared with one threshold, which is not adjusted for wages; the
pricer of Medicare takes them apart. Teaching, disproportionate share and quality are estimated only
as far as the site's own rate has them. A transfer, which may be paid by the day, is not estimated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from veinledger.domain.centre.directory import Facility
from veinledger.domain.centre.rates import MedicareRate
from veinledger.domain.dollars import added, cents, less, times
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.lines import group_of
from veinledger.projections.claims.mechanism import Adjustment, adjustment
from veinledger.projections.claims.shapes import Claim
from veinledger.projections.estimate.shapes import Gap, Step, Worked
from veinledger.projections.estimate.tables import (
    Known,
    amount,
    dollars,
    percent,
    weakest,
    weight,
)

SIMPLIFIED: Final = (
    "assumed: operating and capital costs are held against one threshold, not adjusted for wages",
    "assumed: teaching, disproportionate share and quality are paid as far as the site's own rate"
    " has them",
    "assumed: the stay is no transfer to another hospital or to care after it, which Medicare may"
    " pay by the day",
)
"""What is said beside every stay."""
_ABOVE_THE_ADD_ON: Final = "its threshold lies above the add-on: add the year's amount first"


def stay(bill: Bill, claim: Claim) -> Iterator[Worked]:
    """The payment of a stay, step by step; one gap alone where it cannot be estimated at all."""
    group, rate = group_of(bill)[0], rate_on(bill.facility, bill.biller, bill.last_day)
    weighed = weight(bill.case, group, bill.last_day) if group else _no_group()
    adjusted = adjustment(bill)
    missing = [each for each in (weighed, rate, _factor(adjusted)) if isinstance(each, Gap)]
    if isinstance(weighed, Gap) or isinstance(rate, Gap) or missing:
        yield from missing
        return
    base = tuple(base_payment(weighed, rate, adjusted))
    yield from base
    add_on = new_technology(bill)
    yield from ((add_on,) if add_on else ())
    if isinstance(add_on, Gap):
        yield replace(add_on, what="outlier payment", remedy=_ABOVE_THE_ADD_ON)
        return
    paid = [each.amount for each in (*base, add_on) if each is not None]
    yield outlier(bill, covered_charges(claim), added(paid), rate)


def covered_charges(claim: Claim) -> Decimal:
    """The charges that Medicare looks at for the costs of a stay: the covered ones."""
    return added(line.charge for line in claim.lines if line.covered and line.charge is not None)


def rate_on(place: Facility | None, name: str, on: date) -> MedicareRate | Gap:
    """A hospital's own rates on the day of discharge."""
    rates = place.medicare_rates if place else ()
    found = next((each for each in rates if each.holds(on)), None)
    return found or Gap(
        what="payment of the stay",
        why=f"the directory has no Medicare rates of {name} on {on}",
        remedy="add [[facility.medicare_rates]] to the facility, from the contractor's letter",
    )


def base_payment(
    weighed: Known, rate: MedicareRate, adjusted: Adjustment | None = None
) -> Iterator[Step]:
    """Weight times the operating rate, and times the capital rate where there are two."""
    factor = adjusted.factor if adjusted else None
    part, of = (factor.unit.amount, factor) if factor and factor.unit else (Decimal(1), None)
    says = f" x {part} (not bought)" if of else ""
    sources = [weighed.source, f"{rate.source} ({rate.span})"]
    sources += [f"{of.source} [{of.row}]"] if of else []
    rates = {"operating payment": rate.operating, "capital payment": rate.capital}
    for what, each in rates.items():
        if each is not None:
            yield Step(
                what=f"{what}, {weighed.label}",
                arithmetic=f"{weighed.amount} x {dollars(each)}{says}",
                amount=cents(times(weighed.amount, each, part)),
                source="; ".join(sources),
                confidence=weakest(weighed, *((of,) if of else ())),
            )


def new_technology(bill: Bill) -> Worked | None:
    """The add-on for a new technology, on the infusion's claim: as dated data, none from FY2026."""
    if bill.kind != "C":
        return None
    found = amount(bill.case, "new_technology_add_on", bill.last_day, "new technology add-on")
    if isinstance(found, Gap):
        return found
    return Step(
        what=found.label,
        arithmetic=dollars(found.amount),
        amount=cents(found.amount),
        source=found.source,
        confidence=found.confidence,
    )


def outlier(bill: Bill, charges: Decimal, paid: Decimal, rate: MedicareRate) -> Worked:
    """The paid part of the costs above what is paid already and the year's fixed loss."""
    loss = amount(bill.case, "outlier_fixed_loss", bill.last_day, "outlier payment")
    part = amount(bill.case, "outlier_share", bill.last_day, "outlier payment")
    ratio = _ratio(rate)
    if isinstance(ratio, Gap):
        return ratio
    if isinstance(loss, Gap):
        return loss
    if isinstance(part, Gap):
        return part
    formula = _Formula(ratio=ratio, loss=loss, part=part, source=rate.source)
    return _outlier(charges, paid, formula)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Formula:
    """The numbers of the outlier payment besides the charges and what is paid already."""

    ratio: Decimal
    loss: Known
    part: Known
    source: str


def _outlier(charges: Decimal, paid: Decimal, by: _Formula) -> Step:
    costs, threshold = cents(times(charges, by.ratio)), added((paid, cents(by.loss.amount)))
    above = less(costs, threshold)
    says = (
        f"covered charges {dollars(charges)} x {by.ratio} = costs {dollars(costs)}; threshold"
        f" {dollars(paid)} + {dollars(by.loss.amount)} = {dollars(threshold)}"
    )
    over = f"; {percent(by.part.amount)} of {dollars(above)}" if above > 0 else "; not above it"
    return Step(
        what="outlier payment",
        arithmetic=says + over,
        amount=cents(times(max(above, Decimal(0)), by.part.amount)),
        source=f"{by.loss.label}: {by.loss.source}; {by.part.source}; ratios: {by.source}",
        confidence=weakest(by.loss, by.part),
    )


def _ratio(rate: MedicareRate) -> Decimal | Gap:
    ratios = (rate.operating_cost_to_charge, rate.capital_cost_to_charge)
    if ratios[0] is None:
        return Gap(
            what="outlier payment",
            why="the directory has no cost-to-charge ratio of the hospital",
            remedy="add operating_cost_to_charge and capital_cost_to_charge to its medicare_rates",
        )
    return added(each for each in ratios if each is not None)


def _factor(adjusted: Adjustment | None) -> Gap | None:
    if adjusted is None or (adjusted.factor is not None and adjusted.factor.unit is not None):
        return None
    year = adjusted.fiscal_year
    return Gap(
        what="payment of the stay",
        why=f"the product was not bought, and the code book has no factor for FY{year}",
        remedy=f"add car_t_no_cost_adjustment from {year - 1}-10-01 to codebook/drg.toml",
    )


def _no_group() -> Gap:
    return Gap(
        what="payment of the stay",
        why="nobody has assigned its MS-DRG yet",
        remedy="record the discharge with the group that the site's grouper gave it",
    )
