"""Claims with a payer: their state, chains of replacements and voids, and what rules changed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Final, Literal

import pytest

from tests.claims.given_claims import answered, posted, submitted, visit
from tests.claims.golden import CENTRE
from tests.claims.test_sent import RULES, fludarabine, out, the, told
from tests.given import day, drug, infused, record, vials
from tests.given_decisions import correcting, kept, then
from veinledger.domain.facts.authorization import CoverageRecorded
from veinledger.domain.facts.billing import (
    ChargePosted,
    ClaimAnswered,
    ClaimSubmitted,
    Frequency,
)
from veinledger.domain.facts.decisions import FindingSettled, RecordsCorrected
from veinledger.domain.facts.treatment import LymphodepletionDoseGiven
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import History, effective
from veinledger.projections.changes import changes
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.sent.rules_changed import RULE
from veinledger.projections.claims.shapes import Claim, ClaimSet
from veinledger.projections.claims.why.resting import explain_record
from veinledger.projections.schedule import schedule

NUMBER: Final = "ICN-77"
Kind = Literal["accepted", "rejected", "pended", "paid", "denied", "reversed", "recouped"]


def seen(known: History) -> ClaimSet:
    return claims(known, CENTRE, RULES)


def again(known: History, label: str, number: int, frequency: Frequency, position: int) -> History:
    """The claim goes out once more under its own number, as known at a position."""
    claim = the(known, label)
    sent = submitted(claim, position, number, frequency)
    assert isinstance(sent.fact, ClaimSubmitted)
    fact = replace(sent.fact, patient_control_number=f"PCN-{label}-{number}")
    return then(known, replace(sent, fact=fact))


def answer(
    claim: Claim, number: int, kind: Kind, *, paid: Decimal | None = None, to: str | None = None
) -> Record:
    """The payer's answer to what went out under the claim's number, or under another."""
    fact = ClaimAnswered(
        claim_key=claim.key,
        patient_control_number=to or f"PCN-{claim.label}",
        payer_control_number=NUMBER,
        kind=kind,
        paid=paid,
    )
    return record(fact, number, f"answer {claim.key} {number} {kind}")


def more_given(known: History, number: int = -4) -> History:
    """One dose of fludarabine was larger than it was told."""
    wrong = fludarabine(known, number)
    assert isinstance(wrong.fact, LymphodepletionDoseGiven)
    fact = replace(wrong.fact, drug=drug("120", "00703-5854-01", opened=[vials("50", 3)]))
    return correcting(known, (wrong, fact, None))


class TestStates:
    def test_a_claim_that_was_sent_says_so_and_when_under_which_number(self) -> None:
        claim = the(out("B1"), "B1")
        assert (claim.state, claim.draft) == ("sent", "ready")
        assert claim.state_reason.startswith(f"on {claim.last_day + timedelta(days=2)} ")
        assert "as PCN-B1" in claim.state_reason
        assert "no answer is on record" in claim.state_reason
        assert claim.sent is not None
        assert (claim.sent.outcome, claim.sent.total) == ("out", claim.total)

    @pytest.mark.parametrize(
        ("kind", "state"),
        [
            ("accepted", "sent"),
            ("pended", "sent"),
            ("paid", "paid"),
            ("denied", "denied"),
            ("reversed", "taken_back"),
            ("recouped", "taken_back"),
            ("rejected", "ready"),
        ],
    )
    def test_the_last_answer_decides(self, kind: Kind, state: str) -> None:
        known = out("B1")
        claim = the(known, "B1")
        after = the(then(known, answer(claim, 5, kind)), "B1")
        assert (after.state, after.draft) == (state, "ready")
        assert kind in f"{after.state} {after.state_reason}"

    def test_a_claim_that_nobody_sent_and_the_payer_paid_is_paid(self) -> None:
        known = kept(told())
        claim = the(known, "B1")
        assert the(then(known, answer(claim, 5, "paid")), "B1").state == "paid"

    def test_a_payment_tells_its_amount_and_the_payers_number(self) -> None:
        known = out("B1")
        paid = the(then(known, answer(the(known, "B1"), 5, "paid", paid=Decimal("99.5"))), "B1")
        assert paid.state_reason.startswith("99.50 on ")
        assert "payer's number ICN-77" in paid.state_reason
        assert paid.sent is not None
        assert (paid.sent.answer, paid.sent.paid) == ("paid", Decimal("99.5"))

    def test_no_claim_with_a_payer_is_ready_and_no_other_says_sent(self) -> None:
        found = seen(out("B1"))
        assert {c.label for c in found.claims if c.state == "sent"} == {"B1"}
        assert "B1" not in {c.label for c in found.claims if c.state == "ready"}

    def test_a_claim_that_was_voided_can_be_sent_anew(self) -> None:
        known = again(out("B1"), "B1", 6, "8", 5)
        claim = the(known, "B1")
        assert (claim.state, claim.sent) == ("ready", None)
        assert claim.state_reason.startswith("voided on")
        assert [each.outcome for each in seen(known).sent] == ["voided", "void"]

    def test_before_it_is_sent_a_draft_just_follows(self) -> None:
        known = kept(told())
        after = more_given(known)
        assert seen(after).proposals == seen(known).proposals == ()
        assert the(after, "B1").total > the(known, "B1").total
        assert (the(known, "B1").state, the(after, "B1").state) == ("ready", "held")


class TestChains:
    def test_a_replacement_that_was_sent_ends_the_proposal(self) -> None:
        changed = more_given(out("B1"))
        assert [p.frequency for p in seen(changed).proposals] == ["7"]
        replaced = again(changed, "B1", 8, "7", len(changed.records))
        assert seen(replaced).proposals == ()
        assert [each.outcome for each in seen(replaced).sent] == ["replaced", "out"]
        assert "as a replacement" in the(replaced, "B1").state_reason

    def test_the_next_change_is_measured_from_the_last_replacement(self) -> None:
        changed = more_given(out("B1"))
        replaced = again(changed, "B1", 8, "7", len(changed.records))
        (proposed,) = seen(more_given(replaced, -3)).proposals
        assert {line.day for line in proposed.lines} == {day(-3)}

    def test_each_replacement_waits_for_its_own_number(self) -> None:
        known = out("B1")
        changed = more_given(then(known, answered(the(known, "B1"), 4)))
        assert seen(changed).proposals[0].payer_control_number == NUMBER
        replaced = more_given(again(changed, "B1", 8, "7", len(changed.records)), -3)
        (proposed,) = seen(replaced).proposals
        assert proposed.payer_control_number is None
        assert "waits for the payer's control number" in proposed.reason

    def test_a_rejected_replacement_leaves_the_first_one_out_and_proposed(self) -> None:
        known = out("B1")
        changed = more_given(then(known, answered(the(known, "B1"), 4)))
        replaced = again(changed, "B1", 8, "7", len(changed.records))
        turned = answer(the(replaced, "B1"), 9, "rejected", to="PCN-B1-8")
        after = seen(then(replaced, turned))
        assert [each.outcome for each in after.sent] == ["out", "rejected"]
        assert [(p.frequency, p.payer_control_number) for p in after.proposals] == [("7", NUMBER)]
        assert after.claims[1].label == "B1"
        assert the(then(replaced, turned), "B1").state == "paid"

    def test_a_rejected_void_voids_nothing(self) -> None:
        known = again(out("B1"), "B1", 6, "8", 5)
        claim = the(known, "B1")
        turned = answer(claim, 7, "rejected", to="PCN-B1-6")
        after = the(then(known, turned), "B1")
        assert after.state == "sent"
        assert [each.outcome for each in seen(then(known, turned)).sent] == ["out", "rejected"]

    def test_what_is_put_back_proposes_nothing_any_more(self) -> None:
        known = out("B1")
        right = fludarabine(known, -4).fact
        wrong = more_given(known)
        assert seen(wrong).proposals
        stands = next(
            r
            for r in wrong.records
            if r.in_place_of and r.in_place_of.record == fludarabine(known, -4).key
        )
        assert seen(correcting(wrong, (stands, right, None))).proposals == ()

    def test_a_denied_claim_is_replaced_as_any_other(self) -> None:
        known = out("B1")
        denied = then(known, answer(the(known, "B1"), 5, "denied"))
        assert the(denied, "B1").state == "denied"
        assert seen(denied).proposals == ()
        (proposed,) = seen(more_given(denied)).proposals
        assert (proposed.frequency, proposed.payer_control_number) == ("7", NUMBER)

    def test_a_claim_whose_anchor_is_replaced_is_the_same_claim(self) -> None:
        known = out("C1")
        first = infused()
        target = next(r for r in known.records if r.key == first.key)
        after = correcting(known, (target, target.fact, 1))
        assert the(after, "C1").key == the(known, "C1").key
        assert the(after, "C1").anchor != the(known, "C1").anchor
        assert the(after, "C1").state == "sent"
        (proposed,) = seen(after).proposals
        assert proposed.frequency == "7"
        assert [line.changed for line in proposed.lines] == ["changed"]

    def test_a_replacement_that_is_held_says_so(self) -> None:
        known = out("C1")
        target = next(r for r in known.records if r.key == infused().key)
        wrong = infused(ndc="59572-515-01", hcpcs="Q2055").fact
        (proposed,) = seen(correcting(known, (target, wrong, None))).proposals
        assert proposed.draft == "held"
        assert proposed.draft_reason


class TestCauses:
    """What went out is named as that; what made the difference is named as its cause."""

    def test_a_replacement_names_what_was_told_otherwise_and_not_what_went_out(self) -> None:
        known = out("B1")
        wrong = fludarabine(known, -4)
        after = more_given(then(known, answered(the(known, "B1"), 4)))
        (proposed,) = seen(after).proposals
        assert proposed.sent == known.records[-1].key
        assert set(proposed.records) == {wrong.key, *(r.key for r in after.records[-2:])}

    def test_a_void_names_what_took_its_record_out_and_not_what_went_out(self) -> None:
        known = out("C1")
        target = next(r for r in known.records if r.key == infused().key)
        after = correcting(then(known, answered(the(known, "C1"), 9)), (target, None, None))
        (proposed,) = seen(after).proposals
        assert (proposed.frequency, proposed.sent) == ("8", known.records[-1].key)
        assert set(proposed.records) == {target.key, after.records[-1].key}

    def test_a_void_for_another_payer_names_the_coverage_that_came(self) -> None:
        other = CoverageRecorded(payer="tamarack_mutual", kind="commercial", since=day(-100))
        came = record(other, 20)
        (proposed,) = seen(then(out("B1"), came)).proposals
        assert proposed.records == (came.key,)

    def test_an_admission_of_another_day_is_named_without_the_discharge_that_stayed(self) -> None:
        known = out("C1")
        target = next(r for r in known.records if r.fact.type == "patient.admitted")
        after = correcting(known, (target, target.fact, -2))
        (proposed,) = seen(after).proposals
        assert set(proposed.records) == {target.key, *(r.key for r in after.records[-2:])}

    def test_a_proposal_rests_on_what_went_out_as_well(self) -> None:
        """The record of a submission says which proposal is about it."""
        known = out("C1")
        target = next(r for r in known.records if r.key == infused().key)
        after = correcting(known, (target, None, None))
        owed = schedule(after, CENTRE, RULES)
        for each in (known.records[-1], target):
            told = explain_record(seen(after), owed, effective(after), each.seal.sequence)
            assert "proposal" in {part.of for part in told.carries}

    def test_what_changed_since_a_moment_names_the_causes_that_the_claims_name(self) -> None:
        """A second correction: the first one made the difference as well, before that moment."""
        once = more_given(out("B1"))
        twice = more_given(once, -3)
        (proposed,) = seen(twice).proposals
        told = changes(twice, CENTRE, RULES, before=len(once.records))
        assert [each.records for each in told.proposals_came] == [proposed.records]
        assert told.causes == {
            r.key: (r.name, r.seal.sequence) for r in twice.records if r.key in proposed.records
        }
        assert min(number for _, number in told.causes.values()) < len(once.records)


class TestChangeReasons:
    def test_charges_count_only_where_nothing_else_changed(self) -> None:
        known = more_given(out("B1"))
        (proposed,) = seen(known).proposals
        assert proposed.change_reason is not None
        assert proposed.change_reason.code == "D2"
        assert [d.name for line in proposed.lines for d in line.differences][:1] == ["units"]

    def test_what_was_moved_to_another_patient_is_voided_for_its_identity(self) -> None:
        known = out("C1")
        target = next(r for r in known.records if r.key == infused().key)
        voided = correcting(known, (target, None, None))
        act = voided.records[-1]
        assert isinstance(act.fact, RecordsCorrected)
        change = replace(act.fact.changes[0], kind="move", encounter="E2")
        moved = replace(act, fact=replace(act.fact, changes=(change,)))
        history = replace(voided, records=(*voided.records[:-1], moved))
        reasons = [
            proposal.change_reason.code
            for each in (voided, history)
            for proposal in seen(each).proposals
            if proposal.change_reason
        ]
        assert reasons == ["D6", "D5"]


def canonical(claim: Claim, **other: str) -> str:
    """A claim as it would be kept, one field of its first line otherwise."""
    lines = [
        {
            "day": str(line.day),
            "code": line.code,
            "units": str(line.units),
            "charge": str(line.charge),
            "modifiers": list(line.modifiers),
        }
        for line in claim.lines
    ]
    lines[0] |= other
    return json.dumps({"diagnoses": list(claim.diagnoses), "lines": lines})


def sent_as(text: str, pack: str = "0" * 64, before: History | None = None) -> History:
    known = before or kept(told())
    sent = submitted(the(known, "B1"), len(known.records), 2)
    assert isinstance(sent.fact, ClaimSubmitted)
    return then(known, replace(sent, fact=replace(sent.fact, claim=text, rule_pack=pack)))


def of_the_rules(known: History) -> list[Finding]:
    return [each for each in seen(known).findings if each.rule == RULE]


def settled(found: Finding, code: str | None) -> Record:
    fact = FindingSettled(
        finding=found.key,
        decision="code chosen" if code else "accepted",
        code=code,
        credential="CCS",
        reason="the payer is to have it right",
    )
    return record(fact, 50, f"settled {found.key}")


class TestRulesChanged:
    def test_a_claim_that_comes_out_as_it_was_kept_says_nothing(self) -> None:
        assert of_the_rules(sent_as(canonical(the(kept(told()), "B1")))) == []

    def test_another_value_is_told_field_by_field_and_proposes_nothing(self) -> None:
        known = sent_as(canonical(the(kept(told()), "B1"), units="7"))
        (found,) = of_the_rules(known)
        assert (found.severity, found.holds) == ("notice", False)
        assert "units: 7 → " in found.reason
        assert f"pages {'0' * 12} then, {RULES.digest[:12]} now" in found.reason
        assert found in the(known, "B1").findings
        assert seen(known).proposals == ()
        assert the(known, "B1").state == "sent"

    def test_the_same_pages_are_not_blamed(self) -> None:
        (found,) = of_the_rules(
            sent_as(canonical(the(kept(told()), "B1"), units="7"), RULES.digest)
        )
        assert "the pages are the same" in found.reason
        assert "the site's directory, charges included, or the program changed" in found.reason

    def test_a_submission_that_tells_its_directory_says_whether_it_is_another(self) -> None:
        """So a price that the site changed is not taken for a claim that somebody changed."""
        known = sent_as(canonical(the(kept(told()), "B1"), units="7"), RULES.digest)
        assert seen(known).directory == CENTRE.digest
        for directory, says in (
            (CENTRE.digest, "is the same"),
            ("cd" * 32, f"{'cd' * 6} then, {(CENTRE.digest or '')[:12]} now"),
        ):
            sent = known.records[-1]
            assert isinstance(sent.fact, ClaimSubmitted)
            telling = replace(sent, fact=replace(sent.fact, directory=directory))
            after = replace(known, records=(*known.records[:-1], telling))
            (found,) = of_the_rules(after)
            assert f"the site's directory {says}" in found.reason
            assert ("on its way" in found.reason) is (directory == CENTRE.digest)
            assert [each.directory for each in seen(after).sent] == [directory]

    def test_a_list_is_read_as_well_as_an_object(self) -> None:
        claim = the(kept(told()), "B1")
        lines = [[str(x.day), x.code, str(x.units), str(x.charge)] for x in claim.lines]
        assert of_the_rules(sent_as(json.dumps({"lines": lines}))) == []
        lines[0][2] = "7"
        assert len(of_the_rules(sent_as(json.dumps({"lines": lines})))) == 1

    def test_a_person_may_ask_for_the_replacement(self) -> None:
        known = sent_as(canonical(the(kept(told()), "B1"), units="7"))
        (found,) = of_the_rules(known)
        accepted, asked = (then(known, settled(found, code)) for code in (None, "7"))
        assert seen(accepted).proposals == ()
        (proposed,) = seen(asked).proposals
        assert (proposed.label, proposed.frequency) == ("B1", "7")
        assert f"record {len(known.records) + 1} asks for it" in proposed.reason

    def test_what_a_person_asks_for_is_told_field_by_field_and_only_the_decision_made_it(
        self,
    ) -> None:
        known = sent_as(canonical(the(kept(told()), "B1"), charge="7.5"))
        later = [answered(the(known, "B1"), 4), visit(60, "office", "neurology_office", "N-1")]
        (found,) = of_the_rules(known)
        asks = settled(found, "7")
        (proposed,) = seen(then(known, *later, asks)).proposals
        assert (proposed.records, proposed.sent) == ((asks.key,), known.records[-1].key)
        (line,) = proposed.lines
        assert (line.changed, line.records) == ("changed", ())
        assert [(d.name, d.before) for d in line.differences] == [("amount", "7.50")]
        assert line.differences[0].after == f"{line.charge:,.2f}"
        assert proposed.change_reason is not None
        assert proposed.change_reason.code == "D1"

    @pytest.mark.parametrize(
        ("kept_as", "lines", "head", "reason"),
        [
            ('{"lines":[]}', ["added"], [], "D2"),
            ('{"diagnoses":["Z99"]}', [], ["diagnoses"], "D9"),
            (
                '{"lines":[["2026-05-20","J0000","1","x"]]}',
                ["added"],
                ["line J0000 of 2026-05-20"],
                "D2",
            ),
        ],
    )
    def test_what_was_kept_otherwise_than_it_would_be_now_is_told_where_it_stands(
        self, kept_as: str, lines: list[str], head: list[str], reason: str
    ) -> None:
        known = sent_as(kept_as)
        (found,) = of_the_rules(known)
        (proposed,) = seen(then(known, settled(found, "7"))).proposals
        assert list(dict.fromkeys(each.changed for each in proposed.lines)) == lines
        assert [each.name for each in proposed.differences] == head
        assert proposed.change_reason is not None
        assert proposed.change_reason.code == reason

    def test_changed_facts_are_no_changed_rules(self) -> None:
        known = more_given(sent_as(canonical(the(kept(told()), "B1"))))
        assert of_the_rules(known) == []
        assert [p.frequency for p in seen(known).proposals] == ["7"]

    def test_an_amount_that_never_went_out_is_not_told_of_what_did(self) -> None:
        """Where a price changed as well, the amount of then is in what went out, and not here."""
        known = more_given(sent_as(canonical(the(kept(told()), "B1"), charge="7")))
        (proposed,) = seen(known).proposals
        assert f"no longer J9185 of {day(-4)}: 2 units; now J9185 of {day(-4)}: 3 units" in (
            proposed.reason
        )
        assert "$" not in proposed.reason

    def test_where_only_the_charge_is_another_the_one_of_now_is_told(self) -> None:
        known = out("C1")
        target = next(r for r in known.records if r.fact.type == "charge.posted")
        assert isinstance(target.fact, ChargePosted)
        more = replace(target.fact, amount=target.fact.amount + 1)
        (proposed,) = seen(correcting(known, (target, more, None))).proposals
        (line,) = proposed.lines
        assert line.charge == more.amount
        assert f": 14 units, ${more.amount:,.2f}" in proposed.reason
        assert "no longer" not in proposed.reason
        assert proposed.change_reason is not None
        assert proposed.change_reason.code == "D1"

    def test_one_of_two_lines_alike_is_gone_and_the_other_is_charged_otherwise(self) -> None:
        each = posted(1, "0300", account="A-3", inside="yes", amount="5").fact
        twice = [record(each, 3, f"lab {number}") for number in (1, 2)]
        known = out("C1", [*told(), *twice])
        one, other = (r for r in known.records if r.source.message.startswith("lab "))
        assert isinstance(other.fact, ChargePosted)
        otherwise = replace(other.fact, amount=Decimal(6))
        after = correcting(known, (one, None, None), (other, otherwise, None))
        (proposed,) = seen(after).proposals
        line = f"revenue 0300 of {day(1)}: 1 unit"
        assert f"no longer {line}; now {line}, $6.00" in proposed.reason

    def test_both_are_told_apart_where_both_changed(self) -> None:
        known = more_given(sent_as(canonical(the(kept(told()), "B1"), code="J0000")))
        (found,), (proposed,) = of_the_rules(known), seen(known).proposals
        assert "J0000" in found.reason
        assert "J0000" not in proposed.reason
        assert "3 units" not in found.reason
        assert "3 units" in proposed.reason

    def test_another_version_of_the_form_is_not_compared(self) -> None:
        known = sent_as(canonical(the(kept(told()), "B1"), units="7"))
        sent = known.records[-1]
        assert isinstance(sent.fact, ClaimSubmitted)
        later = replace(sent, fact=replace(sent.fact, claim_version=2))
        assert of_the_rules(replace(known, records=(*known.records[:-1], later))) == []
