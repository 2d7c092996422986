"""Signed notes and checkpoints, byte for byte as C2SP specifies them: signed-note, tlog-checkpoint.

A checkpoint is three lines (origin, size, root in base64) and below an empty line one signature or
more. Nothing in it tells of a patient: it may lie anywhere.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

_ED25519: Final = b"\x01"
_DASH: Final = "\u2014 "
SIGNATURES_AT_MOST: Final = 100


class NoteError(Exception):
    """What is not a signed note, or not signed as it should be; says what would have been right."""


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """Who signs, and the public half of the key: good for verifying alone."""

    name: str
    public: bytes
    """32 bytes, Ed25519."""

    @property
    def hint(self) -> bytes:
        """The four bytes that name the key in a signature line."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    @property
    def text(self) -> str:
        """The key as C2SP writes it: name+hint+key."""
        return f"{self.name}+{self.hint.hex()}+{_base64(_ED25519 + self.public)}"

    @classmethod
    def from_text(cls, text: str) -> VerificationKey:
        """A key from its text; raises NoteError."""
        name, _, rest = text.strip().partition("+")
        hint, _, key = rest.partition("+")
        decoded = _bytes_of(key)
        if not _is_a_name(name) or decoded[:1] != _ED25519 or len(decoded) != 33:
            raise NoteError(
                "a verification key reads name+hint+key, the key in base64, 33 bytes for Ed25519"
            )
        found = cls(name, decoded[1:])
        if found.hint.hex() != hint:
            raise NoteError("the hint of the verification key does not belong to it")
        return found

    def has_signed(self, text: str, signature: bytes) -> bool:
        """Whether this key made a signature over a note's text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """Signs notes under one name. Shows its public half and nothing else."""

    name: str
    seed: bytes
    """32 bytes; whoever has them signs as this ledger."""

    def __repr__(self) -> str:
        return f"<signer {self.key.text}>"

    @property
    def key(self) -> VerificationKey:
        """What others verify by."""
        return VerificationKey(self.name, self._private.public_key().public_bytes_raw())

    def signed(self, text: str) -> str:
        """A note: its text, which ends with a line feed, and the signature below it."""
        if not text.endswith("\n"):
            raise ValueError("the text of a note ends with a line feed")
        made = _base64(self.key.hint + self._private.sign(text.encode()))
        return f"{text}\n{_DASH}{self.name} {made}\n"

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


@dataclass(frozen=True, slots=True)
class Signature:
    """One line below a note."""

    name: str
    hint: bytes
    signature: bytes

    @property
    def line(self) -> str:
        """The line as it is written."""
        return f"{_DASH}{self.name} {_base64(self.hint + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text and who signed it."""

    text: str
    signatures: tuple[Signature, ...]

    @property
    def written(self) -> str:
        """The note as it is written, text and signatures."""
        return f"{self.text}\n{''.join(each.line for each in self.signatures)}"

    def is_signed_by(self, key: VerificationKey) -> bool:
        """Whether one of its signatures is by this key, and holds."""
        return any(
            (each.name, each.hint) == (key.name, key.hint)
            and key.has_signed(self.text, each.signature)
            for each in self.signatures
        )


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How large the tree was, and its root: what a ledger commits itself to."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"

    @classmethod
    def from_text(cls, text: str) -> Checkpoint:
        """A checkpoint from the text of its note; raises NoteError. Lines of others may follow."""
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1]:
            raise NoteError("a checkpoint has three lines: origin, size, root")
        origin, size, root = lines[:3]
        decoded = _bytes_of(root)
        plain = size.isascii() and size.isdecimal() and str(int(size[:20])) == size
        if not origin or not plain or len(decoded) != 32:
            raise NoteError(
                "a checkpoint names its origin, a size in plain digits and a root of 32 bytes in"
                " base64"
            )
        return cls(origin, int(size), decoded)


def read_note(written: str) -> Note:
    """A signed note as it was written; raises NoteError where it is none."""
    text, parted, below = written.rpartition("\n\n")
    lines = below.split("\n")
    if not parted or lines[-1] or not 1 <= len(lines) - 1 <= SIGNATURES_AT_MOST:
        raise NoteError("a signed note is a text, an empty line, and lines of signatures")
    return Note(f"{text}\n", tuple(map(_signature, lines[:-1])))


def _signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    decoded = _bytes_of(encoded)
    if not line.startswith(_DASH) or not _is_a_name(name) or len(decoded) < 5:
        raise NoteError("a signature line reads: dash, name, signature in base64")
    return Signature(name, decoded[:4], decoded[4:])


def _is_a_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(map(str.isspace, name))


def _base64(content: bytes) -> str:
    return b64encode(content).decode()


def _bytes_of(text: str) -> bytes:
    """What was written in base64, in the one way in which it can be; empty where it was not."""
    try:
        found = b64decode(text, validate=True)
    except (NotBase64, ValueError):
        return b""
    return found if _base64(found) == text else b""
