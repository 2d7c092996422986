"""By when an appeal is filed, how far it has come, and what its claim waits for meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.appeals.stories import (
    CERTIFIED,
    Story,
    appealed,
    decided,
    denied,
    request_denied,
    seen_of,
    taken_off,
    the_denial,
)
from tests.claims.encounters.denials import inpatient, visited
from tests.claims.given_claims import answered, found, rules_found, seen_in, submitted, the
from tests.given import DAY_0, Payer, day, history, record
from tests.tiers import size
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.centre.centre import Centre
from veinledger.domain.facts.appeal import AppealFiled
from veinledger.domain.facts.billing import LineAnswer
from veinledger.projections.claims.shapes import Claim
from veinledger.projections.schedule import schedule

FIRST = 60
"""The day of the denial."""


def with_appeal_days(days: int | None) -> Centre:
    """The centre, every payer with its own days for an appeal."""
    payers = tuple(replace(each, appeal_days=days) for each in CERTIFIED.payers)
    return replace(CERTIFIED, payers=payers)


def refused(**said: Any) -> Story:
    return denied(inpatient(), "C1", FIRST, **said)


def claim_of(story: Story) -> Claim:
    return the(seen_in("public", story), "C1")


# ---- Deadlines ------------------------------------------------------------------------------


def test_medicare_gives_120_days_from_receipt_and_after_a_redetermination_180() -> None:
    first = the_denial(refused()).deadline
    assert (first.level, first.day) == (1, day(FIRST + 120 + 5))
    assert "5 days for the mail" in first.how
    upheld = [
        *refused(), appealed(inpatient(), "C1", 100), decided(inpatient(), "C1", 150, "upheld"),
    ]  # fmt: skip
    second = the_denial(upheld).deadline
    assert (second.level, second.day) == (2, day(150 + 180 + 5))
    assert second.label == "reconsideration"


def test_the_law_goes_before_the_directory_and_the_payers_word_before_both() -> None:
    site = with_appeal_days(45)
    assert the_denial(refused(), centre=site).deadline.day == day(FIRST + 120 + 5)
    of_the_site = denied(inpatient("harbor_health"), "C1", FIRST)
    assert the_denial(of_the_site, centre=site).deadline.day == day(FIRST + 45)
    filed = [*refused(), appealed(inpatient(), "C1", 70, deadline=day(99))]
    assert the_denial(filed, centre=with_appeal_days(45)).deadline.day == day(99)
    upheld = [*filed, decided(inpatient(), "C1", 90, "upheld", next_deadline=day(130))]
    due = the_denial(upheld, centre=with_appeal_days(45)).deadline
    assert (due.level, due.day, due.source) == (2, day(130), "the payer's decision")
    request = request_denied(inpatient("harbor_health"), "why", appeal_by=day(20))
    assert the_denial(request, centre=with_appeal_days(45)).deadline.day == day(20)


def test_a_last_day_before_the_decision_itself_is_a_typing_error_and_counts_for_nothing() -> None:
    site = with_appeal_days(45)
    request = request_denied(inpatient("harbor_health"), "why", number=-30, appeal_by=day(-31))
    assert the_denial(request, centre=site).deadline.day == day(-30 + 45)
    on_the_day = request_denied(inpatient("harbor_health"), "why", number=-30, appeal_by=day(-30))
    assert the_denial(on_the_day, centre=site).deadline.day == day(-30)
    story = [*inpatient(), submitted(claim_of(inpatient()), len(inpatient()))]
    lost = [
        *denied(story, "C1", FIRST),
        appealed(inpatient(), "C1", 70),
        decided(inpatient(), "C1", 90, "upheld", next_deadline=day(89)),
    ]
    owed = schedule(history(lost), CERTIFIED, shipped_rules()).obligations
    (second,) = [each for each in owed if each.rule == "claim_appeal_level_2"]
    assert second.closes == the_denial(lost).deadline.day == day(90 + 180 + 5)


@pytest.mark.parametrize("payer", ["medicare", "harbor_health"])
@pytest.mark.parametrize("upheld", [False, True], ids=["denied", "upheld"])
@pytest.mark.parametrize("days", [30, 45, 200])
def test_schedule_and_packet_name_one_last_day(payer: Payer, upheld: bool, days: int) -> None:
    bare, site = inpatient(payer), with_appeal_days(days)
    claim = the(seen_in("public", bare), "C1")
    told = denied([*bare, submitted(claim, len(bare))], "C1", FIRST)
    if upheld:
        told = [*told, appealed(bare, "C1", 70), decided(bare, "C1", 90, "upheld")]
    owed = schedule(history(told), site, shipped_rules()).obligations
    (last,) = [each for each in owed if each.rule == f"claim_appeal_level_{1 + upheld}"]
    assert last.closes == the_denial(told, centre=site).deadline.day


def test_a_decision_of_the_level_before_leaves_the_next_appeal_open() -> None:
    """The letter about level 1 came again, after level 2 was filed."""
    told = [
        *refused(),
        appealed(inpatient(), "C1", 70),
        decided(inpatient(), "C1", 90, "upheld"),
        appealed(inpatient(), "C1", 95, level=2),
        decided(inpatient(), "C1", 100, "upheld"),
    ]
    found = the_denial(told)
    assert (found.state, found.deadline.level) == ("open", 2)


def test_an_appeal_to_another_payer_under_the_same_reference_is_none_of_this_request() -> None:
    def asked(payer: str) -> str:
        fact = AppealFiled(
            reference="REQ-9",
            patient_control_number="REQ-9",
            payer=payer,
            level=1,
            reason="why not",
        )
        story = request_denied(inpatient("harbor_health"), "why")
        return the_denial(
            [*story, record(fact, -20, "appealed")], centre=with_appeal_days(45)
        ).state

    assert asked("harbor_health") == "open"
    assert asked("birch_health") != "open"


def test_where_nobody_says_by_when_it_is_said_what_to_do() -> None:
    due = the_denial(denied(inpatient("harbor_health"), "C1")).deadline
    assert due.day is None
    assert "set appeal_days of this payer in the directory" in due.how


@settings(max_examples=size(25, 25, 100), deadline=None)
@given(st.integers(14, 900), st.integers(1, 400))
def test_a_deadline_is_so_many_days_on_whatever_months_lie_between(number: int, days: int) -> None:
    story = denied(inpatient("harbor_health"), "C1", number)
    due = the_denial(story, centre=with_appeal_days(days)).deadline
    assert due.day == DAY_0 + timedelta(days=number) + timedelta(days=days)


@pytest.mark.parametrize(
    ("denied_on", "last"),
    [
        (date(2026, 10, 26), date(2027, 2, 28)),
        (date(2027, 10, 26), date(2028, 2, 28)),
        (date(2027, 10, 27), date(2028, 2, 29)),
    ],
)
def test_a_deadline_counts_over_the_end_of_february(denied_on: date, last: date) -> None:
    story = denied(inpatient(), "C1", (denied_on - DAY_0).days)
    assert the_denial(story).deadline.day == last


def test_the_schedule_has_the_same_last_day() -> None:
    story = inpatient()
    told = denied([*story, submitted(claim_of(story), len(story))], "C1")
    owed = schedule(history(told), CERTIFIED, shipped_rules()).obligations
    (one,) = [each for each in owed if each.rule == "claim_appeal_level_1"]
    assert one.closes == the_denial(told).deadline.day


# ---- The course -----------------------------------------------------------------------------


def test_the_last_day_is_in_time_and_the_next_is_too_late() -> None:
    last = day(FIRST + 120 + 5)
    assert the_denial(refused(), as_of=last).state == "not appealed"
    late = the_denial(refused(), as_of=last + timedelta(days=1))
    assert late.state == "too late"
    assert f"the last day was {last}" in late.next


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("overturned", "wait for the payment"),
        ("partly overturned", "for the rest ask for level 2"),
        ("upheld", "ask for level 2 of appeal (reconsideration"),
        ("dismissed", "the payer dismissed the appeal: ask for level 2"),
    ],
)
def test_each_decision_says_what_comes_next(outcome: str, words: str) -> None:
    filed = [*refused(), appealed(inpatient(), "C1", 80)]
    assert the_denial(filed).state == "open"
    told = the_denial([*filed, decided(inpatient(), "C1", 120, outcome)])
    assert told.state == outcome
    assert words in told.next
    assert [each.what for each in told.course] == [
        "denied", "appeal of level 1 filed", f"appeal of level 1 {outcome}",
    ]  # fmt: skip


def test_a_second_level_after_an_upheld_denial_is_open_again() -> None:
    story = [
        *refused(),
        appealed(inpatient(), "C1", 80),
        decided(inpatient(), "C1", 120, "upheld"),
        appealed(inpatient(), "C1", 140, level=2),
    ]
    told = the_denial(story)
    assert (told.state, told.deadline.level) == ("open", 2)


def test_what_was_not_known_then_plays_no_part() -> None:
    story = [*refused(), appealed(inpatient(), "C1", 80)]
    assert seen_of(story, as_of=day(FIRST - 1)).denials == ()
    assert the_denial(story, as_of=day(79)).state == "not appealed"
    assert the_denial(story, as_of=day(80)).state == "open"


def test_a_later_answer_of_the_payer_stands_in_the_place_of_an_earlier_one() -> None:
    twice = denied(refused(), "C1", 90)
    assert [each.state for each in seen_of(twice).denials] == ["answered again", "not appealed"]
    paid = [*refused(), answered(claim_of(inpatient()), 90)]
    told = the_denial(paid)
    assert (told.state, told.next) == ("paid since", "nothing: the payer paid the claim since")


@pytest.mark.parametrize("kind", ["reversed", "recouped"])
def test_money_taken_back_is_a_denial_too(kind: str) -> None:
    told = the_denial(refused(kind=kind, text="lenalidomide"))
    assert (told.kind, told.match) == (kind, "matched")


def test_a_paid_claim_with_a_line_that_was_not_is_denied_by_that_line() -> None:
    line = LineAnswer(
        line=1, charged=Decimal(340), paid=Decimal(0), adjustments=(taken_off("97", "340"),)
    )
    told = denied(_under_medicare(), "E1", kind="paid", paid=Decimal(100), lines=(line,))
    (one,) = seen_of(told).denials
    assert (one.kind, one.lines[0].line, one.lines[0].codes) == ("lines denied", 1, ("CO-97",))
    assert one.lines[0].rule
    assert one.lines[0].records
    assert one.amount == Decimal(340)


def _under_medicare() -> Story:
    visit = [each for each in visited() if each.fact.type == "neurology.visit_completed"][-1:]
    return [*inpatient(), *visit]


def test_a_line_that_the_drg_pays_is_not_denied() -> None:
    line = LineAnswer(line=1, paid=Decimal(0), adjustments=(taken_off("97"),))
    told = denied(inpatient(), "C1", kind="paid", paid=Decimal(500000), lines=(line,))
    assert seen_of(told).denials == ()


# ---- The claim meanwhile --------------------------------------------------------------------


def test_a_claim_waits_while_its_appeal_is_open_and_after_it_was_won_until_it_is_paid() -> None:
    story, claim = refused(), claim_of(inpatient())
    assert "a_denial_is_answered_in_time" in rules_found(claim_of(story))
    open_one = [*story, appealed(inpatient(), "C1", 80)]
    waiting = claim_of(open_one)
    assert (waiting.state, "level 1, filed on" in waiting.state_reason) == ("waiting", True)
    assert "a_denial_is_answered_in_time" not in rules_found(waiting)
    won = [*open_one, decided(inpatient(), "C1", 120, "overturned")]
    assert claim_of(won).state == "waiting"
    assert "the payment is awaited" in claim_of(won).state_reason
    paid = claim_of([*won, answered(claim, 130)])
    assert (paid.state, paid.draft) == ("paid", claim.draft)


def test_a_lost_appeal_is_told_with_the_next_level() -> None:
    lost = [
        *refused(), appealed(inpatient(), "C1", 80), decided(inpatient(), "C1", 120, "upheld"),
    ]  # fmt: skip
    told = found(claim_of(lost), "a_denial_is_answered_in_time")
    assert "its appeal was upheld" in told.reason
    assert f"level 2: by {day(120 + 180 + 5)}" in told.remedy
    lost_claim = claim_of(lost)
    assert (lost_claim.state, lost_claim.draft) == ("denied", claim_of(inpatient()).draft)


def test_a_proposal_to_send_again_waits_for_an_open_appeal() -> None:
    story = inpatient()
    claim = claim_of(story)
    told = [*story, submitted(claim, len(story))]
    gone = [each for each in denied(told, "C1") if each.key != claim.anchor]
    (before,) = seen_in("public", gone).proposals
    assert "appeal" not in before.reason
    (meanwhile,) = seen_in("public", [*gone, appealed(story, "C1", 80)]).proposals
    assert "its appeal of level 1 is open: the payer decides first" in meanwhile.reason
