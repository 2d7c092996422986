"""Professional claims in a payment window: they stay, and an owned practice marks its lines."""

from __future__ import annotations

from collections.abc import Iterator

from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.lines import PROFESSIONAL_IN_THE_WINDOW, finding, no_code
from veinledger.projections.claims.registry import Said, rule


@rule("A", "B", "C", "D", "E", "E0", source="CR 7502 (Transmittal 2373), MLN Matters MM7502")
def an_owned_practice_in_the_window_is_paid_at_the_facility_rate(bill: Bill) -> Iterator[Said]:
    """A wholly owned or operated practice: its lines carry the modifier, and pay less."""
    beside = [record for record in bill.services if record.key in bill.beside_a_stay]
    if not beside:
        return
    entry = bill.case.rules.find(PROFESSIONAL_IN_THE_WINDOW, bill.last_day)
    if entry is None:
        yield no_code(PROFESSIONAL_IN_THE_WINDOW, bill.last_day, beside)
        return
    admitted = {bill.beside_a_stay[record.key].onto.day for record in beside}
    days = " and ".join(str(day) for day in sorted(admitted))
    yield finding(
        beside,
        f"given by a practice of the hospital's owner in the payment window of {days}: its lines "
        f"carry {entry.code} and are paid at the facility rate",
        "correct the owner in the directory if the practice is not wholly owned or operated",
        severity="notice",
        holds=False,
    )
