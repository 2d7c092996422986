"""Off the usual way: facts that a person put in effect without a place, chains in odd stages."""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.domain.test_evolving import IN, after, at_stage
from tests.given import CHAIN, record
from tests.minimal import fact_of
from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.reports import Record
from veinledger.domain.standing.attested import attested_steps


@pytest.mark.parametrize(
    "kind", ["lymphodepletion.dose_given", "crs.graded", "tocilizumab.given", "supportive.given"]
)
def test_what_never_moves_and_a_dose_without_a_product_leave_the_stage(kind: str) -> None:
    for stage in (IN.REFERRED, IN.WITHDRAWN):
        assert after(at_stage(stage), kind) == at_stage(stage)


def test_what_moves_elsewhere_goes_where_its_first_move_goes() -> None:
    assert after(at_stage(IN.REFERRED), "product.received").stage is IN.RECEIVED


@pytest.mark.parametrize(
    ("stage", "chain_at"),
    [
        (IN.MANUFACTURING, IN.MANUFACTURING),
        (IN.RELEASED, IN.RELEASED),
        (IN.INFUSED, IN.MANUFACTURING),
        (IN.COMPLETED, IN.MANUFACTURING),
    ],
)
def test_an_unknown_chain_starts_where_the_encounter_is_but_after_the_infusion_at_referred(
    stage: Stage, chain_at: Stage
) -> None:
    shipped = after(at_stage(stage, other=stage), "cells.shipped", chain_of_identity=CHAIN)
    assert shipped.batches[CHAIN].stage is chain_at
    assert shipped.stage is stage


def test_a_collection_that_failed_brings_in_no_chain() -> None:
    failed = after(at_stage(IN.REFERRED), "apheresis.failed", chain_of_identity=CHAIN)
    assert failed == at_stage(IN.REFERRED)


def test_only_the_first_dose_conditions_the_chains_that_were_received() -> None:
    before = at_stage(IN.CONDITIONING, one=IN.CONDITIONING, other=IN.RECEIVED)
    for kind in ("lymphodepletion.dose_given", "patient.measured"):
        assert after(before, kind) == before


def test_a_chain_that_is_past_the_infusion_is_not_the_furthest_before_it() -> None:
    before = at_stage(IN.COLLECTED, one=IN.INFUSED, other=IN.COLLECTED)
    assert before.furthest_batch is IN.COLLECTED


BAG: Final = record(fact_of("product.received", chain_of_identity=CHAIN), 0, "bag")
WEIGHT: Final = record(fact_of("patient.measured"), 0, "weight")


def deciding(kind: str, target: Record, **said: Any) -> Record:
    return record(fact_of(kind, target=target.key, **said), 1, f"{kind} {target.key}")


def confirming(target: Record) -> Record:
    steps = [{"type": "cells.shipped", "day": "2026-05-01"}]
    return deciding("report.confirmed", target, attested=steps)


@pytest.mark.parametrize(
    ("act", "superseded", "steps"),
    [
        (confirming(BAG), (), [("cells.shipped", CHAIN)]),
        (confirming(BAG), (WEIGHT,), [("cells.shipped", CHAIN)]),
        (confirming(BAG), (BAG,), []),
        (confirming(BAG), (confirming(BAG),), []),
        (confirming(WEIGHT), (), []),
        (deciding("report.discarded", BAG), (), []),
    ],
)
def test_a_step_is_attested_for_a_record_of_a_chain_that_stands_as_its_confirmation_does(
    act: Record, superseded: tuple[Record, ...], steps: list[tuple[str, str]]
) -> None:
    taken_out = {each.key for each in superseded}
    found = attested_steps([act], [BAG, WEIGHT, act], taken_out, [BAG, WEIGHT])
    assert [
        (each.fact.type, getattr(each.fact, "chain_of_identity", "")) for each in found
    ] == steps
