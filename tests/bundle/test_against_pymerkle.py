"""The prover and both checkers against pymerkle, an independent tree; `make oracles` brings it."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from tests.bundle.naive_proofs import Extension, Inclusion, node
from tests.bundle.test_proofs import EXTENDS, INCLUDES
from tests.tiers import SEED, size, tell
from veinledger.domain.ledger.tree import consistency_path, inclusion_paths, root_of

pymerkle = pytest.importorskip("pymerkle", reason="the oracle is not installed: `make oracles`")

LARGEST = 10_000


@pytest.fixture(scope="module")
def tree() -> Any:
    made = pymerkle.InmemoryTree(algorithm="sha256")
    made.append_entries([n.to_bytes(4, "big") for n in range(LARGEST)])
    return made


@pytest.mark.stochastic
def test_roots_and_proofs_are_those_of_an_independent_tree(tree: Any) -> None:
    random, pairs = Random(SEED), 0
    leaves = [tree.get_leaf(index) for index in range(1, LARGEST + 1)]
    sizes = [1, 2, LARGEST, *(random.randint(1, LARGEST) for _ in range(size(3, 25, 1_000)))]
    for count in sizes:
        some = sorted({random.randrange(count) for _ in range(20)})
        paths = inclusion_paths(leaves[:count], some)
        assert paths.root == tree.get_root(count)
        for index in some:
            theirs = tree.prove_inclusion(index + 1, count)
            assert paths.of[index] == tuple(theirs.path[1:])
            claim = Inclusion(leaves[index], index, count, paths.of[index], paths.root)
            assert all(included(claim) for included in INCLUDES)
        for earlier in sorted({random.randint(1, count) for _ in range(4)}):
            theirs = tree.prove_consistency(earlier, count)
            path = consistency_path(leaves[:count], earlier)
            assert path == as_the_rfc_writes(theirs, earlier)
            root = root_of(leaves[:earlier])
            assert root == tree.get_root(earlier)
            claimed = Extension(earlier, root, count, paths.root, path)
            assert all(extended(claimed) for extended in EXTENDS)
            pairs += 1
    tell(f"pymerkle: seed {SEED}, {len(sizes)} trees of up to {LARGEST} leaves, {pairs} pairs")


def as_the_rfc_writes(theirs: Any, earlier: int) -> tuple[bytes, ...]:
    """The same proof in the shape of RFC 6962, section 2.1.2.

    pymerkle takes the first subtree behind the earlier tree apart, and puts its parts in front.
    """
    path, behind = theirs.path, (*theirs.subset, 1).index(1)
    if not behind:  # both trees are one
        return ()
    right = path[0]
    for part in path[1:behind]:
        right = node(right, part)
    first, *others = path[behind:]
    is_full = earlier & (earlier - 1) == 0
    return (right, *others) if is_full else (first, right, *others)
