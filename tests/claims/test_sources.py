"""The sources of rules and edits make sense to whoever has only the repository."""

from __future__ import annotations

import re
from importlib import import_module

import pytest

from tests.given_ledger import ROOT
from veinledger.adapters.pages import shipped_evidence, shipped_rules
from veinledger.projections.claims.edits.registry import EDITS
from veinledger.projections.claims.registry import RULES

import_module("veinledger.projections.claims.assemble")  # which finds every rule and edit
SOURCES = {
    **{each.name: each.source for each in RULES},
    **{each.name: each.source for each in EDITS},
}


def rows_named(text: str) -> list[str]:
    """The rows that a source names; of `R17 to R20` the two ends."""
    return re.findall(r"\b[RP]\d{2}\b", text)


def pages_that_are_nowhere(text: str) -> list[str]:
    """What a source calls a page and the repository does not have."""
    return [page for page in re.findall(r"\S+\.md\b", text) if not (ROOT / page).exists()]


@pytest.mark.parametrize("name", SOURCES)
def test_every_row_and_page_that_a_source_names_is_in_the_repository(name: str) -> None:
    evidence, source = shipped_evidence(), SOURCES[name]
    assert [row for row in rows_named(source) if evidence.row(row) is None] == []
    assert pages_that_are_nowhere(source) == []


def test_no_entry_of_the_book_names_a_page_that_is_not_in_the_repository() -> None:
    entries = [f"{each.source} {each.row}" for each in shipped_rules().book]
    assert [page for text in entries for page in pages_that_are_nowhere(text)] == []


def test_what_is_nowhere_is_noticed() -> None:
    assert len([name for name in SOURCES if rows_named(SOURCES[name])]) > 80
    assert shipped_evidence().row("R99") is None
    assert pages_that_are_nowhere("docs/editions.md; research/pages.md R05") == [
        "research/pages.md"
    ]
