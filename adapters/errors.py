"""The one error boundary: what leaves the library is one of these, and it carries no payload.

Database and library errors hold bodies, parameters and keys in their text, their attributes, their
causes and the locals of the frames they passed. None of that may reach a log that is not ours, so
they are put into words here and raised again from a frame that holds nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    localcontext,
)
from errno import errorcode
from functools import wraps
from typing import ClassVar, Final, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
E = TypeVar("E", bound=BaseException)

ARITHMETIC: Final = Context(
    prec=28,
    rounding=ROUND_HALF_EVEN,
    Emin=-999_999,
    Emax=999_999,
    capitals=1,
    clamp=0,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
"""Python's own default, spelled out: the context in which everything of ours reckons."""


class VeinledgerError(Exception):
    """What every error of this library is. Its text is safe to show, log and send."""

    exit_code: ClassVar[int] = 3
    """What the command line ends with."""


class BadInput(VeinledgerError):
    """Something given to the library cannot be read as what it should be."""

    exit_code = 2


class Refused(VeinledgerError):
    """A request was turned away; nothing was recorded."""


NO_RECORD_OF_IT: Final = (
    "the ledger holds no record of this encounter; `veinledger encounters` lists those that it"
    " holds"
)


class ReportKeyTaken(Refused):
    """A draft carries a report key that a record holds already."""

    def __init__(self, position: int) -> None:
        super().__init__(
            f"the report key of a draft is already held by record {position}, and nothing was"
            " recorded; ask the transaction's view for the key first and answer `duplicate`"
        )
        self.position = position


class NotFound(VeinledgerError):
    """What was asked for is not there."""

    exit_code = 4


class LedgerDamaged(VeinledgerError):
    """Rows, or the file that holds them, are not what the ledger wrote."""

    exit_code = 5


class LedgerBusy(VeinledgerError):
    """Somebody else held the ledger for too long; the same request may simply be made again."""


class StoreFailed(VeinledgerError):
    """The place that keeps the ledger could not do its work; nothing was acknowledged."""


class KeyMissing(VeinledgerError):
    """The ledger's root key is not at hand, or the one at hand is another ledger's."""


class FormatTooNew(VeinledgerError):
    """A newer program wrote this ledger."""


class Defect(VeinledgerError):
    """Something went wrong that no rule foresaw: a fault of the program, placed by line."""

    exit_code = 70
    """EX_SOFTWARE of sysexits.h."""


_DAMAGED: Final = (
    "the ledger's file cannot be read as a SQLite database; keep it as it is, run"
    " `veinledger verify`, and restore the newest verified backup beside it"
)
_STORE_MODULES: Final = ("in eventsourcing.", "in veinledger.adapters.store.")
_BUSY: Final = (
    "another program held the ledger for more than 2 seconds, and nothing was recorded;"
    " let it finish or stop it, and try again"
)
_NO_TURN: Final = (
    "other work of this program held the ledger for more than 10 seconds, and nothing was"
    " recorded; let it finish, and try again"
)
_WHO_READS: Final = (
    "a ledger needs to write to both, and even reading may make the files -wal and -shm: read it as"
    " the user who writes it, or read a backup, which needs neither"
)
_BY_SQLITE_CODE: Final[dict[int, tuple[type[VeinledgerError], str]]] = {
    # Primary result codes of https://www.sqlite.org/rescode.html
    1: (LedgerDamaged, "the ledger's tables are not as the ledger made them; keep the file as it"
                       " is, run `veinledger verify`, and restore the newest verified backup"),
    3: (StoreFailed, "the ledger's file may not be used by this user; check owner and mode (0600)"),
    5: (LedgerBusy, _BUSY),
    6: (LedgerBusy, _BUSY),
    8: (StoreFailed, f"the ledger's file or folder is read-only; {_WHO_READS}"),
    10: (StoreFailed, "the disk reported an error, and nothing was acknowledged; check the disk"),
    11: (LedgerDamaged, _DAMAGED),
    13: (StoreFailed, "the disk is full, and nothing was recorded; free some space and try again"),
    14: (StoreFailed, "the ledger's file cannot be opened, or its -wal and -shm beside it; check"
                      f" that its folder exists and who may write there; {_WHO_READS}"),
    26: (LedgerDamaged, _DAMAGED),
}  # fmt: skip


def boundary(work: Callable[P, R]) -> Callable[P, R]:
    """Let nothing out of a function but errors of ours, without cause, context or payload.

    An interruption (Ctrl-C, the end of the process, a cancelled task) leaves as what it is, without
    the frames that it passed. The work is done in a decimal context of our own, so that a host's
    precision and traps change no dose and no dollar. Not for generators: their body runs after
    the call has returned. A `with` block could not do this, for the frame around it stands in the
    traceback with all that it holds.
    """

    @wraps(work)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with localcontext(ARITHMETIC):
                return work(*args, **kwargs)
        except BaseException as error:
            try:
                ours = _leaving(error)
            except BaseException as worse:  # no stack was left to find words; it holds none itself
                worse.__cause__ = worse.__context__ = worse.__traceback__ = None
                ours = worse
        # Outside the except block, or Python would chain the error that we just left behind.
        del args, kwargs
        try:
            raise ours
        finally:
            del ours  # or error and frame would hold each other until a garbage collection

    return guarded


def _leaving(error: BaseException) -> BaseException:
    """What leaves in the place of an error: ours, or the interruption without its way here."""
    return in_our_words(error) if isinstance(error, Exception) else _bare(error)


def in_our_words(error: Exception) -> VeinledgerError:
    """The error of ours that says the same, from its kind and place alone, never its text."""
    if isinstance(error, VeinledgerError):
        return _bare(error)
    if isinstance(error, UnicodeDecodeError) and _place(error).startswith(_STORE_MODULES):
        return LedgerDamaged(_DAMAGED)  # the driver could not even read what SQLite complained of
    if isinstance(error, TimeoutError):
        return LedgerBusy(_NO_TURN)
    if said := _said_by_the_driver(error):
        return said
    if isinstance(error, OSError):
        return StoreFailed(
            f"the system said: {_said_by_the_system(error)} ({_place(error)}), and nothing was"
            " acknowledged; see to what it says, and try again"
        )
    return Defect(
        f"an unexpected {type(error).__name__} {_place(error)}; nothing was recorded;"
        " please report this line, it holds no patient data"
    )


def _said_by_the_system(error: OSError) -> str:
    """The system's words for an error number; an error without one may hold anything there."""
    number: object = error.errno
    if isinstance(number, int) and number in errorcode:
        return os.strerror(number).lower()
    return "an error of the system without a number"


def _said_by_the_driver(error: Exception) -> VeinledgerError | None:
    chain = tuple(_chain(error))
    code = next((code for code in map(_sqlite_code, chain) if code), None)
    if code is None:
        # The driver's own error, which carries no code, is for text that is not UTF-8.
        undecodable = any(type(link).__name__ == "OperationalError" for link in chain)
        return LedgerDamaged(_DAMAGED) if undecodable else None
    if code in _BY_SQLITE_CODE:
        kind, words = _BY_SQLITE_CODE[code]
        return kind(words)
    return StoreFailed(f"SQLite turned the work down (result code {code}) {_place(error)}")


def _bare(error: E) -> E:
    error.__cause__ = None
    error.__context__ = None
    return error.with_traceback(None)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _sqlite_code(error: BaseException) -> int | None:
    """The primary result code, which the database's driver leaves on its errors."""
    code = getattr(error, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "at an unknown place"
    return f"in {trace.tb_frame.f_globals.get('__name__', '?')}, line {trace.tb_lineno}"
