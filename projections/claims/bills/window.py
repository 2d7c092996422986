"""The payment window: outpatient services just before an admission go on the inpatient claim.

It holds for payers whose directory entry says so, for services of the same owner and payer. It
moves an outpatient infusion too: the stay that follows it within the window is then the
infusion's own. Where no window decides, an emergency or observation visit that led to the stay is
part of it: one account is one claim.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from veinledger.domain.codebook.entry import Entry
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.memo import once
from veinledger.projections.case.presence.presences import same
from veinledger.projections.case.stays import Stay
from veinledger.projections.claims.bills.attested import attested_unrelated
from veinledger.projections.claims.bills.bill import Bill, Moved, service_day, service_of
from veinledger.projections.claims.bills.placed import after_the_infusion, kind_of, leading
from veinledger.projections.claims.shapes import ClaimKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """So many calendar days before an admission, and the day of the admission itself."""

    owner: str
    payer: str
    admitted: Record
    entry: Entry
    days: int

    def takes(self, bill: Bill, record: Record) -> bool:
        """Whether an outpatient service of the hospital's owner falls into the window."""
        ours = bill.facility is not None and bill.facility.owner == self.owner
        return ours and self.covers(bill.case, service_day(record))

    def covers(self, case: Case, day: date) -> bool:
        """Whether a day lies in the window and the same payer pays it."""
        first = self.admitted.day - timedelta(days=self.days)
        covered = case.coverage(day)
        same_payer = covered is not None and covered[1].payer == self.payer
        return same_payer and first <= day <= self.admitted.day

    def moved(self, bill: Bill) -> Moved:
        """What is said of a service that the window takes, in one sentence."""
        reason = (
            f"payment window: given within {self.entry.unit} of the admission of "
            f"{self.admitted.day} by the same owner [{self.entry.row}]"
        )
        return Moved(away_from=bill.kind, reason=reason, onto=self.admitted)


def through_the_payment_window(case: Case, found: tuple[Bill, ...]) -> tuple[Bill, ...]:
    """The bills after every admission, the earliest first, has drawn in what came before it."""
    admitted = sorted(
        (bill.stay for bill in found if bill.stay), key=lambda stay: stay.admitted.day
    )
    for stay in admitted:
        found = _drawn_in(case, stay, found)
    return found


def days_of_window(bill: Bill, day: date) -> tuple[Entry, int] | None:
    """The window of a bill's payer and hospital, where there is one."""
    return _days(bill.case, bill.facility.payment_system, day) if bill.facility else None


def longest_window(bill: Bill, day: date) -> tuple[Entry, int] | None:
    """The longest window that any hospital of the bill's owner has: who admits is not known yet."""
    return _longest(bill.case, bill.facility.owner if bill.facility else None, day)


@once
def _longest(case: Case, owner: str | None, day: date) -> tuple[Entry, int] | None:
    hospitals = (each for each in case.centre.facilities if each.owner == owner)
    found = (_days(case, each.payment_system, day) for each in hospitals if each.holds(day))
    return max((each for each in found if each), key=lambda pair: pair[1], default=None)


@once
def _days(case: Case, payment_system: str, day: date) -> tuple[Entry, int] | None:
    payer = case.payer(day)
    if payer is None or not payer.payment_window:
        return None
    entry = case.rules.find("payment_window", day, payment_system)
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
        admitted=stay.admitted,
        entry=entry,
        days=days,
    )


Why = Callable[[Bill, Record], Moved | None]


def _drawn_in(case: Case, stay: Stay, found: tuple[Bill, ...]) -> tuple[Bill, ...]:
    onto = next(bill for bill in found if bill.stay is stay)
    window = _window(onto, stay)
    if window is not None:
        found = tuple(_marked(bill, window) for bill in found)
    why = _by_account(stay) if window is None else _by_window(window)
    moved = {
        record.key: said
        for bill in found
        if _of_a_hospital_outpatient(bill)
        for record in bill.services
        if record.key not in bill.unrelated and (said := why(bill, record)) is not None
    }
    if not moved:
        return found
    others = (bill for bill in found if bill is not onto)
    left = [_without(bill, moved) if _of_a_hospital_outpatient(bill) else bill for bill in others]
    kept = (bill for bill in left if bill.services or bill.stay)
    return (_with(case, onto, moved), *kept)


def _of_a_hospital_outpatient(bill: Bill) -> bool:
    """What a window may move; what a professional did is billed by itself wherever that goes."""
    return bill.setting == "outpatient" and bill.form == "UB-04"


def _by_window(window: Window) -> Why:
    return lambda bill, record: window.moved(bill) if window.takes(bill, record) else None


def _by_account(stay: Stay) -> Why:
    """Without a window: the visit that led to the stay, and acute care under its account.

    Of other services only those of the day of admission: he was made an inpatient over them.
    """

    def why(bill: Bill, record: Record) -> Moved | None:
        service, visit = service_of(record), bill.attendance
        mine = service is not None and same(service.account, stay.account)
        led = visit is not None and visit.led_to is stay.admitted
        day, admitted = service_day(record), stay.admitted.day
        acute = bill.kind == "D" and (mine or led) and day <= admitted
        if not acute and not (mine and day == admitted):
            return None
        reason = f"it led to the admission of {admitted}: one account is one claim"
        return Moved(away_from=bill.kind, reason=reason, onto=stay.admitted, by_window=False)

    return why


def _marked(bill: Bill, window: Window) -> Bill:
    """A bill with what the window says of services that stay: attested, or an owned practice's.

    All services of the day of admission are part of the stay, whatever anybody attests.
    Source: Medicare Claims Processing Manual chapter 3, section 40.3 C.
    """
    if _of_a_hospital_outpatient(bill):
        unrelated = {
            record.key: said
            for record in bill.services
            if window.takes(bill, record) and service_day(record) < window.admitted.day
            if (said := attested_unrelated(bill, record)) is not None
        }
        return replace(bill, unrelated={**bill.unrelated, **unrelated}) if unrelated else bill
    if bill.form != "CMS-1500" or practice_owner(bill) != window.owner:
        return bill
    inside = [r for r in bill.services if window.covers(bill.case, service_day(r))]
    beside = {record.key: window.moved(bill) for record in inside}
    return replace(bill, beside_a_stay={**beside, **bill.beside_a_stay}) if beside else bill


def practice_owner(bill: Bill) -> str | None:
    """Who owns the practice behind a professional claim: the group's owner, else the office's."""
    group = bill.case.provider(bill.biller, bill.anchor.day)
    if group is not None:
        return group.owner
    return bill.facility.owner if bill.facility else None


def _with(case: Case, onto: Bill, moved: dict[str, Moved]) -> Bill:
    """The inpatient bill with what was moved; with an infusion on it, it is the infusion's."""
    keys = {record.key for record in onto.services} | moved.keys()
    services = tuple(record for record in case.seen.records if record.key in keys)
    drawn = replace(onto, services=services, moved={**onto.moved, **moved})
    own: tuple[ClaimKind, ...] = (onto.kind,) if onto.services or onto.kind != "D" else ()
    kinds: tuple[ClaimKind, ...] = (*own, *(each.away_from for each in moved.values()))
    if onto.stay is None:
        return drawn
    kind = leading(kinds, after_the_infusion(case, onto.stay.admitted)) or "D"
    if kind == onto.kind:
        return drawn
    first = next((record for record in services if kind_of(record) == kind), onto.anchor)
    return replace(drawn, kind=kind, anchor=first)


def _without(bill: Bill, moved: dict[str, Moved]) -> Bill:
    """A bill that lost the service it hung on hangs on the first that it has left."""
    left = tuple(record for record in bill.services if record.key not in moved)
    lost = bill.stay is None and bool(left) and bill.anchor.key in moved
    gone = bill.attendance is not None and bill.attendance.arrived.key in moved
    return replace(
        bill,
        services=left,
        anchor=left[0] if lost else bill.anchor,
        attendance=None if gone else bill.attendance,
    )
