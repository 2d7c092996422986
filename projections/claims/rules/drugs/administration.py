"""The giving of chemotherapy: which administration codes a day of infusions and pushes makes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Final

from veinledger.domain.codebook.entry import Entry
from veinledger.domain.facts.treatment import LymphodepletionDoseGiven
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.domain.values import instant_of
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.bills.case import Case
from veinledger.projections.claims.lines import Given, finding, line
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.shapes import Differs
from veinledger.projections.claims.told import told

PUSH_AT_MOST: Final = 15
"""Minutes; from the sixteenth on it is an infusion."""
HOUR_ENDS_AT: Final = 31
"""A further hour counts from the 31st minute past the hour before it: from minute 91."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """One drug on one day: its doses, and for how long it ran."""

    agent: str
    records: tuple[Record, ...]
    begins: datetime | None
    minutes: int | None
    """None where a dose has no start or no stop time."""
    pushed: bool

    @property
    def is_push(self) -> bool:
        """By its route, or because it took fifteen minutes or less."""
        return self.pushed or (self.minutes is not None and self.minutes <= PUSH_AT_MOST)

    @property
    def extra_hours(self) -> int:
        """Hours beyond the first, each begun by more than thirty minutes."""
        return max(0, ((self.minutes or 0) - HOUR_ENDS_AT) // 60)


Slot = tuple[str, Running, int]
"""A meaning, the drug it is for, and units."""


@rule("B", source="AMA CPT drug administration, own reading; research/codes.md R08 to R10")
def the_giving_of_chemotherapy_is_billed_by_the_day(bill: Bill) -> Iterator[Said]:
    """Administration codes of an outpatient or office day; none stand on an inpatient claim."""
    entry = bill.case.rules.find("chemo_administration", bill.last_day)
    if entry is None or bill.inpatient:
        return
    doses = sorted(bill.of(LymphodepletionDoseGiven), key=lambda pair: pair[0].day)
    for _, pairs in groupby(doses, key=lambda pair: pair[0].day):
        of_day = tuple(_running(tuple(pairs)))
        for said in COUNTING[entry.code](of_day, entry):
            yield said if isinstance(said, Finding) else _line(bill, of_day, *said)


def _by_start_and_stop(day: tuple[Running, ...], _: Entry) -> Iterable[Slot | Finding]:
    """Infusions go before pushes; the first is initial, each other drug is a further one."""
    unknown = [each for each in day if each.minutes is None and not each.pushed]
    if unknown:
        yield finding(
            [record for each in unknown for record in each.records],
            "the infusion has no start or no stop time, and its code depends on the minutes",
            "report the dose again with both times, or have a coder choose the code",
        )
        return
    in_order = sorted(day, key=lambda each: each.is_push)
    for number, each in enumerate(in_order):
        way = "push" if each.is_push else "infusion"
        yield f"chemo_{way}_{'second_drug' if number else 'initial'}", each, 1
        if each.extra_hours and not each.is_push:
            yield "chemo_infusion_extra_hour", each, each.extra_hours


def _pair_per_day(day: tuple[Running, ...], entry: Entry) -> Iterable[Slot | Finding]:
    """The same codes for each day, whatever was given and however long it ran."""
    whole = Running(
        agent="",
        records=tuple(record for each in day for record in each.records),
        begins=None,
        minutes=None,
        pushed=False,
    )
    return [(meaning, whole, 1) for meaning in entry.parts]


COUNTING: Final[dict[str, Callable[[tuple[Running, ...], Entry], Iterable[Slot | Finding]]]] = {
    "by_start_and_stop_times": _by_start_and_stop,
    "pair_per_day": _pair_per_day,
}
"""By the word of the code book's `chemo_administration`."""


def _running(of_day: tuple[tuple[Record, LymphodepletionDoseGiven], ...]) -> Iterator[Running]:
    """The drugs of one day in the order in which they began."""
    found = [
        _drug(agent, [pair for pair in of_day if pair[1].agent == agent])
        for agent in dict.fromkeys(fact.agent for _, fact in of_day)
    ]
    yield from sorted(found, key=lambda each: (each.begins is None, str(each.begins)))


def _drug(agent: str, doses: list[tuple[Record, LymphodepletionDoseGiven]]) -> Running:
    spans = [_span(fact) for _, fact in doses]
    known = [span for span in spans if span is not None]
    minutes = sum(int((end - start).total_seconds()) // 60 for start, end in known)
    return Running(
        agent=agent,
        records=tuple(record for record, _ in doses),
        begins=min((start for start, _ in known), default=None),
        minutes=minutes if len(known) == len(doses) else None,
        pushed=all(fact.drug.route == "push" for _, fact in doses),
    )


def _span(fact: LymphodepletionDoseGiven) -> tuple[datetime, datetime] | None:
    try:
        start, end = instant_of(fact.service.start or ""), instant_of(fact.service.end or "")
    except ValueError:
        return None
    return (start, end) if end > start else None


def _line(bill: Bill, of_day: tuple[Running, ...], meaning: str, each: Running, units: int) -> Said:
    given = Given(
        records=each.records, revenue="revenue_chemo_administration", units=Decimal(units)
    )
    differs = _differs(bill, of_day, meaning, given.first_day)
    return line(bill, meaning, given, differs)


def _differs(
    bill: Bill, of_day: tuple[Running, ...], meaning: str, day: date
) -> tuple[Differs, ...]:
    """Another code for the same act, or an act that the other edition does not count."""
    rules = bill.case.rules
    by_code = told(rules.differs(meaning, day))
    if by_code or meaning in _counted(bill.case.elsewhere, of_day, bill.last_day):
        return by_code
    entry = rules.find(meaning, day)
    here = entry.code if entry else "nothing"
    return told(rules.differs("chemo_administration", bill.last_day), here, "nothing")


def _counted(case: Case, of_day: tuple[Running, ...], on: date) -> set[str]:
    """The meanings that an edition bills for a day."""
    entry = case.rules.find("chemo_administration", on)
    said = COUNTING[entry.code](of_day, entry) if entry else ()
    return {slot[0] for slot in said if not isinstance(slot, Finding)}
