"""The mark on each door of a ledger through which patient data is read: it is noted first."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from inspect import signature
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Noted(Protocol):
    """A ledger that can note a question."""

    def _asking(self, question: str, encounter: str | None) -> AbstractContextManager[None]: ...


L = TypeVar("L", bound=Noted)


def asked(work: Callable[Concatenate[L, P], R]) -> Callable[Concatenate[L, P], R]:
    """Note who asks, by the method's name and the encounter where it is about one."""
    about_one = "encounter" in signature(work).parameters

    @wraps(work)
    def noted(self: L, /, *args: P.args, **kwargs: P.kwargs) -> R:
        about = _encounter(args, kwargs) if about_one else None
        with self._asking(work.__name__, about):  # pyright: ignore[reportPrivateUsage]
            return work(self, *args, **kwargs)

    return noted


def _encounter(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str | None:
    return kwargs.get("encounter", args[0] if args else None)
