"""The order of facts within a day: the clock, the rank, who told, and what closes the day."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any, Final, get_args

import pytest

from tests.given import at, day, record
from tests.minimal import fact_of
from veinledger.domain.facts.patient import AdmissionReason
from veinledger.domain.lifecycle.table import RANK_OF_ADMISSION_FOR_TOXICITY, RANKS
from veinledger.domain.reports import Record, Source
from veinledger.domain.standing.order import LAST_OF_THE_DAY, by_day, dated, rank_of

TOXICITY: Final = {"CRS/ICANS", "infection"}


def told(kind: str, when: int | str = 0, message: str | None = None, **said: Any) -> Record:
    return record(fact_of(kind, **said), when, message or f"{kind}@{when}")


def in_order(*records: Record) -> list[str]:
    """What stands where, whatever order they came in."""
    orders = {
        tuple(each.source.message for _, same in by_day(told, dated) for each in same)
        for told in permutations(records)
    }
    (one,) = orders
    return list(one)


@pytest.mark.parametrize("reason", get_args(AdmissionReason))
def test_an_admission_for_toxicity_stands_after_the_infusion_of_its_day(
    reason: AdmissionReason,
) -> None:
    rank = rank_of(fact_of("patient.admitted", reason=reason))
    plain = RANKS["patient.admitted"]
    assert rank == (RANK_OF_ADMISSION_FOR_TOXICITY if reason in TOXICITY else plain)
    assert (rank > RANKS["cells.infused"]) is (reason in TOXICITY)


@pytest.mark.parametrize("kind", ["cells.infused", "encounter.opened", "patient.died"])
def test_a_fact_has_the_rank_of_its_row(kind: str) -> None:
    assert rank_of(fact_of(kind)) == RANKS[kind] > 0


def test_days_stand_in_order_and_facts_without_a_clock_by_their_rank() -> None:
    records = (told("cells.infused"), told("patient.admitted"), told("encounter.opened", -9))
    assert in_order(*records) == ["encounter.opened@-9", "patient.admitted@0", "cells.infused@0"]
    assert [on for on, _ in by_day(records, dated)] == [day(-9), day(0)]


def test_the_clock_goes_before_the_rank_and_a_bare_date_before_the_first_of_a_higher_one() -> None:
    records = (
        told("cells.infused", at(0, "08:00"), "infused at eight"),
        told("patient.admitted", at(0, "09:00"), "admitted at nine"),
        told("lymphodepletion.dose_given", 0, "a dose"),
        told("crs.graded", 0, "a grade"),
    )
    assert in_order(*records) == ["a dose", "infused at eight", "admitted at nine", "a grade"]


def test_of_two_at_one_moment_the_rank_decides_and_of_one_rank_who_told() -> None:
    moment = at(0, "08:00")
    records = (
        told("cells.infused", moment, "infused"),
        told("patient.admitted", moment, "admitted"),
    )
    assert in_order(*records) == ["admitted", "infused"]
    two = (told("patient.measured", 0, "b"), told("patient.measured", 0, "a"))
    assert in_order(*two) == ["a", "b"]


SENT: Final[tuple[tuple[str, dict[str, str]], ...]] = (
    ("claim.submitted", {}),
    ("claim.submitted", {"frequency": "7", "original_payer_control_number": "ICN-1"}),
    ("claim.submitted", {"frequency": "8", "original_payer_control_number": "ICN-1"}),
    ("claim.answered", {}),
    ("appeal.filed", {}),
    ("appeal.answered", {}),
)


@pytest.mark.parametrize("bare", range(len(SENT)), ids=lambda at: f"{SENT[at][0]} {at}")
def test_of_one_day_a_claim_goes_out_before_what_replaces_voids_answers_or_appeals_it(
    bare: int,
) -> None:
    by_name = [told(kind, 0, f"{9 - at}", **said) for at, (kind, said) in enumerate(SENT)]
    assert in_order(*by_name) == ["9", "8", "7", "6", "5", "4"]
    with_a_clock = [
        told(kind, 0 if at == bare else at_(at), f"{9 - at}", **said)
        for at, (kind, said) in enumerate(SENT)
    ]
    assert in_order(*with_a_clock) == ["9", "8", "7", "6", "5", "4"]


def at_(hour: int) -> str:
    return at(0, f"{10 + hour}:00")


def test_an_hour_of_care_draws_no_answer_before_the_claim_that_it_is_about() -> None:
    records = (
        told("neurology.visit_completed", at(0, "08:00"), "a visit"),
        told("claim.submitted", at(0, "15:00"), "sent"),
        told("claim.answered", 0, "answered"),
        told("patient.died", 0, "the end"),
    )
    assert in_order(*records) == ["a visit", "sent", "answered", "the end"]


@pytest.mark.parametrize("kind", sorted(LAST_OF_THE_DAY))
def test_an_end_closes_its_day_whatever_the_clock_says(kind: str) -> None:
    records = (
        told(kind, at(0, "07:00"), "the end"),
        told("patient.measured", at(0, "09:00"), "at nine"),
        told("crs.graded", 0, "a grade"),
    )
    assert in_order(*records)[-1] == "the end"


def test_a_conflict_stands_after_the_report_that_it_is_about() -> None:
    report = told("patient.measured", 0, "one message")
    other = replace(report, kind="conflict", key="00" * 32)
    assert report.key > other.key
    assert [each.kind for _, same in by_day([other, report], dated) for each in same] == [
        "report",
        "conflict",
    ]


def test_connection_message_and_item_break_a_tie_in_this_order() -> None:
    def by(connection: str, message: str, item: int) -> Record:
        source = Source(connection=connection, message=message, item=item)
        return replace(told("patient.measured"), source=source)

    expected = [by("a", "z", 9), by("b", "a", 9), by("b", "b", 1), by("b", "b", 2)]
    for order in permutations(expected):
        assert by_day(order, dated) == [(day(0), expected)]


@pytest.mark.parametrize("count", [1, 2])
def test_a_day_of_one_fact_is_a_day_like_others(count: int) -> None:
    records = [told("patient.died", 0, str(number)) for number in range(count)]
    assert by_day(records, dated) == [(day(0), records)]
    assert by_day((), dated) == []
