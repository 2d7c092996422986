"""`veinledger check`: one sentence first, what fails before what is met, and what settles it."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest

from tests.given_command_line import Cli, command_line
from tests.given_ledger import SITE, lines_of
from veinledger.adapters.front_door import open_ledger

BY = ("--by", "dr_imani", "--role", "hematologist", "--credential", "MD", "--reason", "seen")


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ledger, made once, that holds two examples."""
    folder = tmp_path_factory.mktemp("checked")
    with open_ledger(
        f"sqlite:///{folder / 'ledger.sqlite'}", keys=folder / "keys", site=SITE
    ) as ledger:
        ledger.record(*lines_of("asked_beforehand"), *lines_of("page_patient_2l"))
    return folder


@pytest.fixture
def cli(
    worked: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Cli:
    copytree(worked, tmp_path, dirs_exist_ok=True)
    return command_line(tmp_path, monkeypatch, capfd)


def test_a_step_before_which_nothing_is_missing_ends_with_0(cli: Cli) -> None:
    said = cli("check", "E10", "infuse", "--on", "2026-05-24")
    assert said.code == 0
    head = said.out.splitlines()
    assert head[0] == "E10: before the infusion, edition public"
    assert head[1].startswith("The infusion on 2026-05-24 may go ahead")
    assert "stops the step" not in said.out
    assert said.out.index("met (") < said.out.index("gates that nobody asks for; --all shows")
    assert "Tocilizumab is on hand where the cells are given;" in said.flat
    assert "Weight, for the dose of cells (unverified)" in said.flat
    assert len(said.out.splitlines()) <= 24


def test_all_of_it_has_what_was_found_of_each_and_its_source(cli: Cli) -> None:
    said = cli("check", "E10", "infuse", "--on", "2026-05-24", "--all")
    assert said.code == 0
    assert said.out.index("met (") < said.out.index("nobody asks for (") < said.out.index("sources")
    assert "main has it on hand by FACT FACT-3307 [R80]" in said.flat
    assert "[R78] unverified" in said.flat
    assert "--all" not in said.out


def test_what_fails_comes_first_with_what_would_settle_it(cli: Cli) -> None:
    said = cli("check", "E1", "infuse", "--on", "2026-05-24")
    assert said.code == 1
    order = (
        "must not go ahead",
        "stops the step (",
        "not met, to be looked at (",
        "\nmet (",
        "that nobody asks",
    )
    places = [said.out.index(words) for words in order]
    assert places == sorted(places)
    for words in ("found", "to do", "hangs on it claim C", "rests on record", "settle as"):
        assert words in said.flat


def test_it_reads_well_in_80_columns(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    said = cli("check", "E1", "infuse", "--on", "2026-05-24")
    assert max(len(line) for line in said.out.splitlines()) <= 80


def test_the_edition_of_the_page_asks_for_its_own_calendar(cli: Cli) -> None:
    said = cli("check", "E10", "infuse", "--on", "2026-05-24", "--edition", "page")
    assert said.code == 1
    assert "it ran from day -4 to day -2, not from day -5 to day -3" in said.flat


def test_its_json_has_every_gate_and_the_keys_that_settle_take(cli: Cli) -> None:
    told = cli("check", "E1", "infuse", "--on", "2026-05-24", "--json").answer
    assert (told["intent"], told["on"], told["clear"]) == ("infuse", "2026-05-24", False)
    failing = [each for each in told["verdicts"] if each["state"] == "not met"]
    assert told["verdicts"][: len(failing)] == failing
    assert all(each["source"] and each["reason"] for each in told["verdicts"])
    assert failing[0]["finding"]["key"].startswith(f"{failing[0]['gate']}:infuse/")


def test_a_gate_is_settled_by_its_digits_and_then_says_so(cli: Cli) -> None:
    told = cli("check", "E1", "infuse", "--on", "2026-05-24", "--json").answer
    key = told["verdicts"][0]["finding"]["key"]
    digits = key.rpartition("/")[2]
    on = ("--on", "2026-05-24")
    settled = cli("settle", "E1", digits, "--decision", "accepted", *BY, *on)
    assert settled.code == 0
    assert f"settled {key}" in settled.flat
    again = cli("check", "E1", "infuse", "--on", "2026-05-24")
    assert "settled (1)" in again.out
    assert "accepted by dr_imani (hematologist, MD): seen" in again.flat


def test_what_was_not_known_then_plays_no_part(cli: Cli) -> None:
    said = cli("check", "E10", "infuse", "--on", "2026-05-24", "--known-at", "20")
    assert said.code == 1
    assert "known at 20" in said.out
    assert "where cells.infused is not legal" in said.flat


@pytest.mark.parametrize(
    ("product", "says"),
    [
        ("tecvayli", "TECVAYLI is a bispecific and no cell product"),
        ("carvykty", "no product page is named 'carvykty'"),
    ],
)
def test_a_product_without_a_complete_page_is_an_answer_and_no_crash(
    cli: Cli, product: str, says: str
) -> None:
    line = (
        '{"encounter": "X", "type": "encounter.opened", "occurred_at": "2026-03-03",'
        ' "source": {"connection": "coordinator", "message": "X-1"},'
        ' "actor": {"id": "coord-1", "role": "coordinator"},'
        f' "product": "{product}", "indication": "myeloma", "patient": "P", "centre": "lakeside"}}'
    )
    assert cli("record", "-", stdin=line.encode()).code == 0
    said = cli("check", "X", "infuse", "--on", "2026-05-24")
    assert said.code == 1
    assert says in said.flat
    assert "No other gate was looked at." in said.out
    assert "settle as" not in said.out


def test_before_anybody_opened_the_encounter_that_is_said(cli: Cli) -> None:
    said = cli("check", "E10", "collect", "--on", "2026-01-01")
    assert said.code == 1
    assert "nobody had opened the encounter by 2026-01-01" in said.flat


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("E10", "infuse", "--on", "24.5.2026"), 2, "--on '24.5.2026' is no day"),
        (("NOBODY", "infuse"), 4, "holds no record of this encounter"),
        (("E10", "transfuse"), 2, "transfuse"),
    ],
)
def test_what_cannot_be_asked_is_said(
    cli: Cli, args: tuple[str, ...], code: int, says: str
) -> None:
    said = cli("check", *args)
    assert said.code == code
    assert says in said.err
