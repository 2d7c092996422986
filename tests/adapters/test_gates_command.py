"""`veinledger gates` and `veinledger policies`: what is asked on a day, and which page says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.given_command_line import Cli, command_line
from tests.projections.authorization.told import ask_row

OWN = """
[[gate]]
name = "tocilizumab_is_on_hand"
label = "Three doses beside the bed"
before = ["infuse"]
weight = "warns"
limits = [{ name = "doses", amount = 3, of = "doses" }]
remedy = "ask the pharmacy"
from = 2026-01-01
editions = ["public"]
source = "minutes of the tumour board"
row = "site: minutes of 2025-12-01"
confidence = "high"
"""


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    for folder, text in (("gates", OWN), ("policies", ask_row("aetna", "ecog", "at_most = 1"))):
        (tmp_path / "own" / folder).mkdir(parents=True)
        (tmp_path / "own" / folder / "own.toml").write_text(text)
    made = command_line(tmp_path, monkeypatch, capfd)
    monkeypatch.setenv("COLUMNS", "80")
    return made


SITE = ("--site", "own", "--on", "2026-05-24")


def test_the_gates_before_a_step_name_their_page_limits_and_doubts(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = cli("gates", "infuse", *SITE)
    assert said.code == 0
    assert "the_body_surface_was_measured_lately" not in said.out
    assert "warns lymphodeplete, infuse; 14 days [site: house default] unverified" in said.flat
    assert "of FFS and MA alone [R72]" in said.flat
    ours = said.out.partition("site: gates/own.toml")[2]
    assert "Three doses beside the bed" in ours
    assert "warns infuse; 3 doses" in ours
    assert said.out.count("tocilizumab_is_on_hand") == 1
    assert max(len(line) for line in said.out.splitlines()) <= 80


def test_a_day_before_the_sites_page_has_the_shipped_row(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = cli("gates", "--site", "own", "--on", "2025-05-24", "--json").answer
    row = next(each for each in told if each["name"] == "tocilizumab_is_on_hand")
    assert (row["file"], row["weight"]) == ("gates/centre.toml", "stops")


def test_the_policies_are_listed_and_one_is_told_whole(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "Aetna, CPB on CAR-T cellular therapy; 11 items asked for" in cli("policies", *SITE).flat
    said = cli("policies", "aetna", *SITE)
    assert "at most 1 [site: letter of 2026-01-05]" in said.flat
    assert "(of commercial)" in said.flat
    assert max(len(line) for line in said.out.splitlines()) <= 80


def test_the_rems_is_asked_for_up_to_its_end_and_by_the_page_for_ever(cli: Cli) -> None:
    def items(*args: str) -> set[str]:
        (told,) = cli("policies", "medicare_ncd_110_24", *args, "--json").answer
        return {each["name"] for each in told["asks"]}

    assert "rems_certification" in items("--on", "2025-06-25")
    assert "rems_certification" not in items("--on", "2025-06-26")
    assert "rems_certification" in items("--on", "2026-05-24", "--edition", "page")


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("policies", "nobody", "--on", "2026-05-24"), 4, "there are aetna, cigna, commercial"),
        (("gates", "transfuse"), 2, "'transfuse' is not one of"),
        (("gates", "--on", "soon"), 2, "--on 'soon' is no day"),
    ],
)
def test_what_cannot_be_listed_is_said(
    cli: Cli, args: tuple[str, ...], code: int, says: str
) -> None:
    said = cli(*args)
    assert said.code == code
    assert says in said.err


def test_a_site_that_names_no_gate_is_told_at_once(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "own" / "gates" / "own.toml"
    page.write_text(OWN.replace("on_hand", "at_hand"))
    (tmp_path / "own" / "connections.toml").write_text(
        '[[connection]]\nname = "adt"\nzone = "UTC"\n'
    )
    for command in (("gates", *SITE), ("site", "check", "--site", "own")):
        said = cli(*command)
        assert said.code == 2
        assert "no gate has this name; there is tocilizumab_is_on_hand" in said.err
