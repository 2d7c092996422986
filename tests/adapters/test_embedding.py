"""A host that has set all that a host can set, and the library: neither notices the other."""

from __future__ import annotations

import decimal
import gc
import json
import locale
import logging
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest
import structlog

import veinledger
from tests.adapters.embedding.state import state
from tests.given_ledger import ROOT, SITE, TODAY, ledger, lines_of
from tests.tiers import size, tell
from veinledger.adapters.ledger import Ledger

EDITIONS = ("public", "page")[: size(1, 2)]
MARK = "XQVZ77777"
Told = dict[str, Any]


def run(module: str, *arguments: str, optimized: bool = False) -> Any:
    """A child process that prints JSON."""
    words = [
        sys.executable,
        *(["-O"] if optimized else []),
        "-m",
        f"tests.adapters.embedding.{module}",
    ]
    done = subprocess.run(
        [*words, *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Told]:
    """What each host was answered, from copies of one empty ledger, and its settings."""
    folder = tmp_path_factory.mktemp("hosts")
    url = f"sqlite:///{folder / 'ledger.sqlite'}"
    veinledger.open(url, keys=folder / "keys", site=SITE, clock=lambda: TODAY).close()
    kinds = {"plain": False, "hard": False, "hard -O": True}
    told: dict[str, Told] = {}
    for kind in list(kinds)[: size(2, 3)]:
        own = folder / kind.replace(" ", "")
        own.mkdir()
        shutil.copy(folder / "ledger.sqlite", own)
        shutil.copytree(folder / "keys", own / "keys")
        told[kind] = run("host", kind.split()[0], str(own), *EDITIONS, optimized=kinds[kind])
    return told


def hard_ones(hosts: dict[str, Told]) -> list[Told]:
    return [told for kind, told in hosts.items() if kind != "plain"]


def different(one: Any, other: Any, path: str = "") -> Iterator[str]:
    """Where two answers differ, and what the first says there."""
    mine, theirs = (cast("Told | None", x if isinstance(x, dict) else None) for x in (one, other))
    if mine is not None and theirs is not None:
        for name in sorted(mine.keys() | theirs.keys()):
            yield from different(mine.get(name), theirs.get(name), f"{path}/{name}")
    elif one != other:
        yield f"{path}: {str(one)[:200]}"


def test_every_host_gets_the_same_answers(hosts: dict[str, Told]) -> None:
    plain = hosts["plain"]["answers"]
    for told in hard_ones(hosts):
        assert list(different(told["answers"], plain)) == []
    views = {edition: len(plain[edition]["views"]) for edition in EDITIONS}
    tell(f"hosts {', '.join(hosts)}: {views} views equal, {len(plain['public']['leaves'])} leaves")


def test_the_optimized_host_ran_without_assertions(hosts: dict[str, Told]) -> None:
    assert {kind: told["optimized"] for kind, told in hosts.items()} == {
        kind: kind.endswith("-O") for kind in hosts
    }


def unlike(before: Told, after: Told) -> set[str]:
    """The settings that changed. A library may add loggers of its own, and touch no other."""
    known = before["logging"]["loggers"]
    after = json.loads(json.dumps(after, default=str))
    before = json.loads(json.dumps(before, default=str))
    loggers = after["logging"]["loggers"]
    after["logging"]["loggers"] = {name: one for name, one in loggers.items() if name in known}
    return {name for name in before if before[name] != after[name]}


def test_every_setting_of_every_host_is_as_it_was(hosts: dict[str, Told]) -> None:
    for told in hosts.values():
        assert unlike(told["before"], told["after"]) == set()


def test_the_host_goes_on_with_its_own_work_as_before(hosts: dict[str, Told]) -> None:
    for told in hard_ones(hosts):
        own = told["own"]
        assert own["rows"] == [["<an ordinary day>", "2026-05-01", "12.5"]]
        assert own["passed"] == ["A01", "A08"]
        assert json.loads(own["line"]) == {"number": "7", "event": "STILL HERE", "request": MARK}


def test_a_host_that_logs_every_local_finds_no_name_in_our_frames(hosts: dict[str, Told]) -> None:
    for told in hard_ones(hosts):
        log = told["own"]["log"]
        assert log.count("it went wrong") == 4 * len(EDITIONS)
        assert "ledger = <ledger " in log  # the host's own frames are told with their locals
        assert MARK not in log


# Controls: what the comparison would not miss


@contextmanager
def rude_environment() -> Generator[None, None, None]:
    os.environ["PERSISTENCE_MODULE"] = "elsewhere"
    yield
    del os.environ["PERSISTENCE_MODULE"]


@contextmanager
def rude_logging() -> Generator[None, None, None]:
    handler = logging.NullHandler()
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)


@contextmanager
def rude_structlog() -> Generator[None, None, None]:
    before, configured = structlog.get_config(), structlog.is_configured()
    structlog.configure(cache_logger_on_first_use=not before["cache_logger_on_first_use"])
    yield
    structlog.configure(**before)
    if not configured:
        structlog.reset_defaults()


@contextmanager
def rude_sqlite() -> Generator[None, None, None]:
    sqlite3.register_converter("rude", bytes)
    yield
    del sqlite3.converters["RUDE"]


@contextmanager
def rude_arithmetic() -> Generator[None, None, None]:
    with decimal.localcontext() as context:
        context.prec -= 1
        yield


@contextmanager
def rude_warnings() -> Generator[None, None, None]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="rude")
        yield


@contextmanager
def rude_signals() -> Generator[None, None, None]:
    before = signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGUSR1, before)


def rude_hook(*_: object) -> None:
    """Hears nothing."""


@contextmanager
def rude_hooks() -> Generator[None, None, None]:
    before = sys.excepthook
    sys.excepthook = rude_hook
    yield
    sys.excepthook = before


@contextmanager
def rude_files() -> Generator[None, None, None]:
    handle = os.open(SITE, os.O_RDONLY)
    yield
    os.close(handle)


@contextmanager
def rude_threads() -> Generator[None, None, None]:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    yield
    done.set()
    thread.join()


@contextmanager
def rude_collector() -> Generator[None, None, None]:
    before = gc.get_threshold()
    gc.set_threshold(before[0] + 1, *before[1:])
    yield
    gc.set_threshold(*before)


@contextmanager
def rude_numbers() -> Generator[None, None, None]:
    before = random.getstate()
    random.random()
    yield
    random.setstate(before)


@contextmanager
def rude_recursion() -> Generator[None, None, None]:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(before + 1)
    yield
    sys.setrecursionlimit(before)


@contextmanager
def rude_locale() -> Generator[None, None, None]:
    before = locale.setlocale(locale.LC_ALL)
    locale.setlocale(locale.LC_ALL, "C" if before != "C" else "C.utf8")
    yield
    locale.setlocale(locale.LC_ALL, before)


RUDE: tuple[Callable[[], Any], ...] = (
    rude_environment, rude_logging, rude_structlog, rude_sqlite, rude_arithmetic, rude_warnings,
    rude_signals, rude_hooks, rude_files, rude_threads, rude_collector, rude_numbers,
    rude_recursion, rude_locale,
)  # fmt: skip


@pytest.mark.parametrize("rude", RUDE, ids=lambda one: str(one.__name__))
def test_control_a_library_that_changed_a_setting_would_be_noticed(
    rude: Callable[[], Any],
) -> None:
    before = state()
    with rude():
        during = state()
    assert unlike(before, during)
    assert unlike(before, state()) == set()


@contextmanager
def six_digits() -> Generator[None, None, None]:
    traps = [decimal.Inexact, decimal.Rounded, decimal.InvalidOperation]
    with decimal.localcontext(decimal.Context(prec=6, traps=traps)):
        yield


def test_a_hosts_decimal_context_changes_no_dollar_and_stops_nothing(tmp_path: Path) -> None:
    with anew(tmp_path / "usual") as kept:
        usual = kept.claims("E1")
        totals = [claim.total for claim in usual.claims]
    with anew(tmp_path / "another") as kept, six_digits():
        asked = kept.claims("E1")
        assert asked == usual
        assert [claim.total for claim in asked.claims] == totals
        with pytest.raises(decimal.Inexact):
            print(Decimal(1) / 3)  # the host reckons as it did before
    # Control: the same question without the boundary's own context
    without: Any = Ledger.claims.__wrapped__  # type: ignore[attr-defined]
    raised = pytest.raises((decimal.Inexact, decimal.Rounded))
    with anew(tmp_path / "control") as kept, six_digits(), raised:
        without(kept, "E1")


@contextmanager
def anew(folder: Path) -> Generator[Ledger, None, None]:
    """A ledger that was asked nothing yet: what it was asked last it need not work out again."""
    folder.mkdir()
    with ledger(folder) as kept:
        kept.record(*lines_of("page_patient_2l"))
        yield kept


# The environment

AS_THEY_ARE_IMPORTED = {
    ("ANDROID_DATA", "platformdirs"),
    ("PYTHONTZPATH", "zoneinfo._tzpath"),
    ("TZINFO_TOPIC", "eventsourcing.domain"),
}
"""What libraries and Python itself look up while they are imported, all of it their own affair."""
AS_THEY_ARE_FIRST_USED = {("PYDANTIC_DISABLE_PLUGINS", "pydantic.plugin._loader")}
"""pydantic looks for plugins when it builds a reader of a class."""


def test_the_library_reads_no_variable_but_its_own(tmp_path: Path) -> None:
    reads = {
        (name, reader, importing) for name, reader, importing in run("environment", str(tmp_path))
    }
    later = {(name, reader) for name, reader, importing in reads if not importing}
    assert later - AS_THEY_ARE_FIRST_USED == {
        ("VEINLEDGER_KEYS", "veinledger.adapters.store.keys"),
        ("VEINLEDGER_CHECKPOINTS", "veinledger.adapters.proof.checkpoints"),
        ("VEINLEDGER_CACHE", "veinledger.adapters.owing.folder"),
    }
    imported = {(name, reader) for name, reader, importing in reads if importing}
    of_python = {read for read in imported if read[1] in ("sysconfig", "posixpath", "site")}
    assert imported - of_python <= AS_THEY_ARE_IMPORTED | AS_THEY_ARE_FIRST_USED
