"""Row K6: what the prover proves both checkers accept, and whatever is changed both refuse.

There are two checkers, the library's and that of the stand-alone program; neither shares code with
the prover. A size or an index by itself is not in a path (the first leaf of three has the path
that the first leaf of four would have), so what is true of a changed number the plain recursion of
the RFC says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from random import Random

import pytest

from tests.bundle.naive_proofs import (
    Extension,
    Inclusion,
    false_extensions,
    false_inclusions,
    leaves,
    node,
)
from tests.tiers import SEED, size, tell
from veinledger.adapters.bundle import verify_bundle
from veinledger.adapters.proof import checking
from veinledger.domain.ledger.tree import (
    consistency_path,
    inclusion_path,
    inclusion_paths,
    root_of,
)

Includes = Callable[[Inclusion], bool]
Extends = Callable[[Extension], bool]

LEAVES = leaves(65)
REFERENCE_INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                    "606162636465666768696a6b6c6d6e6f"]  # fmt: skip
REFERENCE_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Of Certificate Transparency; every implementation of RFC 6962 is tried by them."""
REFERENCE_PATH = [
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
]
"""Of the first of the eight leaves."""


def by_the_library(claim: Inclusion) -> bool:
    return checking.is_included(claim.leaf, claim.index, claim.size, claim.path, claim.root)


def by_the_program(claim: Inclusion) -> bool:
    tree = verify_bundle.Tree(claim.size, claim.root)
    return verify_bundle.included(claim.leaf, claim.index, tree, claim.path)


def extended_by_the_library(claim: Extension) -> bool:
    sizes = claim.earlier, claim.earlier_root, claim.size, claim.root
    return checking.is_extended(*sizes, claim.path)


def extended_by_the_program(claim: Extension) -> bool:
    first = verify_bundle.Tree(claim.earlier, claim.earlier_root)
    return verify_bundle.extends(first, verify_bundle.Tree(claim.size, claim.root), claim.path)


INCLUDES = [by_the_library, by_the_program]
EXTENDS = [extended_by_the_library, extended_by_the_program]


def inclusions(largest: int) -> Iterator[Inclusion]:
    """Every true claim up to a size."""
    for count in range(1, largest + 1):
        root = root_of(LEAVES[:count])
        for index in range(count):
            path = inclusion_path(LEAVES[:count], index)
            yield Inclusion(LEAVES[index], index, count, path, root)


def extensions(largest: int) -> Iterator[Extension]:
    """Every true pair up to a size."""
    roots = [root_of(LEAVES[:count]) for count in range(largest + 1)]
    for count in range(1, largest + 1):
        for earlier in range(1, count + 1):
            path = consistency_path(LEAVES[:count], earlier)
            yield Extension(earlier, roots[earlier], count, roots[count], path)


def test_the_reference_leaves_have_the_reference_roots() -> None:
    hashed = [sha256(b"\x00" + bytes.fromhex(each)).digest() for each in REFERENCE_INPUTS]
    assert [root_of(hashed[: n + 1]).hex() for n in range(8)] == REFERENCE_ROOTS
    assert [each.hex() for each in inclusion_path(hashed, 0)] == REFERENCE_PATH
    for count in range(1, 9):
        paths = inclusion_paths(hashed[:count], range(count))
        assert (paths.size, paths.root.hex()) == (count, REFERENCE_ROOTS[count - 1])


@pytest.mark.parametrize("included", INCLUDES)
def test_every_inclusion_to_size_65_is_accepted(included: Includes) -> None:
    claims = list(inclusions(65))
    assert len(claims) == 65 * 66 // 2
    assert all(claim.is_true and included(claim) for claim in claims)


@pytest.mark.parametrize("extended", EXTENDS)
def test_every_consistent_pair_to_size_65_is_accepted(extended: Extends) -> None:
    claims = list(extensions(65))
    assert len(claims) == 65 * 66 // 2
    assert all(claim.is_true and extended(claim) for claim in claims)


def test_the_paths_of_many_leaves_at_once_are_those_of_each_by_itself() -> None:
    for count in range(1, 66):
        paths = inclusion_paths(iter(LEAVES[:count]), range(count))
        assert paths.root == root_of(LEAVES[:count])
        assert paths.of == {n: inclusion_path(LEAVES[:count], n) for n in range(count)}
    for index in (-1, 65):
        with pytest.raises(IndexError):
            inclusion_paths(LEAVES, [index])
    assert inclusion_paths([], []).root == root_of([])


def test_the_paths_of_many_leaves_hash_each_node_once(monkeypatch: pytest.MonkeyPatch) -> None:
    joined: list[bytes] = []

    def counted(left: bytes, right: bytes) -> bytes:
        joined.append(node(left, right))
        return joined[-1]

    monkeypatch.setattr("veinledger.domain.ledger.tree.node_of", counted)
    inclusion_paths(LEAVES, range(65))
    assert len(joined) == len(set(joined)) == 64


def wrongly_answered(included: Includes, largest: int, random: Random) -> list[Inclusion]:
    return [
        claim
        for true in inclusions(largest)
        for claim in false_inclusions(true, random)
        if included(claim) != claim.is_true
    ]


def wrongly_extended(extended: Extends, largest: int, random: Random) -> list[Extension]:
    return [
        claim
        for true in extensions(largest)
        for claim in false_extensions(true, random)
        if extended(claim) != claim.is_true
    ]


SMALL = size(20, 65)


@pytest.mark.parametrize("included", INCLUDES)
def test_every_inclusion_with_one_thing_changed_is_refused(included: Includes) -> None:
    assert wrongly_answered(included, SMALL, Random(SEED)) == []


@pytest.mark.parametrize("extended", EXTENDS)
def test_every_extension_with_one_thing_changed_is_refused(extended: Extends) -> None:
    assert wrongly_extended(extended, SMALL, Random(SEED)) == []


def test_what_is_changed_is_false_but_for_numbers_that_leave_the_path_as_it_is() -> None:
    """So the tests above compare with something that says no, and says it nearly always."""
    random = Random(SEED)
    changed = [each for true in inclusions(33) for each in false_inclusions(true, random)]
    paired = [each for true in extensions(33) for each in false_extensions(true, random)]
    assert len(changed) > 10_000
    assert len(paired) > 10_000
    assert sum(each.is_true for each in changed) < len(changed) / 20
    assert sum(each.is_true for each in paired) < len(paired) / 20
    assert not any(
        each.is_true
        for true in inclusions(33)
        for each in false_inclusions(true, random)
        if (each.index, each.size) == (true.index, true.size)
    )


@pytest.mark.stochastic
def test_random_claims_in_large_trees_with_one_thing_changed_are_refused() -> None:
    random, wanted, tried = Random(SEED), size(2_000, 20_000, 1_000_000), 0
    many = leaves(10_000)
    while tried < wanted:
        count = random.randint(1, len(many))
        some = {random.randrange(count) for _ in range(40)}
        paths = inclusion_paths(many[:count], some)
        for index in sorted(some):
            claim = Inclusion(many[index], index, count, paths.of[index], paths.root)
            assert all(checker(claim) for checker in INCLUDES)
            for other in false_inclusions(claim, random):
                assert [checker(other) for checker in INCLUDES] == [other.is_true] * 2
                tried += 1
        tried += refused_extensions(many, count, random)
    tell(f"proofs: seed {SEED}, {tried} changed claims in trees of up to 10,000 leaves")


def refused_extensions(many: list[bytes], count: int, random: Random) -> int:
    tried, root = 0, root_of(many[:count])
    for earlier in {random.randint(1, count) for _ in range(4)}:
        path = consistency_path(many[:count], earlier)
        claim = Extension(earlier, root_of(many[:earlier]), count, root, path)
        assert all(checker(claim) for checker in EXTENDS)
        for other in false_extensions(claim, random):
            assert [checker(other) for checker in EXTENDS] == [other.is_true] * 2
            tried += 1
    return tried


# Controls: a checker that skips a step is caught


def ignoring_the_last_hash(claim: Inclusion) -> bool:
    rest = claim.path[:-1]
    shorter = Inclusion(claim.leaf, claim.index, claim.size, rest, claim.root)
    return by_the_library(claim) or by_the_library(shorter)


def trusting_the_size(claim: Inclusion) -> bool:
    """The algorithm without its comparisons of the size: steps 1, 4a and the first half of 5."""
    at, last, found = claim.index, claim.size - 1, claim.leaf
    for sibling in claim.path:
        if at & 1 or at == last:
            found = node(sibling, found)
            while at > 0 and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = node(found, sibling)
        at, last = at >> 1, last >> 1
    return found == claim.root


def without_the_prefix_of_a_node(claim: Inclusion) -> bool:
    """Takes a node for a leaf: the second preimage against which RFC 6962 hashes them apart."""
    return by_the_library(claim) or (claim.size > 1 and claim.root == claim.leaf)


@pytest.mark.parametrize(
    "planted", [ignoring_the_last_hash, trusting_the_size, without_the_prefix_of_a_node]
)
def test_a_checker_of_inclusions_that_skips_a_step_is_caught(planted: Includes) -> None:
    assert all(planted(claim) for claim in inclusions(20))
    assert wrongly_answered(planted, 20, Random(SEED))


def ignoring_the_last_hash_of_a_pair(claim: Extension) -> bool:
    sizes = claim.earlier, claim.earlier_root, claim.size, claim.root
    return extended_by_the_library(claim) or checking.is_extended(*sizes, claim.path[:-1])


def looking_at_the_later_root_alone(claim: Extension) -> bool:
    """Believes whatever is said to have been the earlier root."""
    true = claim.path and 0 < claim.earlier < claim.size <= 65
    said = root_of(LEAVES[: claim.earlier]) if true else claim.earlier_root
    return extended_by_the_library(
        Extension(claim.earlier, said, claim.size, claim.root, claim.path)
    )


def trusting_the_sizes(claim: Extension) -> bool:
    """Without the comparisons of the sizes."""
    if claim.earlier == claim.size:
        return claim.earlier_root == claim.root
    full = claim.earlier & (claim.earlier - 1) == 0
    path = [claim.earlier_root, *claim.path] if full else list(claim.path)
    at, last = max(claim.earlier - 1, 0), max(claim.size - 1, 0)
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = path[0] if path else b""
    for sibling in path[1:]:
        if at & 1 or at == last:
            before, after = node(sibling, before), node(sibling, after)
            while at > 0 and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            after = node(after, sibling)
        at, last = at >> 1, last >> 1
    return (before, after) == (claim.earlier_root, claim.root)


@pytest.mark.parametrize(
    "planted",
    [ignoring_the_last_hash_of_a_pair, looking_at_the_later_root_alone, trusting_the_sizes],
)
def test_a_checker_of_extensions_that_skips_a_step_is_caught(planted: Extends) -> None:
    assert all(planted(claim) for claim in extensions(20))
    assert wrongly_extended(planted, 20, Random(SEED))
