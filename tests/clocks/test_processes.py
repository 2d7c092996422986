"""Row S5: the process that the ledger lives in has a time zone and a hash seed of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from random import Random

import pytest

from tests.clocks.calendars import ZONES
from tests.given_ledger import ROOT
from tests.tiers import SEED, size, tell

pytestmark = pytest.mark.stochastic

CHILDREN = size(2, 4, 40)

CHILD = """
import sys
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from tests.given_ledger import EXAMPLES, ledger, lines_of
from tests.clocks.listed import LISTED
from tests.clocks.site import Lines, Machine, site

said = []
with TemporaryDirectory() as folder:
    for number, example in enumerate(EXAMPLES):
        place = Path(folder) / str(number)
        place.mkdir()
        with ledger(place, store=sys.argv[1]) as opened:
            for outcome in opened.record(*lines_of(example)):
                said.append((outcome.answer, outcome.record, str(outcome.standing)))
            name = opened.encounters()[0]
            said.append([(r.stream, r.recorded_at, r.key, r.body) for r in opened.rows()][1:])
            said.append(opened.claims(name))
            said.append(opened.schedule(name))
    with site(Path(folder), "memory", Machine()) as opened:
        lines = Lines()
        opened.record(*(lines(told, zone) for zone, told, _ in LISTED))
        said.append([r.body for r in opened.rows()][1:])
print(sha256(repr(said).encode()).hexdigest())
"""
PROCESSES = [
    {"TZ": "America/Chicago", "PYTHONHASHSEED": "0"},
    {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1"},
    {"TZ": "<-12>12", "PYTHONHASHSEED": "2"},
    {"TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "4294967295", "LC_ALL": "C"},
    {"TZ": "no/such_zone", "PYTHONHASHSEED": "77"},
    {"TZ": "", "PYTHONHASHSEED": "random"},
]


DIGESTS: dict[tuple[str, str, str], str] = {}


def said_by_a_child(environment: dict[str, str], store: str, script: str = CHILD) -> str:
    """A digest of all rows, claims and schedules that a process of this environment makes."""
    asked = (repr(environment), store, script)
    if asked not in DIGESTS:
        DIGESTS[asked] = run(environment, store, script)
    return DIGESTS[asked]


def run(environment: dict[str, str], store: str, script: str) -> str:
    child = subprocess.run(
        [sys.executable, "-c", script, store],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        check=False,
        text=True,
        timeout=300,
    )
    assert child.returncode == 0, child.stderr
    return child.stdout


def test_neither_the_time_zone_nor_the_hash_seed_of_the_process_changes_anything() -> None:
    random = Random(SEED)
    chosen = [PROCESSES[n] if n < len(PROCESSES) else a_process(random) for n in range(CHILDREN)]
    stores = ["memory" if n % 2 else "sqlite" for n in range(CHILDREN)]
    said = {said_by_a_child(e, store) for e, store in zip(chosen, stores, strict=True)}
    assert len(said) == 1
    tell(f"processes of another time zone and hash seed: {CHILDREN}")


def a_process(random: Random) -> dict[str, str]:
    zone = random.choice(list(ZONES.values()))
    return {"TZ": zone, "PYTHONHASHSEED": str(random.randrange(2**32))}


def test_a_child_that_is_told_one_time_less_does_say_something_else() -> None:
    """The control: the digest of the children depends on what was said."""
    script = CHILD.replace("in LISTED", "in LISTED[1:]")
    assert said_by_a_child(PROCESSES[0], "sqlite", script) != said_by_a_child(
        PROCESSES[0], "sqlite"
    )
