"""One bit, anywhere in the file: no answer changes without `verify` noticing.

Row K1: in random bytes, from a printed seed; in a soak in every byte of the file. In a ledger whose
bodies lie in clear, and in one that encrypts them. Of the log beside the file: see
`test_bits_of_the_log.py`.
"""

from __future__ import annotations

import hmac
import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.adapters.store_contract import append, draft
from tests.tiers import SEED, size, tell
from veinledger.adapters.errors import (
    FormatTooNew,
    KeyMissing,
    LedgerDamaged,
    Refused,
    VeinledgerError,
)
from veinledger.adapters.proof.originals import with_originals
from veinledger.adapters.store.anchoring import Outside
from veinledger.adapters.store.encrypted.bodies import Bodies
from veinledger.adapters.store.opening import open_store
from veinledger.adapters.store.verify import verify
from veinledger.domain.ledger.port import End, KeptOriginal, Row, Store

FLIPS = size(200, 1_500, 0)
"""Bytes of the file at random; 0: every one of them."""
PARTS = size(1, 1, 8)
"""Tests that share the bytes of a file, so that one that is cut off loses little."""
RECORDS = 100
LIES = pytest.mark.parametrize("encrypted", [False, True], ids=["in clear", "encrypted"])


@dataclass(frozen=True, slots=True)
class Answers:
    """All that production would read, as it lies in the file: in clear it follows from that."""

    scanned: tuple[Row, ...]
    by_stream: list[tuple[Row, ...]]
    keyed: list[Row | None]
    originals: list[KeptOriginal | None]
    streams: tuple[str, ...]
    ends: tuple[End, ...]
    leaves: tuple[bytes, ...]
    head: int


@dataclass(frozen=True, slots=True)
class Asked:
    """By which names, report keys and digests a ledger is asked."""

    streams: tuple[str, ...]
    keys: list[bytes]
    digests: list[str]

    def answers(self, store: Store) -> Answers:
        """By scan, by stream, by report key, by digest; and the lists over all of them."""
        return Answers(
            tuple(store.rows()),
            [store.stream(each) for each in self.streams],
            [store.keyed(each) for each in self.keys],
            [store.original(each) for each in self.digests],
            store.streams(""),
            store.ends(),
            tuple(store.leaves()),
            store.head(),
        )

    def some(self) -> Asked:
        """One in ten of the keys and digests, from all over their indexes."""
        return Asked(self.streams, self.keys[::10], self.digests[::10])


def in_clear(answers: Answers, bodies: Bodies) -> None:
    """Open what was answered; whatever was changed in it is refused by name, or opens."""
    for row in (*answers.scanned[::10], *answers.keyed):
        if row is not None:
            bodies.opened(row)
    for original in answers.originals:
        if original is not None:
            bodies.original(original)


def asked_of(store: Store, bodies: Bodies) -> Asked:
    """Everything that it holds."""
    keys = [row.key for row in store.rows() if row.key]
    digests = [received(number, bodies).digest for number in range(RECORDS)]
    assert all(store.original(each) is not None for each in digests)
    return Asked(store.streams(""), keys, digests)


def received(number: int, bodies: Bodies) -> KeptOriginal:
    """A message as received, that one record came in."""
    content = f"message {number}: {'y' * 20}".encode()
    digest = hmac.digest(bodies.keys.digest_key, content, "sha256").hex()
    return KeptOriginal(digest=digest, media_type="text/plain", content=content)


def fill(store: Store, bodies: Bodies, numbers: range = range(RECORDS // 2)) -> None:
    """Two streams of records, each with the message that it came in."""
    for number in numbers:
        kept = tuple(received(2 * number + n, bodies) for n in range(2))
        drafts = (
            draft(f"encounter/{n}", naming(each), f"{number}/{n}") for n, each in enumerate(kept)
        )
        append(store, *drafts, originals=kept)


def naming(original: KeptOriginal) -> bytes:
    told = {"digest": original.digest, "length": len(original.content), "media_type": "text/plain"}
    return json.dumps({"original": told}).encode()


def places(length: int, chance: random.Random, part: int) -> Sequence[int]:
    """The bytes in which a bit is flipped."""
    if FLIPS:
        return [chance.randrange(length) for _ in range(FLIPS)]
    return range(part, length, PARTS)


@LIES
@pytest.mark.parametrize("part", range(PARTS))
def test_no_bit_changes_an_answer_unnoticed(part: int, encrypted: bool, tmp_path: Path) -> None:
    file, broken = tmp_path / "whole.sqlite", tmp_path / "broken.sqlite"
    store, found = open_store(f"sqlite:///{file}", keys=tmp_path, encrypted=encrypted)
    bodies = Bodies(store.ledger_id, found)
    fill(store, bodies)
    asked = asked_of(store, bodies)
    truth = asked.answers(store)
    store.close()

    whole, chance, seen = file.read_bytes(), random.Random(SEED), Counter[str]()
    for place in places(len(whole), chance, part):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << chance.randrange(8)
        for left in tmp_path.glob("broken.sqlite-*"):
            left.unlink()
        broken.write_bytes(flipped)
        outcome = judged(broken, asked, truth)
        assert outcome != "changed, unnoticed", f"seed {SEED}, byte {place}"
        seen[outcome] += 1
    which = "encrypted" if encrypted else "in clear"
    share = f"part {part + 1} of {PARTS}, {seen.total()} of {len(whole)} bytes"
    tell(f"bits flipped, {which}: seed {SEED}, {share}: {dict(seen)}")
    changed = seen["changed, noticed"] + seen["refused on reading"]
    assert changed > seen.total() / 10, "the control: bits do change answers"
    assert seen["unchanged"] > 0, "the control: free space is no alarm"


def judged(file: Path, asked: Asked, truth: Answers, *outside: Outside) -> str:
    """What becomes of a changed file; one that `verify` tells of is asked only some things more."""
    try:
        store, found_keys = open_store(f"sqlite:///{file}", keys=file.parent)
    except (LedgerDamaged, KeyMissing, Refused, FormatTooNew):
        return "refused at the door"
    try:
        bodies = Bodies(store.ledger_id, found_keys)
        verdict = verify(store, found_keys, outside)
        if with_originals(verdict, store, bodies).consistent:
            same = asked.answers(store) == truth
            return "unchanged" if same else "changed, unnoticed"
        some = asked.some().answers(store)
        same = some.scanned == truth.scanned
        in_clear(some, bodies)
    except LedgerDamaged:
        return "refused on reading"
    finally:
        close(store)
    return "unchanged by scan, noticed" if same else "changed, noticed"


def close(store: Store) -> None:
    try:
        store.close()
    except VeinledgerError as error:
        pytest.fail(f"closing failed: {error}")
