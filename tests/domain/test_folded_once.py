"""What is remembered of a fold, of rows and of months is what would be worked out anew."""

from __future__ import annotations

import gc
from calendar import monthrange
from dataclasses import replace
from datetime import date

from tests.given import admitted, collected, discharged, infused, made, opened
from veinledger.adapters.cli.due.collector import without_the_collector
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.calendar import months_after
from veinledger.domain.codebook.statement import EDITIONS, in_force
from veinledger.domain.obligations.series import Series
from veinledger.domain.standing.history import History, effective, folded_history


def a_history() -> History:
    told = [*opened(), *collected(), *made(), admitted(), infused(), discharged()]
    return History(encounter="E1", records=tuple(told))


def test_a_history_that_was_asked_before_answers_as_one_that_was_not() -> None:
    asked, days = a_history(), [None, date(2026, 5, 1), date(2026, 6, 1)]
    for known_at in [*range(20), None, *range(20)]:
        for day in days:
            assert effective(asked, day, known_at) == effective(replace(asked), day, known_at)


def test_a_history_is_folded_once_for_each_moment_and_a_longer_one_anew() -> None:
    asked = a_history()
    assert folded_history(asked) is folded_history(asked)
    assert folded_history(asked, 3) is not folded_history(asked)
    shorter = replace(asked, records=asked.records[:3])
    assert len(folded_history(shorter).known) == 3


def test_rows_in_force_are_those_of_the_day_however_often_they_are_asked_for() -> None:
    listing = shipped_rules().listing
    for edition in EDITIONS:
        for year in (2022, 2024, 2026, 2022):
            day = date(year, 7, 1)
            now = in_force(listing.all(Series), day, edition)
            assert listing.in_force(Series, day, edition) == now


def test_a_month_is_as_long_as_the_calendar_says() -> None:
    for year in range(1899, 2102):
        for month in range(1, 13):
            last = date(year, month, monthrange(year, month)[1])
            assert months_after(date(1999, 1, 31), (year - 1999) * 12 + month - 1) == last


def test_the_collector_works_again_after_the_list() -> None:
    with without_the_collector():
        assert not gc.isenabled()
    assert gc.isenabled()
