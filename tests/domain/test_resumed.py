"""A fold that goes on from the first day that differs ends as one that begins anew.

Random histories with all that goes wrong and all that people decide, known record by record, by
leaps, and by steps back; each time as another encounter holds a chain, and as none does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from random import Random
from typing import Any

import pytest

from tests.given import admitted, collected, discharged, history, infused, made, opened
from tests.naive.bridge import records_of
from tests.naive.histories import history as told_at_random
from tests.tiers import SEED, size, tell
from veinledger.domain.reports import Record
from veinledger.domain.standing.fold import Folding, fold
from veinledger.domain.standing.order import by_day

COUNT = size(300, 600, 100_000)
SEEDS = range(SEED, SEED + COUNT)

Known = tuple[tuple[Record, ...], Mapping[str, str]]


def one_by_one(records: tuple[Record, ...], holders: Mapping[str, str]) -> Iterator[Known]:
    """As the ledger kept them, another encounter's claim coming at some moment."""
    for number in range(len(records) + 1):
        yield records[:number], holders if number % 3 else {}


def anyhow(records: tuple[Record, ...], holders: Mapping[str, str], rng: Random) -> Iterator[Known]:
    """More, less and other records from one time to the next, in any order."""
    for _ in range(6):
        some = rng.sample(records, rng.randint(0, len(records)))
        yield tuple(some), rng.choice([holders, {}])


def differences(seed: int) -> list[str]:
    """Of every way to get to know one history, where the two folds part."""
    told, rng = told_at_random(seed), Random(seed)
    records = records_of(told.facts, told.me)
    ways = one_by_one(records, told.holders), anyhow(records, told.holders, rng)
    found: list[str] = []
    for way in ways:
        folding = Folding(told.me)
        for known, holders in way:
            if folding.fold(known, holders) != fold(known, holders, told.me):
                found.append(f"seed {seed}: {len(known)} records known")
    return found


@pytest.mark.stochastic
def test_a_fold_that_goes_on_ends_as_one_that_begins_anew() -> None:
    for seed in SEEDS:
        assert differences(seed) == []
    tell(f"resumed folds: {COUNT} histories, {SEEDS}")


def nothing(_: object) -> tuple[()]:
    """What every day depends on, forgotten."""
    return ()


def as_many(_: object, days: Sequence[object], earlier: Any) -> int:
    """All days that an earlier pass lived through, whatever was told of them."""
    return min(len(days), len(earlier.lived)) if earlier else 0


@pytest.mark.stochastic
@pytest.mark.parametrize(("asked", "planted"), [("_terms", nothing), ("_days_alike", as_many)])
def test_the_control_a_fold_that_goes_on_too_far_is_found(
    monkeypatch: pytest.MonkeyPatch, asked: str, planted: Any
) -> None:
    monkeypatch.setattr(f"veinledger.domain.standing.fold.{asked}", planted)
    assert any(differences(seed) for seed in SEEDS)


def test_a_day_is_lived_through_once_where_nothing_before_it_differs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Told in the order in which it happened, each record costs its own day and no other."""
    told = history(opened(), collected(), made(), admitted(), infused(), discharged()).records
    in_order = sorted(told, key=lambda record: record.day)
    lived: list[date] = []

    def counted(facts: Iterable[Record], when: Any) -> list[tuple[date, list[Record]]]:
        days = by_day(facts, when)
        lived.extend(day for day, _ in days)
        return days

    monkeypatch.setattr("veinledger.domain.standing.fold.by_day", counted)
    folding = Folding("E1")
    for number in range(1, len(in_order) + 1):
        folding.fold(in_order[:number], {})
    assert lived == [record.day for record in in_order[1:]]
