"""The system calls of a writer, recorded by strace: what it wrote, synced, and acknowledged."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

CALLS: Final = (
    "openat,open,creat,write,pwrite64,writev,pwritev,pwritev2,fsync,fdatasync,sync_file_range,msync"
    ",ftruncate,truncate,fallocate,unlink,unlinkat,rename,renameat,renameat2,link,linkat,symlink"
    ",symlinkat,mkdir,mkdirat,rmdir"
)
UNDERSTOOD: Final = {
    "openat", "write", "pwrite64", "fsync", "fdatasync", "ftruncate", "unlink", "mkdir",
}  # fmt: skip
LONGEST_TEXT: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Created:
    """A file was made; its name is new in its folder."""

    path: str


@dataclass(frozen=True, slots=True)
class FolderMade:
    """A folder was made; its name is new in its own folder."""

    path: str


@dataclass(frozen=True, slots=True)
class Written:
    """Bytes were given to a file at an offset."""

    path: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Resized:
    """A file was cut or made longer."""

    path: str
    length: int


@dataclass(frozen=True, slots=True)
class Removed:
    """A name was taken out of its folder."""

    path: str


@dataclass(frozen=True, slots=True)
class SyncBegan:
    """Somebody asks for a file, or the names in a folder, to be on the disk."""

    path: str


@dataclass(frozen=True, slots=True)
class Synced:
    """What was given before that began is on the disk."""

    path: str


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Somebody outside was told that these messages are kept."""

    numbers: tuple[int, ...]


Event = Created | FolderMade | Written | Resized | Removed | SyncBegan | Synced | Acknowledged


def recording(file: Path) -> tuple[str, ...]:
    """The command that records the system calls of the command after it; skips without strace."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("recording system calls needs strace, and it is not installed")
    options = ("-f", "--seccomp-bpf", "-y", "-xx", "-s", str(LONGEST_TEXT), "-e", f"trace={CALLS}")
    probe = [strace, "-f", "--seccomp-bpf", "-o", str(file), "true"]
    if subprocess.run(probe, capture_output=True, check=False).returncode:
        pytest.skip("strace may not follow a process here (ptrace is forbidden)")
    return strace, *options, "-o", str(file)


def recorded(file: Path, folder: Path, acknowledged: Path) -> tuple[Event, ...]:
    """What happened under a folder, in order, with paths relative to it."""
    reader = _Reader(f"{folder.resolve()}", str(acknowledged.resolve()))
    with file.open() as lines:
        return tuple(event for line in lines for event in reader.events(line))


_LINE: Final = re.compile(r"(\d+) +(.*)")
_RESUMED: Final = re.compile(r"<\.\.\. (\w+) resumed>")
_CALL: Final = re.compile(r"(\w+)\((.*)\) += (-?\d+|\?)(?:<([^>]*)>)?", re.DOTALL)
_HANDLE: Final = re.compile(r"(\d+)<([^>]*)>")
_TEXT: Final = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')


@dataclass(slots=True)
class _Reader:
    folder: str
    acknowledged: str
    unfinished: dict[str, str] = field(default_factory=dict[str, str])
    lengths: dict[str, int] = field(default_factory=dict[str, int])
    """Of the files that are there: what exists is not created again."""
    offsets: dict[str, int] = field(default_factory=dict[str, int])

    def events(self, line: str) -> Iterator[Event]:
        """What a line of the recording says, once its call is whole."""
        found = _LINE.match(line)
        if found is None:
            return
        process, said = found.groups()
        if said.endswith("<unfinished ...>"):
            begun = said.removesuffix("<unfinished ...>")
            self.unfinished[process] = begun
            yield from self._begun(begun)
            return
        resumed = _RESUMED.match(said)
        if resumed is not None:
            said = self.unfinished.pop(process) + said[resumed.end() :]
        else:
            yield from self._begun(said)
        yield from self._ended(said)

    def _begun(self, said: str) -> Iterator[Event]:
        """A promise counts from when it was begun; a sync covers what was given before."""
        name, _, rest = said.partition("(")
        handle = _HANDLE.match(rest)
        path = _path(handle[2]) if handle else ""
        if name == "write" and path == self.acknowledged:
            yield Acknowledged(tuple(int(n) for n in _data(rest).split() if n.isdigit()))
        if name in {"fsync", "fdatasync"} and self._is_ours(path):
            yield SyncBegan(self._relative(path))

    def _ended(self, said: str) -> Iterator[Event]:
        found = _CALL.match(said)
        if found is None or found[3].startswith(("-", "?")):
            return
        name, arguments, result, opened = found.groups()
        handle = _HANDLE.match(arguments)
        path = _path(opened or (handle[2] if handle else ""))
        if name in {"unlink", "mkdir"}:
            path = _data(arguments).decode()
        if not self._is_ours(path):
            return
        assert name in UNDERSTOOD, f"no model of a disk knows {name}"
        yield from self._done(name, self._relative(path), arguments, int(result))

    def _done(self, name: str, path: str, arguments: str, result: int) -> Iterator[Event]:
        match name:
            case "openat":
                self.offsets[path] = 0
                if "O_CREAT" in arguments and path not in self.lengths:
                    self.lengths[path] = 0
                    yield Created(path)
                assert "O_TRUNC" not in arguments
            case "write":
                offset = self.offsets[path]
                self.offsets[path] = offset + result
                yield Written(path, offset, _data(arguments)[:result])
            case "pwrite64":
                offset = int(arguments.rpartition(",")[2])
                yield Written(path, offset, _data(arguments)[:result])
            case "ftruncate":
                yield Resized(path, int(arguments.rpartition(",")[2]))
            case "unlink":
                del self.lengths[path]
                yield Removed(path)
            case "mkdir":
                yield FolderMade(path)
            case _:
                yield Synced(path)

    def _is_ours(self, path: str) -> bool:
        return path == self.folder or path.startswith(self.folder + "/")

    def _relative(self, path: str) -> str:
        return path[len(self.folder) + 1 :]


def _path(said: str) -> str:
    """A path as strace shows it: its bytes in hexadecimal; a removed file's says so after it."""
    return bytes.fromhex(said.replace("\\x", "").removesuffix("(deleted)")).decode() if said else ""


def _data(arguments: str) -> bytes:
    found = _TEXT.search(arguments)
    assert found is not None
    assert not found[2], "strace cut a text short"
    return bytes.fromhex(found[1].replace("\\x", ""))
