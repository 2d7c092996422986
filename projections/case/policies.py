"""Which policy stands for the payer of a day, and what it asks for before the cells are given.

The directory's own word (`asks_for`) goes before a policy's: the site has asked the payer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Final

from veinledger.domain.centre.directory import Payer
from veinledger.domain.policies.policy import Ask, Item, Policy
from veinledger.domain.rules import Rules
from veinledger.projections.case.case import Case
from veinledger.projections.case.memo import once

DIRECTORY_ITEMS: Final[tuple[Item, ...]] = ("fact_accreditation", "neurological_plan")
"""What both a policy and a payer's row in the directory can ask for, under the same name."""


@once
def policy_of(case: Case, on: date) -> Policy | None:
    """The policy of the payer of a day: the one that the site names, else its kind's."""
    return policy_for(case, on, case.payer(on), case.coverage_kind(on))


def policy_for(case: Case, on: date, payer: Payer | None, kind: str | None) -> Policy | None:
    """The policy that stands for a payer on a day; None where no page has one."""
    known = case.rules.listed(Policy, on)
    if payer is not None and payer.policy is not None:
        return next((each for each in known if each.name == payer.policy), None)
    return next((each for each in known if kind in each.for_kinds), None)


def asks_of(case: Case, policy: Policy, on: date) -> dict[Item, Ask]:
    """What a policy asks for on a day, by item, with what it takes from those it builds on."""
    return dict(_asks_of(case, policy.name, on))


def asks_in_force(rules: Rules, policy: str, on: date) -> dict[Item, Ask]:
    """What a policy asks for on a day by its pages alone, whoever pays and for whom."""
    found: dict[Item, Ask] = {}
    for each in reversed(tuple(_lineage(rules, policy, on))):
        found = {item: ask for item, ask in found.items() if item not in each.does_not_ask}
        found.update({ask.name: ask for ask in rules.listed(Ask, on) if ask.policy == each.name})
    return found


def asks_for(case: Case, policy: Policy, payer: Payer | None, on: date) -> dict[Item, Ask]:
    """What a policy asks for on a day, and what the directory says of the payer itself."""
    found = asks_of(case, policy, on)
    for item in DIRECTORY_ITEMS:
        if payer is not None and item in payer.asks_for:
            found[item] = _by_directory(policy, payer, item, found.get(item))
    return found


@once
def _asks_of(case: Case, policy: str, on: date) -> Mapping[Item, Ask]:
    return MappingProxyType(asks_in_force(case.rules, policy, on))


def _lineage(rules: Rules, policy: str, on: date) -> Iterator[Policy]:
    """A policy, the one that it builds on, and so on; a circle ends where it closes."""
    known = {each.name: each for each in rules.listed(Policy, on)}
    seen: set[str] = set()
    name: str | None = policy
    while name is not None and name in known and name not in seen:
        seen.add(name)
        yield known[name]
        name = known[name].builds_on


def _by_directory(policy: Policy, payer: Payer, item: Item, known: Ask | None) -> Ask:
    """The payer's own wish as the site wrote it down; a policy's words for it are kept."""
    source = "the directory: asks_for of the payer"
    row = f"site: payer {payer.name}"
    if known is not None:
        return replace(known, source=source, row=row, evidence=(), confidence="high")
    return Ask(
        name=item,
        file="payers.toml",
        policy=policy.name,
        label=item.replace("_", " "),
        since=payer.since,
        editions=("public", "page"),
        source=source,
        row=row,
        confidence="high",
    )
