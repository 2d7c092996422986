"""The facts for the form: who, what was tried, what is requested, and what the payer answered."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.given import day, history, record
from tests.projections.authorization.told import ON, centre, packet, story
from tests.projections.authorization.whole import whole, whole_packet
from tests.projections.gates.ready import four_lines
from tests.tiers import size
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.facts.authorization import (
    AuthorizationDenied,
    AuthorizationExtended,
    AuthorizationGranted,
    AuthorizationPended,
    AuthorizationRequested,
    CoverageRecorded,
)
from veinledger.domain.facts.patient import PatientRegistered, PatientUpdated
from veinledger.domain.reports import Record
from veinledger.projections.authorization.addressee import UnknownPayer
from veinledger.projections.authorization.answers import Answers
from veinledger.projections.authorization.packet import Request, authorization


def told(*facts: tuple[int, Any]) -> Answers:
    """Where the request stands after these messages."""
    more = [record(fact, at, f"{fact.type} {at}") for at, fact in facts]
    return packet(story(more=more)).answers


def requested(**more: Any) -> AuthorizationRequested:
    return AuthorizationRequested(payer="harbor_health", services=("product",), **more)


def granted(until: date | None = None) -> AuthorizationGranted:
    return AuthorizationGranted(
        payer="harbor_health", reference="A-1", services=("product",), since=day(-9), until=until
    )


PENDED = AuthorizationPended(payer="harbor_health", reason="more imaging", answer_by=day(3))
DENIED = AuthorizationDenied(payer="harbor_health", reason="not refractory", appeal_by=day(-4))


def test_an_answer_that_is_due_says_by_when_and_what_it_has_to_hold() -> None:
    found = told((-20, requested()), (-5, PENDED))
    assert (found.standing, found.act_by, found.days_left) == ("pended", day(3), 5)
    assert found.to_answer == ("more imaging",)


def test_a_denial_names_what_to_answer_the_open_items_among_it() -> None:
    more = [record(DENIED, -8, "denied")]
    found = packet(story("ecog", more=more)).answers
    assert (found.standing, found.days_left) == ("denied", -2)
    assert found.to_answer == ("not refractory", "ECOG performance status: ECOG is not on record")


def test_a_grant_ends_on_its_last_day_and_an_extension_moves_it() -> None:
    extended = AuthorizationExtended(payer="harbor_health", reference="A-1", until=day(30))
    assert told((-9, granted())).standing == "granted"
    assert told((-9, granted(ON))).standing == "granted"
    assert told((-9, granted(day(-3)))).standing == "ended"
    assert told((-9, granted(day(-3))), (-4, extended)).standing == "granted"


def test_another_payers_answers_are_not_this_ones() -> None:
    theirs = AuthorizationRequested(payer="medicare", services=("product",))
    assert told((-9, theirs)).standing == "not requested"


def test_the_form_holds_the_patient_as_last_told() -> None:
    update = PatientUpdated(patient="P1", family_name="Neu", mrn="MRN-2")
    made = packet(story(more=[record(update, -30, "updated")]))
    person = made.form.patient
    assert (person.name, person.mrn, person.birth_date) == ("Neu, Ada", "MRN-2", date(1966, 5, 14))


def test_what_the_form_lacks_is_a_gap_with_the_fact_that_would_supply_it() -> None:
    without = [e for e in story() if e.fact.type not in ("patient.registered", "disease.assessed")]
    made = packet(without)
    gaps = {each.what: each.remedy for each in made.gaps}
    assert gaps["the patient's birth date"] == "register the patient with it (patient.registered)"
    assert "disease.assessed" in gaps["the requesting provider"]
    assert not made.complete


def test_without_coverage_nobody_is_asked_and_it_says_so() -> None:
    without = [each for each in story() if not isinstance(each.fact, CoverageRecorded)]
    made = packet(without)
    assert made.policy is None
    assert made.remarks[0].startswith("No coverage is on record")
    assert {each.state for each in made.checklist} == {"not asked"}
    assert "the coverage" in {each.what for each in made.gaps}


def test_who_pays_himself_has_nobody_to_ask() -> None:
    own = CoverageRecorded(payer="self", kind="self-pay", since=day(-400))
    without = [each for each in story() if not isinstance(each.fact, CoverageRecorded)]
    made = packet([*without, record(own, -90, "own")])
    assert any("pays himself" in each for each in made.remarks)


def test_the_services_are_coded_by_the_book_of_each_edition() -> None:
    public = {each.code for each in packet(story()).services}
    page = {each.code for each in packet(story(), edition="page").services}
    assert {"38225", "Q2056", "J9185", "J9075", "018"} <= public
    assert {"38206", "Q2056", "J9185", "J9070", "018", "XW033C3", "XW043C3"} <= page


def test_the_product_is_one_unit_with_its_ndc_and_labeler() -> None:
    dose = next(each for each in packet(story()).services if each.service == "product")
    assert dose.units == "1 therapeutic dose"
    assert dose.note == "NDC 57894-111, labeler 57894 (Janssen Biotech)"
    assert (dose.site, dose.npi) == ("Lakeside University Hospital", "1234567893")


@pytest.mark.parametrize(
    ("setting", "codes", "not_codes"),
    [
        ("inpatient", {"XW033A7", "018"}, {"38228"}),
        ("outpatient", {"38228"}, {"XW033A7", "018"}),
        ("any", {"XW033A7", "018", "38228"}, {"38206"}),
    ],
)
def test_the_setting_that_was_asked_for_decides_which_codes_are(
    setting: Any, codes: set[str], not_codes: set[str]
) -> None:
    made = packet(story(more=[record(requested(setting=setting), -9, "asked")]))
    asked = {each.code for each in made.services}
    assert codes <= asked
    assert not not_codes & asked


def test_a_setting_that_the_policy_does_not_take_is_remarked_on() -> None:
    more = [record(requested(setting="outpatient"), -9, "asked")]
    made = packet(story(more=more), at=centre("unitedhealthcare"))
    assert any("is for outpatient care, and the policy" in each for each in made.remarks)
    assert any("Approved CAR-T centres only" in each for each in made.remarks)


def test_aetnas_revision_and_cignas_guidelines_are_remarked_on() -> None:
    aetna = packet(story(), at=centre("aetna")).remarks
    assert any("2024-04-05: verify the policy's revision date" in each for each in aetna)
    assert any("NCCN" in each for each in packet(story(), at=centre("cigna")).remarks)


def test_each_class_names_its_drugs_and_lines() -> None:
    made = packet(story("lines", more=four_lines()), edition="page")
    classes = {
        each.name: [f"{e.drug}, {e.told}" for e in each.given] for each in made.narrative.classes
    }
    assert classes["proteasome inhibitor"] == ["bortezomib, line 1", "carfilzomib, line 3"]
    assert classes["immunomodulator"] == [
        "lenalidomide, lines 1 and 2",
        "pomalidomide, lines 3 and 4",
    ]


def test_the_visits_are_dated_from_the_infusion_that_is_booked() -> None:
    told_of = whole_packet().narrative
    assert (told_of.infusion_day, told_of.infusion_day_is_planned) == (day(14), True)
    assert [each.day for each in told_of.calendar][1:3] == [date(2026, 6, 25), date(2026, 8, 25)]


def test_a_payer_that_nobody_knows_is_an_error_that_lists_those_that_are_known() -> None:
    with pytest.raises(UnknownPayer, match="unitedhealthcare"):
        packet(story(), payer="nobody")


def test_every_evidence_names_its_record_day_and_message() -> None:
    made = whole_packet()
    for item in made.checklist:
        if item.state == "have":
            assert item.evidence, item.item
        for each in item.evidence:
            assert each.source.startswith("test ")
            assert each.day <= made.judged_on


@settings(max_examples=size(25, 150, 1500), deadline=None)
@given(st.integers(min_value=-95, max_value=10), st.randoms())
def test_no_evidence_is_from_after_the_day_and_order_of_arrival_changes_nothing(
    at: int, random: Any
) -> None:
    facts: list[Record] = whole()
    rules, on = shipped_rules(), day(at)
    made = authorization(history(facts), centre(), rules, Request(as_of=on))
    assert made is None or all(each.day <= on for item in made.checklist for each in item.evidence)
    random.shuffle(facts)
    again = authorization(history(facts), centre(), rules, Request(as_of=on))
    assert _facts_of(made) == _facts_of(again)


def _facts_of(made: Any) -> Any:
    """What a packet says, without the numbers that the order of arrival gives."""
    if made is None:
        return None
    states = [(each.item, each.state, each.found) for each in made.checklist]
    return states, made.gaps, made.form, made.services, made.answers.standing


def test_the_registration_of_somebody_else_is_not_the_patients() -> None:
    somebody = PatientRegistered(
        patient="P2",
        family_name="Other",
        birth_date=date(1970, 1, 1),
        sex="male",
        mrn="MRN-9",
        authority="lakeside",
    )
    made = packet(story(more=[record(somebody, -20, "somebody else")]))
    assert made.form.patient.mrn == "MRN-1"
