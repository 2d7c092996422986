"""Every service that this ledger bills, which kind of bill it asks for, where it was given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.billing import ChargePosted
from veinledger.domain.facts.collection import ApheresisCompleted, CellsPrepared
from veinledger.domain.facts.groups import Service
from veinledger.domain.facts.treatment import (
    CellsInfused,
    LymphodepletionDoseGiven,
    TocilizumabGiven,
)
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.presence.presences import same
from veinledger.projections.case.stays import Attendance, Stay
from veinledger.projections.claims.bills.bill import Setting, service_day, service_of, setting_of
from veinledger.projections.claims.charges.families import ATTENDANCE
from veinledger.projections.claims.shapes import ClaimKind

_KINDS: Final[Mapping[type[Fact], ClaimKind]] = {
    ApheresisCompleted: "A",
    CellsPrepared: "A",
    LymphodepletionDoseGiven: "B",
    CellsInfused: "C",
    TocilizumabGiven: "D",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One service with the kind of bill it asks for, and the stay or visit it was given in."""

    record: Record
    service: Service
    kind: ClaimKind
    setting: Setting
    stay: Stay | None = None
    attendance: Attendance | None = None

    @property
    def biller(self) -> str:
        """Who bills it; the facility itself where nobody is named."""
        return self.service.biller or self.service.facility

    @property
    def day(self) -> date:
        """The date of service."""
        return service_day(self.record)

    @property
    def is_charge(self) -> bool:
        """Whether it is a posted charge and not what was done."""
        return isinstance(self.record.fact, ChargePosted)

    @property
    def attended_from(self) -> Record | None:
        """The arrival of the visit that it was given in."""
        return self.attendance.arrived if self.attendance else None


def placed(
    case: Case, stays: tuple[Stay, ...], visits: tuple[Attendance, ...]
) -> tuple[Placed, ...]:
    """Every service in the order in which things happened, charges of visits behind the rest."""
    found = [*_services(case, stays, visits), *_arrivals(visits)]
    found = [*found, *_charges(case, stays, found)]
    order = {record.key: at for at, record in enumerate(case.seen.records)}
    found.sort(key=lambda each: (each.is_charge, order[each.record.key]))
    return tuple(_of_one_kind(case, found))


def kind_of(record: Record) -> ClaimKind | None:
    """The kind of bill that a service asks for by itself; neurology visits have their own."""
    return _KINDS.get(type(record.fact))


def leading(kinds: Iterable[ClaimKind], after_the_infusion: bool) -> ClaimKind | None:
    """The kind of a claim that bills a whole stay: C, then D after the infusion, then B, then A."""
    found = set(kinds)
    if "C" in found:
        return "C"
    if after_the_infusion:
        return "D"
    order: tuple[ClaimKind, ...] = ("B", "A", "D")
    return next((kind for kind in order if kind in found), None)


def after_the_infusion(case: Case, record: Record) -> bool:
    """Whether a record stands behind the first infusion in the order of things."""
    infusions = case.infusions()
    return bool(infusions) and case.came_before(infusions[0][0], record)


def _services(
    case: Case, stays: tuple[Stay, ...], visits: tuple[Attendance, ...]
) -> Iterator[Placed]:
    for record in case.seen.records:
        kind = kind_of(record)
        given = _given(case, record) if kind else None
        if kind is None or given is None:
            continue
        service, day = given
        setting, stay, visit = _where(case, service, day, stays, visits)
        yield Placed(
            record=record,
            service=service,
            kind=kind,
            setting=setting,
            stay=stay,
            attendance=visit if kind == "D" or (visit and visit.reversed_by) else None,
        )


def _where(
    case: Case,
    service: Service,
    day: date,
    stays: tuple[Stay, ...],
    visits: tuple[Attendance, ...],
) -> tuple[Setting, Stay | None, Attendance | None]:
    """A bed, a visit, or neither; under the stay's own account a day within it is the stay's."""
    setting, visit = setting_of(case, service, day), _attendance_of(service, day, visits)
    if setting == "office":
        return setting, None, None
    own = [s for s in stays if same(service.account, s.account) and s.admitted.day < day]
    lying = next((stay for stay in reversed(own) if stay.covers(day)), None)
    if setting == "outpatient":
        return ("inpatient", lying, None) if lying else (setting, None, visit)
    if visit is not None and visit.reversed_by is not None:
        return "outpatient", None, visit
    return setting, _stay_of(service, day, stays), None


def _stay_of(service: Service, day: date, known: tuple[Stay, ...]) -> Stay | None:
    """The stay that covers a day, of the same account where both name one; the later of two."""
    covering = [stay for stay in known if stay.covers(day)]
    own = [stay for stay in covering if service.account in (None, stay.account)]
    return (own or covering)[-1] if covering else None


def _attendance_of(service: Service, day: date, known: tuple[Attendance, ...]) -> Attendance | None:
    """The visit of the account that began last until a day, else the one that covers the day."""
    own = [visit for visit in known if same(service.account, visit.account)]
    begun = [visit for visit in own if visit.arrived.day <= day]
    there = [
        visit
        for visit in known
        if visit.covers(day)
        and None in (service.account, visit.account)
        and visit.biller == (service.biller or service.facility)
    ]
    return next((found[-1] for found in (begun, own, there) if found), None)


def _given(case: Case, record: Record) -> tuple[Service, date] | None:
    """Where and when a service was given; a preparation without a place follows its collection."""
    own = service_of(record)
    if own is not None or not isinstance(record.fact, CellsPrepared):
        return (own, record.day) if own else None
    prepared = record.fact
    collected = [pair for pair in case.seen.of(ApheresisCompleted) if pair[0].day <= record.day]
    mine = [
        pair
        for pair in collected
        if pair[1].chain_of_identity in (None, prepared.chain_of_identity)
        and prepared.donation_number in (None, pair[1].donation_number)
    ]
    return (mine[-1][1].service, mine[-1][0].day) if mine else None


def _arrivals(visits: tuple[Attendance, ...]) -> Iterator[Placed]:
    """The visit itself: what it asks for stands in its posted charges."""
    for visit in visits:
        yield _in_the_visit(visit, visit.arrived)


def _in_the_visit(visit: Attendance, record: Record) -> Placed:
    return Placed(
        record=record, service=visit.service, kind="D", setting="outpatient", attendance=visit
    )


def _charges(case: Case, stays: tuple[Stay, ...], found: list[Placed]) -> Iterator[Placed]:
    """The posted charges of outpatient acute care: as posted they are its lines.

    A charge on a day on which the account has a service of another claim is that claim's, unless
    its revenue code is of the emergency department or of observation.
    """
    acute = [each for each in found if each.kind == "D" and each.setting == "outpatient"]
    for record, charge in case.seen.of(ChargePosted):
        account, day = charge.service.account, charge.service_date
        if any(same(account, stay.account) and stay.covers(day) for stay in stays):
            continue
        of_visit = _attendance_of(charge.service, day, _visits_of(acute))
        others = [
            each
            for each in found
            if each.kind != "D" and same(account, each.service.account) and each.day == day
        ]
        reversed_stay = of_visit is not None and of_visit.reversed_by is not None
        own = reversed_stay or case.rules.one_of(ATTENDANCE, charge.revenue_code, day)
        if others and not own:
            continue
        alike = [each for each in acute if same(account, each.service.account)]
        if of_visit is not None:
            yield _in_the_visit(of_visit, record)
        elif alike:
            yield replace(alike[0], record=record)


def _visits_of(acute: list[Placed]) -> tuple[Attendance, ...]:
    found = {each.attendance.arrived.key: each.attendance for each in acute if each.attendance}
    return tuple(found.values())


def _of_one_kind(case: Case, found: list[Placed]) -> Iterator[Placed]:
    """A stay that was reversed is one outpatient claim, of the kind of the stay it was."""
    for each in found:
        visit = each.attendance
        if visit is None or visit.reversed_by is None:
            yield each
            continue
        kinds: list[ClaimKind] = [o.kind for o in found if o.attendance is visit]
        kind = leading(kinds, after_the_infusion(case, visit.arrived))
        yield replace(each, kind=kind or each.kind)
