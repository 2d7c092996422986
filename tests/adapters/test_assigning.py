"""Reports that name neither encounter nor centre: kept, shown, and assigned by a named person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.test_corrections import (
    correct,
    grade,
    infused,
    move,
    record_of,
    to_the_bedside,
    void,
)
from tests.adapters.test_ledger import Line, one, opening, say
from tests.given_command_line import Cli, command_line
from tests.given_ledger import TODAY, centre_in_utc, ledger, lines_of
from veinledger.adapters.ledger import Ledger
from veinledger.domain.intake.outcome import Outcome
from veinledger.domain.intake.whose.unassigned import Unassigned
from veinledger.domain.lifecycle.stages import Stage

ASSIGNED_ONCE = ["a_report_is_assigned_once"]


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Ledger]:
    with ledger(tmp_path, centre=centre_in_utc("adt", "lab")) as opened:
        yield opened


def nobodys(line: Line, **fields: Any) -> Line:
    """The same report, which does not say whose it is."""
    return {name: value for name, value in line.items() if name != "encounter"} | fields


def assign(kept: Ledger, report: str | None, encounter: str = "E1", message: str = "W") -> Outcome:
    return one(kept.record(say("report.assigned", "2026-06-01", message, encounter, target=report)))


def discard(kept: Ledger, report: str | None, message: str = "X") -> Outcome:
    return one(kept.record(nobodys(say("report.discarded", "2026-06-01", message, target=report))))


def rules(outcome: Outcome) -> list[str]:
    return [each.rule for each in outcome.refusal.objections] if outcome.refusal else []


def waiting(kept: Ledger) -> list[Unassigned]:
    return [each for each in kept.unassigned() if each.waits]


# ---- It comes ---------------------------------------------------------------------------------


def test_a_report_that_names_nobody_waits_and_is_no_record_of_any_encounter(kept: Ledger) -> None:
    kept.record(*to_the_bedside())
    told = one(kept.record(nobodys(infused("2026-04-12"))))
    assert (told.answer, told.encounter, str(told.standing)) == (
        "parked", None, "waiting for report.assigned",
    )  # fmt: skip
    assert kept.effective("E1").stage is Stage.RECEIVED
    assert [(each.record, each.report.fact.type) for each in waiting(kept)] == [
        (told.record, "cells.infused")
    ]
    assert kept.encounters() == ("E1",)
    assert kept.refused() == ()
    assert kept.verify().consistent


def test_the_same_bytes_again_are_a_duplicate_wherever_the_report_stands(kept: Ledger) -> None:
    kept.record(*to_the_bedside())
    line = nobodys(infused("2026-04-12"))
    first, second = one(kept.record(line)), one(kept.record(line))
    assert (second.answer, second.record, second.standing) == (
        "duplicate", first.record, first.standing,
    )  # fmt: skip
    assign(kept, first.record)
    third = one(kept.record(line))
    assert (third.answer, third.encounter) == ("duplicate", "E1")
    assert third.record == record_of(kept, "cells.infused").key
    assert third.stage is Stage.INFUSED


def test_a_strict_caller_is_told_to_name_the_encounter_and_nothing_is_kept(kept: Ledger) -> None:
    before = len(kept.rows())
    told = one(kept.record(nobodys(grade("2026-04-20")), strict=True))
    assert rules(told) == ["a_report_names_its_encounter_or_its_centre"]
    assert len(kept.rows()) == before


def test_a_report_of_tomorrow_is_refused_whether_or_not_it_names_somebody(kept: Ledger) -> None:
    told = one(kept.record(nobodys(grade((TODAY + timedelta(days=3)).date().isoformat()))))
    assert rules(told) == ["a_fact_is_not_dated_more_than_a_day_ahead"]


def test_items_of_one_message_may_name_somebody_and_nobody(kept: Ledger) -> None:
    source = {"connection": "adt", "message": "M"}
    first: Line = {**opening(), "source": source | {"item": 1}}
    second = nobodys(grade("2026-04-20"), source=source | {"item": 2})
    assert [each.answer for each in kept.record(first, second)] == ["recorded", "parked"]


def refused_by_all(name: str) -> bool:
    """As the border answered before such reports were kept."""
    del name
    return False


def test_a_report_that_an_older_program_refused_waits_once_it_is_judged_again(
    kept: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr("veinledger.adapters.codec.envelope.may_name_nobody", refused_by_all)
        assert one(kept.record(nobodys(grade("2026-04-20")))).answer == "refused"
    (again,) = kept.retry()
    assert again.outcome is not None
    assert again.outcome.answer == "parked"
    (item,) = kept.refused()
    assert item.taken_since is not None
    assert item.taken_since.record == waiting(kept)[0].record
    assert kept.retry()[0].left_because == "taken since, and waits to be assigned to an encounter"


# ---- It is assigned ---------------------------------------------------------------------------


def test_an_assigned_report_counts_as_if_it_had_named_its_encounter(kept: Ledger) -> None:
    line = infused("2026-04-12") | {"actor": {"id": "rn-9", "role": "infusion nurse"}}
    kept.record(*to_the_bedside())
    report = one(kept.record(nobodys(line)))
    told = assign(kept, report.record)
    assert (told.answer, told.encounter, told.stage) == ("recorded", "E1", Stage.INFUSED)
    record = record_of(kept, "cells.infused")
    assert (record.kind, record.source.message, record.actor.id, record.day) == (
        "report", "I-E1", "rn-9", date(2026, 4, 12),
    )  # fmt: skip
    assert record.brought_in_by == told.record
    assert record.original is not None
    assert json.loads(kept.original(record.original.digest)) == nobodys(line)
    assert waiting(kept) == []
    assert kept.verify().consistent
    assert kept.replay().illegal == ()


def test_before_it_was_assigned_it_was_known_to_wait_and_not_to_be_there(tmp_path: Path) -> None:
    clock = iter(TODAY + timedelta(days=n) for n in range(99))
    centre = centre_in_utc("adt")
    with ledger(tmp_path, centre=centre, clock=lambda: next(clock)) as kept:
        kept.record(*to_the_bedside())
        report = one(kept.record(nobodys(infused("2026-04-12"))))
        before = kept.rows()[-1].position
        assign(kept, report.record)
        assert kept.effective("E1", known_at=before).stage is Stage.RECEIVED
        assert kept.effective("E1").stage is Stage.INFUSED
        assert [each.waits for each in kept.unassigned(known_at=before)] == [True]
        assert [each.waits for each in kept.unassigned()] == [False]
        assert kept.unassigned(known_at=before - 1) == ()


def test_assigned_to_the_same_encounter_again_it_is_a_duplicate(kept: Ledger) -> None:
    kept.record(*to_the_bedside())
    report = one(kept.record(nobodys(infused("2026-04-12"))))
    first, rows = assign(kept, report.record), len(kept.rows())
    again, other = assign(kept, report.record), assign(kept, report.record, message="W2")
    assert (again.answer, other.answer) == ("duplicate", "duplicate")
    assert {again.record, other.record} == {first.record}
    assert len(kept.rows()) == rows


def test_assigned_to_another_encounter_it_is_refused_until_the_first_one_is_corrected(
    kept: Ledger,
) -> None:
    kept.record(*to_the_bedside(), opening("E2"))
    report = one(kept.record(nobodys(grade("2026-04-20"))))
    assign(kept, report.record, "E2")
    assert rules(assign(kept, report.record, "E1", "W2")) == ASSIGNED_ONCE
    kept.record(infused("2026-04-12"))
    correct(kept, move(record_of(kept, "crs.graded", "E2"), "E1"), encounter="E2")
    assert [r.fact.type for r in kept.effective("E1").records][-1] == "crs.graded"
    assert "crs.graded" not in [r.fact.type for r in kept.effective("E2").records]
    assert rules(assign(kept, report.record, "E2", "W3")) == ASSIGNED_ONCE


def test_a_wrong_assignment_is_moved_even_after_it_was_voided(kept: Ledger) -> None:
    kept.record(opening(), opening("E2"))
    told = nobodys(say("laboratory.resulted", "2026-04-20", "L"))
    assign(kept, one(kept.record(told)).record, "E2")
    record = record_of(kept, "laboratory.resulted", "E2")
    correct(kept, void(record), encounter="E2")
    assert rules(assign(kept, waiting_or_not(kept), "E1", "W2")) == ASSIGNED_ONCE
    assert correct(kept, move(record, "E1"), encounter="E2", message="C2").answer == "recorded"
    assert kept.effective("E1").records[-1].fact.type == "laboratory.resulted"


def waiting_or_not(kept: Ledger) -> str:
    return kept.unassigned()[0].record


def test_the_message_that_came_again_with_a_name_stands_and_the_assigned_one_is_disputed(
    kept: Ledger,
) -> None:
    kept.record(opening())
    told = say("laboratory.resulted", "2026-04-20", "L")
    report = one(kept.record(nobodys(told)))
    assert one(kept.record(told)).answer == "recorded"
    (shown,) = waiting(kept)
    assert shown.told_since is not None
    assert (shown.told_since.encounter, shown.told_since.sequence) == ("E1", 2)
    assign(kept, report.record)
    other = record_of(kept, "laboratory.resulted")
    assert (other.kind, str(kept.effective("E1").standings[other.key])) == ("conflict", "disputed")


def test_one_message_with_two_texts_and_no_name_is_two_reports_and_the_second_is_disputed(
    kept: Ledger,
) -> None:
    kept.record(opening())
    first = one(kept.record(nobodys(say("laboratory.resulted", "2026-04-20", "L"))))
    second = one(kept.record(nobodys(say("laboratory.resulted", "2026-04-21", "L"))))
    assert [each.record for each in waiting(kept)] == [first.record, second.record]
    assign(kept, second.record)
    assign(kept, first.record, message="W2")
    seen = kept.effective("E1")
    days = {r.day: str(seen.standings[r.key]) for r in seen.known if r.brought_in_by}
    assert days == {date(2026, 4, 21): "in effect", date(2026, 4, 20): "disputed"}


@pytest.mark.parametrize(
    ("target", "encounter", "expected"),
    [
        ("0" * 64, "E1", "an_assignment_is_about_a_report_that_names_nobody"),
        ("no key", "E1", "an_assignment_is_about_a_report_that_names_nobody"),
        (None, "E9", "a_report_is_assigned_to_an_encounter_that_is_there"),
    ],
)
def test_an_assignment_that_cannot_be_is_refused_and_says_why(
    kept: Ledger, target: str | None, encounter: str, expected: str
) -> None:
    kept.record(opening())
    report = one(kept.record(nobodys(grade("2026-04-20")))).record
    refused = assign(kept, target or report, encounter)
    assert (refused.answer, rules(refused)) == ("refused", [expected])
    assert len(waiting(kept)) == 1


def test_a_disputed_text_that_is_assigned_again_is_a_duplicate_of_its_own_assignment(
    kept: Ledger,
) -> None:
    kept.record(opening())
    texts = [nobodys(say("laboratory.resulted", f"2026-04-{day}", "L")) for day in (20, 21)]
    stands, disputed = (one(kept.record(text)) for text in texts)
    assign(kept, stands.record)
    second, rows = assign(kept, disputed.record, message="W2"), len(kept.rows())
    again = assign(kept, disputed.record, message="W3")
    assert (again.answer, again.record, again.sequence) == (
        "duplicate", second.record, second.sequence,
    )  # fmt: skip
    assert len(kept.rows()) == rows


def test_the_bytes_of_a_disputed_text_are_a_duplicate_of_its_own_record(kept: Ledger) -> None:
    told = say("laboratory.resulted", "2026-04-20", "L")
    kept.record(opening(), told)
    other = nobodys(say("laboratory.resulted", "2026-04-21", "L"))
    waits = one(kept.record(other))
    assert waits.answer == "parked"
    assign(kept, waits.record)
    again = one(kept.record(other))
    disputed = record_of(kept, "laboratory.resulted")
    assert (again.answer, again.encounter, again.record, str(again.standing)) == (
        "duplicate", "E1", disputed.key, "disputed",
    )  # fmt: skip


def test_a_record_of_an_encounter_cannot_be_assigned_to_another(kept: Ledger) -> None:
    kept.record(opening(), opening("E2"))
    record = kept.history("E1").records[0].key
    expected = ["an_assignment_is_about_a_report_that_names_nobody"]
    assert rules(assign(kept, record, "E2")) == expected


def test_an_assignment_is_not_voided(kept: Ledger) -> None:
    kept.record(opening())
    assign(kept, one(kept.record(nobodys(grade("2026-04-20")))).record)
    assert rules(correct(kept, void(record_of(kept, "report.assigned")))) == [
        "a_decision_is_corrected_never_voided"
    ]


def test_assigned_it_claims_its_chain_and_another_encounter_under_it_is_disputed(
    kept: Ledger,
) -> None:
    kept.record(opening(), opening("E2"))
    told = say("product.ordered", "2026-03-02", "P", chain_of_identity="COI-1")
    assign(kept, one(kept.record(nobodys(told))).record)
    kept.record(say("product.ordered", "2026-03-03", "P2", "E2", chain_of_identity="COI-1"))
    other = record_of(kept, "product.ordered", "E2")
    assert str(kept.effective("E2").standings[other.key]) == "disputed"


def test_what_an_assignment_would_change_is_told_before_it_is_made(kept: Ledger) -> None:
    kept.record(*to_the_bedside())
    report = one(kept.record(nobodys(infused("2026-04-12"))))
    rows = len(kept.rows())
    asked = say("report.assigned", "2026-06-01", "W", target=report.record)
    (foreseen,) = kept.foresee(asked).changes
    assert (foreseen.stage_before, foreseen.stage) == (Stage.RECEIVED, Stage.INFUSED)
    assert len(kept.rows()) == rows
    made = one(kept.record(asked))
    (changed,) = kept.consequences(made).changes
    assert changed.stage is foreseen.stage
    assert [each.because for each in changed.records if each.type == "cells.infused"] == [
        f"assigned to this encounter by record {made.sequence}"
    ]


def test_the_trail_says_who_assigned_it_and_why(kept: Ledger) -> None:
    kept.record(*to_the_bedside())
    assign(kept, one(kept.record(nobodys(infused("2026-04-12")))).record)
    act, record = kept.audit("E1").entries[-2:]
    assert (act.reason, [str(each) for each in act.changes]) == (
        "the wristband says so", ["assigned by record 5"],
    )  # fmt: skip
    assert [(deed.kind, deed.actor.id) for deed in record.decided] == [("assigned", "rn-1")]


def test_an_assigned_report_is_as_old_as_when_it_came(tmp_path: Path) -> None:
    clock = iter(TODAY + timedelta(hours=n) for n in range(999))
    with ledger(tmp_path, centre=centre_in_utc("adt"), clock=lambda: next(clock)) as kept:
        kept.record(opening())
        at_once = one(kept.record(grade("2026-04-20", message="named")))
        report = one(kept.record(nobodys(grade("2026-04-20"))))
        (came,) = (each.recorded_at for each in waiting(kept))
        before = kept.rows()[-1].position
        for _ in range(240):
            next(clock)
        made = assign(kept, report.record)
        record = kept.history("E1").records[-1]
        assert (record.received_at, record.brought_in_by) == (came, made.record)
        assert record.seal.recorded_at - came >= timedelta(days=10)
        named, entry = (kept.audit("E1").entries[n] for n in (1, -1))
        assert (named.record, named.received_at) == (at_once.record, named.recorded_at)
        assert (entry.received_at, entry.recorded_at) == (came, record.seal.recorded_at)
        assert entry.waited is not None
        assert entry.waited.since == came
        told = kept.diff("E1", known_at=(before, None)).learned[-1]
        assert (told.received_at, told.recorded_at) == (came, record.seal.recorded_at)
        assert told.days_late == (came.date() - record.day).days


# ---- It is nobody's ---------------------------------------------------------------------------


def test_a_report_that_is_nobodys_is_discarded_once_and_stays_in_the_ledger(kept: Ledger) -> None:
    report = one(kept.record(nobodys(grade("2026-04-20"))))
    told, again = discard(kept, report.record), discard(kept, report.record, "X2")
    assert (told.answer, again.answer, again.record) == ("recorded", "duplicate", told.record)
    assert waiting(kept) == []
    (gone,) = kept.unassigned()
    assert gone.deed is not None
    assert (gone.deed.did, gone.deed.actor.id) == ("dismissed", "rn-1")
    came_again = one(kept.record(nobodys(grade("2026-04-20"))))
    assert (came_again.answer, str(came_again.standing)) == ("duplicate", "superseded")


def test_discarded_by_mistake_it_can_still_be_assigned(kept: Ledger) -> None:
    kept.record(opening())
    report = one(kept.record(nobodys(say("laboratory.resulted", "2026-04-20", "L"))))
    discard(kept, report.record)
    assert assign(kept, report.record).answer == "recorded"
    assert kept.effective("E1").records[-1].fact.type == "report.assigned"
    assert kept.unassigned()[0].deed is not None
    assert rules(discard(kept, report.record, "X2")) == []  # the first discard said so already


def test_once_assigned_it_is_a_record_and_no_longer_discarded_here(kept: Ledger) -> None:
    kept.record(opening())
    report = one(kept.record(nobodys(grade("2026-04-20"))))
    assign(kept, report.record)
    assert rules(discard(kept, report.record)) == ASSIGNED_ONCE
    expected = ["an_assignment_is_about_a_report_that_names_nobody"]
    assert rules(discard(kept, "f" * 64, "X2")) == expected


# ---- On the command line ----------------------------------------------------------------------


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    return command_line(tmp_path, monkeypatch, capfd)


WHO = ("--by", "coord-1", "--role", "coordinator", "--reason", "on the flowsheet")


def test_parked_puts_an_urgent_one_on_top_and_its_commands_can_be_typed(cli: Cli) -> None:
    lab = nobodys(say("laboratory.resulted", "2026-04-20", "L"))
    lines = [
        lab,
        nobodys(grade("2026-04-20")),
        opening(),
        say("product.received", "2026-04-02", "R"),
    ]
    for line in lines:
        line["source"] = {**line["source"], "connection": "epic-adt"}
    assert (
        cli("record", "-", stdin=b"\n".join(json.dumps(each).encode() for each in lines)).code == 1
    )
    first, second, _ = cli("parked", "--json").answer["parked"]
    assert (first["type"], first["urgent"], first["encounter"]) == ("crs.graded", True, None)
    shown = cli("parked").flat
    assert "reported, not confirmed: no encounter crs.graded on 2026-04-20" in shown
    assert "no encounter: 2 records waiting for report.assigned" in shown
    assert "it happened" in shown
    assert cli("parked", "E1").flat.count("no encounter") == 0
    for each, command in ((first, first["commands"][0]), (second, second["commands"][1])):
        assert f"veinledger {command['command']}" in shown
        said = cli(*command["command"].replace("ENCOUNTER", "E1").split(), *WHO)
        assert said.code == 0, (each, said)
    assert "no encounter" not in cli("parked").flat


def test_parked_counts_the_age_of_an_assigned_report_from_when_it_came(cli: Cli) -> None:
    lines = [opening(), nobodys(grade("2026-04-20"))]
    for line in lines:
        line["source"] = {**line["source"], "connection": "epic-adt"}
    cli("record", "-", stdin=b"\n".join(json.dumps(each).encode() for each in lines))
    (nameless,) = cli("parked", "--json").answer["parked"]
    assert cli("assign", nameless["record"], "--encounter", "E1", *WHO).code == 0
    (assigned,) = cli("parked", "--json").answer["parked"]
    assert (assigned["encounter"], assigned["since"]) == ("E1", nameless["since"])
    received = f"received {nameless['since'][:16].replace('T', ' ')}"
    for asked in (
        ("audit", "E1"),
        ("audit", "E1", "--csv", "-"),
        ("diff", "E1", "--known-at", "1"),
    ):
        assert received in cli(*asked).flat


def test_assign_says_what_it_cannot_find(cli: Cli) -> None:
    cli("record", "-", stdin=b"\n".join(lines_of("page_patient_2l")))
    unknown = cli("assign", "abcdef", "--encounter", "E1", *WHO)
    assert unknown.code == 4
    assert "`veinledger parked` shows those that wait to be assigned" in unknown.err
