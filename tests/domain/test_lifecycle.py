"""The lifecycle table: row S1 of the test plan, and what the drawing and the paths say of it."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from transitions import MachineError

from tests.domain.reasoned_pairs import AMBIGUOUS, STRANDING
from veinledger.domain.facts.catalogue import FACTS
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.lifecycle.machine import LOOKUP, lookup_of, machine_of, mermaid
from veinledger.domain.lifecycle.pairs import ambiguous, stranding
from veinledger.domain.lifecycle.paths import paths
from veinledger.domain.lifecycle.published import legal_everywhere, published_table
from veinledger.domain.lifecycle.stages import ENDS, Stage
from veinledger.domain.lifecycle.table import TABLE, Row

ROOT = Path(__file__).parents[2]
TRIGGERS = [row.trigger for row in TABLE]


class Patient:
    """Something that a real machine drives from stage to stage."""

    state: Stage


def driven(rows: tuple[Row, ...], stage: Stage, trigger: str) -> Stage | None:
    """Where a real `transitions` model ends when it is driven; None where it refuses."""
    model = Patient()
    machine = machine_of(rows, model)
    machine.set_state(stage, model)
    try:
        model.trigger(trigger)  # type: ignore[attr-defined]
    except MachineError:
        return None
    return model.state


def test_the_lookup_is_the_machine_over_every_stage_and_every_fact() -> None:
    model = Patient()
    machine = machine_of(TABLE, model)
    compared = 0
    for stage, trigger in product(Stage, TRIGGERS):
        machine.set_state(stage, model)
        try:
            model.trigger(trigger)  # type: ignore[attr-defined]
            ended: Stage | None = model.state
        except MachineError:
            ended = None
        assert ended == LOOKUP.get((stage, trigger)), f"{trigger} from {stage}"
        compared += 1
    assert compared == len(Stage) * len(TABLE)
    assert len(set(TRIGGERS)) == len(TABLE)


def test_a_planted_second_row_for_a_fact_and_stage_is_noticed() -> None:
    planted = (*TABLE, Row(CellsInfused, 200, "V>S"))
    with pytest.raises(ValueError, match=r"cells\.infused has two ways out of received"):
        lookup_of(machine_of(planted))


def test_a_planted_row_drives_a_real_model_where_the_lookup_does_not_go() -> None:
    planted = (*TABLE, Row(CellsInfused, 200, "R>I"))
    assert driven(planted, Stage.REFERRED, "cells.infused") is Stage.INFUSED
    assert (Stage.REFERRED, "cells.infused") not in LOOKUP


def test_every_fact_has_a_row() -> None:
    rows = {row.fact.type for row in TABLE}
    missing = [
        f"{name}: add a Row({cls.__name__}, rank, moves) to domain/lifecycle/table.py"
        for name, cls in FACTS.items()
        if name not in rows
    ]
    assert not missing, missing


def test_every_stage_is_reached_from_unopened() -> None:
    reached = {Stage.UNOPENED}
    while True:
        further = {to for (start, _), to in LOOKUP.items() if start in reached} - reached
        if not further:
            break
        reached |= further
    assert reached == set(Stage)


def test_only_the_ends_are_dead_ends() -> None:
    leaving = {start for (start, _), to in LOOKUP.items() if to is not start}
    assert set(Stage) - leaving == {Stage.DECEASED}
    assert set(Stage) - leaving <= ENDS


def test_the_shortest_way_from_referral_to_the_infusion_is_collection_and_receipt() -> None:
    assert paths(Stage.REFERRED, "cells.infused") == ("apheresis.completed", "product.received")
    assert paths(Stage.RECEIVED, "cells.infused") == ()
    assert paths(Stage.DECEASED, "cells.infused") is None


def test_no_way_leads_through_an_end_or_a_failure() -> None:
    for stage, trigger in product(Stage, TRIGGERS):
        here = stage
        for step in paths(stage, trigger) or ():
            here = LOOKUP[here, step]
            assert here not in ENDS | {Stage.MANUFACTURING_FAILED}
        assert paths(stage, trigger) is None or (here, trigger) in LOOKUP


def test_every_pair_that_strands_has_a_reason() -> None:
    found = {(pair.first, pair.second) for pair in stranding()}
    assert found == set(STRANDING)


def test_every_pair_that_ends_differently_has_a_reason() -> None:
    found = {(pair.first, pair.second) for pair in ambiguous()}
    assert found == set(AMBIGUOUS)


def test_what_is_legal_everywhere_moves_nothing_from_any_stage() -> None:
    still = {t for t in TRIGGERS if all(LOOKUP.get((stage, t)) is stage for stage in Stage)}
    assert set(legal_everywhere()) == still
    assert "claim.submitted" in still
    assert "cells.infused" not in still


def test_the_drawing_and_the_table_in_the_docs_are_current() -> None:
    page = (ROOT / "docs" / "lifecycle.md").read_text()
    assert mermaid() in page, "run `make docs`"
    assert published_table() in page, "run `make docs`"
    rows = [line.split("|")[1].strip() for line in published_table().splitlines()[2:]]
    assert rows == [f"`{row.trigger}`" for row in TABLE if row.trigger not in legal_everywhere()]
    assert mermaid() in (ROOT / "README.md").read_text(), "run `make docs`"
