"""Another root key for a ledger: what was sealed under the old one holds, and it seals no more."""

# pyright: reportPrivateUsage=false
from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import veinledger
from tests.adapters import by_the_book
from tests.adapters.given_files import opened, url
from tests.adapters.test_verify import Ledger as File
from tests.given_command_line import Cli, command_line
from tests.given_ledger import ROOT, SITE, lines_of
from veinledger.adapters.bundle import verify_bundle
from veinledger.adapters.errors import BadInput, KeyMissing, LedgerBusy, LedgerDamaged, Refused
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.proof.checkpoints import CheckpointFile, signed_checkpoint
from veinledger.adapters.proof.held import held_in
from veinledger.adapters.store import rotating
from veinledger.adapters.store.keys import Keys, derived_keys
from veinledger.adapters.store.rotating import Rotation, rotate_key
from veinledger.adapters.store.sealing import unsealed_of
from veinledger.adapters.store.sqlite.store import SQLiteStore
from veinledger.adapters.store.tallied import Doubt, Root, tallied
from veinledger.domain.ledger.port import Row
from veinledger.domain.ledger.seal import leaf_of, tag_of, tagged_bytes
from veinledger.domain.ledger.tree import Edge
from veinledger.domain.reports import Actor

LINES = lines_of("withdrawn")
OFFICER = Actor(id="it-1", role="security officer")


def rotated(folder: Path) -> Rotation:
    def file(ledger_id: bytes) -> CheckpointFile:
        return CheckpointFile(folder / "checkpoints" / f"{ledger_id.hex()}.checkpoints")

    return rotate_key(
        url(folder), by=OFFICER, reason="once a year", keys=folder / "keys", checkpoints=file
    )


def told(folder: Path, *lines: bytes) -> None:
    with opened(folder) as ledger:
        ledger.record(*lines)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A ledger with a rotation in its middle, and one near its end."""
    told(tmp_path, *LINES[:8])
    rotated(tmp_path)
    told(tmp_path, *LINES[8:16])
    rotated(tmp_path)
    told(tmp_path, *LINES[16:])
    return tmp_path


def key_files(folder: Path) -> list[Path]:
    return sorted((folder / "keys").iterdir(), key=lambda path: len(path.name))


def left_by_a_crash(folder: Path, content: bytes) -> Path:
    """The file of the next key, of which no record tells."""
    left = key_files(folder)[0].with_suffix(".2.key")
    left.write_bytes(content)
    left.chmod(0o600)
    return left


# ---- It is the same ledger --------------------------------------------------------------------


def test_a_ledger_whose_key_was_rotated_is_consistent_and_says_the_same(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    never = tmp_path_factory.mktemp("never")
    told(never, *LINES)
    with opened(folder, read_only=True) as ledger, opened(never, read_only=True) as other:
        found = ledger.verify()
        assert found.consistent, found.verdict
        assert found.records == other.verify().records + 2
        (name,) = other.encounters()
        assert ledger.encounters() == (name,)
        assert billed(ledger, name) == billed(other, name)


def billed(ledger: Ledger, name: str) -> list[object]:
    """What is on record, and what it is billed as; report keys differ from ledger to ledger."""
    claims = ledger.claims(name).claims
    lines = [(line.revenue_code, line.code, line.units) for c in claims for line in c.lines]
    return [[r.fact for r in ledger.history(name).records], [c.label for c in claims], lines]


def test_a_message_from_before_the_rotation_is_a_duplicate_after_it(folder: Path) -> None:
    """Report keys and stream names are made under the first key for ever."""
    with opened(folder) as ledger:
        assert {each.answer for each in ledger.record(*LINES)} == {"duplicate"}


def test_each_row_is_sealed_under_the_key_that_was_in_use(folder: Path) -> None:
    with opened(folder, read_only=True) as ledger:
        rows, keys = ledger.rows(), ledger._keys
        turns = [row.position for row in rows if row.type == "ledger.key_rotated"]
        assert len(turns) == 2
        for row in rows:
            number = sum(row.position > turn for turn in turns)
            assert row.key_id == keys.line()[number].key_id
            assert row.tag == by_the_book.tag(row, ledger.ledger_id, keys.line()[number].tag_key)
        assert len({each.key_id for each in keys.line()}) == 3


def test_who_ordered_it_and_why_is_on_record(folder: Path) -> None:
    with opened(folder, read_only=True) as ledger:
        said = [json.loads(r.body) for r in ledger.rows() if r.type == "ledger.key_rotated"]
    assert [each["by"] for each in said] == [{"id": "it-1", "role": "security officer"}] * 2
    assert {each["reason"] for each in said} == {"once a year"}


def test_a_backup_of_it_opens_and_verifies(folder: Path) -> None:
    with opened(folder, read_only=True) as ledger:
        made = ledger.backup(folder / "copy.sqlite")
    assert made.verification.consistent
    again = veinledger.open(
        f"sqlite:///{folder / 'copy.sqlite'}", keys=folder / "keys", site=SITE, read_only=True
    )
    with again as copy:
        assert copy.verify().consistent


def test_rows_are_read_in_bulk_across_a_rotation(folder: Path) -> None:
    """And the control: under one key alone, or another turn, they are in doubt."""
    with opened(folder, read_only=True) as ledger:
        store, line = ledger._store, ledger._keys.line()
        assert isinstance(store, SQLiteStore)
        roots = [Root(each.since, each.key_id, each.tag_key) for each in line]

        def read(roots: list[Root]) -> int:
            columns = store.columns(0, store.head())
            return tallied(columns, ledger_id=ledger.ledger_id, roots=roots, after=0).last

        assert read(roots) == store.head()
        for wrong in ([roots[0]], [roots[0], replace(roots[1], since=roots[1].since + 1)]):
            with pytest.raises(Doubt):
                read(wrong)


# ---- The old key seals no more ----------------------------------------------------------------


def forged(rows: list[Row], keys: Keys, at: int, ledger: Ledger) -> list[Row]:
    """Whoever holds one root key alone writes a row anew, and those after it in its stream."""
    made: list[Row] = []
    last: dict[str, bytes] = {}
    for row in rows:
        changed = replace(row, previous=last.get(row.stream, row.previous))
        if row.position == at:
            changed = replace(changed, body=row.body.replace(b"coord", b"thief"))
        if row.position >= at:
            changed = replace(changed, key_id=keys.key_id)
            tagged = tagged_bytes(unsealed_of(changed, ledger.ledger_id))
            tag = tag_of(tagged, keys.tag_key)
            changed = replace(changed, tag=tag, leaf=leaf_of(tagged, tag))
        last[row.stream] = changed.leaf
        made.append(changed)
    return made


def test_who_stole_the_old_key_forges_nothing_after_the_rotation(folder: Path) -> None:
    with opened(folder, read_only=True) as ledger:
        keys, ledger_id = ledger._keys, ledger.ledger_id
        stolen = keys.line()[1]
        at = next(r.position for r in ledger.rows() if r.position > keys.since + 3)
        rows = forged(list(ledger.rows()), stolen, at, ledger)
        other_rule = replace(stolen, since=2)
    file = File(folder / "ledger.sqlite", keys, ledger_id)
    write(file, rows)
    with opened(folder, read_only=True) as ledger:
        found = ledger.verify()
        assert not found.consistent
        assert f"record {at}" in found.verdict
        assert "a root key that was not in use there" in found.verdict
        # The control: without the rule that a key has its range, the forgery passes.
        ledger._keys = other_rule
        without = [f for f in ledger.verify().faults if f.position is not None]
        assert not [fault for fault in without if (fault.position or 0) >= at]


def write(file: File, rows: list[Row]) -> None:
    def work(connection: sqlite3.Connection) -> None:
        for row in rows:
            connection.execute(
                "UPDATE records SET key_id = ?, previous = ?, body = ?, tag = ?, leaf = ?"
                " WHERE position = ?",
                (row.key_id, row.previous, row.body, row.tag, row.leaf, row.position),
            )

    file.attack(work)


def test_a_record_of_a_rotation_that_was_changed_opens_nothing(folder: Path) -> None:
    with opened(folder, read_only=True) as ledger:
        file = File(folder / "ledger.sqlite", ledger._keys, ledger.ledger_id)

    def work(connection: sqlite3.Connection) -> None:
        connection.execute(
            "UPDATE records SET body = CAST(replace(CAST(body AS TEXT), 'once', 'nice') AS BLOB)"
            " WHERE type = 'ledger.key_rotated'"
        )

    file.attack(work)
    with pytest.raises(LedgerDamaged, match="says that the root key was rotated"):
        opened(folder)


# ---- Key files --------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 1, 2])
def test_without_any_one_of_its_keys_it_does_not_open(folder: Path, number: int) -> None:
    path = key_files(folder)[number]
    path.rename(folder / "away")
    with pytest.raises(KeyMissing, match=path.name):
        opened(folder)


HARMED: dict[str, tuple[Callable[[Path], object], type[Exception], str]] = {
    "short": (lambda path: path.write_bytes(b"x" * 31), KeyMissing, "31 bytes"),
    "another": (lambda path: path.write_bytes(b"x" * 32), KeyMissing, "sealed under key"),
    "readable by others": (lambda path: path.chmod(0o644), Refused, "chmod 600"),
}


@pytest.mark.parametrize("harm", HARMED)
def test_a_later_key_that_is_not_as_it_should_be_is_told(folder: Path, harm: str) -> None:
    spoil, error, words = HARMED[harm]
    spoil(key_files(folder)[1])
    with pytest.raises(error, match=words):
        opened(folder)


def test_key_files_are_their_owners_alone(folder: Path) -> None:
    assert [path.stat().st_mode & 0o777 for path in key_files(folder)] == [0o600] * 3


@pytest.mark.parametrize("content", [b"", b"x" * 10, b"k" * 32])
def test_a_key_file_that_a_crash_left_is_not_in_use_and_does_no_harm(
    tmp_path: Path, content: bytes
) -> None:
    told(tmp_path, *LINES[:5])
    left = left_by_a_crash(tmp_path, content)
    with opened(tmp_path, read_only=True) as ledger:
        assert ledger.verify().consistent
    rotated(tmp_path)
    assert (left.read_bytes() == content) == (len(content) == 32)
    with opened(tmp_path, read_only=True) as ledger:
        assert ledger.verify().consistent


AT_EACH_STEP = """
import os, sys
from veinledger.adapters.store import rotating
from veinledger.domain.reports import Actor
step = sys.argv[3]
real = getattr(rotating, step)
def dies(*args, **named):
    if sys.argv[4] == "after":
        real(*args, **named)
    os.kill(os.getpid(), 9)
setattr(rotating, step, dies)
rotating.rotate_key(sys.argv[1], by=Actor(id="x", role="y"), reason="z", keys=sys.argv[2])
"""


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", ["write_new_root", "rotated_draft", "_checkpoint_of_both"])
def test_wherever_it_is_killed_the_ledger_opens_and_can_be_rotated(
    tmp_path: Path, step: str, when: str
) -> None:
    told(tmp_path, *LINES[:5])
    command = [sys.executable, "-c", AT_EACH_STEP, url(tmp_path), str(tmp_path / "keys")]
    died = subprocess.run([*command, step, when], cwd=ROOT, check=False, capture_output=True)
    assert died.returncode == -9, died.stderr
    told(tmp_path, *LINES[5:])
    rotated(tmp_path)
    with opened(tmp_path, read_only=True) as ledger:
        assert ledger.verify().consistent
        turns = sum(row.type == "ledger.key_rotated" for row in ledger.rows())
    assert turns == (2 if step == "_checkpoint_of_both" else 1)


def test_while_somebody_writes_no_key_is_rotated(tmp_path: Path) -> None:
    with opened(tmp_path), pytest.raises(LedgerBusy):
        rotated(tmp_path)
    assert len(key_files(tmp_path)) == 1


def test_a_ledger_in_memory_has_no_key_to_rotate() -> None:
    with pytest.raises(BadInput, match="in memory"):
        rotate_key("memory:", by=OFFICER, reason="z")


# ---- What others hold -------------------------------------------------------------------------


def checkpoints(folder: Path) -> str:
    (file,) = (folder / "checkpoints").iterdir()
    return str(file)


def test_every_checkpoint_that_left_is_signed_by_a_key_in_use_and_holds(folder: Path) -> None:
    with opened(folder, read_only=True) as ledger:
        line = ledger._keys.line()
        found = ledger.verify(checkpoints=[checkpoints(folder)])
        assert found.consistent, found.verdict
        assert found.anchored == found.records
        sizes = [held.checkpoint.size for held in held_in(Path(checkpoints(folder)).read_text())]
        assert sizes == sorted(sizes)
        assert {each.since - 1 for each in line[1:]} <= set(sizes)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_who_was_given_any_of_its_keys_verifies_by_it(folder: Path, number: int) -> None:
    with opened(folder, read_only=True) as ledger:
        key = ledger._keys.line()[number].signer.key.text
        found = ledger.verify(checkpoints=[checkpoints(folder)], key=key)
        assert (found.consistent, found.anchored) == (True, found.records)


def test_a_checkpoint_signed_by_a_key_that_was_out_of_use_is_a_fault(folder: Path) -> None:
    """Whoever stole the old key signs a history of his own."""
    with opened(folder, read_only=True) as ledger:
        edge = Edge().grown(row.leaf for row in ledger.rows())
        old = ledger._keys.line()[0].signer
        (folder / "his").write_text(signed_checkpoint(edge, old) + "\n")
        found = ledger.verify(checkpoints=[str(folder / "his"), checkpoints(folder)])
        assert (found.consistent, found.anchored) == (False, found.records)
        assert "was not in use at that size" in found.verdict


# ---- An older copy, from before ---------------------------------------------------------------


def rolled_back(folder: Path) -> Path:
    """A ledger that was put back to before its key was rotated; its newest checkpoint by itself."""
    told(folder, *LINES[:8])
    with opened(folder, read_only=True) as ledger:
        ledger.backup(folder / "older.sqlite")
    rotated(folder)
    told(folder, *LINES[8:])
    for left in folder.glob("ledger.sqlite*"):
        left.unlink()
    (folder / "older.sqlite").rename(folder / "ledger.sqlite")
    newest = folder / "newest"
    newest.write_text(list(held_in(Path(checkpoints(folder)).read_text()))[-1].note.written)
    return newest


def test_an_older_copy_from_before_a_rotation_is_told_by_the_file_of_checkpoints(
    tmp_path: Path,
) -> None:
    rolled_back(tmp_path)
    with opened(tmp_path, read_only=True) as ledger:
        found = ledger.verify(checkpoints=[checkpoints(tmp_path)])
    assert not found.consistent
    assert found.anchored == found.records, "up to its end all is as it was signed then"
    assert "1 were cut off the end, or an older copy was put in its place" in found.verdict
    assert "from before its root key was rotated" in found.verdict


@pytest.mark.parametrize("key", ["none", "old", "new"])
def test_an_older_copy_from_before_a_rotation_is_told_by_the_newest_checkpoint_alone(
    tmp_path: Path, key: str
) -> None:
    newest = rolled_back(tmp_path)
    with opened(tmp_path, read_only=True) as ledger:
        (old,) = ledger._keys.line()
        root = key_files(tmp_path)[1].read_bytes()
        new = derived_keys(root, ledger.ledger_id)
        given = {"none": None, "old": old.signer.key.text, "new": new.signer.key.text}[key]
        found = ledger.verify(checkpoints=[str(newest)], key=given)
    assert not found.consistent
    assert "older copy" in found.verdict


def test_who_writes_to_an_older_copy_from_before_a_rotation_is_warned(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rolled_back(tmp_path)
    with caplog.at_level("WARNING", "veinledger"), opened(tmp_path) as ledger:
        assert ledger.later_key is not None
        assert str(key_files(tmp_path)[1]) in ledger.later_key
        assert "`veinledger rotate-key`" in ledger.later_key
        assert "an older copy" in ledger.later_key
    assert "ledger.later_key" in caplog.text


def test_the_control_a_ledger_that_knows_all_its_keys_warns_of_none(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("WARNING", "veinledger"), opened(folder) as ledger:
        assert ledger.later_key is None
    assert "ledger.later_key" not in caplog.text


@pytest.mark.parametrize("content", [b"", b"k" * 32])
def test_after_a_rotation_that_was_cut_off_who_writes_is_warned_until_it_is_ended(
    tmp_path: Path, content: bytes
) -> None:
    told(tmp_path, *LINES[:3])
    left_by_a_crash(tmp_path, content)
    with opened(tmp_path) as ledger:
        assert ledger.later_key is not None
        ledger.record(*LINES[3:5])
    assert rotated(tmp_path).key_was_there == (len(content) == 32)
    with opened(tmp_path) as ledger:
        assert ledger.later_key is None
    assert not rotated(tmp_path).key_was_there


def bundle(folder: Path, since: Path | None = None) -> tuple[bytes, list[str]]:
    """A bundle of the encounter, and every verification key of the ledger, the first one first."""
    with opened(folder, read_only=True) as ledger:
        (name,) = ledger.encounters()
        made = ledger.bundle(name, folder / "bundle.json", since=since)
        keys = [each.signer.key.text for each in ledger._keys.line()]
    content = Path(made.file).read_bytes()
    Path(made.file).unlink()
    return content, keys


def test_who_was_given_an_old_key_believes_a_bundle_by_what_the_keys_signed(folder: Path) -> None:
    content, keys = bundle(folder)
    told = [verify_bundle.answer(content, key) for key in keys]
    assert [code for code, _ in told] == [0, 0, 0]
    said = [" ".join(lines) for _, lines in told]
    assert "the key was rotated 2 times, as both keys signed" in said[0]
    assert "the key was rotated once, as both keys signed" in said[1]
    assert "the one that you trust" in said[2]


def test_a_bundle_goes_back_to_a_checkpoint_that_an_old_key_signed(folder: Path) -> None:
    with opened(folder, read_only=True) as ledger:
        until = ledger._keys.line()[1].since - 1
    early = [n for n in Path(checkpoints(folder)).read_text().split("\n\n\n") if n]
    kept = folder / "kept"
    notes = Path(checkpoints(folder)).read_text()
    first = next(h for h in held_in(notes) if h.checkpoint.size <= until)
    body = notes.split(first.note.text)[1].split("\n\n")[0]
    kept.write_text(f"{first.note.text}\n{body.strip()}\n\n" if early else "")
    content, keys = bundle(folder, since=kept)
    code, lines = verify_bundle.answer(content, keys[0], kept.read_bytes())
    assert code == 0, lines
    assert any("extends the one that you hold" in line for line in lines)


def harmed_bundles(content: bytes) -> dict[str, bytes]:
    value = json.loads(content)
    first, second = value["rotations"]
    moved = first.replace("position ", "position 1")
    one_signed = first.rstrip("\n").rpartition("\n")[0] + "\n"

    def with_rotations(*notes: object) -> bytes:
        return (json.dumps({**value, "rotations": list(notes)}, ensure_ascii=False)).encode()

    return {
        "none": with_rotations(),
        "the first left out": with_rotations(second),
        "the second left out": with_rotations(first),
        "turned round": with_rotations(second, first),
        "twice": with_rotations(first, first, second),
        "a position moved": with_rotations(moved, second),
        "one signature left out": with_rotations(one_signed, second),
        "no text": with_rotations(7, second),
        "no note": with_rotations("x", second),
    }


def test_a_bundle_whose_keys_do_not_follow_from_one_another_is_turned_away(folder: Path) -> None:
    content, keys = bundle(folder)
    for harm, changed in harmed_bundles(content).items():
        code, lines = verify_bundle.answer(changed, keys[0])
        assert code in (1, 2), (harm, lines)


def test_the_key_of_another_ledger_is_not_believed(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    told(other, *LINES[:5])
    with opened(other, read_only=True) as ledger:
        key = ledger.verification_key
    content, _ = bundle(folder)
    assert verify_bundle.answer(content, key)[0] == 1


# ---- On the command line ----------------------------------------------------------------------


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    return command_line(tmp_path, monkeypatch, capfd)


def test_the_command_says_where_the_key_lies_and_what_to_do(cli: Cli) -> None:
    assert cli("init").code == 0
    ordered = ("--by", "it-1", "--role", "security officer", "--reason", "a laptop was stolen")
    said = cli("rotate-key", *ordered)
    assert said.code == 0, said.err
    assert "root key rotated after record 2" in said.out
    assert ".2.key" in said.flat
    assert "keep the old ones" in said.flat
    answer = cli("rotate-key", *ordered, "--json").answer
    assert answer["position"] == 3
    assert Path(answer["key_file"]).is_file()
    assert cli("verify").code == 0


def test_on_the_command_line_who_writes_or_verifies_is_told_of_a_key_that_no_record_names(
    cli: Cli, tmp_path: Path
) -> None:
    cli("init")
    assert "root key 2" not in cli("record", "-", stdin=LINES[0]).err
    key_files(tmp_path)[0].with_suffix(".2.key").write_bytes(b"k" * 32)
    key_files(tmp_path)[1].chmod(0o600)
    for command in (("record", "-"), ("verify",)):
        said = cli(*command, stdin=LINES[0])
        assert said.code == 0
        assert "root key 2 of this ledger lies in" in " ".join(said.err.split())
    assert "root key 2" not in cli("encounters").err
    said = cli("rotate-key", "--by", "a", "--role", "b", "--reason", "c")
    assert said.code == 0
    assert "The key file was there already" in said.flat


def test_where_there_is_no_ledger_none_is_made(cli: Cli, tmp_path: Path) -> None:
    said = cli("rotate-key", "--by", "a", "--role", "b", "--reason", "c")
    assert (said.code, "there is no ledger" in said.err) == (4, True)
    assert not list(tmp_path.glob("**/*.sqlite"))


def test_a_checkpoint_that_cannot_leave_is_told_and_the_key_is_rotated(tmp_path: Path) -> None:
    told(tmp_path, *LINES[:3])
    (tmp_path / "a file").write_text("no folder")
    made = rotating.rotate_key(
        url(tmp_path),
        by=OFFICER,
        reason="z",
        keys=tmp_path / "keys",
        checkpoints=lambda _: CheckpointFile(tmp_path / "a file" / "checkpoints"),
    )
    assert made.trouble is not None
    with opened(tmp_path, read_only=True) as ledger:
        assert ledger._keys.key_id == made.key_id
