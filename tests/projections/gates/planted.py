"""The example in which nothing is missing, with one fact taken away or told otherwise.

A change takes the lines of the example as objects and gives them back; the ledger is told what is
left, and asked before the infusion.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tests.given_ledger import ledger, lines_of
from veinledger.domain.codebook.statement import Edition
from veinledger.domain.gates.gate import Intent
from veinledger.projections.gates.shapes import Check

EXAMPLE: Final = "asked_beforehand"
ENCOUNTER: Final = "E10"
EVE: Final = date(2026, 5, 24)
"""The day before the cells went in: the patient was admitted, nothing was thawed yet."""

Line = dict[str, Any]
Change = Callable[[list[Line]], Iterable[Line]]


@cache
def _told() -> tuple[str, ...]:
    return tuple(line.decode() for line in lines_of(EXAMPLE))


def lines(*, before: date | None = None) -> list[Line]:
    """The example's lines; only what happened before a day, where one is given."""
    found: list[Line] = [json.loads(line) for line in _told()]
    return [each for each in found if before is None or each["occurred_at"][:10] < str(before)]


def asked(
    told: Iterable[Line],
    intent: Intent = "infuse",
    on: date = EVE,
    edition: Edition = "public",
) -> Check:
    """A fresh ledger that was told these lines, asked about the example's encounter."""
    with TemporaryDirectory() as folder, ledger(Path(folder), edition=edition) as opened:
        opened.record(*(json.dumps(line).encode() for line in told))
        return opened.check(ENCOUNTER, intent, on=on)


def without(type: str, **fields: Any) -> Change:
    """The lines of a type with these fields never came."""
    return lambda told: [each for each in told if not _is(each, type, fields)]


def changed(type: str, to: Mapping[str, Any], **fields: Any) -> Change:
    """The lines of a type with these fields say something else as well; None takes a field away."""

    def change(told: list[Line]) -> Iterable[Line]:
        for each in told:
            if _is(each, type, fields):
                merged = {**each, **to}
                yield {name: value for name, value in merged.items() if value is not None}
            else:
                yield each

    return change


def added(type: str, when: str, **fields: Any) -> Change:
    """One more line of the encounter."""
    line = {
        "encounter": ENCOUNTER,
        "type": type,
        "occurred_at": when,
        "source": {"connection": "coordinator", "message": f"PLANTED-{type}-{when}", "item": 1},
        "actor": {"id": "coord-1", "role": "cell therapy coordinator"},
        **fields,
    }
    return lambda told: [*told, line]


def both(*changes: Change) -> Change:
    """One change after the other."""

    def change(told: list[Line]) -> Iterable[Line]:
        for each in changes:
            told = list(each(told))
        return told

    return change


def _is(line: Line, type: str, fields: Mapping[str, Any]) -> bool:
    return line["type"] == type and all(line.get(name) == fields[name] for name in fields)
