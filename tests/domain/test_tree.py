"""The tree over all rows, against the plainest reading of RFC 6962, section 2.1."""

from __future__ import annotations

from hashlib import sha256

import pytest

from veinledger.domain.ledger.tree import (
    Edge,
    consistency_path,
    edge_within,
    inclusion_path,
    inclusion_paths,
    levels_over,
    root_of,
)

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


def test_an_edge_has_as_many_hashes_as_its_size_has_binary_ones() -> None:
    with pytest.raises(ValueError, match="one hash for each binary one of its size"):
        Edge(size=3, hashes=(LEAVES[0],))


def led_to(leaf: bytes, index: int, size: int, path: tuple[bytes, ...]) -> bytes:
    """The root to which a path leads from a leaf: RFC 9162, section 2.1.3.2."""
    root, at, last = leaf, index, size - 1
    for each in path:
        if at & 1 or at == last:
            root = sha256(b"\x01" + each + root).digest()
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            root = sha256(b"\x01" + root + each).digest()
        at, last = at >> 1, last >> 1
    assert last == 0
    return root


def test_every_path_leads_from_its_leaf_to_the_root_and_is_the_same_in_one_pass() -> None:
    for size in range(1, 34):
        leaves = LEAVES[:size]
        together = inclusion_paths(leaves, range(size))
        assert together.root == by_the_text(leaves)
        for index, leaf in enumerate(leaves):
            path = inclusion_path(leaves, index)
            assert together.of[index] == path
            assert led_to(leaf, index, size, path) == together.root


@pytest.mark.parametrize(("size", "index"), [(0, 0), (5, 5), (5, -1)])
def test_a_leaf_that_the_tree_lacks_has_no_path(size: int, index: int) -> None:
    with pytest.raises(IndexError, match="the tree has no such leaf"):
        inclusion_path(LEAVES[:size], index)
    with pytest.raises(IndexError, match="the tree has no such leaf"):
        inclusion_paths(LEAVES[:size], [index])


@pytest.mark.parametrize(("size", "earlier"), [(5, 0), (5, 6), (0, 0)])
def test_a_longer_tree_and_an_empty_one_have_no_proof_of_growing_into_this_one(
    size: int, earlier: int
) -> None:
    with pytest.raises(IndexError, match="a tree that is not empty and no longer"):
        consistency_path(LEAVES[:size], earlier)


def proof_by_the_text(earlier: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF as the RFC defines it, section 2.1.2."""
    if earlier == len(leaves):
        return [] if whole else [by_the_text(leaves)]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    if earlier <= half:
        return [*proof_by_the_text(earlier, leaves[:half], whole), by_the_text(leaves[half:])]
    return [*proof_by_the_text(earlier - half, leaves[half:], False), by_the_text(leaves[:half])]


def test_the_proof_of_an_extension_is_the_one_that_the_text_defines() -> None:
    for size in range(1, 34):
        for earlier in range(1, size + 1):
            proof = consistency_path(LEAVES[:size], earlier)
            assert list(proof) == proof_by_the_text(earlier, LEAVES[:size], True)


def test_the_edge_of_every_beginning_is_read_out_of_the_levels_of_a_longer_tree() -> None:
    for size in range(1, len(LEAVES) + 1):
        levels = levels_over(LEAVES[:size])
        assert levels[-1] == [by_the_text(LEAVES[:size])]
        for earlier in range(size + 1):
            assert edge_within(levels, earlier) == Edge().grown(LEAVES[:earlier])


@pytest.mark.parametrize("size", [1, 5, 64])
def test_no_edge_is_read_out_of_a_tree_with_fewer_leaves(size: int) -> None:
    with pytest.raises(IndexError, match="the tree has fewer leaves"):
        edge_within(levels_over(LEAVES[:size]), size + 1)
