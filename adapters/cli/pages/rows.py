"""Gates and policies as their pages have them, in words: a block a page, a row a statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from rich.console import RenderableType

from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.claims import sure
from veinledger.adapters.cli.show.tables import Cell, heading, inset, joined, listing, plural, title
from veinledger.domain.codebook.statement import Edition
from veinledger.domain.gates.gate import GateRule, Intent
from veinledger.domain.listed import Listed
from veinledger.domain.policies.policy import Ask, Policy
from veinledger.domain.rules import Rules
from veinledger.projections.case.policies import asks_in_force

LEFT = (26,)
"""The width of what a row is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyInForce:
    """A policy, and what it asks for on the day, with what it takes from those it builds on."""

    policy: Policy
    asks: tuple[Ask, ...]


def gates_before(rules: Rules, step: Intent | None, on: date) -> tuple[GateRule, ...]:
    """The rows of gates that hold on a day, before one step or before any."""
    rows = rules.listed(GateRule, on)
    return tuple(each for each in rows if step is None or step in each.before)


def policies_of(rules: Rules, name: str | None, on: date) -> tuple[PolicyInForce, ...]:
    """The policies that hold on a day, each with its asks; or the one of a name."""
    return tuple(
        PolicyInForce(policy=each, asks=tuple(asks_in_force(rules, each.name, on).values()))
        for each in rules.listed(Policy, on)
        if name in (None, each.name)
    )


def gates(found: Sequence[GateRule], on: date, edition: Edition) -> Iterator[RenderableType]:
    """The gates, page by page; the name is what a site's page calls it by."""
    yield heading(f"{plural(len(found), 'gate')} in force on {on}, edition {edition}")
    for file, rows in groupby(sorted(found, key=lambda each: each.file), lambda each: each.file):
        yield ""
        yield title(file)
        for each in rows:
            yield styled(each.name, "bold")
            yield inset(_gate(each))


def policies(
    found: Sequence[PolicyInForce], on: date, edition: Edition
) -> Iterator[RenderableType]:
    """Each policy by its name, for whom it stands and how much it asks for."""
    number = plural(len(found), "policy", "policies")
    yield heading(f"{number} in force on {on}, edition {edition}")
    yield ""
    rows = [(each.policy.name, _in_short(each)) for each in found]
    yield inset(listing(rows, widths=LEFT))


def one_policy(each: PolicyInForce, on: date, edition: Edition) -> Iterator[RenderableType]:
    """For whom it stands, its settings, then what it asks for, an ask a row."""
    yield heading(f"{each.policy.name}: in force on {on}, edition {edition}")
    yield ""
    yield title(each.policy.file)
    rows = [*_policy(each.policy), *((ask.label, _ask(ask, each.policy)) for ask in each.asks)]
    yield inset(listing(rows, widths=LEFT))


def _in_short(each: PolicyInForce) -> Cell:
    kinds = "".join(f"; for {kind}" for kind in each.policy.for_kinds)
    asks = f"{plural(len(each.asks), 'item')} asked for"
    return joined(f"{each.policy.label}{kinds}; {asks}", *_source(each.policy))


def _gate(each: GateRule) -> RenderableType:
    payers = f", of {' and '.join(each.only_for)} alone" if each.only_for else ""
    limits = "".join(f"; {limit}" for limit in each.limits)
    told = f"{each.label}\n{each.weight} {', '.join(each.before)}{payers}{limits}"
    return joined(told, *_source(each))


def _policy(policy: Policy) -> Iterator[tuple[Cell, Cell]]:
    yield "called", joined(policy.label, *_source(policy))
    if policy.for_kinds:
        yield "stands for", f"{' and '.join(policy.for_kinds)} without a policy of its own"
    yield (
        "authorization",
        {"formal": "asked before the service", "none": "none"}[policy.authorization],
    )
    if policy.builds_on:
        yield "builds on", policy.builds_on
    if policy.settings:
        yield "settings", " or ".join(policy.settings)


def _ask(ask: Ask, policy: Policy) -> Cell:
    limits = (
        ask.text or "",
        f"at most {ask.at_most:f}" if ask.at_most is not None else "",
        f"at least {ask.at_least:f}" if ask.at_least is not None else "",
        f"{ask.within_days} days old at most" if ask.within_days is not None else "",
    )
    told = "; ".join(each for each in limits if each)
    whose = "" if ask.policy == policy.name else f" (of {ask.policy})"
    return joined(told or "asked for", styled(whose, "dim"), *_source(ask))


def _source(each: Listed) -> Iterator[Cell]:
    """Its row, and that it is weak where it is; `--json` has the source in full."""
    yield styled(f" [{each.row}]", "dim")
    if sure(each.confidence):
        yield styled(f" {sure(each.confidence)}", "yellow")
