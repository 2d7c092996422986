"""Two time axes on every question about one encounter, and what is answered at their edges."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest
import typer.main

from tests.adapters.test_cli import Cli, cli
from tests.examples.stories import AS_OF, content, script, the_record, told
from tests.given_ledger import ledger, lines_of
from veinledger.adapters.cli.main import app
from veinledger.adapters.errors import BadInput
from veinledger.adapters.ledger import Ledger
from veinledger.domain.lifecycle.stages import Stage

__all__ = ["cli"]

DECISIONS: Final = {"assign", "confirm", "correct", "discard", "settle"}
"""They change what is known, and are asked at no other moment than now."""
PROOFS: Final = {"bundle", "replay"}
"""They show the ledger as it stands, up to its last row."""
ON: Final = {"check"}
"""Its day is the day of the step, --on."""
NO_DAY: Final = {"parked", "reads"}
"""A day never changes what a record waits for, and a reading happens when it is noted."""
IN_NO_EDITION: Final = {"stage", "history", "parked", "reads"}
"""What they say comes from the facts and the lifecycle, of which there is one."""


def questions() -> dict[str, set[str]]:
    """Every command about one encounter, with the names of its options."""
    group: Any = typer.main.get_command(app)
    options = {
        name: {param.name for param in command.params} for name, command in group.commands.items()
    }
    return {
        name: found
        for name, found in options.items()
        if "encounter" in found and name not in DECISIONS | PROOFS
    }


def test_every_question_about_an_encounter_takes_both_times_and_the_edition() -> None:
    found = questions()
    assert {"stage", "history", "claims", "schedule", "authorization", "audit", "estimate"} <= {
        *found
    }
    assert {"support", "appeal", "settlements", "explain", "check", "diff", "parked"} <= {*found}
    for name, options in found.items():
        assert "known_at" in options, name
        day = "on" if name in ON else "as_of"
        assert day in options or name in NO_DAY, name
        assert "edition" in options or name in IN_NO_EDITION, name
        assert "json" in options, name


def test_every_question_of_the_library_takes_what_was_known() -> None:
    """Those about one encounter; `changes` and `diff` take two moments."""
    asked = (
        "effective", "claims", "estimate", "schedule", "support", "audit", "check",
        "authorization", "appeals", "letters", "settlements", "findings", "diff",
    )  # fmt: skip
    for name in asked:
        names = getattr(Ledger, name).__wrapped__.__annotations__
        assert "known_at" in names, name
        assert names.keys() & {"as_of", "on"}, name


def recorded(opened: Ledger) -> tuple[int, datetime]:
    """Where the first record of a ledger stands, and when it was recorded."""
    first = opened.history("E1").records[0].seal
    return first.position, first.recorded_at


def test_before_the_first_record_nothing_is_known(tmp_path: Path) -> None:
    with ledger(tmp_path) as opened:
        opened.record(*lines_of("page_patient_2l"))
        position, at = recorded(opened)
        for known_at in (0, position - 1, at.replace(year=at.year - 1)):
            seen = opened.effective("E1", known_at=known_at)
            assert (seen.stage, seen.records) == (Stage.UNOPENED, ())
            assert opened.claims("E1", known_at=known_at).claims == ()
            assert opened.schedule("E1", as_of=AS_OF, known_at=known_at).obligations == ()
            assert opened.audit("E1", known_at=known_at).entries == ()


def test_between_two_records_the_first_alone_is_known(tmp_path: Path) -> None:
    with told("infusion_date_corrected", tmp_path) as opened:
        records = opened.history("E9").records
        for before, after in pairwise(records):
            known = opened.effective("E9", known_at=before.seal.position).known
            assert [each.key for each in known][-1] == before.key
            assert after.key not in {each.key for each in known}
            at = before.seal.recorded_at
            by_time = {each.key for each in opened.effective("E9", known_at=at).known}
            same_moment = {r.key for r in records if r.seal.recorded_at <= at}
            assert by_time == same_moment


def test_a_position_beyond_the_end_is_one_clear_error(tmp_path: Path) -> None:
    with ledger(tmp_path) as opened:
        opened.record(*lines_of("page_patient_2l"))
        head = opened.history("E1").records[-1].seal.position
        assert opened.claims("E1", known_at=head) == opened.claims("E1")
        for beyond in (head + 1, 10**12, -1):
            with pytest.raises(BadInput, match=f"this ledger has the positions 0 .* to {head}"):
                opened.claims("E1", known_at=beyond)


def test_an_instant_is_the_same_whatever_its_offset(tmp_path: Path) -> None:
    with told("infusion_date_corrected", tmp_path) as opened:
        infused = the_record(opened, "E9", "E9-QA-1").seal.sequence
        assert infused
        day = datetime.fromisoformat
        same = ("2026-06-03T10:50:00-05:00", "2026-06-03T15:50:00+00:00")
        stages = {opened.effective("E9", as_of=day(text)).stage for text in same}
        assert stages == {Stage.INFUSED}
        before = opened.effective("E9", as_of=day("2026-06-03T10:49:59-05:00")).stage
        assert before is Stage.CONDITIONING
        with pytest.raises(BadInput, match="without an offset"):
            opened.effective("E9", as_of=datetime(2026, 6, 3, 10, 50))


def test_a_day_is_no_moment_of_the_ledger(tmp_path: Path) -> None:
    with told("infusion_date_corrected", tmp_path) as opened, pytest.raises(BadInput):
        opened.claims("E9", known_at=date(2026, 6, 3))  # type: ignore[arg-type]


def test_findings_of_a_day_are_those_that_were_known(tmp_path: Path) -> None:
    with told("a_year_of_surveillance", tmp_path) as opened:
        denied = next(
            each
            for each in opened.history("E11").records
            if getattr(each.fact, "kind", "") == "denied"
        )
        then = opened.findings("E11", on=AS_OF, known_at=denied.seal.position - 1)
        now = opened.findings("E11", on=AS_OF, known_at=denied.seal.position)
    rests = {key for each in now for key in each.records}
    assert denied.key in rests
    assert denied.key not in {key for each in then for key in each.records}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--known-at", "5", "--known-at", "3"], "the first --known-at is later than the second"),
        (["--as-of", "2026-05-02", "--as-of", "2026-05-01"], "the first --as-of is later"),
        ([], "compare two moments"),
        (["--as-of", "2026-05-02"], "compare two moments"),
        (["--known-at", "1", "--known-at", "2", "--known-at", "3"], "compare two moments"),
        (
            ["--known-at=1", "--known-at=2", "--as-of=2026-05-01", "--as-of=2026-05-02"],
            "compare two moments",
        ),
        (["--known-at", "999"], "this ledger has the positions 0 (empty) to"),
        (["--known-at", "yesterday"], "is no moment of the ledger"),
    ],
)
def test_a_diff_that_cannot_be_made_says_what_would_be_right(
    cli: Cli, tmp_path: Path, asked: list[str], said: str
) -> None:
    file = tmp_path / "lines.ndjson"
    file.write_bytes(b"\n".join(lines_of("page_patient_2l")))
    cli("record", str(file))
    told_so = cli("diff", "E1", *asked)
    assert (told_so.code, told_so.out) == (2, "")
    assert said in " ".join(told_so.err.split())


def test_a_diff_tells_who_said_what_how_late_and_what_it_did(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "lines.ndjson"
    lines = lines_of("page_patient_2l")
    file.write_bytes(b"\n".join(lines[:30]))
    cli("record", str(file))
    file.write_bytes(b"\n".join(lines))
    cli("record", str(file))
    told_so = cli("diff", "E1", "--known-at", "30", "--as-of", "2026-11-02")
    assert told_so.code == 1
    for words in ("learned in between:", "late: ", "stage  ", "claims", "money", "schedule"):
        assert words in told_so.out, words
    answer = cli("diff", "E1", "--known-at", "30", "--as-of", "2026-11-02", "--json").answer
    assert [each["sequence"] for each in answer["learned"]]
    assert {"source", "actor", "recorded_at", "days_late"} <= answer["learned"][0].keys()
    assert answer["money"]["after"]["charges"] > 0
    later = "2099-01-01T00:00:00Z"
    nothing = cli("diff", "E1", "--known-at", later, "--as-of", "2026-11-02")
    assert (nothing.code, "Nothing: no record came" in nothing.out) == (0, True)


def test_what_happened_between_two_days_is_what_the_calendar_says(tmp_path: Path) -> None:
    with told("infusion_date_corrected", tmp_path) as opened:
        told_so = opened.diff("E9", as_of=(date(2026, 5, 31), date(2026, 6, 4)))
        days = {each.day for each in told_so.happened}
        types = {each.type for each in told_so.happened}
    assert told_so.learned == ()
    assert days <= {date(2026, 6, n) for n in range(1, 5)}
    assert {"cells.infused", "infusion.cancelled", "product.thawed"} <= types
    assert (told_so.stage_before, told_so.stage) == (Stage.CONDITIONING, Stage.INFUSED)


def test_a_record_of_the_next_morning_is_not_late_and_one_of_the_next_week_is(
    tmp_path: Path,
) -> None:
    of_it = script("infusion_date_corrected")
    assert of_it.DECISIONS
    lines = content("infusion_date_corrected").splitlines()
    with ledger(tmp_path, clock=lambda: datetime(2026, 9, 3, 12, tzinfo=UTC)) as opened:
        opened.record(*lines)
        late = {each.type: each.days_late for each in opened.diff("E9").learned}
        assert late == {}
        everything = opened.diff("E9", known_at=(0, None)).learned
    by_day = {each.day: each.days_late for each in everything}
    assert by_day[date(2026, 9, 2)] == 0
    assert by_day[date(2026, 6, 16)] == 79
