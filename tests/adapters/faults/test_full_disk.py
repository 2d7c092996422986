"""A disk that is really full: a file that may not grow, and a small file system of its own.

Part of row C4, without a shim. Whoever sends is told, what was acknowledged stays, reading goes on;
when there is room again the same process writes again.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.adapters.faults.trouble import Run, Trial, trials
from tests.tiers import size, tell

LIMITS = size(6, 40, 400)
"""How many lengths of the longest file are tried, from nothing at all up."""
LONGEST = 256 * 1024
"""Bytes; more than any file of a few messages has."""
SMALL, LARGE = "128k", "16m"

pytestmark = [
    pytest.mark.stochastic,
    pytest.mark.skipif(sys.platform != "linux", reason="limits and mounts as Linux has them"),
]


@pytest.fixture(scope="module")
def run() -> Generator[Run, None, None]:
    """Runs trials in one program."""
    with trials() as ready:
        yield ready


def test_a_file_that_may_not_grow_is_told_and_nothing_is_half_there(
    run: Run, tmp_path: Path
) -> None:
    refused = 0
    for number in range(LIMITS):
        folder = tmp_path / str(number)
        folder.mkdir()
        limit = LONGEST * number // LIMITS
        found = run(Trial(folder=str(folder), phase="taking in", longest_file=limit))
        assert found.complaint == "", f"no file longer than {limit} bytes: {found.complaint}"
        assert {kind for kind, _ in found.errors} <= {"StoreFailed"}, found.errors
        refused += bool(found.errors)
    tell(f"files that may not grow: {LIMITS} limits, {refused} met, 0 lost, 0 torn")
    assert refused >= LIMITS // 3


@pytest.fixture
def small_disk(tmp_path: Path) -> Generator[Run, None, None]:
    """Runs trials in a program that alone sees a small file system in a folder."""
    unshare, mount = shutil.which("unshare"), shutil.which("mount")
    if unshare is None or mount is None:
        pytest.skip("a file system of one's own needs unshare and mount")
    folder = tmp_path / "ledger"
    folder.mkdir()
    mounting = f'mount -t tmpfs -o size={SMALL} veinledger "$0" && exec "$@"'
    under = (unshare, "--mount", "--map-root-user", "sh", "-c", mounting, str(folder))
    probe = subprocess.run([*under, "true"], capture_output=True, check=False, timeout=60)
    if probe.returncode:
        pytest.skip("this system lets nobody but root mount a file system")
    with trials(under=under) as ready:
        yield ready


def test_a_full_disk_is_told_and_the_same_process_goes_on_when_there_is_room(
    small_disk: Run, tmp_path: Path
) -> None:
    found = small_disk(Trial(folder=str(tmp_path / "ledger"), phase="taking in", grows_to=LARGE))
    tell(f"a full file system of {SMALL}: told {len(found.errors)} times, 0 lost, 0 torn")
    assert found.complaint == ""
    assert found.errors, "the disk was not full"
    assert {kind for kind, _ in found.errors} == {"StoreFailed"}
    assert all("disk is full" in text for _, text in found.errors)
