"""docs/standing.md, section 3: when a fact is legal."""

from tests.naive.page.facts import Fact, State, collections_named_by
from tests.naive.table import BEFORE_INFUSION, LEADS_TO, LEGAL_EVERYWHERE


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
