"""The command line: what it says, where it says it, and what it ends with."""

from __future__ import annotations

import io
import json
import logging
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from tests.given_ledger import EXAMPLES, ROOT, lines_of
from tests.minimal import MINIMAL
from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.cli.examples import examples
from veinledger.adapters.cli.generated import helps, stale
from veinledger.adapters.cli.main import run
from veinledger.adapters.cli.screen import clean
from veinledger.adapters.cli.show.notes import letter, places
from veinledger.adapters.front_door import open_ledger

CLOCK = datetime(2026, 11, 2, 12, tzinfo=UTC)
AS_OF = ("--as-of", "2026-11-02")
ESCAPE = "\x1b"
COMMANDS = [name.removeprefix("veinledger ") for name in helps() if " " in name]
ANSWERS = [
    ["facts"], ["facts", "cells.infused"], ["facts", "--schema"],
    ["facts", "crs.graded", "--schema"], ["encounters"],
    ["stage", "E1"], ["stage", "E1", "--as-of", "2026-05-01"],
    ["history", "E1"], ["claims", "E1", *AS_OF], ["claims", "E1", "--edition", "page", *AS_OF],
    ["explain", "E1", "C1", *AS_OF], ["explain", "E1", "B1:3", *AS_OF], ["schedule", "E1", *AS_OF],
    ["authorization", "E1", *AS_OF],
    ["authorization", "E1", "--payer", "unitedhealthcare", "--edition", "page", *AS_OF],
    ["audit", "E1"], ["lifecycle"], ["products", *AS_OF], ["products", "carvykti", *AS_OF],
    ["products", "tecvayli", "--edition", "page", *AS_OF], ["site", "check"], ["parked"],
    ["parked", "E1"], ["refused"], ["verify"],
    ["codes", "show", "J9075", "--on", "2026-11-02"], ["codes", "show", "R28"],
    ["codes", "stale", "--on", "2026-11-02"],
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a command said, and what it ended with."""

    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        return self.out + self.err

    @property
    def answer(self) -> Any:
        return json.loads(self.out)


Cli = Callable[..., Said]


@pytest.fixture
def cli(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Generator[Cli, None, None]:
    """The command line on an empty ledger of its own, with keys of its own."""
    monkeypatch.setenv("VEINLEDGER_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("VEINLEDGER_LEDGER", f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    for name in ("VEINLEDGER_SITE", "VEINLEDGER_LOG", "COLUMNS", "FORCE_COLOR"):
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


@pytest.fixture(scope="session")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ledger, made once, that holds two examples, a gap and a refused line."""
    folder = tmp_path_factory.mktemp("worked")
    lines = [*lines_of(EXAMPLES[0]), *lines_of(EXAMPLES[3]), waiting_infusion(), b"no JSON at all"]
    with open_ledger(
        f"sqlite:///{folder / 'ledger.sqlite'}",
        keys=folder / "keys",
        site=ROOT / "examples" / "site",
        clock=lambda: CLOCK,
    ) as ledger:
        ledger.record(*lines)
    return folder


@pytest.fixture
def filled(cli: Cli, worked: Path, tmp_path: Path) -> Cli:
    """The command line on a copy of that ledger."""
    copytree(worked, tmp_path, dirs_exist_ok=True)
    return cli


def line(**fields: Any) -> bytes:
    said = {
        "encounter": "E1",
        "type": "encounter.opened",
        "occurred_at": "2024-03-01",
        "source": {"connection": "epic-adt", "message": fields.get("type", "opened"), "item": 1},
        "actor": {"id": "rn-1", "role": "nurse"},
    }
    name = str(fields.get("type", said["type"]))
    return json.dumps(said | MINIMAL[name] | fields).encode()


def waiting_infusion() -> bytes:
    return line(encounter="E8", type="cells.infused", occurred_at="2026-05-25")


def data_folder(folder: Path) -> Callable[[str], str]:
    def user_data_dir(_: str) -> str:
        return str(folder)

    return user_data_dir


OPENED = line()
WAITING = line(type="cells.infused")
REFUSED = line(type="crs.graded", grade=7)


# What every command keeps to


def test_every_command_of_the_design_is_there() -> None:
    assert COMMANDS == [
        "demo", "record", "facts", "encounters", "stage", "history", "check", "claims", "explain",
        "authorization", "estimate", "appeal", "schedule", "support", "due", "measures", "ready",
        "diff", "audit", "reads", "lifecycle", "products", "gates", "policies", "site", "parked",
        "refused", "assign", "confirm", "discard", "correct", "settle", "settlements", "retry",
        "verify", "checkpoint", "bundle", "replay", "init", "backup", "rotate-key",
        "prices import", "prices show", "codes show", "codes diff", "codes stale",
    ]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_every_option_has_help(cli: Cli, command: str) -> None:
    said = cli(*command.split(), "--help")
    assert said.code == 0
    _, _, body = said.out.partition("\n\n")
    assert body.strip()[0].isupper()
    assert "--json" in body
    assert helps()[f"veinledger {command}"].splitlines()[0].startswith("Usage: veinledger")


@pytest.mark.parametrize("args", ANSWERS, ids=" ".join)
def test_json_is_valid_and_the_same_each_time(filled: Cli, args: list[str]) -> None:
    first, second = filled(*args, "--json"), filled(*args, "--json")
    assert first.code == 0
    assert first.answer is not None
    assert first.out == second.out


@pytest.mark.parametrize("args", ANSWERS, ids=" ".join)
def test_what_is_piped_has_no_colour_no_blanks_at_the_end_and_fits_the_page(
    filled: Cli, args: list[str]
) -> None:
    said = filled(*args)
    assert said.code == 0
    assert said.out.strip()
    assert ESCAPE not in said.all
    if "--schema" not in args:
        assert all(len(each) <= 100 and each == each.rstrip() for each in said.out.splitlines())


@pytest.mark.parametrize("args", ANSWERS, ids=" ".join)
def test_an_answer_is_on_stdout_and_nothing_else_is(filled: Cli, args: list[str]) -> None:
    said = filled(*args, "--json")
    told = "no --site given: using the made-up site that comes with veinledger"
    assert said.err.strip() == (
        told if args[0] in ("authorization", "claims", "explain", "site") else ""
    )


def test_the_version_is_said(cli: Cli) -> None:
    said = cli("--version")
    assert said.out.startswith("veinledger ")
    assert said.code == 0


# Recording


def test_recording_says_what_became_of_each_line(cli: Cli) -> None:
    said = cli("record", "-", stdin=b"\n".join((OPENED, WAITING, OPENED)))
    assert said.code == 1
    told = [each.split()[:3] for each in said.out.splitlines() if each.strip()[:1].isdigit()]
    assert told[:3] == [
        ["1", "recorded", "encounter.opened"],
        ["2", "parked", "cells.infused"],
        ["3", "duplicate", "encounter.opened"],
    ]
    assert "waiting for apheresis.completed" in said.out
    assert "3 lines: 1 recorded, 1 parked, 1 duplicate" in said.out


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([], 0),
        ([OPENED], 0),
        ([OPENED, OPENED], 0),
        ([OPENED, WAITING], 1),
        ([OPENED, WAITING, REFUSED], 3),
        ([b"{"], 3),
    ],
)
def test_recording_ends_with_0_1_or_3(cli: Cli, lines: list[bytes], code: int) -> None:
    assert cli("record", "-", stdin=b"\r\n".join(lines)).code == code


def test_the_outcomes_in_json_carry_line_numbers(cli: Cli) -> None:
    said = cli("record", "-", "--json", stdin=OPENED + b"\n\n" + REFUSED + b"\n")
    assert [(each["line"]) for each in said.answer["outcomes"]] == [1, 3]
    assert said.answer["answers"] == {"recorded": 1, "parked": 0, "duplicate": 0, "refused": 1}
    assert said.answer["outcomes"][1]["refusal"]["objections"][0]["field"] == "grade"


def test_a_strict_request_is_refused_with_the_way_to_make_it_legal(cli: Cli) -> None:
    said = cli("record", "-", "--strict", stdin=OPENED + b"\n" + WAITING)
    assert said.code == 3
    assert "shortest way: apheresis.completed" in said.out
    assert "1 record in effect" not in cli("parked").out
    assert cli("parked", "--json").answer == {"parked": []}


def test_items_of_one_message_go_in_together_and_others_by_themselves(cli: Cli) -> None:
    source = {"connection": "epic-adt", "message": "M1"}
    two = [
        line(type=name, source={**source, "item": item})
        for item, name in ((1, "encounter.opened"), (2, "patient.measured"))
    ]
    said = cli("--log", "info", "record", "-", stdin=b"\n".join([*two, REFUSED]))
    appended = [each for each in said.err.splitlines() if "ledger.appended" in each]
    assert ["count=2" in each for each in appended] == [True, False]


def test_a_file_that_is_not_there_is_bad_input_and_makes_no_ledger(
    cli: Cli, tmp_path: Path
) -> None:
    for name in ("nowhere.ndjson", str(tmp_path), "nul\0byte"):
        said = cli("record", name)
        assert (said.code, said.out) == (2, "")
        assert "cannot be read" in said.err
        assert "name a file of NDJSON" in said.err
    assert not (tmp_path / "ledger.sqlite").exists()


def test_a_byte_order_mark_is_no_fault(cli: Cli) -> None:
    assert cli("record", "-", stdin=b"\xef\xbb\xbf" + OPENED).code == 0


def test_the_default_ledger_is_made_in_the_data_folder(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VEINLEDGER_LEDGER")
    monkeypatch.setattr("platformdirs.user_data_dir", data_folder(tmp_path / "data"))
    assert cli("stage", "E1").code == 4
    assert cli("record", "-", stdin=OPENED).code == 0
    assert (tmp_path / "data" / "ledger.sqlite").exists()
    assert cli("stage", "E1").code == 0


# Where encounters stand


def test_a_reported_infusion_shows_at_once_though_it_waits(filled: Cli) -> None:
    for command in ("stage", "schedule"):
        said = filled(command, "E8", *AS_OF)
        assert "reported, not confirmed: cells.infused on 2026-05-25" in said.out
    told = filled("stage", "E8", "--json").answer["reported_not_confirmed"]
    assert [each["type"] for each in told] == ["cells.infused"]


def test_the_stage_is_as_of_a_day_and_known_at_a_position(filled: Cli) -> None:
    assert filled("stage", "E1", "--json").answer["stage"] == "surveillance"
    assert filled("stage", "E1", "--as-of", "2026-04-10", "--json").answer["stage"] == (
        "manufacturing"
    )
    assert filled("stage", "E1", "--known-at", "8", "--json").answer["stage"] == "referred"


def test_parked_says_for_what_since_when_and_by_which_key(filled: Cli) -> None:
    told = filled("parked", "--json").answer["parked"]
    waiting = next(each for each in told if each["encounter"] == "E8")
    assert waiting["since"].startswith("2026-11-02T12:00")
    said = filled("parked", "E8").out
    assert f"report key {waiting['record'][:12]}" in said.replace("\n  ", " ")
    assert "waiting for" in said


def test_refused_says_every_rule_and_the_remedy(filled: Cli) -> None:
    said = filled("refused")
    assert "a_report_is_strict_json" in said.out
    assert "give one JSON object" in said.out.replace("\n  ", " ")


# Claims


def test_claims_name_rule_source_and_what_the_other_edition_says(filled: Cli) -> None:
    said = filled("claims", "E1", "--edition", "page", *AS_OF).out
    assert "J9185 x 167" in said
    assert "J9070 x 17" in said
    assert "each_drug_is_billed_in_whole_units" in said
    assert "≠ what edition public says instead" in said
    assert "30 mg/m2 x 1.85 m2 = 55.5 mg a day" in said.replace("\n  ", " ")
    public = filled("claims", "E1", *AS_OF).out
    assert "≠ what edition page says instead" in public
    assert "J9185 x 6" in public


def test_what_is_on_no_claim_says_why(filled: Cli) -> None:
    said = filled("claims", "E4", *AS_OF).out
    assert "on no claim, and why" in said
    assert "Q2056 is not billed: the manufacture of this batch failed" in said.replace("\n  ", " ")


def test_explain_goes_from_the_line_to_the_message(filled: Cli) -> None:
    said = filled("explain", "E1", "C1:1", *AS_OF).out
    assert "the_dose_is_billed_once_on_day_0" in said
    assert "cells.infused" in said
    assert "message E1-026" in said


# The end of a command that could not do its work


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (
            ["stage", "E77"],
            4,
            ["the ledger holds no record of this encounter", "veinledger encounters"],
        ),
        (["explain", "E1", "Z9"], 4, ["no claim is called 'Z9'", "A1, B1, C1"]),
        (["explain", "E1", "C1:99"], 4, ["claim C1 has no line '99'", "lines 1 to"]),
        (["facts", "cells.infusd"], 4, ["no fact is called", "cells.infused"]),
        (["facts", "zzz"], 4, ["`veinledger facts` lists all"]),
        (["stage", "E1", "--as-of", "2026-02-30"], 2, ["--as-of '2026-02-30'", "calendar"]),
        (["stage", "E1", "--as-of", "20260501"], 2, ["YYYY-MM-DD"]),
        (["stage", "E1", "--as-of", "2026-05-01T10:00"], 2, ["RFC 3339", "offset"]),
        (["stage", "E1", "--known-at", "yesterday"], 2, ["a position, such as 57", "RFC 3339"]),
        (["claims", "E1", "--edition", "secret"], 2, ["public", "page"]),
        (["claims", "E1", "--site", "/nowhere"], 2, ["--site '/nowhere' is not a folder"]),
        (["stage", "E1", "--ledger", "postgres://x"], 2, ["does not name a ledger", "sqlite:///"]),
        (["stage", "E1", "--ledger", "sqlite:////nowhere/x.sqlite"], 4, ["there is no ledger at"]),
        (["lifecycle", "--mermaid", "--table"], 2, ["give one of them"]),
        (["stage"], 2, ["ENCOUNTER"]),
        (["stag"], 2, ["No such command"]),
    ],
)
def test_an_error_says_what_is_wrong_and_what_would_be_right(
    filled: Cli, args: list[str], code: int, words: list[str]
) -> None:
    said = filled(*args)
    assert (said.code, said.out) == (code, "")
    assert "Traceback" not in said.err
    for word in words:
        assert word in said.err.replace("\n", " ")


def test_a_defect_is_one_sentence_without_a_trace(
    filled: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("CANARY4711")

    monkeypatch.setattr("veinledger.adapters.cli.encounters.as_json", broken)
    said = filled("stage", "E1", "--json")
    assert said.code == 70
    assert "an unexpected ZeroDivisionError" in said.err
    assert "Traceback" not in said.err
    assert "CANARY" not in said.all


def test_a_ledger_that_fails_on_the_way_says_which_line_to_go_on_from(
    cli: Cli, tmp_path: Path
) -> None:
    assert cli("record", "-", stdin=OPENED).code == 0
    # In a process of its own: two copies of SQLite in one do not see each other's locks.
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "c.execute('BEGIN IMMEDIATE'); print('held', flush=True); sys.stdin.read(); c.close()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "ledger.sqlite")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        said = cli("record", "-", stdin=b"\n" + WAITING)
        other.communicate()
    assert said.code == 3
    assert "another program held the ledger" in said.err
    assert "-, line 2: this line and those after it are not recorded" in said.err


def test_verify_ends_with_5_on_a_damaged_ledger_and_places_the_fault(
    filled: Cli, tmp_path: Path
) -> None:
    sound = filled("verify")
    assert sound.code == 0
    assert sound.out.startswith("as the ledger signed it up to record ")
    other = sqlite3.connect(tmp_path / "ledger.sqlite")
    for (name,) in other.execute("SELECT name FROM sqlite_schema WHERE type='trigger'").fetchall():
        other.execute(f"DROP TRIGGER {name}")
    other.execute("UPDATE records SET body = CAST(body || x'20' AS BLOB) WHERE position = 5")
    other.commit()
    other.close()
    said = filled("verify")
    assert said.code == 5
    assert "not as the ledger wrote it" in said.out
    assert "record 5" in said.out
    assert filled("verify", "--json").answer["consistent"] is False


# What never leaves

CANARY = "CANARY4711"


def planted(value: Any) -> Any:
    """The same with the canary in the place of every text."""
    if isinstance(value, dict):
        return {name: planted(inner) for name, inner in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return [planted(inner) for inner in value]  # pyright: ignore[reportUnknownVariableType]
    return CANARY if isinstance(value, str) else value


def lines_with_a_canary() -> list[bytes]:
    envelope = {
        "encounter": CANARY,
        "source": {"connection": CANARY, "message": CANARY, "item": 1},
        "actor": {"id": CANARY, "role": CANARY},
    }
    told = [
        {"type": name, "occurred_at": CANARY, **planted(fields), **envelope, CANARY: CANARY}
        for name, fields in MINIMAL.items()
    ]
    told += [{**each, "occurred_at": "2024-03-01"} for each in told]
    told += [{**envelope, "type": CANARY, "occurred_at": "2024-03-01"}]
    broken = [f'{{"encounter": "{CANARY}", "a": {CANARY}', CANARY, f'"{CANARY}"', f"[{CANARY!r}]"]
    return [*(json.dumps(each).encode() for each in told), *(each.encode() for each in broken)]


@pytest.mark.parametrize("form", [[], ["--json"]], ids=["words", "json"])
@pytest.mark.parametrize("log", [[], ["--log-json"]], ids=["log in words", "log in json"])
def test_nothing_that_stood_in_a_refused_line_is_repeated(
    cli: Cli, form: list[str], log: list[str]
) -> None:
    lines = lines_with_a_canary()
    said = cli("--log", "debug", *log, "record", "-", *form, stdin=b"\n".join(lines))
    assert said.code == 3
    assert "ledger.appended" in said.err
    assert CANARY not in said.all


def test_text_of_a_message_moves_no_cursor(cli: Cli) -> None:
    sly = {"actor": {"id": "rn-1", "role": f"{ESCAPE}[2Jnurse"}, "product": "[red]carvykti"}
    assert cli("record", "-", stdin=line(**sly)).code == 0
    for command in ("history", "audit", "stage"):
        for form in ([], ["--json"]):
            assert ESCAPE not in cli(command, "E1", *form).all
    assert "[red]carvykti" in cli("stage", "E1").out


UNSEEN = "\u202e\u202a\u2066\u2069\u200e\u061c\u200b\u200d\u2060\u2028\ufeff\xad\U000e0041"


@pytest.mark.parametrize("letter", UNSEEN, ids=[f"U+{ord(each):04X}" for each in UNSEEN])
def test_text_of_a_message_turns_no_words_around_and_hides_nothing(letter: str) -> None:
    assert clean(f"nurse{letter}esrun") == "nurse\ufffdesrun"
    told = as_json({"role": f"nurse{letter}esrun"})
    assert letter not in told
    assert json.loads(told) == {"role": f"nurse{letter}esrun"}


def test_no_page_of_the_screen_shows_what_turns_words_around_or_is_not_seen(cli: Cli) -> None:
    role = f"nurse{UNSEEN}esrun"
    sly = {"actor": {"id": "rn-1", "role": role}, "product": f"car{UNSEEN}vykti"}
    assert cli("record", "-", stdin=line(**sly)).code == 0
    for command in ("history", "audit", "stage", "schedule", "claims"):
        for form in ([], ["--json"]):
            assert not set(UNSEEN) & set(cli(command, "E1", *form).all)
    assert cli("audit", "E1").out.count("\ufffd") >= len(UNSEEN)
    assert cli("audit", "E1", "--json").answer["entries"][0]["actor"]["role"] == role


# Logs


def test_the_library_configures_no_logging_and_a_host_hears_it(
    filled: Cli, caplog: pytest.LogCaptureFixture
) -> None:
    assert logging.getLogger("veinledger").level == logging.NOTSET
    with caplog.at_level(logging.INFO, logger="veinledger"):
        assert filled("verify").err == ""
    told = {record.message: record for record in caplog.records}
    assert set(told) == {"ledger.opened", "ledger.verified"}
    assert vars(told["ledger.verified"])["faults"] == 0


def test_logs_go_to_stderr_as_dotted_events(cli: Cli) -> None:
    said = cli("--log", "info", "--log-json", "record", "-", "--json", stdin=OPENED)
    assert said.answer["lines"] == 1
    events = [json.loads(each) for each in said.err.splitlines() if each.startswith("{")]
    assert [each["event"] for each in events] == ["ledger.opened", "ledger.appended"]
    assert events[1]["position"] > events[1]["count"] > 0


# Facts, lifecycle, documents and the demo


def test_facts_show_fields_by_the_names_that_a_line_uses(cli: Cli) -> None:
    said = cli("facts", "cells.infused").out
    assert "service.class" in said
    assert "required" in said
    schema = cli("facts", "cells.infused", "--schema").answer
    assert schema["$schema"].endswith("2020-12/schema")


def test_the_lifecycle_has_three_forms(cli: Cli) -> None:
    assert cli("lifecycle", "--mermaid").out.startswith("stateDiagram-v2\n")
    assert cli("lifecycle", "--table").out.startswith("| fact | rank |")
    told = cli("lifecycle", "--json").answer
    assert [each["stage"] for each in told["stages"]][:2] == ["unopened", "referred"]
    assert "claim.submitted" in told["legal_everywhere"]


@pytest.mark.untraced
def test_the_generated_parts_of_the_documents_are_fresh() -> None:
    assert [path.name for path in stale(ROOT)] == [], "run `make docs`"


def test_the_examples_are_told_in_their_table_of_contents() -> None:
    assert [each.name for each in examples()] == list(EXAMPLES)
    assert all(each.says for each in examples())


def test_the_demo_runs_every_example_end_to_end(cli: Cli, tmp_path: Path) -> None:
    said = cli("demo")
    assert said.code == 0
    for words in (
        "J9185 x 167", "J9185 x 6", "XW033C3", "XW033A7", "consistent, not anchored",
        "neurological visits",
    ):  # fmt: skip
        assert words in said.out
    assert all(each.name in said.out for each in examples())
    assert not list(tmp_path.iterdir())


@pytest.mark.untraced
def test_the_demo_in_json_holds_both_editions(cli: Cli) -> None:
    told = cli("demo", "--json").answer
    for example in told["examples"]:
        assert example["verification"]["verdict"] == "consistent, not anchored"
        for encounter in example["encounters"]:
            assert set(encounter["claims"]) == {"page", "public"}


def test_the_program_starts_without_loading_the_ledger() -> None:
    code = (
        "import sys; import veinledger.adapters.cli.main;"
        "print(*(m for m in ('pydantic', 'eventsourcing', 'transitions', 'structlog')"
        " if m in sys.modules))"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert said.stdout.strip() == ""


def test_python_m_veinledger_is_the_same_program() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "veinledger", "facts", "nothing.such", "--json"],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert (said.returncode, said.stdout) == (4, "")


# Footnotes


def test_places_are_told_as_people_write_them() -> None:
    assert places(["1"]) == "line 1"
    assert places(["1", "2", "3", "7"]) == "lines 1 to 3 and 7"
    assert places(["2", "5", "C90.00", "C90.00"]) == "lines 2 and 5, C90.00"
    assert [letter(at) for at in (0, 25, 26, 52)] == ["a", "z", "aa", "ba"]
