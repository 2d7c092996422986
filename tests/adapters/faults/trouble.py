"""What a trial is told, what it found, and the handle by which a test runs one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from tests.adapters.faults.shim import Fault, preloading
from tests.given_ledger import ROOT

Phase = Literal["taking in", "closing", "opening"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What goes wrong, and while the ledger does what."""

    folder: str
    """Of the ledger."""
    phase: Phase
    in_bulk: bool = False
    """Whether the messages that are taken in share a commit."""
    fault: Fault | None = None
    longest_file: int | None = None
    """Bytes beyond which no file of this process may grow."""
    grows_to: str | None = None
    """The size that the folder's own file system is given when the trouble is over."""
    kept: tuple[int, ...] = ()
    """Messages that the ledger holds already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a trial found."""

    calls: int
    """System calls of the kinds that were to fail, while the trouble was there."""
    hits: int
    """Those that went wrong."""
    where: str
    """The first of them, as `call path`."""
    errors: tuple[tuple[str, str], ...]
    """What the ledger said to its callers: the kind of error, and its text."""
    acknowledged: int
    complaint: str
    """What is not as it must be; empty where all is."""

    @property
    def call(self) -> str:
        """What went wrong first, such as `pwrite64 sqlite-wal`."""
        name, _, path = self.where.partition(" ")
        return f"{name} {Path(path).suffix.lstrip('.') or 'folder'}"


Run = Callable[[Trial], Found]


@contextmanager
def trials(shim: Path | None = None, under: tuple[str, ...] = ()) -> Generator[Run, None, None]:
    """A program that runs trials, with the shim before its system calls or without."""
    process = subprocess.Popen(
        [*under, sys.executable, "-m", "tests.adapters.faults.trial"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=None if shim is None else preloading(shim),
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        asked, told = process.stdin, process.stdout

        def run(trial: Trial) -> Found:
            asked.write(msgspec.json.encode(trial).decode() + "\n")
            asked.flush()
            return msgspec.json.decode(told.readline(), type=Found)

        try:
            yield run
        finally:
            asked.close()
