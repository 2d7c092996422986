"""The payment window: outpatient services just before an admission go on the inpatient claim.

It holds for payers whose directory entry says so, for services of the same owner and payer. It
moves an outpatient infusion too: the stay that follows it within the window is then the
infusion's own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from veinledger.domain.codebook.entry import Entry
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.reports import Record
from veinledger.projections.claims.bills.bill import Bill, Moved
from veinledger.projections.claims.bills.case import Case
from veinledger.projections.claims.bills.stays import Stay


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """So many calendar days before an admission, and the day of the admission itself."""

    owner: str
    payer: str
    admitted: date
    entry: Entry
    days: int

    def takes(self, bill: Bill, record: Record) -> bool:
        """Whether a service of another bill falls into the window."""
        ours = bill.facility is not None and bill.facility.owner == self.owner
        first = self.admitted - timedelta(days=self.days)
        covered = bill.case.coverage(record.day)
        same_payer = covered is not None and covered[1].payer == self.payer
        return ours and same_payer and first <= record.day <= self.admitted

    @property
    def reason(self) -> str:
        """Why a service was moved, in one sentence."""
        return (
            f"payment window: given within {self.entry.unit} of the admission of {self.admitted} "
            f"by the same owner [{self.entry.row}]"
        )


def through_the_payment_window(case: Case, found: tuple[Bill, ...]) -> tuple[Bill, ...]:
    """The bills after every admission has drawn in what its window takes."""
    admitted = sorted(
        (bill.stay for bill in found if bill.stay), key=lambda stay: stay.admitted.day
    )
    for stay in admitted:
        found = _drawn_in(case, stay, found)
    return found


def days_of_window(bill: Bill, day: date) -> tuple[Entry, int] | None:
    """The window of a bill's payer and hospital, where there is one."""
    payer, facility = bill.case.payer(day), bill.facility
    if payer is None or facility is None or not payer.payment_window:
        return None
    entry = bill.case.rules.find("payment_window", day, facility.payment_system)
    return (entry, int(entry.unit.amount)) if entry and entry.unit else None


def _window(bill: Bill, stay: Stay) -> Window | None:
    found = days_of_window(bill, stay.admitted.day)
    covered = bill.case.coverage(stay.admitted.day)
    if found is None or bill.facility is None or covered is None:
        return None
    entry, days = found
    return Window(
        owner=bill.facility.owner,
        payer=covered[1].payer,
        admitted=stay.admitted.day,
        entry=entry,
        days=days,
    )


def _drawn_in(case: Case, stay: Stay, found: tuple[Bill, ...]) -> tuple[Bill, ...]:
    onto = next(bill for bill in found if bill.stay is stay)
    window = _window(onto, stay)
    if window is None:
        return found
    moved: dict[str, Moved] = {}
    for bill in found:
        if bill.setting == "outpatient" and bill.part == "facility":
            taken = [record for record in bill.services if window.takes(bill, record)]
            why = Moved(away_from=bill.kind, reason=window.reason)
            moved |= {record.key: why for record in taken}
    if not moved:
        return found
    left = [_without(bill, moved) for bill in found if bill is not onto]
    return (_with(case, onto, moved), *(bill for bill in left if bill.services or bill.stay))


def _with(case: Case, onto: Bill, moved: dict[str, Moved]) -> Bill:
    """The inpatient bill with what was moved; with an infusion on it, it is the infusion's."""
    keys = {record.key for record in onto.services} | moved.keys()
    services = tuple(record for record in case.seen.records if record.key in keys)
    drawn = replace(onto, services=services, moved={**onto.moved, **moved})
    infused = next((r for r in services if isinstance(r.fact, CellsInfused)), None)
    return drawn if infused is None else replace(drawn, kind="C", anchor=infused)


def _without(bill: Bill, moved: dict[str, Moved]) -> Bill:
    """A bill that lost the service it hung on hangs on the first that it has left.

    What a professional did is billed by itself wherever the facility's part goes.
    """
    if bill.part == "professional":
        return bill
    left = tuple(record for record in bill.services if record.key not in moved)
    lost = bill.stay is None and bool(left) and bill.anchor.key in moved
    return replace(bill, services=left, anchor=left[0] if lost else bill.anchor)
