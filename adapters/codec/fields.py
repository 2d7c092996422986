"""The fields of one fact, group or envelope, judged by pydantic: the strict side of the border."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Final, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from veinledger.adapters.codec.canonical import canonical
from veinledger.adapters.codec.objections import (
    fields_that_disagree,
    in_words,
    misfit,
    not_json,
    unknown_type,
)
from veinledger.adapters.codec.shape import Shape, shape_of
from veinledger.adapters.codec.strict_json import Json, NotStrictJson, parse, step
from veinledger.domain.facts.base import Fact, Group
from veinledger.domain.facts.catalogue import FACTS
from veinledger.domain.findings import Objection

Objections = tuple[Objection, ...]
T = TypeVar("T", bound=Fact | Group)

_ADAPTERS: Final[dict[type, TypeAdapter[Any]]] = {}


def adapter_of(cls: type[Any]) -> TypeAdapter[Any]:
    """pydantic's reader of a class, built when it is first asked for."""
    if cls not in _ADAPTERS:
        _ADAPTERS[cls] = TypeAdapter(cls)
    return _ADAPTERS[cls]


def judged(cls: type[T], value: Json, at: str = "") -> T | Objections:
    """The fact or group that a parsed object makes, or everything that stands against it."""
    shape = shape_of(cls)
    against = tuple(_numbers_in_quotes(shape, value, at)) if _has_numbers(shape) else ()
    try:
        made = cast("T", adapter_of(cls).validate_json(canonical(value)))
    except ValidationError as error:
        against += tuple(in_words(error, shape, value, at))
    else:
        if not against:
            return made
    return tuple(dict.fromkeys(against))


def read_fact(name: str, text: str, at: str = "") -> Fact | Objections:
    """The fact that its dotted name and the canonical JSON of its fields make."""
    if name not in FACTS:
        return (unknown_type(name, step(at, "type") if at else "type"),)
    try:
        value = parse(text.encode("utf-8", "surrogatepass"))
    except NotStrictJson as error:
        faults = error.faults
    else:
        if canonical(value) != text.encode():
            rule = "a fact within a fact is told in canonical JSON"
            return (fields_that_disagree(at, rule),)
        return judged(FACTS[name], value, at)
    return tuple(not_json(faults))


@cache
def _has_numbers(shape: Shape) -> bool:
    within = (*shape.items, *shape.fields.values())
    return shape.kind == "number" or any(map(_has_numbers, within))


def _numbers_in_quotes(shape: Shape, value: Json, path: str) -> Iterator[Objection]:
    """pydantic reads a decimal from a text as well; a number in a report is a number."""
    match value:
        case str() if shape.kind == "number":
            yield misfit(path, shape, value)
        case dict():
            for name, item in value.items():
                inner = shape.at(name)
                if inner is not None:
                    yield from _numbers_in_quotes(inner, item, step(path, name))
        case list() if shape.items:
            for index, item in enumerate(value):
                inner = shape.items[min(index, len(shape.items) - 1)]
                yield from _numbers_in_quotes(inner, item, step(path, index))
        case _:
            pass
