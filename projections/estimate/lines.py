"""What Medicare pays by the line: drugs by the limit of their quarter, everything else is a gap.

Rates of outpatient procedures and the physician fee schedule are in none of the tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final

from veinledger.domain.dollars import cents, times
from veinledger.domain.prices.quarter import Quarter
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.bills.contract import is_product
from veinledger.projections.claims.mechanism import acquisition
from veinledger.projections.claims.shapes import Claim, Line
from veinledger.projections.estimate.shapes import Gap, Step, Worked
from veinledger.projections.estimate.tables import dollars, limit

SEPARATELY: Final = (
    "assumed: drugs beside the product are paid separately; Addendum B of their quarter decides"
)
"""What is assumed where a hospital's drug line is priced."""
DIGITS_OF_CPT: Final = 4
"""A CPT code begins with so many digits; a HCPCS level II code begins with a letter."""


def lines(bill: Bill, claim: Claim) -> Iterator[Worked]:
    """The payment of each line, in their order; gaps of one reason as one."""
    worked = [_line(bill, number, each) for number, each in enumerate(claim.lines, 1)]
    yield from (each for each in worked if isinstance(each, Step))
    yield from alike(each for each in worked if isinstance(each, Gap))


def alike(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """Gaps of one reason as one, with what is missing and the lines of all."""
    same: dict[tuple[str, str], list[Gap]] = {}
    for each in gaps:
        same.setdefault((each.why, each.remedy), []).append(each)
    return tuple(_as_one(found) for found in same.values())


def nothing(number: int, line: Line, why: str) -> Step:
    """A line that is paid nothing by itself, and why."""
    return Step(
        what=name_of(line),
        arithmetic="nothing by itself",
        amount=Decimal("0.00"),
        source=why,
        line=number,
    )


def name_of(line: Line) -> str:
    """A line as an estimate calls it: its code, else its revenue code."""
    return line.code or f"revenue code {line.revenue_code}"


def _as_one(found: list[Gap]) -> Gap:
    what = ", ".join(dict.fromkeys(each.what for each in found))
    return replace(found[0], what=what, lines=tuple(n for each in found for n in each.lines))


def _line(bill: Bill, number: int, line: Line) -> Worked:
    if line.payment != "billed":
        return nothing(number, line, line.payment_reason)
    if is_product(bill, line.code) and acquisition(bill) not in (None, "purchased"):
        return nothing(number, line, "the product was not bought: nothing is paid for it")
    if not line.code:
        return _unpriced(bill, number, line, "a line without a code is paid with those of its day")
    if line.code[:DIGITS_OF_CPT].isdigit():
        return _no_rate(bill, number, line)
    return _drug(bill, number, line)


def _drug(bill: Bill, number: int, line: Line) -> Worked:
    known = limit(bill.case, line.code, line.day)
    if isinstance(known, Gap):
        return replace(known, lines=(number,))
    modifiers = "".join(f" {each}" for each in line.modifiers)
    return Step(
        what=f"{line.code}{modifiers} of {line.day}",
        arithmetic=f"{known.label}: {dollars(known.amount)} x {line.units}",
        amount=cents(times(known.amount, line.units)),
        source=known.source,
        confidence=known.confidence,
        line=number,
    )


def _no_rate(bill: Bill, number: int, line: Line) -> Gap:
    if bill.form == "CMS-1500":
        why = f"the physician fee schedule of {line.day.year} is not in the tables"
        remedy = "look it up there, for the locality"
    else:
        why = f"outpatient rates of {Quarter.of(line.day)} are not in the tables"
        remedy = "look up APC and rate in Addendum B of the quarter"
    return Gap(what=line.code, why=why, remedy=remedy, lines=(number,))


def _unpriced(bill: Bill, number: int, line: Line, why: str) -> Gap:
    remedy = "see which of the lines of its day pays it"
    return Gap(what=f"{name_of(line)} of {bill.biller}", why=why, remedy=remedy, lines=(number,))
