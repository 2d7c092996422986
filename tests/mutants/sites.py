"""What a mutant is: one small change at one place, and the source that holds it.

A change is made on the tree of a module and taken back after compiling. Whatever is replaced stays
behind a condition that is never true, so that a function keeps the names that it is built from and
its code can be exchanged in a running program.
"""

from __future__ import annotations

import ast
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal
from zlib import crc32

ROOT: Final = Path(__file__).parent.parent.parent
HOUSE: Final = "domain"

Kind = Literal["function", "default", "module"]
"""Where a change is: in a body, in the default of a parameter, or in what a module runs once."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a tree: the field of a node, or the n-th of a list of them."""

    parent: ast.AST
    name: str
    number: int | None = None

    def get(self) -> Any:
        """What stands there."""
        found = getattr(self.parent, self.name)
        return found if self.number is None else found[self.number]

    def put(self, node: Any) -> None:
        """Let something else stand there."""
        if self.number is None:
            setattr(self.parent, self.name, node)
        else:
            getattr(self.parent, self.name)[self.number] = node


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: where it is, what it does, and how it reads before and after."""

    file: str
    function: str
    line: int
    last: int
    operator: str
    before: str
    after: str
    kind: Kind
    slot: Slot = field(repr=False, compare=False)
    node: Any = field(repr=False, compare=False)
    nth: int = 0
    """Which of those that read alike in one function."""

    @property
    def key(self) -> tuple[str, str, str, str, int]:
        """What names it as long as its function reads so; a line number would not."""
        return self.file, self.function, self.before, self.after, self.nth

    def part(self, parts: int) -> int:
        """Which of so many processes it falls to; those of one function fall to one."""
        return crc32(f"{self.file} {self.function}".encode()) % parts

    @contextmanager
    def planted(self) -> Generator[None, None, None]:
        """The tree with the change in it."""
        was = self.slot.get()
        self.slot.put(self.node)
        try:
            yield
        finally:
            self.slot.put(was)


@dataclass(frozen=True, eq=False)
class Source:
    """A module as text and as a tree."""

    path: Path
    name: str
    """Its path from the root of the checkout."""

    @cached_property
    def tree(self) -> ast.Module:
        """The tree that changes are planted in."""
        return ast.parse(self.path.read_text(encoding="utf-8"))

    def code(self, mutant: Mutant | None = None) -> Any:
        """The module compiled, with a mutant or without."""
        if mutant is None:
            return compile(self.tree, str(self.path), "exec", dont_inherit=True)
        with mutant.planted():
            return compile(self.tree, str(self.path), "exec", dont_inherit=True)


def sources(folder: Path = ROOT / HOUSE, root: Path = ROOT) -> list[Source]:
    """Every module below a folder, in the order of their names."""
    return [
        Source(path, path.relative_to(root).as_posix())
        for path in sorted(folder.rglob("*.py"))
        if path.read_text(encoding="utf-8").strip()
    ]


def numbered(mutants: Iterator[Mutant]) -> Iterator[Mutant]:
    """Mutants with those that read alike in one function told apart."""
    seen: dict[tuple[str, str, str, str, int], int] = {}
    for mutant in mutants:
        nth = seen[mutant.key] = seen.get(mutant.key, -1) + 1
        yield replace(mutant, nth=nth)
