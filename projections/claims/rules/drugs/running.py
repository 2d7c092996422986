"""For how long each drug of a day ran, and through which vein: what administration codes follow.

Minutes count by instants, so that a change of the clock adds none; spans that overlap or touch
are one. The limits between push, infusion and further hour are the code book's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from veinledger.domain.facts.groups import Drug, Service
from veinledger.domain.reports import Record
from veinledger.domain.rules import Rules
from veinledger.domain.values import instant_of

Span = tuple[datetime, datetime]
LAST: Final = datetime.max.replace(tzinfo=UTC)
"""Where something without a start stands in the order of starts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Minutes between one administration code and the next."""

    push: int
    """An infusion of so many minutes or fewer is a push."""
    hour: int
    further: int
    """A further hour counts from this minute past the hour before it."""
    pump: int
    """A longer infusion is one by pump."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Giving:
    """One dose as it was given."""

    record: Record
    what: str
    """The drug: an agent of the regimen, or tocilizumab."""
    drug: Drug
    service: Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """One drug through one vein on one day: its doses, and when it ran."""

    what: str
    site: str | None
    records: tuple[Record, ...]
    spans: tuple[Span, ...]
    """Merged, in order; empty where no dose has both times."""
    pushed: bool
    """Every dose of it was a push by its route."""
    untimed: tuple[Record, ...] = ()
    """Infusions without a start or a stop time."""
    backwards: tuple[Record, ...] = ()
    """Infusions that stop when they start, or before."""

    @property
    def begins(self) -> datetime:
        """Its first start."""
        return self.spans[0][0] if self.spans else LAST

    def is_push(self, limits: Limits) -> bool:
        """By its route, or because no span of it ran longer than a push."""
        return self.pushed or not self.infusions(limits)

    def infusions(self, limits: Limits) -> tuple[Span, ...]:
        """The spans that ran longer than a push."""
        return tuple(span for span in self.spans if _minutes(span) > limits.push)

    def minutes(self, limits: Limits) -> int:
        """For how long it was infused; a push of the same drug beside it adds nothing."""
        return sum(_minutes(span) for span in self.infusions(limits))

    def further_hours(self, limits: Limits) -> int:
        """Hours beyond the first, each begun by enough minutes."""
        return max(0, (self.minutes(limits) - limits.further) // limits.hour)

    def overlaps(self, other: Running, limits: Limits) -> bool:
        """Whether both were infused at one time; one that begins as the other ends was not."""
        mine, theirs = self.infusions(limits), other.infusions(limits)
        return any(one[0] < two[1] and two[0] < one[1] for one in mine for two in theirs)


def limits_of(rules: Rules, on: date) -> Limits | None:
    """The limits in force; None where the edition counts no minutes."""
    meanings = ("infusion_push_at_most", "infusion_hour", "infusion_further_hour_from")
    found = [rules.find(meaning, on) for meaning in (*meanings, "infusion_by_pump_after")]
    sizes = [int(entry.unit.amount) for entry in found if entry and entry.unit]
    if len(sizes) < len(found):
        return None
    push, hour, further, hours = sizes
    return Limits(push=push, hour=hour, further=further, pump=hours * hour)


def running(givings: Iterable[Giving]) -> tuple[Running, ...]:
    """Each drug by the vein through which it ran, in the order in which they began."""
    every = tuple(givings)
    named = {each.drug.access_site for each in every} - {None}
    only = next(iter(named)) if len(named) == 1 else None
    groups: dict[tuple[str, str | None], list[Giving]] = {}
    for each in every:
        site = each.drug.access_site or only
        groups.setdefault((each.what, site), []).append(each)
    found = (_of_drug(what, site, same) for (what, site), same in groups.items())
    return tuple(sorted(found, key=lambda each: (each.begins, each.what, each.site or "")))


def _of_drug(what: str, site: str | None, same: list[Giving]) -> Running:
    infused = [each for each in same if each.drug.route != "push"]
    timed = [(each, span) for each in infused if (span := _span(each.service)) is not None]
    known = {each.record.key for each, _ in timed}
    return Running(
        what=what,
        site=site,
        records=tuple(each.record for each in same),
        spans=tuple(_merged(span for _, span in timed if span[0] < span[1])),
        pushed=not infused,
        untimed=tuple(each.record for each in infused if each.record.key not in known),
        backwards=tuple(each.record for each, span in timed if span[1] <= span[0]),
    )


def _span(service: Service) -> Span | None:
    try:
        return instant_of(service.start or ""), instant_of(service.end or "")
    except ValueError:
        return None


def _merged(spans: Iterable[Span]) -> Iterator[Span]:
    """Spans that overlap or touch as one, in order."""
    open_span: Span | None = None
    for start, end in sorted(spans):
        if open_span is None:
            open_span = (start, end)
        elif start <= open_span[1]:
            open_span = (open_span[0], max(open_span[1], end))
        else:
            yield open_span
            open_span = (start, end)
    if open_span is not None:
        yield open_span


def _minutes(span: Span) -> int:
    """Whole minutes; the seconds of one that has begun do not count."""
    return int((span[1] - span[0]).total_seconds()) // 60
