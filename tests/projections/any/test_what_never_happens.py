"""What no answer ever says, whatever happened: asked of any history whatever."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.projections.any.asking import CENTRES, DAYS, MOMENTS, RULE_SETS, RULES, Question
from tests.projections.any.histories import histories
from tests.tiers import size
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import History, folded_history
from veinledger.domain.standing.occurred import had_occurred
from veinledger.domain.standing.recorded import was_known
from veinledger.projections.appeals.shapes import Appeals
from veinledger.projections.estimate.shapes import ClaimEstimate, Estimate
from veinledger.projections.gates.shapes import Check
from veinledger.projections.schedule import Obligation, Schedule
from veinledger.projections.support.shapes import Support

pytestmark = pytest.mark.stochastic

SOME: Final = settings(
    max_examples=size(15, 15, 5_000),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
KEY: Final = re.compile(r"[0-9a-f]{64}")
OTHERWISE_HEXADECIMAL: Final = ("rule_pack", "directory", "digest", "leaf", "hash")
BY_THE_REMS: Final = "_is_certified_under_the_products_programme"
AFTER_THE_REMS: Final = st.dates(date(2025, 6, 26), date(2199, 12, 31))
PUBLIC: Final = frozenset({"FFS", "MA", "Medicaid"})


def questions() -> st.SearchStrategy[Question]:
    return st.builds(
        Question,
        history=histories(),
        rules=RULE_SETS,
        centre=st.sampled_from(CENTRES),
        as_of=DAYS,
        known_at=MOMENTS,
    )


def parts(value: object, name: str = "") -> Iterator[tuple[str, object]]:
    """Everything that an answer is made of, with the name of the field that it stands in."""
    yield name, value
    if is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from parts(getattr(value, each.name), each.name)
    elif isinstance(value, (tuple, list)):
        for item in cast("tuple[object, ...]", value):
            yield from parts(item, name)


def cited(value: object) -> set[str]:
    """The keys of records that an answer names."""
    return {
        text
        for name, text in parts(value)
        if isinstance(text, str) and KEY.fullmatch(text) and name not in OTHERWISE_HEXADECIMAL
    }


@SOME
@given(asked=questions())
def test_an_answer_cites_only_what_was_known_and_had_occurred(asked: Question) -> None:
    history = asked.history
    records = {each.key: each for each in history.records}
    certificates = {each.record for each in asked.centre.certifications}
    disputed = {k for f in folded_history(history, asked.known_at).about_two for k in f.records}
    for name, answer in asked.answers().items():
        by = asked.on if name.startswith("check") or name == "due" else asked.as_of
        assert by is not None
        for key in cited(answer()) - certificates - disputed:
            record = records[key]
            assert was_known(record.seal.position, record.seal.recorded_at, asked.known_at)
            # A correction counts from the day on which it is known, and the opening from the first
            # day of the story.
            if record.fact.type not in {"records.corrected", "encounter.opened"}:
                assert had_occurred(record, by), (name, record.fact.type)


def days_in_order(each: Obligation) -> bool:
    return each.opens <= each.due <= each.closes


def status_fits(each: Obligation, on: date) -> bool:
    """Whether the status is what the days say; nobody is late with what is only expected."""
    if each.group == "hint":
        return each.status not in {"late", "missed"}
    met = each.met_on
    match each.status:
        case "met":
            return met is not None and met <= each.closes and met <= on
        case "late":
            return met is not None and each.closes < met <= on
        case "due":
            return each.opens <= on <= each.closes
        case "upcoming":
            return on < each.opens
        case _:
            return met is None


@SOME
@given(asked=questions())
def test_every_obligation_has_one_name_days_in_order_and_the_status_that_they_say(
    asked: Question,
) -> None:
    owed = cast("Schedule", asked.answers()["schedule"]())
    names = Counter(each.key for each in owed.obligations)
    assert not [name for name, count in names.items() if count > 1]
    for each in owed.obligations:
        assert days_in_order(each), each.rule
        assert (each.met_by is None) == (each.status not in {"met", "late"}), each.rule
        if not hasattr(asked.as_of, "hour"):
            assert status_fits(each, asked.on), (each.rule, each.status)


def no_money_is_wrong(each: ClaimEstimate) -> None:
    paid = each.payment
    steps = (*paid.allowed, *paid.patient)
    assert all(step.amount >= 0 for step in steps)
    assert each.expected is None or each.expected >= 0
    for told in (paid.allowed, paid.patient):
        lines = Counter(step.line for step in told if step.line is not None)
        assert max(lines.values(), default=1) == 1
    if paid.allowed_total is not None and paid.whole:
        assert paid.patient_total <= paid.allowed_total


@SOME
@given(asked=questions())
def test_no_amount_is_below_nothing_and_nothing_is_paid_twice(asked: Question) -> None:
    for name, answer in asked.answers().items():
        told: Any = answer()
        assert all(x.is_finite() for _, x in parts(told) if isinstance(x, Decimal)), name
        if isinstance(told, Estimate):
            assert len({each.key for each in told.claims}) == len(told.claims)
            for each in told.claims:
                no_money_is_wrong(each)
            inside = Counter(label for rate in told.agreed for label in rate.claims)
            assert max(inside.values(), default=1) == 1


@SOME
@given(asked=questions())
def test_every_gate_speaks_once_with_its_reason_source_and_remedy(asked: Question) -> None:
    for name, answer in asked.answers().items():
        if not name.startswith("check"):
            continue
        told = cast("Check", answer())
        assert len({each.gate for each in told.verdicts}) == len(told.verdicts)
        for each in told.verdicts:
            assert each.reason
            assert each.source
            assert each.remedy or each.state != "not met", each.gate
            assert each.at_risk is None or each.at_risk >= 0


@SOME
@given(history=histories(), on=AFTER_THE_REMS)
def test_nobody_asks_for_a_rems_that_has_ended(history: History, on: date) -> None:
    asked = Question(history=history, rules=RULES["public"], as_of=on)
    for name, answer in asked.answers().items():
        if name.startswith("check"):
            told = cast("Check", answer())
            if not told.judged:
                continue
            by_rems = [
                each
                for each in told.verdicts
                if each.gate.endswith("_under_the_products_programme")
            ]
            assert all(each.state == "not asked" for each in by_rems)


@SOME
@given(history=histories(), rules=RULE_SETS, on=DAYS)
def test_no_copay_help_is_offered_to_whom_a_public_payer_covers(
    history: History, rules: Rules, on: date
) -> None:
    told = Question(history=history, rules=rules, as_of=on).answers()["support"]()
    if isinstance(told, Support) and PUBLIC.intersection(told.coverage):
        offered = [each for each in told.tasks if each.state in {"do now", "ask first", "late"}]
        assert not [each.rule for each in offered if "copay assistance" in each.gives]


@SOME
@given(asked=questions())
def test_no_appeal_was_ever_due_before_its_denial(asked: Question) -> None:
    told = asked.answers()["appeals"]()
    for each in told.denials if isinstance(told, Appeals) else ():
        day = each.deadline.day
        assert day is None or day >= each.denial.day
