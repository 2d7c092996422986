"""Objections of the border: what is no strict JSON, no known type, or does not fit its field.

What pydantic found is put into words somebody can act on, without a word of the input.

Paths show names of the schema and nothing else: a name that the schema does not know may be a
patient's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Sized
from decimal import Decimal
from difflib import get_close_matches
from typing import Final, cast

from pydantic_core import ErrorDetails, ValidationError

from veinledger.adapters.codec.shape import Shape
from veinledger.adapters.codec.strict_json import Fault, step
from veinledger.domain.facts.catalogue import FACTS
from veinledger.domain.findings import Objection

SCHEMA: Final = "`veinledger facts --schema`"
_UNKNOWN: Final = frozenset({"unexpected_keyword_argument", "extra_forbidden"})
_SAID_BY_US: Final = "Value error, "


def in_words(error: ValidationError, shape: Shape, value: object, start: str) -> list[Objection]:
    """Every error of one reading, each with its field, what was found, and what would be right."""
    details = error.errors(include_input=False, include_context=False, include_url=False)
    return list(dict.fromkeys(_one_in_words(one, shape, value, start) for one in details))


def _one_in_words(error: ErrorDetails, shape: Shape, value: object, start: str) -> Objection:
    path, there, within = start, shape, shape
    found: object = value
    for name in error["loc"]:
        within = there
        inner = there.at(name)
        if inner is None:
            return unknown_field(path, within, str(name))
        path, there, found = step(path, name), inner, _inside(found, name)
    if error["type"] in _UNKNOWN:
        return unknown_field(path.rpartition(".")[0], within, str(error["loc"][-1]))
    if error["type"] == "value_error" and there.kind == "group":
        return fields_that_disagree(path, error["msg"].removeprefix(_SAID_BY_US))
    if error["type"] == "missing" or error["type"] == "missing_keyword_only_argument":
        return missing_field(path, there)
    return misfit(path, there, found)


def _inside(value: object, name: str | int) -> object:
    if isinstance(value, dict):
        return cast("dict[object, object]", value).get(name)
    if isinstance(value, list) and isinstance(name, int):
        return dict(enumerate(cast("list[object]", value))).get(name)
    return None


def misfit(path: str, shape: Shape, found: object) -> Objection:
    """A field holds something else than it may."""
    outside = shape.kind in ("number", "whole number") and type(found) in (int, Decimal)
    return Objection(
        rule="a_field_holds_what_the_schema_says",
        reason="found a number outside the limits" if outside else f"found {kind_of(found)}",
        remedy=f"give {shape.wanted}",
        source=SCHEMA,
        field=path or None,
    )


def missing_field(path: str, shape: Shape) -> Objection:
    """A field that a fact cannot be without is not there."""
    return Objection(
        rule="a_required_field_is_there",
        reason="found nothing",
        remedy=f"give {shape.wanted}",
        source=SCHEMA,
        field=path or None,
    )


def unknown_field(path: str, shape: Shape, name: str) -> Objection:
    """A field that no fact of this type has. Its name is not repeated: it is input."""
    known = sorted({*shape.fields, *shape.aliases} - set(shape.aliases.values()))
    near = get_close_matches(name, known, n=3)
    said = f"nearest known: {', '.join(near)}" if near else f"known: {', '.join(known)}"
    return Objection(
        rule="a_field_is_known",
        reason="found a field that the schema does not know",
        remedy=f"leave it out or correct its name; {said}",
        source=SCHEMA,
        field=path or None,
    )


def unknown_type(name: str, path: str) -> Objection:
    """A type that the catalogue does not hold; the known types nearest to it are named."""
    near = get_close_matches(name, FACTS, n=3)
    said = f"nearest known: {', '.join(near)}" if near else f"{SCHEMA} lists all {len(FACTS)}"
    return Objection(
        rule="a_type_is_one_of_the_catalogue",
        reason="found a type that the catalogue does not hold",
        remedy=f"give the dotted name of a fact; {said}",
        source=SCHEMA,
        field=path,
    )


def fields_that_disagree(path: str, rule: str) -> Objection:
    """Fields that are right one by one and wrong together; `rule` is a sentence of the fact's."""
    return Objection(
        rule="fields_agree_with_each_other",
        reason="found fields that do not go together",
        remedy=f"the rule is: {rule}",
        source=SCHEMA,
        field=path or None,
    )


def not_json(faults: Sequence[Fault]) -> Iterator[Objection]:
    """Faults of the JSON itself."""
    for fault in faults:
        yield Objection(
            rule="a_report_is_strict_json",
            reason=f"found {fault.found}",
            remedy=f"give {fault.wanted}",
            source="RFC 8259; docs/facts.md: one name once, plain numbers",
            field=fault.path or None,
        )


def kind_of(value: object) -> str:
    """What kind of thing a value is, and how long; never the value."""
    simple = _SIMPLE_KINDS.get(type(value))
    return simple or _sized(cast("Sized", value))


_SIMPLE_KINDS: Final[dict[type, str]] = {
    type(None): "nothing",
    bool: "true or false",
    int: "a whole number",
    Decimal: "a number",
}


def _sized(value: Sized) -> str:
    whole, part = _SIZED_KINDS[type(value)]
    return f"{whole} of {len(value)} {part}{'' if len(value) == 1 else 's'}"


_SIZED_KINDS: Final[dict[type, tuple[str, str]]] = {
    str: ("a text", "character"),
    list: ("a list", "item"),
    dict: ("an object", "field"),
}
