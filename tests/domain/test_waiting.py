"""What a record without a place is: waiting for a named fact, or disputed."""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.given import CHAIN, ENCOUNTER, at, record
from tests.minimal import fact_of
from veinledger.domain.reports import Record
from veinledger.domain.standing.fold import fold

OTHER: Final = "COI-2"
OURS: Final = {CHAIN: ENCOUNTER, OTHER: ENCOUNTER}


def told(kind: str, when: int | str, chain: str | None = None, **said: Any) -> Record:
    named = {} if chain is None else {"chain_of_identity": chain}
    return record(fact_of(kind, **named, **said), when, f"{kind} {chain} {when}")


def standing_of(last: Record, *before: Record, holders: dict[str, str]) -> str:
    return str(fold((*before, last), holders, ENCOUNTER).standings[last.key])


OPENED: Final = told("encounter.opened", -60)
COLLECTED: Final = told("apheresis.completed", -45, CHAIN)
OTHER_MADE: Final = (
    told("apheresis.completed", -44, OTHER),
    told("manufacturing.started", -40, OTHER),
)
READY: Final = (
    OPENED,
    COLLECTED,
    told("product.received", -10, CHAIN),
    told("lymphodepletion.dose_given", -5),
)


@pytest.mark.parametrize(
    ("before", "waits_for"),
    [
        ((), "encounter.opened"),
        ((OPENED,), "apheresis.completed"),
        ((*READY, told("cells.infused", 0, CHAIN)), "apheresis.completed"),
    ],
)
def test_a_bag_under_a_chain_that_nobody_holds_waits_for_a_collection_or_for_the_opening(
    before: tuple[Record, ...], waits_for: str
) -> None:
    bag = told("product.received", 9, OTHER)
    found = standing_of(bag, *before, holders={CHAIN: ENCOUNTER})
    assert found == f"waiting for {waits_for}"


def test_a_bag_under_a_chain_that_is_held_but_not_brought_in_yet_waits_for_its_collection() -> None:
    bag = told("product.thawed", -10, CHAIN)
    found = standing_of(bag, OPENED, *OTHER_MADE, holders=OURS)
    assert found == "waiting for apheresis.completed"


def received(when: int | str, chain: str = CHAIN) -> Record:
    return told("product.received", when, chain)


@pytest.mark.parametrize(
    ("before", "standing"),
    [
        ((), "waiting for product.received"),
        ((received(-9),), "in effect"),
        ((received(-8),), "disputed"),
        ((received(-8, OTHER),), "waiting for product.received"),
        (
            (
                received(at(-10, "08:00")),
                told("product.rejected", at(-10, "09:00"), CHAIN, reason="damaged"),
                told("manufacturing.started", at(-10, "10:00"), CHAIN),
            ),
            "waiting for product.received",
        ),
        (
            (
                received(at(-12, "08:00")),
                told("product.rejected", at(-12, "09:00"), CHAIN, reason="damaged"),
                told("manufacturing.started", at(-12, "10:00"), CHAIN),
            ),
            "waiting for product.received",
        ),
    ],
)
def test_a_thawed_bag_waits_for_its_receipt_unless_that_came_more_than_a_day_later(
    before: tuple[Record, ...], standing: str
) -> None:
    thawed = told("product.thawed", at(-10, "11:00"), CHAIN)
    assert standing_of(thawed, OPENED, COLLECTED, *OTHER_MADE, *before, holders=OURS) == standing


def test_a_grade_waits_for_the_infusion_unless_that_came_on_a_later_day() -> None:
    grade = told("crs.graded", -1)
    assert standing_of(grade, *READY, holders=OURS) == "waiting for cells.infused"
    infused = told("cells.infused", 0, CHAIN)
    assert standing_of(grade, *READY, infused, holders=OURS) == "disputed"
