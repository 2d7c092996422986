"""What holds of the gates about the patient whatever is told: days, order, later and other records.

Stories come in parts that are left out, doubled and moved; a gate is asked on any day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.claims.cells import SITE
from tests.given import Payer, day, history, opened, record
from tests.projections.gates.ready import (
    PARTS,
    assessed,
    cleared,
    documented,
    four_lines,
    granted,
    planned,
    ready,
    refractory,
    seen_by_neurology,
)
from tests.tiers import SEED, size, tell
from veinledger.adapters.pages import shipped_pages, shipped_rules
from veinledger.domain.codebook.statement import EDITIONS, Edition
from veinledger.domain.facts.disease import LaboratoryResulted
from veinledger.domain.facts.surveillance import AppointmentBooked
from veinledger.domain.gates.gate import INTENTS, Intent
from veinledger.domain.reports import Record
from veinledger.domain.rules import Rules, rules_of
from veinledger.projections.gates.check import Step, check
from veinledger.projections.gates.registry import GATES
from veinledger.projections.gates.shapes import Verdict

PATIENT: Final = frozenset(n for n, body in GATES.items() if ".rules.patient." in body.__module__)
MANY: Final = size(25, 100, 2000)
tell(f"gates about the patient: {MANY} histories each, seed {SEED}")

DAYS: Final = st.integers(-100, 20)
AGES: Final = st.integers(0, 70)
PAST: Final = st.integers(-600, -90)
RESULTS: Final = st.lists(
    st.tuples(st.integers(-90, 10), st.sampled_from(["cleared", "not cleared", "pending"])),
    unique_by=lambda each: each[0],
    max_size=5,
)
SPARE: Final[tuple[Record, ...]] = (
    cleared("ECOG", -30, value=Decimal(2)),
    cleared("ECOG", -10, "not cleared", value=Decimal(3)),
    cleared("LVEF", -9, "pending"),
    cleared("hepatic", -20, "not cleared"),
    cleared("autoimmune", 3, "not cleared"),
    cleared("infection", -1, "not cleared"),
    cleared("neurology", -3, "not cleared"),
    cleared("imaging", -5),
    assessed(-15, "in remission", "C90.01"),
    assessed(5, "in relapse", "C90.02"),
    planned(-3, ("baseline",)),
    seen_by_neurology(-2, findings=("tremor",)),
    refractory(-200, -100),
    documented("G21.11", -40),
    granted(),
    *four_lines()[2:],
)
"""Records that change some verdicts, each dated on its own day."""


def _told(payer: Payer, indication: str, without: set[str], more: list[Record]) -> list[Record]:
    left_out: dict[str, Iterable[Record]] = dict.fromkeys(without, ())
    return [*ready(opened(payer, indication=indication), **left_out), *more]


def _step(intent: Intent, number: int) -> Step:
    return Step(intent=intent, on=day(number))


PAYERS: Final[tuple[Payer, ...]] = ("harbor_health", "medicare", "cedar_advantage")
STORIES: Final = st.builds(
    _told,
    st.sampled_from(PAYERS),
    st.sampled_from(["second_line", "fourth_line", "myeloma"]),
    st.sets(st.sampled_from(sorted(PARTS)), max_size=4),
    st.lists(st.sampled_from(SPARE), unique_by=lambda each: each.key, max_size=6),
)
STEPS: Final = st.builds(_step, st.sampled_from(INTENTS), DAYS)
IN_EITHER: Final = st.sampled_from(EDITIONS)


def verdicts(told: Iterable[Record], step: Step, rules: Rules) -> dict[str, Verdict]:
    """What the gates about the patient answer."""
    found = check(history(*told), SITE, rules, step)
    return {each.gate: each for each in found.verdicts if each.gate in PATIENT}


@settings(max_examples=MANY)
@given(STORIES, STEPS, IN_EITHER)
def test_no_verdict_depends_on_what_came_after_the_day(
    story: list[Record], step: Step, edition: Edition
) -> None:
    until = [each for each in story if each.day <= step.on]
    assert verdicts(story, step, shipped_rules(edition)) == verdicts(
        until, step, shipped_rules(edition)
    )


@settings(max_examples=MANY)
@given(st.data(), STORIES, STEPS, IN_EITHER)
def test_no_verdict_depends_on_the_order_of_arrival(
    data: st.DataObject, story: list[Record], step: Step, edition: Edition
) -> None:
    shuffled = data.draw(st.permutations(story))
    assert verdicts(story, step, shipped_rules(edition)) == verdicts(
        shuffled, step, shipped_rules(edition)
    )


@settings(max_examples=MANY)
@given(STORIES, STEPS, IN_EITHER, st.integers(-89, 20))
def test_a_record_about_something_else_changes_nothing(
    story: list[Record], step: Step, edition: Edition, number: int
) -> None:
    when = f"{day(number + 2)}T09:00:00-05:00"
    booked = AppointmentBooked(appointment="AP-1", kind="other", scheduled_for=when)
    others = [record(booked, number), record(LaboratoryResulted(test="sodium"), number)]
    assert verdicts(story, step, shipped_rules(edition)) == verdicts(
        [*story, *others], step, shipped_rules(edition)
    )


@settings(max_examples=MANY)
@given(STORIES, STEPS, IN_EITHER)
def test_what_is_not_met_rests_on_records_of_the_encounter_and_says_what_to_do(
    story: list[Record], step: Step, edition: Edition
) -> None:
    keys = {each.key for each in story if each.day <= step.on}
    for verdict in verdicts(story, step, shipped_rules(edition)).values():
        assert set(verdict.records) <= keys
        assert verdict.reason
        assert bool(verdict.remedy) == (verdict.state == "not met")


@settings(max_examples=MANY)
@given(
    st.integers(-1700, -90), st.integers(-1900, -90), st.one_of(st.none(), st.integers(-1900, -90))
)
def test_refractory_is_a_progression_during_therapy_or_within_sixty_days_of_its_last_dose(
    last: int, progressed: int, first: int | None
) -> None:
    first_dose = None if first is None else day(min(first, last))
    told = refractory(last, progressed, first_dose=first_dose)
    step = Step(intent="infuse", on=day(0))
    found = verdicts(ready(refractory=[told]), step, shipped_rules())
    begun = first_dose is None or day(progressed) >= first_dose
    expected = begun and progressed - last <= 60
    verdict = found["the_disease_is_refractory_to_what_the_label_names"]
    assert (verdict.state == "met") == expected
    assert str(day(last)) in verdict.reason
    assert str(day(progressed)) in verdict.reason


@settings(max_examples=MANY)
@given(RESULTS, st.integers(-90, 10))
def test_the_newest_result_on_or_before_the_day_decides(
    results: list[tuple[int, str]], on: int
) -> None:
    told = [cleared("LVEF", number, result) for number, result in results]
    step = Step(intent="infuse", on=day(on))
    verdict = verdicts(ready(lvef=told), step, shipped_rules())["the_heart_was_cleared"]
    before = [each for each in sorted(results) if each[0] <= on]
    assert (verdict.state == "met") == (bool(before) and before[-1][1] == "cleared")
    if before:
        assert str(day(before[-1][0])) in verdict.reason
    else:
        assert "no left ventricular ejection fraction is recorded" in verdict.reason


ASK: Final = """
[[ask]]
name = "cardiac_clearance"
policy = "commercial"
label = "Cardiac clearance"
at_least = 45
within_days = {days}
from = 2022-02-28
editions = ["public", "page"]
source = "minutes of the tumour board"
row = "site: minutes"
confidence = "high"
"""
LIMITS: Final = {
    days: rules_of(
        shipped_pages(),
        edition="public",
        version="0",
        overlays=[{"policies/own.toml": ASK.format(days=days).encode()}],
    )
    for days in (0, 30)
}


@settings(max_examples=MANY)
@given(
    st.sampled_from(sorted(LIMITS)), st.integers(0, 70), st.one_of(st.none(), st.integers(0, 70))
)
def test_an_examination_is_young_enough_on_the_day_or_when_the_payer_was_asked(
    limit: int, old: int, asked_before: int | None
) -> None:
    examined = cleared("LVEF", -old, value=Decimal(45))
    asked = [] if asked_before is None else [granted(-asked_before)]
    step = Step(intent="infuse", on=day(0))
    told = ready(lvef=[examined], asked=asked)
    verdict = verdicts(told, step, LIMITS[limit])["the_heart_was_cleared"]
    then = None if asked_before is None else old - asked_before
    expected = old <= limit or (then is not None and 0 <= then <= limit)
    assert (verdict.state == "met") == expected
    assert verdict.source.startswith("site: policies/own.toml: minutes")
    assert verdict.confidence == "high"


@settings(max_examples=MANY)
@given(STORIES, st.integers(0, 60))
def test_a_later_clearance_that_says_the_same_never_makes_anything_worse(
    story: list[Record], number: int
) -> None:
    step, rules = Step(intent="infuse", on=day(0)), shipped_rules()
    again = cleared("imaging", -number)
    if any(each.fact.type == "clearance.recorded" and each.key == again.key for each in story):
        again = replace(again, key="0" * 64)
    gate = "the_disease_burden_was_measured_lately"
    before, after = (verdicts(told, step, rules)[gate] for told in (story, [*story, again]))
    assert before.state in (after.state, "not met")


@settings(max_examples=MANY)
@given(st.integers(0, 400))
def test_a_weight_is_as_old_as_its_day(old: int) -> None:
    step = Step(intent="infuse", on=day(0) + timedelta(days=old - 8))
    told = [
        each for each in opened(indication="second_line") if each.fact.type != "patient.measured"
    ]
    verdict = verdicts(ready(told), step, shipped_rules())["the_weight_was_measured_lately"]
    assert (verdict.state == "met") == (old <= 30)
