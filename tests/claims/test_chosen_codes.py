"""A code that a coder chose takes the doubtful one's place on the claim, or settles nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from tests.claims.encounters.acute_care import (
    COMPLICATION,
    came,
    infusion_stay,
    left,
    tocilizumab,
)
from tests.claims.encounters.visits import VISIT, documented, medicare, seen
from tests.claims.given_claims import settled
from tests.given import admitted, day, history, opened, record, room_charged
from veinledger.adapters.pages import read_centre, shipped_rules
from veinledger.domain.facts.decisions import ReportConfirmed
from veinledger.domain.facts.disease import DiseaseAssessed
from veinledger.domain.facts.groups import Condition
from veinledger.domain.facts.toxicity import CrsGraded, IcansGraded
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.shapes import Claim
from veinledger.projections.settling.settlements import settlements_of

pytestmark = pytest.mark.untraced

SITE: Final = read_centre(Path(__file__).parents[2] / "examples" / "site")
TOLD = Record | Iterable[Record]
PARKINSONISM: Final = "parkinsonism_after_the_infusion_is_confirmed_by_a_coder"
PARKINSONS: Final = "parkinsons_disease_after_the_infusion_is_questioned"
ICANS: Final = "icans_on_a_visit_rests_on_a_diagnosis_of_icans"
WORDS: Final = "a_condition_in_words_waits_for_its_code"
IN_FORCE: Final = "a_code_is_in_force_on_its_day"
TO_ITS_END: Final = "a_diagnosis_is_coded_to_its_end"
ON_A_STAY: Final = "what_the_cells_did_is_not_parkinsons_disease"
OWN_CODE: Final = "a_complication_of_the_cells_has_a_code_of_its_own"
HISTORY: Final = "a_therapy_that_is_over_is_history"
NO_CELLS: Final = "a_syndrome_without_cells_before_it_has_another_cause"
GRADES: Final = "a_grade_that_chart_and_coder_tell_differently_waits_for_one_of_them"
UNBILLABLE: Final = "a_documented_code_is_a_leaf_in_force_on_its_day"
REASON: Final = "another_stay_is_led_by_what_its_coder_put_first"
DISEASE: Final = "C90.00"
STATUS: Final = "Z92.850"


def visits(*told: TOLD) -> tuple[Claim, ...]:
    found = claims(history(*told), SITE, shipped_rules("public"))
    return tuple(claim for claim in found.claims if claim.kind in ("E", "E0"))


def visit(*told: TOLD) -> Claim:
    (claim,) = visits(*told)
    return claim


def asked(of: Claim, rule: str) -> Finding:
    (found,) = [each for each in of.findings if each.rule == rule]
    return found


def with_a_code(rule: str, code: str, *told: TOLD) -> Claim:
    """The claim of the one visit after a code was chosen for what a rule found."""
    return visit(*told, settled(asked(visit(*told), rule).key, code, 100))


def stay(*told: Condition, more: TOLD = ()) -> Claim:
    """Claim D of a stay from day 20 to day 25 for CRS of grade 2."""
    grade, back = record(CrsGraded(grade=2), 20), admitted(20, "CRS/ICANS", "A-5")
    rooms = room_charged(20, "A-5", 5)
    every = (infusion_stay(), back, grade, rooms, left(25, *told), more)
    found = claims(history(*every), SITE, shipped_rules("public")).claim("D1")
    assert found is not None
    return found


def listed(code: str) -> Condition:
    return Condition(code=code, present_on_admission="N")


class TestParkinsonismAtAVisit:
    TOLD: Final = (medicare(), seen(90, documented("G21.19")), seen(120, documented("G21.19")))

    def choose(self, *codes: str) -> tuple[Claim, ...]:
        key = asked(visits(*self.TOLD)[0], PARKINSONISM).key
        more = [settled(key, code, 130 + at) for at, code in enumerate(codes)]
        return visits(*self.TOLD, *more)

    def test_the_code_that_a_coder_chose_stands_on_every_visit_that_waited_for_it(self) -> None:
        for claim in self.choose("G21.8"):
            assert claim.diagnoses == ("G21.8", DISEASE, STATUS)
            assert claim.state == "ready", claim.state_reason

    def test_the_documented_code_may_be_the_chosen_one(self) -> None:
        assert {claim.diagnoses[0] for claim in self.choose("G21.19")} == {"G21.19"}
        assert {claim.state for claim in self.choose("G21.19")} == {"ready"}

    @pytest.mark.parametrize("code", ["Z99.99", "G20.A1", "G21"])
    def test_a_code_that_was_not_offered_settles_nothing_and_the_finding_says_so(
        self, code: str
    ) -> None:
        for claim in self.choose(code):
            assert claim.diagnoses == ("G21.19", DISEASE, STATUS)
            assert claim.state == "held"
            why = f"{code} was chosen: it is none of G21.19, G21.8"
            assert why in asked(claim, PARKINSONISM).reason
            assert why in claim.state_reason

    def test_what_was_asked_again_is_settled_by_a_code_that_fits_or_by_accepting_it(self) -> None:
        again = asked(self.choose("Z99.99")[0], PARKINSONISM).key
        wrong = settled(asked(self.choose()[0], PARKINSONISM).key, "Z99.99", 130)
        for code, stands in (("G21.8", "G21.8"), (None, "G21.19")):
            for claim in visits(*self.TOLD, wrong, settled(again, code, 131)):
                assert (claim.diagnoses[0], claim.state) == (stands, "ready")

    def test_the_settlement_that_did_not_fit_says_that_it_is_asked_again(self) -> None:
        key = asked(self.choose()[0], PARKINSONISM).key
        wrong = settled(key, "Z99.99", 130)
        told = history(*self.TOLD, wrong)
        (of,) = settlements_of(told, SITE, shipped_rules("public"))
        assert of.state == "asked again"
        assert asked(self.choose("Z99.99")[0], PARKINSONISM).key in of.why


class TestAVisitsOtherDoubts:
    def test_a_code_chosen_for_parkinsons_disease_takes_its_place(self) -> None:
        claim = with_a_code(PARKINSONS, "G21.19", medicare(), seen(90, documented("G20.A1")))
        assert claim.diagnoses == ("G21.19", DISEASE, STATUS)
        assert claim.state == "ready"

    def test_a_code_that_is_not_billable_on_its_day_leaves_the_visit_held(self) -> None:
        claim = with_a_code(PARKINSONS, "G20", medicare(), seen(90, documented("G20.A1")))
        assert claim.diagnoses[0] == "G20.A1"
        assert claim.state == "held"
        assert "G20 is not in force on" in asked(claim, PARKINSONS).reason

    def test_a_code_chosen_in_place_of_icans_takes_its_complication_away_too(self) -> None:
        told = (medicare(), seen(90, documented("G92.01")))
        assert visit(*told).diagnoses[0].startswith("T80.82")
        claim = with_a_code(ICANS, "G21.19", *told)
        assert claim.diagnoses == ("G21.19", DISEASE, STATUS)
        assert claim.state == "ready"

    def test_a_condition_in_words_gets_the_code_that_was_chosen(self) -> None:
        words = replace(VISIT, conditions=(Condition(text="tremor, essential"),))
        claim = with_a_code(WORDS, "G25.0", medicare(), seen(90, words))
        assert claim.diagnoses == ("G25.0", DISEASE, STATUS)
        assert claim.state == "ready"

    def test_one_code_for_two_conditions_in_words_is_of_neither(self) -> None:
        words = replace(VISIT, conditions=(Condition(text="tremor"), Condition(text="ataxia")))
        claim = with_a_code(WORDS, "G25.0", medicare(), seen(90, words))
        assert claim.diagnoses == (DISEASE, STATUS)
        assert claim.state == "held"
        assert "2 conditions in words" in asked(claim, WORDS).reason

    def test_the_head_of_a_family_gives_way_to_the_leaf_that_was_chosen(self) -> None:
        graded = record(IcansGraded(grade=2), 8)
        told = (medicare(), graded, seen(30, documented("G92.0")))
        claim = with_a_code(TO_ITS_END, "G92.02", *told)
        assert claim.diagnoses == ("T80.82XD", DISEASE, "G92.02", STATUS)
        assert claim.state == "ready", claim.state_reason
        again = with_a_code(TO_ITS_END, "G92.0", *told)
        assert (again.state, "G92.0" in again.diagnoses) == ("held", True)
        assert "G92.0 is a parent" in again.state_reason

    def test_a_code_out_of_force_gives_way_to_the_one_that_was_chosen(self) -> None:
        told = (medicare(), seen(90, documented("G20")))
        key = asked(visit(*told), PARKINSONS).key
        claim = with_a_code(IN_FORCE, "G20.A1", *told, settled(key, None, 99))
        assert claim.diagnoses == ("G20.A1", DISEASE, STATUS)
        assert claim.state == "ready", claim.state_reason
        again = with_a_code(IN_FORCE, "G20", *told, settled(key, None, 99))
        assert (again.state, again.diagnoses[0]) == ("held", "G20")

    def test_each_of_two_heads_needs_a_code_of_its_own_category(self) -> None:
        graded = record(IcansGraded(grade=2), 8)
        told = (medicare(), graded, seen(30, documented("G92.0", "D89.83")))
        first = with_a_code(TO_ITS_END, "G92.02", *told)
        assert first.state == "held"
        assert "D89.83 is left without a code" in first.state_reason
        key, then = asked(visit(*told), TO_ITS_END).key, asked(first, TO_ITS_END).key
        both = visit(*told, settled(key, "G92.02", 100), settled(then, "D89.831", 101))
        assert {"G92.02", "D89.831"} <= set(both.diagnoses)
        assert both.state == "ready", both.state_reason

    def test_an_assessed_disease_that_is_no_leaf_gives_way_too(self) -> None:
        assessed = record(DiseaseAssessed(status="in relapse", code="C90"), -70, "assessed")
        told = [each for each in medicare() if each.fact.type != "disease.assessed"]
        held = visit(told, assessed, seen(-20))
        assert (held.state, held.diagnoses[0]) == ("held", "C90"), held.state_reason
        claim = with_a_code(TO_ITS_END, "C90.02", told, assessed, seen(-20))
        assert "C90" not in claim.diagnoses
        assert claim.diagnoses[0] == "C90.02"

    def test_a_therapy_that_is_over_gives_way_to_its_history(self) -> None:
        told = (medicare(), seen(90, documented("Z79.899")))
        assert "Z79.899" not in with_a_code(HISTORY, "Z92.850", *told).diagnoses
        assert "Z79.899" in with_a_code(HISTORY, "Z99.99", *told).diagnoses

    def test_a_code_chosen_for_the_level_of_a_visit_takes_no_place_and_settles_nothing(
        self,
    ) -> None:
        rule = "a_visit_is_billed_by_a_visit_code"
        told = (medicare(), seen(90, replace(VISIT, cpt="95816")))
        claim = with_a_code(rule, "99214", *told)
        assert [line.code for line in claim.lines] == ["95816"]
        assert claim.state == "held"
        assert "99214 was chosen" in asked(claim, rule).reason
        key = asked(visit(*told), rule).key
        accepted = settled(asked(claim, rule).key, None, 101)
        assert visit(*told, settled(key, "99214", 100), accepted).state != "held"


class TestAStaysDoubts:
    def choose(self, rule: str, code: str, *told: Condition) -> Claim:
        return stay(*told, more=[settled(asked(stay(*told), rule).key, code, 60)])

    def test_a_code_chosen_for_parkinsons_disease_takes_its_place(self) -> None:
        claim = self.choose(ON_A_STAY, "G21.8", COMPLICATION, listed("G20.A1"))
        assert ("G21.8" in claim.diagnoses, "G20.A1" in claim.diagnoses) == (True, False)
        assert claim.state == "ready", claim.state_reason
        wrong = self.choose(ON_A_STAY, "Z99.99", COMPLICATION, listed("G20.A1"))
        assert (wrong.state, "G20.A1" in wrong.diagnoses) == ("held", True)
        assert "Z99.99 was chosen: it is none of G21.19, G21.8" in wrong.state_reason

    def test_the_unspecific_complication_gives_way_to_the_one_of_the_cells(self) -> None:
        claim = self.choose(OWN_CODE, "T80.82XA", listed("T80.89XA"))
        assert "T80.89XA" not in claim.diagnoses
        wrong = self.choose(OWN_CODE, "T80.89XA", listed("T80.89XA"))
        assert wrong.state == "held"

    def test_a_grade_that_neither_told_settles_nothing(self) -> None:
        told = (COMPLICATION, Condition(code="D89.833", present_on_admission="Y"))
        for code in ("Z99.99", "D89.835"):
            wrong = self.choose(GRADES, code, *told)
            assert wrong.state == "held"
            assert f"{code} was chosen: it is none of" in wrong.state_reason
        assert "D89.833" in self.choose(GRADES, "D89.833", *told).diagnoses

    def test_a_parent_chosen_for_a_parent_is_asked_again_and_says_why(self) -> None:
        wrong = self.choose(UNBILLABLE, "D61", COMPLICATION, listed("D61.81"))
        assert wrong.state == "held"
        assert "D61 was chosen: D61 is a parent" in wrong.state_reason

    def test_a_code_that_may_not_lead_does_not_settle_what_leads(self) -> None:
        back, rooms = admitted(20, "infection", "A-5"), room_charged(20, "A-5", 5)
        told = (infusion_stay(), back, rooms, left(25, Condition(text="sepsis")))

        def claim(*more: Record) -> Claim:
            found = claims(history(*told, more), SITE, shipped_rules("public")).claim("D1")
            assert found is not None
            return found

        key = asked(claim(), REASON).key
        wrong = claim(settled(key, "D89.832", 60))
        assert wrong.state == "held"
        assert "D89.832 was chosen: no claim may be led by it" in asked(wrong, REASON).reason
        again = settled(asked(wrong, REASON).key, "A41.9", 61)
        right = claim(settled(key, "D89.832", 60), again)
        assert right.coded("principal") == ("A41.9",)


class TestCrsThatNoCellsCaused:
    def claim(self, *more: Record) -> Claim:
        early = [record(CrsGraded(grade=1), -30), tocilizumab(-30, "inpatient", "A-5")]
        sure = [
            record(ReportConfirmed(target=each.key, reason="chart"), -29, f"confirmed {each.key}")
            for each in early
        ]
        told = (opened("medicare"), came(-30), early, sure, left(-28))
        found = claims(history(*told, more), SITE, shipped_rules("public")).claim("D1")
        assert found is not None
        return found

    def test_the_code_of_its_cause_goes_first(self) -> None:
        key = asked(self.claim(), NO_CELLS).key
        claim = self.claim(settled(key, "T45.AX5A", 60))
        assert claim.coded("principal") == ("T45.AX5A",)
        assert "no cells were infused before it" not in claim.state_reason

    @pytest.mark.parametrize("code", ["T80.82XA", "D89.831"])
    def test_neither_the_syndrome_nor_the_cells_are_its_cause(self, code: str) -> None:
        key = asked(self.claim(), NO_CELLS).key
        claim = self.claim(settled(key, code, 60))
        assert claim.state == "held"
        assert code not in claim.coded("principal")
        assert f"{code} was chosen" in asked(claim, NO_CELLS).reason


def test_a_chosen_code_is_judged_on_the_day_of_each_claim() -> None:
    """The same question of two visits: what begins on 1 October is no code before it."""
    before, after = date(2026, 9, 20), date(2026, 10, 5)
    told = [seen((on - day(0)).days, documented("G20.A1")) for on in (before, after)]
    key = asked(visits(medicare(), told)[0], PARKINSONS).key
    found = visits(medicare(), told, settled(key, "D69.11", 200))
    assert [(claim.diagnoses[0], claim.state) for claim in found] == [
        ("G20.A1", "held"),
        ("D69.11", "ready"),
    ]
