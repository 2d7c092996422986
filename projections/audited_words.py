"""What an entry of the audit trail says of its record in words: codes, relations and reasons."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from veinledger.domain.facts.billing import ClaimSubmitted
from veinledger.domain.facts.encounter import EncounterContinued, EncounterLinked
from veinledger.domain.reports import Record
from veinledger.projections.case.decided import Decided
from veinledger.projections.case.payers_words import payers_words


def says_of(record: Record) -> Iterator[str]:
    """A payer's words by codes and outcome; how a record relates this encounter to another."""
    fact = record.fact
    yield from payers_words(fact)
    if isinstance(fact, ClaimSubmitted):
        yield from _as_sent(fact)
    if isinstance(fact, EncounterContinued):
        yield f"it follows {fact.continues}"
    elif isinstance(fact, EncounterLinked) and record.merges is not None:
        yield f"{record.merges} was merged into it"
    elif isinstance(fact, EncounterLinked):
        yield f"merged into {fact.survivor}"


def _as_sent(fact: ClaimSubmitted) -> Iterator[str]:
    """Which claim went out, in what form, and what was known when it was derived."""
    yield f"claim {fact.label} as {fact.form}, frequency {fact.frequency}, to {fact.payer}"
    yield f"edition {fact.edition}, from what position {fact.position_known} knew"


def digests_of(record: Record) -> Iterator[tuple[str, str]]:
    """What of a claim that went out can be compared byte by byte: rules, claim, files."""
    fact = record.fact
    if isinstance(fact, ClaimSubmitted):
        yield "rule pack", fact.rule_pack
        if fact.directory is not None:
            yield "directory", fact.directory
        yield "claim", sha256(fact.claim.encode()).hexdigest()
        for file in fact.sent:
            number = f" {file.control_number}" if file.control_number else ""
            yield f"{file.media_type}{number}", file.digest


def reason_of(record: Record, deeds: Decided) -> str | None:
    """The reason that a decision gives, also where it relates two encounters."""
    if isinstance(record.fact, (EncounterContinued, EncounterLinked)):
        return record.fact.reason
    return next((deed.reason for deed in deeds.by.get(record.key, ())), None)
