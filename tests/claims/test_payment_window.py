"""The payment window: what moves, what stays, by whose word, and what was sent already."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import settings
from hypothesis import strategies as st

from tests.claims.given_claims import (
    CENTRE,
    answered,
    codes,
    found,
    graded,
    labels,
    posted,
    rules_found,
    seen_in,
    settled,
    submitted,
    the,
    tocilizumab,
    visit,
)
from tests.given import (
    DAY_0,
    admitted,
    collected,
    day,
    discharged,
    history,
    infused,
    lymphodepletion,
    made,
    opened,
    record,
    room_charged,
    service,
)
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.codebook.statement import EDITIONS
from veinledger.domain.facts.authorization import CoverageRecorded
from veinledger.domain.facts.groups import PatientClass
from veinledger.domain.facts.patient import PatientAdmitted, PatientDied, PatientDischarged
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.facts.treatment import TocilizumabGiven
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import effective
from veinledger.projections.case.case import Case
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.bills.bill import Bill, service_day
from veinledger.projections.claims.bills.grouping import as_given, bills
from veinledger.projections.claims.shapes import ClaimSet

OWNED: Final = "an_owned_practice_in_the_window_is_paid_at_the_facility_rate"
MOVED: Final = "the_payment_window_moved_this_service"
TO_THE_BAG: Final = [*collected(), *made()]
STAY: Final = [admitted(), infused(), room_charged(), discharged()]
BEFORE: Final = [*opened("medicare"), *TO_THE_BAG]
MEDICARE: Final = [*BEFORE, *lymphodepletion(), *STAY]


def moved_days(claim_set: ClaimSet) -> list[int]:
    """The days, counted from the infusion, of every line that was moved."""
    return sorted({(line.day - DAY_0).days for line in claim_set.lines() if line.moved_from})


def stay_at(facility: str, number: int, account: str = "A-7", days: int = 3) -> list[Record]:
    """An inpatient stay for an infection at some hospital."""
    where = service("inpatient", account, facility)
    return [
        record(PatientAdmitted(reason="infection", service=where), number, f"in {account}"),
        record(PatientDischarged(status="01", service=where), number + days, f"out {account}"),
    ]


class TestWhatMoves:
    @pytest.mark.parametrize(
        ("number", "moves"), [(-5, False), (-4, False), (-3, True), (-1, True), (0, True)]
    )
    def test_three_days_before_the_admission_and_the_day_itself(
        self, number: int, moves: bool
    ) -> None:
        told = [*BEFORE, *lymphodepletion(days=(number,)), *STAY]
        assert moved_days(seen_in("public", told)) == ([number] if moves else [])

    def test_after_the_admission_day_nothing_moves(self) -> None:
        later = tocilizumab(15)
        claim_set = seen_in("public", MEDICARE, later)
        assert the(claim_set, "D1").lines[0].moved_from is None

    @pytest.mark.parametrize(
        ("admission", "first"),
        [(date(2026, 7, 2), date(2026, 6, 29)), (date(2028, 3, 2), date(2028, 2, 28))],
    )
    def test_calendar_days_run_over_the_end_of_a_month_and_a_leap_day(
        self, admission: date, first: date
    ) -> None:
        number = (admission - DAY_0).days
        doses = [tocilizumab(number - 4), tocilizumab(number - 3)]
        claim_set = seen_in("public", MEDICARE, doses, stay_at("main", number))
        stay = next(claim for claim in claim_set.claims if claim.account == "A-7")
        before = next(claim for claim in claim_set.claims if claim.account == "A-6")
        assert (stay.first_day, stay.admitted) == (first, admission)
        assert before.last_day == first - timedelta(days=1)

    @pytest.mark.parametrize(
        ("facility", "moves"),
        [("main", [17, 19]), ("cancer_hospital", [19]), ("valley", []), ("county", [])],
    )
    def test_the_admitting_hospital_decides_how_many_days(
        self, facility: str, moves: list[int]
    ) -> None:
        """IPPS three, exempt cancer one, critical access none, another owner's never."""
        doses = [tocilizumab(17), tocilizumab(19)]
        claim_set = seen_in("public", MEDICARE, doses, stay_at(facility, 20))
        assert moved_days(seen_in("public", MEDICARE)) == [-3]
        assert [number for number in moved_days(claim_set) if number > 0] == moves

    def test_an_off_campus_department_of_the_same_owner_is_drawn_in(self) -> None:
        claim_set = seen_in(
            "public", MEDICARE, tocilizumab(19, facility="annex"), stay_at("main", 20)
        )
        assert 19 in moved_days(claim_set)

    def test_of_two_admissions_the_earlier_takes_the_service_and_once(self) -> None:
        dose = tocilizumab(19)
        stays = [*stay_at("main", 20, "A-7", 1), *stay_at("main", 22, "A-8", 2)]
        claim_set = seen_in("public", MEDICARE, dose, stays)
        holding = [c.account for c in claim_set.claims if dose.key in c.records]
        assert holding == ["A-7"]

    def test_an_admission_elsewhere_leaves_the_service_to_the_next_one_here(self) -> None:
        stays = [*stay_at("county", 20, "A-7", 1), *stay_at("main", 21, "A-8", 2)]
        dose = tocilizumab(19)
        claim_set = seen_in("public", MEDICARE, dose, stays)
        assert [c.account for c in claim_set.claims if dose.key in c.records] == ["A-8"]

    def test_a_coverage_that_changed_in_between_moves_nothing(self) -> None:
        began = CoverageRecorded(payer="harbor_health", kind="commercial", since=day(20))
        claim_set = seen_in(
            "public", MEDICARE, record(began, 18), tocilizumab(19), stay_at("main", 20)
        )
        assert 19 not in moved_days(claim_set)

    def test_a_payer_without_a_window_moves_nothing(self) -> None:
        told = [*opened(), *TO_THE_BAG, *lymphodepletion(), *STAY]
        assert moved_days(seen_in("public", told, tocilizumab(19), stay_at("main", 20))) == []

    def test_a_visit_in_the_hospitals_clinic_moves_before_an_admission(self) -> None:
        claim_set = seen_in(
            "public", MEDICARE, visit(19, "outpatient", "main", "N-1"), stay_at("main", 20)
        )
        stay = next(claim for claim in claim_set.claims if claim.account == "A-7")
        assert [line.moved_from for line in stay.lines if line.day == day(19)] == ["E"]

    def test_a_collection_before_a_stay_that_is_not_ours_makes_a_claim_of_the_stay(self) -> None:
        """Nothing of ours was done in that bed, and Medicare wants the collection on its claim."""
        stay = stay_at("main", -44)
        claim_set = seen_in("public", MEDICARE, stay)
        claim = the(claim_set, "A1")
        assert (claim.inpatient, claim.account) == (True, "A-7")
        assert {line.moved_from for line in claim.lines} == {"A"} or claim.coded("procedure")
        assert labels(seen_in("page", MEDICARE, stay)) == ["A1", "B1", "C1"]

    def test_a_stay_before_the_infusion_with_nothing_of_ours_is_no_claim(self) -> None:
        assert labels(seen_in("public", MEDICARE, stay_at("main", -30))) == ["A1", "B1", "C1"]

    def test_the_charges_come_along_with_the_service(self) -> None:
        """Posted to the outpatient account, with a code or without: they stand on the stay."""
        charges = [posted(-3, "0335", "96413", account="A-2"), posted(-3, "0258", account="A-2")]
        claim = the(seen_in("public", MEDICARE, charges), "C1")
        assert {("0335", "96413"), ("0258", "")} <= set(codes(claim))
        line = next(line for line in claim.lines if line.code == "96413")
        assert (line.payment, line.day) == ("bundled", day(-3))


class TestAnOutpatientInfusionFollowedByAnAdmission:
    STORY: Final = [
        *BEFORE,
        *lymphodepletion(),
        infused(service("outpatient", "A-3")),
        admitted(2, "CRS/ICANS", "A-4"),
        room_charged(2, "A-4", 6),
        discharged(8, "A-4"),
    ]

    def test_it_is_an_inpatient_claim_with_dates_of_its_own(self) -> None:
        claim = the(seen_in("public", self.STORY), "C1")
        assert (claim.first_day, claim.admitted, claim.last_day) == (day(0), day(2), day(8))
        assert (claim.inpatient, claim.coded("type of bill")) == (True, ("11x",))
        (procedure,) = [code for code in claim.codes if code.role == "procedure"]
        assert (procedure.code, procedure.day) == ("XW033A7", day(0))
        assert claim.payment_mechanism == "MS-DRG 018"

    def test_lymphodepletion_three_days_before_the_infusion_is_outside(self) -> None:
        """Admitted on day 2: the window begins on day -1."""
        claim = the(seen_in("public", self.STORY), "B1")
        assert (claim.first_day, claim.last_day) == (day(-5), day(-3))

    @pytest.mark.parametrize(("number", "inpatient"), [(3, True), (4, False)])
    def test_the_third_day_is_the_last(self, number: int, inpatient: bool) -> None:
        told = [*self.STORY[:-3], admitted(number, "CRS/ICANS", "A-4"), discharged(9, "A-4")]
        assert the(seen_in("public", told), "C1").inpatient is inpatient

    def test_an_outpatient_claim_spans_its_services(self) -> None:
        told = [*BEFORE, *lymphodepletion()]
        claim = the(seen_in("public", told), "B1")
        assert (claim.first_day, claim.admitted, claim.last_day) == (day(-5), None, day(-3))


class TestWhatStays:
    def test_an_independent_office_is_untouched(self) -> None:
        told = visit(19, "office", "neurology_office", "N-1")
        claim = the(seen_in("public", MEDICARE, told, stay_at("main", 20)), "E1")
        assert claim.form == "CMS-1500"
        assert [line.modifiers for line in claim.lines] == [()]
        assert "an_owned_practice_in_the_window_is_paid_at_the_facility_rate" not in rules_found(
            claim
        )

    @pytest.mark.parametrize(
        ("number", "marked"), [(16, False), (17, True), (20, True), (21, False)]
    )
    def test_an_owned_practice_in_the_window_is_marked(self, number: int, marked: bool) -> None:
        told = visit(number, "office", "owned_office", "N-1")
        claim = the(seen_in("public", MEDICARE, told, stay_at("main", 20)), "E1")
        (line,) = claim.lines
        assert line.moved_from is None
        assert ("PD" in line.modifiers) is marked
        assert (OWNED in rules_found(claim)) is marked
        assert OWNED not in {each.rule for each in claim.findings if each.holds}

    def test_a_group_of_the_owner_is_marked_wherever_it_practises(self) -> None:
        where = replace(service("office", "N-1", "neurology_office"), biller="owned_group")
        billed = record(NeurologyVisitCompleted(service=where, cpt="99214"), 19)
        claim = the(seen_in("public", MEDICARE, billed, stay_at("main", 20)), "E1")
        assert [line.modifiers for line in claim.lines] == [("PD",)]

    def test_the_page_knows_no_such_modifier_and_each_edition_says_so(self) -> None:
        told = [*MEDICARE, visit(19, "office", "owned_office", "N-1"), *stay_at("main", 20)]
        public, page = (the(seen_in(edition, told), "E1") for edition in EDITIONS)
        assert page.lines[0].modifiers == ()
        for claim in (public, page):
            assert "R62" in {each.row for each in claim.lines[0].differs}

    def test_a_payer_without_a_window_marks_nothing(self) -> None:
        told = [*opened(), *TO_THE_BAG, *lymphodepletion(), *STAY, *stay_at("main", 20)]
        claim = the(seen_in("public", told, visit(19, "office", "owned_office", "N-1")), "E1")
        assert claim.lines[0].modifiers == ()


class TestAnAttestation:
    DOSE: Final = tocilizumab(19)
    TOLD: Final = [*MEDICARE, DOSE, *stay_at("main", 20)]

    def attested(self, *more: Record) -> ClaimSet:
        before = seen_in("public", self.TOLD)
        stay = next(claim for claim in before.claims if claim.account == "A-7")
        return seen_in("public", self.TOLD, settled(found(stay, MOVED).key, "51"), *more)

    def test_each_moved_service_has_a_finding_that_holds_nothing(self) -> None:
        claim_set = seen_in("public", MEDICARE)
        told = [each for each in claim_set.findings if each.rule == MOVED]
        assert len(told) == 2  # fludarabine and cyclophosphamide of day -3
        assert {(each.severity, each.holds, len(each.records)) for each in told} == {
            ("notice", False, 1)
        }
        assert "51" in told[0].remedy

    def test_without_it_the_condition_code_never_stands(self) -> None:
        for claim in seen_in("public", self.TOLD).claims:
            assert "51" not in claim.coded("condition code")

    def test_it_leaves_the_service_on_its_claim_under_the_code(self) -> None:
        claim_set = self.attested()
        claim = next(claim for claim in claim_set.claims if claim.account == "A-6")
        assert (claim.inpatient, claim.coded("condition code")) == (False, ("51",))
        (code,) = [each for each in claim.codes if each.code == "51"]
        assert self.DOSE.key in code.basis.records
        assert len(code.basis.records) == 2
        assert self.DOSE.key not in next(c for c in claim_set.claims if c.account == "A-7").records

    def test_a_step_of_the_therapy_is_questioned(self) -> None:
        claim = next(claim for claim in self.attested().claims if claim.account == "A-6")
        rule = "a_service_of_the_therapy_attested_unrelated_is_questioned"
        assert not found(claim, rule).holds
        told = visit(19, "outpatient", "main", "N-1")
        stay = stay_at("main", 20)
        before = seen_in("public", MEDICARE, told, stay)
        key = found(next(c for c in before.claims if c.account == "A-7"), MOVED).key
        settled_so = seen_in("public", MEDICARE, told, stay, settled(key, "51"))
        after = next(c for c in settled_so.claims if c.kind == "E" and c.form == "UB-04")
        assert after.coded("condition code") == ("51",)
        assert rule not in rules_found(after)

    def test_accepting_the_finding_attests_nothing(self) -> None:
        before = seen_in("public", self.TOLD)
        stay = next(claim for claim in before.claims if claim.account == "A-7")
        after = seen_in("public", self.TOLD, settled(found(stay, MOVED).key))
        assert 19 in moved_days(after)

    def test_another_code_attests_nothing(self) -> None:
        stay = next(c for c in seen_in("public", self.TOLD).claims if c.account == "A-7")
        after = seen_in("public", self.TOLD, settled(found(stay, MOVED).key, "90"))
        assert 19 in moved_days(after)

    def test_the_finding_keeps_its_key_so_that_the_decision_does_not_lapse(self) -> None:
        keys = {each.key for each in self.attested().findings if each.rule == MOVED}
        stay = next(c for c in seen_in("public", self.TOLD).claims if c.account == "A-7")
        assert found(stay, MOVED).key in keys

    def test_on_the_day_of_admission_it_has_no_effect(self) -> None:
        """All services of that day are part of the stay, related or not."""
        told = [*MEDICARE, tocilizumab(20), *stay_at("main", 20)]
        stay = next(c for c in seen_in("public", told).claims if c.account == "A-7")
        key = found(stay, MOVED).key
        after = seen_in("public", told, settled(key, "51"))
        assert 20 in moved_days(after)
        claim = next(c for c in after.claims if c.account == "A-7")
        assert "no effect" in found(claim, MOVED).reason

    def test_without_an_admission_in_the_window_it_says_nothing(self) -> None:
        stay = next(c for c in seen_in("public", self.TOLD).claims if c.account == "A-7")
        key = found(stay, MOVED).key
        alone = seen_in("public", MEDICARE, self.DOSE, settled(key, "51"))
        assert the(alone, "D1").coded("condition code") == ()


class TestWaiting:
    TOLD: Final = [*BEFORE, *lymphodepletion()]

    @pytest.mark.parametrize(("number", "state"), [(-3, "waiting"), (0, "waiting"), (1, "ready")])
    def test_until_the_window_closes(self, number: int, state: str) -> None:
        assert the(seen_in("public", self.TOLD, as_of=day(number)), "B1").state == state

    def test_without_a_day_to_ask_for_nothing_waits(self) -> None:
        assert the(seen_in("public", self.TOLD), "B1").state == "ready"

    def test_a_critical_access_hospital_waits_for_its_owners_hospitals(self) -> None:
        told = [*MEDICARE, graded(30), tocilizumab(30, facility="valley")]
        assert the(seen_in("public", told, as_of=day(33)), "D1").state == "waiting"
        assert the(seen_in("public", told, as_of=day(34)), "D1").state != "waiting"

    def test_another_owners_critical_access_hospital_does_not_wait(self) -> None:
        alone = [replace(f, owner="valley") if f.name == "valley" else f for f in CENTRE.facilities]
        told = history(MEDICARE, tocilizumab(30, facility="valley"))
        centre = replace(CENTRE, facilities=tuple(alone))
        claim = the(claims(told, centre, shipped_rules(), day(31)), "D1")
        assert claim.state != "waiting"

    def test_nobody_waits_for_the_admission_of_the_dead(self) -> None:
        died = record(PatientDied(), -2)
        assert the(seen_in("public", self.TOLD, died, as_of=day(-2)), "B1").state == "ready"

    def test_a_professional_claim_does_not_wait(self) -> None:
        told = [*MEDICARE, visit(30, "office", "owned_office", "N-1")]
        assert the(seen_in("public", told, as_of=day(30)), "E1").state == "ready"


class TestWhatWasSent:
    def sent(self, *more: Record) -> tuple[ClaimSet, int]:
        """Claim B as it stood before the admission was known, and the position of that."""
        story = [*BEFORE, *lymphodepletion()]
        claim = the(seen_in("public", story), "B1")
        told = [*story, submitted(claim, len(story), -2), *more, *STAY]
        return seen_in("public", told), len(told)

    def test_a_claim_that_lost_some_services_is_replaced(self) -> None:
        claim_set, _ = self.sent()
        (proposal,) = claim_set.proposals
        assert (proposal.label, proposal.frequency) == ("B1", "7")
        assert f"admission of {day(0)}" in proposal.reason
        assert f"{day(-3)}" in proposal.reason
        assert proposal.payer_control_number is None
        assert "waits for the payer's control number" in proposal.reason

    def test_the_number_of_the_payers_last_answer_stands_on_it(self) -> None:
        claim = the(seen_in("public", BEFORE, lymphodepletion()), "B1")
        (proposal,) = self.sent(answered(claim, -1))[0].proposals
        assert proposal.payer_control_number == "ICN-77"
        assert "waits" not in proposal.reason

    def test_an_outpatient_infusion_that_became_a_stays_is_voided_though_the_key_is_the_same(
        self,
    ) -> None:
        story = [*BEFORE, infused(service("outpatient", "A-3"))]
        claim = the(seen_in("public", story), "C1")
        told = [*story, submitted(claim, len(story), 1)]
        stay = [admitted(2, "CRS/ICANS", "A-4"), discharged(8, "A-4")]
        (proposal,) = seen_in("public", told, stay).proposals
        inpatient = the(seen_in("public", told, stay), "C1")
        assert (proposal.key, proposal.frequency) == (inpatient.key, "8")
        voided = submitted(claim, len(told) + 2, 20, "8")
        assert seen_in("public", told, stay, voided).proposals == ()
        again = submitted(inpatient, len(told) + 2, 19)
        assert len(seen_in("public", told, stay, again).proposals) == 1
        assert seen_in("public", told, stay, again, voided).proposals == ()

    def test_a_claim_that_lost_its_first_service_is_voided(self) -> None:
        story = [*BEFORE, *lymphodepletion(days=(-3, 1))]
        claim = the(seen_in("public", story), "B1")
        told = [*story, submitted(claim, len(story), -1), admitted(-1), discharged(0)]
        (proposal,) = seen_in("public", told).proposals
        assert (proposal.key, proposal.frequency) == (claim.key, "8")

    def test_a_claim_that_lost_everything_is_voided(self) -> None:
        story = [*BEFORE, *lymphodepletion(days=(-3,))]
        claim = the(seen_in("public", story), "B1")
        claim_set = seen_in("public", story, submitted(claim, len(story), -2), STAY)
        assert [(each.label, each.frequency) for each in claim_set.proposals] == [("B1", "8")]

    def test_what_was_sent_knowing_the_admission_is_right_as_it_is(self) -> None:
        claim = the(seen_in("public", MEDICARE), "B1")
        told = [*MEDICARE, submitted(claim, len(MEDICARE), 20)]
        assert seen_in("public", told).proposals == ()

    def test_what_was_replaced_knowing_the_admission_is_not_replaced_again(self) -> None:
        story = [*BEFORE, *lymphodepletion()]
        claim = the(seen_in("public", story), "B1")
        told = [*story, submitted(claim, len(story), -2), *STAY]
        again = submitted(claim, len(told), 20, "7")
        assert seen_in("public", told, again).proposals == ()

    def test_what_was_voided_or_rejected_is_not_out(self) -> None:
        story = [*BEFORE, *lymphodepletion()]
        claim = the(seen_in("public", story), "B1")
        told = [*story, submitted(claim, len(story), -2), *STAY]
        assert seen_in("public", told, submitted(claim, len(told), 20, "8")).proposals == ()
        assert seen_in("public", told, answered(claim, 20, rejected=True)).proposals == ()

    def test_a_stay_that_was_sent_without_the_services_before_it_is_replaced(self) -> None:
        """The doses of day -3 were reported late."""
        known = [*BEFORE, *STAY]
        claim = the(seen_in("public", known), "C1")
        told = [*known, submitted(claim, len(known), 20), *lymphodepletion()]
        (proposal,) = seen_in("public", told).proposals
        assert (proposal.label, proposal.frequency) == ("C1", "7")

    def test_a_claim_whose_first_record_no_longer_counts_is_voided(self) -> None:
        claim = the(seen_in("public", MEDICARE, tocilizumab(30)), "D1")
        sent = submitted(claim, len(MEDICARE) + 1, 35)
        (proposal,) = seen_in("public", MEDICARE, sent).proposals
        assert (proposal.frequency, "no longer in effect" in proposal.reason) == ("8", True)

    def test_what_another_edition_sent_is_no_proposal_of_this_one(self) -> None:
        claim_set, count = self.sent()
        assert claim_set.proposals
        assert count
        story = [*BEFORE, *lymphodepletion()]
        claim = the(seen_in("public", story), "B1")
        told = [*story, submitted(claim, len(story), -2), *STAY]
        assert seen_in("page", told).proposals == ()


class TestTheTurnOfTheCodingYear:
    """1 October 2026 is day 143."""

    def test_a_stay_over_it_is_one_claim_by_its_discharge(self) -> None:
        told = [*BEFORE, admitted(141), infused(number=141), discharged(146)]
        claim = the(seen_in("public", told), "C1")
        assert (claim.first_day, claim.last_day) == (date(2026, 9, 29), date(2026, 10, 4))
        assert labels(seen_in("public", told)) == ["A1", "C1"]

    def test_an_outpatient_claim_is_split_at_it(self) -> None:
        told = [*BEFORE, *lymphodepletion(days=(142, 143))]
        claim_set = seen_in("public", told)
        assert [the(claim_set, each).last_day for each in ("B1", "B2")] == [day(142), day(143)]

    def test_a_window_reaches_over_it(self) -> None:
        told = [*BEFORE, *lymphodepletion(days=(142,)), admitted(144), infused(number=144)]
        assert moved_days(seen_in("public", told)) == [142]


class TestACoverageThatChanged:
    BEGAN: Final = record(
        CoverageRecorded(payer="harbor_health", kind="commercial", since=day(5)), 4
    )

    def test_during_a_stay_the_payer_of_the_admission_pays_and_both_are_named(self) -> None:
        claim = the(seen_in("public", MEDICARE, self.BEGAN), "C1")
        told = found(claim, "a_coverage_that_changed_during_a_stay_is_told")
        assert (claim.payer, told.severity, told.holds) == ("medicare", "notice", False)
        assert "harbor_health" in told.reason

    def test_a_coverage_that_lasts_is_not_told(self) -> None:
        claim = the(seen_in("public", MEDICARE), "C1")
        assert "a_coverage_that_changed_during_a_stay_is_told" not in rules_found(claim)

    def test_within_an_outpatient_account_the_claim_is_split_by_payer(self) -> None:
        doses = [tocilizumab(4), tocilizumab(6)]
        told = [*BEFORE, infused(service("outpatient", "A-3")), *doses, self.BEGAN]
        claim_set = seen_in("public", told)
        assert [c.payer for c in claim_set.claims if c.kind == "D"] == ["medicare", "harbor_health"]


FACILITIES: Final = ("main", "annex", "cancer_hospital", "valley", "county", "elsewhere")
CLASSES: Final[tuple[PatientClass, ...]] = ("outpatient", "emergency", "observation", "office")


@st.composite
def stories(draw: st.DrawFn) -> list[Record]:
    """An infused patient with doses and admissions here and there."""
    told = [*BEFORE, infused(service("outpatient", "A-3"))]
    if draw(st.booleans()):
        began = CoverageRecorded(payer="harbor_health", kind="commercial", since=day(25))
        told.append(record(began, 25))
    for number in draw(st.lists(st.integers(12, 45), max_size=6, unique=True)):
        facility, kind = draw(st.sampled_from(FACILITIES)), draw(st.sampled_from(CLASSES))
        told.append(tocilizumab(number, kind, f"T-{number}", facility))
    for number in draw(
        st.lists(st.sampled_from((15, 20, 24, 27, 33, 40)), max_size=3, unique=True)
    ):
        facility = draw(st.sampled_from(FACILITIES))
        told += stay_at(facility, number, f"S-{number}", draw(st.integers(0, 2)))
    return told


def the_case(told: list[Record]) -> Case:
    rules = shipped_rules()
    product = rules.products.named("carvykti")
    return Case(seen=effective(history(told)), centre=CENTRE, rules=rules, product=product)


def takes(case: Case, stay: Bill, bill: Bill, dose: Record) -> bool:
    """The window by hand: days by hospital, same owner, same payer, a hospital's outpatient."""
    assert stay.stay is not None
    hospital, place = stay.facility, bill.facility
    if hospital is None or place is None or bill.form != "UB-04":
        return False
    days = {"ipps": 3, "exempt_cancer": 1}.get(hospital.payment_system)
    first, last = case.coverage(dose.day), case.coverage(stay.stay.admitted.day)
    if days is None or first is None or last is None or last[1].payer != "medicare":
        return False
    inside = 0 <= (stay.stay.admitted.day - dose.day).days <= days
    return inside and first[1].payer == "medicare" and hospital.owner == place.owner


@settings(max_examples=120, deadline=None)
@hypothesis_given(stories(), st.integers(0, 1000))
def test_every_service_stands_on_one_bill_and_moves_only_by_the_window(
    told: list[Record], seed: int
) -> None:
    case = the_case(told)
    given, made_of = as_given(case), bills(case)
    stays = sorted(
        (b for b in given if b.stay), key=lambda b: b.stay.admitted.day if b.stay else day(0)
    )
    for dose in (each for each in case.seen.records if isinstance(each.fact, TocilizumabGiven)):
        (before,) = [bill for bill in given if dose in bill.services]
        (after,) = [bill for bill in made_of if dose in bill.services]
        by = [stay for stay in stays if takes(case, stay, before, dose)]
        assert (dose.key in after.moved) is bool(by)
        if by:
            assert after.stay is not None
            assert by[0].stay is not None
            assert after.stay.admitted.key == by[0].stay.admitted.key
    shuffled = list(told)
    random.Random(seed).shuffle(shuffled)
    rules = shipped_rules()
    assert claims(history(shuffled), CENTRE, rules) == claims(history(told), CENTRE, rules)


@settings(max_examples=60, deadline=None)
@hypothesis_given(stories(), st.sampled_from(EDITIONS))
def test_a_statement_holds_every_day_of_its_services(told: list[Record], edition: str) -> None:
    case = the_case(told)
    for bill in bills(case if edition == "public" else case.elsewhere):
        assert bill.first_day <= bill.last_day
        assert all(bill.first_day <= service_day(r) <= bill.last_day for r in bill.services)
        assert bill.services or bill.stay is not None or bill.attendance is not None
