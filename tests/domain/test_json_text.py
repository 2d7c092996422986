"""A text within a fact says an object or nothing, on every stack alike."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from veinledger.domain.json_text import DEEPEST, object_in


def within(depth: int) -> str:
    """An object with lists in one another, so many deep in all."""
    return '{"lines":' + "[" * (depth - 1) + "]" * (depth - 1) + "}"


def test_an_object_is_read_as_it_was_sent() -> None:
    text = '{"diagnoses":["C90.00"],"lines":[["2026-03-02","38206","1","12.50"]],"payer":"é"}'
    assert object_in(text) == json.loads(text)


@pytest.mark.parametrize("text", ["[]", "null", '"text"', "12", "{", "", "nothing", "9" * 5_000])
def test_what_is_no_object_says_nothing(text: str) -> None:
    assert object_in(text) == {}


def test_what_stands_deeper_than_a_report_may_have_it_says_nothing() -> None:
    assert object_in(within(DEEPEST)) == json.loads(within(DEEPEST))
    for depth in (DEEPEST + 1, 300, 990, 100_000):
        assert object_in(within(depth)) == {}


def test_a_text_is_read_alike_however_deep_the_stack_is() -> None:
    def below(frames: int, text: str) -> Mapping[str, Any]:
        return below(frames - 1, text) if frames else object_in(text)

    for depth in (DEEPEST, DEEPEST + 1, 600):
        assert below(0, within(depth)) == below(500, within(depth))


def test_half_of_a_character_says_nothing_and_both_halves_say_one() -> None:
    assert object_in('{"payer":"\\ud83d\\ude00"}') == {"payer": "😀"}
    for text in ('{"payer":"\\ud83d"}', '{"\\uDE00":1}', '{"lines":[["\\ud83d x"]]}'):
        assert object_in(text) == {}
