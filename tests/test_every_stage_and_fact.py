"""Row S1 through the ledger: every stage, every fact, every product, asked strictly.

What is legal moves as the table says; what is not is refused by rule, and the log stays as it was.
What is legal is the naive model's word, not the program's. All that is refused in one stage is
asked of one encounter, which must not change a byte by it; each legal fact has one of its own.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.given_ledger import centre_in_utc, ledger
from tests.minimal import MINIMAL
from tests.naive.bridge import NAMES, STAGES
from tests.naive.model import Fact as Plain
from tests.naive.model import judge
from tests.naive.table import LEADS_TO, LEGAL_EVERYWHERE, ROWS
from tests.tiers import tell
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.facts.catalogue import FACTS
from veinledger.domain.intake.outcome import Outcome
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
DECISIONS = {
    "records.corrected",
    "report.confirmed",
    "report.discarded",
    "report.assigned",
    "encounter.linked",
}
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


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: may this happen now? And what the model answers."""

    name: str
    encounter: str
    way: list[Plain]
    probe: Plain
    legal: bool
    stage_after: str


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


def asked(stage: Stage, name: str, encounter: str) -> Asked:
    """The model's answer. What a person decides has nothing here that it could be about."""
    way = [plain(number, step, encounter) for number, step in enumerate(WAYS[stage])]
    probe = plain(len(way), (name, PROBES.get(name, {})), encounter)
    if name in DECISIONS:
        return Asked(name, encounter, way, probe, False, "")
    if name not in KNOWN_TO_THE_MODEL:
        return Asked(name, encounter, way, probe, (stage, name) in LOOKUP, "")
    model = judge([*way, probe], {f"COI-{encounter}": encounter}, encounter)
    legal = model.standing[probe["key"]] == ("in effect", None)
    return Asked(name, encounter, way, probe, legal, STAGES[model.stage])


def bytes_of(opened: Ledger) -> tuple[bytes, ...]:
    """All of the log that is sealed: a leaf is the hash of every byte of its row."""
    return tuple(row.leaf for row in opened.rows())


def check_the_refused(opened: Ledger, questions: list[Asked], product: str) -> None:
    """All of one encounter: none of them may leave a trace that the next could meet."""
    first = questions[0]
    lines = [line(told, first.encounter, product) for told in first.way]
    assert {outcome.answer for outcome in opened.record(*lines)} <= {"recorded"}
    before = bytes_of(opened)
    for question in questions:
        outcome = opened.record(line(question.probe, question.encounter, product), strict=True)[0]
        assert outcome.answer == "refused", question.name
        assert outcome.refusal is not None
        assert outcome.refusal.objections
        assert all(o.rule and o.reason and o.remedy for o in outcome.refusal.objections)
        assert bytes_of(opened) == before, question.name


def check_the_legal(opened: Ledger, questions: list[Asked], product: str) -> None:
    """Each of an encounter of its own, in bulk: many ways to the stage share one commit."""
    ways = [[line(told, q.encounter, product) for told in q.way] for q in questions]
    for outcomes in opened.record_all(way for way in ways if way):
        assert {outcome.answer for outcome in outcomes} <= {"recorded"}
    probes = [[line(q.probe, q.encounter, product)] for q in questions]
    for question, (outcome,) in zip(questions, opened.record_all(probes, strict=True), strict=True):
        assert outcome.answer == "recorded", f"{question.name}: {outcome.refusal}"
        assert moved_as_told(outcome, question), question.name


def moved_as_told(outcome: Outcome, question: Asked) -> bool:
    if outcome.stage is None or question.name not in KNOWN_TO_THE_MODEL:
        return True
    return outcome.stage.value == question.stage_after


@contextmanager
def fresh(folder: Path, store: str) -> Generator[Ledger]:
    folder.mkdir(parents=True)
    with ledger(folder, store=store, centre=centre_in_utc("adt")) as opened:
        yield opened


def check_a_stage(stage: Stage, product: str, store: str, folder: Path) -> int:
    questions = [asked(stage, name, f"{product}-{stage.value}-{name}") for name in FACTS]
    with fresh(folder / "legal", store) as opened:
        check_the_legal(opened, [q for q in questions if q.legal], product)
    refused = [name for name, q in zip(FACTS, questions, strict=True) if not q.legal]
    with fresh(folder / "refused", store) as opened:
        one = f"{product}-{stage.value}"
        check_the_refused(opened, [asked(stage, name, one) for name in refused], product)
    return len(questions)


@pytest.mark.parametrize("store", ["memory", "sqlite"])
@pytest.mark.parametrize("product", PRODUCTS)
def test_every_fact_in_every_stage_moves_as_the_table_says_or_is_refused_by_rule(
    store: str, product: str, tmp_path: Path
) -> None:
    pairs = sum(check_a_stage(s, product, store, tmp_path / s.value) for s in Stage)
    assert pairs == len(Stage) * len(FACTS)
    tell(f"every stage and fact: {product} on {store}, {pairs} pairs")


def test_all_products_of_the_book_are_asked_about() -> None:
    assert len(PRODUCTS) == len(set(PRODUCTS)) == 6


def test_a_table_with_one_row_too_many_or_too_few_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the program and a model with another table must part."""
    with monkeypatch.context() as planted:
        planted.setitem(LEADS_TO, ("encounter.completed", "R"), "R")
        with pytest.raises(AssertionError, match=r"encounter\.completed"):
            check_a_stage(Stage.REFERRED, PRODUCTS[0], "memory", tmp_path / "too many")
    with monkeypatch.context() as planted:
        planted.delitem(LEADS_TO, ("patient.admitted", "R"))
        with pytest.raises(AssertionError, match=r"patient\.admitted"):
            check_a_stage(Stage.REFERRED, PRODUCTS[0], "memory", tmp_path / "too few")
