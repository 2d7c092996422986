"""Row L1: every clause is shown by a test of its name, or said to be the site's alone."""

from __future__ import annotations

from tests.law.clauses import CLAUSES, SOURCES
from tests.law.table import PAGE, page, shown

OF_THE_TABLE = {
    "test_every_clause_is_shown_or_is_the_sites_alone",
    "test_every_test_of_the_law_is_named_after_a_clause",
    "test_the_page_is_fresh",
    "test_no_clause_is_called_as_another_begins",
}


def test_every_clause_is_shown_or_is_the_sites_alone() -> None:
    tests = shown()
    for clause in CLAUSES:
        assert bool(tests.get(clause.name)) != clause.by_the_site_alone, clause.number
        assert not clause.by_the_site_alone or clause.left_to_the_site, clause.number
        assert clause.law in SOURCES


def test_every_test_of_the_law_is_named_after_a_clause() -> None:
    assert {test for _, test in shown()[""]} == OF_THE_TABLE


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make docs`"


def test_no_clause_is_called_as_another_begins() -> None:
    """Else a test would count for the wrong one: 11.5 and 11.50 are two."""
    names = [clause.name for clause in CLAUSES]
    assert len({*names}) == len(names)
