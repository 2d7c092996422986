"""What was learned between two moments in words: the records, who said so, and what it did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rich.console import RenderableType

from veinledger.adapters.cli.decisions.changing import consequences_of
from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.notes import Numbering
from veinledger.adapters.cli.show.records import STYLES, cell_of_number
from veinledger.adapters.cli.show.tables import Cell, heading, joined, plural, table
from veinledger.projections.changed_records import RecordChange
from veinledger.projections.changes import Changes
from veinledger.projections.learned import Learned


def diff(found: Changes, *, of_days: bool = False) -> Iterator[RenderableType]:
    """Records first; then stage, claims, money, schedule and findings, only what differs."""
    yield heading(f"{found.encounter}: {_moments(found, of_days=of_days)}, edition {found.edition}")
    yield ""
    if found.nothing:
        yield "Nothing: no record came or happened, and nothing is otherwise than before."
        return
    changed = {each.record: each for each in found.records}
    for told, word in ((found.learned, "learned"), (found.happened, "happened")):
        if told:
            late = sum(each.days_late > 0 for each in told)
            behind = f", {late} of them late" if late else ""
            yield heading(f"{word} in between: {plural(len(told), 'record')}{behind}")
            yield _told(told, changed, found.encounter)
            yield ""
    numbered = _numbers(found)
    yield from consequences_of(found, ("records that count for something else", _others(found)),
                               numbered)  # fmt: skip


def _moments(found: Changes, *, of_days: bool) -> str:
    """The two that were asked about; two days may be one day twice."""
    if of_days or found.as_of != found.as_of_before:
        held = f", known at {found.before}" if found.before is not None else ""
        return f"what happened from {found.as_of_before} to {found.as_of}{held}"
    day = f", as of {found.as_of}" if found.as_of else ""
    return f"what was learned from {_moment(found.before)} to {_moment(found.after)}{day}"


def _moment(known_at: object) -> str:
    if known_at is None:
        return "now"
    return f"position {known_at}" if isinstance(known_at, int) else str(known_at)


def _numbers(found: Changes) -> Numbering:
    every: Iterable[Learned | RecordChange] = (*found.learned, *found.happened, *found.records)
    told = {each.record: (each.encounter, each.sequence) for each in every}
    return Numbering(encounter=found.encounter, of={**told, **found.causes})


def _told(
    told: Iterable[Learned], changed: Mapping[str, RecordChange], encounter: str
) -> RenderableType:
    heads = (">seq", "=what happened, when", "=recorded (UTC)", "said by, in message", "counts as")
    return table(heads, [_row(each, changed.get(each.record), encounter) for each in told])


def _row(each: Learned, change: RecordChange | None, encounter: str) -> tuple[Cell, ...]:
    late = f"\nlate: {each.days_late} days after" if each.days_late else ""
    came_before = each.received_at != each.recorded_at
    received = f"\nreceived {each.received_at:%Y-%m-%d %H:%M}" if came_before else ""
    source = each.source
    item = f" item {source.item}" if source.item != 1 else ""
    because = change.because if change and change.because != "new" else ""
    standing = styled(each.standing, STYLES.get(each.standing.status, "green"))
    return (
        cell_of_number(encounter, each.encounter, each.sequence),
        joined(each.type, styled(f"\n{each.day}", "dim")),
        joined(f"{each.recorded_at:%Y-%m-%d %H:%M}{received}", styled(late, "bold yellow")),
        joined(
            f"{each.actor.id}, {each.actor.role}",
            styled(f"\n{source.connection} {source.message}{item}", "dim"),
        ),
        joined(standing, f"\n{because}" if because else ""),
    )


def _others(found: Changes) -> list[RenderableType]:
    """Records that were there before: what each counted for, and counts for now, and why."""
    new = {each.record for each in found.learned}
    rows: list[tuple[Cell, ...]] = [
        (
            cell_of_number(found.encounter, each.encounter, each.sequence),
            joined(each.type, styled(f"\n{each.day}", "dim")),
            f"{each.before or 'not there'} → {each.after or 'no longer here'}",
            each.because,
        )
        for each in found.records
        if each.record not in new
    ]
    return [table((">seq", "=what, when", "counts as", "because"), rows)] if rows else []
