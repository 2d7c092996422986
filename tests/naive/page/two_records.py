"""docs/standing.md, section 7: findings about two records."""

from tests.naive.model import State, Verdict, is_legal, take
from tests.naive.page.facts import Fact
from tests.naive.page.order import in_fold_order
from tests.naive.page.set_aside import claims_among, superseded_among, without_repeats

# Which of the two findings, and the keys of the records that it names.
Pair = tuple[str, frozenset[str]]
PUT_OUT, NAMED_BY_TWO = "one puts another out", "named by two encounters"

Encounters = dict[str, list[Fact]]


def findings_of(me: str, encounters: Encounters, verdict: Verdict) -> set[Pair]:
    """Every finding about two records that the encounter `me` has."""
    facts = without_repeats(encounters[me])
    pairs = {
        frozenset((fact["key"], other))
        for fact in facts
        for other in [what_put_out(fact, facts, encounters, verdict)]
        if other is not None
    }
    return {(PUT_OUT, pair) for pair in pairs} | {
        (NAMED_BY_TWO, named) for named in chains_named_by_two(me, encounters, verdict)
    }


def what_put_out(
    fact: Fact, facts: list[Fact], encounters: Encounters, verdict: Verdict
) -> str | None:
    """The other record of the finding, where there is one."""
    key = fact["key"]
    if verdict.set_aside_by.get(key) == "1.1":
        return report_of_the_same_item(fact, facts)
    if verdict.set_aside_by.get(key) == "1.3":
        return str(verdict.opening["key"]) if verdict.opening else None
    if verdict.set_aside_by.get(key) == "1.4":
        return str(claims_among(encounters)[fact["chain"]][0][1]["key"])
    if key in verdict.contested:
        return name_of(verdict.contested[key])
    if any(left["key"] == key for left in verdict.left):
        return last_that_took_its_place(fact, verdict)
    return None


def report_of_the_same_item(conflict: Fact, facts: list[Fact]) -> str | None:
    """Of this encounter, until a person takes it out."""
    taken_out = superseded_among(facts)
    for fact in facts:
        same = all(fact[part] == conflict[part] for part in ("connection", "message", "item"))
        reported = not fact["conflict"] and "stands_for" not in fact
        if same and reported and fact["key"] not in taken_out:
            return str(fact["key"])
    return None


def last_that_took_its_place(fact: Fact, verdict: Verdict) -> str | None:
    """The last taken up to the end of its day, legal before it and not after it."""
    state, found = State(), None
    for taken, on in zip(verdict.taken, verdict.taken_on, strict=True):
        if on > fact["day"]:
            continue
        legal_before = is_legal(fact, state)
        take(taken, state)
        if legal_before and not is_legal(fact, state):
            found = name_of(taken)
    return found


def name_of(taken: Fact) -> str:
    """An attested step is no record: it is named by the confirmation that attests it."""
    return str(taken.get("attested_by") or taken["key"])


def chains_named_by_two(me: str, encounters: Encounters, verdict: Verdict) -> set[frozenset[str]]:
    """One for each chain that this encounter holds and each other encounter that names it."""
    found: set[frozenset[str]] = set()
    for chain, on_it in claims_among(encounters).items():
        if on_it[0][0] != me:
            continue
        claims = {claim["key"] for name, claim in on_it if name == me}
        infused = {
            taken["key"]
            for taken in verdict.taken
            if taken["type"] == "cells.infused" and taken.get("chain") == chain
        }
        for other in encounters:
            named = first_naming(other, chain, on_it, encounters)
            if other != me and named is not None:
                found.add(frozenset({*claims, named, *infused}))
    return found


def first_naming(
    other: str, chain: str, on_it: list[tuple[str, Fact]], encounters: Encounters
) -> str | None:
    """Its first claim that was not released, else its first record that names the chain."""
    for name, claim in on_it:
        if name == other:
            return str(claim["key"])
    facts = without_repeats(encounters[other])
    taken_out = superseded_among(facts)
    naming = [
        f
        for f in facts
        if f.get("chain") == chain and not f["conflict"] and f["key"] not in taken_out
    ]
    return str(in_fold_order(naming)[0]["key"]) if naming else None
