"""Bytes to Python objects, strictly: what two readers could understand in two ways is refused.

UTF-8, bounded in size and depth, no name twice in one object, plain numbers only. A fault names the
field and the kind of thing that was found; it never repeats what stood there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, TypeAlias, cast

from veinledger.adapters.codec.whole_text import is_whole
from veinledger.domain.json_text import DEEPEST
from veinledger.domain.values import NUMBER_PATTERN

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | Decimal | bool | None"

MAX_BYTES: Final = 1024 * 1024
MAX_DEPTH: Final = DEEPEST
MAX_DIGITS: Final = 12
A_NUMBER: Final = "a number of at most 12 digits, 4 of them places, without exponent"

_NUMBER: Final = re.compile(NUMBER_PATTERN)
_BRACKET_OR_TEXT: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is not strict JSON, told without a word of the input."""

    path: str
    found: str
    """The kind of thing that was found."""
    wanted: str
    """What would have been right."""

    def __str__(self) -> str:
        return f"{self.path or 'the text'}: found {self.found}; wanted {self.wanted}"


class NotStrictJson(ValueError):
    """The bytes are not strict JSON. Carries faults, and nothing of the bytes."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = faults


def parse(content: bytes, names: frozenset[str] = frozenset()) -> Json:
    """The object that strict JSON says; raises NotStrictJson. A path shows only `names`."""
    text = _text_of(content)
    fault = depth_fault(content)
    if fault is not None:
        raise NotStrictJson(fault)
    reading = _Reading()
    value, fault = reading.read(text)
    if fault is not None:
        raise NotStrictJson(fault)
    if reading.doubtful or "\\u" in text:
        faults = tuple(_faults(value, "", names))
        if faults:
            raise NotStrictJson(*faults)
    return cast("Json", value)


def _text_of(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        found = f"{len(content)} bytes"
        raise NotStrictJson(Fault(path="", found=found, wanted=f"at most {MAX_BYTES} bytes"))
    text = content.decode("utf-8", "replace")
    if "\ufffd" in text and not _is_utf8(content):
        raise NotStrictJson(Fault(path="", found="bytes that are not UTF-8", wanted="UTF-8"))
    return text


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def depth_fault(content: bytes) -> Fault | None:
    """Whether brackets stand deeper than any report needs; a text within quotes does not count."""
    if content.count(b"{") + content.count(b"[") <= MAX_DEPTH:
        return None
    depth = 0
    for token in _BRACKET_OR_TEXT.finditer(content):
        depth += _step(token[0])
        if depth > MAX_DEPTH:
            found = f"objects or lists more than {MAX_DEPTH} deep"
            return Fault(path="", found=found, wanted=f"at most {MAX_DEPTH}, one within another")
    return None


def _step(token: bytes) -> int:
    return {b"{": 1, b"[": 1, b"}": -1, b"]": -1}.get(token, 0)


def plain_number(text: str) -> Decimal | None:
    """The number that a plain decimal text says; None where it is too long or has an exponent."""
    if _NUMBER.fullmatch(text) and len(text.lstrip("-").replace(".", "")) <= MAX_DIGITS:
        return Decimal(text)
    return None


@dataclass(frozen=True, slots=True)
class _Wrong:
    """Stands in the tree where something was wrong, until its path is known."""

    found: str
    wanted: str


class _Reading:
    """One reading of one text; `doubtful` once anything in it was wrong."""

    __slots__ = ("doubtful",)

    def __init__(self) -> None:
        self.doubtful = False

    def read(self, text: str) -> tuple[Any, Fault | None]:
        try:
            value = json.loads(
                text,
                object_pairs_hook=self._object,
                parse_float=self._number,
                parse_int=self._whole,
                parse_constant=self._constant,
            )
        except json.JSONDecodeError as error:
            return None, _broken_off(error.lineno, error.colno)
        return value, None

    def _wrong(self, found: str, wanted: str) -> _Wrong:
        self.doubtful = True
        return _Wrong(found, wanted)

    def _object(self, pairs: list[tuple[str, object]]) -> object:
        named = dict(pairs)
        if len(named) < len(pairs):
            return self._wrong("an object that says one name twice", "each name once")
        return named

    def _number(self, text: str) -> object:
        number = plain_number(text)
        return self._wrong("another number", A_NUMBER) if number is None else number

    def _whole(self, text: str) -> object:
        if plain_number(text) is None:
            return self._wrong("a longer number", A_NUMBER)
        return int(text)

    def _constant(self, _: str) -> object:
        return self._wrong("no number (NaN or Infinity)", A_NUMBER)


def _broken_off(line: int, column: int) -> Fault:
    found = f"something that is not JSON at line {line}, character {column}"
    return Fault(path="", found=found, wanted="one JSON object")


def _faults(value: object, path: str, names: frozenset[str]) -> Iterator[Fault]:
    match value:
        case _Wrong(found, wanted):
            yield Fault(path=path, found=found, wanted=wanted)
        case dict():
            yield from _faults_within(cast("dict[str, object]", value), path, names)
        case list():
            for index, item in enumerate(cast("list[object]", value)):
                yield from _faults(item, step(path, index), names)
        case str() if not is_whole(value):
            yield Fault(path=path, found="half of a character", wanted="whole Unicode characters")
        case _:
            pass


def _faults_within(named: dict[str, object], path: str, names: frozenset[str]) -> Iterator[Fault]:
    if not all(map(is_whole, named)):
        found = "half of a character in a name"
        yield Fault(path=path, found=found, wanted="whole Unicode characters")
    for name, item in named.items():
        shown = name if name in names else "(a name that is not known)"
        yield from _faults(item, step(path, shown), names)


def step(path: str, to: str | int) -> str:
    """A path, one step further: ``drug.vials.0.ndc``."""
    return f"{path}.{to}" if path else str(to)
