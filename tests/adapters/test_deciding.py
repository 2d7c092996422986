"""Decisions on the command line: what each did, what it changed, and what was refused and why."""

from __future__ import annotations

import json
import os
from pathlib import Path
from shlex import split
from shutil import copytree
from typing import Any

import pytest

from tests.given_command_line import Cli, Said, command_line
from tests.given_ledger import SITE, lines_of
from tests.minimal import MINIMAL
from veinledger.adapters.front_door import open_ledger

WHO = ("--by", "him-3", "--role", "data integrity analyst")
WHY = ("--reason", "charted wrongly")
SIGNED = (*WHO, *WHY)
AS_OF = ("--as-of", "2026-07-20")
STORY = lines_of("page_patient_2l")
INFUSION, DOSE, GRADE, RECEIPT = "26", "18", "27", "16"
"""Sequences of the first worked example."""


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    return command_line(tmp_path, monkeypatch, capfd)


@pytest.fixture(scope="session")
def ready_made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders with ledgers to copy, each made once."""
    without = [line for line in STORY if b'"product.received"' not in line]
    made: dict[str, Path] = {}
    for name, lines in (("whole", STORY), ("waiting", without)):
        made[name] = tmp_path_factory.mktemp(name)
        url, keys = f"sqlite:///{made[name] / 'ledger.sqlite'}", made[name] / "keys"
        with open_ledger(url, keys=keys, site=SITE) as ledger:
            ledger.record(*lines)
    return made


@pytest.fixture
def whole(cli: Cli, ready_made: dict[str, Path], tmp_path: Path) -> Cli:
    """The first worked example, recorded: E1, infused on 2026-05-25."""
    copytree(ready_made["whole"], tmp_path, dirs_exist_ok=True)
    return cli


@pytest.fixture
def waiting(cli: Cli, ready_made: dict[str, Path], tmp_path: Path) -> Cli:
    """The same without the receipt of the product: the infusion and four others wait."""
    copytree(ready_made["waiting"], tmp_path, dirs_exist_ok=True)
    return cli


def line(encounter: str, kind: str, message: str, occurred_at: str, **fields: Any) -> bytes:
    told = {
        "encounter": encounter,
        "type": kind,
        "occurred_at": occurred_at,
        "source": {"connection": "epic-adt", "message": message, "item": 1},
        "actor": {"id": "rn-1", "role": "nurse"},
    }
    return json.dumps(told | MINIMAL[kind] | fields).encode()


def fact_of(cli: Cli, sequence: int, encounter: str = "E1") -> dict[str, Any]:
    told = cli("history", encounter, "--json").answer
    records = [each["record"] for each in (*told["in_effect"], *told["not_in_effect"])]
    found: dict[str, Any] = next(
        each["fact"] for each in records if each["seal"]["sequence"] == sequence
    )
    return found


def records_in(cli: Cli) -> int:
    """All but those of who read what."""
    count: int = cli("verify", "--json").answer["records"]
    readings = cli("reads", "--json").answer["readings"]
    return count - len({each["position"] for each in readings} - {None})


def parked(cli: Cli, encounter: str = "E1") -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = cli("parked", encounter, "--json").answer["parked"]
    return told


def sequence_of(cli: Cli, kind: str, encounter: str = "E1") -> str:
    return next(str(e["sequence"]) for e in parked(cli, encounter) if e["type"] == kind)


def stage(cli: Cli, encounter: str = "E1") -> str:
    told: str = cli("stage", encounter, "--json").answer["stage"]
    return told


# Confirm and discard


def test_a_confirmed_record_comes_into_effect_and_the_command_says_what_that_changed(
    waiting: Cli,
) -> None:
    number = sequence_of(waiting, "cells.infused")
    attest = ("--attest", "product.received=2026-05-15")
    said = waiting("confirm", "E1", number, *attest, *SIGNED, *AS_OF)
    assert said.code == 0
    assert "recorded: report.confirmed as record 32 of E1" in said.flat
    assert "stage released → surveillance" in said.flat
    assert "confirmed by record 32, attesting product.received on 2026-05-15" in said.flat
    assert "C1 infusion appears, held" in said.flat
    assert "upcoming, provisional → upcoming" in said.flat
    assert "what_a_person_attested_is_told" in said.flat
    assert parked(waiting) == []
    shown = waiting("history", "E1").flat
    assert "in the order of events (32, and 1 attested step)" in shown
    assert "2026-05-15 product.received attested by record 32, COI-7731; to received" in shown
    assert "32 in effect" in waiting("stage", "E1").flat


def test_what_a_decision_changed_is_the_same_in_json(waiting: Cli) -> None:
    number = sequence_of(waiting, "cells.infused")
    attest = ("--attest", "product.received=2026-05-15")
    told = waiting("confirm", "E1", number, *attest, *SIGNED, *AS_OF, "--json").answer
    assert told["recorded"] is True
    assert told["outcome"]["answer"] == "recorded"
    (change,) = told["changes"]
    assert (change["stage_before"], change["stage"]) == ("released", "surveillance")
    assert [each["sequence"] for each in change["records"]] == [24, 25, 26, 27, 29, 32]
    visits = [each for each in change["obligations"] if each["key"].startswith("neurology_")]
    assert len(visits) == 5
    assert {each["changed"] for each in visits} == {"changed"}


def test_a_record_is_named_by_its_sequence_or_by_the_beginning_of_its_report_key(
    waiting: Cli,
) -> None:
    key = next(e["record"] for e in parked(waiting) if e["type"] == "cells.infused")
    for name in (key, key[:12], key[:4]):
        assert waiting("discard", "E1", name, *SIGNED, "--dry-run").code == 0
    assert waiting("discard", "E1", key[:3], *SIGNED, "--dry-run").code == 4
    assert waiting("discard", "E1", "99", *SIGNED, "--dry-run").code == 4
    assert "`veinledger parked`" in waiting("discard", "E1", "zzzz", *SIGNED).err


def test_a_discarded_record_goes_and_its_provisional_calendar_with_it(waiting: Cli) -> None:
    said = waiting("discard", "E1", sequence_of(waiting, "cells.infused"), *SIGNED, *AS_OF)
    assert said.code == 0
    assert "waiting for product.received → superseded" in said.flat
    assert "gone, was upcoming, provisional" in said.flat
    assert "provisional" not in waiting("schedule", "E1", *AS_OF).out


def test_what_is_in_effect_is_neither_confirmed_nor_discarded_and_the_rule_is_told(
    whole: Cli,
) -> None:
    for command in ("confirm", "discard"):
        said = whole(command, "E1", INFUSION, *SIGNED)
        assert said.code == 3
        assert "a_decision_is_about_a_record_that_waits_or_is_disputed" in said.flat
    assert stage(whole) == "surveillance"


# Correct


def test_a_field_is_set_and_every_other_field_stays(whole: Cli) -> None:
    before = fact_of(whole, int(DOSE))
    fields = ("drug.dose=54.5", "drug.lot=0012", "service.class=inpatient", "bsa=")
    put = [word for field in fields for word in ("--set", f"{DOSE}:{field}")]
    said = whole("correct", "E1", *put, *SIGNED, *AS_OF)
    assert said.code == 0
    after = fact_of(whole, 34)
    assert after["drug"] == {**before["drug"], "dose": 54.5, "lot": "0012"}
    assert after["service"] == {**before["service"], "patient_class": "inpatient"}
    assert "bsa" in before
    assert "bsa" not in after
    assert {**after, "drug": 0, "service": 0, "bsa": 0} == {
        **before, "drug": 0, "service": 0, "bsa": 0,
    }  # fmt: skip
    assert "in place of record 18, by record 33" in said.flat


def test_a_corrected_dose_is_a_changed_line_with_its_records(whole: Cli) -> None:
    said = whole("correct", "E1", "--set", f"{DOSE}:drug.dose=154.5", *SIGNED, *AS_OF)
    assert "changed J9185 units 2 → 4" in said.flat
    assert "(records 18, 33 and 34)" in said.flat


def test_a_corrected_date_moves_the_calendar_which_keeps_the_old_date_and_the_reason(
    whole: Cli,
) -> None:
    said = whole("correct", "E1", "--date", f"{INFUSION}=2026-05-26T11:00:00-05:00", *SIGNED)
    assert said.code == 0
    assert "2026-11-25 → 2026-11-26" in said.flat
    owed = whole("schedule", "E1", *AS_OF).flat
    assert "was due 2026-11-25 until the" in owed
    told = whole("schedule", "E1", *AS_OF, "--json").answer["obligations"]
    day_0 = told[0]["anchor"]
    counted = [e for e in told if e["anchor"] == day_0 and e["group"] != "filing"]
    assert len(counted) > 50
    assert all(each["was_due"][0]["reason"].endswith("by record 33") for each in counted)


def test_another_fact_takes_the_place_of_one_from_a_file_or_from_stdin(
    whole: Cli, tmp_path: Path
) -> None:
    instead = {"type": "crs.graded", "grade": 3, "occurred_at": "2026-05-31T02:15:00-05:00"}
    file = tmp_path / "instead.json"
    file.write_text(json.dumps(instead))
    assert whole("correct", "E1", "--replace", f"{GRADE}={file}", *SIGNED).code == 0
    assert fact_of(whole, 34)["grade"] == 3
    around: dict[str, object] = {"encounter": "E1", "source": {}, "actor": {}}
    again = {**instead, "grade": 1, **around}
    said = whole("correct", "E1", "--replace", "34=-", *SIGNED, stdin=json.dumps(again).encode())
    assert said.code == 0
    assert fact_of(whole, 36)["grade"] == 1


def test_a_set_that_would_strand_a_record_is_refused_whole_and_names_it(whole: Cli) -> None:
    said = whole("correct", "E1", "--void", RECEIPT, "--set", f"{DOSE}:drug.dose=1", *SIGNED)
    assert said.code == 3
    assert "a_correction_leaves_no_record_without_its_place" in said.flat
    assert "26 (cells.infused)" in said.flat
    assert fact_of(whole, int(DOSE))["drug"]["dose"] == 55.5
    assert cli_standing(whole, DOSE) == "in effect"


def test_the_same_dose_without_the_voided_receipt_is_taken(whole: Cli) -> None:
    """The control: it was the receipt that the set was refused for."""
    assert whole("correct", "E1", "--set", f"{DOSE}:drug.dose=1", *SIGNED).code == 0
    assert cli_standing(whole, DOSE) == "superseded"


def cli_standing(cli: Cli, sequence: str) -> str:
    told = cli("audit", "E1", "--json").answer["entries"]
    status: str = told[int(sequence) - 1]["standing"]["status"]
    return status


def test_a_record_is_moved_to_another_encounter_and_both_are_told(whole: Cli) -> None:
    other = line("E2", "encounter.opened", "O2", "2026-03-01", patient="P2")
    assert whole("record", "-", stdin=other).code == 0
    said = whole("correct", "E1", "--move", "8=E2", *SIGNED, *AS_OF)
    assert said.code == 0
    assert "moved to E2 by record 33" in said.flat
    assert "E2: what changed" in said.flat
    assert "moved here from E1, record 8 there" in said.flat
    assert "moved here from E1, record 8 there" in whole("audit", "E2").flat
    assert "moved to E2 by record 33 (him-3, data integrity analyst)" in whole("audit", "E1").flat


def test_a_whole_wrong_patient_chart_is_voided_by_one_command(whole: Cli) -> None:
    said = whole("correct", "E1", "--whole-chart", "void", *SIGNED, *AS_OF)
    assert said.code == 0
    assert "stage surveillance → unopened" in said.flat
    assert whole("claims", "E1", "--json").answer["claims"] == []
    assert whole("schedule", "E1", "--json").answer["obligations"] == []
    assert whole("correct", "E1", "--whole-chart", "void", *SIGNED).code == 2


def test_a_whole_chart_is_moved_to_an_encounter_that_is_not_there_yet(whole: Cli) -> None:
    assert whole("correct", "E1", "--whole-chart", "E7", *SIGNED).code == 0
    assert (stage(whole), stage(whole, "E7")) == ("unopened", "surveillance")
    assert len(whole("claims", "E7", "--json").answer["claims"]) == 6


def test_a_whole_chart_is_moved_to_an_open_encounter_without_its_opening(whole: Cli) -> None:
    other = line(
        "E2", "encounter.opened", "O2", "2026-03-01",
        product="carvykti", indication="second_line", patient="P2",
    )  # fmt: skip
    assert whole("record", "-", stdin=other).code == 0
    assert whole("correct", "E1", "--whole-chart", "E2", *SIGNED).code == 0
    assert (stage(whole), stage(whole, "E2")) == ("unopened", "surveillance")
    assert parked(whole, "E2") == []


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ((), "nothing to correct"),
        (("--void", "8", "--date", "8=2026-01-01"), "record 8 is named twice"),
        (("--date", "8"), "give SEQ=WHEN"),
        (("--set", "18:drug.dose"), "give SEQ:FIELD=VALUE"),
        (("--set", "18:drug.does=1"), "has no field 'drug.does'"),
        (("--set", "18:drug.dose=much"), "the value of 'drug.dose' cannot be read"),
        (("--whole-chart", "void", "--void", "8"), "give it alone"),
        (("--replace", "8=nowhere.json"), "cannot be read"),
        (("--replace", "8=-"), "holds no JSON object"),
    ],
)
def test_what_cannot_be_read_is_bad_input_and_nothing_is_recorded(
    whole: Cli, args: tuple[str, ...], words: str
) -> None:
    before = records_in(whole)
    said = whole("correct", "E1", *args, *SIGNED)
    assert (said.code, said.out) == (2, "")
    assert words in " ".join(said.err.split())
    assert records_in(whole) == before


def test_a_value_that_does_not_fit_is_refused_by_the_border_with_its_rule(whole: Cli) -> None:
    said = whole("correct", "E1", "--set", f"{GRADE}:grade=9", *SIGNED)
    assert said.code == 3
    assert "changes.0.replacement.fact.grade" in said.flat


# Dry runs

DECIDED: dict[str, tuple[str, ...]] = {
    "confirm": ("confirm", "E1", "25", "--attest", "product.received=2026-05-15"),
    "discard": ("discard", "E1", "25"),
    "replace": ("correct", "E1", "--date", "16=2026-05-17T14:00:00-05:00"),
    "void": ("correct", "E1", "--void", "31"),
    "whole chart": ("correct", "E1", "--whole-chart", "E9"),
}


@pytest.mark.parametrize("args", DECIDED.values(), ids=DECIDED)
def test_a_dry_run_says_what_the_decision_then_does_and_records_nothing(
    waiting: Cli, args: tuple[str, ...]
) -> None:
    before = records_in(waiting)
    decided = (*args, *SIGNED, *AS_OF, "--message", "M1", "--json")
    foreseen = waiting(*decided, "--dry-run")
    assert foreseen.code == 0
    assert records_in(waiting) == before
    done = waiting(*decided)
    assert records_in(waiting) > before
    assert told_alike(foreseen) == told_alike(done)
    assert (foreseen.answer["recorded"], done.answer["recorded"]) == (False, True)


def told_alike(said: Said) -> Any:
    """What a foreseen and a done decision both say; moments of knowledge differ by nature."""
    return [
        without(change, "before", "after")
        | {"learned": [without(each, "recorded_at", "received_at") for each in change["learned"]]}
        for change in said.answer["changes"]
    ]


def without(told: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name not in names}


def test_a_dry_run_of_what_is_refused_is_refused_and_keeps_no_refusal(whole: Cli) -> None:
    before = records_in(whole)
    said = whole("correct", "E1", "--void", RECEIPT, *SIGNED, "--dry-run")
    assert said.code == 3
    assert "refused: records.corrected; nothing was recorded" in said.flat
    assert records_in(whole) == before
    assert whole("correct", "E1", "--void", RECEIPT, *SIGNED).code == 3
    assert records_in(whole) == before + 1


def test_a_dry_run_needs_no_turn_to_write(whole: Cli) -> None:
    with open_ledger(os.environ["VEINLEDGER_LEDGER"], keys=os.environ["VEINLEDGER_KEYS"]):
        said = whole("correct", "E1", "--void", "31", *SIGNED, "--dry-run")
    assert said.code == 0


# Who decides, and under which message


def test_who_decides_is_said_or_set_and_never_guessed(
    waiting: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = sequence_of(waiting, "cells.infused")
    monkeypatch.setenv("USER", "root")
    monkeypatch.setenv("LOGNAME", "root")
    said = waiting("discard", "E1", number, *WHY)
    assert said.code == 2
    assert "--by" in said.err
    assert waiting("discard", "E1", number, *WHY, "--by", " ", "--role", "x").code == 2
    monkeypatch.setenv("VEINLEDGER_ACTOR", "him-9")
    monkeypatch.setenv("VEINLEDGER_ROLE", "analyst")
    assert waiting("discard", "E1", number, *WHY).code == 0
    last = waiting("audit", "E1", "--json").answer["entries"][-1]
    assert last["actor"] == {"id": "him-9", "role": "analyst"}
    assert last["source"]["connection"] == "command-line"


def test_the_same_decision_under_the_same_message_is_a_duplicate(waiting: Cli) -> None:
    number = sequence_of(waiting, "cells.infused")
    decided = ("discard", "E1", number, *SIGNED, *AS_OF, "--message", "M1")
    first, records = waiting(*decided), records_in(waiting)
    second = waiting(*decided)
    assert (first.code, second.code) == (0, 0)
    assert second.out.startswith("duplicate: report.discarded as record 32 of E1")
    assert second.flat.partition("E1: ")[2] == first.flat.partition("E1: ")[2]
    assert records_in(waiting) == records
    assert waiting(*decided[:-2]).code == 3  # the control: a fresh message is another decision


def test_other_words_under_the_same_message_are_kept_and_decide_nothing(waiting: Cli) -> None:
    infusion, grade = sequence_of(waiting, "cells.infused"), sequence_of(waiting, "crs.graded")
    assert waiting("discard", "E1", infusion, *SIGNED, "--message", "M1").code == 0
    said = waiting("discard", "E1", grade, *SIGNED, "--message", "M1")
    assert said.code == 1
    assert "one_message_says_one_thing" in said.flat
    assert grade in [str(each["sequence"]) for each in parked(waiting)]


def test_a_decision_needs_no_zone_and_every_other_fact_does(whole: Cli) -> None:
    report = line("E1", "patient.died", "D1", "2026-07-01")
    unknown = json.loads(report) | {"source": {"connection": "command-line", "message": "D1"}}
    said = whole("record", "-", stdin=json.dumps(unknown).encode())
    assert said.code == 3
    assert "the_facility_or_the_connection_has_a_time_zone" in said.flat
    assert whole("correct", "E1", "--void", "31", *SIGNED).code == 0


# Settle


@pytest.fixture
def held(waiting: Cli) -> Cli:
    """The infusion confirmed under an attested receipt: two findings hold its claim."""
    attest = ("--attest", "product.received=2026-05-15")
    number = sequence_of(waiting, "cells.infused")
    assert waiting("confirm", "E1", number, *attest, *SIGNED).code == 0
    return waiting


def settling(finding: str, *more: str) -> tuple[str, ...]:
    accepted = ("--decision", "accepted", "--credential", "CCS")
    return ("settle", "E1", finding, *accepted, *SIGNED, *AS_OF, *more)


def test_a_finding_is_settled_by_the_beginning_of_its_key_and_its_claim_goes_free(
    held: Cli,
) -> None:
    shown = held("claims", "E1", *AS_OF).flat
    for rule in ("what_a_person_attested_is_told", "the_dose_is_billed_once_on_day_0"):
        digest = shown.partition(f" {rule}/")[2][:6]
        assert digest
        assert held(*settling(rule if rule.startswith("what") else digest)).code == 0
    told = held("claims", "E1", *AS_OF, "--json").answer["claims"]
    assert [each["state"] for each in told if each["label"] == "C1"] != ["held"]
    again = held("claims", "E1", *AS_OF).flat
    assert "settled by record 33: accepted by him-3, data integrity analyst" in again
    assert f"what_a_person_attested_is_told/{digest_of(again)}" in held("history", "E1").flat


def digest_of(shown: str) -> str:
    return shown.partition(" what_a_person_attested_is_told/")[2][:12]


def test_settling_says_what_no_longer_stands_against_the_claim(held: Cli) -> None:
    said = held(*settling("what_a_person"))
    assert "findings settled settled what_a_person_attested_is_told/" in said.flat
    assert "no longer: product.received is attested for 2026-05-15" in said.flat


def test_a_finding_that_is_not_there_is_not_settled(held: Cli) -> None:
    before = records_in(held)
    said = held(*settling("no_such_rule"))
    assert said.code == 4
    assert "the_dose_is_billed_once_on_day_0/" in said.err
    assert held(*settling("")).code == 4
    assert records_in(held) == before


def test_a_code_is_chosen_exactly_where_the_decision_says_so(held: Cli) -> None:
    assert held(*settling("what_a_person", "--code", "Z51.11")).code == 2
    chosen = ("--decision", "code chosen", "--credential", "CCS", *SIGNED)
    assert held("settle", "E1", "what_a_person", *chosen).code == 2
    assert held("settle", "E1", "what_a_person", *chosen, "--code", "Z51.11").code == 0


# Parked


def test_each_command_that_parked_shows_can_be_typed(cli: Cli) -> None:
    """As it is shown, with who and why, and with a day or an encounter where it asks for one."""
    parked_ones = [
        *STORY,
        line("E1", "crs.graded", "E1-027", "2026-05-31", grade=3),
        line("E1", "patient.died", "D1", "2026-07-01"),
        line("E2", "encounter.opened", "O2", "2026-03-03"),
        line("E2", "encounter.opened", "O3", "2026-03-04"),
        line("E2", "cells.infused", "I2", "2026-06-20", chain_of_identity="COI-7731"),
        line("a b", "encounter.opened", "O4", "2026-03-03"),
        line("a b", "apheresis.completed", "A4", "2026-04-02", chain_of_identity="COI-4"),
        line("a b", "cells.infused", "I4", "2026-06-20", chain_of_identity="COI-4"),
    ]
    cli("record", "-", stdin=b"\n".join(parked_ones))
    told = cli("parked", "--json").answer["parked"]
    assert [each["type"] for each in told] == [
        "crs.graded", "patient.died", "cells.infused", "cells.infused", "encounter.opened",
    ]  # fmt: skip
    shown, typed = cli("parked").flat, 0
    for each in told:
        for one in each["commands"]:
            assert f"veinledger {one['command']}" in shown
            args = one["command"].replace("YYYY-MM-DD", "2026-04-20").replace("ENCOUNTER", "E9")
            said = cli(*split(args), *SIGNED, "--dry-run")
            assert said.code in (0, 3), said.err
            typed += said.code == 0
    assert typed >= 8


MISSING = (
    "is the first step that is missing: report it in any order; once none is missing on or before"
    " the day of this record, it takes its place by itself"
)


def test_a_step_that_is_the_first_of_several_is_told_as_the_first(cli: Cli) -> None:
    graded = line("E7", "crs.graded", "G7", "2026-05-20", grade=2)
    opened = line("E7", "encounter.opened", "O7", "2026-03-02")
    cli("record", "-", stdin=b"\n".join([opened, graded]))
    for step, comes in (("apheresis.completed", "2026-04-02"), ("product.received", None)):
        for asked in (("parked", "E7"), ("history", "E7")):
            assert f"{step} {MISSING}" in cli(*asked).flat
        if comes is not None:
            cli("record", "-", stdin=line("E7", step, "C7", comes))


def test_parked_says_for_how_long_and_what_would_settle_it(waiting: Cli) -> None:
    said = waiting("parked", "E1").flat
    assert f"product.received {MISSING}" in said
    assert ", 0 days; it happened " in said
    assert " days ago; report key " in said
    assert "E1: 5 records waiting for product.received" in said


def test_parked_puts_on_top_what_concerns_the_patient_now_and_counts_ages_to_a_day(
    waiting: Cli,
) -> None:
    told = waiting("parked", "--as-of", "2026-12-31", "--json").answer["parked"]
    urgent = [each["urgent"] for each in told]
    assert urgent == sorted(urgent, reverse=True)
    assert {each["type"] for each in told if each["urgent"]} >= {"cells.infused", "crs.graded"}
    for each in told:
        assert each["days_since_it_occurred"] > 180
        assert each["standing"]["waits_for"] or each["standing"]["objections"]
    before = waiting("parked", "--as-of", "2026-05-02", "--json").answer["parked"]
    assert all(each["occurred"][:10] <= "2026-05-02" for each in before)
    assert len(before) < len(told)


@pytest.mark.parametrize(
    ("kind", "fields", "called"),
    [
        ("cells.infused", {"chain_of_identity": "COI-1"}, "infusion"),
        ("patient.admitted", {"reason": "CRS/ICANS"}, "admission"),
        ("patient.died", {}, "death"),
        ("crs.graded", {"grade": 2}, "CRS grade"),
        ("icans.graded", {"grade": 1}, "ICANS grade"),
    ],
)
def test_what_concerns_the_patient_shows_at_once_though_nobody_confirmed_it(
    cli: Cli, kind: str, fields: dict[str, object], called: str
) -> None:
    """Before anybody opened the encounter nothing of it is in effect, and all of it shows."""
    assert cli("record", "-", stdin=line("E7", kind, "X1", "2026-06-20", **fields)).code == 1
    told = f"the {called} of 2026-06-20 is reported, not confirmed"
    assert told in cli("encounters").flat
    assert f"reported, not confirmed: {kind} on 2026-06-20" in cli("stage", "E7").flat
    assert f"reported, not confirmed: {kind}" in cli("schedule", "E7", *AS_OF).flat
    assert f"E7: {told}" in cli("due", "--on", "2026-06-21").flat
    assert "reported, not confirmed: E7" in cli("parked").flat


def test_a_reported_death_shows_in_stage_list_and_beside_every_open_visit(whole: Cli) -> None:
    assert whole("record", "-", stdin=line("E1", "patient.died", "D1", "2026-07-01")).code == 1
    told = "the death of 2026-07-01 is reported, not confirmed"
    assert f"E1 {told}" in whole("encounters").flat
    assert "reported, not confirmed: patient.died on 2026-07-01" in whole("stage", "E1").flat
    owed = whole("schedule", "E1", *AS_OF, "--json").answer
    visits = [each for each in owed["obligations"] if each["group"] == "neurology"]
    beside = [each["rule"] for each in visits if each["caution"]]
    assert beside == ["neurology_month_3", "neurology_month_6", "neurology_month_12"]
    assert "cancelled" not in {each["status"] for each in visits}
    assert not any(each["caution"] for each in owed["obligations"] if each["group"] == "filing")


# Refused, and judged again


def test_what_was_refused_is_judged_again_once_the_site_is_mended(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare, mended = tmp_path / "bare", tmp_path / "mended"
    copytree(SITE, bare)
    copytree(SITE, mended)
    (mended / "connections.toml").write_text(ONE_MORE_CONNECTION)
    lines = [json.loads(each) for each in (OPENING, b'{"type": "nothing"}')]
    lines[0]["source"]["connection"] = "new-lab"
    monkeypatch.setenv("VEINLEDGER_SITE", str(bare))
    assert cli("record", "-", stdin=b"\n".join(json.dumps(e).encode() for e in lines)).code == 3
    first = cli("retry")
    assert first.code == 3
    assert "2 refused reports judged again: 2 refused" in first.flat
    monkeypatch.setenv("VEINLEDGER_SITE", str(mended))
    assert len(cli("retry", "--connection", "nobody", "--json").answer["retried"]) == 0
    again = cli("retry", "--connection", "new-lab")
    assert again.code == 0
    assert "now recorded: record 1 of E1, in effect, stage referred" in again.flat
    refused = cli("refused")
    assert "1 refused report; their bytes are kept." in refused.flat
    assert "1 more was taken since; --all shows them." in refused.flat
    assert "taken since: record 1 of E1" in cli("refused", "--all").flat
    last = cli("retry", "--connection", "new-lab")
    assert (last.code, "1 left: taken since" in last.flat) == (0, True)


OPENING = line("E1", "encounter.opened", "O1", "2026-03-03")


ONE_MORE_CONNECTION = '[[connection]]\nname = "new-lab"\nzone = "America/Chicago"\n'


def test_a_refused_decision_is_never_judged_again_behind_its_persons_back(whole: Cli) -> None:
    assert whole("correct", "E1", "--void", RECEIPT, *SIGNED).code == 3
    before = records_in(whole)
    said = whole("retry")
    assert said.code == 0
    assert "1 left: a decision is made again by the person who made it" in said.flat
    assert records_in(whole) == before


def test_what_was_sent_again_and_taken_is_hidden_among_the_refused(cli: Cli) -> None:
    bad = line("E1", "encounter.opened", "O1", "2026-03-03", nonsense=1)
    assert cli("record", "-", stdin=bad).code == 3
    assert cli("refused").flat.startswith("record ")
    assert cli("record", "-", stdin=OPENING).code == 0
    assert cli("refused").flat.startswith("0 refused reports")
    assert cli("refused", "--json").answer["refused"][0]["taken_since"]["sequence"] == 1
    assert cli("retry", "--json").answer["retried"][0]["outcome"] is None


@pytest.mark.parametrize(
    "args",
    [("retry",), ("confirm", "E1", "1", *SIGNED), ("correct", "E1", "--void", "1", *SIGNED)],
    ids=["retry", "confirm", "correct"],
)
def test_a_decision_makes_no_ledger_where_there_is_none(
    cli: Cli, tmp_path: Path, args: tuple[str, ...]
) -> None:
    said = cli(*args)
    assert said.code == 4
    assert "there is no ledger at" in said.err
    assert not (tmp_path / "ledger.sqlite").exists()


PIPED = [
    ("correct", "E1", "--date", f"{INFUSION}=2026-05-26T11:00:00-05:00", *SIGNED, "--dry-run"),
    ("correct", "E1", "--whole-chart", "E9", *SIGNED, "--dry-run"),
    ("correct", "E1", "--void", RECEIPT, *SIGNED, "--dry-run"),
    ("parked",),
    ("audit", "E1"),
]


@pytest.mark.parametrize("args", PIPED, ids=lambda args: " ".join(args[:3]))
def test_what_is_piped_fits_the_page_and_has_no_colour(
    whole: Cli, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...]
) -> None:
    assert whole("correct", "E1", "--void", "31", *SIGNED).code == 0
    monkeypatch.delenv("COLUMNS")
    said = whole(*args)
    assert said.out.strip()
    assert "\x1b" not in said.out
    assert all(len(each) <= 100 and each == each.rstrip() for each in said.out.splitlines())
