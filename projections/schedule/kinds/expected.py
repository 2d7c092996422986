"""Days to plan with: when a product may be back, when a toxicity often begins. Owed by nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from veinledger.domain.facts.collection import CellsShipped
from veinledger.domain.facts.manufacturing import ManufacturingFailed
from veinledger.domain.obligations.series import Expected
from veinledger.domain.reports import Record
from veinledger.projections.schedule.matching import can_meet
from veinledger.projections.schedule.moved import was_due
from veinledger.projections.schedule.owed import Met, Owed, Pending, happened
from veinledger.projections.schedule.question import End, Question


def expected(question: Question) -> Iterator[Pending]:
    """Each expectation of the pages, from each fact that it counts from."""
    product = question.product
    for anchor, provisional in _anchors(question):
        for row in question.rules.listed(Expected, anchor.day):
            for_this = product is not None and (not row.products or product.name in row.products)
            if row.after == anchor.fact.type and for_this:
                owed = _owed(question, anchor, row, provisional)
                yield Pending(owed, _seen(question, anchor, row))


def _anchors(question: Question) -> Iterator[tuple[Record, str | None]]:
    """The first shipment under each chain of identity, and the infusion."""
    shipped: dict[str, Record] = {}
    for record, fact in question.seen.of(CellsShipped):
        shipped.setdefault(fact.chain_of_identity, record)
    yield from ((record, None) for record in shipped.values())
    if question.infusion is not None:
        yield question.infusion.record, question.infusion.provisional


def _owed(question: Question, anchor: Record, row: Expected, provisional: str | None) -> Owed:
    def due_by(record: Record) -> date | None:
        same = record.fact.type == anchor.fact.type
        return row.point.window(record.day).due if same else None

    return Owed(
        rule=f"expected_{row.name}",
        what=row.label,
        group="hint",
        anchor=anchor.key,
        window=row.point.window(anchor.day),
        meets=tuple(dict.fromkeys(each.fact for each in row.seen_by)),
        noun="news",
        source=f"{row.source} [{row.row}]",
        window_source=row.window_source,
        confidence=row.confidence,
        end=_failed(question, anchor) or question.end,
        provisional=provisional,
        was_due=was_due(question, anchor, "the date that it counts from", due_by),
    )


def _seen(question: Question, anchor: Record, row: Expected) -> Met | None:
    """The first fact by which it came about, under the same chain of identity."""
    chain = _chain(anchor)
    for record in question.seen.records:
        if record.day < anchor.day or not can_meet(record.fact, row.seen_by):
            continue
        if _chain(record) in (None, chain):
            return Met(record=record.key, day=record.day, how=happened(record))
    return None


def _failed(question: Question, anchor: Record) -> End | None:
    for record, fact in question.seen.of(ManufacturingFailed):
        if fact.chain_of_identity == _chain(anchor) and record.day >= anchor.day:
            return End(day=record.day, reason=f"the manufacture failed on {record.day}")
    return None


def _chain(record: Record) -> str | None:
    chain: str | None = getattr(record.fact, "chain_of_identity", None)
    return chain
