"""What changed between two moments: stage, records, claims by line, schedule, findings; and why."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.given import (
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
)
from tests.given_decisions import (
    confirming,
    correcting,
    discarding,
    kept,
    moved_here,
    settling,
    the,
    then,
)
from tests.given_ledger import ledger, lines_of
from veinledger.adapters.pages import read_centre, shipped_rules
from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.decisions import RecordsCorrected
from veinledger.domain.facts.patient import PatientDied
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.facts.toxicity import CrsGraded
from veinledger.domain.facts.treatment import LymphodepletionDoseGiven
from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import AsOf, History, KnownAt
from veinledger.domain.standing.identity import IdentityClaim
from veinledger.projections.changed_claims import ClaimChange
from veinledger.projections.changed_obligations import ObligationChange
from veinledger.projections.changed_records import RecordChange
from veinledger.projections.changes import Changes, changes, kept_between
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.sent.shapes import Difference, LineChange
from veinledger.projections.claims.shapes import Claim
from veinledger.projections.schedule import schedule

CENTRE = read_centre(Path(__file__).parents[2] / "examples" / "site")
RULES = shipped_rules("public")
TO_THE_RELEASE = [*opened(), *collected(), *made()[:2]]
RECEIPT = made()[2]
STAY = [admitted(), infused(), room_charged(), discharged()]
WHOLE = kept(TO_THE_RELEASE, RECEIPT, lymphodepletion(), STAY)
GRADE = record(CrsGraded(grade=2), 3)


def changed(
    history: History, before: KnownAt, after: KnownAt = None, as_of: AsOf = None
) -> Changes:
    return changes(history, CENTRE, RULES, before, after, as_of)


def since(before: History, after: History, as_of: AsOf = None) -> Changes:
    """What the records that one history has more than the other changed."""
    return changed(after, len(before.records), None, as_of)


def dose(history: History) -> Record:
    return the(history, "lymphodepletion.dose_given", 0)


def other(fact: Fact, **fields: Any) -> Fact:
    assert isinstance(fact, LymphodepletionDoseGiven)
    return replace(fact, **fields)


def claim_of(told: Changes, label: str) -> ClaimChange:
    return next(each for each in told.claims if label in (each.label, each.label_before))


def line_of(told: ClaimChange, code: str) -> LineChange:
    return next(each for each in told.lines if each.code == code)


def record_of(told: Changes, of: Record) -> RecordChange:
    return next(each for each in told.records if each.record == of.key)


def test_between_one_moment_and_itself_nothing_changes() -> None:
    last = len(WHOLE.records)
    assert changed(WHOLE, last, last).nothing
    assert changed(WHOLE, last).nothing


def test_a_correction_that_changes_something_is_not_nothing() -> None:
    """The control."""
    more = correcting(WHOLE, (dose(WHOLE), other(dose(WHOLE).fact, course=2), None))
    assert not since(WHOLE, more).nothing


def test_a_claim_that_hangs_on_another_record_now_is_one_in_claims_and_in_money() -> None:
    """The first dose is voided: the claim is named by the next one, and keeps its account."""
    told = since(
        WHOLE, correcting(WHOLE, (the(WHOLE, "lymphodepletion.dose_given", 0), None, None))
    )
    claim = claim_of(told, "B1")
    assert claim.changed == "changed"
    (money,) = (each for each in told.money.each if each.label == "B1")
    assert (money.key, money.label_before) == (claim.key, "B1")
    assert (money.before.charges, money.after.charges) == (claim.total_before, claim.total)


class TestACorrectedDose:
    WRONG = dose(WHOLE)
    HISTORY = correcting(
        WHOLE, (WRONG, other(WRONG.fact, drug=drug("155.5", "00703-5854-01")), None)
    )
    TOLD = since(WHOLE, HISTORY)

    def test_is_a_changed_line_and_not_one_gone_and_one_new(self) -> None:
        claim = claim_of(self.TOLD, "B1")
        assert (claim.changed, claim.label_before) == ("changed", "B1")
        (line,) = claim.lines
        assert (line.changed, line.code) == ("changed", "J9185")
        told = {each.name: (each.before, each.after) for each in line.differences}
        assert told["units"] == ("2", "4")
        assert told["made of"] == ("55.5 mg at 50 mg a unit", "155.5 mg at 50 mg a unit")

    def test_names_the_records_that_caused_it(self) -> None:
        line = line_of(claim_of(self.TOLD, "B1"), "J9185")
        right, act = the(self.HISTORY, "lymphodepletion.dose_given"), self.HISTORY.records[-2]
        assert set(line.records) == {self.WRONG.key, right.key, act.key}

    def test_says_what_became_of_each_record(self) -> None:
        right, act = the(self.HISTORY, "lymphodepletion.dose_given"), self.HISTORY.records[-2]
        assert isinstance(act.fact, RecordsCorrected)
        out, number = record_of(self.TOLD, self.WRONG), act.seal.sequence
        assert (str(out.before), str(out.after)) == ("in effect", "superseded")
        assert out.because == f"replaced with record {right.seal.sequence} by record {number}"
        came = record_of(self.TOLD, right)
        assert came.before is None
        assert came.because == (
            f"in place of record {self.WRONG.seal.sequence}, by record {number}"
        )
        assert out.by == came.by == (act.key,)

    def test_leaves_every_other_claim_and_the_schedule_alone(self) -> None:
        assert [each.label for each in self.TOLD.claims] == ["B1"]
        assert self.TOLD.obligations == ()
        assert self.TOLD.stage is self.TOLD.stage_before


def test_a_voided_charge_takes_its_amount_along() -> None:
    told = since(WHOLE, correcting(WHOLE, (the(WHOLE, "charge.posted"), None, None)))
    claim = claim_of(told, "C1")
    assert claim.total_before is not None
    assert claim.total is not None
    assert claim.total_before - claim.total == Decimal(35_000)
    assert [each.changed for each in claim.lines] == ["removed"]


class TestAnInfusionOnAnotherDay:
    WRONG = the(WHOLE, "cells.infused")
    HISTORY = correcting(WHOLE, (WRONG, WRONG.fact, 1))
    TOLD = since(WHOLE, HISTORY, day(2))

    def test_is_the_same_claim_with_another_date(self) -> None:
        claim = claim_of(self.TOLD, "C1")
        assert claim.changed == "changed"
        assert line_of(claim, "Q2056").differences == (
            Difference(name="date", before=str(day(0)), after=str(day(1))),
        )
        assert [(each.changed, each.code) for each in claim.codes] == [("changed", "XW033A7")]

    def test_moves_every_visit_under_its_old_name(self) -> None:
        visits = neurology(self.TOLD)
        assert [each.changed for each in visits] == ["moved"] * 5
        month_1 = visits[1]
        assert (str(month_1.due_before), str(month_1.due)) == ("2026-06-11", "2026-06-12")
        assert "the infusion's date was corrected on" in month_1.reason


class TestWhatWaitedComesIntoEffect:
    HISTORY = kept(TO_THE_RELEASE, infused(), GRADE)

    def test_because_what_it_waited_for_was_reported(self) -> None:
        told = since(self.HISTORY, then(self.HISTORY, RECEIPT))
        assert (told.stage_before, told.stage) == (Stage.RELEASED, Stage.INFUSED)
        came = record_of(told, the(self.HISTORY, "cells.infused"))
        assert str(came.before) == "waiting for product.received"
        assert came.because.startswith("what it waited for is in effect: record ")
        assert came.because.endswith("(product.received)")
        assert came.by == (RECEIPT.key,)
        visits = neurology(told)
        assert {each.changed for each in visits} == {"changed"}
        assert {(o.provisional_before, o.provisional) for o in visits} == {(True, False)}
        assert claim_of(told, "C1").changed == "appeared"

    def test_because_a_person_confirmed_it_and_attested_the_missing_step(self) -> None:
        target = the(self.HISTORY, "cells.infused")
        confirmed = confirming(self.HISTORY, target, product_received=-10)
        told, number = since(self.HISTORY, confirmed), confirmed.records[-1].seal.sequence
        assert record_of(told, target).because == (
            f"confirmed by record {number}, attesting product.received on 2026-05-01"
        )
        assert record_of(told, the(self.HISTORY, "crs.graded")).because == (
            f"what it waited for is attested: record {number} (report.confirmed)"
        )
        assert "what_a_person_attested_is_told" in {each.rule for each in told.findings_came}


def test_what_a_later_report_puts_out_of_effect_names_that_report() -> None:
    late = record(NeurologyVisitCompleted(cpt="99214", service=service("office")), 60)
    history = kept(TO_THE_RELEASE, RECEIPT, infused(), GRADE, late)
    reported = then(history, record(PatientDied(), 40))
    death = the(reported, "patient.died")
    told = since(history, confirming(reported, death))
    assert told.stage is Stage.DECEASED
    out = record_of(told, late)
    assert str(out.after) == "disputed"
    number = death.seal.sequence
    assert out.because == f"record {number} (patient.died) puts it out of effect"
    assert out.by == (death.key,)


def test_a_discarded_record_and_its_provisional_calendar_go() -> None:
    history = kept(TO_THE_RELEASE, infused())
    told = since(history, discarding(history, the(history, "cells.infused")))
    assert [each.changed for each in neurology(told)] == ["went"] * 5
    assert {each.changed for each in told.obligations} == {"went"}
    assert record_of(told, the(history, "cells.infused")).because.startswith("discarded by record ")


def test_a_record_that_was_moved_here_says_where_it_came_from() -> None:
    history = kept(TO_THE_RELEASE, RECEIPT)
    moved = then(history, moved_here(infused(), "E7"))
    assert record_of(since(history, moved), moved.records[-1]).because == (
        "moved here from E7, record 7 there"
    )


def test_a_settled_finding_frees_its_claim_and_is_told() -> None:
    held = kept(TO_THE_RELEASE, infused())
    held = confirming(held, the(held, "cells.infused"), product_received=-10)
    before = claims(held, CENTRE, RULES).claim("C1")
    assert before is not None
    assert before.state == "held"
    holding = [each.key for each in before.findings if each.holds]
    settled = held
    for key in holding:
        settled = settling(settled, key)
    told = since(held, settled)
    assert [each.finding for each in told.settled] == holding
    assert claim_of(told, "C1").state_before == "held"
    assert claim_of(told, "C1").state != "held"


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> History:
    with ledger(tmp_path_factory.mktemp("story")) as told:
        told.record(*lines_of("page_patient_2l"))
        return told.history("E1")


class TestWhatIsTold:
    """Over every step of a whole story: what is told differs, and what differs is told."""

    def test_is_every_claim_that_differs_and_no_other(self, story: History) -> None:
        steps = 0
        for earlier, later in zip(story.records, story.records[3::4], strict=False):
            before, after = earlier.seal.position, later.seal.position
            told = {each.key for each in changed(story, before, after).claims}
            was, now = claims_at(story, before), claims_at(story, after)
            differ = {key for key in {*was, *now} if on_the_form(was, key) != on_the_form(now, key)}
            assert told == differ
            steps += len(differ)
        assert steps > 10

    def test_is_every_obligation_that_differs_and_no_other(self, story: History) -> None:
        first, last = story.records[0].seal.position, story.records[-1].seal.position
        told = {each.key for each in changed(story, first, last).obligations}
        assert told == {each.key for each in schedule(story, CENTRE, RULES).obligations}
        assert len(told) > 50


def neurology(told: Changes) -> list[ObligationChange]:
    return [each for each in told.obligations if each.key.startswith("neurology_")]


def claims_at(history: History, known_at: int) -> dict[str, Claim]:
    return {each.key: each for each in claims(history, CENTRE, RULES, None, known_at).claims}


def on_the_form(found: dict[str, Claim], key: str) -> object:
    if key not in found:
        return None
    claim = found[key]
    lines = [
        (
            *(each.code, each.revenue_code, each.day, each.through, each.units, each.charge),
            *(each.modifiers, each.ndc, each.quantity, each.payment, each.payment_reason),
        )
        for each in claim.lines
    ]
    codes = [(each.role, each.code, each.day, each.present_on_admission) for each in claim.codes]
    paid = (claim.payer, claim.payment_mechanism, claim.payment_reason)
    days = (claim.first_day, claim.last_day)
    return (claim.label, claim.state, claim.state_reason, days, paid, lines, codes)


class TestWhatWasKeptWithARecord:
    def test_is_the_record_alone_where_it_claims_nothing(self) -> None:
        graded = kept(TO_THE_RELEASE, GRADE)
        free = replace(graded, claims=())
        number = len(graded.records)
        assert kept_between([free], GRADE.key) == (number - 1, number)

    def test_is_also_what_it_claimed_just_before_and_what_it_brought_in(self) -> None:
        history = correcting(WHOLE, (dose(WHOLE), dose(WHOLE).fact, None))
        act, brought = history.records[-2:]
        claim = an_identity_claim(act.seal.position - 1)
        alone = replace(
            history,
            claims=(claim,),
            records=tuple(r for r in history.records if r in (act, brought)),
        )
        span = kept_between([alone], act.key)
        assert span == (act.seal.position - 2, brought.seal.position)

    def test_may_lie_in_another_history(self) -> None:
        history = correcting(WHOLE, (dose(WHOLE), dose(WHOLE).fact, None))
        act, brought = history.records[-2:]
        here = replace(history, records=history.records[:-1], claims=())
        there = replace(history, encounter="E2", records=(brought,), claims=())
        assert kept_between([here, there], act.key)[1] == brought.seal.position

    def test_of_an_unknown_record_is_an_error(self) -> None:
        with pytest.raises(LookupError, match="none of these histories"):
            kept_between([WHOLE], "00" * 32)


def an_identity_claim(position: int) -> IdentityClaim:
    return replace(WHOLE.claims[0], position=position)
