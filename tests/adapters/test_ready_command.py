"""Lists that a job of the night works out before anybody asks."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

import veinledger
from tests.given_command_line import Cli, command_line
from tests.given_ledger import SITE, lines_of
from veinledger.adapters.errors import StoreFailed

ON = date(2026, 11, 23)
READY = ("ready", "--on", ON.isoformat())


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    return command_line(tmp_path, monkeypatch, capfd)


def test_a_job_of_the_night_readies_the_lists_and_shows_nothing_of_any_encounter(
    tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VEINLEDGER_CACHE", str(tmp_path / "cache"))
    cli("record", written(tmp_path, "withdrawn"))
    told, again = cli(*READY), cli(*READY, "--days", "0", "--json")
    assert told.out == (
        f"ready: the lists of {ON} to 2026-12-24; 1 encounter had to be worked out\n"
    )
    assert json.loads(again.out) == {"first": f"{ON}", "last": f"{ON}", "worked_out": 0}
    questions = [
        each["reading"]["question"] for each in json.loads(cli("reads", "--json").out)["readings"]
    ]
    assert questions == ["reads"]


def test_what_cannot_be_kept_is_not_called_ready(
    tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("record", written(tmp_path, "withdrawn"))
    (tmp_path / "no folder").touch()
    monkeypatch.setenv("VEINLEDGER_CACHE", str(tmp_path / "no folder" / "cache"))
    found = cli(*READY)
    assert (found.code, found.out) == (3, "")
    assert "what is owed cannot be kept in" in found.err
    assert "not a directory" in found.err


def test_what_could_not_be_kept_is_kept_once_there_is_a_place_for_it(tmp_path: Path) -> None:
    place = tmp_path / "no folder"
    place.touch()
    url, keys = f"sqlite:///{tmp_path / 'ledger.sqlite'}", tmp_path / "keys"
    with veinledger.open(url, keys=keys, site=SITE, cache=place / "cache") as ledger:
        ledger.record(*lines_of("withdrawn"))
        for _ in range(2):
            with pytest.raises(StoreFailed, match="what is owed cannot be kept in"):
                ledger.ready_lists(ON, ON)
        place.unlink()
        assert ledger.ready_lists(ON, ON) == 0
    assert [*(place / "cache").iterdir()]


def test_where_nothing_is_to_be_kept_nothing_can_be_readied(
    tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("record", written(tmp_path, "withdrawn"))
    monkeypatch.setenv("VEINLEDGER_CACHE", "")
    found = cli(*READY)
    assert (found.code, found.out) == (2, "")
    assert "VEINLEDGER_CACHE is empty" in found.err


def written(folder: Path, example: str) -> str:
    file = folder / "report.ndjson"
    file.write_bytes(b"\n".join(lines_of(example)))
    return str(file)
