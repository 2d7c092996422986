"""What is owed in an encounter, kept for the days over which it is the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from veinledger.adapters.owing.reading_all import Leaves
from veinledger.projections.due.shapes import Owing
from veinledger.projections.due.standstill import Standstill
from veinledger.projections.schedule import Frame

KEPT_OF_EACH: Final = 2
"""Frames and answers of one encounter: of today, and of the day that the measures end on."""
KEPT_IN_ALL: Final = 120_000
"""Obligations of all encounters; those of the encounters that were asked about longest ago go.

With its frame each takes about 3 kB.
"""


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """What is owed, and over which days that does not change."""

    days: Standstill
    owing: Owing


@dataclass(frozen=True, slots=True, repr=False)
class Framed:
    """A frame, and the days over which nothing on record comes about."""

    days: Standstill
    frame: Frame


@dataclass(frozen=True, slots=True, repr=False)
class Kept:
    """What was worked out of one encounter, and from which records."""

    name: str
    rests_on: Leaves
    """Every stream that was read for it. As long as all end with the same leaf, it holds."""
    answers: tuple[Answer, ...]
    """The last that were asked for, the newest first."""
    told: tuple[date, ...] = ()
    """The days on which anything can change by what is on record; empty: not looked up yet."""
    frames: tuple[Framed, ...] = ()

    def on(self, day: date) -> Owing | None:
        """What is owed on a day, where that was worked out."""
        return next((each.owing for each in self.answers if each.days.covers(day)), None)

    def frame_on(self, day: date) -> Framed | None:
        """The frame of a day, where there is one."""
        return next((each for each in self.frames if each.days.covers(day)), None)

    def knows(self, day: date) -> bool:
        """Whether a day can be answered without a look at the records."""
        return self.on(day) is not None or self.frame_on(day) is not None

    def answered(self, answer: Answer) -> Kept:
        """The same with one more answer; the oldest goes."""
        return replace(self, answers=(answer, *self.answers)[:KEPT_OF_EACH])

    def answering(self, framed: Framed, answer: Answer) -> Kept:
        """The same with one more answer, and its frame; the oldest go."""
        frames = (framed, *(each for each in self.frames if each is not framed))
        return replace(self.answered(answer), frames=frames[:KEPT_OF_EACH])

    @property
    def weight(self) -> int:
        """How many obligations it holds; those that two days share, once."""
        return len({id(one) for each in self.answers for one in each.owing.owed.obligations})
