"""Rules for what people ask of the ledger itself: to void, to confirm, to discard.

The past cannot be refused, but a request can: each rule names what would make it acceptable.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.decisions import RecordsCorrected, ReportConfirmed, ReportDiscarded
from veinledger.domain.findings import Objection
from veinledger.domain.reports import Occurrence, Record, Report
from veinledger.domain.standing.history import Effective

DECISIONS: Final = (RecordsCorrected, ReportConfirmed, ReportDiscarded)
"""What people ask of records; every other fact is about the world."""
AHEAD: Final = timedelta(hours=24)

RequestRule = Callable[[Fact, Effective], Objection | None]


def a_fact_is_not_dated_more_than_a_day_ahead(report: Report, now: datetime) -> Objection | None:
    """A fact dated more than 24 hours after it is recorded is not a valid report."""
    if not _is_ahead(report.occurred, now):
        return None
    return Objection(
        rule="a_fact_is_not_dated_more_than_a_day_ahead",
        reason="it is dated more than 24 hours after the ledger's clock",
        remedy="report it when it has happened, or correct its date; plans are appointments",
        source="DESIGN 5, order of the fold",
        field="occurred_at",
    )


def _is_ahead(occurred: Occurrence, now: datetime) -> bool:
    if occurred.instant is not None:
        return occurred.instant > now + AHEAD
    return occurred.local_day > (now + AHEAD).date()


def a_decision_is_about_an_encounter() -> Objection:
    """What people decide about records of a centre is not built yet, and says so."""
    return Objection(
        rule="a_decision_is_about_an_encounter",
        reason="it is about records of a centre, which this version cannot change",
        remedy="report the certificate with its right dates under a new message",
        source="CHANGELOG, known limits",
        field="centre",
    )


def a_correction_names_records_that_are_there(fact: Fact, known: Effective) -> Objection | None:
    """Each change names its target by sequence and leaf hash, and both must agree."""
    if not isinstance(fact, RecordsCorrected):
        return None
    leaves = {record.seal.sequence: record.seal.leaf for record in known.known}
    if all(leaves.get(change.sequence) == change.hash for change in fact.changes):
        return None
    return Objection(
        rule="a_correction_names_records_that_are_there",
        reason="a change names a sequence and hash that no record of this encounter has",
        remedy="take sequence and leaf from `veinledger history` of this encounter",
        source="DESIGN 5, corrections",
        field="changes",
    )


def a_decision_is_corrected_never_voided(fact: Fact, known: Effective) -> Objection | None:
    """Corrections, confirmations and discards are answered by new ones, not taken away."""
    if not isinstance(fact, RecordsCorrected):
        return None
    named = {change.sequence for change in fact.changes}
    targets = [r for r in known.known if r.seal.sequence in named]
    if not any(isinstance(target.fact, DECISIONS) for target in targets):
        return None
    return Objection(
        rule="a_decision_is_corrected_never_voided",
        reason="a change aims at a correction, a confirmation or a discard",
        remedy="report what is right under a new message instead",
        source="DESIGN 5, corrections",
        field="changes",
    )


def this_version_voids_and_nothing_else(fact: Fact, _: Effective) -> Objection | None:
    """Replacing and moving in one set is not built yet, and says so instead of half doing it."""
    if not isinstance(fact, RecordsCorrected) or all(c.kind == "void" for c in fact.changes):
        return None
    return Objection(
        rule="this_version_voids_and_nothing_else",
        reason="a change asks to replace or to move a record",
        remedy="void the record, and report the right fact under a new message",
        source="CHANGELOG, known limits",
        field="changes",
    )


def this_version_takes_no_attested_facts(fact: Fact, _: Effective) -> Objection | None:
    """Attesting missing steps is not built yet, and says so instead of dropping them."""
    if not isinstance(fact, ReportConfirmed) or not fact.attested:
        return None
    return Objection(
        rule="this_version_takes_no_attested_facts",
        reason="the confirmation attests facts that nobody reported",
        remedy="confirm without them, or report the missing facts with their dates",
        source="CHANGELOG, known limits",
        field="attested",
    )


def a_decision_is_about_a_record_that_waits_or_is_disputed(
    fact: Fact, known: Effective
) -> Objection | None:
    """Confirming or discarding is for records that have no place by themselves."""
    if not isinstance(fact, (ReportConfirmed, ReportDiscarded)):
        return None
    standing = known.standings.get(fact.target)
    if standing is not None and standing.status in ("waiting", "disputed"):
        return None
    return Objection(
        rule="a_decision_is_about_a_record_that_waits_or_is_disputed",
        reason="its target is not a record of this encounter that waits or is disputed",
        remedy="take the report key from `veinledger parked`; void a record that is in effect",
        source="DESIGN 3, report.confirmed and report.discarded",
        field="target",
    )


REQUEST_RULES: Final[tuple[RequestRule, ...]] = (
    a_correction_names_records_that_are_there,
    a_decision_is_corrected_never_voided,
    this_version_voids_and_nothing_else,
    this_version_takes_no_attested_facts,
    a_decision_is_about_a_record_that_waits_or_is_disputed,
)


def targets_of(fact: Fact, known: Effective) -> tuple[Record, ...]:
    """The records that a void or a discard takes out of effect."""
    if isinstance(fact, RecordsCorrected):
        named = {change.sequence for change in fact.changes}
        return tuple(r for r in known.known if r.seal.sequence in named)
    if isinstance(fact, ReportDiscarded):
        return tuple(r for r in known.known if r.key == fact.target)
    return ()
