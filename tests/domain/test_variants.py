"""Which variant of a fact the table is asked about, by what is true of the encounter."""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.given import CHAIN, day, record
from tests.minimal import fact_of
from veinledger.domain.standing.encounter import Encounter, Infusion, Stay
from veinledger.domain.standing.variants import trigger_of

LOT: Final = "L-1"


def infusion(number: int = 0, lot: str | None = LOT, *, partial: bool = False) -> Infusion:
    return Infusion(chain_of_identity=CHAIN, lot=lot, day=day(number), partial=partial)


def is_a_variant(encounter: Encounter, kind: str, number: int = 0, **said: Any) -> bool:
    """Whether the table is asked about the variant with a plus."""
    trigger = trigger_of(encounter, record(fact_of(kind, **said), number))
    assert trigger in (kind, f"{kind}+")
    return trigger.endswith("+")


def in_class(patient_class: str, account: str | None = None) -> dict[str, Any]:
    return {"facility": "main", "class": patient_class, "account": account}


def in_a_stay(account: str | None = "A-1", *infusions: Infusion) -> Encounter:
    return Encounter(stay=Stay(account=account, since=day(-3)), infusions=infusions)


@pytest.mark.parametrize(
    ("earlier", "chain", "lot", "extent", "rest"),
    [
        ((), CHAIN, LOT, "partial", False),
        ((infusion(),), CHAIN, LOT, "complete", False),
        ((infusion(),), CHAIN, LOT, "partial", True),
        ((infusion(partial=True),), CHAIN, LOT, "complete", True),
        ((infusion(partial=True), infusion()), CHAIN, LOT, "complete", True),
        ((infusion(partial=True),), "another", LOT, "complete", False),
        ((infusion(partial=True),), CHAIN, "L-2", "complete", False),
        ((infusion(partial=True),), CHAIN, None, "complete", True),
        ((infusion(lot=None, partial=True),), CHAIN, "L-2", "complete", True),
    ],
)
def test_an_infusion_is_the_rest_of_a_bag_of_which_a_part_went_in(
    earlier: tuple[Infusion, ...], chain: str, lot: str | None, extent: str, rest: bool
) -> None:
    said: dict[str, Any] = {"chain_of_identity": chain, "lot": lot, "extent": extent}
    assert is_a_variant(Encounter(infusions=earlier), "cells.infused", **said) is rest


@pytest.mark.parametrize(
    ("reason", "stay", "account", "for_the_product"),
    [
        ("infusion", Encounter(), "A-1", True),
        ("lymphodepletion", in_a_stay("A-2"), "A-1", True),
        ("infection", Encounter(), "A-1", False),
        ("infection", in_a_stay("A-1"), "A-1", True),
        ("infection", in_a_stay("A-2"), "A-1", False),
        ("infection", in_a_stay(None), "A-1", True),
        ("infection", in_a_stay("A-2"), None, True),
    ],
)
def test_an_admission_is_for_the_product_by_its_reason_or_within_the_open_stay(
    reason: str, stay: Encounter, account: str | None, for_the_product: bool
) -> None:
    said: dict[str, Any] = {"reason": reason, "service": in_class("inpatient", account)}
    assert is_a_variant(stay, "patient.admitted", **said) is for_the_product


@pytest.mark.parametrize(
    ("encounter", "account", "other"),
    [
        (in_a_stay("A-1"), "A-1", False),
        (in_a_stay("A-1"), None, False),
        (in_a_stay(None), "A-1", False),
        (in_a_stay("A-2"), "A-1", True),
        (in_a_stay("A-1", infusion(0)), "A-1", True),
        (in_a_stay("A-1", infusion(-1)), "A-1", False),
        (in_a_stay("A-1", infusion(-1), infusion(0)), "A-1", True),
        (Encounter(), "A-1", False),
    ],
)
def test_a_discharge_is_not_from_the_open_stay_by_its_account_or_on_a_day_of_infusion(
    encounter: Encounter, account: str | None, other: bool
) -> None:
    said: dict[str, Any] = {"service": in_class("inpatient", account)}
    assert is_a_variant(encounter, "patient.discharged", **said) is other


@pytest.mark.parametrize(("encounter", "inside"), [(in_a_stay(), True), (Encounter(), False)])
def test_acute_monitoring_ends_inside_a_stay_or_outside(encounter: Encounter, inside: bool) -> None:
    assert is_a_variant(encounter, "acute_monitoring.ended") is inside


@pytest.mark.parametrize(
    ("patient_class", "infused_on", "in_a_bed"),
    [
        ("inpatient", -9, True),
        ("outpatient", -9, False),
        ("office", 0, True),
        ("emergency", 1, False),
    ],
)
def test_a_neurological_visit_is_in_a_bed_by_its_class_or_on_a_day_of_infusion(
    patient_class: str, infused_on: int, in_a_bed: bool
) -> None:
    encounter = Encounter(infusions=(infusion(infused_on),))
    said: dict[str, Any] = {"service": in_class(patient_class)}
    assert is_a_variant(encounter, "neurology.visit_completed", **said) is in_a_bed


def test_a_fact_without_variants_is_asked_about_by_its_name() -> None:
    assert not is_a_variant(in_a_stay("A-1", infusion()), "patient.measured")
