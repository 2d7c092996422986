"""The nervous system before the cells: what the gates of neurology.toml answer."""

from __future__ import annotations

from typing import Final

from tests.given import collected, day, infused, made, opened, record
from tests.projections.gates.ready import (
    cleared,
    documented,
    line,
    planned,
    ready,
    seen_by_neurology,
)
from tests.projections.gates.stories.registry import before
from veinledger.domain.facts.groups import Condition
from veinledger.domain.facts.toxicity import ToxicityObserved
from veinledger.domain.reports import Record

ASKED: Final = "the_baseline_that_is_asked_for_shows_no_movement_disorder"
BASELINE: Final = "the_surveillance_begins_with_a_baseline_that_found_nothing"
PARKINSONISM: Final = "no_parkinsonism_was_there_before_the_cells"
PLAN_ASKED: Final = "the_surveillance_plan_that_is_asked_for_is_filed"
PLAN: Final = "the_surveillance_is_planned_before_the_cells"


def medicare() -> list[Record]:
    return opened("medicare", indication="second_line")


@before(ASKED, "met", "neurological examination of 2026-05-04, 7 days old, without findings")
@before(BASELINE, "not asked", "others ask for the baseline already")
@before(PARKINSONISM, "met", "no record before the cells speaks of parkinsonism")
@before(PLAN_ASKED, "met", "plan of 2026-03-12 with every visit of the calendar")
@before(PLAN_ASKED, "met", "asked for by Commercial payer", intent="collect")
@before(PLAN, "not asked", "others ask for the plan already")
def all_of_it() -> list[Record]:
    return ready()


@before(ASKED, "not asked", "Medicare, NCD 110.24 does not ask for a baseline")
@before(ASKED, "met", "asked for by the REMS, as this edition has it", edition="page")
@before(BASELINE, "met", "a protocol of the site: no REMS asks for it")
@before(BASELINE, "not asked", edition="page")
@before(PLAN_ASKED, "not asked", "does not ask for a plan of the neurological surveillance")
@before(PLAN_ASKED, "met", "asked for by the REMS", edition="page")
@before(PLAN, "met", "a protocol of the site")
def all_of_it_under_medicare() -> list[Record]:
    return ready(medicare())


@before(
    ASKED, "not met", "no neurological examination before the cells is recorded", edition="page"
)
@before(BASELINE, "not met", "no neurological examination before the cells", "protocol of the site")
@before(PLAN_ASKED, "not met", "no surveillance plan is filed", "by the REMS", edition="page")
@before(PLAN, "not met", "its visits are baseline, month 1, month 3, month 6, month 12")
def nothing_at_all_under_medicare() -> list[Record]:
    return ready(medicare(), baseline=(), plan=())


@before(ASKED, "not met", "no neurological examination before the cells is recorded (asked")
@before(PLAN_ASKED, "not met", "no surveillance plan is filed", intent="collect")
def nothing_at_all() -> list[Record]:
    return ready(baseline=(), plan=())


@before(ASKED, "not met", "has findings; nobody has said whether they are a movement disorder")
def a_baseline_with_a_tremor() -> list[Record]:
    return ready(baseline=[seen_by_neurology(findings=("resting tremor",))])


@before(ASKED, "met", "neurological examination of 2026-05-07, 4 days old, without findings")
def findings_that_neurology_cleared() -> list[Record]:
    seen = seen_by_neurology(findings=("essential tremor of long standing",))
    return ready(baseline=[seen, cleared("neurology", -4)])


@before(ASKED, "not met", "examination of 2026-05-07 did not clear the patient")
@before(BASELINE, "not asked")
def a_baseline_that_was_overruled() -> list[Record]:
    return ready(baseline=[seen_by_neurology(), cleared("neurology", -4, "not cleared")])


@before(ASKED, "not met", "examination of 2026-05-07 is pending")
def a_baseline_without_its_report() -> list[Record]:
    return ready(baseline=[cleared("neurology", -4, "pending")])


@before(ASKED, "met", "without findings")
def a_baseline_that_names_the_myeloma() -> list[Record]:
    named = (Condition(code="C90.00"), Condition(code="G21.19", certainty="ruled out"))
    return ready(baseline=[seen_by_neurology(conditions=named)])


@before(ASKED, "not met", "has findings")
def a_baseline_that_names_parkinsonism() -> list[Record]:
    return ready(baseline=[seen_by_neurology(conditions=(Condition(code="G21.19"),))])


@before(ASKED, "not met", "has findings")
def a_baseline_that_names_something_in_words() -> list[Record]:
    return ready(baseline=[seen_by_neurology(conditions=(Condition(text="slowness"),))])


@before(ASKED, "not met", "names a baseline on 2026-03-11, and nobody has reported what it found")
def a_baseline_that_only_the_plan_has() -> list[Record]:
    return ready(baseline=(), plan=[planned(baseline_on=day(-61))])


@before(ASKED, "not met", "no neurological examination before the cells is recorded")
def a_baseline_that_is_planned_for_later() -> list[Record]:
    return ready(baseline=(), plan=[planned(baseline_on=day(-7))])


@before(BASELINE, "not met", "of 2026-02-09 is 91 days old, and may be 90 days at most")
def a_baseline_of_three_months_ago() -> list[Record]:
    return ready(medicare(), baseline=[seen_by_neurology(-91)])


@before(PARKINSONISM, "not met", "G21.11, documented on 2025-07-15")
@before(ASKED, "not met", "parkinsonism is on record: G21.11, documented on 2025-07-15 (asked for")
@before(PARKINSONISM, "not met", "G21.11", intent="collect")
def parkinsonism_from_a_neuroleptic() -> list[Record]:
    return [*ready(), documented("G21.11")]


@before(PARKINSONISM, "not met", "G20.B1, suspected on")
@before(ASKED, "not met", "G20.B1, suspected on")
def parkinsons_disease_suspected() -> list[Record]:
    return [*ready(), documented("G20.B1", certainty="suspected")]


@before(PARKINSONISM, "met")
@before(ASKED, "met", "without findings")
def parkinsonism_ruled_out() -> list[Record]:
    return [*ready(), documented("G21.11", certainty="ruled out"), documented("I10")]


@before(PARKINSONISM, "not met", "a toxicity of that kind, observed on 2026-04-11")
def parkinsonism_after_an_earlier_product() -> list[Record]:
    return [*ready(), record(ToxicityObserved(kind="parkinsonism/MNT"), -30)]


@before(PARKINSONISM, "met", on=day(60))
@before(ASKED, "not met", "no neurological examination before the cells", on=day(60))
def parkinsonism_after_the_cells() -> list[Record]:
    told = ready(baseline=[seen_by_neurology(30, findings=("tremor",))])
    seen = record(ToxicityObserved(kind="parkinsonism/MNT"), 40)
    cells = [*collected(), *made(), infused()]
    return [*told, *cells, seen, documented("G21.11", 45)]


@before(PLAN_ASKED, "not met", "the plan of 2026-03-12 lacks month 6, month 12")
def a_plan_of_three_months() -> list[Record]:
    return ready(plan=[planned(visits=("baseline", "month 1", "+3mo"))])


@before(PLAN_ASKED, "met", "with every visit")
def a_plan_in_one_line() -> list[Record]:
    told = planned(visits=("1, 3, 6 and 12 months after the cells",), baseline_on=day(-7))
    return ready(plan=[told])


@before(PLAN_ASKED, "not met", "lacks baseline, month 1, month 3, month 6, month 12")
def a_newer_plan_with_less() -> list[Record]:
    return ready(plan=[planned(), planned(-20, visits=())])


@before(ASKED, "not asked", "YESCARTA has no calendar of neurological visits")
@before(BASELINE, "not asked")
@before(PARKINSONISM, "not asked")
@before(PLAN_ASKED, "not asked")
@before(PLAN, "not asked")
def another_product() -> list[Record]:
    told = opened(product="yescarta", indication="2L+", code="C83.31")
    alone = [line(1, "R", "rituximab")]
    return ready(told, lines=alone, refractory=(), baseline=(), plan=())


@before(PLAN_ASKED, "not met", "no surveillance plan is filed (asked for by Commercial")
def another_product_whose_payer_asks_by_name() -> list[Record]:
    told = opened("birch_health", product="yescarta", indication="2L+", code="C83.31")
    return ready(told, lines=[line(1, "R", "rituximab")], refractory=(), plan=())
