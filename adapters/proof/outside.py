"""Checkpoints that somebody kept outside a ledger, read and believed only where they are signed."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from veinledger.adapters.errors import BadInput, NotFound
from veinledger.adapters.proof.held import Unreadable, notes_in
from veinledger.adapters.proof.notes import Note, NoteError, VerificationKey
from veinledger.adapters.proof.succession import Trusted, signed_by_one_in_use
from veinledger.adapters.store.anchoring import Disbelieved, Outside, Unread

Found = Outside | Disbelieved | Unread

STANDARD_INPUT: Final = "-"
LARGEST: Final = 256 * 1024 * 1024
"""Bytes of a file of checkpoints; a checkpoint a minute for years is less."""


def trusted_key(text: str) -> VerificationKey:
    """The key that an auditor was given; raises BadInput."""
    try:
        return VerificationKey.from_text(text)
    except NoteError as error:
        said = str(error)
    raise BadInput(f"--key is no verification key: {said}; `veinledger checkpoint` tells it")


def outside(file: str, trusted: Sequence[Trusted]) -> tuple[Found, ...]:
    """The checkpoints of a file, or of standard input for `-`, believed where a key in use signed.

    One that none has signed speaks against the ledger or against itself, and is told. A note that
    cannot be read is passed over, and told as well. Raises NotFound, and BadInput where the file
    holds something else: another ledger's, or none at all that can be read.
    """
    written = content_of(file, "checkpoints").decode(errors="replace")
    found = tuple(_believed(file, written, trusted))
    if all(isinstance(each, Unread) for each in found):
        raise BadInput(
            f"{file} holds no checkpoint that can be read; `veinledger checkpoint --to {file}`"
            " makes one"
        )
    return found


def text_of(file: str, kind: str) -> str:
    """What stands in a file of that kind, or on standard input for `-`.

    Raises NotFound, and BadInput where it is no text or too long.
    """
    try:
        return content_of(file, kind).decode()
    except UnicodeDecodeError:
        pass
    raise BadInput(f"{called(file)} is no file of {kind}: they are text in UTF-8")


def called(file: str) -> str:
    """What a file is called in a sentence."""
    return "standard input" if file == STANDARD_INPUT else file


def content_of(file: str, kind: str) -> bytes:
    """The bytes of a file of that kind, or of a pipe, or of standard input for `-`.

    Raises NotFound, and BadInput where it cannot be read or is too long.
    """
    if file == STANDARD_INPUT:
        return sys.stdin.buffer.read(LARGEST)
    try:
        with Path(file).open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except FileNotFoundError:
        raise NotFound(f"{file} is not there; name a file of {kind}") from None
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise BadInput(f"{file} cannot be read ({why}); name a file of {kind}") from None
    if len(content) > LARGEST:
        raise BadInput(f"{file} is larger than any file of {kind}; name another")
    return content


def _believed(file: str, written: str, trusted: Sequence[Trusted]) -> Iterator[Found]:
    key = trusted[-1].key
    for held in notes_in(written):
        which = f"checkpoint {held.number} of {called(file)}"
        if isinstance(held, Unreadable):
            yield Unread(which)
            continue
        if held.checkpoint.origin != key.name:
            raise BadInput(f"{which} is of {held.checkpoint.origin!r}, and not of {key.name}")
        size = held.checkpoint.size
        if signed_by_one_in_use(held.note, size, trusted) is None:
            yield Disbelieved(size=size, called=which, why=why_not_believed(held.note, trusted))
        else:
            yield Outside(size=size, root=held.checkpoint.root, called=which)


def why_not_believed(note: Note, trusted: Sequence[Trusted]) -> str:
    """What stands against a note that no key in use then has signed."""
    other = next((each.key for each in trusted if note.is_signed_by(each.key)), None)
    if other is not None:
        return (
            f"is signed by {other.text}, which was not in use at that size: the root key was"
            " rotated, and whoever holds the other one may have signed it; or this file is an older"
            " copy of the ledger that was gone on with"
        )
    return (
        f"is not signed by {trusted[-1].key.text}: it was changed or forged, or this file is an"
        " older copy of the ledger, from before its root key was rotated"
    )
