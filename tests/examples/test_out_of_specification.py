"""A bag out of specification, given free under expanded access: held, and why, at each moment."""

from __future__ import annotations

from pathlib import Path

from tests.examples.stories import AS_OF, billed, claim, just_after, labels, told, visits
from veinledger.domain.lifecycle.stages import Stage

EXAMPLE = "out_of_specification"
INFUSION, DEVIATION = "E8-034", "E8-035"
NEEDS_A_DEVIATION = "a_bag_out_of_specification_needs_an_accepted_deviation"
NOT_BOUGHT = "what_was_not_bought_waits_for_a_coder"
FACTOR = "the_adjustment_factor_of_the_fiscal_year_is_known"


def test_until_the_deviation_is_reported_a_critical_finding_holds_the_claim(
    tmp_path: Path,
) -> None:
    """The infusion came on 21 July, the deviation accepted on 7 July was filed on 23 July."""
    with told(EXAMPLE, tmp_path) as ledger:
        before = ledger.claims("E8", known_at=just_after(ledger, "E8", INFUSION))
        after = ledger.claims("E8", known_at=just_after(ledger, "E8", DEVIATION))
    held = {each.rule: each for each in claim(before, "C1").findings if each.holds}
    assert held.keys() == {NEEDS_A_DEVIATION, FACTOR}
    assert held[NEEDS_A_DEVIATION].severity == "critical"
    assert [each.rule for each in claim(after, "C1").findings if each.holds] == [FACTOR]


def test_the_deviation_names_physician_programme_and_consent(tmp_path: Path) -> None:
    with told(EXAMPLE, tmp_path) as ledger:
        (accepted,) = [
            record.fact
            for record in ledger.effective("E8").records
            if record.fact.type == "product.deviation_accepted"
        ]
    assert {
        name: getattr(accepted, name) for name in ("provider", "pathway", "number", "consent")
    } == {
        "provider": "dr_imani",
        "pathway": "expanded access",
        "number": "EAP-26-017",
        "consent": "CONSENT-8811",
    }


def test_free_product_stands_with_a_token_and_the_claim_names_the_missing_factor(
    tmp_path: Path,
) -> None:
    """R57, R58: a dollar is no purchase; the stay is paid a fraction that no source here gives."""
    with told(EXAMPLE, tmp_path) as ledger:
        found = ledger.claims("E8", as_of=AS_OF)
    infusion = claim(found, "C1")
    assert labels(found) == {**dict.fromkeys(("A1", "B1", "E0", "E1", "E2"), "ready"), "C1": "held"}
    (product,) = [line for one in found.claims for line in one.lines if line.code == "Q2056"]
    assert (str(product.charge), product.revenue_code, product.covered) == ("1.00", "0891", True)
    assert billed(infusion) == [("2026-07-21", "0891", "Q2056", 1), ("2026-07-31", "0117", "", 11)]
    assert not [why for why in found.unbilled.values() if "Q2056" in why]
    assert "no factor for fiscal year 2026" in infusion.state_reason


def test_the_page_bills_nothing_for_free_product_and_waits_for_a_coder(tmp_path: Path) -> None:
    with told(EXAMPLE, tmp_path, edition="page") as ledger:
        found = ledger.claims("E8", as_of=AS_OF)
    infusion = claim(found, "C1")
    assert labels(found) == {**dict.fromkeys(("A1", "B1", "E0", "E1", "E2"), "ready"), "C1": "held"}
    assert "Q2056" not in {line.code for one in found.claims for line in one.lines}
    assert billed(infusion) == [("2026-07-31", "0117", "", 11)]
    assert "Q2056 is not billed: acquired as expanded access" in found.unbilled.values()
    assert NOT_BOUGHT in {each.rule for each in infusion.findings if each.holds}


def test_the_claim_says_expanded_access_and_that_its_payment_is_adjusted(tmp_path: Path) -> None:
    """NGS 12587596 and CR 14247 (R58): condition code 90, MS-DRG 018 with another payment."""
    with told(EXAMPLE, tmp_path) as ledger:
        infusion = claim(ledger.claims("E8"), "C1")
    assert infusion.coded("condition code") == ("90",)
    assert infusion.coded("note") == ("Expand Acc Use",)
    assert infusion.coded("procedure") == ("XW033A7",)
    assert infusion.payment_mechanism == "MS-DRG 018, adjusted"
    assert "adjusts the payment of MS-DRG 018" in infusion.payment_reason


def test_the_page_has_no_condition_code_and_the_claim_says_so(tmp_path: Path) -> None:
    with told(EXAMPLE, tmp_path, edition="page") as ledger:
        infusion = claim(ledger.claims("E8"), "C1")
    assert infusion.coded("condition code") == ()
    assert "90" in {differs.there for differs in infusion.differs}


def test_what_was_bought_is_billed_as_ever(tmp_path: Path) -> None:
    """63.9 mg is 2 x 50 mg, 639 mg 128 x 5 mg a day, and 72 x 5 mg of the gram are discarded."""
    with told(EXAMPLE, tmp_path) as ledger:
        course = claim(ledger.claims("E8"), "B1")
    units = [(x.code, int(x.units), x.modifiers) for x in course.lines if x.code.startswith("J")]
    day = [("J9075", 128, ()), ("J9075", 72, ("JW",)), ("J9185", 2, ("JZ",))]
    assert units == day * 3


def test_the_patient_is_followed_as_everybody_else(tmp_path: Path) -> None:
    with told(EXAMPLE, tmp_path) as ledger:
        assert ledger.effective("E8").stage is Stage.SURVEILLANCE
        assert visits(ledger.schedule("E8", as_of=AS_OF)) == {
            "baseline": ("2026-07-21", "met"),
            "month 1": ("2026-08-21", "met"),
            "month 3": ("2026-10-21", "met"),
            "month 6": ("2027-01-21", "upcoming"),
            "month 12": ("2027-07-21", "upcoming"),
        }


def test_the_audit_says_when_the_deviation_came_and_whom_it_answers(tmp_path: Path) -> None:
    with told(EXAMPLE, tmp_path) as ledger:
        entries = {each.source.message: each for each in ledger.audit("E8").entries}
    late = entries[DEVIATION]
    assert (str(late.day), str(late.recorded_at.date())) == ("2026-07-07", "2026-07-23")
    assert late.actor.role == "hematologist"
    assert entries[INFUSION].findings == ()
