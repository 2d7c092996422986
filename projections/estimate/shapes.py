"""What an estimate is made of: steps of arithmetic, what is not estimated, and their sums."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from veinledger.domain.codebook.statement import Edition
from veinledger.domain.dollars import added, less
from veinledger.projections.claims.bills.bill import Setting
from veinledger.projections.claims.shapes import ClaimKind

NO_QUOTE: Final = (
    "an estimate from dated tables and the site's own rates, for planning: no quote, to nobody"
)
"""It stands with every estimate."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Step:
    """One piece of arithmetic with its result, so that a person can work it out again."""

    what: str
    """What is paid or owed: operating payment, J9075, the deductible of 2026."""
    arithmetic: str
    """As a person would write it: 43.1828 x 7,105.40."""
    amount: Decimal
    """Dollars and cents."""
    source: str
    """Where every number of it comes from; empty where the arithmetic says it all."""
    confidence: str = "high"
    """The weakest of its numbers'."""
    line: int | None = None
    """The number of the claim line that it pays, from 1."""

    def __repr__(self) -> str:
        return f"<step: {self.what}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Gap:
    """What is not estimated, why, and what would be needed."""

    what: str
    why: str
    remedy: str
    lines: tuple[int, ...] = ()
    """The claim lines that have no amount for it."""

    def __repr__(self) -> str:
        return f"<not estimated: {self.what}>"

    def __str__(self) -> str:
        return f"{self.what}: {self.why}; {self.remedy}"


Worked = Step | Gap
"""A step that could be worked out, or what was missing for it."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Payment:
    """How one claim is expected to be paid: what is allowed, who owes which part of it."""

    allowed: tuple[Step, ...] = ()
    """What the payer recognises, the patient's share included."""
    patient: tuple[Step, ...] = ()
    """What of it the patient, or who stands behind him, owes."""
    sequestration: Step | None = None
    """What the law takes off Medicare's part."""
    gaps: tuple[Gap, ...] = ()
    whole: bool = True
    """Whether the parts that are known make a payment at all; a stay without its rate has none."""
    notes: tuple[str, ...] = ()
    """What was assumed."""

    def __repr__(self) -> str:
        return f"<payment of {len(self.allowed)} steps, {len(self.gaps)} gaps>"

    @property
    def allowed_total(self) -> Decimal | None:
        """The sum of what is allowed; None where nothing of it could be worked out."""
        return added(step.amount for step in self.allowed) if self.allowed else None

    @property
    def patient_total(self) -> Decimal:
        """The sum of what the patient owes, as far as it is known."""
        return added(step.amount for step in self.patient)

    @property
    def expected(self) -> Decimal | None:
        """What the payer itself is expected to pay: allowed, less the patient, less the cut.

        None where it is not estimated; that only lines without a payment are known is no 0.
        """
        allowed = self.allowed_total
        if allowed is None or not self.whole or (self.gaps and not allowed):
            return None
        cut = self.sequestration.amount if self.sequestration else Decimal("0.00")
        return less(allowed, self.patient_total, cut)


AnswerState = Literal["paid", "denied", "under appeal", "appeal won", "taken back"]
"""What the payer's last decision about a claim was, and what became of it."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Answered:
    """What the payer answered to a claim since it was last sent."""

    state: AnswerState
    day: date
    """The day of the last decision."""
    record: str
    """Its report key."""
    paid: Decimal | None
    """All that came less all that went back; None where an amount is not told or not certain."""
    taken_back: Decimal
    """Of it what went back, below 0."""
    patient: Decimal | None
    """What the payer left to the patient, where it said so."""
    difference: Decimal | None
    """Paid less expected; None where one of them is not known, or the claim stands denied."""
    says: str
    """Why there is no difference, or what is in it."""

    def __repr__(self) -> str:
        return f"<answered: {self.state}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ClaimEstimate:
    """One claim with its payment, and whether that counts in the total of the encounter."""

    key: str
    label: str
    kind: ClaimKind
    setting: Setting
    first_day: date
    last_day: date
    payer: str | None
    mechanism: str
    """How the payer is expected to pay the claim as a whole."""
    state: str
    counted: bool
    """Whether its payment stands in the total: a held or waiting claim's does not."""
    standing: str
    """Why it counts or not."""
    payment: Payment
    answered: Answered | None = None
    """The payer's answer; None while there is none."""

    def __repr__(self) -> str:
        return f"<estimate of {self.label}>"

    @property
    def expected(self) -> Decimal | None:
        """What the payer is expected to pay, as far as it is estimated."""
        return self.payment.expected


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Agreed:
    """A case rate: one amount for several claims, which by themselves are paid nothing."""

    contract: str
    payer: str
    claims: tuple[str, ...]
    """The labels of the claims inside it."""
    amount: Decimal | None
    clause: str
    counted: bool
    gap: Gap | None = None
    """Where the directory has no amount."""
    answered: Decimal | None = None
    """What was paid on its claims together, where every answer told its amount."""
    together: Decimal | None = None
    """The rate and what is paid beside it, where it is all estimated and something was answered."""
    difference: Decimal | None = None
    """Paid, with the patient's part as answered, less `together`."""

    def __repr__(self) -> str:
        return f"<case rate for {', '.join(self.claims)}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AtRisk:
    """What an open finding, or a gate that is not met, puts at risk."""

    what: str
    """The finding's key, or what was asked."""
    reason: str
    """Why the money hangs on it, and what was assumed."""
    claims: tuple[str, ...] = ()
    """Labels of the claims that it holds."""
    amount: Decimal | None = None
    """Dollars that are not expected to be paid while it stands; None where not estimated."""
    not_estimated: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<at risk by {self.what}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Estimate:
    """What the claims of an encounter are expected to be paid, as of both times."""

    encounter: str
    edition: Edition
    rule_pack: str
    claims: tuple[ClaimEstimate, ...] = ()
    agreed: tuple[Agreed, ...] = ()
    at_risk: tuple[AtRisk, ...] = ()
    """By open finding; a claim held by two stands in both, and once in `at_risk_together`."""
    at_risk_together: Decimal | None = None
    """Each claim and each case rate once, however many findings hold it."""
    notes: tuple[str, ...] = ()
    says: str = field(default=NO_QUOTE)

    def __repr__(self) -> str:
        return f"<estimate of {len(self.claims)} claims>"

    @property
    def expected_so_far(self) -> Decimal:
        """What payers are expected to pay of what counts and could be estimated."""
        by_claim = (each.expected for each in self.claims if each.counted)
        by_rate = (each.amount for each in self.agreed if each.counted)
        return added(amount for amount in (*by_claim, *by_rate) if amount is not None)

    @property
    def patients_so_far(self) -> Decimal:
        """What the patient is expected to owe, as far as it is known."""
        return added(each.payment.patient_total for each in self.claims if each.counted)

    @property
    def not_counted(self) -> Decimal:
        """What was estimated for claims that are held or wait."""
        by_claim = (each.expected for each in self.claims if not each.counted)
        by_rate = (each.amount for each in self.agreed if not each.counted)
        return added(amount for amount in (*by_claim, *by_rate) if amount is not None)

    @property
    def paid_so_far(self) -> Decimal:
        """What payers paid, less what they took back."""
        return added(each.paid for each in self._answers() if each.paid is not None)

    @property
    def taken_back(self) -> Decimal:
        """Of it what they took back, below 0."""
        return added(each.taken_back for each in self._answers())

    @property
    def difference(self) -> Decimal | None:
        """Paid less expected, of what could be compared; None where nothing could be."""
        by_claim = (each.difference for each in self._answers())
        every = (*by_claim, *(each.difference for each in self.agreed))
        known = [each for each in every if each is not None]
        return added(known) if known else None

    @property
    def denied(self) -> Decimal | None:
        """What was expected of the claims that stand denied and are not under appeal."""
        return self.expected_of("denied")

    @property
    def under_appeal(self) -> Decimal | None:
        """What was expected of the claims whose appeal the payer has not decided."""
        return self.expected_of("under appeal")

    def expected_of(self, *states: AnswerState) -> Decimal | None:
        """What was expected of the claims so answered; None where nothing is known of it."""
        mine = [each for each in self.claims if each.answered and each.answered.state in states]
        known = [each.expected for each in mine if each.expected is not None]
        return added(known) if known else None

    def _answers(self) -> Iterator[Answered]:
        return (each.answered for each in self.claims if each.answered is not None)

    def not_estimated(self) -> Iterator[tuple[str, Gap]]:
        """Everything that no amount stands for, with the claim that it is of."""
        for each in self.claims:
            yield from ((each.label, gap) for gap in each.payment.gaps)
        for rate in self.agreed:
            if rate.gap is not None:
                yield ", ".join(rate.claims), rate.gap
