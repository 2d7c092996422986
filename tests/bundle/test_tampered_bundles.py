"""Whatever is changed in a bundle, the verdict is no in one sentence, or it says what it said."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from itertools import combinations
from typing import Any, cast

import pytest

from tests.bundle.given_bundles import Given, code_of, given, said_of, written
from tests.bundle.turned_bits import hold_against_turned_bits
from tests.tiers import size
from veinledger.adapters.bundle import verify_bundle
from veinledger.adapters.proof.notes import Checkpoint, Signer, read_note

Step = str | int
OTHER_VALUES: list[Any] = [
    None, True, 0, -1, 1, 2**63, 1.5, "", "x", "\ud800", "0" * 64, [], [[]], {}, {"": ""}, ["x"],
]  # fmt: skip


def places(value: Any, path: tuple[Step, ...] = ()) -> Iterator[tuple[Step, ...]]:
    """Where something stands in a bundle, at every depth."""
    if path:
        yield path
    steps: Any = ()
    if isinstance(value, dict):
        steps = cast("dict[str, Any]", value).items()
    elif isinstance(value, list):
        steps = enumerate(cast("Sequence[Any]", value))
    for step, each in steps:
        yield from places(each, (*path, step))


def put(bundle: Any, path: tuple[Step, ...], value: Any) -> Any:
    """A copy of a bundle with something else at a place."""
    made = deepcopy(bundle)
    parent = made
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = value
    return made


def dropped(bundle: Any, path: tuple[Step, ...]) -> Any:
    made = deepcopy(bundle)
    parent = made
    for step in path[:-1]:
        parent = parent[step]
    del parent[path[-1]]
    return made


def at(bundle: Any, path: tuple[Step, ...]) -> Any:
    for step in path:
        bundle = bundle[step]
    return bundle


def small(bundle: Any) -> list[tuple[Step, ...]]:
    """Every place, but of rows, paths and originals the first and the last alone."""
    found = list(places(bundle))
    if size(0, 1):
        return found
    last = {len(bundle["streams"][0]["rows"]) - 1, len(bundle["originals"]) - 1, 0}
    return [path for path in found if all(step in last for step in path if isinstance(step, int))]


def test_the_bundles_that_are_changed_here_verify() -> None:
    for number in (0, 1):
        made = given(number)
        for content in (made.early, made.whole, made.plain, made.without_originals, made.other):
            assert code_of(content, made.key) == 0


def test_a_bundle_from_which_anything_is_dropped_is_refused() -> None:
    whole = json.loads(given().whole)
    for path in small(whole):
        assert code_of(written(dropped(whole, path))) in (1, 2), path


@pytest.mark.parametrize("value", OTHER_VALUES, ids=repr)
def test_a_bundle_that_says_something_else_anywhere_is_refused(value: Any) -> None:
    whole = json.loads(given().whole)
    for path in small(whole):
        if at(whole, path) != value or type(at(whole, path)) is not type(value):
            assert code_of(written(put(whole, path, value))) in (1, 2), path


def test_fields_in_another_order_and_other_blanks_change_nothing() -> None:
    whole = json.loads(given().whole)
    turned = dict(reversed(whole.items()))
    assert code_of(json.dumps(turned, indent=7, sort_keys=True).encode(), given().key) == 0


def test_a_bundle_that_is_cut_off_anywhere_is_not_readable() -> None:
    content = given().whole
    for end in range(0, len(content) - 2, size(997, 97, 1)):
        assert code_of(content[:end]) == 2
    assert code_of(content + b"x") == 2
    assert code_of(content + content) == 2


@pytest.mark.stochastic
def test_one_bit_anywhere_is_noticed_or_changes_nothing() -> None:
    """A bit of a blank or of an escape may leave the JSON as it is; then the answer is the same."""
    content = given().whole
    hold_against_turned_bits(content, size(500, 4_000, 8 * len(content)), "bundle")


# Records


def rows(bundle: Any, stream: int = 0) -> list[Any]:
    found: list[Any] = bundle["streams"][stream]["rows"]
    return found


def swapped(bundle: Any, one: int, other: int) -> None:
    of = rows(bundle)
    of[one], of[other] = of[other], of[one]


def bodies_exchanged(bundle: Any) -> None:
    one, other = rows(bundle)[1], rows(bundle)[2]
    one["body"], other["body"] = other["body"], one["body"]


def renumbered_without_the_last(bundle: Any) -> None:
    rows(bundle).pop()


def chained_anew(bundle: Any) -> None:
    """Somebody changes a body and works out every leaf and every chain after it anew."""
    of = rows(bundle)
    of[1]["body"] = of[1]["body"].replace("E4", "E4", 1).replace("coord", "other", 1) + " "
    previous = of[0]["leaf"]
    for row in of[1:]:
        row["previous"] = previous
        known = verify_bundle.row_from(row)
        stream = bundle["streams"][0]["stream"]
        row["leaf"] = verify_bundle.leaf_of(bundle["ledger"], stream, known).hex()
        previous = row["leaf"]


CHANGES: dict[str, Callable[[Any], object]] = {
    "two records exchanged": lambda b: swapped(b, 1, 2),
    "the first and the last exchanged": lambda b: swapped(b, 0, -1),
    "the bodies of two exchanged": bodies_exchanged,
    "the first missing": lambda b: rows(b).pop(0),
    "one in the middle missing": lambda b: rows(b).pop(3),
    "the last missing": renumbered_without_the_last,
    "one twice": lambda b: rows(b).insert(2, deepcopy(rows(b)[1])),
    "the last twice": lambda b: rows(b).append(deepcopy(rows(b)[-1])),
    "no record left": lambda b: rows(b).clear(),
    "a chain of identity missing": lambda b: b["streams"].pop(),
    "a chain of identity twice": lambda b: b["streams"].append(deepcopy(b["streams"][-1])),
    "the streams exchanged": lambda b: b["streams"].reverse(),
    "no stream left": lambda b: b["streams"].clear(),
    "every leaf worked out anew": chained_anew,
    "an original missing": lambda b: b["originals"].pop(),
    "originals exchanged": lambda b: b["originals"].reverse(),
    "no original left": lambda b: b["originals"].clear(),
    "the checkpoint as the earlier one": lambda b: b["since"].update(checkpoint=b["checkpoint"]),
    "no earlier checkpoint": lambda b: b.update(since=None),
    "the consistency proof turned": lambda b: b["since"]["path"].reverse(),
    "the statement for the checkpoint": lambda b: b.update(checkpoint=b["statement"]),
    "the checkpoint for the statement": lambda b: b.update(statement=b["checkpoint"]),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_bundle_whose_parts_are_moved_is_refused(name: str) -> None:
    whole = json.loads(given().whole)
    before = deepcopy(whole)
    CHANGES[name](whole)
    assert whole != before
    assert code_of(written(whole)) in (1, 2)


def test_a_record_of_another_encounter_is_not_taken_for_one_of_this() -> None:
    whole, other = json.loads(given().whole), json.loads(given().other)
    for number in range(min(len(rows(whole)), len(rows(other)))):
        assert code_of(written(put(whole, ("streams", 0, "rows", number), rows(other)[number]))) > 0
    assert code_of(written(put(whole, ("streams", 0), other["streams"][0]))) == 1


@pytest.mark.parametrize("donor", ["early", "plain", "without_originals", "other", "stranger"])
def test_no_mixture_of_two_bundles_verifies(donor: str) -> None:
    """Any fields from one, the rest from another: only the two themselves are believed."""
    whole = json.loads(given().whole)
    of = given(1).whole if donor == "stranger" else getattr(given(), donor)
    other = json.loads(of)
    names = [name for name in whole if whole[name] != other[name]]
    assert len(names) > 1
    for count in range(1, len(names)):
        for some in combinations(names, count):
            mixed = {**whole, **{name: other[name] for name in some}}
            assert code_of(written(mixed)) in (1, 2), some


def test_the_ledgers_own_statement_about_fewer_records_makes_an_older_bundle_and_says_so() -> None:
    """Handing on an older bundle is no forgery; the verdict tells up to where it is complete."""
    assert "complete up to record 9, as the ledger signed" in said_of(given().early)
    assert "complete up to record 13, as the ledger signed" in said_of(given().whole)


# Keys and checkpoints


def forged(made: Given) -> tuple[bytes, str]:
    """A bundle that somebody signed with a key of their own, under the ledger's name."""
    whole = json.loads(made.whole)
    thief = Signer(f"veinledger/{whole['ledger']}", b"\x01" * 32)
    whole["keys"] = [thief.key.text]
    for place in (whole, whole["since"]):
        place["checkpoint"] = thief.signed(read_note(place["checkpoint"]).text)
    whole["statement"] = thief.signed(read_note(whole["statement"]).text)
    return written(whole), thief.key.text


def test_a_bundle_signed_anew_is_consistent_and_no_more_and_a_trusted_key_shows_it() -> None:
    content, key = forged(given())
    assert code_of(content) == 0, "the control: nothing in it is wrong but the key"
    assert "consistent with the key in the bundle; ask its owner" in said_of(content)
    assert code_of(content, key) == 0
    assert code_of(content, given().key) == 1
    assert "another key than the one that you trust" in said_of(content, given().key)
    assert code_of(content, None, given().late_checkpoint) == 1
    assert "none of your checkpoints is signed" in said_of(content, None, given().late_checkpoint)


def test_a_checkpoint_of_ones_own_ties_the_bundle_by_its_size_or_by_the_consistency_proof() -> None:
    made = given()
    assert "the one that you hold, of size" in said_of(made.plain, None, made.late_checkpoint)
    assert "extends the one that you hold" in said_of(made.whole, None, made.early_checkpoint)
    assert "the one that you trust" in said_of(made.whole, made.key, made.early_checkpoint)
    for content, held in (
        (made.plain, made.early_checkpoint),
        (made.whole, made.latest_checkpoint),
        (made.early, made.late_checkpoint),
    ):
        assert code_of(content, None, held) == 1
        assert "nothing ties it to your checkpoint of size" in said_of(content, None, held)
    both = made.early_checkpoint + made.latest_checkpoint
    assert code_of(made.whole, None, both) == 0, "one of them is enough"


def test_that_a_newer_checkpoint_stands_in_the_same_file_is_told() -> None:
    made = given()
    early, late, latest = made.early_checkpoint, made.late_checkpoint, made.latest_checkpoint
    newest = latest.split(b"\n")[1].decode()
    said = said_of(made.whole, None, early + latest)
    assert f"; a newer one, of size {newest}, stands in your file, and nothing ties" in said
    assert "newer" not in said_of(made.whole, None, early)
    assert "newer" not in said_of(made.whole, None, early + late)
    first = (json.loads(made.early)["checkpoint"] + "\n").encode()
    several = said_of(made.early, None, first + late + latest)
    assert f"; 2 newer ones, up to size {newest}, stand in your file, and nothing ties" in several


def test_half_a_note_costs_itself_alone_and_is_counted() -> None:
    made = given()
    early, late = made.early_checkpoint, made.late_checkpoint
    for end in (10, 60, 120, late.index(b"\xe2") + 1, len(late) - 9):
        for parted in (b"", b"\n\n"):
            held = late[:end] + parted + early + early
            assert code_of(made.whole, None, held) == 0, (end, parted)
            said = said_of(made.whole, None, held)
            assert "cannot be read" in said
            assert "of size" in said
    assert "cannot be read" not in said_of(made.whole, None, early + early)


def test_a_checkpoint_of_the_same_size_with_another_root_is_another_history() -> None:
    made, whole = given(), json.loads(given().whole)
    checkpoint = Checkpoint.from_text(read_note(whole["checkpoint"]).text)
    thief = Signer(checkpoint.origin, b"\x01" * 32)
    content, _ = forged(made)
    for known in (whole["checkpoint"], whole["since"]["checkpoint"]):
        true = Checkpoint.from_text(read_note(known).text)
        other = thief.signed(Checkpoint(true.origin, true.size, bytes(32)).text)
        held = f"{other}\n{thief.signed(true.text)}\n".encode()
        assert code_of(content, None, held) == 1
        assert "another history" in said_of(content, None, held)


@pytest.mark.parametrize(
    "held",
    [
        b"",
        b"\n\n",
        b"no note",
        b"\xff\xfe",
        b"a\n\n\xe2\x80\x94 b c\n",
        b"a\n1\nx\n\n\xe2\x80\x94 a",
    ],
)
def test_a_file_that_holds_no_checkpoint_is_not_readable(held: bytes) -> None:
    assert code_of(given().whole, None, held) == 2


def test_what_a_power_cut_left_at_the_end_of_a_file_of_checkpoints_is_passed_over() -> None:
    made = given()
    for end in range(1, len(made.late_checkpoint) - 100, 25):
        cut = made.early_checkpoint + made.late_checkpoint[:end]
        assert code_of(made.whole, None, cut) == 0


@pytest.mark.parametrize("key", ["", "x", "a+b+c", "veinledger/00+00000000+AAAA", "\ud800+x+y"])
def test_a_key_that_is_none_is_not_readable(key: str) -> None:
    assert code_of(given().whole, key) == 2


# What is no bundle at all


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{}", b"[]", b"null", b"1", b'"x"', b"{", b"\xff", b"\xef\xbb\xbf{}", b"NaN",
        b"[" * 200_000, b'{"a":' * 200_000, b'{"format":"veinledger-bundle/1"}',
        b'{"format":["veinledger-bundle/1"]}', b"9" * 100_000, b"1e999999", b"-0",
        b'{"format":"veinledger-bundle/1","format":"veinledger-bundle/1"}',
    ],
    ids=lambda content: content[:24].decode("ascii", "replace"),
)  # fmt: skip
def test_what_is_no_bundle_gives_one_sentence(content: bytes) -> None:
    assert code_of(content) == 2


def test_a_bundle_of_a_later_format_names_it() -> None:
    later = put(json.loads(given().whole), ("format",), "veinledger-bundle/2")
    assert "another format, veinledger-bundle/2" in said_of(written(later))


def test_a_bundle_that_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify_bundle, "LARGEST", len(given().whole) - 1)
    assert said_of(given().whole).startswith("not readable: it has more than")


def test_base64_has_one_spelling() -> None:
    whole = json.loads(given().whole)
    content = next(each["content"] for each in whole["originals"] if each["content"][-1] == "=")
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    end = content.rstrip("=")
    other = end[:-1] + letters[letters.index(end[-1]) ^ 1] + content[len(end) :]
    assert base64.b64decode(other) == base64.b64decode(content), "a careless reader sees no change"
    for each in whole["originals"]:
        each["content"] = other if each["content"] == content else each["content"]
    assert code_of(written(whole)) == 2


# Controls: a verifier that skips a step is caught by the tests above


def moved_within_the_tree() -> bytes:
    whole = json.loads(given().whole)
    rows(whole)[2]["path"][0] = "0" * 64
    return written(whole)


def signed_by_nobody() -> bytes:
    whole = json.loads(given().whole)
    note = read_note(whole["statement"])
    (signature,) = note.signatures
    said = base64.b64encode(signature.hint + bytes(64)).decode()
    whole["statement"] = f"{note.text}\n\u2014 {signature.name} {said}\n"
    return written(whole)


def with_another_body() -> bytes:
    whole = json.loads(given().whole)
    rows(whole)[2]["body"] += " "
    return written(whole)


def with_another_proof() -> bytes:
    whole = json.loads(given().whole)
    whole["since"]["path"][0] = "0" * 64
    return written(whole)


SKIPPED: dict[str, tuple[str, Callable[..., Any], Callable[[], bytes]]] = {
    "the path to the root": ("included", lambda *_: True, moved_within_the_tree),
    "the signature": ("holds", lambda *_: True, signed_by_nobody),
    "the leaf": ("leaf_of", lambda *given_to: given_to[2].leaf, with_another_body),
    "the consistency proof": ("extends", lambda *_: True, with_another_proof),
}


@pytest.mark.parametrize("step", SKIPPED)
def test_a_verifier_that_skips_a_step_believes_what_this_one_refuses(
    step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, planted, tampered = SKIPPED[step]
    content = tampered()
    assert code_of(content) == 1
    monkeypatch.setattr(verify_bundle, name, planted)
    assert code_of(content) == 0
