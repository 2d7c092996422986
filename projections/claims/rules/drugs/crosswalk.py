"""The code of a drug by its NDC: what no entry of the code book knows waits for a coder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from veinledger.domain.facts.treatment import LymphodepletionDoseGiven
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.lines import finding, no_code
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.rules.drugs.doses import doses
from veinledger.projections.claims.units import Dose, by_ndc_alone, entry_of


@rule("B", "C", "D", source="house rule: nothing is guessed")
def a_drug_without_a_code_waits_for_a_coder(bill: Bill) -> Iterator[Said]:
    """A drug that the regimen does not list, or that the book has no code for on its day."""
    for record, fact in bill.of(LymphodepletionDoseGiven):
        if bill.case.regimen_drug(fact.agent, record.day) is None:
            yield finding(
                (record,),
                "the regimen of the product page has no such drug, so that no code is known for it",
                "have a coder choose the code, or add the drug to the regimen with its source",
            )
    for dose in doses(bill):
        if bill.case.rules.find(dose.meaning, dose.day, dose.key) is None:
            known = bill.case.rules.known(dose.meaning)
            yield no_code(dose.meaning, dose.day, (dose.record,), known)


@rule("B", "C", "D", source="CMS HCPCS Level II, biosimilars by product; evidence R20")
def an_ndc_outside_the_crosswalk_waits_for_its_code(bill: Bill) -> Iterator[Said]:
    """Where each maker's product has a code of its own, an NDC in no entry is billed as none."""
    for dose in doses(bill):
        general = bill.case.rules.find(dose.meaning, dose.day, dose.key)
        unknown = dose.ndc is not None and entry_of(dose, bill.case.rules) is None
        if general is not None and unknown:
            yield finding(
                (dose.record,),
                f"NDC {dose.ndc} is not in the crosswalk of {_drug(dose)}, and each maker's "
                "product has a code of its own",
                "correct the NDC, or add its product to the code book with only_for and a source",
            )


@rule("B", "C", "D", source="CMS HCPCS Level II, biosimilars by product; evidence R20")
def a_drug_told_by_its_ndc_alone_has_one(bill: Bill) -> Iterator[Said]:
    """Without an NDC the reference product's code is a guess; in a stay it pays for nothing."""
    for dose in doses(bill):
        if dose.key is None and by_ndc_alone(dose, bill.case.rules):
            yield finding(
                (dose.record,),
                f"no NDC is reported for {_drug(dose)}, so that its line has the code of the "
                "reference product, whichever was given",
                "report the NDC as dispensed, or have a coder confirm the product",
                holds=not bill.inpatient,
            )


@rule("B", "C", "D", source="NDC reporting on claims, one NDC a line; evidence R18, R66")
def a_dose_from_vials_of_several_ndcs_is_told(bill: Bill) -> Iterator[Said]:
    """A line names one NDC; vials that would have another code hold it, or one that names none."""
    for dose in doses(bill):
        if len(dose.ndcs) > 1:
            yield finding(
                (dose.record,),
                f"the dose was drawn from {len(dose.ndcs)} NDCs, and a line names one of them",
                "report a dose for each NDC with its own mg and vials",
                holds=_codes_differ(bill, dose) or (dose.ndc is None and not bill.inpatient),
            )


def _codes_differ(bill: Bill, dose: Dose) -> bool:
    """Whether the NDCs of one dose lead to several codes, or some of them to none."""
    apart = [replace(dose, drug=replace(dose.drug, ndc=ndc)) for ndc in dose.ndcs]
    entries = [entry_of(each, bill.case.rules) for each in apart]
    return len({entry.code if entry else None for entry in entries}) > 1


def _drug(dose: Dose) -> str:
    return dose.meaning.removesuffix("_injection").replace("_", " ")
