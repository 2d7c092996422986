"""Rows that count days: limits, points of a series, amounts and quarters, each by itself."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

import pytest

from veinledger.domain.codebook.page import PageError, read
from veinledger.domain.listed import Listed
from veinledger.domain.obligations.limits import AppealLimit, FilingLimit
from veinledger.domain.obligations.point import Point
from veinledger.domain.obligations.series import Series
from veinledger.domain.prices.price import MedicareAmount, PaymentLimits

L = TypeVar("L", bound=Listed)

SIGNED: dict[str, Any] = {
    "name": "a_row",
    "file": "a/page.toml",
    "from": date(2026, 1, 1),
    "editions": ["public"],
    "source": "somebody",
    "row": "R17",
    "confidence": "high",
}
OF_A_CLAIM = {
    "label": "A limit",
    "for_kinds": ["FFS", "MA"],
    "hospital_from": "last day",
    "professional_from": "first day",
}
VISITS = {
    "label": "Visits",
    "group": "neurology",
    "meets": [{"fact": "neurology.visit_completed"}],
    "window_source": "somebody",
}


def row(kind: type[L], **said: Any) -> L:
    return read(kind, "a/page.toml", "row 1", {**SIGNED, **said})


def filing(**said: Any) -> FilingLimit:
    return row(FilingLimit, **OF_A_CLAIM, **said)


def test_a_limit_counts_days_or_months_from_the_day_of_service() -> None:
    assert filing(days=10).ends(date(2026, 1, 31)) == date(2026, 2, 10)
    assert filing(months=1).ends(date(2026, 1, 31)) == date(2026, 2, 28)


@pytest.mark.parametrize("said", [{}, {"days": 10, "months": 1}])
def test_a_limit_has_days_or_months_and_not_both(said: dict[str, int]) -> None:
    with pytest.raises(PageError, match="a limit has days or months, one of the two"):
        filing(**said)


def test_a_limit_is_told_from_others_by_its_name_and_by_whose_it_is() -> None:
    assert filing(days=10).identity == ("a_row", "FFS", "MA")
    appeal = row(AppealLimit, label="A limit", for_kinds=["FFS"], level=2, days=60)
    assert appeal.identity == ("a_row", "FFS", "2")


def test_an_appeal_counts_from_the_day_on_which_the_decision_is_taken_to_have_arrived() -> None:
    at_once = row(AppealLimit, label="A limit", for_kinds=["FFS"], level=1, days=60)
    later = row(AppealLimit, label="A limit", for_kinds=["FFS"], level=1, days=60, arrives_after=5)
    assert at_once.ends(date(2026, 1, 1)) == date(2026, 3, 2)
    assert later.ends(date(2026, 1, 1)) == date(2026, 3, 7)


def test_a_point_on_the_day_itself_is_owed_on_it() -> None:
    window = Point(name="day_0", days=0, early=1, late=2).window(date(2026, 5, 11))
    assert (window.opens, window.due, window.closes) == (
        date(2026, 5, 10),
        date(2026, 5, 11),
        date(2026, 5, 13),
    )
    assert [window.covers(date(2026, 5, day)) for day in (9, 10, 13, 14)] == [
        False, True, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize("said", [{}, {"days": 1, "months": 1}])
def test_a_point_has_days_or_months_and_not_both(said: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a point of time has days or months, one of the two"):
        Point(name="day_1", **said)


def test_a_series_has_each_point_once() -> None:
    one, other = {"name": "day_1", "days": 1}, {"name": "day_2", "days": 2}
    assert len(row(Series, **VISITS, points=[one, other]).points) == 2
    with pytest.raises(PageError, match="two points of one name; each has a name of its own"):
        row(Series, **VISITS, points=[one, {**other, "name": "day_1"}])


def test_an_amount_is_told_from_others_by_its_name_and_by_its_product() -> None:
    told = {"label": "An amount", "amount": Decimal("0.02"), "of": "of the amount"}
    assert row(MedicareAmount, **told).identity == ("a_row", "")
    assert row(MedicareAmount, **told, product="carvykti").identity == ("a_row", "carvykti")


LIMITS = {"quarter": "2026Q1", "complete": False, "of": {"J9185": Decimal("1.5")}}


def test_payment_limits_hold_for_their_quarter_all_of_it_and_alone() -> None:
    assert row(PaymentLimits, **LIMITS, until=date(2026, 4, 1)).quarter == "2026Q1"
    for wrong in ({}, {"until": date(2026, 3, 31)}, {"until": date(2026, 7, 1)}):
        with pytest.raises(PageError, match="all of it and alone"):
            row(PaymentLimits, **LIMITS, **wrong)
    with pytest.raises(PageError, match="all of it and alone"):
        row(PaymentLimits, **{**LIMITS, "quarter": "2026Q2"}, until=date(2026, 4, 1))


def test_who_says_a_row_is_told_with_its_doubt() -> None:
    assert row(Listed).said_by == "somebody [R17]"
    assert row(Listed, confidence="unverified").said_by == "somebody [R17]; unverified"
