"""What is meant where a report or a page leaves a field out, and what neither may do."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from veinledger.domain.appeals.reason import Reason
from veinledger.domain.appeals.support import Paper
from veinledger.domain.centre.dated import Dated
from veinledger.domain.centre.directory import CaseRate, Facility, Payer, Provider
from veinledger.domain.codebook.statement import Statement
from veinledger.domain.comparison import Conflict
from veinledger.domain.facts.authorization import (
    AuthorizationGranted,
    AuthorizationRequested,
    CoverageRecorded,
)
from veinledger.domain.facts.base import STRICT
from veinledger.domain.facts.billing import ChargePosted, ClaimSubmitted
from veinledger.domain.facts.collection import ApheresisCompleted
from veinledger.domain.facts.decisions import (
    AttestedCollection,
    AttestedReceipt,
    AttestedRelease,
    AttestedShipment,
    AttestedStart,
)
from veinledger.domain.facts.groups import Condition, Drug
from veinledger.domain.facts.manufacturing import ProductReceived
from veinledger.domain.facts.patient import PatientStatusChanged
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted, RegistryFormFiled
from veinledger.domain.facts.toxicity import CrsGraded
from veinledger.domain.facts.treatment import (
    CellsInfused,
    InfusionCancelled,
    LymphodepletionDoseGiven,
    LymphodepletionHeld,
    TocilizumabGiven,
)
from veinledger.domain.findings import Finding
from veinledger.domain.gates.gate import GateRule
from veinledger.domain.intake.outcome import Arrival
from veinledger.domain.ledger.tree import Edge
from veinledger.domain.lifecycle.table import Row
from veinledger.domain.obligations.limits import AppealLimit
from veinledger.domain.obligations.point import Point
from veinledger.domain.obligations.series import Series
from veinledger.domain.reports import Occurrence, Source
from veinledger.domain.standing.encounter import Batch
from veinledger.domain.standing.fold import Taken
from veinledger.domain.standing.identity import IdentityClaim
from veinledger.domain.support.programme import Offer

LEFT_OUT: dict[type, dict[str, Any]] = {
    CoverageRecorded: {"relation": "self", "order_of_benefits": "primary"},
    AuthorizationRequested: {"setting": "any"},
    AuthorizationGranted: {"setting": "any"},
    ChargePosted: {"covered": True},
    ClaimSubmitted: {"frequency": "1"},
    ApheresisCompleted: {"procedure": "single"},
    Drug: {"route": "infusion", "acquired_under_340b": False, "acquisition": "purchased"},
    Condition: {"certainty": "confirmed"},
    ProductReceived: {"condition": "intact"},
    PatientStatusChanged: {"condition_code_44": False},
    NeurologyVisitCompleted: {
        "patient_kind": "established",
        "service_group": "office visit",
        "mode": "in person",
    },
    RegistryFormFiled: {"registry": "CIBMTR"},
    LymphodepletionDoseGiven: {"course": 1},
    LymphodepletionHeld: {"course": 1},
    CellsInfused: {"acquisition": "purchased", "acquired_under_340b": False},
    InfusionCancelled: {"product_discarded": False},
    TocilizumabGiven: {"indication": "CRS"},
    Facility: {
        "campus": "on",
        "excepted": True,
        "rural_sole_community": False,
        "collection_charges": "tracked",
    },
    Provider: {"kind": "person"},
    Payer: {"payment_window": False},
    CaseRate: {"first_day": 0, "counts_day_0": True, "carves_out_product": False},
    Statement: {"start": "known"},
    Conflict: {"on_other_days": False},
    Reason: {"requests": False},
    Paper: {
        "only_after_a_stay": False,
        "only_where_authorized": False,
        "only_without_the_product": False,
    },
    GateRule: {"settles": True},
    Offer: {"by_enrolment": False},
    AppealLimit: {"arrives_after": 0},
    Series: {"after": "cells.infused", "asked": True},
    Point: {"early": 0, "late": 0},
    Batch: {"out_of_specification": False, "deviation_accepted": False},
    Taken: {"a_day_late": False, "by_confirmation": False},
    Finding: {"holds": False},
    Source: {"item": 1},
    Edge: {"size": 0},
    IdentityClaim: {"deed": "claimed"},
    Row: {"variant": False},
    Arrival: {"from_a_known_connection": False, "media_type": "application/json"},
}
"""By class: its fields with a value of their own where none is told, None and empty ones apart."""


@pytest.mark.parametrize("kind", LEFT_OUT, ids=lambda kind: kind.__name__)
def test_what_is_left_out_is_what_is_usual(kind: type[Any]) -> None:
    usual = {
        field.name: field.default
        for field in fields(kind)
        if field.name in own_of(kind)
        and isinstance(field.default, (bool, int, str))
        and field.default != ""
    }
    assert usual == LEFT_OUT[kind]


def own_of(kind: type) -> set[str]:
    """The fields that it does not have from what it is a kind of."""
    return {*vars(kind)["__annotations__"]}


ATTESTED = {
    AttestedCollection: "apheresis.completed",
    AttestedShipment: "cells.shipped",
    AttestedStart: "manufacturing.started",
    AttestedRelease: "manufacturing.released",
    AttestedReceipt: "product.received",
}


@pytest.mark.parametrize("kind", ATTESTED, ids=lambda kind: kind.__name__)
def test_a_step_that_is_attested_counts_as_the_fact_that_is_missing(kind: Any) -> None:
    assert kind.type == ATTESTED[kind]


def test_a_fact_takes_no_field_that_it_does_not_know() -> None:
    with pytest.raises(ValidationError, match="severity"):
        CrsGraded(grade=1, severity=2)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def test_a_fact_takes_no_number_in_a_text() -> None:
    one: Any = "1"
    with pytest.raises(ValidationError):
        CrsGraded(grade=one)


def test_a_fact_does_not_repeat_what_it_refuses() -> None:
    assert STRICT.get("hide_input_in_errors") is True
    name: Any = "Mrs Example"
    with pytest.raises(ValidationError) as refused:
        CrsGraded(grade=name)
    assert "Example" not in str(refused.value)


def test_a_fact_cannot_be_changed_and_has_no_other_fields() -> None:
    made: Any = CrsGraded(grade=1)
    with pytest.raises((FrozenInstanceError, AttributeError)):
        made.grade = 2
    assert not hasattr(made, "__dict__")


def test_a_row_is_dated_by_either_name_of_its_first_day() -> None:
    """`from` is no name in Python, and is what a page says."""
    day = date(2026, 1, 1)
    read = TypeAdapter(Dated).validate_json('{"from": "2026-01-01"}')
    assert read == Dated(since=day)


def test_when_its_day_begins_is_no_part_of_when_something_happened() -> None:
    """It is told at the border and not kept, so that a record read again is the same."""
    day = date(2026, 1, 1)
    told = Occurrence(text="2026-01-01", local_day=day, zone="UTC", instant=None)
    assert replace(told, begins=datetime(2026, 1, 1, tzinfo=UTC)) == told
