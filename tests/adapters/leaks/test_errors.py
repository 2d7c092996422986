"""What leaves the library when something fails: an error of ours, and nothing that it met."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest
from eventsourcing.sqlite import SQLiteConnection, SQLiteCursor

from tests.adapters.leaks import raising
from tests.adapters.leaks.doors import DOORS, MISTAKES, PLANTED, openings
from tests.adapters.leaks.drives import STRANGE
from tests.adapters.leaks.sinks import Sinks
from tests.adapters.leaks.told import OF_THE_BOUNDARY, frames_of
from tests.tiers import TIER, size
from veinledger.adapters.errors import VeinledgerError
from veinledger.adapters.ledger import Ledger

Listen = Callable[[], AbstractContextManager[Sinks]]
Open = Callable[[str], AbstractContextManager[Ledger]]


def fails(sinks: Sinks, how: str, call: Callable[[], object]) -> BaseException | None:
    """Call, hear what leaves; the error, which carries the boundary's own frames alone."""
    try:
        call()
    except BaseException as error:
        sinks.hear_error(how, error)
        strange = set(frames_of(error)) - OF_THE_BOUNDARY
        if strange:
            sinks.hear(how, f"frames of {strange}: {STRANGE}")
        return error
    return None


def fails_by_ours(sinks: Sinks, how: str, call: Callable[[], object]) -> None:
    error = fails(sinks, how, call)
    if error is not None and not isinstance(error, VeinledgerError):
        sinks.hear(how, f"not an error of ours: {type(error)} {STRANGE}")


def test_every_public_method_is_a_door() -> None:
    public = {
        name
        for name, _ in inspect.getmembers(Ledger, inspect.isfunction)
        if not name.startswith("_") or name in ("__enter__", "__exit__")
    }
    assert public <= set(DOORS)


def test_a_callers_own_mistake_is_told_without_what_he_gave(
    listen: Listen, open_here: Open
) -> None:
    with listen() as sinks, open_here("sqlite") as kept:
        for how, door in MISTAKES.items():
            error = fails(sinks, how, partial(door, kept))
            assert error is not None, how
    assert sinks.hits() == []


def test_what_cannot_be_opened_is_told_without_what_was_given(
    listen: Listen, tmp_path: Path
) -> None:
    with listen() as sinks:
        for how, call in openings(tmp_path).items():
            assert fails(sinks, how, call) is not None, how
    assert sinks.hits() == []


@pytest.mark.parametrize("how", DOORS)
def test_a_closed_ledger_says_so_at_every_door(how: str, listen: Listen, open_here: Open) -> None:
    with listen() as sinks, open_here("sqlite") as kept:
        kept.record(PLANTED.bytes())
        kept.close()
        fails_by_ours(sinks, how, partial(DOORS[how], kept))
    assert sinks.hits() == []


ERRORS = raising.of_tier(TIER)


@pytest.mark.parametrize("door", DOORS)
def test_an_error_of_the_store_leaves_in_our_words(
    door: str, listen: Listen, open_here: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listen() as sinks, open_here("sqlite") as kept:
        for how, make in ERRORS.items():
            with monkeypatch.context() as broken:
                broken.setattr(SQLiteCursor, "execute", raising.raiser(make))
                fails_by_ours(sinks, f"{door}: {how}", partial(DOORS[door], kept))
        assert_still_works(kept, door)
    assert sinks.hits() == []


def assert_still_works(kept: Ledger, door: str) -> None:
    if door not in ("close", "__enter__", "__exit__"):
        assert kept.record(PLANTED.bytes())[0].answer in ("recorded", "duplicate")


@pytest.mark.parametrize(
    "make", [m for _, m in raising.chosen()], ids=[n for n, _ in raising.chosen()]
)
def test_an_error_at_the_commit_leaves_in_our_words_and_nothing_is_kept(
    make: Callable[[], BaseException],
    listen: Listen,
    open_here: Open,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with listen() as sinks, open_here("sqlite") as kept:
        before = kept.rows()
        with monkeypatch.context() as broken:
            broken.setattr(SQLiteConnection, "commit", raising.raiser(make))
            fails_by_ours(sinks, "commit", lambda: kept.record(PLANTED.bytes()))
        assert kept.rows() == before
        assert kept.record(PLANTED.bytes())[0].answer == "recorded"
    assert sinks.hits() == []


INSIDE = (
    "veinledger.adapters.codec.arrivals.read_report",
    "veinledger.adapters.codec.report.canonical",
    "veinledger.adapters.codec.fields.canonical",
    "veinledger.adapters.intake.take_in",
    "veinledger.adapters.codec.rows.encode_body",
    "veinledger.domain.intake.decide.provisional_record",
    "veinledger.domain.standing.fold.Folding.fold",
)
"""Places on the way of a report, at the border, in the decision and in the codec."""


@pytest.mark.parametrize("place", INSIDE)
@pytest.mark.parametrize("store", ["memory", "sqlite"][: size(1, 2)])
def test_a_defect_anywhere_on_the_way_leaves_in_our_words(
    place: str, store: str, listen: Listen, open_here: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listen() as sinks, open_here(store) as kept:
        for how, make in ERRORS.items():
            if how == "StopIteration":
                continue  # a `map` takes it for its own end, whatever it was meant to say
            with monkeypatch.context() as broken:
                broken.setattr(place, raising.raiser(make))
                fails_by_ours(sinks, f"{place}: {how}", lambda: kept.record(PLANTED.bytes()))
        assert kept.record(PLANTED.bytes())[0].answer == "recorded"
    assert sinks.hits() == []
