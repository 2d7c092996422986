"""Sorting services onto bills A to E, and moving those that a rule moves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from veinledger.domain.facts.collection import ApheresisCompleted, CellsPrepared
from veinledger.domain.facts.groups import Service
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.facts.toxicity import TocilizumabGiven
from veinledger.domain.facts.treatment import CellsInfused, LymphodepletionDoseGiven
from veinledger.domain.reports import Record
from veinledger.projections.claims.bill import Bill, Moved, Stay, form_of, in_window, service_of
from veinledger.projections.claims.bill import setting_of as setting_of_service
from veinledger.projections.claims.bill import stays
from veinledger.projections.claims.case import Case
from veinledger.projections.claims.shapes import ClaimKind

Serviced = tuple[Record, Service]


def bills(case: Case) -> tuple[Bill, ...]:
    """Every bill of an encounter, services moved where the payment window says so."""
    the_stays = tuple(stays(case))
    infusion = tuple(_infusion_bills(case, the_stays))
    found = [
        *_grouped(case, "A", _with_service(case, (ApheresisCompleted, CellsPrepared))),
        *_grouped(case, "B", _outside_stays(case, infusion)),
        *infusion,
        *_readmissions(case, the_stays, infusion),
        *_visits(case),
    ]
    return _through_the_payment_window(case, tuple(found))


def _with_service(case: Case, kinds: tuple[type, ...]) -> Iterator[Serviced]:
    for record in case.seen.records:
        service = service_of(record)
        if isinstance(record.fact, kinds) and service is not None:
            yield record, service


def _grouped(case: Case, kind: ClaimKind, services: Iterable[Serviced]) -> Iterator[Bill]:
    """One bill for each form, biller and account; without an account, one for all such days."""
    ordered = sorted(services, key=_bill_of)
    for _, group in groupby(ordered, key=_bill_of):
        of_bill = sorted(group, key=lambda pair: pair[0].day)
        yield _bill(case, kind, of_bill)


def _bill_of(pair: Serviced) -> tuple[str, str, str]:
    _, service = pair
    return form_of(service), service.biller or service.facility, service.account or ""


def _bill(case: Case, kind: ClaimKind, services: list[Serviced], stay: Stay | None = None) -> Bill:
    anchor, service = services[0]
    return Bill(
        case=case,
        kind=kind,
        form=form_of(service),
        facility=case.facility(service, anchor.day),
        biller=service.biller or service.facility,
        account=service.account,
        anchor=anchor,
        services=tuple(record for record, _ in services),
        stay=stay,
    )


def _infusion_bills(case: Case, the_stays: tuple[Stay, ...]) -> Iterator[Bill]:
    """One bill for the infusion, all parts of the bag on it, in its stay where it has one."""
    infusions = list(_with_service(case, (CellsInfused,)))
    if not infusions:
        return
    record, service = infusions[0]
    stay = _stay_of(record, service, the_stays)
    if stay is None:
        yield _bill(case, "C", infusions)
        return
    given = _with_service(case, (LymphodepletionDoseGiven, TocilizumabGiven))
    inside = [pair for pair in given if _is_in(pair, stay)]
    yield _bill(case, "C", [*infusions, *inside], stay)


def _stay_of(record: Record, service: Service, the_stays: tuple[Stay, ...]) -> Stay | None:
    if setting_of_service(service) != "inpatient":
        return None
    return next((stay for stay in the_stays if stay.covers(record.day)), None)


def _is_in(pair: Serviced, stay: Stay) -> bool:
    record, service = pair
    return setting_of_service(service) == "inpatient" and stay.covers(record.day)


def _outside_stays(case: Case, infusion: tuple[Bill, ...]) -> Iterator[Serviced]:
    """Lymphodepletion that was not given within the stay of the infusion."""
    inside = {record.key for bill in infusion for record in bill.services}
    for record, service in _with_service(case, (LymphodepletionDoseGiven,)):
        if record.key not in inside:
            yield record, service


def _readmissions(
    case: Case, the_stays: tuple[Stay, ...], infusion: tuple[Bill, ...]
) -> Iterator[Bill]:
    """A stay after the infusion is a bill of its own; so is acute care outside any stay."""
    day_0 = infusion[0].anchor.day if infusion else None
    of_infusion = {bill.stay.admitted.key for bill in infusion if bill.stay}
    billed = {record.key for bill in infusion for record in bill.services}
    given = [p for p in _with_service(case, (TocilizumabGiven,)) if p[0].key not in billed]
    for stay in the_stays:
        after = day_0 is not None and stay.admitted.day >= day_0
        if not after or stay.admitted.key in of_infusion:
            continue
        inside = [pair for pair in given if _is_in(pair, stay)]
        given = [pair for pair in given if pair not in inside]
        admission = service_of(stay.admitted)
        if admission is not None:
            yield _bill(case, "D", [(stay.admitted, admission), *inside], stay)
    yield from _grouped(case, "D", given)


def _visits(case: Case) -> Iterator[Bill]:
    """One bill a visit; a visit during a stay is part of the stay."""
    for record, service in _with_service(case, (NeurologyVisitCompleted,)):
        if setting_of_service(service) != "inpatient":
            yield _bill(case, "E", [(record, service)])


def _through_the_payment_window(case: Case, found: tuple[Bill, ...]) -> tuple[Bill, ...]:
    """Outpatient services of the same owner in the days before an admission go on its claim."""
    for stay_bill in [bill for bill in found if bill.stay is not None]:
        found = _moved_onto(case, stay_bill, found)
    return tuple(bill for bill in found if bill.services)


def _moved_onto(case: Case, onto: Bill, found: tuple[Bill, ...]) -> tuple[Bill, ...]:
    falls_in = _window_of(case, onto)
    taken: dict[str, tuple[Record, Bill]] = {}
    for bill in found:
        if bill.kind in ("A", "B", "E") and bill.stay is None and bill.form == "UB-04":
            taken |= {r.key: (r, bill) for r in bill.services if falls_in(r, bill)}
    if not taken:
        return found
    return tuple(
        _with_taken(bill, taken, case) if bill is onto else _without(bill, taken) for bill in found
    )


def _window_of(case: Case, onto: Bill) -> Callable[[Record, Bill], bool]:
    stay = onto.stay
    payer = case.payer(onto.last_day)
    entry = case.rules.find("payment_window", onto.last_day, onto.facility.payment_system)
    days = int(entry.unit.amount) if entry is not None and entry.unit is not None else None
    if stay is None or payer is None or not payer.payment_window or days is None:
        return lambda _record, _bill: False
    return lambda record, bill: (
        in_window(stay, record.day, days) and bill.facility.owner == onto.facility.owner
    )


def _with_taken(onto: Bill, taken: dict[str, tuple[Record, Bill]], case: Case) -> Bill:
    entry = case.rules.code("payment_window", onto.last_day, onto.facility.payment_system)
    size = f"{entry.unit}" if entry.unit else ""
    moved = {
        key: Moved(
            away_from=bill.kind,
            reason=f"within {size} of the admission at the same owner's hospital",
            source=f"{entry.source} [{entry.row}]",
        )
        for key, (_, bill) in taken.items()
    }
    records = sorted(
        [*onto.services, *(record for record, _ in taken.values())], key=lambda r: r.day
    )
    return replace(onto, services=tuple(records), moved={**onto.moved, **moved})


def _without(bill: Bill, taken: dict[str, tuple[Record, Bill]]) -> Bill:
    return replace(bill, services=tuple(r for r in bill.services if r.key not in taken))
