"""Clients that race for one ledger, each writing down what it asks and what it is told.

Run as a program, it makes processes that open the ledger, write a while, close it and come again;
in each of them threads share the one Ledger. Some are killed on the way. What a client asked and
was never told stays unknown.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from threading import Thread, Timer
from time import monotonic, sleep
from typing import Literal

from tests.adapters.test_ledger import Line, say
from tests.given_ledger import centre_in_utc
from veinledger.adapters.errors import LedgerBusy
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.pages import shipped_rules
from veinledger.adapters.store.opening import open_store

Streams = Literal["one stream", "own streams"]
RULES, CENTRE = shipped_rules("public"), centre_in_utc("adt")
SESSION = 20
"""Messages of one thread between opening and closing, at most."""


class Notes:
    """What one client writes down: each line is one write, so that a kill tears none before it."""

    def __init__(self, file: Path) -> None:
        self._handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, event: str, **values: object) -> None:
        line = json.dumps({"event": event, "at": monotonic(), **values})
        os.write(self._handle, f"{line}\n".encode())


@contextmanager
def at_work(folder: Path) -> Generator[Ledger]:
    """The ledger of a race, without reading the rules and the site for each opening."""
    store, keys = open_store(f"sqlite:///{folder / 'ledger.sqlite'}", keys=folder / "keys")
    with Ledger(store, keys, RULES, CENTRE) as kept:
        yield kept


def line_of(client: str, number: int, streams: Streams) -> Line:
    """A report of a client, in the stream that all share or in one that is nobody else's."""
    message = f"{client}-{number}"
    if streams == "own streams":
        return say("charge.posted", "2026-03-02", message, f"{client}-{number // 50}")
    line = say("certification.recorded", "2026-03-02", message, "shared")
    line["centre"] = line.pop("encounter")
    return line


def in_threads(works: Sequence[Callable[[], None]]) -> None:
    threads = [Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@dataclass(frozen=True)
class Race:
    """Who races, how long, and for what."""

    folder: Path
    seed: int
    processes: int
    threads: int
    """In each process."""
    seconds: float
    streams: Streams
    kills: int
    """How many of the processes are killed on the way."""

    def run(self) -> list[int]:
        """Race; how each process ended."""
        until = monotonic() + self.seconds
        children = [forked(partial(self._work, number, until)) for number in range(self.processes)]
        return list(map(ended, children))

    def _work(self, number: int, until: float) -> None:
        chance = random.Random(f"{self.seed}/{number}")
        if number < self.kills:
            after = chance.uniform(0.2, max(0.3, self.seconds * 0.8))
            timer = Timer(after, os.kill, (os.getpid(), signal.SIGKILL))
            timer.daemon = True
            timer.start()
        notes = Notes(self.folder / f"c{number}.notes")
        names = [f"c{number}.{thread}" for thread in range(self.threads)]
        clients = [Client(name, self.streams, notes, chance, count()) for name in names]
        while monotonic() < until:
            self._session(clients, notes)

    def _session(self, clients: Sequence[Client], notes: Notes) -> None:
        """Open, write a while from every thread, and close."""
        notes.write("open")
        try:
            with at_work(self.folder) as kept:
                notes.write("opened")
                in_threads([partial(client.write_a_while, kept) for client in clients])
        except LedgerBusy:
            notes.write("busy")
        else:
            notes.write("closed")


@dataclass(frozen=True)
class Client:
    """One thread of one process, which goes on where it stopped when the ledger was closed."""

    name: str
    streams: Streams
    notes: Notes
    chance: random.Random
    numbers: count[int]

    def write_a_while(self, kept: Ledger) -> None:
        """Record some reports; what was refused is asked again."""
        for _ in range(self.chance.randint(1, SESSION)):
            line = line_of(self.name, next(self.numbers), self.streams)
            while not self._is_told(kept, line):
                pass

    def _is_told(self, kept: Ledger, line: Line) -> bool:
        message = line["source"]["message"]
        self.notes.write("ask", message=message)
        try:
            (outcome,) = kept.record(line)
        except LedgerBusy:
            self.notes.write("refused", message=message)
            return False
        told = {"answer": outcome.answer, "sequence": outcome.sequence}
        self.notes.write("told", message=message, **told)
        return True


def opener(folder: Path, name: str, at: float) -> None:
    """Open a ledger that may not be there yet, together with the others, and close it."""
    notes = Notes(folder / f"{name}.notes")
    sleep(max(0.0, at - monotonic()))
    notes.write("open")
    try:
        store, _ = open_store(f"sqlite:///{folder / 'ledger.sqlite'}", keys=folder / "keys")
    except LedgerBusy:
        notes.write("busy")
        return
    notes.write("opened")
    store.close()
    notes.write("closed")


def forked(work: Callable[[], None]) -> int:
    child = os.fork()
    if child:
        return child
    try:
        work()
    except BaseException as error:  # told to the parent by its code, and to the reader by its text
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        os._exit(1)
    os._exit(0)


def ended(child: int) -> int:
    """How a child ended: 0, its own code, or minus the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def open_new(folder: Path, rounds: int, processes: int) -> list[int]:
    """Let processes open one new file at once, again and again; how each of them ended."""
    ends = list[int]()
    for number in range(rounds):
        place = folder / str(number)
        place.mkdir()
        at = monotonic() + 0.02
        children = [forked(partial(opener, place, f"c{name}", at)) for name in range(processes)]
        ends += map(ended, children)
    return ends


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    given["folder"] = Path(given["folder"])
    told = open_new(**given) if "rounds" in given else Race(**given).run()
    print(json.dumps(told))
