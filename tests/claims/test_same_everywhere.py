"""No claim depends on the hash seed, the locale or the time zone of the machine."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.given_ledger import ROOT

MACHINES = [
    {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8"},
    {"PYTHONHASHSEED": "4711", "TZ": "America/Los_Angeles", "LC_ALL": "POSIX"},
]


def digest_on(machine: dict[str, str]) -> str:
    """All golden documents as a process with these settings would write them."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.claims.golden", "--digest"],
        cwd=ROOT,
        env={**os.environ, **machine, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout


@pytest.mark.stochastic
def test_every_golden_document_is_the_same_on_every_machine() -> None:
    digests = {digest_on(machine) for machine in MACHINES}
    assert len(digests) == 1
    assert len(digests.pop()) == 64
