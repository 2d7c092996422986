"""The due list of a ledger and on the command line: kept between questions, never out of date."""

# pyright: reportPrivateUsage=false
from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.bench.population import population
from tests.given_command_line import Cli, command_line
from tests.given_ledger import EXAMPLES, ledger, lines_of
from tests.tiers import SEED, size, tell
from veinledger.adapters.ledger import Ledger
from veinledger.projections.due.measures import Asked
from veinledger.projections.due.shapes import DueList, Wanted

ON = date(2026, 11, 23)
EVERYTHING = Wanted(within=None)


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    return command_line(tmp_path, monkeypatch, capfd)


def forgetful(opened: Ledger) -> Ledger:
    """The same ledger as if it had never been asked anything."""
    fresh = Ledger.__new__(Ledger)
    Ledger.__init__(fresh, opened._store, opened._keys, opened._rules, opened._centre)
    return fresh


def asked(opened: Ledger, on: date) -> tuple[DueList, object]:
    year = Asked(first=on - timedelta(days=365), last=on)
    return opened.due(on, wanted=EVERYTHING), opened.measures(year, as_of=on)


# ---- Kept between questions -------------------------------------------------------------------


@pytest.mark.stochastic
@pytest.mark.parametrize("store", ["memory", "sqlite"])
def test_however_it_was_asked_before_it_says_what_a_fresh_ledger_says(
    store: str, tmp_path: Path
) -> None:
    """Messages in any order, questions of any day between them, some as known before."""
    random = Random(SEED)
    lines = [line for example in EXAMPLES for line in lines_of(example)]
    random.shuffle(lines)
    steps = size(12, 24, 400)
    with ledger(tmp_path, store=store) as opened:
        for start in range(0, len(lines), len(lines) // steps + 1):
            opened.record(*lines[start : start + len(lines) // steps + 1])
            on = date(2026, 1, 1) + timedelta(days=random.randrange(500))
            known = random.choice([None, None, start // 2 + 1])
            fresh = forgetful(opened)
            assert opened.due(on, known_at=known) == fresh.due(on, known_at=known)
            assert asked(opened, on) == asked(fresh, on)
            assert opened.encounters() == fresh.encounters()
            fresh._writer.end()
    tell(f"due lists on {store}: seed {SEED}, {steps} steps")


def test_each_row_is_what_the_schedule_of_its_encounter_says(tmp_path: Path) -> None:
    with ledger(tmp_path) as opened:
        for example in EXAMPLES:
            opened.record(*lines_of(example))
        found = opened.due(ON, wanted=EVERYTHING)
        assert len({row.encounter for row in found.owed}) > 5
        for name in opened.encounters():
            rows = [row.obligation for row in found.owed if row.encounter == name]
            listed = {each.key: each for each in rows}
            owed = {each.key: each for each in opened.schedule(name, as_of=ON).obligations}
            assert listed == {key: owed[key] for key in listed}


def test_it_sees_what_another_ledger_on_the_same_file_recorded(tmp_path: Path) -> None:
    with ledger(tmp_path, store="sqlite") as opened:
        opened.record(*lines_of("page_patient_2l")[:-3])
        before = opened.due(ON, wanted=EVERYTHING)
        other = forgetful(opened)
        other.record(*lines_of("page_patient_2l")[-3:], *lines_of("withdrawn"))
        after = opened.due(ON, wanted=EVERYTHING)
        assert (before.encounters, after.encounters) == (1, 2)
        assert after == other.due(ON, wanted=EVERYTHING)
        other._writer.end()


def test_where_another_row_stands_at_its_end_everything_is_read_anew(tmp_path: Path) -> None:
    """A store that was put back to an earlier state and went on from there."""
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    with ledger(one) as opened, ledger(other) as restored:
        opened.record(*lines_of("page_patient_2l"))
        restored.record(*lines_of("late_and_wrong"))
        opened.due(ON)
        opened._store = restored._store
        assert opened.encounters() == restored.encounters()
        assert opened.due(ON) == restored.due(ON)


def test_a_list_of_then_counts_no_encounter_that_came_later(tmp_path: Path) -> None:
    period = Asked(first=ON - timedelta(days=400), last=ON)
    with ledger(tmp_path) as opened:
        opened.record(*lines_of("page_patient_2l"))
        then, head = opened.due(ON, wanted=EVERYTHING), len(opened.rows())
        measured = opened.measures(period, as_of=ON)
        opened.record(*lines_of("withdrawn"))
        assert opened.due(ON, wanted=EVERYTHING).encounters == 2
        assert opened.due(ON, wanted=EVERYTHING, known_at=head) == then
        assert opened.measures(period, as_of=ON, known_at=head) == measured
        assert opened.due(ON, known_at=0).encounters == 0


def test_an_empty_ledger_owes_nothing(tmp_path: Path) -> None:
    with ledger(tmp_path) as opened:
        found = opened.due(ON)
        assert (found.encounters, found.owed, found.gaps) == (0, (), {})


# ---- On the command line ----------------------------------------------------------------------


def recorded(cli: Cli, tmp_path: Path, lines: list[bytes]) -> None:
    file = tmp_path / "facts.ndjson"
    file.write_bytes(b"\n".join(lines))
    assert cli("record", str(file)).code in (0, 1)


def small(encounters: int = 12) -> list[bytes]:
    return [line for message in population(encounters, 3) for line in message]


def test_it_reads_in_eighty_columns_and_ends_with_one_where_something_is_overdue(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    recorded(cli, tmp_path, small())
    said = cli("due", "--on", "2026-11-23", "--group", "neurology", "--late")
    assert said.code == 1
    assert "overdue: " in said.out
    assert "* unverified, the day or the window" in said.flat
    assert said.out.count("unverified") == 1
    assert max(map(len, said.out.splitlines())) <= 80


def test_what_was_missed_for_good_is_counted_and_nobody_is_sent_after_it(
    cli: Cli, tmp_path: Path
) -> None:
    recorded(cli, tmp_path, lines_of("page_patient_4l"))
    said = cli("due", "--on", "2026-08-20", "--group", "laboratory")
    assert said.code == 1
    assert "blood counts, month 3; immunoglobulins, month 3 *" in said.flat
    assert "month 1" not in said.flat
    assert "missed for good: 2 obligations" in said.flat
    assert "month 1" in cli("due", "--on", "2026-08-20", "--group", "laboratory", "--late").flat


def test_where_nothing_is_overdue_it_ends_with_nought(cli: Cli, tmp_path: Path) -> None:
    recorded(cli, tmp_path, lines_of("page_patient_2l"))
    said = cli("due", "--on", "2026-03-01", "--late")
    assert (said.code, "Nothing is overdue." in said.flat) == (0, True)


def test_json_has_every_row_and_names_nobody(cli: Cli, tmp_path: Path) -> None:
    recorded(cli, tmp_path, lines_of("page_patient_2l"))
    said = cli("due", "--on", "2026-11-23", "--json")
    answer = said.answer
    assert {row["encounter"] for row in answer["owed"]} == {answer["owed"][0]["encounter"]}
    assert answer["wanted"]["within"] == 30
    names = {
        value
        for line in map(json.loads, lines_of("page_patient_2l"))
        for field in ("family_name", "birth_date", "member_id", "mrn")
        if (value := line.get(field))
    }
    assert len(names) >= 3
    assert not [name for name in names if name in said.out]


def test_rows_left_out_of_the_table_are_counted(cli: Cli, tmp_path: Path) -> None:
    recorded(cli, tmp_path, small())
    short = cli("due", "--on", "2026-11-23", "--rows", "3")
    assert "more; --rows 0, --csv and --json have all" in short.flat
    assert "have all" not in cli("due", "--on", "2026-11-23", "--rows", "0").flat


def test_csv_has_the_rows_of_the_json(cli: Cli, tmp_path: Path) -> None:
    recorded(cli, tmp_path, small())
    rows = list(csv.DictReader(io.StringIO(cli("due", "--on", "2026-11-23", "--csv").out)))
    answer: Any = cli("due", "--on", "2026-11-23", "--json").answer
    assert [(r["encounter"], r["obligation"], int(r["days_left"])) for r in rows] == [
        (r["encounter"], r["obligation"]["key"], r["days"]) for r in answer["owed"]
    ]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("due", "--on", "2026-13-01"), "--on '2026-13-01' is no day"),
        (("due", "--on", "today"), "--on 'today' is no day"),
        (("due", "--within", "-1"), "--within"),
        (("due", "--known-at", "yesterday"), "--known-at 'yesterday' is no moment"),
        (("measures", "--from", "2026-02-01", "--to", "2026-01-01"), "lies before"),
        (("measures", "--from", "2026-02-30", "--to", "2026-03-01"), "--from '2026-02-30'"),
    ],
)
def test_what_cannot_be_asked_is_bad_input(
    cli: Cli, tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    recorded(cli, tmp_path, lines_of("withdrawn"))
    answer = cli(*options)
    assert answer.code == 2
    assert said in " ".join(answer.err.split())


def test_measures_say_their_denominators(cli: Cli, tmp_path: Path) -> None:
    recorded(cli, tmp_path, small())
    options = ("--from", "2023-01-01", "--to", "2026-10-31", "--as-of", "2026-11-23")
    said = cli("measures", *options, "--group", "neurology")
    assert said.code == 0
    assert "share: kept on time, of all kept on time, kept late or missed" in said.flat
    answer = cli("measures", *options, "--json").answer
    for each in answer["measures"]:
        assert each["judged"] == each["on_time"] + each["late"] + each["missed"]
        assert (each["share_on_time"] is None) == (each["judged"] == 0)
