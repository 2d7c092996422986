"""What an entry of the audit trail says of its record in words: codes, relations and reasons."""

from __future__ import annotations

from collections.abc import Iterator

from veinledger.domain.facts.encounter import EncounterContinued, EncounterLinked
from veinledger.domain.reports import Record
from veinledger.projections.case.decided import Decided
from veinledger.projections.case.payers_words import payers_words


def says_of(record: Record) -> Iterator[str]:
    """A payer's words by codes and outcome; how a record relates this encounter to another."""
    fact = record.fact
    yield from payers_words(fact)
    if isinstance(fact, EncounterContinued):
        yield f"it follows {fact.continues}"
    elif isinstance(fact, EncounterLinked) and record.merges is not None:
        yield f"{record.merges} was merged into it"
    elif isinstance(fact, EncounterLinked):
        yield f"merged into {fact.survivor}"


def reason_of(record: Record, deeds: Decided) -> str | None:
    """The reason that a decision gives, also where it relates two encounters."""
    if isinstance(record.fact, (EncounterContinued, EncounterLinked)):
        return record.fact.reason
    return next((deed.reason for deed in deeds.by.get(record.key, ())), None)
