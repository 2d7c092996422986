"""The giving of tocilizumab outside a bed: a therapeutic infusion, behind any chemotherapy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Final

from veinledger.domain.facts.treatment import TocilizumabGiven
from veinledger.domain.findings import Finding
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.lines import Given, finding, line
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.rules.drugs.administration import (
    Slot,
    days_of_chemotherapy,
    modifier_of_site,
)
from veinledger.projections.claims.rules.drugs.obstacles import obstacles
from veinledger.projections.claims.rules.drugs.running import (
    Giving,
    Limits,
    Running,
    limits_of,
    running,
)
from veinledger.projections.claims.units import day_of

TOCILIZUMAB: Final = "tocilizumab"


@rule("D", source="AMA CPT drug administration, own reading; page: tocilizumab; evidence section 3")
def the_giving_of_tocilizumab_is_a_therapeutic_infusion(bill: Bill) -> Iterator[Said]:
    """Outpatient, observation, emergency and office; in a stay it is paid with the stay."""
    if bill.inpatient:
        return
    mine = {record.key for record in bill.services}
    for day, givings in _days(bill):
        for said in _slots(bill, day, givings):
            if isinstance(said, Finding):
                yield from [said] if mine & set(said.records) else []
            elif said.records[0].key in mine:
                yield _line(bill, day, said)


def _days(bill: Bill) -> Iterator[tuple[date, tuple[Giving, ...]]]:
    """Day by day what the biller gave, other accounts included: a day has one initial code."""
    ours = [
        Giving(record=record, what=TOCILIZUMAB, drug=fact.drug, service=fact.service)
        for record, fact in bill.case.seen.of(TocilizumabGiven)
        if fact.service.patient_class != "inpatient"
        and (fact.service.biller or fact.service.facility) == bill.biller
    ]
    ours.sort(key=_day)
    for day, same in groupby(ours, key=_day):
        yield day, tuple(same)


def _slots(bill: Bill, day: date, givings: tuple[Giving, ...]) -> Iterable[Slot | Finding]:
    entry = bill.case.rules.find("therapeutic_administration", bill.last_day)
    return COUNTING[entry.code](bill, day, givings) if entry else ()


def _by_start_and_stop(
    bill: Bill, day: date, givings: tuple[Giving, ...]
) -> Iterator[Slot | Finding]:
    """One first hour through each vein, or the next drug where chemotherapy ran through it."""
    limits = limits_of(bill.case.rules, day)
    if limits is None:
        return
    before = _chemotherapy(bill, day)
    every = running((*givings, *before))
    drugs = [each for each in every if each.what == TOCILIZUMAB]
    mine = {record.key for each in drugs for record in each.records}
    found = [each for each in obstacles(every, limits) if mine & set(each.records)]
    yield from found or _through_each_vein(drugs, every, limits)


def _through_each_vein(
    drugs: list[Running], every: tuple[Running, ...], limits: Limits
) -> Iterator[Slot | Finding]:
    first = {each.site for each in every if each.what != TOCILIZUMAB}
    for number, each in enumerate(drugs):
        if each.is_push(limits):
            yield _a_push(each, limits)
            continue
        behind = each.site in first
        meaning = f"therapeutic_infusion_{'sequential' if behind else 'initial'}"
        apart = not behind and (number > 0 or bool(first))
        yield Slot(meaning=meaning, records=each.records, apart=apart)
        hours = each.further_hours(limits)
        if hours:
            yield Slot(
                meaning="therapeutic_infusion_further_hour", records=each.records, units=hours
            )


def _a_push(each: Running, limits: Limits) -> Finding:
    return finding(
        each.records,
        f"tocilizumab is reported as a push, or as running {limits.push} minutes or less; it is "
        "infused over an hour",
        "correct the route or the times, or have a coder choose the code",
    )


def _initial_per_day(
    _bill: Bill, _day: date, givings: tuple[Giving, ...]
) -> Iterator[Slot | Finding]:
    """One first hour a day, however long it ran."""
    yield Slot(
        meaning="therapeutic_infusion_initial", records=tuple(each.record for each in givings)
    )


COUNTING: Final[dict[str, Callable[[Bill, date, tuple[Giving, ...]], Iterable[Slot | Finding]]]] = {
    "by_start_and_stop_times": _by_start_and_stop,
    "initial_per_day": _initial_per_day,
}
"""By the word of the code book's `therapeutic_administration`."""


def _chemotherapy(bill: Bill, day: date) -> tuple[Giving, ...]:
    """What the biller gave as chemotherapy on the same day."""
    return tuple(
        giving
        for each in days_of_chemotherapy(bill.case, bill.biller)
        if each.day == day
        for giving in each.givings
    )


def _day(each: Giving) -> date:
    return day_of(each.record, each.service)


def _line(bill: Bill, day: date, slot: Slot) -> Said:
    given = Given(
        records=slot.records,
        revenue="revenue_iv_therapy",
        units=Decimal(slot.units),
        modifiers=modifier_of_site(bill, slot, day),
        day=day,
    )
    return line(bill, slot.meaning, given)
