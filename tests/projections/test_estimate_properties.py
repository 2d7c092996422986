"""What holds of every estimate, whatever was told."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal, localcontext
from typing import Final

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import settings
from hypothesis import strategies as st

from tests.claims.generated import encounters
from tests.given import Payer, history
from tests.given_prices import ALL_OF_Q2, CENTRE, estimated, limits, one, priced
from tests.projections.test_estimate import outpatient
from tests.tiers import size
from veinledger.adapters.cli.as_json import as_json
from veinledger.domain.prices.price import MedicareAmount
from veinledger.domain.reports import Record
from veinledger.projections.case.opening import case_of
from veinledger.projections.claims.assemble import claims
from veinledger.projections.estimate.estimate import estimate_of
from veinledger.projections.estimate.shapes import ClaimEstimate

PAYERS: Final[tuple[Payer, ...]] = (
    "medicare",
    "harbor_health",
    "cedar_advantage",
    "lakes_medicaid",
)
NOTHING: Final = Decimal(0)
CENT: Final = Decimal("0.01")
DEDUCTIBLES: Final = [
    each.amount or NOTHING
    for each in ALL_OF_Q2.listing.all(MedicareAmount)
    if each.name == "part_a_deductible"
]


def sums(each: ClaimEstimate) -> None:
    """The parts of one claim add up, and no part is out of its bounds."""
    payment = each.payment
    allowed = payment.allowed_total or NOTHING
    cut = payment.sequestration.amount if payment.sequestration else NOTHING
    assert all(step.amount >= 0 for step in (*payment.allowed, *payment.patient))
    assert all(step.amount == round(step.amount, 2) for step in payment.allowed)
    if payment.expected is not None:
        assert payment.expected + payment.patient_total + cut == allowed
        assert payment.expected >= 0
    assert NOTHING <= cut <= (allowed - payment.patient_total) * Decimal("0.02") + CENT / 2
    assert payment.patient_total <= allowed


@hypothesis_given(encounters(payers=PAYERS))
@settings(max_examples=size(40, 40, 3000), deadline=None)
def test_the_parts_of_every_claim_add_up_and_nothing_is_negative(told: list[Record]) -> None:
    found = estimated(told)
    for each in found.claims:
        sums(each)
    rates = [each.amount for each in found.agreed if each.counted and each.amount is not None]
    counted = [each.expected for each in found.claims if each.counted]
    assert found.expected_so_far == sum((e for e in counted if e is not None), sum(rates, NOTHING))


@hypothesis_given(encounters(payers=("medicare",)))
@settings(max_examples=size(25, 25, 2000), deadline=None)
def test_no_share_of_a_hospitals_patient_is_above_the_deductible(told: list[Record]) -> None:
    for each in estimated(told).claims:
        if each.setting != "office":
            assert all(step.amount <= max(DEDUCTIBLES) for step in each.payment.patient)


@hypothesis_given(encounters(payers=("medicare",)))
@settings(max_examples=size(15, 15, 1000), deadline=None)
def test_without_prices_nothing_is_expected_of_medicare(told: list[Record]) -> None:
    bare = [replace(each, medicare_rates=()) for each in CENTRE.facilities]
    nothing = priced(limits("2026Q2", J0000="1.000"))
    found = estimated(told, centre=replace(CENTRE, facilities=tuple(bare)), by=nothing)
    assert found.expected_so_far == 0


@hypothesis_given(st.decimals("0.001", "900000", places=3), st.decimals("0", "900000", places=3))
@settings(max_examples=size(20, 20, 1000), deadline=None)
def test_a_higher_limit_is_never_paid_less(limit: Decimal, more: Decimal) -> None:
    lower, higher = (
        one(estimated(outpatient(), by=priced(limits("2026Q2", Q2056=str(each)))), "C1")
        for each in (limit, limit + more)
    )
    assert (lower.expected or NOTHING) <= (higher.expected or NOTHING)
    assert lower.payment.patient_total <= higher.payment.patient_total <= Decimal("1736.00")


def test_a_further_dose_is_never_paid_less() -> None:
    told = outpatient()
    doses = [each for each in told if each.fact.type == "lymphodepletion.dose_given"]
    without = [each for each in told if each not in doses[-2:]]
    fewer, all_of_them = (one(estimated(each), "B1").expected for each in (without, told))
    assert (fewer or NOTHING) < (all_of_them or NOTHING)


def test_the_callers_decimal_context_has_no_say() -> None:
    told = history(outpatient())
    exact, made = estimated(outpatient()), claims(told, CENTRE, ALL_OF_Q2)
    with localcontext() as context:
        context.prec = 6
        again = claims(told, CENTRE, ALL_OF_Q2)
        case = case_of(told, CENTRE, ALL_OF_Q2)
        assert case is not None
        found = estimate_of(case, made)
        sums_so_far = (found.expected_so_far, found.patients_so_far)
    charges = [[line.charge for line in claim.lines] for claim in again.claims]
    assert charges == [[line.charge for line in claim.lines] for claim in made.claims]
    assert sums_so_far == (exact.expected_so_far, exact.patients_so_far)
    assert as_json(found) == as_json(exact)


@hypothesis_given(encounters(payers=PAYERS), st.integers(0, 2**32))
@settings(max_examples=size(10, 10, 600), deadline=None)
def test_an_estimate_is_the_same_in_whatever_order_the_facts_came(
    told: list[Record], seed: int
) -> None:
    shuffled = list(told)
    random.Random(seed).shuffle(shuffled)
    assert estimated(told).expected_so_far == estimated(shuffled).expected_so_far


def test_a_step_that_is_added_twice_is_found_by_the_sums() -> None:
    """The control: the property sees a payment that does not add up."""
    claim = one(estimated(outpatient()), "C1")
    payment = claim.payment
    wrong = replace(payment, patient=payment.patient * 400)
    with pytest.raises(AssertionError):
        sums(replace(claim, payment=wrong))
