"""Two time axes on every question about one encounter, and what is answered at their edges."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest
import typer.main

from tests.adapters.test_cli import Cli, Said, cli
from tests.examples.stories import AS_OF, content, script, the_record, told
from tests.given_ledger import ledger, lines_of
from veinledger.adapters.cli.main import app
from veinledger.adapters.errors import BadInput
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.telling import canonical, change_of, fact_of, record_of
from veinledger.domain.codebook.statement import Edition
from veinledger.domain.gates.gate import INTENTS
from veinledger.domain.intake.outcome import Outcome
from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.standing.history import KnownAt

Pair = tuple[KnownAt, KnownAt]

__all__ = ["cli"]

DECISIONS: Final = {"assign", "confirm", "correct", "discard", "settle"}
"""They change what is known, and are asked at no other moment than now."""
PROOFS: Final = {"bundle", "replay"}
"""They show the ledger as it stands, up to its last row."""
ON: Final = {"check"}
"""Its day is the day of the step, --on."""
NO_DAY: Final = {"parked", "reads", "refused"}
"""A day never changes what a record waits for, a reading happens when it is noted, and what was
refused counts for nothing on any day.
"""
IN_NO_EDITION: Final = {"stage", "history", "parked", "reads", "refused"}
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


def everything(opened: Ledger, known_at: int) -> Mapping[str, object]:
    """The answer to every question that is asked of what was known at a moment."""
    at: dict[str, Any] = {"known_at": known_at}
    asked: dict[str, Any] = {
        name: getattr(opened, name)("E1", as_of=AS_OF, **at)
        for name in ("claims", "estimate", "schedule", "support", "audit", "authorization")
    }
    asked |= {
        name: getattr(opened, name)("E1", as_of=AS_OF, **at)
        for name in ("appeals", "letters", "settlements")
    }
    asked |= {intent: opened.check("E1", intent, on=AS_OF, **at) for intent in INTENTS}
    return asked | {
        "findings": opened.findings("E1", on=AS_OF, **at),
        "due": opened.due(AS_OF, **at),
        "diff": opened.diff("E1", known_at=(0, known_at), as_of=(AS_OF, AS_OF)),
    }


def at_another_centre(opened: Ledger, *, void: bool = False) -> Outcome:
    """A person corrects the opening to another centre, or takes it out with all that followed."""
    opening = record_of(opened, "E1", "E1-001")
    told_so = {
        "type": opening.fact.type,
        "occurred_at": opening.occurred.text,
        "fact": canonical(fact_of(opened, opening) | {"centre": "hillside"}),
    }
    every = [change_of("void", each) for each in opened.history("E1").records]
    other = [change_of("replace", opening, replacement=told_so)]
    return opened.record(
        {
            "encounter": "E1",
            "type": "records.corrected",
            "occurred_at": "2026-11-02",
            "source": {"connection": "coordinator", "message": "another centre"},
            "actor": {"id": "him-3", "role": "data integrity analyst"},
            "reason": "opened under the wrong centre",
            "changes": every if void else other,
        }
    )[0]


CERTIFIED: Final = "a_certified_centre_gives_the_cells"


@pytest.mark.parametrize("void", [False, True])
@pytest.mark.parametrize("edition", ["page", "public"])
def test_the_centre_of_a_moment_is_the_one_that_was_known_then(
    tmp_path: Path, edition: Edition, void: bool
) -> None:
    """The control: now the opening names another, of which nothing says that it is certified."""
    with ledger(tmp_path, edition=edition) as opened:
        opened.record(*lines_of("page_patient_2l"))
        head = opened.rows()[-1].position
        before = everything(opened, head)
        assert at_another_centre(opened, void=void).answer == "recorded"
        assert opened.check("E1", "infuse", on=AS_OF) != before["infuse"]
        for name, answer in everything(opened, head).items():
            assert answer == before[name], name


def test_each_of_two_moments_has_the_centre_that_was_known_at_it(tmp_path: Path) -> None:
    with ledger(tmp_path, edition="page") as opened:
        opened.record(*lines_of("page_patient_2l"))
        head = opened.rows()[-1].position
        at_another_centre(opened)
        changed = opened.diff("E1", known_at=(head, None))
    assert CERTIFIED in {each.rule for each in changed.findings_came}
    assert [each.label for each in changed.claims if each.state == "held"] == ["C1"]


def test_what_a_correction_of_the_centre_would_change_is_what_it_changes(tmp_path: Path) -> None:
    with ledger(tmp_path, edition="page") as opened:
        opened.record(*lines_of("page_patient_2l"))
        (changed,) = opened.consequences(at_another_centre(opened)).changes
    assert CERTIFIED in {each.rule for each in changed.findings_came}


def test_a_finding_that_was_settled_at_the_centre_of_then_was_found(tmp_path: Path) -> None:
    """Nobody certified the first centre, somebody settled that, and the opening was corrected."""
    lines = [line.replace(b'{"centre": "lakeside"', b'{"centre": "hillside"')
             for line in lines_of("page_patient_2l")]  # fmt: skip
    with ledger(tmp_path, edition="page") as opened:
        opened.record(*lines)
        found = next(f for f in opened.claims("E1").findings if f.rule == CERTIFIED)
        settled: dict[str, object] = {
            "encounter": "E1",
            "type": "finding.settled",
            "occurred_at": "2026-11-01",
            "source": {"connection": "coordinator", "message": "settled"},
            "actor": {"id": "him-3", "role": "data integrity analyst"},
            "finding": found.key,
            "decision": "accepted",
            "credential": "CCS",
            "reason": "the paper is on its way",
        }
        assert opened.record(settled)[0].answer == "recorded"
        assert [each.state for each in opened.settlements("E1")] == ["settles"]
        at_another_centre(opened)
        (told_so,) = opened.settlements("E1")
        (entry,) = (each for each in opened.audit("E1").entries if each.settlement is not None)
    assert told_so.state != "never found"
    assert entry.settlement == told_so


def compared(cli: Cli, tmp_path: Path, asked: list[str]) -> Said:
    """What `diff` says of one of the worked examples."""
    file = tmp_path / "lines.ndjson"
    file.write_bytes(b"\n".join(lines_of("page_patient_2l")))
    cli("record", str(file))
    return cli("diff", "E1", *asked)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--known-at", "5", "--known-at", "3"], "the first known_at is later than the second"),
        (["--known-at", "5", "--known-at", "2020-01-01T00:00:00Z"], "the first known_at is later"),
        (["--known-at", "2126-01-01T00:00:00Z", "--known-at", "5"], "the first known_at is later"),
        (["--as-of", "2026-05-02", "--as-of", "2026-05-01"], "the first --as-of is later"),
        (["--as-of=2026-05-02", "--as-of=2026-05-02T09:00:00Z"], "the first --as-of is later"),
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
    told_so = compared(cli, tmp_path, asked)
    assert (told_so.code, told_so.out) == (2, "")
    assert said in " ".join(told_so.err.split())


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--as-of=2026-05-02", "--as-of=2026-05-02"], "happened from 2026-05-02 to 2026-05-02,"),
        (
            ["--as-of=2026-05-02", "--as-of=2026-05-02", "--known-at=5"],
            "what happened from 2026-05-02 to 2026-05-02, known at 5,",
        ),
        (
            ["--known-at=5", "--known-at=5", "--as-of=2026-05-02"],
            "what was learned from position 5 to position 5, as of 2026-05-02",
        ),
        (
            ["--known-at=0", "--known-at=2126-01-01T00:00:00Z", "--as-of=2026-05-02"],
            "what was learned from position 0 to 2126-01-01 00:00:00+00:00",
        ),
        (["--as-of=2026-05-02T09:00:00Z", "--as-of=2026-05-02"], "happened from 2026-05-02 09:00"),
    ],
)
def test_a_diff_names_the_two_moments_that_it_was_asked_about(
    cli: Cli, tmp_path: Path, asked: list[str], said: str
) -> None:
    assert said in " ".join(compared(cli, tmp_path, asked).out.split())


def test_a_position_and_an_instant_are_put_in_order_by_when_their_records_were_kept(
    tmp_path: Path,
) -> None:
    with told("infusion_date_corrected", tmp_path) as opened:
        kept = opened.history("E9").records[10].seal
        before, at = kept.recorded_at - timedelta(microseconds=1), kept.recorded_at
        number = kept.position
        right: tuple[Pair, ...] = ((0, before), (number, at), (before, number), (0, None))
        wrong: tuple[Pair, ...] = ((number, before), (at, number - 1), (None, 3), (None, before))
        for pair in right:
            assert opened.diff("E9", known_at=pair)
        for pair in wrong:
            with pytest.raises(BadInput, match="the first known_at is later than the second"):
                opened.diff("E9", known_at=pair)


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
