"""The ways in which a message can end, each driven with a marked line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import partial
from typing import Any, Final, cast

from tests.adapters.leaks.canaries import Line, Path, Planted, as_bytes, at, mark, with_value
from tests.adapters.leaks.sinks import Sinks
from tests.adapters.leaks.told import parts
from veinledger.adapters.codec.strict_json import MAX_BYTES, MAX_DEPTH
from veinledger.adapters.ledger import Ledger
from veinledger.domain.intake.outcome import Outcome

Item = bytes | str | dict[str, object]
STRANGE: Final = mark(99_999)
"""A mark that stands in no planted field: where something is added to a line."""
DECISIONS: Final = (
    "records.corrected",
    "report.confirmed",
    "report.discarded",
    "report.assigned",
)


def asked(sinks: Sinks, how: str, call: Callable[[], object]) -> list[Outcome]:
    """Call the library as a host does, and hear all that comes of it: each part by its repr."""
    try:
        answer = call()
    except BaseException as error:
        sinks.hear_error(f"error: {how}", error)
        return []
    for part in parts(answer):
        sinks.hear(f"part of the answer: {how}", repr(part))
    outcomes = [each for each in _each(answer) if isinstance(each, Outcome)]
    for outcome in outcomes:
        _hear_outcome(sinks, how, outcome)
    return outcomes


def _each(answer: object) -> tuple[object, ...]:
    return cast("tuple[object, ...]", answer) if isinstance(answer, tuple) else (answer,)


def _hear_outcome(sinks: Sinks, how: str, outcome: Outcome) -> None:
    """An outcome names its encounter and its message as fields; it says them in no word."""
    sinks.hear_object(f"outcome: {how}", outcome)
    sinks.hear_object(f"source: {how}", outcome.source)
    sinks.hear_object(f"refusal: {how}", outcome.refusal)
    sinks.hear_object(f"standing: {how}", outcome.standing)
    if outcome.standing is not None:
        sinks.hear(f"standing: {how}", "; ".join(map(str, outcome.standing.objections)))
    for finding in outcome.findings:
        sinks.hear(f"finding: {how}", f"{finding!r} {finding.reason} {finding.remedy}")


def record_all(sinks: Sinks, ledger: Ledger, how: str, *items: Item) -> list[str]:
    """Record items one call each; the answers."""
    return [
        outcome.answer
        for item in items
        for outcome in asked(sinks, how, partial(ledger.record, item))
    ]


def kept_ways(planted: Planted) -> Iterator[tuple[str, Item]]:
    """The same message as it is kept: first, again, with other bytes, and those again."""
    yield "success", planted.bytes()
    yield "duplicate", planted.line
    other = as_bytes(with_value(planted.line, ("occurred_at",), "2026-05-02"))
    yield "conflict", other
    yield "the conflict again", other


def refused_ways(planted: Planted) -> Iterator[tuple[str, Item]]:
    """A line that is right in every field but for one thing that no field of the marks is."""
    line, whole = planted.line, planted.bytes()
    yield "an invalid value elsewhere", as_bytes({**line, "occurred_at": "nope"})
    yield "a missing field", as_bytes({k: v for k, v in line.items() if k != "actor"})
    yield "an unknown field", as_bytes({**line, "unknown": 1})
    yield "a mark as a name", as_bytes({**line, STRANGE: STRANGE})
    yield "an unknown type", as_bytes({**line, "type": "cells.teleported"})
    yield "a mark as a type", as_bytes({**line, "type": STRANGE})
    yield "a mark behind a type", as_bytes({**line, "type": f"{planted.type}{STRANGE}"})
    yield "dated far ahead", as_bytes({**line, "occurred_at": "2099-05-01"})
    yield "a name said twice", whole[:-1] + f', "actor": {{"id": "{STRANGE}"}}}}'.encode()
    yield "a mark said twice", whole[:-1] + f', "{STRANGE}": 1, "{STRANGE}": 2}}'.encode()
    yield "another number", whole[:-1] + f', "{STRANGE}": 1e7}}'.encode()
    yield "no number", whole[:-1] + b', "units": NaN}'
    yield "half of a character", json.dumps({**line, STRANGE: "\ud800"}).encode()
    yield "not UTF-8", whole[:-1] + b"\xff}"
    yield "not UTF-8 in a text", whole.replace(mark(0)[:4].encode(), b"\xff" + mark(0)[:4].encode())
    yield "cut off", whole[: len(whole) // 2]
    yield "joined with the next", whole + whole
    yield "too deep", whole[:-1] + b', "a": ' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}"
    yield "too large", as_bytes({**line, STRANGE: STRANGE * (MAX_BYTES // len(STRANGE))})
    yield "a list", as_bytes([line])
    yield "a text", as_bytes(json.dumps(line))
    yield "a lone surrogate", json.dumps(line)[:-1] + ', "a": "\ud800"}'


def unfit_items(planted: Planted) -> Iterator[tuple[str, Any]]:
    """Objects that JSON has no word for, with marks in them."""

    class Odd:
        def __repr__(self) -> str:
            return STRANGE

    yield "an object of a class", {**planted.line, "odd": Odd()}
    yield "a name that is no text", {**planted.line, Odd(): STRANGE}
    yield "an infinity", {**planted.line, STRANGE: float("inf")}
    yield "an item that is a list", [planted.line]
    yield "an item that is nothing", None
    yield "an item that is itself", _within_itself(planted.line)
    yield "a number of five thousand digits", {**planted.line, STRANGE: 10**5_000}


def _within_itself(line: Line) -> Line:
    itself = deepcopy(line)
    itself[STRANGE] = itself
    return itself


def wrong_values(line: Line, path: Path, one: str) -> Iterator[tuple[str, Item]]:
    """One field after the other holds the mark where it cannot stand."""
    where = ".".join(map(str, path))
    wrong: list[object] = [[one], {one: one}, one + "\n", one * 500, f"{one}\x00", one]
    if isinstance(at(line, path), str):
        wrong[-1] = " " + one
    for value in wrong:
        yield where, as_bytes(with_value(line, path, value))
    beside = deepcopy(line)
    parent = at(beside, path[:-1])
    if isinstance(parent, dict):
        parent[one] = one
        yield where, as_bytes(beside)


def aimed(line: Line, ledger: Ledger, encounter: str) -> Line:
    """A decision that names a record which is there: the last one of its encounter."""
    record = ledger.history(encounter).records[-1]
    aim = deepcopy(line)
    if aim["type"] == "records.corrected":
        aim["changes"][0] |= {"sequence": record.seal.sequence, "hash": record.seal.leaf}
    else:
        aim["target"] = record.key
        aim["sequence"] = record.seal.sequence
    return aim
