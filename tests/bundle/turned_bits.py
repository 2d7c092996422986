"""A bundle in which single bits are turned: noticed, or the JSON is as it was."""

from __future__ import annotations

import json
from random import Random

from tests.bundle.given_bundles import code_of
from tests.tiers import SEED, tell


def hold_against_turned_bits(content: bytes, count: int, called: str) -> None:
    """Turn so many bits of a bundle, each in a copy of its own, or all where it has no more."""
    random, kinds, bits = Random(SEED), [0, 0, 0], 8 * len(content)
    for bit in random.sample(range(bits), min(count, bits)):
        turned = bytearray(content)
        turned[bit // 8] ^= 1 << bit % 8
        code = code_of(bytes(turned))
        kinds[code] += 1
        if code == 0:
            assert json.loads(bytes(turned)) == json.loads(content), bit
    assert kinds[1] > 0
    assert kinds[2] > 0
    tell(f"{called}: seed {SEED}, {sum(kinds)} bits turned: {kinds} yes, no, not readable")
