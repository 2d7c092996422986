"""Tables of dated rows: what a row may say, and what is remembered of the days asked about."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from veinledger.adapters.pages import shipped_rules
from veinledger.domain.codebook.page import PageError
from veinledger.domain.codebook.statement import in_force
from veinledger.domain.listing import listing_of
from veinledger.domain.obligations.limits import FilingLimit

SIGN = """
[[sign]]
name = "ours"
reason = "centre_not_certified"
weight = "names"
{says}
from = 2026-01-01
editions = ["public"]
source = "our payer's letters"
row = "site: minutes of 2025-12-01"
confidence = "high"
"""
FILING = """
[[filing]]
name = "ours"
label = "Our contract's"
for_kinds = ["commercial"]
{says}
hospital_from = "last day"
professional_from = "first day"
from = 2026-01-01
editions = ["public"]
source = "our contract"
row = "site: minutes of 2025-12-01"
confidence = "high"
"""


@pytest.mark.parametrize(
    ("says", "words"),
    [
        ("", "a sign is carc, rarc, words or another: exactly one of them"),
        ('carc = ["50"]\nwords = ["REMS"]', "a sign is carc, rarc, words or another"),
        ('carc = ["50"]\nbeside = ["REMS"]', "beside stands with words; drop it"),
    ],
)
def test_a_sign_that_is_no_one_kind_of_sign_is_refused_by_page_and_row(
    says: str, words: str
) -> None:
    with pytest.raises(PageError) as told:
        listing_of({"appeals/ours.toml": SIGN.format(says=says).encode()})
    assert str(told.value).startswith("appeals/ours.toml, sign 1 (ours): ")
    assert words in str(told.value)


def test_a_table_that_nothing_reads_is_refused_with_those_that_a_page_has() -> None:
    page = FILING.replace("[[filing]]", "[[fillings]]").format(says="days = 90")
    with pytest.raises(PageError) as told:
        listing_of({"obligations/ours.toml": page.encode()})
    said = str(told.value)
    assert said.startswith("obligations/ours.toml: 'fillings' is not read; a page has about, ")
    assert "series, expected, advice, filing, appeal, notice" in said


@pytest.mark.parametrize("says", ["", "days = 90\nmonths = 12"])
def test_a_filing_limit_of_neither_days_nor_months_or_of_both_is_refused(says: str) -> None:
    with pytest.raises(PageError) as told:
        listing_of({"obligations/ours.toml": FILING.format(says=says).encode()})
    assert str(told.value) == (
        "obligations/ours.toml, filing 1 (ours): a limit has days or months, one of the two"
    )


@pytest.mark.parametrize(
    ("says", "last"), [("days = 90", date(2026, 5, 1)), ("months = 3", date(2026, 4, 30))]
)
def test_a_claim_may_arrive_up_to_the_last_of_so_many_days_or_months(says: str, last: date) -> None:
    page = FILING.format(says=says).encode()
    (limit,) = listing_of({"obligations/ours.toml": page}).all(FilingLimit)
    assert limit.ends(date(2026, 1, 31)) == last


def test_rows_in_force_are_the_same_when_more_was_asked_than_is_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("veinledger.domain.listing._ANSWERS_AT_MOST", 3)
    listing = shipped_rules().listing
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(5)]
    for on in (*days, *days):
        expected = in_force(listing.all(FilingLimit), on, "public")
        assert listing.in_force(FilingLimit, on, "public") == expected
        assert len(listing._known) <= 3  # pyright: ignore[reportPrivateUsage]


def test_what_was_asked_of_some_days_is_remembered_for_all_of_them() -> None:
    page = FILING.format(says="days = 90").encode()
    listing = listing_of({"obligations/ours.toml": page})
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(5)]
    first = [listing.in_force(FilingLimit, on, "public") for on in days]
    again = [listing.in_force(FilingLimit, on, "public") for on in days]
    assert all(found for found in first)
    assert all(one is other for one, other in zip(first, again, strict=True))
