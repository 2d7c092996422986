"""The one thread that writes a ledger: a bounded queue, taken in groups, one commit for each group.

A caller hands over what is to be decided and waits. The writer takes what is there, at most 256
reports, and answers when all of it is durable; so many callers share one fsync, and nobody is told
`recorded` of what a crash could still take. While other callers are on their way it waits for
them, 5 milliseconds at most; for a caller who is alone it never waits.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition, Lock, RLock, Thread, current_thread
from time import monotonic
from typing import Any, Final

from veinledger.adapters.errors import (
    Defect,
    LedgerBusy,
    StoreFailed,
    VeinledgerError,
    boundary,
)
from veinledger.adapters.proof.checkpoints import Anchor
from veinledger.domain.ledger.port import Attempt, Decide, Store

GROUP_AT_MOST: Final = 256
"""Reports in one commit. One message never stands in two, so a larger one has its own."""
COLLECTING_SECONDS: Final = 0.005
QUEUED_AT_MOST: Final = 1_024
"""Reports that wait for the writer."""
PATIENCE_SECONDS: Final = 2.0
"""How long a caller waits for room in the queue, as for any other writer."""
CLOSING_SECONDS: Final = 30.0
"""Longer than the store's own deadlines for what is under way and for one group more."""
_GLANCE_SECONDS: Final = 1.0
"""How often a caller who waits looks whether the thread is still there."""

_FULL: Final = (
    "more reports wait to be written than the queue takes, and nothing of this was recorded; the"
    " same call may be made again in a moment"
)
_CLOSED: Final = "this ledger was closed; open it again to use it"
_FORKED: Final = (
    "this ledger was opened by another process, of which this one is a copy; nothing was recorded;"
    " open the ledger again in this process"
)
_STOPPED: Final = (
    "the thread that writes this ledger has stopped on an unexpected error, and takes nothing more;"
    " close the ledger and open it again; what was not answered may be sent again, and answers"
    " `duplicate` where it was recorded"
)
_STILL_AT_WORK: Final = (
    "the ledger was told to close and its last write has not ended after"
    f" {CLOSING_SECONDS:.0f} seconds; what was not answered may or may not be recorded: send it"
    " again when the ledger is open, what is recorded answers `duplicate`"
)


class _Answered:
    """What a caller waits by. Python's Event can stay locked for ever where Ctrl-C meets it."""

    def __init__(self) -> None:
        self._open = Lock()
        self._open.acquire()

    def set(self) -> None:
        """Let the caller go on."""
        if self._open.locked():
            self._open.release()

    def is_set(self) -> bool:
        """Whether the caller may go on."""
        return not self._open.locked()

    def wait(self, seconds: float) -> bool:
        """Wait at most so long; whether it was set."""
        if not self._open.acquire(timeout=seconds):
            return False
        self._open.release()
        return True


@dataclass(slots=True, eq=False, repr=False)
class _Call:
    """What one caller waits for."""

    decides: Sequence[Decide[Any]]
    reports: int
    attempts: tuple[Attempt[Any], ...] = ()
    error: VeinledgerError | None = None
    answered: _Answered = field(default_factory=_Answered)


class Writer:
    """Writes to a store from one thread of its own, which starts with the first call."""

    def __init__(
        self,
        store: Store,
        *,
        anchor: Anchor | None = None,
        queued_at_most: int = QUEUED_AT_MOST,
        patience: float = PATIENCE_SECONDS,
        collecting: float = COLLECTING_SECONDS,
    ) -> None:
        self._store = store
        self._anchor = anchor
        self._queued_at_most = queued_at_most
        self._patience = patience
        self._collecting = collecting
        self._process = os.getpid()
        # Taken by `with self._lock`, where no Ctrl-C comes between taking and giving back; the
        # condition's own `with` is Python code, and there one can.
        self._lock = RLock()
        self._changed = Condition(self._lock)
        # All below is read and written under the lock.
        self._thread: Thread | None = None
        self._queue: deque[_Call] = deque()
        self._in_hand: tuple[_Call, ...] = ()
        self._on_their_way = 0
        self._closed: VeinledgerError | None = None

    def is_of_this_process(self) -> bool:
        """False in a copy of the process (a fork), which has no writer thread and no lock."""
        return os.getpid() == self._process

    def refuse_in_another_process(self) -> None:
        """Raise StoreFailed in a copy of the process that opened the ledger."""
        if not self.is_of_this_process():
            raise StoreFailed(_FORKED)

    @contextmanager
    def expecting(self) -> Generator[None]:
        """A caller is on its way here, and still reads what it will bring."""
        self.refuse_in_another_process()
        counted = False
        try:
            with self._lock:
                self._on_their_way += 1
                counted = True
            yield
        finally:
            with self._lock:
                self._on_their_way -= counted
                self._changed.notify_all()

    @boundary
    def write(self, decides: Sequence[Decide[Any]], *, reports: int) -> tuple[Attempt[Any], ...]:
        """Run decides in order, durably; what became of each, up to the first that failed.

        Raises LedgerBusy where the queue stays full, StoreFailed where the ledger was closed, and
        what the store raises where the group could not be kept.
        """
        self.refuse_in_another_process()
        call = _Call(decides, reports)
        self._enqueue(call)
        try:
            self._wait_for(call)
        except BaseException:
            self._withdraw(call)
            raise
        if call.error is not None:
            raise _again(call.error)
        return call.attempts

    def close(self) -> None:
        """Write what is queued, then end. Raises LedgerBusy where the last write does not end."""
        thread = self.end()
        if thread is None or thread is current_thread():
            return
        thread.join(CLOSING_SECONDS)
        if thread.is_alive():
            self._answer_all_that_wait(LedgerBusy(_STILL_AT_WORK))
            raise LedgerBusy(_STILL_AT_WORK)

    def end(self) -> Thread | None:
        """Take nothing more and let the thread end when it has written what is queued."""
        if not self.is_of_this_process():
            return None
        with self._lock:
            self._closed = self._closed or StoreFailed(_CLOSED)
            self._changed.notify_all()
            return self._thread

    # --- the caller's side -----------------------------------------------------------------

    def _enqueue(self, call: _Call) -> None:
        if current_thread() is self._thread:
            raise Defect("a decision asked the ledger to write; what it wants kept are its drafts")
        with self._lock:
            found_room = self._changed.wait_for(
                lambda: self._closed is not None or self._has_room_for(call), self._patience
            )
            if self._closed is not None:
                raise _again(self._closed)
            if not found_room:
                raise LedgerBusy(_FULL)
            self._start()
            self._queue.append(call)
            self._changed.notify_all()

    def _has_room_for(self, call: _Call) -> bool:
        waiting = sum(each.reports for each in self._queue)
        return not waiting or waiting + call.reports <= self._queued_at_most

    def _start(self) -> None:
        if self._thread is None:
            thread = Thread(target=self._run, name="veinledger writer", daemon=True)
            thread.start()
            self._thread = thread

    def _wait_for(self, call: _Call) -> None:
        while not call.answered.wait(_GLANCE_SECONDS):
            gone = self._thread is None or not self._thread.is_alive()
            if gone and not call.answered.is_set():
                raise StoreFailed(_STOPPED)

    def _withdraw(self, call: _Call) -> None:
        """Who no longer waits, because of an interrupt, has asked for nothing."""
        with self._lock:
            if call in self._queue:
                self._queue.remove(call)

    # --- the writer's side -----------------------------------------------------------------

    def _run(self) -> None:
        try:
            while self._write_one_group():
                pass
            if self._anchor is not None:
                self._anchor.export()
        except BaseException:  # whatever it was, nobody may be left waiting
            self._answer_all_that_wait(StoreFailed(_STOPPED))

    def _write_one_group(self) -> bool:
        """Write the next group; false where the ledger was closed and nothing waits."""
        group = self._next_group()
        if group is None and self._anchor is not None:
            self._anchor.export()
            return True
        if not group:
            return False
        try:
            attempts = self._store.transact_all([call.decides for call in group])
        except VeinledgerError as error:
            self._refuse_group(group, error)
            return True
        for call, found in zip(group, attempts, strict=True):
            call.attempts = found
            call.answered.set()
        with self._lock:
            self._in_hand = ()
        if self._anchor is not None:
            self._anchor.committed(attempts)
        return True

    def _next_group(self) -> tuple[_Call, ...] | None:
        """What is to be written next: nothing where it was closed, None if a checkpoint is due."""
        with self._lock:
            self._collect()
            while not self._queue and self._closed is None:  # or an interrupted caller withdrew
                due = self._anchor.wait() if self._anchor else None
                if due == 0:
                    return None
                self._changed.wait(due)
                self._collect()
            group, reports = list[_Call](), 0
            while self._queue and (not group or reports + self._queue[0].reports <= GROUP_AT_MOST):
                group.append(self._queue.popleft())
                reports += group[-1].reports
            self._in_hand = tuple(group)
            self._changed.notify_all()
            return self._in_hand

    def _collect(self) -> None:
        """Wait a little for callers who are on their way; for nobody where nobody is."""
        if not self._queue:
            return
        until = monotonic() + self._collecting
        while self._on_their_way and self._closed is None and (left := until - monotonic()) > 0:
            if sum(call.reports for call in self._queue) >= GROUP_AT_MOST:
                return
            self._changed.wait(left)

    def _refuse_group(self, group: tuple[_Call, ...], error: VeinledgerError) -> None:
        with self._lock:
            # A store that could not take this group would hold up the closing with each of them.
            refused = (*group, *self._queue) if self._closed is not None else group
            if self._closed is not None:
                self._queue.clear()
            self._in_hand = ()
        for call in refused:
            call.error = error
            call.answered.set()

    def _answer_all_that_wait(self, error: VeinledgerError) -> None:
        with self._lock:
            self._closed = error
            waiting = (*self._in_hand, *self._queue)
            self._queue.clear()
            self._in_hand = ()
            self._changed.notify_all()
        for call in waiting:
            if not call.answered.is_set():
                call.error = error
                call.answered.set()


def _again(error: VeinledgerError) -> VeinledgerError:
    """The same error once more: one object raised by two threads would mix their frames."""
    made = type(error).__new__(type(error), *error.args)
    made.__dict__.update(error.__dict__)
    return made
