"""The giving of drugs: minutes, veins and order decide the administration codes of a day."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.claims.drug_stories import (
    ACTEMRA,
    dose,
    drug,
    given_codes,
    held_by,
    insured,
    on,
    seen_in,
    the,
    tocilizumab,
    treated,
)
from tests.given import DAY_0, admitted, record, vials
from veinledger.domain.facts.toxicity import CrsGraded
from veinledger.domain.facts.treatment import Agent, LymphodepletionDoseGiven
from veinledger.domain.reports import Record
from veinledger.projections.claims.shapes import Claim

FLUDARABINE: Final = drug("50", [vials("50")])
CYCLOPHOSPHAMIDE: Final = drug("1000", [vials("1000")])
ACTEMRA_560: Final = drug("560", [vials("400"), vials("80", 2)], ACTEMRA)
WAITING: Final = {
    "an_infusion_has_a_start_and_a_stop_time",
    "an_infusion_stops_after_it_starts",
    "a_dose_beside_two_veins_names_its_own",
    "two_infusions_through_one_line_follow_each_other",
    "an_infusion_by_pump_waits_for_its_code",
}


def chemotherapy(*told: Record | list[Record]) -> Claim:
    return the(seen_in("public", insured(), *told), "B1")


def flu(start: str | None, end: str | None, site: str | None = None, push: bool = False) -> Record:
    what = drug("50", [vials("50")], access_site=site, route="push" if push else "infusion")
    return dose(what, "fludarabine", times=(start, end))


def cy(start: str | None, end: str | None, site: str | None = None, push: bool = False) -> Record:
    what = drug("1000", [vials("1000")], access_site=site, route="push" if push else "infusion")
    return dose(what, "cyclophosphamide", times=(start, end))


class TestMinutes:
    @pytest.mark.parametrize(
        ("ends", "codes"),
        [
            ("09:01", [("96409", 1)]),
            ("09:15", [("96409", 1)]),
            ("09:16", [("96413", 1)]),
            ("10:30", [("96413", 1)]),
            ("10:31", [("96413", 1), ("96415", 1)]),
            ("11:30", [("96413", 1), ("96415", 1)]),
            ("11:31", [("96413", 1), ("96415", 2)]),
            ("12:31", [("96413", 1), ("96415", 3)]),
        ],
    )
    def test_minutes_decide(self, ends: str, codes: list[tuple[str, int]]) -> None:
        assert given_codes(chemotherapy(flu("09:00", ends))) == codes

    def test_seconds_do_not_begin_a_minute(self) -> None:
        told = flu("2026-05-06T09:00:00-05:00", "2026-05-06T09:15:59-05:00")
        assert given_codes(chemotherapy(told)) == [("96409", 1)]

    def test_a_change_of_the_clock_adds_no_hour(self) -> None:
        number = on(date(2026, 3, 8))
        start, end = "2026-03-08T01:30:00-06:00", "2026-03-08T03:30:00-05:00"
        told = dose(FLUDARABINE, "fludarabine", number, (start, end))
        assert given_codes(chemotherapy(told)) == [("96413", 1)]

    def test_two_bags_of_one_drug_are_one_infusion_of_their_minutes(self) -> None:
        assert given_codes(chemotherapy(cy("09:00", "10:00"), cy("11:00", "11:31"))) == [
            ("96413", 1),
            ("96415", 1),
        ]

    def test_reports_that_overlap_are_not_counted_twice(self) -> None:
        told = cy("09:00", "10:00"), cy("09:30", "10:20")
        assert given_codes(chemotherapy(*told)) == [("96413", 1)]

    def test_reports_that_touch_are_one_span(self) -> None:
        told = cy("09:00", "09:10"), cy("09:10", "09:20")
        assert given_codes(chemotherapy(*told)) == [("96413", 1)]

    def test_two_short_spans_of_one_drug_are_pushes_and_one_code(self) -> None:
        told = cy("09:00", "09:10"), cy("12:00", "12:10")
        assert given_codes(chemotherapy(*told)) == [("96409", 1)]

    def test_a_push_by_its_route_needs_no_times(self) -> None:
        claim = chemotherapy(flu(None, None, push=True))
        assert given_codes(claim) == [("96409", 1)]
        assert not held_by(claim)

    @pytest.mark.parametrize(
        "times", [("09:00", None), (None, "10:00"), (None, None), ("2026-05-06", "2026-05-06")]
    )
    def test_without_both_times_the_day_waits(self, times: tuple[str | None, str | None]) -> None:
        claim = chemotherapy(flu(*times), cy("10:00", "11:00"))
        assert not given_codes(claim)
        assert held_by(claim) == {"an_infusion_has_a_start_and_a_stop_time"}

    @pytest.mark.parametrize("end", ["09:00", "08:59"])
    def test_a_stop_that_is_not_after_its_start_waits(self, end: str) -> None:
        claim = chemotherapy(flu("09:00", end))
        assert not given_codes(claim)
        assert held_by(claim) == {"an_infusion_stops_after_it_starts"}

    @pytest.mark.parametrize(("end", "held"), [("17:00", False), ("17:01", True)])
    def test_more_than_eight_hours_is_a_pump(self, end: str, held: bool) -> None:
        claim = chemotherapy(flu("09:00", end))
        assert ("an_infusion_by_pump_waits_for_its_code" in held_by(claim)) is held
        assert bool(given_codes(claim)) is not held

    def test_each_day_has_its_own_codes(self) -> None:
        told = [dose(FLUDARABINE, "fludarabine", number) for number in (-5, -4)]
        assert given_codes(chemotherapy(told)) == [("96413", 1)] * 2

    def test_none_stands_on_an_inpatient_claim(self) -> None:
        told = dose(FLUDARABINE, "fludarabine", patient_class="inpatient")
        claim = chemotherapy(admitted(-6, "lymphodepletion", "A-2"), told)
        assert claim.inpatient
        assert not given_codes(claim)


class TestHierarchy:
    def test_a_second_infusion_is_sequential(self) -> None:
        told = flu("09:00", "09:30"), cy("09:30", "10:30")
        assert given_codes(chemotherapy(*told)) == [("96413", 1), ("96417", 1)]

    def test_an_infusion_is_initial_though_a_push_came_first(self) -> None:
        told = flu("08:00", "08:10"), cy("09:00", "10:00")
        claim = chemotherapy(*told)
        assert given_codes(claim) == [("96411", 1), ("96413", 1)]
        push = next(line for line in claim.lines if line.code == "96411")
        assert push.basis.records == (told[0].key,)

    def test_a_push_while_the_other_drug_runs_is_a_further_one(self) -> None:
        told = cy("09:00", "10:00"), flu("09:20", "09:25", push=True)
        assert given_codes(chemotherapy(*told)) == [("96411", 1), ("96413", 1)]

    def test_two_pushes_are_one_initial_and_a_further_one(self) -> None:
        told = flu("09:00", "09:05"), cy("09:10", "09:15")
        assert given_codes(chemotherapy(*told)) == [("96409", 1), ("96411", 1)]

    def test_hours_of_the_second_drug_count_by_themselves(self) -> None:
        told = flu("09:00", "09:30"), cy("09:30", "11:01")
        assert given_codes(chemotherapy(*told)) == [("96413", 1), ("96415", 1), ("96417", 1)]

    def test_two_infusions_at_once_through_one_line_wait(self) -> None:
        claim = chemotherapy(flu("09:00", "10:00"), cy("09:59", "11:00"))
        assert not given_codes(claim)
        assert held_by(claim) == {"two_infusions_through_one_line_follow_each_other"}

    def test_two_accounts_of_one_day_share_one_initial_code(self) -> None:
        one = dose(FLUDARABINE, "fludarabine", times=("09:00", "09:30"), account="A-2")
        two = dose(CYCLOPHOSPHAMIDE, times=("10:00", "11:00"), account="A-9")
        found = seen_in("public", insured(), one, two)
        codes = sorted(code for claim in found.claims for code, _ in given_codes(claim))
        assert codes == ["96413", "96417"]


class TestAccessSites:
    def test_each_vein_has_an_initial_code_and_the_second_says_so(self) -> None:
        told = flu("09:00", "09:30", "left"), cy("09:00", "10:00", "port")
        lines = [x for x in chemotherapy(*told).lines if x.code.startswith("96")]
        assert sorted((x.code, x.modifiers) for x in lines) == [("96413", ()), ("96413", ("59",))]

    def test_a_vein_that_one_dose_alone_names_is_that_of_all(self) -> None:
        told = flu("09:00", "09:30", "port"), cy("09:30", "10:30")
        assert given_codes(chemotherapy(*told)) == [("96413", 1), ("96417", 1)]

    def test_a_dose_without_a_vein_beside_two_of_them_waits(self) -> None:
        told = (
            flu("09:00", "09:30", "left"),
            cy("09:00", "10:00", "port"),
            dose(drug("1", [vials("50")]), "bendamustine", times=("10:00", "10:30")),
        )
        claim = chemotherapy(*told)
        assert not given_codes(claim)
        assert "a_dose_beside_two_veins_names_its_own" in held_by(claim)

    def test_an_infusion_leads_over_the_push_through_another_vein(self) -> None:
        told = flu("08:00", "08:10", "left"), cy("09:00", "10:00", "port")
        lines = [x for x in chemotherapy(*told).lines if x.code.startswith("96")]
        assert {x.code: x.modifiers for x in lines} == {"96413": (), "96409": ("59",)}


class TestTocilizumab:
    GRADED: Final = [record(CrsGraded(grade=2), number) for number in (0, 3, 6)]
    """Why it was given: without a documented reason its claim is held."""

    def claim(self, *told: Record | list[Record]) -> Claim:
        return the(seen_in("public", treated(), self.GRADED, *told), "D1")

    @pytest.mark.parametrize(
        ("ends", "codes"),
        [
            ("10:00", [("96365", 1)]),
            ("10:30", [("96365", 1)]),
            ("10:31", [("96365", 1), ("96366", 1)]),
        ],
    )
    @pytest.mark.parametrize("where", ["outpatient", "observation", "emergency"])
    def test_it_is_a_therapeutic_infusion(
        self, ends: str, codes: list[tuple[str, int]], where: str
    ) -> None:
        claim = self.claim(tocilizumab(ACTEMRA_560, times=("09:00", ends), patient_class=where))
        assert given_codes(claim) == codes
        assert {x.revenue_code for x in claim.lines if x.code.startswith("96")} == {"0260"}

    def test_an_office_has_the_code_without_a_revenue_code(self) -> None:
        told = tocilizumab(ACTEMRA_560, patient_class="office", facility="neurology_office")
        claim = self.claim(told)
        assert [(x.code, x.revenue_code) for x in claim.lines if x.code.startswith("96")] == [
            ("96365", None)
        ]

    def test_two_doses_of_a_day_have_one_first_hour(self) -> None:
        told = [
            tocilizumab(ACTEMRA_560, times=times)
            for times in (("08:00", "09:00"), ("17:00", "18:00"))
        ]
        assert given_codes(self.claim(told)) == [("96365", 1), ("96366", 1)]

    def test_behind_chemotherapy_through_one_line_it_is_sequential(self) -> None:
        same_day = dose(FLUDARABINE, "fludarabine", 0, ("07:00", "07:30"))
        assert given_codes(self.claim(same_day, tocilizumab(ACTEMRA_560, 0))) == [("96367", 1)]

    def test_through_a_vein_of_its_own_it_is_initial_and_says_so(self) -> None:
        chemo = dose(drug("50", [vials("50")], access_site="port"), "fludarabine", 0)
        own = drug("560", [vials("400"), vials("80", 2)], ACTEMRA, access_site="left")
        claim = self.claim(chemo, tocilizumab(own, 0))
        assert [(x.code, x.modifiers) for x in claim.lines if x.code.startswith("96")] == [
            ("96365", ("59",))
        ]

    def test_while_chemotherapy_runs_it_waits(self) -> None:
        same_time = dose(FLUDARABINE, "fludarabine", 0)
        claim = self.claim(same_time, tocilizumab(ACTEMRA_560, 0))
        assert not given_codes(claim)
        assert held_by(claim) == {"two_infusions_through_one_line_follow_each_other"}

    @pytest.mark.parametrize(
        ("end", "rule"),
        [
            (None, "an_infusion_has_a_start_and_a_stop_time"),
            ("08:00", "an_infusion_stops_after_it_starts"),
            ("09:15", "the_giving_of_tocilizumab_is_a_therapeutic_infusion"),
        ],
    )
    def test_times_that_lead_to_no_code_wait(self, end: str | None, rule: str) -> None:
        claim = self.claim(tocilizumab(ACTEMRA_560, times=("09:00", end)))
        assert not given_codes(claim)
        assert held_by(claim) == {rule}

    def test_in_a_stay_it_has_no_code_of_its_own(self) -> None:
        told = tocilizumab(ACTEMRA_560, 6, (None, None), patient_class="inpatient")
        claim = self.claim(admitted(5, "CRS/ICANS", "A-6"), told)
        assert not given_codes(claim)
        assert not held_by(claim)

    def test_the_page_bills_one_first_hour_a_day_without_times(self) -> None:
        told = tocilizumab(ACTEMRA_560, times=(None, None))
        page = the(seen_in("page", treated(), told), "D1")
        assert given_codes(page) == [("96365", 1)]


def test_the_page_bills_the_pair_whatever_ran() -> None:
    told = flu("09:00", "09:05", "left"), cy(None, None, "port")
    page = the(seen_in("page", insured(), *told), "B1")
    assert given_codes(page) == [("96413", 1), ("96415", 1)]


AGENTS: st.SearchStrategy[Agent] = st.sampled_from(["fludarabine", "cyclophosphamide"])


@st.composite
def days(draw: st.DrawFn) -> list[Record]:
    """One to five doses of a day, any of them pushed, through the port or the left arm."""
    told: list[Record] = []
    for number in range(draw(st.integers(1, 5))):
        begins = draw(st.integers(0, 600))
        runs = draw(st.integers(1, 200))
        times = tuple(_clock(minutes) for minutes in (begins, begins + runs))
        what = drug(
            "5",
            [vials("50")],
            access_site=draw(st.sampled_from(["port", "left"])),
            route=draw(st.sampled_from(["infusion", "infusion", "push"])),
        )
        told.append(dose(what, draw(AGENTS), times=(times[0], times[1]), name=f"dose {number}"))
    return told


def _clock(minutes: int) -> str:
    whole = timedelta(hours=6, minutes=minutes)
    begins = DAY_0 - timedelta(days=5)
    return f"{begins}T{whole.seconds // 3600:02}:{whole.seconds % 3600 // 60:02}:00-05:00"


INITIAL: Final = {"96409", "96413"}


@settings(max_examples=80, deadline=None)
@given(days(), st.integers(0, 1000))
def test_a_day_has_one_initial_code_a_vein_whatever_arrived_first(
    told: list[Record], seed: int
) -> None:
    claim = chemotherapy(told)
    shuffled = list(told)
    random.Random(seed).shuffle(shuffled)
    assert chemotherapy(shuffled).lines == claim.lines
    lines = [line for line in claim.lines if line.code.startswith("96")]
    if WAITING & held_by(claim):
        assert not lines
        return
    facts = [each.fact for each in told]
    sites = {x.drug.access_site for x in facts if isinstance(x, LymphodepletionDoseGiven)}
    initial = [line for line in lines if line.code in INITIAL]
    assert len(initial) == len(sites)
    assert sorted(line.modifiers for line in initial) == [(), ("59",)][: len(sites)]
    of_infusions = [line.code for line in lines if line.code in ("96413", "96417")]
    if of_infusions:
        assert "96413" in of_infusions
