"""Each deviation that the fold sees: on which fact, from which state, with what is told."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any, Final

import pytest

from tests.given import CHAIN, day, record
from tests.minimal import fact_of
from veinledger.domain.facts.decisions import AttestedCollection
from veinledger.domain.findings import Finding, Objection
from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.standing.encounter import Batch, Encounter, Stay
from veinledger.domain.standing.fold import Taken
from veinledger.domain.standing.found.findings_of_the_fold import deviations

NOTHING: Final = Encounter()
STAY: Final = Stay(account="A-1", since=day(-3))
ADMITTED_AGAIN: Final = "an_admission_ends_the_stay_before_it"
WALKED_IN: Final = "a_visit_ends_a_stay_whose_discharge_never_came"


def told(
    kind: str, before: Encounter = NOTHING, after: Encounter | None = None, **more: Any
) -> list[str]:
    """The rules that find something of one fact between two states."""
    return [each.rule for each in found(kind, before, after, **more)]


def found(
    kind: str,
    before: Encounter = NOTHING,
    after: Encounter | None = None,
    said: dict[str, Any] | None = None,
    **more: Any,
) -> tuple[Finding, ...]:
    taken = Taken(
        record=record(fact_of(kind, **(said or {})), 0),
        before=before,
        after=before if after is None else after,
        **more,
    )
    return deviations([taken])


def under_the_chain(stage: Stage) -> Encounter:
    return Encounter(stage=stage, batches={CHAIN: Batch(stage=stage)})


NOT_RELEASED: Final = {Stage.COLLECTED, Stage.MANUFACTURING, Stage.MANUFACTURING_FAILED}
NOT_RECEIVED: Final = {Stage.COLLECTED, Stage.MANUFACTURING, Stage.RELEASED}


@pytest.mark.parametrize("stage", Stage)
def test_a_bag_that_came_before_its_release_is_told_and_one_that_came_after_is_not(
    stage: Stage,
) -> None:
    rule = "product_is_received_after_its_release"
    said = {"chain_of_identity": CHAIN}
    assert told("product.received", under_the_chain(stage), said=said) == [rule] * (
        stage in NOT_RELEASED
    )
    assert told("cells.shipped", under_the_chain(stage), said=said) == []


@pytest.mark.parametrize("stage", Stage)
def test_a_dose_before_the_product_is_there_or_after_its_making_failed_is_told(
    stage: Stage,
) -> None:
    before = Encounter(stage=stage)
    assert told("lymphodepletion.dose_given", before) == [
        *["lymphodepletion_follows_receipt_of_the_product"] * (stage in NOT_RECEIVED),
        *["lymphodepletion_is_not_given_after_a_failed_manufacture"]
        * (stage is Stage.MANUFACTURING_FAILED),
    ]
    assert told("patient.measured", before) == []


@pytest.mark.parametrize(
    ("kind", "before", "after", "rule"),
    [
        ("patient.admitted", STAY, replace(STAY, account="A-2"), ADMITTED_AGAIN),
        ("patient.admitted", STAY, STAY, None),
        ("patient.admitted", None, STAY, None),
        ("patient.measured", STAY, None, None),
        ("neurology.visit_completed", STAY, None, WALKED_IN),
        ("neurology.visit_completed", STAY, STAY, None),
        ("neurology.visit_completed", None, None, None),
        ("patient.discharged", STAY, None, None),
    ],
)
def test_a_stay_that_ended_without_a_discharge_is_told(
    kind: str, before: Stay | None, after: Stay | None, rule: str | None
) -> None:
    rules = told(kind, Encounter(stay=before), Encounter(stay=after))
    assert rules == ([] if rule is None else [rule])


@pytest.mark.parametrize(("out", "accepted"), [*product([True, False], repeat=2)])
def test_a_bag_out_of_specification_is_told_until_its_deviation_is_accepted(
    out: bool, accepted: bool
) -> None:
    batch = Batch(stage=Stage.CONDITIONING, out_of_specification=out, deviation_accepted=accepted)
    before = Encounter(stage=Stage.CONDITIONING, batches={CHAIN: batch})
    rule = "a_bag_out_of_specification_needs_an_accepted_deviation"
    expected = [rule] * (out and not accepted)
    assert told("cells.infused", before, said={"chain_of_identity": CHAIN}) == expected
    assert told("cells.infused", before, said={"chain_of_identity": "another"}) == []
    assert told("cells.prepared", before, said={"chain_of_identity": CHAIN}) == []


def test_a_place_that_came_only_on_the_next_day_and_one_by_confirmation_are_told() -> None:
    assert told("patient.measured") == []
    assert told("patient.measured", a_day_late=True) == ["clock_disagrees"]
    assert told("patient.measured", by_confirmation=True) == ["what_a_person_confirmed_is_told"]


def test_what_was_put_in_effect_against_a_rule_is_told_in_the_words_of_the_rule() -> None:
    against = Objection(rule="a_rule", reason="it is so", remedy="mend it", source="a page")
    (overruled,) = found("patient.measured", overruled=against)
    assert overruled.rule == "what_a_person_put_in_effect_against_a_rule_is_told"
    assert overruled.reason.endswith(": it is so")
    assert (overruled.remedy, overruled.source) == ("mend it", "a page")
    assert overruled.holds


def test_a_finding_of_the_fold_names_its_record_and_what_to_do() -> None:
    (each,) = found("lymphodepletion.dose_given", Encounter(stage=Stage.COLLECTED))
    assert each.records == (record(fact_of("lymphodepletion.dose_given"), 0).key,)
    assert (each.severity, each.holds) == ("warning", False)
    assert each.reason
    assert each.remedy
    assert each.source


def test_an_attested_step_is_told_as_attested_and_as_nothing_else() -> None:
    step = AttestedCollection(chain_of_identity=CHAIN, confirmation="ab" * 32, confirmed="cd" * 32)
    attested = replace(record(step, 0), kind="attested")
    taken = Taken(record=attested, before=NOTHING, after=NOTHING, by_confirmation=True)
    (each,) = deviations([taken])
    assert each.rule == "what_a_person_attested_is_told"
    assert each.records == ("ab" * 32, "cd" * 32)
    assert each.holds
