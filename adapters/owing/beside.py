"""Answers about all encounters in a sealed file of their own, so that a new process has them.

It is a copy of what follows from the records, and may be deleted at any time. Nothing in it is
believed on its own word: it is encrypted and authenticated under a key that follows from the
ledger's root key, bound to the program, the rules and the site that it was worked out by, and each
answer is used only while every stream that it rests on ends with the same leaf.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from veinledger.adapters.errors import StoreFailed
from veinledger.adapters.logs import logger
from veinledger.adapters.owing.bound import bound_to
from veinledger.adapters.owing.entries import Entry, entry_of
from veinledger.adapters.owing.folder import FOLDER_VARIABLE
from veinledger.adapters.owing.kept import Kept
from veinledger.adapters.owing.reading_all import Reading
from veinledger.domain.centre.centre import Centre
from veinledger.domain.rules import Rules
from veinledger.projections.due.shapes import OwingAhead
from veinledger.projections.due.standstill import Standstill

LOG: Final = logger(__name__)
WORTH_WRITING: Final = 100
"""One in so many encounters must be new before the file is written again."""

_NONCE: Final = 12
_A_MINUTE: Final = 60.0


def file_beside(
    folder: Path | None, ledger_id: bytes, key: bytes, rules: Rules, centre: Centre
) -> Beside | None:
    """The file of one ledger and one edition; None where there is to be none."""
    if folder is None:
        return None
    file = folder / f"{ledger_id.hex()}.owing-{rules.edition}"
    return Beside(file, key, lambda: bound_to(ledger_id, rules, centre))


class Beside:
    """A file of answers. Thread-safe; read once, when first asked."""

    def __init__(self, file: Path, key: bytes, bound: Callable[[], bytes]) -> None:
        """`key` has 32 bytes; `bound` tells all that answers follow from but records."""
        self._file = file
        self._cipher = AESGCM(key)
        self._bound = bound
        self._lock = Lock()
        self._entries: dict[str, Entry] | None = None
        self._new = 0

    def kept(self, stream: str, reading: Reading, on: date) -> Kept | None:
        """What was written of an encounter, where that still holds; the answer for this day."""
        entry = self._holding_still(stream, reading)
        if entry is None:
            return None
        answer = entry.on(on)
        answers = () if answer is None else (answer,)
        return Kept(name=entry.name, rests_on=entry.rests_on, answers=answers)

    def days_around(self, stream: str, reading: Reading, on: date) -> Standstill | None:
        """The days around one for which the answer is written, where it still holds."""
        entry = self._holding_still(stream, reading)
        return None if entry is None else entry.days_around(on)

    def add(self, stream: str, kept: Kept, spans: Sequence[OwingAhead]) -> None:
        """Take in what is owed in an encounter over some days, for the next `write`."""
        with self._lock:
            before = self._all().get(stream)
            same = before if before is not None and before.rests_on == kept.rests_on else None
            self._all()[stream] = entry_of(kept.name, kept.rests_on, spans, same)
            self._new += 1

    def _holding_still(self, stream: str, reading: Reading) -> Entry | None:
        with self._lock:
            entry = self._all().get(stream)
        return entry if entry is not None and reading.holds_still(entry.rests_on) else None

    def write(self) -> None:
        """Write the file anew where enough has changed; where that fails, a line of log."""
        with self._lock:
            enough = self._new * WORTH_WRITING >= len(self._all())
        if enough:
            try:
                self._write()
            except OSError as error:
                LOG.info("owing.not_kept", why=type(error).__name__)

    def write_all(self) -> None:
        """Write the file anew where anything has changed; raises StoreFailed where that fails."""
        try:
            self._write()
        except OSError as error:
            why = (error.strerror or type(error).__name__).lower()
        else:
            return
        raise StoreFailed(
            f"what is owed cannot be kept in {self._file.parent}: {why}; lists are right without"
            " it, only slower. Make the folder one that you may write in, or name another by"
            f" {FOLDER_VARIABLE}"
        )

    def _write(self) -> None:
        with self._lock:
            if self._new == 0:
                return
            new, self._new = self._new, 0
            content = msgspec.msgpack.encode(self._all())
        try:
            _replace(self._file, self._sealed(content))
        except OSError:
            with self._lock:
                self._new += new
            raise

    def _all(self) -> dict[str, Entry]:
        if self._entries is None:
            self._entries = self._read_file()
        return self._entries

    def _read_file(self) -> dict[str, Entry]:
        """What is in the file; nothing where it is not there, or not the one that was written."""
        try:
            sealed = self._file.read_bytes()
            opened = self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], self._bound())
            return msgspec.msgpack.decode(opened, type=dict[str, Entry])
        except (OSError, InvalidTag, ValueError) as error:
            LOG.debug("owing.worked_out_anew", why=type(error).__name__)
            return {}

    def _sealed(self, content: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, content, self._bound())


def _replace(file: Path, content: bytes) -> None:
    """Put a file in the place of another, whole or not at all; nobody else may read it."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.new")
    _remove_what_a_crash_left(fresh)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
        handle.write(content)
    fresh.replace(file)


def _remove_what_a_crash_left(fresh: Path) -> None:
    """Another process may be writing the same file now; a minute ago it was not."""
    with suppress(FileNotFoundError):
        if time.time() - fresh.stat().st_mtime > _A_MINUTE:
            fresh.unlink()
