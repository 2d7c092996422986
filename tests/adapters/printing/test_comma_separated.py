"""No cell of a table that the program writes is taken for a formula, wherever it is split."""

from __future__ import annotations

import csv
import re
import time
from io import StringIO
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veinledger.adapters.printing.comma_separated import harmless, table

FORMULAS: Final = [
    "=1+1", "+1", "-1", "@SUM(A1)", " =1+1", "  =1", "\u00a0=1+1", "=cmd|' /C calc'!A0", "|calc",
    "%0A=1", "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20A1", "\ufe661", "\u207c1", "\ufeff=1",
    "\u200b=1", '"=1+1', "'=1+1", "\t", "\r\n",
]  # fmt: skip
PLAIN: Final = [
    "", "E1", "2026-05-25", "a=b", "a-b", "rn-204", "1 - 2", "in effect", "Ärztin", "a,b c",
    "first; second", "a;b\tc\r\nd", "a; b=c",
]  # fmt: skip
WITHIN: Final = [
    ("a;=1+1", "a;'=1+1"), ("a\t=1+1", "a\t'=1+1"), ("a; =1", "a;' =1"),
    ("a;\uff1d1", "a;'\uff1d1"),
    ("a,b\n=c", "a,b\n'=c"), ("a\r\n=c", "a\r\n'=c"), ("a\r=c", "a\r'=c"), ('a;"=1', "a;'\"=1"),
    ("a;\t=1", "a;'\t'=1"), (";=1", ";'=1"), ("a;b;-1;c;@d", "a;b;'-1;c;'@d"),
    ("=1;=2", "'=1;'=2"), ("\t=1", "'\t'=1"), ("\n=1", "'\n'=1"), ("a\u2028+1", "a\u2028'+1"),
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_calculate_begins_with_an_apostrophe(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize(("text", "cell"), WITHIN)
def test_what_would_begin_a_cell_of_a_file_split_otherwise_begins_with_an_apostrophe(
    text: str, cell: str
) -> None:
    assert harmless(text) == cell


@pytest.mark.parametrize("text", PLAIN)
def test_what_it_would_show_is_left_as_it_is(text: str) -> None:
    assert harmless(text) == text


@given(
    st.lists(
        st.lists(
            st.text(st.characters(exclude_categories=["Cs"])) | st.text("=+-@;,\t\r\n \"'a"),
            min_size=2,
            max_size=2,
        )
    )
)
def test_as_many_rows_and_cells_come_out_as_went_in_and_none_is_a_formula(
    rows: list[list[str]],
) -> None:
    written = table(("a", "b"), rows)
    read = list(csv.reader(StringIO(written, newline=""), strict=True))
    assert read == [["a", "b"], *([harmless(cell) for cell in row] for row in rows)]
    for cell in (*(cell for row in read for cell in row), *re.split("[;\t\r\n]", written)):
        assert cell.lstrip(' \t\r\n"')[:1] not in set("=+-@")


@pytest.mark.parametrize("letter", list(";\t '"))
def test_a_long_run_of_what_is_skipped_is_read_once(letter: str) -> None:
    began = time.perf_counter()
    harmless(f"a{letter * 1_000_000}b")
    assert time.perf_counter() - began < 5
