"""The giving of chemotherapy: which administration codes a day of infusions and pushes makes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Final

from veinledger.domain.codebook.entry import Entry
from veinledger.domain.facts.treatment import LymphodepletionDoseGiven
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.memo import once
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.charges.belonging import charges_of
from veinledger.projections.claims.charges.families import ACCOMMODATION
from veinledger.projections.claims.lines import Code, Given, line, line_of
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.rules.drugs.obstacles import obstacles
from veinledger.projections.claims.rules.drugs.running import (
    Giving,
    Limits,
    Running,
    limits_of,
    running,
)
from veinledger.projections.claims.shapes import Differs
from veinledger.projections.claims.told import told
from veinledger.projections.claims.units import day_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One administration code of a day: its meaning, what it rests on, and how often."""

    meaning: str
    records: tuple[Record, ...]
    units: int = 1
    apart: bool = False
    """Through a further vein or port, which has an initial code of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfChemotherapy:
    """The chemotherapy that one biller gave outside a bed on one day."""

    case: Case
    biller: str
    day: date
    givings: tuple[Giving, ...]

    @property
    def records(self) -> tuple[Record, ...]:
        """The doses, in the order in which they happened."""
        return tuple(each.record for each in self.givings)


@rule("B", source="AMA CPT drug administration, own reading; evidence R08 to R10")
def the_giving_of_chemotherapy_is_billed_by_the_day(bill: Bill) -> Iterator[Said]:
    """Administration codes of an outpatient or office day; none stand on an inpatient claim."""
    if bill.inpatient:
        return
    mine = {record.key for record in bill.services}
    for each in days_of_chemotherapy(bill.case, bill.biller):
        for said in slots(each, bill.last_day):
            if isinstance(said, Finding):
                yield from [said] if mine & set(said.records) else []
            elif said.records[0].key in mine:
                yield _line(bill, each, said)


@rule("A", "B", "C", "D", source="payment window, charges included; evidence R61, R62")
def the_giving_that_a_window_moved_is_charged_by_revenue_code(bill: Bill) -> Iterator[Said]:
    """A stay has no procedure code for it, and its charge is the stay's all the same.

    At the site's listed charge; what was posted for the day stands as posted instead.
    """
    for each, slot, entry, charge in moved_givings(bill):
        given = Given(
            records=slot.records,
            revenue="revenue_chemo_administration",
            units=Decimal(slot.units),
            charge=charge,
            day=each.day,
        )
        yield line_of(bill, Code("", f"{entry.label}; no code on a stay"), given)


def moved_givings(bill: Bill) -> Iterator[tuple[DayOfChemotherapy, Slot, Entry, Decimal]]:
    """The acts of giving that a window moved onto a stay, with the site's charge for each."""
    if not bill.inpatient or not bill.moved:
        return
    posted, mine = days_with_a_posted_giving(bill), {record.key for record in bill.services}
    revenue = bill.case.rules.find("revenue_chemo_administration", bill.last_day)
    for each in days_of_chemotherapy(bill.case, bill.biller):
        for slot in slots(each, bill.last_day):
            if isinstance(slot, Finding) or each.day in posted:
                continue
            here = slot.records[0].key in mine and slot.records[0].key in bill.moved
            entry = bill.case.rules.find(slot.meaning, each.day)
            if not here or entry is None or revenue is None:
                continue
            listed = bill.case.centre.charge(
                each.day, facility=bill.biller, revenue=revenue.code, hcpcs=entry.code
            )
            if listed is not None:
                yield each, slot, entry, listed.amount * slot.units


def days_with_a_posted_giving(bill: Bill) -> set[date]:
    """Days with a charge that may be for the giving of something, rooms and drugs aside.

    One by revenue code alone, or under a CPT code, which begins with a digit.
    """
    return {
        charge.service_date
        for _, charge in charges_of(bill)
        if (charge.hcpcs is None or charge.hcpcs[0].isdigit())
        and not bill.case.rules.one_of(ACCOMMODATION, charge.revenue_code, charge.service_date)
    }


@once
def days_of_chemotherapy(case: Case, biller: str) -> tuple[DayOfChemotherapy, ...]:
    """Day by day what a biller gave, other accounts included: a day has one initial code."""
    ours = [
        Giving(record=record, what=fact.agent, drug=fact.drug, service=fact.service)
        for record, fact in case.seen.of(LymphodepletionDoseGiven)
        if fact.service.patient_class != "inpatient"
        and (fact.service.biller or fact.service.facility) == biller
    ]
    ours.sort(key=_day)
    return tuple(
        DayOfChemotherapy(case=case, biller=biller, day=day, givings=tuple(same))
        for day, same in groupby(ours, key=_day)
    )


def slots(day: DayOfChemotherapy, on: date) -> tuple[Slot | Finding, ...]:
    """The codes of a day, as the edition counts them."""
    return _slots(day.case, day.biller, day.day, on)


@once
def _slots(case: Case, biller: str, on_day: date, on: date) -> tuple[Slot | Finding, ...]:
    entry = case.rules.find("chemo_administration", on)
    if entry is None:
        return ()
    of_day = (each for each in days_of_chemotherapy(case, biller) if each.day == on_day)
    return tuple(slot for each in of_day for slot in COUNTING[entry.code](each, entry))


def _by_start_and_stop(day: DayOfChemotherapy, _: Entry) -> Iterator[Slot | Finding]:
    """Infusions go before pushes; the first through a vein is initial, each other drug further."""
    limits, drugs = limits_of(day.case.rules, day.day), running(day.givings)
    if limits is None:
        return
    found = tuple(obstacles(drugs, limits))
    if found:
        yield from found
        return
    in_order = sorted(drugs, key=lambda each: (each.is_push(limits), each.begins, each.what))
    for number, site in enumerate(dict.fromkeys(each.site for each in in_order)):
        through_it = [each for each in in_order if each.site == site]
        yield from _through_one_vein(through_it, limits, apart=number > 0)


def _through_one_vein(in_order: list[Running], limits: Limits, *, apart: bool) -> Iterator[Slot]:
    for number, each in enumerate(in_order):
        push = each.is_push(limits)
        meaning = f"chemo_{'push' if push else 'infusion'}_{'second_drug' if number else 'initial'}"
        yield Slot(meaning=meaning, records=each.records, apart=apart and number == 0)
        hours = 0 if push else each.further_hours(limits)
        if hours:
            yield Slot(meaning="chemo_infusion_extra_hour", records=each.records, units=hours)


def _pair_per_day(day: DayOfChemotherapy, entry: Entry) -> Iterator[Slot | Finding]:
    """The same codes for each day, whatever was given and however long it ran."""
    for meaning in entry.parts:
        yield Slot(meaning=meaning, records=day.records)


COUNTING: Final[dict[str, Callable[[DayOfChemotherapy, Entry], Iterable[Slot | Finding]]]] = {
    "by_start_and_stop_times": _by_start_and_stop,
    "pair_per_day": _pair_per_day,
}
"""By the word of the code book's `chemo_administration`."""


def modifier_of_site(bill: Bill, slot: Slot, day: date) -> tuple[str, ...]:
    """What says that a second initial code of a day belongs to another vein."""
    entry = bill.case.rules.find("separate_access_site", day)
    return (entry.code,) if slot.apart and entry else ()


def _day(each: Giving) -> date:
    return day_of(each.record, each.service)


def _line(bill: Bill, of_day: DayOfChemotherapy, slot: Slot) -> Said:
    given = Given(
        records=slot.records,
        revenue="revenue_chemo_administration",
        units=Decimal(slot.units),
        modifiers=modifier_of_site(bill, slot, of_day.day),
        day=of_day.day,
    )
    return line(bill, slot.meaning, given, _differs(bill, of_day, slot.meaning))


def _differs(bill: Bill, of_day: DayOfChemotherapy, meaning: str) -> tuple[Differs, ...]:
    """Another code for the same act, or an act that the other edition does not count."""
    rules = bill.case.rules
    by_code = told(rules.differs(meaning, of_day.day))
    if by_code or meaning in _counted_elsewhere(of_day, bill.last_day):
        return by_code
    entry = rules.find(meaning, of_day.day)
    here = entry.code if entry else "nothing"
    return told(rules.differs("chemo_administration", bill.last_day), here, "nothing")


def _counted_elsewhere(of_day: DayOfChemotherapy, on: date) -> set[str]:
    """The meanings that the other edition bills for a day."""
    there = _slots(of_day.case.elsewhere, of_day.biller, of_day.day, on)
    return {slot.meaning for slot in there if isinstance(slot, Slot)}
