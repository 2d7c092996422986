"""The shim that makes the n-th system call on a ledger go wrong: building it, and arming it."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import pytest

SOURCE: Final = Path(__file__).with_name("shim.c")
BUILD_SECONDS: Final = 60

Deed = Literal["fail", "tear", "lie", "kill before", "kill after"]
DEEDS: Final[tuple[Deed, ...]] = ("fail", "tear", "lie", "kill before", "kill after")
KINDS: Final = {"write": 1, "sync": 2, "resize": 4, "open": 8, "remove": 16}
EVERY_KIND: Final = tuple(KINDS)


def built_shim(folder: Path) -> Path:
    """Compile the shim into a folder; skips the test where that cannot be done."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("the shim that fails system calls needs Linux and a C compiler named cc")
    library = folder / "shim.so"
    command = [compiler, "-O1", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl"]
    done = subprocess.run(command, capture_output=True, timeout=BUILD_SECONDS, check=False)
    if done.returncode:
        pytest.skip(f"the shim could not be compiled: {done.stderr.decode(errors='replace')[:200]}")
    return library


def preloading(library: Path) -> dict[str, str]:
    """The environment of a program that the shim stands before."""
    return {**os.environ, "LD_PRELOAD": str(library)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong: the n-th call of these kinds on a path under the folder."""

    at: int
    deed: Deed
    kinds: tuple[str, ...] = EVERY_KIND
    error: int = errno.EIO
    for_good: bool = False
    """Whether every later call goes wrong too, until the fault is over."""


def begin(fault: Fault, folder: Path) -> None:
    """Let a fault happen to this process, which the shim must stand before."""
    kinds = sum(KINDS[kind] for kind in fault.kinds)
    ctypes.CDLL(None).fault_arm(
        os.fsencode(folder.resolve()),
        ctypes.c_long(fault.at),
        DEEDS.index(fault.deed),
        fault.error,
        int(fault.for_good),
        kinds,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """What a fault met before it was over."""

    calls: int
    """Calls of its kinds that were made."""
    hits: int
    """Those that went wrong."""
    where: str
    """The first of them, as `call path`."""


def end() -> Met:
    """End the fault: what was broken works again."""
    library = ctypes.CDLL(None)
    library.fault_disarm.restype = library.fault_hits.restype = ctypes.c_long
    library.fault_where.restype = ctypes.c_char_p
    calls, hits = library.fault_disarm(), library.fault_hits()
    return Met(calls=calls, hits=hits, where=os.fsdecode(library.fault_where()))
