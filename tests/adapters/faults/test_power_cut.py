"""The power goes: what was acknowledged is there, and nothing is half there.

Row C3 of the plan. `kill -9` leaves the page cache; a power cut does not. So the system calls of a
writer are recorded, from the first opening to the last closing, and images of the disk are built
at many points, with all that was not synced dropped, kept, or mixed at random. Each image is opened
with the real program. With synchronous=NORMAL or OFF the same checker must find losses.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.adapters.faults.checker import assert_sound
from tests.adapters.faults.images import FATES, Fate, images
from tests.adapters.faults.inspector import Inspector
from tests.adapters.faults.job import Job, Synchronous, writer
from tests.adapters.faults.system_calls import Event, Synced, recorded, recording
from tests.tiers import SEED, size, tell
from veinledger.adapters.errors import LedgerDamaged

IMAGES = size(24, 1_000, 50_000)
FEW_PAGES = 40
"""Between two checkpoints, so that a short run has many."""
SENT = range(size(48, 120, 120))

pytestmark = pytest.mark.stochastic


def ran(folder: Path, synchronous: Synchronous) -> tuple[Event, ...]:
    """What a writer does on a new ledger in all its ways, recorded."""
    trace = folder / "system calls"
    with writer(folder / "ledger", under=recording(trace)) as at_work:
        job = replace(at_work.job(), synchronous=synchronous, checkpoint=FEW_PAGES)
        for told in runs(job):
            assert at_work.done(told) == 0, at_work.complaints()
    assert at_work.numbers() == set(SENT), "the writer acknowledged what it was told to send"
    return recorded(trace, at_work.folder, at_work.acknowledged)


def runs(job: Job) -> Iterator[Job]:
    """One message after another; then, opened anew each time, three threads, five messages in
    one call, and in bulk.
    """
    one, two, three = (len(SENT) // 16 * n for n in (4, 8, 12))
    yield replace(job, until=one)
    yield replace(job, first=one, until=two, threads=3)
    yield replace(job, first=two, until=three, group=5)
    yield replace(job, first=three, until=len(SENT), group=12, in_bulk=True)


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> tuple[Event, ...]:
    """What a writer did that is set as a ledger sets it."""
    return ran(tmp_path_factory.mktemp("full"), "FULL")


def cuts(events: tuple[Event, ...], number: int, chance: random.Random) -> list[tuple[int, Fate]]:
    """Points to cut at, drawn over the whole run, and what becomes of what was not synced."""
    return [(chance.randint(0, len(events)), chance.choice(FATES)) for _ in range(number)]


def test_a_power_cut_loses_nothing_acknowledged(events: tuple[Event, ...], tmp_path: Path) -> None:
    chance, inspector = random.Random(SEED), Inspector(tmp_path, SENT)
    fates, checkpoints = Counter[str](), sum(e == Synced("ledger.sqlite") for e in events)
    for place, fate, image in images(events, cuts(events, IMAGES, chance), chance):
        found = inspector.judged(image)
        assert_sound(found, f"seed {SEED}, {fate}, cut after event {place} of {len(events)}")
        fates[fate] += 1
    tell(
        f"power cut: seed {SEED}, {IMAGES} images ({len(inspector.seen)} different, {dict(fates)})"
        f" of {len(SENT)} messages and {checkpoints} checkpoints, 0 lost, 0 torn, 0 inconsistent"
    )
    assert checkpoints > 3, "the run copies its log back several times"


@pytest.mark.parametrize("synchronous", ["NORMAL", "OFF"][: size(1, 2, 2)])
def test_the_control_a_ledger_that_does_not_sync_each_commit_is_caught(
    synchronous: Synchronous, tmp_path: Path
) -> None:
    events = ran(tmp_path, synchronous)
    chance, inspector = random.Random(SEED), Inspector(tmp_path, SENT, again=10**9)
    lossy, most, number = 0, 0, size(24, 100, 2_000)
    dropped: list[tuple[int, Fate]] = [
        (place, "dropped") for place, _ in cuts(events, number, chance)
    ]
    for _, _, image in images(events, dropped, chance):
        try:
            lost = inspector.judged(image).lost
        except LedgerDamaged:  # with OFF the file itself may be
            lost = image.acknowledged
        lossy, most = lossy + bool(lost), max(most, len(lost))
    tell(
        f"power cut, control {synchronous}: seed {SEED}, {lossy} of {number} images lost what was"
        f" acknowledged, {most} messages at most"
    )
    assert lossy > number / 10, f"seed {SEED}: {lossy} of {number} images lose something"
