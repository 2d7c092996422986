"""Which tests are asked about a mutant, and in which order.

Those that killed something in the same function come first; then the quickest and most specific,
one of each test function before another of the same, as long as the time allows.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tests.mutants.covering import AT_IMPORT, ON_READING, Cover
from tests.mutants.sites import HOUSE, Mutant

LEAST: Final = 0.004
"""What a test costs besides what the clock of the processor can tell."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The tests to ask, whether that is all that run the line, and what has to be read anew."""

    tests: tuple[int, ...]
    covering: int
    """How many tests run the line."""
    of_pages: bool
    """Whether the line runs when pages are read, which is once for all tests."""
    of_import: bool
    """Whether it runs while modules are imported or tests are collected."""

    @property
    def whole(self) -> bool:
        """Whether all were asked."""
        return len(self.tests) >= self.covering


class Choosing:
    """What a cover says about each line."""

    def __init__(self, cover: Cover) -> None:
        self.cover = cover
        self.lines = {
            file: {line: array("I", sorted(tests)) for line, tests in lines.items()}
            for file, lines in cover.lines.items()
        }
        cover.lines = {}
        self.group = [test.partition("[")[0] for test in cover.tests]
        self.left_out = {n for n, test in enumerate(cover.tests) if test in cover.left_out}
        self.size = [0] * len(cover.tests)
        for file, lines in self.lines.items():
            for tests in lines.values() if file.startswith(HOUSE) else ():
                for test in tests:
                    self.size[test] += 1
        self.killers: dict[tuple[str, str], list[int]] = {}

    def score(self, test: int) -> float:
        """How dear a test is: seconds, and what else of the house it runs."""
        return (LEAST + self.cover.seconds[test]) * (1 + self.size[test] / 50)

    def killed(self, mutant: Mutant, test: int) -> None:
        """Remember who killed, for the next mutant of the same function."""
        known = self.killers.setdefault((mutant.file, mutant.function), [])
        if test in known:
            known.remove(test)
        known.insert(0, test)

    def choose(self, mutant: Mutant, seconds: float) -> Choice:
        """Tests for so many seconds."""
        lines = range(mutant.line, mutant.last + 1)
        direct = self.running({mutant.file: lines})
        once = self.cover.once
        of_pages = _touches(once.get(ON_READING, {}).get(mutant.file, set()), lines)
        of_import = _touches(once.get(AT_IMPORT, {}).get(mutant.file, set()), lines)
        by_pages = self.cover.by_pages - self.left_out - direct if of_pages else set[int]()
        covering = direct | by_pages
        known = self._known(mutant, covering)
        ordered = [*known, *self.in_turn(direct), *self.in_turn(by_pages)]
        chosen: dict[int, None] = {}
        for test in ordered:
            if seconds <= 0:
                break
            if test not in chosen:
                chosen[test] = None
                seconds -= LEAST + self.cover.seconds[test]
        return Choice(tuple(chosen), len(covering), of_pages, of_import)

    def _at(self, file: str, line: int) -> Iterator[int]:
        yield from self.lines.get(file, {}).get(line, ())

    def _known(self, mutant: Mutant, covering: set[int]) -> list[int]:
        known = self.killers.get((mutant.file, mutant.function), [])
        return [test for test in known[:6] if test in covering]

    def running(self, lines: Mapping[str, Iterable[int]]) -> set[int]:
        """The tests that run any of these lines."""
        found = {t for file, some in lines.items() for line in some for t in self._at(file, line)}
        return found - self.left_out

    def in_turn(self, covering: set[int]) -> Iterator[int]:
        """The quickest and most specific first; another of the same test function costs more."""
        seen: Counter[str] = Counter()
        turns: list[tuple[float, int]] = []
        for test in sorted(covering, key=self.score):
            seen[self.group[test]] += 1
            turns.append((self.score(test) * seen[self.group[test]], test))
        return (test for _, test in sorted(turns))


def _touches(known: set[int], lines: range) -> bool:
    return any(line in known for line in lines)
