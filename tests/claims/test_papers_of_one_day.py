"""Claims, replacements, voids and answers of one day, with a clock or without; and strays."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Final

import pytest

from tests.claims.given_claims import submitted
from tests.claims.test_after_sending import Kind, answer, seen
from tests.claims.test_sent import the, told
from tests.given import at, record
from tests.given_decisions import correcting, kept, then
from veinledger.domain.facts.billing import ClaimAnswered, ClaimSubmitted, Frequency
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import History
from veinledger.projections.claims.sent.strays import RULE
from veinledger.projections.claims.shapes import ClaimSet

ON: Final = 30
"""The day on which all of it happens."""
CLOCKS: Final = tuple(product((None, "10:00"), (None, "15:00")))


def when(clock: str | None) -> str | int:
    return ON if clock is None else at(ON, clock)


def sending(known: History, clock: str | None, frequency: Frequency = "1") -> Record:
    sent = submitted(the(known, "B1"), len(known.records), ON, frequency)
    assert isinstance(sent.fact, ClaimSubmitted)
    fact = replace(sent.fact, patient_control_number=f"PCN-B1-{frequency}")
    return record(fact, when(clock), f"{9 - int(frequency)}")


def answering(known: History, clock: str | None, kind: Kind, to: str) -> Record:
    told = answer(the(known, "B1"), ON, kind, to=to)
    return record(told.fact, when(clock), "0")


def by_number_alone(told: Record) -> Record:
    assert isinstance(told.fact, ClaimAnswered)
    return replace(told, fact=replace(told.fact, claim_key=None))


@pytest.mark.parametrize(("first", "second"), CLOCKS)
@pytest.mark.parametrize(("frequency", "outcome"), [("7", "replaced"), ("8", "voided")])
def test_what_replaces_or_voids_a_claim_of_the_same_day_comes_after_it(
    frequency: Frequency, outcome: str, first: str | None, second: str | None
) -> None:
    known = kept(told())
    both = then(known, sending(known, first), sending(known, second, frequency))
    assert seen(both).sent[0].outcome == outcome
    assert [each.frequency for each in seen(both).sent] == ["1", frequency]


@pytest.mark.parametrize(("first", "second"), CLOCKS)
@pytest.mark.parametrize("kind", ["accepted", "paid", "denied", "rejected"])
def test_an_answer_of_the_day_on_which_a_claim_went_out_is_an_answer_to_it(
    kind: Kind, first: str | None, second: str | None
) -> None:
    known = kept(told())
    went = sending(known, first)
    found = seen(then(known, went, answering(known, second, kind, "PCN-B1-1")))
    assert [each.answer for each in found.sent] == [kind]
    assert strays(found) == []


def test_an_answer_under_a_mistyped_number_is_told_to_a_person() -> None:
    known = kept(told())
    wrong = by_number_alone(answering(known, None, "denied", "PCN-1B-1"))
    found = seen(then(known, sending(known, None), wrong))
    (stray,) = strays(found)
    assert (stray.severity, stray.records) == ("warning", (wrong.key,))
    assert "(denied) is about nothing that went out" in stray.reason
    assert "no answer is on record" in found.claims[1].state_reason


def test_an_answer_dated_before_its_claim_went_out_says_which_claim_that_is() -> None:
    known = kept(told())
    early = answer(the(known, "B1"), ON - 1, "paid", to="PCN-B1-1")
    for named in (early, by_number_alone(early)):
        (stray,) = strays(seen(then(known, sending(known, None), named)))
        assert "B1 went out on" in stray.reason


def test_the_answer_to_a_submission_that_was_voided_has_lost_its_claim() -> None:
    known = kept(told())
    went = sending(known, None)
    answered = by_number_alone(answering(known, None, "accepted", "PCN-B1-1"))
    both = then(known, went, answered)
    target = next(each for each in both.records if each.key == went.key)
    (stray,) = strays(seen(correcting(both, (target, None, None))))
    assert stray.records == (answered.key,)


def test_an_answer_to_a_claim_that_nobody_told_was_sent_is_no_stray() -> None:
    known = kept(told())
    assert strays(seen(then(known, answering(known, None, "paid", "PCN-B1-1")))) == []


def strays(found: ClaimSet) -> list[Finding]:
    return [each for each in found.findings if each.rule == RULE]
