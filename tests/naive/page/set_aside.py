"""docs/standing.md, section 1: what is set aside before the fold, and what is attested."""

from tests.naive.page.facts import CONFIRMATION, CORRECTION, DISCARD, Fact, collections_named_by
from tests.naive.page.order import in_fold_order

ATTESTABLE = (
    "apheresis.completed",
    "cells.shipped",
    "manufacturing.started",
    "manufacturing.released",
    "product.received",
)


def without_repeats(facts: list[Fact]) -> list[Fact]:
    """DESIGN 5: the same report again is nothing new."""
    first: dict[str, Fact] = {}
    for fact in facts:
        first.setdefault(fact["key"], fact)
    return list(first.values())


def targets_of(act: Fact) -> list[str]:
    """The records that a decision is about."""
    if act["type"] == CORRECTION:
        return [change["target"] for change in act["changes"]]
    if act["type"] in (CONFIRMATION, DISCARD):
        return [act["target"]]
    return []


def superseded_among(facts: list[Fact]) -> set[str]:
    """1.2. Voided, replaced, moved or discarded. An act that is itself a conflict does nothing."""
    acts = [f for f in facts if f["type"] in (CORRECTION, DISCARD) and not f["conflict"]]
    return {target for act in acts for target in targets_of(act)}


def confirmations_that_count(facts: list[Fact]) -> list[Fact]:
    """1. Neither a conflict, nor voided or discarded."""
    taken_out = superseded_among(facts)
    return [
        f
        for f in facts
        if f["type"] == CONFIRMATION and not f["conflict"] and f["key"] not in taken_out
    ]


def confirmed_among(facts: list[Fact]) -> set[str]:
    return {act["target"] for act in confirmations_that_count(facts)}


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


def claims_among(encounters: dict[str, list[Fact]]) -> dict[str, list[tuple[str, Fact]]]:
    """1.4. By chain: encounter and fact of every claim that was not let go of, in fold order."""
    owner: dict[str, str] = {}
    claims: dict[str, list[Fact]] = {}
    for name, everything in encounters.items():
        facts = without_repeats(everything)
        superseded = superseded_among(facts)
        for fact in facts:
            counts = not fact["conflict"] and fact["key"] not in superseded
            if claims_its_chain(fact) and counts:
                owner[fact["key"]] = name
                claims.setdefault(fact["chain"], []).append(fact)
    return {
        chain: [(owner[claim["key"]], claim) for claim in in_fold_order(on_it)]
        for chain, on_it in claims.items()
    }


def holders_among(encounters: dict[str, list[Fact]]) -> dict[str, str]:
    """1.4. The holder of a chain is its first claim in fold order over all encounters."""
    return {chain: on_it[0][0] for chain, on_it in claims_among(encounters).items()}


def attested_steps(facts: list[Fact], taking_part: list[Fact]) -> list[Fact]:
    """1, attested steps: those that take part, as facts of their own."""
    superseded = superseded_among(facts)
    by_key = {fact["key"]: fact for fact in facts}
    steps: list[Fact] = []
    for act in confirmations_that_count(facts):
        target = by_key.get(act["target"])
        if target is None or target["key"] in superseded or target.get("chain") is None:
            continue
        for nth, (kind, day) in enumerate(act.get("attested", [])):
            if kind in ATTESTABLE and not is_reported(kind, target["chain"], taking_part):
                steps.append(
                    {
                        "key": f"{act['key']}/attested {nth:03d}",
                        "type": kind,
                        "day": day,
                        "instant": None,
                        "connection": act["connection"],
                        "message": act["message"],
                        "item": act["item"],
                        "conflict": False,
                        "report_key": f"{act.get('report_key', act['key'])}/{nth:03d}",
                        "chain": target["chain"],
                        "attested_by": act["key"],
                    }
                )
    return steps


def is_reported(kind: str, chain: str, taking_part: list[Fact]) -> bool:
    """A reported record of its type that names its chain, or none, takes part."""
    return any(f["type"] == kind and f.get("chain") in (chain, None) for f in taking_part)
