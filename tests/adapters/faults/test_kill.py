"""A process is killed while it appends: what it acknowledged is there, and nothing is half there.

Row C1 of the plan. Random kills are drawn from a printed seed (VEINLEDGER_SEED repeats one); they
are joined by systematic ones, before and after every single system call, and at the lines that run
inside the ledger. The same checker must find losses where a writer acknowledges before it commits.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.adapters.faults.checker import Judgement, assert_sound, judged, send_again
from tests.adapters.faults.job import KILLED, Job, Writer, writer
from tests.adapters.faults.messages import Expectation, opened
from tests.adapters.faults.shim import Deed, Fault, built_shim
from tests.tiers import SEED, size, tell

KILLS = int(os.environ.get("VEINLEDGER_KILLS", size(10, 100, 3_000)))
KILLS_OF_ONE_LEDGER = 25
LATEST_SECONDS = 0.03
FAR_APART = 100_000
"""Between the numbers of one kill's messages and the next one's."""

pytestmark = [
    pytest.mark.stochastic,
    pytest.mark.skipif(os.name == "nt", reason="there is no kill -9 and no fork"),
]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Generator[Writer, None, None]:
    """One program that does every job of this file."""
    with writer(tmp_path_factory.mktemp("kill")) as ready:
        yield ready


@pytest.fixture(scope="module")
def shimmed(tmp_path_factory: pytest.TempPathFactory) -> Generator[Writer, None, None]:
    """The same with the shim before its system calls."""
    folder = tmp_path_factory.mktemp("shim")
    with writer(folder, built_shim(folder)) as ready:
        yield ready


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What the kills of one ledger left."""

    acknowledged: frozenset[int]
    found: Judgement

    @property
    def unacknowledged(self) -> int:
        """Messages that are there and were never acknowledged: their sender sends them again."""
        return len(self.found.kept - self.acknowledged)


SHAPES: dict[str, Callable[[Job], Job]] = {
    "one by one": lambda job: job,
    "four threads": lambda job: replace(job, threads=4),
    "groups of eight": lambda job: replace(job, group=8),
    "four threads, groups of eight": lambda job: replace(job, threads=4, group=8),
    "in bulk": lambda job: replace(job, in_bulk=True, group=40),
}
"""How the messages are sent: one at a time, by several threads, several in one call, and so on."""


def kill_at_random(at_work: Writer, job: Job, kills: int, chance: random.Random) -> Aftermath:
    """Start a writer and kill it, again and again on one ledger; then look."""
    sent = set[int]()
    for number in range(kills):
        started = replace(job, first=number * FAR_APART, until=None)
        answers = chance.choice((0, 1, 2, 5, 20))
        at_work.killed(
            started,
            answers if job.in_bulk else answers * job.group,
            chance.uniform(0.0, LATEST_SECONDS),
        )
        most = max(
            (n for n in at_work.numbers() if n // FAR_APART == number), default=started.first
        )
        sent |= set(range(started.first, most + job.threads * (job.group + 4)))
    assert at_work.complaints() == ""
    return look(at_work, sorted(sent))


def look(at_work: Writer, sent: list[int]) -> Aftermath:
    """Open what the writers left, judge it, send everything again and judge that."""
    ledger, keys = opened(at_work.folder)
    with ledger:
        expectation, acknowledged = Expectation(keys), at_work.numbers()
        found = judged(ledger, expectation, sent, acknowledged)
        if found.sound:
            send_again(ledger, expectation, found.kept, sent)
            assert_sound(judged(ledger, expectation, sent, sent), "after sending all again")
        return Aftermath(acknowledged, found)


@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_acknowledged_is_lost_and_no_message_is_torn(
    loaded: Writer, tmp_path: Path, shape: str
) -> None:
    chance, kills = random.Random(f"{SEED} {shape}"), max(2, KILLS // len(SHAPES))
    seen, kept, left = 0, 0, kills
    while left > 0:
        at_work = loaded.at(tmp_path / f"{shape} {left}")
        job = SHAPES[shape](at_work.job())
        after = kill_at_random(at_work, job, min(left, KILLS_OF_ONE_LEDGER), chance)
        assert_sound(after.found, f"seed {SEED}, {shape}, {left} kills to go")
        seen, kept = seen + len(after.acknowledged), kept + after.unacknowledged
        left -= KILLS_OF_ONE_LEDGER
    tell(
        f"kill -9, {shape}: seed {SEED}, {kills} kills, {seen} messages acknowledged, 0 lost,"
        f" 0 torn, {kept} kept without an acknowledgement"
    )
    assert seen > kills, f"seed {SEED}: the writers hardly wrote"


def test_the_control_a_writer_that_acknowledges_too_early_is_caught(
    loaded: Writer, tmp_path: Path
) -> None:
    at_work = loaded.at(tmp_path / "ledger")
    job = replace(at_work.job(), manner="too early")
    after = kill_at_random(at_work, job, 8, random.Random(SEED))
    assert after.found.lost, f"seed {SEED}: kills of a lossy writer, and the checker saw no loss"
    assert not after.found.torn


INGEST = 4
"""Messages between the opening and the closing of a ledger whose every moment is killed at."""


@pytest.mark.parametrize("deed", ["kill before", "kill after"])
def test_a_kill_at_any_system_call_from_the_first_opening_to_the_closing_loses_nothing(
    shimmed: Writer, tmp_path: Path, deed: Deed
) -> None:
    chance = random.Random(f"{SEED} {deed}")
    points = calls_of_an_ingest(shimmed.at(tmp_path / "counted"))
    most = points if deed == "kill before" else 40  # after one call is before the next
    killed_at = sorted(chance.sample(range(1, points + 1), min(points, size(8, most, points))))
    unacknowledged = 0
    for place in killed_at:
        at_work = shimmed.at(tmp_path / str(place))
        fault = Fault(at=place, deed=deed)
        status = at_work.done(
            replace(at_work.job(), until=INGEST, fault=fault, from_the_opening=True)
        )
        assert status == KILLED, f"call {place}: {at_work.complaints()}"
        after = look(at_work, list(range(INGEST)))
        assert_sound(after.found, f"killed at call {place} of {points}")
        unacknowledged += after.unacknowledged
    tell(
        f"{deed} a system call: seed {SEED}, {len(killed_at)} of {points} calls, 0 lost, 0 torn,"
        f" {unacknowledged} kept without an acknowledgement"
    )


def calls_of_an_ingest(at_work: Writer) -> int:
    """How many system calls on the ledger there are to be killed at."""
    never = Fault(at=2**40, deed="kill before")
    job = replace(at_work.job(), until=INGEST, fault=never, from_the_opening=True)
    assert at_work.done(job) == 0, at_work.complaints()
    told = [line for line in at_work.acknowledged.read_text().splitlines() if "calls" in line]
    return int(told[-1].split()[1])


def test_a_kill_at_any_line_between_two_answers_loses_nothing(
    loaded: Writer, tmp_path: Path
) -> None:
    """The last lines stand between the commit and the answer: kept, and not acknowledged."""
    chance = random.Random(SEED)
    points = lines_of_an_ingest(loaded.at(tmp_path / "counted"))
    some = min(points, size(6, 150, points))
    killed_at = sorted({*chance.sample(range(1, points + 1), some), points, points - 1})
    between = 0
    for place in killed_at:
        at_work = loaded.at(tmp_path / str(place))
        status = at_work.done(replace(at_work.job(), until=1, dies_at_line=place))
        assert status == KILLED, f"line {place}: {at_work.complaints()}"
        after = look(at_work, [0])
        assert_sound(after.found, f"seed {SEED}, killed at line {place} of {points}")
        between += after.unacknowledged
    tell(
        f"kill at a line of one append: seed {SEED}, {len(killed_at)} of {points} lines, 0 lost,"
        f" 0 torn, {between} between the commit and the answer, each a `duplicate` afterwards"
    )
    assert between, "no kill fell between the commit and the answer"


def lines_of_an_ingest(at_work: Writer) -> int:
    """How many lines run inside the ledger while it takes one message."""
    assert at_work.done(replace(at_work.job(), until=1, dies_at_line=0)) == 0, at_work.complaints()
    return int(at_work.acknowledged.read_text().split()[-1])
