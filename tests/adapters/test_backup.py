"""Row C7: a backup made while others write holds all that was acknowledged before it began."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from tests.adapters.given_files import url
from tests.adapters.store_contract import append, draft
from tests.adapters.test_opening import a_stranger_may_take_all
from tests.given_ledger import SITE, lines_of
from tests.tiers import SEED, size, tell
from veinledger.adapters.errors import (
    BadInput,
    KeyMissing,
    LedgerDamaged,
    NotFound,
    Refused,
    StoreFailed,
)
from veinledger.adapters.front_door import open_ledger
from veinledger.adapters.store import backup as backup_module
from veinledger.adapters.store.backup import (
    back_up,
    last_acknowledged,
    refuse_an_incomplete_copy,
)
from veinledger.adapters.store.keys import Keys
from veinledger.adapters.store.opening import open_store
from veinledger.adapters.store.verify import Verification, verify
from veinledger.domain.ledger.port import Store

ROUNDS = size(1, 20, 500)
"""Each twice: beside another process that writes, and beside threads of this one."""
BACKUPS_OF_A_LEDGER = 20
PATIENCE = 60.0
"""Seconds after which a test gives up on another process."""
needs_signals = pytest.mark.skipif(os.name == "nt", reason="there is no kill -9")

WRITER = """
import itertools, sys
from veinledger.adapters.store.opening import open_store
from veinledger.domain.ledger.port import Decision, Draft
store, _ = open_store(sys.argv[1], keys=sys.argv[2])
for number in itertools.count(int(sys.argv[3])):
    drafts = (Draft(stream="encounter/a", type="cells.infused", body=str(number).encode()),)
    store.transact(lambda view: Decision(answer=None, drafts=drafts))
    print(number, flush=True)
"""


def opened(
    folder: Path, *, read_only: bool = False, keys: Path | None = None
) -> tuple[Store, Keys]:
    return open_store(url(folder), keys=keys or folder / "keys", read_only=read_only)


@pytest.fixture
def house(tmp_path: Path) -> Generator[tuple[Path, Store, Keys]]:
    """A folder, and a ledger in it that is open for writing and holds five records."""
    store, keys = opened(tmp_path)
    append(store, *(draft(body=str(number).encode()) for number in range(4)))
    yield tmp_path, store, keys
    store.close()


def names(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


def restored(folder: Path, copy: Path) -> tuple[Store, Keys]:
    """The copy in the place of a ledger that is gone, opened for writing with the key kept."""
    place = copy.parent / f"restored from {copy.name}"
    place.mkdir()
    shutil.copy(copy, place / "ledger.sqlite")
    return opened(place, keys=folder / "keys")


# While others write


@contextmanager
def another_process_writes(folder: Path, first: int) -> Generator[Any]:
    """A process that appends numbers from `first` on, each told when it is acknowledged."""
    command = [sys.executable, "-c", WRITER, url(folder), str(folder / "keys"), str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()
            process.communicate(timeout=PATIENCE)


def beside_a_process(folder: Path, copy: Path, first: int, wanted: int) -> set[int]:
    """Back up beside a process that writes; what it had acknowledged before that."""
    with another_process_writes(folder, first) as process:
        acknowledged = {int(process.stdout.readline()) for _ in range(wanted)}
        store, keys = opened(folder, read_only=True)
        made = back_up(store, keys, copy)
        store.close()
    assert made.verification.consistent
    return acknowledged


def beside_threads(folder: Path, copy: Path, first: int, wanted: int) -> set[int]:
    """Back up a ledger to which threads of this very process write."""
    store, keys = opened(folder)
    acknowledged, enough, done = list[int](), Event(), Event()

    def write(thread: int) -> None:
        number = first + thread
        while not done.is_set():
            append(store, draft(body=str(number).encode()))
            acknowledged.append(number)
            number += 2
            if len(acknowledged) >= wanted:
                enough.set()

    with ThreadPoolExecutor(2) as threads:
        writing = [threads.submit(write, thread) for thread in range(2)]
        try:
            assert enough.wait(PATIENCE)
            before = set(acknowledged)
            made = back_up(store, keys, copy)
        finally:
            done.set()
        for each in writing:
            each.result(PATIENCE)
    store.close()
    assert made.verification.consistent
    return before


@needs_signals
@pytest.mark.stochastic
def test_all_that_was_acknowledged_before_a_backup_began_is_in_it(tmp_path: Path) -> None:
    chance, counts = random.Random(SEED), [0, 0]
    for first in range(0, 2 * ROUNDS, BACKUPS_OF_A_LEDGER):
        folder = tmp_path / str(first)
        folder.mkdir()
        held = set[int]()
        for number in range(first, min(first + BACKUPS_OF_A_LEDGER, 2 * ROUNDS)):
            acknowledged, kept = one_round(folder, number, chance)
            assert held | acknowledged <= kept, f"seed {SEED}, round {number}"
            counts = [counts[0] + len(acknowledged), counts[1] + len(kept - held - acknowledged)]
            held = kept
        shutil.rmtree(folder)
    tell(
        f"backup while writing: seed {SEED}, {2 * ROUNDS} backups, {counts[0]} records acknowledged"
        f" before they began, 0 missing, {counts[1]} others that were acknowledged later or unheard"
    )


def one_round(folder: Path, number: int, chance: random.Random) -> tuple[set[int], set[int]]:
    """What had been acknowledged when a backup began, and what the restored copy of it holds."""
    beside = beside_a_process if number % 2 else beside_threads
    copy = folder / f"copy-{number}.sqlite"
    acknowledged = beside(folder, copy, number * 1_000_000, chance.randrange(5, 80))
    store, keys = restored(folder, copy)
    kept = [int(row.body) for row in store.rows() if row.stream == "encounter/a"]
    assert len(kept) == len(set(kept))
    append(store, draft("encounter/b"))
    assert verify(store, keys).consistent, f"seed {SEED}, round {number}: it can be gone on with"
    store.close()
    return acknowledged, set(kept)


@needs_signals
def test_the_control_a_copy_of_the_file_alone_is_caught_as_incomplete(tmp_path: Path) -> None:
    """What the WAL holds stays behind, and every other check of such a copy passes."""
    store, keys = opened(tmp_path)
    append(store, draft(body=b"0"))
    store.close()
    with another_process_writes(tmp_path, 1) as process:
        for _ in range(30):
            process.stdout.readline()
        alone = tmp_path / "alone"
        alone.mkdir()
        shutil.copy(tmp_path / "ledger.sqlite", alone / "ledger.sqlite")
        store, keys = opened(tmp_path, read_only=True)
        last = last_acknowledged(store)
        back_up(store, keys, tmp_path / "copy.sqlite")
        store.close()
    naive, _ = opened(alone, read_only=True, keys=tmp_path / "keys")
    assert verify(naive, keys).consistent, "verifying the rows that are there cannot notice it"
    assert naive.head() < 31 <= last.position
    with pytest.raises(LedgerDamaged, match=f"incomplete: record {last.position} was acknowledged"):
        refuse_an_incomplete_copy(naive, last)
    naive.close()
    copy, _ = open_store(f"sqlite:///{tmp_path / 'copy.sqlite'}", keys=tmp_path / "keys")
    refuse_an_incomplete_copy(copy, last)
    copy.close()


def test_a_backup_that_would_copy_the_file_alone_fails_and_leaves_nothing(
    house: tuple[Path, Store, Keys], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, store, keys = house
    store.close()  # or reading the file here would drop SQLite's locks on it
    content = (folder / "ledger.sqlite").read_bytes()
    again, _ = opened(folder)
    append(again, draft())

    def the_file_alone(_: Path, part: Path) -> None:
        part.write_bytes(content)

    monkeypatch.setattr(backup_module, "_copy", the_file_alone)
    before = names(folder)
    with pytest.raises(LedgerDamaged, match="incomplete: record 6"):
        back_up(again, keys, folder / "copy.sqlite")
    assert names(folder) == before
    monkeypatch.undo()
    assert back_up(again, keys, folder / "copy.sqlite").acknowledged == 6
    again.close()


def test_nobody_waits_for_a_backup(
    house: tuple[Path, Store, Keys], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, store, keys = house

    def while_others_write(copy: Store, keys: Keys) -> Verification:
        append(store, draft())
        return verify(copy, keys)

    monkeypatch.setattr(backup_module, "verify", while_others_write)
    made = back_up(store, keys, folder / "copy.sqlite")
    assert (made.acknowledged, made.verification.records, store.head()) == (5, 5, 6)


@needs_signals
def test_a_backup_drops_no_lock_of_the_ledger_that_it_copies(
    house: tuple[Path, Store, Keys],
) -> None:
    """The connection that reads for it is SQLite's own, which knows of the other one's locks."""
    folder, store, keys = house
    back_up(store, keys, folder / "copy.sqlite")
    assert not a_stranger_may_take_all(folder / "ledger.sqlite")
    append(store, draft())


# What a copy is


def test_a_copy_is_one_file_for_its_owner_alone_that_opens_with_the_same_key(
    house: tuple[Path, Store, Keys],
) -> None:
    folder, store, keys = house
    before = names(folder)
    made = back_up(store, keys, folder / "copy.sqlite")
    assert names(folder) == {*before, "copy.sqlite"}
    copy = folder / "copy.sqlite"
    if os.name != "nt":
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert copy.read_bytes()[18:20] == b"\x01\x01", "no WAL: it can be read where nothing is made"
    assert (made.ledger_id, made.key_id) == (store.ledger_id.hex(), keys.key_id)
    assert made.leaf == list(store.rows())[-1].leaf.hex()

    found, keys_again = open_store(f"sqlite:///{copy}", keys=folder / "keys", read_only=True)
    assert (list(found.rows()), keys_again) == (list(store.rows()), keys)
    found.close()
    assert names(folder) == {*before, "copy.sqlite"}, "reading it makes nothing beside it"
    with pytest.raises(KeyMissing):
        open_store(f"sqlite:///{copy}", keys=folder / "other keys", read_only=True)


def test_the_ledger_s_face_backs_up_and_a_restored_ledger_answers_the_same(tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    with open_ledger(url(tmp_path), keys=tmp_path / "keys", site=SITE) as ledger:
        ledger.record(*lines_of("page_patient_2l"))
        made = ledger.backup(copy)
        claims = ledger.claims("E1", as_of=None)
    assert made.verification.verdict == "consistent, not anchored"
    with open_ledger(f"sqlite:///{copy}", keys=tmp_path / "keys", site=SITE) as ledger:
        assert ledger.claims("E1", as_of=None) == claims
        outcomes = ledger.record(*lines_of("page_patient_2l"))
        assert {outcome.answer for outcome in outcomes} == {"duplicate"}


def test_a_backup_of_a_backup_is_a_backup(house: tuple[Path, Store, Keys]) -> None:
    folder, store, keys = house
    back_up(store, keys, folder / "first.sqlite")
    first, _ = open_store(f"sqlite:///{folder / 'first.sqlite'}", keys=folder / "keys")
    assert back_up(first, keys, folder / "second.sqlite").verification.records == 5
    first.close()


# What it refuses


def test_nothing_is_ever_overwritten(
    house: tuple[Path, Store, Keys], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, store, keys = house
    for name, words in (("copy.sqlite", "overwrites nothing"), ("copy.sqlite.part", "remove it")):
        (folder / name).write_bytes(b"kept")
        with pytest.raises(Refused, match=words):
            back_up(store, keys, folder / "copy.sqlite")
        assert (folder / name).read_bytes() == b"kept"
        (folder / name).unlink()

    def somebody_is_faster(copy: Store, keys: Keys) -> Verification:
        (folder / "copy.sqlite").write_bytes(b"kept")
        return verify(copy, keys)

    monkeypatch.setattr(backup_module, "verify", somebody_is_faster)
    with pytest.raises(Refused, match="not overwritten"):
        back_up(store, keys, folder / "copy.sqlite")
    assert (folder / "copy.sqlite").read_bytes() == b"kept"
    assert not (folder / "copy.sqlite.part").exists()


def test_a_file_system_without_second_names_gets_its_backup_all_the_same(
    house: tuple[Path, Store, Keys], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, store, keys = house

    def no_links(*_: object) -> None:
        raise PermissionError(1, "not here")

    monkeypatch.setattr(os, "link", no_links)
    back_up(store, keys, folder / "copy.sqlite")
    assert "copy.sqlite.part" not in names(folder)
    (folder / "copy.sqlite").unlink()

    def somebody_is_faster(*_: object) -> None:
        (folder / "copy.sqlite").touch()

    monkeypatch.setattr(backup_module, "_verified", somebody_is_faster)
    with pytest.raises(Refused, match="not overwritten"):
        back_up(store, keys, folder / "copy.sqlite")


def test_a_damaged_ledger_gives_no_file_that_looks_like_a_backup(tmp_path: Path) -> None:
    store, keys = opened(tmp_path)
    append(store, draft(), draft())
    store.close()
    right = tamper(tmp_path / "ledger.sqlite", b"other")
    before = names(tmp_path)
    store, _ = opened(tmp_path, read_only=True)
    with pytest.raises(LedgerDamaged, match=r"record 2 .*does not match its tag.*was removed"):
        back_up(store, keys, tmp_path / "copy.sqlite")
    store.close()
    assert names(tmp_path) - before <= {"ledger.sqlite-wal", "ledger.sqlite-shm"}

    tamper(tmp_path / "ledger.sqlite", right)
    store, _ = opened(tmp_path, read_only=True)
    assert back_up(store, keys, tmp_path / "copy.sqlite").verification.consistent
    store.close()


def tamper(file: Path, body: bytes) -> bytes:
    """Give record 2 another body, as one who can write the file; the body that it had."""
    raw = sqlite3.connect(file)
    (trigger,) = raw.execute("SELECT sql FROM sqlite_schema WHERE name = 'records_no_update'")
    ((before,),) = raw.execute("SELECT body FROM records WHERE position = 2")
    raw.execute("DROP TRIGGER records_no_update")
    raw.execute("UPDATE records SET body = ? WHERE position = 2", (body,))
    raw.execute(trigger[0])
    raw.commit()
    raw.close()
    return bytes(before)


def test_only_a_file_can_be_backed_up_and_only_to_a_folder_that_is_there(
    house: tuple[Path, Store, Keys],
) -> None:
    folder, store, keys = house
    memory, memory_keys = open_store("memory:")
    with pytest.raises(BadInput, match="in memory"):
        back_up(memory, memory_keys, folder / "copy.sqlite")
    with pytest.raises(NotFound, match="none"):
        back_up(store, keys, folder / "none" / "copy.sqlite")


# What goes wrong on the way

BACKS_UP = """
import os, resource, signal, sys
from pathlib import Path
from veinledger.adapters.errors import VeinledgerError
from veinledger.adapters.store import backup
from veinledger.adapters.store.opening import open_store
store, keys = open_store(sys.argv[1], keys=sys.argv[2], read_only=True)
match sys.argv[4]:
    case "the disk is small":
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    case "it is killed":
        backup.verify = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
try:
    backup.back_up(store, keys, Path(sys.argv[3]))
except VeinledgerError as error:
    print(type(error).__name__, error)
"""


def backed_up_elsewhere(folder: Path, trouble: str) -> subprocess.CompletedProcess[str]:
    paths = url(folder), str(folder / "keys"), str(folder / "copy.sqlite")
    command = [sys.executable, "-c", BACKS_UP, *paths, trouble]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)


@needs_signals
def test_a_disk_that_takes_no_more_is_told_and_nothing_is_left(
    house: tuple[Path, Store, Keys],
) -> None:
    folder, store, keys = house
    append(store, *(draft(body=b"x" * 1000) for _ in range(50)))
    before = names(folder)
    said = backed_up_elsewhere(folder, "the disk is small")
    assert said.stdout.startswith(StoreFailed.__name__), said
    assert "disk" in said.stdout
    assert names(folder) == before
    assert verify(store, keys).consistent
    assert backed_up_elsewhere(folder, "none").stdout == ""
    assert "copy.sqlite" in names(folder), "the control: with room it is made"


@needs_signals
def test_a_backup_that_is_killed_leaves_nothing_that_looks_like_one(
    house: tuple[Path, Store, Keys],
) -> None:
    folder, store, keys = house
    assert backed_up_elsewhere(folder, "it is killed").returncode == -signal.SIGKILL
    assert "copy.sqlite" not in names(folder)
    with pytest.raises(Refused, match="or was cut off; if none is running, remove"):
        back_up(store, keys, folder / "copy.sqlite")
    (folder / "copy.sqlite.part").unlink()
    assert back_up(store, keys, folder / "copy.sqlite").verification.consistent
