"""The product pages: complete where they must be, and found by every name they go by."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from veinledger.adapters.pages import read_rules, shipped_pages, shipped_rules
from veinledger.domain.codebook.ndc import product_of
from veinledger.domain.codebook.page import PageError
from veinledger.domain.codebook.statement import Statement
from veinledger.domain.products.catalogue import TABLES, Products, UnknownProduct, product
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


CAR_T = [each for each in RULES.products.products if each.kind == "CAR-T"]
BISPECIFIC = [each for each in RULES.products.products if each.kind == "bispecific"]


@pytest.mark.parametrize("each", CAR_T, ids=name)
def test_every_car_t_product_is_complete_enough_to_bill(each: Product) -> None:
    assert each.complete
    assert each.belongs is None
    assert each.remarks == each.brand
    for meaning in (each.codes.ndc, each.codes.labeler, each.codes.apc, each.codes.drg):
        assert meaning is not None
        assert RULES.find(meaning, IN_2026), meaning
    for vein in ("peripheral", "central"):
        meaning = each.infusion_code("central" if vein == "central" else "peripheral")
        assert meaning is not None
        code = RULES.code(meaning, IN_2026).code
        assert code[3] == ("4" if vein == "central" else "3")
    for indication in each.indications_on(IN_2026, "public"):
        assert each.regimen(IN_2026, "public", indication.name), indication.name
        for weight in (Decimal(20), Decimal(70)):
            assert each.dose(IN_2026, "public", indication.name, weight), indication.name
    assert each.descriptions
    assert each.approvals
    assert each.boxed_warnings


@pytest.mark.parametrize("each", CAR_T, ids=name)
def test_its_true_labels_are_its_labelers_and_its_ndc_is_one_of_them(each: Product) -> None:
    labeler = RULES.code(each.codes.labeler or "", IN_2026).code
    assert {ndc.partition("-")[0] for ndc in each.ndcs} == {labeler}
    assert product_of(RULES.code(each.codes.ndc or "", IN_2026).code) in each.ndcs


@pytest.mark.parametrize("each", BISPECIFIC, ids=name)
def test_a_bispecific_antibody_says_where_it_belongs(each: Product) -> None:
    assert not each.complete
    assert each.belongs is not None
    assert RULES.code(each.codes.dose, IN_2026).code in each.belongs


@pytest.mark.parametrize("each", CAR_T, ids=name)
def test_all_six_lost_their_rems_on_one_day_and_the_page_asks_on(each: Product) -> None:
    assert each.programmes_on(date(2025, 6, 25), "public")
    assert not each.programmes_on(date(2025, 6, 26), "public")
    assert each.programmes_on(IN_2026, "page")


@pytest.mark.parametrize("each", CAR_T, ids=name)
def test_all_six_are_watched_more_briefly_since_that_day(each: Product) -> None:
    before = each.regime(date(2025, 6, 25), "public")
    after = each.regime(date(2025, 6, 26), "public")
    assert before is not None
    assert after is not None
    assert (before.near, before.no_driving) == (28, 56)
    assert (after.daily, after.near, after.no_driving) == (7, 14, 14)


STATEMENTS = [
    (f"{each.name} {table} {number}", row)
    for each in RULES.products.products
    for table in TABLES
    for number, row in enumerate(getattr(each, table), start=1)
]


@pytest.mark.parametrize(
    "row", [row for _, row in STATEMENTS], ids=[said for said, _ in STATEMENTS]
)
def test_a_statement_says_on_whose_word_and_how_sure_it_is(row: Statement) -> None:
    assert row.evidence or row.confidence != "high"
    if row.source.startswith("recollection"):
        assert row.confidence == "unverified"


@pytest.mark.parametrize(
    ("product_name", "indication", "flu", "cy"),
    [
        ("abecma", "third_line", 30, 300),
        ("breyanzi", "mantle_cell", 30, 300),
        ("carvykti", "second_line", 30, 300),
        ("kymriah", "lymphoblastic_leukemia", 30, 500),
        ("kymriah", "large_b_cell_third_line", 25, 250),
        ("kymriah", "follicular_third_line", 25, 250),
        ("tecartus", "mantle_cell", 30, 500),
        ("tecartus", "lymphoblastic_leukemia", 25, 900),
        ("yescarta", "large_b_cell_second_line", 30, 500),
    ],
)
def test_lymphodepletion_goes_by_product_and_indication(
    product_name: str, indication: str, flu: int, cy: int
) -> None:
    regimen = RULES.products.named(product_name).regimen(IN_2026, "public", indication)
    assert regimen is not None
    assert [int(drug.mg_per_m2) for drug in regimen.drugs] == [flu, cy]


@pytest.mark.parametrize(
    ("product_name", "millions"),
    [
        ("abecma", 510), ("breyanzi", 110), ("carvykti", 100), ("kymriah", 600),
        ("tecartus", 200), ("yescarta", 200),
    ],
)  # fmt: skip
def test_the_most_cells_of_any_dose(product_name: str, millions: int) -> None:
    doses = [x for x in RULES.products.named(product_name).doses if not x.ended(IN_2026)]
    assert max(dose.most for dose in doses) == millions * 1_000_000


def test_the_dose_of_abecma_grew_with_its_third_line() -> None:
    abecma = RULES.products.named("abecma")
    mosts = [
        dose.most // 1_000_000
        for day in (date(2024, 4, 3), date(2024, 4, 4))
        if (dose := abecma.dose(day, "public"))
    ]
    assert mosts == [460, 510]


def test_the_boxed_warning_of_carvykti_grew_by_one_item_and_says_what_is_unresolved() -> None:
    before = [x for x in CARVYKTI.boxed_warnings if x.holds(date(2025, 10, 15), "public")]
    after = [x for x in CARVYKTI.boxed_warnings if x.holds(date(2025, 10, 16), "public")]
    assert (len(before), len(after)) == (5, 6)
    (added,) = [x for x in after if x not in before]
    assert added.name == "iec_enterocolitis"
    assert "openFDA" in added.note


def test_the_history_of_carvykti_is_on_its_page() -> None:
    assert [str(each.since) for each in CARVYKTI.approvals] == ["2022-02-28", "2024-04-05"]
    assert {each.identifier for each in CARVYKTI.references} == {
        "BLA 125746",
        "7d040b91-3fb8-41db-ba7f-60a36f06e2c2",
    }
    beside = {name for choice in CARVYKTI.choices for name in choice.beside}
    assert beside == {"abecma", "tecvayli", "elrexfio"}


def test_primary_lymphoma_of_the_brain_stands_in_a_family_and_does_not_fit() -> None:
    for name_of_product in ("yescarta", "kymriah", "breyanzi"):
        page = RULES.products.named(name_of_product)
        (asked, *_) = page.indications_called("DLBCL", IN_2026, "public")
        assert "C83.3" in asked.families
        assert asked.not_for == ("primary_cns_lymphoma",)


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
    ("per_kg_least = 500_000\n", "", "doses 1: a dose has per_kg_least and per_kg_most, or flat"),
    (
        "per_kg_least = 500_000\n",
        "per_kg_least = 500_000\nflat_least = 1\n",
        "doses 1: a dose has per_kg_least and per_kg_most, or flat_least, beside most",
    ),
    (
        "per_kg_least = 500_000\n",
        'per_kg_least = 500_000\nindications = ["third_line"]\n',
        "doses 1: field 'indications' names 'third_line'; the page has fourth_line, second_line",
    ),
    ("lines_least = 4\n", 'lines_least = 4\nfamilies = ["C90."]\n', "field 'families.0' is 'C90.'"),
    ("days = 3\n", "days = 3\ncolour = 1\n", "regimens 1: 'colour' is not a field here"),
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
