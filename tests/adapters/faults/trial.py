"""The program that meets a full disk or a broken one: `python -m tests.adapters.faults.trial`.

One trial is a line of JSON on its input: something goes wrong with the n-th system call of a
ledger, or a file may not grow, while messages are taken in, while the ledger is opened, or closed.
Then the trouble ends and the same process goes on. What it saw is a line of JSON on its output.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from tests.adapters.faults import shim
from tests.adapters.faults.checker import judged, send_again
from tests.adapters.faults.messages import Expectation, message, opened
from tests.adapters.faults.trouble import Found, Trial
from veinledger.adapters.errors import VeinledgerError
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.store.keys import Keys

MESSAGES: Final = range(6)
BEFORE: Final = range(4)
"""Those that are taken in before the trouble begins."""


@dataclass(slots=True)
class Attempt:
    """A trial under way."""

    trial: Trial
    acknowledged: set[int] = field(default_factory=set[int])
    errors: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    met: shim.Met | None = None

    @property
    def folder(self) -> Path:
        """Of the ledger."""
        return Path(self.trial.folder)

    @contextmanager
    def trouble(self) -> Generator[None, None, None]:
        """What goes wrong goes wrong in here, and nowhere else."""
        trial = self.trial
        if trial.fault is not None:
            shim.begin(trial.fault, self.folder)
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        if trial.longest_file is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (trial.longest_file, limits[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            if trial.fault is not None:
                self.met = shim.end()
            if trial.grows_to is not None:
                resize(self.folder, trial.grows_to)

    def trying(self, work: Callable[[], object]) -> bool:
        """Whether it went well; what the ledger said where it did not."""
        try:
            work()
        except VeinledgerError as error:
            self.errors.append((type(error).__name__, str(error)))
            return False
        return True

    def take(self, ledger: Ledger, numbers: range) -> None:
        """Send messages, and go on after each that fails; reading works all the while."""
        for number in numbers:
            if self.trying(partial(ledger.record, *message(number))):
                self.acknowledged.add(number)
            else:
                self.read(ledger)

    def take_in_bulk(self, ledger: Ledger, numbers: range) -> None:
        """Send messages that share a commit, until one fails."""

        def take() -> None:
            told = ledger.record_all(map(message, numbers))
            for number, _ in zip(numbers, told, strict=True):
                self.acknowledged.add(number)

        if not self.trying(take):
            self.read(ledger)

    def read(self, ledger: Ledger) -> None:
        """Reading works while writing does not."""
        assert len(ledger.rows()) > 0
        if self.acknowledged:
            assert ledger.history("E0").records


def attempted(trial: Trial) -> Found:
    """Run a trial; what it found is in what it returns, for whoever asked to judge."""
    attempt = Attempt(trial)
    complaint = ""
    try:
        PHASES[trial.phase](attempt)
    except (AssertionError, VeinledgerError) as error:
        complaint = f"{type(error).__name__}: {error}"
    met = attempt.met or shim.Met(calls=0, hits=0, where="")
    return Found(
        calls=met.calls,
        hits=met.hits,
        where=met.where,
        errors=tuple(attempt.errors),
        acknowledged=len(attempt.acknowledged),
        complaint=complaint,
    )


def taking_in(attempt: Attempt) -> None:
    """The trouble is there while messages are taken in, and over before the ledger is closed."""
    ledger, keys = opened(attempt.folder)
    take = attempt.take_in_bulk if attempt.trial.in_bulk else attempt.take
    with ledger:
        attempt.take(ledger, BEFORE)
        with attempt.trouble():
            take(ledger, MESSAGES[len(BEFORE) :])
        go_on(attempt, ledger, keys)
    look_again(attempt)


def closing(attempt: Attempt) -> None:
    """The trouble is there while the ledger is closed."""
    ledger, _ = opened(attempt.folder)
    attempt.take(ledger, MESSAGES)
    with attempt.trouble():
        attempt.trying(ledger.close)
    attempt.trying(ledger.close)
    look_again(attempt)


def opening(attempt: Attempt) -> None:
    """The trouble is there while a ledger is opened, or made; then it is opened again."""
    kept = list[Ledger]()
    with attempt.trouble():
        attempt.trying(lambda: kept.append(opened(attempt.folder)[0]))
    for ledger in kept:
        ledger.close()
    attempt.acknowledged |= set(attempt.trial.kept)
    ledger, keys = opened(attempt.folder)
    with ledger:
        go_on(attempt, ledger, keys)
    look_again(attempt)


def go_on(attempt: Attempt, ledger: Ledger, keys: Keys) -> None:
    """Nothing acknowledged is lost and nothing half there; all is sent again, and is there."""
    expectation = Expectation(keys)
    found = judged(ledger, expectation, MESSAGES, attempt.acknowledged)
    assert found.sound, found.complaint
    send_again(ledger, expectation, found.kept, MESSAGES)
    attempt.acknowledged |= set(MESSAGES)
    found = judged(ledger, expectation, MESSAGES, attempt.acknowledged)
    assert found.sound, f"after all was sent again: {found.complaint}"


def look_again(attempt: Attempt) -> None:
    """What is there after the ledger was opened once more."""
    ledger, keys = opened(attempt.folder)
    with ledger:
        found = judged(ledger, Expectation(keys), MESSAGES, attempt.acknowledged)
    assert found.sound, f"opened again: {found.complaint}"


PHASES: Final = {"taking in": taking_in, "closing": closing, "opening": opening}


def resize(folder: Path, size: str) -> None:
    """Give the file system of a folder more room."""
    command = ["mount", "-o", f"remount,size={size}", str(folder)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


def serve() -> None:
    """Run one trial after another."""
    for line in sys.stdin:
        trial = msgspec.json.decode(line, type=Trial)
        print(msgspec.json.encode(attempted(trial)).decode(), flush=True)


if __name__ == "__main__":
    serve()
