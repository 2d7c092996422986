"""An infusion keyed for the day it was planned: the dates move, the old ones stay on record."""

from __future__ import annotations

from pathlib import Path

from tests.examples.stories import (
    AS_OF,
    billed,
    claim,
    just_after,
    present,
    the_record,
    told,
    visits,
)
from veinledger.adapters.ledger import Ledger

EXAMPLE = "infusion_date_corrected"
KEYED, LOOKED_AT, CORRECTED = "E9-031", "E9-035", "E9-QA-1"
DUE = ("baseline", "month 1", "month 3", "month 6", "month 12")
BEFORE = ("2026-06-01", "2026-07-01", "2026-09-01", "2026-12-01", "2027-06-01")
AFTER = ("2026-06-03", "2026-07-03", "2026-09-03", "2026-12-03", "2027-06-03")


def due(opened: Ledger, known_at: int | None = None) -> dict[str, str]:
    owed = opened.schedule("E9", as_of=AS_OF, known_at=known_at)
    return {name: day for name, (day, _) in visits(owed).items()}


def test_the_whole_calendar_moves_by_two_days(tmp_path: Path) -> None:
    with told(EXAMPLE, tmp_path) as opened:
        assert due(opened, just_after(opened, "E9", LOOKED_AT)) == dict(
            zip(DUE, BEFORE, strict=True)
        )
        assert due(opened) == dict(zip(DUE, AFTER, strict=True))
        statuses = [status for _, status in visits(opened.schedule("E9", as_of=AS_OF)).values()]
    assert statuses == ["met", "met", "met", "upcoming", "upcoming"]


def test_the_calendar_keeps_the_old_dates_and_the_reason(tmp_path: Path) -> None:
    with told(EXAMPLE, tmp_path) as opened:
        owed = opened.schedule("E9", as_of=AS_OF)
        earlier = [each for obligation in owed.of("neurology") for each in obligation.was_due]
        correction = the_record(opened, "E9", CORRECTED).key
    assert tuple(str(each.due) for each in earlier) == BEFORE
    assert {str(each.until.date()) for each in earlier} == {"2026-06-24"}
    assert {each.correction for each in earlier} == {correction}
    assert all("date was corrected on 2026-06-24" in each.reason for each in earlier)


def test_an_obligation_keeps_its_name_when_its_date_moves(tmp_path: Path) -> None:
    with told(EXAMPLE, tmp_path) as opened:
        before = opened.schedule("E9", known_at=just_after(opened, "E9", LOOKED_AT))
        after = opened.schedule("E9")
    names = [[each.key for each in owed.of("neurology")] for owed in (before, after)]
    assert names[0] == names[1]
    assert len(names[0]) == 5


def test_the_dates_of_claim_c_move_and_nothing_else_does(tmp_path: Path) -> None:
    """R13: the dose on day 0; R29: the procedure has its own day; the stay is as it was."""
    with told(EXAMPLE, tmp_path) as opened:
        before = claim(opened.claims("E9", known_at=just_after(opened, "E9", LOOKED_AT)), "C1")
        after = claim(opened.claims("E9"), "C1")
    room = ("2026-06-15", "0117", "", 16)
    assert billed(before) == [("2026-06-01", "0891", "Q2056", 1), room]
    assert billed(after) == [("2026-06-03", "0891", "Q2056", 1), room]
    procedures = [
        [(code.code, str(code.day)) for code in each.codes if code.role == "procedure"]
        for each in (before, after)
    ]
    assert procedures == [[("XW033A7", "2026-06-01")], [("XW033A7", "2026-06-03")]]
    coded = {"C90.02": "Y", "T80.82XA": "N", "D89.831": "N", "Z92.21": None}
    assert present(before) == present(after) == coded
    assert (before.first_day, before.last_day) == (after.first_day, after.last_day)
    assert (before.draft, before.total) == (after.draft, after.total)
    assert (before.state, after.state) == ("ready", "sent")


def test_what_was_known_when_the_claims_were_looked_at_can_be_asked_for_ever(
    tmp_path: Path,
) -> None:
    with told(EXAMPLE, tmp_path) as opened:
        known_at = just_after(opened, "E9", LOOKED_AT)
        first = claim(opened.claims("E9", known_at=known_at), "C1").lines[0]
        keyed = the_record(opened, "E9", KEYED)
        last = claim(opened.claims("E9"), "C1").lines[0]
    assert str(first.day) == "2026-06-01"
    assert keyed.key in first.basis.records
    assert keyed.key not in last.basis.records


def test_the_audit_states_both_dates_who_corrected_and_why(tmp_path: Path) -> None:
    with told(EXAMPLE, tmp_path) as opened:
        entries = opened.audit("E9").entries
    keyed = next(each for each in entries if each.source.message == KEYED)
    corrected = next(each for each in entries if each.type == "records.corrected")
    stands = next(each for each in entries if each.in_place_of is not None)
    assert (str(keyed.day), keyed.standing.status) == ("2026-06-01", "superseded")
    assert (str(stands.day), stands.standing.status) == ("2026-06-03", "in effect")
    (deed,) = keyed.decided
    assert (deed.kind, deed.actor.id, deed.actor.role) == (
        "replaced",
        "quality-2",
        "quality manager",
    )
    assert corrected.reason == (
        "charted on the planned day; the thaw record and the nurse's notes say 3 June"
    )
    assert str(corrected.recorded_at.date()) == "2026-06-24"


def test_an_infusion_put_off_and_then_given_is_not_among_what_is_never_billed(
    tmp_path: Path,
) -> None:
    with told(EXAMPLE, tmp_path) as opened:
        assert opened.claims("E9").unbilled == {}


def test_claim_c_went_out_and_a_replacement_is_proposed(tmp_path: Path) -> None:
    with told(EXAMPLE, tmp_path) as opened:
        correction = the_record(opened, "E9", CORRECTED)
        meanwhile = opened.claims("E9", known_at=correction.seal.position - 1)
        keys = {claim(each, "C1").key for each in (meanwhile, opened.claims("E9"))}
        (proposed,) = opened.claims("E9").proposals
    assert meanwhile.proposals == ()
    assert len(keys) == 1
    assert (proposed.label, proposed.frequency) == ("C1", "7")
    assert proposed.payer_control_number == "ICN-9-01"
    (line,) = proposed.lines
    assert [(each.name, each.before, each.after) for each in line.differences] == [
        ("date", "2026-06-01", "2026-06-03")
    ]
    assert {line.changed, *(code.changed for code in proposed.codes)} == {"changed"}
    assert correction.key in proposed.records
    assert proposed.change_reason is not None
    assert proposed.change_reason.code == "D0"
