"""docs/standing.md, sections 2 and 4: the fold, day by day, and which ends it contests."""

from dataclasses import dataclass
from datetime import date

from tests.naive.page.facts import ONE_DAY, Fact, State
from tests.naive.page.legal import is_legal
from tests.naive.page.order import LAST_OF_THE_DAY, by_day, deaths_last, ordered
from tests.naive.page.taking import take

# 4, deaths and withdrawals: what a dead or a withdrawn patient does not do.
SIGNS_OF_LIFE = {
    "encounter.withdrawn": (
        "apheresis.completed",
        "lymphodepletion.dose_given",
        "cells.infused",
        "monitoring.day_completed",
    ),
    "patient.died": (
        "apheresis.completed",
        "lymphodepletion.dose_given",
        "cells.infused",
        "monitoring.day_completed",
        "patient.admitted",
        "neurology.visit_completed",
    ),
}


@dataclass
class Fold:
    """What the fold took, in its order, and where the encounter stood at the end of each day."""

    state: State
    taken: list[Fact]
    taken_on: list[date]
    late: list[str]
    forced: list[str]
    at_end_of: dict[date, State]


def fold(opening: Fact | None, facts: list[Fact], confirmed: set[str]) -> Fold:
    """2, last paragraph. Day by day; of a day's queue the first legal one, again and again."""
    folded = Fold(State(), [], [], [], [], {})
    if opening is not None:  # 1.3: it opens the fold whatever its date
        take(opening, folded.state)
        folded.taken.append(opening)
        folded.taken_on.append(date.min)

    days = by_day(facts)
    left_over: list[Fact] = []
    for day in sorted(set(days) | {day + ONE_DAY for day in days}):
        left_over = [f for f in left_over if f["day"] == day - ONE_DAY]
        queue = deaths_last(left_over + ordered(days.get(day, [])))
        while True:
            at = first_to_take(queue, folded.state, confirmed)
            if at is None:
                break
            fact = queue.pop(at)
            if not is_legal(fact, folded.state):
                folded.forced.append(fact["key"])
            take(fact, folded.state)
            folded.taken.append(fact)
            folded.taken_on.append(day)
            if fact["day"] != day:
                folded.late.append(fact["key"])
        left_over = queue
        if left_over:  # 4: what a record waits for is asked of the end of its own day
            folded.at_end_of[day] = folded.state.copy()
    return folded


def first_to_take(queue: list[Fact], state: State, confirmed: set[str]) -> int | None:
    """The first legal one; if there is none, the first that is confirmed."""
    for at, fact in enumerate(queue):
        if is_legal(fact, state):
            return at
    for at, fact in enumerate(queue):
        if fact["key"] in confirmed:
            return at
    return None


def contested_ends(opening: Fact | None, facts: list[Fact], confirmed: set[str]) -> dict[str, Fact]:
    """4. Ends that nobody confirmed, and the first sign of life that contests each of them."""
    doubtful = [f for f in facts if f["type"] in LAST_OF_THE_DAY and f["key"] not in confirmed]
    if not doubtful:
        return {}
    doubtful_keys = [f["key"] for f in doubtful]
    without = fold(opening, [f for f in facts if f["key"] not in doubtful_keys], confirmed)
    contested: dict[str, Fact] = {}
    for end in doubtful:
        for sign in without.taken:
            if sign["type"] in SIGNS_OF_LIFE[end["type"]] and sign["day"] > end["day"] + ONE_DAY:
                contested.setdefault(end["key"], sign)
    return contested
