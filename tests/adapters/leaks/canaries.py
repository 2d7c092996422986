"""Marks that stand in for a patient's values: planted in every field, looked for in every sink.

A mark is a text that nothing else would ever write. Each field gets one of its own, so that a hit
names the field that leaked. Lines are made from the shapes that the border uses: a new fact, or a
new field, is planted without anybody thinking of it.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Final, cast

from veinledger.adapters.codec.shape import Shape, shape_of
from veinledger.domain.facts.catalogue import CENTRE_FACTS, FACTS

Line = dict[str, Any]
Path = tuple[str | int, ...]

STEM: Final = "XQVZ"
"""What every mark in a text begins with."""
DAY: Final = "1871-07-19"
"""What stands in every calendar date: a birth date is a patient's as much as a name is."""
NDC: Final = "97531-4682-13"
DIGEST: Final = "c0ffee0ddba11" + "5" * 51
KNOWN: Final = "adt"
"""The one connection of the directory. It is the site's own word, no patient's."""
_MARKS_A_FACT: Final = 200

_IN_TEXT: Final = re.compile(
    rf"(?i){STEM}\d*|{STEM.encode().hex()}|1871-07-19|date(?:time)?\(1871, 7, 19"
    r"|97531-?4682-?13|c0ffee0ddba11"
)


def mark(number: int) -> str:
    """The mark of a field; it fits a code of ten capitals as well."""
    return f"{STEM}{number:05d}"


def _in_base64() -> tuple[str, ...]:
    """What base64 makes of the stem, wherever in a group of three it begins."""
    whole = (
        b64encode(b"\x00" * shift + STEM.encode() + b"\x00" * 3).decode() for shift in range(3)
    )
    return tuple(
        text[-(-shift * 4 // 3) : (shift + len(STEM)) * 4 // 3] for shift, text in enumerate(whole)
    )


_BASE64: Final = re.compile("|".join(map(re.escape, _in_base64())))


def hits(told: str | bytes) -> list[str]:
    """The marks that a text or some bytes hold, as they are, in hexadecimal or in base64."""
    text = told if isinstance(told, str) else told.decode("latin-1")
    return [*_IN_TEXT.findall(text), *_BASE64.findall(text)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A valid line of a fact with a mark in every field that can hold one."""

    type: str
    line: Line
    marks: Mapping[Path, str]
    """The mark of every planted field, by its path in the line."""

    def bytes(self) -> bytes:
        """The line as it would come in."""
        return as_bytes(self.line)


def as_bytes(line: object) -> bytes:
    """A line, or whatever else, as JSON."""
    return json.dumps(line).encode()


def planted(name: str) -> Planted:
    """The fullest valid line of a fact: optional and nested fields too, a mark in every one."""
    planting = _Planting(
        first=list(FACTS).index(name) * _MARKS_A_FACT, chosen=_CHOSEN.get(name, {})
    )
    fields = planting.grown(shape_of(FACTS[name]), ())
    line = {**_envelope(name, planting), **fields}
    for path in _DROPPED.get(name, ()):
        at(line, path[:-1]).pop(path[-1])
        planting.forget(path)
    return Planted(type=name, line=line, marks=planting.marks)


def leaves(name: str) -> tuple[Path, ...]:
    """The paths of everything in the fullest line of a fact that is no object and no list."""
    return tuple(_leaves(planted(name).line, ()))


def _leaves(value: object, path: Path) -> Iterator[Path]:
    steps: Iterable[tuple[str | int, object]]
    match value:
        case dict():
            steps = cast("dict[str | int, object]", value).items()
        case list():
            steps = enumerate(cast("list[object]", value))
        case _:
            yield path
            return
    for step, inner in steps:
        yield from _leaves(inner, (*path, step))


def at(line: Any, path: Path) -> Any:
    """What stands at a path."""
    for step in path:
        line = line[step]
    return line


def with_value(line: Line, path: Path, value: object) -> Line:
    """The line with another value at a path."""
    changed = deepcopy(line)
    within = at(changed, path[:-1])
    within[path[-1]] = value
    return changed


@dataclass(slots=True)
class _Planting:
    """A line on its way: which marks stand where, and what is chosen where no mark can stand."""

    first: int
    chosen: Mapping[str, Any]
    marks: dict[Path, str] = field(default_factory=dict[Path, str])

    def mark(self, path: Path) -> str:
        """The next mark, which from now on stands at this path."""
        self.marks[path] = mark(self.first + len(self.marks))
        return self.marks[path]

    def forget(self, path: Path) -> None:
        """What stood at a path or below it stands no longer."""
        for known in [each for each in self.marks if each[: len(path)] == path]:
            del self.marks[known]

    def grown(self, shape: Shape, path: Path) -> Any:
        """The fullest value of a shape."""
        dotted = ".".join(map(str, path))
        if dotted in self.chosen:
            return self.chosen[dotted]
        if shape.kind == "group":
            shown = {name: alias for alias, name in shape.aliases.items()}
            named = {shown.get(name, name): inner for name, inner in shape.fields.items()}
            return {name: self.grown(inner, (*path, name)) for name, inner in named.items()}
        if shape.kind == "list":
            return [self.grown(item, (*path, place)) for place, item in enumerate(shape.items)]
        return self._scalar(shape, path)

    def _scalar(self, shape: Shape, path: Path) -> Any:
        match shape.kind:
            case "choice":
                return shape.choices[0]
            case "truth":
                return True
            case "whole number" | "number":
                return 1
            case "day":
                self.marks[path] = DAY
            case _ if shape.validators:
                self.marks[path] = f"{DAY}T10:20:30-05:00"
            case _:
                return self._text(str(shape.limits.get("pattern", "")), path)
        return self.marks[path]

    def _text(self, pattern: str, path: Path) -> str:
        if re.search(pattern, STEM + "00000"):
            return self.mark(path)
        for sample in (NDC, DIGEST):
            if re.search(pattern, sample):
                self.marks[path] = sample
                return sample
        return next(text for text in _TOO_SHORT_FOR_A_MARK if re.search(pattern, text))


_TOO_SHORT_FOR_A_MARK: Final = ("0891", "018", "01")
"""Fields of two to four digits hold nothing that is not also the number of some line."""


def _envelope(name: str, planting: _Planting) -> Line:
    subject = "centre" if name in CENTRE_FACTS else "encounter"
    return {
        "type": name,
        subject: planting.mark((subject,)),
        "occurred_at": "2026-05-01",
        "source": {
            "connection": KNOWN, "message": planting.mark(("source", "message")), "item": 1
        },
        "actor": {
            "id": planting.mark(("actor", "id")), "role": planting.mark(("actor", "role"))
        },
    }  # fmt: skip


_CHOSEN: Final[dict[str, dict[str, Any]]] = {
    "finding.settled": {"decision": "code chosen"},
    "records.corrected": {
        "changes.0.kind": "replace",
        "changes.0.replacement.type": "encounter.opened",
        "changes.0.replacement.fact": {
            "product": f"{STEM}99001",
            "indication": f"{STEM}99002",
            "patient": f"{STEM}99003",
            "centre": f"{STEM}99004",
        },
    },
    "report.confirmed": {"attested": []},
}
_DROPPED: Final[dict[str, tuple[Path, ...]]] = {"records.corrected": (("changes", 0, "encounter"),)}
"""Where fields exclude each other, the ones that are left out."""
