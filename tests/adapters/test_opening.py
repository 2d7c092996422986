"""One writer, any number of readers: who may open a ledger, who waits, and who is refused."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.given_files import url
from tests.adapters.store_contract import append, draft
from tests.given_ledger import SITE, lines_of
from veinledger.adapters.errors import (
    BadInput,
    LedgerBusy,
    LedgerDamaged,
    NotFound,
    Refused,
    StoreFailed,
)
from veinledger.adapters.front_door import open_ledger
from veinledger.adapters.store.keys import Keys
from veinledger.adapters.store.opening import create_store, open_store
from veinledger.adapters.store.sqlite import connection, driver, forks, lock
from veinledger.adapters.store.verify import verify
from veinledger.domain.ledger.port import Store

pytestmark = pytest.mark.skipif(os.name == "nt", reason="flock, fork and kill are POSIX's")

PATIENCE = 30.0
"""Seconds after which a test gives up on another process; none of them waits so long for a lock."""

WRITER = """
import os, signal, sys
from veinledger.adapters.store.opening import open_store
from veinledger.domain.ledger.port import Decision, Draft
store, _ = open_store(sys.argv[1], keys=sys.argv[2])
drafts = (Draft(stream="encounter/a", type="cells.infused", body=b"x"),)
for _ in range(int(sys.argv[3])):
    store.transact(lambda view: Decision(answer=None, drafts=drafts))
print(store.head(), flush=True)
match sys.argv[4]:
    case "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    case "waits":
        sys.stdin.read()
store.close()
"""


def opened(folder: Path, *, read_only: bool = False) -> tuple[Store, Keys]:
    return open_store(url(folder), keys=folder / "keys", read_only=read_only)


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """The folder of a closed ledger with two records."""
    store, _ = opened(tmp_path)
    append(store, draft())
    store.close()
    return tmp_path


def writer(folder: Path, *, appends: int = 0, then: str = "ends") -> list[str]:
    return [sys.executable, "-c", WRITER, url(folder), str(folder / "keys"), str(appends), then]


@contextlib.contextmanager
def another_process_writes(folder: Path) -> Generator[int]:
    """The number of another process that has the ledger open for writing."""
    with subprocess.Popen(
        writer(folder, appends=1, then="waits"), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip().isdigit()
        try:
            yield process.pid
        finally:
            process.communicate(timeout=PATIENCE)


# One writer


def test_a_second_writing_process_waits_and_is_refused_clearly(closed: Path) -> None:
    with another_process_writes(closed) as number:
        began = time.monotonic()
        with pytest.raises(LedgerBusy) as caught:
            opened(closed)
        waited = time.monotonic() - began
    assert f"process {number} has this ledger open for writing" in str(caught.value)
    assert "read_only=True" in str(caught.value)
    assert "stop it" in str(caught.value)
    assert lock.WAIT_SECONDS <= waited < PATIENCE, "it waits for its turn, and not for ever"
    store, _ = opened(closed)
    assert store.head() == 3, "the control: the same opening goes through once the other has ended"
    store.close()


def test_a_second_writer_has_its_turn_when_the_first_ends_in_time(
    closed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "WAIT_SECONDS", PATIENCE)
    with ThreadPoolExecutor(1) as thread:
        with another_process_writes(closed):
            waiting = thread.submit(opened, closed)
        store, _ = waiting.result()
    append(store, draft())
    assert store.head() == 4
    store.close()


def test_the_control_without_the_lock_both_write(
    closed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "AVAILABLE", False)
    monkeypatch.setattr(driver, "version", lambda: driver.FIXED)  # an old one would be refused
    with another_process_writes(closed):
        store, _ = opened(closed)
        append(store, draft())
        store.close()


def test_a_second_writing_ledger_of_the_same_program_is_refused(
    closed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "WAIT_SECONDS", 0.1)
    store, keys = opened(closed)
    with pytest.raises(LedgerBusy, match="this program has this ledger open for writing already"):
        opened(closed)
    with pytest.raises(LedgerBusy, match="threads may share"):
        open_store(f"sqlite:///{closed / 'ledger.sqlite'}", keys=closed / "keys")
    append(store, draft())
    assert verify(store, keys).consistent
    store.close()
    again, _ = opened(closed)
    again.close()


def test_a_link_to_the_ledger_is_the_same_ledger(
    closed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "WAIT_SECONDS", 0.1)
    (closed / "link.sqlite").symlink_to(closed / "ledger.sqlite")
    store, _ = opened(closed)
    with pytest.raises(LedgerBusy):
        open_store(f"sqlite:///{closed / 'link.sqlite'}", keys=closed / "keys")
    store.close()


def test_of_threads_that_open_one_ledger_at_once_one_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "WAIT_SECONDS", 0.2)

    def attempt(_: int) -> Store | None:
        try:
            return opened(tmp_path)[0]
        except LedgerBusy:
            return None

    with ThreadPoolExecutor(6) as threads:
        found = [store for store in threads.map(attempt, range(6)) if store is not None]
    assert len(found) == 1
    found[0].close()


def test_a_refused_second_writer_takes_no_lock_from_the_first(
    closed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opening and closing one of the ledger's files here would drop the locks of SQLite's."""
    monkeypatch.setattr(lock, "WAIT_SECONDS", 0.1)
    store, _ = opened(closed)
    with pytest.raises(LedgerBusy):
        opened(closed)
    with pytest.raises(Refused):
        create_store(url(closed), keys=closed / "keys")
    ended = subprocess.run(writer(closed), capture_output=True, check=False, timeout=PATIENCE)
    assert b"LedgerBusy" in ended.stderr, "the lock is still held"
    assert not a_stranger_may_take_all(closed / "ledger.sqlite")
    append(store, draft())
    store.close()


def test_the_control_closing_the_ledger_s_own_file_drops_the_locks(closed: Path) -> None:
    store, _ = opened(closed)
    (closed / "ledger.sqlite").read_bytes()
    assert a_stranger_may_take_all(closed / "ledger.sqlite")
    with contextlib.suppress(LedgerDamaged, StoreFailed):  # its WAL is gone from under it
        store.close()


def a_stranger_may_take_all(file: Path) -> bool:
    """Whether a program that knows nothing of our lock meets SQLite's own no more."""
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)\n"
        "try: print(c.execute('PRAGMA journal_mode = DELETE').fetchone()[0])\n"
        "except sqlite3.OperationalError as error: print(error)"
    )
    command = [sys.executable, "-c", code, str(file)]
    said = subprocess.run(command, capture_output=True, check=True, timeout=PATIENCE).stdout
    assert said in {b"delete\n", b"database is locked\n"}
    return said == b"delete\n"


def test_a_writer_that_was_killed_leaves_nothing_behind_that_blocks_the_next(closed: Path) -> None:
    ended = subprocess.run(
        writer(closed, appends=3, then="dies"), capture_output=True, check=False, timeout=PATIENCE
    )
    assert (ended.returncode, ended.stdout) == (-signal.SIGKILL, b"5\n")
    assert (closed / "ledger.sqlite.lock").read_bytes().isdigit(), "the file stays, unlocked"
    store, keys = opened(closed)
    assert store.head() == 5
    assert verify(store, keys).consistent
    store.close()


def test_a_ledger_that_was_forgotten_without_closing_it_can_be_opened_again(closed: Path) -> None:
    store: Any = opened(closed)[0]
    append(store, draft())
    del store
    again, _ = opened(closed)
    assert again.head() == 3
    again.close()


# After a fork


def in_a_copy(work: Any) -> int:
    """What a copy of this process, made by fork, ends with: 0 where its work did not fail."""
    number = os.fork()
    if number == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])


def test_a_copy_of_the_process_must_not_use_the_connection(closed: Path) -> None:
    store, keys = opened(closed)
    reader, _ = opened(closed, read_only=True)

    def every_use_is_refused() -> None:
        for work in (store.head, reader.head, lambda: append(store, draft())):
            with pytest.raises(StoreFailed, match=r"by another process.*open the ledger"):
                work()
        reader.close()
        store.close()

    assert in_a_copy(every_use_is_refused) == 0
    append(store, draft())
    assert reader.head() == store.head() == 3
    assert verify(store, keys).consistent
    reader.close()
    store.close()


def test_a_copy_of_the_process_opens_the_ledger_anew_when_the_first_is_done(closed: Path) -> None:
    store, _ = opened(closed)
    store.close()

    def write() -> None:
        mine, _ = opened(closed)
        append(mine, draft())
        mine.close()

    assert in_a_copy(write) == 0
    store, _ = opened(closed)
    assert store.head() == 3
    store.close()


FORKS_AND_DIES = """
import os, signal, sys, time
from veinledger.adapters.store.opening import open_store
store, _ = open_store(sys.argv[1], keys=sys.argv[2])
number = os.fork()
if number == 0:
    os.close(0); os.close(1); os.close(2)
    time.sleep(60)
    os._exit(0)
print(number, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_copy_that_outlives_a_killed_writer_holds_no_lock(closed: Path) -> None:
    command = [sys.executable, "-c", FORKS_AND_DIES, url(closed), str(closed / "keys")]
    ended = subprocess.run(command, stdout=subprocess.PIPE, check=False, timeout=PATIENCE)
    copy = int(ended.stdout)
    try:
        store, _ = opened(closed)
        append(store, draft())
        store.close()
    finally:
        os.kill(copy, signal.SIGKILL)


FORKS_AND_CLOSES = """
import os, subprocess, sys
from veinledger.adapters.store.opening import open_store
from veinledger.adapters.store.sqlite import forks
if sys.argv[3] == "unguarded":
    forks.Belonging.here = property(lambda self: True)
    forks.Belonging.leave_to_the_other = lambda self: self._lock.release()
store, _ = open_store(sys.argv[1], keys=sys.argv[2])
ask, answer = os.pipe()
copy = os.fork()
if copy == 0:
    os.close(answer)
    os.read(ask, 1)
    del store
    sys.exit(0)  # the interpreter ends as it should, and destroys what it holds
store.close()
another = subprocess.run(sys.argv[4:], stdout=subprocess.PIPE)  # writes, and is killed
os.write(answer, b"x")
os.waitpid(copy, 0)
sys.stdout.buffer.write(another.stdout)
"""


@pytest.mark.parametrize(("guard", "lost"), [("guarded", 0), ("unguarded", 5)])
def test_a_copy_that_ends_late_deletes_no_wal_of_another_writer(
    closed: Path, guard: str, lost: int
) -> None:
    """The control without the guard loses what another writer had acknowledged before it died."""
    wrote = writer(closed, appends=5, then="dies")
    command = [sys.executable, "-c", FORKS_AND_CLOSES, url(closed), str(closed / "keys"), guard]
    said = subprocess.run([*command, *wrote], capture_output=True, check=True, timeout=PATIENCE)
    acknowledged = int(said.stdout)
    assert acknowledged == 7
    store, _ = opened(closed)
    assert acknowledged - store.head() == lost
    store.close()


def test_what_a_copy_is_told_says_what_to_do() -> None:
    assert "open the ledger again in this process" in forks.FORKED


# Readers


def test_a_reader_reads_beside_another_process_that_writes(closed: Path) -> None:
    with another_process_writes(closed):
        store, keys = opened(closed, read_only=True)
        assert store.head() == 3
        assert verify(store, keys).consistent
        store.close()


def test_a_reader_sees_what_is_committed_while_it_is_open(closed: Path) -> None:
    reader, _ = opened(closed, read_only=True)
    assert reader.head() == 2
    store, _ = opened(closed)
    append(store, draft(), draft())
    assert reader.head() == 4
    store.close()
    assert reader.head() == 4
    reader.close()


def test_a_write_to_a_ledger_opened_to_be_read_is_refused_before_anything_is_tried(
    closed: Path,
) -> None:
    before = (closed / "ledger.sqlite").read_bytes()
    reader: Any = opened(closed, read_only=True)[0]
    asked = list[object]()
    with pytest.raises(Refused, match="opened to be read"):
        reader.transact(asked.append)
    assert asked == [], "nobody was asked to decide"
    with (
        pytest.raises(Exception, match="readonly database"),
        reader._datastore.transaction(commit=False) as cursor,
    ):
        cursor.execute("INSERT INTO originals VALUES ('d', 't', x'00')")
    reader.close()
    assert (closed / "ledger.sqlite").read_bytes() == before


def test_a_ledger_opened_to_be_read_answers_and_takes_no_report(tmp_path: Path) -> None:
    lines = lines_of("withdrawn")
    with open_ledger(url(tmp_path), keys=tmp_path / "keys", site=SITE) as ledger:
        ledger.record(*lines)
        stages = [ledger.effective(name).stage for name in ledger.encounters()]
    with open_ledger(url(tmp_path), keys=tmp_path / "keys", site=SITE, read_only=True) as ledger:
        assert [ledger.effective(name).stage for name in ledger.encounters()] == stages
        with pytest.raises(Refused, match="opened to be read"):
            ledger.record(lines[0])
        assert ledger.verify().consistent


def test_a_reader_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="veinledger init"):
        opened(tmp_path, read_only=True)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "ledger.sqlite").touch()
    with pytest.raises(NotFound, match="empty"):
        opened(tmp_path, read_only=True)
    assert (tmp_path / "ledger.sqlite").stat().st_size == 0
    assert not (tmp_path / "ledger.sqlite.lock").exists()
    with pytest.raises(BadInput, match="nothing to read"):
        open_store("memory:", read_only=True)


def test_a_reader_takes_no_lock(closed: Path) -> None:
    (closed / "ledger.sqlite.lock").unlink()
    reader, _ = opened(closed, read_only=True)
    assert not (closed / "ledger.sqlite.lock").exists()
    store, _ = opened(closed)
    store.close()
    reader.close()


def test_a_reader_finds_all_that_a_killed_writer_had_acknowledged(closed: Path) -> None:
    """Only its WAL holds it; SQLite finds the way through it anew, and changes no file by that."""
    ended = subprocess.run(
        writer(closed, appends=4, then="dies"), capture_output=True, check=False, timeout=PATIENCE
    )
    acknowledged = int(ended.stdout)
    for left in ("ledger.sqlite-wal", "ledger.sqlite"):
        assert (closed / left).stat().st_size > 0
    before = [(closed / name).read_bytes() for name in ("ledger.sqlite", "ledger.sqlite-wal")]
    (closed / "ledger.sqlite-shm").unlink()  # as after a power cut

    reader, keys = opened(closed, read_only=True)
    assert reader.head() == acknowledged == 6
    assert verify(reader, keys).consistent
    reader.close()
    after = [(closed / name).read_bytes() for name in ("ledger.sqlite", "ledger.sqlite-wal")]
    assert after == before
    store, _ = opened(closed)
    assert store.head() == acknowledged
    store.close()


def test_where_sqlite_cannot_find_its_way_through_a_wal_it_says_what_to_do(closed: Path) -> None:
    """It needs to make a file beside the ledger, and a name that leads nowhere is in its way."""
    subprocess.run(writer(closed, appends=2, then="dies"), capture_output=True, check=False)
    place = closed / "ledger.sqlite-shm"
    place.unlink()
    place.symlink_to(closed / "nowhere")
    with pytest.raises(StoreFailed, match="as the user who writes it, or read a backup"):
        opened(closed, read_only=True)
    place.unlink()
    reader, _ = opened(closed, read_only=True)
    assert reader.head() == 4, "the control: it opens once the file can be made"
    reader.close()


def test_reading_tells_sqlite_so_twice() -> None:
    assert ("query_only", "ON", 1) in connection.READING


def test_a_young_ledger_whose_log_was_lost_is_never_made_anew_in_silence(tmp_path: Path) -> None:
    path = tmp_path / "young.sqlite"
    child = (
        "import os, sys; from veinledger.adapters.store.opening import open_store\n"
        "store, _ = open_store(f'sqlite:///{sys.argv[1]}', keys=sys.argv[2])\n"
        "print(store.ledger_id.hex(), flush=True); os.kill(os.getpid(), 9)"
    )
    asked = [sys.executable, "-c", child, str(path), str(tmp_path / "keys")]
    made = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    path.with_name("young.sqlite-wal").unlink(missing_ok=True)
    store, _ = open_store(f"sqlite:///{path}", keys=tmp_path / "keys")
    assert store.ledger_id.hex() == made
    store.close()
