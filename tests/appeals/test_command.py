"""`veinledger appeal` and `veinledger settlements`, as somebody types them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.given_command_line import Cli, command_line
from tests.given_ledger import lines_of

AS_OF = ("--as-of", "2026-08-20")
DECIDES = ("--by", "him-3", "--role", "auditor", "--reason", "checked", "--decision", "accepted")


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    """The command line on a ledger with the page's first patient."""
    call = command_line(tmp_path, monkeypatch, capfd)
    assert call("record", "-", stdin=b"\n".join(lines_of("page_patient_2l"))).code == 0
    return call


def answer(cli: Cli, label: str, **said: Any) -> None:
    """The payer denies a claim."""
    claims = cli("claims", "E1", *AS_OF, "--json").answer["claims"]
    key = next(each["key"] for each in claims if each["label"] == label)
    line = {
        "encounter": "E1",
        "type": "claim.answered",
        "occurred_at": "2026-07-01",
        "source": {"connection": "coordinator", "message": f"RM-{label}"},
        "actor": {"id": "desk-1", "role": "remittance desk"},
        "claim_key": key,
        "patient_control_number": f"PCN-{label}",
        "kind": "denied",
        **said,
    }
    assert cli("record", "-", stdin=json.dumps(line).encode()).code == 0


def test_nothing_denied_is_said_so(cli: Cli) -> None:
    said = cli("appeal", "E1", *AS_OF)
    assert (said.code, "No payer denied anything." in said.out) == (0, True)
    assert cli("appeal", "E1", "--json").answer["denials"] == []
    refused = cli("appeal", "E1", "C1")
    assert refused.code == 4
    assert "nothing of E1 was denied" in refused.err


def test_a_denial_is_listed_and_one_is_laid_out_in_full(cli: Cli) -> None:
    answer(cli, "C1", text="lenalidomide-refractory disease not documented")
    listed = cli("appeal", "E1", *AS_OF)
    assert "2 Second line: refractoriness to the label's drug is not documented" in listed.out
    assert "1 denial. `veinledger appeal E1 CLAIM`" in listed.out
    for name in ("C1", "C", "33"):
        told = cli("appeal", "E1", name, *AS_OF)
        assert told.code == 0
        assert "21 days after the last dose, within 60; document DOC-LEN-1" in told.flat
        assert "record 8, 2026-03-03, coordinator E1-008" in told.flat
        assert "10.1056/NEJMoa2303379" in told.flat
        assert "unverified" in told.flat
    (one,) = cli("appeal", "E1", "C1", *AS_OF, "--json").answer["denials"]
    assert one["candidates"][0]["number"] == 2
    assert one["deadline"]["day"] is None


def test_a_claim_that_was_not_denied_and_one_that_is_not_there_are_not_found(cli: Cli) -> None:
    answer(cli, "C1")
    assert "no denial of B1 is on record; denied: C1" in cli("appeal", "E1", "B1").err
    nowhere = cli("appeal", "E1", "Z9")
    assert nowhere.code == 4
    assert "no claim or request is called 'Z9'; denied: C1; claims: A1" in nowhere.err


def test_a_denial_is_seen_in_explanations_and_in_the_audit_trail(cli: Cli) -> None:
    answer(cli, "C1", adjustments=[{"group": "CO", "carc": "50", "amount": 1000}], rarc=["N386"])
    line = cli("explain", "E1", "C1:1", *AS_OF).flat
    assert "the payer's answer of 2026-07-01: denied (CO-50 1,000, N386)" in line
    back = cli("explain", "E1", "--record", "33", *AS_OF).flat
    assert back.index("denied: C1:1") < back.index("the_dose_is_billed_once_on_day_0")
    assert "record 26: cells.infused" in back
    assert "CO-50, N386" in cli("audit", "E1").flat


def test_a_finding_that_is_not_there_is_refused_with_those_that_look_like_it(cli: Cli) -> None:
    answer(cli, "A1")
    said = cli("settle", "E1", "a_denial_is_answerd", *DECIDES, "--credential", "CCS", *AS_OF)
    assert said.code == 4
    assert "near it are a_denial_is_answered_in_time/" in said.err


def test_a_settlement_names_what_entitles_the_person(cli: Cli) -> None:
    answer(cli, "A1")
    said = cli("settle", "E1", "a_denial_is", *DECIDES, "--credential", " ", *AS_OF)
    assert said.code == 2
    assert "names what entitles the person" in said.err
    assert cli("settle", "E1", "a_denial_is", *DECIDES, *AS_OF).code == 2


def test_a_lapsed_settlement_shows_wherever_one_would_look(cli: Cli) -> None:
    answer(cli, "A1")
    assert "Nobody settled a finding." in cli("settlements", "E1").out
    settle = ("settle", "E1", "a_denial_is", *DECIDES, "--credential", "CCS", *AS_OF)
    assert cli(*settle).code == 0
    assert "1 settlement; 1 of a finding that is made now." in cli("settlements", "E1").out
    gone = cli(
        "correct", "E1", "--void", "33", "--by", "q", "--role", "quality", "--reason", "not ours"
    )
    assert "lapsed a_denial_is_answered_in_time/" in gone.flat
    why = "lapsed: record 33 (claim.answered) was voided by record 35"
    assert why in cli("settlements", "E1").flat
    assert why in cli("audit", "E1").flat
    claims = cli("claims", "E1", *AS_OF).flat
    assert "settled once, and open again" in claims
    assert why in claims
    (told,) = cli("settlements", "E1", "--json").answer["settlements"]
    assert (told["state"], told["credential"]) == ("lapsed", "CCS")
