"""One thread writes: groups, a bounded queue, answers after the commit, and every way to end."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from tests.adapters.store_contract import draft, drafting, failing, kept
from tests.adapters.test_ledger import Line, collection, opening
from tests.given_ledger import SITE, centre_in_utc, ledger, lines_of
from veinledger.adapters.cli.recording import numbered, record_lines
from veinledger.adapters.errors import (
    BadInput,
    Defect,
    LedgerBusy,
    LedgerDamaged,
    StoreFailed,
    VeinledgerError,
)
from veinledger.adapters.front_door import open_ledger
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.reading import Recent
from veinledger.adapters.store.opening import open_store
from veinledger.adapters.store.sqlite import driver
from veinledger.adapters.store.sqlite.connection import SealedConnection
from veinledger.adapters.writer import Writer
from veinledger.domain.ledger.port import Committed, Decision, Store, View

DEADLINE = 30.0
"""Seconds after which a test gives up; nothing that passes comes near it."""


def until(condition: Callable[[], object]) -> None:
    ends = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < ends, "it never happened"
        time.sleep(0.001)


class Gate:
    """A store whose commits wait for the test, and that remembers the groups it was given."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.groups: list[int] = []
        self._open = Event()

    def transact_all(self, calls: Sequence[Any]) -> Any:
        self.groups.append(len(calls))
        assert self._open.wait(DEADLINE)
        return self.store.transact_all(calls)

    def lift(self) -> None:
        self._open.set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


@pytest.fixture
def gate() -> Iterator[Any]:
    store, _ = open_store("memory:")
    made = Gate(store)
    yield made
    made.lift()


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as pool:
        yield pool


def written(writer: Writer, *bodies: str, reports: int = 1) -> tuple[Any, ...]:
    decides = [drafting(draft(body=body.encode())) for body in bodies]
    return writer.write(decides, reports=reports)


def waiting(writer: Any) -> int:
    return len(writer._queue)


def held_up(
    gate: Gate, writer: Writer, threads: ThreadPoolExecutor, *sizes: int
) -> list[Future[Any]]:
    """One caller in the commit that the gate holds up, and others queueing behind it in order."""
    calls = [threads.submit(written, writer, "first")]
    until(lambda: gate.groups == [1])
    for number, size in enumerate(sizes, 1):
        calls.append(threads.submit(written, writer, f"{number}", reports=size))
        until(lambda n=number: waiting(writer) == n)  # type: ignore[misc]
    return calls


def bodies(store: Store) -> list[str]:
    return [row.body.decode() for row in store.rows(after=1)]


class TestGroups:
    def test_callers_who_queue_behind_a_commit_share_the_next_one(
        self, gate: Any, threads: ThreadPoolExecutor
    ) -> None:
        writer = Writer(gate)
        calls = held_up(gate, writer, threads, 1, 1, 1, 1)
        gate.lift()
        rows = [kept(call.result(DEADLINE)[0]) for call in calls]
        assert gate.groups == [1, 4]
        assert [row.body for (row,) in rows] == [b"first", b"1", b"2", b"3", b"4"]
        assert bodies(gate) == ["first", "1", "2", "3", "4"]
        writer.close()

    def test_a_group_takes_at_most_256_reports_and_a_larger_message_alone(
        self, gate: Any, threads: ThreadPoolExecutor
    ) -> None:
        writer = Writer(gate, queued_at_most=10_000)
        calls = held_up(gate, writer, threads, 100, 100, 56, 1, 2_000, 200)
        gate.lift()
        for call in calls:
            call.result(DEADLINE)
        assert gate.groups == [1, 3, 1, 1, 1]
        writer.close()

    def test_a_caller_who_is_alone_waits_for_nobody(self, gate: Any) -> None:
        gate.lift()
        writer = Writer(gate, collecting=3_600.0)
        for number in range(20):
            written(writer, str(number))
        assert gate.groups == [1] * 20
        writer.close()

    def test_the_control_a_caller_with_another_on_his_way_shares_the_commit(
        self, gate: Any, threads: ThreadPoolExecutor
    ) -> None:
        gate.lift()
        writer = Writer(gate, collecting=3_600.0)
        with writer.expecting():
            first = threads.submit(written, writer, "1")
            until(lambda: waiting(writer) == 1)
            assert gate.groups == []
            second = threads.submit(written, writer, "2")
            until(lambda: waiting(writer) == 2)
        for call in (first, second):
            call.result(DEADLINE)
        assert gate.groups == [2]
        writer.close()

    def test_a_caller_who_never_comes_holds_nobody_up(self, gate: Any) -> None:
        gate.lift()
        writer = Writer(gate)
        with writer.expecting():
            assert len(written(writer, "1")) == 1
        writer.close()

    def test_what_fails_in_a_group_is_told_to_its_own_caller_alone(
        self, gate: Any, threads: ThreadPoolExecutor
    ) -> None:
        writer = Writer(gate)
        first = threads.submit(written, writer, "first")
        until(lambda: gate.groups == [1])
        decides = [drafting(draft(body=b"1")), failing(ValueError()), drafting(draft(body=b"3"))]
        failed = threads.submit(writer.write, decides, reports=3)
        until(lambda: waiting(writer) == 1)
        last = threads.submit(written, writer, "last")
        until(lambda: waiting(writer) == 2)
        gate.lift()
        assert [type(each) for each in failed.result(DEADLINE)] == [Committed, Defect]
        assert [type(call.result(DEADLINE)[0]) for call in (first, last)] == [Committed] * 2
        assert bodies(gate) == ["first", "1", "last"]
        writer.close()


class TestTheQueue:
    def test_a_full_queue_is_busy_and_the_same_call_may_be_made_again(
        self, gate: Any, threads: ThreadPoolExecutor
    ) -> None:
        writer = Writer(gate, queued_at_most=3, patience=0.01)
        calls = held_up(gate, writer, threads, 2, 1)
        with pytest.raises(LedgerBusy, match=r"nothing of this was recorded.*made again"):
            written(writer, "late")
        gate.lift()
        for call in calls:
            call.result(DEADLINE)
        assert bodies(gate) == ["first", "1", "2"]
        written(writer, "late")
        assert bodies(gate)[-1] == "late"
        writer.close()

    def test_a_caller_waits_a_little_for_room(self, gate: Any, threads: ThreadPoolExecutor) -> None:
        writer = Writer(gate, queued_at_most=1, patience=DEADLINE)
        held_up(gate, writer, threads, 1)
        late = threads.submit(written, writer, "late")
        gate.lift()
        assert len(late.result(DEADLINE)) == 1
        writer.close()

    def test_an_interrupted_caller_has_asked_for_nothing(
        self, gate: Any, threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        writer = Writer(gate)
        (first,) = held_up(gate, writer, threads)

        def interrupted(*_: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(Writer, "_wait_for", interrupted)
            with pytest.raises(KeyboardInterrupt):
                written(writer, "interrupted")
        gate.lift()
        first.result(DEADLINE)
        written(writer, "next")
        assert bodies(gate) == ["first", "next"]
        writer.close()


class TestClosing:
    def test_what_is_queued_is_written_before_a_ledger_closes(
        self, gate: Any, threads: ThreadPoolExecutor
    ) -> None:
        writer = Writer(gate)
        calls = held_up(gate, writer, threads, 1, 1)
        closing = threads.submit(writer.close)
        until(lambda: writer._closed is not None)  # pyright: ignore[reportPrivateUsage]
        with pytest.raises(StoreFailed, match="closed; open it again"):
            written(writer, "late")
        gate.lift()
        closing.result(DEADLINE)
        for call in calls:
            assert len(call.result(DEADLINE)) == 1
        assert bodies(gate) == ["first", "1", "2"]

    def test_a_closed_writer_says_so_however_often_it_was_closed(self, gate: Any) -> None:
        gate.lift()
        writer = Writer(gate)
        written(writer, "1")
        writer.close()
        writer.close()
        with pytest.raises(StoreFailed, match="closed; open it again"):
            written(writer, "2")
        assert bodies(gate) == ["1"]

    def test_a_store_that_is_busy_while_closing_is_asked_once_and_all_are_answered(
        self, gate: Any, threads: ThreadPoolExecutor
    ) -> None:
        writer = Writer(gate, queued_at_most=10_000)
        calls = held_up(gate, writer, threads, 200, 200, 200)

        def busy(_: Sequence[Any]) -> Any:
            raise LedgerBusy("another program held the ledger, and nothing was recorded")

        gate.store.transact_all = busy
        closing = threads.submit(writer.close)
        until(lambda: writer._closed is not None)  # pyright: ignore[reportPrivateUsage]
        gate.lift()
        closing.result(DEADLINE)
        errors = [call.exception(DEADLINE) for call in calls]
        assert [type(error) for error in errors] == [LedgerBusy] * 4
        assert len({id(error) for error in errors}) == 4, "one error object for each caller"
        assert gate.groups == [1]

    def test_a_write_that_does_not_end_holds_no_closing_up(
        self, gate: Any, threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("veinledger.adapters.writer.CLOSING_SECONDS", 0.05)
        writer = Writer(gate)
        first, second = held_up(gate, writer, threads, 1)
        with pytest.raises(LedgerBusy, match="may or may not be recorded"):
            writer.close()
        for call in (first, second):
            assert isinstance(call.exception(DEADLINE), LedgerBusy)
        gate.lift()

    def test_a_ledger_that_is_forgotten_lets_go_of_its_thread_and_its_file(
        self, tmp_path: Path
    ) -> None:
        url, line = f"sqlite:///{tmp_path / 'ledger.sqlite'}", lines_of("withdrawn")[0]

        def forget() -> Any:
            kept: Any = open_ledger(url, keys=tmp_path, site=SITE)
            kept.record(line)
            return kept._writer._thread

        thread = forget()
        gc.collect()
        thread.join(DEADLINE)
        assert not thread.is_alive()
        with open_ledger(url, keys=tmp_path, site=SITE) as again:
            assert again.record(line)[0].answer == "duplicate"

    @pytest.mark.parametrize("store", ["memory", "sqlite"])
    def test_a_closed_ledger_takes_nothing(self, tmp_path: Path, store: str) -> None:
        with ledger(tmp_path, store=store, centre=centre_in_utc("adt")) as kept:
            kept.record(opening())
        with pytest.raises(StoreFailed, match="closed; open it again"):
            kept.record(opening())


class TestDefects:
    def stopped(self, gate: Any, threads: ThreadPoolExecutor) -> tuple[Writer, list[Future[Any]]]:
        writer = Writer(gate)
        first = threads.submit(written, writer, "first")
        until(lambda: gate.groups == [1])
        whole = [drafting(draft(body=b"whole"))]
        calls = [
            threads.submit(writer.write, decides, reports=200)
            for decides in (whole, [failing(SystemExit())], whole)
        ]
        until(lambda: waiting(writer) == 3)
        gate.lift()
        first.result(DEADLINE)
        return writer, calls

    def test_a_thread_that_dies_answers_all_who_wait_and_takes_nothing_more(
        self, gate: Any, threads: ThreadPoolExecutor
    ) -> None:
        writer, calls = self.stopped(gate, threads)
        told = [call.exception(DEADLINE) or call.result() for call in calls]
        failed = [error for error in told if isinstance(error, StoreFailed)]
        assert len(failed) >= 2, "the one that killed it and the one behind it"
        assert len(bodies(gate)) == 1 + len(told) - len(failed)
        with pytest.raises(StoreFailed, match="has stopped on an unexpected error"):
            written(writer, "late")
        writer.close()
        with pytest.raises(StoreFailed, match="has stopped on an unexpected error"):
            written(writer, "late")

    def test_a_defect_of_the_writer_itself_answers_all_who_wait(
        self, gate: Any, threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        writer = Writer(gate)
        calls = held_up(gate, writer, threads, 1, 1)

        def defect(_: Any) -> Any:
            raise ZeroDivisionError

        monkeypatch.setattr(Writer, "_next_group", defect)
        gate.lift()
        assert len(calls[0].result(DEADLINE)) == 1
        for call in calls[1:]:
            assert isinstance(call.exception(DEADLINE), StoreFailed)
        writer.close()

    def test_a_decision_that_asks_the_ledger_to_write_is_told_so(self, gate: Any) -> None:
        gate.lift()
        writer = Writer(gate)

        def decide(_: View) -> Decision[None]:
            written(writer, "inner")
            return Decision(answer=None)

        (attempt,) = writer.write([decide], reports=1)
        assert isinstance(attempt, Defect)
        assert "its drafts" in str(attempt)
        writer.close()


# --- through the ledger ----------------------------------------------------------------------


@pytest.fixture
def on_disk(tmp_path: Path) -> Iterator[Any]:
    with ledger(tmp_path, store="sqlite", centre=centre_in_utc("adt")) as opened:
        yield opened


def gated(kept: Any) -> Gate:
    kept._writer._store = made = Gate(kept._store)
    return made


def three_at_once(kept: Any, threads: ThreadPoolExecutor, *items: Line) -> list[Any]:
    """Record three messages in one group; the outcomes or the error of each."""
    kept.record(opening("E9"))
    gate = gated(kept)
    calls = [threads.submit(kept.record, opening("E0"))]
    until(lambda: gate.groups == [1])
    for number, item in enumerate(items, 1):
        calls.append(threads.submit(kept.record, item))
        until(lambda n=number: waiting(kept._writer) == n)  # type: ignore[misc]
    gate.lift()
    told = [call.exception(DEADLINE) or call.result() for call in calls]
    assert gate.groups == [1, 3]
    return told[1:]


def spoil(kept: Any, stream: str) -> None:
    """Make the rows of one stream unreadable, behind the ledger's back."""
    with kept._store._datastore.transaction(commit=True) as cursor:
        cursor.execute("DROP TRIGGER records_no_update")
        cursor.execute("UPDATE records SET body = X'7B' WHERE stream = ?", (stream,))


def test_a_message_about_a_damaged_encounter_fails_alone(
    on_disk: Any, threads: ThreadPoolExecutor
) -> None:
    on_disk.record(*map(opening, ("E1", "E2", "E3")))
    spoil(on_disk, on_disk._naming.stream_of("encounter", "E2"))
    on_disk._histories._records._recent = Recent(50_000)
    items = [collection("2026-03-02", f"M{e}", e, f"COI-{e}") for e in ("E1", "E2", "E3")]
    first, second, third = three_at_once(on_disk, threads, *items)
    assert [first[0].answer, type(second), third[0].answer] == [
        "recorded", LedgerDamaged, "recorded",
    ]  # fmt: skip
    rows = list(on_disk._store.rows())
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    assert {
        r.type for r in on_disk._store.stream(on_disk._naming.identity_stream("COI-E2"))
    } == set()


def fails_to_commit(monkeypatch: pytest.MonkeyPatch, how: Callable[[Any], None]) -> None:
    monkeypatch.setattr(SealedConnection, "commit", how)


def the_disk_is_full(_: Any) -> None:
    error = driver.Error("MARKER")
    error.sqlite_errorcode = 13  # type: ignore[attr-defined, unused-ignore]
    raise error


def acknowledged_and_lost(kept: Any, told: list[Any]) -> list[str]:
    """What a caller was told is recorded, and the ledger does not hold."""
    held = {row.key.hex() for row in kept._store.rows() if row.key is not None}
    outcomes = (o for answer in told if not isinstance(answer, Exception) for o in answer)
    return [o.record for o in outcomes if o.record not in held]


def test_where_the_commit_fails_every_caller_is_told_and_nothing_is_kept(
    on_disk: Any, threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [collection("2026-03-02", f"M{e}", e, f"COI-{e}") for e in ("E1", "E2", "E3")]
    on_disk.record(opening("E8"))
    before = on_disk.rows()
    with monkeypatch.context() as patched:
        fails_to_commit(patched, the_disk_is_full)
        told = [caught(on_disk, item) for item in items]
        assert [type(error) for error in told] == [StoreFailed] * 3
        assert "the disk is full, and nothing was recorded" in str(told[0])
        with pytest.raises(StoreFailed, match="the disk is full"):
            on_disk.record(*items)
    assert on_disk.rows() == before
    told = three_at_once(on_disk, threads, *items)
    assert acknowledged_and_lost(on_disk, told) == []
    assert on_disk.verify().consistent


def caught(kept: Any, item: Line) -> VeinledgerError:
    with pytest.raises(VeinledgerError) as error:
        kept.record(item)
    return error.value


def test_the_control_a_store_that_answers_without_a_commit_is_caught(
    on_disk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        fails_to_commit(patched, lambda connection: connection.rollback())
        told = [on_disk.record(opening("E1"))]
    assert len(acknowledged_and_lost(on_disk, told)) == 1


def test_an_error_of_the_other_thread_brings_no_payload_and_no_frame_of_it(
    on_disk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = opening("MARKER-7731")
    fails_to_commit(monkeypatch, the_disk_is_full)
    error = caught(on_disk, line)
    assert "MARKER" not in frames_of_ours(error) + f"{error!s}{error!r}{error.args}{vars(error)}"
    assert (error.__cause__, error.__context__) == (None, None)


def test_the_control_without_the_boundary_the_bodies_stand_in_the_frames(
    on_disk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails_to_commit(monkeypatch, the_disk_is_full)
    with pytest.raises(VeinledgerError) as error:
        Ledger.record.__wrapped__(on_disk, opening("MARKER-7731"))  # type: ignore[attr-defined]
    assert "MARKER" in frames_of_ours(error.value)


def frames_of_ours(error: BaseException) -> str:
    frames = (
        (frame, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_globals["__name__"].startswith("veinledger.")
    )
    return "".join(traceback.StackSummary.extract(frames, capture_locals=True).format())


def test_in_bulk_the_outcomes_of_each_message_come_in_order(on_disk: Ledger) -> None:
    names = [f"E{n}" for n in range(300)]
    messages = [[opening(e), collection("2026-03-02", f"M{e}", e, f"COI-{e}")] for e in names]
    told = list(on_disk.record_all(messages))
    assert [[o.encounter for o in outcomes] for outcomes in told] == [[e, e] for e in names]
    assert {o.answer for outcomes in told for o in outcomes} == {"recorded"}
    assert on_disk.record() == ()
    assert next(on_disk.record_all([[], [opening("E1")]])) == ()


def test_in_bulk_an_error_comes_in_the_place_of_its_message(on_disk: Any) -> None:
    unreadable: Line = {"value": object()}
    told = on_disk.record_all([[opening("E1")], [unreadable], [opening("E3")]])
    assert next(told)[0].answer == "recorded"
    with pytest.raises(BadInput, match="no word for"):
        next(told)
    assert list(told) == []
    assert on_disk.encounters() == ("E1",)


def test_in_bulk_what_comes_after_a_failure_is_not_recorded(on_disk: Any) -> None:
    on_disk.record(*map(opening, ("E1", "E2", "E3")))
    spoil(on_disk, on_disk._naming.stream_of("encounter", "E2"))
    on_disk._histories._records._recent = Recent(50_000)
    items = [collection("2026-03-02", f"M{e}", e, f"COI-{e}") for e in ("E1", "E2", "E3")]
    told = on_disk.record_all([item] for item in items)
    assert next(told)[0].answer == "recorded"
    with pytest.raises(LedgerDamaged):
        next(told)
    assert on_disk._store.streams("identity/") == (on_disk._naming.identity_stream("COI-E1"),)


def test_a_file_that_fails_on_the_way_names_the_line(on_disk: Any) -> None:
    on_disk.record(*map(opening, ("E1", "E2", "E3")))
    spoil(on_disk, on_disk._naming.stream_of("encounter", "E2"))
    on_disk._histories._records._recent = Recent(50_000)
    items = [collection("2026-03-02", f"M{e}", e, f"COI-{e}") for e in ("E1", "E2", "E3")]
    lines = numbered(b"\n\n" + b"\n\n".join(json.dumps(item).encode() for item in items))
    told = record_lines(on_disk, "reports.ndjson", lines, quiet=True)
    assert next(told).line == 3
    with pytest.raises(LedgerDamaged) as error:
        next(told)
    assert error.value.__notes__[0] == "it is record 3 of the ledger"
    assert error.value.__notes__[1].startswith(
        "reports.ndjson, line 5: this line and those after it are not recorded; run the same"
    )


def test_a_file_is_recorded_in_groups(on_disk: Any) -> None:
    gate = gated(on_disk)
    gate.lift()
    names = [f"E{n}" for n in range(600)]
    lines = numbered(b"\n".join(json.dumps(opening(name)).encode() for name in names))
    told = list(record_lines(on_disk, "reports.ndjson", lines, quiet=True))
    assert [each.outcome.encounter for each in told] == names
    assert len(gate.groups) == 3


def test_a_group_that_sqlite_itself_undoes_is_told_to_all_and_leaves_nothing(on_disk: Any) -> None:
    """A full disk or a failed read can end the transaction, and every savepoint with it."""

    def undone(view: Any) -> Decision[None]:
        view._cursor.execute("ROLLBACK")
        raise LedgerBusy("as SQLite said it")

    before = on_disk.rows()
    calls = [[drafting(draft())], [undone], [drafting(draft("encounter/b"))]]
    with pytest.raises(LedgerBusy, match="as SQLite said it"):
        on_disk._store.transact_all(calls)
    assert on_disk.rows() == before
    on_disk._store.transact_all(calls[:1])
    assert len(on_disk.rows()) == len(before) + 1


FORK = """
import os, sys
import veinledger
ledger = veinledger.open(sys.argv[1], keys=sys.argv[2], site=sys.argv[3])
line = open(sys.argv[4], "rb").readline()
ledger.record(line)
child = os.fork()
if not child:
    for work in (lambda: ledger.record(line), lambda: ledger.history("E1"), ledger.encounters):
        try:
            work()
            print("done", flush=True)
        except veinledger.VeinledgerError as error:
            print(type(error).__name__, str(error)[:51], flush=True)
    ledger.close()
    os._exit(0)
os.waitpid(child, 0)
print(ledger.record(line)[0].answer, len(ledger.rows()), ledger.verify().verdict, flush=True)
ledger.close()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.parametrize("store", ["memory", "sqlite"])
def test_a_copy_of_the_process_is_told_to_open_the_ledger_itself(
    tmp_path: Path, store: str
) -> None:
    root = Path(__file__).parents[2]
    url = "memory:" if store == "memory" else f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    given = [url, tmp_path / "keys", root / "examples/site", root / "examples/withdrawn.ndjson"]
    command = [sys.executable, "-W", "ignore", "-c", FORK, *map(str, given)]
    said = subprocess.run(command, capture_output=True, check=True, timeout=DEADLINE * 2)
    refused = "StoreFailed this ledger was opened by another process, of which"
    assert said.stdout.decode().splitlines() == [
        *[refused] * 3, "duplicate 2 consistent, not anchored",
    ]  # fmt: skip
    assert said.stderr == b""


EXIT = """
import itertools, json, sys, threading, time
from tests.adapters.test_ledger import opening
from tests.given_ledger import TODAY, centre_in_utc, ledger
from pathlib import Path

folder, too_early = Path(sys.argv[1]), sys.argv[2] == "too early"
acknowledged = threading.Semaphore(0)

def slow():
    time.sleep(0.02 if too_early else 0.0005)
    return TODAY

def work(number):
    for count in itertools.count():
        name = f"E{number}-{count}"
        if too_early:
            sys.stdout.write(name + "\\n")  # before it is recorded: the fault to be found
            acknowledged.release()
        kept.record(opening(name))
        if not too_early:
            sys.stdout.write(name + "\\n")
            acknowledged.release()
        sys.stdout.flush()

holder = ledger(folder, store="sqlite", centre=centre_in_utc("adt"), clock=slow)
kept = holder.__enter__()
for number in range(4):
    threading.Thread(target=work, args=(number,), daemon=True).start()
for _ in range(40):
    acknowledged.acquire()
"""


def left_behind(folder: Path, how: str) -> tuple[set[str], set[str]]:
    """What a process acknowledged that ended with work in its queue, and what is there."""
    command = [sys.executable, "-W", "ignore", "-c", EXIT, str(folder), how]
    said = subprocess.run(
        command, capture_output=True, check=True, cwd=Path(__file__).parents[2], timeout=60
    )
    whole = said.stdout.rpartition(b"\n")[0].decode()
    with ledger(folder, store="sqlite", centre=centre_in_utc("adt")) as kept:
        assert kept.verify().consistent
        return set(whole.split()), set(kept.encounters())


def test_an_interpreter_that_ends_with_work_queued_has_acknowledged_only_what_is_there(
    tmp_path: Path,
) -> None:
    acknowledged, there = left_behind(tmp_path, "after the commit")
    assert len(acknowledged) >= 40
    assert acknowledged <= there


def test_the_control_acknowledged_before_it_is_recorded_is_caught(tmp_path: Path) -> None:
    acknowledged, there = left_behind(tmp_path, "too early")
    assert not acknowledged <= there
