"""`veinledger codes`: what the book says of a code, where its editions differ, how old it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.domain.test_codebook_evidence import BESIDES, CONFLICTING, PRINTED
from tests.domain.test_codebook_overlay import entry, page
from tests.examples.stories import AS_OF
from tests.given_command_line import Cli, command_line
from tests.given_ledger import SITE, lines_of
from veinledger.adapters.errors import BadInput
from veinledger.adapters.front_door import open_ledger
from veinledger.domain.codebook.evidence import CONFLICTS

ON = ("--on", "2026-11-23")


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    return command_line(tmp_path, monkeypatch, capfd)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The made-up site with a folder of codes of its own."""
    folder = tmp_path / "site"
    (folder / "codebook").mkdir(parents=True)
    for each in SITE.glob("*.toml"):
        (folder / each.name).write_bytes(each.read_bytes())
    chemotherapy = entry("0331", meaning="revenue_chemo_administration")
    (folder / "codebook" / "ours.toml").write_bytes(page(entry("0519"), chemotherapy))
    return folder


# codes show


def test_a_meaning_shows_every_entry_with_its_days_unit_source_and_evidence(cli: Cli) -> None:
    said = cli("codes", "show", "fludarabine_injection", *ON)
    assert said.code == 0
    for words in (
        "fludarabine_injection: 2 entries, on 2026-11-23",
        "HCPCS J9185 Fludarabine, injected",
        "in force in edition public only",
        "in force in edition page only",
        "from 2022-02-28 or earlier, no end known",
        "unit 50 mg",
        "unit 1 mg",
        "confidence high",
        "CMS HCPCS Level II, chargemasters of about fifty US hospitals, 2026 codebook/hcpcs.toml",
        "R17 (The unit of J9185, fludarabine: WRONG), E18",
        "≠ page HCPCS J9185 by 1 mg. A unit is 50 mg, rounded up for each day",
        "E18 Published price files of about fifty US hospitals",
        "codebook/hcpcs.toml was held against its source on 2026-11-23; that is due again on",
    ):
        assert words in said.flat, words


def test_a_code_shows_every_meaning_and_whether_it_is_in_force(cli: Cli) -> None:
    said = cli("codes", "show", "XW033C3", *ON)
    assert said.code == 0
    assert "NOT in force, ended before (edition public only)" in said.flat
    assert "from 2017-10-01, last day 2021-09-30" in said.flat
    assert "≠ public ICD-10-PCS XW033A7." in said.flat
    assert "Other entries of this meaning: ICD-10-PCS XW033A7" in said.flat


def test_a_day_before_the_first_says_that_it_is_not_in_force_yet(cli: Cli) -> None:
    said = cli("codes", "show", "J9380", "--on", "2023-06-30")
    assert "NOT in force, not begun (both editions)" in said.flat
    assert "in force in both editions" in cli("codes", "show", "J9380", "--on", "2023-07-01").flat


def test_one_edition_may_be_asked_for(cli: Cli) -> None:
    said = cli("codes", "show", "cyclophosphamide_injection", "--edition", "page", *ON)
    assert "1 entry" in said.flat
    assert "J9070" in said.out


def test_the_list_that_a_rule_names_is_shown(cli: Cli) -> None:
    said = cli("codes", "show", "accommodation_revenue", *ON)
    assert "lists rooms, intensive_care_rooms, coronary_care_rooms" in said.flat
    assert "confidence unverified" in said.flat


@pytest.mark.parametrize("asked", ["R28", "r28"])
def test_a_row_of_the_evidence_is_explained(cli: Cli, asked: str) -> None:
    said = cli("codes", "show", asked, *ON)
    assert said.code == 0
    for words in (
        "R28 WRONG XW033C3 and XW043C3",
        "hurts a claim and money",
        "carvykti_infusion_central ICD-10-PCS XW043A7 ICD-10-PCS XW043C3",
        "The page is wrong.",
        "E10 First Coast, a Medicare contractor",
    ):
        assert words in said.flat, words


def test_a_section_and_a_source_are_explained_too(cli: Cli) -> None:
    assert (
        "CONFLICT The arithmetic of the worked examples"
        in cli("codes", "show", "section 2", *ON).flat
    )
    said = cli("codes", "show", "E26")
    assert "ASTCT consensus grading" in said.flat
    assert "Rows that rest on it: R84." in said.flat


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("J9186", "near it are J9185"),
        ("carvykti", "carvykti_dose"),
        ("R99", "no meaning, code, row or source 'R99'"),
        ("zzzzqqqq", "`veinledger codes diff` lists meanings and rows"),
    ],
)
def test_an_unknown_name_ends_with_not_found_and_near_names(
    cli: Cli, asked: str, words: str
) -> None:
    said = cli("codes", "show", asked)
    assert said.code == 4
    assert words in said.err
    assert not said.out


def test_what_one_edition_does_not_have_is_not_found_there(cli: Cli) -> None:
    said = cli("codes", "show", "daratumumab_ndc", "--edition", "page")
    assert said.code == 4
    assert "in edition page" in said.err


@pytest.mark.parametrize("day", ["2026-13-01", "tomorrow", "20260501"])
def test_a_day_that_is_none_is_bad_input(cli: Cli, day: str) -> None:
    for command in (("show", "J9185"), ("diff",), ("stale",)):
        said = cli("codes", *command, "--on", day)
        assert said.code == 2
        assert "is no day: give" in said.err


def test_an_entry_in_json_is_whole(cli: Cli) -> None:
    told = cli("codes", "show", "J9380", *ON, "--json").answer
    (found,) = told["entries"]
    assert found["entry"]["unit"] == {"amount": 0.5, "of": "mg"}
    assert found["in_force"] == ["public", "page"]
    assert found["argued"]["id"] == "R21"
    assert told["pages"] == [
        {
            "page": "codebook/hcpcs.toml",
            "reviewed": "2026-11-23",
            "due": "2027-01-01",
            "stale": False,
        }
    ]


# codes diff


def test_every_conflict_is_listed_with_both_values_and_whom_it_hurts(cli: Cli) -> None:
    said = cli("codes", "diff", *ON)
    assert said.code == 1
    rows = [line.split("  ")[0] for line in said.out.splitlines()]
    assert {*CONFLICTING, *BESIDES} <= set(rows)
    for words in (
        "apheresis_collection CPT 38225 by 1 day CPT 38206 by 1 day",
        "hurts a claim, money and the patient's record",
        "hurts nothing but the wording",
        "carvykti, carvykti_rems: in force nothing CARVYKTI REMS",
        "carvykti, flu_cy: first day nothing -5",
        "collection_payment for FFS",
        'worded "Ciltacabtagene autoleucel, up to 100 million',
        "what the page is silent on",
        "where the page contradicts itself",
    ):
        assert words in said.flat, words


@pytest.mark.skipif(not PRINTED, reason="the research is not beside the tree")
def test_every_conflict_of_the_research_is_listed(cli: Cli) -> None:
    conflicts = {row for row, words, _ in PRINTED if words & set(CONFLICTS)}
    told = cli("codes", "diff", *ON, "--json").answer
    assert conflicts <= {each["row"]["id"] for each in told["conflicts"]}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("R02", "images the heart"),
        ("R37", "stretches it to parkinsonism"),
        ("R63", "67A to 67Q"),
        ("R70", "ended the REMS"),
        ("R72", "FACT is not in it"),
        ("R73", "dropped from the final NCD"),
        ("R74", "No source has such a calendar"),
        ("R76", "Since 2024-04-05"),
        ("R90", "that of 2022"),
        ("P01", "false claim"),
    ],
)
def test_a_difference_that_is_no_code_is_listed(cli: Cli, row: str, words: str) -> None:
    told = cli("codes", "diff", *ON, "--json").answer
    (found,) = [each["row"] for each in told["conflicts"] if each["row"]["id"] == row]
    assert words in f"{found['public']} {found['consequence']}"
    assert found["hurts"]


def test_differences_in_json_name_both_sides_and_the_consequence(cli: Cli) -> None:
    told = cli("codes", "diff", *ON, "--json").answer
    (row,) = [each for each in told["conflicts"] if each["row"]["id"] == "R28"]
    peripheral = row["codes"][0]
    assert peripheral["this"]["code"] == "XW033A7"
    assert peripheral["other"]["code"] == "XW033C3"
    assert peripheral["consequence"]
    assert [source["id"] for source in row["sources"]] == ["E2", "E3", "E4", "E10"]


def test_a_row_that_agrees_on_the_day_says_so(cli: Cli) -> None:
    words = "The editions agree on this day, and differ on others."
    assert words in cli("codes", "show", "R17", "--on", "2021-01-01").flat
    assert words not in cli("codes", "show", "R17", *ON).flat


# codes stale


def test_no_page_is_due_on_the_day_of_its_review(cli: Cli) -> None:
    said = cli("codes", "stale", *ON)
    assert said.code == 0
    assert "No page is due; the first will be on 2027-01-01." in said.flat
    assert "codebook/cpt.toml 2026-11-23 each January 2027-01-01" in said.flat


def test_a_page_that_is_due_is_said_so_and_ends_with_findings(cli: Cli) -> None:
    said = cli("codes", "stale", "--on", "2027-01-01")
    assert said.code == 1
    assert "codebook/hcpcs.toml 2026-11-23 quarterly 2027-01-01, overdue" in said.flat
    assert "2027-10-01, overdue" not in said.flat
    told = cli("codes", "stale", "--on", "2027-01-01", "--json")
    assert told.code == 1
    assert {each["page"] for each in told.answer if each["stale"]} >= {"codebook/apc.toml"}


def test_an_entry_of_a_page_that_is_due_says_so(cli: Cli) -> None:
    said = cli("codes", "show", "J9185", "--on", "2027-01-01")
    assert "that was due again on 2027-01-01: check the HCPCS quarterly update" in said.flat


# A site's own entries


def test_a_sites_entry_shows_with_the_sites_page_as_its_source(cli: Cli, site: Path) -> None:
    said = cli("codes", "show", "revenue_clinic_visit", *ON, "--site", str(site))
    assert said.code == 0
    assert "REV 0519 Ours" in said.flat
    assert "source site: codebook/ours.toml: chargemaster committee" in said.flat
    told = cli("codes", "diff", *ON, "--site", str(site), "--json").answer
    assert [each["meaning"] for each in told["unargued"]].count("revenue_clinic_visit") == 1


def test_a_sites_page_that_cannot_be_used_is_one_sentence_and_bad_input(
    cli: Cli, site: Path
) -> None:
    (site / "codebook" / "ours.toml").write_bytes(page(entry("0519", editions='"private"')))
    for command in (("codes", "diff"), ("claims", "E1", "--ledger", "memory:")):
        said = cli(*command, "--site", str(site))
        assert said.code == 2
        assert "site: codebook/ours.toml, entry 1 (revenue_clinic_visit)" in said.err
        assert "field 'editions.0' is 'private'" in said.err
        assert len(said.err.splitlines()) == 1


def test_claims_use_the_sites_codes_in_python_and_on_the_command_line(
    cli: Cli, site: Path, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    cli("record", "-", stdin=b"\n".join(lines_of("page_patient_2l")))
    packs: dict[str, set[str | None]] = {}
    for folder in (SITE, site):
        with open_ledger(url, site=folder, read_only=True) as opened:
            made = opened.claims("E1", as_of=AS_OF)
        packs[made.rule_pack] = {line.revenue_code for line in made.lines()}
        day = ("--as-of", str(AS_OF))
        told = cli("claims", "E1", *day, "--site", str(folder), "--json").answer
        assert told["rule_pack"] == made.rule_pack
    shipped, ours = packs.values()
    assert "0335" in shipped
    assert "0331" in ours
    assert "0335" not in ours


def test_python_is_told_of_a_bad_page_as_bad_input(site: Path) -> None:
    (site / "codebook" / "ours.toml").write_text("system = \n")
    with pytest.raises(BadInput, match=r"site: codebook/ours\.toml is not TOML"):
        open_ledger(site=site)


def test_json_is_the_same_each_time(cli: Cli) -> None:
    for command in (("show", "J9075"), ("show", "R17"), ("show", "E18"), ("diff",), ("stale",)):
        first, second = (cli("codes", *command, *_dated(command), "--json") for _ in range(2))
        assert json.loads(first.out)
        assert first.out == second.out


def _dated(command: tuple[str, ...]) -> tuple[str, ...]:
    return () if command[-1] == "E18" else ON
