"""The money that hangs on each open finding: what the claims that it holds would bring."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal

from veinledger.domain.dollars import added
from veinledger.domain.findings import Finding, each_once
from veinledger.projections.claims.shapes import Claim, ClaimSet
from veinledger.projections.estimate.shapes import Agreed, AtRisk, ClaimEstimate


def open_findings(
    made: ClaimSet,
    estimated: Iterable[ClaimEstimate],
    rates: Iterable[Agreed],
    settled: Collection[str],
) -> tuple[AtRisk, ...]:
    """Each finding that holds a claim and that nobody settled, with what it puts at risk."""
    by_key = {each.key: each for each in estimated}
    waiting = tuple(each for each in rates if not each.counted)
    return tuple(
        _at_risk(finding, [by_key[claim.key] for claim in _held_by(finding, made.claims)], waiting)
        for finding in _holding(made.claims)
        if finding.key not in settled
    )


def each_once_together(
    found: Iterable[AtRisk], estimated: Iterable[ClaimEstimate], rates: Iterable[Agreed]
) -> Decimal | None:
    """What all open findings hold together: a claim that three of them hold is one claim."""
    named = {label for each in found for label in each.claims}
    held = [each for each in estimated if each.label in named]
    waiting = (each for each in rates if not each.counted)
    return held_amount("all open findings", "each claim once", held, waiting).amount


def held_amount(
    what: str, reason: str, held: Iterable[ClaimEstimate], rates: Iterable[Agreed] = ()
) -> AtRisk:
    """What some claims are expected to bring together; what is not estimated stands beside it.

    A case rate hangs on them where none of its claims counts.
    """
    claims = tuple(held)
    named = {each.label for each in claims}
    by_rate = [each.amount for each in rates if named & set(each.claims)]
    every = (*(each.expected for each in claims), *by_rate)
    known = [amount for amount in every if amount is not None]
    gaps = [f"{each.label}: {gap.why}" for each in claims for gap in each.payment.gaps]
    return AtRisk(
        what=what,
        reason=reason,
        claims=tuple(each.label for each in claims),
        amount=added(known) if known else None,
        not_estimated=tuple(dict.fromkeys(gaps)),
    )


def _holding(claims: Iterable[Claim]) -> Iterator[Finding]:
    every = (each for claim in claims for each in claim.findings if each.holds)
    yield from each_once(every)


def _held_by(finding: Finding, claims: Iterable[Claim]) -> list[Claim]:
    return [claim for claim in claims if finding.key in {each.key for each in claim.findings}]


def _at_risk(finding: Finding, held: list[ClaimEstimate], rates: Iterable[Agreed]) -> AtRisk:
    return held_amount(finding.key, finding.reason, held, rates)
