"""What was known at every moment, as told afterwards, is what the naive model makes of it.

Random encounters told in random order, with corrections, confirmations, discards, repeats and
clashes. For every position of the ledger at which a record became known: standing, what each waits
for, order, stage and findings about two records; and for a date each, what had occurred by then.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random

import pytest

from tests.given_ledger import ledger
from tests.naive.both_sides import BothSides, Tally, Telling
from tests.naive.over_time.moments import afterwards, compare_every_moment
from tests.naive.program import CENTRE, LATER, Intake, Program, ThroughALedger
from tests.naive.world import Item
from tests.tiers import SEED, size, tell
from veinledger.domain.intake.outcome import Outcome
from veinledger.domain.reports import Record
from veinledger.domain.standing.fold import Folded, Taken

pytestmark = pytest.mark.stochastic

PARTS = size(1, 4, 40)
ENCOUNTERS = size(40, 500, 20_000) // PARTS
"""Encounters whose every moment is compared, over border and intake."""
IN_A_LEDGER = {"memory": size(6, 60, 2_000), "sqlite": size(4, 30, 1_000)}
APART = 10_000_000
"""So many seeds lie between the parts, so that none is told twice."""


class TicksOn:
    """A clock that moves on between messages, sometimes."""

    def __init__(self, seed: int) -> None:
        self.random, self.now = Random(seed), LATER

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=self.random.choice([0, 0, 1, 7200]))
        return self.now


class Untold(BothSides):
    """Both sides hear everything; they are compared when all is told."""

    def same_standing(self, encounter: str, tally: Tally) -> None:
        """Not now."""


class ToldFirst(Telling):
    """One seed's sequence, told to the end before anything is compared."""

    def __init__(self, seed: int, program: Program, prefix: str = "") -> None:
        super().__init__(seed, program, prefix)
        self.sides = Untold(program, prefix=prefix)
        self.messages = self.script.messages(self.sides.world)

    def finish(self) -> None:
        """Nothing is compared on the way."""


def every_moment_of(seed: int, program: Program, tally: Tally, prefix: str = "") -> int:
    """How many encounters the seed had; each is compared at all moments."""
    telling, clock = ToldFirst(seed, program, prefix), TicksOn(seed)
    while (message := telling.next_message()) is not None:
        if isinstance(program, Intake):
            program.now = clock()
        telling.compare(message, recorded(telling, message), tally)
    told = afterwards(telling.sides)
    try:
        compare_every_moment(told, Random(seed), tally)
    except (AssertionError, KeyError) as error:
        raise AssertionError(f"seed {seed}: {error!r}") from None
    return len(told.histories)


def recorded(telling: ToldFirst, message: list[Item]) -> Sequence[Outcome]:
    return telling.sides.program.record(telling.sides.lines(message))


def compared(first: int, enough: int, program: Callable[[], Program]) -> tuple[Tally, int, int]:
    """Seed after seed until so many encounters were compared: the tally, how many, the last."""
    tally, encounters, seeds, seed = Tally(), 0, count(first), first
    while encounters < enough:
        seed = next(seeds)
        encounters += every_moment_of(seed, program(), tally, f"W{seed}-")
    return tally, encounters, seed


def enough_of_it_was_seen(tally: Tally) -> None:
    """Agreement about nothing proves nothing."""
    wanted = ("in effect", "waiting", "disputed", "superseded", "duplicate", "refused")
    decided = [f"accepted {kind}" for kind in ("records.corrected", "report.confirmed")]
    for what in (*wanted, *decided, "accepted report.discarded"):
        assert tally.seen.get(what), what


@pytest.mark.parametrize("part", range(PARTS))
def test_the_state_known_at_every_moment_is_the_naive_models(part: int) -> None:
    first = SEED + (part + 3) * APART
    tally, encounters, last = compared(first, ENCOUNTERS, Intake)
    enough_of_it_was_seen(tally)
    tell(
        f"every moment, part {part + 1} of {PARTS}, seeds {first} to {last}: "
        f"{encounters} encounters; {tally}"
    )


@pytest.mark.parametrize("store", ["memory", "sqlite"])
def test_the_state_that_a_ledger_knew_at_every_moment_is_the_naive_models(
    store: str, tmp_path: Path
) -> None:
    """Read back from rows, with the ledger's own clock, many encounters in one ledger."""
    first = SEED - 5 * APART
    with ticking(tmp_path, store) as opened:
        tally, encounters, last = compared(first, IN_A_LEDGER[store], lambda: opened)
    tell(f"every moment on {store}, seeds {first} to {last}: {encounters} encounters; {tally}")


@contextmanager
def ticking(folder: Path, store: str) -> Generator[ThroughALedger]:
    with ledger(folder, store=store, centre=CENTRE, clock=TicksOn(SEED)) as opened:
        yield ThroughALedger(opened)


# ---- Controls ------------------------------------------------------------------------------


def by_arrival(items: Iterable[Record], _: object) -> list[tuple[date, list[Record]]]:
    """Each day in the order in which its messages came."""
    arrived = list(items)
    days = sorted({record.day for record in arrived})
    return [(day, [record for record in arrived if record.day == day]) for day in days]


def everything(claims: object, _: object) -> object:
    return claims


def nothing_is_cut(folded: Folded, _: object) -> tuple[Taken, ...]:
    return folded.taken


def all_of_them(facts: list[object], *_: object) -> list[object]:
    return facts


PLANTED: dict[str, tuple[str, object]] = {
    "the program folds by arrival": ("veinledger.domain.standing.fold.by_day", by_arrival),
    "the program knows claims before they were made": (
        "veinledger.domain.standing.history.known_claims",
        everything,
    ),
    "the program shows what had not occurred": (
        "veinledger.domain.standing.history.taken_by",
        nothing_is_cut,
    ),
    "the model waits two days": ("tests.naive.page.folding.ONE_DAY", timedelta(days=2)),
    "the model shows what had not occurred": ("tests.naive.over_time.moments.cut", all_of_them),
}


@pytest.mark.parametrize("where", PLANTED)
def test_a_fault_about_time_on_either_side_is_noticed(
    where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: with one rule planted otherwise the two must part, and soon."""
    monkeypatch.setattr(*PLANTED[where])
    with pytest.raises(AssertionError, match="seed"):
        compared(SEED, 800, Intake)
