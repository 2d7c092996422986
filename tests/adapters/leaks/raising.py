"""Errors as loaded as can be: a mark in the text, the attributes, the causes and the frames."""

from __future__ import annotations

import asyncio
import decimal
import errno
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any, Final

import msgspec
from eventsourcing import persistence
from pydantic import TypeAdapter, ValidationError

from tests.adapters.leaks.drives import STRANGE
from veinledger.adapters.errors import VeinledgerError
from veinledger.adapters.store.sqlite import driver

SQLITE: Any = vars(driver)["sqlite"]
"""The module that speaks to SQLite here."""

SQLITE_CODES: Final = (1, 3, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 17, 18, 19, 20, 21, 23, 26, 101)
"""Primary result codes of https://www.sqlite.org/rescode.html; and with an extension below."""


def raiser(make: Callable[[], BaseException]) -> Callable[..., Any]:
    """A function that raises such an error, loaded, whatever it is called with."""

    def broken(*args: object, **kwargs: object) -> Any:
        held = {"a local": STRANGE, "args": args, "kwargs": kwargs}
        error = loaded(make())
        try:
            raise KeyError(STRANGE, held)
        except KeyError:
            raise error from UnicodeDecodeError("utf-8", STRANGE.encode(), 0, 1, STRANGE)

    return broken


def loaded(error: BaseException) -> BaseException:
    """The error with a mark wherever one can be put."""
    with suppress(AttributeError, TypeError):
        error.extra = STRANGE  # type: ignore[attr-defined]
    with suppress(AttributeError, TypeError):
        error.add_note(STRANGE)
    return error


def of_sqlite(code: int, cls: Any = None) -> BaseException:
    """The driver's error as it raises it, with a result code and a statement's values."""
    error: BaseException = (cls or SQLITE.OperationalError)(f"near {STRANGE!r}: syntax error")
    error.sqlite_errorcode = code  # type: ignore[attr-defined]
    error.sqlite_errorname = f"SQLITE_{STRANGE}"  # type: ignore[attr-defined]
    return error


def chosen() -> Iterator[tuple[str, Callable[[], BaseException]]]:
    """The errors that are likely where we stand, each made as its library makes it."""
    for code in SQLITE_CODES:
        yield f"SQLite {code}", partial(of_sqlite, code)
        extended = code | 3 << 8
        yield f"SQLite {extended}", partial(of_sqlite, extended)
    for cls in (SQLITE.IntegrityError, SQLITE.DatabaseError, SQLITE.ProgrammingError):
        yield cls.__name__, partial(of_sqlite, 0, cls)
    for make in (_undecodable, _no_json, _invalid, _unfit, _not_found, _odd_errno, _grouped):
        yield make.__name__, make
    for cls in _PLAIN:
        yield cls.__name__, partial(cls, STRANGE)


_PLAIN: Final[tuple[type[BaseException], ...]] = (
    ValueError, KeyError, TypeError, AttributeError, AssertionError, MemoryError, RecursionError,
    RuntimeError, StopIteration, TimeoutError, OverflowError, NotImplementedError, EOFError,
    SystemError, BufferError, UserWarning, DeprecationWarning, ImportError, sqlite3.Error,
    sqlite3.OperationalError, decimal.InvalidOperation, persistence.OperationalError,
    persistence.IntegrityError, persistence.PersistenceError, msgspec.MsgspecError,
)  # fmt: skip

INTERRUPTIONS: Final[tuple[Callable[[], BaseException], ...]] = (
    KeyboardInterrupt,
    SystemExit,
    GeneratorExit,
    asyncio.CancelledError,
)
"""What ends a program or a task; it leaves as what it is."""


def _undecodable() -> BaseException:
    return UnicodeDecodeError("utf-8", f"{STRANGE} \xff".encode("latin-1"), 10, 11, STRANGE)


def _no_json() -> BaseException:
    return json.JSONDecodeError(STRANGE, f'{{"patient": "{STRANGE}', 3)


def _invalid() -> BaseException:
    try:
        TypeAdapter(dict[str, int]).validate_python({STRANGE: STRANGE})
    except ValidationError as error:
        return error
    raise LookupError("pydantic took a text for a number")


def _unfit() -> BaseException:
    return msgspec.ValidationError(f"Expected `int`, got `str` {STRANGE!r}")


def _not_found() -> BaseException:
    return FileNotFoundError(errno.ENOENT, STRANGE, STRANGE, None, STRANGE)


def _odd_errno() -> BaseException:
    return OSError(STRANGE, STRANGE)


def _grouped() -> BaseException:
    return BaseExceptionGroup(STRANGE, [ValueError(STRANGE), of_sqlite(13)])


TYPICAL: Final = (
    "SQLite 5", "SQLite 13", "SQLite 779", "IntegrityError", "_undecodable", "_no_json", "_invalid",
    "_not_found", "_odd_errno", "_grouped", "KeyError", "MemoryError", "RecursionError",
)  # fmt: skip
"""One of each kind, for every run."""


def of_tier(tier: int) -> dict[str, Callable[[], BaseException]]:
    """The errors that a run of this tier raises everywhere, by name."""
    likely = dict(chosen())
    if tier == 0:
        return {name: likely[name] for name in TYPICAL}
    return likely if tier == 1 else likely | dict(registered())


def registered() -> Iterator[tuple[str, Callable[[], BaseException]]]:
    """Every error class that this process has loaded and that a text can make, but for our own.

    Nor what is no Exception: an interruption leaves as what it is, with whatever its sender put in.
    """
    foreign = _below(Exception) - _below(VeinledgerError) - {VeinledgerError}
    for cls in sorted(foreign, key=lambda one: (one.__module__, one.__qualname__)):
        make = _maker(cls)
        if make is not None:
            yield f"{cls.__module__}.{cls.__qualname__}", make


def _below(cls: type[BaseException]) -> set[type[BaseException]]:
    found = set(cls.__subclasses__())
    return found.union(*map(_below, found)) if found else found


def _maker(cls: type[BaseException]) -> Callable[[], BaseException] | None:
    for arguments in ((STRANGE,), (STRANGE, STRANGE), (STRANGE, STRANGE, STRANGE), ()):

        def make(arguments: tuple[str, ...] = arguments) -> BaseException:
            return cls(*arguments)

        with suppress(Exception):
            if isinstance(make(), cls):
                return make
    return None
