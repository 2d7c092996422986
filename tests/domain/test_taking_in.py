"""What intake keeps of a message and answers to it, over a ledger of plain lists."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from tests.adapters.test_corrections import change, grade, infused, to_the_bedside, void
from tests.adapters.test_ledger import Line, collection, opening, say
from tests.domain import given_intake
from tests.naive.program import CENTRE, NAMING, Knows
from veinledger.adapters.codec.arrivals import Border
from veinledger.domain.intake.decide import take_in
from veinledger.domain.intake.entries import (
    Entry,
    KeptClaim,
    KeptFollowing,
    KeptNameless,
    KeptRefusal,
    KeptReport,
    Known,
)
from veinledger.domain.intake.outcome import Outcome
from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.reports import Record
from veinledger.domain.standing.found.two_records import PUT_OUT
from veinledger.domain.standing.history import Effective, History, effective


class AsHeld(Knows):
    """It answers from what it holds, whatever history it is handed: that is all it is asked for."""

    def effective(self, history: History) -> Effective:
        return effective(self.intake.history_of("encounter", history.encounter))


def after(*lines: Line) -> Known:
    """A ledger that has taken these in, each by itself."""
    return AsHeld(given_intake.after(*lines))


def taken(
    known: Known, *lines: Line, strict: bool = False
) -> tuple[Sequence[Outcome], Sequence[Entry]]:
    border = Border(NAMING, CENTRE)
    arrivals = tuple(border.arrival(json.dumps(line).encode()) for line in lines)
    if strict:
        return take_in(known, NAMING, arrivals, strict=True)
    return take_in(known, NAMING, arrivals)


def answers(outcomes: Sequence[Outcome]) -> list[str]:
    return [each.answer for each in outcomes]


def record_of(known: Known, kind: str, encounter: str = "E1") -> Record:
    records = known.history("encounter", encounter).records
    return [each for each in records if each.fact.type == kind][-1]


def correction(*changes: dict[str, Any], message: str = "C", **fields: Any) -> Line:
    return say("records.corrected", "2026-06-01", message, changes=list(changes), **fields)


def nobodys(line: Line) -> Line:
    return {name: value for name, value in line.items() if name != "encounter"}


def claimed(entries: Sequence[Entry]) -> list[tuple[str, str, str]]:
    claims = [each.claim for each in entries if isinstance(each, KeptClaim)]
    return [(each.deed, each.chain_of_identity, each.record) for each in claims]


# ---- A message that says something twice --------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "kind", "said"),
    [
        (opening(), KeptReport, ["recorded", "duplicate"]),
        (nobodys(grade("2026-04-20")), KeptNameless, ["parked", "duplicate"]),
        (opening() | {"product": 7}, KeptRefusal, ["refused", "refused"]),
    ],
    ids=["a report", "a report that names nobody", "no report"],
)
def test_what_a_message_holds_twice_is_kept_once(
    line: Line, kind: type[Entry], said: list[str]
) -> None:
    outcomes, entries = taken(after(), line, line)
    assert answers(outcomes) == said
    assert list(map(type, entries)) == [kind]
    assert len({each.record for each in outcomes}) == 1


def test_what_was_refused_before_is_refused_again_under_its_key_and_not_kept_again() -> None:
    bad = opening() | {"product": 7}
    (first,), _ = taken(after(), bad)
    (again,), entries = taken(after(bad), bad)
    assert (again.answer, again.record, entries) == ("refused", first.record, ())
    assert again.record


def test_an_item_is_judged_by_what_its_message_said_before_it() -> None:
    outcomes, _ = taken(after(opening()), collection("2026-03-02", "M1"))
    assert [(each.answer, each.stage) for each in outcomes] == [("recorded", Stage.COLLECTED)]
    outcomes, _ = taken(after(), opening(), collection("2026-03-02", "M1"))
    assert [(each.answer, each.stage) for each in outcomes] == [("recorded", Stage.COLLECTED)] * 2


# ---- Not legal now ------------------------------------------------------------------------------


def test_what_is_not_legal_is_kept_unless_the_caller_asks_strictly() -> None:
    (told,), entries = taken(after(opening()), infused("2026-04-12"))
    assert told.answer == "parked"
    assert any(isinstance(each, KeptReport) for each in entries)
    (asked,), none = taken(after(opening()), infused("2026-04-12"), strict=True)
    assert (asked.answer, asked.record, none) == ("refused", None, ())
    assert asked.refusal is not None
    assert told.standing is not None
    assert asked.refusal.objections == told.standing.objections != ()
    assert asked.refusal.shortest_way[-1] == "product.received"


def test_a_strict_caller_is_told_of_no_way_where_there_is_none() -> None:
    known = after(opening(), say("encounter.withdrawn", "2026-03-02", "W"))
    (told,), _ = taken(known, collection("2026-03-03", "A"), strict=True)
    assert told.refusal is not None
    assert told.refusal.objections
    assert told.refusal.shortest_way == ()


def test_a_strict_caller_who_names_nobody_is_told_to_and_of_no_other_way() -> None:
    (told,), entries = taken(after(), nobodys(grade("2026-04-20")), strict=True)
    assert told.refusal is not None
    rules = [each.rule for each in told.refusal.objections]
    assert rules == ["a_report_names_its_encounter_or_its_centre"]
    assert (told.refusal.shortest_way, entries) == ((), ())


def test_a_strict_caller_leaves_no_refusal_behind() -> None:
    (told,), entries = taken(after(), opening() | {"product": 7}, strict=True)
    assert (told.answer, told.record, entries) == ("refused", None, ())


# ---- The same message with other bytes ----------------------------------------------------------


def test_a_report_that_is_disputed_with_the_first_of_its_message_claims_no_chain() -> None:
    known = after(opening(), collection("2026-03-02", "A"))
    (told,), entries = taken(known, collection("2026-03-02", "A", chain="COI-2"))
    assert told.answer == "parked"
    assert claimed(entries) == []


def test_a_decision_that_is_disputed_with_the_first_of_its_message_decides_nothing() -> None:
    lab, grades = say("laboratory.resulted", "2026-03-03", "L"), grade("2026-03-04")
    known = after(opening(), lab, grades)
    first = correction(void(record_of(known, "laboratory.resulted")))
    known = after(opening(), lab, grades, first)
    graded = record_of(known, "crs.graded")
    moved = change("move", graded, encounter="E1")
    (told,), entries = taken(known, correction(void(graded), reason="another"))
    assert (told.answer, [type(each) for each in entries]) == ("parked", [KeptReport])
    known = after(opening(), lab, grades, first, correction(moved, reason="another"))
    (told,), entries = taken(known, correction(void(graded), message="C2"))
    assert told.answer == "recorded", "what was disputed has put nothing in its place"


def test_an_encounter_is_not_told_that_a_disputed_report_follows_it() -> None:
    told = say("encounter.continued", "2026-03-02", "F", continues="E0")
    other = say("encounter.continued", "2026-03-02", "F", continues="E9")
    _, entries = taken(after(opening()), told)
    assert [e.earlier for e in entries if isinstance(e, KeptFollowing)] == ["E0"]
    _, entries = taken(after(opening(), told), other)
    assert [e.earlier for e in entries if isinstance(e, KeptFollowing)] == []


# ---- What a record brings with it ---------------------------------------------------------------


def test_what_was_voided_is_not_named_again_when_the_claim_on_its_chain_is_let_go() -> None:
    lines = to_the_bedside()
    known = after(*lines)
    received = record_of(known, "product.received")
    known = after(*lines, correction(void(received)))
    collected, released = (
        record_of(known, kind) for kind in ("apheresis.completed", "manufacturing.released")
    )
    (told,), entries = taken(known, correction(void(collected), void(released), message="C2"))
    assert told.answer == "recorded"
    assert claimed(entries) == [("released", "COI-1", collected.key)]


def test_an_answer_tells_of_the_findings_about_its_own_record() -> None:
    outcomes, _ = taken(
        after(), opening(), collection("2026-03-02", "A"), collection("2026-03-03", "A")
    )
    found = [[finding.rule for finding in each.findings] for each in outcomes]
    assert found == [[], [PUT_OUT], [PUT_OUT]]
