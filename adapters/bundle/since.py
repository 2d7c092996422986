"""The newest checkpoint of a ledger in a file that somebody kept elsewhere."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from veinledger.adapters.errors import BadInput, NotFound
from veinledger.adapters.proof.checkpoints import held_in
from veinledger.adapters.proof.notes import Checkpoint, Note, NoteError, VerificationKey
from veinledger.adapters.proof.succession import Trusted, signed_by_one_in_use

LARGEST: Final = 256 * 1024 * 1024
"""Bytes of a file of checkpoints; a checkpoint a minute for years is less."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A checkpoint that left the ledger earlier."""

    checkpoint: Checkpoint
    note: str
    """As it was signed, with the ledger's own signature and no witness's."""


def newest_in(file: Path, trusted: Sequence[Trusted]) -> Earlier:
    """The largest checkpoint in a file that the ledger signed; those of others are passed over.

    Raises NotFound where the file is not there, BadInput where it holds none of the ledger's.
    """
    try:
        held = [
            (each, signer.key)
            for each in held_in(_written(file))
            if (signer := signed_by_one_in_use(each.note, each.checkpoint.size, trusted))
        ]
    except NoteError as error:
        said = str(error)
    else:
        if held:
            newest, key = max(held, key=lambda pair: pair[0].checkpoint.size)
            return Earlier(newest.checkpoint, _signed_by_us_alone(newest.note, key))
        name = trusted[-1].key.name
        said = f"it holds no checkpoint that {name} signed; name the file in which you keep its"
    raise BadInput(f"{file}: {said}")


def _written(file: Path) -> str:
    if not file.is_file():
        raise NotFound(f"{file} is not there; name a file of checkpoints")
    if file.stat().st_size > LARGEST:
        raise BadInput(f"{file} is larger than any file of checkpoints; name another")
    try:
        return file.read_bytes().decode()
    except UnicodeDecodeError:
        pass
    raise BadInput(f"{file} is no file of checkpoints: they are text in UTF-8")


def _signed_by_us_alone(note: Note, key: VerificationKey) -> str:
    (ours, *_) = (
        each
        for each in note.signatures
        if (each.name, each.hint) == (key.name, key.hint)
        and key.has_signed(note.text, each.signature)
    )
    encoded = b64encode(ours.hint + ours.signature).decode()
    return f"{note.text}\n\u2014 {ours.name} {encoded}\n"
