"""What spoils a telling: wrong clocks, bare dates, lost and doubled messages, wrong facts."""

from collections.abc import Callable
from datetime import timedelta
from random import Random

from tests.naive.model import Fact
from tests.naive.telling.teller import CHAINS, CONNECTIONS, FOREIGN_CHAIN, START, Teller, any_fact


def shifted(fact: Fact, by: timedelta) -> Fact:
    if fact["instant"] is None:
        return {**fact, "day": fact["day"] + timedelta(days=by.days)}
    instant = fact["instant"] + by
    return {**fact, "instant": instant, "day": instant.date()}


def clocks_differ(rng: Random, facts: list[Fact]) -> list[Fact]:
    """Each sender's clock is wrong by as much as an hour; now and then one fact by a day."""
    errors = {connection: timedelta(minutes=rng.randint(-60, 60)) for connection in CONNECTIONS}
    told = [shifted(f, errors[f["connection"]]) for f in facts]
    return [shifted(f, timedelta(hours=rng.randint(-26, 26))) if rng.random() < 0.05 else f
            for f in told]  # fmt: skip


def dates_only(rng: Random, facts: list[Fact]) -> list[Fact]:
    share = rng.choice([0.2, 0.5, 1.0])
    return [{**f, "instant": None} if rng.random() < share else f for f in facts]


def messages_missing(rng: Random, facts: list[Fact]) -> list[Fact]:
    share = rng.choice([0.05, 0.2])
    return [f for f in facts if rng.random() > share]


def told_twice(rng: Random, facts: list[Fact]) -> list[Fact]:
    """The same event by another message, at about the same time or as a bare date."""
    again: list[Fact] = []
    for fact in facts:
        if rng.random() < 0.15:
            key = fact["key"] + "b"
            twin = {**fact, "key": key, "message": key, "connection": rng.choice(CONNECTIONS)}
            kind = rng.choice(["same", "bare", "later"])
            if kind == "bare":
                twin["instant"] = None
            if kind == "later":
                twin = shifted(twin, timedelta(hours=rng.choice([1, 30])))
            again.append(twin)
    return facts + again


def other_bytes(rng: Random, facts: list[Fact]) -> list[Fact]:
    """The same message id and item with other bytes: kept, in conflict."""
    if not facts:
        return facts
    first = rng.choice(facts)
    other = {**first, "key": first["key"] + "c", "conflict": True}
    other = shifted(other, timedelta(days=rng.choice([0, 0, 1, -1])))
    if rng.random() < 0.3:
        other["instant"] = None
    return [*facts, other]


def wrong_facts(rng: Random, facts: list[Fact]) -> list[Fact]:
    """Somebody else's facts, and facts that no life allows, on days of this one."""
    days = [f["day"] for f in facts] or [START]
    teller = Teller(rng, "X")
    for _ in range(rng.randint(1, 4)):
        day = rng.choice(days) + timedelta(days=rng.randint(-1, 1))
        any_fact(rng, teller, day, [*CHAINS, FOREIGN_CHAIN, "COI-7"])
    return facts + teller.facts


def a_day_misread(rng: Random, facts: list[Fact]) -> list[Fact]:
    """One or two facts on quite another day."""
    if not facts:
        return facts
    wrong = {rng.randrange(len(facts)) for _ in range(rng.randint(1, 2))}
    by = timedelta(days=rng.choice([-30, -7, -2, 2, 7, 30]))
    return [shifted(f, by) if at in wrong else f for at, f in enumerate(facts)]


Spoiler = Callable[[Random, list[Fact]], list[Fact]]
SPOILERS: list[tuple[Spoiler, float]] = [
    (clocks_differ, 0.5),
    (dates_only, 0.5),
    (messages_missing, 0.4),
    (told_twice, 0.4),
    (a_day_misread, 0.2),
    (wrong_facts, 0.4),
    (other_bytes, 0.2),
]


def spoiled(rng: Random, facts: list[Fact]) -> list[Fact]:
    """Each kind of noise as likely as it is listed."""
    for spoil, likelihood in SPOILERS:
        if rng.random() < likelihood:
            facts = spoil(rng, facts)
    return facts
