"""The long form of the random tests: for so many minutes, with a line of figures for each test.

`make soak` loads it. VEINLEDGER_MINUTES stops between two tests, and the end says which were not
reached; VEINLEDGER_FIGURES names the file that gets one JSON object a line.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.tiers import SEED, TIER, TOLD


@dataclass
class Soak:
    """One run: when it ends, what it wrote, and what it did not come to."""

    minutes: float | None = None
    figures: Path | None = None
    clock: Callable[[], float] = time.monotonic
    begun: float = field(init=False)
    told_before: int = 0
    not_reached: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.begun = self.clock()

    def is_over(self) -> bool:
        """Whether no further test may begin."""
        return self.minutes is not None and self.clock() - self.begun >= 60 * self.minutes

    def begins(self, test: str) -> bool:
        """Whether there is time for a test; what it tells from here on is its own."""
        self.told_before = len(TOLD)
        if self.is_over():
            self.not_reached.append(test)
            self.write(test, "not reached", 0.0)
            return False
        return True

    def write(self, test: str, outcome: str, seconds: float) -> None:
        """One line of figures, on disk before the next test begins."""
        if self.figures is None:
            return
        said: dict[str, Any] = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "tier": TIER,
            "seed": SEED,
            "test": test,
            "outcome": outcome,
            "seconds": round(seconds, 1),
            "told": TOLD[self.told_before :],
        }
        with self.figures.open("a", encoding="utf-8") as file:
            file.write(json.dumps(said) + "\n")


def soak_of(environment: dict[str, str]) -> Soak:
    """As the environment asks for it; an empty value asks for nothing."""
    minutes, figures = (
        environment.get(name, "") for name in ("VEINLEDGER_MINUTES", "VEINLEDGER_FIGURES")
    )
    return Soak(
        minutes=float(minutes) if minutes else None, figures=Path(figures) if figures else None
    )


SOAK = soak_of(dict(os.environ))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Nothing is set up for a test that may not begin."""
    if not SOAK.begins(item.nodeid):
        pytest.skip(f"not reached in {SOAK.minutes:g} minutes")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """A test that ran, or that failed before or after it ran."""
    reached = report.nodeid not in SOAK.not_reached
    if reached and (report.when == "call" or report.outcome != "passed"):
        SOAK.write(report.nodeid, report.outcome, report.duration)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what there was no time for."""
    if SOAK.not_reached:
        terminalreporter.section(f"{len(SOAK.not_reached)} not reached in {SOAK.minutes:g} minutes")
        for test in SOAK.not_reached:
            terminalreporter.write_line(test)
