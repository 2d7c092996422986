"""What both ways to plant a mutant share: which mutants are theirs, and where their lines go."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.mutants.choosing import Choosing
from tests.mutants.finding import mutants_of
from tests.mutants.records import Line, written
from tests.mutants.sites import Mutant, Source, sources


@dataclass
class Planting:
    """The mutants of one part, one after the other, a line for each."""

    choosing: Choosing
    into: Path
    figures: Path
    seconds: float
    """For the tests of one mutant."""
    part: int = 0
    parts: int = 1
    wanted: Callable[[Mutant], bool] = lambda _: True
    whose: Sequence[Source] = ()
    """The sources that are planted in; all of the house, where none is named."""
    trusted: set[int] = field(default_factory=set[int])
    """Tests that are known to pass where nothing is planted."""

    def mine(self) -> Iterator[tuple[Source, Mutant]]:
        """The mutants of this part; those of one function stay together."""
        for source in self.whose or sources():
            for mutant in mutants_of(source):
                if mutant.part(self.parts) == self.part and self.wanted(mutant):
                    yield source, mutant

    def write(self, line: Line) -> None:
        """Add a line at once: a run that is stopped goes on behind it."""
        with self.figures.open("a", encoding="utf-8") as file:
            file.write(written(line))

    def name(self, test: int) -> str:
        """A test as pytest names it."""
        return self.choosing.cover.tests[test]
