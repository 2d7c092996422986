"""What a claim is called: A1, B2, D1 by date, and never again what went out under another key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from veinledger.domain.facts.billing import ClaimSubmitted
from veinledger.projections.case.case import Case
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.shapes import ClaimKind


def labels(case: Case, found: tuple[Bill, ...]) -> dict[str, str]:
    """A1, B2, D1 by date; a label that went out with a submission is never given again.

    A dose in fractions has one label with a number behind it: C1.1 to C1.10.
    """
    sent = _sent(case)
    wholes = {_whole(key): _whole_label(key, label) for key, label in sent.items()}
    taken = {*sent.values(), *wholes.values()}
    free = {kind: _free(kind, taken) for kind in get_args(ClaimKind)}
    for bill in found:
        if bill.whole_key not in wholes:
            wholes[bill.whole_key] = next(free[bill.kind])
    return {bill.key: sent.get(bill.key) or _numbered(bill, wholes) for bill in found}


def _sent(case: Case) -> dict[str, str]:
    """By key the label that it went out under; of two claims under one label the first keeps it."""
    sent: dict[str, str] = {}
    for _, fact in case.seen.of(ClaimSubmitted):
        owner = next((key for key, label in sent.items() if label == fact.label), fact.claim_key)
        if owner == fact.claim_key:
            sent[fact.claim_key] = fact.label
    return sent


def _numbered(bill: Bill, wholes: dict[str, str]) -> str:
    whole = wholes[bill.whole_key]
    return f"{whole}.{bill.fraction[0]}" if bill.fraction else whole


def _whole(key: str) -> str:
    """The key of a claim without its fraction."""
    return key.partition("#")[0]


def _whole_label(key: str, label: str) -> str:
    """What a claim in fractions is called as a whole."""
    return label.rpartition(".")[0] or label if "#" in key else label


def _free(kind: ClaimKind, taken: set[str]) -> Iterator[str]:
    """The labels of a kind in order; the first baseline is E0, a further one E0.2."""
    number = 0
    while True:
        number += 1
        baseline = "E0" if number == 1 else f"E0.{number}"
        label = baseline if kind == "E0" else f"{kind}{number}"
        if label not in taken:
            yield label
