"""Row G1: a replay has one digest, whatever the hash seed, zone, locale, store or optimisation.

One Python only: the one that the tests run on. PostgreSQL is not there.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice, product

import pytest

from tests.given_ledger import ROOT
from tests.tiers import size, tell

SEEDS = ("0", "1", "4711", "99", "31337")
ZONES = ("UTC", "Pacific/Kiritimati", "America/Los_Angeles")
LOCALES = ("C", "C.UTF-8")
STORES = ("memory", "sqlite")
OPTIMISED = ((), ("-O",))
AT_ONCE = 2


@dataclass(frozen=True)
class Machine:
    seed: str
    zone: str
    locale: str
    store: str
    flags: tuple[str, ...]


def machines() -> Iterator[Machine]:
    """All of them, in an order in which the first few differ in everything."""
    every = list(product(SEEDS, ZONES, LOCALES, STORES, OPTIMISED))
    return (Machine(*every[(number * 31) % len(every)]) for number in range(len(every)))


def said_on(machine: Machine, *more: str) -> str:
    environment = {
        **os.environ,
        "PYTHONHASHSEED": machine.seed,
        "TZ": machine.zone,
        "LC_ALL": machine.locale,
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, *machine.flags, "-m", "tests.replay.told", machine.store, *more]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def said(on: Iterable[Machine], *more: str) -> set[str]:
    def one(machine: Machine) -> str:
        return said_on(machine, *more)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return set(pool.map(one, on))


def test_every_combination_is_there_once_and_the_first_three_differ() -> None:
    every = list(machines())
    assert len(set(every)) == len(every) == 120
    first = every[:3]
    assert len({each.seed for each in first}) == 3
    assert {each.store for each in first} == set(STORES)


@pytest.mark.stochastic
def test_a_replay_has_one_digest_on_every_machine() -> None:
    number = size(3, 20, 120)
    digests = said(islice(machines(), number))
    tell(f"replay digests: {number} combinations of seed, zone, locale, store and -O")
    assert len(digests) == 1
    assert len(digests.pop()) > 64


@pytest.mark.stochastic
def test_the_control_a_view_in_the_order_of_a_set_has_another_digest_by_hash_seed() -> None:
    assert len(said(islice(machines(), 2), "--control")) == 2
