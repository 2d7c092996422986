"""The days on which something was due before its anchor was corrected, each with the reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import pairwise

from veinledger.domain.reports import Record
from veinledger.projections.schedule.question import Question
from veinledger.projections.schedule.shapes import Earlier


def was_due(
    question: Question, anchor: Record, what: str, due_by: Callable[[Record], date | None]
) -> tuple[Earlier, ...]:
    """When it was due by each record that the anchor stands in place of.

    `due_by` says when it was due by an earlier record; None where that one asked for no such thing.
    """
    if anchor.in_place_of is None:
        return ()
    chain = question.chains.chain(anchor)
    dues = [due_by(record) for record in chain]
    found: list[Earlier] = []
    for (before, due), (after, later) in pairwise(zip(chain, dues, strict=True)):
        if due is not None and due != later and after.in_place_of is not None:
            found.append(_earlier(question, due, before, after, what))
    return tuple(found)


def _earlier(question: Question, due: date, before: Record, after: Record, what: str) -> Earlier:
    correction = after.in_place_of.correction if after.in_place_of else before.key
    record = question.chains.by_key.get(correction)
    number = f" by record {record.number_in(question.seen.encounter)}" if record else ""
    return Earlier(
        due=due,
        until=after.seal.recorded_at,
        correction=correction,
        reason=f"{what} was corrected on {after.seal.recorded_at.date()}{number}",
    )
