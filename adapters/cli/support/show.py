"""Which support programmes a patient is sent to, what is done, and what is not for this patient."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import RenderableType

from veinledger.adapters.cli.options import asked
from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.claims import sure
from veinledger.adapters.cli.show.notes import Numbering
from veinledger.adapters.cli.show.records import numbering
from veinledger.adapters.cli.show.tables import Cell, heading, inset, joined, table
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import AsOf, KnownAt
from veinledger.projections.support.asked import in_words
from veinledger.projections.support.shapes import Support, Task

STYLES: Final = {
    "late": "bold red",
    "do now": "bold yellow",
    "ask first": "yellow",
    "done": "green",
    "not for this patient": "dim",
    "over": "dim",
}


def support(
    told: Support, records: Sequence[Record], as_of: AsOf, known_at: KnownAt
) -> Iterator[RenderableType]:
    """The tasks of an encounter, the most pressing first, then what stands against an enrolment."""
    yield heading(f"{told.encounter}: support{asked(told.edition, as_of, known_at)}")
    covered = in_words(told.coverage) or "nothing that is on record for this day"
    yield f"product {told.product}, covered by {covered}"
    yield ""
    numbered = numbering(records, told.encounter)
    if told.tasks:
        heads = ("=state", "who, and what", "what to do, and why")
        yield table(heads, [_row(each, numbered) for each in _alike(told.tasks)])
        yield ""
        yield styled("Whether a programme takes the patient is its own decision.", "dim")
        yield from _sources(told.tasks)
    else:
        yield "No page of support/ has a programme for this product."
    for each in told.findings:
        yield ""
        yield from _finding(each, numbered)


def _alike(tasks: Sequence[Task]) -> Iterator[Sequence[Task]]:
    """Tasks that differ in nothing but in whose they are stand in one row."""
    same: dict[tuple[object, ...], list[Task]] = {}
    for each in tasks:
        told = (each.state, each.what, each.do, each.ask, each.decided, each.reason, each.done_by)
        same.setdefault((*told, each.reach, each.look_again, each.note), []).append(each)
    yield from same.values()


def _row(alike: Sequence[Task], numbered: Numbering) -> tuple[Cell, ...]:
    task, who = alike[0], "\n".join(each.label for each in alike)
    gives = f"\n{', '.join(task.gives)}" if len(task.gives) > 1 else ""
    return (
        styled(task.state.replace("not for this", "not for this\n"), STYLES[task.state]),
        joined(styled(who, "bold"), f"\n{task.what}", styled(gives, "dim")),
        joined(
            "\n".join(_told(task, numbered)),
            *(styled(f"\n{caution}", "bold yellow") for caution in task.caution),
        ),
    )


def _told(task: Task, numbered: Numbering) -> Iterator[str]:
    done = numbered.told((task.done_by or "",))
    if task.ask:
        yield f"Ask: {task.ask}"
    if task.do:
        by = f" ({task.decided})" if task.decided else ""
        yield f"{'If so: ' if task.ask else ''}{task.do}{by}"
    if task.reason:
        yield f"{task.reason}{f' ({done})' if done else ''}"
    if task.look_again:
        yield f"{task.opens or 'funds open and close'}; look again on {task.look_again}"
    if task.do:
        yield f"how: {task.reach}"
        if task.note:
            yield task.note


def _sources(tasks: Sequence[Task]) -> Iterator[RenderableType]:
    """Where each comes from, and what could not be verified; each source once."""
    by_source: dict[tuple[str, str], list[str]] = {}
    for each in tasks:
        source = each.source.removesuffix("; unverified")
        by_source.setdefault((source, sure(each.confidence)), []).append(each.label)
    for (source, doubt), labels in by_source.items():
        who = ", ".join(dict.fromkeys(labels))
        yield styled(f"{who}: {source}{f' ({doubt})' if doubt else ''}", "dim")


def _finding(found: Finding, numbered: Numbering) -> Iterator[RenderableType]:
    named = numbered.told(found.records)
    yield styled(f"{found.severity}: {found.rule} ({named})", "bold red")
    yield inset(f"{found.reason}; {found.remedy}")
