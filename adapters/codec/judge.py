"""What the compiled reader does not see: unknown fields, limits of decimals, validators.

A judge is compiled once for each class and looks at a parsed object, never at bytes. With it the
compiled reader and pydantic give the same verdict, which one test holds them to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, Final, cast

from veinledger.adapters.codec.shape import Shape, shape_of
from veinledger.adapters.codec.strict_json import step

Judge = Callable[[Any], str | None]
"""The path of the first field that does not fit, or None. The empty path is the value itself."""


_JUDGES: Final[dict[type, Judge]] = {}


def judge_of(cls: type[Any]) -> Judge:
    """The judge of a fact's fields as stored, by their own names. Compiled once."""
    if cls not in _JUDGES:
        _JUDGES[cls] = _of_a_group(shape_of(cls))
    return _JUDGES[cls]


def _judge(shape: Shape) -> Judge | None:
    match shape.kind:
        case "group":
            return _of_a_group(shape)
        case "list":
            return _of_a_list(shape)
        case "number":
            return _of_a_number(shape.limits)
        case _ if shape.validators:
            return _of_validators(shape.validators)
        case _:
            return None


def _of_a_group(shape: Shape) -> Judge:
    names = frozenset(shape.fields)
    judges = tuple((name, one) for name, inner in shape.fields.items() if (one := _judge(inner)))

    def judge(value: Any) -> str | None:
        if type(value) is not dict:
            return None
        named = cast("dict[str, Any]", value)
        if not named.keys() <= names:
            return ""
        for name, inner in judges:
            if (found := named.get(name)) is not None and (where := inner(found)) is not None:
                return step(name, where) if where else name
        return None

    return judge


def _of_a_list(shape: Shape) -> Judge | None:
    inner = _judge(shape.items[0])
    if inner is None:
        return None

    def judge(value: Any) -> str | None:
        if type(value) is not list:
            return None
        for index, item in enumerate(cast("Iterable[Any]", value)):
            if item is not None and (where := inner(item)) is not None:
                return step(str(index), where) if where else str(index)
        return None

    return judge


def _of_a_number(limits: Mapping[str, Any]) -> Judge:
    """Numbers are numbers, never texts; msgspec knows no limits of decimals."""
    grain = Decimal(1).scaleb(-limits["decimal_places"])
    ceiling = Decimal(10) ** (limits["max_digits"] - limits["decimal_places"])
    bounds = tuple((_BOUNDS[name], limits[name]) for name in _BOUNDS if name in limits)

    def judge(value: Any) -> str | None:
        if type(value) is not int and type(value) is not Decimal:
            return ""
        if abs(value) >= ceiling or value % grain != 0:
            return ""
        return None if all(keeps(value, bound) for keeps, bound in bounds) else ""

    return judge


_BOUNDS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "ge": lambda value, bound: value >= bound,
    "gt": lambda value, bound: value > bound,
    "le": lambda value, bound: value <= bound,
    "lt": lambda value, bound: value < bound,
}


def _of_validators(validators: tuple[Callable[[Any], object], ...]) -> Judge:
    def judge(value: Any) -> str | None:
        try:
            for validator in validators:
                validator(value)
        except (ValueError, TypeError):
            return ""
        return None

    return judge
