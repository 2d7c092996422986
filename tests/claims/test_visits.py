"""Claims E and E0: whose bill a visit stands on, at which level, with which diagnoses."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import settings
from hypothesis import strategies as st

from tests.claims.encounters.visits import (
    ANNEX,
    CLINIC,
    OFFICE,
    VISIT,
    commercial,
    documented,
    medicare,
    seen,
)
from tests.given import (
    admitted,
    at,
    collected,
    day,
    discharged,
    drug,
    history,
    made,
    opened,
    record,
    room_charged,
    service,
)
from veinledger.adapters.pages import read_centre, shipped_rules
from veinledger.domain.centre.centre import Centre
from veinledger.domain.codebook.statement import EDITIONS, Edition
from veinledger.domain.facts.billing import ChargePosted
from veinledger.domain.facts.decisions import FindingSettled
from veinledger.domain.facts.groups import Condition, PatientClass
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted, NeurologyVisitMissed
from veinledger.domain.facts.toxicity import ConditionDocumented, IcansGraded
from veinledger.domain.facts.treatment import LymphodepletionDoseGiven, TocilizumabGiven
from veinledger.domain.reports import Record
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.shapes import Claim, ClaimSet

SITE = read_centre(Path(__file__).parents[2] / "examples" / "site")
Decision = Literal["low", "moderate", "high"] | None
Phase = Literal["acute", "surveillance"] | None
HOSPITAL = replace(VISIT, service=CLINIC)
"""The visit of level 4, in the hospital's clinic."""
BY_DR_IMANI = replace(CLINIC, performing_provider="dr_imani")
"""A hematologist of the hospital, for whom no group bills."""


def claimed(
    *told: Record | list[Record], edition: Edition = "public", centre: Centre = SITE
) -> ClaimSet:
    return claims(history(*told), centre, shipped_rules(edition))


def of_visits(found: ClaimSet) -> list[Claim]:
    return [claim for claim in found.claims if claim.kind in ("E", "E0")]


def only(*told: Record | list[Record], edition: Edition = "public") -> Claim:
    (claim,) = of_visits(claimed(*told, edition=edition))
    return claim


def both_parts(*told: Record | list[Record], centre: Centre = SITE) -> tuple[Claim, Claim]:
    """The professional part and the facility part of the one visit."""
    professional, facility = of_visits(claimed(*told, centre=centre))
    assert (professional.part, facility.part) == ("professional", "facility")
    return professional, facility


def lines(claim: Claim) -> list[tuple[str, tuple[str, ...]]]:
    return [(line.code, line.modifiers) for line in claim.lines]


def rules_found(claim: Claim) -> set[str]:
    return {each.rule for each in claim.findings}


def holding(claim: Claim) -> set[str]:
    return {each.rule for each in claim.findings if each.holds}


class TestPartsBySetting:
    def test_an_office_visit_is_one_professional_claim(self) -> None:
        claim = only(medicare(), seen(30))
        assert (claim.form, claim.part, claim.biller) == (
            "CMS-1500", "professional", "neurology_office",
        )  # fmt: skip
        assert claim.coded("place of service") == ("11",)
        assert lines(claim) == [("99214", ())]
        assert claim.state == "ready"

    def test_a_hospital_visit_is_two_claims_and_medicare_has_one_code_for_the_place(self) -> None:
        professional, facility = both_parts(medicare(), seen(30, HOSPITAL))
        assert (professional.form, professional.biller) == ("CMS-1500", "prairie_neurology")
        assert professional.coded("place of service", "type of bill") == ("22",)
        assert lines(professional) == [("99214", ())]
        assert (facility.form, facility.biller) == ("UB-04", "main")
        assert facility.coded("place of service", "type of bill") == ("13x",)
        assert lines(facility) == [("G0463", ())]
        assert [line.revenue_code for line in facility.lines] == ["0510"]
        assert professional.key != facility.key
        assert professional.anchor == facility.anchor
        assert {professional.state, facility.state} == {"ready"}

    def test_another_payer_gets_the_chosen_code_for_the_place_and_nobody_vouches_for_it(
        self,
    ) -> None:
        _, facility = both_parts(commercial(), seen(30, HOSPITAL))
        assert [(line.code, line.confidence) for line in facility.lines] == [
            ("99214", "unverified")
        ]

    def test_a_critical_access_hospital_is_not_under_the_outpatient_payment_system(self) -> None:
        facilities = tuple(
            replace(each, payment_system="cah") if each.name == "annex" else each
            for each in SITE.facilities
        )
        told = seen(30, replace(VISIT, service=ANNEX))
        cah = replace(SITE, facilities=facilities)
        _, facility = both_parts(medicare(), told, centre=cah)
        assert (lines(facility), facility.coded("type of bill")) == ([("99214", ())], ("85x",))

    @pytest.mark.parametrize(("excepted", "modifier"), [(True, "PO"), (False, "PN")])
    def test_an_off_campus_department_says_so_on_both_forms(
        self, excepted: bool, modifier: str
    ) -> None:
        facilities = tuple(
            replace(each, excepted=excepted) if each.name == "annex" else each
            for each in SITE.facilities
        )
        told = seen(30, replace(VISIT, service=ANNEX))
        centre = replace(SITE, facilities=facilities)
        professional, facility = both_parts(medicare(), told, centre=centre)
        assert professional.coded("place of service") == ("19",)
        assert lines(professional) == [("99214", ())]
        assert lines(facility) == [("G0463", (modifier,))]
        _, other_payer = both_parts(commercial(), told, centre=centre)
        assert lines(other_payer) == [("99214", ())]

    def test_the_page_bills_the_professional_part_only(self) -> None:
        told = [*medicare(), seen(30, replace(VISIT, service=ANNEX))]
        claim = only(told, edition="page")
        assert (claim.form, claim.coded("place of service")) == ("CMS-1500", ("22",))
        assert lines(claim) == [("99214", ())]
        assert "a UB-04 for the hospital's own part" in {each.there for each in claim.differs}
        _, facility = both_parts(told)
        assert [each.there for line in facility.lines for each in line.differs] == ["nothing"]

    @pytest.mark.parametrize(
        ("patient_class", "place"), [("emergency", "23"), ("observation", "22")]
    )
    def test_elsewhere_in_the_hospital_the_place_is_billed_with_its_own_care(
        self, patient_class: PatientClass, place: str
    ) -> None:
        where = replace(CLINIC, patient_class=patient_class)
        claim = only(medicare(), seen(30, replace(VISIT, service=where)))
        assert (claim.part, claim.coded("place of service")) == ("professional", (place,))

    def test_a_visit_in_a_bed_is_part_of_the_stay(self) -> None:
        told = seen(3, replace(VISIT, service=replace(CLINIC, patient_class="inpatient")))
        found = claimed(medicare(), told)
        assert not of_visits(found)
        assert "part of the stay" in found.unbilled[told.key]

    def test_a_visit_reported_elsewhere_during_a_stay_is_held(self) -> None:
        rule = "a_visit_during_a_stay_waits_for_its_patient_class"
        assert all(rule in holding(part) for part in both_parts(medicare(), seen(5, HOSPITAL)))
        for edge in (0, 14):
            found = of_visits(claimed(medicare(), seen(edge, HOSPITAL)))
            assert not [claim for claim in found if rule in rules_found(claim)]

    def test_a_missed_visit_is_billed_to_nobody_and_one_that_meets_nothing_is(self) -> None:
        missed = record(NeurologyVisitMissed(reason="no show"), 30)
        assert not of_visits(claimed(medicare(), missed))
        assert only(medicare(), seen(47)).state == "ready"


class TestWhoBillsTheWork:
    def test_the_group_of_the_provider_or_the_one_that_the_service_names(self) -> None:
        named = replace(BY_DR_IMANI, biller="prairie_neurology")
        professional, facility = both_parts(medicare(), seen(30, replace(VISIT, service=named)))
        assert (professional.biller, facility.biller) == ("prairie_neurology", "main")

    def test_nobody_named_holds_the_professional_part_alone_until_somebody_settles_it(self) -> None:
        told = [*medicare(), seen(30, replace(VISIT, service=BY_DR_IMANI))]
        professional, facility = both_parts(told)
        assert professional.state == "held"
        assert "nobody is named to bill the professional part" in professional.state_reason
        assert facility.state == "ready"
        settled = [_settled(each.key) for each in professional.findings if each.holds]
        professional, _ = both_parts(told, settled)
        assert (professional.state, professional.biller) == ("ready", "main")

    def test_the_page_asks_for_nobody_and_names_the_hospital(self) -> None:
        claim = only(medicare(), seen(30, replace(VISIT, service=BY_DR_IMANI)), edition="page")
        assert (claim.state, claim.biller, claim.form) == ("ready", "main", "CMS-1500")

    def test_a_group_that_the_directory_does_not_know_bills_for_itself(self) -> None:
        providers = tuple(each for each in SITE.providers if each.kind == "person")
        without = replace(SITE, providers=providers)
        professional, facility = both_parts(medicare(), seen(30, HOSPITAL), centre=without)
        assert (professional.state, facility.state) == ("not_ours", "ready")

    @pytest.mark.parametrize(
        ("owner", "state"), [("somebody_else", "not_ours"), ("lakeside", "ready"), (None, "ready")]
    )
    def test_a_group_is_ours_unless_its_owner_owns_nothing_here(
        self, owner: str | None, state: str
    ) -> None:
        providers = tuple(
            replace(each, owner=owner) if each.kind == "group" else each for each in SITE.providers
        )
        centre = replace(SITE, providers=providers)
        professional, _ = both_parts(medicare(), seen(30, HOSPITAL), centre=centre)
        assert professional.state == state

    def test_a_biller_whom_nobody_knows_bills_all_of_it(self) -> None:
        stranger = replace(CLINIC, biller="somebody_else")
        parts = both_parts(medicare(), seen(30, replace(VISIT, service=stranger)))
        assert {part.state for part in parts} == {"not_ours"}

    def test_an_office_whose_group_bills_is_ours(self) -> None:
        where = replace(OFFICE, biller="prairie_neurology")
        claim = only(medicare(), seen(30, replace(VISIT, service=where)))
        assert (claim.biller, claim.state) == ("prairie_neurology", "ready")

    def test_a_posted_charge_is_the_places_unless_it_names_the_provider(self) -> None:
        told = [
            *commercial(),
            seen(30, HOSPITAL),
            _charge("500"),
            _charge("90", by="prairie_neurology"),
        ]
        professional, facility = both_parts(told)
        assert [str(line.charge) for line in facility.lines] == ["500.00"]
        assert [str(line.charge) for line in professional.lines] == ["90.00"]


def _charge(dollars: str, by: str | None = None) -> Record:
    fact = ChargePosted(
        revenue_code="0510",
        hcpcs="99214",
        units=drug("1").dose,
        amount=drug(dollars).dose,
        service_date=day(30),
        service=replace(service("outpatient", "V-2"), biller=by),
    )
    return record(fact, 30, f"charge of {by}")


def _settled(key: str) -> Record:
    fact = FindingSettled(finding=key, decision="accepted", credential="CCS", reason="checked")
    return record(fact, 200, f"settled {key}")


class TestTelehealth:
    AT_HOME = replace(HOSPITAL, mode="telehealth", patient_at="home")

    def test_it_has_no_facility_part_and_the_place_of_the_patient(self) -> None:
        claim = only(medicare(), seen(30, self.AT_HOME))
        assert (claim.part, claim.coded("place of service")) == ("professional", ("10",))

    @pytest.mark.parametrize(
        ("story", "visit", "modifiers"),
        [
            ("medicare", AT_HOME, ("95",)),
            ("medicare", replace(AT_HOME, patient_at="elsewhere"), ()),
            ("medicare", replace(AT_HOME, service=OFFICE), ()),
            ("commercial", replace(AT_HOME, service=OFFICE), ("95",)),
        ],
    )
    def test_medicare_wants_the_modifier_from_a_hospital_to_the_home_only(
        self, story: str, visit: NeurologyVisitCompleted, modifiers: tuple[str, ...]
    ) -> None:
        first = medicare() if story == "medicare" else commercial()
        assert lines(only(first, seen(30, visit))) == [("99214", modifiers)]

    def test_an_unknown_place_of_the_patient_holds_and_is_no_home(self) -> None:
        claim = only(medicare(), seen(30, replace(self.AT_HOME, patient_at=None)))
        assert claim.coded("place of service") == ("02",)
        assert holding(claim) == {"a_telehealth_visit_says_where_the_patient_was"}
        known = only(medicare(), seen(30, self.AT_HOME))
        assert "a_telehealth_visit_says_where_the_patient_was" not in rules_found(known)

    def test_the_page_knows_visits_in_person_only(self) -> None:
        claim = only(medicare(), seen(30, self.AT_HOME), edition="page")
        assert (claim.coded("place of service"), lines(claim)) == (("22",), [("99214", ())])

    def test_a_prolonged_telehealth_visit_has_the_modifier_on_both_lines(self) -> None:
        told = replace(self.AT_HOME, cpt="99215", minutes=70)
        assert lines(only(medicare(), seen(30, told))) == [("99215", ("95",)), ("G2212", ("95",))]


class TestLevels:
    def test_a_visit_without_a_code_is_a_query_where_a_code_would_stand(self) -> None:
        professional, facility = both_parts(medicare(), seen(30, replace(HOSPITAL, cpt=None)))
        assert "a_visit_without_a_code_is_a_query" in holding(professional)
        assert (facility.state, lines(facility)) == ("ready", [("G0463", ())])

    def test_a_code_that_is_no_visit_is_held(self) -> None:
        claim = only(commercial(), seen(30, replace(VISIT, cpt="95886")))
        assert "a_visit_is_billed_by_a_visit_code" in holding(claim)
        assert lines(claim) == [("95886", ())]
        assert "a_visit_is_billed_by_a_visit_code" not in rules_found(only(commercial(), seen(30)))

    @pytest.mark.parametrize(
        ("cpt", "minutes", "kind", "fits"),
        [
            ("99204", 45, "new", True),
            ("99204", 45, "established", False),
            ("99214", 35, "new", False),
            ("99244", 40, "new", True),
        ],
    )
    def test_new_and_established_are_told_apart_and_never_changed(
        self, cpt: str, minutes: int, kind: str, fits: bool
    ) -> None:
        new = kind == "new"
        visit = replace(VISIT, cpt=cpt, minutes=minutes)
        told = replace(visit, patient_kind="new") if new else visit
        claim = only(commercial(), seen(30, told))
        assert ("the_code_of_a_visit_fits_the_patient" not in holding(claim)) is fits
        assert lines(claim) == [(cpt, ())]

    @pytest.mark.parametrize(
        ("minutes", "level", "found", "held"),
        [
            (40, None, False, False),
            (39, None, True, False),
            (None, "moderate", True, False),
            (39, "moderate", True, True),
            (39, "high", False, False),
            (45, "low", False, False),
            (None, None, False, False),
        ],
    )
    def test_a_level_is_borne_out_by_minutes_or_by_the_decision(
        self, minutes: int | None, level: Decision, found: bool, held: bool
    ) -> None:
        told = replace(VISIT, cpt="99215", minutes=minutes, level=level)
        claim = only(commercial(), seen(30, told))
        assert ("the_level_of_a_visit_is_borne_out" in rules_found(claim)) is found
        assert (claim.state == "held") is held

    def test_a_decision_above_the_code_is_a_question(self) -> None:
        claim = only(commercial(), seen(30, replace(VISIT, level="high")))
        (asked,) = claim.findings
        assert (asked.rule, asked.severity) == ("the_level_of_a_visit_is_borne_out", "notice")
        assert claim.state == "ready"

    def test_medicare_pays_no_consultation_and_others_may(self) -> None:
        told = seen(30, replace(VISIT, cpt="99244", minutes=40))
        rule = "a_payer_without_consultations_gets_no_consultation_code"
        assert rule in holding(only(medicare(), told))
        assert rule not in rules_found(only(commercial(), told))


class TestProlongedVisits:
    @pytest.mark.parametrize(
        ("story", "cpt", "minutes", "units"),
        [
            ("commercial", "99215", 54, None),
            ("commercial", "99215", 55, ("99417", 1)),
            ("commercial", "99215", 69, ("99417", 1)),
            ("commercial", "99215", 70, ("99417", 2)),
            ("medicare", "99215", 68, None),
            ("medicare", "99215", 69, ("G2212", 1)),
            ("medicare", "99215", 84, ("G2212", 2)),
            ("commercial", "99205", 74, None),
            ("commercial", "99205", 75, ("99417", 1)),
            ("medicare", "99205", 88, None),
            ("medicare", "99205", 104, ("G2212", 2)),
            ("commercial", "99215", None, None),
        ],
    )
    def test_whole_quarters_of_an_hour_from_the_payers_minute_on(
        self, story: str, cpt: str, minutes: int | None, units: tuple[str, int] | None
    ) -> None:
        first = medicare() if story == "medicare" else commercial()
        claim = only(first, seen(30, replace(VISIT, cpt=cpt, minutes=minutes)))
        added = [(line.code, int(line.units)) for line in claim.lines if line.code != cpt]
        assert added == ([units] if units else [])

    def test_minutes_beside_a_lower_level_are_told_and_not_billed(self) -> None:
        claim = only(commercial(), seen(30, replace(VISIT, minutes=90)))
        assert lines(claim) == [("99214", ())]
        assert "a_prolonged_visit_is_billed_by_whole_quarters_of_an_hour" in rules_found(claim)
        assert claim.state == "ready"

    def test_the_hospitals_own_part_is_never_prolonged(self) -> None:
        told = seen(30, replace(HOSPITAL, cpt="99215", minutes=90))
        professional, facility = both_parts(medicare(), told)
        assert [line.code for line in professional.lines] == ["99215", "G2212"]
        assert [line.code for line in facility.lines] == ["G0463"]


class TestSeveralVisitsOnADay:
    LOWER = replace(VISIT, cpt="99213", minutes=25)

    def test_related_visits_are_one_line_at_the_higher_level_with_both_records(self) -> None:
        first, second = seen(30, self.LOWER), seen(30, VISIT, "again")
        claim = only(medicare(), first, second)
        assert lines(claim) == [("99214", ())]
        (line,) = claim.lines
        assert set(line.basis.records) >= {first.key, second.key}
        assert "related_visits_of_one_day_are_one_line" in rules_found(claim)
        assert claim.state == "ready"

    def test_of_equals_the_visit_in_person_says_where_the_patient_was(self) -> None:
        call = replace(HOSPITAL, mode="telehealth", patient_at="home")
        professional, facility = both_parts(medicare(), seen(30, call), seen(30, HOSPITAL, "again"))
        assert professional.coded("place of service") == ("22",)
        assert lines(professional) == [("99214", ())]
        assert lines(facility) == [("G0463", ())]

    def test_a_later_visit_for_a_problem_of_its_own_is_a_second_line(self) -> None:
        apart = replace(self.LOWER, separately_identifiable=True)
        claim = only(medicare(), seen(30), seen(30, apart, "again"))
        assert sorted(lines(claim)) == [("99213", ("25",)), ("99214", ())]
        assert "related_visits_of_one_day_are_one_line" not in rules_found(claim)

    def test_another_speciality_has_a_line_of_its_own(self) -> None:
        other = replace(VISIT, service=replace(OFFICE, performing_provider="dr_imani"))
        found = of_visits(claimed(medicare(), seen(30), seen(30, other, "again")))
        assert [lines(claim) for claim in found] == [[("99214", ())], [("99214", ())]]

    def test_a_hospital_tells_its_second_visit_of_the_day_by_modifier_and_condition_code(
        self,
    ) -> None:
        other = replace(VISIT, service=BY_DR_IMANI)
        found = of_visits(claimed(medicare(), seen(30, HOSPITAL), seen(30, other, "again")))
        (facility,) = [claim for claim in found if claim.part == "facility"]
        assert sorted(lines(facility)) == [("G0463", ()), ("G0463", ("27",))]
        assert facility.coded("condition code") == ("G0",)
        _, alone = both_parts(medicare(), seen(30, HOSPITAL))
        assert alone.coded("condition code") == ()

    def test_a_visit_before_and_one_after_the_infusion_are_not_billed_twice(self) -> None:
        story = [each for each in medicare() if each.fact.type != "patient.admitted"]
        visits = [
            record(replace(VISIT, service=OFFICE), at(0, clock), f"visit at {clock}")
            for clock in ("07:00", "18:00")
        ]
        (claim,) = of_visits(claimed(story, visits))
        assert lines(claim) == [("99214", ())]


class TestBesideAProcedure:
    GIVEN = record(TocilizumabGiven(drug=drug("560"), service=service("outpatient", "T-1")), 20)

    @pytest.mark.parametrize("documented_apart", [None, False])
    def test_a_visit_that_nobody_documented_apart_is_held(
        self, documented_apart: bool | None
    ) -> None:
        told = seen(20, replace(HOSPITAL, separately_identifiable=documented_apart))
        professional, facility = both_parts(commercial(), self.GIVEN, told)
        assert "a_visit_beside_a_procedure_is_documented_apart" in holding(facility)
        assert lines(facility) == [("99214", ())]
        assert (professional.state, lines(professional)) == ("ready", [("99214", ())])

    def test_a_documented_one_has_modifier_25_where_one_biller_bills_both(self) -> None:
        told = seen(20, replace(HOSPITAL, separately_identifiable=True))
        professional, facility = both_parts(medicare(), self.GIVEN, told)
        assert lines(facility) == [("G0463", ("25",))]
        assert lines(professional) == [("99214", ())]
        assert not holding(facility)

    def test_another_day_or_another_biller_asks_for_nothing(self) -> None:
        next_day = both_parts(medicare(), self.GIVEN, seen(21, HOSPITAL))[1]
        elsewhere = only(medicare(), self.GIVEN, seen(20))
        assert next_day.state == elsewhere.state == "ready"

    def test_chemotherapy_in_the_same_office_counts_in_both_editions(self) -> None:
        where = service("office", "B-1", "neurology_office")
        dose = LymphodepletionDoseGiven(agent="fludarabine", drug=drug("55.5"), service=where)
        apart = replace(VISIT, separately_identifiable=True)
        for edition in EDITIONS:
            told = [*opened(), *collected(), *made(), record(dose, -5), seen(-5, apart)]
            assert lines(only(told, edition=edition)) == [("99214", ("25",))]


class TestDiagnoses:
    @pytest.mark.parametrize(
        ("visit", "codes"),
        [
            (VISIT, ("C90.00", "Z92.850")),
            (replace(VISIT, findings=("Resting  tremor",)), ("R25.1", "C90.00", "Z92.850")),
            (replace(VISIT, findings=("no tremor",)), ("C90.00", "Z92.850")),
            (replace(VISIT, findings=("micrographia",)), ("C90.00", "Z92.850")),
            (
                replace(VISIT, findings=("tremor", "shuffling gait")),
                ("R25.1", "C90.00", "R26.89", "Z92.850"),
            ),
            (documented("G61.0", "R13.10"), ("G61.0", "C90.00", "R13.10", "Z92.850")),
            (
                replace(documented("G61.0"), findings=("tremor",)),
                ("G61.0", "C90.00", "Z92.850"),
            ),
            (documented("C90.01"), ("C90.01", "Z92.850")),
            (
                replace(VISIT, conditions=(Condition(code="G61.0", certainty="suspected"),)),
                ("C90.00", "Z92.850"),
            ),
        ],
    )
    def test_documented_conditions_else_signs_then_disease_and_status(
        self, visit: NeurologyVisitCompleted, codes: tuple[str, ...]
    ) -> None:
        claim = only(medicare(), seen(90, visit))
        assert claim.diagnoses == codes
        assert claim.coded("first-listed") == codes[:1]

    def test_findings_without_a_diagnosis_are_asked_about_and_a_diagnosis_is_not(self) -> None:
        rule = "findings_without_a_diagnosis_are_a_query"
        tremor = replace(VISIT, findings=("tremor",))
        suspected = Condition(code="G21.19", certainty="suspected")
        assert rule in rules_found(only(medicare(), seen(90, tremor)))
        assert rule in rules_found(
            only(medicare(), seen(90, replace(tremor, conditions=(suspected,))))
        )
        known = replace(documented("G61.0"), findings=("tremor",))
        assert rule not in rules_found(only(medicare(), seen(90, known)))

    def test_what_the_chart_says_of_the_visits_account_is_documented(self) -> None:
        charted = ConditionDocumented(condition=Condition(code="G61.0"), account="V-1")
        elsewhere = ConditionDocumented(condition=Condition(code="J18.9"), account="V-9")
        told = [record(charted, 91, "V-1"), record(elsewhere, 90, "V-9")]
        assert only(medicare(), seen(90), told).diagnoses == ("G61.0", "C90.00", "Z92.850")

    def test_a_condition_in_words_waits_for_its_code(self) -> None:
        told = replace(VISIT, conditions=(Condition(text="parkinsonism"),))
        assert "a_condition_in_words_waits_for_its_code" in holding(
            only(medicare(), seen(90, told))
        )
        suspected = Condition(text="parkinsonism", certainty="suspected")
        claim = only(medicare(), seen(90, replace(VISIT, conditions=(suspected,))))
        assert claim.state == "ready"

    def test_without_an_assessment_the_disease_is_asked_for_where_nothing_else_is_listed(
        self,
    ) -> None:
        story = [each for each in medicare() if each.fact.type != "disease.assessed"]
        assert only(story, seen(90)).state == "held"
        claim = only(story, seen(90, documented("G61.0")))
        assert (claim.diagnoses, claim.state) == (("G61.0", "Z92.850"), "ready")

    def test_the_baseline_is_about_the_disease_and_has_no_status(self) -> None:
        claim = only(medicare(), seen(-20, documented("G62.9")))
        assert (claim.kind, claim.diagnoses) == ("E0", ("C90.00", "G62.9"))
        page = only(medicare(), seen(-20), edition="page")
        assert page.diagnoses == ("Z79.899",)

    def test_the_page_labels_findings_and_lists_no_myeloma(self) -> None:
        claim = only(medicare(), seen(90, replace(VISIT, findings=("tremor",))), edition="page")
        assert claim.diagnoses == ("G20.A1", "Z79.899")
        assert {"C90.00"} <= {each.there for each in claim.differs}

    def test_both_parts_of_a_visit_say_the_same(self) -> None:
        professional, facility = both_parts(
            medicare(), seen(90, replace(documented("G61.0"), service=CLINIC))
        )
        assert professional.diagnoses == facility.diagnoses == ("G61.0", "C90.00", "Z92.850")


class TestLateToxicity:
    @pytest.mark.parametrize(
        ("phase", "first"),
        [("acute", "T80.82XA"), ("surveillance", "T80.82XD"), (None, "T80.82XD")],
    )
    def test_documented_icans_stands_behind_the_complication_of_its_phase(
        self, phase: Phase, first: str
    ) -> None:
        told = replace(documented("G92.02"), phase_of_treatment=phase)
        claim = only(medicare(), record(IcansGraded(grade=2), 8), seen(30, told))
        assert claim.diagnoses == (first, "C90.00", "G92.02", "Z92.850")
        assert claim.state == "ready"

    def test_a_documented_sequela_stands_and_nothing_is_added_to_it(self) -> None:
        told = documented("G92.02", "T80.82XS")
        claim = only(medicare(), record(IcansGraded(grade=2), 8), seen(200, told))
        assert claim.diagnoses == ("T80.82XS", "C90.00", "G92.02", "Z92.850")

    def test_a_grade_alone_is_no_diagnosis_of_a_visit(self) -> None:
        claim = only(medicare(), record(IcansGraded(grade=2), 30), seen(30))
        assert claim.diagnoses == ("C90.00", "Z92.850")

    def test_a_code_of_icans_that_nobody_graded_is_questioned(self) -> None:
        rule = "icans_on_a_visit_rests_on_a_diagnosis_of_icans"
        graded = record(IcansGraded(grade=1), 8)
        assert rule in holding(only(medicare(), seen(90, documented("G92.01"))))
        assert rule not in rules_found(only(medicare(), graded, seen(90, documented("G92.01"))))

    def test_parkinsonism_has_no_complication_before_it_and_a_coder_confirms_it_once(self) -> None:
        visits = [seen(90, documented("G21.19")), seen(120, documented("G21.19"))]
        held = of_visits(claimed(medicare(), visits))
        assert {claim.diagnoses for claim in held} == {("G21.19", "C90.00", "Z92.850")}
        keys = {each.key for claim in held for each in claim.findings if each.holds}
        assert [claim.state for claim in held] == ["held", "held"]
        (asked,) = keys
        settled = of_visits(claimed(medicare(), visits, _settled(asked)))
        assert [claim.state for claim in settled] == ["ready", "ready"]

    def test_parkinsonism_known_at_the_baseline_asks_no_coder(self) -> None:
        claim = only(medicare(), seen(-20, documented("G21.19")))
        assert claim.state == "ready"

    def test_parkinsons_disease_is_questioned_unless_it_was_known_before(self) -> None:
        rule = "parkinsons_disease_after_the_infusion_is_questioned"
        told = seen(90, documented("G20.A1"))
        assert rule in holding(only(medicare(), told))
        _, after = sorted(
            of_visits(claimed(medicare(), seen(-20, documented("G20.A1")), told)),
            key=lambda claim: claim.first_day,
        )
        assert rule not in rules_found(after)
        assert rule not in rules_found(only(medicare(), seen(90, documented("G20.C"))))
        assert not only(medicare(), told, edition="page").findings


class TestRatesAndWindows:
    def test_a_case_rate_takes_both_parts_and_leaves_the_baseline(self) -> None:
        story = [each for each in commercial() if each.fact.type != "coverage.recorded"]
        harbor = [each for each in opened() if each.fact.type == "coverage.recorded"]
        found = of_visits(claimed(story, harbor, seen(-20, HOSPITAL), seen(30, HOSPITAL)))
        states = {(claim.kind, claim.part): claim.state for claim in found}
        assert states == {
            ("E0", "professional"): "ready",
            ("E0", "facility"): "ready",
            ("E", "professional"): "bundled",
            ("E", "facility"): "bundled",
        }
        bundled = [claim for claim in found if claim.state == "bundled"]
        assert all("exhibit C, section 4" in claim.state_reason for claim in bundled)
        assert {line.payment for claim in bundled for line in claim.lines} == {"bundled"}

    def test_a_window_takes_the_place_and_leaves_the_work(self) -> None:
        stay = [
            admitted(20, "infection", "A-5"),
            room_charged(20, "A-5", 4),
            discharged(24, "A-5"),
        ]
        found = claimed(medicare(), seen(18, HOSPITAL), stay)
        (professional,) = of_visits(found)
        assert (professional.part, lines(professional)) == ("professional", [("99214", ())])
        moved = [line for line in found.lines() if line.moved_from == "E"]
        assert [(line.code, line.modifiers, line.payment) for line in moved] == [
            ("G0463", (), "bundled")
        ]


PLACES = (OFFICE, CLINIC, ANNEX, BY_DR_IMANI, replace(OFFICE, performing_provider="dr_imani"))


@st.composite
def visits(draw: st.DrawFn) -> list[tuple[int, NeurologyVisitCompleted]]:
    """Up to six visits on a few days, so that several fall together."""
    return [
        (
            draw(st.sampled_from((-20, 0, 30, 31))),
            replace(
                VISIT,
                service=draw(st.sampled_from(PLACES)),
                cpt=draw(st.sampled_from(("99213", "99214", "99215", None))),
                separately_identifiable=draw(st.sampled_from((None, False, True))),
                mode=draw(st.sampled_from(("in person", "telehealth"))),
            ),
        )
        for _ in range(draw(st.integers(0, 6)))
    ]


@settings(max_examples=60, deadline=None)
@hypothesis_given(visits(), st.sampled_from(EDITIONS), st.sampled_from(("FFS", "other")))
def test_a_visit_stands_on_one_bill_of_each_part_and_one_line_a_day_unless_apart(
    drawn: list[tuple[int, NeurologyVisitCompleted]], edition: Edition, payer: str
) -> None:
    told = [seen(number, fact, str(at_)) for at_, (number, fact) in enumerate(drawn)]
    story = medicare() if payer == "FFS" else commercial()
    found = claimed(story, told, edition=edition)
    facts = {each.key: fact for each, (_, fact) in zip(told, drawn, strict=True)}
    parts: Counter[tuple[str, str]] = Counter()
    services: Counter[tuple[str, str, object, str]] = Counter()
    for claim in found.claims:
        for line in claim.lines:
            mine = [key for key in line.basis.records if key in facts]
            parts.update((claim.part, key) for key in mine)
            if mine and not facts[mine[0]].separately_identifiable:
                who = facts[mine[0]].service.performing_provider or ""
                services[claim.part, claim.biller, line.day, who] += 1
    assert all(count == 1 for count in parts.values())
    assert all(count == 1 for count in services.values())
