"""Looking a code up as people write it, and what is told of names that nothing has."""

from __future__ import annotations

from datetime import date

import pytest

from veinledger.adapters.pages import shipped_evidence, shipped_rules
from veinledger.domain.codebook.book import Book
from veinledger.domain.codebook.entry import entries
from veinledger.domain.codebook.lookup import Found, look_up, near
from veinledger.domain.codebook.ndc import agrees
from veinledger.domain.codebook.statement import Edition

BOOK = shipped_rules().book
EVIDENCE = shipped_evidence()
IN_2026 = date(2026, 5, 1)


def looked(asked: str, on: date = IN_2026, edition: Edition | None = None) -> tuple[Found, ...]:
    return look_up(BOOK, EVIDENCE, asked, on=on, edition=edition)


def meanings(asked: str) -> list[str]:
    return [each.entry.meaning for each in looked(asked)]


def test_a_meaning_gives_every_entry_of_it_in_both_editions() -> None:
    found = [f for f in looked("car_t_administration") if not f.entry.only_for]
    assert [each.entry.code for each in found] == ["0540T", "38228", "0540T"]
    assert [each.in_force for each in found] == [(), ("public",), ("page",)]
    assert [e.entry.code for e in looked("car_t_administration", edition="page")] == ["0540T"]


def test_the_day_decides_which_is_in_force() -> None:
    found = looked("car_t_administration", date(2024, 12, 31))
    assert [each.in_force for each in found] == [("public",), (), ("page",)]
    assert not found[0].differences


@pytest.mark.parametrize(
    ("asked", "meaning"),
    [
        ("d89.833", "crs_grade_3"),
        ("D89833", "crs_grade_3"),
        ("xw033a7", "carvykti_infusion_peripheral"),
        ("57894011101", "carvykti_bag_30_ml"),
        ("57894-111-01", "carvykti_bag_30_ml"),
        ("57894-111-02", "carvykti_ndc"),
        ("57894-0502-05", "daratumumab_ndc"),
        ("013x", "bill_type_outpatient"),
        ("131", "bill_type_outpatient"),
        ("0129", "rooms"),
        ("Q2056", "carvykti_dose"),
        (" surveillance_status ", "surveillance_status"),
    ],
)
def test_a_code_is_found_in_the_shapes_in_which_people_write_it(asked: str, meaning: str) -> None:
    assert meaning in meanings(asked)


def test_a_code_gives_every_meaning_that_it_ever_had() -> None:
    assert {"car_t_infusion_unspecified_peripheral", "carvykti_infusion_peripheral"} <= set(
        meanings("XW033C3")
    )
    found = {each.entry.meaning: each for each in looked("XW033C3")}
    assert found["car_t_infusion_unspecified_peripheral"].in_force == ()
    assert found["carvykti_infusion_peripheral"].in_force == ("page",)
    (differs,) = found["carvykti_infusion_peripheral"].differences
    assert differs.other is not None
    assert differs.other.code == "XW033A7"


def test_what_is_argued_comes_with_an_entry() -> None:
    (found,) = looked("fludarabine_injection", edition="public")
    assert found.argued is not None
    assert (found.argued.id, found.argued.verdicts) == ("R17", ("WRONG",))
    assert [source.id for source in found.sources] == ["E18"]
    assert [each.editions for each in found.beside] == [("page",)]


@pytest.mark.parametrize("asked", ["G92.0", "D70", "J91", "57894-999-01", "1", "nothing", "first_"])
def test_what_is_no_code_and_no_meaning_gives_nothing(asked: str) -> None:
    assert looked(asked) == ()


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("carvykti", "carvykti_dose"),
        ("fludarabin", "fludarabine_injection"),
        ("car_t_administraton", "car_t_administration"),
        ("Parkinson", "parkinsonism_after_car_t"),
        ("darzalex", "daratumumab_ndc"),
        ("J9186", "J9185"),
    ],
)
def test_an_unknown_name_is_answered_with_near_ones(asked: str, name: str) -> None:
    assert name in near(BOOK, asked)
    assert len(near(BOOK, asked)) <= 8


@pytest.mark.parametrize(("asked", "name"), [("crs", "crs_grade_1"), ("jug", "access_central")])
def test_three_letters_are_looked_for_within_names_and_labels(asked: str, name: str) -> None:
    assert name in near(small(), asked)


def test_two_letters_are_within_too_many_names() -> None:
    assert near(small(), "cr") == ()
    assert near(small(), "ju") == ()


def small() -> Book:
    """Two entries; what they are called matters alone."""
    row = """
[[entry]]
meaning = "{}"
code = "{}"
label = "{}"
from = 2020-01-01
editions = ["public"]
source = "somebody"
row = "R17"
confidence = "high"
"""
    page = 'system = "HCPCS"\n' + row.format("crs_grade_1", "X1000", "Fever")
    page += row.format("access_central", "X2000", "By the jugular vein")
    return Book.of(entries("codebook/x.toml", page.encode()))


def test_a_name_like_nothing_has_nothing_near_it() -> None:
    assert near(BOOK, "zzzzqqqq") == ()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("57894", "57894-111-01", True),
        ("57894-111", "57894011102", True),
        ("57894-111-01", "57894-111-02", False),
        ("0078-0846-19", "00078084619", True),
        ("73153", "73154-900-01", False),
        ("57894-111", "lot 5", False),
        ("", "", False),
    ],
)
def test_two_ndcs_agree_as_far_as_both_go(one: str, other: str, same: bool) -> None:
    assert agrees(one, other) is same
    assert agrees(other, one) is same
