"""The notes of a file of checkpoints, each by itself: one that was cut off spoils no other.

A power cut leaves half a note at the end of the file. What is appended afterwards may stand right
behind it: so a note begins where the name that signed it was written last, and what stands before
that is told as what cannot be read. Nobody was ever told such a note; it is counted, and no fault.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from veinledger.adapters.proof.notes import Checkpoint, Note, NoteError, read_note

_SIGNATURE: Final = "\u2014 "
_OF_ED25519: Final = 64
"""Bytes of a signature."""


@dataclass(frozen=True, slots=True)
class Held:
    """One note of a file of checkpoints."""

    number: int
    """1 for the first; what cannot be read is counted too."""
    note: Note
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Where a note should be and none can be read."""

    number: int
    why: str


def notes_in(written: str) -> Iterator[Held | Unreadable]:
    """What a file of checkpoints holds, in order. Whose signatures they are is not asked here."""
    for number, text in enumerate(_texts(written), 1):
        try:
            note = read_note(text)
            checkpoint = Checkpoint.from_text(note.text)
        except NoteError as error:
            yield Unreadable(number, str(error))
            continue
        if _is_of_no_length(note, checkpoint.origin):
            yield Unreadable(number, "its signature was cut off, or something stands behind it")
        else:
            yield Held(number, note, checkpoint)


def held_in(written: str) -> Iterator[Held]:
    """The checkpoints of a file that can be read, in order."""
    return (each for each in notes_in(written) if isinstance(each, Held))


def _texts(written: str) -> Iterator[str]:
    """Each note as it is written, or what is left of one; a note ends behind its signatures."""
    for block in _blocks(written):
        begins = _beginning(block)
        if block[:begins].strip():
            yield block[:begins]
        yield block[begins:]


def _blocks(written: str) -> Iterator[str]:
    lines: list[str] = []
    for line in written.split("\n"):
        signed = bool(lines) and lines[-1].startswith(_SIGNATURE)
        if signed and not line.startswith(_SIGNATURE):
            yield "\n".join(lines) + "\n"
            lines = []
        if lines or line.strip():
            lines.append(line)
    if lines:
        yield "\n".join(lines) + "\n"


def _beginning(block: str) -> int:
    """Where the note itself begins: its text has no empty line, and its name once."""
    text, _, signatures = block.rpartition("\n\n")
    name = signatures.removeprefix(_SIGNATURE).partition(" ")[0]
    parted = text.rfind("\n\n")
    named = text.rfind(f"{name}\n") if name else -1
    return max(parted + 2 if parted >= 0 else 0, named)


def _is_of_no_length(note: Note, origin: str) -> bool:
    """Whether the ledger's own signature is there, and is shorter or longer than any."""
    own = [len(each.signature) for each in note.signatures if each.name == origin]
    return bool(own) and _OF_ED25519 not in own
