"""Product pages beside each other: twins, meanings that no page has, a site's rows over ours."""

from __future__ import annotations

from datetime import date

import pytest

from tests.domain.test_codebook_overlay import AFTER, BEFORE, WITHIN, product, with_site
from veinledger.adapters.pages import shipped_pages, shipped_rules
from veinledger.domain.codebook.page import PageError
from veinledger.domain.codebook.statement import Edition
from veinledger.domain.products.profile import Product
from veinledger.domain.rules import Rules, rules_of

SHIPPED = shipped_rules()
PAGE = shipped_pages()["products/carvykti.toml"].decode()


def carvykti(rules: Rules) -> Product:
    return rules.products.named("carvykti")


def test_two_pages_do_not_describe_one_product() -> None:
    twin = PAGE.replace('ndcs = ["57894-0111"]', 'ndcs = ["99999-0001"]', 1).encode()
    pages = {**shipped_pages(), "products/twin.toml": twin}
    with pytest.raises(PageError, match="two pages claim the name carvykti"):
        rules_of(pages, edition="public", version="0")


@pytest.mark.parametrize(
    ("known", "unknown"),
    [
        ('dose = "carvykti_dose"', 'dose = "no_such"'),
        ('diagnoses = ["myeloma_not_in_remission", ', 'diagnoses = ["no_such", '),
        ("lines_least = 4\n", 'lines_least = 4\nnot_for = ["no_such"]\n'),
        ('meaning = "cyclophosphamide_injection"', 'meaning = "no_such"'),
        ('rule = "neurology_surveillance"', 'rule = "no_such"'),
    ],
)
def test_a_product_names_nowhere_a_meaning_that_the_book_lacks(known: str, unknown: str) -> None:
    assert known in PAGE
    wrong = PAGE.replace(known, unknown, 1).encode()
    pages = {**shipped_pages(), "products/carvykti.toml": wrong}
    with pytest.raises(PageError, match=r"carvykti\.toml names the meaning 'no_such', which"):
        rules_of(pages, edition="public", version="0")


SIGNED = """
from = 2026-01-01
until = 2027-01-01
editions = ["public"]
source = "our own committee"
row = "site: minutes of 2025-12-01"
confidence = "high"
"""
INDICATION = """
[[indications]]
name = "{}"
label = "Ours"
diagnoses = ["myeloma_in_relapse"]
lines_least = 1
classes = []
"""
REGIME = "[[regimes]]\ndaily = 7\nnear = 28\nno_driving = 56\n"


@pytest.mark.parametrize(
    ("name", "on", "edition", "names"),
    [
        ("second_line", WITHIN, "public", ["ours: second_line"]),
        ("second_line", BEFORE, "public", ["second_line"]),
        ("second_line", AFTER, "public", ["second_line"]),
        ("second_line", WITHIN, "page", ["fourth_line", "second_line"]),
        ("fourth_line", WITHIN, "public", ["ours: fourth_line", "second_line"]),
        ("first_line", WITHIN, "public", ["ours: first_line", "second_line"]),
    ],
)
def test_a_row_of_a_site_takes_the_place_of_rows_of_its_name_and_of_no_others(
    name: str, on: date, edition: Edition, names: list[str]
) -> None:
    rules = with_site(product(INDICATION.format(name) + SIGNED))
    known = carvykti(rules).indications_on(on, edition)
    assert [f"ours: {x.name}" if x.label == "Ours" else x.name for x in known] == names


def test_a_row_without_a_name_takes_the_place_of_those_without_one() -> None:
    regimes = carvykti(with_site(product(REGIME + SIGNED))).regimes
    assert [each.near for each in regimes if each.holds(WITHIN, "public")] == [28]
    assert [each.near for each in regimes if each.holds(BEFORE, "public")] == [28]
    assert [each.near for each in regimes if each.holds(AFTER, "public")] == [14]


@pytest.mark.parametrize(
    ("file", "content", "where"),
    [
        ("products/ours.toml", 'name = "carvykti"\ndoses = [1]\n', "doses 1: 1 is"),
        ("products/ours.toml", 'name = "new"\ndoses = [{}, 1]\n', "doses 2: 1 is"),
        ("codebook/ours.toml", 'system = "REV"\nentry = ["0510"]\n', "entry 1: '0510' is"),
        ("surveillance/ours.toml", "closer = [1]\n", "closer 1: 1 is"),
    ],
)
def test_a_row_that_is_no_table_is_refused_by_its_number(
    file: str, content: str, where: str
) -> None:
    table = where.split(maxsplit=1)[0]
    with pytest.raises(PageError) as told:
        with_site({file: content.encode()})
    assert str(told.value) == f"site: {file}, {where} no table; write [[{table}]]"
