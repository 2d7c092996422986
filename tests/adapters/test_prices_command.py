"""`veinledger prices` and `estimate`: CMS's file taken in, and what it makes of claims."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from errno import ENOSPC
from pathlib import Path

import pytest

from tests.given_command_line import Cli, command_line
from tests.given_ledger import ROOT, SITE
from tests.given_prices import COLUMNS, LIMITS, TITLE, cms_file, csv_of, in_order, row_of
from veinledger.adapters.errors import BadInput, StoreFailed
from veinledger.adapters.price_files import LARGEST, import_pricing_file, price_tables
from veinledger.domain.prices.importing import Imported
from veinledger.domain.prices.price import PaymentLimits
from veinledger.domain.prices.quarter import Quarter, quarter_named

NAME = "april-2026-medicare-part-b-payment-limit-files-03-30-2026-final-file.csv"
ON = date(2026, 4, 2)
NO_TITLE = (("Payment limits",), ())


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The made-up site in a folder of its own."""
    folder = tmp_path / "site"
    folder.mkdir()
    for each in SITE.glob("*.toml"):
        (folder / each.name).write_bytes(each.read_bytes())
    return folder


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    return command_line(tmp_path, monkeypatch, capfd)


def taken(
    site: Path, content: bytes, name: str = NAME, quarter: str | None = None, on: date = ON
) -> Imported:
    """Import a file of this content and name."""
    file = site.parent / name
    file.write_bytes(content)
    asked = quarter_named(quarter) if quarter else None
    return import_pricing_file(file, site, on, asked)


def refusal(site: Path, content: bytes, name: str = NAME, quarter: str | None = None) -> str:
    """Why a file is refused; nothing was written."""
    before = sorted(site.rglob("*"))
    with pytest.raises(BadInput) as told:
        taken(site, content, name, quarter)
    assert sorted(site.rglob("*")) == before
    return str(told.value)


def known(site: Path, quarter: str = "2026Q2") -> PaymentLimits:
    """The limits of a quarter that the rules of the site hold."""
    when = quarter_named(quarter)
    assert when is not None
    (found,) = price_tables(site).in_force(PaymentLimits, when.first_day, "public")
    return found


def exact(of: Mapping[str, str] = LIMITS) -> dict[str, Decimal]:
    return {code: Decimal(limit) for code, limit in of.items()}


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return buffer.getvalue()


# what is taken in


def test_a_file_of_cmss_shape_is_taken_in_to_the_last_decimal(site: Path) -> None:
    found = taken(site, cms_file())
    assert (found.quarter, found.outcome, found.taken) == ("2026Q2", "new", len(LIMITS))
    assert known(site).of == exact()
    assert known(site).of["Q2056"] == Decimal("588494.808")
    assert known(site).imported == ON
    assert known(site).file == "site: prices/asp_2026q2.toml"


def test_bytes_of_windows_1252_and_eight_rows_of_title_do_no_harm(site: Path) -> None:
    content = cms_file()
    assert len(TITLE) == 8
    assert b"\x93as printed\x94" in content
    assert taken(site, content).taken == len(LIMITS)


def test_thousands_of_rows_are_read(site: Path) -> None:
    many = {f"J{number:04}": f"{number}.125" for number in range(1, 6000)}
    assert taken(site, cms_file({**many, **LIMITS})).taken == len({**many, **LIMITS})
    assert known(site).of["J5999"] == Decimal("5999.125")


def test_a_blank_limit_is_none_and_not_0(site: Path) -> None:
    found = taken(site, cms_file({**LIMITS, "J7318": "", "J7319": "N/A"}))
    assert found.found.without == ("J7318", "J7319")
    assert "J7318" not in known(site).of
    assert known(site).without == ("J7318", "J7319")


def test_a_limit_of_0_is_taken_as_none_and_told(site: Path) -> None:
    found = taken(site, cms_file({**LIMITS, "J7318": "0.000"}))
    assert [each.why for each in found.found.skipped] == ["J7318: a limit of 0 is taken as none"]
    assert "J7318" not in known(site).of


@pytest.mark.parametrize("printed", ["$588,494.808", "588,494.808", " 588494.808 ", "$ 588494.808"])
def test_dollars_and_thousands_are_read_as_numbers(site: Path, printed: str) -> None:
    taken(site, cms_file({**LIMITS, "Q2056": printed}))
    assert known(site).of["Q2056"] == Decimal("588494.808")


def test_notes_below_the_table_are_left_and_told(site: Path) -> None:
    rows = [in_order(row_of(c, limit)) for c, limit in LIMITS.items()]
    notes = [[], ["* Limits may be revised."], ["Source: made up, 2026"]]
    found = taken(site, csv_of([*rows, *notes]))
    assert found.taken == len(LIMITS)
    assert [each.row for each in found.found.skipped] == [16, 17]


def test_the_older_layout_without_a_share_is_read(site: Path) -> None:
    columns = tuple(each for each in COLUMNS if each != "Co-insurance Percentage")
    assert taken(site, cms_file(columns=columns)).taken == len(LIMITS)


def test_a_share_other_than_20_per_cent_is_kept(site: Path) -> None:
    rows = [in_order(row_of(c, limit)) for c, limit in LIMITS.items()]
    rows.append(in_order(row_of("J0001", "5.000", "17.505")))
    taken(site, csv_of(rows))
    assert known(site).coinsurance == {"J0001": Decimal("0.17505")}


def test_a_code_twice_with_one_limit_is_one(site: Path) -> None:
    rows = [in_order(row_of(c, limit)) for c, limit in [*LIMITS.items(), ("J9075", "2.345")]]
    found = taken(site, csv_of(rows))
    assert found.taken == len(LIMITS)
    assert [each.why for each in found.found.skipped] == ["J9075 again, as in row 10"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp1252", "utf-16"])
def test_letters_of_every_encoding_are_read(site: Path, encoding: str) -> None:
    assert taken(site, cms_file(encoding=encoding)).taken == len(LIMITS)


def test_the_zip_of_cms_is_read_beside_what_else_lies_in_it(site: Path) -> None:
    crosswalk = csv_of([["0001", "J9075", "1", "1"]], ("NDC2", "HCPCS", "BILLUNITS", "PKG"), ())
    archive = zipped(**{"a__csv": cms_file(), "b__csv": crosswalk, "c__pdf": b"%PDF"})
    found = taken(site, archive, "april-2026-payment-limits.zip")
    assert known(site).of == exact()
    assert "a.csv" in known(site).source
    assert found.outcome == "new"


# once more, and revised


def test_the_same_file_again_changes_nothing(site: Path) -> None:
    taken(site, cms_file())
    page = site / "prices" / "asp_2026q2.toml"
    before = page.read_bytes()
    again = taken(site, cms_file(), on=date(2026, 5, 1))
    assert again.outcome == "same"
    assert again.changes == ()
    assert page.read_bytes() == before


def test_a_revised_file_takes_the_place_of_the_first_and_both_are_shown(site: Path) -> None:
    taken(site, cms_file())
    revised = {**LIMITS, "J9075": "2.400", "J0002": "1.000"}
    del revised["J3262"]
    found = taken(site, cms_file(revised))
    assert found.outcome == "replaced"
    told = {each.code: (each.before, each.after) for each in found.changes}
    assert told == {
        "J9075": (Decimal("2.345"), Decimal("2.400")),
        "J3262": (Decimal("5.871"), None),
        "J0002": (None, Decimal("1.000")),
    }
    assert known(site).of == exact(revised)


def test_another_limit_than_the_shipped_one_is_told(site: Path) -> None:
    found = taken(site, cms_file({**LIMITS, "Q2056": "571970.000"}))
    (change,) = found.changes
    assert (change.before, change.after) == (Decimal("588494.808"), Decimal("571970.000"))
    assert found.against == "prices/limits.toml"


def test_quarters_stand_beside_each_other(site: Path) -> None:
    taken(site, cms_file())
    third = [("Effective July 1, 2026 through September 30, 2026",)]
    taken(site, cms_file({"Q2056": "600000.000"}, title=third), "july-2026.csv")
    assert known(site).of["Q2056"] == Decimal("588494.808")
    assert known(site, "2026Q3").of["Q2056"] == Decimal("600000.000")


# the quarter


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ([("Effective April 1, 2026 through June 30, 2026",)], "limits.csv"),
        ([("EFFECTIVE APRIL 1 2026",)], "limits.csv"),
        (NO_TITLE, NAME),
        (NO_TITLE, "Apr_2026 ASP pricing.csv"),
        (NO_TITLE, "asp-2026q2.csv"),
        ([("ASP limits, Q2 2026",)], "limits.csv"),
    ],
)
def test_the_quarter_is_read_from_title_or_name(
    site: Path, title: list[tuple[str]], name: str
) -> None:
    assert taken(site, cms_file(title=title), name).quarter == "2026Q2"


def test_a_file_that_says_no_quarter_is_asked_for_one(site: Path) -> None:
    content = cms_file(title=NO_TITLE)
    assert "say so with --quarter, such as --quarter 2026Q2" in refusal(site, content, "a.csv")
    assert taken(site, content, "a.csv", "2026Q2").quarter == "2026Q2"


def test_a_quarter_that_title_and_name_contradict_is_refused(site: Path) -> None:
    told = refusal(site, cms_file(), "july-2026-limits.csv")
    assert "2026Q2 by row 2, 2026Q3 by the file's name" in told
    assert "2026Q3 by --quarter" in refusal(site, cms_file(), NAME, "2026Q3")


def test_quarters_begin_and_end_where_they_should() -> None:
    every = [Quarter(2026, number) for number in (1, 2, 3, 4)]
    assert [str(each.first_day) for each in every] == [
        "2026-01-01",
        "2026-04-01",
        "2026-07-01",
        "2026-10-01",
    ]
    assert every[3].after == date(2027, 1, 1)
    assert all(Quarter.of(each.first_day) == each for each in every)


# what is refused, by row and column and what would be right


def test_a_file_without_the_product_is_refused_by_saying_so(site: Path) -> None:
    few = {code: limit for code, limit in LIMITS.items() if code != "Q2056"}
    told = refusal(site, cms_file(few))
    assert "no row is for Q2056, which the file of 2026Q2 must list" in told
    assert "(codes with a limit: 4)" in told


def test_a_code_with_two_limits_is_refused_with_both_rows(site: Path) -> None:
    rows = [in_order(row_of(c, limit)) for c, limit in [*LIMITS.items(), ("J9075", "9.999")]]
    assert "rows 10 and 15: J9075 has two limits, 2.345 and 9.999" in refusal(site, csv_of(rows))


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("20.000", "15.000", "20.000 % and 15.000 %"),
        ("15.000", "20.000", "15.000 % and 20.000 %"),
        ("15.000", "", "15.000 % and 20 %"),
    ],
)
def test_a_code_with_two_shares_is_refused_with_both_rows(
    site: Path, first: str, second: str, told: str
) -> None:
    """The patient would pay by one of the two, whichever it was."""
    rows = [in_order(row_of("J0001", "5.000", share)) for share in (first, second)]
    every = [*rows, *(in_order(row_of(c, limit)) for c, limit in LIMITS.items())]
    said = refusal(site, csv_of(every))
    assert f"rows 10 and 11: J0001 has two shares, {told}; strike one of the rows" in said


def test_a_code_twice_whose_share_is_blank_or_20_is_one(site: Path) -> None:
    rows = [in_order(row_of("J0001", "5.000", share)) for share in ("20.000", "", "20")]
    every = [*rows, *(in_order(row_of(c, limit)) for c, limit in LIMITS.items())]
    assert taken(site, csv_of(every)).taken == len(LIMITS) + 1
    assert known(site).coinsurance == {}


@pytest.mark.parametrize(
    "printed", ["5.88E+05", "(12.00)", "-3.000", "12,34.5", "see note", "1.23456"]
)
def test_a_limit_that_is_no_amount_is_refused_by_row_and_column(site: Path, printed: str) -> None:
    told = refusal(site, cms_file({"J0001": printed, **LIMITS}))
    assert "row 10, column 'Payment Limit'" in told
    assert printed in told
    assert "write it as 588494.808" in told


def test_a_limit_beside_no_code_is_refused(site: Path) -> None:
    assert "row 10, column 'HCPCS Code'" in refusal(site, cms_file({"J90": "1.000", **LIMITS}))


def test_a_share_above_the_whole_is_refused(site: Path) -> None:
    rows = [in_order(row_of("J0001", "5.000", "200.000"))]
    assert "a share of 200.000 % cannot be" in refusal(site, csv_of(rows))


@pytest.mark.parametrize(
    ("another", "told"),
    [
        ("Payment Limit", "columns 4 and 12: 'Payment Limit' and 'Payment Limit'"),
        ("PAYMENT ALLOWANCE LIMIT", "columns 4 and 12: 'Payment Limit' and 'PAYMENT ALLOWANCE"),
        ("HCPCS", "columns 1 and 12: 'HCPCS Code' and 'HCPCS'"),
        ("Coinsurance Percentage", "columns 5 and 12: 'Co-insurance Percentage' and 'Coins"),
    ],
)
def test_a_column_that_is_there_twice_is_refused_and_none_of_the_two_is_believed(
    site: Path, another: str, told: str
) -> None:
    """A table of two quarters side by side has two limits for each code."""
    rows = [[*in_order(row_of(c, limit)), "9.999"] for c, limit in LIMITS.items()]
    said = refusal(site, csv_of(rows, [*COLUMNS, another]))
    assert f"row 9, {told}" in said
    assert "only one of them can be read; strike the other" in said


def test_a_letter_that_is_no_letter_of_a_code_is_not_turned_into_one(site: Path) -> None:
    content = cms_file({"J90\u00df": "1.000", **LIMITS})
    assert "row 10, column 'HCPCS Code': 'J90\u00df' is no HCPCS code" in refusal(site, content)


def test_a_code_in_small_letters_is_the_code(site: Path) -> None:
    small = {code.lower(): limit for code, limit in LIMITS.items()}
    assert taken(site, cms_file(small)).taken == len(LIMITS)
    assert known(site).of == exact()


def test_the_crosswalk_is_refused_by_name(site: Path) -> None:
    rows = [["57894-0111-01", "Q2056", "1", "1", "1"]]
    columns = ("NDC2", "HCPCS Code", "PKG SIZE", "BILLUNITS", "BILLUNITSPKG")
    assert "this is the NDC-HCPCS crosswalk" in refusal(site, csv_of(rows, columns))


def test_a_table_of_something_else_is_refused(site: Path) -> None:
    told = refusal(site, csv_of([["1", "2"]], ("CODE", "PRICE")))
    assert "no row names the columns 'HCPCS Code' and 'Payment Limit'" in told


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        # nothing closes it: all rows to the end run together
        ('J0001,"Inj open,1 MG,1.000,20.000', "row 13"),
        # the next quotation mark closes it, and one row is gone
        ('J0001,"Inj open,1 MG,1.000,20.000\r\nJ0002,Inj,1 MG,1.000", 1 MG,1.000,20.000', "row 13"),
        ('J0001,"Inj" open,1 MG,1.000,20.000', "row 13 cannot be read as a table"),
    ],
)
def test_a_quotation_mark_left_open_is_refused_and_swallows_no_row(
    site: Path, wrong: str, words: str
) -> None:
    many = {f"J{number:04}": "1.000" for number in range(20)}
    text = cms_file({**many, **LIMITS}).decode("cp1252").replace('"Inj, x"', "Inj x")
    lines = text.splitlines()
    lines[12] = wrong
    told = refusal(site, "\r\n".join(lines).encode("cp1252"))
    assert words in told
    assert "quotation mark" in told


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04 not really", "the archive is damaged"),
        (zipped(a__pdf=b"%PDF"), "holds no .csv or .txt file"),
        (zipped(a__csv=cms_file(), b__csv=cms_file()), "holds 2 pricing files"),
        (zipped(**{"xl/workbook__xml": b"<x/>", "a__csv": cms_file()}), "an Excel workbook"),
        (b"", "the file is empty"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "is no text: a workbook, or damaged"),
        (cms_file({}), "has no row with a HCPCS code"),
    ],
)
def test_an_archive_that_holds_no_one_pricing_file_is_refused(
    site: Path, content: bytes, words: str
) -> None:
    assert words in refusal(site, content, "april-2026.zip")


@pytest.mark.parametrize("end", ["\r\n", ""])
@pytest.mark.parametrize("lost", [1, 2, 5])
def test_a_file_cut_within_its_last_limit_is_not_believed(site: Path, lost: int, end: str) -> None:
    """588494.8 is a limit like any other: only the missing cells give it away."""
    text = cms_file({"J9075": "2.345", "Q2056": "588494.808"}).decode("cp1252")
    at = text.index("588494.808") + len("588494.808") - lost
    told = refusal(site, (text[:at] + end).encode("cp1252"))
    assert "row 11 is the last and has 4 cells where the row before it has 11" in told
    assert "Fetch it again, whole" in told


def test_a_note_below_the_table_is_no_row_that_was_cut(site: Path) -> None:
    content = cms_file() + b"End of file\r\n"
    assert taken(site, content).taken == len(LIMITS)


def test_dates_in_the_notes_are_not_the_files_quarter(site: Path) -> None:
    """A note tells since when a rule holds; the title has the first and the last day."""
    note = ("Note 5: Effective April 1, 2023, section 11101 may lower the coinsurance.",)
    title = [("Effective July 1, 2026 through September 30, 2026",), note]
    assert taken(site, cms_file(title=title), name="limits.csv").quarter == "2026Q3"
    two = [*title, ("Effective April 1, 2026 through June 30, 2026",)]
    assert "2026Q3 by row 1, 2026Q2 by row 3" in refusal(site, cms_file(title=two), "limits.csv")


def test_an_archive_that_unpacks_to_more_than_any_file_of_cms_is_refused(site: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("a.csv", "b.csv"):
            archive.writestr(name, b"one line of a readme\n" * (LARGEST // 40))
    assert "its texts hold more than 8 MB" in refusal(site, buffer.getvalue(), "april-2026.zip")
    assert "larger than 8 MB" in refusal(site, b"," * (LARGEST + 1))


def test_rows_beyond_those_of_a_header_are_not_searched_for_one(site: Path) -> None:
    assert "no row names the columns" in refusal(site, b"a,b\n" * 200 + cms_file())
    assert "no row names the columns" in refusal(site, b"," * 200 + cms_file(title=()))


def test_a_name_in_an_archive_leads_nowhere(site: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../../../april-2026.csv", cms_file())
    before = {each for each in site.parent.rglob("*") if "prices" not in each.parts}
    made = taken(site, buffer.getvalue(), "april-2026.zip")
    after = {each for each in site.parent.rglob("*") if "prices" not in each.parts}
    assert {each.name for each in after - before} == {"april-2026.zip"}
    assert made.page == "prices/asp_2026q2.toml"
    text = (site / made.page).read_text("utf-8")
    assert ".." not in text


def test_a_folder_that_cannot_be_written_is_told_and_nothing_is_left(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Path) -> Path:
        raise OSError(28, "No space left on device")

    (site / "prices").mkdir()
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(StoreFailed, match="the site's folder is as it was"):
        taken(site, cms_file())
    assert not list((site / "prices").iterdir())
    monkeypatch.undo()
    (site / "prices").rmdir()
    (site / "prices").write_text("a file in the place of the folder")
    with pytest.raises(StoreFailed, match="was not written"):
        taken(site, cms_file())


def test_a_page_of_the_site_for_the_same_quarter_is_not_doubled(site: Path) -> None:
    taken(site, cms_file())
    (site / "prices" / "asp_2026q2.toml").rename(site / "prices" / "ours.toml")
    assert "holds twice" in refusal(site, cms_file({**LIMITS, "J0003": "1.000"}))


# by hand


def at_the_disk(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], None]) -> None:
    """Something happens once, when the next page is handed to the disk and not yet in place."""
    kept = os.fsync

    def fsync(handle: int) -> None:
        monkeypatch.setattr(os, "fsync", kept)
        happens()
        kept(handle)

    monkeypatch.setattr(os, "fsync", fsync)


def test_two_imports_at_once_leave_one_whole_page(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    revised = cms_file({**LIMITS, "J9185": "61.300"})

    def another() -> None:
        taken(site, revised, "april-2026-revised.csv")

    at_the_disk(monkeypatch, another)
    assert taken(site, cms_file()).outcome == "new"
    assert [each.name for each in (site / "prices").iterdir()] == ["asp_2026q2.toml"]
    assert known(site).of["J9185"] == Decimal("61.200")


def test_a_disk_that_is_full_leaves_the_page_as_it_was(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> None:
        raise OSError(ENOSPC, "no space left")

    taken(site, cms_file())
    at_the_disk(monkeypatch, full)
    with pytest.raises(StoreFailed, match=r"prices/asp_2026q2\.toml was not written"):
        taken(site, cms_file({**LIMITS, "J9185": "61.300"}))
    assert [each.name for each in (site / "prices").iterdir()] == ["asp_2026q2.toml"]
    assert known(site).of["J9185"] == Decimal("61.200")


def test_an_import_that_was_killed_before_its_page_was_in_place_has_changed_nothing(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed() -> None:
        raise KeyboardInterrupt

    taken(site, cms_file())
    at_the_disk(monkeypatch, killed)
    with pytest.raises(KeyboardInterrupt):
        taken(site, cms_file({**LIMITS, "J9185": "61.300"}))
    assert known(site).of["J9185"] == Decimal("61.200")
    assert taken(site, cms_file()).outcome == "same"


def test_import_says_what_it_took_and_the_estimate_uses_it(
    cli: Cli, site: Path, tmp_path: Path
) -> None:
    file = tmp_path / NAME
    file.write_bytes(cms_file({**LIMITS, "J7318": ""}))
    said = cli("prices", "import", str(file), "--site", str(site))
    assert said.code == 0
    assert "limits of 2026Q2: taken in" in said.out
    assert "5 limits, from columns HCPCS Code, Payment Limit, Co-insurance Percentage" in said.flat
    assert "1 code with a blank limit: none, and not 0" in said.flat
    cli("record", str(ROOT / "examples" / "page_patient_4l.ndjson"))
    before = cli("estimate", "E2", "--as-of", "2026-11-01")
    after = cli("estimate", "E2", "--as-of", "2026-11-01", "--site", str(site))
    assert "of 2026Q2 the tables have only the limit of Q2056" in before.flat
    assert "of 2026Q2 the tables have only" not in after.flat
    assert "payment limit 2026Q2: 2.345 x 102" in after.flat
    assert "no quote" in after.out


def test_import_does_not_write_into_the_site_that_comes_along(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("VEINLEDGER_SITE")
    said = cli("prices", "import", str(tmp_path / NAME))
    assert said.code == 2
    assert "name it with --site or VEINLEDGER_SITE" in said.err


def test_a_quarter_that_is_none_is_told_how_to_be_written(cli: Cli, site: Path) -> None:
    said = cli("prices", "import", "x.csv", "--quarter", "2/2026", "--site", str(site))
    assert said.code == 2
    assert "write it as 2026Q2" in said.err


def test_a_file_that_is_not_there_is_told_so(cli: Cli, site: Path) -> None:
    said = cli("prices", "import", "nowhere.csv", "--site", str(site))
    assert (said.code, "there is no such file" in said.err) == (2, True)


def test_show_lists_amounts_quarters_and_what_the_day_lacks(cli: Cli) -> None:
    said = cli("prices", "show", "--on", "2026-05-25")
    assert "Inpatient hospital deductible of 2026" in said.out
    assert "2026Q2" in said.out
    later = cli("prices", "show", "--on", "2027-02-01")
    assert "not in the tables for this day: part_a_deductible" in later.flat
    assert "588,494.808" in cli("prices", "show", "q2056").out


def test_the_json_of_an_estimate_has_its_sums_and_its_warning(cli: Cli) -> None:
    cli("record", str(ROOT / "examples" / "page_patient_4l.ndjson"))
    told = cli("estimate", "E2", "--as-of", "2026-11-01", "--json").answer
    assert told["expected_so_far"] == 322192.52
    assert "no quote" in told["says"]
    stay = next(each for each in told["claims"] if each["label"] == "C1")
    assert stay["payment"]["allowed_total"] == 330503.88
    assert all(each["source"] for each in stay["payment"]["allowed"])


def test_an_estimate_reads_well_at_80_columns(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    cli("record", str(ROOT / "examples" / "page_patient_4l.ndjson"))
    monkeypatch.setenv("COLUMNS", "80")
    said = cli("estimate", "E2", "--as-of", "2026-11-01")
    assert max(map(len, said.out.splitlines())) <= 80
    assert (
        "C1  infusion         partial  medicare  MS-DRG 018       322,192.52  1,736.00" in said.out
    )
