"""What each fact leaves behind: the stage of the encounter and of its chains, and a memory."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest

from tests.given import CHAIN, day, record
from tests.minimal import fact_of
from veinledger.domain.facts.decisions import AttestedCollection
from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.standing.encounter import Batch, Encounter, Infusion, Stay
from veinledger.domain.standing.evolve import evolve

OTHER: Final = "COI-2"
IN: Final = Stage


def after(encounter: Encounter, kind: str, number: int = 0, **said: Any) -> Encounter:
    return evolve(encounter, record(fact_of(kind, **said), number))


def at_stage(stage: Stage, **batches: Stage) -> Encounter:
    """An encounter with chains of identity, each at a stage of its own."""
    chains = {"one": CHAIN, "other": OTHER}
    return Encounter(
        stage=stage, batches={chains[name]: Batch(stage=of) for name, of in batches.items()}
    )


def stages(encounter: Encounter) -> tuple[Stage, dict[str, Stage]]:
    return encounter.stage, {chain: batch.stage for chain, batch in encounter.batches.items()}


@pytest.mark.parametrize(
    ("encounter", "kind", "stage", "batches"),
    [
        (at_stage(IN.REFERRED), "product.ordered", IN.REFERRED, {CHAIN: IN.REFERRED}),
        (
            at_stage(IN.COLLECTED, other=IN.COLLECTED),
            "manufacturing.started",
            IN.MANUFACTURING,
            {OTHER: IN.COLLECTED, CHAIN: IN.MANUFACTURING},
        ),
        (
            at_stage(IN.RELEASED, other=IN.RELEASED, one=IN.COLLECTED),
            "manufacturing.started",
            IN.RELEASED,
            {OTHER: IN.RELEASED, CHAIN: IN.MANUFACTURING},
        ),
        (
            at_stage(IN.MANUFACTURING, one=IN.MANUFACTURING),
            "manufacturing.released",
            IN.RELEASED,
            {CHAIN: IN.RELEASED},
        ),
        (
            at_stage(IN.RELEASED, one=IN.RELEASED),
            "product.received",
            IN.RECEIVED,
            {CHAIN: IN.RECEIVED},
        ),
    ],
)
def test_a_fact_moves_its_own_chain_and_the_encounter_follows_the_furthest(
    encounter: Encounter, kind: str, stage: Stage, batches: dict[str, Stage]
) -> None:
    assert stages(after(encounter, kind)) == (stage, batches)


def test_chemotherapy_for_a_product_that_is_there_conditions_its_chain_and_no_other() -> None:
    before = at_stage(IN.RECEIVED, one=IN.RECEIVED, other=IN.MANUFACTURING)
    found = stages(after(before, "lymphodepletion.dose_given"))
    assert found == (IN.CONDITIONING, {CHAIN: IN.CONDITIONING, OTHER: IN.MANUFACTURING})


def test_an_infusion_moves_the_encounter_and_what_is_told_of_a_chain_later_does_not() -> None:
    before = at_stage(IN.CONDITIONING, one=IN.CONDITIONING)
    infused = after(before, "cells.infused", lot="L-1", extent="partial")
    assert infused.stage not in (IN.CONDITIONING, IN.RECEIVED)
    assert infused.infusions == (
        Infusion(chain_of_identity=CHAIN, lot="L-1", day=day(0), partial=True),
    )
    later = after(infused, "cells.infused", 1)
    assert [each.partial for each in later.infusions] == [True, False]
    assert later.infusion_day == day(0)
    assert Encounter(infusions=infused.infusions[::-1]).infusion_day == day(0)
    for late in ("product.received", "manufacturing.released", "apheresis.completed"):
        assert stages(after(infused, late, 2, chain_of_identity=CHAIN)) == stages(infused)
    received = after(infused, "product.received", 2, chain_of_identity=OTHER)
    assert received.stage is infused.stage


def test_the_day_of_the_infusion_is_that_of_the_first_whatever_their_order() -> None:
    both = tuple(
        Infusion(chain_of_identity=CHAIN, lot=None, day=day(number), partial=False)
        for number in (3, 0)
    )
    assert Encounter(infusions=both).infusion_day == day(0)
    assert Encounter().infusion_day is None


def test_a_collection_under_no_chain_is_remembered_by_its_number_and_makes_cells() -> None:
    before = Encounter(stage=IN.REFERRED)
    collected = after(before, "apheresis.completed", donation_number="D-1")
    assert collected.collections == {"D-1"}
    assert collected.cells_under_no_chain is IN.COLLECTED
    assert collected.stage is IN.COLLECTED
    again = after(collected, "apheresis.completed", donation_number="D-2")
    assert again.collections == {"D-1", "D-2"}


def test_cells_that_were_collected_before_come_under_the_chain_that_is_named_for_them() -> None:
    collected = after(Encounter(stage=IN.REFERRED), "apheresis.completed", donation_number="D-1")
    started = after(collected, "manufacturing.started", collections=["D-1"])
    assert stages(started) == (IN.MANUFACTURING, {CHAIN: IN.MANUFACTURING})
    assert started.cells_under_no_chain is IN.REFERRED
    ordered = after(collected, "product.ordered")
    assert stages(ordered) == (IN.COLLECTED, {CHAIN: IN.REFERRED})
    assert ordered.cells_under_no_chain is IN.COLLECTED
    made = after(ordered, "manufacturing.started", collections=["D-1"])
    assert made.cells_under_no_chain is IN.REFERRED
    assert stages(made) == (IN.MANUFACTURING, {CHAIN: IN.MANUFACTURING})


def test_a_collection_under_a_chain_starts_that_chain_wherever_the_encounter_is() -> None:
    for stage in (IN.REFERRED, IN.RECEIVED, IN.INFUSED):
        before = at_stage(stage, other=stage)
        found = after(before, "apheresis.completed", donation_number=None, chain_of_identity=CHAIN)
        assert found.batches[CHAIN].stage is IN.COLLECTED
        assert found.stage is (IN.COLLECTED if stage is IN.REFERRED else stage)
        assert found.collections == frozenset()


def test_a_collection_that_failed_moves_no_chain() -> None:
    before = at_stage(IN.REFERRED, one=IN.REFERRED)
    failed = after(before, "apheresis.failed", chain_of_identity=CHAIN)
    assert failed.batches == before.batches


def test_what_is_told_before_the_opening_moves_what_the_opening_finds() -> None:
    before = Encounter()
    collected = after(before, "apheresis.completed", donation_number="D-1")
    assert (collected.stage, collected.cells_under_no_chain) == (IN.COLLECTED, IN.COLLECTED)
    of_a_chain = after(before, "apheresis.completed", donation_number=None, chain_of_identity=CHAIN)
    assert stages(of_a_chain) == (IN.COLLECTED, {CHAIN: IN.COLLECTED})


def test_a_collection_after_the_infusion_leaves_the_stage() -> None:
    before = Encounter(stage=IN.INFUSED)
    found = after(before, "apheresis.completed", donation_number="D-9")
    assert found.stage is IN.INFUSED
    assert found.collections == {"D-9"}


def test_an_opening_tells_product_centre_patient_and_indication() -> None:
    opened = after(Encounter(), "encounter.opened")
    told = (opened.product, opened.centre, opened.patient, opened.indication)
    assert told == ("carvykti", "main", "P-1", "second_line")
    assert opened.stage is IN.REFERRED


@pytest.mark.parametrize("specification", ["in", "out"])
def test_a_release_says_whether_a_bag_is_in_specification_and_a_deviation_is_remembered(
    specification: str,
) -> None:
    before = at_stage(IN.MANUFACTURING, one=IN.MANUFACTURING)
    released = after(before, "manufacturing.released", specification=specification)
    assert released.batches[CHAIN].out_of_specification is (specification == "out")
    assert not released.batches[CHAIN].deviation_accepted
    accepted = after(released, "product.deviation_accepted")
    assert accepted.batches[CHAIN].deviation_accepted


STAY: Final = Stay(account="A-1", since=day(-3))


def in_class(account: str | None, patient_class: str = "inpatient") -> dict[str, Any]:
    return {"service": {"facility": "main", "class": patient_class, "account": account}}


@pytest.mark.parametrize(
    ("kind", "stay", "said", "left"),
    [
        ("patient.admitted", None, in_class("A-1"), Stay(account="A-1", since=day(0))),
        ("patient.admitted", STAY, in_class("A-1"), STAY),
        ("patient.admitted", STAY, in_class(None), STAY),
        ("patient.admitted", STAY, in_class("A-2"), Stay(account="A-2", since=day(0))),
        ("patient.discharged", STAY, in_class("A-1"), None),
        ("patient.discharged", STAY, in_class(None), None),
        ("patient.discharged", STAY, in_class("A-2"), STAY),
        ("patient.discharged", None, in_class("A-1"), None),
        ("neurology.visit_completed", STAY, in_class(None, "outpatient"), None),
        ("neurology.visit_completed", STAY, in_class(None, "office"), None),
        ("neurology.visit_completed", STAY, in_class(None, "emergency"), STAY),
        ("neurology.visit_completed", STAY, in_class(None, "inpatient"), STAY),
        ("neurology.visit_completed", None, in_class(None, "outpatient"), None),
    ],
)
def test_a_stay_opens_with_an_admission_and_ends_with_its_discharge_or_when_a_patient_walks_in(
    kind: str, stay: Stay | None, said: dict[str, Any], left: Stay | None
) -> None:
    before = Encounter(stage=IN.INFUSED, stay=stay)
    assert after(before, kind, **said).stay == left


def test_on_a_day_of_infusion_nobody_walks_in_from_outside() -> None:
    done = Infusion(chain_of_identity=CHAIN, lot=None, day=day(0), partial=False)
    before = Encounter(stage=IN.INFUSED, stay=STAY, infusions=(done,))
    said = in_class(None, "outpatient")
    assert after(before, "neurology.visit_completed", 0, **said).stay == STAY
    assert after(before, "neurology.visit_completed", 1, **said).stay is None


def test_an_attested_step_moves_its_chain_and_is_remembered_by_nothing_else() -> None:
    step = AttestedCollection(chain_of_identity=CHAIN, confirmation="ab" * 32, confirmed="cd" * 32)
    attested = replace(record(step, 0), kind="attested")
    found = evolve(Encounter(stage=IN.REFERRED), attested)
    assert stages(found) == (IN.COLLECTED, {CHAIN: IN.COLLECTED})
    assert found.collections == frozenset()
