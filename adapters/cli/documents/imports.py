"""Who imports whom, read from the sources: nothing is loaded, so a broken module is read as well.

A *place* is what stands directly in a layer: a folder with all that is in it, or a single file.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Final

LAYERS: Final = ("domain", "projections", "adapters")
"""From the inside out: a layer imports itself and what stands before it here."""
PACKAGE: Final = "veinledger"

Arrow = tuple[str, str]
"""From who imports to what is imported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One source file, as far as its imports and its first sentence go."""

    name: str
    """Dotted, from the layer on: ``domain.standing.fold``."""
    path: Path
    """Where it lies, from the root of the house on."""
    says: str
    """The first sentence of its docstring."""
    lines: int
    imports: tuple[str, ...]
    """The modules of the house that it names, lazily or for type checkers alone too."""
    libraries: tuple[str, ...]
    """What it names that is neither of the house nor of Python."""

    @property
    def layer(self) -> str:
        """The layer that it stands in."""
        return self.name.partition(".")[0]

    @property
    def place(self) -> str:
        """The folder or file of its layer that it belongs to: ``domain.standing``."""
        return place_of(self.name)


def modules(root: Path) -> tuple[Module, ...]:
    """Every module of the house in order of its path; a folder's own file is left out if empty."""
    texts = {
        path.relative_to(root): text
        for layer in LAYERS
        for path in sorted((root / layer).rglob("*.py"))
        if (text := path.read_text(encoding="utf-8")).strip()
    }
    known = frozenset(map(_name_of, texts))
    return tuple(_module(path, text, known) for path, text in texts.items())


def place_of(name: str) -> str:
    """What stands directly in a layer and holds the module of this name."""
    return ".".join(name.split(".")[:2])


def arrows_between_places(found: Iterable[Module], layer: str) -> frozenset[Arrow]:
    """Who imports whom inside one layer."""
    return frozenset(
        (module.place, place_of(name))
        for module in found
        for name in module.imports
        if module.layer == layer == name.partition(".")[0] and module.place != place_of(name)
    )


def arrows_between_layers(found: Iterable[Module]) -> frozenset[Arrow]:
    """Which layer imports which other."""
    named = ((module.layer, name.partition(".")[0]) for module in found for name in module.imports)
    return frozenset((here, there) for here, there in named if here != there)


def outward(found: Iterable[Module]) -> tuple[Arrow, ...]:
    """The imports that point from a layer to one further out. There are to be none."""
    return tuple(
        (module.name, name)
        for module in found
        for name in module.imports
        if LAYERS.index(name.partition(".")[0]) > LAYERS.index(module.layer)
    )


def circle(found: Iterable[Module]) -> tuple[str, ...]:
    """Modules that import each other in a circle, the first one twice; empty where none do."""
    order = TopologicalSorter({module.name: module.imports for module in found})
    try:
        order.prepare()
    except CycleError as error:
        return tuple(error.args[1])
    return ()


def without_what_follows(arrows: frozenset[Arrow]) -> frozenset[Arrow]:
    """The fewest of these arrows from which the others follow."""
    kept = set(arrows)
    for arrow in sorted(arrows):
        here, there = arrow
        if there in _reached(here, kept - {arrow}):
            kept.discard(arrow)
    return frozenset(kept)


def users_of_libraries(found: Iterable[Module]) -> dict[str, tuple[Module, ...]]:
    """The modules that name each library, by the library's name."""
    users: dict[str, list[Module]] = {}
    for module in found:
        for library in module.libraries:
            users.setdefault(library, []).append(module)
    return {library: tuple(users[library]) for library in sorted(users)}


def _reached(start: str, arrows: Iterable[Arrow]) -> set[str]:
    after: dict[str, list[str]] = {}
    for here, there in arrows:
        after.setdefault(here, []).append(there)
    reached, waiting = set[str](), [start]
    while waiting:
        for there in after.get(waiting.pop(), ()):
            if there not in reached:
                reached.add(there)
                waiting.append(there)
    return reached


def _name_of(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def _module(path: Path, text: str, known: frozenset[str]) -> Module:
    tree = ast.parse(text, filename=str(path))
    name, named = _name_of(path), tuple(_named(tree))
    ours = {part for each in named if (part := _ours(each, known)) and part != name}
    return Module(
        name=name,
        path=path,
        says=_first_sentence(ast.get_docstring(tree) or ""),
        lines=len(text.splitlines()),
        imports=tuple(sorted(ours)),
        libraries=tuple(sorted({part for each in named if (part := _library(each))})),
    )


def _named(tree: ast.AST) -> Iterator[str]:
    """Everything that any import names: the module, and below it each thing taken from it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _ours(named: str, known: frozenset[str]) -> str | None:
    """The module of the house that a name leads to: itself, or the module that it is taken from."""
    package, _, name = named.partition(".")
    if package != PACKAGE:
        return None
    return next((each for each in (name, name.rpartition(".")[0]) if each in known), None)


def _library(named: str) -> str | None:
    first = named.partition(".")[0]
    return None if first == PACKAGE or first in sys.stdlib_module_names else first


def _first_sentence(docstring: str) -> str:
    paragraph = " ".join(docstring.partition("\n\n")[0].split())
    sentence, stop, _ = paragraph.partition(". ")
    return f"{sentence}." if stop else paragraph
