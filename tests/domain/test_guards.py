"""Where a fact is judged from, which chains it brings in, and the rules that stand against it."""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.given import CHAIN, day, record
from tests.minimal import fact_of
from veinledger.domain.lifecycle.stages import BEFORE_INFUSION, Stage
from veinledger.domain.reports import Record
from veinledger.domain.standing.encounter import Batch, Encounter, Infusion, Stay
from veinledger.domain.standing.legality import (
    claims_a_chain,
    collections_named_by,
    is_legal,
    judged_from,
    objections,
    starts_from_collections,
    touched_by,
)

TABLE: Final = "a_fact_follows_the_lifecycle_table"
UNKNOWN_CHAIN: Final = "a_product_fact_names_a_chain_of_identity_that_is_known_here"
INFUSED: Final = "a_bag_that_was_infused_can_neither_fail_nor_be_rejected"
TOO_EARLY: Final = "crs_and_icans_are_graded_after_the_infusion"


def told(kind: str, number: int = 0, **said: Any) -> Record:
    return record(fact_of(kind, **said), number)


def with_batch(stage: Stage, batch: Stage | None, *collections: str) -> Encounter:
    batches = {} if batch is None else {CHAIN: Batch(stage=batch)}
    return Encounter(stage=stage, batches=batches, collections=frozenset(collections))


def infused(number: int, chain: str = CHAIN, stage: Stage = Stage.INFUSED) -> Encounter:
    done = Infusion(chain_of_identity=chain, lot=None, day=day(number), partial=False)
    batch = Batch(stage=Stage.CONDITIONING)
    return Encounter(stage=stage, batches={CHAIN: batch}, infusions=(done,))


@pytest.mark.parametrize(
    ("kind", "said", "named", "claimed"),
    [
        ("manufacturing.started", {"collections": ["D-1", "D-2"]}, ("D-1", "D-2"), CHAIN),
        ("manufacturing.started", {}, (), None),
        ("cells.prepared", {"donation_number": "D-1"}, ("D-1",), CHAIN),
        ("cells.shipped", {"donation_number": "D-1"}, ("D-1",), CHAIN),
        ("cells.prepared", {}, (), None),
        ("product.received", {}, (), None),
        ("product.ordered", {}, (), CHAIN),
        ("apheresis.completed", {"chain_of_identity": CHAIN}, (), CHAIN),
        ("apheresis.completed", {}, (), None),
    ],
)
def test_facts_name_collections_and_claim_chains(
    kind: str, said: dict[str, Any], named: tuple[str, ...], claimed: str | None
) -> None:
    fact = fact_of(kind, **said)
    assert collections_named_by(fact) == named
    assert claims_a_chain(fact) == claimed


@pytest.mark.parametrize(
    ("batch", "collections", "named", "starts"),
    [
        (None, ("D-1",), ["D-1"], True),
        (Stage.REFERRED, ("D-1",), ["D-1"], True),
        (Stage.COLLECTED, ("D-1",), ["D-1"], False),
        (None, ("D-1",), ["D-1", "D-2"], False),
        (None, ("D-1", "D-2"), ["D-1", "D-2"], True),
        (None, (), ["D-1"], False),
        (None, ("D-1",), [], False),
    ],
)
def test_cells_of_this_encounter_come_under_a_chain_that_is_new_or_only_ordered(
    batch: Stage | None, collections: tuple[str, ...], named: list[str], starts: bool
) -> None:
    fact = fact_of("manufacturing.started", collections=named)
    encounter = with_batch(Stage.COLLECTED, batch, *collections)
    assert starts_from_collections(encounter, fact) is starts


@pytest.mark.parametrize(
    ("kind", "said", "encounter", "stage"),
    [
        ("patient.measured", {}, with_batch(Stage.COLLECTED, Stage.RELEASED), Stage.COLLECTED),
        ("product.received", {}, with_batch(Stage.COLLECTED, Stage.RELEASED), Stage.RELEASED),
        ("product.received", {}, with_batch(Stage.COLLECTED, None), Stage.COLLECTED),
        ("product.received", {}, with_batch(Stage.INFUSED, Stage.RELEASED), Stage.INFUSED),
        (
            "apheresis.failed",
            {"chain_of_identity": CHAIN},
            with_batch(Stage.COLLECTED, Stage.REFERRED),
            Stage.COLLECTED,
        ),
        (
            "manufacturing.started",
            {"collections": ["D-1"]},
            with_batch(Stage.REFERRED, Stage.REFERRED, "D-1"),
            Stage.COLLECTED,
        ),
        (
            "manufacturing.started",
            {"collections": ["D-1"]},
            with_batch(Stage.MANUFACTURING, Stage.RELEASED, "D-1"),
            Stage.RELEASED,
        ),
    ],
)
def test_a_fact_is_judged_from_its_own_chain_while_cells_are_on_their_way(
    kind: str, said: dict[str, Any], encounter: Encounter, stage: Stage
) -> None:
    assert judged_from(encounter, fact_of(kind, **said)) is stage


def against(encounter: Encounter, each: Record) -> list[str]:
    """The rules against a record; it is legal where there are none."""
    rules = [objection.rule for objection in objections(encounter, each)]
    assert is_legal(encounter, each) is (rules == [])
    return rules


@pytest.mark.parametrize(
    ("each", "encounter", "rules"),
    [
        (told("manufacturing.started"), with_batch(Stage.COLLECTED, Stage.COLLECTED), []),
        (told("manufacturing.started"), with_batch(Stage.COLLECTED, None), [UNKNOWN_CHAIN]),
        (
            told("manufacturing.started", collections=["D-1"]),
            with_batch(Stage.COLLECTED, None, "D-1"),
            [],
        ),
        (
            told("manufacturing.started", collections=["D-1"]),
            with_batch(Stage.COLLECTED, None, "D-2"),
            [UNKNOWN_CHAIN],
        ),
        (told("product.ordered"), with_batch(Stage.REFERRED, None), []),
        (
            told("apheresis.failed", chain_of_identity=CHAIN),
            with_batch(Stage.REFERRED, None),
            [],
        ),
        (told("manufacturing.started"), with_batch(Stage.UNOPENED, None), [TABLE, UNKNOWN_CHAIN]),
        (told("encounter.opened"), with_batch(Stage.COLLECTED, None), [TABLE]),
    ],
)
def test_nothing_is_made_under_a_label_that_nobody_brought_in(
    each: Record, encounter: Encounter, rules: list[str]
) -> None:
    assert against(encounter, each) == rules


@pytest.mark.parametrize("kind", ["manufacturing.failed", "product.rejected", "product.received"])
@pytest.mark.parametrize("chain", [CHAIN, "another"])
def test_a_bag_in_the_patient_neither_failed_nor_was_rejected(kind: str, chain: str) -> None:
    ends = kind != "product.received"
    assert (INFUSED in against(infused(-1, chain), told(kind))) is (ends and chain == CHAIN)


@pytest.mark.parametrize("kind", ["crs.graded", "icans.graded"])
@pytest.mark.parametrize(("number", "early"), [(-1, True), (0, False), (1, False)])
def test_toxicity_is_graded_from_the_day_of_the_infusion_on(
    kind: str, number: int, early: bool
) -> None:
    assert (TOO_EARLY in against(infused(0), told(kind, number))) is early
    assert TOO_EARLY in against(Encounter(stage=Stage.INFUSED), told(kind, number))
    assert TOO_EARLY not in against(
        Encounter(stage=Stage.INFUSED), told("patient.measured", number)
    )


OPEN: Final = Encounter(stage=Stage.COLLECTED, stay=Stay(account="A", since=day(-1)))
OF_THE_CHAIN: Final = told("manufacturing.started")
OF_ANOTHER: Final = told("manufacturing.started", chain_of_identity="another")
OF_THE_STAY: Final = told("patient.discharged")
OF_NEITHER: Final = told("patient.measured")
RECORDS: Final = (OF_THE_CHAIN, OF_ANOTHER, OF_THE_STAY, OF_NEITHER)


@pytest.mark.parametrize(
    ("taken", "after", "touched"),
    [
        (OF_THE_CHAIN, Encounter(stage=Stage.MANUFACTURING, stay=OPEN.stay), RECORDS),
        (OF_THE_CHAIN, OPEN, (OF_THE_CHAIN,)),
        (OF_NEITHER, OPEN, ()),
        (OF_NEITHER, Encounter(stage=Stage.COLLECTED), (OF_THE_STAY,)),
        (OF_THE_CHAIN, Encounter(stage=Stage.COLLECTED), (OF_THE_CHAIN, OF_THE_STAY)),
    ],
)
def test_a_take_may_make_legal_what_shares_its_chain_or_the_stay_or_all(
    taken: Record, after: Encounter, touched: tuple[Record, ...]
) -> None:
    may_be_legal = touched_by(taken, OPEN, after)
    assert tuple(each for each in RECORDS if may_be_legal(each)) == touched


def test_an_infusion_and_a_collection_may_make_anything_legal() -> None:
    before = infused(0)
    more = Encounter(stage=before.stage, infusions=(*before.infusions, *before.infusions))
    assert all(touched_by(OF_NEITHER, before, more)(each) for each in RECORDS)
    bare = Encounter(stage=Stage.COLLECTED)
    collected = Encounter(stage=Stage.COLLECTED, collections=frozenset({"D-1"}))
    assert all(touched_by(OF_NEITHER, bare, collected)(each) for each in RECORDS)


def test_before_the_infusion_means_while_the_cells_are_on_their_way() -> None:
    assert {stage for stage in Stage if Encounter(stage=stage).before_infusion} == BEFORE_INFUSION
