"""Examinations that a payer asks for: performance, heart, lungs, kidneys, liver, target, burden."""

from __future__ import annotations

from veinledger.domain.facts.disease import DiseaseAssessed
from veinledger.domain.policies.policy import Ask
from veinledger.domain.reports import Record
from veinledger.projections.case.examinations import Examination, examination, young_enough
from veinledger.projections.gates.registry import Asked, Found, gate, met, not_asked, not_met
from veinledger.projections.gates.rules.patient.results import judged, not_cleared
from veinledger.projections.gates.rules.patient.saying import (
    age,
    aged,
    asked_for,
    days,
    nobody_asks,
)


@gate
def the_performance_status_is_what_the_payer_takes(asked: Asked) -> Found:
    """ECOG: the newest value, at most the payer's."""
    return judged(asked, "ecog", "an ECOG performance status", "ECOG")


@gate
def the_heart_was_cleared(asked: Asked) -> Found:
    """By the ejection fraction."""
    return judged(asked, "cardiac_clearance", "a cardiac clearance", "LVEF")


@gate
def the_lungs_were_cleared(asked: Asked) -> Found:
    """By pulmonary function tests."""
    return judged(asked, "pulmonary_clearance", "a pulmonary clearance", "pulmonary")


@gate
def kidneys_and_liver_were_cleared(asked: Asked) -> Found:
    """Adequate organ function: both."""
    return judged(asked, "organ_function", "renal and hepatic function", "renal", "hepatic")


@gate
def no_autoimmune_disease_is_active(asked: Asked) -> Found:
    """None that needs systemic immunosuppression."""
    return judged(asked, "no_autoimmune_disease", "a search for autoimmune disease", "autoimmune")


@gate
def the_target_was_proven_on_the_disease(asked: Asked) -> Found:
    """BCMA on the myeloma; a product that is aimed at something else has no need of it."""
    product = asked.case.product
    if product.target != "BCMA":
        return not_asked(f"{product.brand} is aimed at {product.target}, not at BCMA")
    return judged(asked, "bcma_pathology", "BCMA pathology", "BCMA pathology")


@gate
def the_disease_burden_was_measured_lately(asked: Asked) -> Found:
    """Imaging, or an assessment of the disease, within the days of the payer."""
    ask = asked.asks("imaging")
    if ask is None:
        return nobody_asks(asked, "imaging or another measure of the disease burden")
    imaged = examination(asked.case, "imaging", asked.on)
    told = not_cleared(imaged) if imaged else None
    if imaged is not None and told is not None:
        return asked_for(asked, ask, not_met(told, imaged.record))
    measured = _measured(asked, imaged)
    young = young_enough(asked.case, measured, ask.within_days, asked.on)
    if young is None:
        told = _too_old(asked, ask, measured)
        return asked_for(asked, ask, not_met(told, *measured, on_this_day=bool(measured)))
    what = "assessment of the disease" if _is_assessment(young.record) else "imaging"
    said = f"{what} of {young.record.day}, {aged(young, asked.on, ask.within_days)}"
    return asked_for(asked, ask, met(said, young.record))


def _measured(asked: Asked, imaged: Examination | None) -> tuple[Record, ...]:
    """Imaging that cleared, and assessments, in the order in which they happened."""
    assessed = (pair[0] for pair in asked.case.seen.of(DiseaseAssessed) if pair[0].day <= asked.on)
    every = (*assessed, *(imaged.cleared if imaged else ()))
    return tuple(sorted(every, key=lambda each: asked.case.order[each.key]))


def _too_old(asked: Asked, ask: Ask, measured: tuple[Record, ...]) -> str:
    if not measured:
        return "neither imaging nor an assessment of the disease is recorded"
    last = measured[-1]
    what = "an assessment of the disease" if _is_assessment(last) else "imaging"
    told = f"the newest measure of the disease burden, {what} of {last.day}, is"
    return f"{told} {age(last.day, asked.on)}, and may be {days(ask.within_days or 0)} at most"


def _is_assessment(record: Record) -> bool:
    return isinstance(record.fact, DiseaseAssessed)
