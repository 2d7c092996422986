"""What holds for every history: evolve is total, time cuts and never re-judges."""

from __future__ import annotations

from random import Random

import pytest

from tests.naive.bridge import STAGES, records_of
from tests.naive.histories import history
from tests.naive.model import judge
from tests.tiers import SEED, size
from veinledger.domain.standing.encounter import Encounter
from veinledger.domain.standing.evolve import evolve
from veinledger.domain.standing.fold import fold
from veinledger.domain.standing.history import History, effective

pytestmark = pytest.mark.stochastic

COUNT = size(400, 1_000, 100_000)
SEEDS = range(SEED, SEED + COUNT)


def test_evolve_is_total_whatever_it_meets_in_whatever_order() -> None:
    for seed in SEEDS:
        told = history(seed)
        records = list(records_of(told.facts, told.me))
        Random(seed).shuffle(records)
        state = Encounter()
        for record in records:
            state = evolve(state, record)
        assert state.stage.value in STAGES.values()


def test_every_known_record_has_exactly_one_standing() -> None:
    for seed in SEEDS:
        told = history(seed)
        records = records_of(told.facts, told.me)
        folded = fold(records, told.holders, told.me)
        assert set(folded.standings) == {record.key for record in records}
        in_effect = [key for key, standing in folded.standings.items() if standing.in_effect]
        assert sorted(in_effect) == sorted(
            t.record.key for t in folded.taken if t.record.kind != "attested"
        )


def test_the_stage_as_of_every_day_is_the_naive_models() -> None:
    compared = 0
    for seed in SEEDS:
        told = history(seed)
        model = judge(told.facts, {}, told.me)
        whole = History(encounter=told.me, records=records_of(told.facts, told.me))
        for day in {fact["day"] for fact in told.facts}:
            seen = effective(whole, as_of=day)
            assert seen.stage.value == STAGES[model.stage_as_of(day)], f"seed {seed}, {day}"
            compared += 1
    assert compared > COUNT


def test_as_of_never_changes_a_standing() -> None:
    for seed in list(SEEDS)[::4]:
        told = history(seed)
        whole = History(encounter=told.me, records=records_of(told.facts, told.me))
        standings = effective(whole).standings
        for day in {fact["day"] for fact in told.facts}:
            assert effective(whole, as_of=day).standings == standings


def test_what_was_known_at_a_position_is_the_fold_of_what_had_come_by_then() -> None:
    for seed in list(SEEDS)[::4]:
        told = history(seed)
        whole = History(encounter=told.me, records=records_of(told.facts, told.me))
        for known in range(len(whole.records) + 1):
            part = History(encounter=told.me, records=whole.records[:known])
            assert effective(whole, known_at=known).standings == effective(part).standings
