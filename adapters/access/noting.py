"""Notes each question before it is answered, and takes what was noted into the ledger."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from itertools import count
from threading import local
from typing import Final

from veinledger.adapters.access.beside import ReadsFile
from veinledger.adapters.access.lines import Found, lines_in
from veinledger.adapters.access.taken import (
    IN_ONE_RECORD,
    behind,
    draft_of,
    key_of,
    taken_in,
)
from veinledger.adapters.codec.whole_text import made_whole, refuse_half_characters
from veinledger.adapters.errors import VeinledgerError
from veinledger.adapters.logs import logger
from veinledger.adapters.store.sealing import Clock
from veinledger.domain.ledger.access import NOT_STATED, Reader, Reading
from veinledger.domain.ledger.port import Decision, Draft, Row, Store, View
from veinledger.domain.reports import Actor

if sys.platform != "win32":
    import pwd

LOG: Final = logger(__name__)

Opened = Callable[[Row], Row]

_WHO_ASKS: Final[ContextVar[Reader | None]] = ContextVar("veinledger_reader", default=None)


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
        """What this thread or task asks in the block is asked by this reader; raises BadInput."""
        refuse_half_a_name(reader)
        token = _WHO_ASKS.set(reader)
        try:
            yield
        finally:
            _WHO_ASKS.reset(token)

    def pending(self, store: Store, opened: Opened) -> tuple[Reading | None, ...]:
        """What no record holds yet, in order; None for a line that is not as it was written.

        `opened` gives a row with its body in clear.
        """
        if self._beside is None:
            return tuple(self._in_memory)
        lines = tuple(lines_in(self._beside.content(), self._beside.key))
        return tuple(each.reading for each in _not_on_record(store, lines, opened))

    def take_in(self, store: Store, opened: Opened) -> None:
        """Record what was noted; where that fails it stays noted, and a line of log says so."""
        if self._beside is None or not self._beside.has_lines():
            return
        try:
            with self._beside.being_taken_in() as content:
                lines = tuple(lines_in(content, self._beside.key))
                _record(store, _not_on_record(store, lines, opened))
        except (OSError, VeinledgerError) as error:
            LOG.warning("readings.not_taken_in", why=type(error).__name__)

    def _note(self, question: str, stream: str | None) -> None:
        """The answer to a person at a bedside never waits for a full disk to be mended."""
        reader = _WHO_ASKS.get() or self._reader
        reading = Reading(at=self._clock(), question=question, stream=stream, reader=reader)
        if self._beside is None:
            self._in_memory.append(reading)
            return
        try:
            self._beside.append(reading)
            self.trouble = None
        except OSError as error:
            reason = (error.strerror or type(error).__name__).lower()
            self.trouble = f"a reading could not be noted ({reason})"
            LOG.warning("readings.not_noted", why=type(error).__name__, question=question)


def whoever_is_logged_in() -> Reader:
    """The user whom the system runs this process for; the environment could say anybody."""
    try:
        user = _user()
    except OSError:  # a computer that cannot say it keeps nobody from asking
        user = NOT_STATED
    return Reader(by=Actor(id=made_whole(user), role=NOT_STATED))


def refuse_half_a_name(reader: Reader) -> None:
    """Who could not be told again as he was noted is refused before anything is asked."""
    told = (reader.by.id, reader.by.role, reader.why)
    refuse_half_characters("the reader's id, role or purpose", *told)


def _user() -> str:
    if sys.platform == "win32":
        return os.getlogin()
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container may run as a number that has no name
        return f"user {os.getuid()}"


def _record(store: Store, lines: Sequence[Found]) -> None:
    for first in range(0, len(lines), IN_ONE_RECORD):
        others = sum(1 for _ in _beginning_with(lines[first], store))
        draft = draft_of(lines[first : first + IN_ONE_RECORD], others)
        store.transact(partial(_decided, draft))


def _decided(draft: Draft, _: View) -> Decision[None]:
    return Decision(answer=None, drafts=(draft,))


def _not_on_record(store: Store, lines: tuple[Found, ...], opened: Opened) -> tuple[Found, ...]:
    """Without those that a crash kept from being taken out of the file when they were recorded."""
    while lines:
        rows = _beginning_with(lines[0], store)
        left = (behind(taken_in(opened(row)), lines) for row in rows)
        fewer = next((each for each in left if len(each) < len(lines)), None)
        if fewer is None:
            return lines
        lines = fewer
    return lines


def _beginning_with(line: Found, store: Store) -> Iterator[Row]:
    """The records that begin with a line: none, or one, or more where somebody put it back."""
    for others in count():
        row = store.keyed(key_of(line, others))
        if row is None:
            return
        yield row
