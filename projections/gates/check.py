"""`check`: may a step be taken on a day, would it be paid, and what is missing. Before the act.

A pure function of the history: what happened after the day asked about plays no part, nor does what
was not known then.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from veinledger.domain.centre.centre import Centre
from veinledger.domain.facts.encounter import EncounterOpened
from veinledger.domain.findings import Finding
from veinledger.domain.gates.gate import GateRule, Intent
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import History, KnownAt
from veinledger.projections.case.case import Case
from veinledger.projections.case.opening import case_of
from veinledger.projections.discovery import every_module_of
from veinledger.projections.gates import rules as rules_package
from veinledger.projections.gates.registry import GATES, Asked, Found, policy_of, rules_before
from veinledger.projections.gates.shapes import Check, Verdict

every_module_of(rules_package)

_ORDER: Final = {"not met": 0, "settled": 1, "met": 2, "not asked": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What somebody asks leave for, and on which local day."""

    intent: Intent
    on: date


def check(
    history: History, centre: Centre, rules: Rules, step: Step, known_at: KnownAt = None
) -> Check | None:
    """Every gate before a step; None where no complete page describes the product."""
    intent, on = step.intent, step.on
    case = case_of(history, centre, rules, on, known_at)
    if case is None:
        return None
    payer = case.payer(on)
    found = sorted(_verdicts(case, intent, on), key=lambda each: _ORDER[each.state])
    return Check(
        encounter=history.encounter,
        edition=rules.edition,
        rule_pack=rules.digest,
        intent=intent,
        on=on,
        payer=payer.name if payer else None,
        verdicts=tuple(found),
    )


def _verdicts(case: Case, intent: Intent, on: date) -> Iterator[Verdict]:
    policy = policy_of(case, on)
    for rule in rules_before(case, intent, on):
        asked = Asked(case=case, intent=intent, on=on, rule=rule, policy=policy)
        yield _verdict(case, rule, GATES[rule.name](asked))


def _verdict(case: Case, rule: GateRule, found: Found) -> Verdict:
    records = tuple(dict.fromkeys(each.key for each in found.records)) or _opening(case)
    verdict = Verdict(
        gate=rule.name,
        label=rule.label,
        state=found.state,
        weight=rule.weight,
        reason=found.reason,
        remedy="",
        source=rule.said_by,
        confidence=rule.confidence,
        records=records,
        claims=rule.claims,
    )
    return verdict if found.state != "not met" else _not_met(case, rule, found, verdict)


def _not_met(case: Case, rule: GateRule, found: Found, verdict: Verdict) -> Verdict:
    """With what a person may settle, and that he did where he did."""
    finding = Finding(
        rule=rule.name,
        severity="critical" if rule.weight == "stops" else "warning",
        reason=found.reason,
        remedy=found.remedy or rule.remedy,
        source=rule.said_by,
        records=verdict.records,
        holds=rule.weight == "stops",
    )
    settled = finding.key in case.settled()
    return replace(
        verdict,
        state="settled" if settled else "not met",
        remedy=finding.remedy,
        finding=finding,
    )


def _opening(case: Case) -> tuple[str, ...]:
    return tuple(record.key for record, _ in case.seen.of(EncounterOpened))[:1]
