"""Stays, emergency and observation visits, changes of class, rooms, and charges as posted."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

from tests.claims.given_claims import (
    came,
    changed,
    codes,
    found,
    graded,
    labels,
    left,
    posted,
    rules_found,
    seen_in,
    the,
    tocilizumab,
    where_is,
)
from tests.given import (
    INSIDE,
    admitted,
    at,
    collected,
    day,
    discharged,
    infused,
    lymphodepletion,
    made,
    opened,
    record,
    room_charged,
    service,
)
from veinledger.domain.facts.billing import ChargePosted
from veinledger.domain.facts.patient import PatientAdmitted
from veinledger.domain.reports import Record
from veinledger.projections.case.stays import Stay
from veinledger.projections.claims.charges.nights import (
    days_in_words,
    nights,
    nights_without_a_room,
)
from veinledger.projections.claims.shapes import Claim, ClaimSet

TO_THE_BAG: Final = [*collected(), *made()]
STAY: Final = [admitted(), infused(), room_charged(), discharged()]
MEDICARE: Final = [*opened("medicare"), *TO_THE_BAG, *lymphodepletion(), *STAY]
COMMERCIAL: Final = [*opened(), *TO_THE_BAG, *lymphodepletion(), *STAY]
EMERGENCY: Final = posted(20, "0450", "99284", amount="1875.50")
OBSERVED: Final = posted(20, "0762", "G0378", units="22", amount="2640")


def of_account(claim_set: ClaimSet, account: str) -> Claim:
    """The only claim of an account."""
    (claim,) = [each for each in claim_set.claims if each.account == account]
    return claim


class TestAVisitWithoutAStay:
    TOLD: Final = [
        came(20, "emergency", "A-6"),
        EMERGENCY,
        OBSERVED,
        posted(21, "0250"),
        left(21, "emergency", "A-6"),
    ]

    def test_it_is_an_outpatient_claim_of_its_posted_charges(self) -> None:
        claim = the(seen_in("public", COMMERCIAL, self.TOLD), "D1")
        assert (claim.inpatient, claim.form, claim.coded("type of bill")) == (
            False,
            "UB-04",
            ("13x",),
        )
        assert codes(claim) == [("0450", "99284"), ("0762", "G0378"), ("0250", "")]
        assert [line.units for line in claim.lines] == [1, 22, 1]
        assert {line.payment for line in claim.lines} == {"billed"}
        assert claim.anchor == self.TOLD[0].key
        assert (claim.first_day, claim.last_day, claim.admitted) == (day(20), day(21), None)

    def test_no_room_is_asked_for(self) -> None:
        claim = the(seen_in("public", COMMERCIAL, self.TOLD), "D1")
        assert "accommodation" not in claim.state_reason
        assert claim.state != "partial"

    def test_tocilizumab_given_then_stands_on_it_once(self) -> None:
        dose = tocilizumab(20, "emergency")
        charge = posted(20, "0636", "J3262", units="560", amount="7980")
        claim_set = seen_in("public", COMMERCIAL, self.TOLD, dose, charge)
        claim = the(claim_set, "D1")
        drugs = [line for line in claim.lines if line.code == "J3262"]
        assert [(int(line.units), line.charge) for line in drugs] == [(560, Decimal("7980.00"))]
        assert {dose.key, charge.key} == set(drugs[0].basis.records)
        assert labels(claim_set) == ["A1", "B1", "C1", "D1"]

    def test_without_a_posted_charge_it_is_partial(self) -> None:
        told = [came(20, "observation", "A-6"), graded(20), left(21, "observation", "A-6")]
        claim = the(seen_in("public", COMMERCIAL, told), "D1")
        assert (claim.state, claim.lines) == ("partial", ())
        assert claim.state_reason == "no charge is posted to the visit"
        assert claim.first_day == day(20)

    def test_until_it_ended_it_is_partial(self) -> None:
        told = [came(20, "observation", "A-6"), graded(20), OBSERVED]
        claim = the(seen_in("public", COMMERCIAL, told), "D1")
        assert (claim.state, claim.state_reason) == ("partial", "nobody told how the visit ended")

    def test_before_the_infusion_it_is_not_ours(self) -> None:
        told = [came(-20, "emergency", "A-6"), left(-20, "emergency", "A-6")]
        assert labels(seen_in("public", COMMERCIAL, told)) == ["A1", "B1", "C1"]

    def test_two_visits_are_two_claims(self) -> None:
        told = [came(30, "emergency", "A-7"), left(30, "emergency", "A-7")]
        assert labels(seen_in("public", COMMERCIAL, self.TOLD, told))[-2:] == ["D1", "D2"]

    def test_without_an_account_its_days_decide(self) -> None:
        told = [came(20, "emergency"), left(21, "emergency")]
        dose = tocilizumab(21, "emergency", None)
        later = tocilizumab(30, "outpatient", None)
        claim_set = seen_in("public", COMMERCIAL, told, dose, later)
        assert where_is(claim_set, dose.key) == ["D1"]
        assert where_is(claim_set, later.key) == ["D2"]

    def test_an_emergency_visit_does_not_end_a_stay_that_is_open(self) -> None:
        told = [each for each in COMMERCIAL if each.fact.type != "patient.discharged"]
        visit = [came(20, "emergency", "A-6"), left(20, "emergency", "A-6")]
        claim = the(seen_in("public", told, visit), "C1")
        assert "no discharge" in claim.state_reason


class TestAVisitThatLedToAStay:
    """Observed on day 20, an inpatient from day 21 on, home on day 25."""

    ROOM: Final = room_charged(21, "A-6", 4)

    def told(self, *more: Record) -> list[Record]:
        dose = tocilizumab(20, "observation")
        charge = posted(20, "0762", "G0378", units="10")
        return [came(20, "observation", "A-6"), dose, charge, *more, left(25, "inpatient", "A-6")]

    @pytest.mark.parametrize("payer", [COMMERCIAL, MEDICARE], ids=["commercial", "medicare"])
    @pytest.mark.parametrize(
        "order", [changed(21, "inpatient", "A-6"), came(21, "inpatient", "A-6")]
    )
    def test_it_is_part_of_the_inpatient_claim(self, payer: list[Record], order: Record) -> None:
        told = self.told(order, self.ROOM)
        claim = of_account(seen_in("public", payer, told), "A-6")
        assert (claim.inpatient, claim.kind) == (True, "D")
        assert (claim.first_day, claim.admitted, claim.last_day) == (day(20), day(21), day(25))
        assert ("0762", "G0378") in codes(claim)
        assert {line.moved_from for line in claim.lines if line.day == day(20)} == {"D"}
        assert {line.payment for line in claim.lines} == {"bundled"}

    def test_the_stay_begins_with_the_order_whatever_the_clock_of_the_day(self) -> None:
        told = self.told(changed(20, "inpatient", "A-6"), room_charged(20, "A-6", 5))
        claim = of_account(seen_in("public", COMMERCIAL, told), "A-6")
        assert (claim.admitted, claim.inpatient) == (day(20), True)

    def test_without_an_order_it_stays_an_outpatient_claim(self) -> None:
        claim = of_account(seen_in("public", COMMERCIAL, self.told()), "A-6")
        assert not claim.inpatient

    def test_another_account_is_another_claim_without_a_window(self) -> None:
        told = [came(20, "emergency", "A-6"), EMERGENCY, left(20, "emergency", "A-6")]
        stay = [admitted(21, "CRS/ICANS", "A-7"), discharged(25, "A-7")]
        commercial = seen_in("public", COMMERCIAL, told, stay)
        assert labels(commercial)[-2:] == ["D1", "D2"]
        medicare = seen_in("public", MEDICARE, told, stay)
        assert labels(medicare) == ["A1", "B1", "C1", "D1"]
        assert ("0450", "99284") in codes(of_account(medicare, "A-7"))

    def test_an_emergency_visit_of_the_admission_day_goes_along(self) -> None:
        told = [came(20, "emergency", "A-6"), EMERGENCY, left(20, "emergency", "A-6")]
        stay = [admitted(20, "CRS/ICANS", "A-7"), room_charged(20, "A-7", 4), discharged(24, "A-7")]
        claim_set = seen_in("public", MEDICARE, told, stay)
        assert labels(claim_set) == ["A1", "B1", "C1", "D1"]
        claim = of_account(claim_set, "A-7")
        assert [line.moved_from for line in claim.lines if line.code == "99284"] == ["D"]

    def test_observation_before_the_window_stays_outside(self) -> None:
        """Five days of observation: what lies before the window keeps its outpatient claim."""
        early, late = posted(20, "0762", "G0378"), posted(23, "0762", "G0379")
        told = [came(20, "observation", "A-6"), early, late, changed(25, "inpatient", "A-6")]
        claim_set = seen_in("public", MEDICARE, told, left(29, "inpatient", "A-6"))
        outside, stay = [each for each in claim_set.claims if each.account == "A-6"]
        if outside.inpatient:
            outside, stay = stay, outside
        assert (codes(outside), codes(stay)) == ([("0762", "G0378")], [("0762", "G0379")])

    def test_a_dose_under_the_stays_account_is_the_stays_whatever_its_class(self) -> None:
        dose = tocilizumab(23, "observation")
        claim_set = seen_in("public", COMMERCIAL, self.told(changed(21, "inpatient", "A-6")), dose)
        assert where_is(claim_set, dose.key) == [of_account(claim_set, "A-6").label]

    @pytest.mark.parametrize(("account", "inpatient"), [("A-3", True), ("A-4", False)])
    def test_an_infusion_of_the_admission_day_is_the_stays_under_its_account(
        self, account: str, inpatient: bool
    ) -> None:
        cells = infused(service("outpatient", account))
        told = [*opened(), *TO_THE_BAG, cells, admitted(0, "CRS/ICANS"), room_charged(days=5)]
        claim = the(seen_in("public", told, discharged(5)), "C1")
        assert claim.inpatient is inpatient

    def test_an_infused_outpatient_is_made_an_inpatient_without_an_arrival(self) -> None:
        """Nobody told of an arrival: he was served last under the account of the change."""
        cells = infused(service("outpatient", "A-3"))
        told = [*opened("medicare"), *TO_THE_BAG, cells, changed(1, "inpatient", "A-3")]
        room = room_charged(1, "A-3", 6)
        claim = the(seen_in("public", told, room, left(7, "inpatient", "A-3")), "C1")
        assert (claim.inpatient, claim.admitted, claim.last_day) == (True, day(1), day(7))
        assert claim.coded("procedure") == ("XW033A7",)


class TestAStayThatWasReversed:
    RULE: Final = "a_stay_is_not_made_an_outpatient_visit_by_itself"

    def told(self, *change: Record) -> list[Record]:
        dose, charge = tocilizumab(20, "inpatient"), posted(20, "0762", "G0378", units="30")
        away = left(22, "inpatient", "A-6")
        return [came(20, "inpatient", "A-6"), dose, charge, *change, away]

    def test_by_the_committee_it_is_an_outpatient_claim_and_says_so(self) -> None:
        change = changed(21, "observation", "A-6", committee=True)
        claim_set = seen_in("public", MEDICARE, self.told(change))
        claim = of_account(claim_set, "A-6")
        assert (claim.inpatient, claim.coded("type of bill")) == (False, ("13x",))
        assert claim.coded("condition code") == ("44",)
        (code,) = [each for each in claim.codes if each.code == "44"]
        assert change.key in code.basis.records
        assert codes(claim)[-1] == ("0762", "G0378")
        assert ("0636", "J3262") in codes(claim)
        assert (claim.admitted, claim.first_day, claim.last_day) == (None, day(20), day(22))

    def test_by_nobody_it_stays_a_stay_and_waits_for_a_person(self) -> None:
        change = changed(21, "observation", "A-6")
        claim = of_account(seen_in("public", MEDICARE, self.told(change)), "A-6")
        assert claim.inpatient
        assert found(claim, self.RULE).holds

    def test_after_the_discharge_it_is_too_late(self) -> None:
        change = changed(23, "observation", "A-6", committee=True)
        claim = of_account(seen_in("public", MEDICARE, self.told(change)), "A-6")
        assert claim.inpatient
        assert self.RULE in rules_found(claim)

    def test_a_stay_left_alone_says_nothing(self) -> None:
        claim = of_account(seen_in("public", MEDICARE, self.told()), "A-6")
        assert claim.coded("condition code") == ()
        assert self.RULE not in rules_found(claim)

    def test_the_stay_of_the_infusion_becomes_an_outpatient_infusion(self) -> None:
        change = changed(1, "outpatient", "A-3", committee=True)
        told = [*opened("medicare"), *TO_THE_BAG, admitted(), infused(), change, discharged(2)]
        claim = the(seen_in("public", told), "C1")
        assert (claim.inpatient, claim.coded("condition code")) == (False, ("44",))
        assert claim.coded("procedure") == ()
        assert {"38228", "Q2056"} <= {line.code for line in claim.lines}

    def test_a_room_is_not_billed_to_an_outpatient(self) -> None:
        change = changed(21, "observation", "A-6", committee=True)
        room = room_charged(20, "A-6", 1)
        claim = of_account(seen_in("public", MEDICARE, self.told(change), room), "A-6")
        assert "0120" not in {line.revenue_code for line in claim.lines}
        assert "a_room_is_not_billed_to_an_outpatient" in rules_found(claim)
        without = of_account(seen_in("public", MEDICARE, self.told(change)), "A-6")
        assert "a_room_is_not_billed_to_an_outpatient" not in rules_found(without)

    def test_back_to_an_inpatient_it_is_a_stay_from_then_on(self) -> None:
        changes = [
            changed(at(20, "20:00"), "observation", "A-6", committee=True),
            changed(21, "inpatient", "A-6"),
        ]
        claim = of_account(seen_in("public", MEDICARE, self.told(*changes)), "A-6")
        assert (claim.inpatient, claim.admitted) == (True, day(21))


class TestNeverRebilledAsInpatient:
    def test_an_order_after_the_patient_left_admits_nobody(self) -> None:
        told = [came(20, "observation", "A-6"), OBSERVED, left(21, "observation", "A-6")]
        late = changed(24, "inpatient", "A-6")
        claim = of_account(seen_in("public", COMMERCIAL, told, late), "A-6")
        assert not claim.inpatient
        assert claim.state == "held"
        assert "an_outpatient_visit_is_never_rebilled_as_a_stay" in rules_found(claim)
        alone = of_account(seen_in("public", COMMERCIAL, told), "A-6")
        assert "an_outpatient_visit_is_never_rebilled_as_a_stay" not in rules_found(alone)

    def test_an_order_on_the_day_he_left_goes_by_the_clock(self) -> None:
        told = [came(20, "observation", "A-6"), left(at(21, "15:00"), "observation", "A-6")]
        for clock, inpatient in (("14:00", True), ("16:00", False)):
            change = changed(at(21, clock), "inpatient", "A-6")
            claim = of_account(seen_in("public", COMMERCIAL, told, change), "A-6")
            assert claim.inpatient is inpatient

    def test_an_outpatient_service_within_a_stay_waits_for_a_person(self) -> None:
        rule = "an_outpatient_service_within_a_stay_waits_for_a_person"
        inside, outside = tocilizumab(5), tocilizumab(30)
        claim = the(seen_in("public", COMMERCIAL, inside), "D1")
        assert found(claim, rule).holds
        assert rule not in rules_found(the(seen_in("public", COMMERCIAL, outside), "D1"))


class TestRooms:
    def held_for(self, *rooms: Record) -> str:
        told = [each for each in COMMERCIAL if each.fact.type != "charge.posted"]
        return the(seen_in("public", told, *rooms), "C1").state_reason

    def test_one_charge_for_all_days_covers_the_stay(self) -> None:
        assert the(seen_in("public", COMMERCIAL), "C1").state == "ready"
        assert self.held_for(room_charged(13, days=14)).startswith("nothing stands")

    def test_the_days_without_a_room_are_named(self) -> None:
        rooms = [room_charged(number, days=1) for number in range(14) if number not in (3, 4, 9)]
        reason = self.held_for(*rooms)
        assert f"{day(3)} to {day(4)}, {day(9)}" in reason

    def test_a_second_room_on_one_day_covers_no_other(self) -> None:
        twice = [room_charged(number, days=1) for number in range(13)]
        other = posted(12, "0200", account="A-3", inside="yes")
        assert f"{day(13)}" in self.held_for(*twice, other)

    def test_intensive_and_coronary_care_are_rooms_too(self) -> None:
        rooms = [
            room_charged(0, days=5),
            posted(5, "0200", account="A-3", units="5"),
            posted(10, "0210", account="A-3", units="4"),
        ]
        assert self.held_for(*rooms).startswith("nothing stands")

    def test_a_stay_of_one_day_has_one(self) -> None:
        told = [came(20, "inpatient", "A-6"), left(20, "inpatient", "A-6")]
        before = of_account(seen_in("public", COMMERCIAL, told), "A-6")
        assert "accommodation" in before.state_reason or before.state == "held"
        stay = Stay(admitted=told[0], admission=_fact(told[0]), discharged=told[1])
        assert nights(stay) == (day(20),)

    def test_a_stay_with_no_services_has_dates(self) -> None:
        told = [came(20, "inpatient", "A-6"), left(23, "inpatient", "A-6")]
        claim = of_account(seen_in("public", COMMERCIAL, told), "A-6")
        assert (claim.first_day, claim.last_day, claim.lines) == (day(20), day(23), ())

    @hypothesis_given(st.integers(1, 20), st.lists(st.integers(0, 19), max_size=12))
    def test_as_many_nights_are_left_as_no_charge_counts(
        self, length: int, starts: list[int]
    ) -> None:
        told = [came(20, "inpatient", "A-6"), left(20 + length, "inpatient", "A-6")]
        stay = Stay(admitted=told[0], admission=_fact(told[0]), discharged=told[1])
        singles = {start for start in starts if start < length}
        rooms = [(day(20 + start), 1) for start in starts]
        missing = nights_without_a_room(stay, rooms)
        assert len(missing) == length - len(singles)
        whole = nights_without_a_room(stay, [*rooms, (day(20), length)])
        assert whole == ()

    def test_days_are_told_as_spans(self) -> None:
        days = [day(number) for number in (1, 2, 3, 7, 9, 10)]
        assert days_in_words(days) == f"{day(1)} to {day(3)}, {day(7)}, {day(9)} to {day(10)}"


def _fact(told: Record) -> PatientAdmitted:
    assert isinstance(told.fact, PatientAdmitted)
    return told.fact


class TestChargesAsPosted:
    def test_a_code_that_no_rule_uses_stands_on_the_stay_once(self) -> None:
        charge = posted(3, "0636", "J1100", account="A-3", amount="42")
        claim = the(seen_in("public", COMMERCIAL, charge), "C1")
        (line,) = [each for each in claim.lines if each.code == "J1100"]
        assert (line.payment, line.charge, line.day) == ("bundled", Decimal("42.00"), day(3))
        assert line.basis.records == (charge.key,)

    def test_a_charge_that_a_rule_uses_stands_on_its_line_alone(self) -> None:
        charge = posted(0, "0891", "Q2056", account="A-3", amount="600000")
        claim = the(seen_in("public", COMMERCIAL, charge), "C1")
        assert [line.charge for line in claim.lines if line.code == "Q2056"] == [Decimal(600000)]
        assert [line.units for line in claim.lines if line.code == "Q2056"] == [1]

    @pytest.mark.parametrize("code", ["Q2056", "Q2041"])
    def test_a_dose_is_never_billed_as_posted(self, code: str) -> None:
        rule = "a_product_charge_that_no_rule_bills_is_told"
        charge = posted(2, "0891", code, account="A-3", amount="600000")
        claim = the(seen_in("public", COMMERCIAL, charge), "C1")
        assert len([line for line in claim.lines if line.revenue_code == "0891"]) == 1
        assert charge.key in found(claim, rule).records
        assert rule not in rules_found(the(seen_in("public", COMMERCIAL), "C1"))

    def test_what_no_rule_bills_on_an_outpatient_claim_is_told_and_is_no_line(self) -> None:
        rule = "charges_posted_that_no_rule_bills_are_told"
        charge = posted(-5, "0636", "J1100", account="A-2")
        claim = the(seen_in("public", COMMERCIAL, charge), "B1")
        told = found(claim, rule)
        assert ("J1100" in told.reason, told.severity, told.holds) == (True, "notice", False)
        assert "J1100" not in {line.code for line in claim.lines}
        assert rule not in rules_found(the(seen_in("public", COMMERCIAL), "B1"))

    def test_a_drug_posted_under_another_code_is_not_billed_beside_the_rules_line(self) -> None:
        rule = "a_posted_charge_is_not_billed_beside_the_line_of_a_rule"
        told = [came(20, "emergency", "A-6"), left(21, "emergency", "A-6"), tocilizumab(20)]
        later = posted(21, "0636", "J3262", units="560")
        claim = the(seen_in("public", COMMERCIAL, told, later), "D1")
        assert found(claim, rule).holds
        right = posted(20, "0636", "J3262", units="560")
        assert rule not in rules_found(the(seen_in("public", COMMERCIAL, told, right), "D1"))

    def test_a_charge_that_is_not_covered_says_so(self) -> None:
        fact = ChargePosted(
            revenue_code="0990",
            units=Decimal(1),
            amount=Decimal(12),
            covered=False,
            service_date=day(3),
            service=INSIDE,
        )
        claim = the(seen_in("public", COMMERCIAL, record(fact, 3)), "C1")
        assert [line.covered for line in claim.lines if line.revenue_code == "0990"] == [False]

    def test_a_charge_after_the_stay_is_told(self) -> None:
        charge = posted(19, "0270", account="A-3")
        claim = the(seen_in("public", COMMERCIAL, charge), "C1")
        assert "revenue 0270" in found(claim, "charges_posted_that_no_rule_bills_are_told").reason


@hypothesis_given(
    st.lists(
        st.tuples(st.integers(14, 30), st.sampled_from(("0450", "0762", "0250", "0120"))),
        max_size=6,
    ),
    st.sampled_from(("emergency", "observation", "inpatient")),
    st.booleans(),
    st.sampled_from((None, 21, 23)),
)
def test_every_posted_charge_stands_on_one_line_at_most(
    charges: list[tuple[int, str]], arrived: str, medicare: bool, ordered: int | None
) -> None:
    told = [*(MEDICARE if medicare else COMMERCIAL)]
    told.append(came(20, "emergency" if arrived == "emergency" else "observation", "A-6"))
    if arrived == "inpatient":
        told[-1] = came(20, "inpatient", "A-6")
    told += [changed(ordered, "inpatient", "A-6")] if ordered else []
    told.append(left(25, "inpatient", "A-6"))
    told += [posted(n, revenue) for n, revenue in dict.fromkeys(charges)]
    claim_set = seen_in("public", told)
    lines = [line for line in claim_set.lines() if line.label.startswith("as posted")]
    keys = [key for line in lines for key in line.basis.records]
    assert len(keys) == len(set(keys))
    for claim in claim_set.claims:
        assert all(claim.first_day <= line.day <= claim.last_day for line in claim.lines)
        assert claim.last_day - claim.first_day < timedelta(days=60)
