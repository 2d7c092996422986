"""Every name that a report may use, so that a path in an error shows no name that is not ours."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from veinledger.adapters.codec.envelope import Envelope
from veinledger.adapters.codec.shape import Shape, shape_of
from veinledger.domain.facts.catalogue import FACTS


def _names(shape: Shape) -> Iterator[str]:
    yield from shape.fields
    yield from shape.aliases
    for inner in (*shape.fields.values(), *shape.items):
        yield from _names(inner)


@cache
def names() -> frozenset[str]:
    """The names; gathered when the first report comes in, for whoever only asks needs none."""
    shapes = (shape_of(Envelope), *map(shape_of, FACTS.values()))
    return frozenset(name for shape in shapes for name in _names(shape))
