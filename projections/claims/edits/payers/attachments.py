"""Papers that go with a claim, where the payer asks for them, and what stands in the remarks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from veinledger.domain.centre.directory import Asked
from veinledger.domain.codebook.entry import Entry
from veinledger.domain.facts.disease import DocumentFiled
from veinledger.domain.facts.surveillance import SurveillancePlanFiled
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.findings import Finding
from veinledger.projections.case.case import Case
from veinledger.projections.claims.edits.denials.surveillance_plan import plan_is_missed
from veinledger.projections.claims.edits.reading import say
from veinledger.projections.claims.edits.registry import Draft, edit
from veinledger.projections.claims.known import parts

PAPERS: Final[dict[Asked, str]] = {
    "fact_accreditation": "attachment_accreditation",
    "neurological_plan": "attachment_surveillance_plan",
    "chain_of_identity_label": "attachment_identity_label",
}
"""The paper that shows what a payer asks for, by its meaning; a cost or a name is no paper."""
PLAN: Final = "attachment_surveillance_plan"


@edit("C", source="page: required documents of the request; the payer's own wishes, directory")
def the_papers_that_the_payer_asks_for_are_on_file(draft: Draft) -> Iterator[Finding]:
    """A payer that asked for a paper and does not get it turns the claim away for that alone."""
    infused, case = next(draft.bill.of(CellsInfused), None), draft.bill.case
    if infused is None:
        return
    day = infused[0].day
    asked = tuple(_asked(case, day))
    wanted = (*asked, *parts(case, "infusion_claim_attachments", day))
    missed = plan_is_missed(draft)
    missing = tuple(e for e in _missing(case, wanted, day) if not (missed and e.meaning == PLAN))
    if missing:
        yield say(
            (infused[0].key,),
            f"not on file: {', '.join(entry.label for entry in missing)}",
            f"file {_documents(missing)} and send it along",
            holds=any(entry.meaning in asked for entry in missing),
        )


@edit("C", source="First Coast on NCD 110.24, remarks; the payer's own wishes; row R56")
def the_remarks_name_the_product(draft: Draft) -> Iterator[Finding]:
    """Where contractor or payer looks for the name, a claim without it is put aside."""
    infused, case = next(draft.bill.of(CellsInfused), None), draft.bill.case
    if infused is None or draft.claim.coded("remarks"):
        return
    day, payer = draft.bill.payer_day, case.payer(draft.bill.payer_day)
    entry = case.rules.find("product_name_in_remarks", draft.bill.last_day, case.coverage_kind(day))
    if entry is not None or (payer is not None and "product_name_in_remarks" in payer.asks_for):
        yield say(
            (infused[0].key,),
            "the payer looks for the product's name in the remarks, and they are empty",
            f"put {case.product.remarks or case.product.brand} into the remarks (FL 80, NTE)",
        )


def _documents(missing: tuple[Entry, ...]) -> str:
    kinds = ", ".join(entry.code.replace("_", " ") for entry in missing)
    return f"{'each' if len(missing) > 1 else 'the'} document with its reference (kind: {kinds})"


def _asked(case: Case, day: date) -> Iterator[str]:
    payer = case.payer(day)
    return (PAPERS[each] for each in payer.asks_for if each in PAPERS) if payer else iter(())


def _missing(case: Case, meanings: tuple[str, ...], day: date) -> Iterator[Entry]:
    filed = {fact.kind.casefold().replace(" ", "_") for _, fact in case.seen.of(DocumentFiled)}
    planned = any(fact.document for _, fact in case.seen.of(SurveillancePlanFiled))
    for meaning in dict.fromkeys(meanings):
        entry = case.rules.find(meaning, day)
        if entry is None or (meaning == PLAN and planned):
            continue
        if entry.code.casefold() not in filed and not _shown(case, meaning, day):
            yield entry


def _shown(case: Case, meaning: str, day: date) -> bool:
    """A certificate on the centre's record has its reference: nobody files it once more."""
    programmes = {
        "attachment_accreditation": ("FACT", "FACT-JACIE"),
        "attachment_rems_letter": tuple(each.name for each in case.product.programmes),
    }.get(meaning, ())
    held = (case.centre.certified(each, "infusion facility", day) for each in programmes)
    return any(each is not None and each.reference is not None for each in held)
