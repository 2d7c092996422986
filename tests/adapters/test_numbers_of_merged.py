"""Encounters that were merged: each record keeps its number, and a number says whose it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters import test_corrections
from tests.adapters.test_corrections import grade, infused, move, to_the_bedside, void
from tests.adapters.test_ledger import Line, collection, opening, opening_as, say
from tests.adapters.test_merging import by_the_hospital, linking
from tests.examples.stories import AS_OF, told
from tests.given_command_line import Cli, command_line
from tests.given_ledger import centre_in_utc, ledger
from veinledger.adapters.deciding import Consequences
from veinledger.adapters.ledger import Ledger
from veinledger.domain.reports import Record
from veinledger.projections.changes import Changes

DATED = ("--as-of", AS_OF.isoformat())


def by_the_site(*lines: Line) -> list[Line]:
    """The same lines by a connection of the examples' site."""
    return [by_the_hospital(line, str(line["source"]["message"])) for line in lines]


def recorded(kept: Ledger, *lines: Line) -> None:
    answers = [outcome.answer for outcome in kept.record(*by_the_site(*lines))]
    assert answers == ["recorded"] * len(lines)


def corrected(kept: Ledger, encounter: str, *changes: Line, message: str) -> None:
    line = say("records.corrected", "2026-07-22", message, encounter, changes=list(changes))
    recorded(kept, {**line, "reason": "seen"})


# ---- Why a claim is voided --------------------------------------------------------------------


def weighed(number: int) -> Line:
    return say("patient.measured", "2026-06-09", f"W{number}", "E66", weight=72)


def test_a_move_of_its_namesake_makes_the_void_of_a_claim_no_matter_of_identity(
    tmp_path: Path,
) -> None:
    with told("infusion_voided", tmp_path) as kept:
        infusion = next(r for r in kept.history("E13").records if r.fact.type == "cells.infused")
        before = reasons(kept)
        recorded(kept, opening_as("E66", indication="second_line"), opening_as("E67"))
        recorded(kept, *(weighed(number) for number in range(infusion.seal.sequence)))
        namesake = kept.history("E66").records[infusion.seal.sequence - 1]
        assert namesake.seal.sequence == infusion.seal.sequence
        corrected(kept, "E66", move(namesake, "E67"), message="MV")
        recorded(kept, linking("E66", "E13"))
        assert reasons(kept) == before == {"C1": "D6"}


def reasons(kept: Ledger) -> dict[str, str | None]:
    return {
        each.label: each.change_reason.code if each.change_reason else None
        for each in kept.claims("E13", as_of=AS_OF).proposals
    }


# ---- On the command line ----------------------------------------------------------------------


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    """E1 came to the bedside; E2, with the infusion as its record 2, was merged into it."""
    call = command_line(tmp_path, monkeypatch, capfd)
    lines = [opening("E2"), infused("2026-04-12", "E2"), *to_the_bedside(), linking()]
    tell(call, *lines)
    return call


def tell(call: Cli, *lines: Line) -> None:
    told = b"\n".join(json.dumps(line).encode() for line in by_the_site(*lines))
    assert call("record", "-", stdin=told).code in (0, 1)


def test_a_bare_number_is_explained_as_the_record_of_the_encounter_that_is_asked(cli: Cli) -> None:
    said = cli("explain", "E1", "--record", "2", *DATED)
    assert said.out.startswith("record 2: apheresis.completed on 2026-03-02")
    said = cli("explain", "E2", "--record", "2", *DATED)
    assert said.out.startswith("record 2: cells.infused on 2026-04-12")


@pytest.mark.parametrize("named", ["E2 2", "2 of E2"])
def test_a_record_of_a_merged_encounter_is_explained_by_its_name_and_number(
    cli: Cli, named: str
) -> None:
    said = cli("explain", "E1", "--record", named, *DATED)
    assert said.out.startswith("record 2 of E2: cells.infused on 2026-04-12")
    assert "what rests on it" in said.flat


@pytest.mark.parametrize(
    ("named", "code", "words"),
    [
        ("99", 4, "the encounter has no record 99; they are numbered up to 5, as `veinledger"),
        ("99", 4, "those of E2 are named with it, as E2 1"),
        ("E2 99", 4, "E2 has no record 99; they are numbered up to 3"),
        ("E7 2", 4, "this history holds no record of E7, but those of E1 and E2"),
        ("two", 2, "--record 'two' is no record: give its number in `veinledger history`"),
    ],
)
def test_a_number_that_no_record_has_is_answered_with_those_that_there_are(
    cli: Cli, named: str, code: int, words: str
) -> None:
    said = cli("explain", "E1", "--record", named, *DATED)
    assert said.code == code
    assert words in " ".join(said.err.split())


def test_what_a_claim_rests_on_is_explained_with_whose_record_it_is(cli: Cli) -> None:
    assert "record 2 of E2: cells.infused" in cli("explain", "E1", "C1", *DATED).flat


WHO = ("--by", "q-2", "--role", "quality", "--reason", "seen")


def test_a_bare_number_is_corrected_as_the_record_of_the_encounter_that_is_named(cli: Cli) -> None:
    assert cli("correct", "E2", "--void", "2", *WHO).code == 0
    assert voided(cli) == [("E2", 2)]
    said = cli("correct", "E1", "--void", "4", *WHO)
    assert (said.code, said.err) == (0, "")
    assert voided(cli) == [("E2", 2), ("E1", 4)]


def voided(call: Cli) -> list[tuple[str, int]]:
    """What a correction took out of the survivor's history, each with its encounter."""
    return [
        (each["record"]["name"], each["record"]["seal"]["sequence"])
        for each in call("history", "E1", "--json").answer["not_in_effect"]
        if each["type"] in ("cells.infused", "product.received")
    ]


def test_a_record_of_a_merged_encounter_is_corrected_where_it_was_told(cli: Cli) -> None:
    (key,) = (
        each["record"]["key"]
        for each in cli("history", "E2", "--json").answer["not_in_effect"]
        if each["type"] == "cells.infused"
    )
    for named in ("E2 2", "2 of E2", key, key[:12]):
        said = cli("correct", "E1", "--void", named, *WHO)
        assert said.code == 2
        assert "record 2 of E2 is corrected where it was told: `veinledger correct E2`, by its" in (
            " ".join(said.err.split())
        )
    assert cli("correct", "E1", "--void", "E1 4", *WHO, "--dry-run").code == 3


def test_the_whole_chart_of_a_survivor_is_its_own_and_not_that_of_the_merged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    call = command_line(tmp_path, monkeypatch, capfd)
    tell(call, *to_the_bedside("E2", "COI-2"), opening(), weighed_as("E1"), linking())
    said = call("correct", "E1", "--whole-chart", "void", *WHO)
    assert said.code == 0, said.err + said.out
    assert "stage received, as before" in said.flat
    seen = call("history", "E1", "--json").answer
    counts = [(each["record"]["name"], each["type"]) for each in seen["in_effect"]]
    assert ("E2", "product.received") in counts
    assert [kind for name, kind in counts if name == "E1"] == [
        "encounter.linked", "records.corrected",
    ]  # fmt: skip


def weighed_as(encounter: str) -> Line:
    return say("patient.measured", "2026-03-03", f"W-{encounter}", encounter, weight=72)


def test_the_whole_chart_of_an_encounter_that_was_merged_away_is_refused_with_what_to_do(
    cli: Cli,
) -> None:
    tell(cli, opening("E7"))
    for whereto in ("E7", "void"):
        said = cli("correct", "E2", "--whole-chart", whereto, *WHO)
        assert said.code == 2
        assert "E2 was merged into E1, where all of it counts: void the link first" in said.err
        assert "`veinledger correct E2 --void 3`" in " ".join(said.err.split())
    assert cli("correct", "E2", "--void", "3", *WHO).code == 0
    assert cli("correct", "E2", "--whole-chart", "void", *WHO, "--dry-run").code == 0


# ---- What changed, and who says so ------------------------------------------------------------


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Ledger]:
    """E1 has a grade that waits for its infusion, which is record 2 of E2."""
    with ledger(tmp_path, centre=centre_in_utc("adt")) as opened:
        opened.record(opening("E2"), infused("2026-04-12", "E2"))
        opened.record(*to_the_bedside(), grade("2026-04-20"))
        yield opened


def head(kept: Ledger) -> int:
    return kept.rows()[-1].position


def test_what_a_merge_changed_names_the_records_of_the_other_with_their_encounter(
    kept: Ledger,
) -> None:
    before = head(kept)
    kept.record(linking())
    told = kept.diff("E1", known_at=(before, None))
    graded = next(each for each in told.records if each.type == "crs.graded")
    assert graded.because == "what it waited for is in effect: record 2 of E2 (cells.infused)"
    assert {(each.encounter, each.type) for each in told.learned} >= {("E2", "cells.infused")}


def test_what_a_person_did_before_a_merge_is_the_cause_and_not_what_the_merge_brought(
    kept: Ledger,
) -> None:
    kept.record(opening("E6"), collection("2026-03-02", "A-E6", "E6", "COI-6"))
    kept.record(infused("2026-04-12", "E6", "COI-6"), grade("2026-04-02", "E6"))
    kept.record(opening("E66"), say("acute_monitoring.ended", "2026-06-01", "M-E66", "E66"))
    infusion = test_corrections.record_of(kept, "cells.infused", "E6")
    before = head(kept)
    steps = [{"type": "manufacturing.released", "day": "2026-03-28"}]
    steps.append({"type": "product.received", "day": "2026-04-01"})
    confirmed = {"target": infusion.key, "attested": steps, "reason": "seen in the log book"}
    kept.record(say("report.confirmed", "2026-06-02", "C-E6", "E6", **confirmed))
    kept.record(linking("E66", "E6"))
    told = kept.diff("E6", known_at=(before, None))
    graded = next(each for each in told.records if each.type == "crs.graded")
    (turn,) = [
        each
        for entry in kept.audit("E6").entries
        if entry.record == graded.record
        for each in entry.turns
        if each.standing.status == "disputed"
    ]
    assert graded.because == "since record 5 (report.confirmed)"
    assert graded.by == turn.by == (test_corrections.record_of(kept, "report.confirmed", "E6").key,)


def test_a_merge_foreseen_is_the_cause_that_it_is_once_it_is_made(kept: Ledger) -> None:
    kept.record(grade("2026-04-05", message="before the infusion that E2 tells of"))
    foreseen = changes_of("E1", kept.foresee(linking()))
    (outcome,) = kept.record(linking())
    made = changes_of("E1", kept.consequences(outcome))
    for (found,) in (foreseen, made):
        (why,) = {each.because for each in found.records if str(each.after).startswith("disputed")}
        assert why == "since record 7 (encounter.linked) and record 3 of E2 (encounter.linked)"


def test_a_correction_in_the_merged_encounter_is_blamed_with_its_encounter(kept: Ledger) -> None:
    kept.record(linking())
    before = head(kept)
    graded = test_corrections.record_of(kept, "crs.graded")
    infusion = test_corrections.record_of(kept, "cells.infused", "E2")
    assert test_corrections.correct(kept, void(graded)).answer == "recorded"
    assert (
        test_corrections.correct(kept, void(infusion), encounter="E2", message="C2").answer
        == "recorded"
    )
    told = {each.type: each for each in kept.diff("E1", known_at=(before, None)).records}
    assert told["crs.graded"].because == "voided by record 7"
    assert told["cells.infused"].because == "voided by record 4 of E2"
    against = kept.effective("E1").standings[infusion.key].objections
    assert [each.reason for each in against] == ["record 4 of E2 voided it"]


def test_the_tables_of_a_survivor_say_whose_each_record_is(cli: Cli) -> None:
    since = str(cli("history", "E2", "--json").answer["in_effect"][0]["record"]["seal"]["position"])
    assert cli("correct", "E2", "--void", "2", *WHO).code == 0
    said = cli("diff", "E1", "--known-at", since, *DATED).flat
    assert "E2 2 cells.infused in effect → superseded voided by record 4 of E2" in said
    trail = cli("audit", "E1").flat
    assert "voided record 2 of E2" in trail
    assert "voided by record 4 of E2 (q-2, quality)" in trail


def test_what_leaves_with_a_merge_undone_is_told_with_the_record_that_undid_it(
    kept: Ledger,
) -> None:
    kept.record(linking())
    before = head(kept)
    link = test_corrections.record_of(kept, "encounter.linked", "E2")
    foreseen = kept.foresee(undoing(link))
    outcome = test_corrections.correct(kept, void(link), encounter="E2", message="U")
    act = test_corrections.record_of(kept, "records.corrected", "E2")
    consequences = kept.consequences(outcome)
    since = kept.diff("E1", known_at=(before, None))
    for found in (*changes_of("E1", foreseen, consequences), since):
        left = {each.type: each for each in found.records if each.after is None}
        assert {(each.encounter, each.type) for each in left.values()} == {
            ("E2", "encounter.opened"), ("E2", "cells.infused"), ("E2", "encounter.linked"),
        }  # fmt: skip
        why = "record 4 of E2 voided the link by which it counted here"
        assert {(each.because, each.by) for each in left.values()} == {(why, (act.key,))}
        merge = next(each for each in found.records if each.after and each.type.endswith(".linked"))
        assert (merge.encounter, merge.because) == ("E1", why)
        assert not found.nothing


def undoing(link: Record) -> Line:
    return say("records.corrected", "2026-06-01", "U", "E2", changes=[void(link)])


def changes_of(encounter: str, *answers: Consequences) -> list[Changes]:
    return [each for one in answers for each in one.changes if each.encounter == encounter]


def test_a_claim_that_loses_what_a_merge_brought_names_the_records_that_left(cli: Cli) -> None:
    since = cli("history", "E2", "--json").answer["in_effect"][0]["record"]["seal"]["position"]
    assert cli("correct", "E2", "--void", "3", *WHO).code == 0
    said = cli("diff", "E1", "--known-at", str(since), *DATED)
    assert said.code == 1
    assert "E2 2 cells.infused in effect → no longer here record 4 of E2 voided the link" in (
        said.flat
    )
    (claim,) = (line for line in said.out.splitlines() if "C1  " in line and "goes" in line)
    assert "(record 2 of E2)" in claim


def test_where_an_encounter_is_itself_merged_what_it_had_taken_in_leaves_it(kept: Ledger) -> None:
    kept.record(opening("E3"), linking())
    before = head(kept)
    kept.record(linking("E1", "E3"))
    told = kept.diff("E1", known_at=(before, None))
    left = [each for each in told.records if each.after is None]
    assert {each.encounter for each in left} == {"E2"}
    assert {each.because for each in left} == {"record 7 merged this encounter into E3"}
