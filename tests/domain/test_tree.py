"""The tree over all rows, against the plainest reading of RFC 6962, section 2.1."""

from __future__ import annotations

from hashlib import sha256

from veinledger.domain.ledger.tree import Edge, root_of

LEAVES = [sha256(b"\x00" + bytes([n])).digest() for n in range(65)]


def by_the_text(leaves: list[bytes]) -> bytes:
    """MTH as the RFC defines it, recursion and all."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return sha256(b"\x01" + by_the_text(leaves[:half]) + by_the_text(leaves[half:])).digest()


def test_the_root_is_the_one_that_the_text_defines_for_every_size() -> None:
    for size in range(len(LEAVES) + 1):
        assert root_of(LEAVES[:size]) == by_the_text(LEAVES[:size])


def test_an_edge_grown_in_any_two_steps_names_the_same_root() -> None:
    for size in range(len(LEAVES) + 1):
        for first in range(size + 1):
            grown = Edge().grown(LEAVES[:first]).grown(LEAVES[first:size])
            assert grown.root == by_the_text(LEAVES[:size])
            assert len(grown.hashes) == size.bit_count()
