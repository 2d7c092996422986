"""Billing units of drugs: what goes on one line together, and how milligrams become units."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Final

from veinledger.domain.codebook.entry import Entry
from veinledger.domain.codebook.ndc import eleven, product_of
from veinledger.domain.facts.groups import Drug, Service, Vials
from veinledger.domain.reports import Record
from veinledger.domain.rules import Rules
from veinledger.projections.claims.told import plain

OFFSET_FROM: Final = len("2026-05-06T04:20:00")
"""Where the offset of a time begins, behind the seconds; a fraction of them is none of ours."""
OVERNIGHT: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """One dose of one drug, and the meaning under which the code book knows it."""

    record: Record
    drug: Drug
    service: Service
    meaning: str
    course: str
    """Doses of one course may share a line where the edition pools them."""
    day: date = field(init=False, compare=False)
    """The date of service: the day on which it began."""
    ndcs: tuple[str, ...] = field(init=False, compare=False)
    """Every package that is reported of it, as dispensed first."""
    key: str | None = field(init=False, compare=False)
    """What the code book chooses a code by: the first NDC's labeler and product."""

    def __post_init__(self) -> None:
        once: dict[str, str] = {}
        for ndc in (self.drug.ndc, *(vials.ndc for vials in self.drug.vials)):
            if ndc is not None:
                once.setdefault(eleven(ndc), ndc)
        ndcs = tuple(once.values())
        object.__setattr__(self, "day", day_of(self.record, self.service))
        object.__setattr__(self, "ndcs", ndcs)
        object.__setattr__(self, "key", product_of(ndcs[0]) if ndcs else None)

    @property
    def ndc(self) -> str | None:
        """The NDC as dispensed, else that of the only kind of vial opened."""
        return self.drug.ndc or (self.ndcs[0] if len(self.ndcs) == 1 else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """The doses that one line bills, in the order in which they were given."""

    entry: Entry
    doses: tuple[Dose, ...]

    @property
    def first(self) -> Dose:
        """Its first dose: drug, NDC and day are those of all of them."""
        return self.doses[0]

    @property
    def records(self) -> tuple[Record, ...]:
        """The records that it rests on."""
        return tuple(dose.record for dose in self.doses)

    @property
    def milligrams(self) -> Decimal:
        """All that was given, mg."""
        return sum((dose.drug.dose for dose in self.doses), Decimal(0))

    @property
    def size(self) -> Decimal:
        """What one unit holds, mg."""
        return self.entry.unit.amount if self.entry.unit else Decimal(1)

    @property
    def units(self) -> Decimal:
        """Whole billing units, rounded up."""
        return (self.milligrams / self.size).to_integral_value(ROUND_CEILING)

    @property
    def vials(self) -> tuple[Vials, ...]:
        """What was opened for it; a vial that two doses share is told with one of them."""
        return tuple(vials for dose in self.doses for vials in dose.drug.vials)

    @property
    def quantity(self) -> str:
        """The arithmetic as a person would write it."""
        terms = [plain(dose.drug.dose) for dose in self.doses]
        added = f"{' + '.join(terms)} = " if len(terms) > 1 else ""
        return f"{added}{plain(self.milligrams)} mg at {plain(self.size)} mg a unit"


POOLING: Final[dict[str, Callable[[Dose], Hashable]]] = {
    "up_per_line_and_day": lambda dose: dose.day,
    "up_over_all_days": lambda dose: dose.course,
}
"""By the word of the code book's `unit_rounding`: which doses share a line."""


def portions(doses: Iterable[Dose], rules: Rules, on: date) -> tuple[Portion, ...]:
    """The lines that some doses make in an edition; a dose without a code makes none."""
    rounding = rules.find("unit_rounding", on)
    pooled = POOLING[rounding.code if rounding else "up_per_line_and_day"]
    groups: dict[Hashable, list[tuple[Dose, Entry]]] = {}
    for dose in doses:
        entry = entry_of(dose, rules)
        if entry is not None:
            together = (dose.meaning, entry.code, _package(dose), _bought(dose), pooled(dose))
            groups.setdefault(together, []).append((dose, entry))
    return tuple(
        Portion(entry=pairs[0][1], doses=tuple(dose for dose, _ in pairs))
        for pairs in groups.values()
    )


def entry_of(dose: Dose, rules: Rules) -> Entry | None:
    """The code of a dose: by the NDC as dispensed, else by the vials, if they agree on one."""
    named = (dose.ndc,) if dose.ndc or not dose.ndcs else dose.ndcs
    found = [_entry(dose, ndc, rules) for ndc in named]
    return found[0] if len({entry.code if entry else None for entry in found}) == 1 else None


def _entry(dose: Dose, ndc: str | None, rules: Rules) -> Entry | None:
    """The code of one NDC. Where each maker has a code, an NDC in no entry has none."""
    entry = rules.find(dose.meaning, dose.day, product_of(ndc) if ndc else None)
    if entry is None or entry.only_for or ndc is None:
        return entry
    return None if by_ndc_alone(dose, rules) else entry


def by_ndc_alone(dose: Dose, rules: Rules) -> bool:
    """Whether nothing but its NDC says which maker's code a drug takes."""
    listed = rules.find("codes_by_ndc_alone", dose.day)
    return listed is not None and dose.meaning in listed.parts


def day_of(record: Record, service: Service) -> date:
    """The day on which a service began: that of the report, unless it came over midnight."""
    return record.day - OVERNIGHT if days_late(record, service) == OVERNIGHT else record.day


def days_late(record: Record, service: Service) -> timedelta:
    """How many days the report lies behind the start, where both are told with one offset."""
    text, start = record.occurred.text, service.start or ""
    timed = record.occurred.instant is not None and len(start) > OFFSET_FROM
    if not timed or text[OFFSET_FROM:] != start[OFFSET_FROM:]:
        return timedelta(0)
    return date.fromisoformat(text[:10]) - date.fromisoformat(start[:10])


def _package(dose: Dose) -> Hashable:
    """The NDC as eleven digits, however it was printed; of several, all of them."""
    return eleven(dose.ndc) if dose.ndc else tuple(eleven(ndc) for ndc in dose.ndcs)


def _bought(dose: Dose) -> Hashable:
    """How it was acquired: a line says that by a modifier, or is not billed as a purchase."""
    return dose.drug.acquired_under_340b, dose.drug.acquisition


def in_all(doses: Iterable[Dose], rules: Rules, on: date) -> str:
    """What an edition bills for some doses altogether: J9185, 6 units on 3 lines, 50 mg a unit."""
    made = portions(doses, rules, on)
    totals: dict[str, list[Portion]] = {}
    for portion in made:
        totals.setdefault(portion.entry.code, []).append(portion)
    return "; ".join(_total(code, same) for code, same in totals.items()) or "nothing"


def _total(code: str, same: list[Portion]) -> str:
    units = sum((portion.units for portion in same), Decimal(0))
    lines = "1 line" if len(same) == 1 else f"{len(same)} lines"
    counted = "1 unit" if units == 1 else f"{plain(units)} units"
    return f"{code}, {counted} on {lines}, {plain(same[0].size)} mg a unit"
