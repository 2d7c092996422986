"""Sorting services onto bills A to E: by stay in a bed, else by form, biller, account and year."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.collection import ApheresisCompleted, CellsPrepared
from veinledger.domain.facts.groups import Service
from veinledger.domain.facts.treatment import (
    CellsInfused,
    LymphodepletionDoseGiven,
    TocilizumabGiven,
)
from veinledger.domain.reports import Record
from veinledger.projections.claims.bills.bill import Bill, Setting, service_of, setting_of
from veinledger.projections.claims.bills.case import Case
from veinledger.projections.claims.bills.folding import with_folding
from veinledger.projections.claims.bills.fractions import in_fractions
from veinledger.projections.claims.bills.stays import Stay, stays
from veinledger.projections.claims.bills.visits import visit_bills
from veinledger.projections.claims.bills.window import through_the_payment_window
from veinledger.projections.claims.shapes import ClaimKind

_KINDS: Final[tuple[tuple[type[Fact], ClaimKind], ...]] = (
    (ApheresisCompleted, "A"),
    (CellsPrepared, "A"),
    (LymphodepletionDoseGiven, "B"),
    (CellsInfused, "C"),
    (TocilizumabGiven, "D"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One service with the kind of bill it asks for, and the stay that it was given in."""

    record: Record
    service: Service
    kind: ClaimKind
    setting: Setting
    stay: Stay | None

    @property
    def biller(self) -> str:
        """Who bills it; the facility itself where nobody is named."""
        return self.service.biller or self.service.facility


def bills(case: Case) -> tuple[Bill, ...]:
    """Every bill of an encounter, services moved where the payment window says so."""
    known = stays(case.seen.records)
    placed = tuple(_placed(case, known))
    of_stays = [bill for stay in known if (bill := _bill_of_stay(case, stay, placed))]
    outside = [each for each in placed if each.stay is None]
    every = (*of_stays, *_grouped(case, outside), *visit_bills(case))
    found = through_the_payment_window(case, every)
    in_order = tuple(sorted(found, key=lambda bill: (bill.kind, bill.first_day, bill.key)))
    return with_folding(case, in_fractions(in_order))


def _placed(case: Case, known: tuple[Stay, ...]) -> Iterator[Placed]:
    """Every service that this ledger bills, but for the visits."""
    for record in case.seen.records:
        kind = _kind_of(record)
        given = _given(case, record) if kind else None
        if kind is None or given is None:
            continue
        service, day = given
        setting = setting_of(case, service, day)
        stay = _stay_of(service, day, known) if setting == "inpatient" else None
        yield Placed(
            record=record,
            service=service,
            kind=kind,
            setting=setting,
            stay=stay,
        )


def _kind_of(record: Record) -> ClaimKind | None:
    return next((kind for fact, kind in _KINDS if isinstance(record.fact, fact)), None)


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


def _stay_of(service: Service, day: date, known: tuple[Stay, ...]) -> Stay | None:
    """The stay that covers a day, of the same account where both name one; the later of two."""
    covering = [stay for stay in known if stay.covers(day)]
    same = [stay for stay in covering if service.account in (None, stay.account)]
    return (same or covering)[-1] if covering else None


def _bill_of_stay(case: Case, stay: Stay, placed: tuple[Placed, ...]) -> Bill | None:
    """One bill a stay; none for a stay before the infusion in which nothing of ours was done."""
    inside = [each for each in placed if each.stay is stay]
    kind = _kind_of_stay(case, stay, inside)
    if kind is None:
        return None
    anchor = next((each.record for each in inside if each.kind == kind), stay.admitted)
    return Bill(
        case=case,
        kind=kind,
        setting="inpatient",
        biller=stay.service.biller or stay.service.facility,
        account=stay.account,
        anchor=stay.admitted if kind == "D" else anchor,
        services=tuple(each.record for each in inside),
        stay=stay,
    )


def _kind_of_stay(case: Case, stay: Stay, inside: list[Placed]) -> ClaimKind | None:
    kinds = {each.kind for each in inside}
    if "C" in kinds:
        return "C"
    infusions = case.infusions()
    if infusions and case.came_before(infusions[0][0], stay.admitted):
        return "D"
    return next((kind for kind in ("B", "A", "D") if kind in kinds), None)


def _grouped(case: Case, outside: Iterable[Placed]) -> Iterator[Bill]:
    """One bill for each kind, form, biller, account, payer and coding year."""
    groups: dict[Hashable, list[Placed]] = {}
    for each in outside:
        groups.setdefault(_bill_of(case, each), []).append(each)
    for group in groups.values():
        first = group[0]
        yield Bill(
            case=case,
            kind=first.kind,
            setting=first.setting,
            biller=first.biller,
            account=first.service.account,
            anchor=first.record,
            services=tuple(each.record for each in group),
        )


def _bill_of(case: Case, each: Placed) -> Hashable:
    year = _coding_year(each.record.day)
    covered = case.coverage(each.record.day)
    payer = covered[1].payer if covered else ""
    return each.kind, each.setting, each.biller, each.service.account, payer, year


def _coding_year(day: date) -> int:
    """ICD-10 turns on 1 October, and no outpatient claim crosses that day."""
    return day.year + (day.month >= 10)


def places(found: Iterable[Bill]) -> dict[str, str]:
    """On what kind of claim each service stands, by report key: what a window changes."""
    return {
        record.key: f"claim {bill.kind}, {bill.setting}"
        for bill in found
        for record in bill.services
    }
