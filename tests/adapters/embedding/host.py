"""A host program that embeds the library, plain or as hard on it as a host can be.

`python -m tests.adapters.embedding.host plain|hard FOLDER EDITION...` prints, as one line of JSON,
what the library answered, and the settings of the process before it was imported and after it was
closed.
"""

from __future__ import annotations

import asyncio
import decimal
import gc
import json
import locale
import logging
import logging.config
import os
import sqlite3
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from uuid import UUID

MARK: Final = "XQVZ77777"
TZ: Final = ("Pacific/Kiritimati", "America/St_Johns")


def main(kind: str, folder: Path, editions: tuple[str, ...]) -> dict[str, Any]:
    """Be that host."""
    from tests.adapters.embedding.state import state

    host: Any = _Hard(folder, editions) if kind == "hard" else _Plain(editions)
    before = state()
    answers = host.uses(folder)
    after = state()
    return {
        "answers": answers,
        "before": before,
        "after": after,
        "own": host.own(),
        "optimized": not __debug__,
    }


class _Plain:
    def __init__(self, editions: tuple[str, ...]) -> None:
        self.editions = editions

    def uses(self, folder: Path) -> dict[str, Any]:
        return end_to_end(
            folder,
            self.editions,
            lambda call: call(),
            lambda calls: [call() for call in calls],
            lambda _: None,
        )

    def own(self) -> object:
        return None


class _Hard:
    """Everything that a host may have set, set."""

    def __init__(self, folder: Path, editions: tuple[str, ...]) -> None:
        self.folder = folder
        self.editions = editions
        self.log = folder / "host.log"
        _sets_the_environment(folder)
        warnings.simplefilter("error")
        sys.setrecursionlimit(400)
        sys.setswitchinterval(1e-5)
        locale.setlocale(locale.LC_ALL, "C.utf8")
        gc.disable()
        self.lines: list[str] = []
        self._has_its_own_structlog()
        self._has_its_own_logging()
        self._has_its_own_sqlite()
        self._has_its_own_application()
        _reckons_with_six_digits()

    def uses(self, folder: Path) -> dict[str, Any]:
        return asyncio.run(self._uses(folder))

    async def _uses(self, folder: Path) -> dict[str, Any]:
        """Everything from a worker thread, questions from four at once, under a running loop."""
        loop = asyncio.get_running_loop()

        def all_of_it() -> dict[str, Any]:
            _reckons_with_six_digits()
            with ThreadPoolExecutor(4, initializer=_reckons_with_six_digits) as pool:
                return end_to_end(
                    folder,
                    self.editions,
                    lambda call: pool.submit(call).result(),
                    lambda calls: [each.result() for each in [pool.submit(c) for c in calls]],
                    _moves_to_another_zone,
                )

        with ThreadPoolExecutor(1) as outside:
            return await loop.run_in_executor(outside, all_of_it)

    def own(self) -> object:
        """What the host did itself, after all that: its rows, its events, its lines."""
        import structlog

        rows = self.database.execute("SELECT said, day, cost FROM told").fetchall()
        passed = self.engine.passes(self.interface, "A08")
        structlog.get_logger().info("still here", number=7)
        self.engine.close()
        self.database.close()
        return {
            "rows": [[row["said"], str(row["day"]), str(row["cost"])] for row in rows],
            "statements": len(self.statements) > 0,
            "passed": passed,
            "line": self.lines[-1],
            "log": self.log.read_text(),
            "tenth": str(decimal.Decimal(1) / 4),
        }

    def _has_its_own_structlog(self) -> None:
        import structlog

        from tests.adapters.embedding import app

        structlog.configure(
            processors=[
                structlog.contextvars.merge_contextvars,
                app.shouting,
                structlog.processors.JSONRenderer(),
            ],
            context_class=app.Context,
            logger_factory=structlog.WriteLoggerFactory(_Into(self.lines)),  # type: ignore[arg-type]
            cache_logger_on_first_use=True,
        )
        structlog.contextvars.bind_contextvars(request=MARK)
        structlog.get_logger().info("begun")

    def _has_its_own_logging(self) -> None:
        from tests.adapters.embedding import app

        logging.config.dictConfig(
            {
                "version": 1,
                "disable_existing_loggers": True,
                "formatters": {"all": {"()": _WithLocals}},
                "handlers": {
                    "file": {
                        "class": "logging.FileHandler", "filename": self.log, "formatter": "all"
                    },
                    "breaking": {"()": app.Breaking},
                },
                "root": {"level": "DEBUG", "handlers": ["file"]},
                "loggers": {"veinledger.adapters": {"handlers": ["breaking"]}},
            }
        )  # fmt: skip
        logging.raiseExceptions = False

    def _has_its_own_sqlite(self) -> None:
        self.statements: list[str] = []
        sqlite3.register_adapter(date, date.isoformat)
        sqlite3.register_adapter(datetime, datetime.isoformat)
        sqlite3.register_adapter(decimal.Decimal, str)
        sqlite3.register_adapter(UUID, str)
        sqlite3.register_converter("date", lambda said: date.fromisoformat(said.decode()))
        sqlite3.register_converter("text", lambda said: f"<{said.decode()}>")
        sqlite3.register_converter("cost", lambda said: decimal.Decimal(said.decode()))
        sqlite3.enable_callback_tracebacks(True)
        self.database = sqlite3.connect(
            self.folder / "own.sqlite",
            detect_types=sqlite3.PARSE_DECLTYPES,
            check_same_thread=False,
        )
        self.database.row_factory = sqlite3.Row
        self.database.set_trace_callback(self.statements.append)
        self.database.execute("CREATE TABLE told (said TEXT, day DATE, cost COST)")
        values = ("an ordinary day", date(2026, 5, 1), decimal.Decimal("12.5"))
        self.database.execute("INSERT INTO told VALUES (?, ?, ?)", values)
        self.database.commit()

    def _has_its_own_application(self) -> None:
        from tests.adapters.embedding.app import Engine

        self.engine = Engine()
        self.interface = self.engine.open("ADT")
        self.engine.passes(self.interface, "A01")


class _Into:
    """Where the host's structlog writes."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines

    def write(self, text: str) -> None:
        """Keep what is written."""
        self._lines.append(text.strip())

    def flush(self) -> None:
        """Nothing waits."""


class _WithLocals(logging.Formatter):
    """Renders errors with the locals of every frame, as some hosts do."""

    def formatException(self, ei: Any) -> str:
        """Every frame, every local."""
        error = traceback.TracebackException(*ei, capture_locals=True)
        return "".join(error.format())


def _sets_the_environment(folder: Path) -> None:
    os.environ |= {
        "PERSISTENCE_MODULE": "eventsourcing.sqlite",
        "SQLITE_DBNAME": str(folder / "engine.sqlite"),
        "SQLITE_LOCK_TIMEOUT": "1",
        "IS_SNAPSHOTTING_ENABLED": "y",
        "COMPRESSOR_TOPIC": "zlib",
        "CIPHER_TOPIC": "tests.adapters.embedding.app:HostCipher",
        "CIPHER_KEY": "85",
        "CREATE_TABLE": "y",
        "ENGINE_PERSISTENCE_MODULE": "eventsourcing.sqlite",
        "TZ": TZ[0],
        "COLUMNS": "7",
        "XDG_CONFIG_HOME": str(folder / "nowhere"),
    }
    time.tzset()


def _moves_to_another_zone(number: int) -> None:
    os.environ["TZ"] = TZ[number]
    time.tzset()


def _reckons_with_six_digits() -> None:
    for context in (decimal.DefaultContext, decimal.getcontext()):
        context.prec = 6
        context.rounding = decimal.ROUND_UP
        context.traps[decimal.Inexact] = True
        context.traps[decimal.Rounded] = True
        context.traps[decimal.FloatOperation] = True


Call = Callable[[], Any]


def end_to_end(
    folder: Path,
    editions: tuple[str, ...],
    does: Callable[[Call], Any],
    asks: Callable[[list[Call]], list[Any]],
    moves: Callable[[int], None],
) -> dict[str, Any]:
    """The worked examples through the whole library, errors included."""
    import veinledger

    opens: Any = veinledger.open  # loads the library as a host does, before a test's helper would
    from tests.given_ledger import EXAMPLES, SITE, TODAY, lines_of
    from tests.tiers import size

    answers: dict[str, Any] = {}
    url, keys = f"sqlite:///{folder / 'ledger.sqlite'}", folder / "keys"
    for edition in editions:
        ledger: Any = does(
            partial(opens, url, keys=keys, edition=edition, site=SITE, clock=lambda: TODAY)
        )
        with ledger:
            lines = [line for name in EXAMPLES[: size(1, 4)] for line in lines_of(name)]
            outcomes = [does(partial(ledger.record, line)) for line in lines]
            answers[edition] = {"outcomes": _told(_unsigned(outcomes)), **_asked(ledger, asks)}
            moves(1)
            answers[edition]["elsewhere"] = _asked(ledger, asks)
            answers[edition]["errors"] = _errors(ledger)
            moves(0)
    return answers


def _asked(ledger: Any, asks: Callable[[list[Call]], list[Any]]) -> dict[str, Any]:
    names = ledger.encounters()
    views = [ledger.effective, ledger.claims, ledger.schedule, ledger.audit, ledger.history]
    calls: list[Call] = [
        partial(view, name, **({} if view == ledger.history else {"as_of": date(2026, 6, 30)}))
        for name in names
        for view in views
    ]
    said = [(name, view.__name__) for name in names for view in views]
    digests = [sha256(_told(_ordered(answer)).encode()).hexdigest() for answer in asks(calls)]
    return {
        "views": dict(zip(map(" ".join, said), digests, strict=True)),
        "totals": [str(c.total) for name in names for c in ledger.claims(name).claims],
        "verdict": ledger.verify().verdict,
        "leaves": [row.leaf.hex() for row in ledger.rows() if not row.stream.startswith("access/")],
    }


def _unsigned(outcomes: list[Any]) -> list[Any]:
    """Without the checkpoints of their receipts: what is read has a random name on record."""
    return [
        [replace(each, receipt=each.receipt and replace(each.receipt, checkpoint=None))]
        for told in outcomes
        for each in told
    ]


def _errors(ledger: Any) -> list[str]:
    """What goes wrong is logged by the host as the host logs, and told in our words."""
    calls: list[Call] = [
        lambda: ledger.history(MARK),
        lambda: ledger.claims(MARK, as_of=datetime(2026, 5, 1)),
        lambda: ledger.original(MARK),
        lambda: ledger.record({MARK: object()}),
    ]
    told: list[str] = []
    for call in calls:
        try:
            call()
        except Exception as error:
            logging.getLogger("host").exception("it went wrong")
            told.append(f"{type(error).__name__}: {error}")
    refused = ledger.record(f'{{"patient": "{MARK}"'.encode(), strict=True)
    return [*told, *(str(outcome.refusal) for outcome in refused)]


def _ordered(answer: Any) -> object:
    """What is in effect without the state, whose set of collections has no order to be told in."""
    if not hasattr(answer, "taken"):
        return answer
    return [answer.stage, answer.known, answer.records, answer.standings, answer.findings]


def _told(answer: object) -> str:
    from veinledger.adapters.cli.as_json import as_json

    return as_json(answer)


if __name__ == "__main__":
    found = main(sys.argv[1], Path(sys.argv[2]), tuple(sys.argv[3:]))
    print(json.dumps(found, default=str))
