"""`veinledger support`: read at 80 columns, as JSON, and with what it ends with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.given_command_line import Cli, command_line
from tests.given_ledger import ROOT


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    call = command_line(tmp_path, monkeypatch, capfd)
    call("record", str(ROOT / "examples" / "readmission_and_parkinsonism.ndjson"))
    return call


def enrolment(programme: str) -> bytes:
    line = {
        "encounter": "E5",
        "type": "support.enrolled",
        "occurred_at": "2026-02-24",
        "source": {"connection": "coordinator", "message": "E5-900"},
        "actor": {"id": "coord-1", "role": "cell therapy coordinator"},
        "programme": programme,
    }
    return json.dumps(line).encode()


def test_it_says_what_to_do_what_is_done_and_what_is_not_for_the_patient(cli: Cli) -> None:
    told = cli("support", "E5", "--as-of", "2026-02-25")
    assert told.code == 0
    assert "product carvykti, covered by a commercial plan" in told.out
    assert "enrolled on 2026-02-23 (record 17)" in told.flat
    assert "the collection was ordered on 2026-02-24" in told.flat
    assert "it is for patients of Medicare" in told.flat
    assert "(unverified)" in told.flat


def test_it_reads_at_80_columns(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    told = cli("support", "E5", "--as-of", "2026-02-25")
    assert max(map(len, told.out.splitlines())) <= 80


def test_its_json_has_every_task_with_its_key(cli: Cli) -> None:
    answer = cli("support", "E5", "--as-of", "2026-02-25", "--json").answer
    assert answer["coverage"] == ["commercial"]
    tasks = {each["rule"]: each for each in answer["tasks"]}
    assert tasks["carepath_hub"]["state"] == "do now"
    assert tasks["mycarvykti_navigation"]["state"] == "done"
    assert tasks["pan_grant"]["look_again"] == "2026-04-01"
    assert all(each["key"].startswith(f"{rule}/") for rule, each in tasks.items())


def test_a_hub_of_another_maker_is_told_and_ends_with_1(cli: Cli) -> None:
    cli("record", "-", stdin=enrolment("BMS Cell Therapy 360"))
    told = cli("support", "E5", "--as-of", "2026-02-25")
    assert told.code == 1
    assert "which is for ABECMA and BREYANZI; this encounter is for CARVYKTI" in told.flat
    assert "(record 68)" in told.flat
    assert cli("support", "E5", "--as-of", "2026-02-25", "--json").code == 1


def test_the_name_of_an_unknown_programme_is_not_repeated(cli: Cli) -> None:
    cli("record", "-", stdin=enrolment("Anna Example Relief"))
    told = cli("support", "E5", "--as-of", "2026-02-25")
    assert told.code == 1
    assert "Anna" not in told.out


def test_an_encounter_that_is_not_there_ends_with_4(cli: Cli) -> None:
    assert cli("support", "E77").code == 4
