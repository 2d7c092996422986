"""What may be on a disk after the power went, told from the recorded system calls.

The model: what was synced is there. Of what was given later each part may be there or not: whole
writes or single sectors of 512 bytes, in any combination. A name in a folder is there, or gone, for
certain only once the folder was synced; until then any of its states since may be on the disk. The
shared memory of the write-ahead log is no part of an image: the system clears it when it starts.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from typing import Final, Literal, get_args

from tests.adapters.faults.system_calls import (
    Acknowledged,
    Created,
    Event,
    FolderMade,
    Removed,
    Resized,
    SyncBegan,
    Synced,
    Written,
)

SECTOR: Final = 512
FOLDER: Final = "folder"
SHARED_MEMORY: Final = "-shm"

Fate = Literal["dropped", "kept", "writes at random", "torn"]
"""What becomes of what was not synced."""
FATES: Final[tuple[Fate, ...]] = get_args(Fate)


@dataclass(slots=True)
class _File:
    synced: bytes = b""
    since: list[Written | Resized] = field(default_factory=list[Written | Resized])
    """What was given since, in order."""
    covered: int = 0
    """How much of it the sync under way covers."""

    def after(self, given: Iterable[Written | Resized]) -> bytes:
        content = bytearray(self.synced)
        for change in given:
            match change:
                case Resized(_, length):
                    content[length:] = bytes(max(0, length - len(content)))
                case Written(_, offset, data):
                    content.extend(bytes(max(0, offset - len(content))))
                    content[offset : offset + len(data)] = data
        return bytes(content)

    def on_the_disk(self, fate: Fate, chance: random.Random) -> bytes:
        match fate:
            case "dropped":
                return self.synced
            case "kept":
                return self.after(self.since)
            case "writes at random":
                return self.after(one for one in self.since if chance.random() < 0.5)
            case "torn":
                parts = (part for one in self.since for part in _sectors(one))
                return self.after(part for part in parts if chance.random() < 0.5)

    def sync(self) -> None:
        self.synced = self.after(self.since[: self.covered])
        del self.since[: self.covered]
        self.covered = 0


def _sectors(change: Written | Resized) -> Iterator[Written | Resized]:
    """A change as the disk takes it, sector by sector of the file."""
    if isinstance(change, Resized):
        yield change
        return
    start, end = change.offset, change.offset + len(change.data)
    while start < end:
        stop = min(end, (start // SECTOR + 1) * SECTOR)
        yield Written(change.path, start, change.data[start - change.offset : stop - change.offset])
        start = stop


Node = _File | Literal["folder"] | None
"""What a name stands for; None where it stands for nothing."""


@dataclass(slots=True)
class _Name:
    states: list[Node] = field(default_factory=lambda: list[Node]([None]))
    """The synced one first, then each that it has had since."""
    covered: int = 0

    def on_the_disk(self, fate: Fate, chance: random.Random) -> Node:
        match fate:
            case "dropped":
                return self.states[0]
            case "kept":
                return self.states[-1]
            case _:
                return chance.choice(self.states)


@dataclass(frozen=True, slots=True)
class Image:
    """The files and folders that are there when the power comes back."""

    files: dict[str, bytes]
    folders: tuple[str, ...]
    acknowledged: frozenset[int]
    """The messages whose senders were told, before the power went, that they are kept."""

    @property
    def digest(self) -> bytes:
        """The same for images with the same content."""
        said = blake2b(repr(self.folders).encode(), digest_size=16)
        for path, content in sorted(self.files.items()):
            said.update(b"%s\0%d\0" % (path.encode(), len(content)))
            said.update(content)
        return said.digest()

    def write(self, folder: Path) -> None:
        """Put the image into an empty folder, for nobody but its owner, as a ledger does."""
        for name in sorted(self.folders):
            (folder / name).mkdir(0o700)
        for name, content in self.files.items():
            (folder / name).touch(0o600)
            (folder / name).write_bytes(content)


@dataclass(slots=True)
class Disk:
    """A disk that takes one event after another, and says what a power cut may leave of it."""

    names: dict[str, _Name] = field(default_factory=dict[str, _Name])
    acknowledged: set[int] = field(default_factory=set[int])

    def take(self, event: Event) -> None:
        """Let the next event happen."""
        match event:
            case Created(path):
                self._name(path).states.append(_File())
            case FolderMade(path):
                self._name(path).states.append(FOLDER)
            case Removed(path):
                self._name(path).states.append(None)
            case Written(path) | Resized(path):
                self._file(path).since.append(event)
            case SyncBegan(path):
                self._cover(path)
            case Synced(path):
                self._sync(path)
            case Acknowledged(numbers):
                self.acknowledged.update(numbers)

    def image(self, fate: Fate, chance: random.Random) -> Image:
        """What may be there if the power goes now."""
        files, folders = dict[str, bytes](), set[str]()
        for path, name in sorted(self.names.items()):
            folder = _folder_of(path)
            if path.endswith(SHARED_MEMORY) or (folder and folder not in folders):
                continue
            match name.on_the_disk(fate, chance):
                case _File() as file:
                    files[path] = file.on_the_disk(fate, chance)
                case "folder":
                    folders.add(path)
                case None:
                    pass
        return Image(files, tuple(sorted(folders)), frozenset(self.acknowledged))

    def _name(self, path: str) -> _Name:
        return self.names.setdefault(path, _Name())

    def _file(self, path: str) -> _File:
        found = self._name(path).states[-1]
        assert isinstance(found, _File), f"{path} is no file"
        return found

    def _is_a_folder(self, path: str) -> bool:
        return not path or self._name(path).states[-1] == FOLDER

    def _names_in(self, folder: str) -> Iterator[_Name]:
        return (name for path, name in self.names.items() if _folder_of(path) == folder)

    def _cover(self, path: str) -> None:
        if not self._is_a_folder(path):
            file = self._file(path)
            file.covered = len(file.since)
            return
        for name in self._names_in(path):
            name.covered = len(name.states) - 1

    def _sync(self, path: str) -> None:
        if not self._is_a_folder(path):
            self._file(path).sync()
            return
        for name in self._names_in(path):
            del name.states[: name.covered]
            name.covered = 0


def _folder_of(path: str) -> str:
    parent = str(PurePosixPath(path).parent)
    return "" if parent == "." else parent


def images(
    events: Iterable[Event], cuts: Iterable[tuple[int, Fate]], chance: random.Random
) -> Iterator[tuple[int, Fate, Image]]:
    """An image for each cut: after so many events, and what becomes of what was not synced."""
    disk, waiting, taken = Disk(), sorted(cuts, reverse=True), 0
    for event in (*events, None):
        while waiting and waiting[-1][0] == taken:
            _, fate = waiting.pop()
            yield taken, fate, disk.image(fate, chance)
        if event is not None:
            disk.take(event)
            taken += 1
