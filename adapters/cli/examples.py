"""The worked examples that come with the program."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from veinledger.adapters.cli.opening import EXAMPLES

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
