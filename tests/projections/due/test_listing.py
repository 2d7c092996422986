"""The due list: who is owed what, in which order, and who must not be missing from it."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from msgspec import structs

from tests.given import day, infused, opened, record
from tests.projections.due.given_due import (
    INFUSED,
    NOT_CONFIRMED,
    RULES,
    TO_THE_BAG,
    died,
    due,
    owing,
    told,
    visit,
)
from tests.projections.schedule.stories import OUTSIDE
from tests.tiers import SEED
from veinledger.domain.facts.encounter import EncounterWithdrawn
from veinledger.domain.facts.patient import PatientDied, PatientLostToFollowUp
from veinledger.domain.facts.surveillance import NeurologyVisitMissed
from veinledger.projections.due.listing import due_list
from veinledger.projections.due.shapes import DueList, Owing, Wanted


def rows(found: DueList) -> list[tuple[str, str, str, int]]:
    return [(r.encounter, r.obligation.rule, r.obligation.status, r.days) for r in found.owed]


class TestTheOrder:
    SEEN = told("E1", INFUSED, visit(-10), visit(31))
    UNSEEN = told("E2", INFUSED, visit(-10))
    LATER = told("E3", TO_THE_BAG, visit(-20), infused(number=10))

    def test_what_is_overdue_stands_before_what_is_due_and_that_before_what_opens(self) -> None:
        found = due(77, [self.LATER, self.SEEN, self.UNSEEN], within=12)
        assert rows(found) == [
            ("E3", "neurology_month_1", "missed", -29),
            ("E2", "neurology_month_1", "missed", -39),
            ("E1", "neurology_month_3", "upcoming", 29),
            ("E2", "neurology_month_3", "upcoming", 29),
            ("E3", "neurology_month_3", "upcoming", 39),
        ]
        assert rows(due(85, [self.SEEN], within=0)) == [("E1", "neurology_month_3", "due", 21)]

    def test_among_what_is_overdue_patients_stand_before_papers(self) -> None:
        found = due(60, [self.SEEN, self.UNSEEN], group=None, within=0)
        groups = [r.obligation.group for r in found.owed if r.obligation.status == "missed"]
        papers = [group in ("registry", "filing", "support") for group in groups]
        assert True in papers
        assert papers == sorted(papers)

    def test_it_does_not_depend_on_the_order_in_which_encounters_come(self) -> None:
        histories = [self.LATER, self.SEEN, self.UNSEEN]
        first = due(85, histories)
        for _ in range(5):
            Random(SEED).shuffle(histories)
            assert due(85, histories) == first

    def test_the_last_day_is_due_and_the_day_after_is_overdue_by_one(self) -> None:
        last = due(38, [self.UNSEEN]).owed[0]
        assert (last.obligation.status, last.days) == ("due", 0)
        after = due(39, [self.UNSEEN]).owed[0]
        assert (after.obligation.status, after.days) == ("missed", -1)


class TestWhatIsListed:
    SEEN = told("E1", INFUSED, visit(-10), visit(31))

    def test_what_is_met_is_not(self) -> None:
        assert rows(due(60, [self.SEEN], within=0)) == []

    @pytest.mark.parametrize(
        ("within", "listed", "further"), [(17, 0, 3), (18, 1, 2), (None, 3, 0)]
    )
    def test_what_opens_later_only_as_far_ahead_as_is_asked(
        self, within: int | None, listed: int, further: int
    ) -> None:
        """Month 3 opens on 2026-07-28, which is day 78."""
        found = due(60, [self.SEEN], within=within)
        assert (len(found.owed), found.further_ahead) == (listed, further)

    def test_of_another_centre_or_group_nothing(self) -> None:
        elsewhere = told("E2", INFUSED, centre="annex")
        both = due(60, [self.SEEN, elsewhere], within=0)
        assert {row.centre for row in both.owed} == {"annex"}
        assert rows(due(60, [self.SEEN, elsewhere], centre="lakeside", within=0)) == []
        assert due(60, [self.SEEN, elsewhere], centre="lakeside").encounters == 1
        groups = {r.obligation.group for r in due(60, [elsewhere], group="registry").owed}
        assert groups == {"registry"}

    def test_hints_come_only_to_those_who_ask_for_them(self) -> None:
        everything = due(6, [self.SEEN], group=None, within=None)
        assert "hint" not in {row.obligation.group for row in everything.owed}
        assert due(6, [self.SEEN], group="hint").owed

    def test_only_what_is_late_where_that_is_asked_for(self) -> None:
        late = told("E2", INFUSED, visit(-10), visit(45))
        missed = told("E3", INFUSED, visit(-10))
        found = due(85, [self.SEEN, late, missed], late=True)
        assert rows(found) == [
            ("E3", "neurology_month_1", "missed", -47),
            ("E2", "neurology_month_1", "late", -47),
        ]
        assert found.late == 2
        assert due(85, [late]).late == 0

    def test_a_certificate_is_one_row_for_all_encounters_that_wait_for_it(self) -> None:
        def certificate(name: str, centre: str) -> Owing:
            seen = owing(told(name, INFUSED, centre=centre), day(60))
            (one, *_) = seen.owed.of("neurology")
            held = structs.replace(one, group="certification", key="FACT/1", status="due")
            return replace(seen, owed=replace(seen.owed, obligations=(held,)))

        three = [certificate("E1", "lakeside"), certificate("E2", "lakeside")]
        found = due_list(day(60), [*three, certificate("E3", "annex")], RULES)
        assert [(r.encounter, r.centre, r.also) for r in found.owed] == [
            ("E1", "lakeside", ("E2",)),
            ("E3", "annex", ()),
        ]


class TestWhatWasMissedForGood:
    UNSEEN = told("E1", INFUSED, visit(-10))

    def test_is_counted_and_not_listed_from_the_day_on_which_the_next_one_opens(self) -> None:
        """Month 3 opens on day 78."""
        before, after = (due(n, [self.UNSEEN], within=0) for n in (77, 78))
        assert [row[1] for row in rows(before)] == ["neurology_month_1"]
        assert [row[1] for row in rows(after)] == ["neurology_month_3"]
        assert (before.for_good, after.for_good) == (0, 1)
        assert (after.late, due(78, [self.UNSEEN], late=True).for_good) == (0, 0)

    def test_no_visit_meets_it_any_more_and_on_the_day_before_one_does(self) -> None:
        """The control: what is said of a list is what the calendar does."""
        for seen_on, kept in ((77, ["late"]), (78, ["missed"])):
            seen = told("E1", INFUSED, visit(-10), visit(seen_on))
            found = owing(seen, day(300)).owed.of("neurology")
            assert [each.status for each in found[1:2]] == kept

    def test_a_day_of_monitoring_is_past_on_the_day_after_it_and_advice_when_it_ends(self) -> None:
        home = told("E1", TO_THE_BAG, infused(OUTSIDE))
        on_day_5 = due(5, [home], group="monitoring", within=0)
        assert [row[1] for row in rows(on_day_5)] == ["daily_monitoring_day_5"]
        assert on_day_5.for_good == 4
        assert len(due(14, [home], group="advice").owed) == 2
        assert due(15, [home], group="advice").for_good == 2

    def test_of_those_who_ended_only_papers_stay_and_of_one_who_is_lost_all(self) -> None:
        for fact, listed in ((PatientDied(), 0), (PatientLostToFollowUp(), 1)):
            gone = told("E1", INFUSED, visit(-10), record(fact, 50))
            assert len(due(60, [gone], within=0).owed) == listed
            assert due(200, [gone], group="filing", within=0).owed

    def test_a_no_show_within_an_open_window_is_overdue_and_has_days_left(self) -> None:
        absent = record(NeurologyVisitMissed(reason="ill"), 30)
        (row,) = due(31, [told("E1", INFUSED, visit(-10), absent)], within=0).owed
        assert (row.obligation.status, row.days) == ("missed", 7)


class TestWhoMustNotBeMissing:
    def test_an_infusion_that_is_not_confirmed_stands_on_top_with_provisional_rows(self) -> None:
        found = due(60, [told("E1", NOT_CONFIRMED)])
        (top,) = found.reported_not_confirmed
        assert (top.encounter, top.report.type) == ("E1", "cells.infused")
        assert "waits for product.received" in top.report.reason
        assert all(row.obligation.provisional for row in found.owed)
        assert rows(found)

    def test_it_stands_there_whatever_group_and_however_late_is_asked_for(self) -> None:
        found = due(0, [told("E1", NOT_CONFIRMED)], group="appeal", late=True)
        assert (len(found.reported_not_confirmed), found.owed) == (1, ())

    def test_an_infused_patient_without_a_calendar_is_named(self) -> None:
        nobody_knows = told("E1", [infused(ndc=None, hcpcs=None)])
        found = due(60, [nobody_knows])
        (named,) = found.without_calendar
        assert (named.encounter, named.infused_on) == ("E1", day(0))
        assert due(60, [told("E2", INFUSED)]).without_calendar == ()

    def test_a_death_that_is_not_confirmed_stands_on_top_and_beside_each_visit(self) -> None:
        found = due(60, [told("E1", INFUSED, visit(-10), visit(31), died(10))], within=None)
        assert [each.report.type for each in found.reported_not_confirmed] == ["patient.died"]
        assert found.owed
        assert all("the death of" in row.obligation.caution[0] for row in found.owed)

    def test_of_the_dead_no_visit_is_owed_and_the_report_to_the_registry_is(self) -> None:
        dead = told("E1", INFUSED, visit(-10), visit(31), died(50))
        assert rows(due(60, [dead], within=None)) == []
        owed = {row.obligation.rule for row in due(60, [dead], group="registry").owed}
        assert "registry_death_form" in owed

    def test_those_who_ended_are_counted_by_how(self) -> None:
        gone = told("E2", TO_THE_BAG, record(EncounterWithdrawn(reason="his wish"), -3))
        found = due(60, [told("E1", INFUSED, died(50)), gone, told("E3", opened())])
        assert {str(stage): count for stage, count in found.ended.items()} == {
            "deceased": 1,
            "withdrawn": 1,
        }
        assert found.encounters == 3


def test_asked_about_a_day_before_the_infusion_nothing_is_owed_for_it() -> None:
    assert rows(due(-1, [told("E1", INFUSED)], within=None)) == []
    assert rows(due(0, [told("E1", INFUSED)], within=None))


def test_every_row_is_there_once_whatever_is_asked() -> None:
    """The parts of a list, group by group, make up the whole."""
    histories = [told("E1", INFUSED, visit(45)), told("E2", NOT_CONFIRMED), told("E3", opened())]
    on = day(100)
    everything = Wanted(within=None)
    whole = due_list(on, [owing(each, on) for each in histories], RULES, everything)
    groups = {row.obligation.group for row in whole.owed}
    parts = [
        due_list(on, [owing(each, on) for each in histories], RULES, replace(everything, group=g))
        for g in groups
    ]
    assert sum(len(part.owed) for part in parts) == len(whole.owed)
