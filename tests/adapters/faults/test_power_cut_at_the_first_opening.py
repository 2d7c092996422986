"""The power goes while a ledger is made: the next opening makes one, or finds it with its key.

Part of row C3. A ledger whose root key is lost can prove nothing and name nothing ever again, so
the key is on the disk before the first record is, in whatever folder it lies.
"""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from tests.adapters.faults.checker import assert_sound
from tests.adapters.faults.images import FATES, Fate, images
from tests.adapters.faults.inspector import Inspector
from tests.adapters.faults.job import writer
from tests.adapters.faults.messages import KEYS
from tests.adapters.faults.system_calls import (
    Event,
    SyncBegan,
    Synced,
    recorded,
    recording,
)
from tests.tiers import SEED, size, tell
from veinledger.adapters.errors import KeyMissing

SENT = range(2)
TIMES = size(1, 2, 50)
"""How often each moment is cut at, for each fate of what was not synced."""
EVERY = size(11, 1, 1)
"""Of so many moments one is cut at."""

pytestmark = pytest.mark.stochastic


def made(folder: Path, keys_in: str, *, encrypted: bool = False) -> tuple[Event, ...]:
    """A ledger is made, takes two messages and is closed; recorded."""
    trace = folder / "system calls"
    with writer(folder / "ledger", under=recording(trace)) as at_work:
        job = replace(at_work.job(), until=len(SENT), keys_in=keys_in, encrypted=encrypted)
        assert at_work.done(job) == 0, at_work.complaints()
    return recorded(trace, at_work.folder, at_work.acknowledged)


def every_cut(events: tuple[Event, ...]) -> list[tuple[int, Fate]]:
    """Each moment and each fate."""
    moments = range(0, len(events) + 1, EVERY)
    return [(moment, fate) for moment in moments for fate in FATES for _ in range(TIMES)]


@pytest.mark.parametrize(
    ("keys_in", "encrypted"), [(KEYS, False), ("configuration/of the user/keys", True)]
)
def test_a_power_cut_while_a_ledger_is_made_leaves_none_or_one_with_its_key(
    keys_in: str, encrypted: bool, tmp_path: Path
) -> None:
    events, chance = made(tmp_path, keys_in, encrypted=encrypted), random.Random(SEED)
    inspector = Inspector(tmp_path, SENT, again=1, keys_in=keys_in)
    for place, fate, image in images(events, every_cut(events), chance):
        where = f"seed {SEED}, {fate}, cut after event {place} of {len(events)}"
        try:
            found = inspector.judged(image)
        except KeyMissing as error:
            pytest.fail(f"{where}: {error}")
        assert_sound(found, where)
    tell(
        f"power cut at the first opening, key in {keys_in}: seed {SEED}, {len(every_cut(events))}"
        f" images ({len(inspector.seen)} different), each opened, kept what it had acknowledged,"
        " and took everything again"
    )


def test_the_control_a_key_that_is_not_synced_is_missed(tmp_path: Path) -> None:
    """The same run, with the syncs of the key and of its folders taken out."""
    events, chance = made(tmp_path, KEYS), random.Random(SEED)
    careless = tuple(event for event in events if not _syncs_the_key(event))
    assert len(events) - len(careless) >= 4, "the key and its folder are synced"
    inspector, missed = Inspector(tmp_path, SENT, again=10**9), 0
    for _, _, image in images(careless, every_cut(careless), chance):
        try:
            inspector.judged(image)
        except KeyMissing:
            missed += 1
    tell(f"control, the key is not synced: seed {SEED}, {missed} images with no whole key")
    assert missed


def _syncs_the_key(event: Event) -> bool:
    path = PurePosixPath(event.path) if isinstance(event, SyncBegan | Synced) else PurePosixPath()
    return path.suffix == ".key" or path == PurePosixPath(KEYS)
