"""Row S3: whatever order the facts of an example arrive in, they end in the same place.

Same facts in effect, same standing, same stage, same claims, same schedule; report keys are fixed,
duplicates are mixed in. The control shuffles the days as well, and must end elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.given_ledger import SHUFFLED, SITE, TODAY, ledger, lines_of
from tests.tiers import SEED, size, tell
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.pages import read_centre, shipped_rules
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import Effective, History, effective
from veinledger.projections.claims.assemble import claims
from veinledger.projections.schedule import schedule

pytestmark = pytest.mark.stochastic

ORDERS = size(5_000, 5_000, 125_000)
ORDERS_WITH_CLAIMS = size(150, 5_000, 125_000)
ORDERS_THROUGH_A_LEDGER = {"memory": size(12, 50, 500), "sqlite": size(4, 20, 200)}
CENTRE, RULES = read_centre(SITE), shipped_rules("public")


def recorded(example: str, folder: Path) -> History:
    with ledger(folder) as opened:
        opened.record(*lines_of(example))
        return opened.history(opened.encounters()[0])


def arriving(records: list[Record]) -> tuple[Record, ...]:
    """The records as the ledger would have sealed them, had they come in this order."""
    return tuple(
        replace(
            record,
            seal=replace(
                record.seal,
                position=number,
                sequence=number,
                recorded_at=TODAY + timedelta(seconds=number),
            ),
        )
        for number, record in enumerate(records, start=1)
    )


def shuffled(history: History, count: int) -> Iterator[History]:
    random = Random(SEED)
    records = list(history.records)
    for _ in range(count):
        random.shuffle(records)
        yield replace(history, records=arriving(records))


def ends_in(seen: Effective) -> Any:
    return (
        [record.key for record in seen.records],
        {key: str(standing) for key, standing in seen.standings.items()},
        seen.stage,
        seen.findings,
    )


@pytest.mark.parametrize("example", SHUFFLED)
def test_every_order_of_arrival_ends_in_the_same_facts_in_effect(
    example: str, tmp_path: Path
) -> None:
    history = recorded(example, tmp_path)
    clean = ends_in(effective(history))
    for order in shuffled(history, ORDERS):
        assert ends_in(effective(order)) == clean
    tell(f"{example}: seed {SEED}, {ORDERS} orders of {len(history.records)} facts")


@pytest.mark.parametrize("example", SHUFFLED)
def test_every_order_of_arrival_ends_in_the_same_claims_and_schedule(
    example: str, tmp_path: Path
) -> None:
    history = recorded(example, tmp_path)
    clean = claims(history, CENTRE, RULES), schedule(history, CENTRE, RULES, TODAY.date())
    for order in shuffled(history, ORDERS_WITH_CLAIMS):
        assert claims(order, CENTRE, RULES) == clean[0]
        assert schedule(order, CENTRE, RULES, TODAY.date()) == clean[1]
    tell(f"{example}: seed {SEED}, {ORDERS_WITH_CLAIMS} orders with claims and schedule")


def views(opened: Ledger) -> Any:
    name = opened.encounters()[0]
    seen = opened.effective(name)
    return (
        [(r.key, r.fact, r.occurred) for r in seen.records],
        {key: str(standing) for key, standing in seen.standings.items()},
        seen.stage,
        opened.claims(name),
        opened.schedule(name, as_of=TODAY.date()),
    )


@pytest.mark.parametrize("store", ["memory", "sqlite"])
@pytest.mark.parametrize("example", SHUFFLED)
def test_a_ledger_told_in_any_order_and_twice_ends_where_the_clean_one_does(
    example: str, store: str, tmp_path: Path
) -> None:
    lines = lines_of(example)
    with ledger(tmp_path) as clean:
        clean.record(*lines)
        told_once = views(clean)
    for number in range(ORDERS_THROUGH_A_LEDGER[store]):
        random = Random(f"{SEED}-{number}")
        order = [*lines, *random.sample(lines, len(lines) // 3)]
        random.shuffle(order)
        folder = tmp_path / str(number)
        folder.mkdir()
        with ledger(folder, store=store) as opened:
            for line in order:
                opened.record(line)
            assert views(opened) == told_once
    tell(f"{example} on {store}: seed {SEED}, {ORDERS_THROUGH_A_LEDGER[store]} orders")


def test_facts_on_other_days_do_end_elsewhere(tmp_path: Path) -> None:
    """The control: if the days move as well, the comparison must notice."""
    lines = [json.loads(line) for line in lines_of(SHUFFLED[0])]
    days = [line["occurred_at"] for line in lines]
    Random(SEED).shuffle(days)
    with ledger(tmp_path) as clean, ledger(tmp_path) as moved:
        clean.record(*lines_of(SHUFFLED[0]))
        moved.record(*({**line, "occurred_at": day} for line, day in zip(lines, days, strict=True)))
        assert views(clean) != views(moved)
