"""Claims as a reader meets them: asked once, told once, and in words that fit this patient."""

from __future__ import annotations

from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO

import pytest

from tests.claims.encounters.acute_care import (
    COMPLICATION,
    came,
    infusion_stay,
    left,
    sepsis_listed_before_the_cytokine_release,
    tocilizumab_in_the_clinic,
)
from tests.claims.encounters.denials import (
    coded_by_hand_against_the_stay,
    inpatient,
    planned,
    without,
)
from tests.claims.encounters.infusion import infusion_in_an_office_in_tenths
from tests.claims.encounters.reading import (
    accepted_without_the_code_that_leads,
    referred_under_an_indication_that_has_ended,
)
from tests.claims.golden import CENTRE
from tests.given import history
from veinledger.adapters.cli.screen import say
from veinledger.adapters.cli.show.claim_set import claim_set, in_order
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.codebook.statement import Edition
from veinledger.domain.facts.surveillance import SurveillancePlanFiled
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import effective
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.shapes import Claim, ClaimSet
from veinledger.projections.claims.why.explain import explain

NO_LEAD = "a_claim_is_led_by_a_diagnosis"
PLAN = "the_neurological_surveillance_is_planned"
PAPERS = "the_papers_that_the_payer_asks_for_are_on_file"


def made(story: list[Record], edition: Edition = "public") -> ClaimSet:
    return claims(history(story), CENTRE, shipped_rules(edition))


def claim(story: list[Record], label: str, edition: Edition = "public") -> Claim:
    found = made(story, edition).claim(label)
    assert found is not None
    return found


def found_by(of: Claim, rule: str) -> list[Finding]:
    return [each for each in of.findings if each.rule == rule]


def shown(story: list[Record], edition: Edition = "public") -> str:
    with redirect_stdout(StringIO()) as text:
        say(*claim_set(made(story, edition), effective(history(story)), None, None))
    return text.getvalue()


class TestAskedOnce:
    def test_a_claim_that_nothing_leads_asks_once_why(self) -> None:
        of = claim(tocilizumab_in_the_clinic(), "D2")
        assert of.state == "held"
        assert not of.coded("principal", "first-listed")
        assert not found_by(of, NO_LEAD)

    def test_a_code_that_may_lead_nothing_is_told_by_one_voice(self) -> None:
        rules = {each.rule for each in claim(coded_by_hand_against_the_stay(), "C1").findings}
        assert "what_may_not_lead_and_was_listed_first_is_told" in rules
        assert "a_coder_who_put_something_else_first_is_told" not in rules

    def test_an_answer_without_a_code_leaves_the_claim_held(self) -> None:
        of = claim(accepted_without_the_code_that_leads(), "D1")
        assert of.state == "held"
        assert found_by(of, NO_LEAD)

    def test_the_papers_do_not_ask_for_the_plan_that_is_missed_already(self) -> None:
        of = claim(inpatient(), "C1", "page")
        assert "no surveillance plan" in found_by(of, PLAN)[0].reason
        assert not found_by(of, PAPERS)

    def test_the_papers_ask_for_a_plan_that_has_no_document(self) -> None:
        bare = [
            replace(each, fact=replace(each.fact, document=None))
            if isinstance(each.fact, SurveillancePlanFiled)
            else each
            for each in planned()
        ]
        of = claim([*inpatient(), *bare], "C1", "page")
        assert not found_by(of, PLAN)
        assert "surveillance plan" in found_by(of, PAPERS)[0].reason

    def test_what_is_missing_of_the_surveillance_is_named_and_no_more(self) -> None:
        baseline = without(planned(), "surveillance.plan_filed")
        told = without(inpatient("harbor_health"), *(each.fact.type for each in planned()))
        both, plan = claim(told, "C1"), claim([*told, *baseline], "C1")
        assert "no baseline examination before the infusion" in found_by(both, PLAN)[0].reason
        (one,) = found_by(plan, PLAN)
        assert one.reason == "no surveillance plan is on record"
        assert "baseline examination" not in one.remedy

    def test_what_holds_nothing_is_told_on_the_first_fraction_alone(self) -> None:
        found = made(infusion_in_an_office_in_tenths()).claims
        first, *others = (each for each in found if each.fraction)
        assert first.findings
        assert not [each for of in others for each in of.findings if not each.holds]

    def test_a_referral_older_than_the_label_is_told_where_the_label_is_not_met(self) -> None:
        of = claim(referred_under_an_indication_that_has_ended(), "C1")
        rule = "the_indication_is_on_the_product_page_on_the_day"
        assert "2024-04-05" in found_by(of, rule)[0].reason


class TestDifferences:
    def test_what_the_coder_chose_as_the_page_would_is_no_difference(self) -> None:
        sepsis = claim(sepsis_listed_before_the_cytokine_release(), "D1")
        (lead,) = [each for each in sepsis.codes if each.role == "principal"]
        assert (lead.code, lead.differs) == ("A41.9", ())

    @pytest.mark.parametrize("listed", [True, False])
    def test_the_complication_differs_whether_the_coder_listed_it_or_not(
        self, listed: bool
    ) -> None:
        story = [*infusion_stay(), came(), left(25, *((COMPLICATION,) if listed else ()))]
        of = claim(story, "D1")
        (code,) = [each for each in of.codes if each.code == "T80.82XA"]
        assert "R39" in {each.row for each in code.differs}

    @pytest.mark.parametrize("figure", ["55.5 mg", "555 mg", "166.5", "65 kg", "167"])
    def test_no_consequence_quotes_the_patient_of_the_page(self, figure: str) -> None:
        for entry in shipped_rules().book:
            assert figure not in (entry.consequence or ""), entry.meaning


class TestShown:
    def test_a_consequence_is_told_once_and_then_pointed_at(self) -> None:
        text = " ".join(shown(inpatient()).split())
        assert text.count("A unit is 50 mg, rounded up for each day") == 1
        assert "; see B1 " in text

    def test_a_rules_source_is_told_once(self) -> None:
        text = " ".join(shown(inpatient()).split())
        assert text.count("CMS HCPCS Level II billing units") == 1
        assert "each_drug_is_billed_in_whole_units as on B1" in text

    def test_lines_of_a_course_over_two_claims_say_so(self) -> None:
        assert "all claims together" in " ".join(shown(inpatient()).split())

    def test_the_fractions_of_a_dose_stand_in_order(self) -> None:
        found = in_order(made(infusion_in_an_office_in_tenths()))
        labels = [each.label for each in found if each.fraction]
        assert labels == [f"C1.{number}" for number in range(1, 11)]

    def test_a_line_shows_how_much_of_the_ndc_it_is(self) -> None:
        assert "NDC 57894-111-01, UN 1" in " ".join(shown(inpatient()).split())

    def test_the_explanation_of_a_line_has_its_modifiers(self) -> None:
        found = made(inpatient())
        lines = [
            node.text for _, node in explain(found, effective(history(inpatient())), "B1").walk()
        ]
        assert any(text.startswith("J9075 JW x 89") for text in lines)


class TestPaidByTheGroup:
    def test_only_medicare_is_sure_to_pay_by_the_group(self) -> None:
        medicare, commercial = (claim(inpatient(p), "C1") for p in ("medicare", "harbor_health"))
        assert "contract decides" not in medicare.payment_reason
        assert commercial.payment_mechanism == "MS-DRG 018"
        assert "contract decides" in commercial.payment_reason
