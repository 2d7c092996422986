"""Random sequences of messages to a whole ledger, driven by one seed and by what it holds so far.

Most messages say the next facts of one of two stories, in any order; some say a fact again, byte
for byte or with other bytes under the same message id; some are what people decide on seeing the
records. Some of that cannot be right, and is refused.
"""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from tests.naive.telling.noise import shifted, spoiled
from tests.naive.telling.patients import a_patient
from tests.naive.telling.people import Seen, a_decision
from tests.naive.telling.soups import soup
from tests.naive.telling.teller import ME, STRANGER, Teller
from tests.naive.world import Item, World

THIRD = "E3"
"""An encounter of which nobody tells a story; corrections may move records there."""


class Script:
    """What is said next, and what was said before."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.people = Teller(self.rng, "P")
        self.to_come = self.stories()
        self.said: list[Item] = []
        self.number = 0

    def stories(self) -> list[Item]:
        """One story of ours, a shorter one of somebody else's that may name our chains."""
        rng = self.rng
        mine = spoiled(rng, a_patient(rng)) if rng.random() < 0.5 else soup(rng)
        other = soup(rng, "S", 5)
        kept = rng.randint(0, 10)
        if rng.random() < 0.6:
            rng.shuffle(mine)
        told = [(ME, fact) for fact in mine[: rng.choice([8, 10, 12, 16, 32])]]
        for fact in other[:kept]:
            told.insert(rng.randint(0, len(told)), (STRANGER, fact))
        return told

    def messages(self, world: World) -> Iterator[list[Item]]:
        """Until the stories are told and the people have had their say."""
        while self.to_come or self.rng.random() < 0.85:
            message = self.message(world)
            if message:
                self.said.extend(message)
                yield [(name, {"same": fact["key"], **fact}) for name, fact in message]

    def message(self, world: World) -> list[Item]:
        what = self.rng.random()
        if self.to_come and what < 0.66:
            return self.told_on()
        if self.said and what < 0.70:
            return [self.rng.choice(self.said)]
        if self.said and what < 0.74:
            return [self.other_bytes()]
        return self.decided(world)

    def told_on(self) -> list[Item]:
        """The next fact, or several as the items of one message."""
        count = self.rng.choice([1, 1, 2, 4, 6])
        some, self.to_come = self.to_come[:count], self.to_come[count:]
        if len(some) == 1:
            return some
        self.number += 1
        source = {"connection": "adt", "message": f"G{self.number:03d}"}
        return [
            (name, {**fact, **source, "item": nth})
            for nth, (name, fact) in enumerate(some, start=1)
        ]

    def other_bytes(self) -> Item:
        """Under an item that was said before: another day, now and then another encounter."""
        name, fact = self.rng.choice(self.said)
        self.number += 1
        other = shifted(fact, timedelta(days=self.rng.choice([0, 1, -1])))
        where = self.rng.choice([name, name, name, ME, STRANGER])
        return where, {**other, "key": f"{fact['key']}x{self.number}"}

    def decided(self, world: World) -> list[Item]:
        there = [name for name, facts in world.encounters.items() if facts]
        if not there:
            return []
        name = self.rng.choice(there)
        seen = Seen(
            name=name,
            facts=world.encounters[name],
            standing=world.verdict(name).standing,
            others=[other for other in (ME, STRANGER, THIRD) if other != name],
        )
        act = a_decision(self.rng, self.people, seen)
        elsewhere = self.rng.random() < 0.02
        return [(self.rng.choice(seen.others) if elsewhere else name, act)]
