"""Looks amounts up in the dated tables; what they lack is a gap that says how to fill it.

Never the year or the quarter before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Protocol

from veinledger.domain.dollars import times
from veinledger.domain.prices.price import MedicareAmount, PaidElsewhere, PaymentLimits
from veinledger.domain.prices.quarter import Quarter, fiscal_year
from veinledger.projections.case.case import Case
from veinledger.projections.case.figures import plain
from veinledger.projections.estimate.shapes import Gap

CONFIDENCES: Final = ("high", "medium", "low", "unverified")
"""From the surest."""
FEDERAL: Final = frozenset({"outlier_fixed_loss", "outlier_share", "new_technology_add_on"})
"""Amounts that change with the fiscal year and not with the calendar's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A number out of a table, with its words and its source."""

    amount: Decimal
    label: str
    source: str
    confidence: str


def amount(case: Case, name: str, on: date, what: str) -> Known | Gap:
    """Medicare's amount of this name on a day, the one of the case's product before the general."""
    rows = [each for each in case.rules.listed(MedicareAmount, on) if each.name == name]
    mine = [each for each in rows if each.product in (case.product.name, None)]
    found = min(mine, key=lambda each: each.product is None, default=None)
    if found is not None and found.amount is not None:
        return Known(
            amount=found.amount,
            label=found.label,
            source=found.said_by,
            confidence=found.confidence,
        )
    year = f"FY{fiscal_year(on)}" if name in FEDERAL else str(on.year)
    why = f"the tables have no {name.replace('_', ' ')} of {year}"
    if found is not None:
        why = f"{found.label} ({found.said_by})"
    remedy = f"add {name} of {year}, with its source, to a page in prices/"
    return Gap(what=what, why=why, remedy=remedy)


def limit(case: Case, code: str, on: date) -> Known | Gap:
    """The payment limit of one unit of a code in the quarter of a day."""
    quarter = Quarter.of(on)
    table = next(iter(case.rules.listed(PaymentLimits, on)), None)
    if table is not None and code in table.of:
        return Known(
            amount=table.of[code],
            label=f"payment limit {quarter}",
            source=table.said_by,
            confidence=table.confidence,
        )
    return _no_limit(code, quarter, table)


def coinsurance(case: Case, code: str, on: date) -> Known | Gap:
    """The patient's part of a line under Part B: the file's own for a code, else the law's."""
    table = next(iter(case.rules.listed(PaymentLimits, on)), None)
    if table is not None and code in table.coinsurance:
        return Known(
            amount=table.coinsurance[code],
            label=f"coinsurance of {code} in {table.quarter}",
            source=table.said_by,
            confidence=table.confidence,
        )
    return amount(case, "part_b_coinsurance", on, "the patient's share")


def weight(case: Case, group: str, on: date) -> Known | Gap:
    """The relative weight of an MS-DRG in the fiscal year of a discharge."""
    entry = case.rules.find(f"weight_of_drg_{group}", on)
    year = f"FY{fiscal_year(on)}"
    if entry is None or entry.unit is None:
        return Gap(
            what="payment of the stay",
            why=f"the code book has no weight of MS-DRG {group} for {year}",
            remedy=f"add weight_of_drg_{group} to codebook/drg.toml, from Table 5 of {year}",
        )
    return Known(
        amount=entry.unit.amount,
        label=f"weight of MS-DRG {group}, {year}",
        source=f"{entry.source} [{entry.row}]",
        confidence=entry.confidence,
    )


def elsewhere(case: Case, payment_system: str, on: date) -> PaidElsewhere | None:
    """Why a hospital of this payment system is paid by none of the tables."""
    rows = case.rules.listed(PaidElsewhere, on)
    return next((each for each in rows if each.name == payment_system), None)


class Sure(Protocol):
    """A number that says how sure it is."""

    @property
    def confidence(self) -> str:
        """From high to unverified."""
        ...


def weakest(*known: Sure) -> str:
    """The confidence of a result: that of its least sure number."""
    return max((each.confidence for each in known), key=CONFIDENCES.index, default="high")


def dollars(number: Decimal) -> str:
    """As a person writes it: 1,736.00, and 588,494.808 with all its decimals."""
    text = f"{number:,f}"
    whole, _, rest = text.partition(".")
    return f"{whole}.{rest:0<2}"


def percent(part: Decimal) -> str:
    """A fraction as per cent: 2 %."""
    return f"{plain(times(part, Decimal(100)))} %"


def _no_limit(code: str, quarter: Quarter, table: PaymentLimits | None) -> Gap:
    fetch = f"import CMS's ASP pricing file: veinledger prices import FILE --quarter {quarter}"
    ask = "ask the Medicare contractor what it pays"
    if table is None:
        why = f"no payment limits of {quarter} are in the tables"
        return Gap(what=code, why=why, remedy=fetch)
    if code in table.without:
        return Gap(what=code, why=f"CMS's file of {quarter} lists it without a limit", remedy=ask)
    if table.complete:
        return Gap(what=code, why=f"CMS's file of {quarter} does not list it", remedy=ask)
    why = f"of {quarter} the tables have only the limit of {', '.join(sorted(table.of))}"
    return Gap(what=code, why=why, remedy=fetch)
