"""A text that is no Unicode: as a name nobody has it, and in a report or a decision it is refused.

Python makes half of a character of a byte that is no UTF-8, in the arguments of a command as well.
"""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest

from tests.given_command_line import Cli, command_line
from tests.given_ledger import ledger, lines_of
from veinledger.adapters.errors import BadInput, NotFound
from veinledger.adapters.ledger import Ledger
from veinledger.domain.ledger.access import Reader
from veinledger.domain.ledger.naming import Naming
from veinledger.domain.reports import Actor

HALF: Final = "E1\ud800"
NOT_UTF8: Final = os.fsdecode(b"E1\xff")
DAY: Final = date(2026, 6, 1)
GIVEN: Final[dict[str, Any]] = {"on": DAY, "intent": "infuse", "before": 0, "edition": "page"}


@pytest.fixture(params=["memory", "sqlite"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    with ledger(tmp_path, store=request.param) as made:
        made.record(*lines_of("page_patient_2l"))
        yield made


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    return command_line(tmp_path, monkeypatch, capfd)


def questions() -> dict[str, dict[str, Any]]:
    """Every question about one encounter, with what it wants besides."""
    found = dict[str, dict[str, Any]]()
    for name, call in inspect.getmembers(Ledger, inspect.isfunction):
        wants = inspect.signature(call).parameters
        if not name.startswith("_") and "encounter" in wants:
            found[name] = {each: GIVEN[each] for each in wants if each in GIVEN}
    found["authorization"]["as_of"] = DAY
    return found


def test_nobody_has_a_name_with_half_of_a_character(opened: Ledger, tmp_path: Path) -> None:
    asked = questions()
    assert asked.keys() > {"effective", "claims", "history", "replay", "bundle", "followers"}
    asked["bundle"]["file"] = tmp_path / "b.json"
    for name in asked.keys() - {"reads"}:
        with pytest.raises(NotFound):
            getattr(opened, name)(encounter=HALF, **asked[name])
    with pytest.raises(NotFound):
        opened.replayer().one(HALF)
    assert len(opened.reads(HALF).readings) == len(asked)  # itself, and not the replayer


def test_no_original_no_connection_and_no_payer_has_half_of_a_character(opened: Ledger) -> None:
    with pytest.raises(NotFound, match="no original"):
        opened.original(HALF)
    assert opened.retry(HALF) == ()
    with pytest.raises(NotFound):
        opened.authorization("E1", as_of=DAY, payer=HALF)


def test_names_are_told_apart_to_the_last_half_of_a_character() -> None:
    naming = Naming(b"i" * 32, b"d" * 32)
    names = ["E1", "E1?", "E1\ufffd", "E1\ud800", "E1\ud801", "E1\U00010000", "E1\ud800\udc00"]
    assert len({naming.stream_of("encounter", name) for name in names}) == len(names)


PLACES: Final = ("encounter", "type", "occurred_at", "chain_of_identity", "reason")


@pytest.mark.parametrize("place", [*PLACES, "actor.id", "actor.role", "source.message"])
def test_a_report_that_says_half_of_a_character_is_refused_and_asked_about_all_the_same(
    place: str, opened: Ledger
) -> None:
    line: dict[str, Any] = json.loads(lines_of("withdrawn")[-1])
    within, _, name = place.rpartition(".")
    (line[within] if within else line)[name] = HALF
    before = opened.encounters()
    for item in (json.dumps(line), json.dumps(line).encode(), json.dumps(line, ensure_ascii=False)):
        assert opened.record(item)[0].answer == "refused"
        with pytest.raises(NotFound):
            opened.effective(HALF)
    with pytest.raises(BadInput, match="half of a character"):
        opened.record(line)
    with pytest.raises(BadInput, match="half of a character"):
        opened.foresee(line)
    assert len(opened.refused()) == 2
    assert opened.retry()
    assert opened.encounters() == before


@pytest.mark.parametrize("part", ["id", "role", "why"])
def test_nobody_reads_under_half_of_a_character(part: str, opened: Ledger) -> None:
    named = {"id": "n.reyes", "role": "coder", "why": "payment", part: HALF}
    why = named.pop("why")
    with (
        pytest.raises(BadInput, match="half of a character"),
        opened.asked_by(Reader(by=Actor(**named), why=why)),
    ):
        raise AssertionError("nobody comes here")


COMMANDS: Final = (
    ("stage", NOT_UTF8), ("claims", NOT_UTF8, "--json"), ("bundle", NOT_UTF8, "--out", "b.json"),
    ("confirm", NOT_UTF8, "5", "--by=x", "--role=x", "--reason=x"),
    ("confirm", "E1", NOT_UTF8, "--by=x", "--role=x", "--reason=x"),
    ("settle", "E1", NOT_UTF8, "--decision=accepted", "--credential=RN", "--by=x", "--role=x",
     "--reason=x"),
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_on_the_command_line_a_name_that_is_no_text_is_not_found(
    command: tuple[str, ...], cli: Cli
) -> None:
    cli("record", "examples/page_patient_2l.ndjson")
    said = cli(*command)
    assert (said.code, said.out) == (4, "")
    assert "Traceback" not in said.err


DECISION: Final = ("discard", "E1", "5", "--by", "x", "--role", "x", "--reason", "x")


@pytest.mark.parametrize("option", ["--by", "--role", "--reason", "--message", "--credential"])
def test_no_decision_is_made_in_half_of_a_character(option: str, cli: Cli) -> None:
    cli("record", "examples/page_patient_2l.ndjson")
    said = cli(*DECISION, option, NOT_UTF8)
    assert (said.code, said.out) == (2, "")
    assert "half of a character" in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize("option", ["--by", "--role", "--reason"])
def test_no_key_is_rotated_in_half_of_a_character(option: str, cli: Cli) -> None:
    cli("record", "examples/page_patient_2l.ndjson")
    said = cli("rotate-key", "--by", "x", "--role", "x", "--reason", "x", option, NOT_UTF8)
    assert (said.code, said.out) == (2, "")
    assert "half of a character" in said.err


@pytest.mark.parametrize("option", ["--reader", "--reader-role", "--purpose"])
def test_on_the_command_line_nobody_reads_under_half_of_a_character(option: str, cli: Cli) -> None:
    cli("record", "examples/page_patient_2l.ndjson")
    said = cli(option, NOT_UTF8, "stage", "E1")
    assert (said.code, said.out) == (2, "")
    assert "half of a character" in said.err
    assert cli("reads", "--json").code == 0
