"""NDCs that belong to another drug than the line they stand on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from veinledger.domain.codebook.entry import Entry
from veinledger.domain.codebook.ndc import product_of
from veinledger.domain.findings import Finding
from veinledger.projections.case.case import Case
from veinledger.projections.case.memo import once
from veinledger.projections.claims.edits.reading import say
from veinledger.projections.claims.edits.registry import Draft, edit
from veinledger.projections.claims.known import known_as


@edit("B", "C", "D", source="openFDA NDC directory; HCPCS codes by NDC; rows R18, R20, R66, R69")
def an_ndc_belongs_to_the_drug_of_its_line(draft: Draft) -> Iterator[Finding]:
    """Labeler and product say which drug it is; the claim would say that another was given.

    The label on the bag is judged by the rule about labels.
    """
    case = draft.bill.case
    dose = known_as(case, case.product.codes.dose)
    for line in draft.claim.lines:
        if line.ndc is None or line.code in dose or not _is_ndc(line.ndc):
            continue
        of_line = {each.meaning for each in _carrying(case, line.code)}
        of_drug = _drug_of(case, product_of(line.ndc))
        if of_drug and not of_line & of_drug.keys():
            is_drug = " or ".join(dict.fromkeys(of_drug.values()))
            yield say(
                line.basis.records,
                f"NDC {line.ndc} on the line {line.code} of {line.day} is known as {is_drug}",
                "read the vial or the bag again; correct the NDC, or the drug that was given",
                holds=True,
            )


def _is_ndc(text: str) -> bool:
    try:
        product_of(text)
    except ValueError:
        return False
    return True


def _carrying(case: Case, code: str) -> list[Entry]:
    """Every entry of a HCPCS code in this edition."""
    called = case.rules.book.called("HCPCS", code)
    return [each for each in called if each.code == code and case.rules.edition in each.editions]


@once
def _drug_of(case: Case, ndc: str) -> Mapping[str, str]:
    """What the book and the product pages know this labeler and product as: meaning and label."""
    named = case.rules.book.of_package(ndc)
    known = {each.meaning: each.label for each in named if case.rules.edition in each.editions}
    carried = case.rules.products.by_ndc(ndc)
    return {**known, carried.codes.dose: carried.brand} if carried is not None else known
