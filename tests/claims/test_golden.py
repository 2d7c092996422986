"""Every encounter is billed as its golden files say; `make golden` writes them again.

No claim depends on the hash seed, the locale or the time zone of the machine: each edition is made
on a machine of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.claims.golden import FOLDER
from tests.given_ledger import ROOT
from veinledger.domain.codebook.statement import EDITIONS, Edition

pytestmark = pytest.mark.untraced

AT_MOST_BYTES = 45_000
"""Small enough to be read by a person before it is committed."""
MACHINES = [
    {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8"},
    {"PYTHONHASHSEED": "4711", "TZ": "America/Los_Angeles", "LC_ALL": "POSIX"},
]


def started_on(machine: dict[str, str], edition: Edition) -> subprocess.Popen[str]:
    """A process with these settings that holds what it would write against the golden files."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.claims.golden", "--check", edition],
        cwd=ROOT,
        env={**os.environ, **machine, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )


def told_by(process: subprocess.Popen[str]) -> dict[str, bool]:
    """Every file that it would write, and whether it stands there as it would write it."""
    told, _ = process.communicate()
    assert process.returncode == 0
    return dict[str, bool](json.loads(told))


def test_every_claim_is_what_its_golden_file_says_and_every_file_belongs_to_an_encounter() -> None:
    started = [started_on(*each) for each in zip(MACHINES, EDITIONS, strict=True)]
    made = {name: same for process in started for name, same in told_by(process).items()}
    changed = sorted(name for name, same in made.items() if not same)
    assert not changed, "run `make golden`, and read what it changed"
    assert {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.*")} == set(made)


def test_every_golden_file_is_small_enough_to_read() -> None:
    sizes = {path.name: len(path.read_text(encoding="utf-8")) for path in FOLDER.rglob("*.*")}
    assert not {name: size for name, size in sizes.items() if size > AT_MOST_BYTES}
