"""Each small type at its limits and one step beyond: at the border, and as rows are read again."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import msgspec
import pytest
from pydantic import TypeAdapter, ValidationError

from tests.domain.given_limits import takes_from_to, takes_these_and_not_those
from veinledger.domain import values
from veinledger.domain.facts.base import STRICT

AT_MOST = {
    "Text": 200,
    "LongText": 4_000,
    "JsonText": 400_000,
    "Identifier": 100,
}
"""Characters of a text."""

SHAPES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "Identifier": (
        ("a", "ab", "A-1 b"),
        ("", " a", "a ", "a\n", "\na", "a\x07b", "a\x7fb", "\x7fa", "a\x1f"),
    ),
    "Ndc": (
        ("1234-567-8", "12345-6789-01", "12345678901"),
        (
            *("123-567-8", "123456-789-01", "1234-56-78", "1234-56789-1", "1234-567-"),
            *("1234-567-890", "1234567890", "123456789012", "12345678901\n"),
        ),
    ),
    "Code": (
        ("A", "9", "C90.00", "Q2056", "A123456789"),
        ("", "a", ".A", "A1234567890", "Q2056\n"),
    ),
    "Digest": (("0" * 64, "f" * 64), ("0" * 63, "0" * 65, "F" * 64, "0" * 64 + "\n")),
    "RevenueCode": (("0891",), ("891", "00891", "089A", "0891\n")),
    "Drg": (("018",), ("18", "0018", "01A", "018\n")),
    "DischargeStatus": (("01",), ("1", "001", "0A", "01\n")),
}
"""Texts that are taken, and texts that are not."""

WHOLE: dict[str, tuple[int, int]] = {
    "Count": (0, 999_999),
    "Ordinal": (1, 999_999),
    "Sequence": (0, 100_000_000_000),
    "Grade": (1, 5),
    "IceScore": (0, 10),
    "Cells": (0, 100_000_000_000),
}
"""The least and the most of a whole number."""

BROKEN: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "Number": (("-99999999.9999", "99999999.9999"), ("0.00001", "123456789.1234")),
    "Milligrams": (("0.0001", "99999999.9999"), ("0", "-0.0001", "0.00001", "999999999.9999")),
    "Quantity": (("0", "99999999.9999"), ("-0.0001", "0.00001", "999999999.9999")),
    "Dollars": (("0", "999999999.999"), ("-0.001", "0.0001", "9999999999.999")),
    "Balance": (("-999999999.999", "999999999.999"), ("0.0001", "9999999999.999")),
    "Kilograms": (("0.0001", "499.9999", "500"), ("0", "500.0001", "1.00001")),
    "Centimetres": (("0.0001", "299.9999", "300"), ("0", "300.0001", "1.00001")),
    "SquareMetres": (("0.0001", "4.9999", "5"), ("0", "5.0001", "1.00001")),
    "Percent": (("0", "99.9999", "100"), ("-0.0001", "100.0001", "1.00001")),
    "Celsius": (("-273", "99.9999", "100"), ("-273.0001", "100.0001", "1.00001")),
}
"""Numbers with places that are taken, and such that are not."""

Judged = Callable[[str, object], bool]


def taken(name: str, value: object) -> bool:
    """Whether the border takes it."""
    try:
        TypeAdapter[Any](getattr(values, name), config=STRICT).validate_python(value)
    except ValidationError:
        return False
    return True


def read(name: str, value: object) -> bool:
    """Whether it is read out of a row of the ledger."""
    try:
        msgspec.json.decode(msgspec.json.encode(value), type=getattr(values, name))
    except msgspec.ValidationError:
        return False
    return True


JUDGES = pytest.mark.parametrize("judge", [taken, read])


@JUDGES
@pytest.mark.parametrize("name", AT_MOST)
def test_a_text_has_its_longest_and_its_shortest(name: str, judge: Judged) -> None:
    most, least = AT_MOST[name], 2 if name == "JsonText" else 1
    right, wrong = ("x" * most, "x" * least), ("x" * (most + 1), "x" * (least - 1))
    takes_these_and_not_those(partial(judge, name), right, wrong)


@JUDGES
@pytest.mark.parametrize("name", SHAPES)
def test_a_text_of_a_shape_is_taken_and_no_other(name: str, judge: Judged) -> None:
    takes_these_and_not_those(partial(judge, name), *SHAPES[name])


@JUDGES
@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_number_has_its_least_and_its_most(name: str, judge: Judged) -> None:
    takes_from_to(partial(judge, name), *WHOLE[name])


@pytest.mark.parametrize("name", BROKEN)
def test_a_number_has_its_limits_and_its_places(name: str) -> None:
    right, wrong = BROKEN[name]
    takes_these_and_not_those(partial(taken, name), map(Decimal, right), map(Decimal, wrong))


@pytest.mark.parametrize("text", ["1850-01-01", "2199-12-31"])
def test_the_first_and_the_last_year_of_a_ledger_are_taken(text: str) -> None:
    assert values.day_of(text).isoformat() == text


@pytest.mark.parametrize("text", ["1849-12-31", "2200-01-01"])
def test_a_year_outside_is_a_typing_error(text: str) -> None:
    with pytest.raises(ValueError, match="from 1850 to 2199"):
        values.day_of(text)


@pytest.mark.parametrize(
    ("name", "pattern"),
    [("Day", None), ("Moment", f"^{values.DAY_PATTERN}({values.CLOCK_PATTERN})?{values.END}")],
)
def test_what_a_schema_says_of_a_time_is_what_is_taken(name: str, pattern: str | None) -> None:
    schema = TypeAdapter[Any](getattr(values, name), config=STRICT).json_schema()
    assert schema.get("pattern") == pattern
    assert "YYYY-MM-DD" in schema["description"]


@pytest.mark.parametrize("text", ["0", "-0", "10.5", "-999999999999.9999"])
def test_a_number_is_written_plainly(text: str) -> None:
    assert re.fullmatch(values.NUMBER_PATTERN, text)


@pytest.mark.parametrize("text", ["", "01", "1.", ".5", "1e3", "1000000000000", "1.00001", "+1"])
def test_a_number_is_not_written_otherwise(text: str) -> None:
    assert not re.fullmatch(values.NUMBER_PATTERN, text)
