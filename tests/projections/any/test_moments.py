"""An answer depends on what was known and had occurred, and on nothing that came otherwise."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.given import record
from tests.projections.any.asking import MOMENTS, RULE_SETS, Question
from tests.projections.any.histories import facts_that_meet, histories, occurred, sealed
from tests.tiers import size
from veinledger.adapters.cli.as_json import as_json
from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.catalogue import CENTRE_FACTS
from veinledger.domain.lifecycle.table import EVERYWHERE, TABLE
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import History
from veinledger.domain.standing.recorded import was_known

pytestmark = pytest.mark.stochastic

SOME: Final = settings(
    max_examples=size(12, 12, 3_000),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
SEQUENCES: Final = re.compile(
    r'\brecords? \d+( of the centre)?|"(sequence|position|by_sequence|number)": \d+'
)
CHANGES_WHAT_COUNTS: Final = frozenset(
    {
        "encounter.continued",
        "encounter.linked",
        "finding.settled",
        "patient.merged",
        "records.corrected",
        "report.confirmed",
        "report.discarded",
    }
)
"""They say of other records what these count for, on whatever day they happened."""
BACKGROUND: Final = sorted(
    {row.fact.type for row in TABLE if row.moves == EVERYWHERE} - CENTRE_FACTS - CHANGES_WHAT_COUNTS
)
"""What moves nothing in the lifecycle, so that it changes no standing but its own."""
NEAR: Final = st.dates(date(2025, 1, 1), date(2042, 1, 1))


def told(asked: Question) -> dict[str, str]:
    """Every answer as JSON, the numbers of records aside."""
    return {name: SEQUENCES.sub("#", as_json(answer())) for name, answer in asked.answers().items()}


@SOME
@given(history=histories(), rules=RULE_SETS, as_of=NEAR, known_at=MOMENTS)
def test_what_was_known_at_a_moment_is_all_that_an_answer_of_it_rests_on(
    history: History, rules: Rules, as_of: date, known_at: object
) -> None:
    moment = known_at if isinstance(known_at, int) else len(history.records) // 2
    kept = tuple(
        each
        for each in history.records
        if was_known(each.seal.position, each.seal.recorded_at, moment)
    )
    whole = Question(history=history, rules=rules, as_of=as_of, known_at=moment)
    cut = History(
        encounter=history.encounter,
        records=kept,
        claims=tuple(each for each in history.claims if each.position <= moment),
    )
    assert told(whole) == told(Question(history=cut, rules=rules, as_of=as_of))


@SOME
@given(
    history=histories(decided_on=False),
    rules=RULE_SETS,
    as_of=NEAR,
    fact=st.sampled_from(BACKGROUND).flatmap(facts_that_meet),
    days=st.sampled_from((1, 2, 30, 400)),
)
def test_what_happens_after_a_day_changes_no_answer_of_that_day(
    history: History, rules: Rules, as_of: date, fact: Fact, days: int
) -> None:
    later = occurred((as_of + timedelta(days=days)).isoformat())
    more = sealed([*history.records, replace(record(fact, 0, "later"), occurred=later)])
    before = told(Question(history=history, rules=rules, as_of=as_of))
    assert before == told(Question(history=more, rules=rules, as_of=as_of))


@SOME
@given(
    history=histories(decided_on=False),
    rules=RULE_SETS,
    as_of=st.one_of(st.none(), NEAR),
    data=st.data(),
)
def test_the_order_of_arrival_changes_no_answer(
    history: History, rules: Rules, as_of: date | None, data: st.DataObject
) -> None:
    records = [
        each
        for each in history.records
        if each.kind == "report" and each.fact.type not in CHANGES_WHAT_COUNTS
    ]
    other = data.draw(st.permutations(records))
    first = told(Question(history=sealed(records), rules=rules, as_of=as_of))
    assert first == told(Question(history=sealed(other), rules=rules, as_of=as_of))
