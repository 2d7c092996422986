"""What the claims of an encounter are expected to bring, and what they charge, before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from veinledger.domain.dollars import added
from veinledger.projections.claims.sent.differences import Pair
from veinledger.projections.claims.shapes import Claim, ClaimSet
from veinledger.projections.estimate.shapes import Agreed, ClaimEstimate, Estimate

NO_ESTIMATE: Final = "nothing is estimated: no complete product page describes the encounter yet"
NO_CLAIM: Final = "there is no such claim"
IN_PART: Final = "in part: "


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Money:
    """What one claim, one case rate or an encounter brings at one moment."""

    charges: Decimal | None = None
    """The charges that are known; None where there is no claim, or for a case rate."""
    expected: Decimal | None = None
    """What the payer is expected to pay; None where it is not estimated."""
    counted: bool = False
    """Whether it stands in the sum of the encounter."""
    not_estimated: str = ""
    """Why there is no amount, or what is missing in it."""

    def __repr__(self) -> str:
        return "<money>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MoneyChange:
    """A claim or a case rate that is expected to bring, or charges, something else."""

    key: str
    """The claim's key, or the name of the contract whose case rate it is."""
    label: str
    before: Money
    after: Money
    label_before: str | None = None
    """What it was called before; None where it was not there."""

    def __repr__(self) -> str:
        return f"<money of {self.label} changed>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MoneyChanges:
    """Each claim whose money is another than before, and all of them together."""

    each: tuple[MoneyChange, ...]
    before: Money
    """Of the encounter: what counts and could be estimated."""
    after: Money

    def __repr__(self) -> str:
        return f"<money of {len(self.each)} claims changed>"

    @property
    def nothing(self) -> bool:
        """Whether every amount is what it was."""
        return not self.each and self.before == self.after


Asked = tuple[ClaimSet, Estimate | None]
"""The claims of a moment, and what they are expected to bring."""


def money_changes(before: Asked, after: Asked, pairs: Iterable[Pair[Claim]]) -> MoneyChanges:
    """What is expected and charged otherwise, claim by claim in the order of the claims.

    `pairs` say which claim is which, as the changes of the claims do.
    """
    keys = {was.key: now.key for was, now in pairs if was is not None and now is not None}
    was = {keys.get(key, key): money for key, money in _each(*before)}
    now = dict(_each(*after))
    labels_before = {keys.get(key, key): label for key, label in _labels(*before).items()}
    labels = labels_before | _labels(*after)
    absent = Money(not_estimated=NO_CLAIM)
    each = ((k, was.get(k, absent), now.get(k, absent)) for k in dict.fromkeys((*now, *was)))
    return MoneyChanges(
        each=tuple(
            MoneyChange(
                key=key,
                label=labels[key],
                label_before=labels_before.get(key),
                before=one,
                after=other,
            )
            for key, one, other in each
            if one != other
        ),
        before=_together(*before),
        after=_together(*after),
    )


def _labels(made: ClaimSet, estimated: Estimate | None) -> dict[str, str]:
    rates = {each.contract: _rate(each) for each in estimated.agreed} if estimated else {}
    return {**{claim.key: claim.label for claim in made.claims}, **rates}


def _rate(agreed: Agreed) -> str:
    return f"case rate ({', '.join(agreed.claims)})"


def _each(made: ClaimSet, estimated: Estimate | None) -> Iterator[tuple[str, Money]]:
    by_key = {each.key: each for each in estimated.claims} if estimated else {}
    for claim in made.claims:
        yield claim.key, _of_a_claim(claim.total, by_key.get(claim.key))
    for rate in estimated.agreed if estimated else ():
        gap = "" if rate.gap is None else str(rate.gap)
        yield rate.contract, Money(expected=rate.amount, counted=rate.counted, not_estimated=gap)


def _of_a_claim(charges: Decimal, found: ClaimEstimate | None) -> Money:
    if found is None:
        return Money(charges=charges, not_estimated=NO_ESTIMATE)
    gaps = "; ".join(dict.fromkeys(f"{gap.what}: {gap.why}" for gap in found.payment.gaps))
    in_part = IN_PART if gaps and found.expected is not None else ""
    return Money(
        charges=charges,
        expected=found.expected,
        counted=found.counted,
        not_estimated=f"{in_part}{gaps}",
    )


def _together(made: ClaimSet, estimated: Estimate | None) -> Money:
    charges = added(claim.total for claim in made.claims)
    if estimated is None:
        return Money(charges=charges, not_estimated=NO_ESTIMATE)
    without = [each.label for each in estimated.claims if each.counted and each.expected is None]
    partly = [each.label for each in estimated.claims if _is_in_part(each)]
    told = (("not estimated", without), ("in part", partly))
    missing = "; ".join(f"{word}: {', '.join(labels)}" for word, labels in told if labels)
    return Money(
        charges=charges,
        expected=estimated.expected_so_far,
        counted=True,
        not_estimated=missing,
    )


def _is_in_part(each: ClaimEstimate) -> bool:
    return each.counted and each.expected is not None and bool(each.payment.gaps)
