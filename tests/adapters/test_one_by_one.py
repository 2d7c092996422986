"""Messages that share a commit are answered, and kept, as if each had come alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from tests.adapters.test_cached_histories import Said, said, twin
from tests.adapters.test_ledger import collection, opening
from tests.tiers import SEED, size, tell
from veinledger.adapters.errors import ReportKeyTaken, VeinledgerError
from veinledger.domain.ledger.port import Decide, Row, View

EXAMPLES = size(60, 150, 20_000)


def told(says: Sequence[Said], *, together: bool) -> tuple[object, tuple[Row, ...], list[int]]:
    """The outcomes of messages after some that stand already, the rows, and sizes of groups."""
    with twin(50_000) as kept:
        kept.record(opening("E1"), opening("E2"), collection("2026-03-02", "M0"))
        lines = [each.line(kept) for each in says]
        groups, whole = list[int](), kept._store.transact_all

        def counted(calls: Sequence[Sequence[Any]]) -> Any:
            groups.append(sum(map(len, calls)))
            return whole(calls)

        kept._store.transact_all = counted
        if together:
            outcomes = list(kept.record_all([line] for line in lines))
        else:
            outcomes = [kept.record(line) for line in lines]
        return outcomes, kept.rows(), groups


@pytest.mark.stochastic
def test_messages_of_one_group_are_answered_as_if_each_came_alone() -> None:
    messages = [0]

    @seed(SEED)
    @settings(max_examples=EXAMPLES, database=None)
    @given(st.lists(said, min_size=2, max_size=10))
    def holds(says: list[Said]) -> None:
        outcomes, rows, groups = told(says, together=True)
        assert (outcomes, rows) == told(says, together=False)[:2]
        assert groups == [len(says)]
        messages[0] += len(says)

    holds()
    tell(f"one by one: seed {SEED}, {EXAMPLES} groups, {messages[0]} messages")


@dataclass(frozen=True)
class Blind:
    """The fault to be found: a view that ends where the group began."""

    view: View
    until: int

    @property
    def now(self) -> datetime:
        return self.view.now

    def stream(self, name: str, after: int = 0) -> tuple[Row, ...]:
        return tuple(row for row in self.view.stream(name, after) if row.position <= self.until)

    def keyed(self, key: bytes) -> Row | None:
        found = self.view.keyed(key)
        return found if found is not None and found.position <= self.until else None


def test_the_control_a_message_that_does_not_see_those_before_it_is_caught() -> None:
    with twin(50_000) as kept:
        whole = kept._store.transact_all

        def blind(calls: Sequence[Sequence[Decide[Any]]]) -> Any:
            until = kept._store.head()

            def blinded(decide: Decide[Any]) -> Decide[Any]:
                return lambda view: decide(Blind(view, until))

            return whole([list(map(blinded, decides)) for decides in calls])

        kept._store.transact_all = blind
        together = kept.record_all([[opening("E1")], [opening("E1")]])
        assert next(together)[0].answer == "recorded"
        with pytest.raises(ReportKeyTaken):
            next(together)
        lines = [[opening("E2")], [collection("2026-03-02", "M1", "E2")]]
        assert [o.answer for (o,) in kept.record_all(lines)] == ["recorded", "parked"]


def test_a_message_that_fails_is_told_as_if_it_came_alone() -> None:
    with twin(50_000) as kept:
        decode = kept._codec.held

        def fails(_: Row) -> Any:
            raise ZeroDivisionError

        kept.record(opening("E1"))
        kept._codec.held = fails
        errors = list[str]()
        for items in ([[opening("E1")]], [[opening("E2")], [opening("E1")], [opening("E3")]]):
            with pytest.raises(VeinledgerError) as error:
                list(kept.record_all(items))
            errors.append(str(error.value))
        kept._codec.held = decode
        assert errors[0] == errors[1]
        assert kept.encounters() == ("E1", "E2")
