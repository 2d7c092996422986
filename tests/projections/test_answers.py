"""What payers answered beside what was expected: every difference worked out by hand."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.claims.cells import so
from tests.claims.given_claims import submitted
from tests.given import history, record
from tests.given_prices import ALL_OF_Q2, CENTRE, estimated, one
from tests.projections.test_estimate import inpatient, outpatient
from tests.tiers import size
from veinledger.adapters.cli.as_json import as_json
from veinledger.domain.centre.rates import ProductPrice
from veinledger.domain.facts.appeal import AppealAnswered, AppealFiled
from veinledger.domain.facts.billing import ClaimAnswered
from veinledger.domain.reports import Record
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.shapes import Claim
from veinledger.projections.estimate.answers import IN_A_RATE, IN_PART, NOT_TOLD, TWICE
from veinledger.projections.estimate.shapes import Answered, Estimate

EXPECTED = Decimal("322192.52")
"""Of the stay of `inpatient()`, as tests/projections/test_estimate.py works it out."""


def the_claim(story: Iterable[Record], label: str = "C1") -> Claim:
    found = claims(history(*story), CENTRE, ALL_OF_Q2).claim(label)
    assert found is not None
    return found


def answer(claim: Claim, kind: Any, number: int = 60, **said: Any) -> Record:
    amounts: dict[str, Any] = {name: Decimal(each) for name, each in said.items()}
    fact = ClaimAnswered(
        claim_key=claim.key, patient_control_number=f"PCN-{claim.label}", kind=kind, **amounts
    )
    return record(fact, number, f"{kind} {claim.label} on {number}")


def appeal(claim: Claim, number: int) -> Record:
    fact = AppealFiled(
        claim_key=claim.key,
        patient_control_number=f"PCN-{claim.label}",
        payer=claim.payer or "nobody",
        level=1,
        reason="the criteria are met",
    )
    return record(fact, number, f"appeal on {number}")


def decision(claim: Claim, number: int, outcome: Any) -> Record:
    fact = AppealAnswered(
        claim_key=claim.key,
        patient_control_number=f"PCN-{claim.label}",
        level=1,
        outcome=outcome,
    )
    return record(fact, number, f"decision on {number}")


def answered(found: Estimate, label: str = "C1") -> Answered:
    told = one(found, label).answered
    assert told is not None
    return told


def story(*answers: tuple[Any, ...], of: list[Record] | None = None) -> list[Record]:
    """A stay, and answers to its claim: kind, day, what was paid."""
    told = inpatient() if of is None else of
    claim = the_claim(told)
    sums = [({"paid": each[2]} if len(each) > 2 else {}) for each in answers]
    return [*told, *(answer(claim, e[0], e[1], **s) for e, s in zip(answers, sums, strict=True))]


def test_a_payment_stands_beside_what_was_expected_with_the_difference() -> None:
    found = estimated(story(("paid", 60, "322000.00")))
    told = answered(found)
    assert (told.state, told.paid, told.difference) == (
        "paid",
        Decimal("322000.00"),
        Decimal("-192.52"),
    )
    assert found.paid_so_far == Decimal("322000.00")
    assert found.difference == Decimal("-192.52")
    assert found.expected_so_far >= EXPECTED, "what was expected is still told as it was"


def test_a_claim_without_an_answer_has_none() -> None:
    found = estimated(inpatient())
    assert one(found, "C1").answered is None
    assert (found.paid_so_far, found.difference) == (Decimal(0), None)
    accepted = estimated(story(("accepted", 40), ("pended", 45)))
    assert one(accepted, "C1").answered is None


def test_a_denied_claim_is_at_risk_and_counts_no_more() -> None:
    before, found = estimated(inpatient()), estimated(story(("denied", 60, "0")))
    told = answered(found)
    assert (told.state, told.paid) == ("denied", Decimal("0.00"))
    assert not one(found, "C1").counted
    assert found.denied == EXPECTED
    assert before.expected_so_far - found.expected_so_far == EXPECTED
    assert found.not_counted - before.not_counted == EXPECTED
    assert found.difference is None, "a denial is no underpayment: it stands by itself"


def test_an_appeal_takes_it_from_denied_to_under_appeal_to_won_to_paid() -> None:
    claim, told = the_claim(inpatient()), story(("denied", 60, "0"))
    told.append(appeal(claim, 70))
    open_ = estimated(told)
    assert answered(open_).state == "under appeal"
    assert (open_.denied, open_.under_appeal) == (None, EXPECTED)
    upheld = estimated([*told, decision(claim, 90, "upheld")])
    assert answered(upheld).state == "denied"
    told.append(decision(claim, 90, "overturned"))
    assert answered(estimated(told)).state == "appeal won"
    told.append(answer(claim, "paid", 100, paid="322192.52"))
    paid = estimated(told)
    assert (answered(paid).state, answered(paid).difference) == ("paid", Decimal("0.00"))
    assert one(paid, "C1").counted


@pytest.mark.parametrize("kind", ["recouped", "reversed"])
@pytest.mark.parametrize("sign", ["", "-"])
def test_what_is_taken_back_is_below_0_whichever_sign_the_payer_prints(
    kind: str, sign: str
) -> None:
    found = estimated(story(("paid", 60, "322192.52"), (kind, 90, f"{sign}322192.52")))
    told = answered(found)
    assert (told.state, told.paid, told.taken_back) == (
        "taken back",
        Decimal("0.00"),
        -EXPECTED,
    )
    assert (found.paid_so_far, found.taken_back) == (Decimal(0), -EXPECTED)
    assert told.difference == -EXPECTED


def test_a_reversal_and_a_new_payment_leave_the_new_one() -> None:
    answers = [("paid", 60, "300000"), ("reversed", 80, "-300000"), ("paid", 80, "322192.52")]
    told = answered(estimated(story(*answers)))
    assert (told.state, told.paid, told.difference) == ("paid", EXPECTED, Decimal("0.00"))


def test_two_payments_without_a_reversal_are_not_added_and_not_chosen_from() -> None:
    found = estimated(story(("paid", 60, "300000"), ("paid", 80, "322192.52")))
    assert (answered(found).paid, answered(found).says) == (None, TWICE)
    assert found.paid_so_far == 0


def test_a_payment_without_its_amount_is_not_compared() -> None:
    told = answered(estimated(story(("paid", 60))))
    assert (told.paid, told.difference, told.says) == (None, None, NOT_TOLD)


def test_where_a_part_is_not_estimated_there_is_no_difference() -> None:
    told = outpatient()
    found = estimated([*told, answer(the_claim(told), "paid", paid="570000")])
    assert one(found, "C1").payment.gaps
    assert (answered(found).difference, answered(found).says) == (None, IN_PART)
    assert found.paid_so_far == Decimal("570000.00")


def test_what_was_denied_and_sent_again_waits_for_its_own_answer() -> None:
    claim, told = the_claim(inpatient()), inpatient()
    told.append(submitted(claim, len(told), 50))
    told.append(answer(claim, "denied", 60, paid="0"))
    assert answered(estimated(told)).state == "denied"
    told.append(submitted(claim, len(told), 70, "7"))
    assert one(estimated(told), "C1").answered is None


def test_a_fixed_fee_is_compared_with_the_patients_part_as_answered() -> None:
    told = inpatient("lakes_medicaid")
    paid = answer(the_claim(told), "paid", paid="478000", patient_responsibility="1500")
    found = estimated([*told, paid])
    assert one(found, "C1").expected == Decimal("480000.00")
    assert answered(found).difference == Decimal("-500.00")
    assert "the patient's share in it: 1,500.00" in answered(found).says


def with_price(amount: str = "465000.00", since: date = date(2026, 1, 1)) -> Any:
    """The centre, the contract that leaves the product outside with a price for it."""
    price = ProductPrice(amount=Decimal(amount), clause="schedule 2, section 4", since=since)
    contracts = tuple(
        replace(each, product_prices=(price,)) if each.name == "cedar_global" else each
        for each in CENTRE.contracts
    )
    return replace(CENTRE, contracts=contracts)


def test_a_product_beside_a_case_rate_is_paid_the_contracts_price() -> None:
    bought = so(inpatient("cedar_advantage"), invoice_amount=Decimal(500000))
    found = estimated(bought, centre=with_price())
    claim = one(found, "C1")
    assert claim.expected == Decimal("465000.00")
    assert not claim.payment.gaps
    assert found.expected_so_far == Decimal("610000.00")
    later = estimated(inpatient("cedar_advantage"), centre=with_price(since=date(2027, 1, 1)))
    assert "no price of the product on 2026-05-" in str(one(later, "C1").payment.gaps[0])


def test_a_product_that_was_not_bought_has_no_price_and_no_gap() -> None:
    told = so(inpatient("cedar_advantage"), acquisition="free")
    found = estimated(told, centre=with_price())
    assert one(found, "C1").expected == 0
    assert not one(estimated(told), "C1").payment.gaps


def test_a_case_rate_is_compared_as_a_whole_with_what_stands_beside_it() -> None:
    told = inpatient("cedar_advantage")
    paid = answer(the_claim(told), "paid", paid="600000", patient_responsibility="4000")
    found = estimated([*told, paid], centre=with_price())
    (rate,) = found.agreed
    assert answered(found).says == IN_A_RATE
    assert (rate.answered, rate.difference) == (Decimal("600000.00"), Decimal("-6000.00"))
    assert found.difference == Decimal("-6000.00")
    without = estimated([*told, paid])
    assert without.agreed[0].difference is None, "the product's price is not known"


def test_an_answer_to_a_claim_that_is_there_no_more_is_told_and_in_no_sum() -> None:
    lost = ClaimAnswered(
        claim_key="C/837I/main/gone", patient_control_number="PCN-X", kind="paid", paid=Decimal(9)
    )
    found = estimated([*inpatient(), record(lost, 60)])
    assert found.paid_so_far == 0
    (note,) = found.notes
    assert "(paid, 9.00) names no claim that there is now" in note


def test_money_at_risk_counts_a_claim_once_however_many_findings_hold_it() -> None:
    told = outpatient()
    bags = [each for each in told if each.fact.type == "product.received"]
    found = estimated([each for each in told if each not in bags])
    holding = [each for each in found.at_risk if "C1" in each.claims]
    if len(holding) > 1:
        assert found.at_risk_together == one(found, "C1").expected
    together, each = found.at_risk_together, [e.amount for e in found.at_risk if e.amount]
    assert together is None or max(each) <= together <= sum(each)


@settings(max_examples=size(15, 100), deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["paid", "denied", "reversed", "recouped"]),
            st.decimals("0.01", "400000", places=2),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_whatever_is_answered_paid_less_expected_is_the_difference(
    answers: list[tuple[str, Decimal]],
) -> None:
    told = story(*((kind, 60 + at, str(paid)) for at, (kind, paid) in enumerate(answers)))
    found = estimated(told)
    one_answer = answered(found)
    assert one_answer.taken_back <= 0
    if one_answer.difference is not None:
        assert one_answer.difference == (one_answer.paid or 0) - EXPECTED
    paid = sum(amount for kind, amount in answers if kind in ("paid", "denied"))
    back = sum(amount for kind, amount in answers if kind in ("reversed", "recouped"))
    assert one_answer.paid in (None, paid - back)


def test_the_json_of_an_estimate_has_every_total_by_itself() -> None:
    told = json.loads(as_json(estimated(story(("denied", 60, "0")))))
    assert (told["denied"], told["under_appeal"]) == (322192.52, None)
    assert (told["paid_so_far"], told["taken_back"], told["difference"]) == (0.0, 0.0, None)
