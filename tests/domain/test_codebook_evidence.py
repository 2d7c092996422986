"""The evidence page: every row and source of the check, and a difference for every conflict."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest

from tests.given_ledger import ROOT
from veinledger.adapters.pages import shipped_evidence, shipped_rules
from veinledger.domain.codebook.evidence import CONFLICTS, Argued, evidence_of
from veinledger.domain.codebook.page import PageError
from veinledger.domain.comparison import Conflict, compare, rivals
from veinledger.domain.rules import Rules

RESEARCH = ROOT.parent / "shared" / "research" / "codes.md"
EVIDENCE = shipped_evidence()
RULES = shipped_rules()
IN_2026 = date(2026, 11, 23)
ROWS = [f"R{number:02}" for number in range(1, 93)]
SOURCES = [f"E{number}" for number in range(1, 31)]
CONFLICTING = [
    "R01",
    "R02",
    "R03",
    "R04",
    "R05",
    "R07",
    "R09",
    "R11",
    "R13",
    "R14",
    "R16",
    "R17",
    "R18",
    "R22",
    "R23",
    "R24",
    "R28",
    "R31",
    "R33",
    "R35",
    "R36",
    "R37",
    "R38",
    "R39",
    "R40",
    "R41",
    "R43",
    "R45",
    "R46",
    "R50",
    "R53",
    "R57",
    "R60",
    "R61",
    "R63",
    "R64",
    "R66",
    "R67",
    "R69",
    "R70",
    "R72",
    "R73",
    "R74",
    "R76",
    "R78",
    "R80",
    "R90",
]
"""The rows in which the page says something else than its sources, as the research judged them."""
BESIDES = ["P01", "P02", "P03", "section 2"]
"""Conflicts that the research has without a row: denial 7, rounded totals, cut-off cells."""


def named(row: Argued) -> str:
    return row.id


def found(*ids: str, on: date = IN_2026, rules: Rules = RULES) -> list[Conflict]:
    told = compare(rules, EVIDENCE, on)
    return [each for each in (*told.conflicts, *told.silent) if each.row.id in ids]


def test_every_row_and_every_source_of_the_check_is_here() -> None:
    assert [row.id for row in EVIDENCE.rows if row.id.startswith("R")] == ROWS
    assert [source.id for source in EVIDENCE.sources] == SOURCES


@pytest.mark.parametrize("row", EVIDENCE.rows, ids=named)
def test_a_row_says_what_both_sides_say_and_what_follows(row: Argued) -> None:
    assert row.public
    assert row.page or "SILENT" in row.verdicts or row.id == "section 3"
    assert row.consequence or not row.conflicts
    assert len(row.public) < 400


@pytest.mark.parametrize("row", list(EVIDENCE.conflicts()), ids=named)
def test_a_conflict_says_whom_it_would_hurt_or_that_it_is_wording(row: Argued) -> None:
    assert row.hurts or "wording alone" in row.consequence


def test_the_conflicts_are_those_that_the_research_found() -> None:
    assert [row.id for row in EVIDENCE.conflicts()] == [*CONFLICTING, *BESIDES]


def test_every_conflict_is_among_the_differences_of_the_editions() -> None:
    told = compare(RULES, EVIDENCE, IN_2026)
    assert {*CONFLICTING, *BESIDES} <= {each.row.id for each in told.conflicts}
    assert told.any


@pytest.mark.parametrize("on", [date(2021, 1, 1), date(2024, 12, 31), date(2025, 6, 25), IN_2026])
def test_no_conflict_is_lost_on_any_day(on: date) -> None:
    told = compare(RULES, EVIDENCE, on)
    assert [each.row.id for each in told.conflicts] == [*CONFLICTING, *BESIDES]


def test_every_difference_of_the_book_stands_under_a_row() -> None:
    told = compare(RULES, EVIDENCE, IN_2026)
    shown = [code for each in (*told.conflicts, *told.silent) for code in each.codes]
    assert sorted(map(str, (*shown, *told.unargued))) == sorted(
        map(str, RULES.book.differences(on=IN_2026))
    )
    assert not [code for code in told.unargued if not code.row.startswith("page: ")]


def test_differences_that_are_no_codes_are_shown_too() -> None:
    by_id = {each.row.id: each for each in found("R70", "R76", "R78")}
    assert "carvykti_rems" in [r.name for r in by_id["R70"].statements]
    assert "fourth_line" in [r.name for r in by_id["R76"].statements]
    (days,) = [r for r in by_id["R78"].statements if r.name == "flu_cy"]
    assert ("first_day", "nothing", "-5") in days.says


def test_a_code_that_changed_is_no_difference_on_the_day_before() -> None:
    (before,), (after,) = (found("R01", on=on) for on in (date(2024, 12, 31), date(2025, 1, 1)))
    meanings = [[code.meaning for code in each.codes] for each in (before, after)]
    assert "car_t_administration" not in meanings[0]
    assert "car_t_administration" in meanings[1]


def test_a_row_whose_codes_agree_on_a_day_says_so() -> None:
    then = {each.row.id: each for each in compare(RULES, EVIDENCE, date(2021, 1, 1)).conflicts}
    now = {each.row.id: each for each in compare(RULES, EVIDENCE, IN_2026).conflicts}
    assert then["R17"].on_other_days
    assert not now["R17"].on_other_days
    assert not then["R73"].on_other_days, "no code and no statement rests on it on any day"


def test_a_product_page_without_a_difference_has_no_rivals() -> None:
    carvykti = RULES.products.named("carvykti")
    assert not list(rivals(carvykti, date(2019, 1, 1)))
    assert list(rivals(carvykti, IN_2026))


def research() -> Iterator[tuple[str, set[str], set[str]]]:
    """Row, verdicts and sources, as the research prints them."""
    if RESEARCH.exists():
        text = RESEARCH.read_text(encoding="utf-8")
        for row, rest in re.findall(r"^\| (R\d\d) \|(.*)\|$", text, re.MULTILINE):
            cells = [cell.strip() for cell in rest.split("|")]
            words = set(re.findall(r"\b[A-Z]{2,}\b", cells[2]))
            yield row, words, set(re.findall(r"\bE\d{1,2}\b", cells[3]))


PRINTED = list(research())
needs_research = pytest.mark.skipif(not PRINTED, reason="the research is not beside the tree")


@needs_research
def test_the_research_has_the_rows_that_the_page_has() -> None:
    assert [row for row, _, _ in PRINTED] == ROWS
    told = {row for row, words, _ in PRINTED if words & set(CONFLICTS)}
    assert told == set(CONFLICTING)


@needs_research
@pytest.mark.parametrize(("row", "words", "sources"), PRINTED, ids=[r for r, _, _ in PRINTED])
def test_a_row_has_the_verdict_and_the_sources_of_the_research(
    row: str, words: set[str], sources: set[str]
) -> None:
    ours = EVIDENCE.row(row)
    assert ours is not None
    verdicts = words & {*CONFLICTS, "AGREE", "NV"}
    if "AGREE" in verdicts or verdicts & set(CONFLICTS):
        verdicts -= {"NV"}
    assert verdicts <= set(ours.verdicts)
    assert not set(ours.verdicts) & set(CONFLICTS) - verdicts
    assert set(ours.evidence) == sources


PAGE = """about = "x"
reviewed = 2026-11-23

[[source]]
id = "E1"
says = "somebody"

[[row]]
id = "R01"
subject = "a code"
verdicts = ["WRONG"]
page = "this"
public = "that"
consequence = "so"
evidence = ["E1"]
confidence = "high"

[[contradiction]]
says = "both"
rows = ["R01"]
settled = "one"
"""


def test_a_small_page_of_evidence_is_read() -> None:
    read = evidence_of("codebook/evidence.toml", PAGE.encode())
    assert [row.id for row in read.conflicts()] == ["R01"]
    assert read.row("R01 of something") is read.rows[0]
    assert read.row("page: Claim D") is None
    assert read.sources_of(["E1", "E9"]) == read.sources
    assert read.reviewed == date(2026, 11, 23)


def test_a_row_of_the_evidence_is_numbered_once() -> None:
    row = PAGE[PAGE.index("[[row]]") : PAGE.index("[[contradiction]]")]
    with pytest.raises(PageError, match="R01 is given out twice; number one of them anew"):
        evidence_of("codebook/evidence.toml", f"{PAGE}\n{row}".encode())


@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [
        ('["WRONG"]', '["BAD"]', "row 1 (R01): field 'verdicts.0' is 'BAD'"),
        ('evidence = ["E1"]', 'evidence = ["E2"]', "row R01: there is no source E2; add it"),
        ('rows = ["R01"]', 'rows = ["R02"]', "there is no row R02; add it"),
        ("reviewed = 2026-11-23", "reviewed = 3", "field 'reviewed' is 3; write a day"),
        ('public = "that"\n', "", "row 1 (R01): field 'public' is missing; add it"),
        ("[[source]]", "[[sauce]]", "'sauce' is not read"),
        (
            "[[source]]",
            '[[source]]\nid = "E1"\nsays = "other"\n[[source]]',
            "E1 is given out twice",
        ),
    ],
)
def test_a_bad_page_of_evidence_is_refused(right: str, wrong: str, words: str) -> None:
    with pytest.raises(PageError) as told:
        evidence_of("codebook/evidence.toml", PAGE.replace(right, wrong, 1).encode())
    assert str(told.value).startswith("codebook/evidence.toml")
    assert words in str(told.value)
