"""Every place where a word of ours can end up, listened to at once."""

from __future__ import annotations

import logging
import sqlite3
import sys
import tempfile
import threading
import traceback
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import structlog

from tests.adapters.leaks.by_design import IN_CLEAR
from tests.adapters.leaks.canaries import hits
from tests.adapters.leaks.told import told_by_error, told_by_object


@dataclass(slots=True)
class Sinks:
    """What was told, under the name of the sink that heard it."""

    told: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def hear(self, sink: str, text: str) -> None:
        """Keep what a sink was told."""
        self.told.append((sink, text))

    def hear_object(self, sink: str, value: object) -> None:
        """Keep what an object tells of itself."""
        self.hear(sink, told_by_object(value))

    def hear_error(self, sink: str, error: BaseException) -> None:
        """Keep what an error tells, by every way of rendering it."""
        self.hear(sink, told_by_error(error))

    def hear_folder(self, folder: Path) -> None:
        """Keep every name in a folder, and of every file what is not in clear by design."""
        for path in sorted(folder.rglob("*")):
            self.hear("file name", str(path.relative_to(folder)))
            if path.is_file():
                self._hear_file(path)

    def hits(self) -> list[str]:
        """Every mark that any sink heard, with the sink and what stands around it."""
        return [
            f"{sink}: {mark} in {_around(text, mark)!r}"
            for sink, text in self.told
            for mark in dict.fromkeys(hits(text))
        ]

    def _hear_file(self, path: Path) -> None:
        content = path.read_bytes()
        if content.startswith(b"SQLite format 3\x00"):
            self._hear_columns(path)
        elif not path.name.endswith(("-wal", "-shm")):
            self.hear(f"file {path.name}", content.decode("latin-1"))

    def _hear_columns(self, path: Path) -> None:
        """The database, but for the columns that are in clear by design."""
        with _only_read(path) as database:
            self.hear("schema", repr(database.execute("SELECT * FROM sqlite_schema").fetchall()))
            for (table,) in database.execute("SELECT name FROM sqlite_schema WHERE type='table'"):
                names = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
                shown = [name for name in names if f"{table}.{name}" not in IN_CLEAR]
                rows = database.execute(f"SELECT {', '.join(shown)} FROM {table}").fetchall()
                self.hear(f"columns of {table}", repr(rows))


@contextmanager
def _only_read(path: Path) -> Generator[sqlite3.Connection, None, None]:
    database = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    try:
        yield database
    finally:
        database.close()


def _around(text: str, mark: str) -> str:
    place = text.lower().find(mark.lower())
    return text[max(0, place - 150) : place + 150]


class _Heard(logging.Handler):
    """A host's handler that keeps lines and the tracebacks, with locals, that came with them."""

    def __init__(self, sinks: Sinks) -> None:
        super().__init__(logging.DEBUG)
        self._sinks = sinks

    def emit(self, record: logging.LogRecord) -> None:
        self._sinks.hear("log", f"{record.name} {record.getMessage()} {vars(record)!r}")
        if record.exc_info and record.exc_info[1]:
            self._sinks.hear_error("log", record.exc_info[1])


@contextmanager
def listening(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Generator[Sinks, None, None]:
    """Every sink of this process, while the block runs; `folder` is searched at its end."""
    sinks = Sinks()
    temporary = folder / "temporary"
    temporary.mkdir()
    with monkeypatch.context() as patch, warnings.catch_warnings():
        patch.setenv("TMPDIR", str(temporary))
        patch.setattr(tempfile, "tempdir", str(temporary))
        _listen_to_hooks(sinks, patch)
        _listen_to_warnings(sinks, patch)
        with _listening_to_logs(sinks):
            yield sinks
    said = capfd.readouterr()
    sinks.hear("stdout", said.out)
    sinks.hear("stderr", said.err)
    sinks.hear_folder(folder)


def _listen_to_hooks(sinks: Sinks, patch: pytest.MonkeyPatch) -> None:
    def hook(sink: str) -> Any:
        def heard(*args: Any) -> None:
            whole = [*args]
            error = whole[1] if len(whole) > 1 else whole[0].exc_value
            sinks.hear(sink, repr(args))
            if error is not None:
                sinks.hear_error(sink, error)

        return heard

    patch.setattr(threading, "excepthook", hook("threading.excepthook"))
    patch.setattr(sys, "unraisablehook", hook("sys.unraisablehook"))
    patch.setattr(sys, "excepthook", hook("sys.excepthook"))


def _listen_to_warnings(sinks: Sinks, patch: pytest.MonkeyPatch) -> None:
    def heard(message: Warning | str, category: type[Warning], *place: object, **_: object) -> None:
        sinks.hear("warning", f"{message} {message!r} {category} {place}")

    warnings.simplefilter("always")
    patch.setattr(warnings, "showwarning", heard)


@contextmanager
def _listening_to_logs(sinks: Sinks) -> Generator[None, None, None]:
    """All of Python's loggers at DEBUG, and structlog as a host may have configured it."""
    root, handler = logging.getLogger(), _Heard(sinks)
    before, ours = root.level, structlog.get_config()
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)

    def heard(_: object, method: str, event: Any) -> Any:
        sinks.hear("structlog", f"{method} {event!r}")
        raise structlog.DropEvent

    structlog.configure(processors=[heard])
    try:
        yield
    finally:
        structlog.configure(**ours)
        root.setLevel(before)
        root.removeHandler(handler)


def told_by_crash(error: BaseException) -> str:
    """What a process would print that ends by this error."""
    return "".join(traceback.format_exception(error))
