"""One task for each offer of each programme: to do, done, or not for this patient."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from veinledger.domain.codebook.statement import Confidence
from veinledger.domain.facts.authorization import CoverageKind
from veinledger.domain.lifecycle.stages import ENDS, Stage
from veinledger.domain.support.programme import Offer, Programme
from veinledger.projections.support.asked import Asked, Enrolment, in_words
from veinledger.projections.support.shapes import Task, TaskState

_OPEN: Final = frozenset({"late", "do now", "ask first"})
_SUREST_FIRST: Final[tuple[Confidence, ...]] = ("high", "medium", "low", "unverified")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """How a task stands, and why."""

    state: TaskState
    reason: str
    by: Enrolment | None = None
    ask: str | None = None


def tasks(asked: Asked) -> Iterator[Task]:
    """Every offer of every programme for this product, each once, in the order of the pages."""
    for programme in asked.mine.values():
        variants: dict[str, list[Offer]] = {}
        for each in asked.offers:
            if each.programme == programme.name:
                variants.setdefault(each.name, []).append(each)
        for same in variants.values():
            yield _task(asked, programme, same)


def barred_by(asked: Asked, offer: Offer) -> tuple[CoverageKind, ...]:
    """The kinds of coverage in force beside which an offer may never go."""
    return tuple(kind for kind in offer.never_with if kind in asked.every_kind)


def _task(asked: Asked, programme: Programme, variants: Sequence[Offer]) -> Task:
    fitting = _fitting(asked, variants)
    offer = fitting or variants[0]
    found = _found(asked, programme, offer, fits=fitting is not None)
    return _as_it_stands(asked, programme, offer, found)


def _as_it_stands(asked: Asked, programme: Programme, offer: Offer, found: _Found) -> Task:
    """What to do, how it is decided and when to look again, only while there is something to do."""
    still_open = found.state in _OPEN
    by_scheduling = offer.engage == "apheresis scheduling"
    return Task(
        key=f"{offer.rule}/{asked.named_by[:12]}",
        rule=offer.rule,
        anchor=asked.anchor,
        programme=programme.name,
        label=programme.label,
        run_by=programme.run_by,
        what=offer.label,
        gives=offer.gives,
        state=found.state,
        reason=found.reason,
        do=offer.do if still_open else "",
        decided=offer.decided if still_open else None,
        ask=found.ask,
        reach=programme.reach,
        due=asked.scheduled.due if by_scheduling else asked.opened,
        closes=asked.scheduled.collected if by_scheduling else None,
        look_again=programme.look_again(asked.on) if still_open else None,
        opens=programme.opens if still_open else None,
        done_by=found.by.record.key if found.by else None,
        done_on=found.by.record.day if found.by else None,
        note=offer.note,
        caution=tuple(each.reason for each in asked.deaths) if still_open else (),
        source=offer.said_by,
        confidence=max(offer.confidence, programme.confidence, key=_SUREST_FIRST.index),
    )


def _fitting(asked: Asked, variants: Sequence[Offer]) -> Offer | None:
    """The variant for the patient's coverage: by the order of benefits, then by the page."""
    for kind in asked.kinds:
        for each in variants:
            if kind in each.only_for:
                return each
    return next((each for each in variants if not each.only_for), None)


def _found(asked: Asked, programme: Programme, offer: Offer, *, fits: bool) -> _Found:
    unknown = not asked.kinds and bool(offer.only_for)
    barred = barred_by(asked, offer)
    if barred or not (fits or unknown):
        return _Found(state="not for this patient", reason=_why_not(asked, offer, barred))
    met = _met(asked, programme, offer)
    if met is not None:
        return _Found(state="done", reason=_done(asked, met), by=met)
    over = _over(asked, offer)
    if over is not None:
        return _Found(state="over", reason=over)
    if unknown:
        return _Found(state="ask first", reason=_enrolled(asked, programme), ask=_UNKNOWN)
    if offer.ask is not None:
        return _Found(state="ask first", reason=_enrolled(asked, programme), ask=offer.ask)
    return _pressing(asked, programme, offer)


_UNKNOWN: Final = (
    "how is the patient covered? No coverage of this day is on record: record it, as self-pay where"
    " there is none"
)


def _why_not(asked: Asked, offer: Offer, barred: Sequence[CoverageKind]) -> str:
    covered = in_words(barred or asked.kinds)
    return f"covered by {covered}: {offer.bar or f'it is for {in_words(offer.only_for)}'}"


def _met(asked: Asked, programme: Programme, offer: Offer) -> Enrolment | None:
    """The first enrolment with the programme in force that brings the offer."""
    for each in _with(asked, programme):
        if each.holds(asked.on) and (offer.by_enrolment or offer.is_named(each.fact.services)):
            return each
    return None


def _with(asked: Asked, programme: Programme) -> Iterator[Enrolment]:
    for each in asked.enrolments:
        if each.programme is not None and each.programme.name == programme.name:
            yield each


def _done(asked: Asked, by: Enrolment) -> str:
    day = by.record.day
    denied = [each.day for each in asked.denials if each.day < day]
    after = f", after the denial of {denied[0]}" if denied else ""
    return f"enrolled on {day}{after}"


def _over(asked: Asked, offer: Offer) -> str | None:
    stage = asked.case.seen.stage
    if stage in ENDS and stage is not Stage.LOST:
        return f"the encounter is {stage}"
    infusions = asked.case.infusions()
    if offer.before == "infusion" and infusions:
        return f"the cells were infused on {infusions[0][0].day}"
    return None


def _enrolled(asked: Asked, programme: Programme) -> str:
    """What an enrolment with the programme leaves open: it ended, or did not name the offer."""
    ended = [each.fact.until for each in _with(asked, programme) if not each.holds(asked.on)]
    named = [each.record.day for each in _with(asked, programme) if each.holds(asked.on)]
    if named:
        return f"the enrolment of {named[0]} does not name it"
    return f"the enrolment ended on {max(filter(None, ended))}" if ended else ""


def _pressing(asked: Asked, programme: Programme, offer: Offer) -> _Found:
    """Late once the scheduling is past or a payer said no; else to do now."""
    left = _enrolled(asked, programme)
    if offer.engage != "apheresis scheduling":
        return _Found(state="do now", reason=left)
    scheduled, denied = asked.scheduled, [each.day for each in asked.denials]
    if denied:
        return _Found(state="late", reason=_and(left, f"a denial of {denied[0]} is on record"))
    if scheduled.collected is not None and asked.on > scheduled.collected:
        late = f"the collection of {scheduled.collected} is past"
        return _Found(state="late", reason=_and(left, late))
    return _Found(state="do now", reason=_and(left, _when(scheduled.due)))


def _when(due: date | None) -> str:
    if due is None:
        return "no collection is ordered yet"
    return f"the collection was ordered on {due}"


def _and(*told: str) -> str:
    return "; ".join(filter(None, told))
