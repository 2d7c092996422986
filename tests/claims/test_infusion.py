"""Claim C: the dose in one piece or in fractions, bought or not, in a trial, and what is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from math import ceil

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import settings
from hypothesis import strategies as st

from tests.claims.cells import (
    CLINIC,
    OFFICE,
    PRICE,
    SITE,
    first_day,
    in_an_office,
    opened_for,
    price_posted,
    sent,
    site,
    so,
    to_the_bag,
)
from tests.given import (
    CHAIN,
    INSIDE,
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
from veinledger.adapters.pages import read_rules, shipped_pages, shipped_rules
from veinledger.domain.centre.centre import Centre
from veinledger.domain.codebook.statement import EDITIONS, Edition
from veinledger.domain.facts.authorization import AuthorizationGranted
from veinledger.domain.facts.decisions import ReportConfirmed
from veinledger.domain.facts.groups import Acquisition, Service
from veinledger.domain.facts.manufacturing import (
    ManufacturingReleased,
    ProductDeviationAccepted,
    ProductRejected,
    ProductThawed,
)
from veinledger.domain.facts.treatment import CellsInfused, LymphodepletionDoseGiven
from veinledger.domain.reports import Record
from veinledger.domain.rules import Rules, rules_of
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.bills.fractions import charge_of, fractions_needed, units_of
from veinledger.projections.claims.shapes import Claim, ClaimSet, Line

TO_THE_BAG = [*collected(), *made()]
STAY_DAYS = [admitted(), infused(), room_charged(), discharged()]
STAY = [*opened("medicare"), *TO_THE_BAG, *STAY_DAYS]
COMMERCIAL_STAY = [*opened(), *TO_THE_BAG, *STAY_DAYS]
CLINIC_DAY = [*opened("medicare"), *TO_THE_BAG, infused(CLINIC)]
OFFICE_DAY = [*opened("medicare"), *in_an_office()]
NOT_BOUGHT: tuple[Acquisition, ...] = ("free", "trial", "expanded access")
NCT = "NCT01234567"


def seen(
    told: list[Record],
    centre: Centre = SITE,
    edition: Edition = "public",
    rules: Rules | None = None,
) -> ClaimSet:
    return claims(history(told), centre, rules or shipped_rules(edition))


def the(found: ClaimSet, label: str = "C1") -> Claim:
    claim = found.claim(label)
    assert claim is not None, [each.label for each in found.claims]
    return claim


def infusion(told: list[Record], centre: Centre = SITE, edition: Edition = "public") -> Claim:
    return the(seen(told, centre, edition))


def product(claim: Claim) -> Line:
    (line,) = [line for line in claim.lines if line.code == "Q2056"]
    return line


def doses(found: ClaimSet) -> list[Line]:
    return [line for line in found.lines() if line.code == "Q2056"]


def rules_found(claim: Claim) -> set[str]:
    return {each.rule for each in claim.findings}


def stay_ending(on: date, acquisition: Acquisition) -> list[Record]:
    """A Medicare stay whose discharge is on a day, and whose product was acquired so."""
    end = first_day(on)
    start = end - 14
    told = [
        *opened_for("medicare", "FFS", since=start - 100),
        *to_the_bag(start - 45),
        admitted(start),
        infused(INSIDE, number=start),
        room_charged(start),
        discharged(end),
    ]
    return so(told, acquisition=acquisition, trial=NCT if acquisition == "trial" else None)


class TestAnOfficesDose:
    FRACTIONS = seen(OFFICE_DAY)

    def test_it_is_ten_claims_of_a_tenth(self) -> None:
        claims_c = [claim for claim in self.FRACTIONS.claims if claim.kind == "C"]
        assert [claim.label for claim in claims_c] == [f"C1.{number}" for number in range(1, 11)]
        assert [claim.fraction for claim in claims_c] == [(number, 10) for number in range(1, 11)]
        assert {claim.form for claim in claims_c} == {"CMS-1500"}
        assert len({claim.key for claim in claims_c}) == 10
        assert {claim.first_day for claim in claims_c} == {day(0)}

    def test_units_and_charges_add_up_to_one_dose(self) -> None:
        lines = doses(self.FRACTIONS)
        assert {line.units for line in lines} == {Decimal("0.1")}
        assert sum(line.units for line in lines) == 1
        assert [line.charge for line in lines] == [
            *[Decimal("62916.68")] * 5,
            *[Decimal("62916.67")] * 5,
        ]
        assert sum((line.charge or Decimal(0) for line in lines), Decimal(0)) == PRICE

    def test_the_first_has_lu_and_the_others_76_beside_it(self) -> None:
        assert [line.modifiers for line in doses(self.FRACTIONS)] == [
            ("LU", "JZ"),
            *[("LU", "76", "JZ")] * 9,
        ]

    def test_the_bag_is_shared_out_on_the_lines_of_its_ndc(self) -> None:
        line = doses(self.FRACTIONS)[3]
        assert (line.ndc, line.ndc_quantity, line.ndc_measure) == (
            "57894-111-01",
            Decimal("0.1"),
            "UN",
        )

    def test_what_else_was_done_stands_on_the_first_only(self) -> None:
        codes = {
            claim.label: [line.code for line in claim.lines]
            for claim in self.FRACTIONS.claims
            if claim.kind == "C"
        }
        assert codes.pop("C1.1") == ["38227", "38228", "Q2056"]
        assert set(map(tuple, codes.values())) == {("Q2056",)}

    def test_the_authorization_stands_on_each(self) -> None:
        granted = AuthorizationGranted(
            payer="medicare", reference="PA-9", services=("product",), since=day(-30)
        )
        found = seen([*OFFICE_DAY, record(granted, -30)])
        numbers = [claim.coded("authorization") for claim in found.claims if claim.kind == "C"]
        assert numbers == [("PA-9",)] * 10

    def test_the_mechanism_says_which_fraction_it_is(self) -> None:
        claim = the(self.FRACTIONS, "C1.3")
        assert claim.payment_mechanism == "fee schedule"
        assert "fraction 3 of 10" in claim.payment_reason

    def test_a_payer_may_want_another_number(self) -> None:
        found = seen(OFFICE_DAY, site(dose_fractions=8))
        assert [line.units for line in doses(found)] == [Decimal("0.125")] * 8
        thirds = [line.units for line in doses(seen(OFFICE_DAY, site(dose_fractions=3)))]
        assert thirds == [Decimal("0.3334"), Decimal("0.3333"), Decimal("0.3333")]
        assert sum(thirds) == 1

    def test_too_few_fractions_are_held_and_told_how_many_it_takes(self) -> None:
        claim = the(seen(OFFICE_DAY, site(dose_fractions=6)), "C1.1")
        assert claim.state == "held"
        assert "$104,861.13" in claim.state_reason
        (found,) = [x for x in claim.findings if x.rule.startswith("each_fraction_stays")]
        assert "to 7 at least" in found.remedy
        enough = the(seen(OFFICE_DAY, site(dose_fractions=7)), "C1.1")
        assert "each_fraction_stays_under_the_limit_of_a_line" not in rules_found(enough)

    def test_one_claim_is_what_a_commercial_payer_may_want(self) -> None:
        told = [*opened(), *in_an_office()]
        claim = infusion(told, site(dose_fractions=1))
        line = product(claim)
        assert (line.units, line.charge, line.modifiers) == (Decimal(1), PRICE, ())
        assert "each_fraction_stays_under_the_limit_of_a_line" not in rules_found(claim)

    def test_one_claim_is_more_than_medicares_system_holds(self) -> None:
        claim = infusion(OFFICE_DAY, site(dose_fractions=1))
        assert "each_fraction_stays_under_the_limit_of_a_line" in rules_found(claim)

    def test_what_was_split_and_sent_is_not_split_again_otherwise(self) -> None:
        gone = sent(the(self.FRACTIONS, "C1.3"), 5)
        found = seen([*OFFICE_DAY, gone], site(dose_fractions=8))
        assert len(doses(found)) == 10
        assert the(found, "C1.3").key == the(self.FRACTIONS, "C1.3").key
        assert sum(line.units for line in doses(found)) == 1

    def test_what_was_sent_whole_stays_whole(self) -> None:
        gone = sent(infusion(OFFICE_DAY, site(dose_fractions=1)), 5)
        assert [line.units for line in doses(seen([*OFFICE_DAY, gone]))] == [Decimal(1)]

    def test_the_page_bills_one_unit_on_one_claim(self) -> None:
        line = product(infusion(OFFICE_DAY, edition="page"))
        assert (line.units, line.modifiers, line.charge) == (Decimal(1), (), PRICE)
        assert "One dose is billed in tenths" in " ".join(each.there for each in line.differs)

    def test_without_a_receipt_there_is_nothing_to_split(self) -> None:
        told = [each for each in OFFICE_DAY if each.fact.type != "product.received"]
        assert not doses(seen(told))

    @pytest.mark.parametrize("acquisition", NOT_BOUGHT)
    def test_an_office_that_did_not_buy_it_waits_for_a_coder(
        self, acquisition: Acquisition
    ) -> None:
        found = seen(so(OFFICE_DAY, acquisition=acquisition, trial=NCT))
        assert not doses(found)
        assert the(found).state == "held"
        assert f"Q2056 is not billed: acquired as {acquisition}" in found.unbilled.values()

    def test_the_rems_is_attested_on_product_and_giving_while_it_lasted(self) -> None:
        """2025-06-25 is its last day (R26)."""
        for on, expected in ((date(2025, 6, 25), ("KX",)), (date(2025, 6, 26), ())):
            number = first_day(on)
            told = [*opened_for("medicare", "FFS", number - 100), *in_an_office(number)]
            claim = the(seen(told), "C1.2")
            assert product(claim).modifiers == ("LU", "76", *expected, "JZ")
            giving = next(x for x in the(seen(told), "C1.1").lines if x.code == "38228")
            assert giving.modifiers == expected

    def test_five_modifiers_are_one_too_many(self) -> None:
        number = first_day(date(2025, 6, 2))
        told = [*opened_for("medicare", "FFS", number - 100), *in_an_office(number)]
        claim = the(seen(so(told, trial=NCT)), "C1.2")
        assert product(claim).modifiers == ("LU", "76", "KX", "JZ", "Q1")
        assert "a_product_line_holds_four_modifiers" in rules_found(claim)
        assert claim.state == "held"
        four = the(seen(told), "C1.2")
        assert "a_product_line_holds_four_modifiers" not in rules_found(four)


@settings(max_examples=300, deadline=None)
@hypothesis_given(st.integers(1, 100), st.decimals(Decimal("0.01"), Decimal(9_999_999), places=2))
def test_fractions_add_up_to_one_dose_and_to_its_cents(number: int, whole: Decimal) -> None:
    fractions = [(each, number) for each in range(1, number + 1)]
    assert sum(units_of(each) for each in fractions) == 1
    charges = [charge_of(whole, each) for each in fractions]
    assert sum(charges) == whole
    assert max(charges) - min(charges) <= Decimal("0.01")
    assert all(each == round(each, 2) for each in charges)


@settings(max_examples=300, deadline=None)
@hypothesis_given(st.decimals(Decimal("0.01"), Decimal(9_999_999), places=2))
def test_the_fewest_fractions_stay_under_the_limit_and_one_less_does_not(whole: Decimal) -> None:
    limit = Decimal("99999.99")
    least = fractions_needed(whole, limit)
    assert charge_of(whole, (1, least)) < limit
    if least > 1:
        assert charge_of(whole, (1, least - 1)) >= limit
    assert least >= ceil(whole / limit)


class TestABoughtProduct:
    def test_its_line_has_the_sites_price_one_bag_and_its_unit(self) -> None:
        line = product(infusion(STAY))
        assert (line.revenue_code, line.charge, line.covered) == ("0891", PRICE, True)
        assert (line.ndc_quantity, line.ndc_measure) == (Decimal(1), "UN")
        assert line.modifiers == ()

    @pytest.mark.parametrize("amount", ["1.00", "0.00"])
    def test_a_dollar_or_less_holds_a_medicare_stay(self, amount: str) -> None:
        told = [*STAY, price_posted(0, Decimal(amount))]
        claim = infusion(told)
        assert "a_bought_product_is_charged_above_a_token" in rules_found(claim)
        assert claim.state == "held"

    def test_a_dollar_and_a_cent_is_a_purchase(self) -> None:
        claim = infusion([*STAY, price_posted(0, Decimal("1.01"))])
        assert "a_bought_product_is_charged_above_a_token" not in rules_found(claim)

    def test_no_charge_at_all_holds_it_too(self) -> None:
        unpriced = replace(SITE, charges=tuple(c for c in SITE.charges if c.hcpcs != "Q2056"))
        assert "a_bought_product_is_charged_above_a_token" in rules_found(infusion(STAY, unpriced))
        assert "a_bought_product_is_charged_above_a_token" not in rules_found(
            infusion(COMMERCIAL_STAY, unpriced)
        )

    def test_a_price_posted_by_revenue_code_alone_is_the_products_and_stands_once(self) -> None:
        posted = price_posted(0, Decimal("571970.00"), hcpcs=None)
        claim = infusion([*STAY, posted])
        assert [x.charge for x in claim.lines if x.revenue_code == "0891"] == [Decimal("571970.00")]
        assert posted.key in product(claim).basis.records


class TestAProductThatNobodyBought:
    @pytest.mark.parametrize("acquisition", NOT_BOUGHT)
    @pytest.mark.parametrize("story", [STAY, CLINIC_DAY, COMMERCIAL_STAY])
    def test_it_stands_with_a_token_and_never_with_a_price(
        self, story: list[Record], acquisition: Acquisition
    ) -> None:
        told = so([*story, price_posted(), price_posted(hcpcs=None)], acquisition=acquisition)
        claim = infusion(told)
        line = product(claim)
        assert (line.charge, line.units) == (Decimal("1.00"), Decimal(1))
        assert f"acquired as {acquisition}" in line.quantity
        assert not [x for x in claim.lines if x.charge == PRICE]
        assert "a_price_posted_for_a_gift_is_told" in rules_found(claim)
        assert "a_price_posted_for_a_gift_is_told" not in rules_found(infusion(STAY))

    def test_a_stay_has_it_in_the_covered_column_and_a_clinic_beside_it(self) -> None:
        stay = product(infusion(so(STAY, acquisition="free")))
        clinic = product(infusion(so(CLINIC_DAY, acquisition="free")))
        assert (stay.covered, stay.payment, stay.confidence) == (True, "bundled", "medium")
        assert (clinic.covered, clinic.payment, clinic.confidence) == (
            False,
            "tracking",
            "unverified",
        )

    def test_what_no_source_supports_says_so(self) -> None:
        rule = "a_token_charge_without_a_source_is_told"
        for story, said in ((STAY, False), (CLINIC_DAY, True), (COMMERCIAL_STAY, True)):
            assert (rule in rules_found(infusion(so(story, acquisition="free")))) is said

    @pytest.mark.parametrize(
        ("ends", "factor"),
        [
            (date(2022, 9, 30), "0.17"),
            (date(2022, 10, 1), "0.21"),
            (date(2023, 9, 30), "0.21"),
            (date(2024, 9, 30), "0.27"),
        ],
    )
    def test_its_stay_is_paid_a_fraction_of_the_group(self, ends: date, factor: str) -> None:
        claim = infusion(stay_ending(ends, "trial"))
        assert claim.payment_mechanism == f"MS-DRG 018, adjusted by {factor}"
        assert "IPPS Pricer" in claim.payment_reason
        assert "the_adjustment_factor_of_the_fiscal_year_is_known" not in rules_found(claim)

    @pytest.mark.parametrize(
        ("ends", "year"), [(date(2024, 10, 1), 2025), (date(2026, 5, 25), 2026)]
    )
    def test_a_year_without_a_factor_is_a_named_error(self, ends: date, year: int) -> None:
        claim = infusion(stay_ending(ends, "expanded access"))
        (found,) = [x for x in claim.findings if x.rule.startswith("the_adjustment_factor")]
        assert (found.severity, found.holds) == ("critical", True)
        assert f"fiscal year {year}" in found.reason
        assert f"car_t_no_cost_adjustment from {year - 1}-10-01" in found.remedy
        assert claim.payment_mechanism == "MS-DRG 018, adjusted"

    def test_free_product_adjusts_the_payment_since_october_2025(self) -> None:
        before = infusion(stay_ending(date(2025, 9, 30), "free"))
        after = infusion(stay_ending(date(2025, 10, 1), "free"))
        assert (before.payment_mechanism, after.payment_mechanism) == (
            "MS-DRG 018",
            "MS-DRG 018, adjusted",
        )
        rule = "the_adjustment_factor_of_the_fiscal_year_is_known"
        assert [rule in rules_found(each) for each in (before, after)] == [False, True]

    def test_a_bought_product_and_another_payer_adjust_nothing(self) -> None:
        assert infusion(STAY).payment_mechanism == "MS-DRG 018"
        told = so(COMMERCIAL_STAY, acquisition="trial", trial=NCT)
        assert infusion(told).payment_mechanism == "MS-DRG 018"
        assert infusion(told).state == "ready"

    def test_an_outpatient_infusion_of_it_is_paid_for_the_giving(self) -> None:
        assert infusion(CLINIC_DAY).payment_mechanism == "APC 9498"
        claim = infusion(so(CLINIC_DAY, acquisition="free"))
        assert claim.payment_mechanism == "APC 5694"

    @pytest.mark.parametrize("acquisition", NOT_BOUGHT)
    def test_the_page_bills_nothing_and_waits_for_a_coder(self, acquisition: Acquisition) -> None:
        told = so([*STAY, price_posted(hcpcs=None)], acquisition=acquisition)
        found = seen(told, edition="page")
        assert not doses(found)
        assert "what_was_not_bought_waits_for_a_coder" in rules_found(the(found))
        assert not [x for x in the(found).lines if x.charge == PRICE]
        assert f"Q2056 is not billed: acquired as {acquisition}" in found.unbilled.values()
        assert "token charge" in " ".join(each.there for each in the(found).differs)

    def test_a_free_drug_waits_for_a_coder_still(self) -> None:
        told = [
            replace(x, fact=replace(x.fact, drug=replace(x.fact.drug, acquisition="free")))
            if isinstance(x.fact, LymphodepletionDoseGiven)
            else x
            for x in lymphodepletion()
        ]
        claim = the(seen([*opened(), *TO_THE_BAG, *told]), "B1")
        assert "what_was_not_bought_waits_for_a_coder" in rules_found(claim)
        assert claim.state == "held"


class TestExpandedAccess:
    def test_it_has_its_condition_code_and_the_contractors_note(self) -> None:
        claim = infusion(so(STAY, acquisition="expanded access", trial="EAP-1"))
        assert claim.coded("condition code") == ("90",)
        assert claim.coded("note") == ("Expand Acc Use",)
        assert "Z00.6" not in claim.diagnoses
        assert claim.coded("trial number") == ()

    @pytest.mark.parametrize("acquisition", ["purchased", "free", "trial"])
    def test_nothing_else_has_them(self, acquisition: Acquisition) -> None:
        claim = infusion(so(STAY, acquisition=acquisition, trial=NCT))
        assert "90" not in claim.coded("condition code")
        assert claim.coded("note") == ()

    def test_the_note_is_medicares(self) -> None:
        claim = infusion(so(COMMERCIAL_STAY, acquisition="expanded access"))
        assert claim.coded("condition code") == ("90",)
        assert claim.coded("note") == ()


class TestATrial:
    IN_A_TRIAL = so(STAY, acquisition="trial", trial=NCT)

    def test_a_stay_has_diagnosis_condition_code_and_number(self) -> None:
        claim = infusion(self.IN_A_TRIAL)
        assert claim.diagnoses == ("C90.00", "Z00.6")
        assert claim.coded("condition code") == ("30",)
        assert claim.coded("trial number") == ("01234567",)
        assert product(claim).modifiers == ()

    @pytest.mark.parametrize("edition", EDITIONS)
    @pytest.mark.parametrize("trial", [None, NCT])
    def test_the_payers_own_code_is_never_sent(self, edition: Edition, trial: str | None) -> None:
        for acquisition in ("trial", "purchased"):
            claim = infusion(so(STAY, acquisition=acquisition, trial=trial), edition=edition)
            assert "ZC" not in {code.code for code in claim.codes}

    @pytest.mark.parametrize("number", [None, "NCT1234567", "NCT123456789", "01234567", "EAP-1"])
    def test_a_number_that_is_none_holds_the_claim(self, number: str | None) -> None:
        claim = infusion(so(CLINIC_DAY, acquisition="trial", trial=number))
        assert "the_number_of_the_trial_stands_on_the_claim" in rules_found(claim)
        assert claim.state == "held"
        assert claim.coded("trial number") == ()

    def test_a_number_in_small_letters_is_a_number(self) -> None:
        claim = infusion(so(CLINIC_DAY, acquisition="trial", trial="nct01234567"))
        assert claim.coded("trial number") == ("01234567",)

    def test_outpatient_the_product_is_investigated_and_the_giving_routine(self) -> None:
        claim = infusion(so(CLINIC_DAY, acquisition="trial", trial=NCT))
        assert {line.code: line.modifiers for line in claim.lines} == {
            "38227": ("Q1",),
            "38228": ("Q1",),
            "Q2056": ("Q0",),
        }

    def test_a_site_may_put_the_giving_under_investigation_too(self) -> None:
        rules = _with_an_entry(
            'meaning = "service_in_a_trial"\ncode = "Q0"\nonly_for = ["administration"]',
            page="modifier",
        )
        told = so(CLINIC_DAY, acquisition="trial", trial=NCT)
        claim = the(seen(told, rules=rules))
        assert {line.code: line.modifiers for line in claim.lines}["38228"] == ("Q0",)

    def test_in_a_trial_of_another_product_the_bought_one_is_routine(self) -> None:
        claim = infusion(so(CLINIC_DAY, trial=NCT))
        assert product(claim).modifiers == ("JZ", "Q1")
        assert product(claim).charge == PRICE
        stay = infusion(so(STAY, trial=NCT))
        assert stay.payment_mechanism == "MS-DRG 018"
        assert "Z00.6" in stay.diagnoses

    def test_a_patient_in_no_trial_has_none_of_it(self) -> None:
        claim = infusion(CLINIC_DAY)
        assert "Z00.6" not in claim.diagnoses
        assert claim.coded("condition code", "trial number") == ()

    def test_the_page_says_what_it_misses(self) -> None:
        claim = infusion(self.IN_A_TRIAL, edition="page")
        assert claim.diagnoses == ("C90.00",)
        assert {"Z00.6", "30"} <= {each.there for each in claim.differs}


class TestNothingDiscarded:
    def test_medicare_gets_jz_where_it_pays_the_line(self) -> None:
        assert product(infusion(CLINIC_DAY)).modifiers == ("JZ",)
        assert product(infusion(STAY)).modifiers == ()

    def test_other_payers_and_the_page_get_none(self) -> None:
        told = [*opened(), *TO_THE_BAG, infused(CLINIC)]
        assert product(infusion(told)).modifiers == ()
        assert product(infusion(CLINIC_DAY, edition="page")).modifiers == ()

    def test_a_contractor_may_want_none(self) -> None:
        rules = _with_an_entry(
            'meaning = "product_none_discarded"\ncode = "none"\nonly_for = ["noridian_je"]'
        )
        for mac, modifiers in (("noridian_je", ()), ("first_coast", ("JZ",)), (None, ("JZ",))):
            told = [*opened_for("medicare", "FFS", mac=mac), *TO_THE_BAG, infused(CLINIC)]
            claim = the(seen(told, rules=rules))
            assert product(claim).modifiers == modifiers

    def test_nobody_asked_for_it_before_july_2023(self) -> None:
        number = first_day(date(2023, 6, 30))
        told = [*opened_for("medicare", "FFS", number - 100), *to_the_bag(number - 45)]
        for on, modifiers in ((number, ()), (number + 1, ("JZ",))):
            assert product(infusion([*told, infused(CLINIC, number=on)])).modifiers == modifiers


def _with_an_entry(words: str, page: str = "rules") -> Rules:
    """The shipped pages with one more rule, as a site's overlay has it."""
    pages = shipped_pages()
    pages[f"codebook/{page}.toml"] += (
        f'\n[[entry]]\n{words}\nlabel = "As the site says"\nfrom = 2022-02-28\n'
        'editions = ["public"]\nsource = "a test"\nrow = "R23"\nconfidence = "medium"\n'
    ).encode()
    return rules_of(pages, edition="public", version="test")


class Test340B:
    def test_a_discounted_product_says_so_on_an_outpatient_line(self) -> None:
        claim = infusion(so(CLINIC_DAY, acquired_under_340b=True))
        assert product(claim).modifiers == ("JZ", "TB")

    def test_a_stay_a_gift_and_a_full_price_do_not(self) -> None:
        gift = so(CLINIC_DAY, acquired_under_340b=True, acquisition="free")
        assert product(infusion(gift)).modifiers == ()
        assert product(infusion(so(STAY, acquired_under_340b=True))).modifiers == ()
        assert product(infusion(CLINIC_DAY)).modifiers == ("JZ",)


class TestWhatAPayerAsksFor:
    ASKS = site(asks_for=("invoice_cost", "product_name_in_remarks"))

    def test_the_invoice_stands_as_value_code_86(self) -> None:
        told = so(COMMERCIAL_STAY, invoice_amount=Decimal("571970.00"))
        claim = infusion(told, self.ASKS)
        (code,) = [code for code in claim.codes if code.role == "value code"]
        assert (code.code, code.amount) == ("86", Decimal("571970.00"))
        assert infusion(told).coded("value code") == ()

    def test_an_invoice_that_nobody_reported_holds_the_claim(self) -> None:
        rule = "the_invoice_of_the_product_stands_where_the_payer_asks"
        claim = infusion(COMMERCIAL_STAY, self.ASKS)
        assert rule in rules_found(claim)
        assert claim.state == "held"
        assert rule not in rules_found(infusion(COMMERCIAL_STAY))

    def test_a_gift_has_no_invoice(self) -> None:
        claim = infusion(so(COMMERCIAL_STAY, acquisition="free"), self.ASKS)
        assert claim.coded("value code") == ()
        assert claim.state == "ready"

    def test_the_page_says_that_it_has_no_value_code(self) -> None:
        told = so(COMMERCIAL_STAY, invoice_amount=Decimal("571970.00"))
        claim = infusion(told, self.ASKS, "page")
        assert claim.coded("value code") == ()
        assert "86" in {each.there for each in claim.differs}

    def test_the_products_name_stands_in_the_remarks_once(self) -> None:
        assert infusion(COMMERCIAL_STAY, self.ASKS).coded("remarks") == ("CARVYKTI",)
        assert infusion(STAY, self.ASKS).coded("remarks") == ("CARVYKTI",)
        assert infusion(COMMERCIAL_STAY).coded("remarks") == ()


def bag(number: int, where: Service = CLINIC, chain: str = CHAIN) -> Record:
    told = infused(CLINIC, chain=chain, number=number)
    fact = told.fact
    assert isinstance(fact, CellsInfused)
    partial = replace(fact, extent="partial", service=where)
    return record(partial, number, f"bag {chain}@{number}")


class TestBagsAndDays:
    START = (*opened("medicare"), *TO_THE_BAG)

    def test_two_bags_on_two_days_are_given_twice_and_one_product(self) -> None:
        found = seen([*self.START, bag(0), bag(1)])
        assert [line.day for line in found.lines() if line.code == "38228"] == [day(0), day(1)]
        assert [(line.day, line.units) for line in doses(found)] == [(day(0), Decimal(1))]

    def test_two_bags_on_one_day_are_given_once(self) -> None:
        found = seen([*self.START, bag(0), replace(bag(0), key="b" * 64)])
        (giving,) = [line for line in found.lines() if line.code == "38228"]
        assert giving.units == 1
        assert len(giving.basis.records) == 2

    def test_a_bag_under_another_account_is_held_without_a_product(self) -> None:
        rule = "the_bags_of_one_dose_stand_on_one_claim"
        found = seen([*self.START, bag(0), bag(1, service("outpatient", "A-9"))])
        first, second = the(found, "C1"), the(found, "C2")
        assert [line.code for line in second.lines] == ["38228"]
        assert second.state == "held"
        assert [rule in rules_found(each) for each in (first, second)] == [False, True]

    def test_an_infusion_of_another_chain_is_never_a_second_dose(self) -> None:
        other = infused(service("outpatient", "A-9"), chain="COI-9", number=20)
        confirmed = record(ReportConfirmed(target=other.key, reason="the nurse saw it"), 21)
        found = seen([*self.START, bag(0), other, confirmed])
        assert len(doses(found)) == 1
        assert "a second dose is never billed" in found.unbilled[other.key]
        assert the(found, "C2").lines == ()

    def test_the_receipt_rests_on_what_was_received_and_thawed(self) -> None:
        thawed = record(ProductThawed(chain_of_identity=CHAIN), 0)
        found = seen([*self.START, bag(0), thawed])
        (receipt,) = [line for line in found.lines() if line.code == "38227"]
        assert receipt.day == day(0)
        assert set(receipt.basis.records) == {made()[-1].key, thawed.key}

    def test_a_rejected_product_leaves_collection_and_chemotherapy_as_rendered(self) -> None:
        rejected = record(ProductRejected(chain_of_identity=CHAIN, reason="damaged"), -9)
        found = seen([*opened("medicare"), *TO_THE_BAG, *lymphodepletion(), rejected])
        assert not doses(found)
        assert [claim.label for claim in found.claims] == ["A1", "B1"]
        assert "turned this batch away" in found.unbilled[rejected.key]


class TestOutOfSpecification:
    RULE = "a_bag_out_of_specification_was_hardly_bought"

    def test_a_price_for_such_a_bag_waits_for_a_word_on_how_it_was_acquired(self) -> None:
        claim = infusion(_out_of_specification("purchased"))
        assert self.RULE in rules_found(claim)
        assert claim.state == "held"
        assert self.RULE not in rules_found(infusion(STAY))

    def test_under_expanded_access_and_an_accepted_deviation_only_the_factor_is_missing(
        self,
    ) -> None:
        claim = infusion(_out_of_specification("expanded access"))
        assert product(claim).charge == Decimal("1.00")
        assert {each.rule for each in claim.findings if each.holds} == {
            "the_adjustment_factor_of_the_fiscal_year_is_known"
        }

    def test_without_an_accepted_deviation_it_is_held(self) -> None:
        told = _out_of_specification("expanded access")
        without = [x for x in told if x.fact.type != "product.deviation_accepted"]
        assert "a_bag_out_of_specification_needs_an_accepted_deviation" in rules_found(
            infusion(without)
        )


def _out_of_specification(acquisition: Acquisition) -> list[Record]:
    accepted = ProductDeviationAccepted(
        chain_of_identity=CHAIN, provider="dr_imani", pathway="expanded access", number="EAP-1"
    )
    told = [
        replace(each, fact=replace(each.fact, specification="out"))
        if isinstance(each.fact, ManufacturingReleased)
        else each
        for each in STAY
    ]
    return so([*told, record(accepted, -12)], acquisition=acquisition)


def test_no_overlay_is_needed_to_read_the_pages() -> None:
    assert read_rules().find("product_token_charge", day(0), "FFS") is not None


@settings(max_examples=60, deadline=None)
@hypothesis_given(
    st.sampled_from((CLINIC, OFFICE, INSIDE)),
    st.sampled_from(("purchased", *NOT_BOUGHT)),
    st.sampled_from(EDITIONS),
    st.sampled_from(("medicare", "harbor_health")),
    st.integers(1, 100),
    st.decimals(Decimal("0.01"), Decimal(2_000_000), places=2),
)
def test_a_dose_is_one_unit_and_a_gift_at_most_a_dollar(  # noqa: PLR0913, PLR0917
    where: Service,
    acquisition: Acquisition,
    edition: Edition,
    payer: str,
    number: int,
    price: Decimal,
) -> None:
    told = [
        *opened("medicare" if payer == "medicare" else "harbor_health"),
        *TO_THE_BAG,
        *([admitted(), room_charged(), discharged()] if where is INSIDE else []),
        infused(where),
        price_posted(0, price),
    ]
    found = seen(so(told, acquisition=acquisition), site(dose_fractions=number), edition)
    lines = doses(found)
    charged = sum((line.charge or Decimal(0) for line in lines), Decimal(0))
    if acquisition == "purchased":
        assert sum(line.units for line in lines) == 1
        assert charged == price
    else:
        assert sum(line.units for line in lines) in {0, 1}
        assert charged <= 1
