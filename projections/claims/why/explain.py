"""Why something is on a claim: claim, line, rule, records, and the message each came by.

What a payer denied of it stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from veinledger.domain.standing.history import Effective
from veinledger.projections.claims.shapes import Claim, ClaimSet, Line
from veinledger.projections.claims.why.denied import denials_of
from veinledger.projections.claims.why.teller import Explanation, Of, Teller

__all__ = ["Explanation", "NoSuchClaim", "Of", "Teller", "explain"]


class NoSuchClaim(LookupError):
    """The claim set has no such claim or line; the text lists what it has."""


def explain(claim_set: ClaimSet, seen: Effective, asked: str) -> Explanation:
    """The tree of a claim ("C1") or of one of its lines, counted from 1 ("C1:2")."""
    label, _, number = asked.partition(":")
    claim = claim_set.claim(label)
    if claim is None:
        known = ", ".join(each.label for each in claim_set.claims) or "none at all"
        raise NoSuchClaim(f"no claim is called {label!r}; there are {known}")
    records = {record.key: record for record in seen.known}
    teller = Teller(edition=claim_set.edition, records=records)
    if not number:
        return _with(teller.claim(claim), denials_of(seen, claim, teller))
    told = teller.line(_numbered(claim, number))
    return _with(told, denials_of(seen, claim, teller, int(number)))


def _with(told: Explanation, more: Iterable[Explanation]) -> Explanation:
    return replace(told, because=(*told.because, *more))


def _numbered(claim: Claim, number: str) -> Line:
    if number.isdecimal() and 1 <= int(number) <= len(claim.lines):
        return claim.lines[int(number) - 1]
    lines = f"lines 1 to {len(claim.lines)}" if claim.lines else "no lines"
    raise NoSuchClaim(f"claim {claim.label} has no line {number!r}; it has {lines}")
