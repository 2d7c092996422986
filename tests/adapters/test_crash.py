"""A process is killed while it appends: what it acknowledged is there, and nothing is half there.

Row C1 of the plan: VEINLEDGER_KILLS kills (10 by default), at moments drawn from a printed seed
(VEINLEDGER_SEED repeats one). The same checker must find losses where a writer acknowledges before
it commits; a checker that cannot fail proves nothing.
"""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.tiers import size, tell
from veinledger.adapters.store.opening import open_store
from veinledger.adapters.store.verify import verify

KILLS = int(os.environ.get("VEINLEDGER_KILLS", size(10, 100, 3_000)))
SEED = int(os.environ.get("VEINLEDGER_SEED", str(random.SystemRandom().randrange(2**32))))

WRITER = """
import itertools, sys, time
from veinledger.adapters.store.opening import open_store
from veinledger.domain.ledger.port import Decision, Draft

url, keys, first, lossy = sys.argv[1:]
store, _ = open_store(url, keys=keys)

def acknowledge(number):
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()

def append(number):
    body = str(number).encode()
    drafts = tuple(
        Draft(stream=f"encounter/{name}", type="cells.infused", body=body) for name in "aba"
    )
    def decide(view):
        if lossy == "lossy":
            acknowledge(number)  # before it is committed: the fault to be found
            time.sleep(0.02)
        return Decision(answer=None, drafts=drafts)
    store.transact(decide)
    if lossy != "lossy":
        acknowledge(number)

for number in itertools.count(int(first)):
    append(number)
"""


@dataclass
class Outcome:
    """What became of the transactions of one run of kills."""

    acknowledged: set[int]
    kept: Counter[int]
    consistent: bool
    verdict: str

    @property
    def lost(self) -> set[int]:
        return {number for number in self.acknowledged if number not in self.kept}

    @property
    def torn(self) -> set[int]:
        return {number for number, rows in self.kept.items() if rows != 3}

    @property
    def unacknowledged(self) -> set[int]:
        return set(self.kept) - self.acknowledged


def kill_at_random(folder: Path, kills: int, seed: int, writer: str) -> Outcome:
    """Run a writer, kill it some time after its first acknowledgement, look, and go on."""
    chance = random.Random(seed)
    url = f"sqlite:///{folder / 'ledger.sqlite'}"
    acknowledged = set[int]()
    for number in range(kills):
        first = number * 1_000_000
        command = [sys.executable, "-c", WRITER, url, str(folder / "keys"), str(first), writer]
        acknowledged |= _run_and_kill(command, chance.uniform(0.0, 0.3))
    store, keys = open_store(url, keys=folder / "keys")
    kept = Counter(int(row.body) for row in store.rows(after=1))
    found = verify(store, keys)
    store.close()
    return Outcome(acknowledged, kept, found.consistent, found.verdict)


def _run_and_kill(command: list[str], after: float) -> set[int]:
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(after)
        process.kill()
        rest, errors = process.communicate()
    assert errors == b"", errors.decode()
    whole = (first + rest).rpartition(b"\n")[0]
    return {int(line) for line in whole.split()}


@pytest.mark.skipif(os.name == "nt", reason="there is no kill -9")
def test_nothing_acknowledged_is_lost_and_nothing_is_torn(tmp_path: Path) -> None:
    outcome = kill_at_random(tmp_path, KILLS, SEED, "honest")
    tell(
        f"kill -9: seed {SEED}, {KILLS} kills, {len(outcome.acknowledged)} acknowledged,"
        f" {len(outcome.lost)} lost, {len(outcome.torn)} torn,"
        f" {len(outcome.unacknowledged)} kept without an acknowledgement"
    )
    assert len(outcome.acknowledged) > KILLS, f"seed {SEED}: the writers hardly wrote"
    assert outcome.lost == set(), f"seed {SEED}"
    assert outcome.torn == set(), f"seed {SEED}"
    assert outcome.verdict == "consistent, not anchored", f"seed {SEED}"


@pytest.mark.skipif(os.name == "nt", reason="there is no kill -9")
def test_the_control_a_writer_that_acknowledges_too_early_is_caught(tmp_path: Path) -> None:
    outcome = kill_at_random(tmp_path, 6, SEED, "lossy")
    assert outcome.lost, f"seed {SEED}: six kills of a lossy writer and the checker saw no loss"
    assert outcome.torn == set()
    assert outcome.consistent


@pytest.mark.skipif(os.name == "nt", reason="there is no kill -9")
def test_a_creation_that_is_killed_can_be_made_again(tmp_path: Path) -> None:
    """Killed at a random moment of the first opening: the next opening finds or makes a ledger."""
    chance = random.Random(SEED)
    for number in range(KILLS // 2):
        folder = tmp_path / str(number)
        folder.mkdir()
        url, keys = f"sqlite:///{folder / 'ledger.sqlite'}", folder / "keys"
        code = "import sys; from veinledger.adapters.store.opening import open_store\n"
        code += "print(flush=True); open_store(sys.argv[1], keys=sys.argv[2])"
        command = [sys.executable, "-c", code, url, str(keys)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(chance.uniform(0.0, 0.02))
            process.kill()
            process.communicate()
        store, found = open_store(url, keys=keys)
        assert verify(store, found).consistent, f"seed {SEED}"
        store.close()
