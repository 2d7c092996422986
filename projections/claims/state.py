"""What stands between a claim and its submission: one state, and the sentence that says why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from veinledger.domain.facts.patient import PatientDied
from veinledger.domain.findings import Finding
from veinledger.projections.case.case import SELF_PAY
from veinledger.projections.case.stays import Attendance, Stay
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.bills.contract import carves_out, case_rate, clause, is_product
from veinledger.projections.claims.bills.window import longest_window
from veinledger.projections.claims.charges.families import ACCOMMODATION
from veinledger.projections.claims.charges.nights import days_in_words, nights_without_a_room
from veinledger.projections.claims.sent.appealed import waits_for_the_payer
from veinledger.projections.claims.shapes import Line
from veinledger.projections.claims.words import State

Told = tuple[State, str]


def state_of(
    bill: Bill, lines: tuple[Line, ...], findings: tuple[Finding, ...], today: date | None
) -> Told:
    """The first thing that stands in the way, from the most to the least final."""
    return (
        not_ours(bill)
        or _bundled(bill, lines)
        or _folded(bill, lines)
        or _awaits_the_payer(bill)
        or _held(bill, findings)
        or _not_billable(bill, lines)
        or _awaits_the_infusion(bill)
        or _waiting(bill, today)
        or _partial(bill, lines)
        or ("ready", "nothing stands against it")
    )


def not_ours(bill: Bill) -> Told | None:
    """Why another entity bills it; None where we do."""
    if bill.facility is not None:
        return None
    if bill.part == "facility":
        return "not_ours", f"{bill.biller} bills it, which is no facility of this directory"
    return _not_our_provider(bill)


def _not_our_provider(bill: Bill) -> Told | None:
    """A group of the directory is ours, unless it is owned by somebody who owns no place in it."""
    day = bill.anchor.day
    provider = bill.case.provider(bill.biller, day)
    if provider is None:
        return "not_ours", f"{bill.biller} bills it, whom this directory does not know"
    owners = {each.owner for each in bill.case.centre.facilities if each.holds(day)}
    if provider.owner is None or provider.owner in owners:
        return None
    return "not_ours", f"{bill.biller} bills it, whose owner owns no facility of this directory"


def _bundled(bill: Bill, lines: tuple[Line, ...]) -> Told | None:
    """Inside a case rate; with a product line that the rate leaves outside, it still goes out."""
    contract = case_rate(bill)
    if contract is None:
        return None
    if carves_out(contract) and any(is_product(bill, line.code) for line in lines):
        return None
    return "bundled", f"case rate: {clause(bill, contract)}"


def _folded(bill: Bill, lines: tuple[Line, ...]) -> Told | None:
    """Nothing of the collection is left to send: its charges stand in the product's line."""
    folding = bill.folding
    if folding is None or not folding.folded or folding.waits or lines or bill.kind != "A":
        return None
    return "bundled", f"folded into the product line of claim C: {folding.reason}"


def _awaits_the_infusion(bill: Bill) -> Told | None:
    """Whether a charge is folded is known when the cells are infused, or never will be."""
    if bill.folding is None or not bill.folding.waits or bill.kind != "A":
        return None
    return "waiting", f"collection charges are folded into the product's line: {bill.folding.waits}"


def _awaits_the_payer(bill: Bill) -> Told | None:
    """An appeal is open, or won and unpaid: what would hold a new claim does not matter yet."""
    why = waits_for_the_payer(bill)
    return ("waiting", why) if why is not None else None


def _held(bill: Bill, findings: tuple[Finding, ...]) -> Told | None:
    settled = bill.case.settled()
    holding = [each for each in findings if each.holds and each.key not in settled]
    if not holding:
        return None
    return "held", "; ".join(dict.fromkeys(each.reason for each in holding))


def _not_billable(bill: Bill, lines: tuple[Line, ...]) -> Told | None:
    if bill.case.coverage_kind(bill.payer_day) == SELF_PAY:
        return "not_billable", "the patient pays himself: no claim goes to anybody"
    if lines or bill.stay is not None or bill.attendance is not None:
        return None
    return "not_billable", "no rule of this edition puts a line on it"


def _waiting(bill: Bill, today: date | None) -> Told | None:
    """An admission within the window would still draw in what the hospital's outpatient was given.

    Nobody knows yet which of the owner's hospitals would admit him; a dead patient none will.
    """
    window = longest_window(bill, bill.last_day)
    if today is None or bill.form != "UB-04" or bill.setting != "outpatient" or window is None:
        return None
    open_until = bill.last_day + timedelta(days=window[1])
    died = next(bill.case.seen.of(PatientDied), None)
    if today > open_until or died is not None:
        return None
    return "waiting", f"the payment window is open until {open_until} [{window[0].row}]"


def _partial(bill: Bill, lines: tuple[Line, ...]) -> Told | None:
    missing = "; ".join(_missing(bill, lines))
    return ("partial", missing) if missing else None


def _missing(bill: Bill, lines: tuple[Line, ...]) -> Iterator[str]:
    if bill.stay is not None:
        yield from _missing_of_the_stay(bill, bill.stay, lines)
    if bill.attendance is not None:
        yield from _missing_of_the_visit(bill.attendance, lines)
    unpriced = dict.fromkeys(line.code for line in lines if line.charge is None)
    if unpriced:
        yield f"no charge is posted or listed for {', '.join(unpriced)}"


def _missing_of_the_visit(visit: Attendance, lines: tuple[Line, ...]) -> Iterator[str]:
    if visit.last_day is None:
        yield "nobody told how the visit ended"
    if not any(_is_as_posted(line) for line in lines):
        yield "no charge is posted to the visit"


def _missing_of_the_stay(bill: Bill, stay: Stay, lines: tuple[Line, ...]) -> Iterator[str]:
    if stay.last_day is None:
        yield "the stay has no discharge yet"
    rooms = [
        (line.day, int(line.units))
        for line in lines
        if bill.case.rules.one_of(ACCOMMODATION, line.revenue_code, line.day)
    ]
    without = nights_without_a_room(stay, rooms)
    if not rooms:
        yield "no accommodation charge (01xx, 020x) is posted to the stay"
    elif without:
        yield f"no accommodation charge is posted for {days_in_words(without)}"


def _is_as_posted(line: Line) -> bool:
    return not line.basis.book and line.label.startswith("as posted")
