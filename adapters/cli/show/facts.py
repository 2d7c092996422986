"""The catalogue of facts, and the fields of one, as a sender needs to know them."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType

from veinledger.adapters.cli.show.tables import heading, plural, table
from veinledger.adapters.codec.envelope import FACTS_OF_EITHER, Envelope
from veinledger.adapters.codec.shape import Shape, shape_of
from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.catalogue import CENTRE_FACTS, FACTS


def catalogue() -> list[dict[str, object]]:
    """Every fact with what it says, for programs."""
    return [fields_of(name) for name in sorted(FACTS)]


def fields_of(name: str) -> dict[str, object]:
    """One fact with its fields, for programs."""
    cls = FACTS[name]
    return {
        "name": name,
        "says": _doc(cls),
        "of": _subject(name),
        "fields": [
            {"name": field, "required": shape.required, "kind": shape.kind, "gives": shape.wanted}
            for field, shape in _flat("", shape_of(cls))
        ],
    }


def list_of_facts() -> tuple[RenderableType, ...]:
    """One line a fact."""
    rows = ((name, _first_sentence(FACTS[name])) for name in sorted(FACTS))
    return (
        table(("=fact", "what happened"), rows),
        "",
        f"{plural(len(FACTS), 'fact')}. `veinledger facts NAME` shows the fields of one, --schema"
        " the JSON Schema of a line.",
    )


def one_fact(name: str) -> tuple[RenderableType, ...]:
    """A fact, its own fields, and those that every line has."""
    heads = ("=field", "", "what to give")
    return (
        heading(name),
        _doc(FACTS[name]),
        "",
        table(heads, _rows(shape_of(FACTS[name]))),
        "",
        f"Every line says besides, of the {_subject(name)}:",
        "",
        table(heads, (row for row in _rows(shape_of(Envelope)) if row[0] in _asked_of(name))),
    )


def _asked_of(name: str) -> set[str]:
    others = {"type", "occurred_at", "source", "actor"}
    others |= {"source.connection", "source.message", "source.item", "actor.id", "actor.role"}
    return others | set(_subject(name).split(" or "))


def _rows(shape: Shape) -> Iterator[tuple[str, str, str]]:
    for field, inner in _flat("", shape):
        yield field, "required" if inner.required else "", inner.wanted


def _flat(path: str, shape: Shape) -> Iterator[tuple[str, Shape]]:
    """Fields and the fields within them, by the names that a line uses."""
    shown = {name: alias for alias, name in shape.aliases.items()}
    for name, inner in shape.fields.items():
        here = f"{path}{shown.get(name, name)}"
        yield here, inner
        yield from _flat(f"{here}.", inner)
        for item in inner.items[:1]:
            yield from _flat(f"{here}[].", item)


def _subject(name: str) -> str:
    if name in FACTS_OF_EITHER:
        return "encounter or centre"
    return "centre" if name in CENTRE_FACTS else "encounter"


def _doc(cls: type[Fact]) -> str:
    return "\n".join(line.strip() for line in (cls.__doc__ or "").strip().splitlines())


def _first_sentence(cls: type[Fact]) -> str:
    return _doc(cls).splitlines()[0]
