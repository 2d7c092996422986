"""What is told of the days ahead is what each of them says when it has come."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.projections.any.asking import CENTRES, RULE_SETS
from tests.projections.any.histories import histories
from tests.tiers import size
from veinledger.adapters.owing.entries import entry_of
from veinledger.domain.centre.centre import Centre
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import History, effective_by, folded_history
from veinledger.projections.due.ahead import A_YEAR, ahead_of, as_one_span
from veinledger.projections.due.shapes import Owing, OwingAhead
from veinledger.projections.due.standstill import (
    Standstill,
    between,
    days_happened,
    days_of_the_pages,
    days_told,
)
from veinledger.projections.schedule import Schedule, frame, is_foreseen, schedule_seen

pytestmark = pytest.mark.stochastic


ANY_HISTORY = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@settings(ANY_HISTORY, max_examples=size(40, 40, 5_000))
@given(
    history=histories(),
    rules=RULE_SETS,
    centre=st.sampled_from(CENTRES),
    on=st.dates(date(2025, 1, 1), date(2042, 1, 1)),
    after=st.lists(st.integers(0, 366), min_size=2, max_size=5),
)
def test_whatever_happened_the_days_ahead_say_what_was_told_of_them(
    history: History, rules: Rules, centre: Centre, on: date, after: list[int]
) -> None:
    """As it was worked out, and as it is read from what was written of it."""
    folded = folded_history(history)
    records = (*folded.known, *(each.record for each in folded.folded.taken))
    holds = between(days_happened(records), on)
    known = frame(effective_by(folded, on), centre, rules, on)
    event("foreseen" if is_foreseen(known) else "day by day")
    changes = (*days_told(records), *days_of_the_pages(rules))
    spans = list(ahead_of(known, on, changes, holds.last))
    assert _follow_each_other(spans, on)
    if is_foreseen(known):
        assert spans[-1].days.last == min(holds.last, on + timedelta(days=A_YEAR))

    def owed(when: date) -> Schedule:
        return schedule_seen(effective_by(folded, when), centre, rules, when)

    entry = entry_of("E1", {}, spans, None)
    edges = [min(span.days.last, date(2199, 12, 31)) for span in spans[:4]]
    for when in (*edges, *(on + timedelta(days=days) for days in after)):
        read = entry.on(when)
        assert (read is None) == (when > spans[-1].days.last)
        if read is not None:
            assert read.owing.owed == owed(when)
            assert read.days.covers(when)
            assert owed(max(read.days.first, holds.first, date(1900, 1, 1))) == owed(when)
            assert owed(min(read.days.last, date(2199, 12, 31))) == owed(when)


def _follow_each_other(spans: list[OwingAhead], on: date) -> bool:
    """Of a day that is gone on from to a later one; the first span may begin before it."""
    ends = [span.days.last + timedelta(days=1) for span in spans[:-1]]
    return spans[0].days.covers(on) and [span.days.first for span in spans[1:]] == ends


@settings(ANY_HISTORY, max_examples=size(20, 20, 2_000))
@given(
    history=histories(),
    rules=RULE_SETS,
    centre=st.sampled_from(CENTRES),
    days=st.lists(st.dates(date(2025, 6, 1), date(2029, 1, 1)), min_size=2, max_size=40),
)
def test_whatever_was_written_before_each_span_says_its_own(
    history: History, rules: Rules, centre: Centre, days: list[date]
) -> None:
    """Spans come and the oldest go; what is left shares its obligations and mixes none up."""
    folded, entry = folded_history(history), None
    for on in days:
        owed = schedule_seen(effective_by(folded, on), centre, rules, on)
        alone = Standstill(first=on, last=on)
        span = as_one_span(alone, Owing(centre=None, owed=owed))
        entry = entry_of("E1", {}, [span], entry)
        assert (read := entry.on(on)) is not None
        assert (read.owing.owed, read.days) == (owed, alone)
    for on in days[-24:]:
        owed = schedule_seen(effective_by(folded, on), centre, rules, on)
        assert entry is not None
        assert (read := entry.on(on)) is not None
        assert read.owing.owed == owed
