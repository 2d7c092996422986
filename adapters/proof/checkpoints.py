"""Checkpoints: what a ledger commits itself to, signed, and kept where the ledger is not.

A checkpoint that lies in the ledger proves nothing: whoever puts an older copy of the file in its
place puts the older checkpoint there with it. So they leave, one after the other, into a file that
is only ever appended to; whoever holds one of them can show later that nothing before it changed.
"""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any, Final

import platformdirs

from veinledger.adapters.errors import VeinledgerError
from veinledger.adapters.files.appending import append_whole
from veinledger.adapters.logs import logger
from veinledger.adapters.proof.held import held_in
from veinledger.adapters.proof.notes import Checkpoint, Note, Signer, VerificationKey
from veinledger.domain.ledger.port import Attempt, Committed, Store
from veinledger.domain.ledger.tree import Edge

LOG: Final = logger(__name__)
FOLDER_VARIABLE: Final = "VEINLEDGER_CHECKPOINTS"
EVERY_RECORDS: Final = 1_000
EVERY_SECONDS: Final = 60.0
"""How much may be recorded, and for how long, before the next checkpoint leaves the ledger."""

END: Final = 64 * 1024
"""Bytes of a file of checkpoints in which the newest one is looked for."""
_EDGE: Final = "edge"


def checkpoint_folder(given: Path | str | None = None) -> Path:
    """Where checkpoints go: as given, else VEINLEDGER_CHECKPOINTS, else the user's state folder."""
    chosen = given or os.environ.get(FOLDER_VARIABLE) or platformdirs.user_state_dir("veinledger")
    return Path(chosen).absolute()


def checkpoint_file(folder: Path, ledger_id: bytes) -> Path:
    """The file of the checkpoints of one ledger."""
    return folder / f"{ledger_id.hex()}.checkpoints"


def signed_checkpoint(edge: Edge, signer: Signer) -> str:
    """A checkpoint as a signed note."""
    return signer.signed(checkpoint_text(edge, signer.name))


def checkpoint_text(edge: Edge, origin: str) -> str:
    """What is signed; behind the root stands the edge that the next checkpoint grows from.

    Lines of one's own may follow the root (C2SP tlog-checkpoint); they are signed with the rest.
    """
    root = Checkpoint(origin, edge.size, edge.root).text
    hashes = "".join(f" {b64encode(each).decode()}" for each in edge.hashes)
    return f"{root}{_EDGE}{hashes}\n"


def edge_in(note: Note) -> Edge | None:
    """The edge that a checkpoint of ours carries; None where it carries none, or another tree's."""
    checkpoint = Checkpoint.from_text(note.text)
    line = next((each for each in note.text.split("\n") if each.split(" ")[0] == _EDGE), None)
    if line is None:
        return None
    try:
        edge = Edge(checkpoint.size, tuple(b64decode(each) for each in line.split(" ")[1:]))
    except ValueError:
        return None
    return edge if edge.root == checkpoint.root else None


class CheckpointFile:
    """An append-only file of signed notes, away from the ledger."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def newest(self, key: VerificationKey) -> Note | None:
        """The last checkpoint that this key signed; None where there is none that can be read.

        Only the end of the file is read, from the first note that begins in it: a ledger of years
        has left a great many.
        """
        try:
            held = [each.note for each in held_in(self._end(key.name))]
        except OSError:
            return None
        return next((note for note in reversed(held) if note.is_signed_by(key)), None)

    def _end(self, origin: str) -> str:
        with self.path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - END))
            found = file.read()
        begins = f"\n\n{origin}\n".encode()
        whole = found if size <= END else found[found.find(begins) + 2 :]
        return whole.decode(errors="replace")

    def append(self, note: str) -> None:
        """Add a note by one write, on the disk to stay; raises OSError.

        What a power cut left at the end is ended first: it spoils no note but its own.
        """
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        parted = self._parted()
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            append_whole(handle, f"{parted}{note}\n".encode())
            os.fsync(handle)
        finally:
            os.close(handle)

    def _parted(self) -> str:
        """What the end lacks of an empty line; all of it where only appending is allowed."""
        try:
            with self.path.open("rb") as file:
                file.seek(-min(2, file.seek(0, os.SEEK_END)), os.SEEK_END)
                last = file.read()
        except FileNotFoundError:
            return ""
        except OSError:
            return "\n\n"
        return "\n" * len(last.rstrip(b"\n"))


class Anchor:
    """Makes the checkpoints of one ledger, and lets them leave it while it is written.

    Thread-safe. It runs on the writer's thread, so that reports wait while a checkpoint is written,
    as they do for a commit. What goes wrong on the way out is logged, told by `trouble`, and tried
    again after a minute and on closing; it never undoes what is on record.
    """

    def __init__(
        self,
        store: Store,
        signer: Signer,
        file: CheckpointFile | None,
        clock: Callable[[], float] = monotonic,
        before: Callable[[], None] = lambda: None,
    ) -> None:
        """`before` is called before each checkpoint: what it records is covered by it."""
        self._store = store
        self._signer = signer
        self._file = file
        self._clock = clock
        self._before = before
        self._lock = Lock()
        self._edge = Edge()
        self._newest: str | None = None
        self._remembers = False
        self._exported = 0
        self._since = 0
        self._last = clock()
        self.trouble: str | None = None

    @property
    def file(self) -> Path | None:
        """Where the checkpoints go; None where they go nowhere."""
        return self._file.path if self._file else None

    def newest(self) -> str | None:
        """The newest checkpoint of this ledger, as a signed note; None where none is known.

        Never raises, and waits for nobody once it was asked: it goes with what is on record.
        """
        if not self._remembers:
            try:
                with self._lock:
                    self._remember()
            except VeinledgerError:
                return None
        return self._newest

    def committed(self, attempts: Sequence[Sequence[Attempt[Any]]]) -> None:
        """Rows were made durable: let a checkpoint leave where enough came since the last."""
        kept = (each for call in attempts for each in call if isinstance(each, Committed))
        with self._lock:
            self._since += sum(len(each.rows) for each in kept)
        if self._since >= EVERY_RECORDS or self.wait() == 0:
            self.export()

    def wait(self) -> float | None:
        """In how many seconds a checkpoint is due; None where nothing was recorded since."""
        if self._file is None or not self._since:
            return None
        return max(0.0, self._last + EVERY_SECONDS - self._clock())

    def export(self) -> None:
        """Let a checkpoint of all that is recorded leave, where anything is newer than the last."""
        if self._file is None or not self._since:
            return
        self._before()
        with self._lock:
            self._since, self._last = 0, self._clock()
            try:
                edge = self._grown()
                if edge.size > self._exported:
                    # Where it cannot leave for its file, it leaves with the receipts all the same.
                    self._newest = signed_checkpoint(edge, self._signer)
                    self._file.append(self._newest)
                    self._exported = edge.size
                self.trouble = None
            except (OSError, VeinledgerError) as error:
                self._since = 1
                self.trouble = f"no checkpoint could leave the ledger ({type(error).__name__})"
                LOG.warning("ledger.not_anchored", why=type(error).__name__)

    def note(self) -> str:
        """A checkpoint of all that is recorded now, as a signed note."""
        with self._lock:
            self._newest = signed_checkpoint(self._grown(), self._signer)
            return self._newest

    def _grown(self) -> Edge:
        """The edge over all that is recorded, from the one that was known last."""
        self._remember()
        self._edge = self._edge.grown(self._store.leaves(self._edge.size))
        return self._edge

    def _remember(self) -> None:
        """Begin with the newest checkpoint that left, if it fits.

        It is not compared with the rows before it: where they were changed, the next checkpoint
        still follows from the last one, and `verify` finds that the rows do not.
        """
        if self._remembers:
            return
        note = self._file.newest(self._signer.key) if self._file else None
        found = edge_in(note) if note else None
        if note and found and found.size <= self._store.head():
            self._edge, self._newest = found, note.written
        self._exported = self._edge.size
        self._remembers = True
