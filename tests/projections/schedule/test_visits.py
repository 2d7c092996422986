"""Visits, tests and forms: upcoming, due, met, late, missed, and windows that a site sets."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.given import day, record
from tests.given_decisions import confirming, correcting, kept, the
from tests.projections.schedule.stories import (
    SIGNED,
    days,
    one,
    owed,
    status,
    until_infused,
    visit,
    with_pages,
)
from veinledger.domain.codebook.page import PageError
from veinledger.domain.facts.disease import DocumentFiled, LaboratoryResulted
from veinledger.domain.facts.patient import PatientDied
from veinledger.domain.facts.surveillance import NeurologyVisitMissed, RegistryFormFiled
from veinledger.domain.facts.toxicity import ToxicityObserved
from veinledger.domain.reports import Record

MONTH_1, MONTH_3 = "neurology_month_1", "neurology_month_3"


def result(number: int, test: str = "CBC", **fields: Any) -> Record:
    fact = LaboratoryResulted(test=test, value=Decimal(4), **fields)
    return record(fact, number, f"{test} {number} {sorted(fields.items())}")


def form(number: int, form_number: str = "4100", **fields: Any) -> Record:
    fact = RegistryFormFiled(form=form_number, **fields)
    return record(fact, number, f"form {form_number} {number} {sorted(fields.items())}")


def missed(number: int, reason: str | None = None) -> Record:
    return record(NeurologyVisitMissed(reason=reason), number)


class TestANeurologicalVisit:
    @pytest.mark.parametrize(
        ("on", "stands"),
        [(23, "upcoming"), (24, "due"), (31, "due"), (38, "due"), (39, "missed"), (4000, "missed")],
    )
    def test_is_due_within_its_window_and_missed_behind_it(self, on: int, stands: str) -> None:
        assert status(until_infused(), MONTH_1, on) == stands

    @pytest.mark.parametrize("on", [24, 31, 38])
    def test_is_met_by_a_visit_on_any_day_of_the_window(self, on: int) -> None:
        assert status([*until_infused(), visit(on)], MONTH_1, 60) == "met"

    def test_is_late_after_it_and_says_until_when_it_was_owed(self) -> None:
        told = one(owed([*until_infused(), visit(39)], day(60)), MONTH_1)
        assert told.status == "late"
        assert (told.met_on, told.reason) == (day(39), f"visit on {day(39)}, owed until {day(38)}")

    def test_was_missed_on_the_day_before_the_late_one(self) -> None:
        assert status([*until_infused(), visit(60)], MONTH_1, 59) == "missed"
        assert status([*until_infused(), visit(60)], MONTH_1, 60) == "late"

    def test_is_not_met_by_a_visit_before_its_window(self) -> None:
        assert status([*until_infused(), visit(23)], MONTH_1, 60) == "missed"

    def test_stays_missed_where_nobody_came_until_the_next_one_opened(self) -> None:
        """From the first day of the next window on it is the next one that is owed."""
        told = owed([*until_infused(), visit(92)], day(100))
        assert (one(told, MONTH_1).status, one(told, MONTH_3).status) == ("missed", "met")

    def test_one_visit_meets_one_of_its_series(self) -> None:
        told = owed([*until_infused(), visit(31), visit(33)], day(200))
        assert [each.status for each in told.of("neurology")][1:3] == ["met", "missed"]
        assert one(told, MONTH_1).met_on == day(31)

    def test_no_visit_after_day_0_is_a_baseline(self) -> None:
        assert status([*until_infused(), visit(1)], "neurology_baseline", 20) == "missed"
        assert status([*until_infused(), visit(-90)], "neurology_baseline", 20) == "met"
        assert status([*until_infused(), visit(-91)], "neurology_baseline", 20) == "missed"

    def test_without_a_day_that_is_asked_about_nothing_is_due_or_missed(self) -> None:
        told = {each.status for each in owed(until_infused()).of("neurology", "registry")}
        assert told == {"upcoming"}


class TestANoShow:
    def test_is_missed_at_once_with_its_reason_although_the_window_is_open(self) -> None:
        told = one(owed([*until_infused(), missed(30, "no transport")], day(31)), MONTH_1)
        assert (told.status, told.reason) == (
            "missed",
            f"no-show on {day(30)}: no transport; a visit until {told.closes} is still in time",
        )

    def test_that_happened_twice_is_told_twice_and_once_the_window_closed_nothing_is_in_time(
        self,
    ) -> None:
        told = [*until_infused(), missed(25, "ill"), missed(30)]
        found = one(owed(told, day(39)), MONTH_1)
        assert (found.status, found.reason) == (
            "missed",
            f"no-show on {day(25)}: ill; no-show on {day(30)}",
        )

    def test_of_one_who_died_since_is_not_called_still_in_time(self) -> None:
        told = [*until_infused(), missed(25), record(PatientDied(), 28)]
        assert one(owed(told, day(29)), MONTH_1).reason == f"no-show on {day(25)}"

    def test_is_missed_even_where_no_day_is_asked_about(self) -> None:
        assert one(owed([*until_infused(), missed(30)]), MONTH_1).status == "missed"

    def test_is_met_by_a_later_visit_within_the_window_and_late_by_one_behind_it(self) -> None:
        assert status([*until_infused(), missed(30), visit(35)], MONTH_1, 60) == "met"
        assert status([*until_infused(), missed(30), visit(45)], MONTH_1, 60) == "late"

    def test_says_nothing_of_another_visit(self) -> None:
        """The control: a no-show of the third month."""
        assert status([*until_infused(), missed(92)], MONTH_1, 31) == "due"
        assert status([*until_infused(), missed(92)], MONTH_3, 93) == "missed"


class TestATest:
    def test_is_met_by_its_name_whatever_its_case_or_by_its_loinc(self) -> None:
        rule = "cell_counts_month_1"
        assert status([*until_infused(), result(31, "cbc")], rule, 31) == "met"
        assert (
            status([*until_infused(), result(31, "Blutbild", loinc="58410-2")], rule, 31) == "met"
        )
        assert status([*until_infused(), result(31, "ferritin")], rule, 31) == "due"

    def test_counts_on_the_day_on_which_the_specimen_was_taken(self) -> None:
        rule = "cell_counts_month_1"
        in_time = result(40, collected_on=day(38))
        told = one(owed([*until_infused(), in_time], day(60)), rule)
        assert (told.status, told.met_on) == ("met", day(38))

    def test_one_result_meets_one_month_and_no_other_series(self) -> None:
        told = owed([*until_infused(), result(31), result(31, "IgG")], day(400))
        of = {each.rule: each.status for each in told.of("laboratory")}
        assert (of["cell_counts_month_1"], of["immunoglobulins_month_1"]) == ("met", "met")
        assert (of["cell_counts_month_3"], of["immunoglobulins_month_3"]) == ("missed", "missed")

    def test_says_that_its_days_are_a_house_default(self) -> None:
        told = one(owed(until_infused()), "immunoglobulins_month_6")
        assert (told.confidence, told.group) == ("unverified", "laboratory")
        assert "a site sets its own" in told.window_source


class TestTheWatchForSecondMalignancies:
    @pytest.mark.parametrize(
        "met",
        [
            DocumentFiled(kind="Late effects visit", reference="D-1"),
            LaboratoryResulted(test="peripheral smear"),
            ToxicityObserved(kind="second malignancy"),
        ],
    )
    def test_is_met_by_what_the_page_names(self, met: Any) -> None:
        told = [*until_infused(), record(met, 365)]
        assert status(told, "second_malignancy_year_1", 366) == "met"

    def test_is_not_met_by_another_document_or_toxicity(self) -> None:
        told = [
            *until_infused(),
            record(DocumentFiled(kind="consent", reference="D-1"), 365),
            record(ToxicityObserved(kind="infection"), 365),
        ]
        assert status(told, "second_malignancy_year_1", 366) == "due"

    def test_goes_on_for_fifteen_years(self) -> None:
        assert one(owed(until_infused()), "second_malignancy_year_15").due == date(2041, 5, 11)


class TestARegistryForm:
    def test_is_met_by_its_number(self) -> None:
        told = [*until_infused(), form(20, "4000"), form(20, "4006")]
        assert status(told, "registry_baseline_form", 40) == "met"
        assert status(told, "registry_infusion_form", 60) == "met"
        assert status(told, "registry_product_form", 60) == "missed"

    def test_meets_the_period_that_it_names_on_whatever_day_it_came(self) -> None:
        told = owed([*until_infused(), form(240, period="100 days")], day(300))
        assert one(told, "registry_day_100").status == "late"
        assert one(told, "registry_month_6").status == "missed"
        assert (
            status([*until_infused(), form(700, period="1-Year")], "registry_year_1", 800) == "late"
        )

    def test_without_a_period_meets_the_one_of_its_contact(self) -> None:
        told = owed([*until_infused(), form(140, contact_on=day(101))], day(150))
        assert one(told, "registry_day_100").status == "late"
        told = owed([*until_infused(), form(129, contact_on=day(101))], day(150))
        assert one(told, "registry_day_100").status == "met"

    def test_of_a_period_that_nobody_asks_for_meets_none(self) -> None:
        told = owed([*until_infused(), form(120, period="9 months")], day(300))
        assert {each.status for each in told.of("registry") if each.met_by} == set()

    def test_goes_on_for_fifteen_years_each_with_a_name_of_its_own(self) -> None:
        names = [each.rule for each in owed(until_infused()).of("registry")]
        assert names[-1] == "registry_year_15"
        assert len(set(names)) == len(names) == 20


class TestASite:
    PAYER = f"""
[[series]]
name = "neurology"
label = "neurological visit"
group = "neurology"
payers = ["harbor_health"]
points = [
    {{ name = "baseline", months = 0, early = 30 }},
    {{ name = "month_1", months = 1, early = 3, late = 3 }},
]
meets = [{{ fact = "neurology.visit_completed" }}]
window_source = "contract with Harbor Health, appendix C"
{SIGNED}
"""

    def test_sets_the_windows_of_a_product_page(self) -> None:
        page = f"""
name = "carvykti"
[[calendars]]
name = "neurology"
rule = "neurology_surveillance"
visits = [{{ name = "month_1", months = 1, early = 2, late = 20 }}]
window_source = "protocol 7 of the centre"
{SIGNED}
"""
        told = owed(until_infused(), day(45), rules=with_pages(products=page))
        (visit_1,) = told.of("neurology")
        assert days(visit_1) == ("2026-06-09", "2026-06-11", "2026-07-01")
        assert visit_1.window_source == "protocol 7 of the centre"
        assert visit_1.source.startswith("site: products/ours.toml: committee")

    def test_sets_the_windows_of_a_payers_patients_and_of_nobody_elses(self) -> None:
        rules = with_pages(obligations=self.PAYER)
        mine = owed(until_infused(), day(10), rules=rules)
        assert days(one(mine, MONTH_1)) == ("2026-06-08", "2026-06-11", "2026-06-14")
        assert len(mine.of("neurology")) == 2
        others = owed(until_infused(payer="medicare"), day(10), rules=rules)
        assert days(one(others, MONTH_1)) == ("2026-06-04", "2026-06-11", "2026-06-18")
        assert len(others.of("neurology")) == 5

    def test_has_a_payers_calendar_beside_the_products_met_by_the_same_visit(self) -> None:
        beside = self.PAYER.replace('name = "neurology"\n', 'name = "harbor_plan"\n', 1)
        told = owed([*until_infused(), visit(31)], day(40), rules=with_pages(obligations=beside))
        met = [each for each in told.of("neurology") if each.met_by == visit(31).key]
        assert [each.rule for each in met] == [MONTH_1, "harbor_plan_month_1"]

    def test_leaves_a_series_out(self) -> None:
        off = f"""
[[series]]
name = "immunoglobulins"
label = "immunoglobulins"
group = "laboratory"
asked = false
points = [{{ name = "month_1", months = 1 }}]
meets = [{{ fact = "laboratory.resulted" }}]
window_source = "the committee"
{SIGNED}
"""
        told = owed(until_infused(), rules=with_pages(obligations=off))
        assert {each.rule.partition("_month")[0] for each in told.of("laboratory")} == {
            "cell_counts",
            *(f"second_malignancy_year_{number}" for number in range(1, 16)),
        }

    @pytest.mark.parametrize(
        ("wrong", "says"),
        [
            ("{ name = 'month_1' }", "has days or months, one of the two"),
            ("{ name = 'a', days = 1 }, { name = 'a', days = 2 }", "two points of one name"),
        ],
    )
    def test_is_told_what_is_wrong_with_its_page(self, wrong: str, says: str) -> None:
        page = self.PAYER.replace("payers = ", "for_kinds = []\npayers = ")
        first, last = page.index("points = ["), page.index("meets = ")
        with pytest.raises(PageError, match=says):
            with_pages(obligations=f"{page[:first]}points = [{wrong}]\n{page[last:]}")


class TestAnInfusionThatMoves:
    HISTORY = kept(*until_infused())
    WRONG = the(HISTORY, "cells.infused")
    MOVED = correcting(HISTORY, (WRONG, WRONG.fact, 3))

    def test_moves_everything_that_counts_from_it_and_keeps_names_days_and_reason(self) -> None:
        before, after = (
            owed(told).of("neurology", "laboratory", "registry", "monitoring", "advice")
            for told in (self.HISTORY, self.MOVED)
        )
        assert [each.key for each in before] == [each.key for each in after]
        assert len(before) > 50
        for was, now in zip(before, after, strict=True):
            (earlier,) = now.was_due
            assert (earlier.due, now.due - was.due) == (was.due, day(3) - day(0))
            assert "the infusion's date was corrected on" in earlier.reason

    def test_over_the_day_on_which_the_regime_changed_keeps_the_days_that_both_ask_for(
        self,
    ) -> None:
        """Ten days of monitoring before 2025-06-26, seven from then on."""
        back = correcting(self.HISTORY, (self.WRONG, self.WRONG.fact, -400))
        confirmed = confirming(back, the(back, "cells.infused"), product_received=-401)
        told = owed(confirmed).of("monitoring")
        assert len(told) == 10
        assert [len(each.was_due) for each in told] == [1] * 7 + [0] * 3
