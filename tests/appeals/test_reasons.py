"""Each of the page's ten reasons and the further ones: recognised, answered, and never guessed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import pytest

from tests.appeals.stories import (
    Story,
    attached,
    denied,
    filed,
    first_of,
    lacking,
    request_denied,
    seen_of,
    taken_off,
    the_denial,
    told_by,
)
from tests.claims.encounters.denials import (
    DENIALS,
    inpatient,
    lymphodepleted,
    outpatient,
    visited,
)
from tests.given_ledger import ROOT
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.appeals.reason import NoDenial, Reason, Sign
from veinledger.domain.appeals.support import Citation, Paper
from veinledger.domain.codebook.statement import EDITIONS, Edition
from veinledger.projections.appeals.papers import OF_THE_PRODUCT
from veinledger.projections.appeals.registry import LOOK_UPS
from veinledger.projections.claims.edits.registry import EDITS

PAGE = ROOT.parent / "shared" / "seed" / "carvykti-q2056-page.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """A denial, and what its answer has to hold."""

    story: Callable[[], Story]
    label: str = "C1"
    said: dict[str, Any] = field(default_factory=dict[str, Any])
    reason: str
    number: int | None
    facts: tuple[str, ...]
    """What the facts say, have and missing."""
    attach: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    edition: Edition = "public"


def _manufacturing_failed() -> Story:
    return DENIALS[9].passes()


CASES: Final[dict[str, Denied]] = {
    "the centre is not accredited": Denied(
        story=inpatient,
        said={"text": "Facility is not FACT accredited"},
        reason="centre_not_certified",
        number=1,
        facts=("have: FACT certificate number C-0 of the infusion facility, from 2022-06-15",),
        attach=("fact_certificate",),
        missing=("fda_rems_notice",),
        cites=("FDA notice", "FACT is not among its conditions"),
    ),
    "the provider was not certified, by code": Denied(
        story=inpatient,
        said={"adjustments": (taken_off("B7"),)},
        reason="centre_not_certified",
        number=1,
        facts=("have: FACT certificate",),
    ),
    "the page sends the letter": Denied(
        story=inpatient,
        said={"text": "no CARVYKTI REMS certification"},
        reason="centre_not_certified",
        number=1,
        facts=(
            "have: carvykti_rems certificate number C-2 of the infusion facility",
            "have: carvykti_rems certificate number C-3 of the prescriber",
        ),
        attach=("rems_letter", "fact_certificate"),
        edition="page",
    ),
    "refractoriness is not documented": Denied(
        story=inpatient,
        said={"text": "Lenalidomide-refractory status not documented"},
        reason="refractoriness_not_documented",
        number=2,
        facts=(
            "have: lenalidomide from 2023-11-23 to 2026-01-01, progression on 2026-01-21, "
            "20 days after the last dose, within 60; document DOC-1",
            "missing: line 1 has no best response and reason why it was stopped",
        ),
        attach=("lenalidomide_timeline",),
        missing=("prior_therapy_log",),
        cites=("10.1056/NEJMoa2303379", "IMWG", "NCCN", "CARTITUDE-4"),
    ),
    "four lines are not documented, as the page has it": Denied(
        story=DENIALS[3].fails,
        said={"text": "triple-class exposure is not documented"},
        reason="exposure_not_documented",
        number=3,
        facts=("have: line 4", "missing: no prior line has a drug of the class anti-CD38"),
        missing=("prior_therapy_log",),
        cites=("10.1016/S0140-6736(21)00933-8",),
        edition="page",
    ),
    "four lines after the label's text ended": Denied(
        story=DENIALS[3].passes,
        said={"text": "four prior lines are not documented"},
        reason="exposure_not_documented",
        number=3,
        facts=("have: line 4", "missing: nothing documents that the disease is refractory"),
        cites=("FDA approval", "CARTITUDE-1"),
    ),
    "Abecma's code was billed": Denied(
        story=inpatient,
        said={"text": "Q2055 does not match the product that was authorized"},
        reason="code_of_a_product_against_the_same_target",
        number=4,
        facts=("NDC 57894-111-01, code on the label Q2056", "billed as Q2056"),
        missing=("identity_label",),
    ),
    "a CD19 code was billed": Denied(
        story=inpatient,
        said={"text": "Q2041 is for lymphoma"},
        reason="code_of_a_product_against_another_target",
        number=5,
        facts=("have: disease on 2026-02-20: C90.00", "a CAR-T against BCMA"),
    ),
    "no plan of monitoring": Denied(
        story=lambda: inpatient("harbor_health"),
        said={"text": "neurological monitoring plan is missing"},
        reason="no_neurological_plan",
        number=6,
        facts=("have: neurology saw the patient, 2026-04-21", "baseline, +1 month"),
        attach=("neurological_plan",),
        missing=("baseline_examination",),
    ),
    "the outpatient setting is denied": Denied(
        story=lambda: outpatient("harbor_health", "inpatient"),
        said={"adjustments": (taken_off("58"),)},
        reason="setting_denied",
        number=7,
        facts=(
            "the cells went in on 2026-05-11 as outpatient",
            "no inpatient stay took place: the service stays outpatient and is not sent again",
            "missing: authorization AUTH-1 for apheresis",
            "setting inpatient, from 2026-03-12 to open: covers 2026-05-11, and the service was "
            "outpatient",
        ),
        missing=("authorization_letter",),
    ),
    "the regimen is off label": Denied(
        story=lambda: lymphodepleted("925"),
        label="C1",
        said={"text": "lymphodepletion regimen does not match the FDA label"},
        reason="regimen_off_label",
        number=8,
        facts=(
            "have: 925 mg cyclophosphamide, 500 mg/m2 on 2026-05-06, day -5",
            "the last of them 2 to 4 days before the infusion",
            "missing: 925 mg of cyclophosphamide",
        ),
        missing=("administration_record",),
    ),
    "no product came": Denied(
        story=_manufacturing_failed,
        label="A1",
        said={"text": "manufacturing failed, collection not covered"},
        reason="product_never_delivered",
        number=9,
        facts=(
            "manufacture failed on 2026-04-21; non-conformance report NCR-1",
            "claim A1 bills",
            "claim B1 bills",
            "Q2056 is billed nowhere: no dose went in",
        ),
        attach=("non_conformance_report",),
    ),
    "a visit is bundled": Denied(
        story=visited,
        label="E1",
        said={"adjustments": (taken_off("97"),)},
        reason="visit_bundled",
        number=10,
        facts=("exhibit C, section 4", "inside it: write it off", "day 30 after the infusion"),
        missing=("contract", "visit_note"),
    ),
    "the NDC is not found": Denied(
        story=lambda: [*inpatient(), filed("chain of identity label", "LABEL-1")],
        said={"rarc": ("M119",)},
        reason="ndc_not_found",
        number=None,
        facts=("NDC 57894-111-01",),
        attach=("identity_label",),
    ),
    "another product's policy": Denied(
        story=inpatient,
        said={"text": "must have failed prior CAR-T"},
        reason="policy_of_another_product",
        number=None,
        facts=("since 2024-04-05",),
        cites=("10.1056/NEJMoa2303379", "DailyMed", "FDA approval"),
    ),
    "four lines asked of the second": Denied(
        story=inpatient,
        said={"text": "Member must be 4L+"},
        reason="policy_of_another_product",
        number=None,
        facts=("refractory to lenalidomide, since 2024-04-05",),
    ),
    "filed too late": Denied(
        story=inpatient,
        said={"adjustments": (taken_off("29"),)},
        reason="filed_too_late",
        number=None,
        facts=("missing: no sending of this claim", "filing limit for medicare is 2027-05-25"),
        missing=("proof_of_submission",),
    ),
    "no authorization": Denied(
        story=lambda: inpatient("harbor_health"),
        said={"adjustments": (taken_off("197"),)},
        reason="authorization_missing",
        number=None,
        facts=("authorization AUTH-1", "covers 2026-05-11"),
    ),
    "records are wanted": Denied(
        story=inpatient,
        said={"adjustments": (taken_off("252"),)},
        reason="records_wanted",
        number=None,
        facts=("referred for second line",),
    ),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_denial_is_recognised_and_answered_with_facts_and_papers(name: str) -> None:
    case = CASES[name]
    found = the_denial(denied(case.story(), case.label, **case.said), case.edition)
    one = first_of(found)
    assert (one.reason, one.number, found.match) == (case.reason, case.number, "matched")
    told = told_by(one)
    assert [each for each in case.facts if each not in told] == [], told
    assert set(case.attach) <= set(attached(one))
    assert set(case.missing) <= lacking(one)
    cited = "; ".join(f"{each.label} {each.identifier}" for each in one.citations)
    assert [each for each in case.cites if each not in cited] == [], cited


def test_the_cases_have_every_reason_of_the_page() -> None:
    assert {case.number for case in CASES.values()} >= set(range(1, 11))


def test_a_rems_named_after_its_end_is_answered_by_the_notice_and_by_no_letter() -> None:
    story = request_denied(inpatient("harbor_health"), "not certified in the CARVYKTI REMS")
    public, page = first_of(the_denial(story)), first_of(the_denial(story, "page"))
    assert "ended it on 2025-06-26" in public.answer
    assert [each.label for each in public.citations if "FDA notice" in each.label]
    assert "rems_letter" not in {each.name for each in public.attachments}
    assert "REMS letter of the maker" in (public.otherwise or "")
    assert "rems_letter" in attached(page)
    assert not [each for each in page.citations if "FDA notice" in each.label]


def test_an_outpatient_service_is_never_sent_again_as_inpatient() -> None:
    for edition in EDITIONS:
        story = denied(outpatient("harbor_health"), "C1", text="site of service denied")
        one = first_of(the_denial(story, edition))
        assert "only where an inpatient stay" in one.answer
        assert "never rebilled as inpatient" in (one.otherwise or "")
        assert "no inpatient stay took place" in told_by(one)
        assert "inpatient_order" not in {each.name for each in one.attachments}


def test_after_an_inpatient_stay_the_inpatient_claim_may_go_out() -> None:
    one = first_of(the_denial(denied(inpatient(), "C1", text="site of care")))
    assert "an inpatient stay took place, from 2026-05-11 to 2026-05-25" in told_by(one)
    assert "no inpatient stay" not in told_by(one)
    assert "inpatient_order" in lacking(one)


def test_an_answer_that_nobody_knows_is_unmatched_and_asked_about() -> None:
    clean = [*inpatient()]
    found = the_denial(denied(clean, "C1", text="see attached letter", rarc=("N999",)))
    assert (found.match, found.candidates) == ("unmatched", ())
    assert "ask medicare about C1" in found.ask
    assert "RARC N999" in found.ask
    assert found.next.startswith("ask the payer for the reason, then ask for level 1")


def test_a_code_that_fits_several_reasons_names_none() -> None:
    found = the_denial(denied(inpatient(), "C1", adjustments=(taken_off("188"),)))
    assert found.match == "unclear"
    assert {each.reason for each in found.candidates} == {
        "refractoriness_not_documented", "regimen_off_label",
    }  # fmt: skip
    assert "these only fit" in found.ask


def test_an_answer_that_names_two_reasons_has_both_the_better_supported_first() -> None:
    story = denied(inpatient(), "C1", text="lenalidomide; NDC not found", rarc=("M119",))
    found = the_denial(story)
    assert found.match == "several"
    assert [each.reason for each in found.candidates] == [
        "ndc_not_found", "refractoriness_not_documented",
    ]  # fmt: skip
    assert "answer each reason that it names" in found.ask


def test_what_our_own_edit_found_stands_beside_the_code_that_fits() -> None:
    story = denied(DENIALS[2].fails(), "C1", adjustments=(taken_off("50"),))
    one = first_of(the_denial(story))
    kinds = {each.kind for each in one.evidence}
    assert (one.number, kinds) == (2, {"code", "finding"})
    assert "200 days after the last dose" in told_by(one)


def test_the_word_fact_within_manufacturing_is_no_accreditation() -> None:
    found = the_denial(denied(inpatient(), "C1", text="in fact the manufacture was not shown"))
    assert found.match == "unmatched"


def test_what_a_patient_owes_or_a_rate_takes_off_is_no_denial() -> None:
    story = inpatient()
    for carc in ("1", "2", "3", "45", "253"):
        told = denied(story, "C1", kind="paid", paid=Decimal(0), adjustments=(taken_off(carc),))
        assert seen_of(told).denials == ()


def test_a_request_is_denied_for_no_reason_of_a_claim_alone() -> None:
    found = the_denial(request_denied(inpatient("harbor_health"), "bundled; timely filing"))
    assert found.match == "unmatched"
    assert found.about == "REQ-9"


# ---- The pages themselves -------------------------------------------------------------------


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_reason_of_the_page_has_a_row_today(edition: Edition) -> None:
    rules = shipped_rules(edition)
    rows = [each for each in rules.listing.all(Reason) if edition in each.editions]
    open_ones = [each for each in rows if each.until is None]
    assert sorted(each.number for each in open_ones if each.number) == list(range(1, 11))


def test_every_name_on_the_pages_leads_somewhere() -> None:
    listing = shipped_rules().listing
    reasons = {each.name for each in listing.all(Reason)}
    papers = {each.name for each in listing.all(Paper)}
    citations = {each.name for each in listing.all(Citation)} | set(OF_THE_PRODUCT)
    edits = {each.name for each in EDITS}
    for each in listing.all(Reason):
        assert set(each.papers) <= papers
        assert set(each.citations) <= citations
        assert set(each.edits) <= edits
        assert set(each.wants) <= set(LOOK_UPS)
    assert {each.reason for each in listing.all(Sign)} == reasons
    used = {name for each in listing.all(Reason) for name in each.papers}
    assert used == papers
    assert listing.all(NoDenial)


def test_no_code_both_denies_and_does_not() -> None:
    listing = shipped_rules().listing
    harmless = {code for each in listing.all(NoDenial) for code in each.carc}
    assert not harmless & {code for each in listing.all(Sign) for code in each.carc}


@pytest.mark.skipif(not PAGE.exists(), reason="the source page is not beside the tree")
def test_the_page_prints_the_ten_reasons_and_what_is_cited_from_it() -> None:
    printed = PAGE.read_text(encoding="utf-8")
    for number, words in enumerate(
        (
            "Non-FACT / non-CARVYKTI-REMS-certified center", "2L+: lenalidomide-refractory",
            "4L+: PI / IMiD / anti-CD38", "Wrong Q-code: Q2055", "Wrong Q-code: CD19",
            "Missing neurological monitoring plan", "Site-of-service: outpatient",
            "Lymphodepletion regimen not matching", "Manufacturing failure",
            "Extended MNT surveillance E/M denied as bundled",
        ),
        start=1,
    ):  # fmt: skip
        assert f"\n{number}{words}" in printed
    for each in shipped_rules().listing.all(Citation):
        if each.identifier and each.identifier.startswith("DOI"):
            assert each.identifier in printed


def test_nobody_is_sent_for_an_authorization_to_a_payer_that_gives_none() -> None:
    told: dict[str, Any] = {"text": "site of service: outpatient is not covered"}
    medicare = first_of(the_denial(denied(inpatient(), "C1", **told)))
    assert "have: medicare authorizes nothing beforehand" in told_by(medicare)
    assert "authorization_letter" not in lacking(medicare)
    asked = inpatient("harbor_health")
    asked = [each for each in asked if each.fact.type != "authorization.granted"]
    commercial = first_of(the_denial(denied(asked, "C1", **told)))
    assert "missing: no authorization of harbor_health" in told_by(commercial)
    assert "authorization_letter" in lacking(commercial)


def test_nobody_is_sent_for_a_report_of_a_failure_that_did_not_happen() -> None:
    told: dict[str, Any] = {"text": "manufacturing failure, no product delivered"}
    delivered = first_of(the_denial(denied(inpatient(), "C1", **told)))
    assert "non_conformance_report" not in lacking(delivered)
    story = [each for each in inpatient() if each.fact.type != "cells.infused"]
    without = first_of(the_denial(denied(story, "A1", **told)))
    assert "non_conformance_report" in lacking(without)
