"""Rules for who confirms or discards a record, and for what a confirmation may attest.

docs/standing.md, section 6. Each names what would make the request acceptable.
"""

from __future__ import annotations

from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.decisions import (
    ATTESTABLE,
    AttestedStep,
    ReportConfirmed,
    ReportDiscarded,
)
from veinledger.domain.findings import Objection
from veinledger.domain.intake.request import Request
from veinledger.domain.standing.encounter import chain_of
from veinledger.domain.standing.history import Effective


def a_decision_is_about_a_record_that_waits_or_is_disputed(asked: Request) -> Objection | None:
    """Confirming or discarding is for records that have no place by themselves."""
    if not isinstance(asked.fact, (ReportConfirmed, ReportDiscarded)):
        return None
    standing = asked.known.standings.get(asked.fact.target)
    if standing is not None and standing.status in ("waiting", "disputed"):
        return None
    return Objection(
        rule="a_decision_is_about_a_record_that_waits_or_is_disputed",
        reason="its target is not a record of this encounter that waits or is disputed",
        remedy="take the report key from `veinledger parked`; void a record that is in effect",
        source="docs/standing.md, section 6",
        field="target",
    )


def an_attested_step_is_on_the_way_of_the_product(asked: Request) -> Objection | None:
    """What was done to the patient is reported by whoever did it; nobody else can attest it."""
    if not isinstance(asked.fact, ReportConfirmed) or not asked.fact.attested:
        return None
    target = next((r for r in asked.known.known if r.key == asked.fact.target), None)
    named = target is not None and chain_of(target.fact) is not None
    if named and all(step.type in ATTESTABLE for step in asked.fact.attested):
        return None
    return Objection(
        rule="an_attested_step_is_on_the_way_of_the_product",
        reason="the confirmation attests a step that is not of the product's way to the bedside,"
        " or its target names no chain of identity",
        remedy=f"attest one of {', '.join(ATTESTABLE)}; have anything else reported",
        source="docs/standing.md, section 6",
        field="attested",
    )


def an_attested_step_is_one_that_is_missing(
    fact: ReportConfirmed, after: Effective
) -> Objection | None:
    """Steps are attested so that a record has its legal place; `after` is with all of them."""
    if not fact.attested:
        return None
    taken = {each.record.key: each for each in after.taken}
    mine = [each for each in after.taken if _is_attested_for(each.record.fact, fact.target)]
    placed = fact.target in taken and not taken[fact.target].by_confirmation
    if placed and len(mine) >= len(fact.attested) and not any(e.by_confirmation for e in mine):
        return None
    return Objection(
        rule="an_attested_step_is_one_that_is_missing",
        reason="with the attested steps the record still has no legal place, or one of them has"
        " none or was reported",
        remedy="attest the steps that `veinledger parked` names as missing, each on its day",
        source="docs/standing.md, section 6",
        field="attested",
    )


def _is_attested_for(fact: Fact, target: str) -> bool:
    return isinstance(fact, AttestedStep) and fact.confirmed == target
