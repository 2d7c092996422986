"""docs/standing.md, done slowly: everything is worked out anew from a list of plain facts.

The program is tested against this file. It was written from the page and never from the program,
and the numbers in the comments are the paragraphs of that page.

A fact is a plain dict. Always there: key, type, day (the local day), instant (None for a bare
date), connection, message, item, conflict. Where they matter: chain, donation, collections, lot,
extent ("complete" or "partial"), reason, account, patient_class, targets (keys).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from .table import (
    BEFORE_INFUSION,
    ENDS,
    FIRST_MOVE,
    LEADS_TO,
    LEGAL_EVERYWHERE,
    MOVES,
    RANK_OF_A_LATE_ADMISSION,
    RANK_OF_THE_UNNAMED,
    RANKS,
)

Fact = dict[str, Any]
Standing = tuple[str, str | None]

ONE_DAY = timedelta(days=1)
IN_EFFECT: Standing = ("in effect", None)
DISPUTED: Standing = ("disputed", None)
SUPERSEDED: Standing = ("superseded", None)

# 2. They come last on their day, and 4 folds once without them.
LAST_OF_THE_DAY = ("patient.died", "encounter.withdrawn")

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

# Facts about cells. Where one names no chain, it is about the cells that stand under no chain.
ABOUT_CELLS = (
    "product.ordered",
    "apheresis.failed",
    "apheresis.completed",
    "cells.prepared",
    "cells.shipped",
    "manufacturing.started",
    "manufacturing.failed",
    "manufacturing.released",
    "product.deviation_accepted",
    "product.received",
    "product.rejected",
    "product.thawed",
    "infusion.cancelled",
    "cells.infused",
)


@dataclass
class State:
    """Where the encounter stands after the facts taken so far."""

    stage: str = "U"
    chains: dict[str, str] = field(default_factory=dict[str, str])
    loose: str = "R"  # the cells under no chain, "as if they were a chain of their own"
    donations: list[str] = field(default_factory=list[str])
    infusions: list[Fact] = field(default_factory=list[Fact])
    stay_is_open: bool = False
    stay_account: str | None = None

    def copy(self) -> "State":
        return State(
            self.stage,
            dict(self.chains),
            self.loose,
            list(self.donations),
            list(self.infusions),
            self.stay_is_open,
            self.stay_account,
        )


@dataclass
class Verdict:
    """What every record counts for, and where the encounter stands."""

    standing: dict[str, Standing]
    stage: str
    order: list[str]
    clock_disagrees: list[str]
    state: State
    taken: list[Fact]

    def stage_as_of(self, day: date, instant: datetime | None = None) -> str:
        """5. The stage to which the records taken lead, less those that happened after."""
        return state_after(cut(self.taken, day, instant)).stage


def judge(facts: list[Fact], holders: dict[str, str], me: str) -> Verdict:
    """Say what each fact of the encounter `me` counts for; `holders` says who holds which chain."""
    facts = without_repeats(facts)
    standing: dict[str, Standing] = {}

    # 1. Set aside before the fold.
    superseded = targets_of_discards(facts)
    confirmed = targets_of_confirmations(facts)
    remaining: list[Fact] = []
    for fact in facts:
        key = fact["key"]
        if key in superseded:
            standing[key] = SUPERSEDED
        elif key not in confirmed and (fact["conflict"] or held_elsewhere(fact, holders, me)):
            standing[key] = DISPUTED
        else:
            remaining.append(fact)

    openings = in_fold_order([f for f in remaining if f["type"] == "encounter.opened"])
    for further in openings[1:]:
        standing[further["key"]] = DISPUTED
    opening = openings[0] if openings else None
    remaining = [f for f in remaining if f["type"] != "encounter.opened"]

    # 4, deaths and withdrawals. Fold once without those that nobody confirmed.
    doubtful = [f for f in remaining if f["type"] in LAST_OF_THE_DAY and f["key"] not in confirmed]
    if doubtful:
        doubtful_keys = [f["key"] for f in doubtful]
        others = [f for f in remaining if f["key"] not in doubtful_keys]
        first_fold = fold(opening, others, confirmed)
        for end in doubtful:
            signs = SIGNS_OF_LIFE[end["type"]]
            lived = [f["day"] for f in first_fold.taken if f["type"] in signs]
            if any(day > end["day"] + ONE_DAY for day in lived):
                standing[end["key"]] = DISPUTED
        remaining = [f for f in remaining if f["key"] not in standing]

    # Fold again without the disputed ones.
    folded = fold(opening, remaining, confirmed)
    for fact in folded.taken:
        standing[fact["key"]] = IN_EFFECT
    for fact in remaining:
        if fact["key"] not in standing:
            standing[fact["key"]] = without_a_place(fact, folded, holders)

    return Verdict(
        standing,
        folded.state.stage,
        [f["key"] for f in folded.taken],
        folded.late,
        folded.state,
        folded.taken,
    )


# ---- 1. Set aside before the fold ----------------------------------------------------------


def without_repeats(facts: list[Fact]) -> list[Fact]:
    """DESIGN 5: the same report again is nothing new."""
    first: dict[str, Fact] = {}
    for fact in facts:
        first.setdefault(fact["key"], fact)
    return list(first.values())


def targets_of_discards(facts: list[Fact]) -> set[str]:
    """1.2. Voided by a correction or discarded. An act that is itself a conflict does nothing."""
    return targets(facts, "records.corrected", "report.discarded")


def targets_of_confirmations(facts: list[Fact]) -> set[str]:
    """1, last paragraph. A confirmation that was itself discarded confirms nothing."""
    withdrawn = targets_of_discards(facts)
    return targets([f for f in facts if f["key"] not in withdrawn], "report.confirmed")


def targets(facts: list[Fact], *types: str) -> set[str]:
    acts = [f for f in facts if f["type"] in types and not f["conflict"]]
    return {target for act in acts for target in act["targets"]}


def held_elsewhere(fact: Fact, holders: dict[str, str], me: str) -> bool:
    """1.4. Another encounter holds the chain that the fact names."""
    chain = fact.get("chain")
    return chain is not None and holders.get(chain, me) != me


def claims_its_chain(fact: Fact) -> bool:
    """1.4. Which facts claim the chain that they name."""
    if fact.get("chain") is None:
        return False
    if fact["type"] in ("product.ordered", "apheresis.completed"):
        return True
    return bool(collections_named_by(fact))


def collections_named_by(fact: Fact) -> list[str]:
    """The donation numbers by which a fact says of which collections it speaks."""
    if fact["type"] == "manufacturing.started":
        return list(fact.get("collections") or [])
    if fact["type"] in ("cells.prepared", "cells.shipped") and fact.get("donation") is not None:
        return [fact["donation"]]
    return []


def holders_among(encounters: dict[str, list[Fact]]) -> dict[str, str]:
    """1.4. The first claim in fold order over all encounters, "not corrected or discarded"."""
    owner: dict[int, str] = {}
    claims: list[Fact] = []
    for name, everything in encounters.items():
        facts = without_repeats(everything)
        superseded = targets_of_discards(facts)
        for fact in facts:
            counts = not fact["conflict"] and fact["key"] not in superseded
            if claims_its_chain(fact) and counts:
                owner[id(fact)] = name
                claims.append(fact)
    holders: dict[str, str] = {}
    for claim in in_fold_order(claims):
        holders.setdefault(claim["chain"], owner[id(claim)])
    return holders


# ---- 2. The order of the fold --------------------------------------------------------------


def rank_of(fact: Fact) -> int:
    if fact["type"] == "patient.admitted" and fact.get("reason") in ("CRS/ICANS", "infection"):
        return RANK_OF_A_LATE_ADMISSION
    return RANKS.get(fact["type"], RANK_OF_THE_UNNAMED)


def name_of(fact: Fact) -> tuple[str, str, int, bool, str]:
    """Connection, message, item. A conflict shares these with the record that it clashes with."""
    return fact["connection"], fact["message"], fact["item"], fact["conflict"], fact["key"]


def order_of_a_day(facts: Iterable[Fact]) -> list[Fact]:
    """2. Timed facts by instant; each bare date before the first fact that has a higher rank."""
    facts = list(facts)
    timed = [f for f in facts if f["instant"] is not None]
    bare = [f for f in facts if f["instant"] is None]
    day = sorted(timed, key=lambda f: (f["instant"], rank_of(f), name_of(f)))
    for fact in sorted(bare, key=lambda f: (rank_of(f), name_of(f))):
        place = len(day)
        for at, other in enumerate(day):
            if rank_of(other) > rank_of(fact):
                place = at
                break
        day.insert(place, fact)
    return day


def deaths_last(queue: list[Fact]) -> list[Fact]:
    """2. Deaths and withdrawals come after everything else of the queue."""
    return [f for f in queue if f["type"] not in LAST_OF_THE_DAY] + [
        f for f in queue if f["type"] in LAST_OF_THE_DAY
    ]


def ordered(facts: Iterable[Fact]) -> list[Fact]:
    """2. The facts of one day. Deaths and withdrawals take no part in the placing of bare dates."""
    facts = list(facts)
    last = [f for f in facts if f["type"] in LAST_OF_THE_DAY]
    others = [f for f in facts if f["type"] not in LAST_OF_THE_DAY]
    return order_of_a_day(others) + order_of_a_day(last)


def by_day(facts: list[Fact]) -> dict[date, list[Fact]]:
    days: dict[date, list[Fact]] = {}
    for fact in facts:
        days.setdefault(fact["day"], []).append(fact)
    return days


def in_fold_order(facts: list[Fact]) -> list[Fact]:
    days = by_day(facts)
    return [fact for day in sorted(days) for fact in ordered(days[day])]


@dataclass
class Fold:
    """What the fold took, in its order, and where the encounter stood at the end of each day."""

    state: State
    taken: list[Fact]
    late: list[str]
    at_end_of: dict[date, State]


def fold(opening: Fact | None, facts: list[Fact], confirmed: set[str]) -> Fold:
    """2, last paragraph. Day by day; of a day's queue the first legal one, again and again."""
    folded = Fold(State(), [], [], {})
    if opening is not None:  # 1.3: it opens the fold whatever its date
        take(opening, folded.state)
        folded.taken.append(opening)

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
            take(fact, folded.state)
            folded.taken.append(fact)
            if fact["day"] != day:
                folded.late.append(fact["key"])
        left_over = queue
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


# ---- 3. Legal ------------------------------------------------------------------------------


def is_legal(fact: Fact, state: State) -> bool:
    """3. The table has a row for it in the stage that it is judged from; no guard forbids it."""
    if fact["type"] in LEGAL_EVERYWHERE:
        return True
    if (trigger_of(fact, state), judged_from(fact, state)) not in LEADS_TO:
        return False
    return not a_guard_forbids(fact, state)


def names_an_unknown_chain(fact: Fact, state: State) -> bool:
    return fact.get("chain") is not None and fact["chain"] not in state.chains


def starts_from_our_collections(fact: Fact, state: State) -> bool:
    """3. Cells of this encounter, and of no other, come under a chain that is new or referred."""
    collections = collections_named_by(fact)
    if fact.get("chain") is None or state.chains.get(fact["chain"], "R") != "R":
        return False
    return bool(collections) and all(c in state.donations for c in collections)


def judged_from(fact: Fact, state: State) -> str:
    """3, the stage it is judged from."""
    if fact.get("chain") is None or state.stage not in BEFORE_INFUSION:
        return state.stage
    if fact["type"] == "apheresis.failed":
        return state.stage
    if starts_from_our_collections(fact, state):
        return "C"
    if fact["chain"] in state.chains:
        return state.chains[fact["chain"]]
    return state.stage


def a_guard_forbids(fact: Fact, state: State) -> bool:
    """3, guards."""
    if names_an_unknown_chain(fact, state):
        starts = fact["type"] in ("product.ordered", "apheresis.completed", "apheresis.failed")
        if not starts and not starts_from_our_collections(fact, state):
            return True
    if fact["type"] in ("manufacturing.failed", "product.rejected"):
        chain = fact.get("chain")
        if chain is not None and any(i.get("chain") == chain for i in state.infusions):
            return True
    if fact["type"] in ("crs.graded", "icans.graded"):
        if not state.infusions:
            return True
        if fact["day"] < min(i["day"] for i in state.infusions):
            return True
    return False


def is_another_account(one: str | None, other: str | None) -> bool:
    """3. An account that is missing on either side is not another one."""
    return one is not None and other is not None and one != other


def on_the_day_of_an_infusion(fact: Fact, state: State) -> bool:
    return any(fact["day"] == i["day"] for i in state.infusions)


def trigger_of(fact: Fact, state: State) -> str:
    """3, variants."""
    return str(fact["type"]) + ("+" if is_variant(fact, state) else "")


def is_variant(fact: Fact, state: State) -> bool:
    account = fact.get("account")
    contradicts = state.stay_is_open and is_another_account(account, state.stay_account)
    match fact["type"]:
        case "cells.infused":
            before = [i for i in state.infusions if is_same_bag(fact, i)]
            partial = any(i.get("extent") == "partial" for i in [fact, *before])
            return bool(before) and partial
        case "patient.admitted":
            planned = fact.get("reason") in ("infusion", "lymphodepletion")
            return planned or (state.stay_is_open and not contradicts)
        case "patient.discharged":
            return contradicts or on_the_day_of_an_infusion(fact, state)
        case "acute_monitoring.ended":
            return state.stay_is_open
        case "neurology.visit_completed":
            inpatient = fact.get("patient_class") == "inpatient"
            return inpatient or on_the_day_of_an_infusion(fact, state)
        case _:
            return False


def is_same_bag(one: Fact, other: Fact) -> bool:
    if one.get("chain") != other.get("chain"):
        return False
    lots = {lot for lot in (one.get("lot"), other.get("lot")) if lot is not None}
    return len(lots) < 2


# ---- 3. Taking a fact ----------------------------------------------------------------------


def take(fact: Fact, state: State) -> None:
    """Move the state by a fact that is legal, or that is confirmed although it is not legal."""
    if fact["type"] in LEGAL_EVERYWHERE:
        return
    trigger = trigger_of(fact, state)
    target = where_it_leads(trigger, judged_from(fact, state))
    if fact.get("chain") is not None and fact["type"] != "apheresis.failed":
        move_the_chain(fact, trigger, target, state)
    elif fact["type"] == "lymphodepletion.dose_given":
        if target == "N" and state.stage == "V":
            give_lymphodepletion(state)
    elif fact["type"] in ABOUT_CELLS and trigger != "cells.infused":
        move_the_loose_cells(target, state)
    elif target is not None:
        state.stage = target
    follow_the_stay(fact, state)
    if fact["type"] == "cells.infused":
        state.infusions.append(fact)
    if fact["type"] == "apheresis.completed" and fact.get("donation") is not None:
        state.donations.append(fact["donation"])


def where_it_leads(trigger: str, stage: str) -> str | None:
    """The stage after it, None where it moves nothing."""
    if (trigger, stage) in LEADS_TO:
        after = LEADS_TO[trigger, stage]
        return after if after != stage else None
    if trigger == "lymphodepletion.dose_given":
        return None
    return FIRST_MOVE.get(trigger)


def move_the_chain(fact: Fact, trigger: str, target: str | None, state: State) -> None:
    """3. "A fact that names a chain moves that chain", and the encounter's stage follows."""
    chain = fact["chain"]
    if starts_from_our_collections(fact, state) and state.stage in BEFORE_INFUSION:
        state.chains[chain] = "C"
        state.loose = "R"
    elif chain not in state.chains:
        state.chains[chain] = where_a_chain_starts(fact, state)

    if state.stage == "U" or state.stage in BEFORE_INFUSION:
        if target is not None:
            state.chains[chain] = target
    elif state.chains[chain] in BEFORE_INFUSION:
        # After the infusion it still moves that chain, as the table says, not the encounter.
        moved = where_it_leads(trigger, state.chains[chain])
        if (trigger, state.chains[chain]) in LEADS_TO or target is not None:
            state.chains[chain] = moved or state.chains[chain]

    if trigger == "cells.infused":
        if target is not None:
            state.stage = target
    elif state.stage != "U" or target is not None:
        follow_the_furthest(state)


def where_a_chain_starts(fact: Fact, state: State) -> str:
    if fact["type"] == "apheresis.completed" and state.stage in BEFORE_INFUSION:
        return "C"
    if state.stage in BEFORE_INFUSION and fact["type"] != "product.ordered":
        return state.stage
    return "R"


def move_the_loose_cells(target: str | None, state: State) -> None:
    """3. Cells under no chain, as if they were a chain of their own."""
    if target is not None:
        state.loose = target
        follow_the_furthest(state)


def follow_the_furthest(state: State) -> None:
    """3. Before the infusion the encounter's stage is the furthest of its chains."""
    if state.stage == "U" or state.stage in BEFORE_INFUSION:
        stages = [state.loose, *state.chains.values()]
        state.stage = max(stages, key=BEFORE_INFUSION.index)


def give_lymphodepletion(state: State) -> None:
    """3. It moves every chain that is at received."""
    state.chains = {c: "N" if at == "V" else at for c, at in state.chains.items()}
    if state.loose == "V":
        state.loose = "N"
    follow_the_furthest(state)


def follow_the_stay(fact: Fact, state: State) -> None:
    """3, stays."""
    account = fact.get("account")
    contradicts = is_another_account(account, state.stay_account)
    if fact["type"] == "patient.admitted" and (not state.stay_is_open or contradicts):
        state.stay_is_open, state.stay_account = True, account
    elif fact["type"] == "patient.discharged" and state.stay_is_open and not contradicts:
        state.stay_is_open, state.stay_account = False, None
    elif fact["type"] == "neurology.visit_completed":
        outside = fact.get("patient_class") in ("outpatient", "office")
        if outside and not on_the_day_of_an_infusion(fact, state):
            state.stay_is_open, state.stay_account = False, None


# ---- 4. Without a place --------------------------------------------------------------------


def without_a_place(fact: Fact, folded: Fold, holders: dict[str, str]) -> Standing:
    """4. It waits, and says for what; or it is disputed."""
    state = folded.at_end_of[fact["day"]]
    if fact.get("chain") is not None and fact["chain"] not in holders:
        return ("waiting", "encounter.opened" if state.stage == "U" else "apheresis.completed")
    first = first_step_towards(fact, state, folded.taken)
    return DISPUTED if first is None else ("waiting", first)


def first_step_towards(fact: Fact, state: State, taken: list[Fact]) -> str | None:
    """4. The first fact of the shortest path to a stage where the table has its trigger."""
    trigger = trigger_of(fact, state)
    start = judged_from(fact, state)
    if names_an_unknown_chain(fact, state) and state.stage in BEFORE_INFUSION:
        start = "R"
    if (trigger, start) in LEADS_TO:
        return None  # legal by the table, so a guard forbids it: no path leads round a guard
    # All paths of one fact, then of two, ... in the order of the table; each is (first fact, where
    # it stands now). Of two paths that reach a stage equally soon the earlier in the table leads.
    paths: list[tuple[str, str]] = [("", start)]
    been: set[str] = {start}
    while paths:
        longer: list[tuple[str, str]] = []
        for first, stage in paths:
            for step, before, after in MOVES:
                if before != stage or after in ENDS or after == "F" or after in been:
                    continue
                if (trigger, after) in LEADS_TO:
                    return None if comes_later(step, fact, taken) else first or step
                been.add(after)
                longer.append((first or step, after))
        paths = longer
    return None


def comes_later(step: str, fact: Fact, taken: list[Fact]) -> bool:
    """4. Such a fact, for that chain, is in effect on a later day than the record's."""
    return any(
        f["type"] == step
        and f["day"] > fact["day"]
        and (fact.get("chain") is None or f.get("chain") in (None, fact["chain"]))
        for f in taken
    )


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
