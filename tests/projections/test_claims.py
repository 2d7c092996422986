"""Claims: given facts, the bills are; the figures of the source page and of public sources."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import settings
from hypothesis import strategies as st

from tests.given import (
    CHAIN,
    INSIDE,
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
    made,
    opened,
    record,
    room_charged,
    service,
)
from veinledger.adapters.pages import read_centre, shipped_rules
from veinledger.domain.codebook.statement import EDITIONS, Edition
from veinledger.domain.facts.authorization import AuthorizationGranted
from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.billing import ChargePosted
from veinledger.domain.facts.collection import ApheresisCompleted, ApheresisFailed
from veinledger.domain.facts.decisions import FindingSettled, ReportConfirmed
from veinledger.domain.facts.encounter import EncounterWithdrawn
from veinledger.domain.facts.groups import Acquisition, Condition
from veinledger.domain.facts.manufacturing import (
    ManufacturingFailed,
    ManufacturingStarted,
    ProductReceived,
    ProductRejected,
)
from veinledger.domain.facts.patient import AdmissionReason, PatientDischarged, PatientMeasured
from veinledger.domain.facts.surveillance import MonitoringDayCompleted, NeurologyVisitCompleted
from veinledger.domain.facts.toxicity import (
    ConditionDocumented,
    CrsGraded,
    IcansGraded,
)
from veinledger.domain.facts.treatment import (
    BridgingGiven,
    CellsInfused,
    InfusionCancelled,
    LymphodepletionDoseGiven,
    TocilizumabGiven,
)
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import AsOf, History, effective
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.registry import RULES, ClaimRule, rule
from veinledger.projections.claims.shapes import Basis, Claim, ClaimSet
from veinledger.projections.claims.why.explain import NoSuchClaim, explain
from veinledger.projections.claims.why.resting import resting_on

CENTRE = read_centre(Path(__file__).parents[2] / "examples" / "site").certifying(certified())

TO_THE_BAG = [*collected(), *made()]
"""The cells collected on day -45 and the product received on day -10."""
STAY = [admitted(), infused(), room_charged(), discharged()]
"""The infusion stay, day 0 to day 14."""
COMMERCIAL = [*opened(), *TO_THE_BAG, *lymphodepletion(), *STAY]
MEDICARE = [*opened("medicare"), *TO_THE_BAG, *lymphodepletion(), *STAY]


def seen_in(edition: Edition, *told: Record | list[Record], as_of: AsOf = None) -> ClaimSet:
    return claims(history(*told), CENTRE, shipped_rules(edition), as_of)


def the(claim_set: ClaimSet, label: str) -> Claim:
    claim = claim_set.claim(label)
    assert claim is not None, [each.label for each in claim_set.claims]
    return claim


def units(claim: Claim, code: str) -> list[int]:
    return [int(line.units) for line in claim.lines if line.code == code]


def rules_found(claim: Claim) -> set[str]:
    return {each.rule for each in claim.findings}


class TestTheFiguresOfThePage:
    """A commercial patient of 70 kg and 1.85 m2, as the page bills him."""

    SET = seen_in("page", COMMERCIAL)

    def test_units_are_pooled_over_the_days(self) -> None:
        claim = the(self.SET, "B1")
        assert units(claim, "J9185") == [167]
        assert units(claim, "J9070") == [17]
        fludarabine = next(line for line in claim.lines if line.code == "J9185")
        assert fludarabine.quantity == "55.5 + 55.5 + 55.5 = 166.5 mg at 1 mg a unit"
        assert (fludarabine.day, fludarabine.through) == (day(-5), day(-3))
        assert len(fludarabine.basis.records) == 3

    def test_each_day_of_chemotherapy_is_the_same_pair(self) -> None:
        claim = the(self.SET, "B1")
        assert units(claim, "96413") == units(claim, "96415") == [1, 1, 1]

    def test_the_malignancy_goes_before_the_encounter_for_chemotherapy(self) -> None:
        assert the(self.SET, "B1").diagnoses == ("C90.00", "Z51.11")

    def test_the_infusion_is_one_dose_in_group_018(self) -> None:
        claim = the(self.SET, "C1")
        assert units(claim, "Q2056") == [1]
        assert claim.coded("principal") == ("C90.00",)
        assert claim.coded("procedure") == ("XW033C3",)
        assert claim.coded("type of bill") == ("11x",)
        assert claim.payment_mechanism == "MS-DRG 018"

    def test_the_collection_is_one_line(self) -> None:
        assert [line.code for line in the(self.SET, "A1").lines] == ["38206"]

    def test_its_arithmetic_is_printed_as_it_prints_it(self) -> None:
        results = {each.what.split(",")[0]: each.result for each in self.SET.dosing}
        assert results["fludarabine"] == "167 mg"
        assert results["cyclophosphamide"] == "1,665 mg"
        assert results["CAR-positive viable T cells"] == "35 to 70 x 10^6 cells"
        (fludarabine, *_) = self.SET.dosing
        assert "55.5 mg a day; x 3 days = 166.5 mg" in fludarabine.arithmetic
        assert [each.there for each in fludarabine.differs] == ["166.5 mg"]
        assert fludarabine.differs[0].row.startswith("section 2")


class TestThePublicFigures:
    """The same patient by what independent sources support."""

    SET = seen_in("public", COMMERCIAL)

    def test_units_round_up_on_each_day(self) -> None:
        claim = the(self.SET, "B1")
        assert units(claim, "J9185") == [2, 2, 2]
        assert units(claim, "J9075") == [111, 111, 111]
        line = next(line for line in claim.lines if line.code == "J9185")
        assert line.quantity == "55.5 mg at 50 mg a unit"
        assert (line.ndc, line.revenue_code) == ("00703-5854-01", "0636")

    def test_two_drugs_are_an_initial_and_a_further_infusion(self) -> None:
        claim = the(self.SET, "B1")
        assert units(claim, "96413") == units(claim, "96417") == [1, 1, 1]
        assert claim.diagnoses == ("Z51.11", "C90.00")

    def test_the_infusion_has_its_own_procedure_and_the_label_on_the_bag(self) -> None:
        claim = the(self.SET, "C1")
        assert claim.coded("procedure") == ("XW033A7",)
        (dose,) = [line for line in claim.lines if line.code == "Q2056"]
        assert (dose.ndc, dose.revenue_code, dose.payment) == ("57894-111-01", "0891", "bundled")
        assert dose.day == day(0)
        assert claim.state == "ready"
        assert claim.total == Decimal("664166.75")

    def test_collection_and_preparation_are_billed(self) -> None:
        claim = the(self.SET, "A1")
        assert [(line.code, line.revenue_code) for line in claim.lines] == [
            ("38225", "0871"),
            ("38226", "0872"),
        ]
        assert {line.payment for line in claim.lines} == {"billed"}

    def test_no_preparation_is_billed_that_nobody_reported(self) -> None:
        told = [each for each in COMMERCIAL if each.fact.type != "cells.prepared"]
        assert [line.code for line in the(seen_in("public", told), "A1").lines] == ["38225"]

    def test_every_difference_names_its_row_and_both_values(self) -> None:
        differences = [each for claim in self.SET.claims for each in claim.differences()]
        assert {"R01", "R05", "R09", "R17", "R18", "R28", "R41", "R66"} >= {
            each.row for each in differences
        }
        for each in differences:
            assert each.other_edition == "page"
            assert each.here != each.there
            assert each.consequence
        there = {each.there for each in differences}
        assert "J9185, 167 units on 1 line, 1 mg a unit" in there
        assert "J9070, 17 units on 1 line, 100 mg a unit" in there

    def test_a_lighter_patient_has_half_a_million_more_than_the_page_prints(self) -> None:
        weighed = record(PatientMeasured(weight=Decimal(65)), -1)
        ranges = {}
        for edition in EDITIONS:
            told = [each for each in COMMERCIAL if each.fact.type != "cells.infused"]
            *_, cells = seen_in(edition, told, weighed).dosing
            ranges[edition] = cells.result
            assert [each.row for each in cells.differs] == ["section 2 of the evidence"]
        assert ranges == {
            "public": "32.5 to 65 x 10^6 cells",
            "page": "32 to 65 x 10^6 cells",
        }


class TestThePaymentWindow:
    """Medicare, an IPPS hospital, admitted on day 0."""

    def test_the_doses_of_day_minus_3_move_to_the_infusion_claim(self) -> None:
        claim_set = seen_in("public", MEDICARE)
        infusion, chemotherapy = the(claim_set, "C1"), the(claim_set, "B1")
        moved = [line for line in infusion.lines if line.moved_from]
        assert [(line.revenue_code, line.code, line.day, line.moved_from) for line in moved] == [
            ("0335", "", day(-3), "B"),
            ("0335", "", day(-3), "B"),
            ("0636", "J9075", day(-3), "B"),
            ("0636", "J9185", day(-3), "B"),
        ]
        assert {line.payment for line in moved} == {"bundled"}
        assert all("payment window" in line.payment_reason for line in moved)
        assert (chemotherapy.first_day, chemotherapy.last_day) == (day(-5), day(-4))
        assert infusion.first_day == day(-3)
        assert not units(infusion, "96413")

    def test_a_moved_line_says_that_the_page_leaves_it(self) -> None:
        line = next(x for x in the(seen_in("public", MEDICARE), "C1").lines if x.moved_from)
        assert ("claim B, outpatient", "R61") in [(each.there, each.row) for each in line.differs]

    def test_the_page_has_no_window_and_says_what_it_misses(self) -> None:
        claim_set = seen_in("page", MEDICARE)
        assert not [line for line in claim_set.lines() if line.moved_from]
        line = next(x for x in the(claim_set, "B1").lines if x.code == "J9185")
        assert "claim C, inpatient" in [each.there for each in line.differs]

    def test_a_commercial_payer_has_no_window(self) -> None:
        assert not [x for x in seen_in("public", COMMERCIAL).lines() if x.moved_from]

    def test_a_bill_that_lost_its_anchor_hangs_on_what_is_left(self) -> None:
        toci = TocilizumabGiven(drug=drug("560"), service=service("outpatient", "A-6"))
        before, after = record(toci, 19), record(toci, 30)
        stay = _readmission("infection")
        claim_set = seen_in("public", MEDICARE, before, after, stay)
        moved = [line for line in the(claim_set, "D1").lines if line.moved_from]
        assert [line.basis.records for line in moved] == [(before.key,)]
        assert the(claim_set, "D2").anchor == after.key

    def test_a_bill_that_lost_everything_is_gone(self) -> None:
        told = [*opened("medicare"), *TO_THE_BAG, *lymphodepletion(days=(-3,)), *STAY]
        assert seen_in("public", told).claim("B1") is None

    def test_an_outpatient_infusion_within_the_window_is_the_stays(self) -> None:
        story = _outpatient("medicare", [admitted(2, "CRS/ICANS", "A-4")])
        claim_set = seen_in("public", story)
        assert [c.label for c in claim_set.claims] == ["A1", "B1", "C1"]
        claim = the(claim_set, "C1")
        assert (claim.inpatient, claim.account) == (True, "A-4")
        assert claim.coded("procedure") == ("XW033A7",)
        assert claim.coded("principal") == ("T80.82XA",)
        (dose,) = [line for line in claim.lines if line.code == "Q2056"]
        assert (dose.moved_from, dose.payment) == ("C", "bundled")
        assert [c.label for c in seen_in("page", story).claims] == ["A1", "B1", "C1", "D1"]

    def test_a_charge_by_revenue_code_on_a_moved_day_stands_and_answers_the_finding(self) -> None:
        told = [each for each in MEDICARE if each.fact.type != "charge.posted"]
        posted = ChargePosted(
            revenue_code="0335",
            units=Decimal(2),
            amount=Decimal(1560),
            service_date=day(-3),
            service=service("inpatient", "A-3"),
        )
        before = the(seen_in("public", told), "C1")
        after = the(seen_in("public", told, record(posted, 1)), "C1")
        listed = [line for line in before.lines if line.revenue_code == "0335"]
        assert [(line.code, line.charge) for line in listed] == [("", Decimal("780.00"))] * 2
        (alone,) = [line for line in after.lines if line.revenue_code == "0335"]
        assert (alone.day, alone.charge) == (day(-3), Decimal("1560.00"))
        assert "what_was_moved_without_a_line_is_told" not in rules_found(before)
        assert "what_was_moved_without_a_line_is_told" not in rules_found(after)

    def test_a_moved_giving_that_no_list_prices_is_told(self) -> None:
        told = [each for each in MEDICARE if each.fact.type != "charge.posted"]
        unlisted = replace(CENTRE, charges=())
        claim = the(claims(history(told), unlisted, shipped_rules()), "C1")
        assert "what_was_moved_without_a_line_is_told" in rules_found(claim)
        assert not [line for line in claim.lines if line.revenue_code == "0335"]

    def test_an_outpatient_claim_waits_while_its_window_is_open(self) -> None:
        told = [*opened("medicare"), *TO_THE_BAG, *lymphodepletion()]
        states = {
            number: the(seen_in("public", told, as_of=day(number)), "B1").state
            for number in (-3, 0, 1)
        }
        assert states == {-3: "waiting", 0: "waiting", 1: "ready"}
        assert the(seen_in("page", told, as_of=day(0)), "B1").state == "ready"

    def test_medicare_tracks_the_collection_and_asks_for_the_products_name(self) -> None:
        claim_set = seen_in("public", MEDICARE)
        assert {line.payment for line in the(claim_set, "A1").lines} == {"tracking"}
        assert the(claim_set, "C1").coded("remarks") == ("CARVYKTI",)
        assert the(seen_in("page", MEDICARE), "C1").coded("remarks") == ()


def _outpatient(payer: str, more: list[Record]) -> list[Record]:
    first = opened("medicare" if payer == "medicare" else "harbor_health")
    where = service("outpatient", "A-3")
    return [*first, *TO_THE_BAG, *lymphodepletion(), infused(where), *more]


class TestTheDose:
    def test_a_failed_batch_is_not_billed_and_the_second_is_once(self) -> None:
        failed = record(ManufacturingFailed(chain_of_identity="COI-0", reason="no growth"), -70)
        first = [
            record(
                ApheresisCompleted(chain_of_identity="COI-0", service=service(account="A-0")),
                -80,
            ),
            record(ManufacturingStarted(chain_of_identity="COI-0"), -75),
            failed,
        ]
        for edition in EDITIONS:
            claim_set = seen_in(edition, opened(), first, TO_THE_BAG, lymphodepletion(), STAY)
            assert [units(c, "Q2056") for c in claim_set.claims] == [[], [], [], [1]]
            assert claim_set.unbilled[failed.key].startswith("Q2056 is not billed: ")

    def test_a_patient_who_withdrew_has_claims_a_and_b_only(self) -> None:
        withdrawn = record(EncounterWithdrawn(reason="infection"), -2)
        for edition in EDITIONS:
            claim_set = seen_in(edition, opened(), TO_THE_BAG, lymphodepletion(), withdrawn)
            assert [claim.label for claim in claim_set.claims] == ["A1", "B1"]
            assert not [line for line in claim_set.lines() if line.code == "Q2056"]

    def test_an_outpatient_infusion_lists_what_was_done_around_it(self) -> None:
        story = _outpatient("harbor_health", [])
        public, page = (the(seen_in(each, story), "C1") for each in EDITIONS)
        assert [line.code for line in public.lines] == ["38227", "38228", "Q2056"]
        assert {line.payment for line in public.lines} == {"billed"}
        assert [x.there for x in public.differs] == ["0537T", "0538T", "0541T"]
        assert sorted(line.code for line in page.lines) == [
            "0537T",
            "0538T",
            "0539T",
            "0540T",
            "0541T",
            "Q2056",
        ]
        assert public.coded("procedure") == ()
        assert public.coded("type of bill") == ("13x",)

    @pytest.mark.parametrize(
        ("ndc", "hcpcs", "words"),
        [
            ("59572-515-01", "Q2055", "which is ABECMA"),
            ("57894-111-01", "Q2041", "which is YESCARTA"),
            ("0078-0846-19", "Q2056", "which is KYMRIAH"),
        ],
    )
    def test_another_products_label_holds_the_claim(self, ndc: str, hcpcs: str, words: str) -> None:
        bag = infused(INSIDE, ndc=ndc, hcpcs=hcpcs)
        told = [*opened(), *TO_THE_BAG, admitted(), bag, room_charged(), discharged()]
        for edition in EDITIONS:
            claim = the(seen_in(edition, told), "C1")
            assert claim.state == "held"
            assert words in claim.state_reason
            (found,) = [x for x in claim.findings if "label" in x.rule][:1]
            assert found.severity == "critical"

    def test_a_true_label_is_a_difference_and_never_a_hold(self) -> None:
        for edition in EDITIONS:
            claim = the(seen_in(edition, COMMERCIAL), "C1")
            (dose,) = [line for line in claim.lines if line.code == "Q2056"]
            assert claim.state == "ready"
            assert [each.row for each in dose.differs] == ["R66"]

    def test_the_pages_ndc_holds_in_public_only(self) -> None:
        bag = infused(INSIDE, ndc="57894-502-01")
        batch = made(ndc=None)
        told = [*opened(), *collected(), *batch, admitted(), bag, room_charged(), discharged()]
        assert the(seen_in("public", told), "C1").state == "held"
        assert the(seen_in("page", told), "C1").state == "ready"

    def test_without_a_label_the_book_says_the_ndc(self) -> None:
        bag, batch = infused(INSIDE, ndc=None, hcpcs=None), made(ndc=None, hcpcs=None)
        told = [*opened(), *collected(), *batch, admitted(), bag]
        for edition, ndc in (("public", "57894-111"), ("page", "57894-502")):
            lines = the(seen_in("public" if edition == "public" else "page", told), "C1").lines
            assert [line.ndc for line in lines if line.code == "Q2056"] == [ndc]

    def test_an_office_infusion_is_billed_in_tenths(self) -> None:
        where = service("office", "A-3", "neurology_office")
        told = [*opened(), *TO_THE_BAG, infused(where)]
        found = [c for c in seen_in("public", told).claims if c.kind == "C"]
        assert {claim.form for claim in found} == {"CMS-1500"}
        assert [claim.label for claim in found][::9] == ["C1.1", "C1.10"]
        doses = [line for claim in found for line in claim.lines if line.code == "Q2056"]
        assert sum(line.units for line in doses) == 1

    def test_an_infusion_in_a_bed_without_an_admission_is_held(self) -> None:
        claim = the(seen_in("public", opened(), TO_THE_BAG, infused()), "C1")
        assert claim.inpatient
        assert "an_inpatient_service_stands_in_a_reported_stay" in rules_found(claim)
        assert claim.state == "held"

    def test_a_confirmed_infusion_without_a_receipt_bills_no_dose(self) -> None:
        bag = infused()
        confirmed = ReportConfirmed(target=bag.key, reason="the nurse saw it")
        told = [*opened(), *collected(), admitted(), bag, record(confirmed, 2)]
        claim = the(seen_in("public", told), "C1")
        assert not units(claim, "Q2056")
        assert claim.state == "held"
        assert "no receipt" in claim.state_reason

    def test_toxicity_in_the_stay_is_coded_behind_its_cause_at_its_peak(self) -> None:
        graded = [
            record(CrsGraded(grade=1), 2),
            record(CrsGraded(grade=3), 4),
            record(IcansGraded(grade=2), 5),
        ]
        claim = the(seen_in("public", COMMERCIAL, graded), "C1")
        assert claim.diagnoses == ("C90.00", "T80.82XA", "D89.833", "G92.02")
        assert [c.present_on_admission for c in claim.codes if c.code == "D89.833"] == ["N"]
        page = the(seen_in("page", COMMERCIAL, graded), "C1")
        assert page.diagnoses == ("C90.00", "T80.89XA", "D89.833", "G92.02")

    @pytest.mark.parametrize("acquisition", ["free", "trial", "expanded access"])
    def test_a_dose_that_nobody_bought_has_no_price(self, acquisition: Acquisition) -> None:
        told = _acquired(acquisition)
        claim = the(seen_in("public", told), "C1")
        assert [x.charge for x in claim.lines if x.code == "Q2056"] == [Decimal("1.00")]
        assert claim.coded("procedure") == ("XW033A7",)
        page = seen_in("page", told)
        assert not units(the(page, "C1"), "Q2056")
        assert the(page, "C1").state == "held"
        assert f"Q2056 is not billed: acquired as {acquisition}" in page.unbilled.values()
        assert units(the(seen_in("public", _acquired("purchased")), "C1"), "Q2056") == [1]

    def test_expanded_access_has_a_condition_code_and_free_product_has_none(self) -> None:
        claim = the(seen_in("public", _acquired("expanded access")), "C1")
        assert claim.coded("condition code") == ("90",)
        assert the(seen_in("public", _acquired("free")), "C1").coded("condition code") == ()
        page = the(seen_in("page", _acquired("expanded access")), "C1")
        assert page.coded("condition code") == ()
        assert "90" in {each.there for each in page.differences()}

    def test_an_infusion_put_off_and_then_given_is_not_told_as_unbilled(self) -> None:
        put_off = record(InfusionCancelled(chain_of_identity=CHAIN, reason="fever"), -1)
        given = seen_in("public", COMMERCIAL, put_off)
        assert put_off.key not in given.unbilled
        never = [*opened(), *TO_THE_BAG, *lymphodepletion(), put_off]
        assert "called off" in seen_in("public", never).unbilled[put_off.key]

    def test_the_disease_is_never_guessed(self) -> None:
        told = [each for each in COMMERCIAL if each.fact.type != "disease.assessed"]
        claim = the(seen_in("public", told), "C1")
        assert claim.coded("principal") == ()
        assert claim.state == "held"


def _acquired(acquisition: Acquisition) -> list[Record]:
    """The commercial patient, whose product was acquired so."""
    return [
        replace(each, fact=replace(each.fact, acquisition=acquisition))
        if isinstance(each.fact, CellsInfused)
        else each
        for each in COMMERCIAL
    ]


class TestChemotherapy:
    """One dose of fludarabine from nine o'clock; minutes decide the code."""

    @pytest.mark.parametrize(
        ("ends", "codes"),
        [
            ("09:15", [("96409", 1)]),
            ("09:16", [("96413", 1)]),
            ("10:30", [("96413", 1)]),
            ("10:31", [("96413", 1), ("96415", 1)]),
            ("11:30", [("96413", 1), ("96415", 1)]),
            ("11:31", [("96413", 1), ("96415", 2)]),
        ],
    )
    def test_minutes_decide(self, ends: str, codes: list[tuple[str, int]]) -> None:
        claim = the(seen_in("public", opened(), TO_THE_BAG, _dose(ends)), "B1")
        found = [(x.code, int(x.units)) for x in claim.lines if x.revenue_code == "0335"]
        assert found == codes

    def test_without_a_stop_time_the_claim_waits_for_one(self) -> None:
        told = [*opened(), *TO_THE_BAG, *lymphodepletion(timed=False)]
        claim = the(seen_in("public", told), "B1")
        assert claim.state == "held"
        assert not units(claim, "96413")
        assert units(claim, "J9185") == [2, 2, 2]
        assert units(the(seen_in("page", told), "B1"), "96413") == [1, 1, 1]

    def test_a_drug_outside_the_regimen_is_a_query(self) -> None:
        fact = LymphodepletionDoseGiven(
            agent="bendamustine", drug=drug("160"), service=service(account="A-2")
        )
        claim = the(seen_in("public", opened(), TO_THE_BAG, record(fact, -5)), "B1")
        assert "a_drug_without_a_code_waits_for_a_coder" in rules_found(claim)
        assert claim.state == "held"

    def test_an_outpatient_claim_does_not_cross_the_turn_of_the_coding_year(self) -> None:
        told = [*opened(), *collected(number=-45), *made()]
        days = lymphodepletion(days=(142, 143))
        labels = [c.label for c in seen_in("public", told, days).claims]
        assert (day(142), day(143)) == (date(2026, 9, 30), date(2026, 10, 1))
        assert labels == ["A1", "B1", "B2"]


def _dose(ends: str) -> Record:
    where = service(account="A-2", start=at(-5, "09:00"), end=at(-5, ends))
    fact = LymphodepletionDoseGiven(agent="fludarabine", drug=drug("55.5"), service=where)
    return record(fact, -5)


def _readmission(reason: AdmissionReason = "CRS/ICANS") -> list[Record]:
    toci = TocilizumabGiven(drug=drug("560"), service=service("inpatient", "A-5"))
    return [
        admitted(20, reason, "A-5"),
        record(CrsGraded(grade=2), 20),
        record(toci, 21),
        room_charged(20, "A-5", 4),
        discharged(24, "A-5"),
    ]


class TestReadmissions:
    def test_the_complication_is_principal_and_the_grade_is_not(self) -> None:
        claim = the(seen_in("public", COMMERCIAL, _readmission()), "D1")
        assert claim.diagnoses == ("T80.82XA", "C90.00", "D89.832", "Z92.850")
        assert claim.coded("principal") == ("T80.82XA",)
        assert [(x.code, int(x.units), x.payment) for x in claim.lines if x.code] == [
            ("J3262", 560, "bundled")
        ]
        assert claim.state == "ready"

    def test_the_page_holds_a_stay_for_crs_alone(self) -> None:
        claim = the(seen_in("page", COMMERCIAL, _readmission()), "D1")
        assert claim.coded("principal") == ()
        assert claim.state == "held"
        assert "[R40]" in claim.state_reason

    def test_the_page_takes_a_documented_manifestation(self) -> None:
        sepsis = record(ConditionDocumented(condition=Condition(code="A41.51")), 21)
        claim = the(seen_in("page", COMMERCIAL, _readmission(), sepsis), "D1")
        assert claim.diagnoses == ("A41.51", "T80.89XA", "D89.832")
        assert claim.state == "ready"

    def test_a_suspicion_is_no_diagnosis(self) -> None:
        suspected = Condition(code="A41.9", certainty="suspected")
        told = record(ConditionDocumented(condition=suspected), 21)
        claim = the(seen_in("page", COMMERCIAL, _readmission(), told), "D1")
        assert "A41.9" not in claim.diagnoses

    def test_another_stay_is_led_by_its_coder(self) -> None:
        claim = the(seen_in("public", COMMERCIAL, _readmission("infection")), "D1")
        assert claim.state == "held"
        assert "another_stay_is_led_by_what_its_coder_put_first" in rules_found(claim)

    def test_tocilizumab_outside_a_bed_is_billed(self) -> None:
        toci = TocilizumabGiven(drug=drug("560"), service=service("outpatient", "A-6"))
        claim = the(seen_in("public", COMMERCIAL, record(toci, 20)), "D1")
        assert [(x.code, x.payment) for x in claim.lines] == [("J3262", "billed")]

    def test_a_stay_without_room_and_board_is_partial(self) -> None:
        told = [x for x in COMMERCIAL if x.fact.type != "charge.posted"]
        claim = the(seen_in("public", told), "C1")
        assert claim.state == "partial"
        assert "accommodation" in claim.state_reason

    def test_an_open_stay_is_partial(self) -> None:
        told = [x for x in COMMERCIAL if x.fact.type != "patient.discharged"]
        assert "no discharge" in the(seen_in("public", told), "C1").state_reason

    def test_the_discharge_says_what_led_to_the_stay(self) -> None:
        first, second = Condition(code="A41.9", present_on_admission="Y"), Condition(code="J80")
        away = PatientDischarged(
            status="01", conditions=(first, second), service=service("inpatient", "A-5")
        )
        told = [x for x in _readmission("infection") if x.fact.type != "patient.discharged"]
        claim = the(seen_in("public", COMMERCIAL, told, record(away, 24)), "D1")
        assert claim.coded("principal") == ("A41.9",)
        assert claim.diagnoses == ("A41.9", "C90.00", "T80.82XA", "D89.832", "J80", "Z92.850")

    def test_what_the_coder_reported_of_presence_on_admission_stands(self) -> None:
        reported = (
            Condition(code="T80.82XA", present_on_admission="Y"),
            Condition(code="D89.832", present_on_admission="W"),
            Condition(code="C90.00", present_on_admission="Y"),
        )
        away = PatientDischarged(
            status="01", conditions=reported, service=service("inpatient", "A-5")
        )
        told = [x for x in _readmission() if x.fact.type != "patient.discharged"]
        claim = the(seen_in("public", COMMERCIAL, told, record(away, 24)), "D1")
        assert claim.diagnoses == ("T80.82XA", "C90.00", "D89.832", "Z92.850")
        present = {c.code: c.present_on_admission for c in claim.codes if c.code in claim.diagnoses}
        assert present == {"T80.82XA": "Y", "C90.00": "Y", "D89.832": "W", "Z92.850": None}
        principal = claim.codes[0]
        assert record(away, 24).key in principal.basis.records

    def test_a_monitoring_day_in_a_bed_is_part_of_the_stay(self) -> None:
        inside = record(MonitoringDayCompleted(service=INSIDE), 3)
        outside = record(MonitoringDayCompleted(service=service()), 17)
        unbilled = seen_in("public", COMMERCIAL, inside, outside).unbilled
        assert "part of the stay" in unbilled[inside.key]
        assert "yet" in unbilled[outside.key]


def visit(
    number: int,
    cpt: str | None = "99214",
    findings: tuple[str, ...] = (),
    conditions: tuple[Condition, ...] = (),
) -> Record:
    where = service("office", f"V{number}", "neurology_office")
    fact = NeurologyVisitCompleted(service=where, cpt=cpt, findings=findings, conditions=conditions)
    return record(fact, number)


class TestInpatientCollections:
    @pytest.mark.parametrize(("edition", "code"), [("public", "6A550Z1"), ("page", "6A550Z2")])
    def test_a_collection_in_a_bed_is_a_procedure(self, edition: Edition, code: str) -> None:
        fact = ApheresisCompleted(chain_of_identity=CHAIN, service=service("inpatient", "A-8"))
        bed = [admitted(-46, "other", "A-8"), discharged(-44, "A-8")]
        claim = the(seen_in(edition, opened(), bed, record(fact, -45)), "A1")
        assert (claim.inpatient, claim.coded("procedure")) == (True, (code,))
        assert not claim.lines
        assert claim.state == "partial"


class TestVisits:
    def test_a_visit_after_the_infusion_has_its_code_and_status(self) -> None:
        claim = the(seen_in("public", MEDICARE, visit(30)), "E1")
        assert (claim.form, claim.coded("place of service")) == ("CMS-1500", ("11",))
        assert [(x.code, x.revenue_code) for x in claim.lines] == [("99214", None)]
        assert claim.diagnoses == ("C90.00", "Z92.850")
        assert the(seen_in("page", MEDICARE, visit(30)), "E1").diagnoses == ("Z79.899",)

    def test_the_baseline_has_no_status_but_on_the_page(self) -> None:
        public = the(seen_in("public", MEDICARE, visit(-20)), "E0")
        assert public.diagnoses == ("C90.00",)
        assert [x.there for x in public.differs] == ["Z79.899"]
        assert the(seen_in("page", MEDICARE, visit(-20)), "E0").diagnoses == ("Z79.899",)

    def test_findings_are_a_query_in_public_and_a_diagnosis_on_the_page(self) -> None:
        told = visit(90, findings=("resting tremor",))
        public = the(seen_in("public", MEDICARE, told), "E1")
        assert public.diagnoses == ("R25.1", "C90.00", "Z92.850")
        assert "findings_without_a_diagnosis_are_a_query" in rules_found(public)
        assert public.state == "ready"
        page = the(seen_in("page", MEDICARE, told), "E1")
        assert page.diagnoses == ("G20.A1", "Z79.899")

    def test_a_documented_condition_goes_first(self) -> None:
        told = visit(90, findings=("tremor",), conditions=(Condition(code="G21.19"),))
        claim = the(seen_in("public", MEDICARE, told), "E1")
        assert claim.diagnoses == ("G21.19", "C90.00", "Z92.850")

    def test_a_visit_without_a_code_is_held(self) -> None:
        claim = the(seen_in("public", MEDICARE, visit(30, cpt=None)), "E1")
        assert claim.state == "held"

    def test_a_case_rate_bundles_the_visits_after_the_infusion_only(self) -> None:
        claim_set = seen_in("public", COMMERCIAL, visit(-20), visit(30), visit(370))
        states = {c.label: c.state for c in claim_set.claims if c.kind in ("E", "E0")}
        assert states == {"E0": "ready", "E1": "bundled", "E2": "ready"}
        bundled = the(claim_set, "E1")
        assert "exhibit C, section 4" in bundled.state_reason
        assert bundled.payment_mechanism == "case rate"

    def test_what_another_entity_bills_is_not_ours(self) -> None:
        where = replace(service("office", "V1", "neurology_office"), biller="somebody_else")
        told = record(NeurologyVisitCompleted(service=where, cpt="99214"), 30)
        assert the(seen_in("public", MEDICARE, told), "E1").state == "not_ours"


class TestClaimsAsAWhole:
    def test_a_settled_finding_holds_no_longer(self) -> None:
        told = [*opened(), *TO_THE_BAG, *lymphodepletion(timed=False)]
        held = the(seen_in("public", told), "B1")
        keys = [each.key for each in held.findings if each.holds]
        settled = [
            record(
                FindingSettled(
                    finding=key, decision="accepted", credential="CCS", reason="checked"
                ),
                5,
                f"settled {key}",
            )
            for key in keys
        ]
        assert the(seen_in("public", told, settled), "B1").state == "ready"

    def test_without_a_payer_nobody_is_billed(self) -> None:
        told = [x for x in COMMERCIAL if x.fact.type != "coverage.recorded"]
        assert {c.state for c in seen_in("public", told).claims} == {"held"}

    def test_a_posted_charge_goes_before_the_list_and_stands_once(self) -> None:
        posted = record(
            ChargePosted(
                revenue_code="0636",
                hcpcs="J9185",
                units=Decimal(2),
                amount=Decimal("700.005"),
                service_date=day(-5),
                service=service(account="A-2"),
            ),
            -5,
        )
        claim = the(seen_in("public", COMMERCIAL, posted), "B1")
        charges = [x.charge for x in claim.lines if x.code == "J9185"]
        assert charges == [Decimal("700.01"), Decimal("620.00"), Decimal("620.00")]

    def test_an_authorization_of_the_payer_stands_on_its_claims(self) -> None:
        granted = AuthorizationGranted(
            payer="harbor_health",
            reference="PA-77",
            services=("product", "lymphodepletion"),
            since=day(-30),
            until=day(30),
        )
        claim_set = seen_in("public", COMMERCIAL, record(granted, -30))
        numbers = {c.label: c.coded("authorization") for c in claim_set.claims}
        assert numbers == {"A1": (), "B1": ("PA-77",), "C1": ("PA-77",)}

    def test_an_unknown_product_makes_no_claims(self) -> None:
        claim_set = seen_in("public", opened(product="nothing"), TO_THE_BAG)
        assert claim_set.claims == ()
        assert "an_encounter_is_judged_by_a_complete_product_page" in {
            each.rule for each in claim_set.findings
        }
        assert claims(history(), CENTRE, shipped_rules()).claims == ()

    def test_bridging_and_failed_collections_are_told_and_not_billed(self) -> None:
        bridging = record(BridgingGiven(regimen="DPd", service=service()), -30)
        failed = record(
            ApheresisFailed(chain_of_identity=CHAIN, reason="access", service=service()), -50
        )
        unbilled = seen_in("public", COMMERCIAL, bridging, failed).unbilled
        assert unbilled.keys() == {bridging.key, failed.key}

    def test_no_record_no_line(self) -> None:
        with pytest.raises(ValueError, match="cannot name its records"):
            Basis(records=())

    def test_two_rules_of_one_name_are_refused(self) -> None:
        known = RULES[0]
        with pytest.raises(TypeError, match="two claim rules"):
            rule("A", source="a test")(known.body)

    @pytest.mark.parametrize("known", RULES, ids=lambda each: each.name)
    def test_a_rule_is_a_sentence_with_a_source(self, known: ClaimRule) -> None:
        assert known.source
        assert known.about.endswith(".")
        assert known.name.count("_") >= 2


class TestExplain:
    HISTORY = history(COMMERCIAL)
    SET = claims(HISTORY, CENTRE, shipped_rules())

    def test_a_line_leads_to_rule_records_and_messages(self) -> None:
        told = explain(self.SET, effective(self.HISTORY), "B1:3")
        assert [node.of for _, node in told.walk()] == [
            "line",
            "rule",
            "record",
            "message",
            "difference",
        ]
        assert told.text.startswith("J9075 x 111 (555 mg at 5 mg a unit)")
        assert told.because[0].key == "each_drug_is_billed_in_whole_units"
        assert "edition public" in told.because[0].text

    def test_a_claim_leads_to_everything_on_it(self) -> None:
        told = explain(self.SET, effective(self.HISTORY), "C")
        assert {node.of for _, node in told.walk()} >= {"claim", "line", "code", "rule", "message"}

    def test_the_other_way_round(self) -> None:
        assert resting_on(self.SET, collected()[0].key) == ("A1:1",)

    @pytest.mark.parametrize(("asked", "words"), [("Z9", "there are A1"), ("A1:7", "lines 1 to 2")])
    def test_what_there_is_not_is_told_with_what_there_is(self, asked: str, words: str) -> None:
        with pytest.raises(NoSuchClaim, match=words):
            explain(self.SET, effective(self.HISTORY), asked)


POOL: list[Record] = [
    *MEDICARE,
    *_readmission(),
    visit(-20),
    visit(30),
    record(CrsGraded(grade=3), 3),
    record(ManufacturingFailed(chain_of_identity=CHAIN, reason="no growth"), -20),
    record(ProductRejected(chain_of_identity=CHAIN, reason="damaged"), -9),
    record(EncounterWithdrawn(reason="infection"), -1),
    infused(service("outpatient", "A-9"), chain="COI-9", number=1),
]
"""Everything that may or may not be reported; each example leaves some of it out."""


@st.composite
def stories(draw: st.DrawFn) -> History:
    kept = draw(st.lists(st.sampled_from(POOL[1:]), unique_by=lambda each: each.key))
    return history([POOL[0], *kept])


def facts_of(story: History, kind: type[Fact]) -> list[Record]:
    return [each for each in effective(story).records if isinstance(each.fact, kind)]


@settings(max_examples=60, deadline=None)
@hypothesis_given(stories(), st.sampled_from(EDITIONS))
def test_a_dose_is_billed_once_and_only_when_received_and_infused(
    story: History, edition: Edition
) -> None:
    claim_set = claims(story, CENTRE, shipped_rules(edition))
    doses = [line for line in claim_set.lines() if line.code == "Q2056"]
    assert len(doses) <= 1
    for dose in doses:
        rests_on = set(dose.basis.records)
        assert rests_on & {each.key for each in facts_of(story, CellsInfused)}
        assert rests_on & {each.key for each in facts_of(story, ProductReceived)}
        assert dose.units == 1


@settings(max_examples=60, deadline=None)
@hypothesis_given(stories(), st.sampled_from(EDITIONS))
def test_every_line_names_records_in_effect_and_totals_add_up(
    story: History, edition: Edition
) -> None:
    claim_set = claims(story, CENTRE, shipped_rules(edition))
    in_effect = {each.key for each in effective(story).records}
    for claim in claim_set.claims:
        for basis in [*(x.basis for x in claim.lines), *(x.basis for x in claim.codes)]:
            assert basis.records
            assert in_effect.issuperset(basis.records)
            assert basis.rule
            assert basis.source
        assert claim.total == sum(x.charge or 0 for x in claim.lines)
        assert all(x.charge is None or x.charge == round(x.charge, 2) for x in claim.lines)
    keys = [claim.key for claim in claim_set.claims]
    labels = [claim.label for claim in claim_set.claims]
    assert len(set(keys)) == len(keys) == len(set(labels))


@settings(max_examples=40, deadline=None)
@hypothesis_given(stories(), st.sampled_from(EDITIONS), st.integers(0, 1000))
def test_the_order_of_arrival_plays_no_part(story: History, edition: Edition, seed: int) -> None:
    told = list(story.records)
    random.Random(seed).shuffle(told)
    rules = shipped_rules(edition)
    assert claims(history(told), CENTRE, rules) == claims(story, CENTRE, rules)
