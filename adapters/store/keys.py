"""The ledger's root keys, in files that the database does not hold, and what is derived from them.

Whoever can write the database but cannot read these files can neither forge a tag nor guess a name.
Rows are sealed under the newest root; names and digests are made under the first for ever, because
what was named once must be found again.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import platformdirs
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from veinledger.adapters.errors import KeyMissing, Refused
from veinledger.adapters.proof.notes import Signer

ROOT_LENGTH: Final = 32
FOLDER_VARIABLE: Final = "VEINLEDGER_KEYS"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Keys:
    """What one ledger seals, names and digests with. Shows its key id and nothing else."""

    key_id: str
    """Names the root key without giving it away; stands in every row."""
    check: str
    """Proves to who holds the root key that it is the one the ledger was created with."""
    tag_key: bytes
    """Under which the tags of the rows are computed."""
    index_key: bytes
    """Under which identifiers from outside become report keys and stream names."""
    digest_key: bytes
    """Under which the bytes as received become the digest that they are kept by."""
    kept_key: bytes
    """Under which answers that are kept beside the ledger are encrypted."""
    reads_key: bytes
    """Under which readings that are noted beside the ledger are chained."""
    bodies_key: bytes | None
    """From which the keys of bodies and originals are made; None where they lie in clear."""
    signer: Signer
    """Signs checkpoints and statements in the ledger's name."""
    since: int = 1
    """The first position that is sealed under this root."""
    before: Keys | None = None
    """Those that were used until then."""

    def line(self) -> tuple[Keys, ...]:
        """All that the ledger ever had, the first one first."""
        return (*(self.before.line() if self.before else ()), self)

    def at(self, position: int) -> Keys:
        """Those that the row at a position is sealed under."""
        return self if self.before is None or position >= self.since else self.before.at(position)

    def __repr__(self) -> str:
        return f"<keys {self.key_id}>"


def derived_keys(root: bytes, ledger_id: bytes, *, encrypted: bool = False) -> Keys:
    """Every key of a ledger, by HKDF-SHA256 from its root key, with the ledger id as salt.

    The check value is another where bodies are encrypted: so nobody can turn a ledger into one
    that goes on in clear, and a program that cannot encrypt opens none that does.
    """

    def derive(purpose: str, length: int = 32) -> bytes:
        info = f"veinledger/1 {purpose}".encode()
        return HKDF(algorithm=SHA256(), length=length, salt=ledger_id, info=info).derive(root)

    return Keys(
        key_id=derive("key id", 8).hex(),
        check=derive("check of encrypted bodies" if encrypted else "check", 16).hex(),
        tag_key=derive("tag"),
        index_key=derive("index"),
        digest_key=derive("digest"),
        kept_key=derive("kept answers"),
        reads_key=derive("noted readings"),
        bodies_key=derive("bodies") if encrypted else None,
        signer=Signer(origin_of(ledger_id), derive("signing")),
    )


def succeeded_by(keys: Keys, root: bytes, ledger_id: bytes, since: int) -> Keys:
    """The keys of a ledger whose rows are sealed under another root from a position on."""
    return replace(
        derived_keys(root, ledger_id, encrypted=keys.bodies_key is not None),
        index_key=keys.index_key,
        digest_key=keys.digest_key,
        kept_key=keys.kept_key,
        reads_key=keys.reads_key,
        since=since,
        before=keys,
    )


def origin_of(ledger_id: bytes) -> str:
    """What a ledger is called in checkpoints and signatures."""
    return f"veinledger/{ledger_id.hex()}"


def throwaway_keys(ledger_id: bytes, *, encrypted: bool = False) -> Keys:
    """Keys for a ledger that ends with the process."""
    return derived_keys(os.urandom(ROOT_LENGTH), ledger_id, encrypted=encrypted)


def key_folder(given: Path | str | None = None) -> Path:
    """Where root keys lie: as given, else VEINLEDGER_KEYS, else the user's configuration folder."""
    chosen = given or os.environ.get(FOLDER_VARIABLE) or platformdirs.user_config_dir("veinledger")
    return Path(chosen).absolute()


def key_file(folder: Path, ledger_id: bytes, number: int = 1) -> Path:
    """The file that holds a root key of this ledger, the first or a later one."""
    return folder / f"{ledger_id.hex()}{'' if number == 1 else f'.{number}'}.key"


def write_new_root(folder: Path, ledger_id: bytes, number: int = 1) -> bytes:
    """Make a root key, on the disk to stay before anything is sealed with it."""
    _make_to_stay(folder)
    root = os.urandom(ROOT_LENGTH)
    path = key_file(folder, ledger_id, number)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, root)
        os.fsync(handle)
    finally:
        os.close(handle)
    sync_folder(folder)
    sync_folder(folder.parent)
    return root


def _make_to_stay(folder: Path) -> None:
    """Make a folder and those above it; a key in a folder whose name is lost is lost."""
    if not folder.is_dir():
        _make_to_stay(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        sync_folder(folder.parent)


def read_root(folder: Path, ledger_id: bytes, number: int = 1) -> bytes:
    """A root key of an existing ledger, 32 bytes.

    Raises KeyMissing where it is not at hand, Refused where others may read it.
    """
    path = key_file(folder, ledger_id, number)
    if not path.is_file():
        which = "the root key" if number == 1 else f"root key {number}"
        raise KeyMissing(
            f"{which} of ledger {ledger_id.hex()} is missing: {path} should hold it,"
            f" {ROOT_LENGTH} bytes; put that file back from where your keys are kept, or set"
            f" {FOLDER_VARIABLE} to the folder it lies in; nothing was opened"
        )
    _refuse_a_key_that_others_may_read(path)
    root = path.read_bytes()
    if len(root) != ROOT_LENGTH:
        raise KeyMissing(
            f"{path} holds {len(root)} bytes where a root key has {ROOT_LENGTH}; put the right"
            " file back from where your keys are kept; nothing was opened"
        )
    return root


def _refuse_a_key_that_others_may_read(path: Path) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name != "nt" and mode & 0o077:
        raise Refused(
            f"the root key {path} has mode {mode:04o}, and whoever reads it can forge records: run"
            f" `chmod 600 {path}`; nothing was opened"
        )


def later_key(folder: Path, ledger_id: bytes, keys: Keys) -> str | None:
    """What speaks of a root key after the newest that a record names; None where there is none."""
    number = len(keys.line()) + 1
    path = key_file(folder, ledger_id, number)
    if not path.exists():
        return None
    return (
        f"root key {number} of this ledger lies in {path}, and no record names it. Either a"
        " rotation was cut off: `veinledger rotate-key` ends it, with that key. Or this file is an"
        " older copy of the ledger, from before the rotation, and what is recorded in it makes a"
        " second history: record nothing, run `veinledger verify --checkpoint FILE` with the newest"
        " checkpoint that was kept elsewhere, and put the newest backup in its place"
    )


def another_key(keys: Keys) -> KeyMissing:
    """What to raise where a ledger was created with another key than the one at hand."""
    return KeyMissing(
        f"the root key at hand is key {keys.key_id}, and this ledger was created with another"
        " one; put the key file that belongs to it back from where your keys are kept;"
        " nothing was opened"
    )


def sync_folder(folder: Path) -> None:
    """Make a new name in a folder outlast a power cut, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
