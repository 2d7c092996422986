"""What is told of claims that went out: what became of each, and what differs now. Frozen views."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from veinledger.projections.claims.words import Role, State

LineChanged = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One property of a line, before and after."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LineChange:
    """A service line that was added, removed or changed."""

    changed: LineChanged
    code: str
    label: str
    day: date
    units: Decimal
    charge: Decimal | None
    differences: tuple[Difference, ...] = ()
    records: tuple[str, ...] = ()
    """Report keys of the records that caused it."""

    def __repr__(self) -> str:
        return f"<line {self.changed}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CodeChange:
    """A diagnosis, a procedure or another code that was added, removed or changed."""

    changed: LineChanged
    role: Role
    code: str
    label: str
    differences: tuple[Difference, ...] = ()
    records: tuple[str, ...] = ()
    """Report keys of the records that caused it."""

    def __repr__(self) -> str:
        return f"<code {self.changed}>"


Outcome = Literal["out", "replaced", "voided", "rejected", "void"]
"""What became of one sending: the payer has it, a later one took its place, a void took it back,
the payer turned it away before it was a claim of theirs; or it is a void itself."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Sent:
    """One time that a claim went out, and what the payer answered to it."""

    record: str
    """Report key of the submission."""
    key: str
    """The claim's key."""
    label: str
    day: date
    payer: str
    frequency: Literal["1", "7", "8"]
    """1 original, 7 replacement, 8 void."""
    patient_control_number: str
    total: Decimal
    """As it was sent."""
    edition: str
    rule_pack: str
    """Digest of the pages that it was made by."""
    directory: str | None
    """Digest of the site's directory that it was made by, where the submission tells it."""
    outcome: Outcome
    answer: str | None = None
    """The kind of the payer's last answer to it."""
    answered: date | None = None
    answered_by: str | None = None
    """Report key of that answer."""
    payer_control_number: str | None = None
    paid: Decimal | None = None
    """What that answer says was paid; below 0 where it was taken back."""
    reasons: tuple[str, ...] = ()
    """CARC of a denial."""

    def __repr__(self) -> str:
        return f"<sent {self.label}: {self.outcome}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeReason:
    """The claim change reason code of a UB-04 that replaces or voids another."""

    code: str
    label: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Proposal:
    """A claim that went out and must be replaced (7) or voided (8), and why."""

    key: str
    """The key of the claim as it was sent."""
    label: str
    frequency: Literal["7", "8"]
    reason: str
    sent: str
    """Report key of the submission: what went out, and no cause of the difference."""
    records: tuple[str, ...]
    """What made the difference; where the rules did, the decision to send it again."""
    payer_control_number: str | None = None
    """The payer's number of what was sent; without it the proposal waits."""
    change_reason: ChangeReason | None = None
    """None on a CMS-1500, which has no place for it."""
    differences: tuple[Difference, ...] = ()
    """What stands at the head of the claim; where the rules changed, also the diagnoses in their
    order, and lines that today's rules do not make."""
    lines: tuple[LineChange, ...] = ()
    """By today's rules, on what was known when it was derived and on what is known now; where the
    rules changed, as it was kept and as it would be now, and no record caused it."""
    codes: tuple[CodeChange, ...] = ()
    draft: State | None = None
    """What stands between the replacement and its sending; None for a void."""
    draft_reason: str = ""
    source: str = ""

    def __repr__(self) -> str:
        return f"<proposal for {self.label}: frequency {self.frequency}>"
