"""Receipts that senders kept, against whoever edits, cuts off or puts back: `verify --receipt`.

Each attack has its control: without the receipt it passes.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.store_contract import Clock, append, draft
from tests.adapters.test_anchored import deleted, edited, put, rows_in, sealed_anew, swapped
from tests.adapters.test_receipts import LINES, opened, receipt
from tests.adapters.test_rotation import rotated as with_another_root
from tests.adapters.test_rotation import told as recorded_beside
from tests.adapters.test_verify import Ledger as File
from tests.given_command_line import Cli, command_line
from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.errors import BadInput, NotFound
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.store.anchoring import Outside
from veinledger.adapters.store.keys import Keys
from veinledger.adapters.store.opening import open_store
from veinledger.adapters.store.verify import Verification, verify
from veinledger.adapters.store.witnessed import Kept
from veinledger.domain.intake.outcome import Outcome
from veinledger.domain.ledger.port import Row
from veinledger.domain.ledger.receipt import Receipt
from veinledger.domain.ledger.seal import tag_of
from veinledger.domain.ledger.tree import root_of


def keep(folder: Path, *outcomes: Outcome) -> Path:
    """As a sender keeps them: a receipt a line."""
    file = folder / "kept.ndjson"
    lines = [json.dumps(asdict(receipt(each))) + "\n" for each in outcomes]
    with file.open("a") as kept:
        kept.writelines(lines)
    return file


def verified(folder: Path, *files: Path, **more: Any) -> Verification:
    with opened(folder, read_only=True) as found:
        return found.verify(receipts=[str(file) for file in files], **more)


def damaged(found: Verification) -> list[int | None]:
    return [fault.position for fault in found.faults]


# ---- All is as it was -------------------------------------------------------------------------


def test_every_receipt_of_a_ledger_that_went_on_holds_and_is_told_in_words(tmp_path: Path) -> None:
    for start in range(0, len(LINES), 9):
        with opened(tmp_path) as found:
            keep(tmp_path, *found.record(*LINES[start : start + 9]))
    file = keep(tmp_path)
    told = verified(tmp_path, file)
    assert (told.consistent, len(told.receipts)) == (True, len(LINES))
    assert all(each.holds for each in told.receipts)
    assert str(told.receipts[0]) == (
        f"line 1 of {file}: record 2 is there with its leaf; the receipt carries no checkpoint"
    )
    assert str(told.receipts[-1]).endswith(
        "is there with its leaf; the ledger extends the receipt's checkpoint over records 1 to 24"
    )


def test_the_checkpoint_of_a_receipt_vouches_for_the_rows_like_any_other(tmp_path: Path) -> None:
    with opened(tmp_path) as found:
        found.record(*LINES[:9])
    with opened(tmp_path) as found:
        file = keep(tmp_path, *found.record(*LINES[9:12]))
        size = len(found.rows()) - 3  # and the reading of these rows is recorded on closing
    assert verified(tmp_path).verdict == "consistent, not anchored", "the control"
    told = verified(tmp_path, file)
    assert (told.anchored, told.checkpoints) == (size, 0)
    assert told.verdict.startswith(f"as the ledger signed it up to record {size}; 4 records since")


@pytest.mark.parametrize("rows", [1, 4_094, 4_095, 4_096, 8_191, 9_000])
def test_in_bulk_and_row_by_row_find_the_same_leaves_at_every_chunk(
    tmp_path: Path, rows: int
) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    store, keys = open_store(url, keys=tmp_path, clock=Clock())
    drafts = [draft(f"encounter/{n % 5}", b"x") for n in range(rows)]
    for start in range(0, rows, 500):
        append(store, *drafts[start : start + 500])
    leaves = list(store.leaves())
    sizes = {1, 2, 4_095, 4_096, 4_097, 8_192, 8_193, len(leaves)}
    kept = [a_receipt(leaves, size) for size in sorted(sizes, reverse=True) if size <= len(leaves)]
    told = verify(store, keys, kept)
    assert (told.consistent, told.anchored) == (True, len(leaves))
    other = verify(store, keys, [*kept, replace(kept[0], leaf=bytes(32))])
    store.close()
    assert damaged(other) == [len(leaves)]
    assert other.receipts[:-1] == told.receipts


def a_receipt(leaves: list[bytes], size: int) -> Kept:
    signed = Outside(size=size, root=root_of(leaves[:size]), called="a receipt")
    return Kept(
        position=size, leaf=leaves[size - 1], checkpoint=signed, disbelieved=None, called=f"{size}"
    )


# ---- Something is not as it was ---------------------------------------------------------------


def put_back(folder: Path, copy: Path) -> None:
    for left in folder.glob("ledger.sqlite*"):
        left.unlink()
    shutil.rmtree(folder / "elsewhere")
    shutil.copy(copy, folder / "ledger.sqlite")


def test_an_older_copy_put_back_with_its_own_keys_is_found_by_a_newer_receipt(
    tmp_path: Path,
) -> None:
    with opened(tmp_path) as found:
        early = keep(tmp_path, *found.record(*LINES[:9])).rename(tmp_path / "early.ndjson")
        found.backup(tmp_path / "older.sqlite")
        late = keep(tmp_path, *found.record(*LINES[9:11]))
    put_back(tmp_path, tmp_path / "older.sqlite")
    assert verified(tmp_path).verdict == "consistent, not anchored", "the control"
    assert verified(tmp_path, early).consistent, "an older receipt knows nothing of it"
    told = verified(tmp_path, early, late)
    records = told.records
    assert damaged(told) == [records + 1, records + 2]
    assert f"is not there, for this file holds {records}: the end was cut off" in told.verdict
    assert f"by the receipt in line 2 of {late}" in told.verdict
    assert [each.holds for each in told.receipts] == [True] * 9 + [False] * 2


def test_one_that_was_put_back_and_gone_on_with_is_found_by_leaf_and_by_checkpoint(
    tmp_path: Path,
) -> None:
    with opened(tmp_path) as found:
        found.record(*LINES[:5])
        found.backup(tmp_path / "older.sqlite")
        late = keep(tmp_path, *found.record(*LINES[5:7]))
    with opened(tmp_path) as found:
        (again,) = found.record(LINES[0])
    later = tmp_path / "later.ndjson"
    later.write_text(json.dumps(asdict(receipt(again))))
    put_back(tmp_path, tmp_path / "older.sqlite")
    with opened(tmp_path) as found:
        found.record(*LINES[8:14])
    shutil.rmtree(tmp_path / "elsewhere")
    assert verified(tmp_path).verdict == "consistent, not anchored", "the control"
    told = verified(tmp_path, late)
    assert len(damaged(told)) == 2
    assert "is there with another leaf" in told.verdict
    told = verified(tmp_path, later)
    assert damaged(told) == [receipt(again).position]
    assert "is there with its leaf; the receipt's checkpoint was signed over other" in told.verdict
    assert told.anchored == 0


def test_one_put_back_to_before_its_key_was_rotated_is_found(tmp_path: Path) -> None:
    """The checkpoint is then signed by a key that the copy never heard of: a finding, no error."""
    recorded_beside(tmp_path, *LINES[:8])
    shutil.copy(tmp_path / "ledger.sqlite", tmp_path / "older.sqlite")
    with_another_root(tmp_path)
    shutil.copytree(tmp_path / "checkpoints", tmp_path / "elsewhere")
    with opened(tmp_path) as found:
        found.record(LINES[8])
    with opened(tmp_path) as found:
        file = keep(tmp_path, *found.record(LINES[0], LINES[9]))
    assert verified(tmp_path, file).consistent
    put_back(tmp_path, tmp_path / "older.sqlite")
    assert verified(tmp_path).consistent, "the control"
    told = verified(tmp_path, file)
    assert len(damaged(told)) == 2
    assert "is there with its leaf; the receipt's checkpoint is not signed by" in told.verdict


FORGERIES: dict[str, Callable[[list[Row]], list[Row]]] = {
    "an edited row": edited,
    "a removed row": deleted,
    "two bodies exchanged": swapped,
    "an end cut off": lambda rows: rows[:-1],
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_who_holds_the_root_key_and_seals_anew_is_found_by_a_receipt_without_a_checkpoint(
    tmp_path: Path, forgery: str
) -> None:
    with opened(tmp_path) as found:
        file = keep(tmp_path, *found.record(*LINES))
        keys = found._keys  # pyright: ignore[reportPrivateUsage]
    attacked = File(tmp_path / "ledger.sqlite", keys, found.ledger_id)
    attack(attacked, keys, FORGERIES[forgery])
    assert verified(tmp_path).verdict == "consistent, not anchored", "the control"
    told = verified(tmp_path, file)
    assert not told.consistent
    assert not told.anchored
    first = next(each for each in told.receipts if not each.holds)
    assert first.called in told.verdict


def attack(file: File, keys: Keys, forgery: Callable[[list[Row]], list[Row]]) -> None:
    def true_tag(tagged: bytes, _: Row) -> bytes:
        return tag_of(tagged, keys.tag_key)

    put(file, sealed_anew(forgery(rows_in(file)), file.ledger_id, true_tag))


def test_a_row_that_is_gone_from_the_middle_is_missed_at_its_own_position(tmp_path: Path) -> None:
    with opened(tmp_path) as found:
        file = keep(tmp_path, *found.record(*LINES[:12]))
        keys = found._keys  # pyright: ignore[reportPrivateUsage]
    attacked = File(tmp_path / "ledger.sqlite", keys, found.ledger_id)
    attacked.attack(lambda found: found.execute("DELETE FROM records WHERE position = 6"))
    told = verified(tmp_path, file)
    assert [each.position for each in told.receipts if not each.holds] == [6]
    assert "record 6: is not there: it was removed after the receipt was given" in told.verdict


def test_more_receipts_than_faults_are_listed_are_all_told(tmp_path: Path) -> None:
    with opened(tmp_path) as found:
        given = asdict(receipt(found.record(LINES[0])[0]))
    file = tmp_path / "many.ndjson"
    file.write_text("".join(json.dumps(given | {"position": n}) + "\n" for n in range(50, 170)))
    told = verified(tmp_path, file)
    assert (len(told.faults), told.unlisted, len(told.receipts)) == (100, 20, 120)
    assert not any(each.holds for each in told.receipts)


# ---- As they are kept -------------------------------------------------------------------------


def test_outcomes_lines_answers_and_bare_receipts_are_all_read(tmp_path: Path) -> None:
    with opened(tmp_path) as found:
        outcomes = found.record(*LINES[:3], b"{")
    first, second, third, refused = (json.loads(as_json(each)) for each in outcomes)
    bare = first["receipt"]
    without = {name: value for name, value in bare.items() if name != "checkpoint"}
    answer = {"outcomes": [{"line": 1, "outcome": third}, {"line": 2, "answer": "refused"}]}
    values = [first, {"line": 2, "outcome": second}, refused, bare, without]
    file = tmp_path / "kept"
    lines = [json.dumps(each) for each in values]
    file.write_text("\ufeff" + "\n\n".join([*lines, json.dumps(answer, indent=2)]) + "\r\n")
    told = verified(tmp_path, file)
    assert told.consistent, told.verdict
    assert [each.called for each in told.receipts] == [
        *(f"line {line} of {file}" for line in (1, 3, 5, 7, 9)),
        f"outcome 1 in line 11 of {file}",
    ]
    assert [each.position for each in told.receipts] == [2, 3, 5, 2, 2, 4]


SECRET = "MRN4711"
GOOD = {"ledger": "0" * 32, "position": 2, "leaf": "0" * 64, "checkpoint": None}
MALFORMED: dict[str, tuple[str, str]] = {
    "no JSON": (f"{SECRET} {{", "is no JSON"),
    "cut off": (json.dumps(GOOD)[:-3], "is no JSON, or is cut off"),
    "a name twice": (f'{{"ledger": "{SECRET}", "ledger": "x"}}', "is no JSON"),
    "NaN": ('{"position": NaN}', "is no JSON"),
    "nested too deep": ("[" * 100_000, "is no JSON"),
    "a number without end": ('{"position": ' + "9" * 5_000 + "}", "is no JSON"),
    "a list": (f'["{SECRET}"]', "is no JSON object"),
    "a report": (json.dumps({"encounter": SECRET, "type": "x"}), "a name that no receipt has"),
    "no position": (json.dumps(GOOD | {"position": None}), "no `position`"),
    "a yes for a position": (json.dumps(GOOD | {"position": True}), "no `position`"),
    "position 0": (json.dumps(GOOD | {"position": 0}), "a `position` that no record can have"),
    "a huge position": (json.dumps(GOOD | {"position": 1 << 70}), "that no record can have"),
    "a short leaf": (json.dumps(GOOD | {"leaf": SECRET}), "no `leaf` of 64"),
    "a leaf in capitals": (json.dumps(GOOD | {"leaf": "A" * 64}), "no `leaf` of 64"),
    "no ledger": (json.dumps(GOOD | {"ledger": SECRET}), "no `ledger` of 32"),
    "another ledger": (json.dumps(GOOD), "is of ledger 0000"),
    "an outcome without": (json.dumps({"answer": "recorded"}), "an outcome without its receipt"),
    "an outcome of null": (json.dumps({"line": 1, "outcome": None}), "is no JSON object"),
    "a number for a checkpoint": (
        json.dumps(GOOD | {"checkpoint": 7}),
        "that is no text",
    ),
    "a checkpoint that is none": ("checkpoint", "has a `checkpoint` that is none"),
    "another's checkpoint": ("another's", "has a `checkpoint` of another ledger"),
}


def text_of(case: str, found: Ledger) -> str:
    text = MALFORMED[case][0]
    ours = GOOD | {"ledger": found.ledger_id.hex()}
    if text == "checkpoint":
        return json.dumps(ours | {"checkpoint": SECRET})
    if text == "another's":
        return json.dumps(ours | {"checkpoint": found.checkpoint().replace("veinledger/", "x/")})
    return text


@pytest.mark.parametrize("case", MALFORMED)
def test_what_is_no_receipt_is_one_error_that_says_where_and_repeats_nothing(
    tmp_path: Path, case: str
) -> None:
    file = tmp_path / "kept.ndjson"
    with opened(tmp_path) as found:
        good = json.dumps(asdict(receipt(found.record(LINES[0])[0])))
        file.write_text(f"{good}\n{text_of(case, found)}\n{good}\n")
        with pytest.raises(BadInput) as caught:
            found.verify(receipts=[str(file)])
    said = str(caught.value)
    assert said.startswith(f"line 2 of {file} ")
    assert MALFORMED[case][1] in said
    assert "a receipt is a JSON object of `ledger` (32 hexadecimal digits)" in said
    assert SECRET not in said


def test_a_file_without_receipts_a_binary_one_and_none_at_all_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text('{"answer": "refused"}\n')
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with opened(tmp_path) as found:
        for name, words in (("empty", "holds no receipt"), ("binary", "they are text in UTF-8")):
            with pytest.raises(BadInput, match=words):
                found.verify(receipts=[str(tmp_path / name)])
        with pytest.raises(NotFound, match="name a file of receipts"):
            found.verify(receipts=[str(tmp_path / "none")])


def test_a_checkpoint_that_another_key_signed_is_found_whatever_the_key_that_is_trusted(
    tmp_path: Path,
) -> None:
    with opened(tmp_path) as found:
        found.checkpoint()
        file = keep(tmp_path, *found.record(LINES[0]))
        own = found.verification_key
        other = Receipt(**json.loads(file.read_text()))
    assert verified(tmp_path, file, key=own).consistent
    changed = (other.checkpoint or "").replace("\n1\n", "\n2\n")
    file.write_text(json.dumps(asdict(replace(other, checkpoint=changed))))
    told = verified(tmp_path, file)
    assert "the receipt's checkpoint is not signed by" in told.verdict
    assert damaged(told) == [2]


# ---- As typed ---------------------------------------------------------------------------------


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    monkeypatch.setenv("VEINLEDGER_CHECKPOINTS", str(tmp_path / "elsewhere"))
    return command_line(tmp_path, monkeypatch, capfd)


def test_what_record_prints_is_what_verify_takes(cli: Cli, tmp_path: Path) -> None:
    answers = [cli("record", "-", "--json", stdin=b"\n".join(LINES)).out for _ in range(2)]
    (tmp_path / "answers.json").write_text("".join(answers))
    said = cli("verify", "--receipt", str(tmp_path / "answers.json"))
    assert said.code == 0
    assert "54 receipts held against them: 54 of them hold." in said.out
    assert "outcome 27 in line 1 of" in said.out
    by_pipe = cli("verify", "--quick", "--receipt", "-", stdin=answers[1].encode())
    assert by_pipe.code == 0
    assert "outcome 27 in line 1 of standard input: record 33 is there with its leaf" in by_pipe.out
    assert not {"E4", "P-1004"} & set(re.findall(r"[\w-]+", said.out + by_pipe.out))


def test_verify_ends_with_5_where_a_receipt_is_of_what_is_not_there_and_names_its_line(
    cli: Cli, tmp_path: Path
) -> None:
    cli("record", "-", stdin=b"\n".join(LINES[:9]))
    cli("backup", str(tmp_path / "older.sqlite"))
    answer = cli("record", "-", "--json", stdin=b"\n".join(LINES)).answer
    file = tmp_path / "kept.ndjson"
    file.write_text("".join(json.dumps(each) + "\n" for each in answer["outcomes"]))
    put_back(tmp_path, tmp_path / "older.sqlite")
    assert cli("verify").code == 0, "the control"
    said = cli("verify", "--receipt", str(file))
    assert said.code == 5
    assert "not as the ledger wrote it" in said.out
    assert f"by the receipt in line 27 of {file}" in said.flat
    assert f"line 9 of {file}: record 10 is there with its leaf" in said.flat
    told = cli("verify", "--json", "--receipt", str(file)).answer
    assert [each["holds"] for each in told["receipts"]] == [True] * 9 + [False] * 18


def test_verify_ends_with_2_at_a_receipt_that_is_none(cli: Cli) -> None:
    cli("record", "-", stdin=LINES[0])
    said = cli("verify", "--receipt", "-", stdin=b'{"position": 1}')
    assert (said.code, said.out) == (2, "")
    assert "line 1 of standard input has no `ledger`" in said.err
