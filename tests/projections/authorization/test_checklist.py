"""The checklist for each payer: what is there, missing, too old, against it, or not asked for."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest

from tests.given import day, record
from tests.given_ledger import ROOT
from tests.projections.authorization.told import (
    AGED,
    CERTIFIED,
    ON,
    PARTS,
    POLICIES,
    ask_row,
    asks,
    centre,
    item,
    packet,
    story,
    with_pages,
    young,
)
from tests.projections.gates.ready import cleared, line, planned, refractory, seen_by_neurology
from veinledger.domain.codebook.statement import EDITIONS, Edition
from veinledger.domain.facts.disease import DiseaseAssessed
from veinledger.domain.policies.policy import Item

PAGE = ROOT.parent / "shared" / "seed" / "carvykti-q2056-page.txt"
ITEMS: tuple[Item, ...] = get_args(Item)
EACH_POLICY = pytest.mark.parametrize("policy", POLICIES)
EACH_EDITION = pytest.mark.parametrize("edition", EDITIONS)


@EACH_EDITION
@EACH_POLICY
def test_a_patient_with_everything_has_all_that_a_payer_asks(policy: str, edition: Edition) -> None:
    made = packet(story(), at=centre(policy), edition=edition)
    assert {each.state for each in made.checklist} <= {"have", "not asked"}
    assert {each.item for each in made.checklist} == set(ITEMS)
    assert made.complete


@EACH_EDITION
@EACH_POLICY
@pytest.mark.parametrize("name", PARTS)
def test_what_is_not_told_is_missing_where_it_is_asked_for(
    name: Item, policy: str, edition: Edition
) -> None:
    without = story(*PARTS[name])
    if name == "imaging":  # an assessment of the disease within the window stands in for it
        without = [each for each in without if not isinstance(each.fact, DiseaseAssessed)]
    found = item(packet(without, at=centre(policy), edition=edition), name)
    if name in asks(policy, edition):
        assert found.state == "missing"
        assert re.search(r"\([a-z]+\.[a-z_]+", found.remedy), "names the fact that supplies it"
    else:
        assert (found.state, found.remedy) == ("not asked", "")


@EACH_EDITION
@EACH_POLICY
@pytest.mark.parametrize("name", CERTIFIED)
def test_a_certificate_is_had_missed_or_over(name: Item, policy: str, edition: Edition) -> None:
    asked = name in asks(policy, edition)
    for at, state in (
        (centre(policy), "have"),
        (centre(policy, until=ON), "expired"),
        (centre(policy).certifying(()), "missing"),
    ):
        found = item(packet(story(), at=at, edition=edition), name)
        assert found.state == (state if asked else "not asked")


@EACH_POLICY
@pytest.mark.parametrize("name", AGED)
def test_what_is_older_than_the_payer_takes_is_expired_and_not_a_day_before(
    name: Item, policy: str
) -> None:
    if name not in asks(policy, "public"):
        return
    told = story()
    dated = item(packet(told, at=centre(policy)), name).evidence[0].day
    most = (ON - dated).days
    for within, state in ((most, "have"), (most - 1, "expired")):
        rules = with_pages({"policies/ours.toml": young(policy, within)})
        found = item(packet(told, at=centre(policy), rules=rules), name)
        assert found.state == state, found.found


@EACH_POLICY
def test_the_day_decides_whether_an_examination_is_too_old(policy: str) -> None:
    rules = with_pages({"policies/ours.toml": young(policy, 59)})
    if "ecog" not in asks(policy, "public"):
        return
    days = {on: item(packet(story(), at=centre(policy), rules=rules, on=on), "ecog").state
            for on in (ON, ON + timedelta(days=1), ON + timedelta(days=2))}  # fmt: skip
    assert list(days.values()) == ["have", "have", "expired"]


@EACH_POLICY
def test_what_happens_after_the_day_plays_no_part(policy: str) -> None:
    before = packet(story("ecog"), at=centre(policy))
    later = story("ecog", more=[cleared("ECOG", -1, value=Decimal(1))])
    assert packet(later, at=centre(policy)) == before
    if "ecog" in asks(policy, "public"):
        assert item(packet(later, at=centre(policy), on=day(-1)), "ecog").state == "have"


@pytest.mark.parametrize(
    ("value", "state"), [(0, "have"), (2, "have"), (3, "not met"), (None, "missing")]
)
def test_an_ecog_status_is_held_against_the_payers_limit(value: int | None, state: str) -> None:
    told = cleared("ECOG", -9, value=None if value is None else Decimal(value))
    found = item(packet(story("ecog", more=[told])), "ecog")
    assert found.state == state
    assert f"ECOG{'' if value is None else f' {value}'}, cleared on {day(-9)}" in found.found


def test_a_result_that_did_not_clear_speaks_against_the_request_whatever_came_before() -> None:
    told = story(more=[cleared("LVEF", -9, "not cleared", value=Decimal(35), unit="%")])
    found = item(packet(told), "cardiac_clearance")
    assert found.state == "not met"
    assert "LVEF 35 %, not cleared" in found.found
    assert f"overrules that of {day(-60)}" in found.found


def test_a_pending_result_is_missing() -> None:
    found = item(packet(story("lvef", more=[cleared("LVEF", -9, "pending")])), "cardiac_clearance")
    assert (found.state, "pending" in found.found) == ("missing", True)


def test_a_visit_with_findings_is_no_clean_baseline() -> None:
    told = story("baseline", more=[seen_by_neurology(-9, findings=("bradykinesia",))])
    assert item(packet(told), "baseline_neurology").state == "not met"


def test_a_plan_without_a_visit_of_the_calendar_lacks_it() -> None:
    told = story("plan", more=[planned(visits=("baseline", "+1 month", "+3 months", "+12 months"))])
    found = item(packet(told), "neurological_plan")
    assert found.state == "missing"
    assert "lacks month 6" in found.found


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("since", "first day"),
        ("until", "last day"),
        ("response", "best response"),
        ("reason_stopped", "reason for stopping"),
    ],
)
def test_a_line_that_lacks_something_is_named_with_it(field: str, words: str) -> None:
    told = story("lines", more=[
        line(1, "RVd", "lenalidomide", "bortezomib"), line(2, "DRd", "daratumumab", **{field: None})
    ])  # fmt: skip
    found = item(packet(told), "prior_therapy_log")
    assert (found.state, found.found) == ("missing", f"line 2 (DRd) has no {words}")


@pytest.mark.parametrize(
    ("last", "progressed", "state", "says"),
    [
        (-150, -90, "have", "progression 60 days after the last dose"),
        (-150, -89, "missing", "61 days after the last dose of lenalidomide, not within 60"),
        (-150, -150, "have", "progression while it was given"),
        (-150, -160, "have", "progression while it was given"),
    ],
)
def test_refractory_means_progression_on_the_drug_or_within_sixty_days(
    last: int, progressed: int, state: str, says: str
) -> None:
    told = story("refractory", more=[refractory(last, progressed)])
    found = item(packet(told), "indication_documented")
    assert found.state == state
    assert says in found.found


def test_a_timeline_without_its_document_is_not_one_that_a_reviewer_takes() -> None:
    told = story("refractory", more=[refractory(document=None)])
    found = item(packet(told), "indication_documented")
    assert (found.state, "no document" in found.found) == ("missing", True)


def test_bcma_is_asked_of_no_product_that_is_aimed_at_something_else() -> None:
    told = story()
    opening = next(each for each in told if each.fact.type == "encounter.opened")
    fact = type(opening.fact)(product="yescarta", indication="lymphoma", patient="P1", centre="c")  # type: ignore[call-arg]
    made = packet([record(fact, -90, "opened"), *(e for e in told if e is not opening)])
    found = item(made, "bcma_pathology")
    assert (found.state, "CD19" in found.found) == ("not asked", True)


def test_another_products_certificate_counts_for_nothing_and_is_named() -> None:
    held = tuple(
        replace(each, programme="abecma_rems") if each.programme == "carvykti_rems" else each
        for each in centre().certifications
    )
    made = packet(story(), at=centre().certifying(held), edition="page")
    found = item(made, "rems_certification")
    assert found.state == "missing"
    assert "the certificate of ABECMA does not count" in found.found


def test_the_rems_is_no_longer_asked_for_but_by_the_page() -> None:
    assert item(packet(story(), edition="page"), "rems_certification").state == "have"
    found = item(packet(story()), "rems_certification")
    assert (found.state, "it did before 2025-06-26" in found.found) == ("not asked", True)


def test_what_keeps_the_request_back_stands_first() -> None:
    made = packet(story("ecog", "plan", more=[cleared("LVEF", -9, "not cleared")]))
    states = [each.state for each in made.checklist]
    order = ["not met", "missing", "expired", "have", "not asked"]
    assert states == sorted(states, key=order.index)
    assert states[:3] == ["not met", "missing", "missing"]


def test_a_sites_page_about_its_payer_wins_over_the_shipped_rows() -> None:
    shipped = packet(story())
    rules = with_pages({
        "policies/ours.toml": ask_row("commercial", "ecog", "at_most = 0")
        + ask_row("commercial", "organ_function")
    })  # fmt: skip
    ours = packet(story(), rules=rules)
    assert (item(shipped, "ecog").state, item(ours, "ecog").state) == ("have", "not met")
    assert item(shipped, "organ_function").state == "not asked"
    assert item(ours, "organ_function").state == "have"
    assert item(ours, "ecog").source.startswith("site: policies/ours.toml: the payer's letter")
    assert item(ours, "ecog").confidence == "high"


def test_a_sites_own_policy_builds_on_another_and_leaves_out_what_its_payer_does_not_ask() -> None:
    page = """
[[policy]]
name = "harbor"
label = "Harbor Health, medical policy 7"
builds_on = "commercial"
does_not_ask = ["imaging", "pulmonary_clearance"]
authorization = "formal"
settings = ["inpatient", "outpatient"]
from = 2026-01-01
editions = ["public", "page"]
source = "medical policy 7, revised 2026-01-01"
row = "site: medical policy 7"
confidence = "high"
"""
    rules = with_pages({"policies/harbor.toml": page})
    made = packet(story("imaging", "pulmonary"), at=centre("harbor"), rules=rules)
    assert item(made, "imaging").state == "not asked"
    assert item(made, "pulmonary_clearance").state == "not asked"
    assert item(made, "ecog").state == "have"
    assert made.policy is not None
    assert made.policy.label == "Harbor Health, medical policy 7"
    assert not any("not verified" in each for each in made.remarks)


def test_all_that_nobody_has_read_says_so() -> None:
    for policy in POLICIES:
        made = packet(story(), at=centre(policy))
        told = [each for each in made.checklist if each.state != "not asked"]
        if policy == "medicare_ncd_110_24":
            assert {each.confidence for each in told} == {"high"}
        else:
            assert {each.confidence for each in told} == {"unverified"}
            assert any("not verified" in each for each in made.remarks)
            assert all(each.source.endswith("; unverified") for each in told)


PRINTED: dict[str, tuple[Item, ...]] = {
    "FACT (or FACT-JACIE) accreditation certificate for the treatment center": (
        "fact_accreditation",
    ),
    "CARVYKTI REMS certification letter for the prescribing physician and the facility": (
        "rems_certification",
    ),
    "Prior therapy log: each regimen, dates, IMWG response, reason for discontinuation": (
        "prior_therapy_log",
    ),
    "Indication-specific gate documentation": ("indication_documented",),
    "ECOG performance status (most policies require 0-2)": ("ecog",),
    "Diagnostic pathology / flow cytometry / serum protein electrophoresis confirming "
    "BCMA-expressing myeloma": ("bcma_pathology",),
    "Imaging / disease burden assessment within recent window (per payer policy, often 30-60 "
    "days)": ("imaging",),
    "Cardiac and pulmonary clearance (LVEF, pulmonary function tests as required)": (
        "cardiac_clearance",
        "pulmonary_clearance",
    ),
    "Baseline neurological assessment documenting absence of pre-existing Parkinsonism / movement "
    "disorder + planned MNT surveillance schedule": ("baseline_neurology", "neurological_plan"),
    "Absence of active autoimmune disease requiring systemic immunosuppression": (
        "no_autoimmune_disease",
    ),
}
"""The source page's checklist, line by line, and the items that it became."""


@pytest.mark.parametrize("policy", [each for each in POLICIES if each != "medicare_ncd_110_24"])
def test_every_item_of_the_pages_checklist_is_in_the_packet(policy: str) -> None:
    asked = asks(policy, "page")
    assert {name for names in PRINTED.values() for name in names} <= asked


@pytest.mark.skipif(not PAGE.exists(), reason="the source page is not beside the tree")
def test_the_checklist_is_the_pages_own_line_by_line() -> None:
    text = Path(PAGE).read_text(encoding="utf-8")
    part = text[text.index("Required PA documentation checklist") :]
    part = part[: part.index("Medicare reimbursement")]
    lines = [each.removeprefix("  • ") for each in part.splitlines() if each.startswith("  • ")]
    assert len(lines) == len(PRINTED)
    for printed, words in zip(lines, PRINTED, strict=True):
        assert printed.startswith(words)
