"""Drug lines: units given and discarded, codes by NDC, 340B, and limits of tocilizumab."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.claims.drug_stories import (
    ACTEMRA,
    at_a,
    billed,
    dose,
    drug,
    drug_lines,
    held_by,
    insured,
    on,
    seen_in,
    the,
    tocilizumab,
    told_by,
    treated,
    with_entries,
)
from tests.given import (
    admitted,
    collected,
    day,
    infused,
    lymphodepletion,
    made,
    opened,
    record,
    service,
    vials,
)
from veinledger.domain.centre.directory import Coverage
from veinledger.domain.codebook.statement import EDITIONS, Edition
from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.billing import ChargePosted
from veinledger.domain.facts.groups import Condition, Vials
from veinledger.domain.facts.patient import PatientMeasured
from veinledger.domain.facts.toxicity import ConditionDocumented, CrsGraded, IcansGraded
from veinledger.domain.facts.treatment import Agent
from veinledger.domain.reports import Record
from veinledger.projections.claims.shapes import Claim

GRAM = [vials("1000")]
TWO_OF_50 = [vials("50", 2)]
REST = ("J9075", 49, ("JW",))


def medicare(*told: Record | list[Record], edition: Edition = "public") -> Claim:
    """The first claim for lymphodepletion of a Medicare patient."""
    return the(seen_in(edition, insured(), *told), "B1")


class TestUnitsGiven:
    def test_two_doses_from_one_ndc_on_one_day_are_added_before_rounding_up(self) -> None:
        first = dose(drug("302", GRAM, "99999-0070-01"))
        second = dose(drug("302", ndc="99999-0070-01"), times=("12:00", "13:00"))
        (given, discarded) = drug_lines(medicare(first, second))
        assert given.units == 121
        assert given.quantity == "302 + 302 = 604 mg at 5 mg a unit"
        assert discarded.units == 79
        assert set(given.basis.records) == {first.key, second.key} == set(discarded.basis.records)

    def test_another_package_is_another_line(self) -> None:
        claim = medicare(
            dose(drug("302", GRAM, "99999-0070-01")),
            dose(drug("302", GRAM, "99999-0070-02"), times=("12:00", "13:00")),
        )
        assert [int(x.units) for x in drug_lines(claim) if "JW" not in x.modifiers] == [61, 61]

    def test_one_package_printed_in_two_ways_is_one_line(self) -> None:
        claim = medicare(
            dose(drug("302", GRAM, "99999-0070-01")),
            dose(drug("302", ndc="99999007001"), times=("12:00", "13:00")),
        )
        assert [int(x.units) for x in drug_lines(claim)] == [121, 79]

    def test_each_day_rounds_by_itself_and_the_page_pools_a_course(self) -> None:
        told = [dose(drug("55.5", TWO_OF_50), "fludarabine", number) for number in (-5, -4, -3)]
        units = {
            edition: [int(x.units) for x in drug_lines(medicare(told, edition=edition))]
            for edition in EDITIONS
        }
        assert units == {"public": [2, 2, 2], "page": [167]}

    def test_a_second_course_is_a_course_of_its_own(self) -> None:
        first = [dose(drug("555", GRAM), number=number) for number in (-35, -34, -33)]
        second = [dose(drug("555", GRAM), number=number, course=2) for number in (-5, -4, -3)]
        assert billed(medicare(first, second, edition="page")) == [("J9070", 17, ())] * 2
        assert len(drug_lines(medicare(first, second))) == 12

    def test_a_dose_over_midnight_is_of_the_day_on_which_it_began(self) -> None:
        began = "2026-05-05T23:30:00-05:00"
        at_its_end = dose(
            drug("555", GRAM), times=(began, "2026-05-06T00:30:00-05:00"), name="late"
        )
        told = record(at_its_end.fact, "2026-05-06T00:30:00-05:00", "late")
        claim = medicare(told)
        assert {line.day for line in claim.lines} == {date(2026, 5, 5)}
        assert told.day == date(2026, 5, 6)

    @pytest.mark.parametrize(
        ("start", "held"), [("2026-05-04", True), ("2026-05-05", False), ("2026-05-07", True)]
    )
    def test_a_start_on_another_day_waits(self, start: str, held: bool) -> None:
        times = (f"{start}T23:30:00-05:00", "2026-05-07T23:45:00-05:00")
        fact = dose(drug("555", GRAM), times=times).fact
        claim = medicare(record(fact, "2026-05-06T00:30:00-05:00"))
        name = "a_drug_is_reported_for_the_day_on_which_it_began"
        assert (name in held_by(claim)) is held

    def test_bendamustine_has_no_code_and_waits(self) -> None:
        claim = medicare(dose(drug("160", GRAM), "bendamustine"))
        assert "a_drug_without_a_code_waits_for_a_coder" in held_by(claim)
        assert not drug_lines(claim)


class TestDiscardedDrug:
    @pytest.mark.parametrize(
        ("agent", "mg", "opened_vials", "expected"),
        [
            ("fludarabine", "55.5", TWO_OF_50, [("J9185", 2, ("JZ",))]),
            ("fludarabine", "50", [vials("50")], [("J9185", 1, ("JZ",))]),
            ("fludarabine", "50", TWO_OF_50, [("J9185", 1, ()), ("J9185", 1, ("JW",))]),
            ("cyclophosphamide", "555", GRAM, [("J9075", 111, ()), ("J9075", 89, ("JW",))]),
            ("cyclophosphamide", "996", GRAM, [("J9075", 200, ("JZ",))]),
            ("cyclophosphamide", "995", GRAM, [("J9075", 199, ()), ("J9075", 1, ("JW",))]),
            (
                "cyclophosphamide",
                "555",
                [vials("500", 2)],
                [("J9075", 111, ()), ("J9075", 89, ("JW",))],
            ),
        ],
    )
    def test_whole_units_left_are_jw_and_none_is_jz(
        self,
        agent: Agent,
        mg: str,
        opened_vials: list[Vials],
        expected: list[tuple[str, int, tuple[str, ...]]],
    ) -> None:
        told = dose(drug(mg, opened_vials, "99999-0070-01"), agent)
        assert billed(medicare(told)) == expected

    def test_the_discarded_line_is_the_given_lines_twin(self) -> None:
        given, discarded = drug_lines(medicare(dose(drug("555", GRAM, "99999-0070-01"))))
        assert (discarded.revenue_code, discarded.ndc) == (given.revenue_code, given.ndc)
        assert (given.charge, discarded.charge) == (Decimal("1054.50"), Decimal("845.50"))
        assert discarded.quantity == (
            "1,000 mg opened at 5 mg a unit: 200 units, 111 given, 89 discarded"
        )
        assert discarded.basis.rule == "discarded_drug_is_a_line_of_its_own"

    def test_without_vials_the_line_waits_for_them(self) -> None:
        claim = medicare(dose(drug("555", ndc="99999-0070-01")))
        assert held_by(claim) == {"a_line_that_needs_jw_or_jz_says_what_was_opened"}
        assert claim.state == "held"
        assert billed(claim) == [("J9075", 111, ())]

    @pytest.mark.parametrize(
        ("kind", "payer"), [("commercial", "harbor_health"), ("Medicaid", "lakes_medicaid")]
    )
    def test_a_payer_that_does_not_ask_gets_neither_and_waits_for_nothing(
        self, kind: Coverage, payer: str
    ) -> None:
        told = [*insured(kind, payer), dose(drug("555"))]
        claim = the(seen_in("public", told), "B1")
        assert billed(claim) == [("J9075", 111, ())]
        assert not held_by(claim)

    def test_a_medicare_advantage_plan_is_told_as_medicare_is(self) -> None:
        told = [*insured("MA"), dose(drug("555", GRAM))]
        assert billed(the(seen_in("public", told), "B1"))[1] == ("J9075", 89, ("JW",))

    def test_a_site_says_which_of_its_payers_asks(self) -> None:
        rules = with_entries(ASKED_BY_COMMERCIAL)
        told = [*insured("commercial", "harbor_health"), dose(drug("555", GRAM))]
        assert billed(the(seen_in("public", told, rules=rules), "B1"))[1] == ("J9075", 89, ("JW",))

    def test_jz_begins_in_july_2023_and_jw_is_older(self) -> None:
        none_left, some_left = drug("996", GRAM), drug("695", GRAM)
        before, after = on(date(2023, 6, 30)), on(date(2023, 7, 1))
        told = {
            number: billed(medicare(dose(what, number=number)))
            for number, what in ((before, none_left), (after, none_left))
        }
        assert told == {before: [("J9070", 10, ())], after: [("J9070", 10, ("JZ",))]}
        assert billed(medicare(dose(some_left, number=before))) == [
            ("J9070", 7, ()),
            ("J9070", 3, ("JW",)),
        ]

    def test_a_multi_dose_vial_has_neither(self) -> None:
        claim = medicare(dose(drug("555", [vials("1000", kind="multi-dose")])))
        assert billed(claim) == [("J9075", 111, ())]
        assert not held_by(claim)

    def test_a_multi_dose_vial_opened_before_is_counted_as_none(self) -> None:
        claim = medicare(dose(drug("555", [vials("1000", 0, "multi-dose")])))
        assert billed(claim) == [("J9075", 111, ())]
        assert not told_by(claim)

    def test_of_both_kinds_the_single_dose_vials_count_as_used_up_first(self) -> None:
        both = [vials("500"), vials("1000", kind="multi-dose")]
        claim = medicare(dose(drug("555", both)))
        assert billed(claim) == [("J9075", 111, ("JZ",))]
        assert "a_dose_from_both_kinds_of_vial_is_told" in told_by(claim) - held_by(claim)
        assert "a_dose_from_both_kinds_of_vial_is_told" not in told_by(
            medicare(dose(drug("555", GRAM)))
        )

    def test_an_inpatient_line_has_neither(self) -> None:
        stay = [
            admitted(-6, "lymphodepletion", "A-2"),
            dose(drug("555"), patient_class="inpatient"),
        ]
        claim = medicare(stay)
        assert claim.inpatient
        assert billed(claim) == [("J9075", 111, ())]
        assert not held_by(claim) & {"a_line_that_needs_jw_or_jz_says_what_was_opened"}

    def test_a_line_that_the_window_moved_into_a_stay_has_neither(self) -> None:
        told = [dose(drug("555", GRAM), number=-3), admitted()]
        stay = the(seen_in("public", insured(), told, infused()), "C1")
        moved = [(x.code, x.modifiers) for x in stay.lines if x.moved_from == "B"]
        assert moved == [("", ()), ("J9075", ())]

    def test_a_packaged_drug_of_a_hospital_has_neither_and_an_offices_has(self) -> None:
        rules, told = with_entries(PACKAGED), drug("555", GRAM)
        hospital = the(seen_in("public", insured(), dose(told), rules=rules), "B1")
        assert billed(hospital) == [("J9075", 111, ())]
        assert [line.payment for line in drug_lines(hospital)] == ["bundled"]
        at_the_office = dose(told, facility="neurology_office", patient_class="office")
        office = the(seen_in("public", insured(), at_the_office, rules=rules), "B1")
        assert billed(office)[1] == ("J9075", 89, ("JW",))

    def test_more_given_than_opened_waits(self) -> None:
        claim = medicare(dose(drug("1005", GRAM)))
        assert held_by(claim) == {"no_more_is_given_than_the_vials_held"}
        assert "1,005 mg" in claim.state_reason
        told = [*insured("commercial", "harbor_health"), dose(drug("1005", GRAM))]
        elsewhere = the(seen_in("public", told), "B1")
        assert "no_more_is_given_than_the_vials_held" in told_by(elsewhere) - held_by(elsewhere)

    def test_a_vial_that_two_doses_share_is_told_with_one_of_them(self) -> None:
        claim = medicare(
            dose(drug("600", [vials("500", 2)])),
            dose(drug("400"), times=("12:00", "13:00")),
        )
        assert billed(claim) == [("J9075", 200, ("JZ",))]
        assert told_by(claim) <= {"the_lymphodepletion_is_the_labels"}

    @pytest.mark.parametrize(("discarded", "held"), [("445", False), ("440", True), ("0", True)])
    def test_what_the_chart_calls_discarded_agrees_with_the_vials(
        self, discarded: str, held: bool
    ) -> None:
        claim = medicare(dose(drug("555", GRAM, discarded=Decimal(discarded))))
        name = "what_was_discarded_is_what_the_vials_had_left"
        assert (name in held_by(claim)) is held
        assert (name in told_by(claim)) is held

    def test_the_page_bills_neither_and_says_what_medicare_asks(self) -> None:
        told = dose(drug("555", GRAM))
        page, public = medicare(told, edition="page"), medicare(told)
        assert billed(page) == [("J9070", 6, ())]
        for claim in (page, public):
            for line in drug_lines(claim):
                assert "R27" in {each.row for each in line.differs}

    def test_a_posted_charge_is_shared_by_units(self) -> None:
        posted = record(
            ChargePosted(
                revenue_code="0636",
                hcpcs="J9075",
                units=Decimal(200),
                amount=Decimal("1000.01"),
                service_date=day(-5),
                service=service(account="A-2"),
            ),
            -5,
        )
        lines = drug_lines(medicare(dose(drug("555", GRAM)), posted))
        charges = {line.modifiers: line.charge for line in lines}
        assert charges == {(): Decimal("555.01"), ("JW",): Decimal("445.00")}
        (given,) = [line for line in lines if not line.modifiers]
        assert posted.key in given.basis.records

    def test_a_posted_charge_of_two_packages_stands_once(self) -> None:
        posted = record(
            ChargePosted(
                revenue_code="0636",
                hcpcs="J9075",
                units=Decimal(400),
                amount=Decimal(1000),
                service_date=day(-5),
                service=service(account="A-2"),
            ),
            -5,
        )
        claim = medicare(
            dose(drug("555", GRAM, "99999-0070-01")),
            dose(drug("555", GRAM, "99999-0070-02"), times=("12:00", "13:00")),
            posted,
        )
        assert sum(line.charge or 0 for line in drug_lines(claim)) == 1000


ASKED_BY_COMMERCIAL = """
system = "RULE"
[[entry]]
meaning = "discarded_drug_reporting"
code = "required"
label = "asked by contract"
only_for = ["commercial"]
from = 2022-01-01
editions = ["public"]
source = "a contract"
row = "R27"
confidence = "medium"
"""
PACKAGED = """
system = "RULE"
[[entry]]
meaning = "drug_payment"
code = "packaged"
label = "packaged"
only_for = ["J9075"]
from = 2022-01-01
editions = ["public"]
source = "Addendum B"
row = "R27"
confidence = "medium"
"""


class TestQuantityOfTheNdc:
    def test_vials_are_counted(self) -> None:
        told = dose(drug("55.5", TWO_OF_50, "99999-0185-01"), "fludarabine")
        for edition in EDITIONS:
            (line,) = drug_lines(medicare(told, edition=edition))
            assert (line.ndc, line.ndc_quantity, line.ndc_measure) == (
                "99999-0185-01",
                Decimal(2),
                "UN",
            )

    def test_given_and_discarded_share_the_vial_by_their_units(self) -> None:
        given, discarded = drug_lines(medicare(dose(drug("555", GRAM, "99999-0070-01"))))
        assert (given.ndc_quantity, discarded.ndc_quantity) == (Decimal("0.555"), Decimal("0.445"))
        assert given.ndc_measure == discarded.ndc_measure == "UN"

    def test_a_solution_counts_by_the_millilitre(self) -> None:
        """Tocilizumab has 20 mg in a mL; of a multi-dose vial what was given counts."""
        told = drug("560", [vials("400"), vials("80", 2)], "50242-136-01")
        (line,) = drug_lines(the(seen_in("public", treated(), tocilizumab(told)), "D1"))
        assert (line.ndc_quantity, line.ndc_measure) == (Decimal(28), "ML")
        shared = dose(drug("555", [vials("1000", kind="multi-dose")], "00781-3529-94"))
        (line,) = drug_lines(medicare(shared))
        assert (line.ndc_quantity, line.ndc_measure) == (Decimal("5.55"), "ML")

    def test_vials_of_several_strengths_are_not_counted_under_one_ndc(self) -> None:
        told = dose(drug("1200", [vials("1000"), vials("200")], "99999-0070-01"))
        (line,) = drug_lines(medicare(told))
        assert (line.ndc, line.ndc_quantity, line.ndc_measure) == ("99999-0070-01", None, None)

    def test_what_the_pharmacy_counted_goes_first(self) -> None:
        told = dose(drug("996", GRAM, "99999-0070-01", quantity=Decimal(50), unit="ML"))
        (line,) = drug_lines(medicare(told))
        assert (line.ndc_quantity, line.ndc_measure) == (Decimal(50), "ML")
        strange = dose(drug("996", GRAM, "99999-0070-01", quantity=Decimal(1), unit="bag"))
        (line,) = drug_lines(medicare(strange))
        assert (line.ndc_quantity, line.ndc_measure) == (Decimal(1), "UN")

    def test_without_an_ndc_there_is_no_quantity(self) -> None:
        (line,) = drug_lines(medicare(dose(drug("996", GRAM))))
        assert (line.ndc, line.ndc_quantity, line.ndc_measure) == (None, None, None)

    def test_only_vials_of_the_lines_own_ndc_count(self) -> None:
        both = [vials("500", ndc="99999-0070-01"), vials("500", ndc="99999-0071-01")]
        claim = medicare(dose(drug("1000", both, "99999-0070-01")))
        (line,) = drug_lines(claim)
        assert line.ndc_quantity == 1
        assert "a_dose_from_vials_of_several_ndcs_is_told" in told_by(claim) - held_by(claim)


class TestCodesByNdc:
    @pytest.mark.parametrize(
        ("ndc", "code"),
        [
            ("0781-3529-10", "J9074"),
            ("0781-3233-94", "J9075"),
            ("0338-9779-01", "J9076"),
            ("10019-955-01", "J9075"),
            ("83831-119-01", "J9072"),
            ("75907-189-35", "J9073"),
            ("50742-519-03", "J9073"),
            ("99999-0070-01", "J9075"),
            (None, "J9075"),
        ],
    )
    def test_cyclophosphamide_goes_by_its_ndc_and_the_page_knows_one_code(
        self, ndc: str | None, code: str
    ) -> None:
        told = dose(drug("996", GRAM, ndc))
        assert {line.code for line in drug_lines(medicare(told))} == {code}
        assert {line.code for line in drug_lines(medicare(told, edition="page"))} == {"J9070"}
        assert not held_by(medicare(told))

    @pytest.mark.parametrize(
        ("ndc", "code"),
        [
            ("50242-135-01", "J3262"),
            (ACTEMRA, "J3262"),
            ("50242-137-01", "J3262"),
            ("64406-022-01", "Q5133"),
            ("78206-201-01", "Q5133"),
            ("65219-590-04", "Q5135"),
            ("72606-044-01", "Q5156"),
        ],
    )
    def test_tocilizumab_goes_by_its_ndc_and_the_page_knows_actemra(
        self, ndc: str, code: str
    ) -> None:
        told = [*treated(), record(CrsGraded(grade=2), 3)]
        given_ = tocilizumab(drug("560", [vials("400"), vials("80", 2)], ndc))
        public = the(seen_in("public", told, given_), "D1")
        assert {line.code for line in drug_lines(public)} == {code}
        page = the(seen_in("page", told, given_), "D1")
        assert {line.code for line in drug_lines(page)} == {"J3262"}
        assert "a_drug_told_by_its_ndc_alone_has_one" not in told_by(public)

    @pytest.mark.parametrize("where", ["outpatient", "inpatient"])
    def test_an_ndc_in_no_entry_is_never_billed_as_actemra(self, where: str) -> None:
        stay = [admitted(5, "CRS/ICANS", "A-6")] if where == "inpatient" else []
        strange = drug("560", [vials("400", 2)], "12345-678-90")
        told = tocilizumab(strange, 6, patient_class=where)
        claim = the(seen_in("public", treated(), stay, told), "D1")
        assert "an_ndc_outside_the_crosswalk_waits_for_its_code" in held_by(claim)
        assert not drug_lines(claim)
        page = the(seen_in("page", treated(), stay, told), "D1")
        assert [line.code for line in drug_lines(page)] == ["J3262"]

    def test_a_dose_before_the_first_day_of_its_code_waits(self) -> None:
        last = on(date(2024, 9, 30))
        early = tocilizumab(drug("560", ndc="65219-590-04"), number=last)
        claim = the(seen_in("public", treated(last - 5), early), "D1")
        assert "an_ndc_outside_the_crosswalk_waits_for_its_code" in held_by(claim)

    def test_without_an_ndc_the_line_waits_outside_a_bed_and_warns_in_it(self) -> None:
        name = "a_drug_told_by_its_ndc_alone_has_one"
        outside = the(seen_in("public", treated(), tocilizumab(drug("560"))), "D1")
        assert name in held_by(outside)
        in_bed = tocilizumab(drug("560"), 6, patient_class="inpatient")
        stay = [admitted(5, "CRS/ICANS", "A-6"), in_bed]
        inside = the(seen_in("public", treated(), stay), "D1")
        assert name in told_by(inside) - held_by(inside)
        assert billed(inside) == [("J3262", 560, ())]
        assert name not in told_by(the(seen_in("page", treated(), stay), "D1"))

    def test_vials_of_two_makers_in_one_dose_wait(self) -> None:
        both = [vials("400", ndc="50242-137-01"), vials("200", ndc="65219-592-10")]
        claim = the(seen_in("public", treated(), tocilizumab(drug("560", both))), "D1")
        assert "a_dose_from_vials_of_several_ndcs_is_told" in held_by(claim)

    @pytest.mark.parametrize("second", ["65219-592-10", "12345-678-90"])
    def test_a_stay_waits_too_where_the_vials_disagree_on_the_code(self, second: str) -> None:
        both = [vials("400", ndc="50242-137-01"), vials("200", ndc=second)]
        in_bed = tocilizumab(drug("560", both), 6, patient_class="inpatient")
        stay = [admitted(5, "CRS/ICANS", "A-6"), in_bed]
        claim = the(seen_in("public", treated(), stay), "D1")
        assert "a_dose_from_vials_of_several_ndcs_is_told" in held_by(claim)
        assert not drug_lines(claim)

    def test_vials_of_one_maker_without_the_ndc_dispensed_have_its_code_and_wait(self) -> None:
        tyenne = [vials("400", ndc="65219-594-20"), vials("200", ndc="65219-592-10")]
        claim = the(seen_in("public", treated(), tocilizumab(drug("600", tyenne))), "D1")
        assert billed(claim) == [("Q5135", 600, ("JZ",))]
        assert "a_dose_from_vials_of_several_ndcs_is_told" in held_by(claim)
        assert "a_drug_told_by_its_ndc_alone_has_one" not in told_by(claim)

    def test_three_strengths_of_one_maker_are_told_and_billed(self) -> None:
        three = [
            vials("400", ndc="50242-137-01"),
            vials("200", ndc=ACTEMRA),
            vials("80", ndc="50242-135-01"),
        ]
        told = [record(CrsGraded(grade=2), 3), tocilizumab(drug("624", three, ACTEMRA))]
        claim = the(seen_in("public", treated(), told), "D1")
        assert "a_dose_from_vials_of_several_ndcs_is_told" in told_by(claim) - held_by(claim)
        assert billed(claim) == [("J3262", 624, ()), ("J3262", 56, ("JW",))]


class TestAcquiredUnder340B:
    BOUGHT = drug("996", GRAM, acquired_under_340b=True)

    @pytest.mark.parametrize(
        ("system", "rural", "when", "modifiers"),
        [
            ("ipps", False, date(2024, 12, 31), ("JZ", "JG")),
            ("ipps", False, date(2025, 1, 1), ("JZ", "TB")),
            ("ipps", True, date(2024, 12, 31), ("JZ", "TB")),
            ("childrens", False, date(2024, 12, 31), ("JZ", "TB")),
            ("exempt_cancer", False, date(2024, 12, 31), ("JZ", "TB")),
            ("cah", False, date(2023, 12, 31), ("JZ",)),
            ("cah", False, date(2024, 1, 1), ("JZ", "TB")),
            ("cah", False, date(2025, 1, 1), ("JZ", "TB")),
        ],
    )
    def test_the_hospital_and_the_day_decide(
        self, system: str, rural: bool, when: date, modifiers: tuple[str, ...]
    ) -> None:
        centre = at_a(payment_system=system, rural_sole_community=rural)
        told = dose(self.BOUGHT, number=on(when))
        claim = the(seen_in("public", insured(), told, centre=centre), "B1")
        assert [line.modifiers for line in drug_lines(claim)] == [modifiers]

    def test_both_lines_of_a_drug_say_it_behind_what_was_discarded(self) -> None:
        claim = medicare(dose(drug("555", GRAM, acquired_under_340b=True)))
        assert [modifiers for *_, modifiers in billed(claim)] == [("TB",), ("JW", "TB")]

    def test_nothing_says_it_in_a_bed_or_to_a_payer_that_does_not_ask(self) -> None:
        stay = [
            admitted(-6, "lymphodepletion", "A-2"),
            dose(self.BOUGHT, patient_class="inpatient"),
        ]
        assert [m for *_, m in billed(medicare(stay))] == [()]
        told = [*insured("commercial", "harbor_health"), dose(self.BOUGHT)]
        assert [m for *_, m in billed(the(seen_in("public", told), "B1"))] == [()]

    def test_what_was_not_bought_so_is_a_line_of_its_own(self) -> None:
        claim = medicare(
            dose(drug("498", [vials("500")], acquired_under_340b=True)),
            dose(drug("498", [vials("500")]), times=("12:00", "13:00")),
        )
        assert sorted(billed(claim)) == [("J9075", 100, ("JZ",)), ("J9075", 100, ("JZ", "TB"))]

    @pytest.mark.parametrize(("when", "code"), [(date(2024, 6, 3), "JG"), (date(2026, 5, 6), "TB")])
    def test_the_page_says_jg_or_tb_without_asking_which_hospital(
        self, when: date, code: str
    ) -> None:
        told = dose(self.BOUGHT, number=on(when))
        claim = the(seen_in("page", insured(), told, centre=at_a(payment_system="cah")), "B1")
        assert [m for *_, m in billed(claim)] == [(code,)]


GRADED = record(CrsGraded(grade=2), 2)


class TestLimitsOfTocilizumab:
    """A patient of 70 kg: 560 mg, at most 800 mg, eight hours apart, four times."""

    def claim(self, *told: Record | list[Record]) -> Claim:
        claim = the(seen_in("public", treated(), *told), "D1")
        assert not held_by(claim) & {
            "a_dose_of_tocilizumab_is_within_its_weight",
            "a_dose_of_tocilizumab_is_below_its_cap",
            "doses_of_tocilizumab_are_hours_apart",
            "tocilizumab_is_given_so_many_times_at_most",
            "tocilizumab_has_its_reason_on_record",
        }
        return claim

    @pytest.mark.parametrize(
        ("mg", "kg", "rules"),
        [
            ("560", "70", set[str]()),
            ("560.1", "70", {"a_dose_of_tocilizumab_is_within_its_weight"}),
            ("800", "120", set[str]()),
            ("960", "120", {"a_dose_of_tocilizumab_is_below_its_cap"}),
        ],
    )
    def test_weight_and_cap(self, mg: str, kg: str, rules: set[str]) -> None:
        weighed = record(PatientMeasured(weight=Decimal(kg)), 1)
        found = told_by(self.claim(weighed, GRADED, tocilizumab(drug(mg, ndc=ACTEMRA))))
        names = {
            "a_dose_of_tocilizumab_is_within_its_weight",
            "a_dose_of_tocilizumab_is_below_its_cap",
        }
        assert found & names == rules

    @pytest.mark.parametrize(("second", "told"), [("16:59", True), ("17:00", False)])
    def test_eight_hours_from_start_to_start(self, second: str, told: bool) -> None:
        one = tocilizumab(drug("560", ndc=ACTEMRA))
        two = tocilizumab(drug("560", ndc=ACTEMRA), times=(second, "18:30"))
        found = told_by(self.claim(GRADED, one, two))
        assert ("doses_of_tocilizumab_are_hours_apart" in found) is told

    @pytest.mark.parametrize(("count", "told"), [(4, False), (5, True)])
    def test_four_doses_in_all(self, count: int, told: bool) -> None:
        given_ = [tocilizumab(drug("560", ndc=ACTEMRA), number=3 + each) for each in range(count)]
        found = told_by(self.claim(GRADED, given_))
        assert ("tocilizumab_is_given_so_many_times_at_most" in found) is told

    @pytest.mark.parametrize(
        ("indication", "reason", "told"),
        [
            ("CRS", CrsGraded(grade=1), False),
            ("CRS", IcansGraded(grade=1), True),
            ("CRS", ConditionDocumented(condition=Condition(code="D89.832")), False),
            ("CRS", ConditionDocumented(condition=Condition(code="A41.9")), True),
            ("CRS", None, True),
            ("ICANS", IcansGraded(grade=1), False),
            ("HLH/MAS", ConditionDocumented(condition=Condition(code="D76.1")), False),
            ("other", ConditionDocumented(condition=Condition(text="arthritis")), False),
            (
                "other",
                ConditionDocumented(condition=Condition(text="no", certainty="ruled out")),
                True,
            ),
        ],
    )
    def test_a_dose_has_its_reason(self, indication: str, reason: Fact | None, told: bool) -> None:
        why = [record(reason, 3)] if reason is not None else []
        toci = tocilizumab(drug("560", ndc=ACTEMRA), indication=indication)
        found = told_by(self.claim(why, toci))
        assert ("tocilizumab_has_its_reason_on_record" in found) is told


AGENTS: st.SearchStrategy[Agent] = st.sampled_from(["fludarabine", "cyclophosphamide"])
MG = st.decimals("0.1", "2000", places=1)
OPENED = st.lists(
    st.tuples(st.sampled_from(["20", "50", "100", "500", "1000"]), st.integers(1, 4)),
    min_size=1,
    max_size=3,
)


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(["fludarabine", "cyclophosphamide"]),
    st.lists(MG, min_size=1, max_size=3),
    OPENED,
)
def test_units_cover_the_dose_and_discarded_units_never_exceed_what_was_opened(
    agent: Agent, doses: list[Decimal], opened_vials: list[tuple[str, int]]
) -> None:
    boxes = [vials(mg, count) for mg, count in opened_vials]
    told = [
        dose(drug(str(mg), boxes if not number else []), agent, name=f"dose {number}")
        for number, mg in enumerate(doses)
    ]
    lines = drug_lines(medicare(told))
    (given_,) = [line for line in lines if "JW" not in line.modifiers]
    discarded = [line for line in lines if "JW" in line.modifiers]
    unit = Decimal(50 if agent == "fludarabine" else 5)
    total, held = sum(doses), sum(Decimal(mg) * count for mg, count in opened_vials)
    whole = (held / unit).to_integral_value(ROUND_FLOOR)
    assert given_.units * unit >= total > (given_.units - 1) * unit
    assert given_.units == (total / unit).to_integral_value(ROUND_CEILING)
    assert (len(discarded) == 1) != ("JZ" in given_.modifiers)
    for line in discarded:
        assert line.units > 0
        assert given_.units + line.units == whole
    if not discarded:
        assert whole <= given_.units


def test_the_pages_figures_stand_for_its_patient() -> None:
    claim = the(seen_in("page", opened(), collected(), made(), lymphodepletion()), "B1")
    assert billed(claim) == [("J9070", 17, ()), ("J9185", 167, ())]
