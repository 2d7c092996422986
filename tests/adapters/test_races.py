"""Many write at once: what was acknowledged is there, once, in order, and nothing else is.

Row R1 of the plan. Clients write down what they ask and what they are told; an independent checker
holds that against the rows. The checker must find the faults of a store without a lock, and each
fault that is planted in an honest history: a checker that cannot fail proves nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest

from tests.adapters.racers import at_work, line_of
from tests.adapters.test_ledger import opening, say
from tests.given_ledger import centre_in_utc, ledger
from tests.tiers import SEED, size, tell
from veinledger.adapters.errors import VeinledgerError
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.store.sqlite.lock import WAIT_SECONDS
from veinledger.domain.ledger.port import Row

ROOT = Path(__file__).parents[2]
needs_forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="the clients are made by fork")


@dataclass(frozen=True)
class Asked:
    """One report, from the first time it was asked for to the last that was told of it."""

    message: str
    began: float
    ended: float | None = None
    """None where nobody was told: it may be recorded, or not."""
    sequence: int | None = None
    """The sequence that was told; None where all that was told is `busy`."""


@dataclass(frozen=True)
class Kept:
    """One row of a report, as an auditor reads it."""

    position: int
    stream: str
    sequence: int
    message: str


def read_notes(files: Iterable[Path]) -> tuple[list[Asked], Counter[str]]:
    asked: dict[str, Asked] = {}
    events = Counter[str]()
    for note in (n for file in files for n in notes_of(file)):
        events[note["event"]] += 1
        if "message" not in note:
            continue
        message: str = note["message"]
        if note["event"] == "ask":
            asked.setdefault(message, Asked(message, note["at"]))
            asked[message] = replace(asked[message], ended=None)
        else:
            asked[message] = replace(
                asked[message], ended=note["at"], sequence=note.get("sequence")
            )
    return list(asked.values()), events


def notes_of(file: Path) -> Iterator[dict[str, Any]]:
    whole = file.read_bytes().rpartition(b"\n")[0]
    return map(json.loads, whole.splitlines())


def kept_in(rows: Iterable[Row]) -> list[Kept]:
    return [
        Kept(row.position, row.stream, row.sequence, json.loads(row.body)["source"]["message"])
        for row in rows
        if row.stream.startswith(("encounter/", "centre/"))
    ]


def faults(asked: Sequence[Asked], kept: Sequence[Kept]) -> list[str]:
    """Everything in which what is kept differs from what was told."""
    return [
        *_lost_doubled_or_made_up(asked, kept),
        *_out_of_order(asked, kept),
        *_not_dense(kept),
    ]


def _lost_doubled_or_made_up(asked: Sequence[Asked], kept: Sequence[Kept]) -> Iterator[str]:
    times = Counter(row.message for row in kept)
    sequences = {row.message: row.sequence for row in kept}
    for each in asked:
        found = times.pop(each.message, 0)
        if found > 1:
            yield f"{each.message} is kept {found} times"
        if each.sequence is not None and sequences.get(each.message) != each.sequence:
            yield f"{each.message} was acknowledged as {each.sequence} and is not kept so"
        if each.ended is not None and each.sequence is None and found:
            yield f"{each.message} was refused, and is kept"
    yield from (f"{message} is kept, and nobody asked for it" for message in times)


def _out_of_order(asked: Sequence[Asked], kept: Sequence[Kept]) -> Iterator[str]:
    """What was acknowledged before another was asked for stands before it."""
    by_message = {each.message: each for each in asked}
    latest_began = float("-inf")
    for row in sorted(kept, key=lambda row: row.position):
        each = by_message.get(row.message)
        if each is None:
            continue
        if each.ended is not None and each.ended < latest_began:
            yield f"{each.message} was acknowledged before one was asked for that stands before it"
        latest_began = max(latest_began, each.began)


def _not_dense(kept: Sequence[Kept]) -> Iterator[str]:
    streams: dict[str, list[int]] = {}
    for row in sorted(kept, key=lambda row: row.position):
        streams.setdefault(row.stream, []).append(row.sequence)
    for sequences in streams.values():
        if sequences != list(range(1, len(sequences) + 1)):
            yield "a stream has a gap, a double or another order than its positions"


# --- processes -------------------------------------------------------------------------------


def race(folder: Path, **given: object) -> list[int]:
    """Let the racers run; how each process ended."""
    asked = json.dumps({"folder": str(folder), **given})
    command = [sys.executable, "-W", "ignore", "-m", "tests.adapters.racers", asked]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, check=False)
    assert done.stderr.decode() == "", "a client met an error that is not `busy`"
    assert done.returncode == 0
    ends: list[int] = json.loads(done.stdout)
    return ends


RACES = [
    # streams, processes at each tier, threads in each
    ("one stream", size(3, 2, 2), 2),
    ("one stream", size(0, 16, 16), 1),
    ("own streams", size(3, 4, 4), 2),
    ("own streams", size(0, 2, 2), 16),
]


@needs_forks
@pytest.mark.stochastic
@pytest.mark.parametrize(("streams", "processes", "threads"), [race for race in RACES if race[1]])
def test_what_is_acknowledged_in_a_race_is_kept_once_and_in_order(
    tmp_path: Path, streams: str, processes: int, threads: int
) -> None:
    seconds = size(1, 12, 400)
    ends = race(tmp_path, seed=SEED, processes=processes, threads=threads, seconds=seconds,
                streams=streams, kills=max(1, processes // 4))  # fmt: skip
    asked, events = read_notes(sorted(tmp_path.glob("*.notes")))
    with at_work(tmp_path) as kept:
        rows = kept.rows()
        assert kept.verify().consistent
    tell(
        f"race on {streams}: seed {SEED}, {processes} processes of {threads} threads, {seconds} s,"
        f" {sorted(Counter(ends).items())} ends, {dict(sorted(events.items()))}, {len(rows)} rows,"
        f" {sum(each.ended is None for each in asked)} never told"
    )
    assert set(ends) <= {0, -9}, f"seed {SEED}"
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    assert events["told"] > processes, f"seed {SEED}: the racers hardly wrote"
    assert faults(asked, kept_in(rows)) == [], f"seed {SEED}"
    assert min(waits(tmp_path), default=WAIT_SECONDS) >= WAIT_SECONDS, f"seed {SEED}"


def waits(folder: Path) -> Iterator[float]:
    """How long each client had waited for the ledger that was told it is busy."""
    for file in folder.glob("*.notes"):
        began = 0.0
        for note in notes_of(file):
            if note["event"] == "open":
                began = note["at"]
            elif note["event"] == "busy":
                yield note["at"] - began


@needs_forks
@pytest.mark.stochastic
def test_a_new_file_is_opened_by_eight_processes_at_once_and_none_fails(tmp_path: Path) -> None:
    rounds = size(3, 25, 250)
    ends = race(tmp_path, rounds=rounds, processes=8)
    files = sorted(tmp_path.glob("*/*.notes"))
    events = Counter(note["event"] for file in files for note in notes_of(file))
    tell(f"openings of a new file: {len(ends)} by 8 processes, {dict(sorted(events.items()))}")
    assert ends == [0] * 8 * rounds
    assert events["opened"] + events["busy"] == 8 * rounds
    assert events["opened"] == events["closed"]
    for folder in sorted(tmp_path.iterdir()):
        assert len(list((folder / "keys").iterdir())) == 1, "one ledger, and one key"
        assert _held_up_for_nothing(folder) == []


def _held_up_for_nothing(folder: Path) -> list[str]:
    """Who was told `busy` before the deadline, or while nobody had the ledger."""
    told: list[str] = []
    notes = {file.name: {n["event"]: n["at"] for n in notes_of(file)} for file in
             folder.glob("*.notes")}  # fmt: skip
    for name, own in notes.items():
        if "busy" not in own:
            continue
        others = [other for key, other in notes.items() if key != name]
        at_work = [o for o in others if o.get("closed", own["busy"]) > own["open"]]
        if own["busy"] - own["open"] < WAIT_SECONDS or not at_work:
            told.append(name)
    return told


# --- threads ---------------------------------------------------------------------------------


def race_of_threads(ledgers: Sequence[Any], threads: int, each: int) -> list[Asked]:
    """Threads that share ledgers, each noting what it asked and was told."""
    asked: list[Asked] = []

    def work(thread: int) -> None:
        kept = ledgers[thread % len(ledgers)]
        for number in range(each):
            line = line_of(f"c{thread}", number, "one stream" if thread & 2 else "own streams")
            note = Asked(line["source"]["message"], monotonic())
            try:
                (outcome,) = kept.record(line)
            except VeinledgerError:
                asked.append(note)
            else:
                asked.append(replace(note, ended=monotonic(), sequence=outcome.sequence))

    running = [Thread(target=work, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return asked


@pytest.mark.stochastic
@pytest.mark.parametrize("store", ["memory", "sqlite"])
@pytest.mark.parametrize("threads", [2, 16])
def test_what_threads_are_told_is_kept_once_and_in_order(
    tmp_path: Path, store: str, threads: int
) -> None:
    with ledger(tmp_path, store=store, centre=centre_in_utc("adt")) as kept:
        asked = race_of_threads([kept], threads, size(20, 100, 2_000))
        rows = kept.rows()
        assert kept.verify().consistent
    tell(f"race of {threads} threads on {store}: {len(asked)} asked, {len(rows)} rows")
    assert all(each.ended is not None for each in asked)
    assert faults(asked, kept_in(rows)) == []


@pytest.mark.stochastic
@pytest.mark.parametrize("store", ["memory", "sqlite"])
def test_who_reads_while_others_write_sees_whole_histories(tmp_path: Path, store: str) -> None:
    """Sequences without a gap, never fewer than before, each record as it is in the end."""
    rounds = size(30, 300, 5_000)
    with ledger(tmp_path, store=store, centre=centre_in_utc("adt")) as kept:
        kept.record(opening("c0-0"))
        seen: list[tuple[Any, ...]] = []
        ended = [False]

        def read() -> None:
            while not ended[0]:
                seen.append(kept.history("c0-0").records)

        readers = [Thread(target=read) for _ in range(3)]
        for reader in readers:
            reader.start()
        for number in range(rounds):
            kept.record(say("charge.posted", "2026-03-02", f"M{number}", "c0-0"))
        ended[0] = True
        for reader in readers:
            reader.join()
        final = kept.history("c0-0").records
    assert len(final) == rounds + 1
    assert all(records == final[: len(records)] for records in seen)
    assert max(map(len, seen)) > 1, "the readers hardly read"


# --- controls --------------------------------------------------------------------------------


def test_the_control_a_store_without_a_lock_is_caught(tmp_path: Path) -> None:
    """Two writers on one store whose lock holds nobody up, and that dawdles before it appends."""
    with ledger(tmp_path, centre=centre_in_utc("adt")) as kept:
        store: Any = kept._store  # pyright: ignore[reportPrivateUsage]
        keys: Any = kept._keys  # pyright: ignore[reportPrivateUsage]
        rules: Any = kept._rules  # pyright: ignore[reportPrivateUsage]
        recorder = store._recorder
        recorder._database_lock = nullcontext()
        append = recorder._append

        def slowly(rows: Sequence[Row]) -> None:
            sleep(0.002)
            append(rows)

        recorder._append = slowly
        other = Ledger(store, keys, rules, centre_in_utc("adt"))
        asked = race_of_threads([kept, other], 4, 10)
        rows = kept_in(recorder.row_at(n) for n in range(1, len(recorder._stored_events) + 1))
        other.close()
    assert faults(asked, rows)


HONEST_ASKED = [
    Asked("a", 1.0, 2.0, 1),
    Asked("b", 3.0, 4.0, 2),
    Asked("c", 3.5, 4.5),
    Asked("d", 5.0),
    Asked("e", 6.0, 7.0, 3),
]
HONEST_KEPT = [Kept(2, "s", 1, "a"), Kept(3, "s", 2, "b"), Kept(4, "s", 3, "e")]
UNKNOWN_KEPT = [*HONEST_KEPT[:2], Kept(4, "t", 1, "d"), Kept(5, "s", 3, "e")]


def test_an_honest_history_has_no_faults() -> None:
    assert faults(HONEST_ASKED, HONEST_KEPT) == []
    assert faults(HONEST_ASKED, UNKNOWN_KEPT) == [], "what nobody was told of may be kept"


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        (HONEST_KEPT[1:], "a was acknowledged as 1 and is not kept so"),
        ([*HONEST_KEPT, Kept(5, "t", 1, "a")], "a is kept 2 times"),
        ([*HONEST_KEPT, Kept(5, "t", 1, "c")], "c was refused, and is kept"),
        ([*HONEST_KEPT, Kept(5, "t", 1, "x")], "x is kept, and nobody asked for it"),
        ([HONEST_KEPT[0], Kept(3, "s", 2, "e"), Kept(4, "s", 3, "b")], "b was acknowledged as 2"),
        ([Kept(4, "s", 1, "a"), Kept(3, "t", 2, "b"), HONEST_KEPT[2]], "stands before it"),
        ([*HONEST_KEPT[:2], Kept(4, "s", 4, "e")], "a stream has a gap"),
    ],
)
def test_the_control_each_planted_fault_is_found(kept: list[Kept], words: str) -> None:
    found = faults(HONEST_ASKED, kept)
    assert any(words in fault for fault in found), found
