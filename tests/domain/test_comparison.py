"""The two editions held against each other: a small world in which every answer is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest

from veinledger.adapters.pages import shipped_rules
from veinledger.domain.codebook.book import Book
from veinledger.domain.codebook.entry import Entry
from veinledger.domain.codebook.evidence import Argued, Evidence, Source
from veinledger.domain.comparison import Comparison, Conflict, compare, one_row, rivals
from veinledger.domain.products.catalogue import TABLES, Products
from veinledger.domain.products.profile import Product, Programme
from veinledger.domain.products.treatment import Dose

ON: Final = date(2026, 11, 23)
SINCE: Final = date(2020, 1, 1)
SHIPPED: Final = shipped_rules()
EMPTY: Final[dict[str, Any]] = dict.fromkeys(TABLES, ())
BARE: Final = replace(SHIPPED.products.named("carvykti"), **EMPTY)
"""A product page without a single statement."""


def asserted(editions: str, row: str, **more: Any) -> dict[str, Any]:
    """What every statement has to say."""
    alone = {"consequence": "a denial"} if editions == "page" else {}
    return {
        "since": SINCE, "editions": tuple(editions.split()), "source": "made up", "row": row,
        "confidence": "high", **alone, **more,
    }  # fmt: skip


def entry(code: str, editions: str, row: str, **more: Any) -> Entry:
    told = {"meaning": "a_drug", "label": "a drug", "file": "hcpcs.toml", **more}
    return Entry(system="HCPCS", code=code, **asserted(editions, row, **told))


def programme(editions: str, row: str = "R03", **more: Any) -> Programme:
    told = {"name": "a_programme", "label": "a programme", "roles": ("centre",), **more}
    return Programme(**asserted(editions, row, **told))


def argued(row: str, *verdicts: str) -> Argued:
    told: Any = {"subject": "a matter", "public": "so it is", "confidence": "high"}
    return Argued(id=row, verdicts=verdicts, evidence=("E1",), **told)  # type: ignore[arg-type]


EVIDENCE: Final = Evidence(
    reviewed=ON,
    sources=(Source(id="E1", says="so it is"),),
    rows=(argued("R01", "WRONG"), argued("R02", "SILENT"), argued("R03", "AGREE")),
    contradictions=(),
)


def compared(*entries: Entry, product: Product = BARE, on: date = ON) -> Comparison:
    rules = replace(SHIPPED, book=Book.of(entries), products=Products((product,)))
    return compare(rules, EVIDENCE, on)


def rows(conflicts: tuple[Conflict, ...]) -> list[str]:
    return [each.row.id for each in conflicts]


BOTH: Final = (entry("A1", "public", "R01"), entry("A2", "page", "R01"))


def test_editions_that_say_the_same_differ_in_nothing_but_what_the_page_never_says() -> None:
    found = compared(entry("A1", "public page", "R01"))
    assert (rows(found.conflicts), rows(found.silent)) == (["R01"], ["R02"])
    assert not any(each.differs for each in (*found.conflicts, *found.silent))
    assert (found.unargued, found.unargued_statements) == ((), ())
    assert not found.conflicts[0].on_other_days


@pytest.mark.parametrize(
    ("entries", "differing"),
    [
        (BOTH, "R01"),
        ((entry("A1", "public", "R02"), entry("A2", "page", "R02")), "R02"),
        ((entry("A1", "public", "R03"), entry("A2", "page", "R03")), "R03"),
    ],
)
def test_a_code_on_which_the_editions_differ_stands_under_the_row_that_argues_it(
    entries: tuple[Entry, ...], differing: str
) -> None:
    found = compared(*entries)
    under = [each for each in (*found.conflicts, *found.silent) if each.codes]
    assert [each.row.id for each in under] == [differing]
    assert [each.code for code in under[0].codes for each in (code.this, code.other) if each] == [
        "A1",
        "A2",
    ]
    assert [each.id for each in under[0].sources] == ["E1"]
    assert all(each.differs is bool(each.codes) for each in (*found.conflicts, *found.silent))


def test_a_row_that_agrees_is_shown_only_where_something_differs_by_it() -> None:
    assert rows(compared(*BOTH).silent) == ["R02"]
    differing = compared(entry("A1", "public", "R03"), entry("A2", "page", "R03"))
    assert rows(differing.silent) == ["R02", "R03"]
    assert [each.silent for each in differing.silent] == [True, False]


def test_a_difference_that_no_row_argues_is_named_by_itself() -> None:
    ours = (entry("A1", "public", "site: ours"), entry("A2", "page", "site: ours"))
    page = replace(BARE, programmes=(programme("public", "site: ours"),))
    found = compared(*ours, product=page)
    assert [each.meaning for each in found.unargued] == ["a_drug"]
    assert [each.name for each in found.unargued_statements] == ["a_programme"]
    argued_by_a_row = compared(*BOTH, product=replace(BARE, programmes=(programme("public"),)))
    assert (argued_by_a_row.unargued, argued_by_a_row.unargued_statements) == ((), ())
    every = (*argued_by_a_row.conflicts, *argued_by_a_row.silent)
    assert {each.row.id: len(each.statements) for each in every} == {"R01": 0, "R02": 0, "R03": 1}


def test_the_same_in_other_words_is_no_difference() -> None:
    public, page = programme("public"), programme("page", label="said otherwise")
    (calendar,) = SHIPPED.products.named("carvykti").calendars[:1]
    ours = replace(calendar, editions=("public",))
    theirs = replace(ours, editions=("page",), consequence="a denial", window_source="elsewhere")
    product = replace(BARE, programmes=(public, page), calendars=(ours, theirs))
    found = compared(product=product, on=calendar.since)
    every = (*found.conflicts, *found.silent)
    assert [each.statements for each in every] == [()] * len(every)
    assert found.unargued_statements == ()


@pytest.mark.parametrize(
    ("on", "elsewhere"), [(ON, False), (date(2019, 6, 1), True)], ids=["in force", "not yet"]
)
def test_a_row_says_where_the_editions_differ_by_it_on_other_days_alone(
    on: date, elsewhere: bool
) -> None:
    found = compared(*BOTH, on=on)
    assert {each.row.id: each.on_other_days for each in (*found.conflicts, *found.silent)} == {
        "R01": elsewhere,
        "R02": False,
    }


def test_a_statement_of_a_product_page_is_no_difference_on_other_days_while_it_differs() -> None:
    page = replace(BARE, programmes=(programme("page", "R01"),))
    (found,) = compared(product=page).conflicts
    assert (len(found.statements), found.differs, found.on_other_days) == (1, True, False)
    later = compared(product=page, on=date(2019, 6, 1)).conflicts[0]
    assert (later.statements, later.differs, later.on_other_days) == ((), False, True)


def test_nothing_differs_only_where_no_row_and_no_statement_does() -> None:
    none = Comparison(
        on=ON, conflicts=(), silent=(), unargued=(), unargued_statements=(), contradictions=()
    )
    full = compared(
        entry("A1", "public", "site: ours"),
        entry("A2", "page", "site: ours"),
        product=replace(BARE, programmes=(programme("public", "site: ours"),)),
    )
    assert not none.any
    for field in ("conflicts", "silent", "unargued", "unargued_statements"):
        assert replace(none, **{field: getattr(full, field)}).any, field


def test_a_statement_is_argued_by_the_pages_own_words_before_the_public_ones() -> None:
    public, page = programme("public", "R02"), programme("page", "R01", roles=("pharmacy",))
    (found,) = rivals(replace(BARE, programmes=(public, page)), ON)
    assert found.teller == page
    (shared,) = rivals(replace(BARE, programmes=(programme("public", "R02"),)), ON)
    assert shared.teller.row == "R02"
    (first,) = compared(product=replace(BARE, programmes=(public, page))).conflicts
    assert [each.name for each in first.statements] == ["a_programme"]


def test_only_what_differs_is_told_and_what_is_worded_otherwise_is_not() -> None:
    sides = (
        programme("public", label="a programme", capabilities=("one", "two")),
        programme("page", label="the programme", capabilities=()),
    )
    (found,) = rivals(replace(BARE, programmes=sides), ON)
    assert found.says == (("capabilities", "one, two", "nothing"),)
    assert (found.public, found.page) == sides


def test_a_statement_of_one_edition_alone_is_told_field_by_field() -> None:
    for editions, side in (("public", 1), ("page", 2)):
        (found,) = rivals(replace(BARE, programmes=(programme(editions),)), ON)
        told = {said[0]: (said[1], said[2]) for said in found.says}
        there = {"name": "a_programme", "roles": "centre"}
        assert {name: said[side - 1] for name, said in told.items()} == there
        assert {said[2 - side] for said in told.values()} == {"nothing"}


def test_statements_are_rivals_by_their_names() -> None:
    page = replace(
        BARE,
        programmes=(
            programme("public", name="one"),
            programme("page", name="one", roles=("pharmacy",)),
            programme("public page", name="other", roles=("payer",)),
        ),
    )
    assert [each.name for each in rivals(page, ON)] == ["one"]


def test_a_statement_that_has_no_name_is_one_of_its_kind() -> None:
    dose = Dose(**asserted("public", "R02", flat_least=50, most=100))
    found = [
        (each.table, each.name, each.product) for each in rivals(replace(BARE, doses=(dose,)), ON)
    ]
    assert found == [("doses", "", "carvykti")]


def test_a_number_is_the_same_however_many_noughts_are_written_behind_it() -> None:
    def dose(editions: str, over: str, most: int = 150_000_000) -> Dose:
        told = {"flat_least": 50, "most": most, "over_kg": Decimal(over)}
        return Dose(**asserted(editions, "R03", **told))

    alike = replace(BARE, doses=(dose("public", "50"), dose("page", "50.0")))
    assert list(rivals(alike, ON)) == []
    other = replace(BARE, doses=(dose("public", "50.50"), dose("page", "50", 100_000_000)))
    (found,) = rivals(other, ON)
    assert found.says == (("most", "150,000,000", "100,000,000"), ("over_kg", "50.5", "50"))


def test_one_row_is_told_as_it_is_among_all() -> None:
    rules = replace(SHIPPED, book=Book.of(BOTH), products=Products((BARE,)))
    assert one_row(rules, EVIDENCE, EVIDENCE.rows[0], ON) == compared(*BOTH).conflicts[0]
