"""What waits or is disputed, over one encounter or all, and what somebody can type about it.

What concerns the patient at once stands first: a reported infusion, admission, death or grade; then
what the ledger has had longest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from shlex import quote
from typing import Final

from rich.console import RenderableType

from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.records import STYLES, against, detail, what_is_missing
from veinledger.adapters.cli.show.stages import parked as parked_in
from veinledger.adapters.cli.show.tables import inset, joined, listing, plural
from veinledger.domain.facts.decisions import ATTESTABLE
from veinledger.domain.intake.whose.unassigned import WAITS_TO_BE_ASSIGNED, Unassigned
from veinledger.domain.reports import Record
from veinledger.domain.standing.encounter import chain_of
from veinledger.domain.standing.found.two_records import PUT_OUT
from veinledger.domain.standing.history import AsOf, Effective
from veinledger.domain.standing.occurred import had_occurred
from veinledger.domain.standing.set_aside import ONE_HOLDER, ONE_MESSAGE, OPENED_ONCE
from veinledger.domain.standing.standing import Standing
from veinledger.projections.case.unconfirmed import SHOWN_AT_ONCE

WHO = "--by ID --role ROLE --reason TEXT"
NO_ENCOUNTER: Final = "no encounter"
KEY = 12
"""How much of a report key is shown; any unambiguous beginning of it names the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something to type, and what it does."""

    does: str
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """A record that has no place yet, or a report that names no encounter."""

    encounter: str | None
    """None where it names neither encounter nor centre."""
    sequence: int | None
    type: str
    occurred: str
    words: str
    record: str
    """Report key: what a confirmation or a discard names."""
    leaf: str | None
    since: datetime
    """When the ledger got it."""
    days: int
    """Whole days since then."""
    days_since_it_occurred: int
    """Days since the day on which it is said to have happened; none where that is still ahead."""
    urgent: bool
    """An infusion, an admission, a death or a grade: somebody looks after this patient now."""
    standing: Standing
    commands: tuple[Command, ...]
    """What a person can do about it, one or the other."""
    told_since: str | None = None
    """The record that came by the same message and item and names an encounter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedOn:
    """When it is asked: ages are counted up to then, and what occurred later is left out."""

    now: datetime
    """In the ledger's knowledge."""
    day: date
    as_of: AsOf = None


def parked(
    seen: Iterable[Effective], asked: AskedOn, unassigned: Iterable[Unassigned] = ()
) -> tuple[Parked, ...]:
    """All that waits or is disputed; the most urgent first, then the oldest."""
    found = [
        _parked(record, each, asked)
        for each in seen
        for record in parked_in(each)
        if asked.as_of is None or had_occurred(record, asked.as_of)
    ]
    found += [
        _nobodys(each, asked)
        for each in unassigned
        if each.waits and (asked.as_of is None or had_occurred(each.report, asked.as_of))
    ]
    return tuple(sorted(found, key=lambda one: (not one.urgent, one.since, one.encounter or "")))


def _nobodys(each: Unassigned, asked: AskedOn) -> Parked:
    """A report that names no encounter, and what can be typed about it."""
    report, key, since = each.report, each.record[:KEY], each.told_since
    whose = quote(since.encounter) if since and since.encounter else "ENCOUNTER"
    return Parked(
        encounter=None,
        sequence=None,
        type=report.fact.type,
        occurred=report.occurred.text,
        words=detail(report.fact),
        record=each.record,
        leaf=None,
        since=each.recorded_at,
        days=max((asked.now - each.recorded_at).days, 0),
        days_since_it_occurred=max((asked.day - report.occurred.local_day).days, 0),
        urgent=report.fact.type in SHOWN_AT_ONCE,
        standing=WAITS_TO_BE_ASSIGNED,
        commands=(
            Command(does="say whose it is", command=f"assign {key} --encounter {whose}"),
            Command(does="it is nobody's here", command=f"discard - {key}"),
        ),
        told_since=f"record {since.sequence} of {since.encounter}" if since else None,
    )


def _parked(record: Record, seen: Effective, asked: AskedOn) -> Parked:
    return Parked(
        encounter=record.name,
        sequence=record.seal.sequence,
        type=record.fact.type,
        occurred=record.occurred.text,
        words=detail(record.fact),
        record=record.key,
        leaf=record.seal.leaf,
        since=record.received_at,
        days=max((asked.now - record.received_at).days, 0),
        days_since_it_occurred=max((asked.day - record.day).days, 0),
        urgent=record.fact.type in SHOWN_AT_ONCE,
        standing=seen.standings[record.key],
        commands=tuple(_commands(record, seen)),
    )


def _commands(record: Record, seen: Effective) -> Iterator[Command]:
    """What a person can type; an opening too many takes no part even if it is confirmed."""
    name, number = quote(record.name), record.seal.sequence
    standing = seen.standings[record.key]
    rules = {objection.rule for objection in standing.objections}
    if OPENED_ONCE not in rules:
        steps = _steps(record, standing)
        yield Command(does="put it in effect", command=f"confirm {name} {number}{steps}")
    yield Command(does="put it out of effect", command=f"discard {name} {number}")
    other = _other_of_the_two(record, seen)
    if other is not None:
        whose = "" if other.name == record.name else f" of {other.name}"
        yield Command(
            does=f"record {other.seal.sequence}{whose} is wrong",
            command=f"correct {quote(other.name)} --void {other.seal.sequence}",
        )
    if rules & {ONE_HOLDER, OPENED_ONCE}:
        yield Command(
            does="it is another encounter's", command=f"correct {name} --move {number}=ENCOUNTER"
        )
    elif ONE_MESSAGE not in rules:
        yield Command(
            does="its date is wrong", command=f"correct {name} --date {number}=YYYY-MM-DD"
        )


def _other_of_the_two(record: Record, seen: Effective) -> Record | None:
    """The record of this encounter that puts it out of effect, where one does."""
    known = {each.key: each for each in seen.known}
    for found in seen.findings:
        if found.rule == PUT_OUT and found.records[0] == record.key:
            return known.get(found.records[1])
    return None


def _steps(record: Record, standing: Standing) -> str:
    """What a confirmation may attest, where nobody will report it."""
    step = standing.waits_for
    return f" --attest {step}=YYYY-MM-DD" if step in ATTESTABLE and chain_of(record.fact) else ""


def list_of_parked(found: Sequence[Parked]) -> Iterator[RenderableType]:
    """One block a record: what, for what, since when, and what would settle it."""
    for each in found:
        yield from _block(each)
    if found:
        yield (
            f"Each command asks who decides, and why: {WHO}. With --dry-run it only says what it"
            " would change."
        )
    awaited = Counter((each.encounter or NO_ENCOUNTER, str(each.standing)) for each in found)
    for (encounter, standing), number in awaited.items():
        yield f"{encounter}: {plural(number, 'record')} {standing}"
    yield f"{plural(len(found), 'record waits or is', 'records wait or are')} disputed."


def _block(each: Parked) -> Iterator[RenderableType]:
    yield joined(
        styled("reported, not confirmed: ", "bold yellow") if each.urgent else "",
        styled(f"{each.encounter or NO_ENCOUNTER}  ", "bold"),
        f"record {each.sequence}, " if each.sequence is not None else "",
        styled(each.type, "bold"),
        f" on {each.occurred}",
        f" ({each.words})" if each.words else "",
        ": ",
        styled(each.standing, STYLES[each.standing.status]),
    )
    yield inset(
        f"here since {each.since:%Y-%m-%d %H:%M} UTC, {plural(each.days, 'day')}; it happened"
        f" {plural(each.days_since_it_occurred, 'day')} ago; report key {each.record[:KEY]}"
    )
    yield from _what_it_waits_for(each)
    yield inset(
        listing(
            ((f"{one.does}:", f"veinledger {one.command}") for one in each.commands),
            widths=(26,),
        )
    )
    yield ""


def _what_it_waits_for(each: Parked) -> Iterator[RenderableType]:
    """What would give it its place, or what stands against it."""
    if each.told_since is not None:
        yield inset(
            f"{each.told_since} came since by the same message and says whose it is; assigned, this"
            " one stands beside it, disputed"
        )
    if each.encounter is None:
        yield from (inset(f"{one.reason}; {one.remedy}") for one in each.standing.objections)
    elif each.standing.waits_for is not None:
        yield inset(what_is_missing(each.standing.waits_for))
    else:
        yield from (inset(against(objection)) for objection in each.standing.objections)
