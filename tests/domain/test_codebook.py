"""The shipped book, entry by entry, and what a bad page is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import product as pairs

import pytest

from veinledger.adapters.pages import shipped_evidence, shipped_pages, shipped_rules
from veinledger.domain.codebook.book import Book, Difference, NotInForce
from veinledger.domain.codebook.entry import Entry, entries
from veinledger.domain.codebook.ndc import eleven, product_of
from veinledger.domain.codebook.page import PageError
from veinledger.domain.codebook.statement import EDITIONS, Edition
from veinledger.domain.rules import digest_of

BOOK = shipped_rules().book
SHIPPED = tuple(BOOK)
A_DAY = timedelta(days=1)
IN_2026 = date(2026, 5, 1)


def name(entry: Entry) -> str:
    return f"{entry.meaning}-{entry.code}-{'-'.join((*entry.editions, *entry.only_for))}"


def keys(entry: Entry) -> tuple[str | None, ...]:
    return entry.only_for or (None,)


def ways(entry: Entry) -> list[tuple[Edition, str | None]]:
    return list(pairs(entry.editions, keys(entry)))


@pytest.mark.parametrize("entry", SHIPPED, ids=name)
def test_an_entry_answers_from_its_first_day(entry: Entry) -> None:
    for edition, key in ways(entry):
        assert BOOK.code(entry.meaning, on=entry.since, edition=edition, key=key) is entry


@pytest.mark.parametrize("entry", SHIPPED, ids=name)
def test_the_day_before_belongs_to_another_entry_or_to_none(entry: Entry) -> None:
    for edition, key in ways(entry):
        before = BOOK.find(entry.meaning, on=entry.since - A_DAY, edition=edition, key=key)
        assert before is not entry
        assert before is None or before.until == entry.since or before.only_for != entry.only_for


def test_an_ndc_that_is_none_is_refused_with_the_page_and_the_meaning_that_have_it() -> None:
    known = next(each for each in SHIPPED if each.system == "NDC" and "-" in each.code)
    with pytest.raises(PageError, match=rf"{known.file}, meaning '{known.meaning}': '123-45'"):
        Book.of([replace(known, code="123-45")])


@pytest.mark.parametrize("ndc", ["57894-0111", "57894-0000"])
def test_the_entries_about_a_package_are_those_that_name_its_labeler_and_product(ndc: str) -> None:
    named = [
        entry
        for entry in SHIPPED
        if (entry.system == "HCPCS" and ndc in entry.only_for)
        or (entry.system == "NDC" and "-" in entry.code and product_of(entry.code) == ndc)
    ]
    assert list(BOOK.of_package(ndc)) == named


@pytest.mark.parametrize("entry", [e for e in SHIPPED if e.until], ids=name)
def test_until_is_the_first_day_without_it(entry: Entry) -> None:
    assert entry.until is not None
    for edition, key in ways(entry):
        last = entry.until - A_DAY
        assert BOOK.find(entry.meaning, on=last, edition=edition, key=key) is entry
        assert BOOK.find(entry.meaning, on=entry.until, edition=edition, key=key) is not entry


@pytest.mark.parametrize("entry", SHIPPED, ids=name)
def test_an_entry_says_who_says_so_and_how_sure_it_is(entry: Entry) -> None:
    assert entry.source
    assert entry.row.startswith("page: ") or shipped_evidence().row(entry.row)
    assert len(shipped_evidence().sources_of(entry.evidence)) == len(entry.evidence)
    assert entry.evidence or entry.confidence != "high"
    if "recollection" in entry.source:
        assert entry.confidence != "high"


@pytest.mark.parametrize("edition", EDITIONS)
def test_one_question_has_one_answer(edition: Edition) -> None:
    days = {entry.since for entry in SHIPPED} | {e.until for e in SHIPPED if e.until}
    for meaning, known in BOOK.shelf.items():
        for key, on in pairs({k for entry in known for k in keys(entry)}, days):
            mine = [e for e in known if e.holds(on, edition) and key in keys(e)]
            assert len(mine) <= 1, f"{meaning} on {on} for {key}"


def test_every_part_of_a_rule_is_a_meaning_of_the_book() -> None:
    missing = {part for entry in SHIPPED for part in entry.parts if part not in BOOK.shelf}
    assert not missing


@pytest.mark.parametrize("entry", [e for e in SHIPPED if e.editions == ("page",)], ids=name)
def test_what_the_page_alone_says_is_never_highly_supported(entry: Entry) -> None:
    assert entry.confidence != "high"
    assert entry.consequence
    assert entry.source.startswith("carecostestimate.com/drugs/carvykti")


DIFFERENCES = BOOK.differences(on=IN_2026)


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda each: f"{each.meaning}-{each.key}")
def test_a_difference_names_its_row_both_values_and_what_it_costs(difference: Difference) -> None:
    assert shipped_evidence().row(difference.row)
    assert difference.consequence
    assert difference.this != difference.other
    said = str(difference)
    for side in (difference.this, difference.other):
        assert (side.code if side else "nothing") in said
    back = BOOK.differs(difference.meaning, on=IN_2026, edition="page", key=difference.key)
    assert back is not None
    assert (back.this, back.other) == (difference.other, difference.this)


WELL_KNOWN: list[tuple[str, str, str, str]] = [
    # meaning, public, page, row
    ("apheresis_collection", "38225", "38206", "R05"),
    ("apheresis_inpatient_single", "6A550Z1", "6A550Z2", "R31"),
    ("car_t_administration", "38228", "0540T", "R01"),
    ("car_t_transport_preparation", "38226", "0538T", "R01"),
    ("car_t_receipt_preparation", "38227", "0539T", "R01"),
    ("carvykti_infusion_central", "XW043A7", "XW043C3", "R28"),
    ("carvykti_infusion_peripheral", "XW033A7", "XW033C3", "R28"),
    ("carvykti_ndc", "57894-111", "57894-502", "R66"),
    ("chemo_infusion_second_drug", "96417", "96415", "R09"),
    ("chemotherapy_encounter_position", "first", "second", "R41"),
    ("cyclophosphamide_injection", "J9075", "J9070", "R18"),
    ("immune_effector_complication", "T80.82XA", "T80.89XA", "R39"),
    ("neurology_surveillance", "site_protocol", "rems", "R74"),
    ("parkinsonism_after_car_t", "G21.19", "G20.A1", "R38"),
    ("surveillance_status", "Z92.850", "Z79.899", "R43"),
    ("toxicity_readmission_principal", "complication_first", "manifestation_only", "R40"),
    ("unit_rounding", "up_per_line_and_day", "up_over_all_days", "R18"),
]


@pytest.mark.parametrize(("meaning", "public", "page", "row"), WELL_KNOWN)
def test_the_editions_disagree_where_research_says_so(
    meaning: str, public: str, page: str, row: str
) -> None:
    difference = BOOK.differs(meaning, on=IN_2026)
    assert difference is not None
    assert (difference.this and difference.this.code) == public
    assert (difference.other and difference.other.code) == page
    assert difference.row == row


def test_fludarabine_is_billed_by_50_mg_and_the_page_bills_it_by_1_mg() -> None:
    difference = BOOK.differs("fludarabine_injection", on=IN_2026)
    assert difference is not None
    sizes = [str(side.unit) for side in (difference.this, difference.other) if side]
    assert sizes == ["50 mg", "1 mg"]
    assert difference.evidence == ("E18",)


def test_the_administration_code_turns_on_new_years_day_2025() -> None:
    assert BOOK.code("car_t_administration", on=date(2024, 12, 31)).code == "0540T"
    assert BOOK.code("car_t_administration", on=date(2025, 1, 1)).code == "38228"
    assert BOOK.differs("car_t_administration", on=date(2024, 12, 31)) is None


def test_the_group_3_procedure_code_lives_on_the_page_alone() -> None:
    assert not BOOK.carrying("ICD-10-PCS", "XW033C3", on=IN_2026)
    (printed,) = BOOK.carrying("ICD-10-PCS", "XW033C3", on=IN_2026, edition="page")
    assert "2021-09-30" in printed.note
    (once,) = BOOK.carrying("ICD-10-PCS", "XW033C3", on=date(2021, 9, 30))
    assert once.until == date(2021, 10, 1)


def test_the_window_before_an_admission_depends_on_how_the_hospital_is_paid() -> None:
    sizes = {
        key: BOOK.code("payment_window", on=IN_2026, key=key).unit
        for key in ("ipps", "exempt_cancer", "childrens", "cah")
    }
    assert {key: str(unit) for key, unit in sizes.items()} == {
        "ipps": "3 calendar days",
        "exempt_cancer": "1 calendar day",
        "childrens": "1 calendar day",
        "cah": "None",
    }
    assert BOOK.code("payment_window", on=IN_2026, edition="page", key="ipps").code == "none"


def test_the_code_for_an_ndc_goes_before_the_general_one() -> None:
    page = PAGE + ENTRY + ENTRY.replace("J1000", "J2000") + 'only_for = ["55150-0269"]\n'
    book = Book.of(entries("codebook/x.toml", page.encode()))
    assert book.code("a_drug", on=IN_2026, key=product_of("55150-269-01")).code == "J2000"
    assert book.code("a_drug", on=IN_2026, key="99999-0001").code == "J1000"
    assert book.code("a_drug", on=IN_2026).code == "J1000"


def test_no_code_in_force_is_an_error_that_lists_what_the_book_knows() -> None:
    with pytest.raises(NotInForce) as told:
        BOOK.code("car_t_administration", on=date(1999, 1, 1))
    assert str(told.value) == (
        "no single code means 'car_t_administration' on 1999-01-01 in edition public; "
        "the book knows 0540T (2019-01-01 to 2025-01-01), 38228 (2025-01-01 to open)"
    )


KEYED = 'only_for = ["55150-0269", "55150-0270"]\n'


def test_what_is_not_in_force_is_said_with_the_key_and_with_the_keys_that_are_known() -> None:
    book = Book.of(entries("codebook/x.toml", (PAGE + ENTRY + KEYED).encode()))
    with pytest.raises(NotInForce) as told:
        book.code("a_drug", on=IN_2026, key="1-1")
    assert str(told.value) == (
        "no single code means 'a_drug' for 1-1 on 2026-05-01 in edition public; "
        "the book knows J1000 for 55150-0269 or 55150-0270 (2020-01-01 to open)"
    )
    assert book.known("a_drug", "page") == "the book knows nothing in this edition"


def test_at_most_three_names_are_offered_for_one_that_no_page_has() -> None:
    names = [f"a_drug_{number}" for number in range(1, 6)]
    page = PAGE + "".join(ENTRY.replace('"a_drug"', f'"{each}"') for each in names)
    known = Book.of(entries("codebook/x.toml", page.encode())).known("a_drug_9")
    assert len(known.rpartition("near it are ")[2].split(", ")) == 3


def test_an_entry_is_read_with_its_unit_and_its_title_where_it_has_them() -> None:
    def text(more: str) -> str:
        page = PAGE + ENTRY.replace('unit = { amount = 5, of = "mg" }\n', more)
        (entry,) = entries("codebook/x.toml", page.encode())
        return str(entry)

    assert text("") == "HCPCS J1000 (A drug)"
    assert text('unit = { amount = 5, of = "mg" }\n') == "HCPCS J1000 (A drug, 5 mg)"
    assert text('title = "Inj, drug"\n') == 'HCPCS J1000 (A drug, worded "Inj, drug")'


def test_a_difference_is_read_with_its_key_where_it_has_one() -> None:
    page = (
        ENTRY + ENTRY.replace("J1000", "J2000").replace("public", "page") + 'consequence = "C."\n'
    )
    book = Book.of(entries("codebook/x.toml", (PAGE + page).encode()))
    found = book.differs("a_drug", on=IN_2026)
    assert found is not None
    said = (
        "a_drug: HCPCS J1000 (A drug, 5 mg) here, HCPCS J2000 (A drug, 5 mg) in edition page [R17]"
    )
    assert str(found) == said
    assert str(replace(found, key="1-1")) == said.replace("a_drug:", "a_drug for 1-1:")
    assert str(replace(found, this=None)).startswith("a_drug: nothing here, HCPCS J2000")
    assert "here, nothing in edition page" in str(replace(found, other=None))


def test_a_meaning_that_no_page_names_is_an_error_that_offers_near_ones() -> None:
    with pytest.raises(NotInForce, match="near it are car_t_administration"):
        BOOK.code("car_t_administraton", on=IN_2026)


@pytest.mark.parametrize(
    "printed", ["57894-111-01", "57894-0111-01", "57894011101", "57894-111-1", "57894-111"]
)
def test_one_product_is_read_from_every_shape_of_an_ndc(printed: str) -> None:
    assert product_of(printed) == "57894-0111"


def test_an_ndc_has_eleven_digits_on_a_claim() -> None:
    assert eleven("57894-111-01") == "57894011101"
    assert eleven("0078-0846-19") == "00078084619"
    with pytest.raises(ValueError, match="a claim needs all three segments"):
        eleven("57894-111")
    with pytest.raises(ValueError, match="is not an NDC"):
        product_of("57894-502-XX")


def test_the_digest_changes_with_one_byte_of_one_page_and_with_no_order() -> None:
    pages = shipped_pages()
    backwards = dict(reversed(pages.items()))
    assert digest_of(pages) == digest_of(backwards) == shipped_rules().digest
    assert digest_of({**pages, "codebook/cpt.toml": pages["codebook/cpt.toml"] + b"\n"}) != (
        digest_of(pages)
    )


PAGE = 'system = "HCPCS"\n'
ENTRY = """
[[entry]]
meaning = "a_drug"
code = "J1000"
label = "A drug"
unit = { amount = 5, of = "mg" }
from = 2020-01-01
editions = ["public"]
source = "somebody"
row = "R17"
confidence = "high"
"""


def told(page: str) -> str:
    with pytest.raises(PageError) as refused:
        Book.of(entries("codebook/x.toml", page.encode()))
    return str(refused.value)


BAD: list[tuple[str, str, list[str]]] = [
    ('source = "somebody"\n', "", ["field 'source' is missing"]),
    ('row = "R17"', 'row = "somewhere"', ["field 'row' is 'somewhere'"]),
    ("from = 2020-01-01", "from = 2020-01-01\nuntil = 2020-01-01", ["until", "is not after from"]),
    ("from = 2020-01-01", "from = 20200101", ["field 'from' is 20200101"]),
    ("code =", "cod =", ["'cod' is not a field here", "code", "field 'code' is missing"]),
    ('["public"]', "[]", ["field 'editions'"]),
    ('["public"]', '["page"]', ["says its consequence"]),
    ('["public"]', '["private"]', ["field 'editions.0' is 'private'"]),
    ("amount = 5", 'amount = "five"', ["field 'unit.amount' is 'five'"]),
    ('"high"', '"certain"', ["field 'confidence' is 'certain'"]),
    ('code = "J1000"', 'code = "J1000"\nsystem = "CPT"', ["said once, at the top of the page"]),
]


@pytest.mark.parametrize(("right", "wrong", "words"), BAD)
def test_a_bad_entry_is_refused_by_file_entry_and_field(
    right: str, wrong: str, words: list[str]
) -> None:
    said = told(PAGE + ENTRY.replace(right, wrong))
    assert said.startswith("codebook/x.toml, entry 1 (a_drug): ") or "said once" in said
    for word in words:
        assert word in said


def test_two_entries_for_one_day_are_refused() -> None:
    said = told(PAGE + ENTRY + ENTRY.replace("J1000", "J2000").replace("2020", "2021"))
    assert said == (
        "codebook/x.toml, meaning 'a_drug': J2000 (2021-01-01 to open) and J1000 (2020-01-01 to "
        "open, codebook/x.toml) claim the same day in edition public; end one where the other "
        "begins"
    )


def test_an_entry_may_begin_where_another_ends() -> None:
    first = ENTRY.replace("2020-01-01", "2020-01-01\nuntil = 2021-01-01")
    book = Book.of(entries("x", (PAGE + first + ENTRY.replace("2020", "2021")).encode()))
    assert [entry.span for entry in book] == ["2020-01-01 to 2021-01-01", "2021-01-01 to open"]


def test_a_long_entry_hides_no_later_one() -> None:
    short = ENTRY.replace("2020-01-01", "2021-01-01\nuntil = 2021-02-01")
    later = ENTRY.replace("2020", "2022")
    assert "claim the same day" in told(PAGE + ENTRY + short)
    assert "claim the same day" in told(PAGE + ENTRY + later)


def test_official_cpt_text_is_never_shipped() -> None:
    page = 'system = "CPT"\n' + ENTRY.replace("label", 'title = "words of the AMA"\nlabel')
    assert "CPT text is the AMA's" in told(page)
    assert all(not entry.title for entry in SHIPPED if entry.system == "CPT")


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("entry = 3\n", "field 'system' is missing"),
        ('system = "CPT"\nentry = 3\n', "two brackets"),
        ('system = "CPT"\n[[entri]]\n', "'entri' is not read"),
        ("system = \n", "is not TOML"),
        ('system = "Elsewhere"\n' + ENTRY, "field 'system' is 'Elsewhere'"),
    ],
)
def test_a_page_that_is_no_page_is_refused(page: str, words: str) -> None:
    assert words in told(page)


def test_a_page_in_another_encoding_is_refused() -> None:
    with pytest.raises(PageError, match="not UTF-8"):
        entries("codebook/x.toml", b'about = "\xff"')
