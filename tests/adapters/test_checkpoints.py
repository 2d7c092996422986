"""Checkpoints leave a ledger while it is written, and every one of them extends the one before."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

import veinledger
from tests.adapters.test_receipts import receipt
from tests.given_command_line import Cli, Said, command_line
from tests.given_ledger import SITE, lines_of
from veinledger.adapters.errors import BadInput, NotFound
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.proof import checkpoints
from veinledger.adapters.proof.checkpoints import (
    EVERY_RECORDS,
    EVERY_SECONDS,
    Anchor,
    CheckpointFile,
    edge_in,
    signed_checkpoint,
)
from veinledger.adapters.proof.held import Held, Unreadable, held_in, notes_in
from veinledger.adapters.proof.notes import (
    Checkpoint,
    NoteError,
    Signer,
    VerificationKey,
    read_note,
)
from veinledger.adapters.proof.outside import outside
from veinledger.adapters.proof.succession import Trusted
from veinledger.adapters.store.opening import open_store
from veinledger.domain.ledger.port import Committed, Decision, Draft, Store
from veinledger.domain.ledger.tree import Edge, root_of

SIGNER = Signer("veinledger/00", b"\x07" * 32)
LINES = lines_of("page_patient_2l")


def opened(folder: Path, **more: Any) -> Ledger:
    url = f"sqlite:///{folder / 'ledger.sqlite'}"
    return veinledger.open(
        url, keys=folder / "keys", site=SITE, checkpoints=folder / "elsewhere", **more
    )


def kept(folder: Path) -> list[Held]:
    (file,) = (folder / "elsewhere").iterdir()
    return list(held_in(file.read_text()))


def store_with(folder: Path, rows: int) -> Store:
    store, _ = open_store(f"sqlite:///{folder / 'ledger.sqlite'}", keys=folder / "keys")
    add(store, rows)
    return store


def add(store: Store, rows: int) -> None:
    drafts = tuple(Draft(stream="encounter/a", type="t", body=b"x") for _ in range(rows))
    store.transact(lambda _: Decision(answer=None, drafts=drafts))


def durable(rows: int) -> list[list[Committed[None]]]:
    """What a store answers when it has kept so many rows."""
    row: Any = None
    return [[Committed(answer=None, rows=(row,) * rows)]]


# --- Notes --------------------------------------------------------------------------------------


def test_a_checkpoint_is_three_lines_and_a_signature_that_others_can_verify() -> None:
    note = read_note(signed_checkpoint(Edge().grown([bytes(32)] * 3), SIGNER))
    origin, size, root = note.text.split("\n")[:3]
    assert (origin, size) == ("veinledger/00", "3")
    assert Checkpoint.from_text(note.text).root == root_of([bytes(32)] * 3)
    assert note.is_signed_by(VerificationKey.from_text(SIGNER.key.text))
    assert len(root) == 44


@given(place=st.integers(0), bit=st.integers(0, 7), size=st.integers(0, 70))
def test_no_changed_note_is_believed(place: int, bit: int, size: int) -> None:
    written = bytearray(signed_checkpoint(Edge().grown([bytes(32)] * size), SIGNER).encode())
    place %= len(written)
    written[place] ^= 1 << bit
    try:
        note = read_note(written.decode())
    except (NoteError, UnicodeDecodeError):
        return
    assert not note.is_signed_by(SIGNER.key)


@given(st.lists(st.integers(0, 40), max_size=6), st.integers(0, 200))
def test_a_file_of_notes_is_read_as_it_was_written_but_for_a_torn_end(
    sizes: list[int], torn: int
) -> None:
    notes = [signed_checkpoint(Edge().grown([bytes(32)] * size), SIGNER) for size in sizes]
    written = "".join(f"{note}\n" for note in notes)
    assert [held.checkpoint.size for held in held_in(written)] == sizes
    more = signed_checkpoint(Edge(), SIGNER)[: min(torn, 80)]
    assert [held.checkpoint.size for held in held_in(written + more)] == sizes


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("veinledger/00\n01\nAAAA\n\n\u2014 veinledger/00 AAAAAAAA\n", "plain digits"),
        ("veinledger/00\n1\nAAAA\n\n\u2014 veinledger/00 AAAAAAAA\n", "root of 32 bytes"),
        ("nothing\n\n\u2014 veinledger/00 AAAAAAAA\n", "three lines"),
        ("a\n1\nb\n\n\u2014 name-only\n", "signature line"),
    ],
)
def test_what_is_no_checkpoint_is_told_by_saying_why(text: str, told: str) -> None:
    (found,) = notes_in(text + "\n")
    assert isinstance(found, Unreadable)
    assert told in found.why


SIGNED: Final = [signed_checkpoint(Edge().grown([bytes(32)] * n), SIGNER).encode() for n in (3, 5)]


def sizes_in(written: bytes) -> list[int]:
    return [held.checkpoint.size for held in held_in(written.decode(errors="replace"))]


def test_wherever_a_note_was_cut_off_it_spoils_no_other_and_is_counted(tmp_path: Path) -> None:
    first, second = SIGNED
    for end in range(1, len(first) - 1):
        file = CheckpointFile(tmp_path / f"{end}")
        file.path.write_bytes(second + b"\n" + first[:end])
        file.append(second.decode())
        written = file.path.read_bytes().decode(errors="replace")
        found = list(notes_in(written))
        assert sizes_in(file.path.read_bytes()) == [5, 5], end
        assert [type(each) for each in found] == [Held, Unreadable, Held], end
        newest = file.newest(SIGNER.key)
        assert newest is not None
        assert newest.written.encode() == second
        assert all(h.note.is_signed_by(SIGNER.key) for h in found if isinstance(h, Held))


def test_what_stands_right_behind_half_a_note_is_found_unless_its_name_was_lost() -> None:
    """As ledgers before this one left it, which ended no note that was cut off."""
    first, second = SIGNED
    lost = set[int]()
    for end in range(1, len(first) - 1):
        glued = second + b"\n" + first[:end] + second + b"\n" + first
        found = list(held_in(glued.decode(errors="replace")))
        assert all(held.note.is_signed_by(SIGNER.key) for held in found), end
        assert [h.checkpoint.size for h in found] in ([5, 5, 3], [5, 3]), end
        if len(found) == 2:
            lost.add(end)
    assert min(lost) > first.index(b"\n\n")


def test_a_last_note_that_lacks_its_end_of_line_alone_is_whole() -> None:
    first, second = SIGNED
    assert sizes_in(first + b"\n" + second.rstrip()) == [3, 5]
    assert sizes_in(first + b"\n" + second.rstrip()[:-1]) == [3]


def test_an_empty_line_follows_each_note_whatever_stood_before_it(tmp_path: Path) -> None:
    for number, left in enumerate((b"", b"\n", b"\n\n", b"x", b"x\n", b"x\n\n", b"xyz")):
        file = CheckpointFile(tmp_path / f"{number}")
        file.path.write_bytes(left)
        file.append(SIGNED[0].decode())
        file.append(SIGNED[1].decode())
        assert sizes_in(file.path.read_bytes()) == [3, 5]
        assert file.path.read_bytes().endswith(SIGNED[0] + b"\n" + SIGNED[1] + b"\n")


@pytest.mark.skipif(os.getuid() == 0, reason="nothing is closed to the superuser")
def test_a_file_that_takes_appends_alone_is_appended_to(tmp_path: Path) -> None:
    file = CheckpointFile(tmp_path / "some")
    file.append(SIGNED[0].decode())
    file.path.chmod(0o200)
    file.append(SIGNED[1].decode())
    file.path.chmod(0o600)
    assert sizes_in(file.path.read_bytes()) == [3, 5]


def test_an_edge_of_another_tree_is_not_grown_from() -> None:
    edge = Edge().grown([bytes(32)] * 3)
    text = Checkpoint(SIGNER.name, 3, b"\x01" * 32).text
    line = signed_checkpoint(edge, SIGNER).split("\n")[3]
    assert edge_in(read_note(SIGNER.signed(f"{text}{line}\n"))) is None
    assert edge_in(read_note(SIGNER.signed(text))) is None


# --- Leaving ------------------------------------------------------------------------------------


def test_a_ledger_that_was_written_leaves_a_checkpoint_of_all_its_records(tmp_path: Path) -> None:
    for number in (1, 2):
        with opened(tmp_path) as ledger:
            ledger.record(*LINES[number * 5 : number * 5 + 5])
        with opened(tmp_path, read_only=True) as ledger:
            rows = ledger.rows()
        last = kept(tmp_path)[-1]
        assert len(kept(tmp_path)) == number
        assert last.checkpoint.root == root_of([row.leaf for row in rows])
        assert last.checkpoint.size == len(rows)


def test_who_only_reads_lets_none_leave(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        ledger.record(*LINES[:5])
    with opened(tmp_path, read_only=True) as ledger:
        assert ledger.verify().consistent
    with opened(tmp_path):
        pass
    assert len(kept(tmp_path)) == 1


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        ledger.record(LINES[0])
    (file,) = (tmp_path / "elsewhere").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_one_leaves_after_so_many_records_or_so_many_seconds(tmp_path: Path) -> None:
    now = [0.0]
    store = store_with(tmp_path, 5)
    file = CheckpointFile(tmp_path / "elsewhere" / "some")
    anchor = Anchor(store, SIGNER, file, lambda: now[0])
    assert anchor.wait() is None
    anchor.committed(durable(EVERY_RECORDS - 1))
    assert (anchor.wait(), file.path.exists()) == (EVERY_SECONDS, False)
    anchor.committed(durable(1))
    assert len(list(held_in(file.path.read_text()))) == 1
    add(store, 1)
    anchor.committed(durable(1))
    now[0] = EVERY_SECONDS - 1
    assert anchor.wait() == 1
    now[0] = EVERY_SECONDS
    assert anchor.wait() == 0
    anchor.export()
    assert [each.checkpoint.size for each in held_in(file.path.read_text())] == [6, 7]
    store.close()


def test_a_writer_with_nothing_to_do_lets_one_leave_when_its_time_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "EVERY_SECONDS", 0.05)
    with opened(tmp_path) as ledger:
        ledger.record(LINES[0])
        until = monotonic() + 30
        while not list(tmp_path.glob("elsewhere/*")) or not kept(tmp_path):
            assert monotonic() < until, "no checkpoint left by itself"
            sleep(0.01)
        assert kept(tmp_path)[0].checkpoint.size == len(ledger.rows())


def test_the_next_one_grows_from_the_last_that_left_and_reads_only_what_came_since(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = store_with(tmp_path, 40)
    file = CheckpointFile(tmp_path / "some")
    first = Anchor(store, SIGNER, file)
    first.committed(durable(1))
    first.export()
    add(store, 3)
    asked: list[int] = []
    whole = type(store).leaves

    def watched(self: Store, after: int = 0) -> Any:
        asked.append(after)
        return whole(self, after)

    monkeypatch.setattr(type(store), "leaves", watched)
    second = Anchor(store, SIGNER, file)
    note = read_note(second.note())
    assert asked == [41]
    monkeypatch.undo()
    assert Checkpoint.from_text(note.text).root == root_of(list(store.leaves()))
    store.close()


def test_one_that_another_key_signed_or_that_is_longer_than_the_ledger_is_not_grown_from(
    tmp_path: Path,
) -> None:
    store = store_with(tmp_path, 4)
    leaves = list(store.leaves())
    for signer, size in ((Signer("veinledger/00", b"\x08" * 32), 3), (SIGNER, 40)):
        file = CheckpointFile(tmp_path / f"{size}")
        file.append(signed_checkpoint(Edge().grown([bytes(32)] * size), signer))
        made = read_note(Anchor(store, SIGNER, file).note())
        assert Checkpoint.from_text(made.text).root == root_of(leaves)
    store.close()


def test_where_none_can_leave_recording_goes_on_and_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("a file where the folder should be")
    with opened(tmp_path) as ledger:
        assert ledger.record(LINES[0])[0].answer == "recorded"
        assert ledger.not_anchored is None
    assert ledger.not_anchored is not None
    assert "no checkpoint could leave" in ledger.not_anchored


def test_one_that_could_not_leave_leaves_on_closing_once_it_can(tmp_path: Path) -> None:
    store = store_with(tmp_path, 3)
    blocked = tmp_path / "elsewhere"
    blocked.write_text("a file where the folder should be")
    anchor = Anchor(store, SIGNER, CheckpointFile(blocked / "some"))
    anchor.committed(durable(EVERY_RECORDS))
    assert anchor.trouble is not None
    blocked.unlink()
    anchor.export()
    assert anchor.trouble is None
    assert [each.checkpoint.size for each in held_in((blocked / "some").read_text())] == [4]
    store.close()


def test_of_a_long_file_the_end_alone_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, leaves = CheckpointFile(tmp_path / "some"), [bytes(32)] * 30
    for size in range(30):
        file.append(signed_checkpoint(Edge().grown(leaves[:size]), SIGNER))
    for end in (10, 400, 900, 5_000, 1_000_000):
        monkeypatch.setattr(checkpoints, "END", end)
        newest = file.newest(SIGNER.key)
        assert newest is None if end < 400 else newest is not None
        if newest is not None:
            assert Checkpoint.from_text(newest.text).size == 29


def test_a_note_that_the_disk_takes_in_part_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, whole = CheckpointFile(tmp_path / "some"), os.write
    first = signed_checkpoint(Edge(), SIGNER)
    file.append(first)

    def in_part(handle: int, written: bytes) -> int:
        return whole(handle, written[:40])

    monkeypatch.setattr(os, "write", in_part)
    with pytest.raises(OSError, match="space"):
        file.append(signed_checkpoint(Edge().grown([bytes(32)]), SIGNER))
    monkeypatch.undo()
    assert file.path.read_text() == f"{first}\n"


def test_after_a_kill_the_next_one_extends_all_that_left_before(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys, veinledger\n"
        "from pathlib import Path\n"
        "from tests.adapters.test_checkpoints import opened, LINES\n"
        "ledger = opened(Path(sys.argv[1]))\n"
        "ledger.record(*LINES[:int(sys.argv[2])])\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    with opened(tmp_path) as ledger:
        ledger.record(*LINES[:3])
    for number in (6, 9):
        ended = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path), str(number)], check=False
        )
        assert ended.returncode == -signal.SIGKILL
    with opened(tmp_path) as ledger:
        ledger.record(*LINES[:12])
    with opened(tmp_path, read_only=True) as ledger:
        leaves = [row.leaf for row in ledger.rows()]
    found = kept(tmp_path)
    assert [each.checkpoint.size for each in found] == [4, len(leaves)]
    for each in found:
        assert each.checkpoint.root == root_of(leaves[: each.checkpoint.size])


# --- Verifying against them ---------------------------------------------------------------------


def test_a_ledger_is_held_against_a_file_of_its_checkpoints(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        ledger.record(*LINES[:5])
    (file,) = (tmp_path / "elsewhere").iterdir()
    with opened(tmp_path) as ledger:
        ledger.record(*LINES[5:9])
        found = ledger.verify(checkpoints=[str(file)], key=ledger.verification_key)
        quickly = ledger.verify(checkpoints=[str(file)], quick=True)
    size = kept(tmp_path)[0].checkpoint.size
    assert (found.anchored, found.checkpoints) == (size, 1)
    assert "records since are consistent, not anchored" in found.verdict
    assert quickly.quick
    assert any("--quick" in each for each in quickly.not_excluded)


def test_a_file_that_is_not_of_this_ledger_or_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    files: list[Path] = []
    for name in ("one", "two"):
        with opened(tmp_path / name) as ledger:
            ledger.record(LINES[0])
        files.extend((tmp_path / name / "elsewhere").iterdir())
    empty = tmp_path / "empty"
    empty.write_text("")
    with opened(tmp_path / "two") as ledger:
        assert ledger.verify(checkpoints=[str(files[1])]).anchored
        for file, told in (
            (files[0], "and not of"),
            (empty, "no checkpoint"),
        ):
            with pytest.raises(BadInput, match=told):
                ledger.verify(checkpoints=[str(file)])
        with pytest.raises(NotFound):
            ledger.verify(checkpoints=[str(tmp_path / "none")])
        with pytest.raises(BadInput, match="verification key"):
            ledger.verify(key="something")


def test_a_whole_checkpoint_that_no_key_of_the_ledger_signed_is_a_fault_and_the_rest_is_verified(
    tmp_path: Path,
) -> None:
    for number in (0, 1):
        with opened(tmp_path) as ledger:
            ledger.record(LINES[number])
    (file,) = (tmp_path / "elsewhere").iterdir()
    name = VerificationKey.from_text(ledger.verification_key).name
    thief = Signer(name, b"\x09" * 32)
    forged = [signed_checkpoint(Edge().grown([bytes(32)] * n), thief) for n in (7, 2, 9)]
    file.write_text(file.read_text() + "\n".join(forged) + "\n")
    with opened(tmp_path, read_only=True) as ledger:
        found = ledger.verify(checkpoints=[str(file)])
        quickly = ledger.verify(checkpoints=[str(file)], quick=True)
    assert (found.consistent, found.anchored, found.checkpoints) == (False, found.records, 2)
    (fault,) = found.faults
    assert f"checkpoint 4 of {file} is not signed by" in fault.what
    assert "it was changed or forged, or this file is an older copy" in fault.what
    assert "nor are 2 others" in fault.what
    assert quickly.verdict == found.verdict


def test_the_key_of_another_ledger_is_refused_and_raises_no_alarm(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    with opened(tmp_path / "one") as other:
        key = other.verification_key
    with opened(tmp_path / "two") as ledger:
        (outcome,) = ledger.record(LINES[0])
        ledger_id = ledger.ledger_id.hex()
    file = tmp_path / "kept.ndjson"
    file.write_text(json.dumps(asdict(receipt(outcome))))
    with opened(tmp_path / "two", read_only=True) as ledger:
        for receipts in ([], [str(file)]):
            with pytest.raises(BadInput, match=f"and not of veinledger/{ledger_id}") as caught:
                ledger.verify(key=key, receipts=receipts)
            assert "--key is of 'veinledger/" in str(caught.value)


@pytest.mark.parametrize("option", ["--checkpoint", "--receipt", "--since"])
def test_what_can_be_read_is_read_a_pipe_too_and_what_cannot_is_told(
    cli: Cli, tmp_path: Path, option: str
) -> None:
    answers = cli("record", "-", "--json", stdin=b"\n".join(LINES)).out
    (file,) = (tmp_path / "elsewhere").iterdir()
    content = answers.encode() if option == "--receipt" else file.read_bytes()
    verified = option != "--since"

    def said(name: str) -> Said:
        command = (
            ("verify",)
            if verified
            else ("bundle", "E1", "-o", f"{tmp_path / Path(name).name}.json")
        )
        return cli(*command, option, name)

    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    Thread(target=pipe.write_bytes, args=(content,), daemon=True).start()
    told = said(str(pipe))
    assert told.code == 0, told.err
    empty, folder, none = said("/dev/null"), said(str(tmp_path)), said(str(tmp_path / "none"))
    assert (empty.code, "/dev/null" in empty.err, "is not there" in empty.err) == (2, True, False)
    assert (folder.code, "cannot be read (is a directory)" in folder.err) == (2, True)
    assert (none.code, "is not there" in none.err) == (4, True)


def test_a_changed_checkpoint_is_a_fault(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        ledger.record(LINES[0])
    (file,) = (tmp_path / "elsewhere").iterdir()
    size = kept(tmp_path)[0].checkpoint.size
    file.write_text(file.read_text().replace(f"\n{size}\n", f"\n{size - 1}\n"))
    with opened(tmp_path, read_only=True) as ledger:
        found = ledger.verify(checkpoints=[str(file)])
    assert (found.consistent, found.anchored) == (False, 0)
    assert "it was changed or forged" in found.verdict


def test_half_a_note_is_passed_over_counted_and_makes_no_file_useless(tmp_path: Path) -> None:
    for number in (0, 1):
        with opened(tmp_path) as ledger:
            ledger.record(LINES[number])
    (file,) = (tmp_path / "elsewhere").iterdir()
    file.write_bytes(file.read_bytes()[:-120])
    with opened(tmp_path) as ledger:
        ledger.record(*LINES[2:])
    with opened(tmp_path, read_only=True) as ledger:
        found = ledger.verify(checkpoints=[str(file)])
        assert (found.consistent, found.anchored, found.unreadable) == (True, found.records, 1)
        assert found.checkpoints == 2
        made = ledger.bundle("E1", tmp_path / "bundle.json", since=file)
        assert made.since == found.records


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    monkeypatch.setenv("VEINLEDGER_CHECKPOINTS", str(tmp_path / "elsewhere"))
    return command_line(tmp_path, monkeypatch, capfd)


def test_verify_says_how_many_notes_cannot_be_read(cli: Cli, tmp_path: Path) -> None:
    for line in LINES[:2]:
        cli("record", "-", stdin=line)
    (file,) = (tmp_path / "elsewhere").iterdir()
    file.write_bytes(file.read_bytes()[:-20])
    cli("record", "-", stdin=LINES[2])
    said = cli("verify")
    assert said.code == 0
    assert "as the ledger signed it up to record" in said.out
    assert "Passed over: 1 note there that cannot be read" in said.flat
    assert cli("verify", "--json").answer["unreadable"] == 1


@pytest.mark.parametrize("left", [b"", SIGNED[0][:70]])
def test_a_file_of_ones_own_without_a_whole_note_is_none_and_the_next_checkpoint_mends_it(
    cli: Cli, tmp_path: Path, left: bytes
) -> None:
    cli("record", "-", stdin=LINES[0])
    (file,) = (tmp_path / "elsewhere").iterdir()
    file.write_bytes(left)
    said = cli("verify")
    assert (said.code, "consistent, not anchored" in said.out) == (0, True)
    assert f"{file} holds no checkpoint that can be read" in " ".join(said.err.split())
    assert cli("verify", "--checkpoint", str(file)).code == 2, "whoever names it is told"
    assert cli("checkpoint", "--to", str(file)).code == 0
    said = cli("verify")
    assert (said.code, "as the ledger signed it up to record" in said.out) == (0, True)


def test_a_binary_file_is_no_file_of_checkpoints(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(os.urandom(50) + b"\xff")
    with pytest.raises(BadInput):
        outside(str(tmp_path / "binary"), [Trusted(SIGNER.key)])
