"""Diagnoses of claims A to D: given what was documented, these lead, these stand behind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import settings
from hypothesis import strategies as st

from tests.claims.by_product import CASES, changed, inpatient
from tests.claims.encounters.acute_care import (
    COMPLICATION,
    MYELOMA,
    SEPSIS,
    a_grade_the_coder_tells_differently,
    came,
    codes_that_cannot_be_billed,
    documented,
    infusion_stay,
    left,
    lymphodepletion_in_a_bed,
    sepsis_listed_before_the_cytokine_release,
    tocilizumab,
    tocilizumab_in_the_clinic,
    toxicities_seen_and_never_diagnosed,
)
from tests.given import (
    admitted,
    at,
    collected,
    day,
    history,
    infused,
    lymphodepletion,
    made,
    opened,
    record,
    room_charged,
    service,
)
from veinledger.adapters.pages import read_centre, shipped_pages, shipped_rules
from veinledger.domain.codebook.statement import Edition
from veinledger.domain.facts.decisions import FindingSettled, ReportConfirmed
from veinledger.domain.facts.disease import DiseaseAssessed, TherapyDrug, TherapyLineRecorded
from veinledger.domain.facts.groups import Condition
from veinledger.domain.facts.patient import (
    AdmissionReason,
    PatientAdmitted,
    PatientDischarged,
    Procedure,
)
from veinledger.domain.facts.toxicity import (
    ConditionDocumented,
    CrsGraded,
    IcansGraded,
    ToxicityObserved,
)
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.domain.rules import Rules, rules_of
from veinledger.domain.standing.history import effective
from veinledger.projections.case.case import Case
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.parts import codes_of
from veinledger.projections.claims.registry import what_the_rules_say
from veinledger.projections.claims.shapes import Claim, ClaimSet, Coded

pytestmark = pytest.mark.untraced

CENTRE: Final = read_centre(Path(__file__).parents[2] / "examples" / "site")
TOLD = Record | Iterable[Record]
Said = tuple[tuple[Coded, ...], set[str]]


def seen(*told: TOLD, edition: Edition = "public", rules: Rules | None = None) -> ClaimSet:
    return claims(history(*told), CENTRE, rules or shipped_rules(edition))


def claim(label: str, *told: TOLD, edition: Edition = "public") -> Claim:
    found = seen(*told, edition=edition)
    made_out = found.claim(label)
    assert made_out is not None, [each.label for each in found.claims]
    return made_out


def found_by(of: Claim, rule: str) -> Finding:
    named = [each for each in of.findings if each.rule == rule]
    assert len(named) == 1, [each.rule for each in of.findings]
    return named[0]


def rules_on(of: Claim) -> set[str]:
    return {each.rule for each in of.findings}


def present(of: Claim) -> dict[str, str | None]:
    diagnoses = ("principal", "first-listed", "secondary")
    return {each.code: each.present_on_admission for each in of.codes if each.role in diagnoses}


def settled(found: Finding, code: str | None = None, message: str = "settled") -> Record:
    """A coder settles a finding: with a code chosen, or by accepting it."""
    fact = FindingSettled(
        finding=found.key,
        decision="code chosen" if code else "accepted",
        code=code,
        credential="CCS",
        reason="chart reviewed",
    )
    return record(fact, 60, message)


def stay(
    *conditions: Condition, reason: AdmissionReason = "CRS/ICANS", more: Iterable[Record] = ()
) -> Claim:
    """Claim D of a stay from day 20 to day 25 with CRS of grade 2 on its first day."""
    grade = record(CrsGraded(grade=2), 20)
    back = admitted(20, reason, "A-5")
    return claim(
        "D1", infusion_stay(), back, grade, more, room_charged(20, "A-5", 5), left(25, *conditions)
    )


CHOICE = "what_the_coder_put_before_the_complication_waits_for_a_choice"
GRADES = "a_grade_that_chart_and_coder_tell_differently_waits_for_one_of_them"
UNBILLABLE = "a_documented_code_is_a_leaf_in_force_on_its_day"
PRESENCE = "every_diagnosis_of_a_stay_says_whether_it_came_along"
REASON = "another_stay_is_led_by_what_its_coder_put_first"
NOTHING = "a_stay_for_toxicity_of_which_nothing_is_documented_is_held"
HLH = "an_infection_associated_syndrome_needs_its_infection"


class TestWhatLeadsAStayForToxicity:
    def test_the_complication_leads_by_default_in_its_active_phase(self) -> None:
        of = stay(COMPLICATION, Condition(code="D89.832"))
        assert of.diagnoses == ("T80.82XA", "C90.00", "D89.832", "Z92.850")
        assert of.coded("principal") == ("T80.82XA",)
        assert CHOICE not in rules_on(of)

    @pytest.mark.parametrize("code", ["T80.82XD", "T80.82XA"])
    def test_the_phase_that_the_coder_documents_replaces_the_default(self, code: str) -> None:
        of = stay(Condition(code=code), Condition(code="D89.832"))
        assert of.coded("principal") == (code,)
        assert [each for each in of.diagnoses if each.startswith("T80.82")] == [code]

    def test_a_late_effect_stands_behind_and_holds_a_stay_for_crs(self) -> None:
        of = stay(Condition(code="T80.82XS"), Condition(code="D89.832"))
        assert of.coded("principal") == ()
        assert [each for each in of.diagnoses if each.startswith("T80.82")] == ["T80.82XS"]
        assert of.state == "held"
        found = found_by(of, "a_stay_for_toxicity_is_led_by_what_the_book_allows")
        assert "late effect" in found.reason

    def test_two_phases_of_one_complication_are_one_and_told(self) -> None:
        of = stay(COMPLICATION, Condition(code="T80.82XD"))
        assert [each for each in of.diagnoses if each.startswith("T80.82")] == ["T80.82XA"]
        assert found_by(of, "a_complication_listed_in_two_phases_is_told").holds is False
        assert "a_complication_listed_in_two_phases_is_told" not in rules_on(stay(COMPLICATION))

    def test_an_admitting_diagnosis_of_crs_says_why_the_patient_came(self) -> None:
        back = came(20, "unknown", Condition(code="D89.839"))
        grade = record(CrsGraded(grade=2), 20)
        of = claim("D1", infusion_stay(), back, grade, left(25))
        assert of.coded("principal") == ("T80.82XA",)
        suspected = Condition(code="D89.839", certainty="suspected")
        of = claim("D1", infusion_stay(), came(20, "unknown", suspected), grade, left(25))
        assert of.coded("principal") == ()

    def test_a_reason_that_nobody_documented_is_held(self) -> None:
        of = claim("D1", infusion_stay(), came(), room_charged(20, "A-5", 5), left(25))
        assert of.state == "held"
        assert found_by(of, NOTHING).holds
        assert NOTHING not in rules_on(stay(COMPLICATION))

    def test_crs_after_cells_given_in_the_stay_did_not_bring_the_patient_in(self) -> None:
        told = [x for x in infusion_stay() if x.fact.type != "patient.admitted"]
        of = claim("C1", told, admitted(0, "CRS/ICANS"), record(CrsGraded(grade=2), 3))
        assert of.coded("principal") == ("C90.00",)
        assert present(of)["T80.82XA"] == "N"

    def test_crs_before_any_cells_is_no_complication_of_them(self) -> None:
        early = [record(CrsGraded(grade=1), -30), tocilizumab(-30, "inpatient", "A-5")]
        seen_by = [
            record(ReportConfirmed(target=each.key, reason="chart"), -29, f"confirmed {each.key}")
            for each in early
        ]
        of = claim("D1", opened("medicare"), came(-30), early, seen_by, left(-28))
        assert not [code for code in of.diagnoses if code.startswith("T80.82")]
        assert found_by(of, "a_syndrome_without_cells_before_it_has_another_cause").holds
        assert "a_syndrome_without_cells_before_it_has_another_cause" not in rules_on(stay())


class TestSepsisListedFirst:
    STORY: Final = sepsis_listed_before_the_cytokine_release()

    def test_it_is_held_with_both_orders_and_what_follows(self) -> None:
        of = claim("D1", self.STORY)
        assert of.state == "held"
        found = found_by(of, CHOICE)
        for word in ("A41.9", "T80.82XA", "I.C.1.d", "II.G", "present on admission"):
            assert word in found.reason
        assert "A41.9 or T80.82XA" in found.remedy

    @pytest.mark.parametrize("code", ["A41.9", "T80.82XA", "J80"])
    def test_the_code_that_a_person_chose_leads_and_the_rest_stands_behind(self, code: str) -> None:
        found = found_by(claim("D1", self.STORY), CHOICE)
        of = claim("D1", self.STORY, settled(found, code))
        assert of.coded("principal") == (code,)
        assert {"A41.9", "T80.82XA", "D89.833", "C90.00"} <= set(of.diagnoses)
        assert of.state == ("ready" if code != "J80" else "held"), of.state_reason

    def test_accepting_it_confirms_the_order_that_is_shown(self) -> None:
        found = found_by(claim("D1", self.STORY), CHOICE)
        of = claim("D1", self.STORY, settled(found))
        assert of.coded("principal") == ("A41.9",)
        assert of.state == "ready"

    @pytest.mark.parametrize("code", ["D89.833", "D89.83", "G20", "A41"])
    def test_a_choice_that_cannot_lead_asks_again(self, code: str) -> None:
        found = found_by(claim("D1", self.STORY), CHOICE)
        of = claim("D1", self.STORY, settled(found, code))
        again = found_by(of, CHOICE)
        assert of.state == "held"
        assert again.key != found.key
        better = claim(
            "D1", self.STORY, settled(found, code), settled(again, "T80.82XA", "settled again")
        )
        assert better.coded("principal") == ("T80.82XA",)

    def test_what_began_in_the_stay_is_not_shown_in_the_lead(self) -> None:
        of = stay(replace(SEPSIS, present_on_admission="N"), COMPLICATION)
        assert of.coded("principal") == ("T80.82XA",)
        assert of.state == "held"
        assert "cannot lead" in found_by(of, CHOICE).reason

    @pytest.mark.parametrize(
        "first", [Condition(text="sepsis"), Condition(code="A41.9", certainty="suspected")]
    )
    def test_sepsis_in_words_or_in_doubt_is_asked_about_as_well(self, first: Condition) -> None:
        of = stay(first, COMPLICATION)
        assert of.coded("principal") == ("T80.82XA",)
        assert of.state == "held"
        chosen = settled(found_by(of, CHOICE), "A41.9")
        assert stay(first, COMPLICATION, more=[chosen]).coded("principal") == ("A41.9",)

    def test_for_another_reason_the_coders_order_stands(self) -> None:
        of = stay(SEPSIS, COMPLICATION, Condition(code="D89.832"), reason="infection")
        assert of.coded("principal") == ("A41.9",)
        assert CHOICE not in rules_on(of)

    def test_sepsis_is_never_made_of_a_grade_or_an_observation(self) -> None:
        seen_only = record(ToxicityObserved(kind="infection", grade=4), 21)
        of = stay(COMPLICATION, more=[seen_only])
        assert not [code for code in of.diagnoses if code.startswith(("A", "R65"))]


class TestWhatMayNotLead:
    @pytest.mark.parametrize("code", ["D89.832", "D89.83", "D89.839", "G92.02", "G92.0"])
    @pytest.mark.parametrize("reason", ["CRS/ICANS", "infection"])
    def test_a_grade_listed_first_gives_way_to_its_cause(
        self, code: str, reason: AdmissionReason
    ) -> None:
        of = stay(Condition(code=code), reason=reason)
        assert of.coded("principal") == ("T80.82XA",)
        found = found_by(of, "what_may_not_lead_and_was_listed_first_is_told")
        assert code in found.reason
        assert not found.holds

    def test_a_history_listed_first_leaves_the_lead_to_the_next(self) -> None:
        of = stay(Condition(code="Z92.850"), Condition(code="J18.9"), reason="infection")
        assert of.coded("principal") == ("J18.9",)
        assert "what_may_not_lead_and_was_listed_first_is_told" in rules_on(of)
        fine = stay(Condition(code="J18.9"), reason="infection")
        assert "what_may_not_lead_and_was_listed_first_is_told" not in rules_on(fine)


class TestAnotherStay:
    def test_a_list_that_begins_with_words_or_a_suspicion_is_held(self) -> None:
        for first in (Condition(text="sepsis"), Condition(code="A41.9", certainty="suspected")):
            of = stay(first, Condition(code="J18.9"), reason="infection")
            assert of.coded("principal") == ("J18.9",)
            assert "begins with" in found_by(of, REASON).reason
            assert of.state == "held"
            chosen = settled(found_by(of, REASON), "A41.9")
            of = stay(first, Condition(code="J18.9"), reason="infection", more=[chosen])
            assert of.coded("principal") == ("A41.9",)

    def test_an_admitting_diagnosis_alone_is_provisional(self) -> None:
        back = came(20, "infection", Condition(code="A41.9"))
        lying = claim("D1", infusion_stay(), back)
        assert lying.coded("principal") == ("A41.9",)
        assert REASON not in rules_on(lying)
        gone = claim("D1", infusion_stay(), back, room_charged(20, "A-5", 5), left(25))
        assert "admitting diagnosis" in found_by(gone, REASON).reason
        assert gone.state == "held"

    def test_a_code_chosen_for_a_stay_without_a_reason_leads_it(self) -> None:
        told: list[TOLD] = [
            infusion_stay(),
            came(20, "infection"),
            room_charged(20, "A-5", 5),
            left(25),
        ]
        found = found_by(claim("D1", *told), REASON)
        of = claim("D1", *told, settled(found, "J18.9"))
        assert of.coded("principal") == ("J18.9",)
        accepted = claim("D1", *told, settled(found))
        assert accepted.state == "held", "nothing leads it still"
        assert "a_claim_is_led_by_a_diagnosis" in rules_on(accepted)


class TestGrades:
    def test_each_syndrome_has_one_code_at_its_peak(self) -> None:
        more = [record(CrsGraded(grade=4), 22), record(IcansGraded(grade=1), 22)]
        of = stay(COMPLICATION, more=[*more, record(IcansGraded(grade=3), 23)])
        assert of.coded("secondary")[:3] == ("C90.00", "D89.834", "G92.03")

    def test_chart_and_coder_disagree_and_the_chart_stands_until_one_is_chosen(self) -> None:
        story = a_grade_the_coder_tells_differently()
        of = claim("D1", story)
        assert "D89.833" in of.diagnoses
        assert "D89.832" not in of.diagnoses
        found = found_by(of, GRADES)
        assert (found.holds, "D89.832" in found.reason) == (True, True)
        chosen = claim("D1", story, settled(found, "D89.832"))
        assert "D89.832" in chosen.diagnoses
        assert "D89.833" not in chosen.diagnoses
        assert GRADES not in rules_on(stay(Condition(code="D89.832")))

    def test_two_grades_of_a_coder_alone_are_one_and_held(self) -> None:
        told: list[TOLD] = [infusion_stay(), came(), room_charged(20, "A-5", 5)]
        listed = left(25, COMPLICATION, Condition(code="D89.831"), Condition(code="D89.833"))
        of = claim("D1", *told, listed)
        assert [c for c in of.diagnoses if c.startswith("D89.83")] == ["D89.833"]
        assert "no grade" in found_by(of, GRADES).reason

    @pytest.mark.parametrize(
        ("code", "stands"),
        [("D89.83", "D89.839"), ("D89.839", "D89.839"), ("G92.0", "G92.00"), ("G92.00", "G92.00")],
    )
    def test_a_syndrome_without_any_grade_has_the_code_that_states_none(
        self, code: str, stands: str
    ) -> None:
        told: list[TOLD] = [infusion_stay(), came(), room_charged(20, "A-5", 5)]
        of = claim("D1", *told, left(25, COMPLICATION, Condition(code=code)))
        assert of.diagnoses == ("T80.82XA", "C90.00", stands, "Z92.850")
        found = found_by(of, "a_syndrome_coded_without_its_grade_is_told")
        assert f"{stands} stands" in found.reason
        assert f"{stands[:-1]}1" in found.remedy

    def test_a_grade_in_the_chart_answers_for_the_code_without_one(self) -> None:
        of = stay(COMPLICATION, Condition(code="D89.83"))
        assert "D89.832" in of.diagnoses
        assert "D89.839" not in of.diagnoses
        told = "a_syndrome_coded_without_its_grade_is_told"
        assert "D89.832 stands" in found_by(of, told).reason
        assert told not in rules_on(stay(COMPLICATION, Condition(code="D89.832")))

    @pytest.mark.parametrize(
        ("grade", "when", "counts"),
        [
            (CrsGraded(grade=4), 19, True),
            (CrsGraded(grade=4), 18, False),
            (CrsGraded(grade=4, resolved=day(19).isoformat()), 19, False),
            (CrsGraded(grade=4, resolved=day(19).isoformat()), 20, False),
            (CrsGraded(grade=4, resolved=day(20).isoformat()), 19, True),
            (CrsGraded(grade=4), 26, False),
        ],
    )
    def test_what_ran_into_the_stay_counts_and_what_was_over_does_not(
        self, grade: CrsGraded, when: int, counts: bool
    ) -> None:
        of = stay(COMPLICATION, more=[record(grade, when, "the other grading")])
        assert ("D89.834" in of.diagnoses) is counts
        assert ("D89.832" in of.diagnoses) is not counts

    def test_a_later_note_that_it_was_over_answers_for_the_evening_before(self) -> None:
        high = record(CrsGraded(grade=4), 19, "high")
        over = record(CrsGraded(grade=1, resolved=day(19).isoformat()), 19, "over")
        assert "D89.834" not in stay(COMPLICATION, more=[high, over]).diagnoses


class TestPresenceOnAdmission:
    @pytest.mark.parametrize(
        ("fact", "reason", "expected"),
        [
            (CrsGraded(grade=2, onset=day(19).isoformat()), "infection", "Y"),
            (CrsGraded(grade=2, onset=day(21).isoformat()), "CRS/ICANS", "N"),
            (CrsGraded(grade=2, onset=at(20, "08:00")), "infection", "Y"),
            (CrsGraded(grade=2, onset=at(20, "18:00")), "infection", "N"),
            (CrsGraded(grade=2, onset=day(20).isoformat()), "infection", None),
            (CrsGraded(grade=2, onset=day(20).isoformat()), "CRS/ICANS", "Y"),
            (CrsGraded(grade=2), "CRS/ICANS", "Y"),
            (CrsGraded(grade=2), "infection", None),
        ],
    )
    def test_the_onset_against_the_order_tells(
        self, fact: CrsGraded, reason: AdmissionReason, expected: str | None
    ) -> None:
        back = PatientAdmitted(
            reason=reason,
            order_time=at(20, "12:00"),
            service=service("inpatient", "A-5"),
        )
        told: list[TOLD] = [infusion_stay(), record(back, 20), record(fact, 21), left(25, SEPSIS)]
        assert present(claim("D1", *told))["D89.832"] == expected

    def test_what_follows_cells_given_in_the_stay_was_not_there(self) -> None:
        of = claim("C1", infusion_stay(), record(CrsGraded(grade=1), 3))
        assert present(of) == {"C90.00": "Y", "T80.82XA": "N", "D89.831": "N"}

    def test_the_coders_word_goes_before_the_onset(self) -> None:
        of = stay(COMPLICATION, Condition(code="D89.832", present_on_admission="W"))
        assert present(of)["D89.832"] == "W"

    def test_a_diagnosis_of_an_ipps_stay_without_it_holds_the_claim(self) -> None:
        of = stay(COMPLICATION, Condition(code="D69.6"), Condition(code="Z95.1"))
        found = found_by(of, PRESENCE)
        assert (found.holds, "D69.6" in found.reason, "Z95.1" in found.reason) == (
            True,
            True,
            False,
        )
        assert PRESENCE not in rules_on(stay(COMPLICATION))

    def test_another_hospital_is_only_told(self) -> None:
        exempt = replace(
            CENTRE,
            facilities=tuple(
                replace(each, payment_system="exempt_cancer") for each in CENTRE.facilities
            ),
        )
        told = history(infusion_stay(), came(), left(25, COMPLICATION, Condition(code="D69.6")))
        of = claims(told, exempt, shipped_rules()).claim("D1")
        assert of is not None
        assert not found_by(of, PRESENCE).holds

    def test_an_exempt_code_has_none_whatever_was_reported(self) -> None:
        of = stay(COMPLICATION, Condition(code="Z92.850", present_on_admission="Y"))
        assert present(of)["Z92.850"] is None


class TestTheAdmittingDiagnosis:
    ASKED: Final = "an_inpatient_claim_says_with_what_the_patient_was_admitted"

    def test_it_stands_in_its_own_field_a_suspicion_included(self) -> None:
        why = Condition(code="A41.9", certainty="suspected")
        of = claim("D1", infusion_stay(), came(20, "infection", why), left(25, MYELOMA))
        assert of.coded("admitting") == ("A41.9",)
        assert "A41.9" not in of.diagnoses
        assert self.ASKED not in rules_on(of)

    @pytest.mark.parametrize("why", [None, Condition(text="fever"), Condition(code="D89.83")])
    def test_without_a_billable_code_it_is_asked_for(self, why: Condition | None) -> None:
        of = claim("D1", infusion_stay(), came(20, "infection", why), left(25, SEPSIS))
        assert of.coded("admitting") == ()
        assert not found_by(of, self.ASKED).holds
        page = claim(
            "D1", infusion_stay(), came(20, "infection", why), left(25, SEPSIS), edition="page"
        )
        assert self.ASKED not in rules_on(page)


class TestCodesThatCannotStand:
    def test_parents_and_codes_out_of_force_are_held_with_what_to_use(self) -> None:
        of = claim("D1", codes_that_cannot_be_billed())
        found = found_by(of, UNBILLABLE)
        assert "C90.0 is a parent" in found.reason
        assert "G20 is not in force on 2026-06-16" in found.reason
        assert "G20.A1" in found.reason
        assert not {"C90.0", "G20"} & set(of.diagnoses)

    def test_a_chosen_leaf_takes_its_place(self) -> None:
        told = stay(COMPLICATION, Condition(code="D61.81", present_on_admission="N"))
        found = found_by(told, UNBILLABLE)
        more = [settled(found, "D61.810")]
        of = stay(COMPLICATION, Condition(code="D61.81", present_on_admission="N"), more=more)
        assert present(of)["D61.810"] == "N"
        assert found_by(of, UNBILLABLE).key == found.key
        wrong = [settled(found, "D61")]
        of = stay(COMPLICATION, Condition(code="D61.81", present_on_admission="N"), more=wrong)
        assert of.state == "held"
        assert found_by(of, UNBILLABLE).key != found.key, "a parent again: it is asked again"

    @pytest.mark.parametrize(
        ("away", "held"), [(date(2026, 9, 30), False), (date(2026, 10, 1), True)]
    )
    def test_the_discharge_picks_the_edition_of_the_code(self, away: date, held: bool) -> None:
        first = (date(2026, 9, 28) - day(0)).days
        condition = Condition(code="D69.1", present_on_admission="Y")
        told: list[TOLD] = [
            infusion_stay(),
            came(first, "other"),
            left((away - day(0)).days, condition),
        ]
        of = claim("D1", *told)
        assert (UNBILLABLE in rules_on(of)) is held
        if held:
            assert "D69.11, D69.19" in found_by(of, UNBILLABLE).reason

    def test_a_code_before_its_first_day_names_the_one_it_was_split_from(self) -> None:
        of = stay(COMPLICATION, Condition(code="D69.19", present_on_admission="Y"))
        assert "the book has D69.1" in found_by(of, UNBILLABLE).reason

    def test_a_listed_procedure_that_is_gone_is_held(self) -> None:
        gone = "a_listed_procedure_is_in_force_at_discharge"
        for code, held in (("XW033C3", True), ("XW033A7", False), ("0DJ08ZZ", False)):
            told = [x for x in infusion_stay() if x.fact.type != "patient.discharged"]
            away = PatientDischarged(
                status="01",
                conditions=(MYELOMA,),
                procedures=(Procedure(code=code, day=day(0)),),
                service=service("inpatient", "A-3"),
            )
            of = claim("C1", told, record(away, 14))
            assert (gone in rules_on(of)) is held

    def test_a_code_that_the_book_does_not_know_says_so(self) -> None:
        of = stay(COMPLICATION, Condition(code="I50.21", present_on_admission="Y"))
        (coded,) = [each for each in of.codes if each.code == "I50.21"]
        assert coded.confidence == "unverified"
        assert "not in the code book" in coded.label
        assert of.state == "ready"

    def test_a_diagnosis_in_words_or_in_doubt_is_a_query(self) -> None:
        asked = "what_is_documented_without_a_sure_code_is_a_query"
        suspected = Condition(code="I26.99", certainty="suspected")
        assert "II.H" in found_by(stay(COMPLICATION, suspected), asked).remedy
        assert "words" in found_by(stay(COMPLICATION, Condition(text="frail")), asked).reason
        assert asked not in rules_on(stay(COMPLICATION))


class TestHemophagocytosis:
    def test_d76_2_needs_an_infection(self) -> None:
        syndrome = Condition(code="D76.2", present_on_admission="N")
        of = stay(COMPLICATION, syndrome)
        found = found_by(of, HLH)
        assert "D76.1" in found.remedy
        chosen = stay(COMPLICATION, syndrome, more=[settled(found, "D76.1")])
        assert "D76.1" in chosen.diagnoses
        assert "D76.2" not in chosen.diagnoses

    @pytest.mark.parametrize(
        ("conditions", "held"),
        [
            ((Condition(code="D76.2", linked_cause="EBV"),), False),
            ((Condition(code="D76.2", linked_cause="CAR-T cells"),), True),
            ((Condition(code="D76.2"), Condition(code="B27.00")), False),
            ((Condition(code="D76.2"), Condition(code="J18.9")), False),
            ((Condition(code="D76.1"),), False),
        ],
    )
    def test_linked_or_coded_on_the_same_claim(
        self, conditions: tuple[Condition, ...], held: bool
    ) -> None:
        assert (HLH in rules_on(stay(COMPLICATION, *conditions))) is held


class TestQueries:
    def test_a_toxicity_that_was_seen_puts_no_code_on_the_claim(self) -> None:
        asked = "a_toxicity_that_was_seen_is_a_query"
        of = claim("D1", toxicities_seen_and_never_diagnosed())
        told = [each for each in of.findings if each.rule == asked]
        assert {each.reason.split()[0] for each in told} == {"HLH/MAS", "cytopenia"}
        assert all(each.severity == "notice" and not each.holds for each in told)
        assert "D76.1, D76.2" in told[0].remedy
        assert not {"D76.1", "D76.2", "D70.9"} & set(of.diagnoses)

    def test_a_documented_diagnosis_answers_it(self) -> None:
        story = [*toxicities_seen_and_never_diagnosed(), documented(20, "D76.1", "A-5")]
        asked = [x.reason for x in claim("D1", story).findings if "seen_is_a_query" in x.rule]
        assert [each.split()[0] for each in asked] == ["cytopenia"]

    def test_enterocolitis_stands_as_documented_and_a_coder_looks_at_it(self) -> None:
        of = claim("D1", toxicities_seen_and_never_diagnosed())
        assert "K52.1" in of.diagnoses
        review = "a_code_that_no_text_settles_is_shown_to_a_coder"
        assert found_by(of, review).severity == "notice"
        assert review not in rules_on(stay(COMPLICATION))

    def test_a_drug_that_did_harm_is_asked_for_once_none_is_coded(self) -> None:
        asked = "a_condition_that_a_drug_caused_names_the_drug"
        low = Condition(code="D70.1")
        assert "T45.1X5A" in found_by(stay(COMPLICATION, low), asked).remedy
        assert asked not in rules_on(stay(COMPLICATION, low, Condition(code="T45.1X5A")))


class TestWhatStandsBehind:
    def test_the_disease_is_there_once_as_the_claims_own_coder_has_it(self) -> None:
        of = stay(COMPLICATION, Condition(code="C90.02"))
        assert [each for each in of.diagnoses if each.startswith("C90")] == ["C90.02"]
        assert present(of)["C90.02"] == "Y"
        found = found_by(of, "a_coder_who_has_another_status_of_the_disease_is_told")
        assert "C90.00" in found.reason
        same = stay(COMPLICATION, MYELOMA)
        assert "a_coder_who_has_another_status_of_the_disease_is_told" not in rules_on(same)

    def test_another_disease_stands_once_too_and_no_status_makes_it_myeloma(self) -> None:
        lymphoma = next(each for each in CASES if each.product == "kymriah")
        story = [*inpatient(lymphoma), came(), record(CrsGraded(grade=2), 20)]
        of = claim("D1", story, left(25, COMPLICATION, Condition(code="C83.38")))
        assert [each for each in of.diagnoses if each.startswith("C")] == ["C83.38"]
        assert "a_coder_who_has_another_status_of_the_disease_is_told" in rules_on(of)
        other = claim("D1", story, left(25, COMPLICATION, Condition(code="C61")))
        assert [each for each in other.diagnoses if each.startswith("C")] == ["C83.35", "C61"]
        bare = [changed(x, code=None) if x.fact.type == "disease.assessed" else x for x in story]
        infusion = claim("C1", bare)
        assert not [each for each in infusion.diagnoses if each.startswith("C")]
        assert "without its code" in infusion.state_reason

    def test_a_person_may_let_the_disease_lead_and_it_stands_once(self) -> None:
        first = stay(Condition(code="R50.9"), COMPLICATION, MYELOMA)
        chosen = settled(found_by(first, CHOICE), "C90.02")
        of = stay(Condition(code="R50.9"), COMPLICATION, MYELOMA, more=[chosen])
        assert of.coded("principal") == ("C90.02",)
        assert "C90.00" not in of.diagnoses

    def test_a_parent_in_the_assessment_is_read_by_its_status(self) -> None:
        gone = ("disease.assessed", "patient.discharged")
        told = [x for x in infusion_stay() if x.fact.type not in gone]
        fact = DiseaseAssessed(code="C90.0", status="in relapse")
        assert claim("C1", told, record(fact, -80)).coded("principal") == ("C90.02",)

    def test_acute_care_lists_the_cells_and_the_page_does_not(self) -> None:
        told: list[TOLD] = [infusion_stay(), tocilizumab(17, "outpatient", "A-6")]
        told += [record(CrsGraded(grade=1), 17)]
        assert claim("D1", *told).diagnoses == ("T80.82XA", "C90.00", "D89.831", "Z92.850")
        page = claim("D1", *told, edition="page")
        assert page.diagnoses == ("T80.89XA", "D89.831")
        assert "R43" in {each.row for each in page.differences()}

    def test_an_infusion_lists_a_transplant_and_the_lines_before_it(self) -> None:
        drugs = (TherapyDrug(name="bortezomib", drug_class="PI"),)
        line = TherapyLineRecorded(line=1, regimen="RVd", drugs=drugs)
        grafted = replace(line, line=2, transplant="autologous")
        assert claim("C1", infusion_stay(), record(line, -80)).diagnoses == ("C90.00", "Z92.21")
        both: list[TOLD] = [infusion_stay(), record(line, -80), record(grafted, -79)]
        assert claim("C1", *both).diagnoses == ("C90.00", "Z94.84", "Z92.21")
        assert claim("C1", *both, edition="page").diagnoses == ("C90.00", "Z94.84", "Z79.899")

    def test_a_transplant_is_only_asked_about_on_acute_care(self) -> None:
        drugs = (TherapyDrug(name="bortezomib", drug_class="PI"),)
        line = TherapyLineRecorded(line=1, regimen="RVd", drugs=drugs, transplant="autologous")
        asked = "a_transplant_that_the_coder_does_not_list_is_a_query"
        of = stay(COMPLICATION, more=[record(line, -79)])
        assert "Z94.84" not in of.diagnoses
        assert found_by(of, asked).severity == "notice"
        listed = stay(COMPLICATION, Condition(code="Z94.84"), more=[record(line, -79)])
        assert asked not in rules_on(listed)
        assert listed.diagnoses[-1] in ("Z94.84", "Z92.850")

    def test_conditions_stand_in_the_order_of_their_ranks(self) -> None:
        of = stay(
            COMPLICATION,
            Condition(code="Z00.6"),
            Condition(code="Z94.84"),
            Condition(code="I10"),
            Condition(code="D70.9"),
            MYELOMA,
        )
        assert of.diagnoses == (
            "T80.82XA",
            "C90.00",
            "D89.832",
            "D70.9",
            "I10",
            "Z94.84",
            "Z92.850",
            "Z00.6",
        )


class TestOutsideABed:
    def test_a_grade_leads_by_its_cause_and_nothing_at_all_holds(self) -> None:
        story = tocilizumab_in_the_clinic()
        graded, bare = claim("D1", story), claim("D2", story)
        assert graded.coded("first-listed") == ("T80.82XA",)
        assert present(graded) == dict.fromkeys(graded.diagnoses)
        assert not [each for each in graded.findings if each.holds]
        assert bare.coded("first-listed") == ()
        assert found_by(bare, REASON).holds

    def test_a_documented_condition_is_the_reason(self) -> None:
        told: list[TOLD] = [infusion_stay(), tocilizumab(40, "outpatient", "A-7")]
        arthritis = documented(40, "M06.9", "A-7")
        assert claim("D1", *told, arthritis).coded("first-listed") == ("M06.9",)
        crs = documented(40, "D89.839", "A-7")
        of = claim("D1", *told, crs, arthritis)
        assert of.coded("first-listed") == ("T80.82XA",)
        other_account = documented(40, "M06.9", "A-99")
        assert claim("D1", *told, other_account).coded("first-listed") == ()

    def test_a_suspicion_is_no_reason(self) -> None:
        fact = ConditionDocumented(condition=Condition(code="M06.9", certainty="suspected"))
        told: list[TOLD] = [infusion_stay(), tocilizumab(40, "outpatient", "A-7"), record(fact, 40)]
        of = claim("D1", *told)
        assert of.coded("first-listed") == ()
        assert "IV.H" in found_by(of, "what_is_documented_without_a_sure_code_is_a_query").reason


class TestAnEmergencyVisit:
    """A bill that hangs on the coming of a patient who was never put in a bed."""

    def said(self, why: Condition | None, *told: Record, reason: AdmissionReason = "other") -> Said:
        visit = came(20, reason, why, "A-8", "emergency")
        seen_by = effective(history(infusion_stay(), visit, told))
        (product,) = [x for x in shipped_rules().products.products if x.name == "carvykti"]
        case = Case(seen=seen_by, centre=CENTRE, rules=shipped_rules(), product=product)
        bill = Bill(
            case=case,
            kind="D",
            setting="outpatient",
            biller="main",
            account="A-8",
            anchor=next(x for x in seen_by.records if x.key == visit.key),
            services=(),
        )
        parts = tuple(what_the_rules_say(bill))
        return codes_of(parts), {each.rule for each in parts if isinstance(each, Finding)}

    def test_the_reason_for_the_visit_leads(self) -> None:
        codes, found = self.said(Condition(code="R50.9"))
        assert [(c.role, c.code) for c in codes if c.role == "first-listed"] == [
            ("first-listed", "R50.9")
        ]
        assert REASON not in found
        codes, found = self.said(None)
        assert not [c for c in codes if c.role == "first-listed"]
        assert REASON in found

    @pytest.mark.parametrize("number", [20, 21])
    def test_a_grade_from_coming_to_leaving_leads_by_its_cause(self, number: int) -> None:
        graded = record(CrsGraded(grade=1), number)
        home = left(21, account="A-8", patient_class="emergency")
        codes, found = self.said(Condition(code="R50.9"), graded, home)
        assert [c.code for c in codes if c.role == "first-listed"] == ["T80.82XA"]
        assert "D89.831" in {c.code for c in codes}
        assert CHOICE not in found

    def test_what_its_coder_put_before_the_complication_is_a_choice_too(self) -> None:
        graded = record(CrsGraded(grade=1), 20)
        home = left(21, SEPSIS, account="A-8", patient_class="emergency")
        assert CHOICE in self.said(None, graded, home)[1]
        in_a_bed = left(21, SEPSIS, account="A-8")
        assert CHOICE not in self.said(None, graded, in_a_bed)[1]


class TestLymphodepletion:
    def test_a_stay_solely_for_it_is_led_by_the_encounter(self) -> None:
        of = claim("B1", lymphodepletion_in_a_bed())
        assert of.diagnoses == ("Z51.11", "C90.00", "R11.0")
        assert of.coded("principal") == ("Z51.11",)
        told = found_by(of, "a_coder_who_put_something_else_first_is_told")
        assert (told.holds, "C90.00" in told.reason) == (False, True)

    def test_a_stay_for_something_else_is_led_by_it_and_has_no_z51_11(self) -> None:
        start = [*opened("medicare"), *collected(), *made()]
        course = lymphodepletion("inpatient")
        for listed, lead in ((MYELOMA, "C90.00"), (SEPSIS, "A41.9")):
            told: list[TOLD] = [start, came(-5, "infection", account="A-2"), course]
            of = claim("B1", *told, left(-2, listed, account="A-2"))
            assert of.coded("principal") == (lead,)
            assert "Z51.11" not in of.diagnoses
            assert "a_coder_who_put_something_else_first_is_told" not in rules_on(of)


class TestTheInfusion:
    def test_a_site_may_lead_it_by_immunotherapy(self) -> None:
        page = "codebook/rules.toml"
        pages = shipped_pages()
        before, after, rest = pages[page].partition(b'meaning = "infusion_principal_diagnosis"')
        changed = rest.replace(b'code = "malignancy"', b'code = "immunotherapy_encounter"', 1)
        rules = rules_of({**pages, page: before + after + changed}, edition="public", version="0")
        of = seen(infusion_stay(), rules=rules).claim("C1")
        assert of is not None
        assert of.diagnoses == ("Z51.12", "C90.00")
        assert claim("C1", infusion_stay()).coded("principal") == ("C90.00",)

    def test_a_stay_for_crs_that_took_the_infusion_in_is_led_by_what_brought_the_patient(
        self,
    ) -> None:
        told = [*opened("medicare"), *collected(), *made(), *lymphodepletion()]
        told += [infused(service("outpatient", "A-3")), came(2), record(CrsGraded(grade=2), 1)]
        of = claim("C1", told, left(9, COMPLICATION, Condition(code="D89.832")))
        assert of.diagnoses == ("T80.82XA", "C90.00", "D89.832")
        assert of.payment_mechanism == "MS-DRG 018"


class TestThePage:
    def test_only_a_documented_manifestation_leads(self) -> None:
        told: list[TOLD] = [infusion_stay(), came(), record(CrsGraded(grade=2), 20)]
        for code in ("A41.9", "J80", "G93.41"):
            of = claim("D1", *told, left(25, Condition(code=code)), edition="page")
            assert of.coded("principal") == (code,)
        of = claim("D1", *told, left(25, Condition(code="J18.9")), edition="page")
        assert of.coded("principal") == ()
        assert of.state == "held"

    @pytest.mark.parametrize("reason", ["CRS/ICANS", "infection"])
    def test_the_complication_is_secondary_whatever_is_listed_first(
        self, reason: AdmissionReason
    ) -> None:
        told: list[TOLD] = [infusion_stay(), came(20, reason), record(CrsGraded(grade=2), 20)]
        of = claim("D1", *told, left(25, Condition(code="D89.832")), edition="page")
        assert of.coded("principal") == ()
        assert of.diagnoses == ("T80.89XA", "D89.832")
        assert of.state == "held"

    def test_it_asks_nothing_that_it_does_not_print(self) -> None:
        for story in (codes_that_cannot_be_billed(), a_grade_the_coder_tells_differently()):
            of = claim("D1", story, edition="page")
            ours = {UNBILLABLE, GRADES, HLH, PRESENCE, CHOICE, NOTHING}
            assert not ours & rules_on(of)


CODES: Final = [
    "T80.82XA",
    "T80.82XD",
    "T80.82XS",
    "T80.82",
    "T80.89XA",
    "D89.83",
    "D89.831",
    "D89.833",
    "D89.839",
    "G92.0",
    "G92.00",
    "G92.04",
    "G92",
    "A41.9",
    "A41",
    "J80",
    "G93.41",
    "C90.00",
    "C90.02",
    "C90.0",
    "Z92.850",
    "Z94.84",
    "Z51.11",
    "R65.20",
    "D76.2",
    "D69.1",
    "G20",
    "I10",
]
CONDITIONS: Final = st.builds(
    Condition,
    code=st.sampled_from(CODES),
    certainty=st.sampled_from(["confirmed", "confirmed", "confirmed", "suspected", "ruled out"]),
    present_on_admission=st.sampled_from([None, "Y", "N", "U", "W"]),
)


REASONS: Final[list[AdmissionReason]] = ["CRS/ICANS", "infection", "unknown"]


@st.composite
def acute_stays(draw: st.DrawFn) -> list[Record]:
    """A readmission, whatever for, with whatever a coder lists and a chart grades."""
    reason = draw(st.sampled_from(REASONS))
    listed = draw(st.lists(CONDITIONS, max_size=6))
    why = draw(st.none() | CONDITIONS)
    told = [*infusion_stay(), came(20, reason, why), left(25, *listed)]
    for number, (kind, grade, on) in enumerate(
        draw(
            st.lists(
                st.tuples(
                    st.sampled_from([CrsGraded, IcansGraded]),
                    st.integers(1, 5),
                    st.integers(18, 26),
                ),
                max_size=4,
            )
        )
    ):
        told.append(record(kind(grade=grade), on, f"grading {number}"))
    if draw(st.booleans()):
        told.append(tocilizumab(30, "outpatient", "A-7"))
    return told


def _may_lead(code: str) -> bool:
    never = ("D89.83", "G92.0", "Z9", "R65.2", "T80.82XS")
    return not code.startswith(never) and code not in ("T80.82", "G92", "A41", "C90.0", "G20")


@settings(max_examples=80, deadline=None)
@hypothesis_given(acute_stays(), st.lists(st.sampled_from(CODES), max_size=3))
def test_no_public_claim_is_led_by_a_grade_or_a_parent_and_each_family_stands_once(
    story: list[Record], choices: list[str]
) -> None:
    told = list(story)
    for number, code in enumerate(choices):
        held = [f for c in seen(told).claims for f in c.findings if f.holds]
        told += [settled(held[0], code, f"settled {number}")] if held else []
    for each in seen(told).claims:
        leads = each.coded("principal", "first-listed")
        assert len(leads) <= 1
        assert all(_may_lead(code) for code in leads), leads
        for family in ("T80.82", "D89.83", "G92.0", "C90"):
            assert len([code for code in each.diagnoses if code.startswith(family)]) <= 1
        assert len(set(each.diagnoses)) == len(each.diagnoses)
        if each.state == "ready":
            assert leads
        for coded in each.codes:
            assert coded.basis.rule
            assert coded.basis.records


@settings(max_examples=40, deadline=None)
@hypothesis_given(acute_stays())
def test_nobody_has_sepsis_who_was_not_diagnosed_with_it(story: list[Record]) -> None:
    documented_codes = {
        condition.code
        for each in story
        for condition in (
            getattr(each.fact, "admitting_condition", None),
            *getattr(each.fact, "conditions", ()),
        )
        if condition is not None and condition.certainty == "confirmed"
    }
    for each in seen(story).claims:
        serious = {code for code in each.diagnoses if code.startswith(("A", "J", "G93", "R65"))}
        assert serious <= documented_codes
