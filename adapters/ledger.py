"""The Ledger that a host embeds: reports in, outcomes and views out. It decides nothing.

Thread-safe, synchronous. Rules live in the domain; this file fetches, decodes, calls and encodes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final
from weakref import finalize

from veinledger.adapters.access.asked import asked
from veinledger.adapters.access.noting import Noting
from veinledger.adapters.codec.arrivals import Border, Item
from veinledger.adapters.codec.rows import RowCodec
from veinledger.adapters.deciding import (
    Consequences,
    Retried,
    ViewOfStore,
    consequences,
    foreseen,
    why_left,
)
from veinledger.adapters.errors import NotFound, boundary
from veinledger.adapters.intake import Intake, Told
from veinledger.adapters.logs import logger
from veinledger.adapters.proof.checkpoints import Anchor, CheckpointFile
from veinledger.adapters.proof.kept import kept_elsewhere
from veinledger.adapters.proof.originals import with_originals
from veinledger.adapters.proof.outside import trusted_key
from veinledger.adapters.proof.receipts import Receipts
from veinledger.adapters.proof.succession import trusted_by
from veinledger.adapters.questions.access import Access
from veinledger.adapters.questions.asking import Questions
from veinledger.adapters.questions.replays import Replays
from veinledger.adapters.questions.times import refuse_no_times
from veinledger.adapters.reading import Histories
from veinledger.adapters.store.backup import Backup, back_up
from veinledger.adapters.store.encrypted.bodies import Bodies
from veinledger.adapters.store.keys import Keys
from veinledger.adapters.store.sealing import utc_now
from veinledger.adapters.store.verify import Verification, verify
from veinledger.adapters.sweep import Sweeper
from veinledger.adapters.writer import Writer
from veinledger.domain.centre.centre import Centre
from veinledger.domain.intake.outcome import Outcome
from veinledger.domain.ledger.naming import Naming
from veinledger.domain.ledger.port import Row, Store
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import AsOf, History

if TYPE_CHECKING:
    from veinledger.adapters.owing.over_all import AllOwing

LOG: Final = logger(__name__)


class Ledger(Questions, Replays, Access):
    """A ledger of encounters over a store. Use as a context manager, or close it."""

    later_key: str | None = None
    """What speaks of a root key that follows this ledger's, and that no record names."""

    def __init__(  # noqa: PLR0913  # the last two by name
        self,
        store: Store,
        keys: Keys,
        rules: Rules,
        centre: Centre,
        *,
        checkpoints: CheckpointFile | None = None,
        cache: Path | None = None,
        noting: Noting | None = None,
    ) -> None:
        """`cache` is the folder in which answers about all encounters are kept; None: nowhere.

        `noting` notes who asks what; None: in memory alone.
        """
        self._store = store
        self._noting = noting or Noting(None, None, utc_now)
        self._bodies = Bodies(store.ledger_id, keys)
        self._keys = keys
        self._rules = rules
        self._centre = centre
        self._naming = Naming(keys.index_key, keys.digest_key)
        self._codec = RowCodec(self._naming, self._bodies.opened)
        before = partial(self._noting.take_in, store, self._codec.opened)
        self._anchor = Anchor(store, keys.signer, checkpoints, before=before)
        self._histories = Histories(self._naming, self._codec)
        self._sweeper = Sweeper(self._codec)
        self._cache = cache
        self._all_owing: AllOwing | None = None
        self._making = Lock()
        self._writer = Writer(store, anchor=self._anchor)
        border = Border(self._naming, centre)
        given = Receipts(store.ledger_id.hex(), self._anchor.newest)
        self._intake = Intake(
            self._naming, self._codec, border, self._histories, self._writer, given
        )
        # A host that forgets a ledger without closing it leaves no thread and no file behind.
        finalize(self, self._writer.end).atexit = False

    def __enter__(self) -> Ledger:
        return self

    @boundary
    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<ledger {self._store.ledger_id.hex()}>"

    @boundary
    def record(self, *items: Item, strict: bool = False) -> tuple[Outcome, ...]:
        """Take in reports, one outcome each, in order; items of one message go in one append.

        Each outcome has the receipt of its record, for its sender to keep (see `verify`). `strict`
        is for callers who ask before the act: what is not legal now is refused, with every rule
        that stands against it, and no record is made.
        """
        brought = self._intake.brought(items)
        return brought.told(self._intake.answers(brought.by_message(), strict=strict))

    @boundary
    def record_all(
        self, messages: Iterable[Sequence[Item]], *, strict: bool = False
    ) -> Iterator[tuple[Outcome, ...]]:
        """Take in many messages in bulk, telling the outcomes of each as soon as they are durable.

        Each is what one call of `record` would bring, and is answered as that call would be;
        messages are read from the iterable as they are needed. Where one fails, the error comes in
        the place of its outcomes, and none after it is recorded.
        """
        return Told(self, self._intake, messages, strict=strict)

    @boundary
    @asked
    def history(self, encounter: str) -> History:
        """All records of an encounter; raises NotFound where nobody has reported any."""
        return self._history(encounter)

    @boundary
    def consequences(self, outcome: Outcome, *, as_of: AsOf = None) -> Consequences:
        """What a report that was recorded changed, in every encounter that it touches."""
        refuse_no_times(as_of, None)
        with self._asking("consequences", outcome.encounter):
            return consequences(outcome, self._history_if_any, self._compare, as_of)

    @boundary
    def foresee(self, item: Item, *, as_of: AsOf = None) -> Consequences:
        """What a report would change, judged as `record` would judge it; nothing is kept."""
        refuse_no_times(as_of, None)
        arrival = self._intake.border.arrival(item)
        with self._asking("foresee", arrival.encounter):
            store = self._reachable()
            view = ViewOfStore(store, until=store.head(), now=utc_now())
            return foreseen(self._intake.foresee(arrival, view), self._compare, as_of)

    @boundary
    @asked
    def encounters(self) -> tuple[str, ...]:
        """The names of all encounters that any record names, in order of their first record."""
        return self._sweeper.encounters(self._reachable())

    @boundary
    @asked
    def retry(self, connection: str | None = None) -> tuple[Retried, ...]:
        """Judge refused items again, from the bytes as received; each with what became of it.

        What was taken since is left, and so are decisions, which their persons make again.
        """
        refused = [i for i in self.refused() if connection in (None, i.source.connection)]
        again = [item for item in refused if not why_left(item)]
        outcomes = self.record(*(self.original(item.original) for item in again))
        told = dict(zip((item.position for item in again), outcomes, strict=True))
        return tuple(
            Retried(item=item, outcome=told.get(item.position), left_because=why_left(item))
            for item in refused
        )

    @boundary
    @asked
    def original(self, digest: str) -> bytes:
        """The bytes as received that are kept under a keyed digest; raises NotFound."""
        found = self._content(digest)
        if found is None:
            raise NotFound("no original is kept under this digest; take it from the audit trail")
        return found

    @boundary
    @asked
    def rows(self) -> tuple[Row, ...]:
        """Every sealed row, in order: what an auditor who trusts nobody reads."""
        return tuple(self._reachable().rows())

    @boundary
    def verify(
        self,
        *,
        checkpoints: Sequence[str] = (),
        receipts: Sequence[str] = (),
        key: str | None = None,
        quick: bool = False,
        jobs: int = 1,
    ) -> Verification:
        """Whether every row is what the ledger wrote, as far as this file can tell.

        `checkpoints` are files of signed notes that were kept elsewhere (`-`: standard input),
        `receipts` files of outcomes or of their receipts alone, as JSON, and `key` the verification
        key that their holder trusts; without it, this ledger's own. `quick` reads by scan alone.
        `jobs` 2 reads a long ledger with a second process, which only a program that may be
        imported again can start. Raises BadInput where a file is none.
        """
        trusted = trusted_by(self._keys, None if key is None else trusted_key(key))
        known = kept_elsewhere(self.ledger_id, trusted, checkpoints, receipts)
        found = verify(self._reachable(), self._keys, known, quick=quick, jobs=jobs)
        faults = len(found.faults) + found.unlisted
        LOG.info("ledger.verified", records=found.records, streams=found.streams, faults=faults)
        return found

    @boundary
    def verify_originals(self, found: Verification) -> Verification:
        """A verdict, with every original held against the records that came in it as well."""
        return with_originals(found, self._reachable(), self._bodies)

    @property
    def rules(self) -> Rules:
        """The rules that this ledger is asked by."""
        return self._rules

    @boundary
    def checkpoint(self) -> str:
        """A signed note of all that is recorded now: how many records, and the root over them.

        It names no patient, and belongs where this ledger's file is not: `verify` holds it later
        against what the file says then.
        """
        return self._anchor.note()

    @property
    def ledger_id(self) -> bytes:
        """16 random bytes, which name this ledger in checkpoints and key files."""
        return self._store.ledger_id

    @property
    def verification_key(self) -> str:
        """The public half of the key that signs checkpoints, as its holders write it down."""
        return self._keys.signer.key.text

    @property
    def checkpoints(self) -> Path | None:
        """The file into which checkpoints leave while this ledger is written; None: into none."""
        return self._anchor.file

    @property
    def not_anchored(self) -> str | None:
        """Why no checkpoint could leave when the last one should have; None where all is well."""
        return self._anchor.trouble

    @boundary
    @asked
    def backup(self, file: Path | str) -> Backup:
        """Copy the ledger to a new file while others write, and verify the copy."""
        made = back_up(self._reachable(), self._keys, Path(file).absolute())
        LOG.info(
            "ledger.backed_up",
            position=made.acknowledged,
            records=made.verification.records,
            streams=made.verification.streams,
        )
        return made

    @boundary
    def close(self) -> None:
        """Write what waits to be written, then let go of every file and connection.

        Raises LedgerBusy where the last write does not end. In a copy of the process that opened
        the ledger this does nothing.
        """
        if self._writer.is_of_this_process():
            try:
                self._writer.close()
            finally:
                self._store.close()

    def _over_all(self) -> AllOwing:
        """Made when it is first asked for: most processes never ask about all encounters."""
        from veinledger.adapters.owing.beside import file_beside  # noqa: PLC0415
        from veinledger.adapters.owing.over_all import AllOwing  # noqa: PLC0415

        with self._making:
            if self._all_owing is None:
                ledger_id, key = self._store.ledger_id, self._keys.kept_key
                beside = file_beside(self._cache, ledger_id, key, self._rules, self._centre)
                self._all_owing = AllOwing(
                    self._histories, self._codec, self._rules, self._centre, beside=beside
                )
            return self._all_owing

    def _content(self, digest: str) -> bytes | None:
        found = self._reachable().original(digest)
        return None if found is None else self._bodies.original(found).content

    def _reachable(self) -> Store:
        self._writer.refuse_in_another_process()
        return self._store
