"""What a claim is made of: lines, codes, and why each is there. Frozen views, no rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from veinledger.domain.codebook.statement import Edition
from veinledger.domain.dollars import added
from veinledger.domain.findings import Finding
from veinledger.projections.claims.sent.shapes import Proposal, Sent
from veinledger.projections.claims.words import Role, State

ClaimKind = Literal["A", "B", "C", "D", "E", "E0"]
"""Collections, lymphodepletion, infusion, acute care after it, surveillance visits, baseline."""
Form = Literal["UB-04", "CMS-1500"]
Payment = Literal["billed", "bundled", "tracking"]
"""Billed: payable by itself. Bundled: its payment lies in another line or in the DRG. Tracking:
reported without being paid."""
Part = Literal["facility", "professional"]
"""Which half of a service a bill is for: the place and what was used, or who did it."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Basis:
    """Why something stands on a claim: the rule, its source, and the records it rests on."""

    records: tuple[str, ...]
    """Report keys; never empty."""
    rule: str = ""
    """The rule's name; the registry writes it when the rule has spoken."""
    source: str = ""
    """Where the rule comes from."""
    book: str = ""
    """Where the code comes from: the code book's source and row."""

    def __post_init__(self) -> None:
        if not self.records:
            raise ValueError("what cannot name its records does not stand on a claim")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Differs:
    """What the other edition says instead, why, and with which row of the evidence."""

    here: str
    """What this edition bills or says."""
    there: str
    """What the other one would."""
    other_edition: Edition
    row: str
    """The row of the evidence that argues it."""
    evidence: tuple[str, ...] = ()
    """Sources by their numbers: E18."""
    consequence: str = ""
    """What the page's value would do to a claim."""

    def __str__(self) -> str:
        return f"edition {self.other_edition} says {self.there} [{self.row}]: {self.consequence}"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Line:
    """One service line."""

    basis: Basis
    code: str
    """HCPCS or CPT; empty where the revenue code says it all."""
    label: str
    """Our own short words."""
    day: date
    """Date of service; the first, where the line spans several."""
    through: date | None = None
    """The last date of service, where the line spans several."""
    units: Decimal
    """Billing units; whole, but for a fraction of a dose."""
    quantity: str = ""
    """What the units were made of: 55.5 mg at 50 mg a unit."""
    revenue_code: str | None = None
    modifiers: tuple[str, ...] = ()
    """In the order of the form."""
    ndc: str | None = None
    """As printed on the label."""
    ndc_quantity: Decimal | None = None
    """How much of the NDC, in `ndc_measure`."""
    ndc_measure: str | None = None
    """UN, ML, ME, GR or F2."""
    charge: Decimal | None = None
    """Dollars and cents; None where nothing was posted and the site's list has none."""
    covered: bool = True
    """Whether the charge stands in the covered column."""
    payment: Payment
    payment_reason: str
    """Why it is paid so, with the clause or source."""
    moved_from: ClaimKind | None = None
    """The claim that the line would stand on but for the payment window."""
    folded: tuple[str, ...] = ()
    """Report keys of the services whose charges are part of this one, and have no line."""
    confidence: str = "high"
    differs: tuple[Differs, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Coded:
    """A diagnosis, a procedure, a type of bill: one code that is not a service line."""

    basis: Basis
    code: str
    label: str
    role: Role
    day: date | None = None
    """The day of a procedure."""
    present_on_admission: str | None = None
    amount: Decimal | None = None
    """Dollars and cents of a value code."""
    rank: int = 50
    """Among the codes of one role, lower goes first; equals stand in the order of the rules."""
    confidence: str = "high"
    differs: tuple[Differs, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Claim:
    """One bill, as far as the facts go."""

    key: str
    """Kind, form, billing provider and anchor record: what it is called for ever."""
    label: str
    """A1, B2, D1, E3 by date; E0 is the baseline visit."""
    kind: ClaimKind
    form: Form
    part: Part = "facility"
    inpatient: bool
    biller: str
    account: str | None
    anchor: str
    """Report key of the record that the claim hangs on."""
    admitted: date | None = None
    """The day of the inpatient admission."""
    first_day: date
    """The statement's first day: the first service, one that a window moved here included."""
    last_day: date
    """The statement's last day."""
    fraction: tuple[int, int] | None = None
    """Which part of how many, where a dose is billed in fractions on several claims."""
    payer: str | None
    coverage: str | None
    """Report key of the coverage of its day."""
    payment_mechanism: str
    payment_reason: str
    state: State
    state_reason: str
    draft: State
    """What would stand between it and its submission if it had not gone out."""
    draft_reason: str
    sent: Sent | None = None
    """How it is with the payer; None where it is not."""
    records: tuple[str, ...]
    """Report keys of everything that it rests on: services, stay, and what its parts name."""
    lines: tuple[Line, ...] = ()
    codes: tuple[Coded, ...] = ()
    findings: tuple[Finding, ...] = ()
    differs: tuple[Differs, ...] = ()
    """What the other edition alone would put on this claim."""

    def __repr__(self) -> str:
        return f"<claim {self.label}: {self.state}, {len(self.lines)} lines>"

    def coded(self, *roles: Role) -> tuple[str, ...]:
        """The codes that stand in some roles, in order."""
        return tuple(each.code for each in self.codes if each.role in roles)

    @property
    def diagnoses(self) -> tuple[str, ...]:
        """The diagnosis codes in the order in which the form lists them."""
        return self.coded("principal", "first-listed", "secondary")

    @property
    def total(self) -> Decimal:
        """The sum of the charges that are known, dollars and cents; the caller's decimal context,
        in which this is asked, has no say in it.
        """
        charges = (line.charge for line in self.lines if line.charge)
        return added(charges)

    def differences(self) -> Iterator[Differs]:
        """Everything that the other edition would render differently."""
        yield from self.differs
        for line in self.lines:
            yield from line.differs
        for code in self.codes:
            yield from code.differs


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Dosing:
    """One piece of dose arithmetic, with what the other edition prints where it differs."""

    what: str
    """Of which drug or cells."""
    arithmetic: str
    """As a person would write it: 30 mg/m2 x 1.85 m2."""
    result: str
    """With its unit, as this edition prints it."""
    records: tuple[str, ...]
    source: str
    differs: tuple[Differs, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ClaimSet:
    """Every claim of an encounter, as of both times, in one edition."""

    encounter: str
    edition: Edition
    rule_pack: str
    directory: str | None = None
    """Digest of the site's directory that the claims are made by; None where none is in use."""
    claims: tuple[Claim, ...] = ()
    dosing: tuple[Dosing, ...] = ()
    findings: tuple[Finding, ...] = ()
    """Every finding once, those of the claims included."""
    unbilled: Mapping[str, str] = field(default_factory=dict[str, str])
    """What is deliberately not on any claim, and why: by report key."""
    proposals: tuple[Proposal, ...] = ()
    """What to do about claims that went out and no longer say what happened."""
    sent: tuple[Sent, ...] = ()
    """Everything that went out, in the order in which it did, with what became of it."""

    def __repr__(self) -> str:
        return f"<claims: {', '.join(claim.label for claim in self.claims) or 'none'}>"

    def claim(self, label: str) -> Claim | None:
        """The claim under a label or key; a bare letter is enough where there is but one."""
        named = [c for c in self.claims if label in (c.label, c.key)]
        if not named and len(label) == 1:
            of_kind = [c for c in self.claims if c.kind == label]
            named = of_kind if len(of_kind) == 1 else []
        return named[0] if named else None

    def lines(self) -> Iterator[Line]:
        """Every line of every claim."""
        return (line for claim in self.claims for line in claim.lines)
