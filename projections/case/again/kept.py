"""An answer of a moment that was asked about before, where all that it rests on is the same.

An auditor asks about one day after the other, and most of what he is told is what he was told of
the day before, or of some day before that. An integration engine asks after each message, and one
message changes little. Each answer is kept with what was looked at to work it out, and with what
was seen: it holds for every moment of the encounter at which each of these looks sees the same
again. A few answers are kept side by side, so that the days may be asked about in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from veinledger.domain.standing.history import FoldedHistory
from veinledger.projections.case.again.watched import Look, Looks, Question, looked_all, watched
from veinledger.projections.case.case import Case

T = TypeVar("T")
KEPT: Final = "answers of moments asked about before"
"""Where a case has them, of the encounter that it was opened of."""
AT_MOST: Final = 8
"""Answers under one name, those that held last before the others."""


@dataclass(frozen=True, slots=True, repr=False)
class _Kept:
    """An answer, what it was worked out for, and what was seen on the way."""

    about: object
    case: tuple[object, ...]
    looks: Looks
    seen: tuple[object, ...]
    """What each look saw."""
    answer: Any

    def holds(self, case: Case, about: object) -> bool:
        """Whether working it out would come to the same: the looks are made in their order."""
        if self.about != about or self.case != _besides(case):
            return False
        looked = zip(self.looks, self.seen, strict=True)
        return all(_look(case, at) == seen for at, seen in looked)


def again(case: Case, name: Hashable, about: object, work_out: Callable[[], T]) -> T:
    """What `work_out` makes of a case and of nothing else but `about`; by a name of its own."""
    every: dict[Hashable, tuple[_Kept, ...]] | None = case.memo.get(KEPT)
    if every is None:
        return work_out()
    before = every.get(name, ())
    kept = next((each for each in before if each.holds(case, about)), None)
    if kept is None:
        answer, looks = watched(work_out)
        seen = tuple(_look(case, at) for at in looks)
        kept = _Kept(about, _besides(case), looks, seen, answer)
    if not before or kept is not before[0]:
        others = (each for each in before if each is not kept)
        every[name] = (kept, *others)[:AT_MOST]
    looked_all(kept.looks)
    found: T = kept.answer
    return found


def remembering(case: Case, folded: FoldedHistory) -> Case:
    """A case that keeps its answers where others of the same encounter keep theirs."""
    case.memo[KEPT] = folded.kept
    return case


def _besides(case: Case) -> tuple[object, ...]:
    """What a case is made of besides what was recorded and had occurred."""
    return case.centre, case.rules, case.product, case.seen.encounter, case.seen.merged_into


def _look(case: Case, at: Look) -> object:
    """What is seen of a case at one look."""
    if isinstance(at, Question):
        asked = case if at.edition == case.rules.edition else case.elsewhere
        return at.ask(asked, *at.asked)
    return case.watched.seen(at)
