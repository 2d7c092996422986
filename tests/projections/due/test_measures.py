"""On-time measures: what is counted, in which denominator, and what is counted nowhere."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from tests.given import day, record
from tests.projections.due.given_due import (
    INFUSED,
    NOT_CONFIRMED,
    Named,
    died,
    measured,
    told,
    visit,
)
from tests.tiers import SEED, size
from veinledger.domain.facts.authorization import AuthorizationGranted
from veinledger.projections.due.measures import Measure

ON_TIME = told("E1", INFUSED, visit(-10), visit(31))
LATE = told("E2", INFUSED, visit(-10), visit(45))
MISSED = told("E3", INFUSED, visit(-10))
MONTH_1 = (30, 40)
"""The window closes on day 38."""


def counts(each: Measure) -> tuple[int, int, int, int]:
    return each.on_time, each.late, each.missed, each.open


def test_the_share_is_of_those_kept_and_missed() -> None:
    found = measured(*MONTH_1, 60, [ON_TIME, LATE, MISSED])
    (one,) = found.measures
    assert (one.centre, one.rule, counts(one)) == ("lakeside", "neurology_month_1", (1, 1, 1, 0))
    assert (one.judged, one.share_on_time) == (3, Decimal("33.3"))


def test_what_is_still_open_is_in_no_denominator() -> None:
    (one,) = measured(*MONTH_1, 38, [ON_TIME, MISSED]).measures
    assert (counts(one), one.judged, one.share_on_time) == ((1, 0, 0, 1), 1, Decimal("100.0"))


def test_where_nothing_was_judged_there_is_no_share() -> None:
    (one,) = measured(*MONTH_1, 20, [MISSED]).measures
    assert (one.judged, one.share_on_time) == (0, None)


@pytest.mark.parametrize(("first", "last", "seen"), [(38, 38, 1), (39, 90, 0), (0, 37, 1)])
def test_an_obligation_belongs_to_the_period_of_its_last_day(
    first: int, last: int, seen: int
) -> None:
    """The baseline closes on day 0, month 1 on day 38, month 3 on day 106."""
    assert len(measured(first, last, 200, [ON_TIME]).measures) == seen


def test_a_visit_after_the_day_asked_about_is_not_seen() -> None:
    assert counts(measured(*MONTH_1, 44, [LATE]).measures[0]) == (0, 0, 1, 0)
    assert counts(measured(*MONTH_1, 45, [LATE]).measures[0]) == (0, 1, 0, 0)


def test_what_a_death_cancelled_is_counted_apart_and_what_was_missed_before_stays_missed() -> None:
    before = told("E4", INFUSED, visit(-10), died(20))
    after = told("E5", INFUSED, visit(-10), died(50))
    found = measured(*MONTH_1, 60, [before, after])
    assert [counts(each) for each in found.measures] == [(0, 0, 1, 0)]
    assert found.cancelled == 1


def test_what_hangs_on_an_infusion_that_is_not_confirmed_is_in_no_number() -> None:
    (one,) = measured(*MONTH_1, 60, [told("E1", NOT_CONFIRMED)]).measures
    assert (counts(one), one.provisional) == ((0, 0, 0, 0), 1)


def test_each_centre_stands_alone() -> None:
    elsewhere = told("E4", INFUSED, centre="annex")
    both = measured(*MONTH_1, 60, [ON_TIME, elsewhere])
    assert [(each.centre, counts(each)) for each in both.measures] == [
        ("annex", (0, 0, 1, 0)),
        ("lakeside", (1, 0, 0, 0)),
    ]
    one = measured(*MONTH_1, 60, [ON_TIME, elsewhere], centre="annex")
    assert [each.centre for each in one.measures] == ["annex"]


def test_they_stand_as_the_calendar_runs() -> None:
    found = measured(0, 400, 400, [MISSED])
    assert [each.rule for each in found.measures] == [
        f"neurology_{each}" for each in ("baseline", "month_1", "month_3", "month_6", "month_12")
    ]
    assert all(each.unverified for each in found.measures)


def test_the_days_of_daily_monitoring_are_one_measure_and_hints_are_none() -> None:
    (days,) = measured(0, 60, 60, [MISSED], group="monitoring").measures
    assert (days.rule, days.what, days.missed) == (None, "daily monitoring", 7)
    groups = {each.group for each in measured(-60, 400, 400, [MISSED], group=None).measures}
    assert "hint" not in groups
    assert {"neurology", "registry", "filing", "monitoring"} <= groups


@seed(SEED)
@settings(max_examples=size(15, 100, 5_000), deadline=None, database=None)
@given(
    visits=st.lists(st.lists(st.integers(1, 400), max_size=4, unique=True), max_size=4),
    split=st.integers(0, 399),
    as_of=st.integers(0, 500),
)
def test_two_halves_of_a_period_add_up_to_the_whole(
    visits: list[list[int]], split: int, as_of: int
) -> None:
    histories = [
        told(f"E{number}", INFUSED, [visit(each) for each in days])
        for number, days in enumerate(visits)
    ]
    whole = total(measured(0, 400, as_of, histories).measures)
    first = total(measured(0, split, as_of, histories).measures)
    second = total(measured(split + 1, 400, as_of, histories).measures)
    assert whole == tuple(one + other for one, other in zip(first, second, strict=True))
    assert sum(whole) == 5 * len(histories)


def total(found: tuple[Measure, ...]) -> tuple[int, ...]:
    return tuple(sum(column) for column in zip(*map(counts, found), strict=True)) or (0, 0, 0, 0)


def test_a_row_that_counts_several_is_named_by_the_whole_words_that_they_share() -> None:
    """The reference of an authorization is cut off whole, not after the digits two have alike."""

    def granted(reference: str) -> Named:
        fact = AuthorizationGranted(
            payer="harbor_health",
            reference=reference,
            services=("other",),
            since=day(-40),
            until=day(20),
        )
        return told(reference, INFUSED, record(fact, -40, reference))

    found = measured(0, 60, 60, [granted("AUTH-71"), granted("AUTH-72")], group="authorization")
    assert [(each.what, each.missed) for each in found.measures] == [("authorization", 2)]
