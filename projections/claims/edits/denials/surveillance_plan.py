"""Denial 6: no plan for the neurological surveillance, or no baseline to compare with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from veinledger.domain.facts.disease import ClearanceRecorded
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted, SurveillancePlanFiled
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.findings import Finding
from veinledger.projections.case.case import Case
from veinledger.projections.claims.edits.reading import say
from veinledger.projections.claims.edits.registry import Draft, edit

PLAN: Final = "no surveillance plan"


@edit("C", denial=6, source="page: denial 6; no REMS ever asked for the visits, row R74")
def the_neurological_surveillance_is_planned(draft: Draft) -> Iterator[Finding]:
    """Where the payer asks it holds; where services are authorized beforehand it is told."""
    case, infused = draft.bill.case, next(draft.bill.of(CellsInfused), None)
    asked = infused is not None and _asked(case, infused[0].day)
    if infused is None or not (asked or _is_wanted(case, infused[0].day)):
        return
    if not asked and case.product.calendar(infused[0].day, case.rules.edition) is None:
        return
    missing = dict(_missing(case, infused[0].day))
    if missing:
        yield say(
            (infused[0].key,),
            f"{' and '.join(missing)} {'are' if len(missing) > 1 else 'is'} on record",
            "; ".join(missing.values()),
            holds=asked,
        )


def plan_is_missed(draft: Draft) -> bool:
    """Whether this edit asks for the plan already: nobody else has to."""
    found = the_neurological_surveillance_is_planned(draft)
    return any(PLAN in each.reason for each in found)


def _asked(case: Case, day: date) -> bool:
    payer = case.payer(day)
    return payer is not None and "neurological_plan" in payer.asks_for


def _is_wanted(case: Case, day: date) -> bool:
    """Always where the edition takes it for the REMS's, else where a payer authorizes first."""
    rule = case.rules.find("neurology_surveillance", day)
    if rule is not None and rule.code == "rems":
        return True
    entry = case.rules.find("prior_authorization", day, case.coverage_kind(day))
    return entry is not None and entry.code == "required"


def _missing(case: Case, day: date) -> Iterator[tuple[str, str]]:
    """What is not on record, and what to do about it."""
    plans = [fact for _, fact in case.seen.of(SurveillancePlanFiled)]
    if not plans:
        visits = ", ".join(_visits(case, day))
        listed = f" with its visits ({visits})" if visits else ""
        yield PLAN, f"file the plan{listed}, {_on_whose_word(case, day)}"
    examined = [
        *(record.day for record, _ in case.seen.of(NeurologyVisitCompleted)),
        *(r.day for r, fact in case.seen.of(ClearanceRecorded) if fact.kind == "neurology"),
        *(plan.baseline_on for plan in plans if plan.baseline_on),
    ]
    if not any(each <= day for each in examined):
        yield (
            "no baseline examination before the infusion",
            "report the neurological examination that was made before the infusion",
        )


def _visits(case: Case, day: date) -> tuple[str, ...]:
    calendar = case.product.calendar(day, case.rules.edition)
    return tuple(visit.name.replace("_", " ") for visit in calendar.visits) if calendar else ()


def _on_whose_word(case: Case, day: date) -> str:
    rule = case.rules.find("neurology_surveillance", day)
    by_rems = rule is not None and rule.code == "rems"
    return (
        "as the page's REMS has it"
        if by_rems
        else "as a protocol of the site (no REMS asks for it)"
    )
