"""docs/standing.md, done slowly: everything is worked out anew from a list of plain facts.

The program is tested against this. It was written from the page and never from the program; each
module of `page` is a section of it, and the numbers in the comments are its paragraphs.
"""

from dataclasses import dataclass
from datetime import date, datetime

from tests.naive.page.facts import DISPUTED, IN_EFFECT, SUPERSEDED, Fact, Standing, State
from tests.naive.page.folding import contested_ends, fold
from tests.naive.page.legal import is_legal
from tests.naive.page.order import in_fold_order
from tests.naive.page.set_aside import (
    attested_steps,
    confirmed_among,
    held_elsewhere,
    holders_among,
    superseded_among,
    without_repeats,
)
from tests.naive.page.taking import take
from tests.naive.page.waiting import without_a_place
from tests.naive.table import LEGAL_EVERYWHERE

__all__ = [
    "Fact",
    "Standing",
    "State",
    "Verdict",
    "holders_among",
    "is_legal",
    "judge",
    "take",
    "without_repeats",
]


@dataclass
class Verdict:
    """What every record counts for, and where the encounter stands."""

    standing: dict[str, Standing]
    stage: str
    order: list[str]
    clock_disagrees: list[str]
    state: State
    taken: list[Fact]
    taken_on: list[date]
    forced: list[str]
    """Taken because a person confirmed them, though they were not legal."""
    opening: Fact | None
    set_aside_by: dict[str, str]
    """The paragraph of section 1 by which a record is disputed."""
    contested: dict[str, Fact]
    left: list[Fact]
    """The records without a place."""

    def stage_as_of(self, day: date, instant: datetime | None = None) -> str:
        """5. The stage to which the records taken lead, less those that happened after."""
        return state_after(cut(self.taken, day, instant)).stage


def judge(facts: list[Fact], holders: dict[str, str], me: str) -> Verdict:
    """Say what each fact of the encounter `me` counts for; `holders` says who holds which chain."""
    facts = without_repeats(facts)
    confirmed = confirmed_among(facts)
    standing, set_aside_by, opening, taking_part = set_aside(facts, confirmed, holders, me)
    steps = attested_steps(facts, [*taking_part, *([opening] if opening else [])])

    # 4, deaths and withdrawals. Fold again without the disputed ones.
    contested = contested_ends(opening, taking_part + steps, confirmed)
    for key in contested:
        standing[key] = DISPUTED
    folding = [f for f in taking_part if f["key"] not in contested]
    folded = fold(opening, folding + steps, confirmed)

    for fact in folded.taken:
        if "attested_by" not in fact:
            standing[fact["key"]] = IN_EFFECT
    left = [fact for fact in folding if fact["key"] not in standing]
    for fact in left:
        at_the_end = folded.at_end_of[fact["day"]]
        standing[fact["key"]] = without_a_place(fact, at_the_end, folded.taken, holders)

    return Verdict(
        standing,
        folded.state.stage,
        [f["key"] for f in folded.taken],
        folded.late,
        folded.state,
        folded.taken,
        folded.taken_on,
        folded.forced,
        opening,
        set_aside_by,
        contested,
        left,
    )


def set_aside(
    facts: list[Fact], confirmed: set[str], holders: dict[str, str], me: str
) -> tuple[dict[str, Standing], dict[str, str], Fact | None, list[Fact]]:
    """1. Standings already known, by which paragraph, the opening that counts, and the rest."""
    superseded = superseded_among(facts)
    standing: dict[str, Standing] = {}
    by: dict[str, str] = {}
    remaining: list[Fact] = []
    for fact in facts:
        key = fact["key"]
        if key in superseded:
            standing[key] = SUPERSEDED
        elif key not in confirmed and fact["conflict"]:
            standing[key], by[key] = DISPUTED, "1.1"
        elif key not in confirmed and held_elsewhere(fact, holders, me):
            standing[key], by[key] = DISPUTED, "1.4"
        else:
            remaining.append(fact)

    openings = in_fold_order([f for f in remaining if f["type"] == "encounter.opened"])
    for further in openings[1:]:
        standing[further["key"]], by[further["key"]] = DISPUTED, "1.3"
    opening = openings[0] if openings else None
    remaining = [f for f in remaining if f["type"] != "encounter.opened"]
    return standing, by, opening, remaining


# ---- 5. As of a date -----------------------------------------------------------------------


def cut(taken: list[Fact], day: date, instant: datetime | None = None) -> list[Fact]:
    """5. Less what happened after; the opening stays while anything else of the lifecycle does."""

    def had_happened(fact: Fact) -> bool:
        if instant is not None and fact["instant"] is not None:
            return bool(fact["instant"] <= instant)
        return bool(fact["day"] <= day)

    kept = [f for f in taken if had_happened(f)]
    lives = any(f["type"] not in LEGAL_EVERYWHERE for f in kept)
    return [f for f in taken if had_happened(f) or (lives and f["type"] == "encounter.opened")]


def state_after(facts: list[Fact]) -> State:
    state = State()
    for fact in facts:
        take(fact, state)
    return state
