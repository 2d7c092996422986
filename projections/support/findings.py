"""What stands against an enrolment: another maker's hub, forbidden help, an unknown name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from veinledger.domain.findings import Finding
from veinledger.domain.support.programme import Programme
from veinledger.projections.support.asked import Asked, Enrolment, in_words
from veinledger.projections.support.tasks import barred_by

PAGE: Final = "the page: Patient assistance [page: Patient assistance]"


def findings(asked: Asked) -> Iterator[Finding]:
    """Each enrolment that has not ended, and what no programme covers."""
    for each in asked.enrolments:
        if each.holds(asked.on):
            yield from _of_another_product(asked, each)
            yield from _against_the_law(asked, each)
            yield from _of_no_known_programme(asked, each)
    yield from _no_foundation(asked)


def _of_another_product(asked: Asked, enrolment: Enrolment) -> Iterator[Finding]:
    programme, product = enrolment.programme, asked.case.product
    if programme is None or product.name in programme.products:
        return
    own = " or ".join(each.label for each in asked.mine.values() if each.kind == programme.kind)
    yield Finding(
        rule="an_enrolment_is_with_a_programme_for_this_product",
        severity="warning",
        reason=(
            f"the patient is enrolled with {programme.label} ({programme.run_by}), which is for"
            f" {_brands(asked, programme)}; this encounter is for {product.brand}"
        ),
        remedy=(
            f"{f'enrol with {own}, and ' if own else ''}end the enrolment; if it was charted under"
            " the wrong encounter, correct the record"
        ),
        source=programme.said_by,
        records=(enrolment.record.key,),
    )


def _brands(asked: Asked, programme: Programme) -> str:
    found = (asked.case.rules.products.find(name) for name in programme.products)
    pairs = zip(programme.products, found, strict=True)
    return " and ".join(each.brand if each else name for name, each in pairs)


def _against_the_law(asked: Asked, enrolment: Enrolment) -> Iterator[Finding]:
    """An enrolment that names help which the patient's coverage forbids."""
    for offer in asked.offers:
        programme, barred = enrolment.programme, barred_by(asked, offer)
        if programme is None or offer.programme != programme.name or not barred:
            continue
        if offer.by_enrolment or offer.is_named(enrolment.fact.services):
            yield Finding(
                rule="no_maker_pays_what_a_public_payer_leaves_to_the_patient",
                severity="critical",
                reason=(
                    f"the enrolment with {programme.label} names {offer.gives[0]}, and the patient"
                    f" is covered by {in_words(barred)}: {offer.bar}"
                ),
                remedy=(
                    "have the programme take the patient out of this help, record the end of the"
                    " enrolment, and refer the patient to a foundation"
                ),
                source=offer.said_by,
                records=(enrolment.record.key,),
            )


def _of_no_known_programme(asked: Asked, enrolment: Enrolment) -> Iterator[Finding]:
    if enrolment.programme is None:
        known = ", ".join(each.label for each in asked.mine.values())
        yield Finding(
            rule="an_enrolment_names_a_programme_that_a_page_knows",
            severity="notice",
            reason="no page of support/ knows a programme of the name that the enrolment gives",
            remedy=(
                f"known for this product: {known or 'none'}; correct the name, or add the programme"
                " or the spelling (`known_as`) to the site's support/"
            ),
            source="house rule: an enrolment that nothing matches meets no task",
            records=(enrolment.record.key,),
        )


def _no_foundation(asked: Asked) -> Iterator[Finding]:
    """He may get no copay help from a maker, and no fund on a page is for his disease."""
    public = [record for record, fact in asked.covered if fact.kind in ("FFS", "MA")]
    granted = {each.programme for each in asked.offers if "cost-share grant" in each.gives}
    if public and not granted & set(asked.mine):
        yield Finding(
            rule="a_patient_of_medicare_is_sent_to_a_foundation",
            severity="notice",
            reason="no page names a foundation whose fund is for this product's disease",
            remedy="ask a social worker which funds are open; add them to the site's support/",
            source=PAGE,
            records=(public[0].key,),
        )
