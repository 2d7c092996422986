"""Row S2: the program's fold against the naive model, over generated histories."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.naive.bridge import STAGES, records_of
from tests.naive.histories import History, history
from tests.naive.model import Verdict, judge
from tests.tiers import SEED, size, tell
from veinledger.domain.standing.fold import Folded, fold

pytestmark = pytest.mark.stochastic

COUNT = size(1_500, 10_000, 1_000_000)


def said_by_the_program(told: History) -> Folded:
    return fold(records_of(told.facts, told.me), told.holders, told.me)


def differences(told: History, model: Verdict, program: Folded) -> list[str]:
    found = [
        f"{fact['key']} {fact['type']} {fact['day']}: model {model.standing[fact['key']]}, "
        f"program {program.standings[fact['key']]}"
        for fact in told.facts
        if (
            program.standings[fact["key"]].status,
            program.standings[fact["key"]].waits_for,
        )
        != model.standing[fact["key"]]
    ]
    if program.encounter.stage.value != STAGES[model.stage]:
        found.append(f"stage: model {STAGES[model.stage]}, program {program.encounter.stage}")
    late = {taken.record.key for taken in program.taken if taken.a_day_late}
    if late != set(model.clock_disagrees):
        found.append(f"late: model {model.clock_disagrees}, program {sorted(late)}")
    return found


def test_the_fold_and_the_naive_model_agree_on_every_history() -> None:
    compared = 0
    for seed in range(SEED, SEED + COUNT):
        told = history(seed)
        model = judge(told.facts, told.holders, told.me)
        found = differences(told, model, said_by_the_program(told))
        assert not found, f"seed {seed}: " + "\n".join(found)
        compared += len(model.standing)
    tell(f"fold against the naive model: seed {SEED}, {COUNT} histories, {compared} records")


def test_the_comparison_notices_a_model_that_judges_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: with another rule in the model the two must part somewhere."""
    monkeypatch.setattr("tests.naive.model.ONE_DAY", timedelta(days=2))
    parted = 0
    for seed in range(SEED, SEED + 300):
        told = history(seed)
        model = judge(told.facts, told.holders, told.me)
        parted += bool(differences(told, model, said_by_the_program(told)))
    assert parted > 0
