"""The grades of CRS and ICANS that belong to a bill: which count, and whether CRS came along.

A grade counts on the days that the bill covers, those that a payment window moved here included.
One of the evening before counts to the stay that began with it: the patient who is graded in the
emergency department and admitted after midnight came in with that syndrome. What had resolved
before the admission belongs to what went before.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final, Literal

from veinledger.domain.facts.patient import PatientAdmitted
from veinledger.domain.facts.toxicity import CrsGraded, IcansGraded
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.reports import Record
from veinledger.domain.values import DAY_LENGTH, day_of, instant_of
from veinledger.projections.case.stays import Stay
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.rules.diagnoses.conditions import on_a_day_of

Graded = CrsGraded | IcansGraded
Grading = tuple[Record, Graded]
Name = Literal["crs", "icans"]

GRADED: Final[dict[Name, type[CrsGraded] | type[IcansGraded]]] = {
    "crs": CrsGraded,
    "icans": IcansGraded,
}
THE_EVENING_BEFORE: Final = timedelta(days=1)


def gradings(bill: Bill, name: Name) -> tuple[Grading, ...]:
    """Every grading of a syndrome that counts to a bill, in the order in which they happened."""
    every = tuple((r, f) for r, f in bill.case.seen.of(GRADED[name]))
    return tuple(each for each in every if _counts(bill, each, every))


def peak(graded: Iterable[Grading]) -> Grading | None:
    """The highest grade; of equals the first."""
    return max(graded, key=lambda each: each[1].grade, default=None)


def came_with_the_patient(bill: Bill, graded: tuple[Grading, ...], alone: bool) -> str | None:
    """Y or N for present on admission, None where the record leaves it open.

    Present is what was there when the inpatient order was given, the emergency department and
    observation included (guidelines, appendix I). What follows cells given in the stay was not.
    Without an onset only a grading before the order tells; a stay for CRS or ICANS in which one
    of them `alone` was graded is the stay for that one.
    """
    stay = bill.stay
    if stay is None or not graded:
        return None
    if given_in_the_stay(bill):
        return "N"
    onsets = [fact.onset for _, fact in graded if fact.onset is not None]
    if not onsets:
        return _by_its_grading(stay, graded, alone)
    told = [_against(onset, _ordered(stay)) for onset in onsets]
    if "Y" in told or None not in told:
        return "Y" if "Y" in told else "N"
    return "Y" if alone else None


def _by_its_grading(stay: Stay, graded: tuple[Grading, ...], alone: bool) -> str | None:
    seen_before = any(_against(record.occurred.text, _ordered(stay)) == "Y" for record, _ in graded)
    return "Y" if seen_before or alone else None


def _counts(bill: Bill, grading: Grading, every: tuple[Grading, ...]) -> bool:
    record, fact = grading
    if bill.stay is None:
        return on_a_day_of(bill, record.day)
    admitted = bill.stay.admitted.day
    if bill.stay.covers(record.day):
        return not _over_before(fact, admitted)
    return bill.bills_day(record.day) or _ran_into(grading, every, admitted)


def _ran_into(grading: Grading, every: tuple[Grading, ...], admitted: date) -> bool:
    """Graded on the evening before, and nothing since says that it was over by the admission."""
    record, _ = grading
    if record.day != admitted - THE_EVENING_BEFORE:
        return False
    since = (fact for other, fact in every if other.day >= record.day)
    return not any(_over_before(fact, admitted) for fact in since)


def _over_before(fact: Graded, admitted: date) -> bool:
    return fact.resolved is not None and day_of(fact.resolved[:DAY_LENGTH]) < admitted


def given_in_the_stay(bill: Bill) -> bool:
    """Whether the cells themselves went in during the stay, and were not moved to its claim."""
    return any(record.key not in bill.moved for record, _ in bill.of(CellsInfused))


def _ordered(stay: Stay) -> str:
    """When the inpatient order was given; the admission itself where nobody says."""
    admission: PatientAdmitted = stay.admission
    return admission.order_time or stay.admitted.occurred.text


def _against(moment: str, order: str) -> str | None:
    """Y before the order, N after it, None where they share a day whose hours are not known."""
    first, then = _instant(moment), _instant(order)
    if first is not None and then is not None:
        return "Y" if first <= then else "N"
    one, other = day_of(moment[:DAY_LENGTH]), day_of(order[:DAY_LENGTH])
    if one == other:
        return None
    return "Y" if one < other else "N"


def _instant(text: str) -> datetime | None:
    return instant_of(text) if len(text) > DAY_LENGTH else None
