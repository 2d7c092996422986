"""`veinledger authorization`: what it says, what it writes, and what it never tells in an error."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.given_command_line import Cli, command_line
from tests.given_ledger import ledger, lines_of
from veinledger.adapters.errors import NotFound

BEFORE = ("--as-of", "2026-03-15")


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    """The command line with the page's two patients on its ledger."""
    call = command_line(tmp_path, monkeypatch, capfd)
    told = [*lines_of("page_patient_2l"), *lines_of("page_patient_4l")]
    assert call("record", "-", stdin=b"\n".join(told)).code == 0
    return call


def asked(cli: Cli, *args: str) -> Any:
    said = cli("authorization", *args, "--json")
    assert said.code == 0
    return said.answer


def state(answer: Any, item: str) -> str:
    found = next(each for each in answer["checklist"] if each["item"] == item)
    return str(found["state"])


def test_the_first_patient_lacks_what_nobody_reported(cli: Cli) -> None:
    said = cli("authorization", "E1", *BEFORE)
    assert said.code == 0
    assert "not complete: " in said.out
    assert "ECOG is not on record" in said.flat
    assert "refractory to lenalidomide: progression 21 days after the last dose" in said.flat
    assert "the request so far: not requested" in said.out
    assert said.flat.index("ECOG performance status") < said.flat.index("Prior therapy log")


def test_what_the_payer_answered_is_shown_as_of_its_day(cli: Cli) -> None:
    assert asked(cli, "E1", *BEFORE)["answers"]["standing"] == "not requested"
    later = asked(cli, "E1", "--as-of", "2026-03-20")["answers"]
    assert later["standing"] == "granted"
    assert later["told"][0]["reference"] == "AUTH-55120"


def test_medicare_is_asked_nothing(cli: Cli) -> None:
    said = cli("authorization", "E2", "--as-of", "2026-03-01")
    assert "no formal prior authorization. Nothing is sent" in said.flat
    answer = asked(cli, "E2", "--as-of", "2026-03-01")
    assert answer["policy"]["authorization"] == "none"
    assert [each["item"] for each in answer["checklist"] if each["state"] == "have"] == [
        "indication_documented"
    ]
    assert state(answer, "fact_accreditation") == "not asked"


def test_the_page_asks_medicare_for_fact_and_the_rems_too(cli: Cli) -> None:
    answer = asked(cli, "E2", "--as-of", "2026-03-01", "--edition", "page")
    asked_for = {each["item"]: each for each in answer["checklist"]}
    for name in ("fact_accreditation", "rems_certification"):
        assert asked_for[name]["state"] == "missing"
        assert "no fact tells where the cells will be given" in asked_for[name]["found"]
        assert asked_for[name]["evidence"]
    assert answer["narrative"]["indication"]["name"] == "fourth_line"
    assert len(answer["narrative"]["classes"]) == 3
    assert all(each["given"] for each in answer["narrative"]["classes"])


def test_in_public_the_fourth_line_is_judged_by_what_is_on_the_label(cli: Cli) -> None:
    answer = asked(cli, "E2", "--as-of", "2026-03-01")
    assert answer["narrative"]["indication"]["name"] == "second_line"
    assert any("no indication on the label" in each for each in answer["remarks"])


@pytest.mark.parametrize("payer", ["unitedhealthcare", "birch_health", "medicare"])
def test_another_payer_or_a_policy_can_be_asked_about(cli: Cli, payer: str) -> None:
    answer = asked(cli, "E1", *BEFORE, "--payer", payer)
    assert answer["form"]["coverage"]["payer"] == payer
    assert answer["form"]["coverage"]["member_id"] is None
    assert any("no coverage with this payer on record" in each for each in answer["remarks"])
    assert any(each["what"] == "the coverage" for each in answer["gaps"])


def test_a_payer_that_nobody_knows_is_named_with_those_that_are_known(cli: Cli) -> None:
    said = cli("authorization", "E1", *BEFORE, "--payer", "nobody")
    assert said.code == 4
    assert "harbor_health" in said.err
    assert "unitedhealthcare" in said.err


def test_after_the_infusion_the_evidence_is_judged_as_of_its_day(cli: Cli) -> None:
    answer = asked(cli, "E1", "--as-of", "2026-11-02")
    assert answer["judged_on"] < answer["as_of"]
    assert any("The cells were infused on" in each for each in answer["remarks"])


def test_the_document_is_written_and_nothing_of_it_is_on_the_screen(
    cli: Cli, tmp_path: Path
) -> None:
    file = tmp_path / "packet.html"
    said = cli("authorization", "E1", *BEFORE, "--document", str(file))
    assert (said.code, said.out) == (0, "")
    assert "names the patient" in said.err
    assert "Ada" not in said.err
    assert "Example, Ada" in file.read_text(encoding="utf-8")
    again = cli("authorization", "E1", *BEFORE, "--document", str(file), "--json")
    assert again.code == 3
    assert "there already" in again.err
    assert "Ada" not in again.err
    assert again.out == ""


def test_an_encounter_that_nobody_opened_is_not_found(cli: Cli) -> None:
    assert cli("authorization", "E77").code == 4


def test_a_product_without_a_page_has_no_packet(tmp_path: Path) -> None:
    told = [json.loads(each) for each in lines_of("page_patient_2l")]
    opening = next(each for each in told if each["type"] == "encounter.opened")
    with ledger(tmp_path) as opened:
        opened.record(opening | {"product": "tecvayli"})
        with pytest.raises(NotFound, match="no complete product page"):
            opened.authorization("E1", as_of=date(2026, 3, 15))


def test_at_eighty_columns_no_line_is_longer(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for args in (("E1", *BEFORE), ("E2", "--as-of", "2026-03-01", "--edition", "page")):
        said = cli("authorization", *args)
        assert max(len(each) for each in said.out.splitlines()) <= 80


def test_once_the_cells_are_collected_the_certificates_of_that_place_count(cli: Cli) -> None:
    answer = asked(cli, "E2", "--as-of", "2026-03-10", "--edition", "page")
    found = {each["item"]: each["found"] for each in answer["checklist"]}
    assert state(answer, "fact_accreditation") == "have"
    assert "no fact tells who prescribes the product" in found["rems_certification"]
    assert "no fact tells where" not in found["rems_certification"]
