"""What the payer answered to a claim that went out, and the documents that answer it back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from veinledger.domain.facts.billing import ClaimAnswered
from veinledger.domain.facts.disease import DocumentFiled
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.projections.case.appealed import answers_of
from veinledger.projections.case.case import Case
from veinledger.projections.claims.edits.reading import say
from veinledger.projections.claims.edits.registry import Draft, edit
from veinledger.projections.claims.known import known_as

UNPAID: Final = frozenset({"denied", "rejected", "pended"})
ANSWER: Final = ("attachment_identity_label", "attachment_approval")
"""The papers that say which product it is and that it is approved, as meanings."""


@edit("C", source="page: NDC reference, the NDC-not-found denial; X12 remark codes")
def an_ndc_that_the_payer_does_not_know_is_answered(draft: Draft) -> Iterator[Finding]:
    """A label with a patient's own lot is in no formulary file: the review desk decides."""
    case = draft.bill.case
    unknown = known_as(case, "answer_ndc_not_recognised").keys()
    for record, fact in answers_to(draft):
        words = (fact.text or "").casefold()
        in_words = "ndc" in words and any(each in words for each in ("not found", "invalid"))
        if fact.kind in UNPAID and (unknown & remarks_of(fact) or in_words):
            yield say(
                (record.key,),
                "the payer does not know the NDC of the product",
                "ask for its medical drug review; the NDC stays as the bag's label prints it; send "
                f"{_papers(case, record)}",
            )


@edit("C", source="page: denials that cite another product's policy; FDA approval of 2024-04-05")
def a_policy_of_another_product_is_answered(draft: Draft) -> Iterator[Finding]:
    """Two products against one target: a payer's system applies the policy of the other."""
    case = draft.bill.case
    for record, fact in answers_to(draft):
        words = (fact.text or "").casefold()
        cited = [
            each.brand
            for each in case.rules.products.products
            if each.name != case.product.name
            and any(name.casefold() in words for name in (each.brand, each.generic))
        ]
        if fact.kind in UNPAID and cited:
            yield say(
                (record.key,),
                f"the payer's answer cites the policy of {', '.join(cited)}",
                f"appeal: the claim is for {case.product.generic} ({case.product.brand}), whose "
                f"label is {_label(case, record)}; send {_papers(case, record)}",
            )


def answers_to(draft: Draft) -> Iterator[tuple[Record, ClaimAnswered]]:
    """What the payer answered to this claim, by its key or by the number that it was sent under."""
    yield from answers_of(draft.bill.case.seen, draft.claim.key)


def reasons_of(fact: ClaimAnswered) -> set[str]:
    """Every adjustment reason, of the claim and of its lines."""
    own = {each.carc for each in fact.adjustments}
    return own | {each.carc for line in fact.lines for each in line.adjustments}


def remarks_of(fact: ClaimAnswered) -> set[str]:
    """Every remark code, of the claim and of its lines."""
    return {*fact.rarc, *(code for line in fact.lines for code in line.rarc)}


def _papers(case: Case, record: Record) -> str:
    """The papers that answer it, each with its reference where it is on file."""
    filed = {
        fact.kind.casefold().replace(" ", "_"): fact.reference
        for _, fact in case.seen.of(DocumentFiled)
    }
    named: list[str] = []
    for meaning in ANSWER:
        entry = case.rules.find(meaning, record.day)
        if entry is not None:
            reference = filed.get(entry.code.casefold())
            stands = f"on file as {reference}" if reference else "not on file yet"
            named.append(f"{entry.label} ({stands})")
    return "; ".join(named)


def _label(case: Case, record: Record) -> str:
    found = case.product.indications_on(record.day, case.rules.edition)
    return "; ".join(f"{each.label}, since {each.since}" for each in found) or "on its page"
