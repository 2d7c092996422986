"""Row S3: whatever order things are told in, and however often, they end in the same place.

Same facts in effect, same standings, same stage, same findings, same claims, same schedule. The
facts of the worked examples come in every order; where people decided, a decision follows what it
is about. The controls tell something else, and must end elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from msgspec import structs

from tests.given_ledger import SHUFFLED, SITE, TODAY, ledger, lines_of
from tests.naive.program import LATER, Intake, Program, ThroughALedger
from tests.naive.reordered import Kept, another_order, told_again, told_first
from tests.naive.telling.teller import CONNECTIONS
from tests.tiers import SEED, size, tell
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.pages import read_centre, shipped_rules
from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.directory import Connection
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import Effective, History, effective
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.shapes import ClaimSet
from veinledger.projections.schedule import Schedule, schedule

pytestmark = pytest.mark.stochastic

EXAMPLES = len(SHUFFLED)
ORDERS = size(100, 4_200, 320_000) // EXAMPLES
TOLD_TO = {
    "memory": size(24, 300, 60_000) // EXAMPLES,
    "sqlite": size(8, 100, 20_000) // EXAMPLES,
}
DECIDED = {
    "intake": size(60, 340, 90_000),
    "memory": size(6, 40, 6_000),
    "sqlite": size(2, 20, 4_000),
}
CENTRE, RULES = read_centre(SITE), shipped_rules("public")


def site_in_utc() -> Centre:
    """The examples' site, moved to Greenwich, where the random histories live."""
    return replace(
        CENTRE,
        facilities=tuple(replace(each, zone="UTC") for each in CENTRE.facilities),
        connections=tuple(Connection(name=name, zone="UTC") for name in CONNECTIONS),
    )


def ends_in(history: History, centre: Centre, today: date) -> Any:
    """All that anybody may ask of an encounter, but in which order it was told."""
    seen = effective(history)
    return (
        in_effect(seen),
        {key: str(standing) for key, standing in seen.standings.items()},
        seen.stage,
        [(finding.key, finding.severity, finding.holds) for finding in seen.findings],
        what_is_claimed(claims(history, centre, RULES)),
        what_is_owed(schedule(history, centre, RULES, today)),
    )


def what_is_claimed(found: ClaimSet) -> ClaimSet:
    """Without what a claim that went out is held against: the knowledge of a position.

    In another order the same position knew other records.
    """
    return replace(found, proposals=(), sent=())


def what_is_owed(owed: Schedule) -> Schedule:
    """Without what names a correction by its record or its time: in those the orders differ."""
    as_it_is = tuple(structs.replace(each, was_due=()) for each in owed.obligations)
    return replace(owed, obligations=as_it_is, taken_back=())


def in_effect(seen: Effective) -> list[tuple[str, object, date, str]]:
    return [(r.key, r.fact, r.day, r.occurred.text) for r in seen.records if is_of_the_world(r)]


def is_of_the_world(record: Record) -> bool:
    """A correction names its targets by their sequence, so that its body is another each time."""
    return record.fact.type != "records.corrected"


# ---- The facts of the examples, in any order ------------------------------------------------


def recorded(example: str, folder: Path) -> History:
    with ledger(folder) as opened:
        opened.record(*lines_of(example))
        return opened.history(opened.encounters()[0])


def shuffled(history: History, count: int) -> Iterator[History]:
    random = Random(SEED)
    records = list(history.records)
    for _ in range(count):
        random.shuffle(records)
        yield replace(history, records=arriving(records))


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


@pytest.mark.parametrize("example", SHUFFLED)
def test_every_order_of_arrival_ends_in_the_same_facts_claims_and_schedule(
    example: str, tmp_path: Path
) -> None:
    history = recorded(example, tmp_path)
    clean = ends_in(history, CENTRE, TODAY.date())
    for order in shuffled(history, ORDERS):
        assert ends_in(order, CENTRE, TODAY.date()) == clean
    tell(f"{example}: seed {SEED}, {ORDERS} orders of {len(history.records)} facts")


def told_to(opened: Ledger, lines: list[Any]) -> Any:
    """Each line a message of its own; many share a commit."""
    for _ in opened.record_all([line] for line in lines):
        pass
    return ends_in(opened.history(opened.encounters()[0]), CENTRE, TODAY.date())


@pytest.mark.parametrize("store", ["memory", "sqlite"])
@pytest.mark.parametrize("example", SHUFFLED)
def test_a_ledger_told_in_any_order_and_twice_ends_where_the_clean_one_does(
    example: str, store: str, tmp_path: Path
) -> None:
    lines = lines_of(example)
    with ledger(tmp_path) as clean:
        told_once = told_to(clean, lines)
    for number in range(TOLD_TO[store]):
        random = Random(f"{SEED}-{number}")
        order = [*lines, *random.sample(lines, len(lines) // 3)]
        random.shuffle(order)
        folder = tmp_path / str(number)
        folder.mkdir()
        with ledger(folder, store=store) as opened:
            assert told_to(opened, order) == told_once
    tell(f"{example} on {store}: seed {SEED}, {TOLD_TO[store]} orders, a third told twice")


def test_facts_on_other_days_do_end_elsewhere(tmp_path: Path) -> None:
    """The control: if the days move as well, the comparison must notice."""
    lines = [json.loads(line) for line in lines_of(SHUFFLED[0])]
    days = [line["occurred_at"] for line in lines]
    Random(SEED).shuffle(days)
    with ledger(tmp_path) as clean, ledger(tmp_path) as moved:
        swapped = [{**line, "occurred_at": day} for line, day in zip(lines, days, strict=True)]
        assert told_to(clean, lines_of(SHUFFLED[0])) != told_to(moved, swapped)


# ---- With what people decided ---------------------------------------------------------------


def ends(kept: Kept, program: Program) -> dict[str, Any]:
    """Where every encounter ends."""
    histories = {name: program.history(name) for name in kept.sides.world.encounters}
    return {
        name: ends_in(history, site_in_utc(), LATER.date())
        for name, history in histories.items()
        if history is not None
    }


def check_another_order(
    kept: Kept, random: Random, program: Program, first: Callable[[], dict[str, Any]]
) -> bool:
    """Whether all was kept in that order too; then it ends where the first one did."""
    if not told_again(another_order(random, kept), kept, program):
        return False
    assert ends(kept, program) == first()
    return True


def new_program(store: str, folder: Path) -> Generator[Program]:
    """A fresh one for each sequence, under the names of the first telling."""
    number = 0
    while True:
        number += 1
        if store == "intake":
            yield Intake(centre=site_in_utc())
            continue
        place = folder / str(number)
        place.mkdir()
        with ledger(place, store=store, centre=site_in_utc(), clock=lambda: LATER) as opened:
            yield ThroughALedger(opened)


@pytest.mark.parametrize("store", ["intake", "memory", "sqlite"])
def test_decisions_end_in_the_same_place_in_every_order_in_which_they_are_kept(
    store: str, tmp_path: Path
) -> None:
    """Where a decision can no longer be made, the order of what was decided says something else."""
    compared, otherwise, decisions, seed = 0, 0, 0, SEED
    programs = new_program(store, tmp_path)
    while compared < DECIDED[store]:
        seed += 1
        kept = told_first(seed, site_in_utc())
        if not kept.decisions:
            continue
        first = cache(partial(ends, kept, kept.sides.program))
        for nth in range(2):
            if check_another_order(kept, Random(f"{seed}-{nth}"), next(programs), first):
                compared += 1
                decisions += kept.decisions
            else:
                otherwise += 1
    programs.close()
    tell(
        f"orders with decisions on {store}: seeds {SEED + 1} to {seed}, {compared} orders with"
        f" {decisions} decisions, {otherwise} in which a decision could not be made"
    )


def test_a_decision_less_does_end_elsewhere() -> None:
    """The control: without the last decision that took a record out, the comparison must notice."""
    seed, noticed = SEED, 0
    while noticed < 3:
        seed += 1
        kept = told_first(seed, site_in_utc())
        without = [item for item in kept.items if item[1]["type"] != "report.discarded"]
        if len(without) == len(kept.items):
            continue
        program = Intake(centre=site_in_utc())
        told_again(without, kept, program)
        assert ends(kept, program) != ends(kept, kept.sides.program)
        noticed += 1
