"""Row S1 through the ledger: every stage, every fact, every product, asked strictly.

What is legal moves as the table says; what is not is refused by rule, and the log stays as it was.
What is legal is the naive model's word, not the program's.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.given_ledger import centre_in_utc, ledger
from tests.minimal import MINIMAL
from tests.naive.bridge import NAMES, STAGES
from tests.naive.model import Fact as Plain
from tests.naive.model import judge
from tests.naive.table import LEGAL_EVERYWHERE, ROWS
from tests.tiers import tell
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.facts.catalogue import FACTS
from veinledger.domain.lifecycle.machine import LOOKUP
from veinledger.domain.lifecycle.stages import Stage

pytestmark = pytest.mark.stochastic

Step = tuple[str, dict[str, Any]]
CHAIN = {"chain": "COI-1"}
OPENED: list[Step] = [("encounter.opened", {})]
COLLECTED: list[Step] = [*OPENED, ("apheresis.completed", CHAIN | {"donation": "D-1"})]
MADE: list[Step] = [*COLLECTED, ("manufacturing.started", CHAIN)]
RELEASED: list[Step] = [*MADE, ("manufacturing.released", CHAIN)]
RECEIVED: list[Step] = [*RELEASED, ("product.received", CHAIN)]
CONDITIONED: list[Step] = [*RECEIVED, ("lymphodepletion.dose_given", {})]
ADMITTED: Step = ("patient.admitted", {"reason": "infusion", "account": "A-1"})
INFUSED: list[Step] = [*CONDITIONED, ADMITTED, ("cells.infused", CHAIN | {"extent": "complete"})]
HOME: list[Step] = [*INFUSED, ("patient.discharged", {"account": "A-1"})]
AGAIN: Step = ("patient.admitted", {"reason": "CRS/ICANS", "account": "A-2"})
WAYS: dict[Stage, list[Step]] = {
    Stage.UNOPENED: [],
    Stage.REFERRED: OPENED,
    Stage.COLLECTED: COLLECTED,
    Stage.MANUFACTURING: MADE,
    Stage.MANUFACTURING_FAILED: [*MADE, ("manufacturing.failed", CHAIN)],
    Stage.RELEASED: RELEASED,
    Stage.RECEIVED: RECEIVED,
    Stage.CONDITIONING: CONDITIONED,
    Stage.INFUSED: INFUSED,
    Stage.READMITTED: [*HOME, AGAIN],
    Stage.SURVEILLANCE: HOME,
    Stage.COMPLETED: [*HOME, ("encounter.completed", {})],
    Stage.WITHDRAWN: [*CONDITIONED, ("encounter.withdrawn", {})],
    Stage.DECEASED: [*HOME, ("patient.died", {})],
    Stage.LOST: [*HOME, ("patient.lost_to_follow_up", {})],
}
DECISIONS = {"records.corrected", "report.confirmed", "report.discarded"}
PROBES: dict[str, dict[str, Any]] = {
    name: CHAIN | {"extent": "complete"} if name == "cells.infused" else CHAIN
    for name in FACTS
    if "chain_of_identity" in MINIMAL[name] or name == "apheresis.completed"
} | {
    "patient.admitted": {"reason": "CRS/ICANS", "account": "A-9"},
    "neurology.visit_completed": {"patient_class": "outpatient"},
}
KNOWN_TO_THE_MODEL = {trigger for trigger, _, _ in ROWS} | set(LEGAL_EVERYWHERE)
"""A fact that came after the model was written is held to the table alone."""
PRODUCTS = [p.name for p in shipped_rules().products.products if p.kind == "CAR-T"]


def plain(number: int, step: Step, encounter: str) -> Plain:
    name, fields = step
    if "chain" in fields:
        fields = fields | {"chain": f"COI-{encounter}"}
    return {
        "key": f"K{number:02d}",
        "type": name,
        "day": date(2026, 3, 1) + timedelta(days=number),
        "instant": None,
        "connection": "adt",
        "message": "way",
        "item": number + 1,
        "conflict": False,
        **fields,
    }


def line(told: Plain, encounter: str, product: str) -> bytes:
    said: dict[str, Any] = MINIMAL[told["type"]] | {
        NAMES[k]: v for k, v in told.items() if k in NAMES
    }
    if told["type"] == "encounter.opened":
        said = said | {"product": product}
    if "account" in told:
        said = said | {"service": said["service"] | {"account": told["account"]}}
    subject = "centre" if told["type"] == "certification.recorded" else "encounter"
    envelope: dict[str, Any] = {
        subject: encounter,
        "type": told["type"],
        "occurred_at": told["day"].isoformat(),
        "source": {"connection": "adt", "message": f"{encounter}-way", "item": told["item"]},
        "actor": {"id": "rn-1", "role": "nurse"},
    }
    return json.dumps(envelope | said).encode()


def bytes_of(opened: Ledger) -> tuple[bytes, ...]:
    return tuple(row.leaf for row in opened.rows())


def ask(opened: Ledger, stage: Stage, name: str, product: str) -> None:
    encounter = f"{product}-{stage.value}-{name}"
    way = [plain(number, step, encounter) for number, step in enumerate(WAYS[stage])]
    outcomes = opened.record(*(line(told, encounter, product) for told in way))
    assert {outcome.answer for outcome in outcomes} <= {"recorded"}
    probe = plain(len(way), (name, PROBES.get(name, {})), encounter)
    before = bytes_of(opened)
    outcome = opened.record(line(probe, encounter, product), strict=True)[0]
    if name in DECISIONS:
        assert outcome.answer == "refused"
        return
    model = judge([*way, probe], {f"COI-{encounter}": encounter}, encounter)
    legal = model.standing[probe["key"]] == ("in effect", None)
    if name not in KNOWN_TO_THE_MODEL:
        legal = (stage, name) in LOOKUP
    assert outcome.answer == ("recorded" if legal else "refused")
    if legal and name in KNOWN_TO_THE_MODEL:
        assert outcome.stage is None or outcome.stage.value == STAGES[model.stage]
    elif not legal:
        assert outcome.refusal is not None
        assert all(o.rule and o.reason and o.remedy for o in outcome.refusal.objections)
        assert outcome.refusal.objections
        assert bytes_of(opened) == before


@pytest.mark.parametrize(
    ("product", "store"), [*((name, "memory") for name in PRODUCTS), ("carvykti", "sqlite")]
)
def test_every_fact_in_every_stage_moves_as_the_table_says_or_is_refused_by_rule(
    store: str, product: str, tmp_path: Path
) -> None:
    asked = 0
    for stage in Stage:
        folder = tmp_path / stage.value
        folder.mkdir()
        with ledger(folder, store=store, centre=centre_in_utc("adt")) as led:
            for name in FACTS:
                ask(led, stage, name, product)
                asked += 1
    assert asked == len(Stage) * len(FACTS)
    tell(f"every stage and fact: {product} on {store}, {asked} pairs")
