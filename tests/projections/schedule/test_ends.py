"""Death, completion, withdrawal and loss: what they cancel, and what stays owed."""

from __future__ import annotations

import pytest

from tests.given import admitted, collected, day, discharged, opened, record
from tests.given_decisions import kept
from tests.projections.schedule.stories import one, owed, until_infused, visit
from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.encounter import EncounterCompleted, EncounterWithdrawn
from veinledger.domain.facts.patient import PatientDied, PatientLostToFollowUp
from veinledger.domain.facts.surveillance import RegistryFormFiled
from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.reports import Record
from veinledger.projections.schedule import Group, Schedule

VISITS: tuple[Group, ...] = ("neurology", "laboratory", "monitoring", "advice", "hint")


def ended(fact: Fact, number: int) -> list[Record]:
    return [*until_infused(), visit(31), record(fact, number)]


def by_rule(told: Schedule) -> dict[str, str]:
    return {each.rule: each.status for each in told.obligations}


class TestDeath:
    TOLD = owed(ended(PatientDied(), 95), day(400))

    def test_cancels_every_visit_whose_window_had_not_closed(self) -> None:
        """Month 3 was owed until day 106; he died on day 95."""
        stands = by_rule(self.TOLD)
        assert [stands[f"neurology_month_{n}"] for n in (1, 3, 6, 12)] == [
            "met",
            "cancelled",
            "cancelled",
            "cancelled",
        ]
        assert one(self.TOLD, "neurology_month_3").reason == f"the patient died on {day(95)}"
        assert stands["second_malignancy_year_1"] == "cancelled"

    def test_forgives_nothing_that_was_missed_before_it(self) -> None:
        assert by_rule(self.TOLD)["cell_counts_month_1"] == "missed"
        assert by_rule(self.TOLD)["daily_monitoring_day_3"] == "missed"

    def test_on_the_last_day_of_a_window_cancels_and_on_the_day_after_does_not(self) -> None:
        closes = 106
        for number, stands in ((closes, "cancelled"), (closes + 1, "missed")):
            told = owed(ended(PatientDied(), number), day(200))
            assert by_rule(told)["neurology_month_3"] == stands

    def test_keeps_filing_limits(self) -> None:
        filing = {each.status for each in self.TOLD.of("filing")}
        assert "cancelled" not in filing
        assert "missed" in filing

    def test_makes_the_registrys_report_of_it_due(self) -> None:
        story = ended(PatientDied(), 95)
        report = one(owed(story, day(95)), "registry_death_form")
        assert (report.status, report.due, report.closes) == ("due", day(95), day(125))
        assert report.anchor == story[-1].key
        filed = record(RegistryFormFiled(form="2900"), 100)
        assert one(owed([*story, filed], day(130)), "registry_death_form").status == "met"
        assert one(self.TOLD, "registry_death_form").status == "missed"

    def test_keeps_the_form_whose_window_had_opened_and_replaces_those_behind_it(self) -> None:
        stands = by_rule(self.TOLD)
        assert stands["registry_day_100"] == "missed"
        assert {stands["registry_month_6"], stands["registry_year_15"]} == {"cancelled"}
        assert (
            "the report of the death takes its place" in one(self.TOLD, "registry_month_6").reason
        )

    def test_before_an_infusion_asks_the_registry_for_nothing(self) -> None:
        told = owed([*opened(), *collected(), record(PatientDied(), -20)], day(0))
        assert told.of("registry") == ()
        assert len(told.of("filing")) == 1

    def test_leaves_a_late_visit_late_and_a_met_one_met(self) -> None:
        story = [*until_infused(), visit(45), record(PatientDied(), 50)]
        assert by_rule(owed(story, day(90)))["neurology_month_1"] == "late"

    def test_is_not_there_on_the_day_before_it(self) -> None:
        told = owed(ended(PatientDied(), 95), day(94))
        assert by_rule(told)["neurology_month_3"] == "due"
        assert "registry_death_form" not in by_rule(told)


def test_completion_cancels_visits_and_keeps_forms_and_filing() -> None:
    told = owed(ended(EncounterCompleted(), 200), day(400))
    assert told.stage is Stage.COMPLETED
    stands = by_rule(told)
    assert stands["neurology_month_12"] == "cancelled"
    assert one(told, "neurology_month_12").reason == f"the encounter was completed on {day(200)}"
    assert stands["registry_year_1"] == "due"
    assert "cancelled" not in {each.status for each in told.of("registry", "filing")}


def test_a_death_after_the_completion_cancels_the_forms_and_leaves_the_visits_as_they_were() -> (
    None
):
    story = [*ended(EncounterCompleted(), 200), record(PatientDied(), 500)]
    told = owed(story, day(600))
    assert one(told, "neurology_month_12").reason == f"the encounter was completed on {day(200)}"
    assert by_rule(told)["registry_year_2"] == "cancelled"
    assert by_rule(told)["registry_death_form"] == "missed"


def test_withdrawal_before_the_infusion_leaves_filing_alone() -> None:
    told = owed(
        [*opened(), *collected(), record(EncounterWithdrawn(reason="progress"), -30)], day(0)
    )
    assert by_rule(told) == {
        "timely_filing_a_hospital": "upcoming",
        "expected_product_ready": "cancelled",
        "carepath_hub": "missed",
        "carepath_copay": "missed",
    }


def test_who_is_lost_still_owes_his_visits_until_he_comes_back() -> None:
    lost = ended(PatientLostToFollowUp(), 95)
    told = owed(lost, day(120))
    assert told.stage is Stage.LOST
    assert by_rule(told)["neurology_month_3"] == "missed"
    assert by_rule(told)["neurology_month_6"] == "upcoming"
    back = owed([*lost, visit(130)], day(140))
    assert back.stage is Stage.SURVEILLANCE
    assert by_rule(back)["neurology_month_3"] == "late"


@pytest.mark.parametrize("group", VISITS)
def test_a_death_that_is_reported_and_not_confirmed_cancels_nothing(group: Group) -> None:
    """A visit after it puts it in doubt; the death stands beside what it would cancel."""
    history = kept([*until_infused(), visit(185)], record(PatientDied(), 10))
    told = owed(history, day(5))
    assert told.stage is not Stage.DECEASED
    assert "cancelled" not in {each.status for each in told.of(group)}


def test_a_death_that_is_reported_stands_beside_visits_and_tests_and_no_paper() -> None:
    history = kept([*until_infused(), visit(185)], record(PatientDied(), 10))
    told = owed(history, day(60))
    beside = {each.group for each in told.obligations if each.caution}
    assert beside == {"neurology", "laboratory", "hint", "advice"} - {"advice"}


def test_a_second_stay_after_the_first_weeks_changes_no_monitoring() -> None:
    """The control: a readmission on day 40 is no day of the first week."""
    told = owed(
        [*until_infused(), admitted(40, "CRS/ICANS", "A-9"), discharged(44, "A-9")], day(60)
    )
    assert {each.status for each in told.of("monitoring")} == {"missed"}
