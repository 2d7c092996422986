"""Survivors that are asked about by tests which somebody names, be they large or random.

Each is planted in a process that imports everything anew, as in `fresh`, and gets all of the tests
until one fails.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from time import perf_counter, process_time
from typing import Final

import pytest

from tests.mutants.child import Ended, in_a_child, settle
from tests.mutants.covering import Plainly, asked
from tests.mutants.fresh import IMPORTED_BEFORE, LIBRARIES, imported_as
from tests.mutants.planting import Planting
from tests.mutants.records import Line, line_of
from tests.mutants.sites import Mutant, Source

WHATEVER_THEIR_MARKS: Final = ("-m", "")


@dataclass
class ByName(Planting):
    """Each wanted mutant of this part, and the same tests for all of them."""

    tests: Sequence[str] = ()
    longest: float = 600.0
    """Seconds of the processor; from the first run on, four times what that took and a minute."""

    def run(self) -> int:
        """A line for each; 1 where the tests fail with nothing planted."""
        for name in LIBRARIES:
            import_module(name)
        begun = sum(os.times()[2:4])
        if self._ask(None, None).how != "survived":
            return 1
        self.longest = 60 + 4 * (sum(os.times()[2:4]) - begun)
        for source, mutant in self.mine():
            self.write(self.of(source, mutant))
        return 0

    def of(self, source: Source, mutant: Mutant) -> Line:
        """One mutant."""
        begun = perf_counter()
        ended = self._ask(source, mutant)
        killed = ended.how in ("killed", "timed out")
        return line_of(
            mutant,
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            outcome=ended.how,
            by=" ".join(self.tests) if killed else None,
            asked=len(self.tests),
            covering=len(self.tests),
            of_import=False,
            seconds=round(perf_counter() - begun, 2),
        )

    def _ask(self, source: Source | None, mutant: Mutant | None) -> Ended:
        return in_a_child(lambda _: self._live(source, mutant), self.into)

    def _live(self, source: Source | None, mutant: Mutant | None) -> None:
        try:
            folder = self.into / f"child-{os.getpid()}"
            settle(folder, self.longest + process_time())
            if source is not None and mutant is not None:
                imported_as(source, source.code(mutant))
            named = [*asked(folder, *IMPORTED_BEFORE, *WHATEVER_THEIR_MARKS), "-x", *self.tests]
            os._exit(int(pytest.main(named, plugins=[Plainly()])))
        except BaseException:
            os._exit(2)
