"""What is measured, on a made-up centre in one SQLite file, and what it is held against.

Every figure is the shortest of several tries, and stands beside a bare piece of work on the same
rows or the same disk: the ratio says more than the seconds of one machine.
"""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from hashlib import sha256
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from random import Random
from time import perf_counter, process_time

import msgspec

import veinledger
from tests.bench.population import population
from tests.given_ledger import EXAMPLES, ROOT, SITE, lines_of
from tests.tiers import SEED
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.pages import read_centre, shipped_rules
from veinledger.adapters.reading import KEPT_AT_MOST, Recent
from veinledger.domain.standing.history import History, folded_history
from veinledger.projections.appeals.packet import appeals
from veinledger.projections.audit import audit_trail
from veinledger.projections.authorization.packet import Request, authorization
from veinledger.projections.claims.assemble import claims
from veinledger.projections.estimate.estimate import estimate
from veinledger.projections.gates.check import Step, check
from veinledger.projections.schedule import schedule
from veinledger.projections.support.support import support

ON = date(2026, 11, 23)
TRIES = 3
LONG_EXAMPLE = "E5"
"""A second line with toxicity: ten claims, more than any made-up encounter."""
LONG_STORY = "readmission_and_parkinsonism"
"""Whose story that is."""


@dataclass(frozen=True)
class Figure:
    """One piece of work: how long it took, and the bare work beside it."""

    what: str
    seconds: float
    beside: str
    bare: float
    part: str = "one encounter, a new history each time"

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
    over_all = (*_due(url, keys, folder / "ledger.sqlite"), *_verified(url, keys))
    figures = [*over_all, *_one_encounter(), *_as_of(url, keys), _append(folder)]
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    return Run(encounters, records, tuple(figures), load)


def _opened(url: str, keys: Path, *, read_only: bool = False, cache: Path | None = None) -> Ledger:
    """Without a folder for what is kept between processes, nothing of it is."""
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    return veinledger.open(
        url,
        keys=keys,
        site=SITE,
        clock=lambda: now,
        read_only=read_only,
        cache=cache or "",
    )


def shortest(
    work: Callable[[], object], tries: int = TRIES, clock: Callable[[], float] = process_time
) -> float:
    """The least that a piece of work took: of this process's processor, or by another clock."""

    def once() -> float:
        start = clock()
        work()
        return clock() - start

    return min(once() for _ in range(tries))


def processor_of_children() -> float:
    """Of every command that this process has started and that has ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


# ---- Over all encounters ----------------------------------------------------------------------


def _due(url: str, keys: Path, file: Path) -> list[Figure]:
    beside = "SELECT and JSON of the same rows"
    bare = shortest(lambda: _bare_read(file))
    cold = "all encounters, cold"
    warm = "all encounters, warm: a ledger that stays open"
    found = [
        Figure(what, seconds, beside, bare, cold)
        for what, seconds in _as_commands(url, keys, file.parent)
    ]
    with _opened(url, keys, read_only=True) as ledger:
        first = shortest(lambda: ledger.due(ON), 1)
        again = shortest(lambda: ledger.due(ON))
        days = iter(ON + timedelta(days=number) for number in range(1, 100))
        next_day = shortest(lambda: ledger.due(next(days)))
        years = iter(ON - timedelta(days=400 * number) for number in range(1, 9))
        ahead = iter(ON + timedelta(days=number) for number in (90, 800, 5_000))
        later = max(shortest(lambda: ledger.due(next(ahead)), 1) for _ in range(3))
        past = max(shortest(lambda: ledger.due(next(years)), 1) for _ in range(3))
    found.append(Figure("the first due list of a ledger", first, beside, bare, cold))
    for what, seconds in _kept(url, keys, file.parent / "readied"):
        found.append(Figure(what, seconds, beside, bare, "all encounters, kept by another process"))
    for what, seconds in (
        ("the same day again", again),
        ("the next day", next_day),
        ("a day of a later year, the slowest of three", later),
        ("a day of an earlier year, the slowest of three", past),
    ):
        found.append(Figure(what, seconds, beside, bare, warm))
    return found


def _as_commands(url: str, keys: Path, folder: Path) -> Iterator[tuple[str, float]]:
    """What a person waits for who types it: Python and its modules are part of it."""
    code, cache = folder / "compiled", folder / "cache"
    _command(code, keys, "demo")  # compiles the modules once, as an installation does
    due = ("due", "--on", ON.isoformat(), "--ledger", url)
    bare = shortest(lambda: _command(code, keys, "facts", "--json"), clock=processor_of_children)
    yield "a command that opens no ledger", bare
    first = shortest(lambda: _command(code, keys, *due, cache=cache), 1, processor_of_children)
    yield "`veinledger due`, the first", first
    later = shortest(lambda: _command(code, keys, *due, cache=cache), 2, processor_of_children)
    yield "`veinledger due`, after another", later


def _kept(url: str, keys: Path, cache: Path) -> Iterator[tuple[str, float]]:
    """The first question of a process of its own, the file being there."""
    with _opened(url, keys, read_only=True, cache=cache) as ledger:
        seconds = shortest(lambda: ledger.ready_lists(ON, ON + timedelta(days=31)), 1)
    yield "readying the lists, as `veinledger record` does after an import", seconds

    def in_new_processes(days: int) -> float:
        alone = ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1)
        with alone as processes:
            asked = (url, keys, cache, ON + timedelta(days=days))
            return min(processes.submit(_first_list, *asked).result() for _ in range(TRIES))

    yield "the first list of a new process, same day", in_new_processes(0)
    later = max(in_new_processes(days) for days in (1, 31, 120, 365))
    yield "the first list of a new process, the slowest of four days in the year", later


def _first_list(url: str, keys: Path, cache: Path, on: date) -> float:
    """Where the modules that it needs are loaded; what loading takes, a command shows."""
    with veinledger.open("memory:", site=SITE) as empty:
        empty.due(on)
    with _opened(url, keys, read_only=True, cache=cache) as ledger:
        return shortest(lambda: ledger.due(on), 1)


def _bare_read(file: Path) -> int:
    """Of a copy: no other driver may open a ledger's own file in one process with it."""
    copy = file.with_suffix(".copy")
    if not copy.exists():
        copy.write_bytes(file.read_bytes())
    with sqlite3.connect(f"file:{copy}?mode=ro&immutable=1", uri=True) as connection:
        rows = connection.execute("SELECT position, stream, type, body FROM records")
        return sum(len(msgspec.json.decode(body)) for _, _, _, body in rows)


def _verified(url: str, keys: Path) -> Iterator[Figure]:
    """Every row recomputed by one process, beside the bare hashes of the same bodies."""
    with _opened(url, keys, read_only=True) as ledger:
        bodies = [row.body for row in ledger.rows()]
        bare = shortest(lambda: [sha256(body).digest() for body in bodies])
        whole = shortest(ledger.verify)
        quick = shortest(lambda: ledger.verify(quick=True))
    for what, seconds in (("`verify`", whole), ("`verify --quick`", quick)):
        yield Figure(what, seconds, "SHA-256 of the same bodies", bare, "the whole ledger")


def _command(code: Path, keys: Path, *asked: str, cache: Path | str = "") -> None:
    """A command as it is installed: with its pages compiled, whatever this process may write."""
    settings = {
        "PYTHONPYCACHEPREFIX": str(code),
        "VEINLEDGER_KEYS": str(keys),
        "VEINLEDGER_SITE": str(SITE),
        "VEINLEDGER_CACHE": str(cache),
    }
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-m", "veinledger", *asked]
    environment = {**inherited, **settings}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert done.returncode in (0, 1), done.stderr


# ---- Of one encounter -------------------------------------------------------------------------


def _one_encounter() -> list[Figure]:
    """Each projection of a history that was never folded before, as of one day."""
    with veinledger.open("memory:", site=SITE) as ledger:
        ledger.record(*lines_of(EXAMPLES[0]))
        name = ledger.encounters()[0]
        history = ledger.history(name)
        bodies = [row.body for row in ledger.rows() if row.stream.startswith("encounter/")]
    rules, centre = shipped_rules(), read_centre(SITE)
    count = len(history.records)
    beside = f"JSON of its {count} records"
    bare = shortest(lambda: [msgspec.json.decode(body) for body in bodies], 200, perf_counter)
    ask = Step(intent="infuse", on=ON)
    request = Request(as_of=ON)
    work: dict[str, Callable[[History], object]] = {
        "its fold": folded_history,
        "`schedule`": lambda each: schedule(each, centre, rules, ON),
        "`claims`": lambda each: claims(each, centre, rules, ON),
        "`estimate`, claims included": lambda each: estimate(each, centre, rules, ON),
        "`check`, all gates": lambda each: check(each, centre, rules, ask),
        "`authorization`": lambda each: authorization(each, centre, rules, request),
        "`support`": lambda each: support(each, centre, rules, ON),
        "`appeal`, claims included": lambda each: appeals(each, centre, rules, ON),
        "`audit`: each day folded once": lambda each: audit_trail(each, centre, rules, ON),
    }

    def anew(each: Callable[[History], object]) -> float:
        return shortest(lambda: each(replace(history, folding=None)), 15, perf_counter)

    return [Figure(what, anew(each), beside, bare) for what, each in work.items()]


def _as_of(url: str, keys: Path) -> Iterator[Figure]:
    """Asked of a ledger that stays open, about another day each time, as an auditor asks."""
    with _opened(url, keys, read_only=True) as ledger:
        longest = max(ledger.encounters(), key=lambda name: len(ledger.history(name).records))
        yield from _questions(ledger, longest)
    with veinledger.open("memory:", site=SITE) as ledger:
        for example in EXAMPLES:
            ledger.record(*lines_of(example))
        yield from _questions(ledger, LONG_EXAMPLE)
    yield from _after_each_message()


def _questions(ledger: Ledger, name: str) -> Iterator[Figure]:
    """Each of the questions about one encounter, in the middle of several."""
    history, made = ledger.history(name), len(ledger.claims(name).claims)
    bodies = [row.body for row in islice(ledger.rows(), 60)]
    bare = shortest(lambda: [msgspec.json.decode(each) for each in bodies], 50, perf_counter)
    happened = sorted({record.day for record in history.records}, reverse=True)
    before = [happened[0] - timedelta(days=back) for back in range(41)]
    work: dict[str, Callable[[date], object]] = {
        "`stage`": lambda day: ledger.effective(name, as_of=day),
        "`audit`": lambda day: ledger.audit(name, as_of=day),
        "`authorization`": lambda day: ledger.authorization(name, as_of=day),
        "`check`": lambda day: ledger.check(name, "infuse", on=day),
        "`schedule`": lambda day: ledger.schedule(name, as_of=day),
        "`claims`": lambda day: ledger.claims(name, as_of=day),
        "`estimate`": lambda day: ledger.estimate(name, as_of=day),
    }
    whose = f"an encounter of {len(history.records)} records and {made} claims"
    in_no_order = Random(SEED).sample(happened, len(happened))
    for when, days, by_itself in (
        ("as of each day on which something happened, one after the other", happened, False),
        ("as of the same days in no order", in_no_order, False),
        ("as of each of the same days, and nothing asked before", happened, True),
        ("as of each of the last forty days, one after the other", before, False),
    ):
        for what, ask in work.items():
            took = _in_the_middle(ledger, name, ask, days, by_itself=by_itself)
            yield Figure(what, took, "JSON of 60 records", bare, f"{when}, {whose}")


def _in_the_middle(
    ledger: Ledger,
    name: str,
    ask: Callable[[date], object],
    days: list[date],
    *,
    by_itself: bool,
) -> float:
    """The median over some days, each the shortest of five rounds.

    A round begins with an encounter that was folded and of which nothing was asked. What a day
    leaves behind is part of the next one's figure: claims on which nothing changed.
    """
    rounds: list[list[float]] = []
    for _ in range(5):
        _only_folded(ledger, name)
        rounds.append([])
        for day in days:
            if by_itself:
                _only_folded(ledger, name)
            rounds[-1].append(shortest(partial(ask, day), 1, perf_counter))
    took = sorted(min(of_a_day) for of_a_day in zip(*rounds, strict=True))
    middle: float = took[len(took) // 2]
    return middle


def _only_folded(ledger: Ledger, name: str) -> None:
    """Forget all that was worked out of an encounter, and fold it anew."""
    histories = ledger._histories  # pyright: ignore[reportPrivateUsage]
    histories._folded = Recent(KEPT_AT_MOST)  # pyright: ignore[reportPrivateUsage]
    histories._foldings = Recent(KEPT_AT_MOST)  # pyright: ignore[reportPrivateUsage]
    ledger.effective(name)


def _after_each_message() -> Iterator[Figure]:
    """Asked about one encounter after each of its messages, as an integration engine asks."""
    bodies = lines_of(LONG_STORY)[:60]
    bare = shortest(lambda: [msgspec.json.decode(each) for each in bodies], 50, perf_counter)
    work: dict[str, Callable[[Ledger], object]] = {
        "`stage`": lambda ledger: ledger.effective(LONG_EXAMPLE),
        "`check`": lambda ledger: ledger.check(LONG_EXAMPLE, "infuse", on=ON),
        "`schedule`": lambda ledger: ledger.schedule(LONG_EXAMPLE),
        "`claims`": lambda ledger: ledger.claims(LONG_EXAMPLE),
        "`estimate`": lambda ledger: ledger.estimate(LONG_EXAMPLE),
    }
    for what, ask in work.items():
        rounds = [[*_asked_after_each(ask)] for _ in range(TRIES)]
        took = sorted(map(min, zip(*rounds, strict=True)))
        part = f"after each of the {len(took)} messages of one encounter"
        for which, seconds in (("the median", took[len(took) // 2]), ("the slowest", took[-1])):
            yield Figure(f"{what}, {which}", seconds, "JSON of 60 messages", bare, part)


def _asked_after_each(ask: Callable[[Ledger], object]) -> Iterator[float]:
    """What each answer takes; recording the message is no part of it."""
    with veinledger.open("memory:", site=SITE) as ledger:
        for line in lines_of(LONG_STORY):
            ledger.record(line)
            if LONG_EXAMPLE in ledger.encounters():
                yield shortest(partial(ask, ledger), 1, perf_counter)


# ---- One report -------------------------------------------------------------------------------


def _append(folder: Path) -> Figure:
    (folder / "append").mkdir()
    lines = iter(message[0] for message in population(10, SEED))
    with _opened(f"sqlite:///{folder / 'append' / 'ledger.sqlite'}", folder / "keys") as ledger:
        seconds = shortest(lambda: ledger.record(next(lines)), 100, perf_counter)
    with sqlite3.connect(folder / "append" / "bare.sqlite", isolation_level=None) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE records (position INTEGER PRIMARY KEY, body BLOB)")
        insert = "INSERT INTO records (body) VALUES (?)"
        bare = shortest(lambda: connection.execute(insert, (b"x" * 800,)), 100, perf_counter)
    connection.close()
    what = "judge, decide, seal, fsync"
    return Figure(what, seconds, "a bare insert with fsync", bare, "one report")
