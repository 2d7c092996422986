"""The worked examples that come with the program."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any, Final

from veinledger.adapters.cli.opening import EXAMPLES

if TYPE_CHECKING:
    from veinledger.adapters.telling import Came, Decisions

CONTENTS: Final = "examples.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One worked example: a file of NDJSON and what it shows."""

    name: str
    says: str
    in_full: bool = False
    """Whether the demo shows its claims in both editions, line by line."""

    @property
    def file(self) -> str:
        """The file's name."""
        return f"{self.name}.ndjson"

    @property
    def content(self) -> bytes:
        """The lines."""
        return _folder().joinpath(self.file).read_bytes()

    @property
    def told(self) -> tuple[bytes, Decisions, Came]:
        """The lines, what was decided after which message, and which messages came late."""
        return self.content, self._said("DECISIONS"), self._said("CAME")

    def _said(self, name: str) -> Mapping[str, Any]:
        """What the example's script adds to the lines; most add nothing."""
        said: Mapping[str, Any] = getattr(self._script(), name, MappingProxyType({}))
        return said

    def _script(self) -> ModuleType | None:
        there = _folder().joinpath(f"{self.name}.py").is_file()
        return import_module(f"{EXAMPLES}.{self.name}") if there else None


def examples() -> tuple[Example, ...]:
    """Every worked example, in the order of its table of contents; others follow by name."""
    told = tomllib.loads(_folder().joinpath(CONTENTS).read_text(encoding="utf-8"))
    found = [Example(**each) for each in told["example"]]
    named = {each.name for each in found}
    lying_there = sorted(p.name for p in _folder().iterdir() if p.name.endswith(".ndjson"))
    others = [name.removesuffix(".ndjson") for name in lying_there]
    found += [Example(name=name, says="") for name in others if name not in named]
    return tuple(found)


def _folder() -> Traversable:
    return files(EXAMPLES)
