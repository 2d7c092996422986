"""Seeds and counts of the random tests, told at the end of every run."""

from __future__ import annotations

import gc
import os
import signal
import tempfile
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.tiers import TIER, TOLD, size

# Tests that share their work are told a width of 80; what is shown is judged as in a pipe.
os.environ.pop("COLUMNS", None)
# No test's checkpoints go among those of the person who runs it; what a test starts inherits this.
CHECKPOINTS = tempfile.TemporaryDirectory(prefix="veinledger-checkpoints-")
os.environ["VEINLEDGER_CHECKPOINTS"] = CHECKPOINTS.name
# Nor what is kept of its lists.
CACHE = tempfile.TemporaryDirectory(prefix="veinledger-cache-")
os.environ["VEINLEDGER_CACHE"] = CACHE.name

# A process that a shell began in the background is told to ignore Ctrl-C; the tests throw some.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Thirteen thousand collected tests are looked through for garbage again and again, in vain.
gc.set_threshold(50_000, 20, 50)

# How fast examples are drawn is the machine's matter, and how many are thrown away is luck: a fact
# that breaks a rule between its fields is drawn again, and a correction holds several such facts.
settings.register_profile(
    "veinledger",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    print_blob=True,
    # The same examples on every run of a tier, so that a failure is a fault of what was changed;
    # the soak draws others each time.
    derandomize=TIER < 2,
)
settings.load_profile("veinledger")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is as large as its tier says, so that it can be run by itself."""
    for item in items:
        if getattr(getattr(item, "module", None), "size", None) is size:
            item.add_marker("sized")


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: the search for garbage may pass over it."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process that runs a part of the tests hands on what it drew."""
    handed_on = getattr(session.config, "workeroutput", None)
    if handed_on is not None:
        handed_on["told"] = list(TOLD)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """The process that tells it all collects it."""
    TOLD.extend(getattr(node, "workeroutput", {}).get("told", ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was drawn, so that a failure can be drawn again."""
    if TOLD:
        terminalreporter.section("seeds and counts")
        for line in TOLD:
            terminalreporter.write_line(line)
