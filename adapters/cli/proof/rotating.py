"""The command that seals what is recorded from now on under a new root key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import RenderableType

from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.cli.decisions.options import By, Reason, Role
from veinledger.adapters.cli.opening import default_url, refuse_a_missing_file
from veinledger.adapters.cli.options import Json, LedgerUrl
from veinledger.adapters.cli.safekeeping import KeyFolder
from veinledger.adapters.cli.screen import say, styled, waiting, write
from veinledger.adapters.cli.show.tables import whole

if TYPE_CHECKING:
    from veinledger.adapters.store.rotating import Rotation


def rotate_key(
    by: By,
    role: Role,
    reason: Reason,
    ledger: LedgerUrl = None,
    keys: KeyFolder = None,
    json: Json = False,
) -> None:
    """Seal what is recorded from now on under a new root key; nobody else may be writing.

    For a key that somebody may have seen, or as often as your rules ask. The old key files stay
    where they are: what was sealed under them is checked by them. Both keys sign that one follows
    the other, and a checkpoint of all that is recorded so far.
    """
    from veinledger.adapters.proof.checkpoints import (  # noqa: PLC0415
        CheckpointFile,
        checkpoint_file,
        checkpoint_folder,
    )
    from veinledger.adapters.store.rotating import rotate_key as rotate  # noqa: PLC0415
    from veinledger.domain.reports import Actor  # noqa: PLC0415

    url = ledger or default_url()
    refuse_a_missing_file(url)
    with waiting("sealing all that is recorded so far"):
        told = rotate(
            url,
            by=Actor(id=by, role=role),
            reason=reason,
            keys=keys,
            checkpoints=lambda name: CheckpointFile(checkpoint_file(checkpoint_folder(), name)),
        )
    if json:
        write(as_json(told))
    else:
        say(*_rotated(told))


def _rotated(told: Rotation) -> Iterator[RenderableType]:
    yield styled(f"root key rotated after record {told.position:,}", "bold green")
    yield whole(f"  ledger    {told.ledger_id}")
    yield whole(f"  root key  {told.key_file}")
    yield whole(f"  key id    {told.key_id}, after {told.old_key_id}")
    yield whole(f"  verifies  {told.key}")
    yield (
        "Copy the new root key to a second place now, and keep the old ones: without any one of"
        " them nobody can open this ledger. Tell the new verification key to whoever verifies;"
        " who has the old one can go on to it by what both keys signed."
    )
    if told.key_was_there:
        yield styled(
            "The key file was there already, as a rotation that was cut off leaves it. If none was,"
            " this is an older copy of the ledger and now a second history: run `veinledger verify"
            " --checkpoint FILE` with the newest checkpoint that was kept elsewhere.",
            "yellow",
        )
    if told.trouble:
        yield styled(
            f"The checkpoint that both keys signed could not be kept ({told.trouble}): make one"
            " with `veinledger checkpoint --to FILE`.",
            "yellow",
        )
    yield (
        "If the old key was stolen: what was recorded before may have been written anew by the"
        " thief, and only a checkpoint kept elsewhere shows that. Run `veinledger verify"
        " --checkpoint FILE` with one from before the theft."
    )
