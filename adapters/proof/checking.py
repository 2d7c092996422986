"""Checks that a leaf is in a tree, and that a tree extends an earlier one, by a proof.

Written from RFC 9162, sections 2.1.3.2 and 2.1.4.2, by the bits of index and size. It shares
nothing with what makes the proofs (`domain/ledger/tree.py`), not even how a node is hashed: what
one of them gets wrong the other must notice.

A proof by itself does not vouch for the size of a tree: the first leaf of three has the path that
the first leaf of four would have. So size and root always come together, from a checkpoint that
somebody signed, and never from whoever brings the proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the tree of this size and root holds this leaf hash at an index (counted from 0)."""
    if not 0 <= index < size or not _are_hashes(leaf, root, *path):
        return False
    at, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = _parent(sibling, found)
            at, last = _up_to_a_right_child(at, last)
        else:
            found = _parent(found, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def is_extended(
    earlier: int, earlier_root: bytes, size: int, root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether the tree of this size and root begins with the leaves of the earlier one.

    Says no of an earlier tree without leaves: it proves nothing.
    """
    if not 0 < earlier <= size or not _are_hashes(earlier_root, root, *path):
        return False
    if earlier == size:
        return not path and earlier_root == root
    if earlier & (earlier - 1) == 0:  # a full tree, whose root the proof does not repeat
        path = [earlier_root, *path]
    return bool(path) and _both_roots(earlier, size, path) == (earlier_root, root)


def _both_roots(earlier: int, size: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """The roots of the earlier and of the later tree that a path leads to; None where to none."""
    at, last = earlier - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if at & 1 or at == last:
            before, after = _parent(sibling, before), _parent(sibling, after)
            at, last = _up_to_a_right_child(at, last)
        else:
            after = _parent(after, sibling)
        at, last = at >> 1, last >> 1
    return (before, after) if last == 0 else None


def _up_to_a_right_child(at: int, last: int) -> tuple[int, int]:
    """Past the levels on which a node at the right edge has nothing beside it."""
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last


def _parent(left: bytes, right: bytes) -> bytes:
    digest = sha256(b"\x01")
    digest.update(left)
    digest.update(right)
    return digest.digest()


def _are_hashes(*each: bytes) -> bool:
    return all(len(found) == 32 for found in each)
