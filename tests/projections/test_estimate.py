"""What claims are expected to be paid, worked out by hand beside the program."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.claims.cells import so
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
from tests.given_prices import (
    ALL_OF_Q2,
    CENTRE,
    LIMITS,
    estimated,
    limits,
    one,
    paid_by,
    priced,
    rules,
)
from veinledger.adapters.cli.as_json import as_json
from veinledger.domain.facts.authorization import CoverageRecorded
from veinledger.domain.facts.billing import ChargePosted
from veinledger.domain.facts.groups import Acquisition
from veinledger.domain.facts.patient import PatientDischarged
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.reports import Record
from veinledger.projections.case.opening import case_of
from veinledger.projections.estimate.prospect import at_risk, at_risk_of
from veinledger.projections.estimate.shapes import NO_QUOTE, Estimate

CLINIC = service("outpatient", "A-3")
BARE_SHARE = "117,698.96"
"""20 % of the product, which no patient owes."""


def inpatient(payer: Any = "medicare", acquisition: Acquisition = "purchased") -> list[Record]:
    bag = so([infused()], acquisition=acquisition)
    stay = [admitted(), *bag, room_charged(), discharged()]
    return [*opened(payer), *collected(), *made(), *stay]


def outpatient(payer: Any = "medicare", acquisition: Acquisition = "purchased") -> list[Record]:
    bag = so([infused(CLINIC)], acquisition=acquisition)
    return [*opened(payer), *collected(), *made(), *lymphodepletion(), *bag]


def amounts(found: Estimate, label: str) -> dict[str, Decimal]:
    payment = one(found, label).payment
    cut = [payment.sequestration] if payment.sequestration else []
    return {each.what: each.amount for each in (*payment.allowed, *payment.patient, *cut)}


def gaps(found: Estimate, label: str) -> str:
    return "; ".join(str(each) for each in one(found, label).payment.gaps)


# an inpatient under Medicare


def test_a_stay_is_paid_its_weight_times_the_hospitals_own_rates() -> None:
    found = estimated(inpatient())
    assert amounts(found, "C1") == {
        "operating payment, weight of MS-DRG 018, FY2026": Decimal("306831.07"),
        "capital payment, weight of MS-DRG 018, FY2026": Decimal("23672.81"),
        "New technology add-on payment: none, three years from 2022-02-28 are over": Decimal(0),
        "outlier payment": Decimal(0),
        "Inpatient hospital deductible of 2026": Decimal("1736.00"),
        "sequestration, 2 % of Medicare's part": Decimal("6575.36"),
    }
    assert one(found, "C1").expected == Decimal("322192.52")


def test_one_rate_for_both_costs_is_enough() -> None:
    found = estimated(inpatient(), centre=paid_by(operating=Decimal("7653.60"), capital=None))
    assert one(found, "C1").payment.allowed_total == Decimal("330503.88")


def test_costs_above_payment_and_fixed_loss_are_paid_by_four_fifths() -> None:
    centre = paid_by(
        operating_cost_to_charge=Decimal("0.8"), capital_cost_to_charge=Decimal("0.05")
    )
    step = next(
        each
        for each in one(estimated(inpatient(), centre=centre), "C1").payment.allowed
        if each.what == "outlier payment"
    )
    # charges 664,166.75 (the product 629,166.75, the room 35,000): costs 564,541.74
    # less 330,503.88 and 40,397.00: 193,640.86 above the threshold
    assert "covered charges 664,166.75 x 0.85 = costs 564,541.74" in step.arithmetic
    assert step.amount == Decimal("154912.69")


def test_without_a_ratio_the_outlier_alone_is_not_estimated() -> None:
    centre = paid_by(operating_cost_to_charge=None)
    found = estimated(inpatient(), centre=centre)
    assert "cost-to-charge ratio" in gaps(found, "C1")
    assert one(found, "C1").expected == Decimal("322192.52")


def test_a_hospital_without_rates_has_no_estimate_and_is_told_where_they_go() -> None:
    bare = [replace(each, medicare_rates=()) for each in CENTRE.facilities]
    found = estimated(inpatient(), centre=replace(CENTRE, facilities=tuple(bare)))
    assert one(found, "C1").expected is None
    assert "no Medicare rates of main on 2026-05-25" in gaps(found, "C1")
    assert found.expected_so_far == 0


def test_a_year_without_a_weight_names_year_and_group() -> None:
    centre = replace(
        CENTRE,
        facilities=tuple(
            replace(
                each,
                medicare_rates=tuple(
                    replace(rate, since=date(2020, 1, 1)) for rate in each.medicare_rates
                ),
            )
            for each in CENTRE.facilities
        ),
    )
    early = [replace(each, occurred=_a_year_before(each)) for each in inpatient()]
    found = estimated(early, centre=centre)
    assert "no weight of MS-DRG 018 for FY2025" in gaps(found, "C1")
    assert one(found, "C1").expected is None


def _a_year_before(each: Record) -> Any:
    then = each.occurred.local_day.replace(year=each.occurred.local_day.year - 1)
    return replace(each.occurred, text=then.isoformat(), local_day=then, instant=None)


@pytest.mark.parametrize("system", ["exempt_cancer", "cah", "maryland", "childrens"])
def test_a_hospital_outside_the_payment_system_is_not_estimated_and_is_told_why(
    system: Any,
) -> None:
    for story in (inpatient(), outpatient()):
        found = estimated(story, centre=paid_by(system))
        assert one(found, "C1").expected is None
        assert "hospital is paid" in gaps(found, "C1")
        assert found.expected_so_far == 0


def test_a_second_stay_of_one_benefit_period_owes_no_second_deductible() -> None:
    again = [
        admitted(25, "CRS/ICANS", "A-4"),
        record(PatientDischarged(status="01", drg="871", service=service("inpatient", "A-4")), 30),
    ]
    found = estimated(inpatient(), again)
    assert one(found, "D1").payment.patient_total == 0
    assert "benefit period" in as_json(found)
    # 1.9425 x (7,105.40 + 548.20)
    assert one(found, "D1").payment.allowed_total == Decimal("14867.12")


def test_the_group_of_a_readmission_is_the_groupers_or_not_estimated() -> None:
    found = estimated(inpatient(), admitted(25, "CRS/ICANS", "A-4"), discharged(30, "A-4"))
    assert "nobody has assigned its MS-DRG" in gaps(found, "D1")


@pytest.mark.parametrize(("days", "paid"), [(128, True), (129, False)])
def test_the_year_of_the_discharge_decides_and_the_year_before_never_does(
    days: int, paid: bool
) -> None:
    moved = [replace(each, occurred=_later(each, days)) for each in inpatient()]
    found = estimated([_charged_on(each, days) for each in moved])
    assert one(found, "C1").last_day == date(2026, 9, 30) + timedelta(days=not paid)
    assert (one(found, "C1").expected is not None) == paid
    assert ("no weight of MS-DRG 018 for FY2027" in gaps(found, "C1")) != paid


def _charged_on(each: Record, days: int) -> Record:
    fact = each.fact
    if not isinstance(fact, ChargePosted):
        return each
    return replace(each, fact=replace(fact, service_date=fact.service_date + timedelta(days=days)))


@pytest.mark.parametrize(("days", "quarter"), [(50, "2026Q2"), (51, "2026Q3")])
def test_the_day_of_the_line_decides_the_quarter(days: int, quarter: str) -> None:
    moved = [replace(each, occurred=_later(each, days)) for each in outpatient()]
    by = priced(limits("2026Q2", Q2056="2.000"), limits("2026Q3", Q2056="3.000"))
    (product,) = [
        each for each in one(estimated(moved, by=by), "C1").payment.allowed if each.amount
    ]
    assert f"payment limit {quarter}" in product.arithmetic


# a product that nobody bought


@pytest.mark.parametrize("acquisition", ["free", "trial", "expanded access"])
def test_a_gift_in_a_year_without_its_factor_is_a_gap_that_names_the_year(
    acquisition: Acquisition,
) -> None:
    found = estimated(inpatient(acquisition=acquisition))
    assert "no factor for FY2026" in gaps(found, "C1")
    assert one(found, "C1").expected is None


def test_a_gift_is_paid_the_years_factor_of_the_weight() -> None:
    factor = """
system = "DRG"
[[entry]]
meaning = "car_t_no_cost_adjustment"
code = "018"
label = "Made up"
unit = { amount = 0.5, of = "of the weight" }
from = 2025-10-01
until = 2026-10-01
editions = ["public"]
source = "made up"
row = "site: made up"
confidence = "low"
consequence = "made up"
"""
    by = rules({"codebook/drg.toml": factor})
    found = estimated(inpatient(acquisition="free"), by=by)
    half = amounts(found, "C1")["operating payment, weight of MS-DRG 018, FY2026"]
    assert half == Decimal("153415.53")
    assert "x 0.5 (not bought)" in one(found, "C1").payment.allowed[0].arithmetic
    assert one(found, "C1").payment.allowed[0].confidence == "low"


def test_a_gift_to_an_outpatient_is_paid_nothing() -> None:
    found = estimated(outpatient(acquisition="free"))
    product = [e for e in one(found, "C1").payment.allowed if e.what.startswith("Q2056")]
    assert all(each.amount == 0 for each in product)
    assert "588,494" not in as_json(found)


# a hospital outpatient under Medicare


def test_the_product_of_an_outpatient_is_paid_its_limit_and_the_share_is_capped() -> None:
    found = estimated(outpatient())
    assert amounts(found, "C1")[f"Q2056 JZ of {DAY_0}"] == Decimal("588494.81")
    assert one(found, "C1").payment.patient_total == Decimal("1736.00")
    # 2 % of 586,758.81
    assert one(found, "C1").expected == Decimal("575023.63")


def test_drugs_of_lymphodepletion_are_paid_limit_times_units_day_by_day() -> None:
    found = estimated(outpatient())
    payment = one(found, "B1").payment
    # a day: 111 + 89 units of 5 mg at 2.345, and 2 units of 50 mg at 61.200
    by_day = Decimal("260.30") + Decimal("208.71") + Decimal("122.40")
    assert payment.allowed_total == 3 * by_day
    # 20 % of 591.41
    assert payment.patient_total == 3 * Decimal("118.28")
    assert any("Addendum B" in note for note in payment.notes)


def test_the_giving_of_a_drug_is_a_gap_that_names_its_lines() -> None:
    (procedures,) = [
        e for e in one(estimated(outpatient()), "B1").payment.gaps if "96413" in e.what
    ]
    assert procedures.lines
    assert "Addendum B" in procedures.remedy


def test_a_missing_quarter_is_an_error_that_names_quarter_and_code_and_the_import() -> None:
    later = [replace(each, occurred=_later(each)) for each in outpatient()]
    found = estimated(later)
    assert "Q2056: no payment limits of 2026Q3 are in the tables" in gaps(found, "C1")
    assert "veinledger prices import FILE --quarter 2026Q3" in gaps(found, "C1")
    assert one(found, "C1").expected is None
    assert "588494" not in as_json(found)


def _later(each: Record, days: int = 90) -> Any:
    then = date.fromordinal(each.occurred.local_day.toordinal() + days)
    return replace(each.occurred, text=then.isoformat(), local_day=then, instant=None)


def test_a_code_beside_the_one_shipped_limit_asks_for_the_file() -> None:
    found = estimated(outpatient(), by=priced())
    assert "of 2026Q2 the tables have only the limit of Q2056" in gaps(found, "B1")
    assert one(found, "C1").expected == Decimal("575023.63")


def test_a_code_that_the_whole_file_lacks_is_not_asked_for_again() -> None:
    few = {code: limit for code, limit in LIMITS.items() if code != "J9075"}
    found = estimated(outpatient(), by=priced(limits("2026Q2", **few)))
    assert "J9075: CMS's file of 2026Q2 does not list it" in gaps(found, "B1")


def test_the_files_own_share_of_a_drug_goes_before_the_laws() -> None:
    page = limits("2026Q2", **LIMITS)
    ((name, text),) = page.items()
    lower = text + "\n[limits.coinsurance]\nJ9185 = 0.10\n"
    found = estimated(outpatient(), by=priced({name: lower}))
    # 20 % of 469.01 and 10 % of 122.40
    assert one(found, "B1").payment.patient_total == 3 * Decimal("106.04")


def test_no_output_has_a_bare_fifth_of_the_product() -> None:
    for story in (outpatient(), inpatient(), [*to_the_office()]):
        found = estimated(story)
        said = json.dumps(json.loads(as_json(found)))
        assert "117698" not in said
        assert BARE_SHARE not in said
    assert Decimal("588494.808") / 5 == Decimal("117698.9616")


def to_the_office() -> list[Record]:
    office = infused(service("office", "A-3", "oncology_office"))
    return [*opened("medicare"), *collected(), *made(), office]


def test_the_share_of_a_product_given_in_an_office_is_not_estimated() -> None:
    found = estimated(to_the_office())
    assert "no limit for the share of a product given in an office" in gaps(found, "C1.1")
    assert one(found, "C1.1").expected is None


def test_a_visit_waits_for_a_fee_schedule() -> None:
    visit = NeurologyVisitCompleted(
        service=service("office", "N-1", "neurology_office"), cpt="99214", minutes=35
    )
    found = estimated(inpatient(), record(visit, 30))
    assert "99214: the physician fee schedule of 2026 is not in the tables" in gaps(found, "E1")
    assert one(found, "E1").expected is None


def test_a_coverage_behind_medicare_is_named() -> None:
    behind = CoverageRecorded(
        payer="harbor_health", kind="commercial", order_of_benefits="secondary", since=day(-300)
    )
    notes = one(estimated(inpatient(), record(behind, -70)), "C1").payment.notes
    assert any("harbor_health stands behind Medicare" in note for note in notes)


# contracts


def test_a_fixed_fee_is_the_payment_of_its_claim() -> None:
    found = estimated(inpatient("lakes_medicaid"))
    assert one(found, "A1").expected == Decimal("5200.00")
    assert one(found, "C1").expected == Decimal("480000.00")
    assert found.expected_so_far == Decimal("485200.00")


def test_a_case_rate_is_paid_once_whatever_the_number_of_its_claims() -> None:
    office = service("office", "N-1", "neurology_office")
    visits = [
        record(NeurologyVisitCompleted(service=office, cpt="99214", minutes=35), each)
        for each in (30, 60, 90)
    ]
    found = estimated(inpatient("harbor_health"), visits)
    (rate,) = found.agreed
    assert (rate.claims, rate.amount) == (("E1", "E2", "E3"), Decimal("18000.00"))
    assert found.expected_so_far == Decimal("18000.00")
    assert all(one(found, label).expected == 0 for label in rate.claims)


def test_a_product_beside_a_case_rate_is_a_gap() -> None:
    found = estimated(so(inpatient("cedar_advantage"), invoice_amount=Decimal(500000)))
    assert "Q2056 beside the case rate: the directory has no price" in gaps(found, "C1")
    assert found.expected_so_far == Decimal("145000.00")


def test_medicare_advantage_owes_no_sequestration_and_no_table_of_medicares() -> None:
    found = estimated(inpatient("cedar_advantage"), centre=replace(CENTRE, contracts=()))
    assert all(each.payment.sequestration is None for each in found.claims)
    assert "the payer (MA) pays by its contract" in gaps(found, "C1")


def test_a_commercial_payer_without_an_amount_is_not_estimated() -> None:
    found = estimated(inpatient("birch_health"), centre=replace(CENTRE, contracts=()))
    assert found.expected_so_far == 0
    assert {label for label, _ in found.not_estimated()} == {each.label for each in found.claims}


# the total, and what is at risk


def test_the_total_is_what_counts_and_nothing_else() -> None:
    found = estimated(outpatient())
    counted = [each.expected for each in found.claims if each.counted and each.expected]
    assert found.expected_so_far == sum(counted)
    assert found.says == NO_QUOTE


def test_a_held_claim_counts_in_no_total_and_stands_at_risk() -> None:
    wrong = [*opened("medicare"), *collected(), *made(hcpcs="Q2055")]
    found = estimated(wrong, admitted(), infused(hcpcs="Q2055"), room_charged(), discharged())
    held = one(found, "C1")
    assert (held.state, held.counted) == ("held", False)
    assert found.expected_so_far == sum(each.expected or 0 for each in found.claims if each.counted)
    assert found.not_counted == held.expected
    assert found.at_risk
    assert all(each.amount == held.expected for each in found.at_risk if each.claims == ("C1",))


def test_a_case_rate_whose_only_claim_is_held_is_at_risk_and_not_expected() -> None:
    found = estimated(inpatient("cedar_advantage"))
    assert one(found, "C1").state == "held"
    assert found.expected_so_far == 0
    assert found.not_counted == Decimal("145000.00")
    assert {each.amount for each in found.at_risk} == {Decimal("145000.00")}


def test_a_claim_that_waits_for_its_window_counts_in_no_total() -> None:
    found = estimated(outpatient(), as_of=DAY_0)
    assert one(found, "C1").state == "waiting"
    assert not one(found, "C1").counted
    assert found.not_counted >= Decimal("575023.63")


# before the act


def looked_ahead(*told: Any, kinds: Any = ("C",), centre: Any = CENTRE, by: Any = ALL_OF_Q2) -> Any:
    case = case_of(history(*told), centre, by, day(-1))
    assert case is not None
    return at_risk(case, kinds, day(0))


def before_the_infusion(payer: Any = "medicare") -> list[Record]:
    return [*opened(payer), *collected(), *made()]


def test_the_infusion_that_is_asked_for_is_looked_ahead_to_as_a_stay() -> None:
    found = looked_ahead(before_the_infusion())
    assert found.amount == Decimal("322192.52")
    assert "assumed: weight of MS-DRG 018, FY2026 at the rates of main, inpatient" in found.reason


@pytest.mark.parametrize(
    ("payer", "amount", "words"),
    [
        ("lakes_medicaid", Decimal("480000.00"), "a fixed fee"),
        ("cedar_advantage", Decimal("145000.00"), "a case rate for C, D, E"),
        ("harbor_health", None, "(commercial) pays by its contract"),
    ],
)
def test_a_contract_decides_what_an_infusion_would_bring(
    payer: Any, amount: Decimal | None, words: str
) -> None:
    found = looked_ahead(before_the_infusion(payer))
    assert found.amount == amount
    assert words in found.reason


def test_a_gate_of_other_claims_has_no_amount_and_says_so() -> None:
    found = looked_ahead(before_the_infusion(), kinds=("A", "E"))
    assert found.amount is None
    assert "only the infusion's claim" in found.reason


def test_an_exempt_hospital_has_no_amount_at_risk() -> None:
    found = looked_ahead(before_the_infusion(), centre=paid_by("exempt_cancer"))
    assert found.amount is None
    assert "exempt cancer hospital" in found.reason


def test_claims_that_exist_are_added_up_by_kind() -> None:
    found = estimated(inpatient("lakes_medicaid"))
    assert at_risk_of(found, ("A", "C")).amount == Decimal("485200.00")
    assert at_risk_of(found, ["B"]).amount is None


def test_charges_that_are_not_covered_make_no_costs_of_an_outlier() -> None:
    told = inpatient()
    comfort = ChargePosted(
        revenue_code="0990",
        units=Decimal(1),
        amount=Decimal("900.00"),
        covered=False,
        service_date=day(2),
        service=service("inpatient", "A-3"),
    )
    plain, more, control = (
        arithmetic_of(estimated(each), "outlier payment")
        for each in (
            told,
            [*told, record(comfort, 2)],
            [*told, record(replace(comfort, covered=True), 2)],
        )
    )
    assert plain == more != control


ADD_ON_WITHOUT_ITS_AMOUNT = """
[[amount]]
name = "new_technology_add_on"
label = "New technology add-on payment: paid, and nobody knows how much"
of = "dollars"
product = "carvykti"
from = 2025-10-01
editions = ["public", "page"]
source = "made up"
row = "site: made up"
confidence = "high"
"""


def test_without_the_add_on_the_outlier_above_it_is_not_estimated_either() -> None:
    by = priced({"prices/own.toml": ADD_ON_WITHOUT_ITS_AMOUNT})
    centre = paid_by(operating_cost_to_charge=Decimal("0.8"))
    found = estimated(inpatient(), centre=centre, by=by)
    assert "outlier payment" not in {s.what for s in one(found, "C1").payment.allowed}
    assert "outlier payment: New technology add-on payment: paid" in gaps(found, "C1")


def arithmetic_of(found: Estimate, what: str) -> str:
    steps = one(found, "C1").payment.allowed
    return next(each.arithmetic for each in steps if each.what == what)
