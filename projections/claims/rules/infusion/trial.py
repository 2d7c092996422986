"""A patient in a clinical trial: diagnosis, condition code, number, and modifiers of the lines.

A trial of another product leaves the bought product as it is; the payer's own code ZC for that is
never sent by a provider.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final, Literal

from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.lines import As, basis, coded, finding
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.rules.infusion.parts import Part, dose
from veinledger.projections.claims.shapes import Coded, Differs
from veinledger.projections.claims.told import told

REGISTERED: Final = re.compile(r"^NCT(\d{8})$")
"""A number of ClinicalTrials.gov; the eight digits go onto the claim."""


@rule("C", source="NGS 12587596; University of Florida, research claim codes; evidence R48, R58")
def a_trial_is_told_by_diagnosis_and_condition_code(bill: Bill) -> Iterator[Said]:
    """Secondary on every claim of a therapeutic trial; the condition code on a hospital's."""
    taken = trial(bill)
    if taken is None:
        return
    record, _ = taken
    diagnosis = As(role="secondary", records=(record,), day=record.day, rank=80)
    yield from _coded(bill, "clinical_trial_participant", diagnosis)
    if bill.form == "UB-04":
        condition = As(role="condition code", records=(record,))
        yield from _coded(bill, "qualifying_clinical_trial", condition)


@rule("C", source="CMS MM8401 / CR 8401: the eight digits of the trial's number; evidence R48")
def the_number_of_the_trial_stands_on_the_claim(bill: Bill) -> Iterator[Said]:
    """Without its number a claim of a trial is returned as it cannot be processed."""
    taken = trial(bill)
    entry = bill.case.rules.find("clinical_trial_number", bill.last_day)
    if taken is None or entry is None:
        return
    record, fact = taken
    known = REGISTERED.match((fact.trial or "").upper())
    if known is None:
        yield finding(
            (record,),
            "the number of the trial is not reported, or is not NCT and eight digits",
            "report the infusion again with the trial's number as ClinicalTrials.gov has it",
            severity="critical",
        )
        return
    where = f", value code {entry.code} on paper" if bill.form == "UB-04" else ""
    yield Coded(
        basis=basis((record,), entry),
        code=known[1],
        label=f"{entry.label}{where}",
        role="trial number",
        confidence=entry.confidence,
        differs=told(
            bill.case.rules.differs("clinical_trial_number", bill.last_day), known[1], "nothing"
        ),
    )


def trial(bill: Bill) -> Part | None:
    """The infusion, where its product or its patient is in a trial; expanded access is none."""
    parts = dose(bill)
    if not parts or parts[0][1].acquisition == "expanded access":
        return None
    fact = parts[0][1]
    registered = (fact.trial or "").upper().startswith("NCT")
    return parts[0] if fact.acquisition == "trial" or registered else None


def trial_modifier(
    bill: Bill, day: date, act: Literal["product", "administration", "preparation"]
) -> tuple[tuple[str, ...], tuple[Differs, ...]]:
    """Q0 on the product that is investigated, Q1 on what else is given; none in a stay."""
    taken = trial(bill)
    if taken is None or bill.inpatient:
        return (), ()
    investigated = taken[1].acquisition == "trial"
    key = act if investigated else None
    entry = bill.case.rules.find("service_in_a_trial", day, key)
    return (entry.code,) if entry else (), told(
        bill.case.rules.differs("service_in_a_trial", day, key)
    )


def _coded(bill: Bill, meaning: str, stands: As) -> Iterator[Said]:
    """The code, or what the other edition alone would put there."""
    on = bill.coding_day(stands.day) if stands.day else bill.last_day
    if bill.case.rules.find(meaning, on) is not None:
        yield coded(bill, meaning, stands)
    else:
        yield from told(bill.case.rules.differs(meaning, on))
