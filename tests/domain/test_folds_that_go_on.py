"""A fold that goes on sees what changes its earlier days although nothing more is told of them.

What random histories make of it is asked in `test_resumed.py`.
"""

from __future__ import annotations

from tests.given import DAY_0, infused, opened
from tests.given_decisions import confirming, kept, the
from veinledger.domain.standing.fold import Folding, fold


def test_a_fold_that_goes_on_sees_what_a_person_confirmed_of_an_earlier_day() -> None:
    waiting = kept(opened(), infused())
    confirmed = confirming(waiting, the(waiting, "cells.infused"))
    going_on = Folding("E1")
    before = going_on.fold(waiting.records, {})
    assert before.encounter.infusion_day is None
    after = going_on.fold(confirmed.records, {})
    assert after.encounter.infusion_day == DAY_0
    assert after == fold(confirmed.records, {}, "E1")


def test_a_fold_that_goes_on_sees_an_opening_that_was_told_last() -> None:
    told = kept(infused(), opened())
    going_on = Folding("E1")
    assert going_on.fold(told.records[:1], {}).encounter.product is None
    assert going_on.fold(told.records, {}) == fold(told.records, {}, "E1")
