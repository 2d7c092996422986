"""A whole encounter of a known product, its patient marked: no answer about it tells who it is.

Encounters of marks in every field name products that nobody knows, and so nothing is judged for
them. Here everything is: gates, claims, obligations, money, an appeal; and one packet, which is
made for the payer and does name the patient.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from datetime import date
from pathlib import Path
from shutil import copytree
from typing import Any, Final

import pytest

from tests.adapters.leaks.canaries import DAY, as_bytes, hits, mark, planted
from tests.given_command_line import Cli, Said, command_line, logging_as_it_was
from tests.given_ledger import SITE, lines_of
from tests.tiers import tell
from veinledger.adapters.front_door import open_ledger
from veinledger.domain.gates.gate import INTENTS

Line = dict[str, Any]
PATIENT: Final = mark(99_901)
"""The reference that all the facts share."""
IDENTITY: Final[dict[str, tuple[str, ...]]] = {
    "patient.registered": (
        "family_name", "given_names", "birth_date", "address", "mrn", "authority",
    ),
    "patient.updated": (
        "family_name", "given_names", "birth_date", "address", "mrn", "authority",
    ),
    "coverage.recorded": ("plan", "member_id", "group_number", "subscriber"),
}  # fmt: skip
"""What tells who a patient is, by the facts that hold it."""
ENCOUNTERS: Final = {"E1": "page_patient_2l", "E10": "asked_beforehand"}
LOUD: Final = ["--log", "debug"]
FORMS: Final[tuple[list[str], ...]] = ([], ["--json"])
AUGUST: Final = date(2026, 8, 30)
DATED: Final = ["--as-of", str(AUGUST)]


def marked(line: Line) -> Line:
    """The line with every field that tells who the patient is replaced by a mark."""
    full = planted(line["type"]).line
    told = {**line, **{name: full[name] for name in IDENTITY.get(line["type"], ())}}
    return {**told, "patient": PATIENT} if "patient" in told else told


def lines(encounter: str) -> list[Line]:
    """An example's lines, its patient marked; an update of the registration beside them."""
    found: list[Line] = [marked(json.loads(each)) for each in lines_of(ENCOUNTERS[encounter])]
    registered = next(each for each in found if each["type"] == "patient.registered")
    source = {**registered["source"], "message": f"{encounter}-updated"}
    return [*found, marked({**registered, "type": "patient.updated", "source": source})]


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ledger, made once: two whole encounters, one claim of each denied."""
    folder = tmp_path_factory.mktemp("identity")
    url, keys = f"sqlite:///{folder / 'ledger.sqlite'}", folder / "keys"
    with open_ledger(url, keys=keys, site=SITE) as ledger:
        for encounter in ENCOUNTERS:
            ledger.record(*(as_bytes(each) for each in lines(encounter)))
            claims = ledger.claims(encounter, as_of=AUGUST).claims
            key = next(each.key for each in claims if each.label == "C1")
            ledger.record(as_bytes(denied(encounter, key)))
    return folder


@pytest.fixture
def cli(
    worked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Generator[Cli, None, None]:
    copytree(worked, tmp_path, dirs_exist_ok=True)
    with logging_as_it_was():
        yield command_line(tmp_path, monkeypatch, capfd)


def denied(encounter: str, claim: str) -> Line:
    """The payer's no to a claim."""
    return {
        "encounter": encounter,
        "type": "claim.answered",
        "occurred_at": "2026-07-01",
        "source": {"connection": "coordinator", "message": f"RM-{encounter}"},
        "actor": {"id": "desk-1", "role": "remittance desk"},
        "claim_key": claim,
        "patient_control_number": "PCN-1",
        "kind": "denied",
    }


def questions(encounter: str) -> Iterator[list[str]]:
    """Every question about one encounter whose answer is for people who need no name."""
    for step in INTENTS:
        yield ["check", encounter, step, "--on", "2026-05-24", "--all"]
    yield ["check", encounter, "infuse", "--on", "2026-05-24", "--edition", "page"]
    for command in ("estimate", "schedule", "support", "appeal", "claims", "stage", "audit"):
        yield [command, encounter, *DATED]
    yield ["settlements", encounter]
    yield ["explain", encounter, "C1", *DATED]
    yield ["appeal", encounter, "C1", *DATED]


OF_ALL: Final = (
    ["due", "--on", "2026-06-10", "--rows", "0"],
    ["measures", "--from", "2026-01-01", "--to", "2026-12-31"],
    ["encounters"],
    ["parked"],
)
WRONG: Final = (
    (["check", "E1", "transfuse"], 2),
    (["check", "E1", "infuse", "--on", "soon"], 2),
    (["authorization", "E1", "--payer", "nobody", *DATED], 4),
    (["explain", "E1", "Z9", *DATED], 4),
    (["appeal", "E1", "Z9", *DATED], 4),
    (["stage", "E99"], 4),
)


def silent(said: Said) -> bool:
    return hits(said.out + said.err) == []


@pytest.mark.parametrize("form", FORMS, ids=["words", "json"])
@pytest.mark.parametrize("encounter", ENCOUNTERS)
def test_no_answer_about_a_whole_encounter_tells_who_the_patient_is(
    cli: Cli, encounter: str, form: list[str]
) -> None:
    asked = [*questions(encounter), *OF_ALL]
    for words in asked:
        said = cli(*LOUD, *words, *form)
        assert said.code in (0, 1), (words, said.err)
        assert said.out.strip(), words
        assert silent(said), words
    tell(f"answers about {encounter} without its patient: {len(asked)}")


def test_no_error_about_a_whole_encounter_tells_who_the_patient_is(cli: Cli) -> None:
    for words, code in WRONG:
        said = cli(*LOUD, *words)
        assert said.code == code, words
        assert silent(said), words


def test_recording_it_once_more_tells_nothing(cli: Cli) -> None:
    again = b"\n".join(as_bytes(each) for each in lines("E10"))
    said = cli(*LOUD, "record", "-", stdin=again)
    assert "duplicate" in said.out
    assert silent(said)


def test_the_packet_alone_names_the_patient_and_its_log_does_not(cli: Cli) -> None:
    """The control: the marks are there, in the one answer that is meant to have them."""
    said = cli(*LOUD, "authorization", "E10", *DATED)
    told = hits(said.out)
    registered, covered = planted("patient.updated").line, planted("coverage.recorded").line
    assert {registered["family_name"], registered["mrn"], DAY, covered["member_id"]} <= set(told)
    assert hits(said.err) == []
