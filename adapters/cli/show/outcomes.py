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
from veinledger.adapters.deciding import Retried
from veinledger.domain.findings import Refusal
from veinledger.domain.intake.outcome import Answer, Outcome, RefusedItem, TakenSince

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
    """The outcomes for programs; of a refused line number, type, rules and receipt."""
    return {"lines": len(found), "answers": counted(found), "outcomes": list(map(_whole, found))}


def _whole(told: Numbered) -> dict[str, object]:
    found = told.outcome
    if found.answer == "refused":
        return {
            "line": told.line, "answer": found.answer, "type": found.type,
            "refusal": found.refusal, "receipt": found.receipt,
        }  # fmt: skip
    return {"line": told.line, "outcome": found}


def list_of_refused(found: Sequence[RefusedItem], *, all_of_them: bool) -> Iterator[RenderableType]:
    """What the ledger could not take: whose message, since when, which rules, what to do."""
    taken = [each for each in found if each.taken_since is not None]
    for each in found if all_of_them else [e for e in found if e.taken_since is None]:
        yield from one_refused(each)
        yield ""
    open_ones = len(found) - len(taken)
    yield f"{plural(open_ones, 'refused report')}; their bytes are kept."
    if taken and not all_of_them:
        yield f"{plural(len(taken), 'more was', 'more were')} taken since; --all shows them."
    if open_ones:
        yield "`veinledger retry` judges them again, once what stood against them is mended."


def one_refused(item: RefusedItem) -> Iterator[RenderableType]:
    """Whose message it was, what became of it, and every rule that stood against it."""
    yield _named(item)
    if item.taken_since is not None:
        yield inset(styled(taken(item.taken_since), "green"))
    yield from refusal(item.refusal, 2)


def _named(item: RefusedItem) -> RenderableType:
    source = item.source
    of = f", of {item.subject or 'encounter'} {item.encounter}" if item.encounter else ""
    return joined(
        styled(f"record {item.position}", "bold"),
        f"  {item.recorded_at:%Y-%m-%d %H:%M} UTC  {item.type or 'a line that is no report'}",
        f"\n  connection {source.connection}, message {source.message}, item {source.item}{of}",
        f"\n  {said_by(item)}; {happened(item)}",
    )


def said_by(item: RefusedItem) -> str:
    """Who said what was refused, as far as it could be read."""
    who = item.actor
    if who.id is None and who.role is None:
        return "nobody can be read in it"
    return f"said by {who.id or 'somebody unnamed'}, {who.role or 'in no role'}"


def happened(item: RefusedItem) -> str:
    """When it is said to have happened, as it was told."""
    if item.occurred is None:
        return "no time can be read in it"
    return f"said to have happened {item.occurred[:16].replace('T', ' ')}"


def taken(since: TakenSince) -> str:
    """What holds it now."""
    when = f"{since.recorded_at:%Y-%m-%d %H:%M} UTC"
    if since.encounter is None:
        return f"taken since, and waits to be assigned to an encounter, {when}"
    return f"taken since: record {since.sequence} of {since.encounter}, {when}"


def list_of_retried(found: Sequence[Retried]) -> Iterator[RenderableType]:
    """What became of each refused report that was judged again, and what was left."""
    judged = [each for each in found if each.outcome is not None]
    for each in judged:
        yield _named(each.item)
        yield from _became(each.outcome)
        yield ""
    left = Counter(each.left_because.partition(",")[0] for each in found if each.left_because)
    counts = Counter(each.outcome.answer for each in judged if each.outcome)
    told = ", ".join(f"{number:,} {answer}" for answer, number in counts.items())
    yield heading(f"{plural(len(judged), 'refused report')} judged again{': ' * bool(told)}{told}")
    for reason, number in left.items():
        yield inset(f"{number:,} left: {reason}")


def _became(outcome: Outcome | None) -> Iterator[RenderableType]:
    if outcome is None:
        return
    if outcome.refusal is not None:
        yield inset(joined("still ", styled("refused", STYLES["refused"])))
        yield from refusal(outcome.refusal, 4)
        return
    stage = f", stage {outcome.stage}" if outcome.stage else ""
    yield inset(
        joined(
            "now ",
            styled(outcome.answer, STYLES[outcome.answer]),
            f": record {outcome.sequence} of {outcome.encounter}, {outcome.standing}{stage}",
        )
    )
