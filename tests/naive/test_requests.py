"""The naive model says by example what docs/standing.md says in sections 1, 6 and 7."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.naive.model import Fact
from tests.naive.page.two_records import NAMED_BY_TWO, PUT_OUT
from tests.naive.world import Answer, World

DAY_ONE = date(2026, 3, 1)


class Hospital:
    """A ledger that is told one fact a message; `on` is the day of March, at nine o'clock."""

    def __init__(self) -> None:
        self.world = World(now=datetime(2026, 6, 1, tzinfo=UTC))
        self.number = 0

    def __call__(self, encounter: str, kind: str, on: int = 30, **fields: Any) -> str:
        self.last = self.answer(encounter, kind, on, **fields)
        return self.last.key or ""

    def answer(self, encounter: str, kind: str, on: int = 30, **fields: Any) -> Answer:
        self.number += 1
        fact: Fact = {
            "key": f"{self.number:02d} {kind}",
            "same": f"{self.number:02d}",
            "type": kind,
            **on_day(on),
            "connection": "adt",
            "message": f"M{self.number:02d}",
            "item": 1,
            "conflict": False,
            **fields,
        }
        return self.world.hear([(encounter, fact)])[0]

    def standing(self, encounter: str, key: str) -> str:
        return self.world.verdict(encounter).standing[key][0]

    def stage(self, encounter: str) -> str:
        return self.world.verdict(encounter).stage

    def to_released(self, encounter: str, chain: str) -> tuple[str, ...]:
        return (
            self(encounter, "encounter.opened", 1),
            self(encounter, "apheresis.completed", 2, chain=chain, donation="D1"),
            self(encounter, "manufacturing.started", 4, chain=chain, collections=["D1"]),
            self(encounter, "manufacturing.released", 10, chain=chain),
        )


def on_day(on: int) -> dict[str, Any]:
    day = DAY_ONE + timedelta(days=on - 1)
    return {"day": day, "instant": datetime(day.year, day.month, day.day, 9, tzinfo=UTC)}


def void(target: str) -> dict[str, Any]:
    return {"kind": "void", "target": target}


def move(target: str, encounter: str) -> dict[str, Any]:
    return {"kind": "move", "target": target, "encounter": encounter}


def replace(record: str, kind: str, on: int, **fields: Any) -> dict[str, Any]:
    replacement = {"type": kind, **on_day(on), **fields}
    return {"kind": "replace", "target": record, "replacement": replacement}


@pytest.fixture
def told() -> Hospital:
    return Hospital()


def test_a_replacement_counts_in_the_place_of_what_it_replaces(told: Hospital) -> None:
    *_, released = told.to_released("E1", "A")
    told("E1", "product.received", 9, chain="A")
    change = replace(released, "manufacturing.released", 8, chain="A")
    assert told.answer("E1", "records.corrected", changes=[change]).answer == "recorded"
    assert told.standing("E1", released) == "superseded"
    assert told.world.verdict("E1").taken[-2]["day"] == on_day(9)["day"]


def test_a_void_that_would_strand_another_record_is_refused(told: Hospital) -> None:
    opened, *_ = told.to_released("E1", "A")
    answer = told.answer("E1", "records.corrected", changes=[void(opened)])
    assert (answer.answer, answer.against) == ("refused", ["6.6"])
    assert told.stage("E1") == "L"


def test_the_same_void_in_a_set_with_all_that_rests_on_it_is_kept(told: Hospital) -> None:
    records = told.to_released("E1", "A")
    changes = [void(record) for record in records]
    assert told.answer("E1", "records.corrected", changes=changes).answer == "recorded"
    assert told.stage("E1") == "U"


def test_a_whole_encounter_may_be_moved_with_its_opening(told: Hospital) -> None:
    records = told.to_released("E1", "A")
    changes = [move(record, "E2") for record in records]
    assert told.answer("E1", "records.corrected", changes=changes[1:]).against == ["6.5"]
    assert told.answer("E1", "records.corrected", changes=changes).answer == "recorded"
    assert (told.stage("E1"), told.stage("E2")) == ("U", "L")


@pytest.mark.parametrize(
    ("change", "paragraph"),
    [
        (void("nobody's"), "6.1"),
        (replace("02 apheresis.completed", "report.discarded", 3, target="x"), "6.4"),
        (replace("02 apheresis.completed", "certification.recorded", 3), "6.4"),
        (replace("02 apheresis.completed", "apheresis.completed", 400, chain="A"), "6.4"),
        (move("02 apheresis.completed", "E1"), "6.5"),
        (move("02 apheresis.completed", "E7"), "6.5"),
        (replace("02 apheresis.completed", "encounter.opened", 3), "6.7"),
    ],
)
def test_a_change_that_cannot_be_is_refused_by_its_paragraph(
    told: Hospital, change: dict[str, Any], paragraph: str
) -> None:
    told("E1", "encounter.opened", 1)
    told("E1", "apheresis.completed", 2, chain="A")
    assert told.answer("E1", "records.corrected", changes=[change]).against == [paragraph]


def test_what_is_gone_is_corrected_where_it_stands_now_and_a_decision_never(
    told: Hospital,
) -> None:
    told("E1", "encounter.opened", 1)
    visit = told("E1", "neurology.visit_completed", 3)
    first = told("E1", "records.corrected", changes=[void(visit)])
    assert told.answer("E1", "records.corrected", changes=[void(visit)]).against == ["6.3"]
    assert told.answer("E1", "records.corrected", changes=[void(first)]).against == ["6.2"]
    back = replace(visit, "neurology.visit_completed", 4)
    put_back = told("E1", "records.corrected", changes=[back])
    assert told.answer("E1", "records.corrected", changes=[back]).against == ["6.3"]
    assert told.standing("E1", f"{put_back}/brought 0") == "in effect"


def test_a_moved_claim_lets_the_chain_go_to_the_other_encounter(told: Hospital) -> None:
    told("E1", "encounter.opened", 1)
    told("E2", "encounter.opened", 1)
    ordered = told("E1", "product.ordered", 2, chain="A")
    theirs = told("E2", "product.ordered", 3, chain="A")
    assert told.standing("E2", theirs) == "disputed"
    answer = told.answer("E1", "records.corrected", changes=[move(ordered, "E2")])
    assert answer.answer == "recorded"
    assert told.standing("E2", theirs) == "in effect"


def test_a_receipt_that_is_attested_gives_the_infusion_its_place(told: Hospital) -> None:
    told.to_released("E1", "A")
    infusion = told("E1", "cells.infused", 15, chain="A", extent="complete")
    assert told.standing("E1", infusion) == "waiting"
    step = ("product.received", on_day(12)["day"])
    confirmed = told.answer("E1", "report.confirmed", target=infusion, attested=[step])
    assert confirmed.answer == "recorded"
    verdict = told.world.verdict("E1")
    assert (verdict.stage, verdict.forced) == ("I", [])
    assert len(verdict.standing) == 6


@pytest.mark.parametrize(
    "steps",
    [
        [("product.received", 16)],
        [("cells.infused", 12)],
        [("product.received", 12), ("apheresis.completed", 14)],
        [("manufacturing.released", 12)],
    ],
    ids=["too late", "not of the five", "one that was reported", "not what is missing"],
)
def test_attested_steps_that_do_not_give_it_its_place_are_refused(
    told: Hospital, steps: list[tuple[str, int]]
) -> None:
    told.to_released("E1", "A")
    infusion = told("E1", "cells.infused", 14, chain="A", extent="complete")
    dated = [(kind, on_day(on)["day"]) for kind, on in steps]
    answer = told.answer("E1", "report.confirmed", target=infusion, attested=dated)
    assert answer.against == ["6.attested"]


def test_a_receipt_that_is_reported_later_takes_the_place_of_the_attested_one(
    told: Hospital,
) -> None:
    told.to_released("E1", "A")
    infusion = told("E1", "cells.infused", 15, chain="A", extent="complete")
    step = ("product.received", on_day(12)["day"])
    told("E1", "report.confirmed", target=infusion, attested=[step])
    told("E1", "product.received", 13, chain="A")
    kinds = [taken["type"] for taken in told.world.verdict("E1").taken]
    assert kinds.count("product.received") == 1


def test_a_person_decides_only_about_what_waits_or_is_disputed(told: Hospital) -> None:
    opened = told("E1", "encounter.opened", 1)
    for kind in ("report.confirmed", "report.discarded"):
        assert told.answer("E1", kind, target=opened).against == ["6.target"]
        assert told.answer("E2", kind, target=opened).against == ["6.target"]


def test_a_second_dose_and_the_first_are_named_together(told: Hospital) -> None:
    told.to_released("E1", "A")
    told("E1", "product.received", 12, chain="A")
    first = told("E1", "cells.infused", 15, chain="A", extent="complete")
    second = told("E1", "cells.infused", 16, chain="A", extent="complete")
    assert told.world.findings("E1") == {(PUT_OUT, frozenset({first, second}))}
    told("E1", "report.discarded", target=second)
    assert told.world.findings("E1") == set()


def test_a_death_and_the_first_visit_that_contests_it_are_named_together(told: Hospital) -> None:
    told("E1", "encounter.opened", 1)
    death = told("E1", "patient.died", 3)
    visit = told("E1", "neurology.visit_completed", 6)
    told("E1", "neurology.visit_completed", 8)
    assert told.world.findings("E1") == {(PUT_OUT, frozenset({death, visit}))}


def test_a_chain_that_two_encounters_name_is_told_to_both(told: Hospital) -> None:
    told("E1", "encounter.opened", 1)
    mine = told("E1", "product.ordered", 2, chain="A")
    theirs = told("E2", "product.received", 3, chain="A")
    assert told.world.findings("E1") == {(NAMED_BY_TWO, frozenset({mine, theirs}))}
    assert told.world.findings("E2") == {(PUT_OUT, frozenset({mine, theirs}))}
    told("E2", "report.confirmed", target=theirs)
    assert told.world.findings("E1") == {(NAMED_BY_TWO, frozenset({mine, theirs}))}
    assert told.world.findings("E2") == set()
