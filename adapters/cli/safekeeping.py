"""Making a ledger, and keeping it safe: its root key elsewhere, its rows and backups verified."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.cli.exits import Exit
from veinledger.adapters.cli.opening import (
    default_url,
    make_the_folder_of,
    opened,
    tell_of_a_later_key,
)
from veinledger.adapters.cli.options import Json, LedgerUrl
from veinledger.adapters.cli.screen import note, say, waiting, write
from veinledger.adapters.errors import BadInput

if TYPE_CHECKING:
    from veinledger.adapters.proof.checkpoints import CheckpointFile

KEYS_VARIABLE = "VEINLEDGER_KEYS"
KeyFolder = Annotated[
    str | None,
    typer.Option(
        "--keys",
        metavar="FOLDER",
        envvar=KEYS_VARIABLE,
        help="The folder of root keys. Without it, your configuration folder.",
    ),
]


def init(
    ledger: LedgerUrl = None,
    keys: KeyFolder = None,
    encrypted: Annotated[
        bool,
        typer.Option(
            "--encrypted",
            help="Encrypt bodies and originals where they lie, for as long as the ledger lasts.",
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Make a new ledger: its id, its root key and its first record.

    Refuses where something is there already. The root key lies outside the ledger, and no backup
    holds it: keep a second copy of it, away from the ledger and from its backups. The other
    commands find the folder of keys in VEINLEDGER_KEYS.
    """
    from veinledger.adapters.cli.show import safekeeping as show  # noqa: PLC0415
    from veinledger.adapters.store.keys import key_file, key_folder  # noqa: PLC0415
    from veinledger.adapters.store.opening import create_store  # noqa: PLC0415

    url = ledger or default_url()
    make_the_folder_of(url)
    store, found = create_store(url, keys=keys, encrypted=encrypted)
    store.close()
    folder = key_folder(keys)
    made = show.Made(
        ledger_id=store.ledger_id.hex(),
        url=url,
        key_id=found.key_id,
        key_file=str(key_file(folder, store.ledger_id)),
        encrypted=found.bodies_key is not None,
        to_set=None if _is_found_without_asking(folder) else f"{KEYS_VARIABLE}={folder}",
    )
    if json:
        write(as_json(made))
    else:
        say(*show.made(made))


def _is_found_without_asking(folder: Path) -> bool:
    from veinledger.adapters.store.keys import key_folder  # noqa: PLC0415

    return bool(folder == key_folder() or os.environ.get(KEYS_VARIABLE) == str(folder))


def backup(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A new file; its folder is there.")],
    ledger: LedgerUrl = None,
    keys: KeyFolder = None,
    json: Json = False,
) -> None:
    """Copy the ledger to a new file, while others write, and verify the copy.

    The copy holds every record that was acknowledged before the backup began. It is read in full,
    every tag and every leaf, before it gets its name. It opens with the same root key, which is not
    in it: keep the key elsewhere. To restore, put the copy in the ledger's place, or name it with
    --ledger.
    """
    from veinledger.adapters.cli.show import safekeeping as show  # noqa: PLC0415
    from veinledger.adapters.store.keys import key_folder  # noqa: PLC0415

    if key_folder(keys) == Path(file).absolute().parent:
        note("the root key lies in the folder of this backup: whoever takes one takes both")
    with (
        opened(ledger, keys=keys) as found,
        waiting("copying the ledger, and verifying every record of the copy"),
    ):
        told = found.backup(file)
    if json:
        write(as_json(told))
    else:
        say(*show.backed_up(told))


def verify(
    ledger: LedgerUrl = None,
    checkpoint: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE",
            help="Checkpoints that were kept elsewhere; - for standard input. May be repeated."
            " Without it, the file into which this ledger's checkpoints leave.",
        ),
    ] = None,
    receipt: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE",
            help="Receipts that a sender kept: answers of `record --json`, or receipts alone, one a"
            " line; - for standard input. May be repeated.",
        ),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(
            metavar="KEY",
            help="The verification key that you were given. Without it, the ledger's own.",
        ),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Read by scan alone, and say what that leaves out.")
    ] = False,
    originals: Annotated[
        bool,
        typer.Option(
            "--originals",
            help="Read the bytes as received as well, and miss those that are not there.",
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Say whether every row is as the ledger wrote it, and as its checkpoints signed it.

    Recomputes every tag and leaf and the tree over them, and reads every stream by scan and by
    name. Of each receipt it says whether its record is still there, under the same leaf; with
    --originals, whether each record's message is there as it was received. Exits 5 where something
    is not as it was written.
    """
    from veinledger.adapters.cli.show import verdicts as show  # noqa: PLC0415

    with opened(ledger) as found, waiting("verifying every record"):
        tell_of_a_later_key(found)
        own = None if checkpoint else own_checkpoints(found.ledger_id)
        files = checkpoint or ([own] if own else [])
        told = found.verify(checkpoints=files, receipts=receipt or [], key=key, quick=quick, jobs=2)
        if originals:
            told = found.verify_originals(told)
    if json:
        write(as_json(told))
    else:
        say(*show.verdict(told, files, on_this_machine=own is not None))
    if not told.consistent:
        raise typer.Exit(Exit.DAMAGED)


def own_checkpoints(ledger_id: bytes) -> str | None:
    """The file into which this ledger's checkpoints leave, where one that is there can be read."""
    from veinledger.adapters.proof.checkpoints import (  # noqa: PLC0415
        checkpoint_file,
        checkpoint_folder,
    )
    from veinledger.adapters.proof.held import held_in  # noqa: PLC0415
    from veinledger.adapters.proof.outside import content_of  # noqa: PLC0415

    path = checkpoint_file(checkpoint_folder(), ledger_id)
    if not path.is_file():
        return None
    written = content_of(str(path), "checkpoints").decode(errors="replace")
    if next(held_in(written), None):
        return str(path)
    note(
        f"{path} holds no checkpoint that can be read, and the ledger is verified without one:"
        f" `veinledger checkpoint --to {path}` signs one into it"
    )
    return None


def checkpoint(
    to: Annotated[
        str | None,
        typer.Option(
            "--to", metavar="FILE", help="Append it to this file, on another disk if you can."
        ),
    ] = None,
    ledger: LedgerUrl = None,
    json: Json = False,
) -> None:
    """Sign what the ledger holds now: how many records, and the root over them.

    Keep it where the ledger is not, and give its key to whoever is to verify. `veinledger verify
    --checkpoint` holds it later against what the file says then. It names no patient.
    """
    from veinledger.adapters.cli.show import verdicts as show  # noqa: PLC0415
    from veinledger.adapters.proof.checkpoints import CheckpointFile  # noqa: PLC0415

    with opened(ledger) as found:
        made = show.Signed(note=found.checkpoint(), key=found.verification_key, kept_in=to)
    if to is not None:
        _append(CheckpointFile(Path(to).absolute()), made.note)
    if json:
        write(as_json(made))
    else:
        say(*show.signed(made))


def _append(file: CheckpointFile, note: str) -> None:
    try:
        file.append(note)
    except OSError as error:
        why = error.strerror
    else:
        return
    raise BadInput(f"{file.path}: the checkpoint could not be written there ({why})")
