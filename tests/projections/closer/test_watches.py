"""A finding makes the watch closer until nothing is found, whatever is decided about it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.given import collected, day, infused, made, opened, record
from tests.given_decisions import correcting, discarding, kept, settling, the, then
from tests.projections.closer.stories import (
    CENTRE,
    FOUND_ON,
    HOME,
    RULES,
    billed,
    closer,
    owed,
    stands,
    toxicity,
    visit,
)
from tests.tiers import size
from veinledger.adapters.pages import read_rules
from veinledger.domain.codebook.statement import EDITIONS, Edition
from veinledger.domain.facts.decisions import FindingSettled
from veinledger.domain.facts.patient import PatientDied
from veinledger.domain.facts.surveillance import NeurologyVisitMissed
from veinledger.domain.facts.toxicity import ToxicityKind
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import History, effective
from veinledger.projections.audit import Entry, audit_trail
from veinledger.projections.closer.review import REVIEW
from veinledger.projections.closer.watches import watches
from veinledger.projections.schedule import schedule

FOUND = visit(FOUND_ON, "micrographia", "bradykinesia")
HISTORY = kept(HOME, FOUND)
NERVES = (toxicity(95, "cranial nerve palsy"), toxicity(95, "Guillain-Barre"))
KINDS: Final[tuple[ToxicityKind, ...]] = ("parkinsonism/MNT", "cranial nerve palsy", "cytopenia")


def entry(history: History, key: str) -> Entry:
    trail = audit_trail(history, CENTRE, RULES)
    return next(each for each in trail.entries if each.record == key)


def reviews(history: History, edition: Edition = "public") -> list[str]:
    return [each.key for each in billed(history, 400, edition).findings if each.rule == REVIEW]


class TestAFinding:
    def test_makes_visits_owed_after_fourteen_days_and_then_every_four_weeks(self) -> None:
        assert stands(owed(HISTORY, FOUND_ON)) == [
            (107, "upcoming"), (135, "upcoming"), (163, "upcoming"),
        ]  # fmt: skip
        assert stands(owed(HISTORY, 120)) == [
            (107, "missed"), (135, "upcoming"), (163, "upcoming"), (191, "upcoming"),
        ]  # fmt: skip
        (first, *_) = closer(owed(HISTORY, FOUND_ON + 1))
        assert (first.opens, first.closes, first.status) == (day(94), day(107), "due")

    def test_is_no_source_for_an_interval_and_says_so(self) -> None:
        for each in closer(owed(HISTORY, FOUND_ON)):
            assert each.confidence == "unverified"
            assert each.window_source.startswith("house default")

    def test_before_its_day_makes_nothing_owed(self) -> None:
        assert closer(owed(HISTORY, FOUND_ON - 1)) == []

    @pytest.mark.parametrize("number", [-3, 0])
    def test_up_to_the_infusion_makes_nothing_owed(self, number: int) -> None:
        before = kept(*HOME[:-2], visit(number, "tremor"), *HOME[-2:])
        assert closer(owed(before, 60)) == []

    def test_of_something_else_makes_nothing_owed(self) -> None:
        assert closer(owed(kept(HOME, visit(93, "headache")), 120)) == []

    def test_stays_within_the_days_of_the_page(self) -> None:
        last = closer(owed(HISTORY, 4000))[-1]
        assert last.due <= day(FOUND_ON + 365)
        assert len(closer(owed(HISTORY, 4000))) == 13

    @pytest.mark.parametrize("edition", EDITIONS)
    def test_stands_in_both_editions(self, edition: Edition) -> None:
        assert len(stands(owed(HISTORY, FOUND_ON, edition))) == 3
        assert len(reviews(HISTORY, edition)) == 1

    def test_is_seen_by_a_toxicity_too_and_one_that_is_resolved_is_none(self) -> None:
        assert stands(owed(kept(HOME, toxicity(93)), 93))[0] == (107, "upcoming")
        assert closer(owed(kept(HOME, toxicity(93, resolved=110)), 120)) == []
        assert closer(owed(kept(HOME, toxicity(93, "cytopenia")), 120)) == []

    @pytest.mark.parametrize("nerve", NERVES)
    def test_of_a_nerve_opens_a_watch_of_its_own(self, nerve: Record) -> None:
        both = owed(kept(HOME, FOUND, nerve), 96)
        names = {each.rule.rpartition("_visit_")[0] for each in closer(both)}
        assert names == {"movement_findings", "nerve_findings"}


class TestOneFinding:
    def test_that_is_found_again_opens_no_second_watch(self) -> None:
        told = kept(HOME, FOUND, toxicity(93), visit(107, "tremor"), visit(135, "tremor"))
        assert {each.anchor for each in closer(owed(told, 200))} == {FOUND.key}
        assert stands(owed(told, 150)) == [
            (107, "met"), (135, "met"), (163, "upcoming"), (191, "upcoming"), (219, "upcoming"),
        ]  # fmt: skip

    def test_ends_with_the_visit_in_which_nothing_was_found(self) -> None:
        told = owed(kept(HOME, FOUND, visit(107, "tremor"), visit(135)), 400)
        assert stands(told) == [(107, "met"), (135, "met")]
        first, last = closer(told)
        assert last.reason == f"visit on {day(135)}, nothing found"
        assert first.reason == f"visit on {day(107)}"
        assert last.because.endswith(f"; ended by the visit of {day(135)}: nothing found")

    def test_ends_between_two_windows_as_well(self) -> None:
        told = owed(kept(HOME, FOUND, visit(107, "tremor"), visit(120)), 400)
        assert stands(told) == [(107, "met")]
        assert "ended by" in closer(told)[0].because

    def test_does_not_end_with_a_visit_that_found_something_else(self) -> None:
        told = owed(kept(HOME, FOUND, visit(107, "headache")), 110)
        assert stands(told)[0] == (107, "met")
        assert len(stands(told)) == 4

    def test_found_anew_after_the_end_opens_another_watch(self) -> None:
        again = visit(200, "tremor")
        told = owed(kept(HOME, FOUND, visit(107), again), 201)
        assert [each.anchor for each in closer(told)] == [FOUND.key, *[again.key] * 4]
        assert stands(told)[1] == (214, "due")

    def test_told_as_resolved_after_the_end_opens_none(self) -> None:
        told = kept(HOME, FOUND, visit(107), toxicity(109, resolved=107))
        assert stands(owed(told, 200)) == [(107, "met")]

    def test_a_visit_meets_the_calendar_and_the_closer_watch_alike(self) -> None:
        told = owed(kept(HOME, visit(88, "tremor"), visit(183, "tremor")), 190)
        month_6 = next(each for each in told.obligations if each.rule.endswith("month_6"))
        both = [each.rule for each in told.obligations if each.met_by == month_6.met_by]
        assert month_6.met_on == day(183)
        assert len([rule for rule in both if rule.startswith("movement_findings")]) == 1

    def test_a_no_show_is_missed_at_once_and_a_later_visit_makes_it_late(self) -> None:
        missed = record(NeurologyVisitMissed(reason="snow"), 105)
        assert closer(owed(kept(HOME, FOUND, missed), 106))[0].reason == (
            f"no-show on {day(105)}: snow; a visit until {day(107)} is still in time"
        )
        assert stands(owed(kept(HOME, FOUND, missed, visit(112, "tremor")), 113))[0][1] == "late"


class TestWhatPeopleDecide:
    def test_a_corrected_day_moves_the_visits_and_keeps_their_names_and_the_old_days(self) -> None:
        after = correcting(HISTORY, (the(HISTORY, FOUND.fact.type), FOUND.fact, FOUND_ON + 4))
        before, moved = closer(owed(HISTORY, 100)), closer(owed(after, 100))
        assert [each.key for each in moved] == [each.key for each in before]
        assert moved[0].due == day(111)
        (earlier,) = moved[0].was_due
        assert earlier.due == day(107)
        assert earlier.reason.startswith("the finding's date was corrected on ")
        assert moved[0].cites != before[0].cites

    def test_a_voided_visit_leaves_nothing_owed_after_it_and_that_is_said(self) -> None:
        voided = correcting(HISTORY, (the(HISTORY, FOUND.fact.type), None, None))
        told = owed(voided, 100)
        assert told.obligations == owed(kept(HOME), 100).obligations
        (said,) = told.taken_back
        number = the(HISTORY, FOUND.fact.type).seal.sequence
        assert said.startswith(
            f"the finding of {day(FOUND_ON)} (micrographia, bradykinesia, record {number}) was"
            " voided by record "
        )
        assert entry(voided, FOUND.key).led_to == (said,)
        assert reviews(voided) == []

    def test_findings_taken_out_of_a_visit_leave_nothing_owed_and_that_is_said(self) -> None:
        clean = visit(FOUND_ON).fact
        after = correcting(HISTORY, (the(HISTORY, FOUND.fact.type), clean, None))
        told = owed(after, 100)
        assert closer(told) == []
        assert len(told.taken_back) == 1
        assert "was replaced with record" in told.taken_back[0]

    def test_another_finding_in_its_place_takes_nothing_back(self) -> None:
        other = visit(FOUND_ON, "tremor").fact
        after = correcting(HISTORY, (the(HISTORY, FOUND.fact.type), other, None))
        assert owed(after, 100).taken_back == ()
        assert closer(owed(after, 100))[0].because.startswith(
            f"closer watch after movement or cognitive findings, found on {day(93)}: tremor; "
        )

    def test_what_was_known_before_the_void_still_owes_it(self) -> None:
        voided = correcting(HISTORY, (the(HISTORY, FOUND.fact.type), None, None))
        then_known = schedule(voided, CENTRE, RULES, day(100), len(HISTORY.records))
        assert closer(then_known) == closer(owed(HISTORY, 100))

    def test_death_cancels_what_has_not_closed(self) -> None:
        told = owed(kept(HOME, FOUND, record(PatientDied(), 120)), 150)
        assert stands(told)[:2] == [(107, "missed"), (135, "cancelled")]


class TestWhatIsReportedAndNotConfirmed:
    PARKED = kept(HOME, replace(FOUND, kind="conflict"))

    def test_a_finding_makes_provisional_visits_and_asks_no_coder(self) -> None:
        told = closer(owed(self.PARKED, 100))
        assert [each.status for each in told][:2] == ["due", "upcoming"]
        for each in told:
            assert (each.provisional or "").startswith(f"the finding of {day(93)} is reported")
            assert each.cites == ()
        assert reviews(self.PARKED) == []
        assert "provisional" in entry(self.PARKED, FOUND.key).led_to[0]

    def test_discarded_it_makes_none(self) -> None:
        gone = discarding(self.PARKED, the(self.PARKED, FOUND.fact.type))
        assert closer(owed(gone, 100)) == []

    def test_beside_a_finding_in_effect_it_opens_no_second_watch(self) -> None:
        other = replace(visit(97, "tremor"), kind="conflict")
        told = closer(owed(kept(HOME, FOUND, other), 100))
        assert {(each.anchor, each.provisional) for each in told} == {(FOUND.key, None)}

    def test_a_finding_in_effect_takes_the_place_of_one_that_is_not(self) -> None:
        firm = visit(97, "tremor")
        told = closer(owed(kept(HOME, replace(FOUND, kind="conflict"), firm), 100))
        assert {(each.anchor, each.provisional) for each in told} == {(firm.key, None)}

    def test_a_visit_without_findings_ends_nothing_and_stands_beside(self) -> None:
        clean = replace(visit(105), kind="conflict")
        told = closer(owed(kept(HOME, FOUND, clean), 106))
        assert told[0].status == "due"
        assert told[0].caution[0].startswith(f"a visit of {day(105)} is reported, not confirmed")

    def test_an_infusion_makes_what_follows_it_provisional(self) -> None:
        waiting = kept(*opened(), *collected(), *made()[:2], infused(), FOUND)
        told = closer(owed(waiting, 100))
        assert told
        assert all("infusion" in (each.provisional or "") for each in told)


class TestEachNamesTheOther:
    def test_claim_schedule_and_audit_cite_one_review_and_one_visit(self) -> None:
        (key,) = reviews(HISTORY)
        visits = closer(owed(HISTORY, 100))
        claimed = next(c for c in billed(HISTORY, 100).claims if FOUND.key in c.records)
        (asked,) = [each for each in claimed.findings if each.rule == REVIEW]
        assert asked.key == key
        assert not asked.holds
        assert visits[0].key in asked.reason
        assert {each.cites for each in visits} == {(key,)}
        assert f"coder review {key.rpartition('/')[2]}, open" in visits[0].because
        told = entry(HISTORY, FOUND.key)
        assert told.cites == (key, visits[0].key)
        assert told.led_to == (
            f"found: micrographia, bradykinesia -> coder review {key.rpartition('/')[2]}, open;"
            f" closer watch {visits[0].key}",
        )

    def test_what_is_found_again_and_the_end_are_told_at_their_records(self) -> None:
        again, clean = visit(107, "tremor"), visit(135)
        history = kept(HOME, FOUND, again, clean)
        key = closer(owed(history, 200))[0].key
        assert entry(history, again.key).led_to == (f"found again, within the closer watch {key}",)
        assert entry(history, clean.key).led_to == (f"nothing found: ends the closer watch {key}",)

    def test_a_toxicity_seen_between_visits_is_asked_of_the_encounter(self) -> None:
        (key,) = reviews(kept(HOME, toxicity(93)))
        assert key.startswith(REVIEW)

    def test_the_code_that_a_person_chose_shows_in_all_three_and_on_no_claim(self) -> None:
        (key,) = reviews(HISTORY)
        fact = FindingSettled(
            finding=key,
            decision="code chosen",
            code="G21.8",
            credential="CCS",
            reason="discussed with neurology",
        )
        settled = then(HISTORY, record(fact, 110, "settlement"))
        words = "settled by record"
        chosen = "code chosen G21.8 by rn-204, nurse"
        for told in (
            closer(owed(settled, 120))[0].because,
            entry(settled, FOUND.key).led_to[0],
        ):
            assert words in told
            assert chosen in told
        claimed = next(c for c in billed(settled, 120).claims if FOUND.key in c.records)
        before = next(c for c in billed(HISTORY, 120).claims if FOUND.key in c.records)
        assert claimed.diagnoses == before.diagnoses
        assert "G21.8" not in claimed.diagnoses

    def test_a_settlement_lapses_when_the_visit_is_corrected(self) -> None:
        settled = settling(HISTORY, reviews(HISTORY)[0])
        assert "settled by" in closer(owed(settled, 120))[0].because
        after = correcting(settled, (the(settled, FOUND.fact.type), FOUND.fact, FOUND_ON + 1))
        assert closer(owed(after, 120))[0].because.endswith(", open")


def test_a_site_sets_its_own_interval(tmp_path: Path) -> None:
    folder = tmp_path / "surveillance"
    folder.mkdir()
    (folder / "ours.toml").write_text(
        """
[[closer]]
name = "movement_findings"
label = "ours"
signs = ["micrographia"]
first_within = 7
every = 14
early = 3
late = 3
ahead = 2
for_days = 90
window_source = "protocol of the movement clinic"
from = 2026-01-01
editions = ["public", "page"]
source = "protocol of the movement clinic"
row = "site: minutes of 2026-01-02"
confidence = "high"
""",
        encoding="utf-8",
    )
    rules = read_rules("public", [folder.parent])
    told = schedule(HISTORY, CENTRE, rules, day(FOUND_ON))
    assert stands(told) == [(100, "upcoming"), (114, "upcoming")]
    assert closer(told)[0].confidence == "high"
    assert closer(told)[0].source.startswith("site: surveillance/ours.toml")


TEXTS = (("tremor",), ("micrographia", "headache"), ("headache",), ("no tremor",), ())


@st.composite
def follow_ups(draw: st.DrawFn) -> list[Record]:
    """Visits and toxicities on different days after the discharge, some of them in dispute."""
    days = draw(st.lists(st.integers(15, 400), max_size=7, unique=True))
    return [_drawn(draw, number) for number in days]


def _drawn(draw: st.DrawFn, number: int) -> Record:
    if draw(st.integers(0, 4)) == 0:
        resolved = draw(st.none() | st.just(number))
        return toxicity(number, draw(st.sampled_from(KINDS)), resolved)
    told = visit(number, *draw(st.sampled_from(TEXTS)))
    return replace(told, kind="conflict") if draw(st.integers(0, 5)) == 0 else told


@settings(max_examples=size(20, 100, 1000))
@given(follow_ups(), st.integers(15, 400), st.none() | st.integers(1, 800))
def test_a_finding_takes_nothing_of_the_calendar_away_and_its_void_restores_the_schedule(
    found: list[Record], number: int, on: int | None
) -> None:
    before = kept(HOME, found)
    added = visit(number, "tremor", message="the added one")
    after = then(before, added)
    was, now = owed(before, on), owed(after, on)
    of_the_calendar = {each.key for each in was.obligations} - {each.key for each in closer(was)}
    assert of_the_calendar <= {each.key for each in now.obligations}
    voided = correcting(after, (the(after, added.fact.type), None, None))
    assert owed(voided, on).obligations == was.obligations


@settings(max_examples=size(20, 100, 1000))
@given(follow_ups(), st.integers(1, 800))
def test_a_finding_after_all_others_removes_nothing_that_stands(
    found: list[Record], on: int
) -> None:
    last = max((each.day for each in found), default=day(15))
    before = kept(HOME, found)
    added = visit((last - day(0)).days + 1, "tremor", message="the last one")
    keys = {each.key for each in owed(before, on).obligations if each.provisional is None}
    assert keys <= {each.key for each in owed(then(before, added), on).obligations}


@settings(max_examples=size(20, 100, 1000))
@given(follow_ups(), st.integers(1, 800))
def test_watches_of_one_name_never_overlap_and_no_key_comes_twice(
    found: list[Record], on: int
) -> None:
    history = kept(HOME, found)
    keys = [each.key for each in owed(history, on).obligations]
    assert len(set(keys)) == len(keys)
    by_name: dict[str, list[tuple[Record, Record | None]]] = {}
    for watch in watches(effective(history, day(on)), RULES, day(on)):
        by_name.setdefault(watch.row.name, []).append((watch.anchor, watch.ended_by))
    for spans in by_name.values():
        for (_, ended), (following, _) in pairwise(spans):
            assert ended is not None
            assert ended.day <= following.day


@settings(max_examples=size(8, 50, 500))
@given(follow_ups(), st.integers(1, 800))
def test_every_visit_that_a_finding_makes_owed_cites_a_review_that_the_claims_know(
    found: list[Record], on: int
) -> None:
    history = kept(HOME, found)
    asked = {each.key for each in billed(history, on).findings if each.rule == REVIEW}
    cited = {key for each in closer(owed(history, on)) for key in each.cites}
    assert cited == asked
    trail = audit_trail(history, CENTRE, RULES, day(on))
    in_the_trail = {key for each in trail.entries for key in each.cites}
    assert asked <= in_the_trail
