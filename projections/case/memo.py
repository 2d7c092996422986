"""Answers that a case or a bill keeps about itself, so that a hundred rules work them out once.

Cases and bills are frozen and what rules ask of them is a pure function of them, so an answer holds
as long as they live, and goes when they go. The case that was opened last of a history lives as
long as the history does (`opening.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, Protocol, TypeVar, TypeVarTuple

from veinledger.domain.rules import Rules
from veinledger.projections.case.again.watched import Looks, Question, looked, looked_all, watched

Memo = dict[Hashable, Any]
"""Answers by question and what it was asked with. It is no part of what its owner is."""


class Remembers(Protocol):
    """What keeps answers about itself."""

    @property
    def memo(self) -> Memo:
        """What was asked of it already, with the answers."""
        ...


class InAnEdition(Remembers, Protocol):
    """What is judged by the rules of one edition: a case."""

    @property
    def rules(self) -> Rules:
        """The rules."""
        ...


S = TypeVar("S", bound=Remembers)
C = TypeVar("C", bound=InAnEdition)
T = TypeVar("T")
Asked = TypeVarTuple("Asked")


def once(question: Callable[[S, *Asked], T]) -> Callable[[S, *Asked], T]:
    """A pure question about a case or a bill that is worked out only when it is first asked.

    It is asked with hashable words, days and numbers; nobody changes the answer, which many share.
    Whoever asks has looked at all that the answer was worked out from.
    """

    @wraps(question)
    def answer(about: S, *asked: *Asked) -> T:
        memo, key = about.memo, (question, asked) if asked else question
        known: tuple[T, Looks] | None = memo.get(key)
        if known is None:
            known = memo[key] = watched(question, about, *asked)
        if known[1]:
            looked_all(known[1])
        return known[0]

    return answer


def once_by_its_answer(question: Callable[[C, *Asked], T]) -> Callable[[C, *Asked], T]:
    """The same of a case, of which whoever asks has looked at nothing but the answer.

    For what is worked out of much and comes to little: new records seldom change it.
    """

    @wraps(question)
    def answer(about: C, *asked: *Asked) -> T:
        memo, key = about.memo, (question, asked) if asked else question
        known: tuple[T, Question] | None = memo.get(key)
        if known is None:
            found, _ = watched(question, about, *asked)
            known = memo[key] = found, Question(answer, about.rules.edition, asked)
        looked(known[1])
        return known[0]

    return answer


def as_asked_last(
    about: Remembers,
    question: Hashable,
    moment: Hashable,
    which: Hashable,
    work_out: Callable[[], T],
) -> T:
    """An answer as of one moment: those of another moment of the same question give way to it.

    A day is asked about in several ways, and then seldom again: kept for every day, a ledger that
    stays open would grow with the days that were asked about.
    """
    kept: tuple[Hashable, Memo] | None = about.memo.get(question)
    if kept is None or kept[0] != moment:
        answers: Memo = {}
        kept = about.memo[question] = moment, answers
    if which not in kept[1]:
        kept[1][which] = work_out()
    answer: T = kept[1][which]
    return answer
