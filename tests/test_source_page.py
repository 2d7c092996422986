"""Edition `page` is the page: each figure that it shows is looked up in the page's own words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.given_ledger import ROOT, ledger, lines_of

PAGE = ROOT.parent / "shared" / "seed" / "carvykti-q2056-page.txt"

pytestmark = pytest.mark.skipif(not PAGE.exists(), reason="the source page is not beside the tree")


@pytest.fixture(scope="module")
def printed() -> str:
    return PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "words",
    [
        "Fludarabine 30 mg/m^2 = 55.5 mg/day x 3 days = 167 mg total",
        "Bill: J9185 167 units (1 mg = 1 unit) across 3 dates of service",
        "Cyclophosphamide 300 mg/m^2 = 555 mg/day x 3 days = 1665 mg total",
        "Bill: J9070 ~17 units total",
        "Admin: 96413 + 96415 per infusion day",
        "= 35-70 x 10^6 total cells",
        "= 32-65 x 10^6 total cells",
        "Diagnosis code: C90.00",
        "Diagnosis code: C90.02",
        "ICD-10-PCS XW033C3 (CAR-T, peripheral vein)",
        "CPT 38206 (autologous hematopoietic harvesting) x 1",
        "Bill: Q2056 1 unit with diagnosis C90.00",
    ],
)
def test_the_page_prints_what_the_example_is_held_to(words: str, printed: str) -> None:
    assert words in printed


def test_every_code_that_edition_page_bills_for_patient_one_is_printed_on_the_page(
    printed: str, tmp_path: Path
) -> None:
    with ledger(tmp_path, edition="page") as opened:
        opened.record(*lines_of("page_patient_2l"))
        claims = opened.claims("E1").claims
    billed = {line.code for claim in claims for line in claim.lines}
    billed |= {c.code for claim in claims for c in claim.codes if c.role == "procedure"}
    in_ranges = {"99214": "99213-99215", "D89.832": "D89.831-D89.835"}
    assert {code for code in billed if in_ranges.get(code, code) not in printed} == set()
