"""Edits: each finds what it is for, says what to do, and lets the same claim pass when it is right.

The rules make none of these errors, so every failing encounter has it from what a person posted,
coded, authorized or left undocumented.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import settings

import tests.given as world
from tests.claims.by_product import CASES as PRODUCTS
from tests.claims.by_product import inpatient as of_product
from tests.claims.encounters.denials import (
    DENIALS,
    EDITION,
    Story,
    authorized,
    charge,
    inpatient,
    line_of_therapy,
    lymphodepleted,
    outpatient,
    refractory,
    second_line,
    stay,
    to_the_bag,
    visited,
    without,
)
from tests.claims.encounters.directories import directory_folds_beside_a_collection_of_nothing
from tests.claims.encounters.infusion import infusion_for_a_payer_that_asks
from tests.claims.encounters.payers import a_charge_without_a_unit
from tests.claims.encounters.posted_by_hand import (
    posted_a_collection_to_the_stay_as_well,
    posted_one_charge_for_two_visits,
)
from tests.claims.encounters.registry import ENCOUNTERS
from tests.claims.encounters.seldom import (
    assessed_by_a_code_that_leads_no_claim,
    infused_from_two_accounts_for_a_payer_that_asks,
)
from tests.claims.generated import encounters
from tests.claims.golden import CENTRE
from tests.given import (
    admitted,
    at,
    certified,
    collected,
    day,
    discharged,
    drug,
    history,
    infused,
    lymphodepletion,
    opened,
    record,
    service,
)
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.directory import Asked
from veinledger.domain.codebook.statement import EDITIONS, Edition
from veinledger.domain.facts.appeal import AppealFiled
from veinledger.domain.facts.authorization import AuthorizationGranted
from veinledger.domain.facts.billing import Adjustment, ChargePosted, ClaimAnswered
from veinledger.domain.facts.collection import ApheresisCompleted
from veinledger.domain.facts.decisions import FindingSettled
from veinledger.domain.facts.disease import DocumentFiled
from veinledger.domain.facts.groups import Condition
from veinledger.domain.facts.patient import PatientAdmitted, PatientDischarged, Procedure
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.facts.toxicity import ConditionDocumented, CrsGraded
from veinledger.domain.facts.treatment import LymphodepletionDoseGiven
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.edits.registry import EDITS, Draft, Edit
from veinledger.projections.claims.shapes import Claim, ClaimSet

FOLDERS: Final = ("coding", "denials", "lines", "payers")
OWN: Final = [each for each in EDITS if each.body.__module__.split(".")[-2] in FOLDERS]
"""The edits of these folders; one beside them is tested where its subject is."""
BY_NAME: Final = {each.name: each for each in OWN}


def seen_in(edition: Edition, story: Story, centre: Centre = CENTRE) -> ClaimSet:
    return claims(history(story), centre, shipped_rules(edition))


def found_by(
    name: str, story: Story, edition: Edition = "public", centre: Centre = CENTRE
) -> list[Finding]:
    made = seen_in(edition, story, centre)
    return [each for claim in made.claims for each in claim.findings if each.rule == name]


def the(claim_set: ClaimSet, label: str) -> Claim:
    claim = claim_set.claim(label)
    assert claim is not None, [each.label for each in claim_set.claims]
    return claim


def asking(*asked: Asked, payer: str = "medicare") -> Centre:
    """The centre, whose payer asks for more than a standard claim."""
    payers = tuple(
        replace(each, asks_for=asked) if each.name == payer else each for each in CENTRE.payers
    )
    return replace(CENTRE, payers=payers)


# ---- The ten denial reasons of the page -----------------------------------------------------


def test_the_ten_denial_reasons_of_the_page_are_covered() -> None:
    assert {each.denial for each in EDITS if each.denial is not None} == set(DENIALS)
    assert set(DENIALS) == set(range(1, 11))


@pytest.mark.parametrize("number", sorted(DENIALS))
def test_what_a_payer_would_deny_is_found_before_it_is_sent(number: int) -> None:
    """By every number an encounter that asks for the denial, and the same one put right."""
    names = {each.name for each in EDITS if each.denial == number}
    edition = EDITION.get(number, "public")
    fails, passes = (seen_in(edition, story()) for story in _both(number))
    caught = [f for claim in fails.claims for f in claim.findings if f.rule in names]
    left = [f for claim in passes.claims for f in claim.findings if f.rule in names]
    assert caught
    assert left == []
    assert all(each.remedy and each.source and each.records for each in caught)


def _both(number: int) -> tuple[Callable[[], Story], Callable[[], Story]]:
    return DENIALS[number].fails, DENIALS[number].passes


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 7, 9])
def test_what_would_be_denied_for_good_holds_the_claim(number: int) -> None:
    names = {each.name for each in EDITS if each.denial == number}
    made = seen_in(EDITION.get(number, "public"), DENIALS[number].fails())
    holding = {c.state for c in made.claims for f in c.findings if f.rule in names and f.holds}
    assert holding == {"held"}


class TestCertificates:
    """Denial 1: FACT and the product's REMS, each where it is asked for."""

    NAME = "a_certified_centre_gives_the_cells"
    BARE = replace(CENTRE, certifications=())

    def test_the_rems_is_asked_for_until_its_last_day(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for infused_on, held in ((date(2025, 6, 25), True), (date(2025, 6, 26), False)):
            monkeypatch.setattr(world, "DAY_0", infused_on)
            assert bool(found_by(self.NAME, inpatient(), centre=self.BARE)) is held
            assert not found_by(self.NAME, inpatient())

    def test_medicare_never_asks_for_fact_and_a_payer_may(self) -> None:
        assert not found_by(self.NAME, inpatient(), centre=self.BARE)
        told = replace(asking("fact_accreditation", payer="harbor_health"), certifications=())
        (found,) = found_by(self.NAME, inpatient("harbor_health"), centre=told)
        assert "no FACT or FACT-JACIE accreditation" in found.reason
        assert "REMS" not in found.reason

    def test_the_page_asks_for_both_always(self) -> None:
        (found,) = found_by(self.NAME, inpatient(), "page", self.BARE)
        assert "CARVYKTI REMS" in found.reason
        assert "FACT" in found.reason
        assert not found_by(self.NAME, inpatient(), "page")

    def test_fact_jacie_is_as_good_as_fact(self) -> None:
        jacie = [
            replace(each, programme="FACT-JACIE") if each.programme == "FACT" else each
            for each in certified()
        ]
        assert not found_by(self.NAME, inpatient(), "page", CENTRE.certifying(jacie))

    def test_an_abecma_certificate_does_not_count(self) -> None:
        abecma = [
            replace(each, programme=each.programme.replace("carvykti", "abecma"))
            for each in certified()
        ]
        (found,) = found_by(self.NAME, inpatient(), "page", CENTRE.certifying(abecma))
        assert "the REMS certificate of ABECMA does not count" in found.reason

    def test_the_page_wants_neurological_monitoring_of_the_facility(self) -> None:
        lacking = [replace(each, capabilities=()) for each in certified()]
        (found,) = found_by(self.NAME, inpatient(), "page", CENTRE.certifying(lacking))
        assert "with neurological monitoring of infusion facility" in found.reason

    def test_a_certificate_that_ended_the_day_before_is_none(self) -> None:
        until = [replace(each, until=day(0)) for each in certified()]
        assert found_by(self.NAME, inpatient(), "page", CENTRE.certifying(until))
        until = [replace(each, until=day(1)) for each in certified()]
        assert not found_by(self.NAME, inpatient(), "page", CENTRE.certifying(until))

    def test_a_collection_without_certificates_is_told_and_not_held(self) -> None:
        told = [*second_line(), *collected()]
        (found,) = found_by(
            "the_certificates_are_looked_at_before_the_collection", told, "page", self.BARE
        )
        assert not found.holds
        assert the(seen_in("page", told, self.BARE), "A1").state == "ready"


class TestPriorTherapy:
    """Denials 2 and 3, and who is judged by what."""

    SECOND = "a_patient_is_documented_as_refractory_where_the_label_asks"
    FOURTH = "prior_lines_are_documented_in_every_class_of_the_label"
    WHICH = "the_referral_says_for_which_indication"

    @pytest.mark.parametrize(("days", "finds"), [(0, 0), (60, 0), (61, 1), (-30, 0)])
    def test_progression_on_or_within_sixty_days_is_refractory(self, days: int, finds: int) -> None:
        story = without(inpatient(), "therapy.refractoriness_documented")
        assert len(found_by(self.SECOND, [*story, refractory(days)])) == finds

    def test_another_drug_is_not_lenalidomide(self) -> None:
        story = without(inpatient(), "therapy.refractoriness_documented")
        (found,) = found_by(self.SECOND, [*story, refractory(name="pomalidomide")])
        assert "refractory to lenalidomide" in found.reason

    def test_a_class_that_was_never_given_is_named(self) -> None:
        story = without(inpatient(), "therapy.line_recorded")
        (found,) = found_by(self.SECOND, [*story, line_of_therapy(1, "IMiD")])
        assert "the class proteasome inhibitor" in found.reason
        assert "immunomodulator" not in found.reason

    def test_three_lines_are_not_four(self) -> None:
        three = [line_of_therapy(number, "PI", "IMiD", "anti-CD38") for number in (1, 2, 3)]
        story = [*opened("medicare", indication="fourth_line"), *three, *to_the_bag(), *stay()]
        (found,) = found_by(self.FOURTH, story, "page")
        assert "3 of at least 4 prior lines" in found.reason

    def test_a_fourth_line_patient_of_today_is_told_and_not_held_in_public(self) -> None:
        """R76: that the fourth line's text was replaced is of medium confidence."""
        four = [line_of_therapy(number, "PI", "IMiD", "anti-CD38") for number in (1, 2, 3, 4)]
        story = [*opened("medicare", indication="fourth_line"), *four, *to_the_bag(), *stay()]
        (found,) = found_by(self.SECOND, story)
        assert "medium confidence" in found.reason
        assert not found.holds
        assert not found_by(self.SECOND, story, "page")

    def test_an_encounter_that_names_no_indication_is_asked_and_not_held(self) -> None:
        story = [*opened("medicare", indication="myeloma"), *to_the_bag(), *stay()]
        (found,) = found_by(self.WHICH, story)
        assert "second_line" in found.remedy
        assert the(seen_in("public", story), "C1").state == "ready"


class TestLymphodepletion:
    """Denial 8: agents, dose, days, rest."""

    NAME = "the_lymphodepletion_is_the_labels"

    def of(self, days: tuple[int, ...], edition: Edition = "public") -> list[Finding]:
        told = [*second_line(), *to_the_bag(), *lymphodepletion(days=days), *stay()]
        return found_by(self.NAME, told, edition)

    @pytest.mark.parametrize("last", [-4, -3, -2])
    def test_two_to_four_days_of_rest_are_the_labels(self, last: int) -> None:
        assert not self.of((last - 2, last - 1, last))

    @pytest.mark.parametrize("last", [-5, -1])
    def test_a_day_less_or_more_is_told_and_not_held(self, last: int) -> None:
        found = self.of((last - 2, last - 1, last))
        assert found
        assert all(f"{-last} days after the last dose" in each.reason for each in found)
        assert not any(each.holds for each in found)

    def test_the_page_wants_day_minus_5_to_day_minus_3(self) -> None:
        assert not self.of((-5, -4, -3), "page")
        (found,) = self.of((-6, -5, -4), "page")
        assert "from day -6 to day -4" in found.reason

    def test_two_days_are_not_three(self) -> None:
        (found, *_) = self.of((-4, -3))
        assert "fludarabine was given on 2 days, not on 3" in found.reason

    def test_a_course_under_way_has_not_failed(self) -> None:
        told = [*second_line(), *to_the_bag(), *lymphodepletion(days=(-5, -4))]
        assert not found_by(self.NAME, told)

    def test_the_cyclophosphamide_of_another_product_is_told_and_a_tenfold_dose_holds(self) -> None:
        """500 mg/m2 in the place of 300, and a slip of the comma."""
        told, held = (found_by(self.NAME, lymphodepleted(each)) for each in ("925", "5550"))
        assert any("300 mg/m2 at 1.85 m2 is 555 mg" in each.reason for each in told)
        assert not any(each.holds for each in told)
        assert all(each.holds for each in held)


class TestTheSetting:
    """Denial 7: authorized before, never another setting afterwards."""

    NAME = "the_authorization_covers_the_setting_of_the_infusion"

    def test_no_remedy_says_to_bill_it_as_inpatient(self) -> None:
        (found,) = found_by(self.NAME, outpatient("harbor_health", "inpatient"))
        assert "without an inpatient order signed at the time" in found.remedy
        (found,) = found_by(
            "an_outpatient_infusion_is_rare_to_this_payer",
            outpatient("harbor_health", "inpatient"),
            "page",
        )
        assert "not rebilled as inpatient" in found.remedy
        assert found.holds

    @pytest.mark.parametrize("setting", ["any", "outpatient"])
    def test_an_authorization_that_covers_it_is_enough(self, setting: str) -> None:
        told = without(outpatient("harbor_health"), "authorization.granted")
        assert not found_by(self.NAME, [*told, authorized(setting)])  # type: ignore[arg-type]

    def test_what_is_authorized_for_the_product_alone_does_not_settle_the_infusion(self) -> None:
        product = AuthorizationGranted(
            payer="harbor_health", reference="AUTH-2", services=("product",), since=day(-60)
        )
        told = [*outpatient("harbor_health", "inpatient"), record(product, -60, "product")]
        assert found_by(self.NAME, told)

    def test_the_page_tells_of_every_outpatient_infusion(self) -> None:
        name = "an_outpatient_infusion_is_rare_to_this_payer"
        (found,) = found_by(name, outpatient(), "page")
        assert not found.holds
        assert not found_by(name, inpatient(), "page")


# ---- What people post and code --------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An edit, an encounter in which it finds something, and one in which it finds nothing."""

    fires: Callable[[], Story]
    passes: Callable[[], Story]
    holds: bool = True
    edition: Edition = "public"
    centre: Centre = CENTRE


def coded(*conditions: str, codes: tuple[str, ...] = (), drg: str | None = None) -> Story:
    """The inpatient, whose discharge was coded so."""
    told = without(inpatient(), "patient.admitted", "cells.infused", "patient.discharged")
    return [*without(told, "charge.posted"), *stay(conditions, codes, drg)]


def with_crs(story: Story, *more: Record) -> Story:
    return [*story, record(CrsGraded(grade=2), 3), *more]


def readmitted(*conditions: str, drg: str | None = None) -> Story:
    """A later stay for CRS or ICANS, as its coder left it."""
    where = service("inpatient", "A-4")
    left = PatientDischarged(
        status="01",
        conditions=tuple(Condition(code=code) for code in conditions),
        drg=drg,
        service=where,
    )
    came = record(PatientAdmitted(reason="CRS/ICANS", service=where), 20)
    graded = record(CrsGraded(grade=3), 20, "crs later")
    return [*inpatient(), came, graded, record(left, 25)]


def documented(code: str, number: int) -> Record:
    fact = ConditionDocumented(condition=Condition(code=code, provider="dr_imani"))
    return record(fact, number, f"{code} on {number}")


def visit_with(code: str, number: int = 60) -> Record:
    where = service("office", "N-2", "neurology_office")
    fact = NeurologyVisitCompleted(service=where, cpt="99214", conditions=(Condition(code=code),))
    return record(fact, number, f"visit with {code}")


def collected_inside(code: str) -> Story:
    """The collection of an inpatient, coded by procedure."""
    where = service("inpatient", "A-1")
    left = PatientDischarged(
        status="01", procedures=(Procedure(code=code, day=day(-45)),), service=where
    )
    fact = ApheresisCompleted(chain_of_identity="COI-1", donation_number="D1", service=where)
    came = record(PatientAdmitted(reason="other", service=where), -46)
    return [*second_line(), came, record(fact, -45), record(left, -44)]


def answered(fact: ClaimAnswered, story: Story, label: str) -> Story:
    """The payer's answer to one of the claims."""
    claim = the(seen_in("public", story), label)
    told = replace(fact, claim_key=claim.key)
    return [*story, record(told, 60)]


def appealed(story: Story, label: str) -> Record:
    """An appeal of the first level against the denial of a claim."""
    fact = AppealFiled(
        claim_key=the(seen_in("public", story), label).key,
        patient_control_number="PCN-9",
        payer="medicare",
        level=1,
        reason="the criteria are met",
    )
    return record(fact, 70)


def denied(text: str | None = None, rarc: tuple[str, ...] = ()) -> ClaimAnswered:
    return ClaimAnswered(patient_control_number="PCN-9", kind="denied", text=text, rarc=rarc)


def bundled() -> ClaimAnswered:
    why = Adjustment(group="CO", carc="97", amount=Decimal(340))
    return ClaimAnswered(patient_control_number="PCN-9", kind="denied", adjustments=(why,))


def collection_charge(account: str, number: int) -> Record:
    fact = ChargePosted(
        revenue_code="0871",
        hcpcs="38226",
        units=Decimal(1),
        amount=Decimal(4200),
        service_date=day(number),
        service=service("inpatient", account),
    )
    return record(fact, number, f"collection charged to {account}")


def fludarabine(ndc: str) -> Record:
    where = service("outpatient", "A-2", start=at(-5, "09:00"), end=at(-5, "09:30"))
    fact = LymphodepletionDoseGiven(
        agent="fludarabine", bsa=Decimal("1.85"), drug=drug("55.5", ndc), service=where
    )
    return record(fact, -5)


CASES: Final[dict[str, Case]] = {
    "a_code_is_in_force_on_its_day": Case(
        fires=lambda: [*inpatient(), charge("0540T")],
        passes=lambda: [*inpatient(), charge("38228")],
    ),
    "a_diagnosis_is_coded_to_its_end": Case(
        fires=lambda: [*inpatient(), visit_with("G92.0")],
        passes=lambda: [*inpatient(), visit_with("G92.01")],
    ),
    "a_disease_in_remission_does_not_lead_an_infusion": Case(
        fires=lambda: coded("C90.01"),
        passes=lambda: coded("C90.02"),
        holds=False,
    ),
    "what_the_cells_did_is_not_parkinsons_disease": Case(
        fires=lambda: readmitted("T80.82XA", "G20.A1"),
        passes=lambda: [*readmitted("T80.82XA", "G20.A1"), documented("G20.A2", -30)],
    ),
    "a_complication_of_the_cells_has_a_code_of_its_own": Case(
        fires=lambda: with_crs(coded("C90.02", "T80.89XA")),
        passes=lambda: with_crs(coded("C90.02", "T80.82XA")),
    ),
    "a_therapy_that_is_over_is_history": Case(
        fires=lambda: [*inpatient(), visit_with("Z79.899")],
        passes=lambda: [*inpatient(), visit_with("Z92.850")],
        holds=False,
    ),
    "the_sites_grouper_has_the_products_group": Case(
        fires=lambda: coded("C90.02", codes=("XW033A7",), drg="016"),
        passes=lambda: coded("C90.02", codes=("XW033A7",), drg="018"),
    ),
    "no_later_stay_is_grouped_as_an_infusion": Case(
        fires=lambda: readmitted("T80.82XA", drg="018"),
        passes=lambda: readmitted("T80.82XA", drg="815"),
    ),
    "the_site_coded_the_products_own_procedure": Case(
        fires=lambda: coded("C90.02", codes=("3E03305",)),
        passes=lambda: coded("C90.02", codes=("3E03305", "XW033A7")),
        holds=False,
    ),
    "a_collection_of_cells_is_no_collection_of_platelets": Case(
        fires=lambda: collected_inside("6A550Z2"),
        passes=lambda: collected_inside("6A550Z1"),
    ),
    "no_imaging_of_the_heart_stands_for_the_product": Case(
        fires=lambda: [*inpatient(), charge("0541T")],
        passes=lambda: [*inpatient(), charge("38227")],
    ),
    "no_giving_of_cells_stands_on_a_collection": Case(
        fires=lambda: [*inpatient(), charge("38228", -45, "A-1")],
        passes=lambda: [*inpatient(), charge("38225", -45, "A-1")],
    ),
    "no_collection_stands_on_an_infusion": Case(
        fires=lambda: [*outpatient(), charge("38225")],
        passes=lambda: [*outpatient(), charge("38228")],
    ),
    "harvest_and_giving_are_billed_once_a_day": Case(
        fires=lambda: [*outpatient(), charge("38228", units="2")],
        passes=lambda: [*outpatient(), charge("38228")],
    ),
    "an_ndc_belongs_to_the_drug_of_its_line": Case(
        fires=lambda: [*second_line(), *to_the_bag(), fludarabine("57894-502-01")],
        passes=lambda: [*second_line(), *to_the_bag(), fludarabine("00703-5854-01")],
    ),
    "a_modifier_is_in_force_on_its_day": Case(
        fires=lambda: [*inpatient(), charge("J9185", -5, "A-2", modifiers=("JG",))],
        passes=lambda: [*inpatient(), charge("J9185", -5, "A-2", modifiers=("TB",))],
    ),
    "the_rems_is_attested_while_there_is_one": Case(
        fires=lambda: [*outpatient(), charge("38228", modifiers=("KX",))],
        passes=lambda: [*outpatient(), charge("38228")],
    ),
    "waste_is_told_once_and_only_where_it_is_paid": Case(
        fires=lambda: [*inpatient(), charge("J9075", -5, "A-2", "111", ("JW", "JZ"))],
        passes=lambda: [*inpatient(), charge("J9075", -5, "A-2", "111", ("JZ",))],
    ),
    "a_fraction_is_marked_where_there_is_one": Case(
        fires=lambda: [*outpatient(), charge("Q2056", modifiers=("LU",))],
        passes=lambda: [*outpatient(), charge("Q2056")],
    ),
    "the_visit_modifier_stands_on_visits": Case(
        fires=lambda: [*inpatient(), charge("96413", -5, "A-2", modifiers=("25",))],
        passes=lambda: [*inpatient(), charge("99214", -5, "A-2", modifiers=("25",))],
    ),
    "the_contractors_choice_about_none_discarded_is_known": Case(
        fires=lambda: [*outpatient(), charge("Q2056", modifiers=_other_than_billed())],
        passes=lambda: [*outpatient(), charge("Q2056", modifiers=_as_billed())],
        holds=False,
    ),
    "the_units_are_explained_by_the_dose": Case(
        fires=lambda: [*inpatient(), charge("J9185", -5, "A-2", "167")],
        passes=lambda: [*inpatient(), charge("J9185", -5, "A-2", "2")],
    ),
    "the_dose_is_one_unit_in_all": Case(
        fires=lambda: [*inpatient(), charge("Q2056", units="2")],
        passes=lambda: [*inpatient(), charge("Q2056")],
    ),
    "a_day_has_one_initial_administration": Case(
        fires=lambda: [*inpatient(), charge("96413", -5, "A-2", "2")],
        passes=lambda: [*inpatient(), charge("96413", -5, "A-2")],
    ),
    "no_collection_is_charged_to_the_stay_again": Case(
        fires=lambda: [*inpatient(), collection_charge("A-3", 1)],
        passes=lambda: [*inpatient(), collection_charge("A-1", -45)],
    ),
    "a_payer_that_authorizes_beforehand_did": Case(
        fires=lambda: without(inpatient("harbor_health"), "authorization.granted"),
        passes=lambda: inpatient("harbor_health"),
        holds=False,
    ),
    "the_papers_that_the_payer_asks_for_are_on_file": Case(
        fires=inpatient,
        passes=lambda: [
            *inpatient(),
            record(DocumentFiled(kind="chain of identity label", reference="LABEL-1"), 1),
        ],
        centre=asking("chain_of_identity_label"),
    ),
    "an_ndc_that_the_payer_does_not_know_is_answered": Case(
        fires=lambda: answered(denied(rarc=("M119",)), inpatient(), "C1"),
        passes=lambda: answered(denied(rarc=("N386",)), inpatient(), "C1"),
        holds=False,
    ),
    "a_denial_is_answered_in_time": Case(
        fires=lambda: answered(denied(), inpatient(), "C1"),
        passes=lambda: [*answered(denied(), inpatient(), "C1"), appealed(inpatient(), "C1")],
        holds=False,
    ),
    "a_policy_of_another_product_is_answered": Case(
        fires=lambda: answered(denied("not met: Abecma policy, four lines"), inpatient(), "C1"),
        passes=lambda: answered(denied("not met: policy, four lines"), inpatient(), "C1"),
        holds=False,
    ),
    "a_visit_that_was_denied_as_bundled_is_answered": Case(
        fires=lambda: answered(bundled(), visited(), "E1"),
        passes=lambda: answered(denied(), visited(), "E1"),
        holds=False,
    ),
    "a_visit_outside_the_case_rate_quotes_the_clause": Case(
        fires=lambda: visited(400),
        passes=visited,
        holds=False,
    ),
    "a_visit_inside_the_case_rate_goes_out_on_no_line": Case(
        fires=lambda: visited(sent=True),
        passes=visited,
    ),
    "what_is_never_principal_leads_no_claim": Case(
        fires=assessed_by_a_code_that_leads_no_claim,
        passes=inpatient,
    ),
    "the_remarks_name_the_product": Case(
        fires=infused_from_two_accounts_for_a_payer_that_asks,
        passes=infusion_for_a_payer_that_asks,
        holds=False,
    ),
    "no_charge_stands_on_two_claims": Case(
        fires=posted_one_charge_for_two_visits,
        passes=posted_a_collection_to_the_stay_as_well,
    ),
    "a_line_has_units": Case(fires=a_charge_without_a_unit, passes=inpatient),
    "the_referral_says_for_which_indication": Case(
        fires=lambda: [*opened("medicare", indication="myeloma"), *to_the_bag(), *stay()],
        passes=inpatient,
        holds=False,
    ),
}
"""Every edit that is no denial of the page by itself, and a few that are one of several."""


def _billed_modifiers() -> tuple[str, ...]:
    (dose,) = [x for x in the(seen_in("public", outpatient()), "C1").lines if x.code == "Q2056"]
    return tuple(each for each in dose.modifiers if each == "JZ")


def _as_billed() -> tuple[str, ...]:
    return _billed_modifiers()


def _other_than_billed() -> tuple[str, ...]:
    return () if _billed_modifiers() else ("JZ",)


MADE_BY_HAND: Final = {"the_collection_is_tracked_or_folded_never_both"}
"""What no facts can bring about while the rules are right: asked about a claim directly."""


@pytest.mark.parametrize("name", sorted(CASES))
def test_an_edit_finds_what_it_is_for_and_nothing_where_all_is_right(name: str) -> None:
    case = CASES[name]
    caught = found_by(name, case.fires(), case.edition, case.centre)
    assert caught
    assert any(each.holds for each in caught) is case.holds
    assert all(each.reason and each.remedy and each.source for each in caught)
    assert found_by(name, case.passes(), case.edition, case.centre) == []


def test_every_edit_has_a_case() -> None:
    with_case = {*CASES, *MADE_BY_HAND}
    of_denials = {each.name for each in OWN if each.denial is not None}
    assert {each.name for each in OWN} - of_denials <= with_case
    assert with_case <= {each.name for each in OWN}


@pytest.mark.parametrize("edit", OWN, ids=lambda each: each.name)
def test_an_edit_says_what_it_is_for_and_on_whose_word(edit: Edit) -> None:
    assert edit.about
    assert edit.source
    assert "codes.md" not in edit.source


# ---- Edits of what the rules never do -------------------------------------------------------


def drafted(story: Story, label: str) -> Draft:
    """The draft of one claim, caught as an edit sees it."""
    caught: list[Draft] = []
    probe = replace(
        EDITS[0],
        name="probe",
        claims=("A", "B", "C", "D", "E", "E0"),
        beside=True,
        body=_into(caught),
    )
    EDITS.append(probe)
    try:
        seen_in("public", story)
    finally:
        EDITS.remove(probe)
    return next(each for each in caught if each.claim.label == label)


def _into(caught: list[Draft]) -> Callable[[Draft], list[Finding]]:
    def body(draft: Draft) -> list[Finding]:
        caught.append(draft)
        return []

    return body


def test_a_claim_without_the_products_name_is_told_of_where_it_is_looked_for() -> None:
    edit, draft = BY_NAME["the_remarks_name_the_product"], drafted(inpatient(), "C1")
    assert list(edit.finds(draft)) == []
    codes = tuple(code for code in draft.claim.codes if code.role != "remarks")
    (found,) = edit.finds(replace(draft, claim=replace(draft.claim, codes=codes)))
    assert "CARVYKTI" in found.remedy


def test_a_grade_that_leads_a_stay_is_held() -> None:
    edit, draft = BY_NAME["what_is_never_principal_leads_no_claim"], drafted(inpatient(), "C1")
    assert list(edit.finds(draft)) == []
    codes = tuple(
        replace(code, code="D89.832") if code.role == "principal" else code
        for code in draft.claim.codes
    )
    (found,) = edit.finds(replace(draft, claim=replace(draft.claim, codes=codes)))
    assert found.holds
    assert "T80.82XA" in found.remedy


def test_one_charge_on_two_claims_is_held() -> None:
    edit, draft = BY_NAME["no_charge_stands_on_two_claims"], drafted(inpatient(), "C1")
    assert list(edit.finds(draft)) == []
    twin = replace(draft.claim, label="D1", key="another")
    (found,) = edit.finds(replace(draft, beside=(*draft.others, twin)))
    assert found.reason == "charges stand on C1 and D1"


def test_a_collection_that_is_tracked_and_folded_is_held() -> None:
    edit = BY_NAME["the_collection_is_tracked_or_folded_never_both"]
    story = inpatient()
    draft, collection = drafted(story, "C1"), next(r for r in story if r.day == day(-45))
    assert list(edit.finds(draft)) == []
    lines = tuple(
        replace(line, basis=replace(line.basis, records=(*line.basis.records, collection.key)))
        if line.code == "Q2056"
        else line
        for line in draft.claim.lines
    )
    (found,) = edit.finds(replace(draft, claim=replace(draft.claim, lines=lines)))
    assert "A1" in found.reason


def test_a_collection_of_another_batch_may_be_tracked_beside_a_folded_one() -> None:
    """Its cells were never infused: no product's line holds its charge, so nothing is double."""
    name = "directory_folds_beside_a_collection_of_nothing"
    centre = ENCOUNTERS[name].centre(CENTRE)
    found = seen_in("public", directory_folds_beside_a_collection_of_nothing(), centre)
    tracked = [line.code for line in the(found, "A1").lines]
    (product,) = [line for line in the(found, "C1").lines if line.folded]
    assert (tracked, product.code, the(found, "C1").state) == (["38225"], "Q2056", "ready")


# ---- Edits as a whole -----------------------------------------------------------------------


def test_a_person_settles_what_an_edit_holds() -> None:
    story = [*inpatient(), charge("0541T")]
    (found,) = found_by("no_imaging_of_the_heart_stands_for_the_product", story)
    assert the(seen_in("public", story), "C1").state == "held"
    decided = FindingSettled(
        finding=found.key, decision="overridden", credential="CCS", reason="charge voided"
    )
    assert the(seen_in("public", [*story, record(decided, 30)]), "C1").state != "held"


def test_two_errors_of_one_visit_are_one_finding_with_both_reasons() -> None:
    """A finding is named by its edit and its records: the second must not hide the first."""
    where = service("office", "N-2", "neurology_office")
    codes = (Condition(code="G92.0"), Condition(code="D89.83"))
    fact = NeurologyVisitCompleted(service=where, cpt="99214", conditions=codes)
    (found,) = found_by("a_diagnosis_is_coded_to_its_end", [*inpatient(), record(fact, 60)])
    assert "G92.0 " in found.reason
    assert "D89.83 " in found.reason


def test_a_dose_charged_on_a_day_of_no_claim_is_found_all_the_same() -> None:
    story = [*outpatient(), charge("Q2055", 9)]
    assert found_by("a_code_of_another_product_against_the_same_target", story)
    story = [*DENIALS[9].passes(), charge("Q2056", 20, "A-2")]
    assert found_by("no_dose_is_charged_where_none_was_infused", story)


def test_what_a_window_moves_is_judged_with_the_charges_of_its_own_account() -> None:
    """The dose of day -3 stands on the stay's claim; its charge was posted to the clinic."""
    story = [*inpatient(), charge("J9185", -3, "A-2", "167")]
    (found,) = found_by("the_units_are_explained_by_the_dose", story)
    infusion = the(seen_in("public", story), "C1")
    assert found in infusion.findings


@pytest.mark.parametrize(
    ("code", "number", "account"),
    [("0540T", 0, "A-3"), ("0537T", -45, "A-1"), ("J9070", -5, "A-2")],
)
def test_a_code_of_other_years_is_told_with_the_one_of_its_day(
    code: str, number: int, account: str
) -> None:
    story = [*inpatient(), charge(code, number, account)]
    (found,) = found_by("a_code_is_in_force_on_its_day", story)
    assert code in found.reason
    assert {"0540T": "38228", "0537T": "38225", "J9070": "J9075"}[code] in found.remedy
    assert found.holds is (code != "J9070"), "the day on which J9070 ended is a recollection"


@pytest.mark.parametrize(("infused_on", "over"), [((2025, 6, 25), False), ((2025, 6, 26), True)])
def test_the_attestation_of_the_rems_ends_with_it(
    infused_on: tuple[int, int, int], over: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world, "DAY_0", date(*infused_on))
    story = [*outpatient(), charge("38228", modifiers=("KX",))]
    assert bool(found_by("the_rems_is_attested_while_there_is_one", story)) is over


def test_the_page_is_never_held_by_its_own_errors() -> None:
    """Its own codes, units and principal: only what is missing in the encounter is told."""
    for payer in ("medicare", "harbor_health"):
        for story in (inpatient(payer), outpatient(payer)):
            for claim in seen_in("page", story).claims:
                held = [f.rule for f in claim.findings if f.holds and f.rule in BY_NAME]
                assert held == [], claim.label


def test_the_public_edition_holds_no_claim_that_is_right() -> None:
    for story in (inpatient(), outpatient(), inpatient("harbor_health"), visited()):
        for claim in seen_in("public", story).claims:
            assert [f.rule for f in claim.findings if f.holds and f.rule in BY_NAME] == []


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("name", sorted(ENCOUNTERS))
def test_edits_judge_every_small_encounter(name: str, edition: Edition) -> None:
    centre = ENCOUNTERS[name].centre(CENTRE)
    made = seen_in(edition, ENCOUNTERS[name].story(), centre)
    keys = {each.key for each in history(ENCOUNTERS[name].story()).records}
    for claim in made.claims:
        for each in claim.findings:
            assert set(each.records) <= keys
            assert each.remedy


@pytest.mark.parametrize("edition", EDITIONS)
@hypothesis_given(story=encounters())
@settings(max_examples=40, deadline=None)
def test_edits_judge_whatever_happens(edition: Edition, story: Story) -> None:
    made = seen_in(edition, story)
    for claim in made.claims:
        holding = [each for each in claim.findings if each.holds]
        settled = claim.state in ("held", "bundled", "not_ours")
        assert settled or not holding


def test_a_stay_coded_by_nobody_is_judged_too() -> None:
    told = [*second_line(), *to_the_bag(), admitted(), infused(), discharged()]
    assert the(seen_in("public", told), "C1").state == "partial"


def test_two_products_of_one_maker_share_the_certificates_of_their_rems() -> None:
    """Yescarta and Tecartus have one REMS; a certificate recorded under either counts for both."""
    case = next(each for each in PRODUCTS if each.product == "yescarta")
    name = "a_certified_centre_gives_the_cells"
    for product, counts in (("tecartus", True), ("kymriah", False)):
        held = [
            replace(each, programme=each.programme.replace("carvykti", product))
            for each in certified()
        ]
        found = found_by(name, of_product(case), "page", CENTRE.certifying(held))
        assert (not found) is counts
