"""What cases and bills remember of themselves changes nothing that anybody can see."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest

from tests.claims.given_claims import CENTRE
from tests.claims.test_stays import MEDICARE
from tests.given import day, history
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.standing.history import effective
from veinledger.projections.case.case import Case
from veinledger.projections.case.memo import once
from veinledger.projections.claims.bills.grouping import bills
from veinledger.projections.claims.rules.diagnoses.doubts import resolved

RULES: Final = shipped_rules("public")


@pytest.fixture
def case() -> Case:
    product = RULES.products.named("carvykti")
    seen = effective(history([*MEDICARE]))
    return Case(seen=seen, centre=CENTRE, rules=RULES, product=product)


def test_a_question_is_worked_out_once_for_each_thing_asked_of_each_case(case: Case) -> None:
    worked_out: list[int] = []

    @once
    def doubled(about: Case, number: int) -> int | None:
        assert about.rules is RULES
        worked_out.append(number)
        return 2 * number or None

    assert [doubled(case, n) for n in (1, 0, 1, 0)] == [2, None, 2, None]
    assert worked_out == [1, 0]
    assert doubled(replace(case), 1) == 2
    assert worked_out == [1, 0, 1]


def test_what_a_case_remembers_is_no_part_of_it(case: Case) -> None:
    fresh = replace(case)
    assert case.coverage(day(0)) is not None
    assert case.memo
    assert not fresh.memo
    assert case == fresh
    assert repr(case) == repr(fresh)


def test_a_bill_that_is_changed_forgets_what_it_knew(case: Case) -> None:
    bill = next(each for each in bills(case) if each.kind == "C")
    resolved(bill)
    assert bill.memo
    changed = replace(bill, services=())
    assert not changed.memo
    assert changed.key == bill.key
    assert changed.records != bill.records


def test_the_other_edition_is_one_case_and_remembers_for_itself(case: Case) -> None:
    there = case.elsewhere
    assert there is case.elsewhere
    assert there.rules.edition == "page"
    assert there.memo is not case.memo
