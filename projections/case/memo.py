"""Answers that a case or a bill keeps about itself, so that a hundred rules work them out once.

Cases and bills are frozen and what rules ask of them is a pure function of them, so an answer holds
as long as they live, and goes when they go. The case that was opened last of a history lives as
long as the history does (`opening.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, Final, Protocol, TypeVar, TypeVarTuple

Memo = dict[Hashable, Any]
"""Answers by question and what it was asked with. It is no part of what its owner is."""
_UNASKED: Final = object()


class Remembers(Protocol):
    """What keeps answers about itself."""

    @property
    def memo(self) -> Memo:
        """What was asked of it already, with the answers."""
        ...


S = TypeVar("S", bound=Remembers)
T = TypeVar("T")
Asked = TypeVarTuple("Asked")


def once(question: Callable[[S, *Asked], T]) -> Callable[[S, *Asked], T]:
    """A pure question about a case or a bill that is worked out only when it is first asked.

    It is asked with hashable words, days and numbers; nobody changes the answer, which many share.
    """

    @wraps(question)
    def answer(about: S, *asked: *Asked) -> T:
        memo, key = about.memo, (question, asked) if asked else question
        known: T = memo.get(key, _UNASKED)
        if known is _UNASKED:
            known = memo[key] = question(about, *asked)
        return known

    return answer


def kept_for(about: Remembers, question: Hashable, moment: Hashable) -> Memo:
    """Answers to a question as of one moment: those of another moment give way to them.

    A day is asked about in several ways, and then seldom again: kept for every day, a ledger that
    stays open would grow with the days that were asked about.
    """
    kept: tuple[Hashable, Memo] | None = about.memo.get(question)
    if kept is None or kept[0] != moment:
        answers: Memo = {}
        kept = about.memo[question] = moment, answers
    return kept[1]
