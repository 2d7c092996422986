"""Every moment of a telling: what was known then, by the program asked afterwards and by the model.

The program is asked with `known_at` when all is told. The model knows no such question: for each
moment it is given nothing but the facts that had been told by then, and judges them anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from tests.naive.both_sides import BothSides, Tally
from tests.naive.bridge import STAGES
from tests.naive.model import Fact as Plain
from tests.naive.model import Verdict, cut
from tests.naive.page.set_aside import holders_among
from tests.naive.program import LATER
from tests.naive.world import World
from veinledger.domain.standing.history import AsOf, Effective, History, effective


@dataclass(frozen=True, slots=True)
class Moment:
    """A record and all before it were known; its message need not have been over."""

    position: int
    instant: datetime
    """The ledger's clock; several records may bear the same."""


@dataclass(slots=True)
class Afterwards:
    """All that was told, looked back on; `names` are the encounters as the model calls them."""

    sides: BothSides
    histories: dict[str, History]
    moments: list[Moment]
    position_of: dict[str, int]
    """By the model's keys."""

    def known_at(self, position: int) -> World:
        """The model's world of that moment, made of the facts alone."""
        facts = {
            name: [f for f in told if self.position_of[f["key"]] <= position]
            for name, told in self.sides.world.encounters.items()
        }
        there = {name: some for name, some in facts.items() if some}
        return World(now=LATER, encounters=there, holders=holders_among(there))


def afterwards(sides: BothSides) -> Afterwards:
    """What both sides hold when all is told."""
    histories = {
        name: found
        for name in sides.world.encounters
        if (found := sides.program.history(sides.names(name))) is not None
    }
    records = [record for history in histories.values() for record in history.records]
    position_of = {sides.ours[record.key]: record.seal.position for record in records}
    seals = sorted((record.seal for record in records), key=lambda seal: seal.position)
    moments = [Moment(seal.position, seal.recorded_at) for seal in seals]
    return Afterwards(sides, histories, moments, position_of)


def compare_every_moment(told: Afterwards, random: Random, tally: Tally) -> None:
    """Each moment, each encounter that was known then, and a date that it is asked about."""
    for moment in told.moments:
        world = told.known_at(moment.position)
        for name, history in told.histories.items():
            seen = effective(history, known_at=moment.position)
            if name not in world.encounters:
                assert not seen.known, (moment, name)
                continue
            same_state(told.sides, world, name, seen)
            same_as_of(history, moment, world.verdict(name), random)
            tally.count("encounters at a moment")
            for status, _ in world.verdict(name).standing.values():
                tally.count(status)
    tally.count("moments", len(told.moments))
    the_clock_names_the_last_moment_that_it_saw(told, random)


def same_state(sides: BothSides, world: World, name: str, seen: Effective) -> None:
    """Standing and what each waits for, order, stage, clocks that disagree, findings about two."""
    ours = world.verdict(name)
    theirs = {
        sides.ours[key]: (standing.status, standing.waits_for)
        for key, standing in seen.standings.items()
    }
    assert theirs == ours.standing, (name, differing(theirs, ours.standing))
    assert seen.stage.value == STAGES[ours.stage], (name, seen.stage, ours.stage)
    assert kinds_of(seen) == [taken["type"] for taken in ours.taken], name
    assert sum(taken.a_day_late for taken in seen.taken) == len(ours.clock_disagrees), name
    found, expected = sides.findings(seen), world.findings(name)
    assert found == expected, (name, found ^ expected)


def same_as_of(history: History, moment: Moment, ours: Verdict, random: Random) -> None:
    """A day or an instant drawn among those on which something happened, and shortly after."""
    asked = a_date_of(ours.taken, random)
    if asked is None:
        return
    seen = effective(history, asked, moment.position)
    day, instant = day_and_instant(asked)
    assert seen.stage.value == STAGES[ours.stage_as_of(day, instant)], (moment, asked)
    kept = [taken["type"] for taken in cut(ours.taken, day, instant)]
    assert kinds_of(seen) == kept, (moment, asked)


def a_date_of(taken: list[Plain], random: Random) -> AsOf:
    if not taken:
        return None
    fact = random.choice(taken)
    if random.random() < 0.5:
        day: date = fact["day"]
        return day + timedelta(days=random.choice([-1, 0, 0, 1]))
    midday = datetime.combine(fact["day"], time(12), UTC)
    instant: datetime = fact["instant"] or midday
    return instant + timedelta(minutes=random.choice([-90, 0, 0, 90]))


def day_and_instant(asked: AsOf) -> tuple[date, datetime | None]:
    """The day with which the page compares a bare date."""
    if isinstance(asked, datetime):
        return asked.date(), asked
    assert asked is not None
    return asked, None


def the_clock_names_the_last_moment_that_it_saw(told: Afterwards, random: Random) -> None:
    """An instant of the ledger's clock is the last position that it had sealed by then."""
    if not told.moments:
        return
    chosen = random.choice(told.moments)
    last = max(m.position for m in told.moments if m.instant <= chosen.instant)
    for history in told.histories.values():
        by_clock = effective(history, known_at=chosen.instant)
        by_position = effective(history, known_at=last)
        assert summary(by_clock) == summary(by_position), (chosen, last)


def summary(seen: Effective) -> tuple[object, ...]:
    standings = {key: (each.status, each.waits_for) for key, each in seen.standings.items()}
    return seen.stage, kinds_of(seen), standings, [found.key for found in seen.findings]


def kinds_of(seen: Effective) -> list[str]:
    return [taken.record.fact.type for taken in seen.taken]


def differing(one: Mapping[str, object], other: Mapping[str, object]) -> list[object]:
    return [
        (key, one.get(key), other.get(key))
        for key in {**one, **other}
        if one.get(key) != other.get(key)
    ]
