"""Seeds and counts of the random tests, told at the end of every run."""

from __future__ import annotations

import pytest

from tests.tiers import TOLD


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was drawn, so that a failure can be drawn again."""
    if TOLD:
        terminalreporter.section("seeds and counts")
        for line in TOLD:
            terminalreporter.write_line(line)
