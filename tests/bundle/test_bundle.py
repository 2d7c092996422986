"""What a bundle holds, when none is made, and how the command hands it out."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import veinledger
from tests.bundle.given_bundles import FIRST, SECOND, bundle_of, code_of, given, note_of, said_of
from tests.given_command_line import Cli, command_line
from tests.given_ledger import ROOT, SITE, TODAY, ledger
from veinledger.adapters.bundle import gathering, making, verify_bundle, writing
from veinledger.adapters.bundle.making import Order, make_bundle
from veinledger.adapters.errors import BadInput, LedgerDamaged, NotFound, Refused
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.proof.notes import Checkpoint, Signer
from veinledger.domain.ledger import tree
from veinledger.domain.ledger.port import KeptOriginal, Row, Store


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Ledger]:
    with ledger(tmp_path) as made:
        made.record(*FIRST, *SECOND)
        yield made


def of(made: object) -> Any:
    """What a test of the inside reaches for."""
    return made


def test_a_bundle_holds_every_record_of_the_encounter_as_it_was_sealed(
    opened: Ledger, tmp_path: Path
) -> None:
    told = json.loads(bundle_of(opened, tmp_path / "b.json", "E4"))
    kept = {row.position: row for row in opened.rows()}
    streams = {each["stream"]: each["rows"] for each in told["streams"]}
    first, *chains = streams
    assert first.startswith("encounter/")
    assert chains
    assert all(name.startswith("identity/") for name in chains)
    for name, rows in streams.items():
        assert [each["position"] for each in rows] == [
            row.position for row in kept.values() if row.stream == name
        ]
        for each in rows:
            row = kept[each["position"]]
            assert (each["body"].encode(), each["tag"]) == (row.body, row.tag.hex())
            assert (each["leaf"], each["previous"]) == (row.leaf.hex(), row.previous.hex())
    assert len(streams[first]) == len(FIRST)
    said = said_of((tmp_path / "b.json").read_bytes())
    assert f"complete up to record {len(FIRST)}, as the ledger signed at size {len(kept)}" in said


def test_the_originals_are_the_bytes_as_received_and_may_be_left_out(
    opened: Ledger, tmp_path: Path
) -> None:
    whole = json.loads(bundle_of(opened, tmp_path / "a.json", "E4"))
    short = json.loads(bundle_of(opened, tmp_path / "b.json", "E4", originals=False))
    received = [verify_bundle.from_base64(each["content"], "") for each in whole["originals"]]
    assert received == FIRST
    assert short["originals"] == []
    for told in (whole, short):
        for content in FIRST:
            assert sha256(content).hexdigest() in told["statement"]
    assert "left out; their digests are signed" in said_of((tmp_path / "b.json").read_bytes())


def test_what_is_recorded_while_a_bundle_is_made_is_not_in_it(
    opened: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody records between the reading of the streams and that of the tree, and before both."""
    before = len(opened.rows())
    read = tree.inclusion_paths

    def while_somebody_records(*arguments: Any) -> Any:
        opened.record(change(FIRST[3], "while"))
        return read(*arguments)

    monkeypatch.setattr(gathering, "inclusion_paths", while_somebody_records)
    content = bundle_of(opened, tmp_path / "b.json", "E4")
    assert len(opened.rows()) == before + 1
    assert f"complete up to record {len(FIRST)}, as the ledger signed at size {before}" in said_of(
        content
    )
    until = before - len(SECOND)
    order = Order(file=tmp_path / "c.json", originals=True, since=None, until=until, at=TODAY)
    history = of(opened)._history("E4", until)
    make_bundle(of(opened)._store, of(opened)._keys, history, order)
    assert f"at size {until}" in said_of((tmp_path / "c.json").read_bytes())


def change(line: bytes, message: str) -> bytes:
    said = json.loads(line)
    return json.dumps({**said, "source": {**said["source"], "message": message}}).encode()


def test_every_size_of_a_ledger_hands_out_a_bundle_that_verifies_and_extends_every_earlier_one(
    tmp_path: Path,
) -> None:
    with ledger(tmp_path) as made:
        notes: list[bytes] = []
        for number, line in enumerate(FIRST):
            made.record(line, SECOND[number % len(SECOND)])
            notes.append(note_of(made))
            for earlier, note in enumerate(notes):
                (tmp_path / "kept").write_bytes(note)
                file = tmp_path / f"{number}-{earlier}.json"
                content = bundle_of(made, file, "E4", since=tmp_path / "kept")
                assert code_of(content, made.verification_key, note) == 0


# What is in the way


def test_a_bundle_overwrites_nothing_and_is_its_owners_alone(
    opened: Ledger, tmp_path: Path
) -> None:
    file = tmp_path / "b.json"
    opened.bundle("E4", file)
    before = file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(Refused, match="overwritten; name a new file"):
        opened.bundle("E4", file)
    assert file.read_bytes() == before
    assert sorted(tmp_path.iterdir()) == [file]


def test_what_was_cut_off_is_named_and_left(opened: Ledger, tmp_path: Path) -> None:
    part = tmp_path / "b.json.part"
    part.write_bytes(b"half")
    with pytest.raises(Refused, match="was cut off; if none is running, remove it"):
        opened.bundle("E4", tmp_path / "b.json")
    assert part.read_bytes() == b"half"
    with pytest.raises(NotFound, match="nowhere is not there"):
        opened.bundle("E4", tmp_path / "nowhere" / "b.json")
    with pytest.raises(NotFound, match="no record of this encounter"):
        opened.bundle("E9", tmp_path / "c.json")


def test_a_name_that_somebody_takes_meanwhile_is_left_to_them(
    opened: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, sync = tmp_path / "b.json", os.fsync

    def faster(handle: int) -> None:
        file.write_bytes(b"theirs")
        sync(handle)

    monkeypatch.setattr(os, "fsync", faster)
    with pytest.raises(Refused, match="came to be meanwhile"):
        opened.bundle("E4", file)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"theirs"]


def test_a_disk_that_fails_leaves_nothing_behind(
    opened: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(veinledger.VeinledgerError, match="no space left"):
        opened.bundle("E4", tmp_path / "b.json")
    assert list(tmp_path.iterdir()) == []


def never(*_: object) -> bool:
    return False


def test_a_bundle_that_its_verifier_would_not_read_is_not_made(
    opened: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify_bundle, "LARGEST", 1_000)
    with pytest.raises(Refused, match="leave the originals out"):
        opened.bundle("E4", tmp_path / "b.json")
    monkeypatch.setattr(verify_bundle, "LARGEST", 10**9)
    monkeypatch.setattr(verify_bundle, "included", never)
    with pytest.raises(LedgerDamaged, match="does not verify, and was not kept"):
        opened.bundle("E4", tmp_path / "b.json")
    assert list(tmp_path.iterdir()) == []


# A ledger that is not as it was written signs nothing


class Tampered:
    """A store of which something was changed behind the ledger's back."""

    def __init__(self, store: Store, **planted: Any) -> None:
        self._store = store
        self._planted = planted

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        if name not in self._planted:
            return found
        planted = self._planted[name]

        def changed(*arguments: Any, **named: Any) -> Any:
            return planted(found(*arguments, **named))

        return changed


def of_position(position: int, **fields: Any) -> Callable[[Any], Any]:
    def put(rows: Any) -> Any:
        return tuple(replace(r, **fields) if r.position == position else r for r in rows)

    return put


def without(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    return (rows[0], *rows[2:])


def with_a_leaf_changed(leaves: Iterator[bytes]) -> Iterator[bytes]:
    return (bytes(32) if number == 2 else leaf for number, leaf in enumerate(leaves))


def with_a_leaf_missing(leaves: Iterator[bytes]) -> Iterator[bytes]:
    return (leaf for number, leaf in enumerate(leaves) if number != len(FIRST) + 4)


def tuple_of_nothing(_: object) -> tuple[Row, ...]:
    return ()


def nothing(_: object) -> None:
    return None


def with_other_bytes(kept: KeptOriginal) -> KeptOriginal:
    return replace(kept, content=b"{}")


def with_another_type(kept: KeptOriginal) -> KeptOriginal:
    return replace(kept, media_type="text")


def empty(_: object) -> Iterator[bytes]:
    return iter(())


PLANTED: dict[str, dict[str, Any]] = {
    "a body changed": {"stream": of_position(3, body=b"{}")},
    "a tag changed": {"stream": of_position(3, tag=bytes(32))},
    "a leaf changed": {"stream": of_position(3, leaf=bytes(32))},
    "a chain broken": {"stream": of_position(3, previous=bytes(32))},
    "a record missing": {"stream": without},
    "no record left": {"stream": tuple_of_nothing},
    "another leaf by scan": {"leaves": with_a_leaf_changed},
    "a gap behind the encounter": {"leaves": with_a_leaf_missing},
    "no leaf left": {"leaves": empty},
    "an original missing": {"original": nothing},
    "an original changed": {"original": with_other_bytes},
    "an original of another type": {"original": with_another_type},
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_ledger_that_was_changed_signs_no_bundle(
    name: str, opened: Ledger, tmp_path: Path
) -> None:
    history = opened.history("E4")
    store = of(opened)._store
    order = Order(
        file=tmp_path / "b.json", originals=True, since=None, until=store.head(), at=TODAY
    )
    tampered: Any = Tampered(store, **PLANTED[name])
    with pytest.raises(LedgerDamaged, match="run `veinledger verify"):
        make_bundle(tampered, of(opened)._keys, history, order)
    assert list(tmp_path.iterdir()) == []
    make_bundle(store, of(opened)._keys, history, order)


def test_a_bundle_of_a_ledger_that_was_rolled_back_or_changed_since_a_checkpoint_is_not_signed(
    opened: Ledger, tmp_path: Path
) -> None:
    signer: Signer = of(opened)._keys.signer
    size = len(opened.rows())
    for other, said in ((size + 5, "some are gone from its end"), (size - 5, "were changed since")):
        note = signer.signed(Checkpoint(signer.name, other, bytes(32)).text)
        (tmp_path / "kept").write_text(f"{note}\n")
        with pytest.raises(LedgerDamaged, match=said):
            opened.bundle("E4", tmp_path / "b.json", since=tmp_path / "kept")
    assert not (tmp_path / "b.json").exists()


def test_of_a_file_of_checkpoints_the_newest_of_this_ledger_is_taken(
    opened: Ledger, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    stranger = given(1)
    own = note_of(opened)
    kept.write_bytes(stranger.early_checkpoint + own + stranger.late_checkpoint + own[:60])
    told = opened.bundle("E4", tmp_path / "b.json", since=kept)
    assert told.since == len(opened.rows())
    for content, said in (
        (stranger.early_checkpoint, "holds no checkpoint that"),
        (b"", "holds no checkpoint that"),
        (b"\xff", "holds no checkpoint that"),
        (b"x\n\n\xe2\x80\x94 a b\n\n", "holds no checkpoint that"),
    ):
        kept.write_bytes(content)
        with pytest.raises(BadInput, match=said):
            opened.bundle("E4", tmp_path / "c.json", since=kept)
    with pytest.raises(NotFound, match="name a file of checkpoints"):
        opened.bundle("E4", tmp_path / "c.json", since=tmp_path / "nowhere")


def test_the_signature_of_a_witness_is_not_taken_along(opened: Ledger, tmp_path: Path) -> None:
    """The verifier knows the ledger's key alone, so that nothing unchecked stands in a bundle."""
    witness = Signer("witness.example", b"\x02" * 32)
    own = note_of(opened).decode()
    text, _, signature = own.rstrip("\n").rpartition("\n\n")
    theirs = witness.signed(f"{text}\n").rstrip("\n").rpartition("\n\n")[2]
    (tmp_path / "kept").write_text(f"{text}\n\n{theirs}\n{signature}\n\n")
    content = bundle_of(opened, tmp_path / "b.json", "E4", since=tmp_path / "kept")
    assert "witness" not in content.decode()
    assert code_of(content, None, (tmp_path / "kept").read_bytes()) == 0


# What is shown


def test_records_are_shown_as_they_happened_with_who_said_so() -> None:
    _, lines = verify_bundle.answer(given().whole, show=True)
    shown = "\n".join(lines)
    said = [json.loads(line) for line in FIRST]
    told = [line for line in shown.splitlines() if line.startswith("  said by")]
    assert len(told) == len(FIRST)
    for each in said:
        assert f"said by   {each['actor']['id']}, {each['actor']['role']}" in shown
        assert f"message   {each['source']['message']}, item" in shown
    days = [line[1:11] for line in lines if line.startswith("\n2")]
    assert days == sorted(days)
    assert len(days) == len(FIRST)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("2026-03-01", "2026-03-01T00:00:00Z"),
        ("2026-03-01T09:00:00+02:00", "2026-03-01T08:30:00Z"),
        ("2026-03-01T09:00:00Z", "2026-03-01T09:00:00.5Z"),
        ("2026-03-01T09:00:00-05:00", "2026-03-01T14:00:01Z"),
    ],
)
def test_instants_of_one_day_are_put_in_order_whatever_their_offsets(
    earlier: str, later: str
) -> None:
    assert verify_bundle.instant(earlier) < verify_bundle.instant(later)


def about(encounter: str, kind: str, message: str, **fact: str) -> bytes:
    """A line of the coordinator, of the day on which the second encounter was opened."""
    source = {"connection": "coordinator", "message": message}
    actor = {"id": "c-1", "role": "coordinator"}
    said = {"encounter": encounter, "type": kind, "occurred_at": "2026-05-20", "source": source}
    return json.dumps({**said, "actor": actor, **fact}).encode()


def opened_again(name: str) -> bytes:
    """The second encounter, registered under another name."""
    (opening,) = (line for line in SECOND if b"encounter.opened" in line)
    source = {"connection": "coordinator", "message": f"O-{name}"}
    return json.dumps({**json.loads(opening), "encounter": name, "source": source}).encode()


def merged_into_e0(made: Ledger, *encounters: str) -> None:
    made.record(opened_again("E0"))
    for name in encounters:
        link = about(name, "encounter.linked", f"L-{name}", survivor="E0", reason="twice")
        assert made.record(link)[0].answer == "recorded"


def not_shown(content: bytes) -> list[str]:
    _, said = said_of(content).split("What this cannot show:\n")
    return said.splitlines()


def test_a_bundle_says_which_encounters_count_in_it_whose_records_are_not_in_it(
    tmp_path: Path,
) -> None:
    with ledger(tmp_path) as made:
        made.record(*SECOND)
        merged_into_e0(made, "E1")
        content = bundle_of(made, tmp_path / "b.json", "E0")
        records = len(SECOND) + 1
        assert f'\nmerged {records} "E1"\n' in json.loads(content)["statement"]
        assert code_of(content, made.verification_key) == 0
        assert not_shown(content)[0] == (
            f"- what was told of E1, which was merged into E0 and counts there: its {records}"
            " records are not in this bundle; ask for a bundle of E1 (`veinledger bundle E1`)"
        )
        assert f"merged      1 encounter, of {records} records that are not in" in said_of(content)
        assert made.bundle("E0", tmp_path / "c.json").merged == 1
        assert made.bundle("E1", tmp_path / "d.json").merged == 0


def test_a_bundle_says_of_a_merge_that_was_undone_where_its_end_is_told(tmp_path: Path) -> None:
    with ledger(tmp_path) as made:
        made.record(*SECOND)
        merged_into_e0(made, "E1")
        link = made.history("E1").records[-1]
        void = {"kind": "void", "sequence": link.seal.sequence, "hash": link.seal.leaf}
        told = json.loads(about("E1", "records.corrected", "V", reason="two patients"))
        assert made.record({**told, "changes": [void]})[0].answer == "recorded"
        content = bundle_of(made, tmp_path / "b.json", "E0")
    assert "\nmerged " not in json.loads(content)["statement"]
    assert code_of(content) == 0
    assert not_shown(content)[0] == (
        "- whether E1, which record 2 says was merged into E0, counts there still, and what was"
        " told of it: ask for a bundle of E1 (`veinledger bundle E1`)"
    )


def test_a_bundle_from_before_merges_were_stated_verifies_and_tells_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unstated(*_: Any) -> Iterator[tuple[str, str]]:
        return iter(())

    monkeypatch.setattr(making, "_merged", unstated)
    with ledger(tmp_path) as made:
        made.record(*SECOND)
        merged_into_e0(made, "E1")
        content = bundle_of(made, tmp_path / "b.json", "E0")
    assert code_of(content) == 0
    assert not_shown(content)[0].startswith("- whether E1, which record 2 says was merged into E0")


def test_of_encounters_merged_in_a_row_a_bundle_of_the_last_survivor_names_all(
    tmp_path: Path,
) -> None:
    with ledger(tmp_path) as made:
        made.record(*SECOND, opened_again("E7"))
        made.record(about("E7", "encounter.linked", "L-E7", survivor="E1", reason="twice"))
        merged_into_e0(made, "E1")
        content = bundle_of(made, tmp_path / "b.json", "E0")
    assert code_of(content) == 0
    assert [each.split()[5] for each in not_shown(content)[:2]] == ["E1,", "E7,"]
    assert f"2 encounters, of {len(SECOND) + 4} records" in said_of(content)


def test_a_bundle_of_an_encounter_with_nothing_merged_into_it_is_as_it_was() -> None:
    assert "\nmerged " not in json.loads(given().whole)["statement"]
    assert len(not_shown(given().whole)) == 3


def test_a_survivor_signs_no_bundle_where_a_record_of_what_was_merged_was_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ledger(tmp_path) as made:
        made.record(*SECOND)
        merged_into_e0(made, "E1")
        changed = made.history("E1").records[3].seal.position
        sealed = of(gathering)._is_sealed

        def but_one(row: Row, *more: Any) -> bool:
            return row.position != changed and bool(sealed(row, *more))

        monkeypatch.setattr(gathering, "_is_sealed", but_one)
        with pytest.raises(LedgerDamaged):
            made.bundle("E0", tmp_path / "b.json")


def test_nothing_in_a_bundle_moves_a_cursor_or_turns_a_line() -> None:
    assert verify_bundle.clean("a\x1b[2J\u202eb\nc\ud800") == "a\ufffd[2J\ufffdb\ufffdc\ufffd"
    said = verify_bundle.told_of({"b": [True, None, 1], "a": {"c": "x"}})
    assert said == "a c x, b yes; nothing; 1"


def test_a_refused_bundle_shows_no_record() -> None:
    code, lines = verify_bundle.answer(given().whole.replace(b"P-1004", b"P-1005"), show=True)
    assert (code, len(lines)) == (1, 1)


# The command


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    monkeypatch.setenv("VEINLEDGER_CHECKPOINTS", str(tmp_path / "checkpoints"))
    call = command_line(tmp_path, monkeypatch, capfd)
    call("record", str(ROOT / "examples" / "withdrawn.ndjson"))
    return call


def test_the_command_writes_a_bundle_and_the_program_that_verifies_it(
    cli: Cli, tmp_path: Path
) -> None:
    kept, file, program = tmp_path / "mine", tmp_path / "b.json", tmp_path / "verify.py"
    key = cli("checkpoint", "--to", str(kept), "--json").answer["key"]
    said = cli("bundle", "E4", "-o", str(file), "--since", str(kept), "--verifier", str(program))
    assert (said.code, said.err) == (0, "")
    assert "bundle made and verified: complete up to record 21, as signed at size" in said.flat
    assert key in said.flat
    assert "Tell the key by another way" in said.flat
    assert "E4" not in said.out, "the screen names nobody"
    assert program.read_bytes() == writing.verifier()
    assert code_of(file.read_bytes(), key, kept.read_bytes()) == 0
    again = cli("bundle", "E4", "-o", str(file))
    assert (again.code, again.out) == (3, "")


def test_the_command_says_that_records_of_merged_encounters_are_not_in_it_and_names_nobody(
    cli: Cli, tmp_path: Path
) -> None:
    lines = [line for line in SECOND if b"encounter.opened" in line]
    link = about("E1", "encounter.linked", "L", survivor="E4", reason="twice")
    told = cli("record", "-", stdin=b"\n".join([*lines, link]))
    said = cli("bundle", "E4", "-o", str(tmp_path / "b.json"))
    assert said.code == 0, told.err
    assert "without the records of 1 encounter merged into it" in said.flat
    assert "E1" not in said.out


def test_the_command_answers_in_json_and_leaves_originals_out(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "b.json"
    told = cli("bundle", "E4", "-o", str(file), "--without-originals", "--json").answer
    assert told["verifier"] is None
    assert told["bundle"]["originals"] is None
    assert told["bundle"]["bytes"] == file.stat().st_size
    assert told["bundle"]["records"] == 21


@pytest.mark.parametrize("words", [[], ["E4"], ["-o", "b.json"]])
def test_half_an_order_is_told_what_is_missing(cli: Cli, words: list[str]) -> None:
    said = cli("bundle", *words)
    assert said.code == 2
    assert "veinledger bundle E1 -o e1.json" in said.err


def test_a_ledger_that_somebody_writes_hands_out_a_bundle(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    more: dict[str, Any] = {"keys": tmp_path / "keys", "site": SITE, "checkpoints": tmp_path / "c"}
    with veinledger.open(url, **more) as writer:
        writer.record(*FIRST)
        with veinledger.open(url, **more, read_only=True) as reader:
            told = reader.bundle("E4", tmp_path / "b.json")
        assert told.records == len(FIRST)
        assert code_of((tmp_path / "b.json").read_bytes(), writer.verification_key) == 0


def test_what_holds_a_patient_shows_nothing_of_it(opened: Ledger) -> None:
    store, keys = of(opened)._store, of(opened)._keys
    wanted = gathering.Wanted(
        encounter="E4",
        streams=(opened.history("E4").records[0].seal.stream,),
        originals=(),
        with_originals=False,
        since=None,
        until=store.head(),
        signed=datetime(2026, 1, 1, tzinfo=UTC),
    )
    contents = gathering.gathered(store, keys, wanted)
    for each in (wanted, contents, contents.statement):
        assert "E4" not in repr(each)
    assert "E4" in contents.signed_statement
