"""Which collections and preparations the infused cells were made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.collection import ApheresisCompleted, CellsPrepared, CellsShipped
from veinledger.domain.facts.manufacturing import ManufacturingFailed, ManufacturingStarted
from veinledger.domain.reports import Record
from veinledger.domain.standing.encounter import chain_of
from veinledger.projections.case.case import Case

F = TypeVar("F", bound=Fact)


def used_cells(case: Case) -> frozenset[str]:
    """Report keys of the collections and preparations of the chain that went in.

    Cells that were made into a product again keep their collection, under whatever chain it was
    reported; a collection before a failure that the next batch does not name was not used.
    """
    infusions = case.infusions()
    if not infusions:
        return frozenset()
    chain = infusions[0][1].chain_of_identity
    collected = tuple(_collected(case, chain))
    prepared = _prepared(case, chain, tuple(fact for _, fact in collected))
    return frozenset(record.key for record in (*(each for each, _ in collected), *prepared))


def _collected(case: Case, chain: str) -> Iterator[tuple[Record, ApheresisCompleted]]:
    named, left_out = _named(case, chain), _left_out(case, chain)
    for record, fact in case.seen.of(ApheresisCompleted):
        ours = fact.chain_of_identity == chain or fact.donation_number in named
        if ours and record.key not in left_out:
            yield record, fact


def _named(case: Case, chain: str) -> frozenset[str | None]:
    """The donation numbers that the chain's batches, preparations and shipments name."""
    started = (fact.collections for _, fact in _pairs(case, ManufacturingStarted, chain))
    prepared = (fact.donation_number for _, fact in _pairs(case, CellsPrepared, chain))
    shipped = (fact.donation_number for _, fact in _pairs(case, CellsShipped, chain))
    return frozenset([*prepared, *shipped, *(each for named in started for each in named)]) - {None}


def _left_out(case: Case, chain: str) -> frozenset[str]:
    """Collections before a failure of the chain that its last batch was not made of."""
    last = next(reversed(list(_pairs(case, ManufacturingStarted, chain))), None)
    failed = next(_pairs(case, ManufacturingFailed, chain), None)
    if last is None or failed is None or not last[1].collections:
        return frozenset()
    if case.came_before(last[0], failed[0]):
        return frozenset()
    return frozenset(
        record.key
        for record, fact in case.seen.of(ApheresisCompleted)
        if case.came_before(record, failed[0]) and fact.donation_number not in last[1].collections
    )


def _prepared(case: Case, chain: str, used: tuple[ApheresisCompleted, ...]) -> Iterator[Record]:
    """Preparations of the collections that were used."""
    numbers = {fact.donation_number for fact in used if fact.donation_number is not None}
    chains = {chain, *(fact.chain_of_identity for fact in used if fact.chain_of_identity)}
    for record, fact in case.seen.of(CellsPrepared):
        by_chain = fact.donation_number is None and fact.chain_of_identity in chains
        if by_chain or fact.donation_number in numbers:
            yield record


def _pairs(case: Case, kind: type[F], chain: str) -> Iterator[tuple[Record, F]]:
    return (pair for pair in case.seen.of(kind) if chain_of(pair[1]) == chain)
