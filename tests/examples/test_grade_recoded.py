"""A grade recoded after claim D went out: one set corrects it and what was coded from it."""

from __future__ import annotations

from pathlib import Path

from tests.examples.stories import AS_OF, claim, the_record, told

EXAMPLE = "grade_recoded"


def test_claim_d_is_to_be_replaced_under_the_payers_number(tmp_path: Path) -> None:
    with told(EXAMPLE, tmp_path) as opened:
        found = opened.claims("E12", as_of=AS_OF)
        correction = the_record(opened, "E12", "E12-CODING-1")
    (proposed,) = found.proposals
    assert (proposed.label, proposed.frequency) == ("D1", "7")
    assert proposed.payer_control_number == "ICN-12-01"
    assert {(code.changed, code.code) for code in proposed.codes} == {
        ("added", "D89.832"),
        ("removed", "D89.833"),
    }
    assert proposed.lines == ()
    assert correction.key in proposed.records
    assert proposed.change_reason is not None
    assert proposed.change_reason.code == "D4"
    assert proposed.draft == "ready"


def test_claim_d_says_that_it_is_with_the_payer_and_to_be_replaced(tmp_path: Path) -> None:
    with told(EXAMPLE, tmp_path) as opened:
        found = opened.claims("E12", as_of=AS_OF)
    states = {each.label: (each.state, each.draft) for each in found.claims}
    assert states["D1"] == ("sent", "ready")
    assert "it is to be replaced (frequency 7)" in claim(found, "D1").state_reason
    assert {state for label, (state, _) in states.items() if label != "D1"} == {"ready"}


def test_the_correction_changes_no_other_claim_and_no_visit(tmp_path: Path) -> None:
    with told(EXAMPLE, tmp_path) as opened:
        position = the_record(opened, "E12", "E12-CODING-1").seal.position
        changed = opened.diff("E12", known_at=(position - 1, None), as_of=(AS_OF, AS_OF))
    assert [each.label for each in changed.claims] == ["D1"]
    assert [each.label for each in changed.proposals_came] == ["D1"]
    assert changed.obligations == ()
    assert changed.stage is changed.stage_before
