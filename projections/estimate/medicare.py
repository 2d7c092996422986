"""A claim that Medicare pays by the service: what is allowed, the patient's share, the cut."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from veinledger.domain.dollars import added, cents, less, times
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.shapes import Claim
from veinledger.projections.estimate import patient
from veinledger.projections.estimate.lines import SEPARATELY, lines
from veinledger.projections.estimate.patient import second_coverages
from veinledger.projections.estimate.shapes import Gap, Payment, Step, Worked
from veinledger.projections.estimate.stay import SIMPLIFIED, stay
from veinledger.projections.estimate.tables import (
    amount,
    dollars,
    elsewhere,
    percent,
)

MEDICARE: Final = "FFS"
"""The kind of coverage that Medicare's own tables are of; a plan of its pays by contract."""
PAID_BY_THE_TABLES: Final = frozenset({"ipps", "office"})
"""Payment systems whose claims these tables are of."""


def medicare(bill: Bill, claim: Claim) -> Payment:
    """How Medicare is expected to pay a claim of its own."""
    system = bill.facility.payment_system if bill.facility else "office"
    if bill.form == "UB-04" and system not in PAID_BY_THE_TABLES:
        return Payment(gaps=(_elsewhere(bill, system),), whole=False)
    if bill.inpatient and bill.form == "UB-04":
        return _stay(bill, claim)
    return _by_line(bill, claim)


def split(worked: Iterable[Worked]) -> tuple[tuple[Step, ...], tuple[Gap, ...]]:
    """What could be worked out, and what could not."""
    every = tuple(worked)
    steps = tuple(each for each in every if isinstance(each, Step))
    return steps, tuple(each for each in every if isinstance(each, Gap))


def _stay(bill: Bill, claim: Claim) -> Payment:
    allowed, gaps = split(stay(bill, claim))
    if not allowed:
        return Payment(gaps=gaps, whole=False)
    total = added(step.amount for step in allowed)
    owed, unknown = split(patient.of_a_stay(bill, total))
    notes = (*SIMPLIFIED, patient.FIRST_STAY, *_open_end(bill), *_second(bill))
    return _with_the_cut(bill, allowed, owed, (*gaps, *unknown), notes, whole=bool(owed))


def _by_line(bill: Bill, claim: Claim) -> Payment:
    allowed, gaps = split(lines(bill, claim))
    hospital = bill.form == "UB-04"
    share = patient.of_a_hospital_outpatient if hospital else patient.of_an_office
    owed, unknown = split(share(bill, claim, allowed))
    priced = any(step.amount for step in allowed)
    drugs = (SEPARATELY,) if hospital else ()
    notes = (*drugs, patient.PART_B_MET, *_second(bill)) if priced else ()
    return _with_the_cut(bill, allowed, owed, (*gaps, *unknown), notes, whole=not unknown)


def _with_the_cut(  # noqa: PLR0913  # a payment has as many parts
    bill: Bill,
    allowed: tuple[Step, ...],
    owed: tuple[Step, ...],
    gaps: tuple[Gap, ...],
    notes: tuple[str, ...],
    *,
    whole: bool,
) -> Payment:
    """Sequestration is taken off what is left after the patient's share, by the last day."""
    rate = amount(bill.case, "sequestration", bill.last_day, "sequestration")
    left = less(added(e.amount for e in allowed), *(e.amount for e in owed))
    if isinstance(rate, Gap):
        return Payment(allowed=allowed, patient=owed, gaps=(*gaps, rate), whole=False, notes=notes)
    cut = Step(
        what=f"sequestration, {percent(rate.amount)} of Medicare's part",
        arithmetic=f"{rate.amount} x {dollars(left)}",
        amount=cents(times(rate.amount, left)),
        source=rate.source,
        confidence=rate.confidence,
    )
    shown = cut if whole and cut.amount else None
    return Payment(
        allowed=allowed, patient=owed, sequestration=shown, gaps=gaps, whole=whole, notes=notes
    )


def _elsewhere(bill: Bill, system: str) -> Gap:
    row = elsewhere(bill.case, system, bill.last_day)
    why = f"{row.label} ({row.said_by})" if row else f"payment system {system} is in no table"
    return Gap(
        what="payment of the claim",
        why=why,
        remedy="take it from the hospital's own cost report or contract",
    )


def _open_end(bill: Bill) -> tuple[str, ...]:
    if bill.stay is None or bill.stay.last_day is not None:
        return ()
    return (f"assumed: a discharge on {bill.last_day}; the patient has not been discharged yet",)


def _second(bill: Bill) -> tuple[str, ...]:
    behind = second_coverages(bill.case, bill.payer_day)
    return tuple(
        f"{payer} stands behind Medicare and may take over the patient's share" for payer in behind
    )
