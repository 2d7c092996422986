"""Row G3: of each kind of record and of stream that the program writes, one is frozen.

What it writes is read from its own code: each place that makes a `Draft` says of which type it is
and in which stream it stands. A place that says so in other words fails until it is told here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from inspect import signature
from typing import Any, get_args

import pytest

from tests.given_frozen import GOLDEN
from tests.replay import frozen, frozen_whole
from tests.test_layout import HOUSE, modules, name_of
from veinledger.domain.facts.catalogue import FACTS
from veinledger.domain.intake.entries import NamelessDeed
from veinledger.domain.ledger.naming import Naming
from veinledger.domain.reports import Subject
from veinledger.domain.standing.identity import IdentityDeed

TYPES = {
    "report.fact.type": set(FACTS),
    "f'identity.{claim.deed}'": {f"identity.{deed}" for deed in get_args(IdentityDeed)},
    "f'intake.{entry.did}'": {f"intake.{deed}" for deed in get_args(NamelessDeed)},
    "event.topic": set[str](),
}
"""Where the type is no constant. Of the events of the library the ledger itself makes none."""
STREAMS = {
    "stream": {"intake"},
    "entry.target.stream": {"intake"},
    "str(event.originator_id)": set[str](),
}
"""Where the stream is neither a constant nor named on the spot."""
BODIES = ("bodies-1.ndjson", "bodies-1-corrections.ndjson", "bodies-1-whose.ndjson")


class Place:
    """A place in the code where a draft is made."""

    def __init__(self, module: str, said: dict[str | None, ast.expr]) -> None:
        self.module, self.type, self.stream = module, said["type"], said["stream"]

    def _constant(self, said: ast.expr) -> str | None:
        if not (isinstance(said, ast.Name) and said.id.isupper()):
            return None
        return str(getattr(import_module(self.module), said.id))

    def types(self) -> set[str]:
        found = self._constant(self.type)
        return {found} if found else TYPES[ast.unparse(self.type)]

    def streams(self) -> set[str]:
        """The kinds of streams: what stands before the slash."""
        if isinstance(self.stream, ast.Call) and isinstance(self.stream.func, ast.Attribute):
            return kinds_named_by(self.stream.func.attr)
        found = self._constant(self.stream)
        return {found.partition("/")[0]} if found else STREAMS[ast.unparse(self.stream)]


def kinds_named_by(method: str) -> set[str]:
    """What a method of `Naming` makes, of an encounter and of a centre."""
    named = getattr(Naming(b"index", b"digest"), method)
    every: list[dict[str, Any]] = [{"subject": each, "known": True} for each in get_args(Subject)]
    given = [{name: each.get(name, "x") for name in signature(named).parameters} for each in every]
    return {named(**each).partition("/")[0] for each in given}


def places_in(module: str, text: str) -> Iterator[Place]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Draft":
            said = {each.arg: each.value for each in node.keywords}
            if said.keys() >= {"stream", "type"}:  # an edit's draft of a claim has neither
                yield Place(module, said)


def places() -> list[Place]:
    paths = {f"veinledger.{name_of(p)[:-3].replace('/', '.')}": p for p in modules(*HOUSE)}
    return [place for name, p in paths.items() for place in places_in(name, p.read_text("utf-8"))]


def frozen_rows() -> Iterator[dict[str, Any]]:
    yield from frozen.frozen()[1]
    for folder in frozen_whole.FOLDERS.values():
        yield from frozen_whole.rows_of(folder)


def test_every_type_of_record_is_frozen() -> None:
    written = set[str]().union(*(place.types() for place in places()))
    bodies = {line["type"] for name in BODIES for line in frozen.lines(GOLDEN / name)}
    assert written - bodies - {row["type"] for row in frozen_rows()} == set()


def test_every_kind_of_stream_is_frozen() -> None:
    written = set[str]().union(*(place.streams() for place in places()))
    assert written - {row["stream"].partition("/")[0] for row in frozen_rows()} == set()


def test_the_control_the_first_frozen_log_has_not_every_kind() -> None:
    rows = frozen.frozen()[1]
    types = set[str]().union(*(place.types() for place in places())) - FACTS.keys()
    assert types - {row["type"] for row in rows} == {
        "intake.kept", "intake.assigned", "intake.dismissed", "encounter.followed",
        "ledger.read", "ledger.key_rotated",
    }  # fmt: skip
    streams = set[str]().union(*(place.streams() for place in places()))
    assert streams - {row["stream"].partition("/")[0] for row in rows} == {"following", "access"}


def test_the_control_a_place_that_says_it_in_other_words_is_told() -> None:
    (place,) = places_in("veinledger", "Draft(stream=f'ward/{name}', type=kind, body=b'')")
    with pytest.raises(KeyError, match="kind"):
        place.types()
    with pytest.raises(KeyError, match="ward"):
        place.streams()
