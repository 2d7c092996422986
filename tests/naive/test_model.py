"""The naive model says what DESIGN, LIFECYCLE.md and docs/standing.md say, by example."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from .histories import history
from .model import Fact, Verdict, holders_among, judge
from .table import ALL_BUT_UNOPENED, ENDS, LEADS_TO, RANKS, STAGE_NAMES

DAY_ONE = date(2026, 3, 1)


class Story:
    """Facts one after the other; `on` is the day, `at` the hour (no hour: a bare date)."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []

    def __call__(self, kind: str, on: int, at: float | None = None, **fields: Any) -> str:
        day = DAY_ONE + timedelta(days=on - 1)
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        key = f"{len(self.facts):02d} {kind}"
        self.facts.append(
            {
                "key": key,
                "type": kind,
                "day": day,
                "instant": None if at is None else midnight + timedelta(hours=at),
                "connection": "adt",
                "message": f"M{len(self.facts):02d}",
                "item": 1,
                "conflict": False,
                **fields,
            }
        )
        return key

    def judged(self, **holders: str) -> Verdict:
        return judge(self.facts, {**holders_among({"E1": self.facts}), **holders}, "E1")

    def to_collected(self) -> None:
        self("encounter.opened", 1, 8)
        self("product.ordered", 1, 9, chain="A")
        self("apheresis.completed", 2, 9, chain="A", donation="D1")

    def to_received(self) -> None:
        self.to_collected()
        self("cells.shipped", 2, 15, chain="A")
        self("manufacturing.started", 4, 9, chain="A", collections=["D1"])
        self("manufacturing.released", 10, 9, chain="A")
        self("product.received", 11, 9, chain="A")

    def to_infused(self) -> None:
        self.to_received()
        self("lymphodepletion.dose_given", 12, 9)
        self("cells.infused", 15, 11, chain="A", extent="complete")


@pytest.fixture
def tell() -> Story:
    return Story()


def test_a_way_from_referral_to_surveillance_is_in_effect_throughout(tell: Story) -> None:
    tell.to_infused()
    tell("patient.admitted", 15, 8, reason="infusion", account="A-1")
    tell("crs.graded", 17, 9)
    tell("patient.discharged", 25, 9, account="A-1")
    verdict = tell.judged()
    assert set(verdict.standing.values()) == {("in effect", None)}
    assert verdict.stage == "S"
    assert verdict.clock_disagrees == []


def test_the_stage_as_of_each_day_follows_the_story(tell: Story) -> None:
    tell.to_infused()
    verdict = tell.judged()
    days = [0, 1, 2, 4, 10, 11, 12, 15]
    stages = [verdict.stage_as_of(DAY_ONE + timedelta(days=day - 1)) for day in days]
    assert "".join(stages) == "URMMLVNI"


def test_an_infusion_whose_receipt_is_missing_waits_for_the_receipt(tell: Story) -> None:
    tell.to_collected()
    tell("manufacturing.released", 10, 9, chain="A")
    infusion = tell("cells.infused", 15, 11, chain="A")
    verdict = tell.judged()
    assert verdict.standing[infusion] == ("waiting", "product.received")
    assert verdict.stage == "L"


def test_nothing_is_in_effect_before_the_encounter_is_opened(tell: Story) -> None:
    apheresis = tell("apheresis.completed", 2, 9, chain="A")
    admission = tell("patient.admitted", 2, 9)
    therapy = tell("therapy.line_recorded", 1)
    verdict = tell.judged()
    assert verdict.standing[apheresis] == ("waiting", "encounter.opened")
    assert verdict.standing[admission] == ("waiting", "encounter.opened")
    assert verdict.standing[therapy] == ("in effect", None)
    assert verdict.stage == "U"


def test_the_opening_opens_the_fold_whatever_its_date(tell: Story) -> None:
    tell("apheresis.completed", 2, 9, chain="A")
    tell("encounter.opened", 9, 9)
    verdict = tell.judged()
    assert verdict.stage == "C"
    assert verdict.stage_as_of(DAY_ONE) == "U"
    assert verdict.stage_as_of(DAY_ONE + timedelta(days=1)) == "C"


def test_a_second_opening_is_disputed(tell: Story) -> None:
    first = tell("encounter.opened", 1, 9)
    second = tell("encounter.opened", 1, 10)
    verdict = tell.judged()
    assert verdict.standing[first] == ("in effect", None)
    assert verdict.standing[second] == ("disputed", None)


def test_a_death_followed_by_a_visit_two_days_later_is_disputed(tell: Story) -> None:
    tell.to_infused()
    death = tell("patient.died", 20)
    visit = tell("neurology.visit_completed", 22, 9, patient_class="office")
    verdict = tell.judged()
    assert verdict.standing[death] == ("disputed", None)
    assert verdict.standing[visit] == ("in effect", None)
    assert verdict.stage == "S"


def test_a_death_followed_by_a_visit_one_day_later_stands(tell: Story) -> None:
    tell.to_infused()
    death = tell("patient.died", 20)
    visit = tell("neurology.visit_completed", 21, 9, patient_class="office")
    verdict = tell.judged()
    assert verdict.standing[death] == ("in effect", None)
    assert verdict.standing[visit] == ("disputed", None)
    assert verdict.stage == "D"


def test_a_confirmed_death_stands_and_the_later_visit_is_disputed(tell: Story) -> None:
    tell.to_infused()
    death = tell("patient.died", 20)
    visit = tell("neurology.visit_completed", 25, 9, patient_class="office")
    tell("report.confirmed", 30, 9, target=death)
    verdict = tell.judged()
    assert verdict.standing[death] == ("in effect", None)
    assert verdict.standing[visit] == ("disputed", None)


def test_a_discharge_on_the_day_of_infusion_does_not_end_the_stage_infused(tell: Story) -> None:
    tell.to_infused()
    tell("patient.discharged", 15, 18)
    assert tell.judged().stage == "I"


def test_the_first_visit_after_an_outpatient_infusion_begins_surveillance(tell: Story) -> None:
    tell.to_infused()
    on_the_day = tell("neurology.visit_completed", 15, 18, patient_class="office")
    assert tell.judged().stage == "I"
    tell("neurology.visit_completed", 16, 9, patient_class="office")
    assert tell.judged().stage == "S"
    assert tell.judged().standing[on_the_day] == ("in effect", None)


def test_an_admission_after_an_outpatient_infusion_is_a_readmission(tell: Story) -> None:
    tell.to_infused()
    tell("patient.admitted", 18, 9, reason="CRS/ICANS")
    assert tell.judged().stage == "A"


def test_bare_dates_on_the_day_of_infusion_fall_into_their_ranks(tell: Story) -> None:
    tell.to_received()
    dose = tell("lymphodepletion.dose_given", 15)
    crs = tell("crs.graded", 15)
    admission = tell("patient.admitted", 15, reason="CRS/ICANS")
    infusion = tell("cells.infused", 15, 11, chain="A")
    verdict = tell.judged()
    assert verdict.order[-4:] == [dose, infusion, admission, crs]
    assert verdict.stage == "A"


def test_a_receipt_dated_the_day_after_the_infusion_is_a_disagreement_of_clocks(
    tell: Story,
) -> None:
    tell.to_collected()
    tell("manufacturing.released", 10, 9, chain="A")
    infusion = tell("cells.infused", 15, 23, chain="A")
    tell("product.received", 16, 1, chain="A")
    verdict = tell.judged()
    assert verdict.standing[infusion] == ("in effect", None)
    assert verdict.clock_disagrees == [infusion]


def test_a_receipt_two_days_after_the_infusion_gives_it_no_place(tell: Story) -> None:
    tell.to_collected()
    tell("manufacturing.released", 10, 9, chain="A")
    infusion = tell("cells.infused", 15, 23, chain="A")
    tell("product.received", 17, 1, chain="A")
    assert tell.judged().standing[infusion] == ("disputed", None)


def test_a_chain_that_was_ordered_takes_the_cells_that_were_collected_under_none(
    tell: Story,
) -> None:
    tell("encounter.opened", 1, 8)
    tell("product.ordered", 1, 9, chain="A")
    tell("apheresis.completed", 2, 9, donation="D1")
    shipped = tell("cells.shipped", 2, 15, chain="A", donation="D1")
    assert tell.judged().standing[shipped] == ("in effect", None)
    assert tell.judged().stage == "M"


def test_a_failed_collection_brings_in_no_chain(tell: Story) -> None:
    tell("encounter.opened", 1, 8)
    failed = tell("apheresis.failed", 2, 9, chain="A")
    assert tell.judged().standing[failed] == ("in effect", None)
    assert tell.judged().state.chains == {}


def test_a_patient_who_withdrew_may_be_admitted_and_may_not_be_infused(tell: Story) -> None:
    tell.to_received()
    withdrawal = tell("encounter.withdrawn", 12)
    tell("patient.admitted", 20, 9, reason="infection")
    assert tell.judged().standing[withdrawal] == ("in effect", None)
    tell("cells.infused", 21, 9, chain="A", extent="complete")
    assert tell.judged().standing[withdrawal] == ("disputed", None)


def test_the_failure_of_a_bag_that_was_infused_is_disputed(tell: Story) -> None:
    tell.to_infused()
    failure = tell("manufacturing.failed", 20, 9, chain="A")
    assert tell.judged().standing[failure] == ("disputed", None)


def test_a_chain_that_nobody_holds_is_waited_for(tell: Story) -> None:
    tell.to_collected()
    receipt = tell("product.received", 11, 9, chain="B")
    assert tell.judged().standing[receipt] == ("waiting", "apheresis.completed")


def test_cells_of_another_encounter_are_disputed_until_a_person_confirms(tell: Story) -> None:
    tell.to_received()
    infusion = tell("cells.infused", 15, 11, chain="Z")
    assert tell.judged(Z="E2").standing[infusion] == ("disputed", None)
    tell("report.confirmed", 16, 9, target=infusion)
    assert tell.judged(Z="E2").standing[infusion] == ("in effect", None)
    assert tell.judged(Z="E2").stage == "I"


def test_the_failure_of_one_chain_leaves_the_encounter_at_the_other(tell: Story) -> None:
    tell.to_collected()
    tell("apheresis.completed", 3, 9, chain="B", donation="D2")
    tell("manufacturing.started", 4, 9, chain="B")
    failure = tell("manufacturing.failed", 5, 9, chain="A")
    verdict = tell.judged()
    assert verdict.standing[failure] == ("in effect", None)
    assert verdict.stage == "M"
    assert verdict.state.chains == {"A": "F", "B": "M"}


def test_a_batch_that_names_our_collections_starts_a_chain(tell: Story) -> None:
    tell("encounter.opened", 1, 8)
    tell("apheresis.completed", 2, 9, donation="D1")
    assert tell.judged().stage == "C"
    tell("manufacturing.started", 4, 9, chain="A", collections=["D1"])
    tell("manufacturing.failed", 5, 9, chain="A")
    assert tell.judged().stage == "F"
    assert tell.judged().state.loose == "R"


def test_a_batch_that_names_strange_collections_starts_none(tell: Story) -> None:
    tell("encounter.opened", 1, 8)
    tell("apheresis.completed", 2, 9, donation="D1")
    started = tell("manufacturing.started", 4, 9, chain="A", collections=["D1", "D7"])
    assert tell.judged().standing[started] == ("waiting", "apheresis.completed")


def test_a_second_dose_of_another_chain_is_disputed(tell: Story) -> None:
    tell.to_infused()
    tell("apheresis.completed", 3, 9, chain="B", donation="D2")
    second = tell("cells.infused", 16, 11, chain="B")
    assert tell.judged().standing[second] == ("disputed", None)


def test_the_rest_of_a_partial_dose_is_in_effect(tell: Story) -> None:
    tell.to_received()
    tell("cells.infused", 15, 9, chain="A", lot="L1", extent="partial")
    rest = tell("cells.infused", 15, 11, chain="A", lot="L1", extent="complete")
    again = tell("cells.infused", 16, 11, chain="A", lot="L2", extent="complete")
    verdict = tell.judged()
    assert verdict.standing[rest] == ("in effect", None)
    assert verdict.standing[again] == ("disputed", None)


def test_the_failure_of_an_infused_chain_is_never_in_effect(tell: Story) -> None:
    tell.to_infused()
    failure = tell("manufacturing.failed", 16, 9, chain="A")
    assert tell.judged().standing[failure][0] != "in effect"


def test_lymphodepletion_before_receipt_and_after_failure_moves_nothing(tell: Story) -> None:
    tell.to_collected()
    tell("lymphodepletion.dose_given", 5, 9)
    assert tell.judged().stage == "C"
    tell("manufacturing.failed", 6, 9, chain="A")
    tell("lymphodepletion.dose_given", 7, 9)
    verdict = tell.judged()
    assert verdict.stage == "F"
    assert set(verdict.standing.values()) == {("in effect", None)}


def test_a_conflict_is_disputed_and_a_discarded_report_superseded(tell: Story) -> None:
    tell.to_collected()
    other = tell("apheresis.completed", 3, 9, chain="A", conflict=True)
    visit = tell("neurology.visit_completed", 3, 9)
    tell("report.discarded", 4, 9, target=visit)
    verdict = tell.judged()
    assert verdict.standing[other] == ("disputed", None)
    assert verdict.standing[visit] == ("superseded", None)


def test_a_confirmed_infusion_is_taken_although_the_receipt_never_came(tell: Story) -> None:
    tell.to_collected()
    infusion = tell("cells.infused", 15, 11, chain="A")
    tell("report.confirmed", 20, 9, target=infusion)
    verdict = tell.judged()
    assert verdict.standing[infusion] == ("in effect", None)
    assert verdict.stage == "I"


def test_a_discharge_after_death_is_legal_and_a_dose_is_not(tell: Story) -> None:
    tell.to_infused()
    tell("patient.died", 20, 9)
    discharge = tell("patient.discharged", 21, 9)
    dose = tell("lymphodepletion.dose_given", 21, 9)
    verdict = tell.judged()
    assert verdict.standing[discharge] == ("in effect", None)
    assert verdict.standing[dose] == ("disputed", None)


def test_a_lost_patient_comes_back_by_a_visit(tell: Story) -> None:
    tell.to_infused()
    tell("patient.lost_to_follow_up", 60)
    assert tell.judged().stage == "X"
    tell("neurology.visit_completed", 90, 9, patient_class="office")
    assert tell.judged().stage == "S"


def test_the_table_knows_only_its_stages_and_ranks() -> None:
    assert {stage for _, stage in LEADS_TO} <= set(STAGE_NAMES)
    assert set(ENDS) < set(ALL_BUT_UNOPENED)
    assert RANKS["cells.infused"] < RANKS["crs.graded"] < RANKS["patient.died"]


@pytest.mark.parametrize("seed", range(200))
def test_the_order_of_arrival_changes_nothing(seed: int) -> None:
    told = history(seed)
    verdict = judge(told.facts, told.holders, told.me)
    shuffled = list(told.facts)
    Random(seed).shuffle(shuffled)
    again = judge(shuffled, told.holders, told.me)
    assert (again.standing, again.stage) == (verdict.standing, verdict.stage)
    assert (again.order, again.clock_disagrees) == (verdict.order, verdict.clock_disagrees)
    assert set(verdict.standing) == {f["key"] for f in told.facts}
