"""Which fact meets which obligation: derived from days and contents, whatever a fact hints at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.disease import DocumentFiled, LaboratoryResulted
from veinledger.domain.facts.surveillance import RegistryFormFiled
from veinledger.domain.facts.toxicity import ToxicityObserved
from veinledger.domain.obligations.point import Meets, Point, Window
from veinledger.domain.reports import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A record that may meet an obligation."""

    record: Record
    about: date
    """The day that it tells of: of a specimen that it was taken, of a form that of the contact."""
    day: date
    """The day on which it was there; that decides whether it was in time."""
    period: str | None = None
    """Of a registry form: the reporting period that it names."""


def candidates(records: Iterable[Record], meets: Sequence[Meets]) -> list[Candidate]:
    """The records that can meet what asks for such facts, by their days."""
    found = [_candidate(record) for record in records if can_meet(record.fact, meets)]
    return sorted(found, key=lambda each: (each.about, each.day))


def can_meet(fact: Fact, meets: Sequence[Meets]) -> bool:
    """Whether a fact is one of those asked for."""
    return any(fact.type == each.fact and _about(fact, each) for each in meets)


def assigned(
    points: Sequence[tuple[Point, Window]], found: Sequence[Candidate]
) -> list[Candidate | None]:
    """What meets each point of a series, in the order of the points; a record meets one of them.

    A form that names its period meets that one. Then each point takes the record within its window
    that is nearest to its day. What is still open takes the first record after its window and
    before the next one opens: from then on the next one is owed. Nothing after day 0 is a baseline.
    """
    met = [_named(point, found) for point, _ in points]
    free = [each for each in found if each not in met and each.period is None]
    for at, (_, window) in enumerate(points):
        if met[at] is None:
            met[at] = _nearest(free, window)
            free = [each for each in free if each is not met[at]]
    for at, (point, window) in enumerate(points):
        if met[at] is None and (point.days or point.months):
            until = points[at + 1][1].opens if at + 1 < len(points) else date.max
            met[at] = next((c for c in free if window.closes < c.about < until), None)
            free = [each for each in free if each is not met[at]]
    return met


def last_chances(points: Sequence[tuple[Point, Window]]) -> list[date | None]:
    """By when each point can still be met, be it late: by the rule of `assigned`, in its order."""
    opens = [window.opens for _, window in points[1:]]
    nexts: list[date | None] = [*(day - timedelta(days=1) for day in opens), None]
    return [
        (until and max(until, window.closes)) if point.days or point.months else window.closes
        for (point, window), until in zip(points, nexts, strict=False)
    ]


def _named(point: Point, found: Iterable[Candidate]) -> Candidate | None:
    return next((each for each in found if each.period and point.called(each.period)), None)


def _nearest(free: Iterable[Candidate], window: Window) -> Candidate | None:
    in_time = (each for each in free if window.covers(each.about))
    return min(in_time, key=lambda each: abs((each.about - window.due).days), default=None)


def _candidate(record: Record) -> Candidate:
    match record.fact:
        case LaboratoryResulted(collected_on=date() as taken):
            return Candidate(record=record, about=taken, day=taken)
        case RegistryFormFiled(contact_on=contact, period=period):
            return Candidate(
                record=record, about=contact or record.day, day=record.day, period=period
            )
        case _:
            return Candidate(record=record, about=record.day, day=record.day)


def _about(fact: Fact, meets: Meets) -> bool:
    match fact:
        case LaboratoryResulted(test=test, loinc=loinc):
            any_test = not (meets.tests or meets.loincs)
            return any_test or _same(test, meets.tests) or loinc in meets.loincs
        case RegistryFormFiled(form=form):
            return not meets.forms or _same(form, meets.forms)
        case DocumentFiled(kind=kind):
            return not meets.documents or _same(kind, meets.documents)
        case ToxicityObserved(kind=kind):
            return not meets.toxicities or kind in meets.toxicities
        case _:
            return True


def _same(text: str, known: tuple[str, ...]) -> bool:
    return text.strip().casefold() in _folded(known)


@lru_cache(maxsize=256)
def _folded(known: tuple[str, ...]) -> frozenset[str]:
    """What a page calls it; there are as many as the pages have rows."""
    return frozenset(each.casefold() for each in known)
