"""CMS's pricing file by its rows: header, quarter, limits, and the page that they become."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest

from tests.given_prices import COLUMNS, in_order, row_of
from veinledger.domain.prices.header import header_of, is_crosswalk, quarters_said
from veinledger.domain.prices.importing import Origin, header_or_refusal, page_text, read
from veinledger.domain.prices.pricing_file import (
    PricingFile,
    PricingFileError,
    pricing_file,
    refuse_without,
)
from veinledger.domain.prices.quarter import Quarter

Q2 = Quarter(2026, 2)
Row = Sequence[str]


def cells(code: str, limit: str, share: str = "20.000", of: str = "Inj, x") -> list[str]:
    return in_order(row_of(code, limit, share, of))


def below_the_header(*rows: Row) -> PricingFile:
    every = [COLUMNS, *rows]
    header = header_of(every)
    assert header is not None
    return pricing_file(every, header)


def refusal(*rows: Row) -> str:
    with pytest.raises(PricingFileError) as told:
        below_the_header(*rows)
    return str(told.value)


@pytest.mark.parametrize("title", ["Payment Limit", "HCPCS Code"])
def test_a_title_that_names_one_of_the_two_columns_is_no_header(title: str) -> None:
    header = header_of([[title], COLUMNS])
    assert header is not None
    assert (header.row, header.code, header.limit) == (2, 0, 3)


@pytest.mark.parametrize(
    ("rows", "is_one"),
    [
        ([["NDC2", "HCPCS"]], True),
        ([["Crosswalk"], ["HCPCS code", "BILLUNITS"]], True),
        ([["NDC2", "Price"]], False),
        ([["HCPCS", "Price"]], False),
        ([["NDC2"], ["HCPCS"]], False),
    ],
)
def test_the_crosswalk_has_both_kinds_of_codes_in_one_row(rows: list[Row], *, is_one: bool) -> None:
    assert is_crosswalk(rows) is is_one


def test_the_crosswalk_is_known_by_the_name_of_its_file_too() -> None:
    rows = [["Labeler", "Item"], ["A", "1"]]
    with pytest.raises(PricingFileError, match="this is the NDC-HCPCS crosswalk"):
        header_or_refusal(rows, "April 2026 NDC-HCPCS Crosswalk.csv")
    with pytest.raises(PricingFileError, match="no row names the columns"):
        header_or_refusal(rows, "April 2026.csv")


def test_what_stands_in_a_row_of_the_table_says_no_quarter() -> None:
    title = ["Effective April 1, 2026"]
    of = "Priced from July 1, 2026 through September 30, 2026"
    rows = [title, COLUMNS, cells("J9075", "2.345", of=of)]
    quarter, _ = read(rows, "limits.csv", None)
    assert quarter == Q2


def test_a_short_row_that_is_not_the_files_last_was_not_cut() -> None:
    """What comes after it shows that its end was written."""
    found = below_the_header(cells("J9075", "2.345"), cells("J9185", "61.2")[:4], ["End of file"])
    assert found.limits["J9185"] == Decimal("61.2")


def test_a_code_that_is_listed_with_a_blank_limit_is_not_missing() -> None:
    found = below_the_header(cells("J9075", "2.345"), cells("Q2056", ""))
    refuse_without(found, ["J9075", "Q2056"], Q2)
    with pytest.raises(PricingFileError, match="no row is for Q2055"):
        refuse_without(found, ["Q2055"], Q2)


def test_a_patient_may_owe_all_of_it_and_no_more() -> None:
    found = below_the_header(cells("J9075", "2.345", "100.000"))
    assert found.coinsurance == {"J9075": Decimal(1)}
    for share in ("100.001", "101"):
        told = refusal(cells("J9075", "2.345", share))
        assert told.startswith(f"row 2, column 'Co-insurance Percentage': a share of {share} %")


@pytest.mark.parametrize("of", ["a\nb\nc\nd\ne\nf", "a\nJ9185,Inj"])
def test_an_open_quotation_mark_is_told_by_row_and_column(of: str) -> None:
    told = refusal(cells("J9075", "2.345", of=of))
    assert told.startswith("row 2, column 2: a quotation mark is opened and not closed")


def test_a_description_of_five_lines_is_no_open_quotation_mark() -> None:
    found = below_the_header(cells("J9075", "2.345", of="a\nb\nc\nd\ne"))
    assert found.limits == {"J9075": Decimal("2.345")}


@pytest.mark.parametrize(
    ("first", "second", "two"),
    [
        ("2.345", "", "limits, 2.345 and none"),
        ("", "1234.5", "limits, none and 1,234.5"),
    ],
)
def test_a_code_once_with_a_limit_and_once_without_is_refused_with_both_rows(
    first: str, second: str, two: str
) -> None:
    told = refusal(cells("J9075", first), cells("J9075", second))
    assert told.startswith(f"rows 2 and 3: J9075 has two {two}; strike one of the rows")


PAGE = """\
about = "Payment limits of 2026Q2, from the pricing file of CMS. Written by import."

[[limits]]
name = "medicare_part_b"
quarter = "2026Q2"
complete = true
from = 2026-04-01
until = 2026-07-01
editions = ["public", "page"]
source = "ASP pricing file of CMS, a_b.csv"
row = "site: imported on 2026-04-02"
confidence = "high"
digest = "00ff"
imported = 2026-04-02
without = ["J7318", "J7319"]

[limits.of]
J9075 = 2.345
Q2056 = 588494.808
"""
SHARES = """
[limits.coinsurance]
J9075 = 0.17505
"""


@pytest.mark.parametrize(("share", "page"), [("20.000", PAGE), ("17.505", PAGE + SHARES)])
def test_the_page_of_a_quarter_says_whence_it_is_and_what_the_file_has(
    share: str, page: str
) -> None:
    found = below_the_header(
        cells("Q2056", "588494.808"),
        cells("J9075", "2.345", share),
        cells("J7319", ""),
        cells("J7318", "n/a"),
    )
    origin = Origin(name='a"b.csv', digest="00ff")
    assert page_text(Q2, found, origin, date(2026, 4, 2)) == page


@pytest.mark.parametrize("cell", ["", "-", "--", "n/a", "N/A", "na", "none", "None"])
def test_a_blank_limit_is_none_however_it_is_written(cell: str) -> None:
    found = below_the_header(cells("Q2056", "1.000"), cells("J7318", cell))
    assert ({*found.limits}, found.without) == ({"Q2056"}, ("J7318",))


@pytest.mark.parametrize(
    ("title", "number"),
    [("January 1", 1), ("Jan. 1", 1), ("April 1", 2), ("July 01", 3), ("October 1", 4)],
)
def test_the_title_of_a_pricing_file_names_its_quarter(title: str, number: int) -> None:
    rows = [(f"Payment Allowance Limits, effective {title}, 2026",)]
    assert [found for found, _ in quarters_said(rows, "limits.csv")] == [Quarter(2026, number)]


@pytest.mark.parametrize(
    ("name", "number"), [("january", 1), ("apr", 2), ("july", 3), ("october", 4)]
)
def test_the_name_of_a_pricing_file_names_its_quarter(name: str, number: int) -> None:
    assert [q for q, _ in quarters_said([], f"{name}-2026-asp.csv")] == [Quarter(2026, number)]


def test_a_header_stands_in_the_first_hundred_rows_and_columns() -> None:
    blank, heading = ("",), ("HCPCS Code", "Payment Limit")
    assert header_of([*[blank] * 99, heading]) is not None
    assert header_of([*[blank] * 100, heading]) is None
    assert header_of([(*blank * 98, *heading)]) is not None
    assert header_of([(*blank * 99, *heading)]) is None
