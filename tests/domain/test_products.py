"""The product pages: complete where they must be, and found by every name they go by."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from veinledger.adapters.pages import read_rules, shipped_pages, shipped_rules
from veinledger.domain.codebook.ndc import product_of
from veinledger.domain.codebook.page import PageError
from veinledger.domain.products.catalogue import Products, UnknownProduct, product
from veinledger.domain.products.profile import Product
from veinledger.domain.rules import rules_of

RULES = shipped_rules()
CARVYKTI = RULES.products.named("carvykti")
IN_2026 = date(2026, 5, 1)


def name(each: Product) -> str:
    return each.name


@pytest.mark.parametrize("each", RULES.products.products, ids=name)
def test_every_meaning_that_a_product_names_is_in_the_book(each: Product) -> None:
    for meaning in each.meanings():
        assert RULES.find(meaning, IN_2026), meaning


@pytest.mark.parametrize("each", RULES.products.products, ids=name)
def test_a_product_is_found_by_its_label_and_by_its_code(each: Product) -> None:
    dose = RULES.code(each.codes.dose, IN_2026)
    assert RULES.products.by_hcpcs(dose.code, RULES.book, IN_2026, "public") is each
    for ndc in each.ndcs:
        assert RULES.products.by_ndc(f"{ndc}-01") is each


def test_the_six_products_of_the_page_and_two_bispecifics_are_known() -> None:
    known = {each.name: each.kind for each in RULES.products.products}
    cells = [name for name, kind in known.items() if kind == "CAR-T"]
    assert cells == ["abecma", "breyanzi", "carvykti", "kymriah", "tecartus", "yescarta"]
    assert [name for name, kind in known.items() if kind == "bispecific"] == [
        "elrexfio",
        "tecvayli",
    ]


def test_a_code_that_bills_no_dose_belongs_to_no_product() -> None:
    assert RULES.products.by_hcpcs("J9185", RULES.book, IN_2026, "public") is None


def test_the_ndc_on_the_page_is_no_car_t_product() -> None:
    assert RULES.products.by_ndc("57894-502-05") is None
    assert RULES.products.by_ndc("57894-111-02") is CARVYKTI
    printed = RULES.code("daratumumab_ndc", IN_2026)
    assert product_of(printed.code) not in CARVYKTI.ndcs


def test_cells_are_capped_whatever_the_weight() -> None:
    dose = CARVYKTI.dose(IN_2026, "public")
    assert dose is not None
    assert (dose.per_kg_least, dose.per_kg_most, dose.most) == (500_000, 1_000_000, 100_000_000)


def test_the_rems_ended_and_the_page_still_asks_for_it() -> None:
    def asked(on: date, edition: str) -> list[str]:
        rems = CARVYKTI.programmes_on(on, "public" if edition == "public" else "page")
        return [programme.name for programme in rems]

    assert asked(date(2025, 6, 25), "public") == ["carvykti_rems"]
    assert asked(date(2025, 6, 26), "public") == []
    assert asked(IN_2026, "page") == ["carvykti_rems"]


def test_monitoring_follows_the_day_of_infusion() -> None:
    spans = [
        (regime.daily, regime.near, regime.no_driving)
        for infused in (date(2025, 6, 25), date(2025, 6, 26))
        if (regime := CARVYKTI.regime(infused, "public"))
    ]
    assert spans == [(10, 28, 56), (7, 14, 14)]


def test_lymphodepletion_is_three_days_and_the_page_fixes_which() -> None:
    public = CARVYKTI.regimen(IN_2026, "public")
    page = CARVYKTI.regimen(IN_2026, "page")
    assert public is not None
    assert page is not None
    assert [int(drug.mg_per_m2) for drug in public.drugs] == [30, 300]
    assert (public.days, public.rest_least, public.rest_most) == (3, 2, 4)
    assert (public.first_day, public.last_day) == (None, None)
    assert (page.first_day, page.last_day) == (-5, -3)


def test_the_fourth_line_text_was_replaced_and_the_page_keeps_it() -> None:
    def named(on: date, edition: str) -> list[str]:
        found = CARVYKTI.indications_on(on, "public" if edition == "public" else "page")
        return [indication.name for indication in found]

    assert named(date(2024, 4, 4), "public") == ["fourth_line"]
    assert named(date(2024, 4, 5), "public") == ["second_line"]
    assert named(IN_2026, "page") == ["fourth_line", "second_line"]


def test_surveillance_is_one_calendar_that_only_the_page_calls_rems() -> None:
    public = CARVYKTI.calendar(IN_2026, "public")
    page = CARVYKTI.calendar(IN_2026, "page")
    assert public is not None
    assert page is not None
    assert public.visits == page.visits
    assert [visit.months for visit in public.visits] == [0, 1, 3, 6, 12]
    assert public.confidence == "unverified"
    assert RULES.code(public.rule, IN_2026).code == "site_protocol"
    assert RULES.under("page").code(page.rule, IN_2026).code == "rems"


def test_the_procedure_code_goes_by_vein_and_by_edition() -> None:
    peripheral, central = (CARVYKTI.infusion_code(vein) for vein in ("peripheral", "central"))
    assert peripheral is not None
    assert central is not None
    assert RULES.code(peripheral, IN_2026).code == "XW033A7"
    assert RULES.code(central, IN_2026).code == "XW043A7"
    assert RULES.under("page").code(peripheral, IN_2026).code == "XW033C3"


def test_an_unknown_product_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(UnknownProduct, match="there are abecma, breyanzi, carvykti"):
        RULES.products.named("carvikti")


PAGE = shipped_pages()["products/carvykti.toml"].decode()

BAD: list[tuple[str, str, str]] = [
    ('target = "BCMA"', 'target = "CD20"', "product: field 'target' is 'CD20'"),
    ('target = "BCMA"', 'target = "BCMA"\ncolour = "red"', "'colour' is not read"),
    ("most = 100_000_000\n", "", "doses 1: field 'most' is missing"),
    ("daily = 7", "daily = -7", "regimes 2: field 'daily' is -7"),
    ("until = 2025-06-26", "until = 2021-06-26", "regimes 1: until 2021-06-26 is not after from"),
    ('ndcs = ["57894-0111"]', 'ndcs = ["57894-111"]', "field 'ndcs.0' is '57894-111'"),
    ("from = 2025-06-26", "from = 2025-06-01", "regimes: 2025-06-01 to open and 2022-02-28"),
]


@pytest.mark.parametrize(("right", "wrong", "words"), BAD)
def test_a_bad_product_page_is_refused_by_file_table_and_field(
    right: str, wrong: str, words: str
) -> None:
    assert right in PAGE
    with pytest.raises(PageError) as told:
        product("products/carvykti.toml", PAGE.replace(right, wrong, 1).encode())
    assert str(told.value).startswith("products/carvykti.toml")
    assert words in str(told.value)


def test_two_products_do_not_share_a_label() -> None:
    twin = product("products/twin.toml", PAGE.replace('"carvykti"', '"twin"').encode())
    with pytest.raises(PageError, match="two pages claim the NDC product 57894-0111"):
        Products.of((CARVYKTI, twin))


def test_a_product_that_names_a_meaning_of_no_page_is_refused() -> None:
    pages = shipped_pages()
    pages["products/carvykti.toml"] = PAGE.replace('"carvykti_dose"', '"dose_of_x"').encode()
    with pytest.raises(PageError, match="names the meaning 'dose_of_x', which no page"):
        rules_of(pages, edition="public", version="0")


def test_a_site_page_takes_the_place_of_a_shipped_one_and_shows_in_the_pack(
    tmp_path: Path,
) -> None:
    (tmp_path / "products").mkdir()
    (tmp_path / "products" / "carvykti.toml").write_text(PAGE.replace("late = 7", "late = 10"))
    ours = read_rules("public", [tmp_path])
    calendar = ours.products.named("carvykti").calendar(IN_2026, "public")
    assert calendar is not None
    assert calendar.visits[1].late == 10
    assert ours.pack != RULES.pack
    assert ours.version == RULES.version


def test_an_overlay_without_pages_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PageError, match="an overlay has one"):
        read_rules("public", [tmp_path])
