"""A plan's own words for its visits, and what counts as the examination before the cells."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.claims.cells import SITE
from tests.given import collected, day, history, infused, made
from tests.projections.gates.ready import cleared, planned, ready, seen_by_neurology
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.facts.surveillance import SurveillancePlanFiled
from veinledger.domain.products.profile import Visit
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.examinations import examination
from veinledger.projections.case.opening import case_of
from veinledger.projections.case.surveillance import baseline, calendar, plan, visits_lacking

MONTHS = (0, 1, 3, 6, 12)
WORDS = (
    "+{} months",
    "{}mo",
    "month {}",
    "month_{}",
    "{}-month visit",
    "M {0} ({0} months)",
    "{} M",
)


def case(told: list[Record], number: int = 0) -> Case:
    found = case_of(history(told), SITE, shipped_rules(), day(number))
    assert found is not None
    return found


def lacking(*visits: str, baseline_on: int | None = None) -> list[int | None]:
    known = calendar(case(ready()), day(0))
    assert known is not None
    on = None if baseline_on is None else day(baseline_on)
    filed = SurveillancePlanFiled(visits=visits, baseline_on=on)
    return [each.months for each in visits_lacking(filed, known)]


@given(st.sets(st.sampled_from(MONTHS[1:])), st.sampled_from(WORDS), st.booleans())
def test_a_plan_lacks_the_visits_that_none_of_its_words_name(
    months: set[int], words: str, begins: bool
) -> None:
    told = [words.format(each) for each in sorted(months)]
    expected = [each for each in MONTHS if each not in months and (each or not begins)]
    assert lacking(*told, *(["Baseline"] if begins else [])) == expected


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("baseline, +1, +3, +6 and +12 months", []),
        ("baseline; 1 / 3 / 6 / 12 mo", []),
        ("months 1, 3, 6", [0, 12]),
        ("1 year", [0, 1, 3, 6]),
        ("year 1", [0, 1, 3, 6]),
        ("day 30", [0, 1, 3, 6, 12]),
        ("week 12", [0, 1, 3, 6, 12]),
        ("1.5 months", [0, 1, 3, 6, 12]),
        ("30 minutes with neurology", [0, 1, 3, 6, 12]),
        ("2026-08-12", [0, 1, 3, 6, 12]),
        ("13 months", [0, 1, 3, 6, 12]),
        ("", [0, 1, 3, 6, 12]),
    ],
)
def test_words_that_name_several_visits_or_none(words: str, left: list[int]) -> None:
    assert lacking(*([words] if words else [])) == left


def test_visits_that_a_site_counts_in_days_are_found_by_their_days_or_names() -> None:
    known = calendar(case(ready()), day(0))
    assert known is not None
    own = (
        Visit(name="before", days=0),
        Visit(name="day_30", days=30),
        Visit(name="two_weeks_on", days=14, known_as=("a fortnight after",)),
        Visit(name="quarter", days=90),
    )
    filed = SurveillancePlanFiled(visits=("Baseline", "+30 days", "A fortnight after"))
    left = visits_lacking(filed, replace(known, visits=own))
    assert [each.name for each in left] == ["quarter"]
    weeks = SurveillancePlanFiled(visits=("before", "week 2", "day 30, 90"))
    assert visits_lacking(weeks, replace(known, visits=own)) == ()


def test_a_plan_with_a_day_for_its_baseline_has_that_visit() -> None:
    assert lacking(baseline_on=-7) == [1, 3, 6, 12]


def test_a_visit_after_the_cells_is_no_baseline() -> None:
    told = [*ready(baseline=[seen_by_neurology(20)]), *collected(), *made(), infused()]
    assert baseline(case(told, 30), day(30)) is None


def test_a_visit_on_the_day_of_the_cells_is_one() -> None:
    told = [*ready(baseline=[seen_by_neurology(0)]), *collected(), *made(), infused()]
    found = baseline(case(told, 30), day(30))
    assert found is not None
    assert found.day == day(0)


def test_findings_are_not_hidden_by_a_plan_that_was_filed_later() -> None:
    seen = seen_by_neurology(-20, findings=("tremor",))
    told = ready(baseline=[seen], plan=[planned(-10, baseline_on=day(-20))])
    found = baseline(case(told), day(0))
    assert found is not None
    assert found.outcome == "findings"


def test_nothing_that_came_after_a_day_is_read_for_it() -> None:
    told = ready(lvef=[cleared("LVEF", -60), cleared("LVEF", -10, "not cleared")])
    seen = case(told)
    before = examination(seen, "LVEF", day(-20))
    after = examination(seen, "LVEF", day(0))
    assert before is not None
    assert after is not None
    assert (before.fact.result, after.fact.result) == ("cleared", "not cleared")
    assert plan(seen, day(-61)) is None
    assert plan(seen, day(-60)) is not None
