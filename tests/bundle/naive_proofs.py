"""Proofs as RFC 6962, section 2.1 defines them, top down, and everything that can be wrong in one.

Slow and plain on purpose, and shared with neither the prover nor the checkers: a path is taken
apart from its last hash on, by the recursion of the text itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from random import Random

Path = tuple[bytes, ...]


def leaves(count: int) -> list[bytes]:
    """Leaf hashes that are all different."""
    return [sha256(b"\x00" + n.to_bytes(4, "big")).digest() for n in range(count)]


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def half_of(size: int) -> int:
    """The largest power of two below a size."""
    half = 1
    while half * 2 < size:
        half *= 2
    return half


@dataclass(frozen=True, slots=True)
class Inclusion:
    """A claim that a tree holds a leaf."""

    leaf: bytes
    index: int
    size: int
    path: Path
    root: bytes

    @property
    def is_true(self) -> bool:
        if not 0 <= self.index < self.size:
            return False
        return _root(self.leaf, self.index, self.size, self.path) == self.root


def _root(leaf: bytes, index: int, size: int, path: Path) -> bytes | None:
    if size == 1:
        return None if path else leaf
    if not path:
        return None
    half, beside = half_of(size), path[-1]
    if index < half:
        found = _root(leaf, index, half, path[:-1])
        return found and node(found, beside)
    found = _root(leaf, index - half, size - half, path[:-1])
    return found and node(beside, found)


@dataclass(frozen=True, slots=True)
class Extension:
    """A claim that a tree begins with all leaves of an earlier one."""

    earlier: int
    earlier_root: bytes
    size: int
    root: bytes
    path: Path

    @property
    def is_true(self) -> bool:
        if not 0 < self.earlier <= self.size:
            return False
        return self._roots(self.earlier, self.size, self.path, True) == (
            self.earlier_root,
            self.root,
        )

    def _roots(
        self, earlier: int, size: int, path: Path, known: bool
    ) -> tuple[bytes, bytes] | None:
        if earlier == size and known:
            return None if path else (self.earlier_root, self.earlier_root)
        if earlier == size:
            return (path[0], path[0]) if len(path) == 1 else None
        if not path:
            return None
        half, beside = half_of(size), path[-1]
        if earlier <= half:
            found = self._roots(earlier, half, path[:-1], known)
            return found and (found[0], node(found[1], beside))
        found = self._roots(earlier - half, size - half, path[:-1], False)
        return found and (node(beside, found[0]), node(beside, found[1]))


def other_paths(path: Path, random: Random) -> Iterator[Path]:
    """A path with one bit turned, and with one hash dropped, doubled, exchanged or added."""
    for at, each in enumerate(path):
        yield (*path[:at], turned(each, random), *path[at + 1 :])
        yield (*path[:at], *path[at + 1 :])
        yield (*path[:at], each, *path[at:])
        yield (*path[:at], each[:-1], *path[at + 1 :])
    for at in range(1, len(path)):
        yield (*path[: at - 1], path[at], path[at - 1], *path[at + 1 :])
    yield (*path, random.randbytes(32))
    yield (random.randbytes(32), *path)
    if len(path) > 1:
        yield path[::-1]


def turned(found: bytes, random: Random) -> bytes:
    """The same bytes with one bit turned."""
    bit = random.randrange(8 * len(found))
    return (int.from_bytes(found, "big") ^ 1 << bit).to_bytes(len(found), "big")


def other_numbers(number: int, others: Sequence[int]) -> Iterator[int]:
    """Numbers beside this one, and those that a careless reader takes for it."""
    near = {number - 1, number + 1, number * 2, number // 2, number ^ 1, -number, 0, *others}
    yield from sorted(near - {number})


def false_inclusions(claim: Inclusion, random: Random) -> Iterator[Inclusion]:
    """The same claim with one thing changed; all but changed numbers are surely false."""
    for path in other_paths(claim.path, random):
        yield replace(claim, path=path)
    yield replace(claim, leaf=turned(claim.leaf, random))
    yield replace(claim, root=turned(claim.root, random))
    if claim.size > 1:
        yield replace(claim, root=claim.leaf)
    for index in other_numbers(claim.index, (claim.size, claim.size - 1)):
        yield replace(claim, index=index)
    for size in other_numbers(claim.size, (claim.index, claim.index + 1)):
        yield replace(claim, size=size)


def false_extensions(claim: Extension, random: Random) -> Iterator[Extension]:
    """The same of a claim that a tree extends another."""
    for path in other_paths(claim.path, random):
        yield replace(claim, path=path)
    yield replace(claim, earlier_root=turned(claim.earlier_root, random))
    yield replace(claim, root=turned(claim.root, random))
    if claim.earlier != claim.size:
        yield replace(claim, root=claim.earlier_root)
        yield replace(claim, earlier_root=claim.root)
    for earlier in other_numbers(claim.earlier, (claim.size,)):
        yield replace(claim, earlier=earlier)
    for size in other_numbers(claim.size, (claim.earlier,)):
        yield replace(claim, size=size)
