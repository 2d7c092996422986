"""What goes along with an appeal: documents on file, and publications that may be cited."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from veinledger.domain.appeals.reason import Reason
from veinledger.domain.appeals.support import Citation, Paper
from veinledger.domain.centre.certification import Certification
from veinledger.domain.facts.disease import DocumentFiled, TherapyRefractorinessDocumented
from veinledger.domain.facts.manufacturing import ManufacturingFailed
from veinledger.domain.facts.surveillance import SurveillancePlanFiled
from veinledger.projections.appeals.looked_up.centre import accreditation, rems_certificate
from veinledger.projections.appeals.looked_up.payer import authorizes
from veinledger.projections.appeals.registry import (
    Asked,
    cited,
    cited_certificate,
    meant,
)
from veinledger.projections.appeals.shapes import Attachment, Cited, Quotable

APPROVALS = "approvals_of_the_product"
LABEL = "label_of_the_product"
OF_THE_PRODUCT = (APPROVALS, LABEL)
"""Citations that stand on the product's own page."""

There = tuple[str, Cited]
"""A reference, and the record that names it."""


def attachments(asked: Asked, reason: Reason) -> Iterator[Attachment]:
    """Each document that the reason wants, in its order."""
    known = {each.name: each for each in asked.case.rules.listed(Paper, asked.on)}
    for name in reason.papers:
        if name in known and _is_wanted(asked, known[name]):
            yield _attachment(asked, known[name])


def _is_wanted(asked: Asked, paper: Paper) -> bool:
    """A paper about something that did not take place is wanted by nobody."""
    seen = asked.case.seen
    no_product = not asked.case.infusions() or any(seen.of(ManufacturingFailed))
    return (
        (not paper.only_after_a_stay or _stayed(asked))
        and (not paper.only_where_authorized or authorizes(asked))
        and (not paper.only_without_the_product or no_product)
    )


def _stayed(asked: Asked) -> bool:
    """Whether the patient lay in the hospital as an inpatient on the day of the service."""
    return any(stay.covers(asked.on) for stay in asked.case.presences[0])


def _attachment(asked: Asked, paper: Paper) -> Attachment:
    found = (*_filed(asked, paper), *_told(asked, paper))
    references = dict.fromkeys(reference for reference, _ in found)
    records = {each.record: each for _, each in found}
    return Attachment(
        name=paper.name,
        label=paper.label,
        state="have" if found else "missing",
        references=tuple(references),
        remedy="" if found else paper.remedy,
        records=tuple(records.values()),
        source=paper.said_by,
        confidence=paper.confidence,
    )


def _filed(asked: Asked, paper: Paper) -> Iterator[There]:
    for record, fact in asked.case.seen.of(DocumentFiled):
        if fact.kind.casefold().replace(" ", "_").replace("-", "_") in paper.kinds:
            yield fact.reference, cited(record, asked.case.seen.encounter)


def _told(asked: Asked, paper: Paper) -> Iterator[There]:
    """Records that name the reference of a document that lies elsewhere."""
    seen = asked.case.seen
    match paper.shown_by:
        case "accreditation":
            yield from _certificates((accreditation(asked),))
        case "rems":
            yield from _certificates(_of_the_rems(asked))
        case "plan":
            for record, plan in seen.of(SurveillancePlanFiled):
                if plan.document is not None:
                    yield plan.document, cited(record, seen.encounter)
        case "refractoriness":
            for record, note in seen.of(TherapyRefractorinessDocumented):
                if note.document is not None and _is_the_drug(asked, note):
                    yield note.document, cited(record, seen.encounter)
        case "failure":
            for record, failed in seen.of(ManufacturingFailed):
                if failed.non_conformance_reference is not None:
                    yield failed.non_conformance_reference, cited(record, seen.encounter)
        case None:
            pass


def _of_the_rems(asked: Asked) -> Iterator[Certification | None]:
    for programme in asked.case.product.programmes_on(asked.on, asked.case.rules.edition):
        for role in programme.roles:
            yield rems_certificate(asked, programme, role)


def _certificates(held: Iterable[Certification | None]) -> Iterator[There]:
    for each in held:
        if each is not None and each.reference is not None:
            yield each.reference, cited_certificate(each)


def _is_the_drug(asked: Asked, note: TherapyRefractorinessDocumented) -> bool:
    drugs = {each.refractory_to for each in asked.judged}
    return note.drug.casefold() in {drug.casefold() for drug in drugs if drug}


def citations(asked: Asked, reason: Reason) -> Iterator[Quotable]:
    """What may be cited about this product, this indication and this kind of payer."""
    known = {each.name: each for each in asked.case.rules.listed(Citation, asked.on)}
    for name in reason.citations:
        if name == APPROVALS:
            yield from _approvals(asked)
        elif name == LABEL:
            yield from _label(asked)
        elif name in known and _is_about(asked, known[name]):
            one = known[name]
            yield Quotable(
                label=one.label,
                identifier=one.identifier,
                published=one.published,
                source=one.said_by,
                confidence=one.confidence,
            )


def _is_about(asked: Asked, one: Citation) -> bool:
    names = {each.name for each in (*asked.judged, *meant(asked.case, asked.on))}
    kind = next((p.kind for p in asked.case.centre.payers if p.name == asked.payer), None)
    return (
        (not one.products or asked.case.product.name in one.products)
        and (not one.indications or bool(names & set(one.indications)))
        and (not one.only_for or kind in one.only_for)
    )


def _approvals(asked: Asked) -> Iterator[Quotable]:
    product, edition = asked.case.product, asked.case.rules.edition
    for each in product.approvals:
        if each.holds(asked.on, edition):
            trial = f" ({each.trial})" if each.trial else ""
            yield Quotable(
                label=f"FDA approval of {product.brand}: {each.label}{trial}",
                published=each.since,
                source=f"{each.source} [{each.row}]",
                confidence=each.confidence,
            )


def _label(asked: Asked) -> Iterator[Quotable]:
    product, edition = asked.case.product, asked.case.rules.edition
    for each in product.references:
        if each.name == "label" and each.holds(asked.on, edition):
            yield Quotable(
                label=f"Prescribing information of {product.brand}",
                identifier=f"{each.kind} {each.identifier}",
                source=f"{each.source} [{each.row}]",
                confidence=each.confidence,
            )
