"""Explain: from a claim down to the message, and from one record up to all that rests on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.claims.encounters.denials import charge, inpatient, visited, without
from tests.claims.golden import CENTRE
from tests.given import history, infused, opened
from tests.given_command_line import Cli, command_line
from tests.given_ledger import ROOT
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import History, effective
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.shapes import ClaimSet
from veinledger.projections.claims.why.explain import Explanation
from veinledger.projections.claims.why.resting import NoSuchRecord, explain_record, resting_on
from veinledger.projections.schedule import Schedule, schedule

STORY = history([*visited(), charge("0541T")])
RULES = shipped_rules()
SET = claims(STORY, CENTRE, RULES)
OWED = schedule(STORY, CENTRE, RULES)


def number_of(told: History, kind: str, number: int = 0) -> int:
    found = [each for each in told.records if each.fact.type == kind]
    return found[number].seal.sequence


def explained(kind: str, number: int = 0) -> Explanation:
    return explain_record(SET, OWED, effective(STORY), number_of(STORY, kind, number))


def carried(told: Explanation, of: str) -> list[Explanation]:
    return [node for _, node in told.walk() if node.of == of and node is not told]


def record_named(key: str) -> Record:
    return next(each for each in STORY.records if each.key == key)


class TestOneRecord:
    def test_an_infusion_carries_its_claim_its_visits_and_the_status_after_it(self) -> None:
        told = explained("cells.infused")
        (claim, *others) = carried(told, "claim")
        assert claim.text.startswith("C1, UB-04")
        assert [each.text[:3] for each in others] == ["E1,"]
        (line,) = carried(told, "line")
        assert line.text.startswith(f"{line.key} Q2056 x 1")
        assert next(each.text for each in carried(told, "code")).startswith("procedure: XW033A7")
        owed = [each.text for each in carried(told, "obligation")]
        assert len([text for text in owed if text.startswith("neurological visit")]) == 5
        assert any("send claim C1" in text for text in owed)
        assert carried(told, "arithmetic")

    def test_it_says_by_which_message_it_came_and_whether_it_counts(self) -> None:
        told = explained("cells.infused")
        assert [each.of for each in told.because] == ["message"]
        assert told.text.endswith("in effect")

    def test_each_line_keeps_its_rule_and_the_other_records_that_it_rests_on(self) -> None:
        (line,) = carried(explained("cells.infused"), "line")
        (rule, *_) = line.because
        assert rule.key == "the_dose_is_billed_once_on_day_0"
        types = {record_named(each.key).fact.type for each in rule.because}
        assert types == {"cells.infused", "product.received"}

    def test_a_posted_charge_carries_the_finding_about_it(self) -> None:
        told = explain_record(SET, OWED, effective(STORY), STORY.records[-1].seal.sequence)
        found = carried(told, "finding")
        assert any("imaging of the heart" in each.text for each in found)

    def test_a_visit_carries_the_obligation_that_it_met(self) -> None:
        told = explained("neurology.visit_completed", 1)
        met, sent = carried(told, "obligation")
        assert "month 1" in met.text
        assert "met by it" in met.text
        assert sent.text.startswith("send claim E1")
        assert "counts from it" in sent.text

    def test_what_is_not_billed_because_of_it_is_told(self) -> None:
        failed = without(inpatient(), "cells.infused", "patient.admitted", "patient.discharged")
        story = history([*failed, *_cancelled()])
        made, owed = claims(story, CENTRE, RULES), schedule(story, CENTRE, RULES)
        told = explain_record(made, owed, effective(story), story.records[-1].seal.sequence)
        (why,) = carried(told, "unbilled")
        assert "is not billed" in why.text

    def test_a_number_that_there_is_not_is_told_with_the_last_one(self) -> None:
        with pytest.raises(NoSuchRecord, match=r"no record 999; they are numbered up to \d+"):
            explain_record(SET, OWED, effective(STORY), 999)


def _cancelled() -> Iterator[Record]:
    from tests.given import record
    from veinledger.domain.facts.treatment import InfusionCancelled

    yield record(InfusionCancelled(chain_of_identity="COI-1", reason="fever"), 0)


@pytest.mark.parametrize("record", STORY.records, ids=lambda each: each.source.message)
def test_both_directions_agree(record: Record) -> None:
    """Whatever names a record is found from the record, and nothing else is."""
    told = explain_record(SET, OWED, effective(STORY), record.seal.sequence)
    lines = {each.key for each in carried(told, "line")}
    assert lines == set(resting_on(SET, record.key))
    assert {each.key for each in told.carries if each.of == "claim"} == _claims(SET, record.key)
    assert {each.key for each in carried(told, "finding")} == _findings(SET, OWED, record.key)
    assert len(carried(told, "code")) == _codes(SET, record.key)


def _claims(made: ClaimSet, key: str) -> set[str]:
    return {claim.key for claim in made.claims if key in claim.records}


def _findings(made: ClaimSet, owed: Schedule, key: str) -> set[str]:
    return {each.key for each in (*made.findings, *owed.findings) if key in each.records}


def _codes(made: ClaimSet, key: str) -> int:
    every = (code for claim in made.claims for code in claim.codes)
    return len([code for code in every if key in code.basis.records])


def test_a_record_out_of_effect_says_so_and_carries_no_line() -> None:
    story = history([*opened("medicare"), infused()])
    last = story.records[-1].seal.sequence
    told = explain_record(
        claims(story, CENTRE, RULES), schedule(story, CENTRE, RULES), effective(story), last
    )
    assert "waiting" in told.text
    assert carried(told, "line") == []


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    """The command line on a ledger that was told the page's first patient."""
    call = command_line(tmp_path, monkeypatch, capfd)
    assert call("record", str(ROOT / "examples" / "page_patient_2l.ndjson")).code == 0
    return call


class TestTheCommand:
    AS_OF = ("--as-of", "2026-11-02")

    def test_a_letter_is_enough_where_there_is_one_claim_of_the_kind(self, cli: Cli) -> None:
        long, short = (cli("explain", "E1", name, *self.AS_OF) for name in ("C1:1", "C:1"))
        assert short.out == long.out
        assert "the_dose_is_billed_once_on_day_0" in short.flat
        assert "message E1-026" in short.flat

    def test_a_record_shows_what_rests_on_it(self, cli: Cli) -> None:
        said = cli("explain", "E1", "--record", "26", *self.AS_OF)
        assert said.code == 0
        for words in ("record 26: cells.infused", "what rests on it", "C1:1 Q2056 x 1", "month 12"):
            assert words in said.flat

    def test_programs_get_the_same_tree(self, cli: Cli) -> None:
        told = cli("explain", "E1", "--record", "26", "--json", *self.AS_OF).answer
        assert told["of"] == "record"
        assert {each["of"] for each in told["carries"]} >= {"claim", "obligation"}
        assert [each["of"] for each in told["because"]] == ["message"]

    def test_the_records_number_is_the_one_of_the_history(self, cli: Cli) -> None:
        whole = cli("history", "E1", "--json", *self.AS_OF).answer["in_effect"]
        numbers = {each["record"]["seal"]["sequence"]: each["type"] for each in whole}
        for number in (1, 26, 32):
            said = cli("explain", "E1", "--record", str(number), *self.AS_OF)
            assert f"record {number}: {numbers[number]}" in said.flat

    @pytest.mark.parametrize(
        ("args", "code", "words"),
        [
            (["--record", "99"], 4, "no record 99; they are numbered up to 32"),
            (["Z9"], 4, "no claim is called 'Z9'"),
            ([], 2, "explain one thing"),
            (["C1", "--record", "3"], 2, "explain one thing"),
        ],
    )
    def test_what_there_is_not_ends_with_its_own_code(
        self, cli: Cli, args: list[str], code: int, words: str
    ) -> None:
        said = cli("explain", "E1", *args)
        assert said.code == code
        assert words in said.err
