"""Which key of a ledger signed what: one key follows another, and both sign that it is so.

Whoever was given one of them can so go on to the others, without being told anew. It is a note of
four lines: the ledger and `key/1`, the position of the record that says it, the old key, the new.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from veinledger.adapters.errors import BadInput
from veinledger.adapters.proof.notes import Note, NoteError, Signer, VerificationKey, read_note
from veinledger.adapters.store.keys import Keys


@dataclass(frozen=True, slots=True)
class Trusted:
    """A key, and over how many records it may have signed a checkpoint."""

    key: VerificationKey
    first: int = 0
    last: int | None = None
    """None: it is in use still."""

    def covers(self, size: int) -> bool:
        """Whether the key was in use when the ledger had so many records."""
        return self.first <= size and (self.last is None or size <= self.last)


def trusted_by(keys: Keys, given: VerificationKey | None) -> tuple[Trusted, ...]:
    """The keys to believe: all of the ledger's, where the one that was given is one of them.

    The record at which one follows the other is signed by both. Raises BadInput where the key that
    was given is another ledger's.
    """
    line, name = keys.line(), keys.signer.name
    if given is not None and given.name != name:
        raise BadInput(
            f"--key is of {given.name!r}, and not of {name}; give the key of this ledger, as"
            " `veinledger checkpoint` told it, or name the ledger that the key is of with --ledger;"
            " nothing was verified"
        )
    if given is not None and all(given != each.signer.key for each in line):
        return (Trusted(given),)
    ends = [*(each.since - 1 for each in line[1:]), None]
    return tuple(
        Trusted(each.signer.key, each.since - 1, last)
        for each, last in zip(line, ends, strict=True)
    )


def signed_by_one_in_use(note: Note, size: int, trusted: Sequence[Trusted]) -> Trusted | None:
    """The key that signed a checkpoint of a size while it was in use; None where none did."""
    found = (each for each in trusted if each.covers(size) and note.is_signed_by(each.key))
    return next(found, None)


def succession(old: VerificationKey, new: VerificationKey, position: int) -> str:
    """The text that both keys sign."""
    return f"{old.name}/key/1\nposition {position}\nold {old.text}\nnew {new.text}\n"


def signed_by_both(text: str, old: Signer, new: Signer) -> str:
    """A note with the signatures of both."""
    return old.signed(text) + new.signed(text).removeprefix(f"{text}\n")


def holds(written: str, old: VerificationKey, new: VerificationKey, position: int) -> bool:
    """Whether a note is what both keys sign of one following the other there."""
    try:
        note = read_note(written)
    except NoteError:
        return False
    same = note.text == succession(old, new, position)
    return same and note.is_signed_by(old) and note.is_signed_by(new)
