"""`veinledger replay` by hand: counts, digests, processes, and another edition."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.given_command_line import Cli, command_line
from tests.given_ledger import ROOT

WITHDRAWN = str(ROOT / "examples" / "withdrawn.ndjson")


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    made = command_line(tmp_path, monkeypatch, capfd)
    made("record", WITHDRAWN)
    return made


def test_a_replay_says_what_it_read_and_one_digest(call: Cli) -> None:
    said = call("replay", "--json")
    assert said.code == 0
    found = said.answer
    assert (found["encounters"], found["claims_kept"], found["illegal"]) == (1, 0, [])
    assert len(found["digest"]) == 64
    shown = call("replay").out
    assert found["digest"] in shown
    assert "no claim was kept that could be compared" in shown


def test_two_processes_say_what_one_says(call: Cli) -> None:
    assert call("replay", "--jobs", "2", "--json").out == call("replay", "--json").out


def test_one_more_record_is_another_digest(call: Cli) -> None:
    before = call("replay", "--json").answer["digest"]
    call("record", str(ROOT / "examples" / "page_patient_2l.ndjson"))
    assert call("replay", "--json").answer["digest"] != before


def test_another_edition_is_told_in_claims_visits_findings_and_dollars(call: Cli) -> None:
    said = call("replay", "--against", "page", "--json")
    assert said.code == 1
    found = said.answer
    assert found["differ"] == 1
    assert found["claims"]["changed"] == len(found["each"][0]["claims"]) > 0
    assert found["charges"] != found["charges_against"]
    shown = call("replay", "--against", "page", "--encounter", found["each"][0]["encounter"])
    assert "38206" in shown.out
    assert "R05" in shown.out


def test_the_two_ways_round_tell_the_same_amounts(call: Cli) -> None:
    here = call("replay", "--against", "page", "--json").answer
    there = call("replay", "--edition", "page", "--against", "public", "--json").answer
    assert here["charges"] == there["charges_against"]
    assert here["findings_came"] == there["findings_went"]


def test_an_edition_is_not_held_against_itself(call: Cli) -> None:
    said = call("replay", "--against", "public")
    assert (said.code, "name the other one" in said.err) == (2, True)


def test_an_encounter_that_is_not_there_is_not_found(call: Cli) -> None:
    assert call("replay", "--encounter", "nobody").code == 4
