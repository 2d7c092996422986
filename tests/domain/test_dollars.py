"""Dollars are reckoned to the cent in whatever decimal context the caller has set."""

from __future__ import annotations

from decimal import ROUND_DOWN, Context, Decimal, Inexact, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veinledger.domain.dollars import added, cents, less, part_of, times

DOLLARS = st.decimals("-9999999", "9999999", places=2)
SHORT = Context(prec=3, rounding=ROUND_DOWN, traps=[])
"""What a host may have set for itself."""


@given(st.lists(DOLLARS, max_size=8))
def test_a_sum_is_that_of_its_cents(amounts: list[Decimal]) -> None:
    with localcontext(SHORT):
        total = added(amounts)
        rest = less(total, *amounts)
    assert int(total.scaleb(2)) == sum(int(each.scaleb(2)) for each in amounts)
    assert rest == 0


def test_half_a_cent_goes_up_and_a_limit_keeps_its_decimals_until_then() -> None:
    with localcontext(SHORT):
        assert cents(times(Decimal("588494.808"), Decimal(1))) == Decimal("588494.81")
        assert cents(Decimal("0.005")) == Decimal("0.01")
        assert cents(Decimal("-0.005")) == Decimal("-0.01")
        assert times(Decimal("43.1828"), Decimal("7105.40")) == Decimal("306831.067120")


def test_shares_of_a_charge_add_up_to_it() -> None:
    whole = Decimal("1000.01")
    with localcontext(SHORT):
        rest = cents(part_of(whole, Decimal(1), Decimal(3)))
        assert (rest, less(whole, rest)) == (Decimal("333.34"), Decimal("666.67"))


def test_a_sum_that_would_have_to_round_fails_instead() -> None:
    with pytest.raises(Inexact):
        added([Decimal(10) ** 27, Decimal("0.01")])
