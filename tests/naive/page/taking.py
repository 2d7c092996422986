"""docs/standing.md, section 3: what taking a fact does, legal or confirmed."""

from tests.naive.page.facts import ABOUT_CELLS, Fact, State
from tests.naive.page.legal import (
    is_another_account,
    judged_from,
    on_the_day_of_an_infusion,
    starts_from_our_collections,
    trigger_of,
)
from tests.naive.table import BEFORE_INFUSION, FIRST_MOVE, LEADS_TO, LEGAL_EVERYWHERE


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
