"""No request makes two encounters each other's survivor; a row that says so stops no writer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.adapters.test_corrections import grade
from tests.adapters.test_ledger import opening, say
from tests.domain.given_intake import after, record_of, told
from tests.naive.program import Intake
from veinledger.domain.facts.encounter import EncounterLinked


def each_merged_into(survivor: str) -> Intake:
    """E2 was merged into E1, and a row that no request could make says the same of E1."""
    link = say("encounter.linked", "2026-06-01", "K", "E2", survivor="E1")
    held = after(opening(), opening("E2"), link)
    forged = replace(
        record_of(held, "encounter.linked", "E2"),
        key="f" * 64,
        name="E1",
        fact=EncounterLinked(survivor=survivor),
    )
    held.records["encounter", "E1"] += (forged,)
    return held


@pytest.mark.parametrize("survivor", ["E1", "E2"], ids=["into itself", "into each other"])
def test_a_report_about_encounters_that_are_merged_in_a_circle_is_answered(survivor: str) -> None:
    held = each_merged_into(survivor)
    for encounter in ("E1", "E2"):
        outcome = told(held, grade("2026-03-04", encounter))
        assert outcome.answer in {"recorded", "parked"}
