"""A fold that goes on sees what changes its earlier days although nothing more is told of them.

What random histories make of it is asked in `test_resumed.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.given import DAY_0, admitted, collected, discharged, history, infused, made, opened
from tests.given_decisions import confirming, kept, the
from veinledger.domain.reports import Record
from veinledger.domain.standing.fold import Folded, Folding, fold
from veinledger.domain.standing.history import effective


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


def test_a_longer_history_goes_on_with_what_folded_the_shorter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = history(opened(), collected(), made(), admitted(), infused(), discharged())
    asked: list[int] = []
    goes_on = Folding.fold

    def counted(self: Folding, records: Sequence[Record], holders: Mapping[str, str]) -> Folded:
        asked.append(id(self))
        return goes_on(self, records, holders)

    monkeypatch.setattr(Folding, "fold", counted)
    growing = replace(told, records=told.records[:1], folding=Folding(told.encounter))
    for number in range(1, len(told.records) + 1):
        growing = replace(growing, records=told.records[:number])
        alone = replace(growing, folding=None)
        assert effective(growing) == effective(alone)
    assert set(asked[::2]) == {id(growing.folding)}
    assert id(growing.folding) not in asked[1::2]


def test_what_folded_another_encounter_folds_none_of_this_one() -> None:
    told = history(opened(), collected(), made(), admitted(), infused(), discharged())
    another = Folding("E2")
    assert effective(replace(told, folding=another)) == effective(told)
    assert another == Folding("E2")


def test_threads_that_share_what_folds_get_each_what_they_asked_for() -> None:
    told = history(opened(), collected(), made(), admitted(), infused(), discharged()).records
    shared = Folding("E1")
    parts = [told[:number] for number in range(len(told) + 1)]
    expected = [fold(part, {}, "E1") for part in parts]

    def alike(number: int) -> bool:
        return shared.fold(parts[number], {}) == expected[number]

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(alike, list(range(len(parts))) * 40))
