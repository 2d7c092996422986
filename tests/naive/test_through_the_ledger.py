"""Row S2: random sequences of messages to a whole ledger, compared with the model after each.

Answers, the paragraph by which a request is refused, standings, order, stage and the findings
about two records. Most run through border and intake over plain lists; a stated part through the
ledger, message by message in memory, and on SQLite both by themselves and many to a commit.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from tests.given_ledger import ledger
from tests.naive.both_sides import Tally, tell_one_by_one, tell_together
from tests.naive.program import CENTRE, LATER, Intake, ThroughALedger
from tests.tiers import SEED, size, tell

pytestmark = pytest.mark.stochastic

PARTS = size(2, 20, 100)
INTAKE = size(17_000, 480_000, 45_000_000) // PARTS
MEMORY = size(1_500, 10_000, 3_000_000)
SQLITE = size(1_200, 6_000, 1_800_000)
SQLITE_ALONE = size(300, 4_000, 200_000)
TOGETHER = 64
"""Sequences that grow side by side in one SQLite ledger."""
APART = 10_000_000
"""So many seeds lie between the parts, so that none is told twice."""


def enough_of_it_was_seen(tally: Tally) -> None:
    """Agreement about nothing proves nothing."""
    for what in ("recorded", "parked", "duplicate", "refused", "accepted records.corrected"):
        assert tally.seen.get(what), what
    paragraphs = [f"6.{n}" for n in ("1", "2", "3", "4", "5", "6", "7", "target", "attested")]
    missing = [p for p in paragraphs if not tally.seen.get(f"refused by {p}")]
    assert not missing, missing
    assert tally.seen.get("findings that named by two encounters")


@pytest.mark.parametrize("part", range(PARTS))
def test_intake_and_the_naive_model_agree_after_every_message(part: int) -> None:
    tally, first = Tally(), SEED + part * APART
    seeds = count(first)
    while tally.commands < INTAKE:
        tell_one_by_one(next(seeds), Intake(), tally)
    enough_of_it_was_seen(tally)
    tell(f"intake, part {part + 1} of {PARTS}, seeds {first} to {next(seeds) - 1}: {tally}")


@pytest.mark.parametrize(("store", "enough"), [("memory", MEMORY), ("sqlite", SQLITE_ALONE)])
def test_a_ledger_and_the_naive_model_agree_message_by_message(
    store: str, enough: int, tmp_path: Path
) -> None:
    tally, first = Tally(), SEED - APART
    seeds = count(first)
    with ledger(tmp_path, store=store, centre=CENTRE, clock=lambda: LATER) as opened:
        while tally.commands < enough:
            seed = next(seeds)
            tell_one_by_one(seed, ThroughALedger(opened), tally, f"W{seed}-")
        assert opened.verify().consistent
    tell(f"{store}, message by message, seeds {first} to {next(seeds) - 1}: {tally}")


def test_sqlite_and_the_naive_model_agree_where_many_messages_share_a_commit(
    tmp_path: Path,
) -> None:
    tally, first = Tally(), SEED - 2 * APART
    starts = count(first, TOGETHER)
    while tally.commands < SQLITE:
        start = next(starts)
        folder = tmp_path / str(start)
        folder.mkdir()
        with ledger(folder, store="sqlite", centre=CENTRE, clock=lambda: LATER) as opened:
            tell_together(range(start, start + TOGETHER), ThroughALedger(opened), tally)
            assert opened.verify().consistent
    tell(f"sqlite, many to a commit, seeds {first} to {next(starts) - 1}: {tally}")


def never(*_: object) -> bool:
    return False


def nobody(*_: object) -> str:
    return "nobody"


def no_steps(*_: object) -> list[object]:
    return []


def nothing(*_: object) -> tuple[()]:
    return ()


PLANTED: dict[str, tuple[str, object]] = {
    "the model, section 2": ("tests.naive.page.folding.ONE_DAY", timedelta(days=2)),
    "the model, section 1": ("tests.naive.model.attested_steps", no_steps),
    "the model, section 6": ("tests.naive.page.requests.loses_its_place", never),
    "the model, section 7": ("tests.naive.page.two_records.name_of", nobody),
    "the program, 6.6": ("veinledger.domain.intake.correcting.against_the_whole", nothing),
    "the program, holders": ("veinledger.domain.intake.chains.claims_a_chain", nothing),
    "the program, order": ("veinledger.domain.standing.fold.LAST_OF_THE_DAY", frozenset[str]()),
}


@pytest.mark.parametrize("where", PLANTED)
def test_a_fault_on_either_side_is_noticed(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: with one rule planted otherwise the two must part, and soon."""
    monkeypatch.setattr(*PLANTED[where])
    with pytest.raises(AssertionError, match="seed"):
        tell_some(range(SEED, SEED + 400))


def tell_some(seeds: range) -> None:
    for seed in seeds:
        tell_one_by_one(seed, Intake(), Tally())
