"""What is measured, on a made-up centre in one SQLite file, and what it is held against.

Every figure is the shortest of several tries, and stands beside a bare piece of work on the same
rows or the same disk: the ratio says more than the seconds of one machine.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter

import msgspec

import veinledger
from tests.bench.population import population
from tests.given_ledger import EXAMPLES, ROOT, SITE, lines_of
from tests.tiers import SEED
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.pages import read_centre, shipped_rules
from veinledger.domain.standing.history import folded_history
from veinledger.projections.claims.assemble import claims
from veinledger.projections.schedule import schedule

ON = date(2026, 11, 23)
TRIES = 3


@dataclass(frozen=True)
class Figure:
    """One piece of work: how long it took, and the bare work beside it."""

    what: str
    seconds: float
    beside: str
    bare: float

    @property
    def ratio(self) -> float:
        return self.seconds / self.bare


@dataclass(frozen=True)
class Run:
    encounters: int
    records: int
    figures: tuple[Figure, ...]
    load: float
    """Of the machine, a minute's average when the run ended, per processor."""


def measured(folder: Path, encounters: int) -> Run:
    url, keys = f"sqlite:///{folder / 'ledger.sqlite'}", folder / "keys"
    with _opened(url, keys) as ledger:
        records = sum(len(told) for told in ledger.record_all(population(encounters, SEED)))
    figures = [*_due(url, keys, folder / "ledger.sqlite"), *_one_encounter(), _append(folder)]
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    return Run(encounters, records, tuple(figures), load)


def _opened(url: str, keys: Path, *, read_only: bool = False) -> Ledger:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    return veinledger.open(url, keys=keys, site=SITE, clock=lambda: now, read_only=read_only)


def shortest(work: Callable[[], object], tries: int = TRIES) -> float:
    def once() -> float:
        start = perf_counter()
        work()
        return perf_counter() - start

    return min(once() for _ in range(tries))


# ---- Over all encounters ----------------------------------------------------------------------


def _due(url: str, keys: Path, file: Path) -> list[Figure]:
    beside = "SELECT and JSON of the same rows"
    bare = shortest(lambda: _bare_read(file))
    cold = shortest(lambda: _command(url, keys))
    found = [Figure("`veinledger due`, a new process", cold, beside, bare)]
    with _opened(url, keys, read_only=True) as ledger:
        first = shortest(lambda: ledger.due(ON), 1)
        again = shortest(lambda: ledger.due(ON))
        days = iter(ON + timedelta(days=number) for number in range(1, 100))
        next_day = shortest(lambda: ledger.due(next(days)))
        years = iter(ON - timedelta(days=400 * number) for number in range(1, 9))
        far = shortest(lambda: ledger.due(next(years)))
    found.append(Figure("the first due list of an open ledger", first, beside, bare))
    found.append(Figure("the same day again", again, beside, bare))
    found.append(Figure("the next day", next_day, beside, bare))
    found.append(Figure("a day of another year", far, beside, bare))
    return found


def _bare_read(file: Path) -> int:
    """Of a copy: no other driver may open a ledger's own file in one process with it."""
    copy = file.with_suffix(".copy")
    if not copy.exists():
        copy.write_bytes(file.read_bytes())
    with sqlite3.connect(f"file:{copy}?mode=ro&immutable=1", uri=True) as connection:
        rows = connection.execute("SELECT position, stream, type, body FROM records")
        return sum(len(msgspec.json.decode(body)) for _, _, _, body in rows)


def _command(url: str, keys: Path) -> None:
    asked = [sys.executable, "-m", "veinledger", "due", "--on", ON.isoformat(), "--ledger", url]
    environment = {**os.environ, "VEINLEDGER_KEYS": str(keys), "VEINLEDGER_SITE": str(SITE)}
    done = subprocess.run(asked, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert done.returncode in (0, 1), done.stderr


# ---- Of one encounter -------------------------------------------------------------------------


def _one_encounter() -> list[Figure]:
    with veinledger.open("memory:", site=SITE) as ledger:
        ledger.record(*lines_of(EXAMPLES[0]))
        name = ledger.encounters()[0]
        history = ledger.history(name)
        bodies = [row.body for row in ledger.rows() if row.stream.startswith("encounter/")]
    rules, centre = shipped_rules(), read_centre(SITE)
    beside = "JSON of the same records"
    bare = shortest(lambda: [msgspec.json.decode(body) for body in bodies], 200)
    work: dict[str, Callable[[], object]] = {
        f"fold of {len(history.records)} records": lambda: folded_history(history),
        "their schedule, fold included": lambda: schedule(history, centre, rules, ON),
        "their claims, fold included": lambda: claims(history, centre, rules, ON),
    }
    return [Figure(what, shortest(each, 20), beside, bare) for what, each in work.items()]


# ---- One report -------------------------------------------------------------------------------


def _append(folder: Path) -> Figure:
    (folder / "append").mkdir()
    lines = iter(message[0] for message in population(10, SEED))
    with _opened(f"sqlite:///{folder / 'append' / 'ledger.sqlite'}", folder / "keys") as ledger:
        seconds = shortest(lambda: ledger.record(next(lines)), 100)
    with sqlite3.connect(folder / "append" / "bare.sqlite", isolation_level=None) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE records (position INTEGER PRIMARY KEY, body BLOB)")
        insert = "INSERT INTO records (body) VALUES (?)"
        bare = shortest(lambda: connection.execute(insert, (b"x" * 800,)), 100)
    connection.close()
    return Figure(
        "one report: judge, decide, seal, fsync", seconds, "a bare insert with fsync", bare
    )
