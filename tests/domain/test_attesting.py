"""What a confirmation may attest, and whose a report is once a person has said so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final, cast

import pytest

from tests.given import CHAIN, record
from tests.minimal import fact_of
from veinledger.domain.facts.decisions import AttestedCollection, ReportConfirmed
from veinledger.domain.intake.confirmation_rules import (
    an_attested_step_is_on_the_way_of_the_product,
    an_attested_step_is_one_that_is_missing,
)
from veinledger.domain.intake.entries import Held, KeptReport
from veinledger.domain.intake.making import outcome_of, provisional_record
from veinledger.domain.intake.outcome import Arrival
from veinledger.domain.intake.request import Request
from veinledger.domain.intake.whose.together import one_with
from veinledger.domain.reports import Came, Record, Report, Source
from veinledger.domain.standing.encounter import Encounter
from veinledger.domain.standing.fold import Taken
from veinledger.domain.standing.history import Effective, History
from veinledger.domain.standing.occurred import Occurred
from veinledger.domain.standing.recorded import Recorded

NOW: Final = datetime(2026, 12, 1, tzinfo=UTC)
NOTHING: Final = Encounter()
BAG: Final = record(fact_of("product.received", chain_of_identity=CHAIN), 0, "bag")
WEIGHT: Final = record(fact_of("patient.measured"), 0, "weight")


def seen(*known: Record, taken: tuple[Taken, ...] = (), **more: Any) -> Effective:
    occurred = Occurred(taken=taken, state=NOTHING)
    recorded = Recorded(known=known, standings={})
    return Effective(encounter="E1", recorded=recorded, occurred=occurred, **more)


def confirming(target: Record, *steps: str) -> ReportConfirmed:
    attested = [{"type": each, "day": "2026-05-01"} for each in steps]
    fact = fact_of("report.confirmed", target=target.key, attested=attested)
    return cast("ReportConfirmed", fact)


def on_the_way(fact: Any, *known: Record) -> bool:
    asked = Request(
        fact=fact, known=seen(*known), now=NOW, is_known=lambda _: True, seen=lambda _: seen()
    )
    return an_attested_step_is_on_the_way_of_the_product(asked) is None


@pytest.mark.parametrize(
    ("target", "steps", "accepted"),
    [
        (BAG, ("cells.shipped",), True),
        (BAG, ("cells.shipped", "manufacturing.started"), True),
        (BAG, ("cells.shipped", "cells.infused"), False),
        (BAG, ("cells.infused",), False),
        (BAG, (), True),
        (WEIGHT, ("cells.shipped",), False),
        (WEIGHT, (), True),
    ],
)
def test_only_steps_of_the_product_are_attested_and_for_a_record_that_names_its_chain(
    target: Record, steps: tuple[str, ...], accepted: bool
) -> None:
    assert on_the_way(confirming(target, *steps), BAG, WEIGHT) is accepted


def test_a_step_is_attested_for_a_record_that_is_here_and_by_a_confirmation_alone() -> None:
    assert not on_the_way(confirming(BAG, "cells.shipped"), WEIGHT)
    assert on_the_way(fact_of("report.discarded", target=BAG.key), BAG)


def taken(each: Record, *, by_confirmation: bool = False) -> Taken:
    return Taken(record=each, before=NOTHING, after=NOTHING, by_confirmation=by_confirmation)


def step(target: Record, number: int, *, by_confirmation: bool = False) -> Taken:
    fact = AttestedCollection(chain_of_identity=CHAIN, confirmation="ab" * 32, confirmed=target.key)
    attested = replace(record(fact, -number, f"step {number}"), kind="attested")
    return taken(attested, by_confirmation=by_confirmation)


@pytest.mark.parametrize(
    ("history", "accepted"),
    [
        ((taken(BAG), step(BAG, 1), step(BAG, 2)), True),
        ((taken(BAG), step(BAG, 1), step(BAG, 2), step(BAG, 3)), True),
        ((taken(BAG), step(BAG, 1)), False),
        ((taken(BAG), step(BAG, 1), step(WEIGHT, 2)), False),
        ((taken(BAG), step(BAG, 1), taken(WEIGHT)), False),
        ((taken(BAG, by_confirmation=True), step(BAG, 1), step(BAG, 2)), False),
        ((taken(BAG), step(BAG, 1), step(BAG, 2, by_confirmation=True)), False),
        ((taken(BAG), step(BAG, 1), step(BAG, 2), step(WEIGHT, 3, by_confirmation=True)), True),
        ((step(BAG, 1), step(BAG, 2)), False),
        ((), False),
    ],
)
def test_with_its_attested_steps_a_record_has_its_place_and_so_has_each_of_them(
    history: tuple[Taken, ...], accepted: bool
) -> None:
    fact = confirming(BAG, "apheresis.completed", "cells.shipped")
    after = seen(BAG, WEIGHT, taken=history)
    assert (an_attested_step_is_one_that_is_missing(fact, after) is None) is accepted


def test_a_confirmation_that_attests_nothing_needs_no_place() -> None:
    assert an_attested_step_is_one_that_is_missing(confirming(BAG), seen(BAG)) is None


# ---- With whom an encounter counts, and whose a report is ---------------------------------------


def of_a_merge(merged: str) -> Record:
    return replace(WEIGHT, key=f"merge of {merged}", came=Came(by="ab" * 32, merges=merged))


def test_an_encounter_counts_with_its_survivor_and_with_all_that_was_merged_into_that() -> None:
    known = {
        "A": seen(WEIGHT, of_a_merge("B"), of_a_merge("C")),
        "B": seen(of_a_merge("D"), merged_into="A"),
        "C": seen(of_a_merge("A"), merged_into="A"),
        "D": seen(merged_into="A"),
        "E": seen(WEIGHT),
    }
    for name in "ABCD":
        assert sorted(one_with(name, known.__getitem__)) == ["A", "B", "C", "D"]
    assert one_with("E", known.__getitem__) == ("E",)


SOURCE: Final = Source(connection="test", message="m")


def arrival(name: str | None, **more: Any) -> Arrival:
    report = None if name is None else replace(REPORT, name=name)
    return Arrival(source=SOURCE, digest="d", report=report, **more)


REPORT: Final = Report(
    source=SOURCE, subject="encounter", name="E1", fact=WEIGHT.fact, occurred=WEIGHT.occurred,
    actor=WEIGHT.actor, original=None, canonical=b"{}",
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "held", "encounter"),
    [
        ("E1", None, "E1"),
        ("E1", Held(digest="d", sequence=3, record="r", name="E2"), "E1"),
        ("", Held(digest="d", sequence=3, record="r", name="E2"), "E2"),
        ("", Held(digest="d", sequence=None, record="r"), None),
        ("", None, None),
    ],
)
def test_an_answer_names_the_encounter_of_the_report_or_the_one_a_person_has_said_since(
    name: str, held: Held | None, encounter: str | None
) -> None:
    found = outcome_of(arrival(name), "recorded", held)
    assert found.encounter == encounter
    assert found.type == "patient.measured"
    assert (found.record, found.sequence) == (
        (None, None) if held is None else (held.record, held.sequence)
    )


def test_what_could_not_be_read_is_answered_by_what_could() -> None:
    found = outcome_of(arrival(None, encounter="E7", type="crs.graded"), "refused")
    assert (found.encounter, found.type, found.record) == ("E7", "crs.graded", None)


def test_until_it_is_sealed_a_record_has_no_position_and_the_next_sequence() -> None:
    entry = KeptReport(key=b"k", kind="report", report=REPORT, arrival=arrival("E1"))
    made = provisional_record(entry, History(encounter="E1", records=(WEIGHT, BAG)), NOW)
    assert (made.seal.position, made.seal.sequence, made.seal.recorded_at) == (0, 3, NOW)
    assert (made.key, made.name, made.fact) == (b"k".hex(), "E1", WEIGHT.fact)
