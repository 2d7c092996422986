"""Row S2, the fold alone: the program against the naive model, over generated histories."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.naive.bridge import STAGES, records_of
from tests.naive.histories import History, history
from tests.naive.model import Verdict, judge
from tests.tiers import SEED, size, tell
from veinledger.domain.standing.fold import Folded, fold

pytestmark = pytest.mark.stochastic

COUNT = size(1_000, 10_000, 1_000_000)
PARTS = size(1, 4, 64)


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
    late = [taken.record.fact.type for taken in program.taken if taken.a_day_late]
    if len(late) != len(model.clock_disagrees):
        found.append(f"late: model {model.clock_disagrees}, program {late}")
    order = [taken.record.fact.type for taken in program.taken]
    if order != [taken["type"] for taken in model.taken]:
        found.append(f"order: model {model.order}, program {order}")
    return found


def compared(seeds: range) -> int:
    """How many records of these histories both judge alike."""
    records = 0
    for seed in seeds:
        told = history(seed)
        model = judge(told.facts, told.holders, told.me)
        found = differences(told, model, said_by_the_program(told))
        assert not found, f"seed {seed}: " + "\n".join(found)
        records += len(model.standing)
    return records


@pytest.mark.parametrize("part", range(PARTS))
def test_the_fold_and_the_naive_model_agree_on_every_history(part: int) -> None:
    seeds = range(SEED + part, SEED + COUNT, PARTS)
    records = compared(seeds)
    tell(f"fold against the naive model: {len(seeds)} histories, {records} records, {seeds}")


def test_the_comparison_notices_a_model_that_judges_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: with another rule in the model the two must part somewhere."""
    monkeypatch.setattr("tests.naive.page.folding.ONE_DAY", timedelta(days=2))
    with pytest.raises(AssertionError, match="model"):
        compared(range(SEED, SEED + 300))


def test_the_comparison_notices_a_program_that_judges_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: nor may the program think that deaths come in their turn."""
    monkeypatch.setattr("veinledger.domain.standing.fold.LAST_OF_THE_DAY", frozenset[str]())
    with pytest.raises(AssertionError, match="program"):
        compared(range(SEED, SEED + 300))
