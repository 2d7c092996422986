"""Notes each question before it is answered, and takes what was noted into the ledger."""

from __future__ import annotations

import getpass
import os
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import local
from typing import Final

from veinledger.adapters.access.beside import ReadsFile
from veinledger.adapters.access.lines import lines_in
from veinledger.adapters.access.taken import IN_ONE_RECORD, draft_of, key_of, taken_in
from veinledger.adapters.errors import VeinledgerError
from veinledger.adapters.logs import logger
from veinledger.adapters.store.sealing import Clock
from veinledger.domain.ledger.access import NOT_STATED, Reader, Reading
from veinledger.domain.ledger.port import Decision, Draft, Row, Store
from veinledger.domain.reports import Actor

LOG: Final = logger(__name__)

_NOBODY_ELSE: Final[ContextVar[Reader | None]] = ContextVar("veinledger_reader", default=None)


class Noting:
    """Who asks a ledger what. Thread-safe."""

    def __init__(self, beside: ReadsFile | None, reader: Reader | None, clock: Clock) -> None:
        """`beside` None: readings are kept in memory, and end with the ledger that lies there."""
        self._beside = beside
        self._reader = reader or whoever_is_logged_in()
        self._clock = clock
        self._in_memory: list[Reading] = []
        self._answering = local()
        self.trouble: str | None = None
        """Why the last reading could not be noted; None where it was."""

    @contextmanager
    def asking(self, question: str, stream: str | None) -> Generator[None]:
        """Note a question, unless it is asked on the way to the answer to another."""
        if getattr(self._answering, "one", False):
            yield
            return
        self._note(question, stream)
        self._answering.one = True
        try:
            yield
        finally:
            self._answering.one = False

    @contextmanager
    def on_behalf_of(self, reader: Reader) -> Generator[None]:
        """What this thread or task asks in the block is asked by this reader."""
        token = _NOBODY_ELSE.set(reader)
        try:
            yield
        finally:
            _NOBODY_ELSE.reset(token)

    def pending(self) -> tuple[Reading | None, ...]:
        """What no record holds yet, in order; None for a line that is not as it was written."""
        if self._beside is None:
            return tuple(self._in_memory)
        return tuple(each.reading for each in lines_in(self._beside.content(), self._beside.key))

    def take_in(self, store: Store) -> None:
        """Record what was noted; where that fails it stays noted, and a line of log says so."""
        if self._beside is None or not self._beside.has_lines():
            return
        try:
            with self._beside.being_taken_in() as content:
                _record(store, content, self._beside.key)
        except (OSError, VeinledgerError) as error:
            LOG.warning("readings.not_taken_in", why=type(error).__name__)

    def close(self) -> None:
        """Let go of the file beside the ledger."""
        if self._beside is not None:
            self._beside.close()

    def _note(self, question: str, stream: str | None) -> None:
        """The answer to a person at a bedside never waits for a full disk to be mended."""
        reader = _NOBODY_ELSE.get() or self._reader
        reading = Reading(at=self._clock(), question=question, stream=stream, reader=reader)
        if self._beside is None:
            self._in_memory.append(reading)
            return
        try:
            self._beside.append(reading)
            self.trouble = None
        except OSError as error:
            self.trouble = f"a reading could not be noted ({type(error).__name__})"
            LOG.warning("readings.not_noted", why=type(error).__name__, question=question)


def whoever_is_logged_in() -> Reader:
    """The user of this computer, where nobody says who asks."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError, ImportError):
        name = f"user {os.getuid()}" if hasattr(os, "getuid") else NOT_STATED
    return Reader(by=Actor(id=name, role=NOT_STATED))


def _record(store: Store, content: bytes, key: bytes) -> None:
    """Once each, also where a crash kept the file from being emptied after the last time."""
    lines = tuple(lines_in(content, key))
    while lines:
        before = store.keyed(key_of(lines[0]))
        if before is None:
            before = _kept(store, draft_of(lines[:IN_ONE_RECORD]))
        up_to = taken_in(before).up_to
        lines = tuple(each for each in lines if each.end > up_to)


def _kept(store: Store, draft: Draft) -> Row:
    (row,) = store.transact(lambda _: Decision(answer=None, drafts=(draft,))).rows
    return row
