"""docs/standing.md, section 4: what a record without a place waits for, if it waits."""

from tests.naive.page.facts import DISPUTED, Fact, Standing, State
from tests.naive.page.legal import judged_from, names_an_unknown_chain, trigger_of
from tests.naive.table import BEFORE_INFUSION, ENDS, LEADS_TO, MOVES


def without_a_place(
    fact: Fact, state: State, taken: list[Fact], holders: dict[str, str]
) -> Standing:
    """4. It waits, and says for what; or it is disputed."""
    if fact.get("chain") is not None and fact["chain"] not in holders:
        return ("waiting", "encounter.opened" if state.stage == "U" else "apheresis.completed")
    first = first_step_towards(fact, state, taken)
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
