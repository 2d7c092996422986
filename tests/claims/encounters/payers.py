"""Payers that the directory does not know as the coverage has them, and a patient who pays."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from tests.claims.encounters.registry import encounter
from tests.given import (
    admitted,
    collected,
    day,
    discharged,
    infused,
    lymphodepletion,
    made,
    opened,
    record,
    room_charged,
)
from veinledger.domain.facts.authorization import CoverageKind, CoverageRecorded
from veinledger.domain.facts.billing import ChargePosted
from veinledger.domain.reports import Record


@encounter()
def a_payer_that_no_page_knows() -> list[Record]:
    """Every claim waits: whether the payer has a payment window and what he asks for is unknown."""
    return covered_by("mapleleaf_mutual", "commercial")


@encounter()
def a_coverage_of_another_kind_than_its_payer() -> list[Record]:
    """The coverage says Medicare Advantage, the directory Medicaid: their rules differ."""
    return covered_by("lakes_medicaid", "MA")


@encounter()
def a_patient_who_pays() -> list[Record]:
    """No claim goes to anybody."""
    return covered_by("the_patient", "self-pay")


@encounter()
def a_charge_without_a_unit() -> list[Record]:
    """Room and board posted for no day at all: the stay waits until somebody corrects it."""
    room = room_charged()
    assert isinstance(room.fact, ChargePosted)
    return [*_told("commercial", "harbor_health"), replace(room, fact=_without_units(room.fact))]


def covered_by(payer: str, kind: CoverageKind) -> list[Record]:
    """An inpatient infusion under this coverage."""
    return [*_told(kind, payer), room_charged()]


def _told(kind: CoverageKind, payer: str) -> list[Record]:
    first = [each for each in opened() if each.fact.type != "coverage.recorded"]
    covered = CoverageRecorded(payer=payer, kind=kind, since=day(-400))
    way = [*collected(), *made(), *lymphodepletion()]
    return [*first, record(covered, -90), *way, admitted(), infused(), discharged()]


def _without_units(fact: ChargePosted) -> ChargePosted:
    return ChargePosted(
        revenue_code=fact.revenue_code,
        units=Decimal(0),
        amount=fact.amount,
        service_date=fact.service_date,
        service=fact.service,
    )
