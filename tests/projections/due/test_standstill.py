"""A schedule says the same over the days for which it is kept, and only over those."""

# pyright: reportPrivateUsage=false
from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.given import day
from tests.given_ledger import EXAMPLES, ledger, lines_of
from tests.minimal import MINIMAL
from tests.projections.any.asking import CENTRES, RULE_SETS
from tests.projections.any.histories import histories
from tests.projections.due.given_due import INFUSED, RULES, owing, told, visit
from tests.tiers import size
from veinledger.adapters.ledger import Ledger
from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.certified import as_of_both_times
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import History, effective_by, folded_history
from veinledger.projections.due.shapes import Wanted
from veinledger.projections.due.standstill import (
    between,
    days_happened,
    days_of_the_pages,
    days_told,
    standstill,
)
from veinledger.projections.schedule import Schedule, frame, schedule, schedule_on, schedule_seen

A_DAY = timedelta(days=1)


def test_it_ends_on_the_day_before_anything_opens_closes_or_happens() -> None:
    history = told("E1", INFUSED, visit(-10), visit(31))
    on = day(29)
    days = [*days_told(history.history.records), *days_of_the_pages(RULES)]
    found = standstill(owing(history, on).owed, on, days)
    here, after = owing(history, on), owing(history, found.last + A_DAY)
    assert owing(history, found.first) == owing(history, found.last) == here != after
    assert found.covers(on)
    assert found.last < day(31)


@pytest.mark.stochastic
@pytest.mark.parametrize("example", EXAMPLES)
def test_on_every_day_what_is_kept_is_what_would_be_worked_out(
    example: str, tmp_path: Path
) -> None:
    """Every kind of obligation, in every example, from before its facts to long after.

    Kept are the schedule for as long as it says the same, and its frame until something happens.
    """
    with ledger(tmp_path) as opened:
        opened.record(*lines_of(example))
        for name in opened.encounters():
            check(opened, opened.history(name))


def check(opened: Ledger, history: History) -> None:
    centre, folded = opened._centre_of(history), folded_history(history)
    certified = [held.told for held in centre.certifications if held.told is not None]
    records = (*folded.known, *(each.record for each in folded.folded.taken), *certified)
    happened, named = days_happened(records), [*days_told(records), *days_of_the_pages(RULES)]
    kept = framed = said = made = None
    worked_out = 0
    for today in every_day(happened[0] - 30 * A_DAY, happened[-1] + 400 * A_DAY):
        anew = schedule(history, centre, RULES, today)
        if kept is None or not kept.covers(today):
            said, kept = anew, standstill(anew, today, named)
            worked_out += 1
        if made is None or framed is None or not framed.covers(today):
            then, framed = as_of_both_times(centre, today), between(happened, today)
            made = frame(effective_by(folded, today), then, RULES, today)
        assert anew == said == schedule_on(made, today), (history.encounter, today)
    assert worked_out > 5


def every_day(first: date, last: date) -> Iterator[date]:
    return (first + days * A_DAY for days in range(0, (last - first).days + 1, size(3, 3, 1)))


@pytest.mark.stochastic
@settings(
    max_examples=size(40, 40, 5_000),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    history=histories(),
    rules=RULE_SETS,
    centre=st.sampled_from(CENTRES),
    on=st.dates(date(2025, 1, 1), date(2042, 1, 1)),
    share=st.floats(0, 1),
)
def test_whatever_happened_what_is_kept_is_what_would_be_worked_out(
    history: History, rules: Rules, centre: Centre, on: date, share: float
) -> None:
    folded = folded_history(history)
    taken = (each.record for each in folded.folded.taken)
    happened = (*days_told((*folded.known, *taken)), *days_of_the_pages(rules))

    def owed(when: date) -> Schedule:
        return schedule_seen(effective_by(folded, when), centre, rules, when)

    here = owed(on)
    found = standstill(here, on, happened)
    first, last = max(found.first, date(1900, 1, 1)), min(found.last, date(2199, 12, 31))
    between = first + int((last - first).days * share) * A_DAY
    for other in (first, between, last):
        assert owed(other) == here, other


@pytest.mark.stochastic
@settings(
    max_examples=size(40, 40, 5_000),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    history=histories(),
    rules=RULE_SETS,
    centre=st.sampled_from(CENTRES),
    on=st.dates(date(2025, 1, 1), date(2042, 1, 1)),
    others=st.lists(st.dates(date(2024, 1, 1), date(2045, 1, 1)), min_size=3, max_size=6),
)
def test_whatever_happened_a_frame_is_good_for_every_day_until_something_happens(
    history: History, rules: Rules, centre: Centre, on: date, others: list[date]
) -> None:
    """Coverages may begin and windows close meanwhile: the frame is asked about each day anew."""
    folded = folded_history(history)
    taken = (each.record for each in folded.folded.taken)
    holds = between(days_happened((*folded.known, *taken)), on)
    made = frame(effective_by(folded, on), centre, rules, on)
    for other in (holds.first, *others, holds.last):
        if holds.covers(other) and date(1900, 1, 1) < other < date(2199, 12, 31):
            anew = schedule_seen(effective_by(folded, other), centre, rules, other)
            assert schedule_on(made, other) == anew, other


def owed_for_support(opened: Ledger, on: date) -> list[tuple[str, date]]:
    """What the due list has of support, each with its day."""
    rows = opened.due(on, wanted=Wanted(within=None)).owed
    return [(r.obligation.rule, r.obligation.due) for r in rows if r.obligation.group == "support"]


@pytest.mark.parametrize("asked_before", [[], [0], [1], [0, 1], [-40, 40]])
def test_a_coverage_that_ends_takes_its_support_from_the_list_the_next_day(
    asked_before: list[int], tmp_path: Path
) -> None:
    """Nothing is recorded on that day; whatever was asked before, the answer is the day's own."""
    ends = date(2026, 8, 20)
    lines = [
        told_of("encounter.opened", product="carvykti", indication="second_line"),
        told_of("product.ordered", slot="2026-09-10"),
        told_of("coverage.recorded", payer="harbor_health", kind="commercial", until=str(ends)),
    ]
    with ledger(tmp_path) as opened:
        opened.record(*lines)
        for days in asked_before:
            owed_for_support(opened, ends + days * A_DAY)
        on_the_last_day = owed_for_support(opened, ends)
        on_the_next = owed_for_support(opened, ends + A_DAY)
    with ledger(tmp_path / "fresh") as fresh:
        fresh.record(*lines)
        assert owed_for_support(fresh, ends + A_DAY) == on_the_next != on_the_last_day


def test_a_fund_is_looked_at_on_its_next_day_whichever_day_was_asked_before(
    tmp_path: Path,
) -> None:
    lines = [
        told_of("encounter.opened", product="carvykti", indication="second_line"),
        told_of("coverage.recorded", payer="medicare", kind="FFS"),
    ]
    days = [date(2026, 8, 15), date(2026, 5, 15), date(2026, 7, 1), date(2026, 7, 2)]
    with ledger(tmp_path) as opened:
        opened.record(*lines)
        looked = [{due for _, due in owed_for_support(opened, each)} for each in days]
    assert looked == [
        {date(2026, 10, 1)}, {date(2026, 7, 1)}, {date(2026, 7, 1)}, {date(2026, 10, 1)},
    ]  # fmt: skip


def told_of(kind: str, /, **said: str) -> bytes:
    """A report of 1 March 2026."""
    return json.dumps(
        MINIMAL[kind]
        | {
            "encounter": "E1",
            "type": kind,
            "occurred_at": "2026-03-01",
            "source": {"connection": "epic-adt", "message": kind, "item": 1},
            "actor": {"id": "rn-204", "role": "nurse"},
        }
        | said
    ).encode()
