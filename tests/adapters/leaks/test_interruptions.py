"""Ctrl-C, the end of the process, no stack left: in the middle of a call, and nothing leaks."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from random import Random
from time import monotonic
from typing import Any

import pytest

from tests.adapters.leaks.doors import DOORS, PLANTED
from tests.adapters.leaks.drives import STRANGE
from tests.adapters.leaks.raising import INTERRUPTIONS
from tests.adapters.leaks.sinks import Sinks
from tests.adapters.leaks.told import OF_THE_BOUNDARY, frames_of, met_at_the_door
from tests.tiers import SEED, size, tell
from veinledger.adapters.errors import Defect
from veinledger.adapters.ledger import Ledger

Listen = Callable[[], AbstractContextManager[Sinks]]
Open = Callable[[str], AbstractContextManager[Ledger]]


def leaves(sinks: Sinks, how: str, call: Callable[[], object]) -> BaseException | None:
    try:
        call()
    except BaseException as error:
        if met_at_the_door(error):
            return error
        sinks.hear_error(how, error)
        if set(frames_of(error)) - OF_THE_BOUNDARY:
            sinks.hear(how, f"frames of {frames_of(error)}: {STRANGE}")
        return error
    return None


@pytest.mark.parametrize("make", INTERRUPTIONS)
@pytest.mark.parametrize("store", ["memory", "sqlite"])
def test_an_interruption_leaves_as_what_it_is_without_its_way_here(
    make: Callable[[], BaseException],
    store: str,
    listen: Listen,
    open_here: Open,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    thrown = make()

    def interrupted(line: bytes) -> Any:
        held = line
        raise thrown from ValueError(held)

    with listen() as sinks, open_here(store) as kept:
        with monkeypatch.context() as broken:
            broken.setattr("veinledger.adapters.codec.arrivals.read_report", interrupted)
            left = leaves(sinks, "interrupted", lambda: kept.record(PLANTED.bytes()))
        assert left is thrown
        assert kept.record(PLANTED.bytes())[0].answer == "recorded"
    assert sinks.hits() == []


@pytest.mark.parametrize("store", ["memory", "sqlite"])
def test_ctrl_c_while_the_writer_is_at_work_leaves_the_ledger_usable(
    store: str, listen: Listen, open_here: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    main, from_now_on = threading.main_thread().ident, threading.Event()
    assert main is not None
    whole = sys.modules["veinledger.adapters.intake"].take_in

    def slow(*args: Any, **kwargs: Any) -> Any:
        signal.pthread_kill(main, signal.SIGINT)
        from_now_on.wait(30)
        return whole(*args, **kwargs)

    with listen() as sinks, open_here(store) as kept:
        with monkeypatch.context() as slowed:
            slowed.setattr("veinledger.adapters.intake.take_in", slow)
            left = leaves(sinks, "Ctrl-C", lambda: kept.record(PLANTED.bytes()))
            from_now_on.set()
        assert isinstance(left, KeyboardInterrupt)
        assert kept.record(PLANTED.bytes())[0].answer in ("recorded", "duplicate")
        assert len(kept.history(str(PLANTED.line["encounter"])).records) == 1
    assert sinks.hits() == []


DOORS_THAT_READ = ("history", "claims", "audit", "verify")
HOW_LONG = 0.02
"""A signal comes within this many seconds of a call, most often in the middle of it."""


@pytest.mark.stochastic
@pytest.mark.parametrize("door", ["record", *DOORS_THAT_READ])
def test_ctrl_c_at_any_moment_leaks_nothing_and_leaves_the_ledger_usable(
    door: str, listen: Listen, open_here: Open
) -> None:
    drawn, interrupted = Random(f"{SEED} {door}"), 0
    with listen() as sinks, open_here("sqlite") as kept:
        kept.record(PLANTED.bytes())
        for _ in range(size(10, 100, 3_000)):
            with ctrl_c_by_the_clock():
                soon = drawn.uniform(0.0001, HOW_LONG)
                left = leaves(sinks, door, partial(again_and_again, DOORS[door], kept, soon))
            interrupted += isinstance(left, KeyboardInterrupt)
            assert kept.record(PLANTED.bytes())[0].answer == "duplicate"
    assert sinks.hits() == []
    tell(f"Ctrl-C in the middle of {door}: seed {SEED}, {interrupted} interrupted")


def again_and_again(door: Callable[[Ledger], object], kept: Ledger, soon: float) -> None:
    """Until the signal comes."""
    signal.setitimer(signal.ITIMER_REAL, soon)
    until = monotonic() + 30
    while monotonic() < until:
        door(kept)


@contextmanager
def ctrl_c_by_the_clock() -> Generator[None, None, None]:
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        unlock_logging()


def unlock_logging() -> None:
    """Python's own lock around loggers, which a Ctrl-C can leave locked: it would hang the tests
    that come after in the same process, and has done so."""
    lock: Any = vars(logging)["_lock"]
    while lock._is_owned():
        lock.release()


def test_no_call_that_logs_looks_a_logger_up(
    open_here: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There Python locks all of logging, and a Ctrl-C can leave it locked."""

    def looked_up(*_: object) -> logging.Logger:
        raise AssertionError("a logger was looked up while the ledger was at work")

    with open_here("sqlite") as kept, monkeypatch.context() as watched:
        watched.setattr(logging.Manager, "getLogger", looked_up)
        assert kept.record(PLANTED.bytes())[0].answer == "recorded"
        assert kept.verify().consistent


def deeply(depth: int, call: Callable[[], object]) -> object:
    """The call, made from so many frames further down."""
    return call() if depth == 0 else deeply(depth - 1, call)


@pytest.mark.stochastic  # a tracer's own call could end the stack, in a frame of ours
@pytest.mark.parametrize("store", ["memory", "sqlite"])
@pytest.mark.parametrize("door", ["record", "claims", "verify"])
def test_a_host_at_the_end_of_its_stack_is_told_so_and_nothing_else(
    door: str, store: str, listen: Listen, open_here: Open
) -> None:
    """From every depth at which the call begins and does not end."""
    if sys.gettrace() is not None:
        pytest.skip("a tracer's own call can be the one that ends the stack, in a frame of ours")
    limit, kinds = sys.getrecursionlimit(), set[type[BaseException]]()
    with listen() as sinks, open_here(store) as kept:
        kept.record(PLANTED.bytes())
        sys.setrecursionlimit(400)
        try:
            for depth in range(0, 400, size(7, 1)):
                error = leaves(
                    sinks, f"{door} at {depth}", partial(deeply, depth, partial(DOORS[door], kept))
                )
                if error is not None:
                    kinds.add(type(error))
        finally:
            sys.setrecursionlimit(limit)
        assert kept.record(PLANTED.bytes())[0].answer == "duplicate"
    assert kinds == {RecursionError, Defect}
    assert sinks.hits() == []
