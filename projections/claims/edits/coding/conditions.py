"""Diagnoses that look right for what CAR-T cells do, and say something else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from veinledger.domain.facts.groups import Condition
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.projections.claims.chosen import answer, one_of
from veinledger.projections.claims.edits.reading import say
from veinledger.projections.claims.edits.registry import Draft, edit
from veinledger.projections.claims.known import named
from veinledger.projections.claims.lookalikes import (
    COMPLICATION,
    DISEASE,
    OVER,
    Lookalike,
    after_the_cells,
    histories,
    lookalikes,
)
from veinledger.projections.claims.registry import takes_a_code
from veinledger.projections.claims.rules.diagnoses.conditions import conditions
from veinledger.projections.claims.rules.diagnoses.lists import not_billable


@takes_a_code
@edit(
    "C", "D", editions=("public",),
    source="ICD-10-CM tabular list: G20 is the idiopathic disease; row R38",
)  # fmt: skip
def what_the_cells_did_is_not_parkinsons_disease(draft: Draft) -> Iterator[Finding]:
    """On a stay, as a visit's rule asks it of a visit; what was there before is another matter."""
    this, other = after_the_cells(draft.bill)
    for record, condition, asked in _documented(draft, DISEASE):
        found = say(
            (record.key,),
            f"{condition.code} is idiopathic Parkinson's disease, first listed after the infusion",
            "ask the provider whether the parkinsonism came of the therapy; "
            f"{this} and {other} are for a coder to choose from",
            holds=True,
        )
        yield _answered(draft, asked, found)


@takes_a_code
@edit(
    "C", "D", "E", editions=("public",),
    source="ICD-10-CM, code of its own since 2021-10-01; row R39",
)  # fmt: skip
def a_complication_of_the_cells_has_a_code_of_its_own(draft: Draft) -> Iterator[Finding]:
    """The unspecific one leads the stay to a group of red blood cell disorders."""
    specific = named(draft.bill.case, "immune_effector_complication", draft.bill.last_day)
    for record, condition, asked in _documented(draft, COMPLICATION):
        found = say(
            (record.key,),
            f"{condition.code} is listed where CRS or ICANS is on record",
            f"have the coder replace it by {specific}, or by the one for a later visit",
            holds=draft.bill.inpatient,
        )
        yield _answered(draft, asked, found)


@takes_a_code
@edit(
    "C", "D", "E", "E0", editions=("public",),
    source="ICD-10-CM tabular list: long term (current) therapy; row R43",
)  # fmt: skip
def a_therapy_that_is_over_is_history(draft: Draft) -> Iterator[Finding]:
    """The cells are given once and earlier lines have ended: neither is a current therapy."""
    cells, lines = histories(draft.bill)
    for record, condition, asked in _documented(draft, OVER):
        found = say(
            (record.key,),
            f"{condition.code} says that a drug is being taken for a long time",
            f"code the history: {cells} after the cells, {lines} for earlier lines; keep it only "
            "for a drug that the patient takes now",
        )
        yield _answered(draft, asked, found)


def _documented(draft: Draft, rule: str) -> Iterator[tuple[Record, Condition, Lookalike]]:
    """What a rule asks about of the conditions of the stay or its days, and of the visits."""
    of_visits = (
        (record, each)
        for record, fact in draft.bill.of(NeurologyVisitCompleted)
        for each in fact.conditions
    )
    for record, condition in (*conditions(draft.bill), *of_visits):
        for asked in lookalikes(draft.bill, condition.code):
            if asked.rule == rule:
                yield record, condition, asked


def _answered(draft: Draft, asked: Lookalike, found: Finding) -> Finding:
    """The finding, and what is wrong with a code that was chosen for it."""
    bill, found = draft.bill, replace(found, rule=asked.rule)
    return answer(bill, found, one_of(asked.offered, lambda code: not_billable(bill, code))).found
