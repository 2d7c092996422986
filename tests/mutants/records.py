"""One line of JSON for each mutant; of two lines about one, the later counts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.mutants.sites import Mutant

Key = tuple[str, str, str, str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What became of a mutant."""

    at: str
    file: str
    function: str
    line: int
    operator: str
    kind: str
    before: str
    after: str
    nth: int
    outcome: str
    by: str | None
    """The test that killed it."""
    asked: int
    """How many tests were asked before it was over, at most."""
    covering: int
    """How many tests there are that run the line."""
    of_import: bool
    seconds: float

    @property
    def key(self) -> Key:
        """Which mutant it is about."""
        return self.file, self.function, self.before, self.after, self.nth

    @property
    def survived(self) -> bool:
        """Whether no test told the mutant from the program."""
        return self.outcome in ("survived", "not run", "not planted")


def line_of(mutant: Mutant, **told: object) -> Line:
    """A line about a mutant."""
    names = ("file", "function", "line", "operator", "kind", "before", "after", "nth")
    return Line(**{name: getattr(mutant, name) for name in names}, **told)  # type: ignore[arg-type]


def written(line: Line) -> str:
    """A line as it stands in the file."""
    return json.dumps(asdict(line), ensure_ascii=False) + "\n"


def lines_in(paths: Iterable[Path]) -> dict[Key, Line]:
    """The last that was said about each mutant."""
    return {line.key: line for path in paths for line in _read(path)}


def _read(path: Path) -> Iterator[Line]:
    with path.open(encoding="utf-8") as file:
        for text in file:
            yield Line(**json.loads(text))
