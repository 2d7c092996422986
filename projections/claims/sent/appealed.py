"""A claim whose denial was appealed: it waits for the payer, and nothing is sent meanwhile."""

from __future__ import annotations

from veinledger.domain.reports import Record
from veinledger.projections.case.appealed import WON, Course, answers_of, course_of, sendings
from veinledger.projections.case.case import Case
from veinledger.projections.claims.bills.bill import Bill


def waits_for_the_payer(bill: Bill) -> str | None:
    """Why the claim waits: its appeal is open, or was won and is not paid yet."""
    found = course_of(bill.case, bill.key, _last_sending(bill.case, bill.key))
    if found.open is not None:
        record, fact = found.open
        return (
            f"its appeal of level {fact.level}, filed on {record.day}, is open: the payer decides, "
            "and nothing is sent meanwhile"
        )
    return _won(bill.case, bill.key, found)


def until_decided(case: Case, key: str, sent: Record) -> str:
    """What a proposal to send a claim again waits for; empty where no appeal of it is open."""
    found = course_of(case, key, sent)
    if found.open is None:
        return ""
    return f"; its appeal of level {found.open[1].level} is open: the payer decides first"


def _last_sending(case: Case, key: str) -> Record | None:
    sent = sendings(case.seen, key)
    return sent[-1][0] if sent else None


def _won(case: Case, key: str, found: Course) -> str | None:
    decided = found.decided
    if decided is None or decided[1].outcome not in WON:
        return None
    record, fact = decided
    if any(a.kind == "paid" and r.day >= record.day for r, a in answers_of(case.seen, key)):
        return None
    return (
        f"its denial was {fact.outcome} on {record.day}: the payment is awaited, and the claim is "
        "not sent again"
    )
