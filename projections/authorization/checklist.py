"""The payer's checklist: each item, how its evidence stands, and what would supply the rest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final, get_args

from veinledger.domain.centre.certification import Certification
from veinledger.domain.facts.authorization import CertificationRecorded
from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.disease import (
    ClearanceRecorded,
    TherapyLineRecorded,
    TherapyRefractorinessDocumented,
)
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted, SurveillancePlanFiled
from veinledger.domain.policies.policy import Ask, Item
from veinledger.domain.reports import Record
from veinledger.projections.authorization.addressee import Addressee
from veinledger.projections.authorization.shapes import ChecklistItem, Evidence
from veinledger.projections.case.case import Case
from veinledger.projections.case.evidence.certificates import last_day, programme_label
from veinledger.projections.case.evidence.clearances import worded
from veinledger.projections.case.evidence.question import FROM_THE_WORST, Question, Reading
from veinledger.projections.case.evidence.reading import reading
from veinledger.projections.case.surveillance import calendar, is_asked_by_the_rems

LABELS: Final[dict[Item, str]] = {
    "fact_accreditation": "FACT or FACT-JACIE accreditation",
    "rems_certification": "Certificates of the product's REMS",
    "authorized_centre": "Centre in the payer's network for CAR-T",
    "prior_therapy_log": "Prior therapy log",
    "indication_documented": "What the indication asks for",
    "ecog": "ECOG performance status",
    "bcma_pathology": "Pathology: BCMA-expressing myeloma",
    "imaging": "Imaging and disease burden",
    "cardiac_clearance": "Cardiac clearance",
    "pulmonary_clearance": "Pulmonary clearance",
    "organ_function": "Kidney and liver function",
    "baseline_neurology": "Neurological assessment before infusion",
    "neurological_plan": "Plan of the neurological surveillance",
    "no_autoimmune_disease": "No active autoimmune disease",
}
"""What an item is called where no payer asks for it."""

OF_THE_REMS: Final[tuple[Item, ...]] = ("baseline_neurology", "neurological_plan")
"""What a REMS would ask for beside its certificates, in an edition that believes so."""


def checklist(case: Case, to: Addressee, on: date) -> tuple[ChecklistItem, ...]:
    """Every item, those that keep the request back first; the others in the page's order."""
    asked = _by_the_rems(case, to, on) | to.asks(case, on)
    items = [_item(case, to, item, asked.get(item), on) for item in get_args(Item)]
    return tuple(sorted(items, key=lambda each: FROM_THE_WORST.index(each.state)))


def _by_the_rems(case: Case, to: Addressee, on: date) -> dict[Item, Ask]:
    """What the edition takes for the REMS's own demand, whoever pays."""
    known = calendar(case, on)
    rule = case.rules.find(known.rule, on) if known else None
    if rule is None or to.policy is None or not is_asked_by_the_rems(case, on):
        return {}
    return {
        item: Ask(
            name=item,
            file=rule.file,
            policy=to.policy.name,
            label=LABELS[item],
            text="As the REMS of this edition has it",
            since=rule.since,
            editions=rule.editions,
            source=rule.source,
            row=rule.row,
            confidence=rule.confidence,
            consequence=rule.consequence,
        )
        for item in OF_THE_REMS
    }


def _item(case: Case, to: Addressee, item: Item, ask: Ask | None, on: date) -> ChecklistItem:
    if ask is None:
        return _unasked(case, to, item, on)
    found = reading(Question(case=case, on=on, ask=ask, payer=to.name))
    return ChecklistItem(
        item=item,
        label=ask.label,
        state=found.state,
        found=found.found,
        remedy=found.remedy,
        asks=_asks(ask),
        evidence=tuple(_evidence(found, case.seen.encounter)),
        source=ask.said_by,
        confidence=ask.confidence,
    )


def _unasked(case: Case, to: Addressee, item: Item, on: date) -> ChecklistItem:
    policy = to.policy
    ends = [
        ask.until
        for ask in case.rules.listing.all(Ask)
        if ask.name == item
        and policy is not None
        and ask.policy in (policy.name, policy.builds_on)
        and case.rules.edition in ask.editions
        and ask.until is not None
        and ask.until <= on
    ]
    asked_before = f"; it did before {max(ends)}" if ends else ""
    return ChecklistItem(
        item=item,
        label=LABELS[item],
        state="not asked",
        found=f"this payer does not ask for it{asked_before}"
        if policy
        else "no policy says whether it is asked for",
        remedy="",
        asks="",
        source=policy.said_by if policy else "no policy on file",
        confidence=policy.confidence if policy else "unverified",
    )


def _asks(ask: Ask) -> str:
    """What the payer wants to read, and its limits."""
    limits = (
        f"at most {ask.at_most.normalize():f}" if ask.at_most is not None else "",
        f"at least {ask.at_least.normalize():f}" if ask.at_least is not None else "",
        f"not older than {ask.within_days} days" if ask.within_days is not None else "",
    )
    said = ", ".join(limit for limit in limits if limit)
    return "; ".join(part for part in (ask.text or "", said) if part)


def _evidence(found: Reading, here: str) -> Iterator[Evidence]:
    for held in found.certificates:
        if held.told is not None:
            yield _of_a_certificate(held, held.told)
    for record in found.records:
        yield Evidence(
            record=record.key,
            number=record.seal.sequence,
            stream="encounter",
            day=record.day,
            what=_what(record.fact),
            source=came_by(record),
            document=getattr(record.fact, "document", None),
            merged=None if record.name == here else record.name,
        )


def _of_a_certificate(held: Certification, told: Record) -> Evidence:
    document = told.fact.document if isinstance(told.fact, CertificationRecorded) else None
    return Evidence(
        record=held.record,
        number=told.seal.sequence,
        stream="centre",
        day=held.since,
        what=f"{programme_label(held)}, {held.role}",
        source=came_by(told),
        document=document or held.reference,
        until=last_day(held),
    )


def came_by(record: Record) -> str:
    """Connection, message and item."""
    return f"{record.source.connection} {record.source.message} item {record.source.item}"


def _what(fact: Fact) -> str:
    match fact:
        case ClearanceRecorded():
            return worded(fact)
        case TherapyLineRecorded(line=line, regimen=regimen):
            return f"line {line}: {regimen}"
        case TherapyRefractorinessDocumented(drug=drug, progressed_on=day):
            return f"refractory to {drug}, progression on {day}"
        case NeurologyVisitCompleted():
            return "neurology visit"
        case SurveillancePlanFiled():
            return "plan of the surveillance"
        case _:
            return fact.type.replace(".", " ").replace("_", " ")
