"""Claims that went out: what was corrected afterwards, what came late, what nobody can read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.claims.encounters.payers import covered_by
from tests.claims.given_claims import posted, settled, submitted, visit
from tests.claims.golden import CENTRE
from tests.given import (
    Payer,
    admitted,
    collected,
    day,
    discharged,
    drug,
    infused,
    lymphodepletion,
    made,
    opened,
    record,
    room_charged,
    service,
    vials,
)
from tests.given_decisions import correcting, kept, then
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.facts.authorization import CoverageRecorded
from veinledger.domain.facts.billing import ChargePosted, ClaimSubmitted
from veinledger.domain.facts.treatment import LymphodepletionDoseGiven
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import History
from veinledger.projections.claims import assemble
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.lines import finding, no_code
from veinledger.projections.claims.registry import FIRST_DAY, ClaimRule, Said, what_the_rules_say
from veinledger.projections.claims.shapes import Claim, ClaimSet

RULES = shipped_rules("public")


def told(payer: Payer = "harbor_health") -> list[Record]:
    way = [*opened(payer), *collected(), *made(), *lymphodepletion()]
    return [*way, admitted(), infused(), room_charged(), discharged()]


def seen(known: History) -> ClaimSet:
    return claims(known, CENTRE, RULES)


def the(known: History, label: str) -> Claim:
    found = seen(known).claim(label)
    assert found is not None
    return found


def out(label: str, before: Iterable[Record] | None = None) -> History:
    """A history in which one claim went out, two days after its last service."""
    known = kept(list(told() if before is None else before))
    claim = the(known, label)
    days = (claim.last_day - day(0)).days
    return then(known, submitted(claim, len(known.records), days + 2))


def fludarabine(known: History, number: int) -> Record:
    return next(each for each in known.records if each.source.message == f"flu@{number}")


class TestWhatIsToldOtherwise:
    def test_nothing_is_proposed_while_nothing_changed(self) -> None:
        assert seen(out("B1")).proposals == ()

    def test_a_dose_that_was_voided_replaces_the_claim_that_billed_it(self) -> None:
        known = out("B1")
        wrong = fludarabine(known, -4)
        (proposed,) = seen(correcting(known, (wrong, None, None))).proposals
        assert (proposed.label, proposed.frequency) == ("B1", "7")
        assert f"J9185 of {day(-4)}: 2 units" in proposed.reason.partition("; now")[0]
        assert wrong.key in proposed.records

    def test_a_dose_of_other_milligrams_replaces_the_claim(self) -> None:
        known = out("B1")
        wrong = fludarabine(known, -4)
        assert isinstance(wrong.fact, LymphodepletionDoseGiven)
        more = replace(wrong.fact, drug=drug("120", "00703-5854-01", opened=[vials("50", 3)]))
        (proposed,) = seen(correcting(known, (wrong, more, None))).proposals
        assert proposed.frequency == "7"
        assert f"no longer J9185 of {day(-4)}: 2 units" in proposed.reason
        assert f"now J9185 of {day(-4)}: 3 units" in proposed.reason

    def test_an_admission_of_another_day_replaces_the_claim_that_tells_of_it(self) -> None:
        known = out("C1")
        target = next(r for r in known.records if r.fact.type == "patient.admitted")
        (proposed,) = seen(correcting(known, (target, target.fact, -2))).proposals
        assert (proposed.label, proposed.frequency) == ("C1", "7")
        assert f"now statement from {day(-2)}, admission {day(-2)}" in proposed.reason
        assert {each.name for each in proposed.differences} == {"statement from", "admission"}
        assert target.key in proposed.records
        assert (proposed.lines, proposed.codes) == ((), ())
        assert proposed.change_reason is not None
        assert proposed.change_reason.code == "D0"

    def test_a_charge_that_is_not_covered_after_all_replaces_the_claim(self) -> None:
        known = out("C1")
        target = next(r for r in known.records if r.fact.type == "charge.posted")
        assert isinstance(target.fact, ChargePosted)
        fact = replace(target.fact, covered=False)
        (proposed,) = seen(correcting(known, (target, fact, None))).proposals
        assert "not covered" in proposed.reason
        (line,) = proposed.lines
        told = {each.name: (each.before, each.after) for each in line.differences}
        assert told["covered"] == ("yes", "no")

    def test_a_charge_that_came_late_replaces_the_claim(self) -> None:
        known = out("C1")
        late = posted(3, "0300", account="A-3", inside="yes", amount="812.5")
        (proposed,) = seen(then(known, late)).proposals
        assert (proposed.label, proposed.frequency) == ("C1", "7")
        assert "now revenue 0300" in proposed.reason
        assert late.key in proposed.records

    def test_a_service_of_another_claim_that_came_late_proposes_nothing(self) -> None:
        late = visit(60, "office", "neurology_office", "N-1")
        assert seen(then(out("B1"), late)).proposals == ()

    def test_what_went_to_a_payer_who_does_not_pay_is_voided(self) -> None:
        other = CoverageRecorded(payer="tamarack_mutual", kind="commercial", since=day(-100))
        (proposed,) = seen(then(out("B1"), record(other, 20))).proposals
        assert (proposed.label, proposed.frequency) == ("B1", "8")
        assert "tamarack_mutual pays for its day, and harbor_health did" in proposed.reason


class TestWhatNobodyCanRead:
    """A submission keeps its bytes, whatever they are; the claims are there all the same."""

    @pytest.mark.parametrize(
        "nonsense",
        [
            "[" * 100_000,
            '{"lines": [{"revenue_code": {"code": "0871"}}]}',
            '{"lines": [{"folded": 7, "revenue_code": ["0871"]}]}',
        ],
    )
    def test_a_claim_that_is_none_of_ours_fixes_nothing(self, nonsense: str) -> None:
        before = told("medicare")
        sent = submitted(the(kept(before), "A1"), len(before))
        assert isinstance(sent.fact, ClaimSubmitted)
        odd = replace(sent, fact=replace(sent.fact, claim=nonsense))
        assert the(kept([*before, odd]), "A1").lines == the(kept(before), "A1").lines

    @pytest.mark.parametrize("behind", ["#1of0", "#1of99999999999", "#1of", "#", "#1of٣"])
    def test_a_dose_is_not_split_by_a_number_that_is_none(self, behind: str) -> None:
        where = service("office", "A-3", "oncology_office")
        before = [*opened(), *collected(), *made(), *lymphodepletion(), infused(where)]
        first = the(kept(before), "C1.1")
        whole = replace(first, key=f"{first.key.partition('#')[0]}{behind}", label="C1")
        found = seen(kept([*before, submitted(whole, 0, 2)]))
        doses = [line.units for line in found.lines() if line.code == "Q2056"]
        assert sum(doses, Decimal(0)) == 1

    def test_two_claims_that_went_out_under_one_label_are_told_apart(self) -> None:
        before = [*told(), *collected("COI-2", -60, "A-9")]
        one, other = (x for x in seen(kept(before)).claims if x.kind == "A")
        sent = [submitted(each, 0, -3) for each in (one, replace(other, label=one.label))]
        found = [x for x in seen(kept([*before, *sent])).claims if x.kind == "A"]
        assert {x.label for x in found} == {"A1", "A2"}


class TestPayers:
    def test_a_payer_that_no_page_knows_holds_every_claim_until_somebody_settles_it(self) -> None:
        before = covered_by("mapleleaf_mutual", "commercial")
        found = seen(kept(before))
        assert {claim.state for claim in found.claims} == {"held"}
        ((key, reason),) = {
            (f.key, f.reason)
            for claim in found.claims
            for f in claim.findings
            if "directory" in f.rule
        }
        assert reason.endswith("has no payer mapleleaf_mutual on the day whose coverage pays")
        after = seen(kept([*before, settled(key)]))
        assert all(key not in claim.state_reason for claim in after.claims)
        assert any(claim.state != "held" for claim in after.claims)

    def test_a_coverage_of_another_kind_than_its_payer_waits(self) -> None:
        claim = the(kept(covered_by("lakes_medicaid", "MA")), "A1")
        assert claim.state == "held"
        assert "says MA, the directory knows lakes_medicaid as Medicaid" in claim.state_reason

    def test_a_payer_told_as_the_directory_knows_it_waits_for_nothing(self) -> None:
        assert the(kept(covered_by("lakes_medicaid", "Medicaid")), "A1").state == "ready"

    def test_who_pays_himself_is_sent_no_claim(self) -> None:
        found = seen(kept(covered_by("the_patient", "self-pay")))
        assert {claim.state for claim in found.claims} <= {"not_billable", "held"}
        assert the(kept(covered_by("the_patient", "self-pay")), "A1").state == "not_billable"


def test_no_finding_of_a_rule_takes_the_place_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two codes that the book lacks on one day of one record have one key: both are told."""

    def says_two_things(bill: Bill) -> Iterable[Said]:
        yield no_code("first_missing", bill.first_day, (bill.anchor,))
        yield no_code("second_missing", bill.first_day, (bill.anchor,))
        yield finding((bill.anchor,), "it may be right", "look at it", holds=False)
        yield finding((bill.anchor,), "it is wrong", "correct it", holds=True)

    probe = ClaimRule(
        name="a_probe",
        claims=("A",),
        since=FIRST_DAY,
        until=None,
        source="this test",
        about="",
        body=says_two_things,
    )

    def all_and_the_probe(bill: Bill) -> Iterator[Said]:
        yield from what_the_rules_say(bill)
        yield from probe.speaks(bill) if bill.kind == "A" else ()

    monkeypatch.setattr(assemble, "what_the_rules_say", all_and_the_probe)
    found = seen(kept(told()))
    claim = found.claim("A1")
    assert claim is not None
    for findings in (claim.findings, found.findings):
        missing = next(f for f in findings if f.rule == "every_service_has_a_code_in_force")
        assert "first missing" in missing.reason
        assert "second missing" in missing.reason
        (mine,) = [each for each in findings if each.rule == "a_probe"]
        assert (mine.reason, mine.holds) == ("it is wrong; it may be right", True)
    assert claim.state == "held"
