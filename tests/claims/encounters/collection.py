"""Collections: once a day, tracked or folded, and under a payer's own code."""

from __future__ import annotations

from tests.claims.cells import CLINIC, opened_for, sent, site, to_the_bag
from tests.claims.encounters.registry import encounter
from tests.given import (
    CHAIN,
    admitted,
    collected,
    discharged,
    history,
    infused,
    made,
    opened,
    record,
    room_charged,
    service,
)
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.facts.collection import ApheresisCompleted
from veinledger.domain.facts.manufacturing import ManufacturingFailed, ManufacturingStarted
from veinledger.domain.reports import Record
from veinledger.projections.claims.assemble import claims


@encounter()
def collection_once_a_day() -> list[Record]:
    """Two days of collection; two on the first of them, under two accounts: one line a day."""
    return [
        *opened("medicare"),
        *collected(),
        _collection(-45, "A-7", "the same day again"),
        _collection(-44, "A-1", "the next day"),
        *made(),
        infused(CLINIC),
    ]


@encounter()
def collection_of_a_batch_that_failed() -> list[Record]:
    """A first batch failed; its collection keeps a line, and the second one's stands beside it."""
    failed = ManufacturingFailed(chain_of_identity="COI-0", reason="no growth")
    first = ApheresisCompleted(chain_of_identity="COI-0", service=service(account="A-0"))
    return [
        *opened("medicare"),
        record(first, -78, "collected for the first batch"),
        record(ManufacturingStarted(chain_of_identity="COI-0"), -75),
        record(failed, -70),
        *to_the_bag(),
        infused(CLINIC),
    ]


@encounter()
def collection_folded_by_the_first_claim_sent() -> list[Record]:
    """The infusion's claim went out with the collection in its product line; the site tracks."""
    story = [*opened("medicare"), *to_the_bag(), infused(CLINIC)]
    return [*story, _sent(story, "C1", "folded", 5)]


@encounter()
def collection_tracked_in_a_stay() -> list[Record]:
    """The collection's claim went out with its lines; the product of the stay stands alone."""
    story = [
        *opened("medicare"),
        *to_the_bag(),
        *(admitted(), infused(), room_charged(), discharged()),
    ]
    return [*story, _sent(story, "A1", "tracked", -30)]


@encounter()
def collection_under_a_payers_own_code() -> list[Record]:
    """A commercial payer takes the collection as a therapeutic apheresis of white cells."""
    return [*opened_for("clearwater_mutual", "commercial"), *collected()]


def _collection(number: int, account: str, message: str) -> Record:
    fact = ApheresisCompleted(chain_of_identity=CHAIN, service=service(account=account))
    return record(fact, number, message)


def _sent(story: list[Record], label: str, way: str, number: int) -> Record:
    """A claim as a site of the other way would have sent it."""
    folding = site("folded" if way == "folded" else "tracked")
    claim = claims(history(story), folding, shipped_rules()).claim(label)
    if claim is None:
        raise ValueError(f"the story has no claim {label}")
    return sent(claim, number)
