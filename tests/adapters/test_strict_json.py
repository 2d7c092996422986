"""Strict JSON: what two readers could understand in two ways is refused, without a word of it."""

from __future__ import annotations

import json
import traceback
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from veinledger.adapters.codec.canonical import canonical
from veinledger.adapters.codec.strict_json import (
    MAX_BYTES,
    MAX_DEPTH,
    NotStrictJson,
    parse,
    plain_number,
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = st.integers(-(10**12) + 1, 10**12 - 1) | st.decimals(
    -99_999_999, 99_999_999, places=4, allow_nan=False
)
TREES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


def faults(content: bytes, *names: str) -> list[tuple[str, str]]:
    with pytest.raises(NotStrictJson) as caught:
        parse(content, frozenset(names))
    return [(fault.path, fault.found) for fault in caught.value.faults]


@given(TREES)
def test_what_is_written_canonically_is_read_back_the_same(tree: Any) -> None:
    assert parse(canonical(tree)) == tree


@given(TREES)
def test_a_number_stays_what_it_was_written_as(tree: Any) -> None:
    assert canonical(parse(canonical(tree))) == canonical(tree)


@given(st.binary(max_size=40) | TREES.map(canonical).flatmap(st.permutations).map(bytes))
@example(b'{"a":1')
@example(b"\xef\xbb\xbf{}")
@example(b'"\\ud83d"')
@example(b"-")
@example(b"01")
@example(b"[" * 31)
@example(b'"\x00"')
def test_bytes_are_read_as_python_reads_them_or_refused_and_nothing_else(content: bytes) -> None:
    try:
        value = parse(content)
    except NotStrictJson:
        return
    assert value == json.loads(content, parse_float=Decimal)


@pytest.mark.parametrize("content", [b'{"a":1,"a":1}', b'{"a":{"b":1,"b":2}}', b'[{"a":1,"a":2}]'])
def test_an_object_that_says_one_name_twice_is_refused(content: bytes) -> None:
    [(_, found)] = faults(content)
    assert found == "an object that says one name twice"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("-0.5", Decimal("-0.5")),
        ("123456789012", 123456789012),
        ("12345678.1234", Decimal("12345678.1234")),
        ("588494.808", Decimal("588494.808")),
    ],
)
def test_a_number_of_twelve_digits_and_four_places_is_read_exactly(text: str, number: Any) -> None:
    assert parse(text.encode()) == number
    assert type(parse(text.encode())) is type(number)


@pytest.mark.parametrize(
    "text",
    ["1e5", "1E5", "1.0e0", "1234567890123", "0.12345", "123456789.1234", "9" * 5000, "1e-400"],
)
def test_a_number_that_is_longer_or_has_an_exponent_is_refused(text: str) -> None:
    [(path, found)] = faults(f'{{"units":{text}}}'.encode(), "units")
    assert (path, found) in [("units", "another number"), ("units", "a longer number")]


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_refused(text: str) -> None:
    assert faults(f"[0,{text}]".encode()) == [("1", "no number (NaN or Infinity)")]


@pytest.mark.parametrize("text", ["1_000", "+1", ".5", "5.", "٣", "1 ", ""])
def test_only_ascii_digits_in_json_form_are_a_plain_number(text: str) -> None:
    assert plain_number("1000.5") == Decimal("1000.5")
    assert plain_number(text) is None


@pytest.mark.parametrize("bracket", [b"[", b'{"a":'])
@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 100_000])
def test_depth_is_refused_before_anything_could_run_out_of_stack(
    bracket: bytes, depth: int
) -> None:
    assert faults(bracket * depth) == [("", f"objects or lists more than {MAX_DEPTH} deep")]


def test_the_deepest_allowed_is_read() -> None:
    assert parse(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH) is not None


def test_brackets_within_texts_do_not_count_as_depth() -> None:
    assert parse(canonical({"a": "[{" * 500 + '"\\', "b": ["[" * 40]})) is not None
    assert parse(b"[" + b",".join([b"[]"] * 500) + b"]") == [[]] * 500


def test_unclosed_texts_full_of_escapes_are_refused_in_no_time() -> None:
    content = b"[" * 20 + b"{" * 13 + b'"' + b'\\"' * 400_000
    assert faults(content) == [("", f"objects or lists more than {MAX_DEPTH} deep")]


def test_a_line_over_the_limit_is_refused_by_its_size() -> None:
    content = b'"' + b"x" * (MAX_BYTES - 2) + b'"'
    assert parse(content) == "x" * (MAX_BYTES - 2)
    assert faults(content + b" ") == [("", f"{MAX_BYTES + 1} bytes")]


@pytest.mark.parametrize("content", [b"\xff", b'"\xc3("', b'"\xed\xa0\x80"', "é".encode("latin-1")])
def test_bytes_that_are_not_utf_8_are_refused(content: bytes) -> None:
    assert faults(content) == [("", "bytes that are not UTF-8")]


def test_a_replacement_character_that_was_sent_is_text() -> None:
    assert parse('"\ufffd"'.encode()) == "\ufffd"


@pytest.mark.parametrize("content", [b'"\\ud800"', b'["\\udc00\\ud800"]', b'{"\\ud800":1}'])
def test_half_a_character_is_refused(content: bytes) -> None:
    [(_, found)] = faults(content)
    assert found.startswith("half of a character")


def test_a_whole_character_told_in_two_halves_is_text() -> None:
    assert parse(b'"\\ud83d\\ude00"') == "\N{GRINNING FACE}"


@pytest.mark.parametrize("content", [b"", b" ", b"{", b"{}{}", b"{'a':1}", b"nul", b'{"a":1,}'])
def test_what_is_not_json_is_refused_with_its_place(content: bytes) -> None:
    [(path, found)] = faults(content)
    assert path == ""
    assert found.startswith("something that is not JSON at line 1, character ")


def test_a_path_shows_the_names_it_was_given_and_no_other() -> None:
    content = b'{"drug":{"dose":NaN,"Erika":[NaN]}}'
    assert [path for path, _ in faults(content, "drug", "dose")] == [
        "drug.dose",
        "drug.(a name that is not known).0",
    ]


@pytest.mark.parametrize(
    "content",
    [
        b'{"CANARY":1,"CANARY":"CANARY"}',
        b'{"a":"CANARY","b":NaN}',
        b'{"a":"CANARY"',
        b'{"a":"CANARY\xff"}',
        b'"CANARY' + b"[" * 3,
        b"[" * 40 + b'"CANARY"',
        b'{"CANARY":1e7}',
    ],
)
def test_an_error_holds_nothing_of_the_text(content: bytes) -> None:
    with pytest.raises(NotStrictJson) as caught:
        parse(content)
    error = caught.value
    told = [str(error), repr(error), repr(error.args), repr(vars(error))]
    told += traceback.format_exception(error)[-1:]
    assert "CANARY" not in "".join(told)
    assert error.__cause__ is None
    assert error.__context__ is None
