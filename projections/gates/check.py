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
from veinledger.domain.centre.certified import centre_then
from veinledger.domain.codebook.statement import in_force
from veinledger.domain.facts.decisions import FindingSettled
from veinledger.domain.facts.encounter import EncounterOpened
from veinledger.domain.findings import Finding
from veinledger.domain.gates.gate import GateRule, Intent
from veinledger.domain.reports import Record
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import (
    Effective,
    History,
    KnownAt,
    effective_by,
    folded_history,
)
from veinledger.projections.case.case import Case
from veinledger.projections.case.decided import settlements
from veinledger.projections.case.memo import as_asked_last
from veinledger.projections.case.opening import case_by
from veinledger.projections.case.policies import policy_of
from veinledger.projections.discovery import every_module_of
from veinledger.projections.gates import rules as rules_package
from veinledger.projections.gates.money import at_risk
from veinledger.projections.gates.registry import (
    GATES,
    Asked,
    Found,
    rules_before,
)
from veinledger.projections.gates.rules.ledger.page import COMPLETE, no_page
from veinledger.projections.gates.shapes import Check, Settled, Verdict

every_module_of(rules_package)

_ORDER: Final = ("not met", "settled", "met", "not asked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What somebody asks leave for, and on which local day."""

    intent: Intent
    on: date


def check(
    history: History, centre: Centre, rules: Rules, step: Step, known_at: KnownAt = None
) -> Check:
    """Every gate before a step, those that are not met first.

    Where no complete page describes the product, or nobody has opened the encounter, the one gate
    that says so, with what to do. Every row has its function: reading the rules refused the others.
    """
    on = step.on
    folded = folded_history(history, known_at)
    seen = effective_by(folded, on)
    case = case_by(folded, seen, centre_then(centre, folded, on, known_at), rules)
    found = _without_a_page(seen, rules, step) if case is None else _of_the_day(case, step)
    payer = case.payer(on) if case is not None else None
    return Check(
        encounter=history.encounter,
        edition=rules.edition,
        rule_pack=rules.digest,
        intent=step.intent,
        on=on,
        product=seen.state.product,
        stage=str(seen.stage),
        payer=payer.name if payer else None,
        verdicts=tuple(sorted(found, key=_place)),
        judged=case is not None,
    )


def _place(verdict: Verdict) -> tuple[int, bool, bool]:
    """What nobody may settle goes first: before it is put right the others do not matter."""
    return (_ORDER.index(verdict.state), verdict.weight != "stops", verdict.finding is not None)


def _of_the_day(case: Case, step: Step) -> tuple[Verdict, ...]:
    """Gates, findings and packets all ask about the steps of one day."""
    return as_asked_last(case, check, step.on, step.intent, lambda: tuple(_of_the_case(case, step)))


def _of_the_case(case: Case, step: Step) -> Iterator[Verdict]:
    policy = policy_of(case, step.on)
    for rule in rules_before(case, step.intent, step.on):
        asked = Asked(case=case, intent=step.intent, on=step.on, rule=rule, policy=policy)
        found = GATES[rule.name](asked)
        verdict = _verdict(case.seen, rule, found, step)
        if found.state == "not met":
            money = at_risk(case, rule.claims, step.on)
            if money is not None:
                verdict = replace(verdict, at_risk=money.amount, at_risk_reason=money.reason)
        yield verdict


def _without_a_page(seen: Effective, rules: Rules, step: Step) -> Iterator[Verdict]:
    """What can be said where nothing else can be judged."""
    rows = in_force(rules.listing.all(GateRule), step.on, rules.edition)
    rule = next((each for each in rows if each.name == COMPLETE), None)
    if rule is not None:
        product = rules.products.find(seen.state.product)
        yield _verdict(seen, rule, no_page(seen, product, step.on), step)


def _verdict(seen: Effective, rule: GateRule, found: Found, step: Step) -> Verdict:
    records = tuple(dict.fromkeys(each.key for each in found.records)) or _opening(seen)
    verdict = Verdict(
        gate=rule.name,
        label=rule.label,
        state=found.state,
        weight=rule.weight,
        reason=found.reason,
        remedy="",
        source=found.source or rule.said_by,
        confidence=found.confidence or rule.confidence,
        records=records,
        claims=rule.claims,
    )
    return verdict if found.state != "not met" else _not_met(seen, rule, found, verdict, step)


def _not_met(
    seen: Effective, rule: GateRule, found: Found, verdict: Verdict, step: Step
) -> Verdict:
    """With what a person may settle, and that he did where he did."""
    remedy = found.remedy or rule.remedy
    if not rule.settles:
        return replace(verdict, remedy=remedy)
    finding = Finding(
        rule=_name(rule, found, step),
        severity="critical" if rule.weight == "stops" else "warning",
        reason=found.reason,
        remedy=remedy,
        source=verdict.source,
        records=verdict.records,
        holds=rule.weight == "stops",
    )
    by = settlements(seen).get(finding.key)
    return replace(
        verdict,
        state="not met" if by is None else "settled",
        remedy=remedy,
        finding=finding,
        settled=None if by is None else _settled(by),
    )


def _name(rule: GateRule, found: Found, step: Step) -> str:
    """Leave to collect is none to infuse, and leave for one day none for another."""
    day = f":{step.on}" if found.on_this_day else ""
    return f"{rule.name}:{step.intent}{day}"


def _settled(record: Record) -> Settled | None:
    match record.fact:
        case FindingSettled() as fact:
            return Settled(
                by=record.actor.id,
                role=record.actor.role,
                credential=fact.credential,
                decision=fact.decision,
                code=fact.code,
                reason=fact.reason,
                record=record.key,
            )
        case _:
            return None


def _opening(seen: Effective) -> tuple[str, ...]:
    return tuple(record.key for record, _ in seen.of(EncounterOpened))[:1]
