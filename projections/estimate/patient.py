"""What the patient owes Medicare's providers, by setting: never a bare 20 % of the product.

Inpatient the deductible of the year, once in a benefit period; as a hospital's outpatient 20 % of
a day, and no more than that deductible; in an office 20 %. The Part B deductible counts as met. A
second coverage may take all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from veinledger.domain.dollars import added, cents, times
from veinledger.domain.facts.authorization import CoverageRecorded
from veinledger.projections.case.case import Case
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.bills.contract import is_product
from veinledger.projections.claims.bills.grouping import bills
from veinledger.projections.claims.shapes import Claim, Line
from veinledger.projections.estimate.shapes import Gap, Step, Worked
from veinledger.projections.estimate.tables import (
    Known,
    amount,
    coinsurance,
    dollars,
    percent,
    weakest,
)

PART_B_MET: Final = "assumed: the patient has met the year's Part B deductible"
FIRST_STAY: Final = "assumed: no stay before this encounter began the same benefit period"
_SHARE: Final = "the patient's share"


def of_a_stay(bill: Bill, allowed: Decimal) -> Iterator[Worked]:
    """The deductible of the admission's year, unless a stay of the same period owed it already."""
    admitted = bill.payer_day
    owed = amount(bill.case, "part_a_deductible", admitted, _SHARE)
    period = amount(bill.case, "benefit_period_gap", admitted, _SHARE)
    if isinstance(owed, Gap) or isinstance(period, Gap):
        yield from (each for each in (owed, period) if isinstance(each, Gap))
        return
    before = _stay_before(bill, int(period.amount))
    says = f"owed by the stay until {before}, {period.amount} days of one period" if before else ""
    yield Step(
        what=owed.label,
        arithmetic=says or _at_most(owed.amount, allowed),
        amount=Decimal("0.00") if before else min(cents(owed.amount), allowed),
        source=owed.source,
        confidence=weakest(owed, period),
    )
    yield from _days_beyond(bill)


def of_a_hospital_outpatient(bill: Bill, claim: Claim, paid: Iterable[Step]) -> Iterator[Worked]:
    """20 % of the priced lines of each day together, and no more than the year's deductible."""
    for day, steps in by_day(claim, paid).items():
        yield _capped(bill.case, day, steps, claim)


def of_an_office(bill: Bill, claim: Claim, paid: Iterable[Step]) -> Iterator[Worked]:
    """20 % of the priced lines; of the product nothing that a person could pay: a gap."""
    for day, steps in by_day(claim, paid).items():
        product = [each for each in steps if is_product(bill, _line_of(claim, each).code)]
        if product:
            yield Gap(
                what=_SHARE,
                why="the law has no limit for the share of a product given in an office",
                remedy="ask the patient's supplement or foundation what it takes over",
                lines=tuple(each.line for each in product if each.line is not None),
            )
        yield from _by_rate(bill.case, day, [e for e in steps if e not in product], claim)


def second_coverages(case: Case, on: date) -> tuple[str, ...]:
    """The coverages of a day that stand behind the first."""
    first = case.coverage(on)
    facts = [f for r, f in case.seen.of(CoverageRecorded) if first and r != first[0]]
    named = [f for f in facts if f.since <= on and (f.until is None or on <= f.until)]
    return tuple(f.payer for f in named if f.order_of_benefits != "primary")


def by_day(claim: Claim, steps: Iterable[Step]) -> Mapping[date, list[Step]]:
    """The steps that pay something, by the day of their line."""
    days: dict[date, list[Step]] = {}
    for each in steps:
        if each.line is not None and each.amount > 0:
            days.setdefault(_line_of(claim, each).day, []).append(each)
    return days


def _capped(case: Case, day: date, steps: list[Step], claim: Claim) -> Worked:
    cap = amount(case, "part_a_deductible", day, _SHARE)
    rates = [coinsurance(case, _line_of(claim, each).code, day) for each in steps]
    known = [each for each in rates if isinstance(each, Known)]
    missing = next((each for each in (cap, *rates) if isinstance(each, Gap)), None)
    if isinstance(cap, Gap):
        return cap
    if missing is not None:
        return missing
    parts = (times(step.amount, rate.amount) for step, rate in zip(steps, known, strict=True))
    paid = added(each.amount for each in steps)
    rate = " and ".join(dict.fromkeys(percent(each.amount) for each in known))
    return Step(
        what=f"{rate} of {day}, at most the inpatient deductible",
        arithmetic=f"{rate} of {dollars(paid)}, at most {dollars(cap.amount)}",
        amount=min(cents(added(parts)), cents(cap.amount)),
        source=f"{cap.label}: {cap.source}; {'; '.join(dict.fromkeys(k.source for k in known))}",
        confidence=weakest(cap, *known),
    )


def _by_rate(case: Case, day: date, steps: list[Step], claim: Claim) -> Iterator[Worked]:
    for step in steps:
        rate = coinsurance(case, _line_of(claim, step).code, day)
        if isinstance(rate, Gap):
            yield rate
            continue
        yield Step(
            what=f"{percent(rate.amount)} of {step.what}",
            arithmetic=f"{rate.amount} x {dollars(step.amount)}",
            amount=cents(times(rate.amount, step.amount)),
            source=rate.source,
            confidence=rate.confidence,
            line=step.line,
        )


def _line_of(claim: Claim, step: Step) -> Line:
    return claim.lines[(step.line or 0) - 1]


def _at_most(owed: Decimal, allowed: Decimal) -> str:
    return dollars(owed) if owed <= allowed else f"{dollars(owed)}, at most {dollars(allowed)}"


def _stay_before(bill: Bill, days: int) -> date | None:
    """The last day of a stay of this encounter that began the same benefit period."""
    others = [each.stay for each in bills(bill.case) if each.stay and each.key != bill.key]
    left = [stay.last_day for stay in others if stay.last_day is not None]
    soon = [day for day in left if day <= bill.payer_day <= day + timedelta(days=days)]
    return max(soon, default=None)


def _days_beyond(bill: Bill) -> Iterator[Gap]:
    full = amount(bill.case, "part_a_full_days", bill.payer_day, _SHARE)
    stayed = (bill.last_day - bill.payer_day).days
    if isinstance(full, Known) and stayed > full.amount:
        yield Gap(
            what="the patient's share of the days after the first " + str(full.amount),
            why=f"the stay has {stayed} days, and the daily coinsurance is in none of the tables",
            remedy="add the daily amounts of the year by hand",
        )
