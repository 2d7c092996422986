"""The gates as data: a row for each function, and what a site may say of them."""

from __future__ import annotations

import pytest

from veinledger.adapters.pages import shipped_pages, shipped_rules
from veinledger.domain.codebook.page import PageError
from veinledger.domain.gates.gate import GateRule, is_of_a_gate
from veinledger.domain.rules import Rules, rules_of
from veinledger.projections.discovery import every_module_of
from veinledger.projections.gates import rules as rules_package
from veinledger.projections.gates.registry import GATES

every_module_of(rules_package)

ROW = """
[[gate]]
name = "{name}"
label = "Two doses beside the bed"
before = ["infuse"]
weight = "warns"
claims = ["C"]
{limits}
remedy = "ask the pharmacy"
from = 2026-01-01
editions = ["public"]
source = "minutes of the tumour board"
row = "site: minutes of 2025-12-01"
confidence = "high"
"""
DOSES = 'limits = [{ name = "doses", amount = 3, of = "doses" }]'


def at_a_site(name: str, limits: str = "") -> Rules:
    """The shipped rules with one row of a site's own over them."""
    page = ROW.format(name=name, limits=limits).encode()
    return rules_of(
        shipped_pages(), edition="public", version="0", overlays=[{"gates/own.toml": page}]
    )


def test_every_row_has_a_function_and_every_function_a_row() -> None:
    rows = {each.name for each in shipped_rules().listing.all(GateRule)}
    assert rows == set(GATES)


def test_a_site_says_otherwise_of_a_gate_that_there_is() -> None:
    rows = at_a_site("tocilizumab_is_on_hand", DOSES).listing.all(GateRule)
    own = [each for each in rows if each.file.startswith("site: ")]
    assert [str(each.limit("doses")) for each in own] == ["3"]
    assert own[0].weight == "warns"


def test_a_limit_is_found_by_its_name_and_one_that_is_not_there_is_an_error() -> None:
    two = DOSES.replace("]", ', { name = "bags", amount = 1, of = "bag" }]')
    rows = at_a_site("tocilizumab_is_on_hand", two).listing.all(GateRule)
    (own,) = [each for each in rows if each.file.startswith("site: ")]
    assert [str(own.limit(name)) for name in ("doses", "bags")] == ["3", "1"]
    with pytest.raises(LookupError, match=r"site: gates/own.toml: .* has no limit 'vials'; add it"):
        own.limit("vials")


@pytest.mark.parametrize(
    ("finding", "so"),
    [
        ("consent_is_there:infuse/0123456789ab", True),
        ("consent_is_there:infuse:2026-05-24/0123456789ab", True),
        ("a_rule_of_claims/0123456789ab", False),
        ("a_rule_of_claims/01:23", False),
    ],
)
def test_a_finding_of_a_gate_names_its_step(finding: str, so: bool) -> None:
    assert is_of_a_gate(finding) is so


def test_a_name_of_no_gate_is_refused_with_its_page_and_near_ones() -> None:
    with pytest.raises(PageError) as refused:
        at_a_site("tocilizumab_is_at_hand")
    assert str(refused.value) == (
        "site: gates/own.toml, gate 'tocilizumab_is_at_hand': field 'name': no gate has this name; "
        "there is tocilizumab_is_on_hand; `veinledger gates` lists them, with their limits"
    )


def test_a_name_like_no_other_is_refused_without_a_guess() -> None:
    with pytest.raises(PageError, match="no gate has this name; `veinledger gates` lists them"):
        at_a_site("zzz")


def test_a_row_without_the_limit_that_its_gate_compares_with_is_refused() -> None:
    with pytest.raises(PageError, match="it lacks 'doses'; the shipped row has 2 doses"):
        at_a_site("tocilizumab_is_on_hand")


def test_a_limit_that_a_row_lacks_is_asked_for_by_page_and_name() -> None:
    (row,) = [
        each
        for each in shipped_rules().listing.all(GateRule)
        if each.name == "tocilizumab_is_on_hand"
    ]
    with pytest.raises(LookupError) as told:
        row.limit("days")
    assert str(told.value) == (
        f"{row.file}: gate 'tocilizumab_is_on_hand' has no limit 'days'; add it"
    )
