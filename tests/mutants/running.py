"""A session collected once, and a child of it for each mutant.

A test that kills is asked again, with the tests before it, in a child without a mutant; one that
fails there as well is never asked again.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from tests.mutants.child import Ended, ask
from tests.mutants.choosing import Choice
from tests.mutants.covering import Plainly, asked, warm
from tests.mutants.live import Live
from tests.mutants.planting import Planting
from tests.mutants.records import Line, line_of
from tests.mutants.sites import ROOT, Mutant, Source

PATIENCE: Final = 3.0
"""Seconds that a test may take besides four times what it took under coverage."""


@dataclass
class Running(Planting):
    """A plugin that takes the loop over the tests, and plants instead."""

    root: Path = ROOT
    items: dict[int, pytest.Item] = field(default_factory=dict[int, pytest.Item])

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Every wanted mutant of this part, a line for each."""
        kept = {id(wrapper) for wrapper in warm()}
        live = Live(self.root)
        gc.collect()
        gc.freeze()
        numbers = {test: number for number, test in enumerate(self.choosing.cover.tests)}
        self.items = {numbers[i.nodeid]: i for i in session.items if i.nodeid in numbers}
        self.choosing.left_out |= set(range(len(self.choosing.cover.tests))) - set(self.items)
        for source, mutant in self.mine():
            self.write(self.of(source, mutant, live, kept))
        return True

    def of(self, source: Source, mutant: Mutant, live: Live, kept: set[int]) -> Line:
        """Plant one mutant until its killer can be trusted, or nobody kills it."""
        begun = time.perf_counter()

        def plant(choice: Choice) -> Callable[[], bool]:
            def planted() -> bool:
                live.forget(set() if choice.of_pages else kept)
                return live.swap(source, mutant) > 0

            return planted

        while True:
            choice = self.choosing.choose(mutant, self.seconds)
            ended = self._ask(plant(choice), choice.tests) if choice.tests else Ended("not run")
            if ended.how not in ("killed", "timed out") or self._is_trusted(ended, choice, live):
                break
        test = ended.test if ended.how in ("killed", "timed out") else None
        if test is not None:
            self.choosing.killed(mutant, test)
        return line_of(
            mutant,
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            outcome=ended.how,
            by=None if test is None else self.name(test),
            asked=len(choice.tests),
            covering=choice.covering,
            of_import=choice.of_import,
            seconds=round(time.perf_counter() - begun, 2),
        )

    def _ask(self, plant: Callable[[], bool], tests: Iterable[int]) -> Ended:
        took = self.choosing.cover.seconds
        return ask(
            plant,
            [(each, self.items[each], PATIENCE + 4 * took[each]) for each in tests],
            self.into,
        )

    def _is_trusted(self, ended: Ended, choice: Choice, live: Live) -> bool:
        """Whether the test that killed passes where nothing is planted."""
        if ended.test is None or ended.test in self.trusted:
            return True
        before = choice.tests[: choice.tests.index(ended.test) + 1]

        def nothing() -> bool:
            live.forget(set())
            return True

        without = self._ask(nothing, before)
        if without.how == "survived":
            self.trusted.add(ended.test)
            return True
        if without.test is not None:
            self.choosing.left_out.add(without.test)
            self.choosing.cover.left_out[self.name(without.test)] = "fails in a child"
        return without.test is None


def run(plugin: Running, *more: str) -> int:
    """Collect the suite and plant."""
    return int(pytest.main(asked(plugin.into, *more), plugins=[plugin, Plainly()]))
