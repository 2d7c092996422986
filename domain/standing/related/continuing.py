"""An encounter that follows another of the same patient: another product, or another attempt.

docs/standing.md, section 10. Both stay encounters of their own: what is owed after the earlier
product goes on being owed. The later one is told what the earlier one means for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from veinledger.domain.facts.disease import TherapyLineRecorded
from veinledger.domain.facts.encounter import EncounterContinued
from veinledger.domain.facts.patient import PatientMerged
from veinledger.domain.findings import Finding, Severity
from veinledger.domain.reports import Record
from veinledger.domain.standing.encounter import Encounter
from veinledger.domain.standing.fold import Folded

SOURCE: Final = "docs/standing.md, section 10"
EARLIER_CELLS: Final = "earlier_cells_are_a_line_of_therapy"


def earlier_named_by(records: Sequence[Record], path: Sequence[str]) -> tuple[str, ...]:
    """The encounters that one says it follows; none of the path that led to it."""
    told = (r.fact.continues for r in records if isinstance(r.fact, EncounterContinued))
    return tuple(dict.fromkeys(name for name in told if name not in path))


def continued_in_effect(folded: Folded) -> Iterator[tuple[Record, str]]:
    """The records in effect that say which encounter this one follows."""
    for taken in folded.taken:
        if isinstance(taken.record.fact, EncounterContinued):
            yield taken.record, taken.record.fact.continues


def findings_of_a_continuation(
    encounter: str, folded: Folded, earlier: Mapping[str, Folded]
) -> Iterator[Finding]:
    """What a person has to look at where one encounter follows another.

    `earlier` are those that it follows, as they were known at the same moment.
    """
    for record, name in continued_in_effect(folded):
        before = earlier.get(name)
        if name == encounter or before is None or not before.standings:
            yield _of_an_encounter_that_is_there(record)
            continue
        yield from _of_one_patient(record, folded, before)
        yield from _of_a_way_that_has_ended(record, before.encounter)
        yield from _of_cells_that_no_line_tells_of(record, folded, before.encounter)


def _of_an_encounter_that_is_there(record: Record) -> Finding:
    return _finding(
        "a_continued_encounter_is_another_one_that_is_there",
        "warning",
        "it says that it follows itself, or an encounter of which the ledger holds no record",
        "check the name of the earlier encounter, or tell the ledger of it",
        record,
    )


def _of_one_patient(record: Record, now: Folded, before: Folded) -> Iterator[Finding]:
    patients = {now.encounter.patient, before.encounter.patient} - {None}
    taken = (each.record.fact for one in (now, before) for each in one.taken)
    said = [{f.patient, f.surviving} for f in taken if isinstance(f, PatientMerged)]
    if len(patients) > 1 and not any(patients <= pair for pair in said):
        yield _finding(
            "a_continued_encounter_is_of_the_same_patient",
            "critical",
            "the earlier encounter was opened under another patient reference",
            "correct the name of the earlier encounter, or report patient.merged where the two"
            " references are one patient's",
            *(each.record for each in now.taken[:1]),
            record,
            holds=True,
        )


def _of_a_way_that_has_ended(record: Record, before: Encounter) -> Iterator[Finding]:
    """After an infusion the earlier one goes on for years; before it, two products are ordered."""
    if before.before_infusion:
        yield _finding(
            "a_continued_encounter_has_ended_or_was_infused",
            "warning",
            f"the earlier encounter stands at {before.stage}, on its way to an infusion",
            "report encounter.withdrawn of the earlier one where its product will not be given",
            record,
        )


def _of_cells_that_no_line_tells_of(
    record: Record, now: Folded, before: Encounter
) -> Iterator[Finding]:
    """Labels and payers count lines, and ask for CAR-T cells that were given before."""
    facts = (each.record.fact for each in now.taken)
    lines = (fact for fact in facts if isinstance(fact, TherapyLineRecorded))
    told = any(drug.drug_class == "CAR-T" for line in lines for drug in line.drugs)
    if before.infusion_day is not None and not told:
        yield _finding(
            EARLIER_CELLS,
            "warning",
            f"the earlier encounter's cells ({before.product or 'product not told'}) were infused"
            f" on {before.infusion_day}, and no line of therapy here tells of them",
            "report therapy.line_recorded with the earlier product as a drug of class CAR-T: gates"
            " and packets count what is written down",
            record,
        )


def _finding(
    rule: str, severity: Severity, reason: str, remedy: str, *records: Record, holds: bool = False
) -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        reason=reason,
        remedy=remedy,
        source=SOURCE,
        records=tuple(dict.fromkeys(record.key for record in records)),
        holds=holds,
    )
