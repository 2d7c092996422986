"""What became of each line that was handed in, in a line; what was refused, in full.

A refused line is known by its number alone: nothing that stood in it is repeated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rich.console import RenderableType

from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.records import against
from veinledger.adapters.cli.show.tables import heading, inset, joined, plural
from veinledger.domain.findings import Refusal
from veinledger.domain.intake.outcome import Answer, Outcome, RefusedItem

STYLES: Final[dict[Answer, str]] = {
    "recorded": "green",
    "parked": "yellow",
    "duplicate": "dim",
    "refused": "bold red",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """What became of one line of a file."""

    line: int
    outcome: Outcome


def outcome(told: Numbered) -> Iterator[RenderableType]:
    """What became of one line, and what to do where it is not simply recorded."""
    found = told.outcome
    refused = found.answer == "refused"
    yield joined(
        f"{told.line:>6}  ",
        styled(f"{found.answer:<10}", STYLES[found.answer]),
        f"{found.type or 'a line that is no report':<35}",
        "" if refused else f"{found.encounter or '':<12}{found.stage or ''}",
    )
    if found.answer == "parked":
        yield inset(styled(found.standing, "yellow"), 8)
    if found.refusal is not None:
        yield from refusal(found.refusal, 8)
    if found.standing is not None and found.standing.status == "disputed":
        for objection in found.standing.objections:
            yield inset(against(objection), 8)
    for each in found.findings:
        yield inset(f"finding {each.rule}: {each.reason}; {each.remedy}", 8)


def refusal(found: Refusal, by: int) -> Iterator[RenderableType]:
    """Every rule that stood against something, and the shortest way where there is one."""
    for objection in found.objections:
        yield inset(against(objection), by)
    if found.shortest_way:
        yield inset(f"shortest way: {', then '.join(found.shortest_way)}", by)


def summary(found: Sequence[Numbered]) -> Iterator[RenderableType]:
    """How many of each, in one line; and what to look at next."""
    counts = counted(found)
    told = ", ".join(f"{number:,} {answer}" for answer, number in counts.items() if number)
    yield ""
    yield heading(f"{plural(len(found), 'line')}: {told or 'nothing to record'}")
    if counts["parked"]:
        yield "`veinledger parked` shows what waits and for what; send what is missing, any order."
    if counts["refused"]:
        yield "Refused lines are kept; correct them at their source and send them again."


def counted(found: Iterable[Numbered]) -> dict[str, int]:
    """How many lines got each answer."""
    counts = Counter(told.outcome.answer for told in found)
    return {answer: counts[answer] for answer in STYLES}


def in_full(found: Sequence[Numbered]) -> dict[str, object]:
    """The outcomes for programs; of a refused line its number, its type and the rules alone."""
    return {"lines": len(found), "answers": counted(found), "outcomes": list(map(_whole, found))}


def _whole(told: Numbered) -> dict[str, object]:
    found = told.outcome
    if found.answer == "refused":
        return {
            "line": told.line, "answer": found.answer, "type": found.type, "refusal": found.refusal
        }  # fmt: skip
    return {"line": told.line, "outcome": found}


def list_of_refused(found: Sequence[RefusedItem]) -> Iterator[RenderableType]:
    """What the ledger could not take: whose message, since when, which rules, what to do."""
    for each in found:
        yield joined(
            styled(f"record {each.position}", "bold"),
            f"  {each.recorded_at:%Y-%m-%d %H:%M} UTC  {each.type or 'a line that is no report'}",
        )
        source = each.source
        of = f", of encounter {each.encounter}" if each.encounter else ""
        yield inset(
            f"connection {source.connection}, message {source.message}, item {source.item}{of}"
        )
        yield from refusal(each.refusal, 2)
        yield ""
    yield f"{plural(len(found), 'refused report')}; their bytes are kept."
