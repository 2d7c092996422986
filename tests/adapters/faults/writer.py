"""The program that is killed: it sends messages to a ledger and prints the number of each one that
was acknowledged. Run as `python -m tests.adapters.faults.writer`.

It loads the ledger once and forks for every job, so that a kill costs milliseconds; each job opens
the ledger anew, as a process does that was just started. A job is one line of JSON on its input. It
answers with the process id of the child, and when that has ended, with its status.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, Final

import eventsourcing
import msgspec

from tests.adapters.faults import shim
from tests.adapters.faults.job import Job
from tests.adapters.faults.messages import MESSAGES_OF_AN_ENCOUNTER, message, opened, pages
from veinledger import adapters, domain
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.store.sqlite import driver

FOLLOWED: Final = tuple(
    str(Path(str(package.__file__)).parent) for package in (adapters, domain, eventsourcing)
)
"""Where the lines are at which a writer may be told to die."""


def work(job: Job) -> None:
    """Do a job in this process."""
    if job.fault and job.from_the_opening:
        shim.begin(job.fault, Path(job.folder))
    lines = Lines(job.dies_at_line)
    ledger = opened_as_told(job)
    if job.fault and not job.from_the_opening:
        shim.begin(job.fault, Path(job.folder))
    lines.follow()
    send_in_threads(ledger, job)
    if job.dies_at_line == 0:
        print(f"lines {lines.count}", flush=True)
    ledger.close()
    if job.fault:
        print(f"calls {shim.end().calls}", flush=True)


def opened_as_told(job: Job) -> Ledger:
    """The ledger, with checkpoints that come sooner, or (for controls) without its syncs."""
    made = list[driver.Connection]()
    connect = driver.connect

    def remembering(*arguments: Any, **named: Any) -> driver.Connection:
        made.append(connect(*arguments, **named))
        return made[-1]

    driver.__dict__["connect"] = remembering
    ledger, _ = opened(Path(job.folder), job.keys_in, encrypted=job.encrypted)
    for connection in made[-1:]:
        if job.synchronous != "FULL":
            connection.execute(f"PRAGMA synchronous = {job.synchronous}").close()
        if job.checkpoint is not None:
            connection.execute(f"PRAGMA wal_autocheckpoint = {job.checkpoint}").close()
    return ledger


def send_in_threads(ledger: Ledger, job: Job) -> None:
    """Send all messages of a job, each thread its own encounters."""
    threads = [
        threading.Thread(target=send, args=(ledger, job, place)) for place in range(job.threads)
    ]
    for thread in threads[1:]:
        thread.start()
    send(ledger, job, 0)
    for thread in threads[1:]:
        thread.join()


def send(ledger: Ledger, job: Job, place: int) -> None:
    """Send this thread's share of the messages, and acknowledge what was taken."""
    for numbers in groups(job, place):
        if job.manner == "too early":
            acknowledge(numbers)
            time.sleep(0.005)
        for taken in take(ledger, job, numbers):
            if job.manner == "honest":
                acknowledge(taken)


def take(ledger: Ledger, job: Job, numbers: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Give messages to the ledger, and say which it has taken as soon as it says so."""
    if job.in_bulk:
        told = ledger.record_all(map(message, numbers))
        yield from ((number,) for number, _ in zip(numbers, told, strict=True))
    else:
        ledger.record(*itertools.chain.from_iterable(map(message, numbers)))
        yield numbers


def groups(job: Job, place: int) -> Iterator[tuple[int, ...]]:
    """The messages of one thread, as many at once as the job says."""
    numbers = itertools.count(job.first)
    all_of_them = itertools.takewhile(lambda number: number != job.until, numbers)
    mine = (n for n in all_of_them if n // MESSAGES_OF_AN_ENCOUNTER % job.threads == place)
    while group := tuple(itertools.islice(mine, job.group)):
        yield group


def acknowledge(numbers: Iterable[int]) -> None:
    """Say it in one write, so that a kill leaves all of it or nothing."""
    os.write(1, b"".join(b"%d\n" % number for number in numbers))


class Lines:
    """Counts the lines that run inside the ledger, and dies at the one that it is told."""

    def __init__(self, dies_at: int | None) -> None:
        self.count = -1_000_000_000
        self._dies_at = dies_at
        if dies_at is not None:  # threads that the opening starts are followed from their start
            threading.settrace(self._enter)

    def follow(self) -> None:
        """Begin to count."""
        self.count = 0
        if self._dies_at is not None:
            sys.settrace(self._enter)

    def _enter(self, frame: FrameType, _event: str, _argument: object) -> Any:
        return self._line if frame.f_code.co_filename.startswith(FOLLOWED) else None

    def _line(self, _frame: FrameType, event: str, _argument: object) -> Any:
        if event == "line":
            self.count += 1
            if self.count == self._dies_at:
                os.kill(os.getpid(), signal.SIGKILL)
        return self._line


def run(job: Job) -> int:
    """Do a job in a child; what it prints goes to the job's files. Gives the child's id."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        for place, path in ((1, job.acknowledged), (2, job.errors)):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), place)
        work(job)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def serve() -> None:
    """Do one job after another, each in a child of its own."""
    pages()
    for line in sys.stdin:
        child = run(msgspec.json.decode(line, type=Job))
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    serve()
