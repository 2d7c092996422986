"""Changes to records, from what somebody typed: a field, a date, a file, another encounter.

A replacement begins as the record's own fact, so that what is not named stays as it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, cast

from veinledger.adapters.cli.recording import read
from veinledger.adapters.codec.canonical import said
from veinledger.adapters.codec.shape import Shape, shape_of
from veinledger.adapters.errors import BadInput
from veinledger.domain.facts.base import FACTS
from veinledger.domain.facts.decisions import DAY_PLAYS_NO_PART, DECISIONS
from veinledger.domain.facts.encounter import EncounterLinked
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import Effective
from veinledger.domain.standing.order import PAPERS

_AROUND_THE_FACT: Final = ("source", "actor")
_TYPED_AS_JSON: Final = frozenset({"whole number", "number", "truth", "list", "group"})


@dataclass(slots=True)
class Change:
    """One change to one record."""

    target: Record
    kind: str
    encounter: str | None = None
    type: str = ""
    occurred_at: str = ""
    fields: dict[str, Any] = field(default_factory=dict[str, Any])

    def told(self) -> dict[str, object]:
        """The change as a correction says it."""
        told: dict[str, object] = {
            "kind": self.kind,
            "sequence": self.target.seal.sequence,
            "hash": self.target.seal.leaf,
        }
        if self.kind == "move":
            told["encounter"] = self.encounter
        if self.kind == "replace":
            told["replacement"] = {
                "type": self.type,
                "occurred_at": self.occurred_at,
                "fact": self.fields,
            }
        return told


@dataclass(slots=True)
class Changes:
    """The changes of one correction, one for each record."""

    by_key: dict[str, Change] = field(default_factory=dict[str, Change])

    def made(self) -> tuple[Change, ...]:
        """All of them, in the order of the ledger."""
        return tuple(sorted(self.by_key.values(), key=lambda each: each.target.seal.sequence))

    def void(self, target: Record) -> None:
        """It did not happen."""
        self._new(target, "void")

    def move(self, target: Record, encounter: str) -> None:
        """It is of another encounter."""
        self._new(target, "move").encounter = encounter

    def replace(self, target: Record, file: str) -> None:
        """Another fact, from a file, takes its place."""
        told = _object_in(file)
        encounter = told.pop("encounter", target.name)
        if encounter != target.name:
            raise BadInput(f"{file!r} is of another encounter; a record is moved there with --move")
        for name in _AROUND_THE_FACT:
            told.pop(name, None)
        change = self._replacement(target)
        change.type = str(told.pop("type", change.type))
        change.occurred_at = str(told.pop("occurred_at", change.occurred_at))
        change.fields = told

    def date(self, target: Record, when: str) -> None:
        """The same fact at another date."""
        self._replacement(target).occurred_at = when

    def set(self, target: Record, path: str, value: str) -> None:
        """The same fact with another value in one field; without it, where the value is empty."""
        change = self._replacement(target)
        _put(change, path, value)

    def _replacement(self, target: Record) -> Change:
        change = self.by_key.get(target.key)
        if change is not None and change.kind == "replace":
            return change
        change = self._new(target, "replace")
        change.type = target.fact.type
        change.occurred_at = target.occurred.text
        change.fields = said(target.fact)
        return change

    def _new(self, target: Record, kind: str) -> Change:
        if target.key in self.by_key:
            raise BadInput(
                f"record {target.seal.sequence} is named twice, to {self.by_key[target.key].kind}"
                f" it and to {kind} it; name it once"
            )
        self.by_key[target.key] = Change(target=target, kind=kind)
        return self.by_key[target.key]


def whole_chart(seen: Effective, whereto: str, there: Effective | None) -> tuple[Change, ...]:
    """Every record that counts or may come to count: voided, or moved to another encounter.

    What cannot go along is voided: a second opening, a settlement of findings that go with their
    records, and the second of two reports under one message id. What was sent to a payer, and what
    came back, stays where it has to be voided.
    """
    is_open = there is not None and any(r.fact.type == "encounter.opened" for r in there.records)
    changes = Changes()
    for record in _own_chart(seen):
        if isinstance(record.fact, DECISIONS) or record.fact.type in PAPERS:
            continue
        if seen.standings[record.key].status == "superseded":
            continue
        stays_behind = (
            isinstance(record.fact, DAY_PLAYS_NO_PART)
            or record.kind == "conflict"
            or (is_open and record.fact.type == "encounter.opened")
        )
        if whereto == "void" or stays_behind:
            changes.void(record)
        else:
            changes.move(record, whereto)
    if not changes.made():
        raise BadInput("no record of this encounter is left to be voided or moved")
    return changes.made()


def _own_chart(seen: Effective) -> Iterator[Record]:
    """Not what was merged into it, nor what tells of the merge: its link alone undoes a merge."""
    own = (record for record in seen.known if record.name == seen.encounter)
    return (record for record in own if not isinstance(record.fact, EncounterLinked))


def _object_in(file: str) -> dict[str, Any]:
    try:
        told = json.loads(read(file), parse_float=Decimal)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise BadInput(
            f"{file!r} holds no JSON object; give one fact, as a line for `record` has it"
        )
    return cast("dict[str, Any]", told)


def _put(change: Change, path: str, value: str) -> None:
    """Walk to the field by the names that `veinledger facts` shows, and put the value there."""
    shape = shape_of(FACTS[change.type])
    inside: Any = change.fields
    steps = path.split(".")
    for step in steps[:-1]:
        name, shape = _step(change, path, shape, step, inside)
        inside = inside[name] if isinstance(name, int) else inside.setdefault(name, {})
    name, shape = _step(change, path, shape, steps[-1], inside)
    if value:
        inside[name] = _value(shape, value, path)
    elif isinstance(name, int):
        del inside[name]
    else:
        inside.pop(name, None)


def _step(
    change: Change, path: str, shape: Shape, step: str, inside: Any
) -> tuple[str | int, Shape]:
    """The own name of a field, or the number of an item that is there, with its shape."""
    number = shape.kind == "list" and step.isdecimal()
    name = int(step) if number else shape.aliases.get(step, step)
    within = shape.at(name)
    if within is None or (isinstance(name, int) and name >= len(inside)):
        raise BadInput(
            f"{change.type} has no field {path!r} that can be set; `veinledger facts {change.type}`"
            " shows its fields"
        )
    return name, within


def _value(wanted: Shape, text: str, path: str) -> Any:
    """A text stays a text, whatever it looks like; the border judges it in any case."""
    if wanted.kind not in _TYPED_AS_JSON:
        return text
    try:
        return json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        pass
    raise BadInput(f"the value of {path!r} cannot be read; give {wanted.wanted}")
