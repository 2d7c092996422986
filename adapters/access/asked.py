"""The mark on each door of a ledger through which patient data is read: it is noted first."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from inspect import signature
from typing import Any, Concatenate, Final, ParamSpec, Protocol, TypeVar

ENCOUNTER: Final = "encounter"
"""What the parameter is called by which a method is told which encounter it is asked about."""

QUESTIONS: Final = {"consequences", "foresee"}
"""The name of every door, filled as the ledger is imported; these two are noted within, where what
they are given has said which encounter it is about."""

P = ParamSpec("P")
R = TypeVar("R")


class Noted(Protocol):
    """A ledger that can note a question."""

    def _asking(self, question: str, encounter: str | None) -> AbstractContextManager[None]: ...


L = TypeVar("L", bound=Noted)


def asked(work: Callable[Concatenate[L, P], R]) -> Callable[Concatenate[L, P], R]:
    """Note who asks, by the method's name and the encounter where it is about one."""
    QUESTIONS.add(work.__name__)
    _, *names = signature(work).parameters  # the first is the ledger
    place = names.index(ENCOUNTER) if ENCOUNTER in names else None

    @wraps(work)
    def noted(self: L, /, *args: P.args, **kwargs: P.kwargs) -> R:
        about = None if place is None else _encounter(place, args, kwargs)
        with self._asking(work.__name__, about):  # pyright: ignore[reportPrivateUsage]
            return work(self, *args, **kwargs)

    return noted


def _encounter(place: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str | None:
    return kwargs.get(ENCOUNTER, args[place] if place < len(args) else None)
