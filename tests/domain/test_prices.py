"""The dated tables of prices: days, sources, and what a site may set."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

from tests.given_prices import limits, priced
from veinledger.adapters.pages import shipped_evidence, shipped_rules
from veinledger.domain.centre.pages import centre_of
from veinledger.domain.codebook.page import PageError, parsed
from veinledger.domain.codebook.statement import EDITIONS, Edition
from veinledger.domain.prices.price import MedicareAmount, PaidElsewhere, PaymentLimits
from veinledger.domain.prices.quarter import Quarter, fiscal_year, quarter_named

A_DAY = timedelta(days=1)
RULES = shipped_rules()
AMOUNTS = RULES.listing.all(MedicareAmount)
LIMITS = RULES.listing.all(PaymentLimits)
ELSEWHERE = RULES.listing.all(PaidElsewhere)

FACILITY = """
[[facility]]
name = "main"
label = "Made up"
zone = "America/Chicago"
payment_system = "ipps"
npi = "1234567893"
owner = "lakeside"
from = 2020-01-01

[[facility.medicare_rates]]
operating = 7105.40
capital = 548.20
source = "made up"
from = 2025-10-01
until = 2026-10-01
"""


def named(each: MedicareAmount | PaymentLimits | PaidElsewhere) -> str:
    return f"{each.name}-{each.span}"


def amount(name: str, on: date, edition: Edition = "public") -> Decimal | None:
    found = RULES.listing.in_force(MedicareAmount, on, edition)
    return next((each.amount for each in found if each.name == name), None)


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize(
    ("name", "on", "expected"),
    [
        ("sequestration", date(2022, 3, 31), "0"),
        ("sequestration", date(2022, 4, 1), "0.01"),
        ("sequestration", date(2022, 6, 30), "0.01"),
        ("sequestration", date(2022, 7, 1), "0.02"),
        ("part_a_deductible", date(2023, 12, 31), "1600"),
        ("part_a_deductible", date(2024, 1, 1), "1632"),
        ("part_a_deductible", date(2025, 1, 1), "1676"),
        ("part_a_deductible", date(2026, 12, 31), "1736"),
        ("part_a_deductible", date(2027, 1, 1), None),
        ("outlier_fixed_loss", date(2023, 9, 30), "38788"),
        ("outlier_fixed_loss", date(2024, 9, 30), "42750"),
        ("outlier_fixed_loss", date(2024, 10, 1), "46217"),
        ("outlier_fixed_loss", date(2026, 9, 30), "40397"),
        ("outlier_fixed_loss", date(2026, 10, 1), None),
        ("new_technology_add_on", date(2023, 1, 1), None),
        ("new_technology_add_on", date(2025, 9, 30), None),
        ("new_technology_add_on", date(2025, 10, 1), "0"),
    ],
)
def test_an_amount_holds_on_its_days_and_no_day_longer(
    name: str, on: date, expected: str | None, edition: Edition
) -> None:
    assert amount(name, on, edition) == (None if expected is None else Decimal(expected))


@pytest.mark.parametrize("each", [*AMOUNTS, *LIMITS, *ELSEWHERE], ids=named)
def test_every_price_has_a_source_a_row_and_no_more_trust_than_it_earned(
    each: MedicareAmount | PaymentLimits | PaidElsewhere,
) -> None:
    assert each.source
    assert shipped_evidence().row(each.row)
    if "recollection" in each.source:
        assert each.confidence != "high"


def test_the_one_shipped_limit_is_the_pages_with_all_its_decimals() -> None:
    (table,) = LIMITS
    assert (table.quarter, dict(table.of)) == ("2026Q2", {"Q2056": Decimal("588494.808")})
    assert not table.complete


def test_limits_of_a_site_take_the_place_of_the_shipped_ones_for_their_quarter_alone() -> None:
    rules = priced(limits("2026Q2", Q2056="1.000"), limits("2026Q3", Q2056="3.000"))
    by_quarter = {each.quarter: each.of["Q2056"] for each in rules.listing.all(PaymentLimits)}
    assert by_quarter == {"2026Q2": Decimal("1.000"), "2026Q3": Decimal("3.000")}


@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [
        ("until = 2026-07-01", "until = 2026-10-01", "of 2026Q2 hold"),
        ("until = 2026-07-01\n", "", "of 2026Q2 hold"),
        ("= 1.000", "= -1.000", "field 'of"),
        ("= 1.000", "= 0", "field 'of"),
        ("Q2056 =", "Q20567 =", "field 'of"),
        ('"2026Q2"', '"20\u0662\u0666Q2"', "field 'quarter'"),
    ],
)
def test_limits_that_could_hold_for_another_quarter_or_be_no_limit_are_refused(
    right: str, wrong: str, words: str
) -> None:
    ((name, text),) = limits("2026Q2", Q2056="1.000").items()
    with pytest.raises(PageError) as told:
        priced({name: text.replace(right, wrong)})
    assert words in str(told.value)
    assert "prices/asp_2026q2.toml" in str(told.value)


@hypothesis_given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_day_lies_in_one_quarter_and_one_fiscal_year(on: date) -> None:
    quarter = Quarter.of(on)
    assert quarter.first_day <= on < quarter.after
    assert Quarter.of(quarter.first_day - A_DAY).after == quarter.first_day
    assert quarter_named(str(quarter)) == quarter
    assert date(fiscal_year(on) - 1, 10, 1) <= on < date(fiscal_year(on), 10, 1)


@pytest.mark.parametrize(
    "text", ["2026Q5", "2026q2", "26Q2", "2026-Q2", "Q2 2026", "", "2026Q2\n", "20\u0662\u0666Q2"]
)
def test_a_quarter_has_one_way_to_be_written(text: str) -> None:
    assert quarter_named(text) is None


def test_a_hospitals_own_rates_are_read() -> None:
    centre = centre_of({"facilities.toml": parsed("facilities.toml", FACILITY.encode())})
    (rate,) = centre.facilities[0].medicare_rates
    assert (rate.operating, rate.capital) == (Decimal("7105.40"), Decimal("548.20"))
    assert rate.holds(date(2026, 9, 30))
    assert not rate.holds(date(2026, 10, 1))


def test_rates_that_follow_one_another_hold_each_on_its_own_days() -> None:
    more = """
[[facility.medicare_rates]]
operating = 7300.00
source = "made up"
from = 2026-10-01
"""
    page = parsed("facilities.toml", (FACILITY + more).encode())
    (place,) = centre_of({"facilities.toml": page}).facilities
    on = {
        day: [str(rate.operating) for rate in place.medicare_rates if rate.holds(day)]
        for day in (date(2026, 9, 30), date(2026, 10, 1))
    }
    assert on == {date(2026, 9, 30): ["7105.40"], date(2026, 10, 1): ["7300.00"]}


@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [
        ("operating = 7105.40", "", "field 'medicare_rates.0.operating' is missing"),
        ("operating = 7105.40", "operating = -1", "field 'medicare_rates.0.operating'"),
        ("capital = 548.20", "wage_index = 1", "'medicare_rates.0.wage_index'"),
        (
            "until = 2026-10-01",
            """
[[facility.medicare_rates]]
operating = 1
source = "made up"
from = 2026-01-01
""",
            "claim the same day; end one where the other begins",
        ),
    ],
)
def test_bad_rates_are_refused_by_field(right: str, wrong: str, words: str) -> None:
    text = FACILITY.replace(right, wrong, 1)
    with pytest.raises(PageError) as told:
        centre_of({"facilities.toml": parsed("facilities.toml", text.encode())})
    assert words in str(told.value)


CONTRACT = """
[[contract]]
name = "cedar_global"
payer = "cedar"
clause = "schedule 2, section 3"
from = 2025-01-01

[[contract.product_prices]]
amount = 465000
clause = "schedule 2, section 4"
from = 2026-01-01
until = 2027-01-01

[contract.case_rate]
anchor = "cells.infused"
days = 90
covers = ["C"]
carves_out_product = true
"""
PAYER = """
[[payer]]
name = "cedar"
label = "Made up"
kind = "MA"
from = 2020-01-01
"""


def test_one_rate_may_begin_where_another_ends() -> None:
    following = """
[[facility.medicare_rates]]
operating = 7200
capital = 550
source = "made up"
from = 2026-10-01
"""
    centre = centre_of(
        {"facilities.toml": parsed("facilities.toml", (FACILITY + following).encode())}
    )
    assert [rate.operating for rate in centre.facilities[0].medicare_rates] == [
        Decimal("7105.40"),
        Decimal(7200),
    ]


def test_a_contract_says_what_it_pays_for_the_product_beside_its_rate_on_a_day() -> None:
    centre = centre_of({"payers.toml": parsed("payers.toml", (PAYER + CONTRACT).encode())})
    (contract,) = centre.contracts
    price = contract.price_of_the_product(date(2026, 12, 31))
    assert price is not None
    assert price.amount == Decimal(465000)
    assert contract.price_of_the_product(date(2027, 1, 1)) is None
    assert contract.price_of_the_product(date(2025, 12, 31)) is None


@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [
        ("carves_out_product = true", "", "with carves_out_product = true; say so there"),
        ('clause = "schedule 2, section 4"\n', "", "'product_prices.0.clause' is missing"),
        ("amount = 465000", "amount = 0", "field 'product_prices.0.amount'"),
        (
            "until = 2027-01-01",
            """
[[contract.product_prices]]
amount = 1
clause = "again"
from = 2026-06-01
""",
            "product_prices 2026-01-01 to open and 2026-06-01 to open claim the same day",
        ),
    ],
)
def test_a_bad_price_of_a_product_is_refused_by_field(right: str, wrong: str, words: str) -> None:
    text = (PAYER + CONTRACT).replace(right, wrong, 1)
    with pytest.raises(PageError) as told:
        centre_of({"payers.toml": parsed("payers.toml", text.encode())})
    assert words in str(told.value)
