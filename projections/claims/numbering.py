"""What a claim is called: A1, B2, D1 by date, and never again what went out under another key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from veinledger.domain.facts.billing import ClaimSubmitted
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.bills.case import Case
from veinledger.projections.claims.shapes import ClaimKind


def labels(case: Case, found: tuple[Bill, ...]) -> dict[str, str]:
    """A1, B2, D1 by date; a label that went out with a submission is never given again."""
    sent = {fact.claim_key: fact.label for _, fact in case.seen.of(ClaimSubmitted)}
    taken = set(sent.values())
    labels = {bill.key: sent[bill.key] for bill in found if bill.key in sent}
    free = {kind: _free(kind, taken) for kind in get_args(ClaimKind)}
    for bill in found:
        if bill.key not in labels:
            labels[bill.key] = next(free[bill.kind])
    return labels


def _free(kind: ClaimKind, taken: set[str]) -> Iterator[str]:
    """The labels of a kind in order; the first baseline is E0, a further one E0.2."""
    number = 0
    while True:
        number += 1
        baseline = "E0" if number == 1 else f"E0.{number}"
        label = baseline if kind == "E0" else f"{kind}{number}"
        if label not in taken:
            yield label
