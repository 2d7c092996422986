"""Infused as an outpatient, admitted two days later: what each payer's window makes of it."""

from __future__ import annotations

from pathlib import Path

from tests.examples.stories import AS_OF, billed, claim, labels, present, told, visits

EXAMPLE = "outpatient_infusion"


def test_medicare_gets_one_inpatient_claim_with_the_infusion_on_it(tmp_path: Path) -> None:
    """Three calendar days before the admission, same owner: R61, Noridian and HHS."""
    with told(EXAMPLE, tmp_path) as ledger:
        found = ledger.claims("E6", as_of=AS_OF)
    assert labels(found) == dict.fromkeys(("A1", "B1", "C1", "E0", "E1", "E2"), "ready")
    stay = claim(found, "C1")
    assert (stay.inpatient, stay.account, stay.payment_mechanism) == (True, "A-6004", "MS-DRG 018")
    assert (str(stay.first_day), str(stay.last_day)) == ("2026-06-09", "2026-06-17")
    assert stay.coded("procedure", "type of bill") == ("XW033A7", "11x")
    assert {line.code for line in stay.lines if line.moved_from} == {"Q2056"}


def test_what_the_window_moved_is_charged_to_the_stay_by_revenue_code(tmp_path: Path) -> None:
    """No 38227, 38228 on an inpatient claim (R10); the charges follow the service (R61)."""
    with told(EXAMPLE, tmp_path) as ledger:
        stay = claim(ledger.claims("E6"), "C1")
    assert billed(stay) == [
        ("2026-06-09", "0873", "", 1),
        ("2026-06-09", "0874", "", 1),
        ("2026-06-09", "0891", "Q2056", 1),
        ("2026-06-11", "0636", "J3262", 464),
        ("2026-06-16", "0117", "", 6),
    ]
    (told_of_it,) = stay.findings
    assert (told_of_it.rule, told_of_it.holds) == ("the_payment_window_moved_this_service", False)


def test_lymphodepletion_before_the_window_stays_where_it_was(tmp_path: Path) -> None:
    """3 to 5 June; the window of an admission on 11 June begins on 8 June."""
    with told(EXAMPLE, tmp_path) as ledger:
        course = claim(ledger.claims("E6"), "B1")
    days = {day for day, *_ in billed(course)}
    assert days == {"2026-06-03", "2026-06-04", "2026-06-05"}
    cyclophosphamide = [(int(x.units), x.modifiers) for x in course.lines if x.code == "J9075"]
    assert cyclophosphamide == [(98, ()), (102, ("JW",))] * 3


def test_a_contract_without_a_window_leaves_an_outpatient_infusion_and_a_readmission(
    tmp_path: Path,
) -> None:
    """R01, R54: 38227, 38228 and Q2056 on 13x; R40: T80.82XA leads the stay."""
    with told(EXAMPLE, tmp_path) as ledger:
        found = ledger.claims("E6-HARBOR", as_of=AS_OF)
    assert labels(found) == {
        **dict.fromkeys(("A1", "B1", "C1", "D1", "E0"), "ready"),
        **dict.fromkeys(("E1", "E2"), "bundled"),
    }
    infusion, stay = claim(found, "C1"), claim(found, "D1")
    assert (infusion.inpatient, infusion.coded("type of bill")) == (False, ("13x",))
    assert billed(infusion) == [
        ("2026-06-09", "0873", "38227", 1),
        ("2026-06-09", "0874", "38228", 1),
        ("2026-06-09", "0891", "Q2056", 1),
    ]
    assert infusion.coded("procedure") == ()
    assert billed(stay) == [
        ("2026-06-11", "0636", "J3262", 464),
        ("2026-06-16", "0117", "", 6),
    ]


def test_both_stays_are_coded_alike_from_what_was_documented(tmp_path: Path) -> None:
    with told(EXAMPLE, tmp_path) as ledger:
        medicare = claim(ledger.claims("E6"), "C1")
        harbor = claim(ledger.claims("E6-HARBOR"), "D1")
    expected = {"T80.82XA": "Y", "D89.832": "Y", "G92.01": "N", "C90.00": "Y", "Z92.850": None}
    assert present(harbor) == expected
    assert present(medicare) == {**expected, "Z92.21": None}, "the earlier lines, on claim C"
    assert medicare.coded("principal") == harbor.coded("principal") == ("T80.82XA",)


def test_the_page_knows_no_window_and_says_on_the_line_what_it_misses(tmp_path: Path) -> None:
    """Page: MS-DRG 018 details, outpatient CAR-T; R61."""
    with told(EXAMPLE, tmp_path, edition="page") as ledger:
        found = ledger.claims("E6", as_of=AS_OF)
    assert labels(found)["D1"] == "held"
    infusion = claim(found, "C1")
    assert (infusion.inpatient, infusion.payment_mechanism) == (False, "APC 9248")
    (dose,) = [line for line in infusion.lines if line.code == "Q2056"]
    assert "R61" in {differs.row for differs in dose.differs}


def test_the_calendar_counts_from_the_infusion_not_from_the_stay(tmp_path: Path) -> None:
    with told(EXAMPLE, tmp_path) as ledger:
        for name in ("E6", "E6-HARBOR"):
            assert visits(ledger.schedule(name, as_of=AS_OF)) == {
                "baseline": ("2026-06-09", "met"),
                "month 1": ("2026-07-09", "met"),
                "month 3": ("2026-09-09", "met"),
                "month 6": ("2026-12-09", "upcoming"),
                "month 12": ("2027-06-09", "upcoming"),
            }


def test_while_the_window_is_open_the_outpatient_infusion_waits_for_medicare_only(
    tmp_path: Path,
) -> None:
    """On the day after the infusion nobody knows yet whether an admission will draw it in."""
    day = AS_OF.replace(month=6, day=10)
    with told(EXAMPLE, tmp_path) as ledger:
        assert claim(ledger.claims("E6", as_of=day), "C1").state == "waiting"
        assert claim(ledger.claims("E6-HARBOR", as_of=day), "C1").state == "ready"
