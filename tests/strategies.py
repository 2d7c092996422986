"""Facts and report lines for property tests, made from the classes themselves.

`facts(name)` builds facts of a type, `report_lines(name)` valid lines; both take every field's
limits from the shape that the border uses, so that a new fact needs nothing here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, cast, get_args, get_type_hints

from hypothesis import strategies as st

from veinledger.adapters.codec.canonical import canonical, said
from veinledger.adapters.codec.shape import Shape, shape_of
from veinledger.domain.facts import decisions
from veinledger.domain.facts.base import Fact, Group
from veinledger.domain.facts.catalogue import CENTRE_FACTS, FACTS
from veinledger.domain.values import END, YEARS

Line = dict[str, Any]
NAMES: Final = tuple(sorted(FACTS))

_PRINTED: Final = st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"])
_ANY: Final = st.characters(exclude_categories=["Cs"])
_IDENTIFIERS: Final = st.text(_PRINTED, min_size=1, max_size=12)
_TEXTS: Final = st.text(_ANY, min_size=1, max_size=20)
_DAYS: Final = st.dates(date(YEARS.start, 1, 1), date(YEARS.stop - 1, 12, 31))
_INSTANTS: Final = st.builds(
    "{}T{:02}:{:02}:{:02}{}".format,
    _DAYS,
    st.integers(0, 23),
    st.integers(0, 59),
    st.integers(0, 59),
    st.sampled_from(["Z", "-05:00", "+14:00", ".25Z", ".123456-06:00"]),
)
MOMENTS: Final = st.one_of(_DAYS.map(date.isoformat), _INSTANTS)


def facts(name: str | None = None) -> st.SearchStrategy[Fact]:
    """Facts of one type, or of any."""
    if name is None:
        return st.sampled_from(NAMES).flatmap(facts)
    return _built(FACTS[name])


def report_lines(name: str | None = None) -> st.SearchStrategy[Line]:
    """Valid report lines as objects, decimals as Decimal; `canonical` makes bytes of them."""
    return facts(name).flatmap(_lines_of)


def _lines_of(fact: Fact) -> st.SearchStrategy[Line]:
    subject = "centre" if fact.type in CENTRE_FACTS else "encounter"
    return st.fixed_dictionaries(
        {
            **{name: st.just(value) for name, value in as_reported(fact).items()},
            subject: _IDENTIFIERS,
            "type": st.just(fact.type),
            "occurred_at": MOMENTS,
            "source": st.fixed_dictionaries(
                {"connection": _IDENTIFIERS, "message": _IDENTIFIERS, "item": st.integers(1, 99)}
            ),
            "actor": st.fixed_dictionaries({"id": _IDENTIFIERS, "role": _TEXTS}),
        }
    )


def as_reported(fact: Fact) -> Line:
    """A fact's fields by the names that a report uses (class for patient_class)."""
    return _renamed(said(fact), shape_of(type(fact)))


def _renamed(fields: Line, shape: Shape) -> Line:
    shown = {name: alias for alias, name in shape.aliases.items()}
    return {
        shown.get(name, name): _renamed_within(value, shape.fields[name])
        for name, value in fields.items()
    }


def _renamed_within(value: Any, shape: Shape) -> Any:
    if shape.kind == "list":
        return [_renamed_within(item, shape.items[0]) for item in value]
    return _renamed(value, shape) if shape.kind == "group" else value


def _built(cls: type[Any]) -> st.SearchStrategy[Any]:
    if cls is decisions.Replacement:
        return _replacements()
    shape, classes = shape_of(cls), _classes_within(cls)
    fields = {name: _values(inner, classes.get(name)) for name, inner in shape.fields.items()}
    required = {name: fields[name] for name, inner in shape.fields.items() if inner.required}
    optional = {name: one for name, one in fields.items() if name not in required}
    chosen = st.fixed_dictionaries(required, optional=optional)
    return chosen.map(lambda said_of: _made(cls, said_of)).filter(lambda made: made is not None)


def _made(cls: type[Any], fields: Line) -> Any:
    """The fact or group, or None where its fields do not go together."""
    try:
        return cls(**fields)
    except ValueError:
        return None


def _classes_within(cls: type[Any]) -> dict[str, type[Any]]:
    """The groups that stand in a class's fields, by field."""

    def groups(hint: Any) -> list[type[Any]]:
        if isinstance(hint, type) and issubclass(hint, Group):
            return [hint]
        return [one for part in get_args(hint) for one in groups(part)]

    hints = get_type_hints(cls)
    return {name: found[0] for name, hint in hints.items() if (found := groups(hint))}


def _values(shape: Shape, cls: type[Any] | None) -> st.SearchStrategy[Any]:
    if shape.kind == "group":
        assert cls is not None
        return _built(cls)
    if shape.kind == "list":
        return _lists(shape, cls)
    return _SCALARS[shape.kind](shape)


def _lists(shape: Shape, cls: type[Any] | None) -> st.SearchStrategy[tuple[Any, ...]]:
    if shape.fixed:
        each: list[st.SearchStrategy[Any]] = [_values(item, cls) for item in shape.items]
        return st.tuples(*each)
    items: st.SearchStrategy[Any] = _values(shape.items[0], cls)
    return st.lists(items, max_size=3).map(_as_tuple)


def _as_tuple(items: list[Any]) -> tuple[Any, ...]:
    return tuple(items)


def _numbers(shape: Shape) -> st.SearchStrategy[Decimal]:
    limits, places = shape.limits, shape.limits["decimal_places"]
    grain = Decimal(1).scaleb(-places)
    ceiling = Decimal(10) ** (limits["max_digits"] - places) - grain
    low = Decimal(limits["gt"]) + grain if "gt" in limits else Decimal(limits.get("ge", -ceiling))
    return st.decimals(low, Decimal(limits.get("le", ceiling)), places=places)


def _texts(shape: Shape) -> st.SearchStrategy[str]:
    if shape.validators:
        return MOMENTS
    if "pattern" not in shape.limits:
        return st.text(_ANY, min_size=shape.limits["min_length"], max_size=30)
    if "max_length" in shape.limits:
        return _IDENTIFIERS
    pattern: str = shape.limits["pattern"]
    return st.from_regex(pattern.removesuffix(END), fullmatch=True)


def _replacements() -> st.SearchStrategy[Any]:
    others = [name for name in NAMES if name != "records.corrected"]
    return st.tuples(st.sampled_from(others).flatmap(facts), MOMENTS).map(
        lambda pair: decisions.Replacement(
            type=pair[0].type, occurred_at=pair[1], fact=canonical(said(pair[0])).decode()
        )
    )


_SCALARS: Final[dict[str, Callable[[Shape], st.SearchStrategy[Any]]]] = {
    "choice": lambda shape: st.sampled_from(shape.choices),
    "truth": lambda _: st.booleans(),
    "day": lambda _: _DAYS,
    "whole number": lambda shape: st.integers(shape.limits["ge"], shape.limits["le"]),
    "number": _numbers,
    "text": _texts,
}


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of everything within a parsed object, itself first."""
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inner = [*cast("Mapping[Any, Any]", value).items()]
    elif isinstance(value, list):
        inner = [*enumerate(cast("Sequence[Any]", value))]
    return [path, *(found for key, one in inner for found in places(one, (*path, key)))]
