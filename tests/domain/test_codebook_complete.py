"""Every code that was checked is in the book, with its unit and its days; so is all of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import get_args

import pytest

from tests.given_ledger import ROOT
from veinledger.adapters.pages import shipped_pages, shipped_rules
from veinledger.domain.codebook.entry import Entry, System
from veinledger.domain.codebook.lookup import carries
from veinledger.domain.codebook.page import parsed
from veinledger.domain.codebook.review import FIELDS

SHARED = ROOT.parent / "shared"
RESEARCH = SHARED / "research" / "codes.md"
SOURCE_PAGE = SHARED / "seed" / "carvykti-q2056-page.txt"
RULES = shipped_rules()
BOOK = tuple(RULES.book)
A_DAY = timedelta(days=1)

MUST_BE_THERE = """
HCPCS Q2041 Q2042 Q2053 Q2054 Q2055 Q2056 Q2057 Q2058 J9185 J9070 J9071 J9072 J9073 J9074 J9075
HCPCS J9076 J3262 Q5133 Q5135 Q5156 J9380 J1323 J3055 G2212 G0463
CPT 38225 38226 38227 38228 0537T 0538T 0539T 0540T 0541T 38206 38205 36511 96413 96415 96417 96409
CPT 96411 96365 99213 99214 99215 99417
MOD JW JZ 25 TB JG LU 76 KX
ICD-10-PCS XW033A7 XW043A7 XW033C7 XW043C7 XW033K7 XW043K7 XW033H7 XW033J7 XW033M7 XW033N7 XW033C3
ICD-10-PCS XW043C3 6A550Z1 6A551Z1 6A550Z2 6A551Z2 6A550ZV XW033H5 XW043H5 3E03305 3E04305
ICD-10-CM C90.00 C90.01 C90.02 D89.831 D89.832 D89.833 D89.834 D89.835 D89.839 G92.00 G92.01 G92.02
ICD-10-CM G92.03 G92.04 G92.05 T80.82XA T80.82XD T80.82XS T80.89XA G20 G20.A1 G20.A2 G20.B1 G20.B2
ICD-10-CM G20.C G21.11 G21.19 G21.8 G21.9 G61.0 D76.1 D76.2 K52.1 D70.1 D70.2 D70.8 D70.9 D69.59
ICD-10-CM D69.6 D69.1 D69.11 D69.19 D61.810 D61.811 D61.818 A41.9 J80 G93.40 G93.41 G93.49 Z51.11
ICD-10-CM Z51.12 Z92.850 Z92.21 Z79.61 Z79.899 Z94.84 Z00.6
DRG 018 016 017 840 841 842 847 871 872
APC 9498 5694 9248 9422 9413 9391 9194 9035
REV 0871 0872 0873 0874 0875 0891 0892 0636 0335 0510 0260 0450 0762 0110 0128 0202 0210
VAL 86
COND 90 ZC 51
TOB 11x 13x 85x
POS 11 19 21 22
NDC 57894-111-01 57894-111-02 57894-502 59572-515-01 59572-515-02 59572-515-03 71287-119-01
NDC 71287-219-01 71287-219-02 71287-220-01 71287-220-02 73153-900-01 73153-901-08 73153-902-04
NDC 0078-0846-19 57894-449 57894-450 57894-469 57894-470 73153 73154 57894 71287
"""
NAMES = {"MOD": "MOD", "PCS": "ICD-10-PCS", "CM": "ICD-10-CM", "CC": "COND"}
"""What the research calls a system that the book calls otherwise."""
UNITS = {
    "1 dose": "1 therapeutic dose",
    "1 dose; 0.1 fractions on 837P": "1 therapeutic dose",
    "per descriptor (infusion)": "1 infusion",
    "per day": "1 day",
    "1/day/site": "1 day",
    "per collection": "1 collection",
    "hour (>30 min)": "1 hour",
    "drug": "1 drug",
    "15 min": "15 minutes",
    "1 EA": "1 each",
    "weight FY2026 5.4323 (capped)": "5.4323 relative weight",
}
"""Units of the research in the words of the book; `1` is one of whatever the label says."""
ENDS_THE_DAY_BEFORE = {"KX"}
"""The research prints the first day without it as its last (R26: gone with the REMS)."""
OF_PRODUCTS = {
    "REMS": ("programmes", "2022-02-28", "2025-06-26"),
    "IND-4L": ("indications", "2022-02-28", "2024-04-05"),
    "IND-2L": ("indications", "2024-04-05", "None"),
    "MON-OLD": ("regimes", "2022-02-28", "2025-06-26"),
    "MON-NEW": ("regimes", "2025-06-26", "None"),
}
"""Rules that are statements of the product page: table, first day, first day without."""
READ_ALOUD = re.compile(
    r"(?<![A-Z0-9.])(?:[JQ]\d{4}|0\d{3}T|XW0[34]3\w\d|6A55[01]Z\d"
    r"|[A-Z]\d{2}\.(?:[A-C]\d|\d+(?:XA)?x?|x)|38\d{3}(?=\D)|36511|96\d{3}(?=\D)|99\d{3}(?=\D))"
)
"""Codes as the source page prints them."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One line of section 3 of the research."""

    system: str
    code: str
    unit: str
    first: date | None
    last: date | None

    @property
    def ends(self) -> date | None:
        """The first day without it."""
        if self.last is None or self.code in ENDS_THE_DAY_BEFORE:
            return self.last
        return self.last + A_DAY


def must_be_there() -> Iterator[tuple[str, str]]:
    for line in MUST_BE_THERE.strip().splitlines():
        system, *codes = line.split()
        yield from ((system, code) for code in codes)


def entries_of(system: str, code: str) -> list[Entry]:
    return [entry for entry in BOOK if entry.system == system and carries(entry, code)]


def same_code(entry: Entry, code: str) -> bool:
    return entry.code == code or entry.covers(code)


@pytest.mark.parametrize(("system", "code"), list(must_be_there()))
def test_a_code_that_was_checked_is_in_the_book(system: str, code: str) -> None:
    found = [entry for entry in entries_of(system, code) if same_code(entry, code)]
    assert found
    assert all(entry.label and entry.source and entry.row for entry in found)


PAGES = {
    name: parsed(name, content)
    for name, content in shipped_pages().items()
    if name.startswith("codebook/")
}


def test_each_code_system_has_a_page() -> None:
    assert {page["system"] for page in PAGES.values()} == set(get_args(System))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_when_it_was_reviewed_and_what_to_hold_it_against(name: str) -> None:
    assert set(FIELDS) <= set(PAGES[name]), f"add {', '.join(FIELDS)} below the page's about"


@pytest.mark.parametrize(
    "meaning",
    [
        "revenue_chemo_administration", "revenue_clinic_visit", "revenue_iv_therapy",
        "revenue_emergency", "revenue_observation", "rooms", "intensive_care_rooms",
        "accommodation_revenue",
    ],
)  # fmt: skip
def test_a_revenue_code_that_nobody_checked_says_so(meaning: str) -> None:
    assert {entry.confidence for entry in RULES.book.shelf[meaning]} == {"unverified"}


@pytest.mark.parametrize(
    ("code", "is_one"),
    [
        ("0120", True),
        ("0164", True),
        ("0206", True),
        ("0214", True),
        ("0250", False),
        (None, False),
    ],
)
def test_rooms_are_families_of_codes(code: str | None, is_one: bool) -> None:
    assert RULES.one_of("accommodation_revenue", code, date(2026, 5, 1)) is is_one


def checked() -> list[Checked]:
    if not RESEARCH.exists():
        return []
    _, _, below = RESEARCH.read_text(encoding="utf-8").partition("## 3. Code book")
    block = below.split("```")[1]
    return [_checked(line) for line in block.strip().splitlines()[1:]]


def _checked(line: str) -> Checked:
    system, code, _, unit, first, last, *_ = line.split("|")
    days = [date.fromisoformat(day) if day else None for day in (first, last)]
    return Checked(NAMES.get(system, system), code, unit, *days)


needs_research = pytest.mark.skipif(not RESEARCH.exists(), reason="the research is not beside it")


@needs_research
def test_the_whole_list_of_the_research_was_read() -> None:
    assert len(checked()) == 175


@needs_research
@pytest.mark.parametrize("each", [c for c in checked() if c.system != "RULE"], ids=str)
def test_the_book_has_what_the_research_lists_with_its_unit_and_its_days(each: Checked) -> None:
    found = [entry for entry in entries_of(each.system, each.code) if _printed(entry, each.code)]
    assert found
    if unit := UNITS.get(each.unit, each.unit):
        assert any(_same_unit(entry, each, unit) for entry in found)
    if each.first:
        assert each.first in {entry.since for entry in found}
    if each.ends:
        assert each.ends in {entry.until for entry in found if "public" in entry.editions}


def _printed(entry: Entry, code: str) -> bool:
    return entry.code in (code, code.removeprefix("0"))


def _same_unit(entry: Entry, each: Checked, unit: str) -> bool:
    if each.system == "DRG":
        weight = re.search(r"\d+\.\d{4}", unit)
        return entry.unit is not None and weight is not None and str(entry.unit.amount) == weight[0]
    if unit == "1":
        return entry.unit is None or entry.unit.amount == 1
    return str(entry.unit) == unit


@needs_research
@pytest.mark.parametrize("each", [c for c in checked() if c.system == "RULE"], ids=str)
def test_a_dated_rule_of_the_research_is_a_statement_of_a_page(each: Checked) -> None:
    if each.code == "WINDOW":
        window = RULES.code("payment_window", date(2026, 5, 1), "ipps")
        assert (str(window.unit), window.since) == ("3 calendar days", each.first)
        return
    table, since, until = OF_PRODUCTS[each.code]
    carvykti = RULES.products.named("carvykti")
    days = {
        (str(statement.since), str(statement.until))
        for statement in getattr(carvykti, table)
        if "public" in statement.editions
    }
    assert (since, until) in days


@pytest.mark.skipif(not SOURCE_PAGE.exists(), reason="the source page is not beside the tree")
def test_every_code_that_the_page_prints_is_in_the_book() -> None:
    printed = set(READ_ALOUD.findall(SOURCE_PAGE.read_text(encoding="utf-8")))
    known = {entry.code for entry in BOOK}
    families = {code for code in printed if code.endswith("x")}
    assert len(printed) > 40
    assert printed - families - known == set()
    for family in families:
        assert any(code.startswith(family.rstrip("x")) for code in known), family
