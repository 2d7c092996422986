"""What a developer sees of what the ledger holds: what kind of thing it is, and nobody's data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Final

import pytest

from tests.given import history, opened
from veinledger.domain.findings import Finding, Refusal
from veinledger.domain.intake.entries import Nameless
from veinledger.domain.intake.outcome import (
    Outcome,
    RefusedItem,
    Replacement,
    TakenSince,
    Teller,
)
from veinledger.domain.intake.whose.unassigned import Deed, Unassigned
from veinledger.domain.ledger.port import Row
from veinledger.domain.reports import Actor, Record, Report, Source
from veinledger.domain.standing.encounter import Encounter
from veinledger.domain.standing.history import History, folded_history
from veinledger.domain.standing.identity import IdentityClaim

CANARY: Final = "CANARY"
"""Stands wherever a patient, a person, a message or a chain would."""
WHEN: Final = datetime(2026, 5, 1, tzinfo=UTC)
SOURCE: Final = Source(connection="adt", message=CANARY)
ACTOR: Final = Actor(id=CANARY, role="nurse")


def a_record() -> Record:
    return replace(opened()[0], key=CANARY, name=CANARY, source=SOURCE, actor=ACTOR)


def a_report() -> Report:
    told = a_record()
    return Report(
        subject="encounter",
        name=CANARY,
        fact=told.fact,
        occurred=told.occurred,
        source=SOURCE,
        actor=ACTOR,
        canonical=CANARY.encode(),
    )


def a_history() -> History:
    return replace(history(a_record()), encounter=CANARY)


def a_finding() -> Finding:
    return Finding(
        rule="a_rule",
        severity="warning",
        reason=CANARY,
        remedy=CANARY,
        source=CANARY,
        records=(CANARY,),
    )


def an_outcome(kind: str | None) -> Outcome:
    return Outcome(answer="recorded", source=SOURCE, encounter=CANARY, type=kind, record=CANARY)


def a_replacement() -> Replacement:
    told = a_record()
    return Replacement(fact=told.fact, occurred_in=lambda _: told.occurred)


def since() -> TakenSince:
    return TakenSince(encounter=CANARY, sequence=4, record=CANARY, recorded_at=WHEN)


def a_refused_item(kind: str | None) -> RefusedItem:
    return RefusedItem(
        source=SOURCE,
        type=kind,
        encounter=CANARY,
        position=7,
        recorded_at=WHEN,
        original=CANARY,
        refusal=Refusal(objections=()),
    )


def test_what_was_refused_has_the_day_that_it_tells_and_else_none() -> None:
    item = a_refused_item("crs.graded")
    assert item.day is None
    assert replace(item, occurred="2026-05-01").day == date(2026, 5, 1)
    assert replace(item, occurred="2026-05-01T23:30:00-05:00").day == date(2026, 5, 1)


def nameless() -> Nameless:
    return Nameless(
        key=CANARY, report=a_report(), digest=CANARY, stream=CANARY, position=7, recorded_at=WHEN
    )


def a_deed() -> Deed:
    return Deed(
        did="dismissed",
        target=CANARY,
        actor=ACTOR,
        source=SOURCE,
        occurred_at="2026-05-01",
        reason=CANARY,
        encounter=CANARY,
        record=CANARY,
        position=8,
        recorded_at=WHEN,
    )


def unassigned() -> Unassigned:
    return Unassigned(
        record=CANARY,
        report=a_report(),
        position=7,
        recorded_at=WHEN,
        deed=a_deed(),
        told_since=since(),
    )


def a_row() -> Row:
    kept = CANARY.encode()
    return Row(
        position=7,
        stream=CANARY,
        sequence=1,
        type="report",
        recorded_at=WHEN,
        key=kept,
        key_id=CANARY,
        nonce=kept,
        previous=kept,
        body=kept,
        tag=kept,
        leaf=kept,
    )


def a_claim() -> IdentityClaim:
    told = a_record()
    return IdentityClaim(
        chain_of_identity=CANARY,
        encounter=CANARY,
        record=CANARY,
        rank=1,
        occurred=told.occurred,
        source=SOURCE,
        position=7,
        recorded_at=WHEN,
    )


SHOWN: Final[tuple[tuple[Callable[[], object], str], ...]] = (
    (a_finding, "<finding a_rule: warning>"),
    (a_record, "<record 0: encounter.opened>"),
    (a_report, "<report encounter.opened>"),
    (a_history, "<history: 1 records>"),
    (lambda: folded_history(a_history()), "<folded history: 1 records>"),
    (lambda: Encounter(patient=CANARY), "<encounter unopened, 0 chains of identity>"),
    (a_claim, "<chain of identity claimed>"),
    (lambda: an_outcome("crs.graded"), "<recorded: crs.graded>"),
    (lambda: an_outcome(None), "<recorded: no report>"),
    (a_replacement, "<replacement by encounter.opened>"),
    (since, "<taken since as record 4>"),
    (lambda: a_refused_item("crs.graded"), "<refused item 7: crs.graded>"),
    (lambda: a_refused_item(None), "<refused item 7: no report>"),
    (lambda: Teller(id=CANARY, role=CANARY), "<teller>"),
    (nameless, "<report that names nobody: encounter.opened>"),
    (unassigned, "<report that names nobody: encounter.opened>"),
    (a_deed, "<a report that names nobody was dismissed>"),
    (a_row, "<row 7: report>"),
)


@pytest.mark.parametrize(("made", "shown"), SHOWN, ids=[shown for _, shown in SHOWN])
def test_what_a_traceback_prints_of_it_says_its_kind_and_nothing_of_a_patient(
    made: Callable[[], object], shown: str
) -> None:
    thing = made()
    assert repr(thing) == shown
    assert CANARY not in f"{thing!r}{[thing]}"
