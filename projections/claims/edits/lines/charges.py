"""Charges that would be paid twice: on two claims, or beside a line that holds them already."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from veinledger.domain.facts.billing import ChargePosted
from veinledger.domain.facts.collection import ApheresisCompleted, CellsPrepared
from veinledger.domain.findings import Finding
from veinledger.projections.claims.edits.reading import posted, say
from veinledger.projections.claims.edits.registry import Draft, beside_the_others, edit
from veinledger.projections.claims.known import known_as
from veinledger.projections.claims.shapes import Claim

COLLECTION: Final = ("revenue_cell_collection", "revenue_cell_transport_preparation")
NEVER_BOTH: Final = "CGS and CHA on SE19009: tracking lines or charges folded in, never both; R05"


@edit("C", editions=("public",), source=NEVER_BOTH)
@beside_the_others
def the_collection_is_tracked_or_folded_never_both(draft: Draft) -> Iterator[Finding]:
    """Its charges stand in the product's line and on lines of their own: charged double.

    The collection of another batch may well have lines of its own beside the folded one.
    """
    seen, codes = (
        draft.bill.case.seen,
        known_as(draft.bill.case, draft.bill.case.product.codes.dose),
    )
    collected = {
        record.key for kind in (ApheresisCompleted, CellsPrepared) for record, _ in seen.of(kind)
    }
    lines = [line for line in draft.claim.lines if line.code in codes]
    folded = collected & {key for line in lines for key in line.basis.records}
    tracked = [each for each in draft.others if folded & _tracked(draft, each)]
    if tracked:
        yield say(
            (*lines[0].basis.records, *(key for each in tracked for key in each.records)),
            "the charges of the collection are folded into the product's line and stand on "
            f"{', '.join(each.label for each in tracked)} as well",
            "keep one: take them out of the product's charge, or void the tracking lines",
            holds=True,
        )


@edit("C", "D", editions=("public",), source=NEVER_BOTH)
@beside_the_others
def no_collection_is_charged_to_the_stay_again(draft: Draft) -> Iterator[Finding]:
    """A charge under the revenue codes of the collection, where claim A lists the collection."""
    if next(draft.bill.of(ApheresisCompleted), None) is not None:
        return
    tracked = [each for each in draft.others if _tracked(draft, each)]
    revenue = known_as(draft.bill.case, *COLLECTION)
    for each in posted(draft):
        if tracked and each.revenue in revenue:
            yield say(
                each.records,
                f"{each} is charged as a collection ({each.revenue}), which "
                f"{tracked[0].label} lists already",
                "take it off this account, or take the line off the collection's claim",
                holds=True,
            )


@edit("A", "B", "C", "D", "E", "E0", source="house rule: what was charged once is billed once")
@beside_the_others
def no_charge_stands_on_two_claims(draft: Draft) -> Iterator[Finding]:
    """One posted charge under lines of two claims would be paid twice."""
    amounts = {r.key: fact.amount for r, fact in draft.bill.case.seen.of(ChargePosted)}
    mine = _charges(draft.claim, amounts)
    for other in draft.others if mine else ():
        both = sorted(mine & _charges(other, amounts))
        if both and not (draft.claim.fraction and other.fraction):
            yield say(
                both,
                f"charges stand on {' and '.join(sorted((draft.claim.label, other.label)))}",
                "correct the account or the day of the charge, so that it belongs to one claim",
                holds=True,
            )


def _tracked(draft: Draft, claim: Claim) -> set[str]:
    """What the charged lines of a collection rest on."""
    revenue = known_as(draft.bill.case, *COLLECTION)
    lines = (line for line in claim.lines if line.revenue_code in revenue and line.charge)
    return {key for line in lines for key in line.basis.records}


def _charges(claim: Claim, amounts: dict[str, Decimal]) -> set[str]:
    billed = (line for line in claim.lines if line.charge)
    return {key for line in billed for key in line.basis.records if key in amounts}
