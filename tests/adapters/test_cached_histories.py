"""A history that was kept between calls is the history that is there: with the cache and without
it every answer is the same, whatever was recorded, voided, claimed elsewhere or undone between."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, find, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from tests.adapters.test_ledger import Line, collection, opening, say
from tests.given_ledger import TODAY, centre_in_utc, ledger
from tests.tiers import SEED, size, tell
from veinledger.adapters.errors import NotFound, StoreFailed
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.pages import shipped_rules
from veinledger.adapters.reading import Decoded, Recent
from veinledger.adapters.store.keys import derived_keys
from veinledger.adapters.store.memory import MemoryStore
from veinledger.adapters.store.sealing import Sealer
from veinledger.domain.ledger.port import Row, View
from veinledger.domain.standing.fold import _Run  # pyright: ignore[reportPrivateUsage]

ENCOUNTERS = ("E1", "E2", "E3")
CHAINS = ("COI-1", "COI-2")
DAYS = ("2026-03-02", "2026-03-03", "2026-03-05")
EXAMPLES = size(60, 150, 20_000)


@dataclass(frozen=True)
class Said:
    """One report of a step; a void names the record that stands at its place when it is sent."""

    kind: str
    encounter: str
    message: str
    day: str
    chain: str
    target: int

    def line(self, kept: Ledger) -> Line:
        match self.kind:
            case "opened":
                return opening(self.encounter)
            case "void":
                return self._void(kept)
            case "encounter.withdrawn":
                return say(self.kind, self.day, self.message, self.encounter)
            case _:
                chain = {"chain_of_identity": self.chain}
                return say(self.kind, self.day, self.message, self.encounter, **chain)

    def _void(self, kept: Ledger) -> Line:
        records = (
            kept.history(self.encounter).records if self.encounter in kept.encounters() else ()
        )
        if not records:
            return opening(self.encounter)
        seal = records[self.target % len(records)].seal
        change = {"kind": "void", "sequence": seal.sequence, "hash": seal.leaf}
        fields: dict[str, Any] = {"changes": [change]}
        return say("records.corrected", self.day, f"V{self.message}", self.encounter, **fields)


@dataclass(frozen=True)
class Step:
    """Messages of one call, whose commit may fail; or a question about an encounter."""

    says: tuple[Said, ...] = ()
    commit_fails: bool = False
    asks: str | None = None


KINDS = ("opened", "apheresis.completed", "apheresis.completed", "cells.infused",
         "encounter.withdrawn", "void")  # fmt: skip
said = st.builds(
    Said,
    kind=st.sampled_from(KINDS),
    encounter=st.sampled_from(ENCOUNTERS),
    message=st.integers(0, 5).map("M{}".format),
    day=st.sampled_from(DAYS),
    chain=st.sampled_from(CHAINS),
    target=st.integers(0, 9),
)
steps = st.lists(
    st.one_of(
        st.builds(
            Step, says=st.lists(said, min_size=1, max_size=4).map(tuple), commit_fails=st.booleans()
        ),
        st.builds(Step, asks=st.sampled_from(ENCOUNTERS)),
    ),
    min_size=2,
    max_size=12,
)


class NotKept(BaseException):
    """Ends a group, so that nothing of it is kept."""


class Undoing(MemoryStore):
    """A store whose commits fail when the test says so."""

    fails = False

    def transact_all(self, calls: Sequence[Sequence[Any]]) -> Any:
        def undo(_: View) -> Any:
            raise NotKept

        if not self.fails:
            return super().transact_all(calls)
        with pytest.raises(NotKept):
            super().transact_all([*calls, [undo]])
        raise StoreFailed("the disk is full, and nothing was recorded")


@contextmanager
def twin(at_most: int) -> Generator[Any]:
    """A ledger that seals exactly as every other twin does, and keeps so many decoded records."""
    ticks = count()
    keys = derived_keys(bytes(32), bytes(16))
    sealer = Sealer(ledger_id=bytes(16), key_id=keys.key_id, tag_key=keys.tag_key)
    made: Any = Ledger(
        Undoing(sealer, lambda: TODAY.replace(microsecond=next(ticks))),
        keys,
        RULES,
        centre_in_utc("adt"),
    )
    keeps(made, at_most)
    with made:
        yield made


RULES = shipped_rules("public")


def keeps(kept: Any, at_most: int) -> None:
    """Set how many decoded records a ledger keeps; 0 is a ledger without a cache."""
    histories = kept._histories
    for part in (histories._records, histories._claims):
        part._recent = Recent(at_most)
    histories._folded = Recent(at_most)
    histories._foldings = Recent(at_most)


def answers(kept: Any, taken: Sequence[Step]) -> list[object]:
    """What a ledger answers to each step, and in the end about everything."""
    told: list[object] = []
    for step in taken:
        if step.asks is not None:
            told.append(asked(kept, step.asks))
            continue
        lines = [each.line(kept) for each in step.says]
        kept._store.fails = step.commit_fails
        try:
            told.append(kept.record(*lines))
        except StoreFailed as error:
            told.append(str(error))
        kept._store.fails = False
    return [*told, *(asked(kept, encounter) for encounter in ENCOUNTERS), kept.rows()]


def asked(kept: Ledger, encounter: str) -> object:
    try:
        history = kept.history(encounter)
    except NotFound:
        return None
    middle = history.records[len(history.records) // 2].seal.position
    return (
        history.records,
        history.claims,
        kept.effective(encounter),
        kept.effective(encounter, known_at=middle),
    )


def answers_with(at_most: int, taken: Sequence[Step]) -> list[object]:
    with twin(at_most) as kept:
        return answers(kept, taken)


@pytest.mark.stochastic
def test_with_the_cache_every_answer_is_the_one_without_it() -> None:
    seen = {"steps": 0, "records": 0}

    @seed(SEED)
    @settings(max_examples=EXAMPLES, database=None)
    @given(steps)
    def holds(taken: list[Step]) -> None:
        without = answers_with(0, taken)
        assert answers_with(50_000, taken) == without
        assert answers_with(5, taken) == without
        seen["steps"] += len(taken)
        seen["records"] += len(without[-1])  # type: ignore[arg-type]

    holds()
    tell(f"cached histories: seed {SEED}, {EXAMPLES} interleavings, {seen}")


def follows_by_number_alone(kept: Decoded[Any], rows: tuple[Row, ...]) -> bool:
    """The fault to be found: it asks for the number of the row at the end, and not for its leaf."""
    return not rows or rows[0].sequence == kept.sequence


@pytest.mark.stochastic
def test_the_control_a_cache_that_does_not_ask_for_the_leaf_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Decoded, "is_continued_by", follows_by_number_alone)

    def goes_wrong(taken: list[Step]) -> bool:
        try:
            return answers_with(50_000, taken) != answers_with(0, taken)
        except Exception:  # an answer that is no answer at all
            return True

    only_search = settings(max_examples=2_000, database=None, phases=[Phase.generate])
    try:
        find(steps, goes_wrong, settings=only_search, random=Random(SEED))
    except NoSuchExample:
        pytest.fail("2,000 interleavings, and a cache that asks for no leaf was not caught")


def a_group_undone_after_it_was_read(kept: Any) -> object:
    """The second message of a group reads the first; neither is kept; something else is said."""
    kept.record(opening("E1"))
    kept._store.fails = True
    with pytest.raises(StoreFailed):
        kept.record(collection("2026-03-02", "M1"), collection("2026-03-03", "M2"))
    kept._store.fails = False
    kept.record(collection("2026-03-05", "M3"))
    return asked(kept, "E1")


def test_what_was_read_of_a_group_that_was_undone_is_forgotten() -> None:
    with twin(50_000) as with_it, twin(0) as without:
        assert a_group_undone_after_it_was_read(with_it) == a_group_undone_after_it_was_read(
            without
        )


def test_the_control_without_the_leaf_it_is_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Decoded, "is_continued_by", follows_by_number_alone)
    with twin(50_000) as with_it, twin(0) as without:
        assert a_group_undone_after_it_was_read(with_it) != a_group_undone_after_it_was_read(
            without
        )


@pytest.mark.stochastic
@pytest.mark.parametrize("store", ["memory", "sqlite"])
def test_a_second_ledger_on_the_same_rows_answers_the_same(tmp_path: Path, store: str) -> None:
    """Beside the cached ledger one that keeps nothing reads the very same store after each step."""
    chance, steps_taken = Random(SEED), size(40, 150, 10_000)
    with ledger(tmp_path, store=store, centre=centre_in_utc("adt")) as kept:
        opened: Any = kept
        other: Any = Ledger(opened._store, opened._keys, RULES, centre_in_utc("adt"))
        keeps(other, 0)
        for number in range(steps_taken):
            says = a_random_report(chance, number)
            kept.record(says.line(kept))
            encounter = chance.choice(ENCOUNTERS)
            assert asked(kept, encounter) == asked(other, encounter)
    tell(f"two ledgers on one {store} store: seed {SEED}, {steps_taken} steps")


def a_random_report(chance: Random, number: int) -> Said:
    return Said(
        kind=chance.choice(KINDS),
        encounter=chance.choice(ENCOUNTERS),
        message=f"M{number // 2}",
        day=chance.choice(DAYS),
        chain=chance.choice(CHAINS),
        target=chance.randrange(10),
    )


def reads(kept: Any, work: Callable[[], object]) -> tuple[int, int]:
    """How many rows were read from the store and how many were decoded."""
    found, decoded = [0], [0]
    store, codec = kept._store, kept._codec
    whole, decode = store.stream, codec.record

    def counting(*args: Any) -> Any:
        rows = whole(*args)
        found[0] += len(rows)
        return rows

    def counted(row: Row) -> Any:
        decoded[0] += 1
        return decode(row)

    store.stream = counting
    kept._histories._records._decode = counted
    work()
    store.stream = whole
    return found[0], decoded[0]


def test_only_what_is_new_is_read_and_decoded() -> None:
    with twin(50_000) as kept:
        kept.record(opening("E1"), *(say("charge.posted", "2026-03-02", f"M{n}", units=n + 1)
                                     for n in range(50)))  # fmt: skip
        kept.history("E1")
        assert reads(kept, lambda: kept.history("E1")) == (1, 0)
        kept.record(say("charge.posted", "2026-03-02", "M99", units=7))
        assert reads(kept, lambda: kept.history("E1")) == (2, 1)


def test_a_caller_who_changes_an_answer_changes_no_other() -> None:
    with twin(50_000) as kept:
        kept.record(opening("E1"))
        kept.effective("E1").standings.clear()
        assert len(kept.effective("E1").standings) == 1


def test_what_was_used_longest_ago_goes_first() -> None:
    recent = Recent[str](at_most=3)
    for name in "abc":
        recent.keep(name, name.upper(), 1)
    assert recent.get("a") == "A"
    recent.keep("d", "D", 1)
    assert [recent.get(name) for name in "abcd"] == ["A", None, "C", "D"]
    recent.keep("d", "DD", 3)
    assert [recent.get(name) for name in "abcd"] == [None, None, None, "DD"]
    recent.keep("e", "E", 4)
    assert [recent.get(name) for name in "de"] == [None, None], (
        "what is larger than all is not kept"
    )


def test_a_message_costs_the_days_that_it_changes_and_no_more(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lived: list[date] = []
    live_through = _Run.live_through

    def counted(self: _Run, day: date, *told: Any) -> None:
        lived.append(day)
        live_through(self, day, *told)

    monkeypatch.setattr(_Run, "live_through", counted)
    with ledger(tmp_path, centre=centre_in_utc("adt")) as kept:
        kept.record(opening("E1"))
        for day in range(2, 21):
            lived.clear()
            on = f"2026-03-{day:02}"
            kept.record(say("monitoring.day_completed", on, f"M{day}", "E1"))
            kept.effective("E1")
            assert set(lived) == {date(2026, 3, day)}
