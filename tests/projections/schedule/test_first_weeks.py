"""The first weeks: daily monitoring by regime, what the patient is told, and days to plan with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.given import (
    CHAIN,
    admitted,
    at,
    collected,
    day,
    discharged,
    infused,
    made,
    opened,
    record,
    service,
)
from tests.given_decisions import kept
from tests.projections.schedule.stories import (
    RULES,
    days,
    on_day_0,
    one,
    owed,
    status,
    until_infused,
)
from veinledger.domain.facts.groups import PatientClass
from veinledger.domain.facts.manufacturing import ManufacturingFailed
from veinledger.domain.facts.patient import PatientAdmitted, PatientAdvised, PatientDischarged
from veinledger.domain.facts.surveillance import AcuteMonitoringEnded, MonitoringDayCompleted
from veinledger.domain.facts.toxicity import CrsGraded, ToxicityObserved
from veinledger.domain.reports import Record

DAY_3 = "daily_monitoring_day_3"
DRIVING, CLOSE = "advice_no_driving", "advice_stay_close"


def monitored(number: int) -> Record:
    return record(MonitoringDayCompleted(), number)


def advised(number: int, *what: str, until: int | None = None) -> Record:
    fact = PatientAdvised(advice=what, until=None if until is None else day(until))  # type: ignore[arg-type]
    return record(fact, number)


def in_bed() -> list[Record]:
    """Infused as an inpatient who is not discharged yet."""
    return [*opened(), *collected(), *made(), admitted(), infused()]


class TestDailyMonitoring:
    @pytest.mark.parametrize(
        ("day_0", "daily", "near", "driving"),
        [
            (date(2025, 6, 25), 10, date(2025, 7, 23), date(2025, 8, 20)),
            (date(2025, 6, 26), 7, date(2025, 7, 10), date(2025, 7, 10)),
        ],
    )
    def test_goes_by_the_day_of_the_infusion_and_so_does_the_advice(
        self, day_0: date, daily: int, near: date, driving: date
    ) -> None:
        told = owed(on_day_0(day_0, until_infused()))
        assert [each.rule for each in told.of("monitoring")] == [
            f"daily_monitoring_day_{number}" for number in range(1, daily + 1)
        ]
        assert one(told, CLOSE).holds_until == near
        assert one(told, DRIVING).holds_until == driving

    @pytest.mark.parametrize(("on", "stands"), [(2, "upcoming"), (3, "due"), (4, "missed")])
    def test_is_due_on_its_day_alone(self, on: int, stands: str) -> None:
        assert status(until_infused(), DAY_3, on) == stands

    def test_is_met_by_the_monitoring_of_that_day_and_of_no_other(self) -> None:
        told = [*until_infused(), monitored(2), monitored(4)]
        assert status(told, DAY_3, 10) == "missed"
        assert status([*told, monitored(3)], DAY_3, 10) == "met"

    def test_a_day_in_a_bed_counts_by_its_admission_those_of_both_ends_included(self) -> None:
        told = [*until_infused(), admitted(3, "CRS/ICANS", "A-9"), discharged(5, "A-9")]
        found = {each.rule[-1]: each for each in owed(told, day(9)).of("monitoring")}
        by_bed = [n for n, each in found.items() if "inpatient" in each.reason]
        assert by_bed == ["3", "4", "5"]
        assert [found[n].status for n in "267"] == ["missed"] * 3
        assert found["4"].met_by == told[-2].key

    def test_a_stay_that_has_not_ended_counts_for_the_days_that_have_come(self) -> None:
        found = owed(in_bed(), day(3)).of("monitoring")
        assert [each.status for each in found] == ["met"] * 3 + ["upcoming"] * 4
        assert {each.status for each in owed(in_bed()).of("monitoring")} == {"upcoming"}

    def test_a_day_under_observation_counts_and_one_in_the_emergency_room_does_not(self) -> None:
        def came(as_what: PatientClass) -> list[Record]:
            there = service(as_what, "A-8")
            came_in = record(PatientAdmitted(reason="unknown", service=there), at(3, "10:00"))
            left = record(PatientDischarged(status="01", service=there), at(5, "10:00"))
            return [*until_infused(), came_in, left]

        observed = owed(came("observation"), day(9)).of("monitoring")
        assert [each.status for each in observed[2:6]] == ["met"] * 3 + ["missed"]
        assert observed[2].reason == f"under observation since {day(3)}"
        emergency = owed(came("emergency"), day(9)).of("monitoring")
        assert {each.status for each in emergency} == {"missed"}

    def test_what_waits_meets_what_is_provisional_and_is_told_as_such(self) -> None:
        waiting = kept(opened(), collected(), made()[:2], infused(), monitored(3))
        told = one(owed(waiting, day(9)), DAY_3)
        assert (told.status, told.reason) == (
            "met",
            f"monitored on {day(3)}, reported, not confirmed",
        )
        assert told.provisional is not None


class TestAdvice:
    def test_is_met_by_the_advice_itself_and_says_until_when_it_holds(self) -> None:
        told = owed([*until_infused(), advised(0, "no driving", until=10)], day(5))
        assert one(told, DRIVING).status == "met"
        assert (
            one(told, DRIVING).reason
            == f"told on {day(0)}, until {day(10)}; it holds until {day(14)}"
        )
        assert one(told, CLOSE).status == "missed"
        assert one(told, CLOSE).holds_until == day(14)

    def test_may_be_told_before_day_0_and_is_late_after_it(self) -> None:
        assert status([*until_infused(), advised(-20, "no driving")], DRIVING, 5) == "met"
        assert status([*until_infused(), advised(-31, "no driving")], DRIVING, 5) == "missed"
        assert status([*until_infused(), advised(1, "no driving")], DRIVING, 5) == "late"

    def test_an_inpatient_is_told_before_he_goes_home(self) -> None:
        assert status(in_bed(), DRIVING, 5) == "due"
        home = [*in_bed(), discharged(9)]
        assert days(one(owed(home), DRIVING))[1:] == (str(day(0)), str(day(9)))
        assert status([*home, advised(9, "no driving")], DRIVING, 12) == "met"
        assert status(home, DRIVING, 10) == "missed"

    def test_after_a_stay_that_outlasts_the_advice_it_closes_with_the_advice(self) -> None:
        assert one(owed([*in_bed(), discharged(40)]), DRIVING).closes == day(14)


class TestAHint:
    READY, CRS, SLOW = (
        "expected_product_ready",
        "expected_crs_onset",
        "expected_parkinsonism_onset",
    )
    SHIPPED = (*opened(), *collected())

    def test_counts_the_weeks_of_manufacture_from_the_shipment(self) -> None:
        told = one(owed(self.SHIPPED), self.READY)
        assert days(told) == tuple(str(day(-44 + n)) for n in (35, 42, 49))
        assert (told.group, told.confidence) == ("hint", "unverified")

    def test_is_never_late_and_never_missed(self) -> None:
        for number in range(-50, 300, 7):
            found = owed(list(until_infused()), day(number)).of("hint")
            assert {each.status for each in found} <= {"upcoming", "due", "met", "cancelled"}
        assert status(self.SHIPPED, self.READY, 6) == "cancelled"

    def test_is_met_by_what_it_foretold_early_or_not(self) -> None:
        told = [*until_infused(), record(CrsGraded(grade=1), 20)]
        assert status(told, self.CRS, 7) == "due"
        assert status(told, self.CRS, 19) == "cancelled"
        assert status(told, self.CRS, 20) == "met"
        seen = [*until_infused(), record(ToxicityObserved(kind="parkinsonism/MNT"), 40)]
        assert status(seen, self.SLOW, 41) == "met"
        other = [*until_infused(), record(ToxicityObserved(kind="cytopenia"), 40)]
        assert status(other, self.SLOW, 41) == "upcoming"

    def test_ends_with_a_failed_manufacture_and_begins_again_with_the_next_cells(self) -> None:
        failed = record(ManufacturingFailed(chain_of_identity=CHAIN, reason="did not grow"), -30)
        again = [replace(r, key=r.key[::-1]) for r in collected("COI-2", number=-20, account="A-8")]
        told = owed([*self.SHIPPED, failed, *again], day(-18))
        first, second = [each for each in told.obligations if each.rule == self.READY]
        assert (first.status, first.reason) == (
            "cancelled",
            f"the manufacture failed on {day(-30)}",
        )
        assert (second.status, second.due) == ("upcoming", day(-19 + 42))

    def test_the_pages_acute_phase_stands_in_its_own_edition_alone(self) -> None:
        page = owed(until_infused(), rules=RULES.under("page"))
        assert days(one(page, "expected_acute_window")) == tuple(str(day(n)) for n in (1, 28, 28))
        assert "expected_acute_window" not in {
            each.rule for each in owed(until_infused()).obligations
        }

    def test_the_pages_acute_phase_is_over_when_its_monitoring_was_ended_and_not_by_a_grade(
        self,
    ) -> None:
        graded = record(CrsGraded(grade=1), 7)
        ended = record(AcuteMonitoringEnded(), 21)
        page = RULES.under("page")
        for told, stands in (([graded], "due"), ([graded, ended], "met")):
            found = owed([*until_infused(), *told], day(22), rules=page)
            assert one(found, "expected_acute_window").status == stands
