"""A schedule says the same over the days for which it is kept, and only over those."""

# pyright: reportPrivateUsage=false
from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.given_ledger import EXAMPLES, ledger, lines_of
from tests.projections.due.given_due import INFUSED, RULES, owing, told, visit
from tests.tiers import size
from veinledger.adapters.ledger import Ledger
from veinledger.domain.standing.history import History
from veinledger.projections.due.standstill import standstill
from veinledger.projections.schedule import schedule

A_DAY = timedelta(days=1)


def test_it_ends_on_the_day_before_anything_opens_closes_or_happens() -> None:
    history = told("E1", INFUSED, visit(-10), visit(31))
    on = date(2026, 7, 10)
    days = [record.day for record in history.history.records]
    found = standstill(owing(history, on).owed, on, days)
    before, after = owing(history, found.first - A_DAY), owing(history, found.last + A_DAY)
    here = owing(history, on)
    assert owing(history, found.first) == owing(history, found.last) == here
    assert before != here != after
    assert found.covers(on)


@pytest.mark.stochastic
@pytest.mark.parametrize("example", EXAMPLES)
def test_on_every_day_what_is_kept_is_what_would_be_worked_out(
    example: str, tmp_path: Path
) -> None:
    """Every kind of obligation, in every example, from a year before its facts to years after."""
    with ledger(tmp_path) as opened:
        opened.record(*lines_of(example))
        for name in opened.encounters():
            check(opened, opened.history(name))


def check(opened: Ledger, history: History) -> None:
    centre = opened._centre_of(history)
    days = sorted({record.day for record in history.records})
    told_on = [held.told.day for held in centre.certifications if held.told is not None]
    today, last, worked_out = days[0] - 30 * A_DAY, days[-1] + 400 * A_DAY, 0
    found, kept = None, None
    while today <= last:
        anew = schedule(history, centre, RULES, today)
        if found is None or not found.covers(today):
            kept, found = anew, standstill(anew, today, [*days, *told_on])
            worked_out += 1
        assert anew == kept, (history.encounter, today)
        today += size(3, 1) * A_DAY
    assert worked_out > 5
