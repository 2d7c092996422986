"""The eventsourcing library's own tests of recorders, run against ours."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from unittest import TestCase
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent

from tests.adapters import shipped
from tests.adapters.by_the_book import leaf, tag
from veinledger.adapters.store.memory import SealedMemoryRecorder
from veinledger.adapters.store.sealing import Sealer
from veinledger.adapters.store.sqlite.connection import SealedSQLiteDatastore
from veinledger.adapters.store.sqlite.recorder import SealedSQLiteRecorder
from veinledger.adapters.store.stored import SealedEvent, SealedNotification, row_of_event

SEALER = Sealer(ledger_id=bytes(16), key_id="00" * 8, tag_key=bytes(32))
Recorder = SealedSQLiteRecorder | SealedMemoryRecorder

# Skipped: AggregateRecorderTestCase, which wants insert_events() to answer None (ours number every
# event, as application recorders do) and plain StoredEvents back (ours carry their seal). The case
# about subscriptions is optional in the library; it runs in memory, and SQLite has none.


def sqlite_recorder(folder: Path) -> SealedSQLiteRecorder:
    recorder = SealedSQLiteRecorder(SealedSQLiteDatastore(folder / "ledger.sqlite"), SEALER)
    recorder.create_table()
    return recorder


class SQLite(TestCase):
    """A recorder on a new file, and everything closed at the end."""

    def create_recorder(self) -> SealedSQLiteRecorder:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        recorder = sqlite_recorder(Path(folder.name))
        self.addCleanup(recorder.datastore.close)
        return recorder

    def new_originator_id(self) -> UUID | str:
        return str(uuid4())


class Memory(TestCase):
    def create_recorder(self) -> SealedMemoryRecorder:
        return SealedMemoryRecorder(SEALER)

    def new_originator_id(self) -> UUID | str:
        return str(uuid4())


class TestSQLite(SQLite, shipped.ApplicationRecorderTestCase[SealedSQLiteRecorder]): ...


class TestMemory(Memory, shipped.ApplicationRecorderTestCase[SealedMemoryRecorder]):
    def test_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestSQLiteNeverInterleaves(SQLite, shipped.NonInterleavingNotificationIDsBaseCase): ...


class TestMemoryNeverInterleaves(Memory, shipped.NonInterleavingNotificationIDsBaseCase): ...


# What the library's cases leave open, and we promise.


@pytest.fixture(params=["memory", "sqlite"])
def recorder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Recorder]:
    if request.param == "memory":
        yield SealedMemoryRecorder(SEALER)
        return
    made = sqlite_recorder(tmp_path)
    yield made
    made.datastore.close()


def event(version: int, state: bytes = b"") -> StoredEvent:
    return StoredEvent("a", version, "t.x", state)


def test_events_carry_their_seal(recorder: Recorder) -> None:
    recorder.insert_events([event(1, b"one"), event(2, b"two")])
    events = recorder.select_events("a")
    for position, each in enumerate(events, 1):
        assert isinstance(each, SealedEvent)
        row = row_of_event(each, position)
        assert (row.tag, row.leaf) == (tag(row, bytes(16), bytes(32)), leaf(row, bytes(16)))
    (notification,) = recorder.select_notifications(2, 1)
    assert isinstance(notification, SealedNotification)
    assert (notification.state, notification.id) == (b"two", 2)
    assert f"{events[0]!r} {notification!r}" == "<sealed event 1: t.x> <notification 2: t.x>"


@pytest.mark.parametrize("versions", [(1,), (3,), (2, 2), (2, 4), (2, 1)])
def test_a_version_that_is_not_the_next_is_refused(
    recorder: Recorder, versions: tuple[int, ...]
) -> None:
    recorder.insert_events([event(1)])
    with pytest.raises(IntegrityError):
        recorder.insert_events([event(version) for version in versions])
    assert recorder.max_notification_id() == 1
    assert recorder.insert_events([]) == []
