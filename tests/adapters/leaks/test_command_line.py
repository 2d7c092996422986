"""The command line, marked in every field: what it shows is on a list, and errors show nothing."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from eventsourcing.sqlite import SQLiteCursor

from tests.adapters.leaks import raising
from tests.adapters.leaks.by_design import SHOWS, SILENT, TELLS_A_PERSON
from tests.adapters.leaks.canaries import DAY, DIGEST, NDC, Planted, hits, planted
from tests.adapters.leaks.drives import refused_ways
from tests.tiers import TIER, size, tell
from veinledger.adapters.cli.generated import helps
from veinledger.adapters.cli.main import run
from veinledger.domain.facts.catalogue import CENTRE_FACTS, FACTS
from veinledger.domain.gates.gate import INTENTS

NAMES = tuple(FACTS)[:: size(6, 1)]
LOUD = (["--log", "debug"], ["--log", "debug", "--log-json"])
FORMS: tuple[list[str], ...] = ([], ["--json"])
SITE = '[[connection]]\nname = "adt"\nzone = "UTC"\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    code: int
    out: str
    err: str


Cli = Callable[..., Said]


@pytest.fixture
def cli(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Generator[Cli, None, None]:
    """The command line on a ledger of its own, at a site that knows one connection."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "connections.toml").write_text(SITE)
    monkeypatch.setenv("VEINLEDGER_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("VEINLEDGER_LEDGER", f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    monkeypatch.setenv("VEINLEDGER_SITE", str(tmp_path / "site"))
    for name in ("VEINLEDGER_LOG", "COLUMNS", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    root = logging.getLogger("veinledger")
    before = (list(root.handlers), root.level, root.propagate)

    def call(*args: str, stdin: bytes = b"") -> Said:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            run(args)
        told = capfd.readouterr()
        return Said(code=int(ended.value.code or 0), out=told.out, err=told.err)

    yield call
    root.handlers, level, root.propagate = before
    root.setLevel(level)


PATIENT = {"SQLite 5", "SQLite 6", "SQLite 773", "SQLite 774", "TimeoutError"}
"""Opening waits two seconds where it meets one of these; test_errors raises them elsewhere."""


def refused_lines() -> bytes:
    """Every way to be refused, of every fact of this tier, a line each."""
    found = (item for name in NAMES for _, item in refused_ways(planted(name)))
    lines = (one.encode("utf-8", "surrogatepass") if isinstance(one, str) else one for one in found)
    return b"\n".join(line for line in lines if isinstance(line, bytes) and len(line) < 1_000_000)


def kept_lines() -> bytes:
    return b"\n".join(planted(name).bytes() for name in NAMES)


@pytest.mark.parametrize("form", FORMS, ids=["words", "json"])
@pytest.mark.parametrize("log", LOUD, ids=["log in words", "log in json"])
def test_record_shows_nothing_of_a_refused_line(cli: Cli, form: list[str], log: list[str]) -> None:
    said = cli(*log, "record", "-", *form, stdin=refused_lines())
    assert said.code == 3
    assert "ledger.appended" in said.err
    assert hits(said.out + said.err) == []


@pytest.mark.parametrize("log", LOUD, ids=["log in words", "log in json"])
def test_record_shows_of_a_kept_line_its_encounter_or_centre_alone(
    cli: Cli, log: list[str]
) -> None:
    said = cli(*log, "record", "-", stdin=kept_lines())
    assert set(hits(said.out)) <= {subject(planted(name)) for name in NAMES}
    assert hits(said.err) == []


@pytest.mark.parametrize("how", [how for how in raising.of_tier(TIER) if how not in PATIENT])
def test_an_error_of_the_store_is_one_sentence_without_a_trace(
    how: str, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("record", "-", stdin=planted("encounter.opened").bytes())
    monkeypatch.setattr(SQLiteCursor, "execute", raising.raiser(raising.of_tier(TIER)[how]))
    for command in (["record", "-"], ["history", "E1"], ["verify"], ["encounters", "--json"]):
        for log in LOUD:
            said = cli(*log, *command, stdin=kept_lines())
            assert said.code in (3, 4, 5, 70)
            assert hits(said.out + said.err) == []
            assert "Traceback" not in said.err


def subject(planting: Planted) -> str:
    return str(planting.line["centre" if planting.type in CENTRE_FACTS else "encounter"])


OF_ALL = (["encounters"], ["refused"], ["parked"], ["retry"])
OF_RECORDS = ("history", "audit", "settlements")
OF_VIEWS = ("stage", "claims", "schedule", "support", "estimate", "appeal")


def commands() -> Iterator[list[str]]:
    """How each command that shows is asked; `explain` needs a claim, which none of these makes."""
    yield from OF_ALL
    yield ["replay"]
    yield ["due", "--rows", "0"]
    yield ["measures", "--from", "1900-01-01", "--to", "2199-12-31"]
    encounters = [subject(planted(name)) for name in NAMES if name not in CENTRE_FACTS]
    for place, encounter in enumerate(encounters):
        yield from ([command, encounter] for command in OF_RECORDS)
        if place % 4 == 0 or encounter == subject(planted("encounter.opened")):
            yield from ([command, encounter] for command in OF_VIEWS)
            yield from (["check", encounter, step] for step in INTENTS)


def fields_by_mark() -> dict[str, str]:
    """Every mark with the name of its field; the place in a list is left out."""
    return {
        mark: ".".join(step for step in path if isinstance(step, str))
        for name in NAMES
        for path, mark in planted(name).marks.items()
    } | {DAY: "a day", NDC: "an NDC", DIGEST: "a digest", DIGEST[:13]: "a digest"}


def test_every_command_shows_the_fields_on_its_list_and_no_other(cli: Cli) -> None:
    cli("record", "-", stdin=kept_lines())
    fields, asked = fields_by_mark(), 0
    shown: dict[str, set[str]] = {}
    for words in commands():
        said = cli("--log", "debug", *words)
        asked += 1
        assert said.code in (0, 1, 3, 4), words  # what was refused is not found, or refused again
        assert hits(said.err) == [], words
        shown.setdefault(words[0], set()).update(fields[mark] for mark in hits(said.out))
    for command, found in shown.items():
        assert found <= set(SHOWS[command]), command
    tell(f"fields that commands show: {asked} answers, {sum(map(len, shown.values()))} fields")


@pytest.mark.parametrize("command", SILENT)
def test_the_other_commands_show_nothing(
    cli: Cli, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    cli("record", "-", stdin=kept_lines())
    for log in LOUD:
        said = cli(*log, *command.split(), *SILENT[command])
        assert hits(said.out + said.err) == []


def test_every_command_is_on_one_of_the_lists() -> None:
    commands = {name.removeprefix("veinledger ") for name in helps() if " " in name}
    listed = [*SHOWS, *SILENT, *TELLS_A_PERSON]
    assert sorted(listed) == sorted(commands)
