"""How much was done on time: of the obligations whose last day lies within a period, per centre.

The denominator is said with every share. What was cancelled (the patient died, withdrew or is
through) was owed no more and is not counted; what hangs on an infusion that is reported and not
confirmed is counted apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import takewhile
from typing import Final, Literal

from veinledger.domain.rules import Rules
from veinledger.projections.due.shapes import Owing
from veinledger.projections.schedule import Obligation

Kept = Literal["on time", "late", "missed", "open"]

_KEPT: Final[dict[str, Kept]] = {
    "met": "on time",
    "late": "late",
    "missed": "missed",
    "due": "open",
    "upcoming": "open",
}
_DAY_BY_DAY: Final = frozenset({"monitoring"})
"""Owed on each of many days: one measure for all of them."""
_TENTH: Final = Decimal("0.1")
_Alike = tuple[str, str, int, str]
"""Centre, group, place in the calendar, rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Of which obligations the measures are: those whose last day lies within a period."""

    first: date
    last: date
    """Both days belong to the period."""
    centre: str | None = None
    group: str | None = None
    """None: all but hints, which nobody owes."""

    def covers(self, obligation: Obligation) -> bool:
        """Whether an obligation is one of them."""
        named = obligation.group == self.group
        owed = named or (self.group is None and obligation.group != "hint")
        return owed and self.first <= obligation.closes <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """How one obligation of one centre was kept, over all its encounters."""

    centre: str | None
    group: str
    rule: str | None
    """None: all of its group, which is owed day by day."""
    what: str
    on_time: int
    late: int
    missed: int
    open: int
    """Their last day has not passed yet; they are not in the denominator."""
    provisional: int
    """They hang on an infusion that is reported and not confirmed; in no other number."""
    unverified: bool
    """Whether the day or the window of any of them has no source."""

    @property
    def judged(self) -> int:
        """The denominator: kept on time, kept late, or missed."""
        return self.on_time + self.late + self.missed

    @property
    def share_on_time(self) -> Decimal | None:
        """Per cent of those judged that were kept on time; None where none was judged."""
        if not self.judged:
            return None
        share = Decimal(100) * self.on_time / self.judged
        return share.quantize(_TENTH, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """How much of what had to be done within a period was done on time."""

    asked: Asked
    as_of: date
    """What had happened by then; a visit on a later day is not seen."""
    edition: str
    rule_pack: str
    encounters: int
    measures: tuple[Measure, ...]
    """By centre, then by group, in the order of the calendar."""
    cancelled: int
    """Obligations of the period that were owed no more when it came."""


def measures(asked: Asked, as_of: date, owing: Iterable[Owing], rules: Rules) -> Measures:
    """How much was kept on time of all whose last day lies within the period.

    The schedules are as of that day, one for each encounter.
    """
    of_centre = (each for each in owing if asked.centre in (None, each.centre))
    here = sorted(of_centre, key=lambda each: each.owed.encounter)
    found = [
        (each.centre, obligation)
        for each in here
        for obligation in each.owed.obligations
        if asked.covers(obligation)
    ]
    counted = [pair for pair in found if pair[1].status in _KEPT]
    return Measures(
        asked=asked,
        as_of=as_of,
        edition=rules.edition,
        rule_pack=rules.pack,
        encounters=len(here),
        measures=tuple(_measures(counted, _as_calendars_run(here))),
        cancelled=len(found) - len(counted),
    )


def _as_calendars_run(here: Iterable[Owing]) -> dict[str, int]:
    """Where the obligations of a rule stand among all: as in the first calendar that has them."""
    named: dict[str, int] = {}
    for each in here:
        for obligation in sorted(each.owed.obligations, key=lambda each: each.due):
            named.setdefault(obligation.rule, len(named))
    return named


def _measures(
    counted: Iterable[tuple[str | None, Obligation]], places: Mapping[str, int]
) -> Iterator[Measure]:
    alike: dict[_Alike, list[Obligation]] = {}
    for centre, obligation in counted:
        alone = obligation.group not in _DAY_BY_DAY
        place, rule = (places[obligation.rule], obligation.rule) if alone else (0, "")
        name: _Alike = (centre or "", obligation.group, place, rule)
        alike.setdefault(name, []).append(obligation)
    for name in sorted(alike):
        yield _measure(name, alike[name])


def _measure(name: _Alike, found: list[Obligation]) -> Measure:
    centre, group, _, rule = name
    kept = Counter(_KEPT[each.status] for each in found if each.provisional is None)
    return Measure(
        centre=centre or None,
        group=group,
        rule=rule or None,
        what=_common({each.what for each in found}),
        on_time=kept["on time"],
        late=kept["late"],
        missed=kept["missed"],
        open=kept["open"],
        provisional=sum(each.provisional is not None for each in found),
        unverified=any(each.confidence == "unverified" for each in found),
    )


def _common(told: set[str]) -> str:
    """What one row is called that counts several: daily monitoring; send claim E."""
    if len(told) == 1:
        return next(iter(told))
    first, last = min(told), max(told)
    shared = "".join(one for one, _ in takewhile(_alike, zip(first, last, strict=False)))
    words, _, begun = shared.partition(", ")[0].rpartition(" ")
    return f"{words} {'' if any(map(str.isdigit, begun)) else begun}".strip()


def _alike(pair: tuple[str, str]) -> bool:
    return pair[0] == pair[1]
