"""One bit in the log beside the file: the newest checkpoint shows what is missing. Row K1.

SQLite passes over a frame whose sum is wrong, and over all behind it. What is left is a ledger that
was true once, and nothing in it says that it went on: the control shows that, without a checkpoint.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.adapters.test_bits import LIES, RECORDS, Answers, Asked, asked_of, fill, judged
from tests.tiers import SEED, size, tell
from veinledger.adapters.proof.originals import with_originals
from veinledger.adapters.store.anchoring import Outside
from veinledger.adapters.store.encrypted.bodies import Bodies
from veinledger.adapters.store.opening import open_store
from veinledger.adapters.store.verify import verify
from veinledger.domain.ledger.port import Row
from veinledger.domain.ledger.tree import root_of

FLIPS = size(25, 250, 7_500)
"""In each of four logs: with those of the file 500 bits in all on a desk, 4,000 in CI."""
CONTROLS = size(5, 25, 500)
"""So many of them are tried without a checkpoint too."""
IN_THE_LOG = pytest.mark.parametrize("last", [RECORDS, 6], ids=["all in it", "the last 6 in it"])


@dataclass(frozen=True, slots=True)
class Whole:
    """A ledger in use: its file, the log beside it, and what it answers."""

    file: bytes
    log: bytes
    asked: Asked
    truth: Answers
    newest: Outside


def in_use(folder: Path, *, encrypted: bool, last: int) -> Whole:
    """The file holds all records but the last, which the log holds."""
    url, first = f"sqlite:///{folder / 'whole.sqlite'}", (RECORDS - last) // 2
    store, keys = open_store(url, keys=folder, encrypted=encrypted)
    bodies = Bodies(store.ledger_id, keys)
    fill(store, bodies, range(first))
    if first:
        store.close()
        store, _ = open_store(url, keys=folder)
    fill(store, bodies, range(first, RECORDS // 2))
    with closing(store):
        asked, leaves = asked_of(store, bodies), list(store.leaves())
        return Whole(
            (folder / "whole.sqlite").read_bytes(),
            (folder / "whole.sqlite-wal").read_bytes(),
            asked,
            asked.answers(store),
            Outside(size=len(leaves), root=root_of(leaves), called="the newest checkpoint"),
        )


def broken(whole: Whole, folder: Path, number: int) -> Iterator[tuple[int, Path]]:
    """The ledger with one bit of its log changed, so many times, and in which byte."""
    chance, file = random.Random(SEED), folder / "broken.sqlite"
    for _ in range(number):
        place, log = chance.randrange(len(whole.log)), bytearray(whole.log)
        log[place] ^= 1 << chance.randrange(8)
        for left in folder.glob("broken.sqlite-*"):
            left.unlink()
        file.write_bytes(whole.file)
        file.with_name("broken.sqlite-wal").write_bytes(log)
        yield place, file


@LIES
@IN_THE_LOG
def test_no_bit_of_the_log_changes_an_answer_unnoticed_by_the_newest_checkpoint(
    encrypted: bool, last: int, tmp_path: Path
) -> None:
    whole, seen = in_use(tmp_path, encrypted=encrypted, last=last), Counter[str]()
    for place, file in broken(whole, tmp_path, FLIPS):
        outcome = judged(file, whole.asked, whole.truth, whole.newest)
        assert outcome != "changed, unnoticed", f"seed {SEED}, byte {place}"
        seen[outcome] += 1
    which = f"{'encrypted' if encrypted else 'in clear'}, {last} records in it"
    share = f"{FLIPS} of {len(whole.log)} bytes"
    tell(f"bits flipped in the log, {which}: seed {SEED}, {share}: {dict(seen)}")
    assert seen["changed, noticed"] > FLIPS / 10, "the control: bits do change answers"


def left(file: Path, asked: Asked) -> Answers | None:
    """What a ledger answers with whose file and records are consistent in themselves."""
    store, keys = open_store(f"sqlite:///{file}", keys=file.parent)
    with closing(store):
        found = with_originals(verify(store, keys), store, Bodies(store.ledger_id, keys))
        return asked.answers(store) if found.consistent else None


def is_the_beginning_of(some: Answers, every: Answers) -> bool:
    """Whether answers are as they were once, before the last records came."""
    streams = [rows for rows in some.by_stream if rows]
    lasts = [rows[-1] for rows in streams]
    return (
        some.head == len(some.scanned)
        and some.scanned == every.scanned[: some.head]
        and some.leaves == every.leaves[: some.head]
        and all(rows == begun(every.by_stream, rows) for rows in streams)
        and some.streams == tuple(row.stream for row in lasts)
        and [(end.stream, end.sequence, end.position, end.leaf) for end in some.ends]
        == [(row.stream, row.sequence, row.position, row.leaf) for row in lasts]
        and all(one in (None, other) for one, other in zip(some.keyed, every.keyed, strict=True))
        and {*filter(None, some.originals)} <= {*filter(None, every.originals)}
    )


def begun(streams: list[tuple[Row, ...]], some: tuple[Row, ...]) -> tuple[Row, ...]:
    """As many rows of the same stream."""
    (whole,) = (rows for rows in streams if rows[0].stream == some[0].stream)
    return whole[: len(some)]


@LIES
@IN_THE_LOG
def test_the_control_without_a_checkpoint_an_end_is_missing_and_nothing_says_so(
    encrypted: bool, last: int, tmp_path: Path
) -> None:
    """The same bits: what is missing was at the end, and all that is left is as it was."""
    whole, unnoticed = in_use(tmp_path, encrypted=encrypted, last=last), 0
    for place, file in broken(whole, tmp_path, CONTROLS):
        answers = left(file, whole.asked)
        if answers is not None and answers != whole.truth:
            assert is_the_beginning_of(answers, whole.truth), f"seed {SEED}, byte {place}"
            assert answers.head >= 1 + RECORDS - last, "what the file itself holds is there"
            unnoticed += 1
    assert unnoticed > CONTROLS / 2
