"""What any store must do. Subclass it, say how the store is opened, and every test runs."""

import hmac
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from threading import Barrier

import pytest

from tests.adapters.by_the_book import assert_sealed
from veinledger.adapters.errors import Defect, Refused, ReportKeyTaken, VeinledgerError
from veinledger.adapters.store.encrypted.bodies import Bodies
from veinledger.adapters.store.keys import Keys
from veinledger.domain.ledger.port import (
    Attempt,
    Committed,
    Decide,
    Decision,
    Draft,
    KeptOriginal,
    Row,
    Store,
    View,
)

NOON = datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that stands where the test puts it."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Opened:
    store: Store
    keys: Keys
    clock: Clock

    @property
    def bodies(self) -> Bodies:
        """What opens its bodies and originals, where they are encrypted."""
        return Bodies(self.store.ledger_id, self.keys)

    def said(self, rows: Iterable[Row]) -> list[bytes]:
        """What rows say in clear."""
        return [self.bodies.opened(row).body for row in rows]


def key(name: str) -> bytes:
    return name.encode().ljust(32, b".")


def draft(stream: str = "encounter/a", body: bytes = b"{}", name: str | None = None) -> Draft:
    return Draft(
        stream=stream, type="cells.infused", body=body, key=None if name is None else key(name)
    )


def append(
    store: Store, *drafts: Draft, originals: tuple[KeptOriginal, ...] = ()
) -> tuple[Row, ...]:
    return store.transact(lambda _: Decision(answer=None, drafts=drafts, originals=originals)).rows


def drafting(
    *drafts: Draft, originals: tuple[KeptOriginal, ...] = (), answer: object = None
) -> Decide[object]:
    return lambda _: Decision(answer=answer, drafts=drafts, originals=originals)


def failing(error: BaseException) -> Decide[object]:
    def decide(view: View) -> Decision[object]:
        view.stream("encounter/a")
        raise error

    return decide


def kept(attempt: Attempt[object]) -> tuple[Row, ...]:
    assert isinstance(attempt, Committed)
    return attempt.rows


class StoreContract(ABC):
    @abstractmethod
    def open(self, clock: Clock) -> tuple[Store, Keys]:
        """A new, empty ledger."""

    @pytest.fixture
    def opened(self) -> Iterator[Opened]:
        clock = Clock()
        store, keys = self.open(clock)
        yield Opened(store, keys, clock)
        store.close()

    @pytest.fixture
    def store(self, opened: Opened) -> Store:
        return opened.store

    # --- seals -----------------------------------------------------------------------------

    def test_the_ends_are_the_last_rows_of_all_streams_and_count_every_row(
        self, opened: Opened
    ) -> None:
        store = opened.store
        append(store, draft("encounter/b"), draft("identity/a"), draft("encounter/a"))
        append(store, draft("encounter/b"))
        last = {row.stream: row for row in store.rows()}
        ends = store.ends()
        assert [end.stream for end in ends] == sorted(last)
        for end in ends:
            row = last[end.stream]
            assert (end.sequence, end.position, end.leaf) == (row.sequence, row.position, row.leaf)
        assert sum(end.sequence for end in ends) == store.head()

    def test_every_row_is_sealed_as_the_format_says(self, opened: Opened) -> None:
        append(opened.store, draft("encounter/a", b"1"), draft("encounter/b", b"2", "r1"))
        opened.clock.at = NOON + timedelta(seconds=1)
        append(opened.store, draft("encounter/a", "näher\x00".encode()), draft("encounter/ä", b""))
        assert_sealed(opened.store.rows(), opened.store.ledger_id, opened.keys)
        assert opened.store.head() == 5

    def test_a_new_ledger_says_how_it_was_created(self, opened: Opened) -> None:
        (first,) = opened.store.rows()
        assert (first.position, first.stream, first.type) == (1, "ledger", "ledger.created")
        assert opened.keys.key_id.encode() in first.body
        assert opened.keys.check.encode() in first.body

    def test_positions_and_sequences_are_dense(self, store: Store) -> None:
        for number in range(20):
            append(store, *(draft(f"encounter/{n}") for n in range(number % 3 + 1)))
        rows = list(store.rows())
        assert [row.position for row in rows] == list(range(1, len(rows) + 1))
        for name in store.streams(""):
            assert [r.sequence for r in store.stream(name)] == list(
                range(1, len(store.stream(name)) + 1)
            )

    def test_what_is_committed_is_what_is_read(self, store: Store) -> None:
        committed = append(store, draft("encounter/a", b"1", "r1"), draft("encounter/b", b"2"))
        assert tuple(store.rows(after=1)) == committed
        assert store.stream("encounter/a") == committed[:1]
        assert store.keyed(key("r1")) == committed[0]

    # --- reading ---------------------------------------------------------------------------

    def test_a_stream_is_read_from_a_sequence_on(self, store: Store) -> None:
        rows = append(store, *(draft("encounter/a", bytes([n])) for n in range(5)))
        assert store.stream("encounter/a", 3) == rows[3:]
        assert store.stream("encounter/a", 1, limit=2) == rows[1:3]
        assert store.stream("encounter/a", 5) == ()

    def test_what_is_not_there_is_not_found(self, store: Store) -> None:
        assert store.stream("encounter/none") == ()
        assert store.keyed(key("none")) is None
        assert store.original("none") is None
        assert store.streams("encounter/") == ()
        assert tuple(store.rows(after=1)) == ()

    def test_streams_are_listed_by_prefix_in_order(self, store: Store) -> None:
        append(store, *map(draft, ("encounter/b", "encounter/a", "encounter_", "centre/x")))
        assert store.streams("encounter/") == ("encounter/a", "encounter/b")
        assert store.streams("") == (
            "centre/x", "encounter/a", "encounter/b", "encounter_", "ledger",
        )  # fmt: skip

    def test_a_long_ledger_is_read_in_order(self, opened: Opened) -> None:
        append(opened.store, *(draft(body=str(n).encode()) for n in range(700)))
        said = opened.said(opened.store.rows(after=1))
        assert said == [str(n).encode() for n in range(700)]

    def test_the_leaves_are_those_of_the_rows_in_order(self, store: Store) -> None:
        append(store, *(Draft(stream=f"s/{n % 7}", type="t", body=b"x") for n in range(5_000)))
        leaves = [row.leaf for row in store.rows()]
        assert list(store.leaves()) == leaves
        assert list(store.leaves(4_990)) == leaves[4_990:]
        assert list(store.leaves(len(leaves))) == []

    def test_a_store_has_nothing_to_complain_about(self, store: Store) -> None:
        append(store, draft())
        assert store.integrity_faults() == ()

    # --- deciding --------------------------------------------------------------------------

    def test_decide_reads_what_is_there_and_answers(self, store: Store) -> None:
        rows = append(store, draft(body=b"1", name="r1"), draft(body=b"2"))

        def decide(view: View) -> Decision[str]:
            assert view.stream("encounter/a") == rows
            assert view.stream("encounter/a", 1) == rows[1:]
            assert view.keyed(key("r1")) == rows[0]
            assert view.keyed(key("r2")) is None
            assert view.stream("encounter/none") == ()
            return Decision(answer="duplicate")

        committed = store.transact(decide)
        assert (committed.answer, committed.rows) == ("duplicate", ())
        assert store.head() == 3

    def test_decide_sees_one_moment_while_others_want_to_write(self, opened: Opened) -> None:
        store = opened.store

        def grows_by_one(view: View) -> Decision[bool]:
            seen = view.stream("encounter/a")
            for _ in range(5):
                assert view.stream("encounter/a") == seen
            return Decision(answer=True, drafts=(draft(body=str(len(seen)).encode()),))

        with ThreadPoolExecutor(4) as threads:
            work = [threads.submit(store.transact, grows_by_one) for _ in range(40)]
            assert all(done.result().answer for done in work)
        said = opened.said(store.stream("encounter/a"))
        assert said == [str(n).encode() for n in range(40)]

    def test_nothing_is_kept_where_decide_refuses(self, store: Store) -> None:
        before = append(store, draft())

        def decide(view: View) -> Decision[None]:
            assert view.stream("encounter/a") == before
            raise Refused("an encounter that has ended takes no dose")

        with pytest.raises(Refused, match="has ended"):
            store.transact(decide)
        assert store.stream("encounter/a") == before

    def test_nothing_is_kept_where_a_draft_in_the_middle_cannot_be(self, store: Store) -> None:
        bad = Draft(stream="encounter/b", type="cells.infused", body=b"", key=b"short")
        original = KeptOriginal(digest="d1", media_type="text/plain", content=b"x")
        with pytest.raises(Defect):
            append(store, draft(name="r1"), bad, draft("encounter/c"), originals=(original,))
        assert store.head() == 1
        assert store.keyed(key("r1")) is None
        assert store.original("d1") is None
        assert store.streams("encounter/") == ()

    def test_a_store_works_on_after_decide_has_failed(self, store: Store) -> None:
        def decide(_: View) -> Decision[None]:
            raise ZeroDivisionError("MARKER")

        with pytest.raises(Defect) as caught:
            store.transact(decide)
        assert "MARKER" not in str(caught.value)
        assert caught.value.__context__ is None
        assert caught.value.__cause__ is None
        assert [row.position for row in append(store, draft())] == [2]

    # --- groups ----------------------------------------------------------------------------

    def test_a_group_is_appended_in_order_and_each_call_is_answered(self, opened: Opened) -> None:
        first, second = opened.store.transact_all(
            [
                [drafting(draft(body=b"1"), answer="one"), drafting(draft(body=b"2"))],
                [drafting(draft("encounter/b"), draft(body=b"3"), answer="three")],
            ]
        )
        assert [getattr(each, "answer", None) for each in (*first, *second)] == [
            "one", None, "three",
        ]  # fmt: skip
        assert tuple(opened.store.rows(after=1)) == tuple(
            row for attempt in (*first, *second) for row in kept(attempt)
        )
        assert_sealed(opened.store.rows(), opened.store.ledger_id, opened.keys)

    def test_each_of_a_group_sees_what_those_before_it_have_appended(self, store: Store) -> None:
        def decide(view: View) -> Decision[int]:
            seen = view.stream("encounter/a")
            holder = view.keyed(key(f"r{len(seen)}"))
            assert (holder is None) == (not seen)
            assert holder is None or holder == seen[-1]
            return Decision(answer=len(seen), drafts=(draft(name=f"r{len(seen) + 1}"),))

        (first, second) = store.transact_all([[decide, decide], [decide]])
        assert [getattr(each, "answer", None) for each in (*first, *second)] == [0, 1, 2]
        assert [row.sequence for row in store.stream("encounter/a")] == [1, 2, 3]

    @pytest.mark.parametrize("why", ["decide", "key", "draft"])
    def test_one_that_fails_is_undone_alone_and_leaves_no_gap(
        self, opened: Opened, why: str
    ) -> None:
        store = opened.store
        original = KeptOriginal(digest="d1", media_type="text/plain", content=b"x")
        half = draft("encounter/half", name="half")
        fails: dict[str, Decide[object]] = {
            "decide": failing(Refused("an encounter that has ended takes no dose")),
            "key": drafting(half, draft(name="r1"), originals=(original,)),
            "draft": drafting(half, Draft(stream="encounter/half", type="", body=b"")),
        }
        first, failed, last = store.transact_all(
            [[drafting(draft(name="r1"))], [fails[why]], [drafting(draft("encounter/b"))]]
        )
        (error,) = failed
        assert isinstance(error, Exception)
        assert type(error) is {"decide": Refused, "key": ReportKeyTaken, "draft": Defect}[why]
        assert (error.__traceback__, error.__context__, error.__cause__) == (None, None, None)
        assert [row.position for row in (*kept(first[0]), *kept(last[0]))] == [2, 3]
        assert store.streams("encounter/") == ("encounter/a", "encounter/b")
        assert store.keyed(key("half")) is None
        assert store.original("d1") is None
        assert [row.position for row in append(store, draft())] == [4]
        assert store.integrity_faults() == ()
        assert_sealed(store.rows(), store.ledger_id, opened.keys)

    def test_what_comes_after_a_failure_in_the_same_call_is_not_tried(self, store: Store) -> None:
        call = [drafting(draft()), failing(Refused("no")), failing(AssertionError("tried"))]
        attempts, others = store.transact_all([call, [drafting(draft("encounter/b"))]])
        assert [type(each) for each in attempts] == [Committed, Refused]
        assert [type(each) for each in others] == [Committed]
        assert store.head() == 3

    def test_nothing_of_a_group_is_kept_where_it_is_interrupted(self, store: Store) -> None:
        original = KeptOriginal(digest="d1", media_type="text/plain", content=b"x")
        append(store, draft(name="r0"))
        whole = drafting(draft(name="r1"), draft("encounter/b"), originals=(original,))
        with pytest.raises(KeyboardInterrupt):
            store.transact_all([[whole], [failing(KeyboardInterrupt())], [whole]])
        assert store.head() == 2
        assert store.streams("encounter/") == ("encounter/a",)
        assert (store.keyed(key("r1")), store.original("d1")) == (None, None)
        assert [row.sequence for row in append(store, draft(name="r1"))] == [2]

    def test_recorded_at_never_falls_within_a_group(self, opened: Opened) -> None:
        def an_hour_back(view: View) -> Decision[object]:
            opened.clock.at -= timedelta(hours=1)
            return Decision(answer=view.now, drafts=(draft(),))

        opened.store.transact_all([[an_hour_back, an_hour_back], [an_hour_back]])
        assert {row.recorded_at for row in opened.store.rows(after=1)} == {NOON}
        opened.clock.at = NOON + timedelta(hours=1)
        ((later,), _) = opened.store.transact_all([[drafting(draft())], []])
        assert kept(later)[0].recorded_at == NOON + timedelta(hours=1)

    def test_an_empty_group_is_answered(self, store: Store) -> None:
        assert store.transact_all([]) == ()
        assert store.transact_all([[], []]) == ((), ())
        assert store.head() == 1

    # --- report keys -----------------------------------------------------------------------

    def test_a_report_key_that_is_taken_is_refused_by_name(self, store: Store) -> None:
        append(store, draft(name="r1"))
        with pytest.raises(ReportKeyTaken, match="report key") as caught:
            append(store, draft("encounter/b"), draft("encounter/b", name="r1"))
        assert caught.value.position == 2
        assert store.head() == 2

    def test_a_report_key_that_is_taken_within_the_same_append_is_refused(
        self, store: Store
    ) -> None:
        with pytest.raises(ReportKeyTaken):
            append(store, draft(name="r1"), draft("encounter/b", name="r1"))
        assert store.head() == 1

    def test_records_without_a_report_key_do_not_clash(self, store: Store) -> None:
        assert len(append(store, draft(), draft())) == 2

    # --- originals -------------------------------------------------------------------------

    def test_an_original_is_kept_once(self, opened: Opened) -> None:
        content = b"MSH|^~\\&|\r\x00\xff"
        digest = hmac.digest(opened.keys.digest_key, content, "sha256").hex()
        first = KeptOriginal(digest=digest, media_type="x-application/hl7-v2+er7", content=content)
        again = KeptOriginal(digest=digest, media_type="text/plain", content=b"other")
        append(opened.store, draft(), originals=(first,))
        append(opened.store, draft(), originals=(again, again))
        kept = opened.store.original(digest)
        assert kept is not None
        assert opened.bodies.original(kept) == first
        assert [opened.bodies.original(each) for each in opened.store.originals()] == [first]

    def test_every_original_is_read_in_the_order_in_which_they_came(self, opened: Opened) -> None:
        contents = [bytes([number]) * 3 for number in range(200)]
        digests = [hmac.digest(opened.keys.digest_key, c, "sha256").hex() for c in contents]
        every = tuple(
            KeptOriginal(digest=digest, media_type="text/plain", content=content)
            for digest, content in zip(digests, contents, strict=True)
        )
        append(opened.store, draft(), originals=every[:150])
        append(opened.store, draft(), originals=every[150:])
        assert tuple(map(opened.bodies.original, opened.store.originals())) == every

    # --- time ------------------------------------------------------------------------------

    def test_recorded_at_is_the_clock_to_the_microsecond(self, opened: Opened) -> None:
        opened.clock.at = datetime(2026, 3, 2, 7, 0, 1, 1, tzinfo=timezone(timedelta(hours=-5)))
        (row,) = append(opened.store, draft())
        assert row.recorded_at == opened.clock.at
        assert row.recorded_at.tzinfo is UTC
        assert opened.store.stream("encounter/a") == (row,)

    def test_recorded_at_is_never_behind_even_when_the_clock_jumps_back(
        self, opened: Opened
    ) -> None:
        seen = list[datetime]()
        for hours in (1, 5, -48, 0, 6):
            opened.clock.at = NOON + timedelta(hours=hours)
            decided = opened.store.transact(
                lambda view: Decision(answer=view.now, drafts=(draft(),))
            )
            assert decided.answer == decided.rows[0].recorded_at
            seen.append(decided.answer - NOON + NOON)
        assert [(moment - NOON) // timedelta(hours=1) for moment in seen] == [1, 5, 5, 5, 6]

    # --- races -----------------------------------------------------------------------------

    def test_eight_threads_never_take_the_same_place(self, opened: Opened) -> None:
        threads, each = 8, 12
        start = Barrier(threads)

        def work(thread: int) -> list[Row]:
            start.wait()
            return [
                row
                for number in range(each)
                for row in append(
                    opened.store, draft(body=f"{thread}/{number}".encode()), draft("encounter/b")
                )
            ]

        with ThreadPoolExecutor(threads) as pool:
            acknowledged = [row for rows in pool.map(work, range(threads)) for row in rows]
        kept = list(opened.store.rows(after=1))
        assert sorted(acknowledged, key=lambda row: row.position) == kept
        assert len(kept) == threads * each * 2
        assert_sealed(opened.store.rows(), opened.store.ledger_id, opened.keys)

    def test_one_of_eight_threads_wins_a_report_key(self, store: Store) -> None:
        start = Barrier(8)

        def work(_: int) -> str:
            start.wait()
            try:
                append(store, draft(name="r1"))
            except VeinledgerError as error:
                return type(error).__name__
            return "recorded"

        with ThreadPoolExecutor(8) as pool:
            outcomes = sorted(pool.map(work, range(8)))
        assert outcomes == ["ReportKeyTaken"] * 7 + ["recorded"]
        assert store.head() == 2
