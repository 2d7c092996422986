"""One RFC 6962 tree over every row of the ledger, and its root.

A row's leaf hash is already the hash of a leaf (0x00 before it, see `seal`); nodes are hashed with
0x01 before them. The row at position n is leaf n - 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    if not leaves:
        return EMPTY_ROOT
    level = list(leaves)
    while len(level) > 1:
        odd = level[-1:] if len(level) % 2 else []
        level = list(map(node_of, level[:-1:2] if odd else level[::2], level[1::2])) + odd
    return level[0]
