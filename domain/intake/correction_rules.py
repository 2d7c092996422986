"""Rules for a correction as it is asked; what it would leave behind is judged in correcting.py.

docs/standing.md, section 6. Each names what would make the correction acceptable.
"""

from __future__ import annotations

from collections.abc import Iterator

from veinledger.domain.facts.catalogue import CENTRE_FACTS
from veinledger.domain.facts.decisions import DECISIONS, Change, RecordsCorrected
from veinledger.domain.findings import Objection
from veinledger.domain.intake.dates import a_fact_is_not_dated_more_than_a_day_ahead
from veinledger.domain.intake.request import Request
from veinledger.domain.reports import Record


def a_correction_names_records_that_are_there(asked: Request) -> Objection | None:
    """Each change names its target by sequence and leaf hash, and both must agree."""
    leaves = {record.seal.sequence: record.seal.leaf for record in asked.known.known}
    if all(leaves.get(c.sequence) == c.hash for c in asked.changes):
        return None
    return Objection(
        rule="a_correction_names_records_that_are_there",
        reason="a change names a sequence and hash that no record of this encounter has",
        remedy="take sequence and leaf from `veinledger history` of this encounter",
        source="docs/standing.md, section 6",
        field="changes",
    )


def a_decision_is_corrected_never_voided(asked: Request) -> Objection | None:
    """Corrections, confirmations and discards are answered by new ones, not taken away."""
    if not any(isinstance(target.fact, DECISIONS) for target in asked.corrected):
        return None
    return Objection(
        rule="a_decision_is_corrected_never_voided",
        reason="a change aims at a correction, a confirmation or a discard",
        remedy="decide anew: correct the record that it brought in, or replace the one it took out",
        source="docs/standing.md, section 6",
        field="changes",
    )


def a_record_is_corrected_where_it_stands_now(asked: Request) -> Objection | None:
    """What was replaced or moved is corrected by correcting what stands in its place."""
    gone = [target for target in asked.corrected if _stands_elsewhere(target, asked)]
    if not gone:
        return None
    numbers = ", ".join(str(target.seal.sequence) for target in gone)
    return Objection(
        rule="a_record_is_corrected_where_it_stands_now",
        reason=f"another record stands in place of each of these already: {numbers}",
        remedy="correct the record that stands in its place; `veinledger history` names it",
        source="docs/standing.md, section 6",
        field="changes",
    )


def a_record_is_voided_once(asked: Request) -> Objection | None:
    """Nothing is left to void of a record that a void or a discard took out of effect."""
    void = {c.sequence for c in asked.changes if c.kind == "void"}
    gone = [
        target
        for target in asked.corrected
        if target.seal.sequence in void and asked.known.standings[target.key].status == "superseded"
    ]
    if not gone:
        return None
    return Objection(
        rule="a_record_is_voided_once",
        reason="a change voids a record that is out of effect already: "
        + ", ".join(str(target.seal.sequence) for target in gone),
        remedy="leave it out of the set; to put it back, replace it by what is right",
        source="docs/standing.md, section 6",
        field="changes",
    )


def a_replacement_is_a_fact_of_an_encounter(asked: Request) -> Objection | None:
    """A decision or a certificate cannot stand in place of what happened to a patient."""
    wrong = [
        replacement
        for replacement in asked.replacements
        if isinstance(replacement.fact, DECISIONS) or replacement.fact.type in CENTRE_FACTS
    ]
    if not wrong:
        return None
    return Objection(
        rule="a_replacement_is_a_fact_of_an_encounter",
        reason=f"a change would put {wrong[0].fact.type} in a record's place",
        remedy="void the record, and report the other by itself",
        source="docs/standing.md, section 6",
        field="changes",
    )


def a_replacement_is_not_dated_more_than_a_day_ahead(asked: Request) -> Objection | None:
    """A date corrected into the future is no better than one reported there."""
    ahead = (
        a_fact_is_not_dated_more_than_a_day_ahead(replacement, asked.now)
        for replacement in asked.replacements
    )
    return next((objection for objection in ahead if objection is not None), None)


def a_record_is_moved_to_another_encounter_that_is_there(asked: Request) -> Objection | None:
    """A record that is moved to a mistyped name would wait for ever where nobody looks."""
    opened = {
        change.encounter
        for change, target in _moves(asked)
        if target.fact.type == "encounter.opened"
    }
    if all(
        change.encounter != asked.known.encounter
        and (change.encounter in opened or asked.is_known(change.encounter or ""))
        for change, _ in _moves(asked)
    ):
        return None
    return Objection(
        rule="a_record_is_moved_to_another_encounter_that_is_there",
        reason="a change moves a record to the encounter that it is in, or to one that the ledger"
        " holds no record of",
        remedy="check the encounter's name; open it first, or move its opening in the same set",
        source="docs/standing.md, section 6",
        field="changes",
    )


def _moves(asked: Request) -> Iterator[tuple[Change, Record]]:
    targets = {record.seal.sequence: record for record in asked.corrected}
    for change in asked.changes:
        if change.kind == "move" and change.sequence in targets:
            yield change, targets[change.sequence]


def _stands_elsewhere(target: Record, asked: Request) -> bool:
    """Whether a correction has put another record in its place, here or in another encounter."""
    return any(
        change.sequence == target.seal.sequence and change.kind != "void"
        for record in asked.known.known
        if isinstance(record.fact, RecordsCorrected) and record.kind == "report"
        for change in record.fact.changes
    )
