"""What a writer is told to do, and the handle by which a test starts, kills and follows it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Final, Literal

import msgspec

from tests.adapters.faults.messages import KEYS
from tests.adapters.faults.shim import Fault, preloading
from tests.given_ledger import ROOT

Manner = Literal["honest", "too early"]
"""`too early` acknowledges before it sends: the fault that a checker must find."""
Synchronous = Literal["FULL", "NORMAL", "OFF"]
PATIENCE_SECONDS: Final = 60
KILLED: Final = -signal.SIGKILL if sys.platform != "win32" else -9


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What one writer does, from opening the ledger to closing it."""

    folder: str
    """Of the ledger."""
    acknowledged: str
    """The file that its standard output goes to."""
    errors: str
    """The file that its standard error goes to."""
    keys_in: str = KEYS
    """The folder of root keys, below that of the ledger."""
    encrypted: bool = False
    """Whether a ledger that is made encrypts its bodies."""
    first: int = 0
    until: int | None = None
    """The number that it stops before; None to go on until it is killed."""
    group: int = 1
    """Messages in one call; all are acknowledged when it returns."""
    in_bulk: bool = False
    """Whether each message is acknowledged when it is told, while others are still on their way."""
    threads: int = 1
    manner: Manner = "honest"
    synchronous: Synchronous = "FULL"
    checkpoint: int | None = None
    """Pages after which the write-ahead log is copied back; None for what SQLite does."""
    fault: Fault | None = None
    from_the_opening: bool = False
    """Whether the fault begins before the ledger is opened, and not after."""
    dies_at_line: int | None = None
    """Of the lines that run inside the ledger after the opening; 0 counts them."""


@dataclass(slots=True)
class Writer:
    """A running writer, and the folder of the ledger that it writes to."""

    process: subprocess.Popen[str]
    folder: Path

    @property
    def acknowledged(self) -> Path:
        """What the jobs of this ledger acknowledged, one number a line."""
        return self.folder.with_name(self.folder.name + ".acknowledged")

    @property
    def errors(self) -> Path:
        """What the jobs of this ledger complained of."""
        return self.folder.with_name(self.folder.name + ".errors")

    def job(self) -> Job:
        """A job on this ledger, to be told more."""
        self.folder.mkdir(exist_ok=True)
        return Job(
            folder=str(self.folder), acknowledged=str(self.acknowledged), errors=str(self.errors)
        )

    def at(self, folder: Path) -> Writer:
        """The same writer, at work on another ledger."""
        return replace(self, folder=folder)

    def start(self, job: Job) -> int:
        """Start a job; gives the process id of who does it."""
        self._input.write(msgspec.json.encode(job).decode() + "\n")
        self._input.flush()
        return int(self._answer())

    def ended(self) -> int:
        """Wait for the job's end; gives its exit code, or the negative signal that killed it."""
        return int(self._answer())

    def done(self, job: Job) -> int:
        """Start a job and wait for its end."""
        self.start(job)
        return self.ended()

    def killed(self, job: Job, answers: int, after: float) -> None:
        """Start a job and kill it, so many seconds after so many acknowledgements."""
        before = self._lines()
        child = self.start(job)
        until = time.monotonic() + PATIENCE_SECONDS
        while self._lines() < before + answers:
            assert not self.complaints()
            assert time.monotonic() < until, f"{answers} answers never came"
            time.sleep(0.0005)
        time.sleep(after)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        assert self.ended() == KILLED, self.complaints()

    def numbers(self) -> frozenset[int]:
        """The messages that were acknowledged."""
        lines = self.acknowledged.read_text().splitlines() if self.acknowledged.exists() else []
        return frozenset(int(line) for line in lines if line.isdigit())

    def complaints(self) -> str:
        """What the jobs wrote to their standard error."""
        return self.errors.read_text() if self.errors.exists() else ""

    def _lines(self) -> int:
        return self.acknowledged.read_bytes().count(b"\n") if self.acknowledged.exists() else 0

    @property
    def _input(self) -> IO[str]:
        assert self.process.stdin is not None
        return self.process.stdin

    def _answer(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()


@contextmanager
def writer(
    folder: Path, shim: Path | None = None, under: tuple[str, ...] = ()
) -> Generator[Writer, None, None]:
    """A program that does jobs on the ledger of a folder: with the shim before its system calls,
    or under another program that follows it, or neither.
    """
    process = subprocess.Popen(
        [*under, sys.executable, "-m", "tests.adapters.faults.writer"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=None if shim is None else preloading(shim),
    )
    with process:
        try:
            yield Writer(process, folder)
        finally:
            assert process.stdin is not None
            process.stdin.close()
