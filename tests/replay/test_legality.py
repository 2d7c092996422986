"""Each record that counts is proved legal by the rows of the table, whatever the fold says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.given import admitted, collected, discharged, history, infused, made, opened
from tests.naive.bridge import records_of
from tests.naive.histories import history as told_at_random
from tests.replay.frozen import opened as frozen
from tests.tiers import SEED, size
from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.lifecycle.table import TABLE
from veinledger.domain.standing.fold import Folded, fold
from veinledger.domain.standing.history import folded_history
from veinledger.domain.standing.standing import IN_EFFECT
from veinledger.projections.replay.proving import MOVES, illegal, moves_by_row


def folded() -> Folded:
    told = history(opened(), collected(), made(), admitted(), infused(), discharged())
    return folded_history(told).folded


def rules(found: Folded) -> list[str]:
    return [each.rule for each in illegal(found)]


def test_a_usual_encounter_is_legal_record_by_record() -> None:
    assert len(folded().taken) > 8
    assert rules(folded()) == []


def test_every_record_of_the_frozen_ledger_is_legal() -> None:
    with frozen() as ledger:
        found = ledger.replay()
    assert found.records > 200
    assert found.illegal == ()


@pytest.mark.stochastic
def test_whatever_the_fold_takes_the_rows_allow() -> None:
    number = size(200, 1_500, 100_000)
    for drawn in range(SEED, SEED + number):
        told = told_at_random(drawn)
        found = fold(records_of(told.facts, told.me), told.holders, told.me)
        assert rules(found) == [], f"history {drawn}"


def test_a_record_that_todays_table_would_refuse_is_told() -> None:
    stricter = [row for row in TABLE if row.trigger != "cells.infused"]
    found = list(illegal(folded(), moves_by_row(stricter), number=2))
    assert [(each.rule, each.fact, each.table) for each in found] == [
        ("a_fact_follows_the_lifecycle_table", "cells.infused", 2)
    ]


def test_a_row_that_leads_elsewhere_is_told() -> None:
    planted = {**MOVES, (Stage.RECEIVED, "cells.infused"): Stage.SURVEILLANCE}
    found = [each.rule for each in illegal(folded(), planted)]
    assert found == ["a_fact_leads_where_its_row_leads"]


def test_a_record_that_a_forged_fold_took_without_a_place_is_told() -> None:
    whole = folded()
    infusion = next(t for t in whole.taken if t.record.fact.type == "cells.infused")
    early = replace(infusion, before=whole.taken[0].after)
    forged = replace(whole, taken=(whole.taken[0], early))
    assert "a_fact_follows_the_lifecycle_table" in rules(forged)


def test_a_fold_whose_states_do_not_follow_from_each_other_is_told() -> None:
    whole = folded()
    kept = tuple(t for t in whole.taken if t.record.fact.type != "cells.infused")
    forged = replace(whole, taken=kept)
    assert "each_record_meets_the_state_that_the_one_before_left" in rules(forged)


def test_a_record_in_effect_that_no_state_comes_from_is_told() -> None:
    whole = folded()
    forged = replace(whole, standings={**whole.standings, "ab" * 32: IN_EFFECT})
    assert rules(forged) == ["what_is_in_effect_was_taken_by_the_fold"]
