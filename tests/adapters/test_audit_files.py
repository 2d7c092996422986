"""The audit trail as a table for a spreadsheet and as a page to print."""

from __future__ import annotations

import csv
import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.test_cli import Cli, cli
from tests.given_ledger import lines_of
from tests.minimal import MINIMAL
from veinledger.adapters.cli.audited.spreadsheet import HEADS

__all__ = ["cli"]


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


def test_a_name_that_hides_a_formula_behind_a_semicolon_begins_no_cell_with_it(cli: Cli) -> None:
    """Where a list is written with semicolons, a spreadsheet splits the same file at these."""
    lines = b"\n".join(lines_of("page_patient_2l"))
    cli("record", "-", stdin=lines.replace(b'"rn-204"', b'"a;=1+1"'))
    rows = cli("audit", "E1", "--csv", "-").out.splitlines()
    assert [row for row in rows if ",a;'=1+1," in row]
    cells = [cell for row in rows for cell in re.split("[;\t]", row)]
    assert not [cell for cell in cells if cell.lstrip(' "').startswith(tuple("=+-@"))]


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


@pytest.mark.parametrize("narrowed", [("--type", "patient"), ("--role", "nobody at all")])
def test_the_json_of_a_part_says_of_how_many_records_it_is_and_what_was_asked_for(
    cli: Cli, told: Any, narrowed: tuple[str, str]
) -> None:
    option, value = narrowed
    part = cli("audit", "E1", *narrowed, "--json").answer
    assert part["of"] == len(told["entries"]) > part["shown"] == len(part["entries"])
    assert part["asked"] == {option.removeprefix("--"): value}
    assert (told["of"], told["shown"]) == (len(told["entries"]), len(told["entries"]))
    assert told["asked"] == {}


def test_each_row_of_a_table_says_of_how_many_records_it_is_a_part_and_what_was_asked_for(
    cli: Cli, told: Any
) -> None:
    said = cli("audit", "E1", "--type", "patient", "--since", "2020-01-01T00:00:00Z", "--csv", "-")
    rows = list(csv.DictReader(StringIO(said.out, newline=""), strict=True))
    asked = "type patient, since 2020-01-01 00:00:00+00:00"
    assert {(row["of_records"], row["asked_for"]) for row in rows} == {
        (str(len(told["entries"])), asked)
    }
    assert f"the table shows {len(rows)} of {len(told['entries'])} records: {asked}" in said.err


def test_a_table_of_nothing_says_beside_it_of_how_many_records_that_is(cli: Cli, told: Any) -> None:
    said = cli("audit", "E1", "--type", "crs", "--role", "nobody", "--csv", "-")
    assert said.out.splitlines() == [",".join(HEADS)]
    everything = len(told["entries"])
    assert f"the table shows 0 of {everything} records: role nobody, type crs" in said.err


DAY = ("--as-of", "2026-06-01")
MOMENT = ("--known-at", "2030-01-01T00:00:00Z")
ASKED = "as of 2026-06-01, known at 2030-01-01 00:00:00+00:00"


def test_each_form_names_the_moments_that_were_asked_about(
    cli: Cli, told: Any, tmp_path: Path
) -> None:
    happened = [each for each in told["entries"] if each["day"] <= "2026-06-01"]
    of = f"{len(happened)} of {len(told['entries'])} records: {ASKED}"
    said = cli("audit", "E1", *DAY, *MOMENT).out
    assert ASKED in " ".join(said.partition("rule pack")[0].split())
    assert f"{of};" in " ".join(said.split())
    answer = cli("audit", "E1", *DAY, *MOMENT, "--json").answer
    assert (answer["as_of"], answer["known_at"]) == ("2026-06-01", "2030-01-01T00:00:00+00:00")
    assert answer["asked"] == {"as_of": "2026-06-01", "known_at": "2030-01-01 00:00:00+00:00"}
    assert answer["shown"] == len(happened) < answer["of"]
    table = cli("audit", "E1", *DAY, *MOMENT, "--csv", "-")
    rows = list(csv.DictReader(StringIO(table.out, newline=""), strict=True))
    assert {row["asked_for"] for row in rows} == {ASKED}
    assert of in table.err
    page = tmp_path / "e1.html"
    cli("audit", "E1", *DAY, *MOMENT, "--report", str(page))
    shown = re.sub(r"</?time>", "", page.read_text(encoding="utf-8"))
    assert of in shown
    assert "As of</dt><dd>2026-06-01<" in shown
    assert "Known at</dt><dd>2030-01-01 00:00:00+00:00<" in shown


@pytest.mark.usefixtures("told")
def test_without_a_moment_none_is_named(cli: Cli) -> None:
    assert ", as of" not in cli("audit", "E1").out
    answer = cli("audit", "E1", "--json").answer
    assert (answer["as_of"], answer["known_at"]) == (None, None)


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("command", [("audit", "E1"), ("reads",)])
def test_two_answers_on_one_stdout_are_refused(cli: Cli, command: tuple[str, ...]) -> None:
    said = cli(*command, "--json", "--csv", "-")
    assert (said.code, said.out) == (2, "")
    assert "--json and --csv - both answer on stdout: leave one of them out" in said.err


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
    sent: dict[str, object] = {
        "encounter": "E9",
        "type": "claim.submitted",
        "occurred_at": "2026-07-01",
        "source": {"connection": "epic-adt", "message": "S", "item": 1},
        "actor": {"id": "biller-1", "role": "biller"},
        **MINIMAL["claim.submitted"],
    }
    lines = [*lines_of("infusion_date_corrected"), json.dumps(sent).encode()]
    assert cli("record", "-", stdin=b"\n".join(lines)).code == 0
    (entry,) = cli("audit", "E9", "--type", "claim.submitted", "--json").answer["entries"]
    assert "frequency" in entry["says"][0]
    assert [name for name, _ in entry["digests"]][:2] == ["rule pack", "claim"]
    assert all(len(digest) == 64 for _, digest in entry["digests"])


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("nosuch", "`veinledger facts` lists all"),
        ("claims", "did you mean claim or "),
        ("infused", "did you mean cells.infused or "),
        ("claim.submit", "did you mean claim.submitted"),
        ("", "`veinledger facts` lists all"),
    ],
)
def test_a_type_that_no_fact_has_is_refused_with_the_names_near_it(
    cli: Cli, name: str, near: str
) -> None:
    said = cli("audit", "E1", "--type", name)
    assert (said.code, said.out) == (2, "")
    assert f"--type {name!r} is no fact and no kind of facts; {near}" in said.err


@pytest.mark.usefixtures("told")
def test_every_fact_and_every_kind_of_facts_may_be_asked_for(cli: Cli) -> None:
    for name in ("claim", "crs.graded", "records", "report.confirmed"):
        assert cli("audit", "E1", "--type", name).code == 0


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    ("command", "since", "until", "ends"),
    [
        ("audit", "--since", "--until", ("2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z")),
        ("audit", "--happened-since", "--happened-until", ("2026-06-01", "2026-07-01")),
        ("reads", "--since", "--until", ("2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z")),
    ],
)
def test_a_span_that_ends_before_it_begins_is_refused(
    cli: Cli, command: str, since: str, until: str, ends: tuple[str, str]
) -> None:
    first, last = ends
    said = cli(command, "E1", since, last, until, first)
    assert (said.code, said.out) == (2, "")
    assert f"{since} is later than {until}: give the earlier one first" in said.err
    assert cli(command, "E1", since, first, until, last).code == 0
    assert cli(command, "E1", since, first, until, first).code == 0
