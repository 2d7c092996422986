"""Diagnoses that look right for what CAR-T cells do, and say something else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from veinledger.domain.codebook.book import bare
from veinledger.domain.facts.groups import Condition
from veinledger.domain.facts.patient import PatientDischarged
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.facts.toxicity import ConditionDocumented, CrsGraded, IcansGraded
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.projections.claims.edits.reading import (
    known_as,
    named,
    parts,
    say,
)
from veinledger.projections.claims.edits.registry import Draft, edit
from veinledger.projections.claims.rules.diagnoses.conditions import conditions


@edit(
    "C", "D", editions=("public",),
    source="ICD-10-CM tabular list: G20 is the idiopathic disease; row R38",
)  # fmt: skip
def what_the_cells_did_is_not_parkinsons_disease(draft: Draft) -> Iterator[Finding]:
    """On a stay, as a visit's rule asks it of a visit; what was there before is another matter."""
    case, on = draft.bill.case, draft.bill.last_day
    idiopathic = known_as(case, *parts(case, "named_by_the_disease_alone", on))
    infused = [record.day for record, _ in case.seen.of(CellsInfused)]
    if not infused or _was_there_before(draft, infused[0], idiopathic):
        return
    for record, condition in _documented(draft):
        if bare(condition.code or "") in idiopathic:
            yield say(
                (record.key,),
                f"{condition.code} is idiopathic Parkinson's disease, first listed after the "
                "infusion",
                "ask the provider whether the parkinsonism came of the therapy; "
                f"{named(case, 'parkinsonism_after_car_t', on)} and "
                f"{named(case, 'parkinsonism_other_secondary', on)} are for a coder to choose from",
                holds=True,
            )


@edit(
    "C", "D", "E", editions=("public",),
    source="ICD-10-CM, code of its own since 2021-10-01; row R39",
)  # fmt: skip
def a_complication_of_the_cells_has_a_code_of_its_own(draft: Draft) -> Iterator[Finding]:
    """The unspecific one leads the stay to a group of red blood cell disorders."""
    case, on = draft.bill.case, draft.bill.last_day
    other = known_as(case, "other_infusion_complication")
    specific = named(case, "immune_effector_complication", on)
    for record, condition in _documented(draft):
        if bare(condition.code or "") in other and _has_toxicity(draft):
            yield say(
                (record.key,),
                f"{condition.code} is listed where CRS or ICANS is on record",
                f"have the coder replace it by {specific}, or by the one for a later visit",
                holds=draft.bill.inpatient,
            )


@edit(
    "C", "D", "E", "E0", editions=("public",),
    source="ICD-10-CM tabular list: long term (current) therapy; row R43",
)  # fmt: skip
def a_therapy_that_is_over_is_history(draft: Draft) -> Iterator[Finding]:
    """The cells are given once and earlier lines have ended: neither is a current therapy."""
    case, on = draft.bill.case, draft.bill.last_day
    current = known_as(case, "other_current_drug_therapy")
    for record, condition in _documented(draft):
        if bare(condition.code or "") in current:
            yield say(
                (record.key,),
                f"{condition.code} says that a drug is being taken for a long time",
                f"code the history: {named(case, 'surveillance_status', on)} after the cells, "
                f"{named(case, 'prior_therapy_status', on)} for earlier lines; keep it only for a "
                "drug that the patient takes now",
            )


def _documented(draft: Draft) -> Iterator[tuple[Record, Condition]]:
    """The conditions of the stay or its days, and those of the visits on the claim."""
    yield from conditions(draft.bill)
    for record, fact in draft.bill.of(NeurologyVisitCompleted):
        yield from ((record, each) for each in fact.conditions)


def _was_there_before(draft: Draft, infused: date, codes: Iterable[str]) -> bool:
    """Whether somebody documented it before the cells went in."""
    seen, known = draft.bill.case.seen, set(codes)
    said = [
        *((record, fact.condition) for record, fact in seen.of(ConditionDocumented)),
        *((r, each) for r, fact in seen.of(NeurologyVisitCompleted) for each in fact.conditions),
        *((r, each) for r, fact in seen.of(PatientDischarged) for each in fact.conditions),
    ]
    before = (each for record, each in said if record.day < infused)
    return any(bare(each.code or "") in known for each in before)


def _has_toxicity(draft: Draft) -> bool:
    seen = draft.bill.case.seen
    return any(True for _ in (*seen.of(CrsGraded), *seen.of(IcansGraded)))
