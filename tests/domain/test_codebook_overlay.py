"""A site's own pages: single entries over the shipped ones, checked alike, and named wherever."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from veinledger.adapters.pages import shipped_pages, shipped_rules
from veinledger.domain.codebook.book import Book
from veinledger.domain.codebook.entry import entries
from veinledger.domain.codebook.overlay import laid_over
from veinledger.domain.codebook.page import PageError
from veinledger.domain.codebook.statement import Edition
from veinledger.domain.rules import Rules, rules_of

BEFORE, WITHIN, AFTER = date(2025, 6, 1), date(2026, 5, 1), date(2027, 6, 1)
BOTH = '"public", "page"'


def entry(  # noqa: PLR0913  # a page has as many fields
    code: str,
    *,
    meaning: str = "revenue_clinic_visit",
    since: str = "2026-01-01",
    until: str = "",
    editions: str = '"public"',
    more: str = "",
) -> str:
    return f"""
[[entry]]
meaning = "{meaning}"
code = "{code}"
label = "Ours"
from = {since}
{f"until = {until}" if until else ""}
editions = [{editions}]
source = "chargemaster committee"
row = "site: minutes of 2025-12-01"
confidence = "high"
consequence = "Ours."
{more}
"""


def page(*own: str, system: str = "REV", more: str = "") -> bytes:
    return f'system = "{system}"\n{more}\n{"".join(own)}'.encode()


def with_site(*overlays: Mapping[str, bytes], edition: Edition = "public") -> Rules:
    return rules_of(shipped_pages(), edition=edition, version="0", overlays=overlays)


def clinic(rules: Rules, on: date, edition: Edition = "public") -> str:
    return rules.under(edition).code("revenue_clinic_visit", on).code


def test_a_sites_entry_takes_the_place_of_the_shipped_one_for_its_days_and_editions() -> None:
    rules = with_site({"codebook/ours.toml": page(entry("0519", until="2027-01-01"))})
    assert [clinic(rules, on) for on in (BEFORE, WITHIN, AFTER)] == ["0510", "0519", "0510"]
    assert clinic(rules, WITHIN, "page") == "0510"
    assert clinic(rules, date(2026, 12, 31)) == "0519"
    assert clinic(rules, date(2027, 1, 1)) == "0510"


def test_a_page_of_the_same_name_as_a_shipped_one_adds_and_removes_nothing_else() -> None:
    rules = with_site({"codebook/revenue.toml": page(entry("0519"))})
    assert clinic(rules, WITHIN) == "0519"
    assert rules.code("revenue_cell_product", WITHIN).code == "0891"


def test_a_sites_entry_names_the_site_wherever_it_shows() -> None:
    rules = with_site({"codebook/ours.toml": page(entry("0519"))})
    ours = rules.code("revenue_clinic_visit", WITHIN)
    assert ours.file == "site: codebook/ours.toml"
    assert ours.source == "site: codebook/ours.toml: chargemaster committee"
    assert shipped_rules().code("revenue_clinic_visit", WITHIN).source == (
        "recollection; no source seen"
    )


def test_a_site_may_add_a_meaning() -> None:
    rules = with_site({"codebook/ours.toml": page(entry("0940", meaning="nutrition_visit"))})
    assert rules.code("nutrition_visit", WITHIN).code == "0940"
    assert "nutrition_visit" not in shipped_rules().book.shelf


def test_an_entry_for_a_key_goes_before_the_shipped_one_without() -> None:
    ours = entry(
        "J9074",
        meaning="cyclophosphamide_injection",
        more='only_for = ["99999-0001"]\nunit = { amount = 5, of = "mg" }',
    )
    rules = with_site({"codebook/ours.toml": page(ours, system="HCPCS")})
    found = [
        rules.code("cyclophosphamide_injection", WITHIN, key).code for key in ("99999-0001", None)
    ]
    assert found == ["J9074", "J9075"]


def test_of_a_shipped_entry_for_several_keys_only_those_that_the_site_claims_are_taken() -> None:
    ours = entry(
        "days_before_admission",
        meaning="payment_window",
        more='only_for = ["childrens"]\nunit = { amount = 3, of = "calendar days" }',
    )
    rules = with_site({"codebook/ours.toml": page(ours, system="RULE")})
    sizes = [
        str(rules.code("payment_window", on, key).unit)
        for on, key in ((WITHIN, "childrens"), (WITHIN, "exempt_cancer"), (BEFORE, "childrens"))
    ]
    assert sizes == ["3 calendar days", "1 calendar day", "1 calendar day"]


def test_an_entry_for_one_key_is_taken_whole_by_a_claim_of_that_key() -> None:
    only = 'only_for = ["childrens"]'
    shipped = entries("x", page(entry("1", since="2020-01-01", more=only)))
    ours = entries("y", page(entry("2", since="2026-01-01", more=only)))
    laid = [(each.code, each.span, each.only_for) for each in laid_over(shipped, ours)]
    assert laid == [
        ("2", "2026-01-01 to open", ("childrens",)),
        ("1", "2020-01-01 to 2026-01-01", ("childrens",)),
    ]


def test_where_a_site_claims_every_key_of_an_entry_nothing_of_it_is_left_beside() -> None:
    keyed = 'only_for = ["a", "b"]'
    shipped = entries("x", page(entry("1", more=keyed)))
    ours = entries("y", page(entry("2", more=keyed)))
    assert [each.code for each in laid_over(shipped, ours)] == ["2"]


def test_what_is_left_of_the_page_alone_says_why_it_stands_alone() -> None:
    rules = with_site({"codebook/ours.toml": page(entry("0519"))})
    left = rules.under("page").code("revenue_clinic_visit", WITHIN)
    assert left.editions == ("page",)
    assert "site" in left.consequence


def test_pieces_of_an_entry_have_its_days_and_no_others() -> None:
    shipped = entries("x", page(entry("1", since="2020-01-01", until="2030-01-01", editions=BOTH)))
    ours = entries("y", page(entry("2", since="2022-01-01", until="2023-01-01")))
    laid = laid_over(shipped, ours)
    spans = [(each.code, each.span, each.editions) for each in laid]
    assert spans == [
        ("2", "2022-01-01 to 2023-01-01", ("public",)),
        ("1", "2020-01-01 to 2030-01-01", ("page",)),
        ("1", "2020-01-01 to 2022-01-01", ("public",)),
        ("1", "2023-01-01 to 2030-01-01", ("public",)),
    ]
    assert Book.of(laid)


@pytest.mark.parametrize(
    ("since", "until", "left"),
    [
        ("2010-01-01", "2020-01-01", ["2020-01-01 to 2030-01-01"]),
        ("2030-01-01", "", ["2020-01-01 to 2030-01-01"]),
        ("2010-01-01", "", []),
        ("2020-01-01", "2030-01-01", []),
        ("2029-12-31", "", ["2020-01-01 to 2029-12-31"]),
    ],
)
def test_an_entry_is_cut_at_the_very_days_of_a_claim(
    since: str, until: str, left: list[str]
) -> None:
    shipped = entries("x", page(entry("1", since="2020-01-01", until="2030-01-01")))
    ours = entries("y", page(entry("2", since=since, until=until)))
    assert [each.span for each in laid_over(shipped, ours) if each.code == "1"] == left


def test_a_later_folder_goes_over_an_earlier_one() -> None:
    first = {"codebook/ours.toml": page(entry("0519"))}
    second = {"codebook/ours.toml": page(entry("0515", until="2026-07-01"))}
    rules = with_site(first, second)
    assert clinic(rules, WITHIN) == "0515"
    assert clinic(rules, AFTER) == "0519"
    assert rules.code("revenue_clinic_visit", WITHIN).file == "site 2: codebook/ours.toml"


def test_the_rule_pack_of_a_site_is_another_one() -> None:
    ours = {"codebook/ours.toml": page(entry("0519"))}
    digests = {
        shipped_rules().digest,
        with_site(ours).digest,
        with_site({"codebook/ours.toml": page(entry("0518"))}).digest,
        with_site({"codebook/mine.toml": page(entry("0519"))}).digest,
        with_site(ours, ours).digest,
    }
    assert len(digests) == 5
    assert with_site(ours).digest == with_site(ours).digest


BAD: list[tuple[bytes, str]] = [
    (page(entry("0519"), entry("0518")), "claim the same day in edition public; end one where"),
    (page(entry("0519", since="yesterday")), "site: codebook/ours.toml is not TOML"),
    (
        page(entry("0519", until="2025-01-01")),
        "site: codebook/ours.toml, entry 1 (revenue_clinic_visit): until 2025-01-01 is not after",
    ),
    (page(entry("0519", more='colour = "red"')), "'colour' is not a field here; the fields are"),
    (page(entry("0519"), system="REVENUE"), "field 'system' is 'REVENUE'"),
    (page(entry("0519"), more="reviewed = 2026-12-01"), "its review: field 'cadence' is missing"),
    (b"[[entry]]\n", "site: codebook/ours.toml: field 'system' is missing"),
    (
        page(entry("x", meaning="a_rule", more='parts = ["no_such_code"]'), system="RULE"),
        "site: codebook/ours.toml, meaning 'a_rule': field 'parts' lists 'no_such_code', which",
    ),
]


@pytest.mark.parametrize(("content", "words"), BAD)
def test_a_bad_page_of_a_site_is_refused_by_file_entry_and_field(
    content: bytes, words: str
) -> None:
    with pytest.raises(PageError) as told:
        with_site({"codebook/ours.toml": content})
    assert words in str(told.value)
    assert "site: codebook/ours.toml" in str(told.value)


@pytest.mark.parametrize("file", ["ours.toml", "codes/ours.toml", "codebook"])
def test_a_page_in_no_folder_of_pages_is_refused_and_told_where_it_may_stand(file: str) -> None:
    with pytest.raises(PageError) as told:
        with_site({file: page(entry("0519"))})
    assert str(told.value).startswith(f"site: {file} is no page of codebook/, products/, ")
    assert str(told.value).endswith("; move it into one of them")


# Products


def product(*tables: str, name: str = "carvykti") -> dict[str, bytes]:
    return {"products/ours.toml": f'name = "{name}"\n{"".join(tables)}'.encode()}


REGIME = """
[[regimes]]
daily = 7
near = 28
no_driving = 56
from = 2026-01-01
until = 2027-01-01
editions = ["public"]
source = "our own protocol"
row = "site: protocol of 2025-11-01"
confidence = "high"
"""


def regime(rules: Rules, on: date, edition: Edition = "public") -> tuple[int, int]:
    found = rules.products.named("carvykti").regime(on, edition)
    assert found is not None
    return found.near, found.no_driving


def test_a_statement_of_a_site_takes_the_place_of_a_shipped_one_for_its_days() -> None:
    rules = with_site(product(REGIME))
    shipped = shipped_rules()
    assert regime(rules, WITHIN) == (28, 56)
    for on, edition in ((BEFORE, "public"), (AFTER, "public"), (WITHIN, "page")):
        told: Edition = "public" if edition == "public" else "page"
        assert regime(rules, on, told) == regime(shipped, on, told)
    ours = rules.products.named("carvykti").regime(WITHIN, "public")
    assert ours is not None
    assert ours.source == "site: products/ours.toml: our own protocol"


def test_the_other_statements_and_fields_of_the_product_stay() -> None:
    rules, shipped = with_site(product(REGIME)), shipped_rules()
    ours, theirs = (each.products.named("carvykti") for each in (rules, shipped))
    assert ours.indications == theirs.indications
    assert ours.codes == theirs.codes
    assert ours.brand == theirs.brand
    assert rules.digest != shipped.digest


def test_a_site_may_give_a_product_another_field_or_label() -> None:
    rules = with_site(product('ndcs = ["57894-0111", "57894-0112"]\nremarks = "CARVYKTI CAR-T"\n'))
    carvykti = rules.products.named("carvykti")
    assert carvykti.remarks == "CARVYKTI CAR-T"
    assert rules.products.by_ndc("57894-112-01") is carvykti
    assert carvykti.codes.dose == "carvykti_dose"


def test_a_site_may_name_another_meaning_for_one_code_of_a_product() -> None:
    rules = with_site(product('[codes]\nndc = "daratumumab_ndc"\n'))
    codes = rules.products.named("carvykti").codes
    assert (codes.ndc, codes.dose) == ("daratumumab_ndc", "carvykti_dose")


def test_a_product_that_is_not_shipped_is_described_whole() -> None:
    whole = shipped_pages()["products/carvykti.toml"].replace(
        b'name = "carvykti"', b'name = "aucatzyl"', 1
    )
    ndcs = whole.replace(b'["57894-0111"]', b'["99999-0001"]')
    rules = with_site({"products/aucatzyl.toml": ndcs})
    added = rules.products.named("aucatzyl")
    assert added.complete
    assert added.doses[0].source.startswith("site: products/aucatzyl.toml: ")
    with pytest.raises(PageError, match=r"site: products/ours\.toml, product: field 'brand' is"):
        with_site(product(name="aucatzyl"))


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        (REGIME.replace("daily = 7", "daily = -7"), "regimes 1: field 'daily' is -7"),
        (REGIME + REGIME, "claim the same day in edition public"),
        ('colour = "red"\n', "'colour' is not read; a page has"),
        ('target = "CD20"\n', "product: field 'target' is 'CD20'"),
        ("codes = 3\n", "product: field 'codes' is 3"),
        ('[codes]\ndose = "no_such_dose"\n', "names the meaning 'no_such_dose', which no page"),
    ],
)
def test_a_bad_product_page_of_a_site_is_refused(tables: str, words: str) -> None:
    with pytest.raises(PageError) as told:
        with_site(product(tables))
    assert words in str(told.value)
