"""Row G1: a replay has one digest, whatever the hash seed, zone, locale, store or optimisation.

Every encounter of the frozen ledger is told, with its kept claims. One Python only: the one that
the tests run on. PostgreSQL is not there. A locale with an order of letters of its own is among
them where one is installed.
"""

from __future__ import annotations

import locale
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
from veinledger.projections.replay.every import PROJECTIONS

SEEDS = ("0", "1", "4711", "99", "31337")
ZONES = ("UTC", "Pacific/Kiritimati", "America/Los_Angeles")
OTHER_LETTERS = ("tr_TR.UTF-8", "sv_SE.UTF-8", "de_DE.UTF-8", "en_US.UTF-8")
ENCOUNTERS = ("E1", "E3", "E7", "E7-OTHER", "E11")
STORES = ("memory", "sqlite")
OPTIMISED = ((), ("-O",))
AT_ONCE = 2
ORDERED = {
    *(f"{name} illegal" for name in ENCOUNTERS),
    *(f"{name} settled" for name in ENCOUNTERS[:-1]),
    "E11 kept claims",
    "E11 denied",
}
"""The views that the control puts in the order of a set."""


def installed(name: str) -> bool:
    before = locale.setlocale(locale.LC_COLLATE)
    try:
        locale.setlocale(locale.LC_COLLATE, name)
    except locale.Error:
        return False
    finally:
        locale.setlocale(locale.LC_COLLATE, before)
    return True


LOCALES = ("C", next(filter(installed, OTHER_LETTERS), "C.UTF-8"))


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


def said(on: Iterable[Machine], *more: str) -> list[dict[str, str]]:
    """On each of them the digest of every view."""

    def one(machine: Machine) -> dict[str, str]:
        lines = said_on(machine, *more).splitlines()
        return dict(line.rsplit(" ", 1) for line in lines)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, on))


def apart(told: list[dict[str, str]]) -> set[str]:
    """The views that are not the same on all machines."""
    names = {name for each in told for name in each}
    return {name for name in names if len({each.get(name) for each in told}) > 1}


def test_every_combination_is_there_once_and_the_first_three_differ() -> None:
    every = list(machines())
    assert len(set(every)) == len(every) == 120
    first = every[:3]
    assert len({each.seed for each in first}) == 3
    assert {each.store for each in first} == set(STORES)


@pytest.mark.stochastic
def test_a_replay_has_one_digest_on_every_machine() -> None:
    number = size(3, 20, 120)
    told = said(islice(machines(), number))
    locales = " and ".join(LOCALES)
    tell(f"replay digests: {number} combinations of seed, zone, locale ({locales}), store and -O")
    views = {f"{name} {view}" for name in ENCOUNTERS for view in PROJECTIONS}
    assert told[0].keys() >= views | ORDERED
    assert apart(told) == set()


@pytest.mark.stochastic
def test_the_control_each_view_in_the_order_of_a_set_has_another_digest_by_hash_seed() -> None:
    assert apart(said(islice(machines(), 2), "--control")) == {
        *ORDERED,
        *(f"{name} a set of names" for name in ENCOUNTERS),
    }
