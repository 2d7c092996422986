"""The newest checkpoint of a ledger in a file that somebody kept elsewhere."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from veinledger.adapters.errors import BadInput
from veinledger.adapters.proof.held import held_in
from veinledger.adapters.proof.notes import Checkpoint, Note, VerificationKey
from veinledger.adapters.proof.outside import content_of
from veinledger.adapters.proof.succession import Trusted, signed_by_one_in_use


@dataclass(frozen=True, slots=True)
class Earlier:
    """A checkpoint that left the ledger earlier."""

    checkpoint: Checkpoint
    note: str
    """As it was signed, with the ledger's own signature and no witness's."""


def newest_in(file: Path, trusted: Sequence[Trusted]) -> Earlier:
    """The largest checkpoint in a file that the ledger signed.

    Those of others are passed over, and what cannot be read. Raises NotFound where the file is not
    there, BadInput where it holds none of the ledger's.
    """
    held = [
        (each, signer.key)
        for each in held_in(content_of(str(file), "checkpoints").decode(errors="replace"))
        if (signer := signed_by_one_in_use(each.note, each.checkpoint.size, trusted))
    ]
    if held:
        newest, key = max(held, key=lambda pair: pair[0].checkpoint.size)
        return Earlier(newest.checkpoint, _signed_by_us_alone(newest.note, key))
    raise BadInput(
        f"{file}: it holds no checkpoint that {trusted[-1].key.name} signed; name the file in"
        " which you keep its"
    )


def _signed_by_us_alone(note: Note, key: VerificationKey) -> str:
    (ours, *_) = (
        each
        for each in note.signatures
        if (each.name, each.hint) == (key.name, key.hint)
        and key.has_signed(note.text, each.signature)
    )
    encoded = b64encode(ours.hint + ours.signature).decode()
    return f"{note.text}\n\u2014 {ours.name} {encoded}\n"
