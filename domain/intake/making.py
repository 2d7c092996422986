"""Small things made during intake: outcomes, records before their seal, claims on a chain."""

from __future__ import annotations

from datetime import datetime

from veinledger.domain.intake.entries import Held, KeptReport
from veinledger.domain.intake.outcome import Answer, Arrival, Outcome
from veinledger.domain.reports import Record, Report, Seal
from veinledger.domain.standing.history import History
from veinledger.domain.standing.identity import IdentityClaim, IdentityDeed
from veinledger.domain.standing.order import rank_of


def outcome_of(arrival: Arrival, answer: Answer, held: Held | None = None) -> Outcome:
    """The answer to an item, and the record that holds it where one does."""
    report = arrival.report
    return Outcome(
        answer=answer,
        source=arrival.source,
        encounter=_named(report, held) if report else arrival.encounter,
        type=report.fact.type if report else arrival.type,
        record=held.record if held else None,
        sequence=held.sequence if held else None,
    )


def _named(report: Report, held: Held | None) -> str | None:
    """Whose it is: as it says, else as a person has said since."""
    return report.name or (held.name if held else None)


def provisional_record(entry: KeptReport, history: History, now: datetime) -> Record:
    """The record as it will be kept, but for what only the seal knows."""
    report = entry.report
    seal = Seal(position=0, stream="", sequence=len(history.records) + 1, recorded_at=now, leaf="")
    return Record(
        key=entry.key.hex(),
        kind=entry.kind,
        subject=report.subject,
        name=report.name,
        fact=report.fact,
        occurred=report.occurred,
        source=report.source,
        actor=report.actor,
        original=report.original,
        seal=seal,
        in_place_of=entry.in_place_of,
        came=entry.came,
    )


def claim_of(record: Record, chain: str, deed: IdentityDeed, now: datetime) -> IdentityClaim:
    """That a record claims a chain of identity, names it, or lets it go."""
    return IdentityClaim(
        chain_of_identity=chain,
        encounter=record.name,
        record=record.key,
        rank=rank_of(record.fact),
        occurred=record.occurred,
        source=record.source,
        position=0,
        recorded_at=now,
        deed=deed,
    )
