"""Posted charges beside the lines of the rules: none is lost unsaid, none is billed twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from veinledger.domain.codebook.statement import EDITIONS
from veinledger.domain.facts.billing import ChargePosted
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.projections.case.presence.presences import same
from veinledger.projections.claims.charges.belonging import is_of_a_product
from veinledger.projections.claims.edits.registry import Draft, beside_the_others, edit
from veinledger.projections.claims.lines import finding
from veinledger.projections.claims.shapes import Line

Posted = tuple[Record, ChargePosted]


@edit("A", "B", "C", "D", source="house rule: no posted charge is lost without a word")
@beside_the_others
def charges_posted_that_no_rule_bills_are_told(draft: Draft) -> Iterator[Finding]:
    """Charges of the account of a hospital claim that stand on no line of any claim."""
    left = [pair for pair in _left(draft) if not is_of_a_product(draft.bill.case, pair[1])]
    if left:
        yield finding(
            (record for record, _ in left),
            f"charges posted that no rule bills: {_codes(charge for _, charge in left)}",
            "take them off the account, or have a person bill them; this claim leaves them out",
            severity="notice",
            holds=False,
        )


@edit("A", "B", "C", "D", source="house rule: one dose, billed by its rule alone")
@beside_the_others
def a_product_charge_that_no_rule_bills_is_told(draft: Draft) -> Iterator[Finding]:
    """A charge for a CAR-T product on another day or account, or under another product's code."""
    own = a_product_charge_that_no_rule_bills_is_told.__name__
    others = (each for each in draft.claim.findings if each.rule != own)
    told = {key for each in others for key in each.records}
    unsaid = (pair for pair in _left(draft) if pair[0].key not in told)
    left = [pair for pair in unsaid if is_of_a_product(draft.bill.case, pair[1])]
    if left:
        yield finding(
            (record for record, _ in left),
            f"a product charge stands on no line: {_codes(charge for _, charge in left)}",
            "post it on the day of the infusion, under the code of the product infused",
            holds=False,
        )


@edit("A", "B", "C", "D", source="house rule: one service, one line")
def a_posted_charge_is_not_billed_beside_the_line_of_a_rule(draft: Draft) -> Iterator[Finding]:
    """A line as posted that means what a rule bills already, under another code or day."""
    charges = {record.key: record for record, _ in draft.bill.case.seen.of(ChargePosted)}
    posted = [line for line in draft.claim.lines if charges.keys() >= set(line.basis.records)]
    ruled = [line for line in draft.claim.lines if line not in posted]
    for line in posted:
        twins = [each for each in ruled if line.code and _mean_the_same(draft, line, each)]
        if twins:
            yield finding(
                (charges[key] for key in line.basis.records),
                f"{line.code} of {line.day} is posted, and a rule bills "
                f"{', '.join(dict.fromkeys(each.code for each in twins))} for the same",
                "correct the code or the day of the charge, so that it stands on the line of the "
                "rule; or void it",
            )


def _left(draft: Draft) -> Iterator[Posted]:
    """The charges of the claim's own account that no line of any claim rests on."""
    if draft.claim.form != "UB-04":
        return
    claims = (draft.claim, *draft.others)
    used = {key for claim in claims for line in claim.lines for key in line.basis.records}
    for record, charge in draft.bill.case.seen.of(ChargePosted):
        if same(charge.service.account, draft.bill.account) and record.key not in used:
            yield record, charge


def _codes(charges: Iterable[ChargePosted]) -> str:
    named = (f"{each.hcpcs or f'revenue {each.revenue_code}'}" for each in charges)
    return ", ".join(dict.fromkeys(named))


def _mean_the_same(draft: Draft, one: Line, other: Line) -> bool:
    return one.code == other.code or bool(_meanings(draft, one) & _meanings(draft, other))


def _meanings(draft: Draft, line: Line) -> set[str]:
    """What the book, in either edition, calls the code on the day of the line."""
    book = draft.bill.case.rules.book
    return {
        entry.meaning
        for edition in EDITIONS
        for system in ("HCPCS", "CPT")
        for entry in book.carrying(system, line.code, on=line.day, edition=edition)
    }
