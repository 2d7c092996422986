"""Seeds and counts of the random tests, told at the end of every run."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from tests.tiers import TOLD

# How fast this machine draws examples today is no property of the program.
settings.register_profile(
    "veinledger", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("veinledger")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was drawn, so that a failure can be drawn again."""
    if TOLD:
        terminalreporter.section("seeds and counts")
        for line in TOLD:
            terminalreporter.write_line(line)
