"""A small book of codes: keys, families, near names, and what stands beside what."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import pytest

from veinledger.domain.codebook.book import Book, NotInForce
from veinledger.domain.codebook.entry import Entry
from veinledger.domain.codebook.evidence import Argued, Evidence
from veinledger.domain.codebook.lookup import carries, look_up
from veinledger.domain.codebook.overlay import left_of
from veinledger.domain.codebook.page import SITE, PageError

SINCE, ON = date(2020, 1, 1), date(2026, 5, 1)
DRUG: Final = "57894-0111"
OTHER: Final = "57894-0222"


def entry(code: str, editions: str = "public page", system: str = "HCPCS", **more: Any) -> Entry:
    told: dict[str, Any] = {
        "meaning": "a_drug", "label": code, "since": SINCE, "editions": tuple(editions.split()),
        "source": "made up", "row": "R01", "confidence": "high", "file": "hcpcs.toml",
        "consequence": "a denial" if editions == "page" else "", **more,
    }  # fmt: skip
    return Entry(system=system, code=code, **told)  # type: ignore[arg-type]


def codes(found: Any) -> list[str]:
    return [each.code for each in found]


def test_an_entry_for_a_key_answers_that_key_and_a_general_one_all_others() -> None:
    book = Book.of([entry("A1"), entry("A2", only_for=(DRUG,))])
    asked = {key: book.code("a_drug", on=ON, key=key).code for key in (None, DRUG, OTHER)}
    assert asked == {None: "A1", DRUG: "A2", OTHER: "A1"}
    assert book.questions("a_drug") == (None, DRUG)
    keyed = Book.of([entry("A2", only_for=(DRUG,))])
    assert keyed.find("a_drug", on=ON) is None
    assert keyed.find("a_drug", on=ON, key=OTHER) is None
    assert keyed.questions("a_drug") == (DRUG,)


def test_what_is_not_said_which_edition_is_asked_of_the_public_one() -> None:
    book = Book.of([entry("A1", "public"), entry("A2", "page")])
    found = book.find("a_drug", on=ON)
    assert found is not None
    assert found.code == "A1"
    assert "A1" in book.known("a_drug")
    assert "A2" not in book.known("a_drug")


def test_a_question_without_a_key_is_asked_only_where_each_edition_that_speaks_answers_it() -> None:
    both = [entry("A1", "public"), entry("A2", "page", only_for=(DRUG,))]
    assert Book.of(both).questions("a_drug") == (DRUG,)
    alone = [entry("A1", "public"), entry("A2", "public", only_for=(DRUG,))]
    assert Book.of(alone).questions("a_drug") == (None, DRUG)
    assert Book.of(alone).questions("nothing") == ()


def test_two_entries_of_one_key_share_no_day_and_those_of_two_keys_may() -> None:
    keyed = (entry("A1", only_for=(DRUG,)), entry("A2", only_for=(OTHER,)))
    assert len(Book.of([*keyed, entry("A3")]).shelf["a_drug"]) == 3
    for clashing in (
        [entry("A1", only_for=(DRUG, OTHER)), entry("A2", only_for=(OTHER,))],
        [entry("A1"), entry("A2")],
    ):
        with pytest.raises(PageError, match="claim the same day in edition public"):
            Book.of(clashing)


def test_a_package_is_found_by_the_code_that_is_for_it_and_by_its_own_ndc() -> None:
    book = Book.of(
        [
            entry("Q1", only_for=(DRUG,)),
            entry("57894-0222-01", system="NDC", meaning="a_box"),
            entry("57894", system="NDC", meaning="a_labeler"),
            entry("99", system="REV", meaning="a_room", only_for=(OTHER,)),
        ]
    )
    assert codes(book.of_package(DRUG)) == ["Q1"]
    assert codes(book.of_package(OTHER)) == ["57894-0222-01"]
    assert codes(book.of_package("57894-0333")) == []


def test_a_code_is_carried_by_the_entries_that_write_it_so_and_called_with_its_dot_or_without() -> (
    None
):
    dotted = entry("C90.0", system="ICD-10-CM", meaning="dotted")
    bare = entry("C900", system="ICD-10-CM", meaning="bare")
    book = Book.of([dotted, bare])
    assert codes(book.called("ICD-10-CM", "C900")) == ["C90.0", "C900"]
    assert codes(book.carrying("ICD-10-CM", "C900", on=ON)) == ["C900"]
    assert codes(book.carrying("ICD-10-CM", "C90.0", on=ON)) == ["C90.0"]
    assert codes(book.called("HCPCS", "C900")) == []


def test_a_family_is_what_a_code_is_split_into_and_what_it_is_split_from() -> None:
    named = ("C90", "C90.0", "C90.00", "C90.1", "C91")
    book = Book.of(
        [entry(each, system="ICD-10-CM", meaning=f"m_{at}") for at, each in enumerate(named)]
    )
    assert codes(book.family("ICD-10-CM", "C90.0")) == ["C90", "C90.0", "C90.00"]
    assert codes(book.family("ICD-10-CM", "C90.1")) == ["C90", "C90.1"]
    assert codes(book.family("ICD-10-CM", "C91")) == ["C91"]
    assert codes(book.family("HCPCS", "C90")) == []


def test_a_meaning_that_no_page_names_is_told_apart_from_one_that_is_not_in_force() -> None:
    book = Book.of([entry("A1", until=date(2021, 1, 1))])
    with pytest.raises(NotInForce) as unknown:
        book.code("a_drag", on=ON)
    assert str(unknown.value) == "no page names the meaning 'a_drag'; near it are a_drug"
    with pytest.raises(NotInForce, match="no single code means 'a_drug' for 1 on 2026-05-01"):
        book.code("a_drug", on=ON, key="1")


@pytest.mark.parametrize(
    ("public", "page", "teller"),
    [
        ({}, {}, "R02"),
        ({"file": f"{SITE}: a.toml", "row": "site: ours"}, {}, "site: ours"),
        ({}, {"file": f"{SITE}: a.toml", "row": "site: ours"}, "site: ours"),
        ({"consequence": "a denial"}, {}, "R02"),
    ],
)
def test_a_difference_is_argued_by_a_site_and_else_by_the_page_itself(
    public: dict[str, Any], page: dict[str, Any], teller: str
) -> None:
    rows = (entry("A1", "public", **public), entry("A2", "page", **{"row": "R02", **page}))
    for order in (rows, rows[::-1]):
        found = Book.of(order).differs("a_drug", on=ON)
        assert found is not None
        assert found.row == teller
    alone = Book.of(rows[:1]).differs("a_drug", on=ON)
    assert alone is not None
    assert (alone.other, alone.row) == (None, rows[0].row)


def test_entries_of_one_value_are_no_difference() -> None:
    assert Book.of([entry("A1", "public"), entry("A1", "page")]).differs("a_drug", on=ON) is None
    assert Book.of([entry("A1")]).differs("a_drug", on=ON) is None
    assert Book.of([entry("A1")]).differs("nothing", on=ON) is None


@pytest.mark.parametrize(
    ("code", "asked", "covered"),
    [
        ("012x", "0120", True),
        ("012x", "012x", True),
        ("012x", "0130", False),
        ("012x", "01201", False),
        ("012x", "012", False),
        ("0120", "0120", True),
        ("0120", "0121", False),
        ("01xx", "0199", True),
    ],
)
def test_a_family_of_revenue_codes_covers_codes_of_its_length(
    code: str, asked: str, covered: bool
) -> None:
    assert entry(code, system="REV").covers(asked) is covered


@pytest.mark.parametrize(
    ("system", "code", "asked", "carried"),
    [
        ("REV", "012x", "0129", True),
        ("REV", "012x", "0130", False),
        ("TOB", "13x", "0131", True),
        ("RULE", "before_tax", "before_tax", True),
        ("RULE", "before_tax", "before_tab", False),
    ],
)
def test_an_x_at_the_end_stands_for_a_family_only_where_bills_have_families(
    system: str, code: str, asked: str, carried: bool
) -> None:
    assert carries(entry(code, system=system), asked) is carried


def test_a_sites_page_says_that_it_is_one() -> None:
    assert entry("A1", file=f"{SITE}: hcpcs.toml").of_a_site
    assert not entry("A1").of_a_site


@pytest.mark.parametrize(
    ("verdicts", "conflicts"),
    [
        (("AGREE",), False),
        (("WRONG",), True),
        (("AGREE", "WRONG"), True),
        (("SILENT", "NV"), False),
    ],
)
def test_a_row_conflicts_where_any_of_its_verdicts_does(
    verdicts: tuple[Any, ...], conflicts: bool
) -> None:
    row = Argued(id="R01", subject="s", verdicts=verdicts, public="p", confidence="high")
    assert row.conflicts is conflicts


# ---- What a site's rows leave of shipped ones ---------------------------------------------------

CUT_AT, CUT_END = date(2022, 1, 1), date(2023, 1, 1)


@pytest.mark.parametrize(
    ("since", "until", "left"),
    [
        (SINCE, date(2021, 1, 1), [(SINCE, date(2021, 1, 1))]),
        (SINCE, CUT_AT, [(SINCE, CUT_AT)]),
        (CUT_END, None, [(CUT_END, None)]),
        (date(2024, 1, 1), date(2025, 1, 1), [(date(2024, 1, 1), date(2025, 1, 1))]),
        (SINCE, None, [(SINCE, CUT_AT), (CUT_END, None)]),
        (CUT_AT, CUT_END, []),
    ],
)
def test_an_entry_keeps_its_days_but_for_those_of_a_claim(
    since: date, until: date | None, left: list[tuple[date, date | None]]
) -> None:
    claim = entry("A9", since=CUT_AT, until=CUT_END)
    pieces = left_of(entry("A1", since=since, until=until), [claim])
    assert [(each.since, each.until) for each in pieces] == left


def test_what_is_left_keeps_its_consequence_and_gets_one_only_where_the_page_is_alone() -> None:
    claim = entry("A9", "public")
    (alone,) = left_of(entry("A1"), [claim])
    assert (alone.editions, bool(alone.consequence)) == (("page",), True)
    (told,) = left_of(entry("A1", consequence="a denial"), [claim])
    assert told.consequence == "a denial"
    (public,) = left_of(entry("A1", since=SINCE), [entry("A9", "public page", since=CUT_AT)])
    assert (public.editions, public.consequence) == (("public", "page"), "")


def test_a_general_claim_leaves_an_entry_for_a_key_as_it_is() -> None:
    keyed = entry("A1", only_for=(DRUG,))
    assert left_of(keyed, [entry("A9", since=CUT_AT)]) == (keyed,)
    assert left_of(entry("A1"), [entry("A9", only_for=(DRUG,))]) == (entry("A1"),)


def test_beside_an_entry_stand_the_differences_of_the_questions_that_it_answers() -> None:
    book = Book.of(
        [
            entry("A1", "public"),
            entry("A2", "public", only_for=(DRUG,)),
            entry("B1", "page", row="R02"),
        ]
    )
    found = {each.entry.code: each for each in look_up(book, EVIDENCE, "a_drug", on=ON)}
    told = {code: [each.key for each in of_it.differences] for code, of_it in found.items()}
    assert told == {"A1": [None], "A2": [DRUG], "B1": [None, DRUG]}
    assert codes(found["A1"].beside) == ["A2", "B1"]


EVIDENCE: Final = Evidence(reviewed=ON, sources=(), rows=(), contradictions=())
