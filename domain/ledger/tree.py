"""One RFC 6962 tree over every row of the ledger: its root, and the paths that prove a row in it.

A row's leaf hash is already the hash of a leaf (0x00 before it, see `seal`); nodes are hashed with
0x01 before them. Row at position n is leaf n - 1. Only the shapes of RFC 6962, section 2.1 are made
here; whoever checks them shares no code with this (`adapters/proof/checking.py`, and the program
that verifies a bundle).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

NODE_PREFIX: Final = b"\x01"
"""RFC 6962, section 2.1: leaves and nodes are hashed apart."""
EMPTY_ROOT: Final = sha256(b"").digest()
"""The root of a tree without leaves."""


def node_of(left: bytes, right: bytes) -> bytes:
    """The hash of a node over its two children; 32 bytes."""
    return sha256(NODE_PREFIX + left + right).digest()


@dataclass(frozen=True, slots=True)
class Edge:
    """The right edge of a tree: what must be known of it to add a leaf and to name its root.

    One hash for each full subtree, the largest first: as many as the size has binary ones.
    """

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if len(self.hashes) != self.size.bit_count():
            raise ValueError("an edge has one hash for each binary one of its size")

    def grown(self, leaves: Iterable[bytes]) -> Edge:
        """The edge after these leaves, in order."""
        size, hashes = self.size, list(self.hashes)
        for leaf in leaves:
            carried, height = leaf, size
            while height & 1:
                carried = node_of(hashes.pop(), carried)
                height >>= 1
            hashes.append(carried)
            size += 1
        return Edge(size, tuple(hashes))

    @property
    def root(self) -> bytes:
        """The root of the tree; 32 bytes."""
        if not self.hashes:
            return EMPTY_ROOT
        *others, right = self.hashes
        for left in reversed(others):
            right = node_of(left, right)
        return right


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over all these leaves, level by level; 32 bytes."""
    return levels_over(leaves)[-1][0] if leaves else EMPTY_ROOT


def levels_over(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """Every level of the tree over these leaves, from the leaves up to the root."""
    levels = [list(leaves)]
    while len(level := levels[-1]) > 1:
        odd = level[-1:] if len(level) % 2 else []
        pairs = zip(level[:-1:2], level[1::2], strict=True)
        levels.append([node_of(left, right) for left, right in pairs] + odd)
    return levels


def edge_within(levels: Sequence[Sequence[bytes]], size: int) -> Edge:
    """The edge of the tree over the first so many leaves: its full subtrees are nodes of this one.

    Raises IndexError where there are fewer leaves.
    """
    if size > len(levels[0]):
        raise IndexError("the tree has fewer leaves")
    hashes, begun = list[bytes](), 0
    for height in reversed(range(size.bit_length())):
        if size >> height & 1:
            hashes.append(levels[height][begun >> height])
            begun += 1 << height
    return Edge(size, tuple(hashes))


def inclusion_path(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The audit path of one leaf in the tree over all of them (RFC 6962, section 2.1.1).

    `index` counts from 0. Raises IndexError where the tree has no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError("the tree has no such leaf")
    if len(leaves) == 1:
        return ()
    half = _left_half(len(leaves))
    if index < half:
        return (*inclusion_path(leaves[:half], index), root_of(leaves[half:]))
    return (*inclusion_path(leaves[half:], index - half), root_of(leaves[:half]))


@dataclass(frozen=True, slots=True)
class Paths:
    """A tree, and the audit paths of some of its leaves."""

    size: int
    root: bytes
    of: Mapping[int, tuple[bytes, ...]]
    """By the index of the leaf, counted from 0."""


@dataclass(frozen=True, slots=True)
class _Subtree:
    root: bytes
    below: list[list[bytes]]
    """The paths of the wanted leaves in it, as far as they lead."""


def inclusion_paths(leaves: Iterable[bytes], wanted: Collection[int]) -> Paths:
    """The audit paths of many leaves in one pass, in which every node is hashed once.

    Whenever two subtrees are joined, the root of each is the next step of the paths of all wanted
    leaves below the other. Raises IndexError where the tree lacks one of them.
    """
    steps: dict[int, list[bytes]] = {index: [] for index in wanted}
    edge: list[_Subtree] = []
    size = 0
    for size, leaf in enumerate(leaves, 1):
        edge.append(_Subtree(leaf, [steps[size - 1]] if size - 1 in steps else []))
        for _ in range((size & -size).bit_length() - 1):  # once for each zero at the end of size
            _join_the_last_two(edge)
    while len(edge) > 1:
        _join_the_last_two(edge)
    if any(not 0 <= index < size for index in steps):
        raise IndexError("the tree has no such leaf")
    root = edge[0].root if edge else EMPTY_ROOT
    return Paths(size, root, {index: tuple(path) for index, path in steps.items()})


def _join_the_last_two(edge: list[_Subtree]) -> None:
    right, left = edge.pop(), edge.pop()
    for path in left.below:
        path.append(right.root)
    for path in right.below:
        path.append(left.root)
    edge.append(_Subtree(node_of(left.root, right.root), left.below + right.below))


def consistency_path(leaves: Sequence[bytes], earlier: int) -> tuple[bytes, ...]:
    """The proof that the tree over all leaves extends the one over the first `earlier` of them.

    RFC 6962, section 2.1.2. Raises IndexError unless 0 < earlier <= the number of leaves.
    """
    if not 0 < earlier <= len(leaves):
        raise IndexError("a consistency proof needs a tree that is not empty and no longer")
    return _subproof(leaves, earlier, whole=True)


def _subproof(leaves: Sequence[bytes], earlier: int, *, whole: bool) -> tuple[bytes, ...]:
    """`whole`: the earlier tree is a full subtree whose root the other side knows."""
    if earlier == len(leaves):
        return () if whole else (root_of(leaves),)
    half = _left_half(len(leaves))
    if earlier <= half:
        return (*_subproof(leaves[:half], earlier, whole=whole), root_of(leaves[half:]))
    return (
        *_subproof(leaves[half:], earlier - half, whole=False),
        root_of(leaves[:half]),
    )


def _left_half(size: int) -> int:
    """The largest power of two below a size."""
    return 1 << ((size - 1).bit_length() - 1)
