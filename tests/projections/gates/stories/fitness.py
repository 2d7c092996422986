"""How the patient is: what the gates of fitness.toml answer."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from tests.claims.cells import site
from tests.given import opened, record
from tests.projections.gates.ready import (
    assessed,
    cleared,
    granted,
    line,
    ready,
    requested,
    without,
)
from tests.projections.gates.stories.registry import before
from veinledger.domain.facts.patient import PatientMeasured
from veinledger.domain.reports import Record

ECOG: Final = "the_performance_status_is_what_the_payer_takes"
HEART: Final = "the_heart_was_cleared"
LUNGS: Final = "the_lungs_were_cleared"
ORGANS: Final = "kidneys_and_liver_were_cleared"
AUTOIMMUNE: Final = "no_autoimmune_disease_is_active"
TARGET: Final = "the_target_was_proven_on_the_disease"
BURDEN: Final = "the_disease_burden_was_measured_lately"
INFECTION: Final = "no_infection_is_active"
UNASKED: Final = "an_examination_against_the_therapy_is_read_whoever_pays"
SURFACE: Final = "the_body_surface_was_measured_lately"
WEIGHT: Final = "the_weight_was_measured_lately"
UNITED: Final = site(policy="unitedhealthcare")
"""Every payer of the directory is told to follow UnitedHealthcare's policy."""


def medicare() -> list[Record]:
    return opened("medicare", indication="second_line")


@before(ECOG, "met", "ECOG performance status 1 (at most 2) of 2026-03-12 cleared the patient")
@before(HEART, "met", "left ventricular ejection fraction 60% of 2026-03-12 cleared", "60 days old")
@before(LUNGS, "met", "pulmonary function test of 2026-03-12 cleared")
@before(ORGANS, "not asked", "does not ask for renal and hepatic function")
@before(
    ORGANS,
    "met",
    "renal function test of 2026-03-12 cleared",
    "hepatic function test",
    centre=UNITED,
)
@before(AUTOIMMUNE, "met", "search for an active autoimmune disease of 2026-03-12 cleared")
@before(TARGET, "met", "BCMA pathology of 2026-03-12 cleared")
@before(BURDEN, "met", "imaging of 2026-03-17, 55 days old, at most 60 days")
@before(INFECTION, "met", "no active infection on 2026-05-04, 7 days old")
@before(UNASKED, "met", "renal function test, hepatic function test")
@before(WEIGHT, "met", "weight of 2026-05-03, 8 days old")
@before(SURFACE, "met", "body surface area of 2026-05-03", intent="lymphodeplete")
def all_of_it() -> list[Record]:
    return ready()


@before(ECOG, "not asked", "Medicare, NCD 110.24 does not ask for an ECOG performance status")
@before(HEART, "not asked")
@before(BURDEN, "not asked")
@before(UNASKED, "met", "ECOG performance status, left ventricular ejection fraction")
def medicare_asks_for_nothing() -> list[Record]:
    return ready(medicare())


@before(ECOG, "not asked", "no payer is on record on 2026-05-11")
def nobody_pays() -> list[Record]:
    return ready(without("coverage.recorded"))


@before(ECOG, "not met", "no ECOG performance status is recorded", "(asked for by Commercial payer")
@before(ECOG, "not met", "Commercial payer", intent="collect")
@before(HEART, "not met", "no left ventricular ejection fraction is recorded")
@before(LUNGS, "not met", "no pulmonary function test is recorded")
@before(AUTOIMMUNE, "not met", "no search for an active autoimmune disease is recorded")
@before(TARGET, "not met", "no BCMA pathology is recorded")
@before(INFECTION, "not met", "no search for an active infection is recorded")
@before(WEIGHT, "met", "weight of 2026-05-01")
@before(UNASKED, "not asked")
@before(ORGANS, "not met", "no renal function test is recorded; no hepatic", centre=UNITED)
def nobody_examined_the_patient() -> list[Record]:
    left_out = ("ecog", "lvef", "pulmonary", "renal", "hepatic", "autoimmune", "pathology")
    return ready(**dict.fromkeys((*left_out, "infection", "measured"), ()))


@before(ECOG, "met", "ECOG performance status 2 (at most 2)")
def an_ecog_of_two() -> list[Record]:
    return ready(ecog=[cleared("ECOG", -60, value=Decimal("2.0"))])


@before(ECOG, "not met", "ECOG performance status 3 of 2026-03-12 is above 2")
def an_ecog_of_three() -> list[Record]:
    return ready(ecog=[cleared("ECOG", -60, value=Decimal(3))])


@before(ECOG, "not met", "ECOG performance status of 2026-03-12 has no value")
def an_ecog_without_a_value() -> list[Record]:
    return ready(ecog=[cleared("ECOG", -60)])


@before(ECOG, "not met", "did not clear the patient, and overrules that of 2026-03-12, which had")
def a_later_ecog_overrules() -> list[Record]:
    worse = cleared("ECOG", -10, "not cleared", value=Decimal(3))
    return ready(ecog=[cleared("ECOG", -60, value=Decimal(1)), worse])


@before(ECOG, "met", "ECOG performance status 1")
def an_ecog_that_became_better() -> list[Record]:
    worse = cleared("ECOG", -70, "not cleared", value=Decimal(3))
    return ready(ecog=[worse, cleared("ECOG", -60, value=Decimal(1))])


@before(HEART, "not met", "of 2026-05-01 is pending; that of 2026-03-12 had cleared the patient")
def a_heart_examined_again() -> list[Record]:
    again = cleared("LVEF", -10, "pending")
    return ready(lvef=[cleared("LVEF", -60, value=Decimal(60), unit="%"), again])


@before(ORGANS, "not met", "hepatic function test of 2026-04-01 did not clear", centre=UNITED)
@before(UNASKED, "not met", "hepatic function test of 2026-04-01 did not clear the patient")
def a_liver_that_was_not_cleared() -> list[Record]:
    return ready(hepatic=[cleared("hepatic", -40, "not cleared")])


@before(UNASKED, "not met", "left ventricular ejection fraction 30 of 2026-04-01 did not clear")
@before(HEART, "not asked")
def a_heart_that_medicare_did_not_ask_about() -> list[Record]:
    return ready(medicare(), lvef=[cleared("LVEF", -40, "not cleared", value=Decimal(30))])


@before(
    AUTOIMMUNE, "not met", "search for an active autoimmune disease of 2026-03-12 did not clear"
)
def an_autoimmune_disease() -> list[Record]:
    return ready(autoimmune=[cleared("autoimmune", -60, "not cleared")])


@before(TARGET, "not asked", "YESCARTA is aimed at CD19, not at BCMA")
@before(UNASKED, "met", "renal function test")
def a_product_aimed_at_something_else() -> list[Record]:
    told = opened(product="yescarta", indication="2L+", code="C83.31")
    pathology = [cleared("BCMA pathology", -60, "not cleared")]
    return ready(told, lines=[line(1, "R", "rituximab")], refractory=(), pathology=pathology)


@before(UNASKED, "not asked")
def a_pathology_of_another_target() -> list[Record]:
    told = opened("medicare", product="yescarta", indication="2L+", code="C83.31")
    gone = ("ecog", "lvef", "pulmonary", "renal", "hepatic", "imaging", "autoimmune")
    pathology = [cleared("BCMA pathology", -60, "not cleared")]
    return ready(told, pathology=pathology, **dict.fromkeys(gone, ()))


@before(BURDEN, "not met", "neither imaging nor an assessment of the disease is recorded")
def nobody_measured_the_burden() -> list[Record]:
    return ready(without("disease.assessed"), imaging=())


@before(
    BURDEN, "not met", "an assessment of the disease of 2026-02-20, is 80 days old", "60 days at"
)
def a_burden_of_another_season() -> list[Record]:
    return ready(imaging=(), asked=())


@before(BURDEN, "met", "assessment of the disease of 2026-04-21, 20 days old, at most 60 days")
def an_assessment_of_three_weeks_ago() -> list[Record]:
    return [*ready(imaging=(), asked=()), assessed(-20, "not in remission", "C90.00")]


@before(BURDEN, "met", "54 days old on 2026-03-26, when the payer looked, at most 60 days")
def imaging_that_was_young_when_the_payer_said_yes() -> list[Record]:
    old = [cleared("imaging", -100)]
    return ready(without("disease.assessed"), imaging=old, asked=[granted()])


@before(BURDEN, "not met", "is 100 days old, and may be 60 days at most")
def another_payer_looked_at_it() -> list[Record]:
    old = [cleared("imaging", -100)]
    elsewhere = [requested(payer="birch_health")]
    return ready(without("disease.assessed"), imaging=old, asked=elsewhere)


@before(BURDEN, "not met", "imaging of 2026-05-01 did not clear the patient")
def imaging_against_it() -> list[Record]:
    return ready(imaging=[cleared("imaging", -10, "not cleared")])


@before(INFECTION, "not met", "of 2026-04-26 is 15 days old, and may be 14 days at most")
def an_infection_looked_for_long_ago() -> list[Record]:
    return ready(infection=[cleared("infection", -15)])


@before(INFECTION, "met", "no active infection on 2026-04-27, 14 days old")
def an_infection_looked_for_just_in_time() -> list[Record]:
    return ready(infection=[cleared("infection", -14)])


@before(INFECTION, "not met", "did not clear the patient, and overrules that of 2026-05-04")
def an_infection_that_came() -> list[Record]:
    return ready(infection=[cleared("infection", -7), cleared("infection", -1, "not cleared")])


@before(WEIGHT, "not met", "weight of 2026-04-10, 31 days old; it may be 30 days at most")
@before(SURFACE, "met", "body surface area of 2026-05-01", intent="lymphodeplete")
def a_weight_of_last_month() -> list[Record]:
    told = without("patient.measured")
    weighed = record(PatientMeasured(weight=Decimal(70), height=Decimal(176)), -31, "weighed")
    area = record(PatientMeasured(bsa=Decimal("1.85")), -10, "area")
    return ready(told, measured=[weighed, area])


@before(WEIGHT, "not met", "no weight is recorded")
@before(SURFACE, "not met", "no body surface area is recorded", intent="lymphodeplete")
def never_weighed() -> list[Record]:
    told = without("patient.measured")
    return ready(told, measured=[record(PatientMeasured(height=Decimal(176)), -10, "height")])
