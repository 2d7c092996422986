"""A body that opens under two keys: what AES-GCM allows, and a commitment to the key does not.

The tag is a polynomial over GF(2^128) in a value that follows from the key (NIST SP 800-38D). For
one free block, that two keys give one tag is one linear equation.
"""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

REDUCED: Final = 0xE1 << 120
BLOCK: Final = 16


def times(one: int, other: int) -> int:
    """The product in the field, in the order of bits that GCM writes them."""
    product = 0
    for place in range(128):
        if other >> (127 - place) & 1:
            product ^= one
        one = (one >> 1) ^ (REDUCED if one & 1 else 0)
    return product


def power(base: int, exponent: int) -> int:
    found = 1 << 127
    while exponent:
        if exponent & 1:
            found = times(found, base)
        base, exponent = times(base, base), exponent >> 1
    return found


def block(key: bytes, content: bytes) -> int:
    """AES itself, one block."""
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # one block
    return int.from_bytes(encryptor.update(content) + encryptor.finalize(), "big")


def hashed(key: bytes, covered: bytes, encrypted: int) -> int:
    """The tag of one block under a nonce of zeros."""
    subkey, whole = block(key, bytes(BLOCK)), covered + bytes(-len(covered) % BLOCK)
    lengths = len(covered) * 8 << 64 | BLOCK * 8
    blocks = [int.from_bytes(whole[at : at + BLOCK], "big") for at in range(0, len(whole), BLOCK)]
    tag = 0
    for each in (*blocks, encrypted, lengths):
        tag = times(tag ^ each, subkey)
    return tag ^ block(key, bytes(12) + b"\x00\x00\x00\x01")


def opens_under_both(first: bytes, second: bytes, covered: bytes) -> bytes:
    """A block and a tag that both keys accept, for the same associated data."""
    squares = [power(block(key, bytes(BLOCK)), 2) for key in (first, second)]
    apart = hashed(first, covered, 0) ^ hashed(second, covered, 0)
    chosen = times(apart, power(squares[0] ^ squares[1], 2**128 - 2))
    tag = hashed(first, covered, chosen)
    return chosen.to_bytes(BLOCK, "big") + tag.to_bytes(BLOCK, "big")
