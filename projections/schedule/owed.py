"""From what is owed and what met it to an obligation: the one place that decides a status."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from veinledger.domain.obligations.point import Window
from veinledger.domain.reports import Record
from veinledger.projections.case.unconfirmed import reasons
from veinledger.projections.schedule.question import End, Question
from veinledger.projections.schedule.shapes import Earlier, Group, Obligation, Status

SETTLED: Final = frozenset({"met", "late", "cancelled"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """The record that met an obligation, on which day, and what to call that."""

    record: str
    """Report key."""
    day: date
    how: str
    """In a few words: visit on 2026-06-11."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """Something owed, before it is asked whether it was met."""

    rule: str
    what: str
    group: Group
    anchor: str
    """Report key."""
    window: Window
    meets: tuple[str, ...]
    noun: str
    """What comes or does not come: a visit, a form."""
    source: str
    window_source: str
    confidence: str
    end: End | None = None
    """What cancels it, where its window had not closed by then."""
    provisional: str | None = None
    was_due: tuple[Earlier, ...] = ()
    holds_until: date | None = None
    open_until: date | None = None
    """The last day on which it can still be met, be it late; None: on any day."""
    no_show: str | None = None
    """What a recorded no-show says; it counts as missed at once."""
    unplaced: tuple[Record, ...] = ()
    """Records that wait or are disputed and would meet it."""
    caution: tuple[str, ...] = ()
    because: str = ""
    cites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Pending:
    """What is owed and what met it, before anybody asks how it stands on a day."""

    owed: Owed
    met: Met | None
    told: dict[tuple[Status, str], Obligation] = field(
        default_factory=dict[tuple[Status, str], Obligation], init=False, repr=False
    )
    """The obligation by how it stands, so that a day on which it stands alike shares it."""


def happened(record: Record) -> str:
    """What came about, by the last word of its fact: granted on 2026-05-01."""
    word = record.fact.type.rpartition(".")[2].replace("_", " ")
    return f"{word} on {record.day}"


def obligation(question: Question, pending: Pending) -> Obligation:
    """What is owed with its status on the day that is asked about."""
    return obligation_on(question.today, question, pending)


def obligation_on(today: date | None, question: Question, pending: Pending) -> Obligation:
    """What is owed with its status on any day, by which nothing else had happened."""
    stands = _status(today, pending.owed, pending.met)
    found = pending.told.get(stands)
    if found is None:
        found = pending.told[stands] = _obligation(question, pending.owed, pending.met, *stands)
    return found


def turns(pending: Pending) -> Iterator[date]:
    """The days on which its status may be another than the day before; none once it was met."""
    if pending.met is None:
        yield pending.owed.window.opens
        yield day_after(pending.owed.window.closes)
        if pending.owed.end is not None:
            yield pending.owed.end.day


def day_after(day: date) -> date:
    """The next day; of the last day that there is, itself."""
    return day if day == date.max else day + timedelta(days=1)


def _obligation(
    question: Question, owed: Owed, met: Met | None, status: Status, reason: str
) -> Obligation:
    return Obligation(
        key=f"{owed.rule}/{question.chains.first(owed.anchor)[:12]}",
        rule=owed.rule,
        what=owed.what,
        group=owed.group,
        anchor=owed.anchor,
        due=owed.window.due,
        opens=owed.window.opens,
        closes=owed.window.closes,
        open_until=owed.open_until,
        status=status,
        meets=owed.meets,
        met_by=met.record if met else None,
        met_on=met.day if met else None,
        reason=reason,
        because=owed.because,
        cites=owed.cites,
        provisional=owed.provisional,
        was_due=owed.was_due,
        caution=() if status in SETTLED else _caution(question, owed),
        holds_until=owed.holds_until,
        source=owed.source,
        window_source=owed.window_source,
        confidence=owed.confidence,
    )


def _status(today: date | None, owed: Owed, met: Met | None) -> tuple[Status, str]:
    """What met it goes before a no-show, a no-show before an end, an end before the calendar."""
    closes, end = owed.window.closes, owed.end
    if met is not None:
        in_time = met.day <= closes or owed.group == "hint"
        how = met.how if in_time else f"{met.how}, owed until {closes}"
        return "met" if in_time else "late", "; ".join(filter(None, (how, owed.no_show)))
    if owed.no_show is not None:
        return "missed", owed.no_show + _still_in_time(today, closes, owed)
    if end is not None and (today is None or end.day <= closes):
        return "cancelled", end.reason
    return _by_the_calendar(today, owed)


def _by_the_calendar(today: date | None, owed: Owed) -> tuple[Status, str]:
    window, hint = owed.window, owed.group == "hint"
    if today is None or today < window.opens:
        return "upcoming", ""
    if today <= window.closes:
        return "due", ""
    if hint:
        return "cancelled", "the days have passed; nobody owes what is expected"
    return "missed", f"no {owed.noun}"


def _still_in_time(today: date | None, closes: date, owed: Owed) -> str:
    """After a no-show the window may be open yet; once the encounter ended that helps nobody."""
    ended = owed.end is not None and today is not None and owed.end.day <= today
    if today is None or today > closes or ended:
        return ""
    return f"; a {owed.noun} until {closes} is still in time"


def _caution(question: Question, owed: Owed) -> tuple[str, ...]:
    """A reported death cancels nothing, and stands beside all that it would."""
    if not (question.deaths or owed.unplaced or owed.caution):
        return ()
    ended = (
        each.reason
        for each in question.deaths
        if owed.group not in ("filing", "appeal", "registry")
        and owed.window.closes >= each.occurred.local_day
    )
    beside = (
        f"a {owed.noun} of {record.day} is reported, not confirmed:"
        f" {reasons(question.seen.standings[record.key])}"
        for record in owed.unplaced
        if owed.window.covers(record.day)
    )
    return (*owed.caution, *ended, *beside)
