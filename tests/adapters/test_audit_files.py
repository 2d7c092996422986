"""The audit trail as a table for a spreadsheet and as a page to print."""

from __future__ import annotations

import csv
import re
from io import StringIO
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.test_cli import Cli, cli
from tests.given_ledger import lines_of
from veinledger.adapters.cli.audited.spreadsheet import HEADS, harmless, table

__all__ = ["cli"]

FORMULAS: Final = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", "\u00a0=1+1",
    "=cmd|' /C calc'!A0", "|calc", "%0A=1", "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20A1",
    "\ufeff=1", '"=1+1', "'=1+1", "\t", "\r\n=HYPERLINK(\"x\")",
]  # fmt: skip
PLAIN: Final = ["", "E1", "2026-05-25", "a=b", "rn-204", "1 - 2", "in effect", "Ärztin", "a,b\n=c"]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_calculate_begins_with_an_apostrophe(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", PLAIN)
def test_what_it_would_show_is_left_as_it_is(text: str) -> None:
    assert harmless(text) == text


@given(
    st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2))
)
def test_as_many_rows_and_cells_come_out_as_went_in_and_none_is_a_formula(
    rows: list[list[str]],
) -> None:
    read = list(csv.reader(StringIO(table(("a", "b"), rows), newline=""), strict=True))
    assert read == [["a", "b"], *([harmless(cell) for cell in row] for row in rows)]
    for row in read[1:]:
        assert all(cell.lstrip(" \t\r\n")[:1] not in set("=+-@") for cell in row)


@pytest.fixture
def told(cli: Cli) -> Any:
    """E1 from the referral to the surveillance, by a nurse whose name is a formula."""
    lines = b"\n".join(lines_of("page_patient_2l"))
    cli("record", "-", stdin=lines.replace(b'"rn-204"', b'"=HYPERLINK(1)"'))
    return cli("audit", "E1", "--json").answer


def test_the_table_has_every_entry_and_a_name_that_is_a_formula_as_text(
    cli: Cli, told: Any, tmp_path: Path
) -> None:
    file = tmp_path / "e1.csv"
    assert cli("audit", "E1", "--csv", str(file)).code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    content = file.read_bytes().decode()
    assert content.count("\r\n") == content.count("\n") == len(told["entries"]) + 1
    rows = list(csv.DictReader(StringIO(content, newline=""), strict=True))
    assert tuple(rows[0]) == HEADS
    assert [(int(r["position"]), r["report_key"], r["leaf"]) for r in rows] == [
        (e["position"], e["record"], e["leaf"]) for e in told["entries"]
    ]
    assert {"'=HYPERLINK(1)"} == {r["actor_id"] for r in rows if "HYPERLINK" in r["actor_id"]}


def test_the_report_has_every_entry_escaped_and_says_what_it_was_narrowed_to(
    cli: Cli, told: Any, tmp_path: Path
) -> None:
    file = tmp_path / "e1.html"
    assert cli("audit", "E1", "--type", "patient", "--report", str(file)).code == 0
    page = file.read_text(encoding="utf-8")
    wanted = [e for e in told["entries"] if e["type"].startswith("patient.")]
    assert f"{len(wanted)} of {len(told['entries'])} records: type patient." in page
    assert len(re.findall(r"position \d+", page)) == len(wanted) + 1
    assert "<script" not in page


@pytest.mark.usefixtures("told")
def test_no_file_is_written_over(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "mine"
    file.write_text("mine")
    for option in ("--csv", "--report"):
        said = cli("audit", "E1", option, str(file))
        assert said.code == 3
        assert file.read_text() == "mine"


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    ("option", "value"),
    [("--since", "yesterday"), ("--until", "2026-05-01"), ("--happened-since", "May")],
)
def test_a_time_that_is_none_is_named_with_what_would_have_been_right(
    cli: Cli, option: str, value: str
) -> None:
    said = cli("audit", "E1", option, value)
    assert said.code == 2
    assert option in said.err
    assert "such as" in said.err or "YYYY-MM-DD" in said.err


def test_a_claim_that_went_out_is_told_with_its_form_and_its_digests(cli: Cli) -> None:
    sent = [line for line in lines_of("infusion_date_corrected") if b"claim.submitted" in line]
    cli("record", "-", stdin=b"\n".join(lines_of("infusion_date_corrected")))
    entries = cli("audit", "E9", "--type", "claim.submitted", "--json").answer["entries"]
    assert len(entries) == len(sent)
    for entry in entries:
        assert "frequency" in entry["says"][0]
        assert [name for name, _ in entry["digests"]][:2] == ["rule pack", "claim"]
        assert all(len(digest) == 64 for _, digest in entry["digests"])
