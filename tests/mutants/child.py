"""A process of its own for each mutant: it plants, asks tests until one fails, and is gone."""

from __future__ import annotations

import os
import resource
import shutil
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.mutants.covering import outcomes

MEMORY: Final = 6 * 2**30
SLEPT: Final = 60
"""Seconds of the clock besides those of the processor, for a test that waits for nothing."""
NOT_PLANTED: Final = -1


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended, and at which test."""

    how: str
    test: int | None = None


def ask(
    plant: Callable[[], bool], tests: Sequence[tuple[int, pytest.Item, float]], into: Path
) -> Ended:
    """Plant in a child, and run tests there, each with the seconds that it may take."""
    return in_a_child(lambda telling: _live(plant, tests, into, telling), into)


def in_a_child(live: Callable[[int], None], into: Path) -> Ended:
    """How a child ended, by what it told and by its status; its folder goes with it.

    `live` is all that it does: it is handed the pipe to tell by, and never returns.
    """
    told, telling = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(told)
        live(telling)
    os.close(telling)
    with os.fdopen(told) as said:
        words = said.read().split()
    _, status = os.waitpid(child, 0)
    shutil.rmtree(into / f"child-{child}", ignore_errors=True)
    return _ended(words, status)


def _ended(words: list[str], status: int) -> Ended:
    test = int(words[-1]) if words and words[-1].lstrip("-").isdigit() else None
    if test == NOT_PLANTED:
        return Ended("not planted")
    if os.WIFSIGNALED(status):
        late = os.WTERMSIG(status) in (signal.SIGALRM, signal.SIGPROF)
        return Ended("timed out" if late else "killed", test)
    return Ended("survived" if os.WEXITSTATUS(status) == 0 else "killed", test)


def _live(
    plant: Callable[[], bool],
    tests: Sequence[tuple[int, pytest.Item, float]],
    into: Path,
    telling: int,
) -> None:
    """All that a child does; it never returns."""
    try:
        folder = into / f"child-{os.getpid()}"
        settle(folder)
        for _, item, _ in tests[:1]:
            vars(item.config)["_tmp_path_factory"]._basetemp = folder / "tmp"
        if not plant():
            os.write(telling, f"{NOT_PLANTED}\n".encode())
            os._exit(0)
        for number, (test, item, seconds) in enumerate(tests):
            os.write(telling, f"{test}\n".encode())
            signal.setitimer(signal.ITIMER_PROF, seconds)
            signal.setitimer(signal.ITIMER_REAL, SLEPT + 10 * seconds)
            following = tests[number + 1][1] if number + 1 < len(tests) else None
            if any(report.failed for report in outcomes(item, following)):
                os._exit(1)
    except BaseException:
        os._exit(2)
    os._exit(0)


def settle(folder: Path, seconds: float = 0) -> None:
    """Folders of its own, nobody to talk to, and an end to its memory and to its time."""
    for name in ("tmp", "cache", "checkpoints"):
        (folder / name).mkdir(parents=True)
    os.environ["VEINLEDGER_CACHE"] = str(folder / "cache")
    os.environ["VEINLEDGER_CHECKPOINTS"] = str(folder / "checkpoints")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for late in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(late, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, 10 * seconds)
