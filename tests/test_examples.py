"""The worked examples say what the source page prints, and what independent sources say instead."""

from __future__ import annotations

import json
import runpy
from collections import Counter
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec import structs

from tests.examples.stories import AS_OF, told
from tests.given_ledger import EXAMPLES, ROOT, SHUFFLED, ledger, lines_of
from veinledger.domain.codebook.statement import Edition
from veinledger.domain.lifecycle.stages import Stage
from veinledger.projections.claims.shapes import ClaimSet, Line
from veinledger.projections.schedule import Earlier, Schedule

pytestmark = pytest.mark.untraced

ENCOUNTERS: dict[str, str] = dict(zip(SHUFFLED, ("E1", "E2", "E3", "E4"), strict=True))
ENTIRE = {
    "encounter.opened", "patient.registered", "coverage.recorded", "disease.assessed",
    "therapy.line_recorded", "therapy.refractoriness_documented", "clearance.recorded",
    "certification.recorded", "surveillance.plan_filed", "product.ordered", "apheresis.completed",
    "cells.prepared", "cells.shipped", "manufacturing.started", "manufacturing.released",
    "product.received", "lymphodepletion.dose_given", "patient.admitted", "product.thawed",
    "cells.infused", "patient.discharged", "charge.posted", "acute_monitoring.ended",
    "neurology.visit_completed",
}  # fmt: skip
"""What a story from referral to surveillance tells."""


def claims_of(example: str, folder: Path, edition: Edition) -> ClaimSet:
    with told(example, folder, edition=edition) as opened:
        return opened.claims(ENCOUNTERS[example])


def lines(claims: ClaimSet, code: str) -> list[Line]:
    return [line for claim in claims.claims for line in claim.lines if line.code == code]


def units(claims: ClaimSet) -> Counter[str]:
    found: Counter[str] = Counter()
    for claim in claims.claims:
        for line in claim.lines:
            found[line.code] += int(line.units)
    return found


def codes(claims: ClaimSet) -> set[str]:
    return {code.code for claim in claims.claims for code in claim.codes}


def test_patient_one_in_edition_page_is_the_page_to_the_digit(tmp_path: Path) -> None:
    claims = claims_of("page_patient_2l", tmp_path, "page")
    counted = units(claims)
    assert (counted["J9185"], counted["J9070"], counted["Q2056"]) == (167, 17, 1)
    assert {"C90.00", "XW033C3"} <= codes(claims)
    flu, cy, cells = claims.dosing
    assert "30 mg/m2 x 1.85 m2 = 55.5 mg a day" in flu.arithmetic
    assert "= 166.5 mg" in flu.arithmetic
    assert flu.result == "167 mg"
    assert "300 mg/m2 x 1.85 m2 = 555 mg a day" in cy.arithmetic
    assert cy.result == "1,665 mg"
    assert cells.result == "35 to 70 x 10^6 cells"


def test_patient_one_in_edition_public_is_billed_as_independent_sources_say(
    tmp_path: Path,
) -> None:
    claims = claims_of("page_patient_2l", tmp_path, "public")
    counted = units(claims)
    assert (counted["J9185"], counted["J9075"], counted["Q2056"]) == (6, 333, 1)
    assert (counted["38225"], counted["38226"]) == (1, 1)
    assert not {"38206", "J9070", "0537T", "0540T", "0541T"} & set(counted)
    assert "XW033A7" in codes(claims)
    assert lines(claims, "Q2056")[0].ndc == "57894-111-01"


@pytest.mark.parametrize(
    ("code", "there", "row"),
    [
        ("J9185", "J9185, 167 units", "R17"),
        ("J9075", "J9070, 17 units", "R18"),
        ("38225", "38206", "R05"),
        ("96417", "96415", "R09"),
        ("Q2056", "57894-502", "R66"),
    ],
)
def test_each_line_that_differs_says_what_the_page_says_why_and_by_which_row(
    code: str, there: str, row: str, tmp_path: Path
) -> None:
    claims = claims_of("page_patient_2l", tmp_path, "public")
    told_by = [differs for line in lines(claims, code) for differs in line.differs]
    found = [differs for differs in told_by if differs.row == row]
    assert found
    assert all(there in differs.there and differs.consequence for differs in found)


def test_patient_two_in_edition_page_gets_32_to_65_million_cells(tmp_path: Path) -> None:
    claims = claims_of("page_patient_4l", tmp_path, "page")
    assert claims.dosing[-1].result == "32 to 65 x 10^6 cells"
    assert "C90.02" in codes(claims)
    assert units(claims)["Q2056"] == 1


def test_the_payment_window_moves_the_last_day_of_lymphodepletion_to_the_inpatient_claim(
    tmp_path: Path,
) -> None:
    claims = claims_of("page_patient_4l", tmp_path, "public")
    infusion = claims.claim("C")
    assert infusion is not None
    moved = [line for line in infusion.lines if line.moved_from == "B"]
    drugs = [line.code for line in moved if line.revenue_code == "0636"]
    assert sorted(drugs) == ["J9075", "J9185"]
    assert {line.code for line in moved if line.revenue_code == "0335"} == {""}
    assert {str(line.day) for line in moved} == {"2026-04-27"}
    assert {line.payment for line in moved} == {"bundled"}


def test_a_failed_batch_is_never_billed_and_the_second_once(tmp_path: Path) -> None:
    for edition in ("page", "public"):
        claims = claims_of("manufacturing_failure", tmp_path, edition)
        assert units(claims)["Q2056"] == 1
        assert [c.label for c in claims.claims if c.kind == "A"] == ["A1", "A2"]
        assert any("failed" in reason for reason in claims.unbilled.values())


def test_a_patient_whose_product_never_came_is_billed_a_and_b_and_never_a_dose(
    tmp_path: Path,
) -> None:
    for edition in ("page", "public"):
        claims = claims_of("withdrawn", tmp_path, edition)
        assert {claim.kind for claim in claims.claims} == {"A", "B"}
        assert units(claims)["Q2056"] == 0
    with told("withdrawn", tmp_path) as opened:
        assert opened.effective("E4").stage is Stage.WITHDRAWN


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize("edition", ["page", "public"])
def test_every_line_names_its_rule_its_source_and_its_records(
    example: str, edition: Edition, tmp_path: Path
) -> None:
    with told(example, tmp_path, edition=edition) as opened:
        for name in opened.encounters():
            keys = {record.key for record in opened.history(name).records}
            claims = opened.claims(name)
            assert claims.claims
            for claim in claims.claims:
                for basis in (*(x.basis for x in claim.lines), *(x.basis for x in claim.codes)):
                    assert basis.rule
                    assert basis.source
                    assert basis.records
                    assert set(basis.records) <= keys
                for line in claim.lines:
                    assert line.charge is None or line.charge == line.charge.quantize(CENT)


CENT = Decimal("0.01")


@pytest.mark.parametrize("example", sorted(set(EXAMPLES) - set(SHUFFLED)))
def test_each_story_is_told_from_the_referral_to_the_surveillance(example: str) -> None:
    lines = [json.loads(line) for line in lines_of(example)]
    assert {line["type"] for line in lines} >= ENTIRE
    assert len({line["source"]["connection"] for line in lines}) >= 6
    assert len({line["actor"]["role"] for line in lines}) >= 8
    times = [line["occurred_at"] for line in lines]
    assert all(time[-6:] in ("-05:00", "-06:00") for time in times if "T" in time)


@pytest.mark.parametrize("example", sorted(set(EXAMPLES) - set(SHUFFLED)))
def test_a_story_told_backwards_ends_where_it_ends_forwards(example: str, tmp_path: Path) -> None:
    with ledger(tmp_path) as forwards, ledger(tmp_path) as backwards:
        forwards.record(*lines_of(example))
        for line in reversed(lines_of(example)):
            backwards.record(line)
        for name in forwards.encounters():
            seen, again = forwards.effective(name), backwards.effective(name)
            assert [r.key for r in seen.records] == [r.key for r in again.records]
            assert seen.stage is again.stage is Stage.SURVEILLANCE
            assert seen.findings == again.findings
            assert forwards.claims(name) == backwards.claims(name)
            owed = without_record_numbers(forwards.schedule(name, as_of=AS_OF))
            assert owed == without_record_numbers(backwards.schedule(name, as_of=AS_OF))


def without_record_numbers(owed: Schedule) -> Schedule:
    """What was due before names the record that moved it, and when that was kept."""

    def of_any_record(earlier: Earlier) -> Earlier:
        return replace(earlier, until=datetime.max, correction="", reason="")

    told = (
        structs.replace(each, was_due=tuple(map(of_any_record, each.was_due)))
        for each in owed.obligations
    )
    return replace(owed, obligations=tuple(told))


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_script_runs_as_it_stands(
    example: str, capsys: pytest.CaptureFixture[str]
) -> None:
    runpy.run_path(str(ROOT / "examples" / f"{example}.py"), run_name="__main__")
    assert len(capsys.readouterr().out.splitlines()) >= 4
