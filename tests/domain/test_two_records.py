"""What of two records cannot both be right: which other one is named, and of which day."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest

from tests.given import CHAIN, record
from tests.minimal import fact_of
from veinledger.domain.facts.decisions import AttestedCollection
from veinledger.domain.findings import Finding
from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.reports import Record
from veinledger.domain.standing.encounter import Encounter
from veinledger.domain.standing.fold import Folded, Taken, fold
from veinledger.domain.standing.found.two_records import PUT_OUT, Known, findings_about_two_records
from veinledger.domain.standing.related.continuing import findings_of_a_continuation
from veinledger.domain.standing.standing import Standing, disputed

NOWHERE: Final = Encounter()
ELSEWHERE: Final = Encounter(stage=Stage.COLLECTED)
LEFT: Final = record(fact_of("encounter.opened"), 0, "left")
"""It is legal where nothing was opened, and nowhere else."""


def told(kind: str, number: int, message: str | None = None, **said: Any) -> Record:
    return record(fact_of(kind, **said), number, message)


def taken(
    number: int, before: Encounter = NOWHERE, after: Encounter = ELSEWHERE, *, late: bool = False
) -> Taken:
    each = told("patient.measured", number, f"taken {number} {late}")
    return Taken(record=each, before=before, after=after, a_day_late=late)


def put_out_by(*history: Taken, status: str = "waiting") -> list[str]:
    """Who is named as having put the record out of effect that found no place."""
    standing = Standing(status="waiting") if status == "waiting" else disputed()
    folded = Folded(
        taken=history, standings={LEFT.key: standing}, encounter=ELSEWHERE, left=(LEFT,)
    )
    known = Known(encounter="E1", records=(LEFT,), claims=(), folded=folded)
    found = [each for each in findings_about_two_records(known) if each.rule == PUT_OUT]
    assert all(each.records[0] == LEFT.key and each.holds for each in found)
    return [each.records[1] for each in found]


@pytest.mark.parametrize("status", ["waiting", "disputed"])
def test_the_record_after_which_it_was_not_legal_any_more_is_named(status: str) -> None:
    one = taken(-1)
    assert put_out_by(one, status=status) == [one.record.key]


@pytest.mark.parametrize(
    ("number", "late", "named"),
    [(-1, False, True), (0, False, True), (1, False, False), (-1, True, True), (0, True, False)],
)
def test_only_what_was_taken_up_to_its_day_can_have_put_it_out(
    number: int, late: bool, named: bool
) -> None:
    one = taken(number, late=late)
    assert put_out_by(one) == [one.record.key] * named


def test_what_left_it_as_legal_as_it_was_is_not_named_and_of_several_the_last_is() -> None:
    assert put_out_by(taken(-1, NOWHERE, Encounter())) == []
    assert put_out_by(taken(-1, ELSEWHERE, NOWHERE)) == []
    assert put_out_by(taken(-1, NOWHERE, NOWHERE)) == []
    first, last = taken(-3), taken(-2)
    assert put_out_by(first, taken(-3, ELSEWHERE, NOWHERE), last) == [last.record.key]


def test_an_attested_step_is_named_by_the_confirmation_that_attests_it() -> None:
    step = AttestedCollection(chain_of_identity=CHAIN, confirmation="ab" * 32, confirmed="cd" * 32)
    attested = replace(taken(-1), record=replace(record(step, -1), kind="attested"))
    assert put_out_by(attested) == ["ab" * 32]


# ---- One encounter that follows another --------------------------------------------------------

THERE: Final = "a_continued_encounter_is_another_one_that_is_there"
SAME_PATIENT: Final = "a_continued_encounter_is_of_the_same_patient"


def folded(*records: Record) -> Folded:
    numbered = (
        replace(each, seal=replace(each.seal, sequence=at, position=at))
        for at, each in enumerate(records, 1)
    )
    return fold(tuple(numbered), {}, "E1")


def opened(patient: str) -> Record:
    return told("encounter.opened", -90, patient=patient)


def follows(*names: str) -> list[Record]:
    return [told("encounter.continued", -80, name, continues=name) for name in names]


def followed(now: Folded, **earlier: Folded) -> list[Finding]:
    return list(findings_of_a_continuation("E1", now, earlier))


def test_an_encounter_follows_another_one_that_is_there() -> None:
    now = folded(opened("P-1"), *follows("E0"))
    nothing = Folded(taken=(), standings={}, encounter=NOWHERE)
    (found,) = followed(now)
    assert (found.rule, found.holds) == (THERE, False)
    assert [each.rule for each in followed(now, E0=nothing)] == [THERE]
    withdrawn = folded(opened("P-1"), told("encounter.withdrawn", -85))
    assert followed(now, E0=withdrawn) == []
    itself = folded(opened("P-1"), *follows("E1"))
    assert [each.rule for each in followed(itself, E1=itself)] == [THERE]


def test_of_several_that_it_follows_each_is_looked_at() -> None:
    now = folded(opened("P-1"), *follows("E0", "E00"))
    withdrawn = folded(opened("P-2"), told("encounter.withdrawn", -85))
    assert sorted(each.rule for each in followed(now, E0=withdrawn)) == sorted(
        [THERE, SAME_PATIENT]
    )
    assert sorted(each.rule for each in followed(now, E00=withdrawn)) == sorted(
        [THERE, SAME_PATIENT]
    )


@pytest.mark.parametrize(
    ("merged", "same"),
    [((), False), (("P-2", "P-1"), True), (("P-1", "P-2"), True), (("P-1", "P-1"), False)],
)
def test_an_encounter_under_another_patient_is_told_unless_the_two_are_known_to_be_one(
    merged: tuple[str, ...], same: bool
) -> None:
    said = [told("patient.merged", -81, patient=merged[0], surviving=merged[1])] if merged else []
    now = folded(opened("P-1"), *follows("E0"), told("patient.measured", -79), *said)
    withdrawn = folded(opened("P-2"), told("encounter.withdrawn", -85))
    found = followed(now, E0=withdrawn)
    assert [each.rule for each in found] == [SAME_PATIENT] * (not same)
    if not same:
        (first, link) = (now.taken[0].record, follows("E0")[0])
        assert found[0].records == (first.key, link.key)
        assert found[0].holds


# ---- What ends an encounter ---------------------------------------------------------------------


def test_a_death_that_life_follows_is_disputed_until_a_person_confirms_it() -> None:
    died, came = told("patient.died", -10), told("patient.measured", -9)
    weeks_later = told("neurology.visit_completed", 20)
    records = (opened("P-1"), told("apheresis.completed", -40), died, came, weeks_later)
    assert folded(*records).standings[died.key].status == "disputed"
    confirmed = told("report.confirmed", 30, target=died.key)
    assert folded(*records, confirmed).standings[died.key].in_effect
