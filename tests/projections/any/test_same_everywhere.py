"""No answer depends on the machine: its hash seed, time zone, locale or decimal context."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.given_ledger import ROOT

MACHINES = (
    ({"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"}, 28),
    ({"PYTHONHASHSEED": "1", "TZ": "Pacific/Auckland", "LC_ALL": "tr_TR.UTF-8"}, 6),
    ({"PYTHONHASHSEED": "random", "TZ": "America/St_Johns", "LC_ALL": "C.UTF-8"}, 6),
)
"""Settings of a process, and to how many digits it reckons by itself."""


def started_on(machine: dict[str, str], digits: int) -> subprocess.Popen[str]:
    """A process with these settings that writes one number for all answers."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.projections.any.everything", str(digits)],
        cwd=ROOT,
        env={**os.environ, **machine, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )


def digest_of(process: subprocess.Popen[str]) -> str:
    """What it wrote, once it is done."""
    told, _ = process.communicate()
    assert process.returncode == 0
    return told


@pytest.mark.stochastic
def test_every_answer_about_the_examples_is_the_same_on_every_machine() -> None:
    side_by_side = [started_on(*machine) for machine in MACHINES]
    digests = {digest_of(process) for process in side_by_side}
    assert len(digests) == 1
    assert len(digests.pop()) == 64
