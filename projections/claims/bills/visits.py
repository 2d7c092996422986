"""How neurology visits become bills: a part for the place and a part for who did it, by setting.

Two visits to one biller by one speciality on one day are one line at the higher level, unless the
later one is documented as a problem of its own.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from veinledger.domain.facts.groups import Service
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.memo import once
from veinledger.projections.claims.bills.bill import Bill, Setting, setting_of
from veinledger.projections.claims.bills.visit_codes import visit_code
from veinledger.projections.claims.shapes import ClaimKind, Part

NEUROLOGY: Final = "neurology"
"""The speciality of a visit whose provider the directory does not know: the fact is neurology's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One visit with what decides whose bill it stands on."""

    record: Record
    fact: NeurologyVisitCompleted
    speciality: str
    level: int
    """The level of the code that its provider chose; 0 where there is none, or no visit code."""

    @property
    def day(self) -> date:
        """The date of service."""
        return self.record.day

    @property
    def service(self) -> Service:
        """Where, when and by whom."""
        return self.fact.service

    @property
    def standing(self) -> tuple[int, bool]:
        """What decides which of several visits leads: its level, then that it was in person."""
        return self.level, self.fact.mode == "in person"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitLine:
    """The visits that one line bills, in the order in which they happened."""

    visits: tuple[Visit, ...]
    separate: bool
    """Whether it is documented as a problem apart from an earlier visit of its speciality."""
    leading: Visit = field(init=False, compare=False)
    """The visit whose code is billed: of the highest level, and of equals one in person."""

    def __post_init__(self) -> None:
        leading = max(self.visits, key=lambda visit: visit.standing)
        object.__setattr__(self, "leading", leading)

    @property
    def records(self) -> tuple[Record, ...]:
        """What it rests on, the leading visit first."""
        leading = self.leading
        rest = (each.record for each in self.visits if each is not leading)
        return (leading.record, *rest)


def visit_bills(case: Case) -> Iterator[Bill]:
    """The bills of every visit outside a bed; a visit to a patient in a bed is part of the stay."""
    groups: dict[tuple[Part, str, date, str], list[Visit]] = {}
    for record, fact in case.seen.of(NeurologyVisitCompleted):
        visit = _visit(case, record, fact)
        for part, biller in _parts(case, visit):
            # an office claim is one speciality's, a hospital bills the whole day of the patient
            whose = visit.speciality if part == "professional" else ""
            groups.setdefault((part, biller, visit.day, whose), []).append(visit)
    for (part, biller, _, _), visits in groups.items():
        leading = max(visits, key=lambda visit: visit.standing)
        yield Bill(
            case=case,
            kind=_kind(case, leading.record),
            setting=_setting(case, leading),
            biller=biller,
            account=leading.service.account,
            anchor=visits[0].record,
            services=tuple(each.record for each in visits),
            part=part,
        )


@once
def visit_lines(bill: Bill) -> tuple[VisitLine, ...]:
    """The visits on a bill as its lines bill them; on a stay, those that a window moved there."""
    groups: dict[Hashable, list[Visit]] = {}
    for record, fact in bill.of(NeurologyVisitCompleted):
        visit = _visit(bill.case, record, fact)
        place = _place(bill, visit)
        groups.setdefault((visit.day, visit.speciality, place), []).append(visit)
    return tuple(each for visits in groups.values() for each in _lines(visits))


@once
def leading_visit(bill: Bill) -> Visit | None:
    """The visit of the highest level on a bill; it says where and how the patient was seen."""
    visits = [visit for each in visit_lines(bill) for visit in each.visits]
    return max(visits, key=lambda visit: visit.standing, default=None)


def who_bills_the_place(case: Case, service: Service, day: date) -> str:
    """The biller named, unless it is a provider, who bills for what was done; else the place."""
    named = service.biller
    if named is None or case.provider(named, day) is not None:
        return service.facility
    return named


def _who_bills_the_work(case: Case, visit: Visit) -> str:
    """The provider named as biller, else the group of who performed it; failing both, the place.

    A biller whom the directory does not know bills all of it.
    """
    service, day = visit.service, visit.day
    named = case.provider(service.biller, day)
    performing = case.provider(service.performing_provider, day)
    if named is not None:
        return named.group or named.name
    if service.biller is not None and case.facility(service.biller, day) is None:
        return service.biller
    group = performing.group if performing else None
    return group or who_bills_the_place(case, service, day)


def _place(bill: Bill, visit: Visit) -> str:
    """A stay may hold the visits of several places, another bill holds those of its biller."""
    if bill.stay is None:
        return bill.biller
    return who_bills_the_place(bill.case, visit.service, visit.day)


def _parts(case: Case, visit: Visit) -> Iterator[tuple[Part, str]]:
    """Which parts a visit has and who bills each: an office bills one, a hospital clinic two.

    An emergency room or an observation bed is billed with its own care, telehealth has no place.
    """
    setting = _setting(case, visit)
    if setting == "inpatient":
        return
    if setting == "office":
        yield "professional", visit.service.biller or visit.service.facility
        return
    yield "professional", _who_bills_the_work(case, visit)
    parts = case.rules.find("hospital_visit_parts", visit.day)
    in_the_clinic = visit.service.patient_class == "outpatient" and visit.fact.mode == "in person"
    if in_the_clinic and parts is not None and parts.code == "both":
        yield "facility", who_bills_the_place(case, visit.service, visit.day)


def _lines(visits: Iterable[Visit]) -> Iterator[VisitLine]:
    """Visits of one speciality on one day: the first with what goes with it, then the others."""
    together: list[Visit] = []
    apart: list[Visit] = []
    for visit in visits:
        separate = bool(together) and visit.fact.separately_identifiable is True
        (apart if separate else together).append(visit)
    yield VisitLine(visits=tuple(together), separate=False)
    for visit in apart:
        yield VisitLine(visits=(visit,), separate=True)


def _visit(case: Case, record: Record, fact: NeurologyVisitCompleted) -> Visit:
    performing = case.provider(fact.service.performing_provider, record.day)
    known = visit_code(case, fact.cpt, record.day) if fact.cpt else None
    return Visit(
        record=record,
        fact=fact,
        speciality=(performing.speciality if performing else None) or NEUROLOGY,
        level=known.level if known else 0,
    )


def _setting(case: Case, visit: Visit) -> Setting:
    return setting_of(case, visit.service, visit.day)


def _kind(case: Case, visit: Record) -> ClaimKind:
    """The baseline is whatever came before the infusion."""
    infusions = case.infusions()
    baseline = not infusions or case.came_before(visit, infusions[0][0])
    return "E0" if baseline else "E"
