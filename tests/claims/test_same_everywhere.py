"""No claim depends on the hash seed, the locale or the time zone of the machine."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.claims.golden import digest_as_kept
from tests.given_ledger import ROOT
from veinledger.domain.codebook.statement import EDITIONS, Edition

MACHINES = [
    {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8"},
    {"PYTHONHASHSEED": "4711", "TZ": "America/Los_Angeles", "LC_ALL": "POSIX"},
]


def started_on(machine: dict[str, str], edition: Edition) -> subprocess.Popen[str]:
    """A process with these settings that writes one number for all golden documents."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.claims.golden", "--digest", edition],
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
def test_every_golden_document_is_the_same_on_every_machine() -> None:
    """Each edition on a machine of its own, held against the files as they lie there."""
    started = [started_on(*pair) for pair in zip(MACHINES, EDITIONS, strict=True)]
    assert [digest_of(each) for each in started] == [digest_as_kept(each) for each in EDITIONS]
