"""When each page is due again, and what is said from that day on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.domain.test_codebook_overlay import entry, page, with_site
from veinledger.adapters.pages import shipped_pages, shipped_rules
from veinledger.domain.codebook.page import PageError
from veinledger.domain.codebook.review import Cadence, Review, review, stale

A_DAY = timedelta(days=1)
RULES = shipped_rules()


def reviewed(on: date, cadence: Cadence = "quarterly") -> Review:
    return Review(file="codebook/x.toml", reviewed=on, cadence=cadence, check="the quarterly file")


@pytest.mark.parametrize(
    ("cadence", "on", "due"),
    [
        ("quarterly", date(2026, 11, 23), date(2027, 1, 1)),
        ("quarterly", date(2027, 1, 1), date(2027, 4, 1)),
        ("quarterly", date(2027, 4, 1), date(2027, 7, 1)),
        ("quarterly", date(2026, 9, 30), date(2026, 10, 1)),
        ("each January", date(2026, 11, 23), date(2027, 1, 1)),
        ("each July", date(2026, 11, 23), date(2027, 7, 1)),
        ("each October", date(2026, 11, 23), date(2027, 10, 1)),
        ("each October", date(2026, 9, 30), date(2026, 10, 1)),
        ("each October", date(2026, 10, 1), date(2027, 10, 1)),
    ],
)
def test_a_page_is_due_on_the_first_day_on_which_its_source_may_change(
    cadence: Cadence, on: date, due: date
) -> None:
    page_of = reviewed(on, cadence)
    assert page_of.due == due
    assert not page_of.stale(due - A_DAY)
    assert page_of.stale(due)


def test_no_page_is_due_on_the_days_of_the_examples() -> None:
    assert RULES.stale(date(2026, 11, 2)) == ()
    assert RULES.stale(date(2026, 12, 31)) == ()


def test_a_page_that_is_due_is_a_notice_that_names_it_and_holds_nothing() -> None:
    (found,) = stale([reviewed(date(2026, 11, 23))], date(2027, 2, 3))
    assert found.severity == "notice"
    assert not found.holds
    assert found.reason == (
        "codebook/x.toml was last held against its source on 2026-11-23, and the next review"
        " (quarterly) was due on 2027-01-01"
    )
    assert found.remedy == "check the quarterly file, and date the page anew"


def test_each_page_has_a_notice_of_its_own() -> None:
    found = RULES.stale(date(2028, 1, 1))
    assert len({each.key for each in found}) == len(found) == len(RULES.reviews)
    in_january = {each.source for each in RULES.stale(date(2027, 1, 1))}
    assert "codebook/hcpcs.toml" in in_january
    assert "codebook/icd10cm.toml" not in in_january


def test_a_site_that_reviewed_a_page_speaks_for_it() -> None:
    dated = 'reviewed = 2027-01-04\ncadence = "quarterly"\ncheck = "the file of January"'
    rules = with_site({"codebook/revenue.toml": page(entry("0519"), more=dated)})
    (ours,) = [each for each in rules.reviews if each.file.endswith("codebook/revenue.toml")]
    assert ours.due == date(2027, 4, 1)
    assert len(rules.reviews) == len(RULES.reviews)


def test_a_page_without_a_word_on_its_review_is_never_due() -> None:
    assert review("codebook/x.toml", {}) is None
    with pytest.raises(PageError, match=r"x\.toml, its review: field 'cadence' is 'weekly'"):
        review("codebook/x.toml", {"reviewed": date(2026, 1, 1), "cadence": "weekly", "check": "x"})


def test_every_page_that_was_reviewed_is_asked_whatever_its_folder() -> None:
    reviewed_pages = [
        file for file, content in shipped_pages().items() if b"\nreviewed = " in b"\n" + content
    ]
    assert {each.file for each in RULES.reviews} == set(reviewed_pages)
    assert "surveillance/closer.toml" in reviewed_pages


def test_the_pages_of_one_folder_are_asked_by_themselves() -> None:
    long_after = date(2030, 1, 1)
    files = {each.file for each in RULES.reviews}
    for folder in ("codebook", "surveillance"):
        asked = {each.source for each in RULES.stale(long_after, folder)}
        assert asked == {file for file in files if file.startswith(f"{folder}/")}
    assert {each.source for each in RULES.stale(long_after)} == files


def test_a_site_that_reviewed_a_page_of_another_folder_speaks_for_it_too() -> None:
    own = b'reviewed = 2027-01-04\ncadence = "quarterly"\ncheck = "the protocol of January"\n'
    rules = with_site({"surveillance/closer.toml": own})
    (ours,) = [each for each in rules.reviews if each.file.endswith("surveillance/closer.toml")]
    assert ours.due == date(2027, 4, 1)


def test_a_page_of_a_site_that_says_nothing_of_a_review_leaves_what_was_said() -> None:
    rules = with_site({"codebook/revenue.toml": page(entry("0519"))})
    assert rules.reviews == RULES.reviews
