"""Who read what: each question is noted before it is answered, and none is lost or doubled."""

from __future__ import annotations

import fcntl
import os
import pwd
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

import veinledger
from tests.adapters.leaks.doors import DOORS, ENCOUNTER, LINE
from tests.adapters.test_cli import Cli, cli
from tests.given_ledger import SITE, lines_of
from veinledger.adapters.access.asked import QUESTIONS
from veinledger.adapters.access.beside import ReadsFile
from veinledger.adapters.access.lines import lines_in
from veinledger.adapters.access.noting import whoever_is_logged_in
from veinledger.adapters.access.taken import IN_ONE_RECORD, READ
from veinledger.adapters.errors import BadInput, NotFound, VeinledgerError
from veinledger.adapters.ledger import Ledger
from veinledger.domain.ledger.access import Reader, WantedReadings
from veinledger.domain.reports import Actor

__all__ = ["cli"]

LINES: Final = lines_of("page_patient_2l")
NURSE: Final = Reader(by=Actor(id="n.reyes", role="coordinator"), why="treatment")
AUDITOR: Final = Reader(by=Actor(id="a.okafor", role="auditor"), why="request 12")
NO_READING: Final = {
    "record", "record an object", "record many", "record strictly", "record_all",  # they add
    "verify", "verify_originals", "checkpoint",  # they tell of rows, and of nobody
    "ready_lists",  # it shows nothing: whoever asks for a list afterwards is noted then
    "close", "__enter__", "__exit__",
}  # fmt: skip


def opened(folder: Path, **more: Any) -> Ledger:
    url = f"sqlite:///{folder / 'ledger.sqlite'}"
    given: dict[str, Any] = {
        "keys": folder / "keys",
        "checkpoints": folder / "elsewhere",
        "cache": "",
        **more,
    }
    return veinledger.open(url, site=SITE, **given)


def beside(folder: Path) -> Path:
    return folder / "ledger.sqlite.reads"


def flat(text: str) -> str:
    return " ".join(text.split())


def take_in(ledger: Ledger) -> None:
    """What the writer does before each checkpoint."""
    ledger._anchor._before()  # pyright: ignore[reportPrivateUsage]


def asked_in(ledger: Ledger, encounter: str | None = None) -> list[str]:
    """The questions on record and beside, but this one."""
    return [each.reading.question for each in ledger.reads(encounter).readings][:-1]


def with_one_encounter(folder: Path) -> None:
    with opened(folder) as ledger:
        ledger.record(*LINES)


@pytest.mark.parametrize("door", sorted({*DOORS} - NO_READING))
def test_every_door_that_shows_what_is_recorded_notes_one_reading(
    door: str, tmp_path: Path
) -> None:
    with opened(tmp_path) as ledger:
        ledger.record(LINE)
        before = len(ledger.reads().readings)
        with suppress(VeinledgerError):  # what is not found was asked for all the same
            DOORS[door](ledger)
        assert len(ledger.reads().readings) == before + 2


@pytest.mark.parametrize("door", sorted(NO_READING - {"close", "__enter__", "__exit__"}))
def test_who_only_adds_or_proves_reads_nobody(door: str, tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        DOORS[door](ledger)
        assert asked_in(ledger) == []


def test_a_reading_tells_who_asked_what_about_whom_when_and_why(tmp_path: Path) -> None:
    at = datetime(2026, 11, 27, 9, tzinfo=UTC)
    with opened(tmp_path, reader=NURSE, clock=lambda: at) as ledger:
        ledger.record(*LINES)
        ledger.claims("E1")
        (told, _) = ledger.reads("E1").readings
    assert (told.encounter, told.position) == ("E1", None)
    assert told.reading.reader == NURSE
    assert (told.reading.at, told.reading.question) == (at, "claims")


CALLS_ABOUT_ONE: Final[list[Callable[[Ledger], object]]] = [
    lambda ledger: ledger.claims("E1"),
    lambda ledger: ledger.claims(encounter="E1"),
    lambda ledger: ledger.replay("E1"),
    lambda ledger: ledger.replay_against("page", "E1"),
    lambda ledger: ledger.replay_against("page", encounter="E1"),
    lambda ledger: ledger.replay_against(edition="page", encounter="E1"),
]


@pytest.mark.parametrize("ask", CALLS_ABOUT_ONE)
def test_a_reading_names_its_encounter_wherever_the_call_names_it(
    ask: Callable[[Ledger], object], tmp_path: Path
) -> None:
    with opened(tmp_path) as ledger:
        ledger.record(*LINES)
        ask(ledger)
        assert len(ledger.reads("E1").readings) == 2


def test_who_asked_about_a_name_that_no_record_has_is_told(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        with suppress(NotFound):
            ledger.claims("E7")
        assert asked_in(ledger, "E7") == ["claims"]


def test_a_reading_of_all_encounters_names_none(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        ledger.record(*LINES)
        ledger.replay_against("page")
        (told, _) = ledger.reads().readings
    assert (told.reading.question, told.reading.stream) == ("replay_against", None)


def test_what_a_report_would_change_or_changed_is_asked_about_the_encounter_that_it_names(
    tmp_path: Path,
) -> None:
    with opened(tmp_path) as ledger:
        ledger.record(*LINES[:-1])
        ledger.foresee(LINES[-1])
        (outcome,) = ledger.record(LINES[-1])
        ledger.consequences(outcome)
        assert asked_in(ledger, "E1") == ["foresee", "consequences"]


def test_what_a_report_that_cannot_be_taken_would_change_is_asked_about_whom_it_names(
    tmp_path: Path,
) -> None:
    with opened(tmp_path) as ledger:
        ledger.record(*LINES)
        ledger.foresee({"type": "no.such_fact", "encounter": "E1"})
        ledger.foresee(b"no JSON")
        assert asked_in(ledger, "E1") == ["foresee"]
        assert asked_in(ledger)[:2] == ["foresee", "foresee"]


def test_without_a_reader_it_is_whom_the_process_runs_for_whatever_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody.else")
    with opened(tmp_path) as ledger:
        ledger.encounters()
        (told, _) = ledger.reads().readings
    user = pwd.getpwuid(os.getuid()).pw_name
    assert told.reading.reader == Reader(by=Actor(id=user, role="not stated"))


def test_a_process_that_runs_for_a_number_without_a_name_is_told_by_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(number: int) -> object:
        raise KeyError(number)

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    with opened(tmp_path) as ledger:
        ledger.encounters()
        (told, _) = ledger.reads().readings
    assert told.reading.reader.by.id == f"user {os.getuid()}"


@pytest.mark.parametrize(
    ("platform", "asked"), [(sys.platform, (pwd, "getpwuid")), ("win32", (os, "getlogin"))]
)
def test_where_the_system_cannot_say_whom_the_process_runs_for_nobody_is_stated(
    platform: str, asked: tuple[object, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_terminal(*_: object) -> str:
        raise OSError(25, "Inappropriate ioctl for device")

    monkeypatch.setattr(*asked, no_terminal)
    monkeypatch.setattr(sys, "platform", platform)
    found = whoever_is_logged_in()
    monkeypatch.undo()
    assert found == Reader(by=Actor(id="not stated", role="not stated"))


def test_readers_of_one_host_are_told_apart_in_every_thread(tmp_path: Path) -> None:
    """A host serves many people with one ledger that stays open."""
    with_one_encounter(tmp_path)
    readers = [Reader(by=Actor(id=f"p{n}", role="coder"), why=f"case {n}") for n in range(40)]

    def ask(reader: Reader) -> None:
        with ledger.asked_by(reader):
            ledger.history("E1")

    with opened(tmp_path, reader=AUDITOR) as ledger:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(ask, readers))
        ledger.history("E1")
        told = [each.reading.reader for each in ledger.reads("E1").readings]
    assert sorted(told[:40], key=lambda each: int(each.by.id[1:])) == readers
    assert told[40:] == [AUDITOR, AUDITOR]


def test_who_reads_beside_a_writer_is_noted_and_recorded_by_the_next_who_writes(
    tmp_path: Path,
) -> None:
    with_one_encounter(tmp_path)
    with opened(tmp_path, read_only=True, reader=AUDITOR) as reading:
        reading.audit("E1")
        assert reading.reads().not_recorded_yet == 2
    with opened(tmp_path) as ledger:
        assert ledger.rows()[-1].type != READ
        ledger.record(LINE)
    with opened(tmp_path, read_only=True) as reading:
        found = reading.reads()
        assert [each.reading.question for each in found.readings] == [
            "audit", "reads", "rows", "reads",
        ]  # fmt: skip
        assert found.not_recorded_yet == 1
        (row,) = (each for each in reading.rows() if each.type == READ)
        assert {each.position for each in found.readings} == {row.position, None}
        assert not reading.verify().faults
    assert beside(tmp_path).stat().st_size > 0


def test_a_ledger_that_is_only_read_gains_no_record(tmp_path: Path) -> None:
    with_one_encounter(tmp_path)
    counts = set[int]()
    for _ in range(3):
        with opened(tmp_path) as ledger:
            ledger.claims("E1")
            counts.add(len(ledger.rows()))
    assert len(counts) == 1


def test_the_checkpoint_on_closing_covers_the_readings(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        ledger.record(*LINES)
        ledger.claims("E1")
    notes = next((tmp_path / "elsewhere").iterdir())
    with opened(tmp_path, read_only=True) as reading:
        assert reading.rows()[-1].type == READ
        proved = reading.verify(checkpoints=[str(notes)])
        assert proved.anchored == proved.records


def test_no_name_of_an_encounter_or_a_patient_stands_beside_the_ledger(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        ledger.record(LINE)
        with suppress(VeinledgerError):
            ledger.history(ENCOUNTER)
        written = beside(tmp_path).read_bytes()
    assert b'"history"' in written
    assert ENCOUNTER.encode() not in written


def test_nobody_else_may_read_the_file_beside(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        ledger.encounters()
    assert stat.S_IMODE(beside(tmp_path).stat().st_mode) == 0o600


def test_a_process_that_is_killed_leaves_what_it_asked(tmp_path: Path) -> None:
    with_one_encounter(tmp_path)
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from tests.adapters.test_reads import opened\n"
        "ledger = opened(Path(sys.argv[1]), read_only=True)\n"
        "ledger.claims('E1')\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert ended.returncode == -signal.SIGKILL
    with opened(tmp_path) as ledger:
        assert asked_in(ledger) == ["claims"]


def test_many_processes_read_at_once_and_every_reading_is_there(tmp_path: Path) -> None:
    with_one_encounter(tmp_path)
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from tests.adapters.test_reads import opened\n"
        "with opened(Path(sys.argv[1]), read_only=True) as ledger:\n"
        "    for _ in range(100): ledger.followers('E1')\n"
    )
    racing = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) for _ in range(4)]
    with opened(tmp_path) as ledger:  # which takes them in while they come
        while any(each.poll() is None for each in racing):
            ledger.record(LINE)
            take_in(ledger)
    assert [each.returncode for each in racing] == [0] * 4
    with opened(tmp_path, read_only=True) as ledger:
        found = ledger.reads("E1", wanted=WantedReadings(question="followers"))
    assert (len(found.readings), found.not_as_written) == (400, 0)


def test_more_than_a_record_holds_become_several(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        ledger.record(*LINES)
        for _ in range(IN_ONE_RECORD + 1):
            ledger.followers("E1")
    with opened(tmp_path, read_only=True) as reading:
        assert [row.type for row in reading.rows()].count(READ) == 2
        assert len(reading.reads("E1").readings) == IN_ONE_RECORD + 2


def test_where_no_reading_can_be_noted_the_answer_comes_and_says_so(tmp_path: Path) -> None:
    """A nurse before an infusion is not kept from the answer by a full disk."""
    with_one_encounter(tmp_path)
    beside(tmp_path).unlink(missing_ok=True)
    beside(tmp_path).mkdir()
    with opened(tmp_path) as ledger:
        assert ledger.not_noted is None
        assert ledger.history("E1").records
        assert ledger.not_noted == "a reading could not be noted (is a directory)"
        beside(tmp_path).rmdir()
        ledger.history("E1")
        assert ledger.not_noted is None


def test_a_reading_that_the_disk_takes_in_part_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = os.write

    def in_part(handle: int, written: bytes) -> int:
        return whole(handle, written[:40])

    with opened(tmp_path) as ledger:
        ledger.encounters()
        before = beside(tmp_path).read_bytes()
        monkeypatch.setattr(os, "write", in_part)
        ledger.refused()
        monkeypatch.undo()
        assert ledger.not_noted == "a reading could not be noted (no space left on device)"
        assert beside(tmp_path).read_bytes() == before
        assert asked_in(ledger) == ["encounters"]


def test_a_process_that_holds_the_file_for_ever_keeps_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_one_encounter(tmp_path)
    monkeypatch.setattr("veinledger.adapters.access.beside.PATIENCE_SECONDS", 0.05)
    with opened(tmp_path) as ledger:
        ledger.encounters()
        with beside(tmp_path).open("rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            assert ledger.history("E1").records
            assert ledger.not_noted == "a reading could not be noted (device or resource busy)"
        ledger.history("E1")
        assert ledger.not_noted is None
        assert asked_in(ledger) == ["encounters", "history"]


class TestAFileThatSomebodyTouched:
    """Without the key nobody writes a line; the last ones may be cut off, as docs/audit.md says."""

    def _three(self, folder: Path) -> bytes:
        with_one_encounter(folder)
        with opened(folder, read_only=True) as reading:
            for door in (reading.claims, reading.schedule, reading.estimate):
                door("E1")
        return beside(folder).read_bytes()

    def test_a_change_of_one_bit_costs_its_line_and_is_told(self, tmp_path: Path) -> None:
        content = self._three(tmp_path)
        for at in range(0, len(content), 7):
            changed = bytearray(content)
            changed[at] ^= 1
            beside(tmp_path).write_bytes(bytes(changed))
            with opened(tmp_path, read_only=True) as reading:
                found = reading.reads("E1")
            told = [each.reading.question for each in found.readings][:-1]
            assert found.not_as_written
            assert set(told) < {"claims", "schedule", "estimate"}

    @pytest.mark.parametrize("sign", [b"\r", b"\r\r"])
    def test_another_sign_of_an_end_in_a_line_makes_no_two_of_it(
        self, sign: bytes, tmp_path: Path
    ) -> None:
        first, second, third = self._three(tmp_path).splitlines(keepends=True)
        changed = second[:20] + sign + second[20:]
        beside(tmp_path).write_bytes(first + changed + third)
        found = list(lines_in(first + changed + third, self._key(tmp_path)))
        assert [each.reading is not None for each in found] == [True, False, True]
        assert [each.line for each in found] == [first, changed, third]
        assert found[1].end == len(first + changed)
        with opened(tmp_path, read_only=True) as reading:
            assert asked_in(reading, "E1") == ["claims", "estimate"]
            assert reading.reads("E1").not_as_written == 1

    @pytest.mark.parametrize("spoil", [b"\n", b"x\n", b"x" * 40 + b"\n", b"x" * 40, b"\n\n"])
    def test_what_is_noted_behind_something_short_that_somebody_put_there_holds(
        self, spoil: bytes, tmp_path: Path
    ) -> None:
        beside(tmp_path).write_bytes(self._three(tmp_path) + spoil)
        with opened(tmp_path, read_only=True) as reading:
            reading.audit("E1")
            assert asked_in(reading, "E1") == ["claims", "schedule", "estimate", "audit"]
            assert reading.reads("E1").not_as_written == max(1, spoil.count(b"\n"))

    def test_a_line_taken_out_is_noticed(self, tmp_path: Path) -> None:
        first, _, third = self._three(tmp_path).splitlines(keepends=True)
        beside(tmp_path).write_bytes(first + third)
        with opened(tmp_path, read_only=True) as reading:
            assert reading.reads("E1").not_as_written == 1

    def test_a_line_made_without_the_key_is_noticed(self, tmp_path: Path) -> None:
        self._three(tmp_path)
        forger = ReadsFile(tmp_path / "ledger.sqlite", b"another key".ljust(32))
        (last, *_) = lines_in(beside(tmp_path).read_bytes(), self._key(tmp_path))
        assert last.reading is not None
        forger.append(last.reading)
        with opened(tmp_path, read_only=True) as reading:
            assert reading.reads("E1").not_as_written == 1

    def test_the_control_who_has_the_key_writes_one_that_holds(self, tmp_path: Path) -> None:
        self._three(tmp_path)
        holder = ReadsFile(tmp_path / "ledger.sqlite", self._key(tmp_path))
        (last, *_) = lines_in(beside(tmp_path).read_bytes(), holder.key)
        assert last.reading is not None
        holder.append(last.reading)
        with opened(tmp_path, read_only=True) as reading:
            found = reading.reads("E1")
        assert (len(found.readings), found.not_as_written) == (5, 0)

    def test_what_was_found_is_kept_in_the_record(self, tmp_path: Path, cli: Cli) -> None:
        content = self._three(tmp_path)
        beside(tmp_path).write_bytes(content.replace(b"schedule", b"estimate"))
        with opened(tmp_path) as ledger:
            ledger.record(LINE)
        with opened(tmp_path, read_only=True) as reading:
            found = reading.reads("E1", wanted=WantedReadings(until=datetime.now(UTC)))
            assert [e.reading.question for e in found.readings] == ["claims", "estimate"]
            assert found.not_as_written == 1
        said = cli("reads")
        assert "1 noted line is not as the ledger wrote" in flat(said.out)

    def _as(self, ledger: Ledger, *names: str) -> None:
        for name in names:
            with ledger.asked_by(Reader(by=Actor(id=name, role="coder"))):
                ledger.claims("E1")

    def _told(self, ledger: Ledger) -> tuple[list[str], int]:
        """Who asked for claims, in order; and how many lines are not as they were written."""
        found = ledger.reads("E1", wanted=WantedReadings(question="claims"))
        return [each.reading.reader.by.id for each in found.readings], found.not_as_written

    def _on_record(self, folder: Path) -> bytes:
        """The lines of three readings that were taken in, as somebody kept them."""
        with_one_encounter(folder)
        with opened(folder, read_only=True) as reading:
            self._as(reading, "a", "b", "c")
        lines = beside(folder).read_bytes()
        with opened(folder) as ledger:
            ledger.record(LINE)
        assert beside(folder).read_bytes() == b""
        return lines

    @pytest.mark.parametrize("kept", [1, 2, 3])
    def test_a_line_that_is_on_record_put_back_hides_nothing_behind_it(
        self, kept: int, tmp_path: Path
    ) -> None:
        """A place in the file says nothing: whoever can write it puts there what he likes."""
        before = self._on_record(tmp_path)
        with opened(tmp_path, read_only=True) as reading:
            self._as(reading, "mallory", "n1", "n2")
        mallorys, *nurses = beside(tmp_path).read_bytes().splitlines(keepends=True)
        old = b"".join(before.splitlines(keepends=True)[:kept])
        junk = mallorys[-65:].rjust(max(65, len(before) - len(old)), b"x")
        beside(tmp_path).write_bytes(old + junk + b"".join(nurses))
        with opened(tmp_path, read_only=True) as reading:
            assert self._told(reading) == (["a", "b", "c", "n1", "n2"], 1)
        beside(tmp_path).write_bytes(old + junk + b"".join(nurses))
        with opened(tmp_path) as ledger:
            ledger.record(LINES[-1])
            take_in(ledger)
            assert beside(tmp_path).read_bytes() == b""
            assert self._told(ledger) == (["a", "b", "c", "n1", "n2"], 1)

    def test_the_first_line_of_any_record_put_back_alone_is_told_and_taken_in(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is chained to a line that is not there, and its record has its key already."""
        monkeypatch.setattr("veinledger.adapters.access.noting.IN_ONE_RECORD", 2)
        third = self._on_record(tmp_path).splitlines(keepends=True)[2]
        for _ in range(3):  # told once, as whatever is on record
            beside(tmp_path).write_bytes(third)
            with opened(tmp_path) as ledger:
                take_in(ledger)
                assert beside(tmp_path).read_bytes() == b""
                assert self._told(ledger) == (["a", "b", "c"], 1)
            beside(tmp_path).write_bytes(b"")

    @pytest.mark.parametrize("length", [70, 1_999, 2_000, 2_001, 5_000])
    def test_of_a_line_that_somebody_put_in_the_end_is_kept_and_no_other_passes_for_it(
        self, length: int, tmp_path: Path
    ) -> None:
        lines = self._three(tmp_path)
        spoilt = lines + b"x" * length + b"\n"
        beside(tmp_path).write_bytes(spoilt)
        with opened(tmp_path) as ledger:
            take_in(ledger)
        for again, told in ((spoilt, 1), (spoilt[:-30] + b"y" * 29 + b"\n", 2)):
            beside(tmp_path).write_bytes(again)
            with opened(tmp_path, read_only=True) as reading:
                assert reading.reads("E1").not_as_written == told

    def test_what_a_power_cut_took_of_lines_that_are_on_record_costs_none_and_doubles_none(
        self, tmp_path: Path
    ) -> None:
        """The record was synced, and the file neither when it was written nor when emptied."""
        before = self._on_record(tmp_path)
        beside(tmp_path).write_bytes(before[:-30])
        with opened(tmp_path, read_only=True) as reading:
            self._as(reading, "d")
            assert self._told(reading) == (["a", "b", "c", "d"], 1)
        with opened(tmp_path) as ledger:
            take_in(ledger)
            assert self._told(ledger) == (["a", "b", "c", "d"], 1)

    def test_half_a_line_costs_itself_alone(self, tmp_path: Path) -> None:
        """A power cut in the middle of a write."""
        content = self._three(tmp_path)
        beside(tmp_path).write_bytes(content[:-30])
        with opened(tmp_path, read_only=True) as reading:
            reading.audit("E1")
            assert asked_in(reading, "E1") == ["claims", "schedule", "audit"]
            assert reading.reads("E1").not_as_written == 1

    def _key(self, folder: Path) -> bytes:
        with opened(folder, read_only=True) as reading:
            return reading._keys.reads_key  # pyright: ignore[reportPrivateUsage]


@pytest.mark.parametrize("encrypted", [False, True])
def test_a_crash_before_the_file_was_emptied_doubles_nothing(
    encrypted: bool, tmp_path: Path
) -> None:
    with opened(tmp_path, encrypted=encrypted) as ledger:
        ledger.record(*LINES)
    with opened(tmp_path) as ledger:
        ledger.claims("E1")
        ledger.schedule("E1")
        as_it_was = beside(tmp_path).read_bytes()
        ledger.record(LINE)
    beside(tmp_path).write_bytes(as_it_was)
    with opened(tmp_path) as ledger:
        ledger.estimate("E1")
        ledger.record(*lines_of("withdrawn"))
    with opened(tmp_path, read_only=True) as reading:
        found = reading.reads("E1", wanted=WantedReadings())
        told = [e.reading.question for e in found.readings if e.position is not None]
    assert told == ["claims", "schedule", "estimate"]


ACTS: Final = st.lists(st.sampled_from(["ask", "ask", "write", "crash"]), max_size=14)


@drawn(acts=ACTS)
def test_however_it_is_read_written_and_cut_off_every_reading_is_told_once_in_order(
    acts: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("reads")
    asked, now = list[str](), [datetime(2026, 11, 27, tzinfo=UTC)]

    def clock() -> datetime:
        now[0] += timedelta(seconds=1)
        return now[0]

    for number, act in enumerate(acts):
        before = beside(folder).read_bytes() if beside(folder).exists() else b""
        with opened(folder, clock=clock) as ledger:
            if act == "ask":
                asked.append(f"p{number}")
                with ledger.asked_by(Reader(by=Actor(id=asked[-1], role="coder"))):
                    ledger.encounters()
            else:
                ledger.record(LINES[number])
        if act == "crash":  # all was recorded, and the file is as if it had not been emptied
            beside(folder).write_bytes(before)
    with opened(folder, clock=clock) as ledger:
        told = ledger.reads(wanted=WantedReadings(question="encounters"))
    assert [each.reading.reader.by.id for each in told.readings] == asked
    assert told.not_as_written == 0


def test_readings_by_then_are_those_on_record_by_then(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        ledger.record(*LINES)
        ledger.claims("E1")
    with opened(tmp_path, read_only=True) as reading:
        last = len(reading.rows())
        assert [e.position for e in reading.reads("E1", known_at=last).readings] == [last]
        assert reading.reads("E1", known_at=last - 1).readings == ()


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (WantedReadings(), 4),
        (WantedReadings(actor="n.reyes"), 2),
        (WantedReadings(actor="a.okafor", question="refused"), 1),
        (WantedReadings(since=datetime(2026, 11, 27, 2, tzinfo=UTC)), 2),
        (WantedReadings(until=datetime(2026, 11, 27, 2, tzinfo=UTC)), 3),
    ],
)
def test_a_part_is_told_with_of_how_many(
    wanted: WantedReadings, count: int, tmp_path: Path
) -> None:
    hours = iter(range(9))
    with opened(tmp_path, clock=lambda: datetime(2026, 11, 27, tzinfo=UTC)) as ledger:
        ledger._noting._clock = lambda: datetime(2026, 11, 27, next(hours), tzinfo=UTC)  # pyright: ignore[reportPrivateUsage]
        with ledger.asked_by(NURSE):
            ledger.encounters()
            ledger.refused()
        with ledger.asked_by(AUDITOR):
            ledger.refused()
            found = ledger.reads(wanted=wanted)
    assert (len(found.readings), found.of) == (count, 4)


def test_every_door_may_be_asked_for_by_its_name(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        ledger.record(LINE)
        for door in sorted({*DOORS} - NO_READING):
            with suppress(VeinledgerError):
                DOORS[door](ledger)
        for question in {each.reading.question for each in ledger.reads().readings}:
            assert question in QUESTIONS
            assert ledger.reads(wanted=WantedReadings(question=question)).readings


def test_a_question_that_no_door_is_called_by_is_refused_and_not_repeated(tmp_path: Path) -> None:
    """Nobody asked is an answer; a name that was mistyped gets none."""
    with opened(tmp_path) as ledger:
        ledger.record(LINE)
        with pytest.raises(BadInput, match="did you mean estimate") as refused:
            ledger.reads(wanted=WantedReadings(question="estimates"))
        assert "estimates" not in str(refused.value)
        with pytest.raises(BadInput, match=r"there are appeals, audit, .*, unassigned$"):
            ledger.reads(ENCOUNTER, wanted=WantedReadings(question="xyz"))
        assert ledger.reads(ENCOUNTER, wanted=WantedReadings(question="estimate")).readings == ()


def test_a_question_of_an_earlier_version_may_be_asked_for_by_its_name_of_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path) as ledger:
        ledger.record(*LINES)
        ledger.claims("E1")
        monkeypatch.setattr(
            "veinledger.adapters.questions.access.QUESTIONS", QUESTIONS - {"claims"}
        )
        assert len(ledger.reads(wanted=WantedReadings(question="claims")).readings) == 1


def test_a_span_of_readings_that_ends_before_it_begins_is_refused(tmp_path: Path) -> None:
    early, late = (datetime(2026, 11, day, tzinfo=UTC) for day in (26, 27))
    with opened(tmp_path) as ledger:
        with pytest.raises(BadInput, match="since is later than until"):
            ledger.reads(wanted=WantedReadings(since=late, until=early))
        assert ledger.reads(wanted=WantedReadings(since=early, until=early)).readings == ()


def test_on_the_command_line_a_question_that_is_none_ends_with_an_error(cli: Cli) -> None:
    cli("init")
    said = cli("reads", "--question", "claim")
    assert (said.code, said.out) == (2, "")
    assert "did you mean claims?" in said.err


def test_on_the_command_line_the_reader_stands_before_the_command(cli: Cli) -> None:
    cli("record", "examples/page_patient_2l.ndjson")
    cli("--reader", "n.reyes", "--reader-role", "coder", "--purpose", "payment", "claims", "E1")
    said = cli("reads", "E1")
    assert said.code == 0
    assert "n.reyes, coder" in flat(said.out)
    assert "payment" in flat(said.out)
    assert "readings about E1." in flat(said.out)
    asked = cli("reads", "E1", "--question", "claims", "--json").answer
    assert [each["reading"]["question"] for each in asked["readings"]] == ["claims"]


@pytest.mark.parametrize(
    ("command", "doors"),
    [
        (("stage", "E1"), ["effective", "followers"]),
        (("encounters",), ["encounters", "effective"]),
        (("audit", "E1"), ["audit", "followers", "reads"]),
    ],
)
def test_one_command_is_noted_as_each_door_that_it_goes_through(
    command: tuple[str, ...], doors: list[str], cli: Cli
) -> None:
    """As docs/audit.md says."""
    cli("record", "examples/page_patient_2l.ndjson")
    cli("--reader", "n.reyes", *command)
    told = cli("reads", "--actor", "n.reyes", "--json").answer["readings"]
    assert [each["reading"]["question"] for each in told] == doors


def test_on_the_command_line_a_name_that_no_record_has_was_asked_for_too(cli: Cli) -> None:
    cli("init")
    assert cli("stage", "E7").code == 4
    assert "a name without a record" in flat(cli("reads").out)
    assert "1 of 2 readings about E7." in flat(cli("reads", "E7", "--question", "effective").out)


@pytest.mark.parametrize(("command", "code"), [(("encounters",), 0), (("stage", "E7"), 4)])
def test_on_the_command_line_what_was_not_noted_is_said_whatever_the_command_ends_with(
    command: tuple[str, ...], code: int, cli: Cli, tmp_path: Path
) -> None:
    cli("init")
    beside(tmp_path).mkdir()
    said = cli(*command)
    assert said.code == code
    assert flat(said.err).count("a reading could not be noted (is a directory): keep a note") == 1
    beside(tmp_path).rmdir()
    assert "could not be noted" not in cli(*command).err


def test_the_table_of_readings_holds_no_formula(cli: Cli) -> None:
    cli("init")
    cli("--reader", "=cmd()", "--purpose", "+1", "encounters")
    assert ",'=cmd(),not stated,'+1," in cli("reads", "--csv", "-").out
    cli("--reader", "a\t=1", "--purpose", "a;=1+1", "encounters")
    assert ",a\t'=1,not stated,a;'=1+1," in cli("reads", "--csv", "-").out
