"""All that an object or an error tells to whoever logs it, however thorough the logger is.

An error is rendered in the four ways that hosts use: Python's own traceback with locals, structlog
with locals, rich with locals, and a crash reporter that walks every attribute. The frames of the
host that called us hold what the host holds; everything below the first frame that is not the
host's is counted.
"""

from __future__ import annotations

import io
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from types import FrameType, ModuleType, TracebackType
from typing import Any, Final, cast

from rich.console import Console
from rich.traceback import Traceback
from structlog.tracebacks import ExceptionDictTransformer

HOST: Final = ("tests.", "_pytest.", "pluggy.", "pytest", "threading", "concurrent.")
"""Modules of the host, which the tests play."""
_NO_LIMIT: Final = 1_000_000
_DEEPEST: Final = 12


def told_by_object(value: object) -> str:
    """Its repr, its text and what a formatted log line makes of it."""
    return "\n".join((repr(value), str(value), f"{value!r:s}", f"{value}"))


def parts(value: object) -> Iterator[object]:
    """An answer and every object that it is made of, each once; bare values are no objects."""
    seen: set[int] = set()
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, Mapping):
            waiting += cast("Mapping[object, object]", one).values()
        elif isinstance(one, (list, tuple, frozenset)):
            waiting += cast("tuple[object, ...]", one)
        elif is_dataclass(one) and not isinstance(one, type):
            yield one
            waiting += [getattr(one, each.name) for each in fields(one)]


def told_by_error(error: BaseException) -> str:
    """Everything that an error tells that left the library."""
    parts = [*_walked(error, frozenset(), 0)]
    for each in chain(error):
        parts += [str(each), repr(each), repr(each.args), repr(getattr(each, "__notes__", ()))]
    parts += [by_python(error), by_structlog(error), by_rich(error)]
    return "\n".join(parts)


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, its causes, its contexts and what a group holds, each once."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [one.__cause__, one.__context__, *getattr(one, "exceptions", ())]


OF_THE_BOUNDARY: Final = {
    "veinledger.adapters.errors.guarded",
    "veinledger.adapters.intake.__next__",
}
"""The frames in which an error leaves; they hold nothing but the error and the door itself."""


def frames_of(error: BaseException) -> list[str]:
    """The frames that an error carries, from the first that is not the host's on."""
    trace = _below_the_host(error.__traceback__)
    found: list[str] = []
    while trace is not None:
        found.append(f"{_module(trace.tb_frame)}.{trace.tb_frame.f_code.co_name}")
        trace = trace.tb_next
    return found


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", "?"))


def _below_the_host(trace: TracebackType | None) -> TracebackType | None:
    while trace is not None and _module(trace.tb_frame).startswith(HOST):
        trace = trace.tb_next
    return trace


def met_at_the_door(error: BaseException) -> bool:
    """Whether a signal came at the first instruction of a call, before anything could be guarded.

    What the frame then holds is what the caller has just given, and his own frame holds it too.
    """
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None or trace.tb_frame.f_code.co_name != "guarded":
        return False
    return trace.tb_lineno - trace.tb_frame.f_code.co_firstlineno <= _TRY


_TRY: Final = 2
"""Decorator, `def`, `try`: what stands below is guarded."""


class _WithoutTheHost:
    """For a while, no error of a chain carries the frames of the host."""

    def __init__(self, error: BaseException) -> None:
        self._whole = [(one, one.__traceback__) for one in chain(error)]

    def __enter__(self) -> None:
        for one, trace in self._whole:
            one.__traceback__ = _below_the_host(trace)

    def __exit__(self, *_: object) -> None:
        for one, trace in self._whole:
            one.__traceback__ = trace


def by_python(error: BaseException) -> str:
    """A traceback of Python's own, with locals."""
    with _WithoutTheHost(error):
        said = traceback.TracebackException.from_exception(error, capture_locals=True)
        return "".join(said.format())


def by_structlog(error: BaseException) -> str:
    """What structlog makes of it where locals are shown."""
    render = ExceptionDictTransformer(
        show_locals=True,
        locals_max_length=_NO_LIMIT,
        locals_max_string=_NO_LIMIT,
        max_frames=_NO_LIMIT,
    )
    with _WithoutTheHost(error):
        return repr(render((type(error), error, error.__traceback__)))


class _InOneColour(Traceback):
    """The same words: to find out the colours of a page of source takes most of the time."""

    LEXERS = {".py": "text"}  # noqa: RUF012 (as rich declares it)


def by_rich(error: BaseException) -> str:
    """What rich makes of it where locals are shown."""
    console = Console(file=io.StringIO(), width=_NO_LIMIT, force_terminal=False)
    with _WithoutTheHost(error):
        console.print(
            _InOneColour.from_exception(
                type(error),
                error,
                error.__traceback__,
                show_locals=True,
                locals_max_length=_NO_LIMIT,
                locals_max_string=_NO_LIMIT,
                max_frames=0,
            )
        )
    return cast("io.StringIO", console.file).getvalue()


def _walked(value: object, above: frozenset[int], depth: int) -> Iterator[str]:
    """Every text that can be reached from an error by attributes and members, frames apart."""
    if id(value) in above or depth > _DEEPEST:
        return
    if isinstance(value, (str, bytes, bytearray, int, float, type(None))):
        yield repr(value)
        return
    if isinstance(value, (ModuleType, TracebackType, FrameType, type)) or callable(value):
        return
    for inner in _members(value):
        yield from _walked(inner, above | {id(value)}, depth + 1)


def _members(value: Any) -> Iterator[object]:
    if isinstance(value, Mapping):
        yield from cast("Mapping[object, object]", value).keys()
        yield from cast("Mapping[object, object]", value).values()
    elif isinstance(value, (list, tuple, set, frozenset)):
        yield from cast("list[object]", value)
    else:
        yield repr(value)
        yield from getattr(value, "__dict__", {}).values()
        if isinstance(value, BaseException):
            yield from (value.args, value.__cause__, value.__context__)
            yield from getattr(value, "__notes__", ())
        for name in _attributes(cast("type[object]", type(value))):
            yield getattr(value, name, None)


def _attributes(cls: type) -> Iterator[str]:
    """Slots, and what errors of C keep beside them (`UnicodeDecodeError.object`)."""
    for base in cls.__mro__:
        slots = base.__dict__.get("__slots__", ())
        yield from (slots,) if isinstance(slots, str) else slots
        if issubclass(base, BaseException):
            yield from (
                name
                for name, member in vars(base).items()
                if not name.startswith("__") and hasattr(member, "__get__") and not callable(member)
            )
