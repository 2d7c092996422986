"""Giving a ledger another root key: what is recorded from then on, no holder of the old one forges.

The new key is on the disk to stay before anything is sealed under it, and the record that names it
is the last one under the old key. A crash on the way leaves at most a key file that no record
names; the next rotation uses it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from veinledger.adapters.codec.whole_text import refuse_half_characters
from veinledger.adapters.errors import BadInput, Refused, boundary
from veinledger.adapters.proof.checkpoints import CheckpointFile, checkpoint_text
from veinledger.adapters.proof.succession import signed_by_both
from veinledger.adapters.store.keys import (
    ROOT_LENGTH,
    Keys,
    key_file,
    key_folder,
    read_root,
    succeeded_by,
    write_new_root,
)
from veinledger.adapters.store.opening import MEMORY_URL, open_store
from veinledger.adapters.store.rotated import rotated_draft
from veinledger.adapters.store.sealing import Clock, utc_now
from veinledger.domain.ledger.port import Decision, Store
from veinledger.domain.ledger.tree import Edge
from veinledger.domain.reports import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """A root key that follows another."""

    ledger_id: str
    position: int
    """Of the record that says so: the last one under the old key."""
    old_key_id: str
    key_id: str
    key_file: str
    """Where the new root key lies. The old ones are needed as well."""
    old_key: str
    key: str
    """The new verification key; who was given the old one can go on to it."""
    note: str
    """A checkpoint over all records up to that one, signed by both."""
    trouble: str | None = None
    """Why that checkpoint could not leave; the key is rotated nevertheless."""
    key_was_there: bool = False
    """Whether a rotation that was cut off had left the key file."""


@boundary
def rotate_key(  # noqa: PLR0913  # all but the first by name
    url: str,
    *,
    by: Actor,
    reason: str,
    keys: Path | str | None = None,
    checkpoints: Callable[[bytes], CheckpointFile] | None = None,
    clock: Clock = utc_now,
) -> Rotation:
    """Seal what is recorded from now on under a new root key, and say who ordered it and why.

    `checkpoints` gives the file of a ledger's checkpoints, by its id. Nobody else may have the
    ledger open for writing: LedgerBusy. Raises BadInput for a ledger in memory and for half of a
    character, Refused or KeyMissing for key files that are not as they should be.
    """
    refuse_half_characters("the name, the role or the reason", by.id, by.role, reason)
    if url == MEMORY_URL:
        raise BadInput("a ledger in memory has a key that ends with it; there is none to rotate")
    store, old = open_store(url, keys=keys, clock=clock)
    try:
        new, path, was_there = _new_keys(store, old, key_folder(keys))
        drafts = (rotated_draft(old, new, by, reason),)
        store.transact(lambda _: Decision(answer=None, drafts=drafts))
        note = _checkpoint_of_both(store, old, new)
        trouble = _left(checkpoints(store.ledger_id), note) if checkpoints else None
    finally:
        store.close()
    return Rotation(
        ledger_id=store.ledger_id.hex(),
        position=new.since - 1,
        old_key_id=old.key_id,
        key_id=new.key_id,
        key_file=str(path),
        old_key=old.signer.key.text,
        key=new.signer.key.text,
        note=note,
        trouble=trouble,
        key_was_there=was_there,
    )


def _left(file: CheckpointFile, note: str) -> str | None:
    """Let the checkpoint leave; why it could not, where it could not."""
    try:
        file.append(note)
    except OSError as error:
        return error.strerror or type(error).__name__
    return None


def _new_keys(store: Store, old: Keys, folder: Path) -> tuple[Keys, Path, bool]:
    """And where they lie, and whether they lay there; the next record is the one that names them.

    The writer's lock is held.
    """
    number = len(old.line()) + 1
    path = key_file(folder, store.ledger_id, number)
    _remove_what_is_no_key(path)
    was_there = path.exists()
    root = (read_root if was_there else write_new_root)(folder, store.ledger_id, number)
    return succeeded_by(old, root, store.ledger_id, since=store.head() + 2), path, was_there


def _remove_what_is_no_key(path: Path) -> None:
    """A crash may have left a file that was never whole; no record names a key that it holds."""
    if not path.exists():
        return
    if not path.is_file():
        raise Refused(f"{path} is where the new root key belongs, and is no file; move it away")
    if path.stat().st_size < ROOT_LENGTH:
        path.unlink()


def _checkpoint_of_both(store: Store, old: Keys, new: Keys) -> str:
    """Over every record up to the one that names the new key."""
    edge = Edge().grown(store.leaves())
    return signed_by_both(checkpoint_text(edge, old.signer.name), old.signer, new.signer)
