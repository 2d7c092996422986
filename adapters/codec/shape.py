"""The shape of a fact, read once from its class: what both readers and every error text rely on.

pydantic and msgspec each see a part of a field's limits. The shape sees all of them, says them in
words, and compiles a judge for the part that the compiled reader does not see.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from pydantic import AfterValidator, BeforeValidator, StringConstraints
from pydantic.fields import FieldInfo

from veinledger.domain.facts.base import Group

Validator = Callable[[Any], object]
Kind = Literal["text", "whole number", "number", "truth", "day", "choice", "list", "group"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shape:
    """What one value may be."""

    kind: Kind
    wanted: str
    """What would be right, in words."""
    required: bool = True
    limits: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Limits by pydantic's names: ge, gt, le, lt, max_digits, decimal_places, min_length, ..."""
    choices: tuple[str, ...] = ()
    validators: tuple[Validator, ...] = ()
    """Functions that pydantic calls and msgspec does not know of."""
    items: tuple[Shape, ...] = ()
    """Of a list: the one shape of all its items, or one shape each where its length is fixed."""
    fixed: bool = False
    fields: Mapping[str, Shape] = field(default_factory=dict[str, "Shape"])
    """Of a group: its fields by their own names."""
    aliases: Mapping[str, str] = field(default_factory=dict[str, str])
    """Of a group: the names that a report uses for some of them (class for patient_class)."""

    def at(self, step: str | int) -> Shape | None:
        """The shape of one field or item; None where there is none of that name."""
        if isinstance(step, str):
            return self.fields.get(self.aliases.get(step, step))
        if not self.items:
            return None
        return self.items[min(step, len(self.items) - 1)]


_SHAPES: Final[dict[type, Shape]] = {}


def shape_of(cls: type[Any]) -> Shape:
    """The shape of a fact or of a group of fields, read once."""
    if cls not in _SHAPES:
        _SHAPES[cls] = _read(cls)
    return _SHAPES[cls]


def _read(cls: type[Any]) -> Shape:
    hints = get_type_hints(cls, include_extras=True)
    declared = fields(cls)
    shapes = {
        one.name: _shape(hints[one.name], required=one.default is MISSING) for one in declared
    }
    aliases = {alias: name for name in shapes if (alias := _alias(hints[name]))}
    shown = {name: alias for alias, name in aliases.items()}
    required = [shown.get(name, name) for name, shape in shapes.items() if shape.required]
    words = "an object" + (" with " + ", ".join(required) if required else "")
    return Shape(kind="group", wanted=words, fields=shapes, aliases=aliases)


def _alias(hint: object) -> str | None:
    found = (note.alias for note in _notes(hint) if isinstance(note, FieldInfo) and note.alias)
    return next(found, None)


def _notes(hint: object) -> tuple[object, ...]:
    return get_args(hint)[1:] if get_origin(hint) is Annotated else ()


def _shape(hint: Any, *, required: bool) -> Shape:
    notes = _notes(hint)
    bare = get_args(hint)[0] if notes else hint
    origin, within = get_origin(bare), get_args(bare)
    if origin in (Union, types.UnionType):
        inner = next(one for one in within if one is not types.NoneType)
        return _shape(inner, required=False)
    if origin is Literal:
        wanted = "one of " + ", ".join(within)
        return Shape(kind="choice", wanted=wanted, choices=within, required=required)
    if origin is tuple:
        return _list(within, required=required)
    if isinstance(bare, type) and issubclass(bare, Group):
        return _renamed(shape_of(bare), required=required)
    return _scalar(cast("type", bare), notes, required=required)


def _renamed(shape: Shape, *, required: bool) -> Shape:
    return Shape(
        kind="group",
        wanted=shape.wanted,
        fields=shape.fields,
        aliases=shape.aliases,
        required=required,
    )


def _list(within: tuple[Any, ...], *, required: bool) -> Shape:
    fixed = within[-1] is not Ellipsis
    items = tuple(_shape(one, required=True) for one in within if one is not Ellipsis)
    wanted = f"a list of {len(items)} items" if fixed else "a list"
    return Shape(kind="list", wanted=wanted, items=items, fixed=fixed, required=required)


_KINDS: Final[dict[type, Kind]] = {
    str: "text",
    int: "whole number",
    bool: "truth",
    Decimal: "number",
    date: "day",
}


def _scalar(bare: type, notes: tuple[object, ...], *, required: bool) -> Shape:
    kind, limits = _KINDS[bare], _limits(notes)
    described = (note.description for note in notes if isinstance(note, FieldInfo))
    return Shape(
        kind=kind,
        wanted=next(filter(None, described), None) or _in_words(kind, limits),
        limits=limits,
        validators=tuple(
            cast("Validator", note.func)
            for note in notes
            if isinstance(note, (AfterValidator, BeforeValidator))
        ),
        required=required,
    )


def _limits(notes: tuple[object, ...]) -> dict[str, Any]:
    limits: dict[str, Any] = {}
    for note in notes:
        if isinstance(note, FieldInfo):
            for one in note.metadata:
                limits |= _attributes(one)
        elif isinstance(note, StringConstraints):
            limits |= _attributes(note)
    return limits


_NAMES: Final = (
    "ge", "gt", "le", "lt", "max_digits", "decimal_places", "min_length", "max_length", "pattern"
)  # fmt: skip


def _attributes(note: object) -> dict[str, Any]:
    found = {name: getattr(note, name, None) for name in _NAMES}
    return {name: value for name, value in found.items() if value is not None}


def _in_words(kind: Kind, limits: Mapping[str, Any]) -> str:
    match kind:
        case "text":
            return f"a text of {limits.get('min_length', 0)} to {limits['max_length']} characters"
        case "truth":
            return "true or false"
        case "whole number" | "number":
            return f"a {kind}" + _bounds_in_words(limits)
        case _:
            return kind


def _bounds_in_words(limits: Mapping[str, Any]) -> str:
    words = {"ge": " from {}", "gt": " above {}", "le": " up to {}", "lt": " below {}"}
    bounds = "".join(text.format(limits[name]) for name, text in words.items() if name in limits)
    places = (
        f" with at most {limits['decimal_places']} places" if "decimal_places" in limits else ""
    )
    return bounds + places
