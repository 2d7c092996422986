"""What a claim is made of: lines, diagnoses, procedures, and why each is there. Frozen views."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from veinledger.domain.findings import Finding

ClaimKind = Literal["A", "B", "C", "D", "E"]
Form = Literal["UB-04", "CMS-1500"]
State = Literal["ready", "held", "partial", "bundled", "waiting", "not_ours", "not_billable"]
Payment = Literal["billed", "bundled", "tracking"]
"""Billed: payable by itself. Bundled: its payment lies in another line or in the DRG. Tracking:
reported without being paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """Why something stands on a claim: the rule, its source, and the records it rests on."""

    rule: str
    source: str
    records: tuple[str, ...]
    """Report keys; never empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Differs:
    """What the other edition says instead, why, and with which row of the evidence."""

    here: str
    there: str
    other_edition: str
    row: str
    evidence: tuple[str, ...] = ()
    consequence: str = ""

    def __str__(self) -> str:
        return f"edition {self.other_edition} says {self.there} [{self.row}]: {self.consequence}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One service line."""

    basis: Basis
    code: str
    label: str
    """Our own short words."""
    day: date
    """Date of service; the first, where the line spans several."""
    through: date | None = None
    units: Decimal
    quantity: str = ""
    """What the units were made of: 55.5 mg at 50 mg a unit."""
    revenue_code: str | None = None
    modifiers: tuple[str, ...] = ()
    ndc: str | None = None
    charge: Decimal | None = None
    """Dollars and cents; None where nothing was posted and the site's list has none."""
    payment: Payment
    payment_reason: str
    moved_from: str | None = None
    """The claim that the line would stand on but for the rule named in `payment_reason`."""
    confidence: str = "high"
    differs: tuple[Differs, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """A diagnosis, a procedure, a condition: one code that is not a service line."""

    basis: Basis
    code: str
    label: str
    role: str
    """principal, secondary, first-listed, procedure, type of bill, place of service, remarks..."""
    present_on_admission: str | None = None
    confidence: str = "high"
    differs: tuple[Differs, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One bill, as far as the facts go."""

    key: str
    """Kind, form, billing provider and anchor record: what it is called for ever."""
    label: str
    """A1, B2, D1, E3 by date; E0 is the baseline visit."""
    kind: ClaimKind
    form: Form
    biller: str
    account: str | None
    anchor: str
    """Report key of the record that the claim hangs on."""
    first_day: date
    last_day: date
    payer: str | None
    payment_mechanism: str
    payment_reason: str
    state: State
    state_reason: str
    lines: tuple[Line, ...] = ()
    codes: tuple[Coded, ...] = ()
    findings: tuple[Finding, ...] = ()
    differs: tuple[Differs, ...] = ()

    def coded(self, role: str) -> tuple[str, ...]:
        """The codes that stand in one role, in order."""
        return tuple(each.code for each in self.codes if each.role == role)

    @property
    def total(self) -> Decimal:
        """The sum of the charges that are known, dollars and cents."""
        return sum((line.charge for line in self.lines if line.charge), Decimal("0.00"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dosing:
    """One piece of dose arithmetic, with what the source page prints where it differs."""

    what: str
    arithmetic: str
    result: str
    records: tuple[str, ...]
    source: str
    differs: tuple[Differs, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimSet:
    """Every claim of an encounter, as of both times, in one edition."""

    encounter: str
    edition: str
    rule_pack: str
    claims: tuple[Claim, ...]
    dosing: tuple[Dosing, ...] = ()
    findings: tuple[Finding, ...] = ()
    unbilled: Mapping[str, str] = field(default_factory=dict[str, str])
    """What is deliberately not on any claim, and why: by report key."""

    def claim(self, label: str) -> Claim | None:
        """The claim under a label, with or without its number where there is but one."""
        same = [c for c in self.claims if c.label == label or c.key == label]
        if not same and len(label) == 1:
            of_kind = [c for c in self.claims if c.kind == label]
            same = of_kind if len(of_kind) == 1 else []
        return same[0] if same else None
