"""Facts that nothing can have been: an end before its beginning, a measure of nothing."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tests.minimal import fact_of
from veinledger.domain.facts.catalogue import may_name_nobody

FIRST, LAST = "2026-01-01", "2026-01-02"


@pytest.mark.parametrize(
    "kind",
    [
        "certification.recorded",
        "authorization.requested",
        "authorization.granted",
        "support.enrolled",
        "therapy.line_recorded",
    ],
)
def test_nothing_ends_before_it_begins(kind: str) -> None:
    with pytest.raises(ValidationError, match="`until` is not before `since`"):
        fact_of(kind, since=LAST, until=FIRST)
    assert fact_of(kind, since=FIRST, until=LAST)
    assert fact_of(kind, since=FIRST, until=FIRST)


def test_the_last_dose_of_a_drug_is_not_before_its_first() -> None:
    def line(first: str, last: str) -> Any:
        drug = {"name": "bortezomib", "drug_class": "PI", "first_dose": first, "last_dose": last}
        return fact_of("therapy.line_recorded", drugs=[drug])

    with pytest.raises(ValidationError, match="`last_dose` is not before `first_dose`"):
        line(LAST, FIRST)
    assert line(FIRST, LAST).drugs[0].name == "bortezomib"


@pytest.mark.parametrize("measured", ["height", "weight", "bsa"])
def test_one_measure_is_enough_and_none_is_not(measured: str) -> None:
    nothing: dict[str, Any] = {"height": None, "weight": None, "bsa": None}
    with pytest.raises(ValidationError):
        fact_of("patient.measured", **nothing)
    assert fact_of("patient.measured", **{**nothing, measured: 2})


@pytest.mark.parametrize(
    ("kind", "may"),
    [
        ("crs.graded", True),
        ("certification.recorded", False),
        ("encounter.opened", False),
        ("no.such_fact", False),
    ],
)
def test_a_report_of_an_encounter_alone_may_name_nobody(kind: str, may: bool) -> None:
    assert may_name_nobody(kind) is may
