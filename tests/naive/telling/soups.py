"""A soup: facts thrown into a few days and few chains."""

from datetime import UTC, datetime, timedelta
from random import Random

from tests.naive.model import Fact
from tests.naive.telling.noise import other_bytes
from tests.naive.telling.teller import CHAINS, FOREIGN_CHAIN, START, Teller, any_fact, fields_of

# A way to the infusion, so that soups do not all stay at referred.
BACKBONE = [
    "encounter.opened",
    "product.ordered",
    "apheresis.completed",
    "manufacturing.started",
    "manufacturing.released",
    "product.received",
    "lymphodepletion.dose_given",
    "cells.infused",
    "patient.discharged",
]


def soup(rng: Random, prefix: str = "M", most: int = 22) -> list[Fact]:
    """Facts over few days and few chains, mostly around some part of the way to the infusion."""
    teller = Teller(rng, prefix)
    days = rng.randint(1, 7)
    chains = CHAINS[: rng.randint(1, 3)]
    if rng.random() < 0.3:
        chains = [*chains, FOREIGN_CHAIN]
    reached = rng.choice(
        [rng.randint(0, 2), rng.randint(0, len(BACKBONE)), len(BACKBONE) - 1, len(BACKBONE)]
    )
    for step, kind in enumerate(BACKBONE[:reached]):
        day = START + timedelta(days=step * days // len(BACKBONE))
        at = datetime(day.year, day.month, day.day, min(8 + step, 23), tzinfo=UTC)
        fields = fields_of(rng, kind, chains[:1])
        if kind == "apheresis.completed":
            fields["donation"] = "D-1"
        if rng.random() < 0.93:
            teller.tell(kind, at, bare=rng.random() < 0.3, **fields)
    for _ in range(rng.randint(1, most)):
        any_fact(rng, teller, START + timedelta(days=rng.randint(0, days)), chains)
    facts = teller.facts
    if rng.random() < 0.25:
        facts = other_bytes(rng, facts)
    return facts
