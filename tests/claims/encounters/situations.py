"""What may go otherwise between the collection and the infusion, and is billed as it was done."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tests.claims.cells import CLINIC, opened_for, to_the_bag
from tests.claims.encounters.directories import folding
from tests.claims.encounters.registry import encounter
from tests.given import (
    CHAIN,
    collected,
    day,
    infused,
    lymphodepletion,
    made,
    opened,
    record,
)
from veinledger.domain.facts.authorization import CoverageRecorded
from veinledger.domain.facts.manufacturing import (
    ManufacturingFailed,
    ManufacturingStarted,
    ProductRejected,
)
from veinledger.domain.facts.treatment import InfusionCancelled, LymphodepletionDoseGiven
from veinledger.domain.reports import Record

FIRST: Final = "COI-0"
"""The chain of identity of a batch that was never infused."""


def failed(chain: str, number: int) -> Record:
    """The maker could not make a batch."""
    fact = ManufacturingFailed(
        chain_of_identity=chain, reason="no growth", non_conformance_reference="NCR-1"
    )
    return record(fact, number)


def started(chain: str, number: int, *donations: str) -> Record:
    """A batch is begun, from collections that it may name."""
    fact = ManufacturingStarted(chain_of_identity=chain, collections=donations)
    return record(fact, number, f"started {chain} {number}")


@encounter()
def product_rejected_and_cells_collected_again() -> list[Record]:
    """A received bag is turned away, the patient collected again: two collections, one dose."""
    away = ProductRejected(chain_of_identity=FIRST, reason="thawed on the way")
    return [
        *opened("medicare"),
        *collected(FIRST, -78, "A-0"),
        *made(FIRST, -77),
        record(away, -46),
        *to_the_bag(),
        infused(CLINIC),
    ]


@encounter()
def made_again_from_the_same_cells() -> list[Record]:
    """The first batch fails and a second one grows from the same bag: one collection, one dose."""
    return [
        *opened("medicare"),
        *collected(number=-75),
        started(CHAIN, -70),
        failed(CHAIN, -50),
        *made(number=-45),
        infused(CLINIC),
    ]


@encounter(centre=folding)
def made_again_under_a_new_chain_where_the_site_folds() -> list[Record]:
    """The second batch names the donation of the first: its collection is folded all the same."""
    return [
        *opened("medicare"),
        *collected(FIRST, -75),
        started(FIRST, -70, "D1"),
        failed(FIRST, -50),
        started(CHAIN, -45, "D1"),
        *made(number=-44)[1:],
        infused(CLINIC),
    ]


@encounter()
def covered_by_another_payer_between_collection_and_infusion() -> list[Record]:
    """Commercial on the day of the collection, Medicare afterwards: each claim to its own day's."""
    return [
        *opened_for("tamarack_mutual", "commercial"),
        *to_the_bag(),
        record(CoverageRecorded(payer="medicare", kind="FFS", since=day(-11)), -11),
        infused(CLINIC),
    ]


@encounter()
def lymphodepletion_given_twice() -> list[Record]:
    """A fever puts the infusion off: both courses were given, and both are billed."""
    put_off = InfusionCancelled(chain_of_identity=CHAIN, reason="fever")
    return [
        *opened("medicare"),
        *collected(number=-75),
        *made(number=-70),
        *lymphodepletion(days=(-36, -35, -34)),
        record(put_off, -30),
        *(_of_course(2, each) for each in lymphodepletion(account="A-4")),
        infused(CLINIC),
    ]


def _of_course(number: int, told: Record) -> Record:
    if not isinstance(told.fact, LymphodepletionDoseGiven):
        raise TypeError(told.fact.type)
    return replace(told, fact=replace(told.fact, course=number))
