"""The calendar itself: ends of months, leap days, zones, every day of three years, any order."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from tests.claims import encounters
from tests.claims.encounters.registry import ENCOUNTERS
from tests.given import day, history, record
from tests.given_decisions import confirming, correcting, kept, the
from tests.projections.schedule.stories import (
    CENTRE,
    RULES,
    on_day_0,
    one,
    owed,
    until_infused,
    visit,
)
from tests.tiers import SEED, size, tell
from veinledger.domain.facts.patient import PatientAdvised, PatientDied
from veinledger.domain.facts.surveillance import (
    MonitoringDayCompleted,
    NeurologyVisitMissed,
    RegistryFormFiled,
)
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import History
from veinledger.projections.discovery import every_module_of
from veinledger.projections.schedule import Obligation, Schedule, Status, schedule

every_module_of(encounters)

MAY_BECOME: Final[dict[Status, frozenset[Status]]] = {
    "upcoming": frozenset({"upcoming", "due", "met", "missed", "cancelled"}),
    "due": frozenset({"due", "met", "late", "missed", "cancelled"}),
    "missed": frozenset({"missed", "late", "met"}),
    "met": frozenset({"met"}),
    "late": frozenset({"late"}),
    "cancelled": frozenset({"cancelled"}),
}
"""From one day to the next. Missed becomes met where a no-show is made up within its window."""


def due(day_0: str, rule: str) -> str:
    told = owed(on_day_0(date.fromisoformat(day_0), until_infused()))
    return str(one(told, rule).due)


@pytest.mark.parametrize(
    ("day_0", "rule", "on"),
    [
        ("2026-01-31", "neurology_month_1", "2026-02-28"),
        ("2028-01-31", "neurology_month_1", "2028-02-29"),
        ("2026-01-30", "neurology_month_1", "2026-02-28"),
        ("2026-08-31", "neurology_month_3", "2026-11-30"),
        ("2026-08-31", "neurology_month_6", "2027-02-28"),
        ("2027-08-31", "neurology_month_6", "2028-02-29"),
        ("2028-02-29", "neurology_month_12", "2029-02-28"),
        ("2028-02-29", "registry_year_4", "2032-02-29"),
        ("2028-02-29", "second_malignancy_year_15", "2043-02-28"),
        ("2026-11-30", "neurology_month_3", "2027-02-28"),
        ("2026-12-31", "neurology_month_12", "2027-12-31"),
        ("2027-12-01", "registry_day_100", "2028-04-09"),
    ],
)
def test_a_month_ends_when_the_shorter_month_ends_and_days_are_counted(
    day_0: str, rule: str, on: str
) -> None:
    assert due(day_0, rule) == on


class TestZones:
    """The local day of the facility counts, whatever day it is in Greenwich."""

    @pytest.mark.parametrize(
        ("moment", "local"),
        [
            ("2026-05-31T23:30:00-05:00", "2026-05-31"),
            ("2026-06-01T00:30:00-05:00", "2026-06-01"),
            ("2026-11-01T01:30:00-05:00", "2026-11-01"),
            ("2026-11-01T01:30:00-06:00", "2026-11-01"),
            ("2026-03-08T03:10:00-05:00", "2026-03-08"),
        ],
    )
    def test_a_calendar_counts_from_the_local_day_on_nights_of_change_too(
        self, moment: str, local: str
    ) -> None:
        told = on_day_0(date.fromisoformat(local), until_infused())
        timed = record(told[-1].fact, moment, "timed")
        assert timed.occurred.instant is not None
        found = owed([*told[:-1], timed])
        assert str(found.infusion_day) == local
        bare = owed(told)
        assert [o.due for o in found.of("neurology")] == [o.due for o in bare.of("neurology")]

    def test_a_visit_late_in_the_evening_counts_on_its_local_day(self) -> None:
        """Day 38 is the last day; 23:30 in Chicago is day 39 in Greenwich."""
        late = record(visit(38).fact, f"{day(38)}T23:30:00-05:00")
        assert one(owed([*until_infused(), late], day(60)), "neurology_month_1").status == "met"

    def test_an_instant_asks_about_the_day_at_the_centre_whatever_its_offset(self) -> None:
        evening = datetime.fromisoformat(f"{day(38)}T23:30:00-05:00")
        for written in (evening, evening.astimezone(UTC)):
            assert one(owed(until_infused(), written), "neurology_month_1").status == "due"
        night = evening + timedelta(hours=1)
        for written in (night, night.astimezone(UTC)):
            assert one(owed(until_infused(), written), "neurology_month_1").status == "missed"


def lived() -> list[Record]:
    """A patient who came late, did not come, was told, was reported, and died."""
    return [
        *until_infused(),
        *(record(MonitoringDayCompleted(), number) for number in (1, 2, 4)),
        record(PatientAdvised(advice=("no driving",)), 2),
        visit(45),
        record(NeurologyVisitMissed(), 90),
        visit(99),
        record(RegistryFormFiled(form="4100"), 128),
        record(NeurologyVisitMissed(), 180),
        record(PatientDied(), 700),
    ]


STORIES: Final = {
    "nobody came": until_infused(),
    "a life": lived(),
    "leap day": on_day_0(date(2028, 2, 29), until_infused()),
    "leap year": on_day_0(date(2027, 8, 31), lived()),
    "under the old regime": on_day_0(date(2025, 6, 25), lived()),
}


def days_asked(name: str, told: History) -> list[date]:
    """Every day of three years; of a further story those around which anything may change."""
    day_0 = the(told, "cells.infused").day
    every = [day_0 + timedelta(days=number) for number in range(-30, 1066)]
    if name == "a life" or size(0, 1, 1):
        return every
    ends = {end for o in owed(told).obligations for end in (o.opens, o.closes)}
    turns = ends | {each.day for each in told.records}
    near = {turn + timedelta(days=by) for turn in turns for by in (-1, 0, 1)}
    return [on for on in every if on in near]


@pytest.mark.parametrize("name", STORIES)
def test_on_every_day_of_three_years_each_status_is_one_that_may_follow(name: str) -> None:
    told = kept(STORIES[name])
    before: dict[str, Obligation] = {}
    for on in days_asked(name, told):
        found = owed(told, on)
        keys = [each.key for each in found.obligations]
        assert len(set(keys)) == len(keys)
        for each in found.obligations:
            was = before.get(each.key)
            where = (each.rule, on, was and was.status, each.status)
            assert was is None or each.status in MAY_BECOME[was.status], where
            holds_together(each, on)
        before.update({each.key: each for each in found.obligations})
    assert len(before) > 55


def holds_together(each: Obligation, on: date) -> None:
    """What is true of every obligation on any day."""
    where = (each.rule, on, each.status)
    assert each.opens <= each.due <= each.closes, where
    assert (each.met_by is None) == (each.met_on is None) == (each.status not in ("met", "late"))
    within = each.opens <= on <= each.closes
    match each.status:
        case "due":
            assert within, where
        case "upcoming":
            assert on < each.opens, where
        case "missed":
            assert on > each.closes or "no-show" in each.reason, where
            assert each.group != "hint", where
        case "met":
            assert each.met_on is not None
            assert each.met_on <= each.closes or each.group == "hint", where
        case "late":
            assert each.met_on is not None
            assert each.met_on > each.closes, where
        case "cancelled":
            assert each.reason, where


@pytest.mark.parametrize(
    "planted",
    [{"status": "missed"}, {"status": "due", "opens": day(29)}, {"met_by": "x"}, {"due": day(9)}],
    ids=str,
)
def test_an_obligation_that_contradicts_itself_would_be_seen(planted: dict[str, Any]) -> None:
    """The control: what holds together on day 28 does not with one field planted."""
    found = one(owed(until_infused(), day(28)), "neurology_month_1")
    holds_together(found, day(28))
    with pytest.raises(AssertionError):
        holds_together(structs.replace(found, **planted), day(28))


@settings(max_examples=size(40, 200, 2000), deadline=None)
@given(
    day_0=st.dates(date(2024, 1, 1), date(2039, 12, 31)),
    visits=st.lists(st.integers(-100, 500), max_size=6, unique=True),
    no_shows=st.lists(st.integers(1, 420), max_size=2, unique=True),
    on=st.integers(-10, 800),
)
def test_whatever_visits_there_were_no_visit_meets_two_of_a_series(
    day_0: date, visits: list[int], no_shows: list[int], on: int
) -> None:
    come = [visit(number) for number in visits]
    stayed = [record(NeurologyVisitMissed(), number) for number in no_shows]
    told = on_day_0(day_0, [*until_infused(), *come, *stayed])
    found = owed(told, day_0 + timedelta(days=on)).of("neurology")
    met = [each.met_by for each in found if each.met_by]
    assert len(set(met)) == len(met)
    for each in found:
        holds_together(each, day_0 + timedelta(days=on))
    for one_visit, next_visit in pairwise(found):
        if one_visit.status == "late":
            assert one_visit.met_on is not None
            assert one_visit.met_on < next_visit.opens


def counts(told: Schedule) -> list[tuple[str, date, Status, str | None]]:
    return [(each.key, each.due, each.status, each.met_by) for each in told.obligations]


def test_the_order_in_which_facts_arrive_changes_nothing() -> None:
    told, orders = lived(), size(20, 100, 500)
    expected = counts(owed(history(told), day(800)))
    draw = random.Random(SEED)
    for _ in range(orders):
        shuffled = draw.sample(told, len(told))
        assert counts(owed(history(shuffled), day(800))) == expected
    tell(f"schedules of one life in any order: seed {SEED}, {orders} orders")


def test_what_was_not_known_then_is_not_known_in_the_schedule() -> None:
    told = kept(lived())
    came = the(told, "neurology.visit_completed", 0)
    before = owed(told, day(60), known_at=came.seal.position - 1)
    after = owed(told, day(60), known_at=came.seal.position)
    assert one(before, "neurology_month_1").status == "missed"
    assert one(after, "neurology_month_1").status == "late"


def test_a_moved_infusion_that_is_moved_back_gives_the_first_calendar_again() -> None:
    first = kept(until_infused())
    wrong = the(first, "cells.infused")
    once = correcting(first, (wrong, wrong.fact, 3))
    twice = correcting(once, (the(once, "cells.infused"), wrong.fact, 0))
    assert [(o.key, o.due) for o in owed(twice).of("neurology", "registry")] == [
        (o.key, o.due) for o in owed(first).of("neurology", "registry")
    ]
    assert len(one(owed(twice), "neurology_month_6").was_due) == 2


def test_an_infusion_that_was_voided_leaves_no_calendar_and_that_is_said() -> None:
    told = kept(*until_infused(), visit(30))
    voided = correcting(told, (the(told, "cells.infused"), None, None))
    found = owed(voided, day(60))
    assert found.infusion_day is None
    assert not found.of("neurology", "monitoring", "laboratory", "registry", "advice")
    (said,) = found.taken_back
    assert said.startswith(f"the infusion of {day(0)} (record ")
    assert owed(told, day(60)).taken_back == ()
    moved = correcting(told, (the(told, "cells.infused"), the(told, "cells.infused").fact, 1))
    assert owed(moved, day(60)).taken_back == ()


def test_a_parked_infusion_gives_the_whole_calendar_provisionally_under_the_same_names() -> None:
    waiting = kept([r for r in until_infused() if r.fact.type != "product.received"])
    stands = confirming(waiting, the(waiting, "cells.infused"), product_received=-10)
    before = [each for each in owed(waiting).obligations if each.provisional]
    after = {each.key: each for each in owed(stands).obligations}
    assert {each.group for each in before} == {
        "neurology", "laboratory", "registry", "monitoring", "advice", "hint",
    }  # fmt: skip
    assert {each.key for each in before} <= after.keys()
    assert not any(each.provisional for each in after.values())


def test_no_two_obligations_of_any_encounter_have_one_name() -> None:
    """Over every small encounter of the golden claims, with everything in it that is odd."""
    for name, of in ENCOUNTERS.items():
        for on in (of.as_of, day(40)):
            found = schedule(history(of.story()), of.centre(CENTRE), RULES, on).obligations
            keys = [each.key for each in found]
            assert len(set(keys)) == len(keys), name
    assert len(ENCOUNTERS) > 100


def test_a_chart_in_which_no_infusion_ever_was_has_no_day_0() -> None:
    """The control of all of these: without the infusion papers, support and product are left."""
    told = owed([r for r in until_infused() if r.fact.type != "cells.infused"], day(60))
    assert {each.group for each in told.obligations} == {"filing", "hint", "support"}
    assert told.infusion_day is None
    assert replace(told, obligations=()).of("neurology") == ()
