"""Support that has a day: the maker's hub by the collection, and funds that are looked at again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from veinledger.domain.facts.authorization import SupportEnrolled
from veinledger.domain.obligations.point import Window
from veinledger.projections.schedule.owed import Met, Owed, Pending, day_after
from veinledger.projections.schedule.question import Question
from veinledger.projections.support.asked import asked_of
from veinledger.projections.support.shapes import Task
from veinledger.projections.support.tasks import tasks

_OF_THE_PATIENT: Final = frozenset({"late", "do now", "done", "over"})


def support(question: Question) -> Iterator[Pending]:
    """What is to do for this patient, or done, on a day; what somebody must ask first has none."""
    if question.case is None or not question.seen.records:
        return
    on = question.today or max(record.day for record in question.seen.records)
    asked = asked_of(question.case, on, question.deaths)
    if asked is None:
        return
    for task in tasks(asked):
        window = _window(task)
        if window is not None:
            yield Pending(_owed(question, task, window), _met(task))


def hangs_on_the_day(question: Question) -> bool:
    """Wherever anything is offered: coverages, enrolments and offers begin and end."""
    return question.case is not None


def turns(found: Iterable[Pending]) -> Iterator[date]:
    """The day after each look at a fund, on which the next one is owed.

    All else that support hangs on are days that facts and pages name.
    """
    return (day_after(each.owed.window.closes) for each in found)


def _window(task: Task) -> Window | None:
    """A fund's next day; else from the order of the collection to the collection itself."""
    if task.state == "do now" and task.look_again is not None:
        return Window(due=task.look_again, opens=task.look_again, closes=task.look_again)
    if task.state not in _OF_THE_PATIENT or task.due is None or task.closes is None:
        return None
    return Window(due=task.due, opens=task.due, closes=max(task.due, task.closes))


def _owed(question: Question, task: Task, window: Window) -> Owed:
    looked = task.look_again is not None
    return Owed(
        rule=task.rule,
        what=f"{task.label}: {'look whether its fund is open' if looked else _small(task.what)}",
        group="support",
        anchor=task.anchor,
        window=window,
        meets=(SupportEnrolled.type,),
        noun="enrolment",
        source=task.source,
        window_source=task.opens or "from the order of the collection to the collection",
        confidence=task.confidence,
        end=question.end,
    )


def _met(task: Task) -> Met | None:
    if task.done_by is None or task.done_on is None:
        return None
    return Met(record=task.done_by, day=task.done_on, how=task.reason)


def _small(text: str) -> str:
    """As it goes on behind a colon: the names within it keep their capitals."""
    return f"{text[:1].lower()}{text[1:]}"
