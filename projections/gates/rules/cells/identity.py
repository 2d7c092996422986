"""Whose cells they are: one chain of identity from the collection to the bedside."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from veinledger.domain.facts.manufacturing import ProductReceived, ProductThawed
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.domain.standing.encounter import chain_of
from veinledger.domain.standing.history import Effective
from veinledger.domain.standing.identity import CONTESTED
from veinledger.domain.standing.set_aside import ONE_HOLDER
from veinledger.projections.case.case import Case
from veinledger.projections.case.cells.batch import LINKS, Batch, batch_in_use
from veinledger.projections.case.unconfirmed import parked, reasons
from veinledger.projections.gates.registry import Asked, Found, gate, met, not_asked, not_met

NO_BATCH = "no batch is on its way; the step itself says what is missing"


@gate
def the_chain_of_identity_is_unbroken(asked: Asked) -> Found:
    """Each step of the product's way stands under one chain, and every label was read as that."""
    case, batch = asked.case, batch_in_use(asked.case)
    waiting = tuple(_without_a_place(case.seen, asked.on))
    if batch is None and not waiting:
        return not_asked(NO_BATCH)
    broken = () if batch is None else tuple(_broken(case, batch))
    against = (*(why for _, why in broken), *(_in_words(case, each) for each in waiting))
    if not against and batch is not None:
        steps = ", ".join(name for name in batch.links if name in LINKS)
        return met(f"one chain from the collection on: {steps}", *batch.records)
    records = (*(record for record, _ in broken if record is not None), *waiting)
    return not_met("; ".join(against), *(records or (batch.records if batch else ())))


@gate
def no_other_encounter_names_the_chain_of_identity(asked: Asked) -> Found:
    """Two patients under one chain: nobody may be given these cells until a person has compared."""
    case = asked.case
    settled = case.settled()
    contested = [f for f in case.seen.findings if f.rule == CONTESTED and f.key not in settled]
    taken = tuple(_held_by_another(case.seen, asked.on))
    if not contested and not taken:
        return met("no other encounter holds or names it")
    reasons_told = [each.reason for each in contested]
    reasons_told += [_in_words(case, each) for each in taken]
    return not_met("; ".join(dict.fromkeys(reasons_told)), *_known(case, contested), *taken)


def _broken(case: Case, batch: Batch) -> Iterator[tuple[Record | None, str]]:
    if batch.missing_links:
        known = [batch.links[name].record for name in LINKS if name in batch.links]
        steps = ", ".join(batch.missing_links)
        yield (known[-1] if known else None), f"no {steps} is on record under the chain in use"
    read = [(record, fact, fact.identity_as_read) for record, fact in _labels_read(case, batch)]
    for record, fact, label in read:
        if label not in (None, batch.chain):
            yield record, f"{fact.type} of {record.day}: the label was read as another chain"
    yield from _other_lot(batch)


def _labels_read(
    case: Case, batch: Batch
) -> Iterator[tuple[Record, ProductReceived | ProductThawed]]:
    for kind in (ProductReceived, ProductThawed):
        for record in case.seen.records:
            if isinstance(record.fact, kind) and record.fact.chain_of_identity == batch.chain:
                yield record, record.fact


def _other_lot(batch: Batch) -> Iterator[tuple[Record, str]]:
    if batch.released is None or batch.received is None:
        return
    lots = {batch.released[1].lot, batch.received[1].lot} - {None}
    if len(lots) > 1:
        yield batch.received[0], "the lot that was received is not the lot that was released"


def _without_a_place(seen: Effective, on: date) -> Iterator[Record]:
    """Records about cells that wait or are disputed, by whatever chain they name."""
    for record in parked(seen, {each.fact.type for each in seen.not_in_effect()}, on):
        if chain_of(record.fact) is not None and not _is_held_elsewhere(seen, record):
            yield record


def _held_by_another(seen: Effective, on: date) -> Iterator[Record]:
    for record in parked(seen, {each.fact.type for each in seen.not_in_effect()}, on):
        if _is_held_elsewhere(seen, record):
            yield record


def _is_held_elsewhere(seen: Effective, record: Record) -> bool:
    return any(each.rule == ONE_HOLDER for each in seen.standings[record.key].objections)


def _in_words(case: Case, record: Record) -> str:
    return f"{record.fact.type} of {record.day} {reasons(case.seen.standings[record.key])}"


def _known(case: Case, found: list[Finding]) -> tuple[Record, ...]:
    keys = {key for each in found for key in each.records}
    return tuple(record for record in case.seen.known if record.key in keys)
