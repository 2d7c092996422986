"""Grade 3 CRS after the discharge, then parkinsonism at month 3: a grade is not a diagnosis."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.examples.stories import AS_OF, billed, claim, labels, present, told
from veinledger.domain.codebook.statement import Edition
from veinledger.domain.lifecycle.stages import Stage

EXAMPLE = "readmission_and_parkinsonism"


def test_every_claim_is_ready_but_for_a_coders_word_and_the_pages_readmission(
    tmp_path: Path,
) -> None:
    """R38: a coder confirms G21.19, once for all visits; page: Claim D and R40."""
    with told(EXAMPLE, tmp_path) as ledger:
        found = ledger.claims("E5", as_of=AS_OF)
    held = [each for each in found.claims if each.state == "held"]
    assert [each.label for each in held] == ["E3", "E4", "E5", "E6"]
    assert {label for label, state in labels(found).items() if state == "ready"} == {
        "A1", "B1", "C1", "D1", "E0", "E1", "E2",
    }  # fmt: skip
    holding = {finding.key for each in held for finding in each.findings if finding.holds}
    assert len(holding) == 1
    with told(EXAMPLE, tmp_path, edition="page") as ledger:
        found = ledger.claims("E5", as_of=AS_OF)
    assert [label for label, state in labels(found).items() if state == "held"] == ["D1"]
    assert "none of A41, G93, J80 is documented" in claim(found, "D1").state_reason


def test_the_readmission_is_led_by_the_complication_of_the_cells(tmp_path: Path) -> None:
    """ICD-10-CM code first notes (R39, R40); the coder's presence on admission stands."""
    with told(EXAMPLE, tmp_path) as ledger:
        stay = claim(ledger.claims("E5"), "D1")
    assert stay.coded("principal") == ("T80.82XA",)
    assert present(stay) == {
        "T80.82XA": "Y",
        "D89.833": "Y",
        "G92.01": "N",
        "C90.02": "Y",
        "D69.59": "Y",
        "Z92.850": None,
    }
    assert stay.payment_mechanism == "MS-DRG 815"
    assert (str(stay.first_day), str(stay.last_day)) == ("2026-05-05", "2026-05-13")


def test_two_doses_of_tocilizumab_are_billed_by_the_milligram_inside_the_stay(
    tmp_path: Path,
) -> None:
    """8 mg/kg at 84 kg is 672 mg, 1 mg a unit (R19, R80); bundled in the stay (page: Claim D)."""
    with told(EXAMPLE, tmp_path) as ledger:
        stay = claim(ledger.claims("E5"), "D1")
    assert billed(stay) == [
        ("2026-05-05", "0636", "J3262", 672),
        ("2026-05-06", "0636", "J3262", 672),
        ("2026-05-08", "0200", "", 3),
        ("2026-05-12", "0117", "", 5),
    ]
    assert {line.payment for line in stay.lines} == {"bundled"}


@pytest.mark.parametrize(
    ("edition", "fludarabine", "cyclophosphamide"),
    [("public", [2, 2, 2], [123, 123, 123]), ("page", [184], [19])],
)
def test_lymphodepletion_rounds_up_each_day_and_the_page_pools(
    edition: Edition, fludarabine: list[int], cyclophosphamide: list[int], tmp_path: Path
) -> None:
    """61.2 mg is 2 x 50 mg and 612 mg 123 x 5 mg a day (R17, R18); the page: 184 and 19."""
    with told(EXAMPLE, tmp_path, edition=edition) as ledger:
        course = claim(ledger.claims("E5"), "B1")
    units = {code: [n for _, _, c, n in billed(course) if c == code] for code in CODES}
    assert units["J9185"] == fludarabine
    assert units["J9075"] + units["J9070"] == cyclophosphamide


CODES = ("J9185", "J9075", "J9070")


def test_micrographia_and_a_grade_are_no_diagnosis_but_a_question(tmp_path: Path) -> None:
    """DESIGN 7; evidence R37: bradykinesia has a sign's code, micrographia has none."""
    with told(EXAMPLE, tmp_path) as ledger:
        month_3 = claim(ledger.claims("E5"), "E2")
    assert str(month_3.first_day) == "2026-07-29"
    assert billed(month_3) == [("2026-07-29", "", "99215", 1)]
    assert month_3.diagnoses == ("R25.8", "C90.02", "Z92.850")
    asked = {each.rule: each.holds for each in month_3.findings}
    assert asked == {
        "findings_without_a_diagnosis_are_a_query": False,
        "findings_that_make_the_watch_closer_go_to_a_coder": False,
    }
    assert {each.there for each in month_3.differences()} == {"G20.A1", "Z79.899", "nothing"}


def test_what_neurology_documented_is_coded_from_then_on_and_never_before(
    tmp_path: Path,
) -> None:
    """R38: G21.19 as documented, not the page's idiopathic G20.A1."""
    with told(EXAMPLE, tmp_path) as ledger:
        found = ledger.claims("E5")
        coded = {each.label: each.diagnoses for each in found.claims if each.kind == "E"}
    documented = ("G21.19", "C90.02", "Z92.850")
    assert coded == {
        "E1": ("C90.02", "Z92.850"),
        "E2": ("R25.8", "C90.02", "Z92.850"),
        "E3": documented,
        "E4": documented,
        "E5": documented,
        "E6": documented,
    }


def test_the_page_labels_every_visit_with_findings(tmp_path: Path) -> None:
    """Page: Claims E+, G20.A1 on visits with findings."""
    with told(EXAMPLE, tmp_path, edition="page") as ledger:
        found = ledger.claims("E5")
    assert claim(found, "E1").diagnoses == ("Z79.899",)
    assert claim(found, "E2").diagnoses == ("G20.A1", "Z79.899")


@pytest.mark.parametrize("edition", ["public", "page"])
def test_the_finding_at_month_3_leaves_the_calendar_as_it_is_and_owes_visits_besides(
    edition: Edition, tmp_path: Path
) -> None:
    """R74: baseline, +1, +3, +6, +12 months. Every four weeks is the house's, as the site does."""
    with told(EXAMPLE, tmp_path, edition=edition) as ledger:
        owed = ledger.schedule("E5", as_of=AS_OF)
    visits = [each for each in owed.obligations if each.what.startswith("neurological visit, ")]
    named = {each.what.removeprefix("neurological visit, "): each for each in visits}
    assert {name: (str(each.due), each.status) for name, each in named.items()} == {
        "baseline": ("2026-04-27", "met"),
        "month 1": ("2026-05-27", "met"),
        "month 3": ("2026-07-27", "met"),
        "month 6": ("2026-10-27", "met"),
        "month 12": ("2027-04-27", "upcoming"),
        "closer watch 1 (movement findings)": ("2026-08-12", "met"),
        "closer watch 2 (movement findings)": ("2026-09-09", "met"),
        "closer watch 3 (movement findings)": ("2026-10-07", "met"),
        "closer watch 4 (movement findings)": ("2026-11-04", "met"),
        "closer watch 5 (movement findings)": ("2026-12-02", "upcoming"),
        "closer watch 6 (movement findings)": ("2026-12-30", "upcoming"),
        "closer watch 7 (movement findings)": ("2027-01-27", "upcoming"),
    }
    assert named["closer watch 4 (movement findings)"].met_by == named["month 6"].met_by


def test_schedule_claim_and_audit_name_each_other_and_show_the_code_that_was_chosen(
    tmp_path: Path,
) -> None:
    """DESIGN 7: a finding opens a coder's review, and is no diagnosis whatever is chosen there."""
    with told(EXAMPLE, tmp_path) as ledger:
        month_3 = claim(ledger.claims("E5"), "E2")
        (key,) = [f.key for f in month_3.findings if f.rule.startswith("findings_that_make")]
        ledger.record(settlement(key))
        owed = ledger.schedule("E5", as_of=AS_OF)
        after = claim(ledger.claims("E5"), "E2")
        trail = ledger.audit("E5")
    closer = [each for each in owed.obligations if "closer watch" in each.what]
    found = next(each for each in trail.entries if each.record == closer[0].anchor)
    (asked,) = [each for each in after.findings if each.key == key]
    assert {each.cites for each in closer} == {(key,)}
    assert found.cites == (key, closer[0].key)
    assert closer[0].key in asked.reason
    for words in (closer[0].because, *found.led_to):
        assert "micrographia, bradykinesia, reduced arm swing" in words
        assert "code chosen G21.8 by coder-1, coder" in words
    assert after.diagnoses == month_3.diagnoses


def settlement(finding: str) -> dict[str, object]:
    """A coder who chose a code, the day after the visit."""
    return {
        "encounter": "E5",
        "type": "finding.settled",
        "occurred_at": "2026-07-30T09:00:00-05:00",
        "source": {"connection": "coding", "message": "SETTLED-1"},
        "actor": {"id": "coder-1", "role": "coder"},
        "finding": finding,
        "decision": "code chosen",
        "code": "G21.8",
        "credential": "CCS",
        "reason": "discussed with neurology",
    }


def test_the_stage_follows_the_patient_out_and_in_and_out_again(tmp_path: Path) -> None:
    with told(EXAMPLE, tmp_path) as ledger:
        stages = [
            ledger.effective("E5", as_of=day).stage
            for day in map(AS_OF.fromisoformat, ("2026-04-28", "2026-05-03", "2026-05-05"))
        ]
        assert stages == [Stage.INFUSED, Stage.SURVEILLANCE, Stage.READMITTED]
        assert ledger.effective("E5").stage is Stage.SURVEILLANCE


def test_monitoring_in_a_bed_is_part_of_the_stay_and_outside_it_is_told(tmp_path: Path) -> None:
    with told(EXAMPLE, tmp_path) as ledger:
        reasons = list(ledger.claims("E5").unbilled.values())
    assert sum("a monitoring day of a patient in a bed" in reason for reason in reasons) == 5
    assert sum("a drug given to a patient in a bed" in reason for reason in reasons) == 1
    assert sum("no claim rule bills monitoring days yet" in reason for reason in reasons) == 1
