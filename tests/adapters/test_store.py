"""Each store against the contract, and what only one of them can get wrong."""

import hmac
import os
import sqlite3
import stat
import subprocess
import sys
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.by_the_book import assert_sealed, hkdf
from tests.adapters.given_files import url
from tests.adapters.store_contract import Clock, StoreContract, append, draft, key
from veinledger.adapters.errors import (
    BadInput,
    Defect,
    FormatTooNew,
    KeyMissing,
    LedgerBusy,
    LedgerDamaged,
    NotFound,
    Refused,
    StoreFailed,
    VeinledgerError,
)
from veinledger.adapters.store import keys as keys_module
from veinledger.adapters.store.encrypted.bodies import Bodies
from veinledger.adapters.store.keys import Keys, derived_keys, key_file, key_folder
from veinledger.adapters.store.opening import open_store
from veinledger.adapters.store.sqlite import driver, foundations
from veinledger.domain.ledger.naming import Naming
from veinledger.domain.ledger.port import Decision, Draft, KeptOriginal, Store, View
from veinledger.domain.reports import Source


class TestMemory(StoreContract):
    def open(self, clock: Clock) -> tuple[Store, Keys]:
        return open_store("memory:", clock=clock)


class TestMemoryEncrypted(StoreContract):
    def open(self, clock: Clock) -> tuple[Store, Keys]:
        return open_store("memory:", clock=clock, encrypted=True)


class TestSQLite(StoreContract):
    encrypted = False

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    def open(self, clock: Clock) -> tuple[Store, Keys]:
        return opened(self.folder, clock, encrypted=self.encrypted)

    def test_a_ledger_that_is_opened_again_reads_the_same(self) -> None:
        store, keys = self.open(Clock())
        digest = hmac.digest(keys.digest_key, b"x", "sha256").hex()
        original = KeptOriginal(digest=digest, media_type="text/plain", content=b"x")
        append(store, draft(name="r1"), draft("encounter/b"), originals=(original,))
        before = list(store.rows())
        store.close()

        again, keys_again = self.open(Clock())
        assert (list(again.rows()), again.ledger_id) == (before, store.ledger_id)
        assert keys_again == keys
        kept = again.original(digest)
        assert kept is not None
        assert Bodies(again.ledger_id, keys_again).original(kept) == original
        assert (kept == original) is not self.encrypted
        assert [row.position for row in append(again, draft())] == [4]
        assert_sealed(again.rows(), again.ledger_id, keys)
        again.close()


class TestSQLiteEncrypted(TestSQLite):
    encrypted = True


def opened(
    folder: Path, clock: Clock | None = None, *, encrypted: bool = False
) -> tuple[Store, Keys]:
    url_of_it, keys = url(folder), folder / "keys"
    return open_store(url_of_it, keys=keys, clock=clock or Clock(), encrypted=encrypted)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found, _ = opened(tmp_path)
    yield found
    found.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A closed ledger of three records."""
    found, _ = opened(tmp_path)
    append(found, draft(name="r1"), draft("encounter/b"))
    found.close()
    return tmp_path / "ledger.sqlite"


def raw(file: Path, script: str) -> None:
    connection = sqlite3.connect(file)
    try:
        connection.executescript(script)
    finally:
        connection.close()


class TestOpening:
    @pytest.mark.parametrize(
        "bad", ["", "sqlite", "sqlite:///", "memory", "postgresql://u:hunter2@h/db", "/tmp/x.db"]
    )
    def test_a_url_that_names_no_ledger_gets_one_clear_error(self, bad: str) -> None:
        with pytest.raises(BadInput, match="sqlite:///path/to/ledger") as caught:
            open_store(bad)
        assert "hunter2" not in str(caught.value)
        assert caught.value.exit_code == 2

    def test_a_folder_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(NotFound, match="none"):
            open_store(f"sqlite:///{tmp_path}/none/x.sqlite", keys=tmp_path)

    def test_a_relative_path_is_taken_from_here(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        store, _ = open_store("sqlite:///odd name?#%20.sqlite", keys="keys")
        store.close()
        assert (tmp_path / "odd name?#%20.sqlite").is_file()

    @pytest.mark.skipif(os.name == "nt", reason="modes are POSIX's")
    def test_nobody_else_may_read_the_files(self, tmp_path: Path, store: Store) -> None:
        names = [*tmp_path.glob("ledger.sqlite*"), *(tmp_path / "keys").iterdir()]
        assert len(names) == 5
        assert {stat.S_IMODE(name.stat().st_mode) for name in names} == {0o600}
        assert store.head() == 1

    def test_another_database_is_refused_and_left_as_it_is(self, tmp_path: Path) -> None:
        other = tmp_path / "ledger.sqlite"
        raw(other, "CREATE TABLE patients (name)")
        before = other.read_bytes()
        with pytest.raises(Refused, match="not a veinledger ledger"):
            opened(tmp_path)
        assert other.read_bytes() == before

    def test_a_file_that_is_no_database_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "ledger.sqlite").write_bytes(b"PATIENT NAME, " * 100)
        with pytest.raises(LedgerDamaged, match=r"ledger\.sqlite") as caught:
            opened(tmp_path)
        assert caught.value.exit_code == 5

    def test_tables_of_a_newer_program_are_refused_with_what_to_install(self, file: Path) -> None:
        raw(file, "PRAGMA user_version = 2")
        with pytest.raises(FormatTooNew, match="install"):
            opened(file.parent)

    def test_an_empty_file_of_a_crashed_creation_is_filled(self, tmp_path: Path) -> None:
        (tmp_path / "ledger.sqlite").touch()
        store, _ = opened(tmp_path)
        assert store.head() == 1
        store.close()

    def test_a_creation_that_fails_at_the_key_leaves_nothing_half_made(
        self, tmp_path: Path
    ) -> None:
        (tmp_path / "keys").touch()  # a file where the folder should be
        with pytest.raises(StoreFailed, match="file exists"):
            opened(tmp_path)
        (tmp_path / "keys").unlink()
        store, _ = opened(tmp_path)
        assert store.head() == 1
        store.close()

    def test_the_key_is_on_the_disk_before_the_first_record(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(_: Path) -> None:
            raise OSError(5, "power went")

        (tmp_path / "keys").mkdir()
        monkeypatch.setattr(keys_module, "sync_folder", fail)
        with pytest.raises(StoreFailed):
            opened(tmp_path)
        monkeypatch.undo()
        store, keys = opened(tmp_path)
        (first,) = store.rows()
        assert first.key_id == keys.key_id
        assert len(list((tmp_path / "keys").iterdir())) == 2, "the unused key stays, and harms not"
        store.close()

    def test_threads_that_open_one_new_file_in_turn_find_one_ledger(self, tmp_path: Path) -> None:
        def ledger_found(_turn: int) -> bytes:
            store, _ = opened(tmp_path)
            store.close()
            return store.ledger_id

        with ThreadPoolExecutor(4) as threads:
            assert len(set(threads.map(ledger_found, range(4)))) == 1

    def test_processes_that_open_one_new_file_at_once_find_one_ledger(self, tmp_path: Path) -> None:
        code = (
            "import sys; from veinledger.adapters.store.opening import open_store;"
            "store, _ = open_store(sys.argv[1], keys=sys.argv[2]);"
            "print(store.ledger_id.hex(), store.head()); store.close()"
        )
        command = [sys.executable, "-c", code, url(tmp_path), str(tmp_path / "keys")]
        running = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(4)]
        said = {process.communicate()[0] for process in running}
        assert [process.returncode for process in running] == [0] * 4
        assert len(said) == 1

    def test_a_missing_key_is_refused_with_its_place(self, file: Path) -> None:
        next((file.parent / "keys").iterdir()).unlink()
        with pytest.raises(KeyMissing, match=r"[0-9a-f]{32}\.key should hold it, 32 bytes"):
            opened(file.parent)

    def test_another_key_is_refused(self, file: Path) -> None:
        next((file.parent / "keys").iterdir()).write_bytes(bytes(32))
        with pytest.raises(KeyMissing, match="another one"):
            opened(file.parent)

    def test_a_key_of_the_wrong_length_is_refused(self, file: Path) -> None:
        next((file.parent / "keys").iterdir()).write_bytes(bytes(31))
        with pytest.raises(KeyMissing, match="31 bytes"):
            opened(file.parent)

    def test_the_folder_of_keys_can_be_set_in_the_environment(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VEINLEDGER_KEYS", str(tmp_path / "elsewhere"))
        store, _ = open_store(url(tmp_path))
        assert key_file(tmp_path / "elsewhere", store.ledger_id).is_file()
        store.close()
        monkeypatch.delenv("VEINLEDGER_KEYS")
        assert key_folder().name == "veinledger"

    @pytest.mark.parametrize("script", ["DROP TABLE ledger", "DROP TABLE records"])
    def test_a_ledger_without_its_tables_is_damaged(self, file: Path, script: str) -> None:
        raw(file, script)
        with pytest.raises(LedgerDamaged):
            opened(file.parent)


class TestKeys:
    def test_keys_are_derived_as_the_format_says(self) -> None:
        root, ledger_id = bytes(range(32)), bytes(range(16))
        keys = derived_keys(root, ledger_id)

        def derive(purpose: str, length: int = 32) -> bytes:
            return hkdf(root, ledger_id, f"veinledger/1 {purpose}".encode(), length)

        assert keys.tag_key == derive("tag")
        assert keys.index_key == derive("index")
        assert keys.digest_key == derive("digest")
        assert keys.key_id == derive("key id", 8).hex()
        assert keys.check == derive("check", 16).hex()

    def test_keys_show_nothing_but_their_id(self) -> None:
        keys = derived_keys(bytes(32), bytes(16))
        assert f"{keys} {keys!r}" == f"<keys {keys.key_id}> <keys {keys.key_id}>"

    def test_words_are_kept_apart_in_an_index(self) -> None:
        keys = derived_keys(bytes(32), bytes(16))
        naming = Naming(keys.index_key, keys.digest_key)
        one = naming.report_key("report", Source(connection="ab", message="c"))
        other = naming.report_key("report", Source(connection="a", message="bc"))
        assert one != other
        assert len(one) == 32


class TestFoundations:
    @pytest.mark.parametrize("table", ["records", "originals", "ledger"])
    @pytest.mark.parametrize("deed", ["DELETE FROM {}", "UPDATE {} SET rowid = rowid"])
    def test_the_database_itself_refuses_to_change_a_row(
        self, file: Path, table: str, deed: str
    ) -> None:
        raw(file, "INSERT INTO originals VALUES ('d', 't', x'00')")
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            raw(file, deed.format(table))

    def test_an_append_after_a_cut_off_end_is_refused(
        self, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Cut off behind the back of a ledger that is open: the check at the door is passed."""
        raw(file, "DROP TRIGGER records_no_delete; DELETE FROM records WHERE position = 3")
        monkeypatch.setattr(foundations, "refuse_what_was_changed", bool)  # refuses nothing
        store, _ = opened(file.parent)
        with pytest.raises(LedgerDamaged, match="missing from the end"):
            append(store, draft())
        assert store.head() == 2
        store.close()


class TestTurns:
    def test_a_lock_held_by_a_stranger_ends_in_ledger_busy_in_about_two_seconds(
        self, store: Store, tmp_path: Path
    ) -> None:
        # In a process of its own: closing a second copy's handles here would drop our locks.
        code = (
            "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
            "c.execute('BEGIN IMMEDIATE'); print('held', flush=True); sys.stdin.read(); c.close()"
        )
        with subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path / "ledger.sqlite")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as stranger:
            assert stranger.stdout is not None
            assert stranger.stdout.readline() == b"held\n"
            with pytest.raises(LedgerBusy, match="2 seconds"):
                append(store, draft())
            assert store.head() == 1, "reading needs no turn"
            stranger.communicate()
        assert [row.position for row in append(store, draft())] == [2]

    def test_a_second_process_reads_what_the_first_has_committed(
        self, store: Store, tmp_path: Path
    ) -> None:
        append(store, draft(), draft())
        code = (
            "import sys; from veinledger.adapters.store.opening import open_store;"
            "store, _ = open_store(sys.argv[1], keys=sys.argv[2], read_only=True);"
            "print(store.head()); store.close()"
        )
        command = [sys.executable, "-c", code, url(tmp_path), str(tmp_path / "keys")]
        assert subprocess.run(command, capture_output=True, check=True).stdout == b"3\n"
        assert [row.position for row in append(store, draft())] == [4]

    def test_a_turn_that_did_not_come_leaves_the_next_ones_free(
        self, store: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(store._datastore.pool, "pool_timeout", 0.05)
        with store._datastore.get_connection(commit=False):
            for _ in range(2):
                with pytest.raises(LedgerBusy):
                    append(store, draft())
        assert [row.position for row in append(store, draft())] == [2]

    def test_a_closed_ledger_says_so(self, tmp_path: Path) -> None:
        store, _ = opened(tmp_path)
        store.close()
        store.close()
        with pytest.raises(StoreFailed, match="closed"):
            store.head()
        with pytest.raises(StoreFailed, match="closed"):
            append(store, draft())

    def test_a_view_is_of_no_use_after_its_transaction(self, store: Store) -> None:
        views = list[View]()

        def decide(view: View) -> Decision[None]:
            views.append(view)
            return Decision(answer=None)

        store.transact(decide)
        with pytest.raises(driver.ProgrammingError):
            views[0].stream("encounter/a")


class TestTheBoundary:
    """No payload leaves with an error: not in its text, attributes, causes or frames."""

    MARKER = "MARKER-7731"

    def provoke(self, store: Store, how: str) -> VeinledgerError:
        marked = draft(body=self.MARKER.encode(), name=self.MARKER)
        append(store, marked)

        def decide(view: View) -> Decision[str]:
            payload = view.stream("encounter/a")[0].body.decode()
            match how:
                case "a library's error":
                    payload.encode().decode("utf-16").encode("ascii")
                case "an error with a cause":
                    try:
                        int(payload)
                    except ValueError as error:
                        raise RuntimeError(payload) from error
                case "an error of ours with a context":
                    try:
                        int(payload)
                    except ValueError:
                        raise Refused("no")  # noqa: B904
                case _:
                    pass
            return Decision(answer=payload, drafts=(marked,))

        with pytest.raises(VeinledgerError) as caught:
            store.transact(decide)
        return caught.value

    @pytest.mark.parametrize("kind", ["memory", "sqlite"])
    @pytest.mark.parametrize(
        "how",
        [
            "a library's error",
            "an error with a cause",
            "an error of ours with a context",
            "a clash",
        ],
    )
    def test_an_error_holds_no_payload(self, tmp_path: Path, kind: str, how: str) -> None:
        store, _ = open_store("memory:") if kind == "memory" else opened(tmp_path)
        error = self.provoke(store, how)
        store.close()
        assert error.__cause__ is None
        assert error.__context__ is None
        assert self.MARKER not in f"{error!s}{error!r}{error.args}{vars(error)}"
        frames = self.frames_of_ours(error)
        assert frames, "some frame of ours is in the traceback"
        assert self.MARKER not in frames

    def frames_of_ours(self, error: BaseException) -> str:
        frames = (
            (frame, line)
            for frame, line in traceback.walk_tb(error.__traceback__)
            if frame.f_globals["__name__"].startswith("veinledger.")
        )
        return "".join(traceback.StackSummary.extract(frames, capture_locals=True).format())

    def test_the_control_without_the_boundary_leaks(self, store: Any) -> None:
        payload = bytearray(self.MARKER.encode())

        def decide(_: View) -> Decision[bytearray]:
            bad = Draft(stream="encounter/a", type="", body=b"")
            return Decision(answer=payload, drafts=(bad,))

        with pytest.raises(Defect) as caught:
            store._recorder.transact(decide)
        assert self.MARKER in self.frames_of_ours(caught.value)
        with pytest.raises(Defect) as caught:
            store.transact(decide)
        assert self.MARKER not in self.frames_of_ours(caught.value)

    def test_an_unexpected_error_says_where_it_came_from(self, store: Store) -> None:
        error = self.provoke(store, "an error with a cause")
        assert isinstance(error, Defect)
        assert "RuntimeError in tests.adapters.test_store, line " in str(error)

    def test_text_that_is_not_utf_8_is_damage(self, file: Path) -> None:
        raw(
            file,
            "DROP TRIGGER records_no_update;"
            "UPDATE records SET type = CAST(x'ff4d41524b4552' AS TEXT) WHERE position = 2",
        )
        store, _ = open_store(url(file.parent), keys=file.parent / "keys", read_only=True)
        with pytest.raises(LedgerDamaged) as caught:
            store.keyed(key("r1"))
        assert "MARKER" not in str(caught.value)
        store.close()
