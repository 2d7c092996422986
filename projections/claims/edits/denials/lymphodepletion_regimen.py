"""Denial 8: lymphodepletion that is not the label's, by drug, dose, days or rest."""

from __future__ import annotations

from collections.abc import Iterator

from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.findings import Finding
from veinledger.projections.case.cells.lymphodepletion import (
    Course,
    agents_against,
    courses,
    days_against,
    doses_against,
    rest_against,
    tolerance,
)
from veinledger.projections.claims.edits.reading import say
from veinledger.projections.claims.edits.registry import Draft, edit


@edit("B", "C", denial=8, source="page: denial 8; J&J Medical Connect, dosage; row R78")
def the_lymphodepletion_is_the_labels(draft: Draft) -> Iterator[Finding]:
    """Told, for a clinician may have had a reason; a dose of another regimen holds the claim."""
    for course in _courses(draft):
        far_off = tuple(doses_against(course, tolerance(course, "lymphodepletion_dose_far_off")))
        off = tuple(doses_against(course, tolerance(course, "lymphodepletion_dose_tolerance")))
        rest = (*days_against(course), *rest_against(course))
        against = tuple(dict.fromkeys((*agents_against(course), *off, *rest)))
        if against:
            yield say(
                (record.key for record, _ in course.doses),
                "; ".join(against),
                f"compare with the label ({course.asked}); correct the report where it is wrong, "
                "else have the physician document why it was given otherwise, for the payer asks",
                holds=bool(far_off),
            )


def _courses(draft: Draft) -> Iterator[Course]:
    """Every course of which a dose stands on this claim, whole, wherever its other doses stand."""
    case, here = draft.bill.case, {record.key for record in draft.bill.services}
    infused = next((record.day for record, _ in case.seen.of(CellsInfused)), None)
    for course in courses(case, infused):
        if here & {record.key for record, _ in course.doses}:
            yield course
