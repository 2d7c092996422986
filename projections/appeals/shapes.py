"""What an appeal is made of: the denial, its likely reasons, what answers each. Frozen views."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from veinledger.domain.appeals.reason import Wanted
from veinledger.projections.case.appeal_deadlines import Deadline

Match = Literal["matched", "several", "unclear", "unmatched"]
"""`matched`: the answer names one reason. `several`: it names more than one. `unclear`: it names
none, and some would fit. `unmatched`: nothing in it is known."""
AppealState = Literal[
    "not appealed", "too late", "open", "overturned", "partly overturned", "upheld", "dismissed",
    "paid since", "answered again",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Cited:
    """A record that an appeal leans on: which, from which day, by which message."""

    record: str
    """Report key."""
    stream: Literal["encounter", "centre"]
    sequence: int | None
    """Its number in the stream; None where the record of a certificate is not at hand."""
    merged: str | None = None
    """The encounter that it was told of, where that was merged into the one that is asked about."""
    type: str
    day: date
    message: str
    """Connection and message."""

    @property
    def number(self) -> str:
        """Its number, and of which encounter where that was merged into the one asked about."""
        number = "" if self.sequence is None else str(self.sequence)
        return number if self.merged is None else f"{number} of {self.merged}"

    @property
    def numbers(self) -> tuple[str, ...]:
        """As which somebody may name it: 7; of a merged encounter `7 of E2` or `E2 7`."""
        other = () if self.merged is None else (f"{self.merged} {self.sequence}",)
        return (self.number, *other)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Shown:
    """One thing that the records show, or that is missing and what to do about it."""

    want: Wanted
    state: Literal["have", "missing"]
    text: str
    remedy: str = ""
    records: tuple[Cited, ...] = ()
    aside: bool = False
    """For the one who writes the appeal: no argument for the payer."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Attachment:
    """A document that goes along: where it lies, or how to get it."""

    name: str
    label: str
    state: Literal["have", "missing"]
    references: tuple[str, ...] = ()
    remedy: str = ""
    records: tuple[Cited, ...] = ()
    source: str
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotable:
    """A publication or a rule that the appeal may cite."""

    label: str
    identifier: str | None = None
    published: date | None = None
    source: str
    confidence: str
    """`unverified`: to be looked up before it is cited."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Evidence:
    """Why a reason comes into question."""

    kind: Literal["code", "words", "finding"]
    names: bool
    """Whether it says this reason and no other."""
    text: str
    source: str
    confidence: str
    records: tuple[str, ...]
    """Report keys."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Candidate:
    """A reason that comes into question, and the answer to it."""

    reason: str
    number: int | None
    """The source page's number."""
    label: str
    way: Literal["appeal", "correct", "contract"]
    answer: str
    """What to do, to the one who writes the appeal."""
    letter: str | None = None
    """What the letter says before the facts, to the payer."""
    otherwise: str | None
    """What the source page says instead, and why it is not done."""
    source: str
    confidence: str
    evidence: tuple[Evidence, ...]
    facts: tuple[Shown, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    citations: tuple[Quotable, ...] = ()

    @property
    def missing(self) -> int:
        """How many facts and documents are not there."""
        facts = sum(each.state == "missing" for each in self.facts)
        return facts + sum(each.state == "missing" for each in self.attachments)

    def __repr__(self) -> str:
        return f"<reason {self.reason}: {len(self.evidence)} signs>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DeniedLine:
    """A line that was not paid, and what it stands on the claim for."""

    line: int
    """Its number on the claim, from 1."""
    code: str
    charged: Decimal | None
    codes: tuple[str, ...]
    """What the payer said: CO-97, N115."""
    rule: str
    """The rule that put it on the claim; empty where the claim has no such line now."""
    records: tuple[str, ...] = ()
    """Report keys that the line rests on."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Step:
    """One event in the course of a denial."""

    day: date
    what: str
    record: str
    """Report key."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Appeal:
    """One denial: why, what answers it, by when, how far it has come, and what comes next."""

    denial: Cited
    kind: str
    """denied, reversed, recouped, lines denied, authorization denied."""
    about: str
    """The claim's label, or the reference of the request."""
    claim: str | None
    """The claim's key."""
    payer: str | None
    control_number: str | None
    """The payer's number of the claim, or its reference of the request."""
    amount: Decimal | None
    """Dollars charged and not paid, where the answer tells them."""
    codes: tuple[str, ...]
    said: str | None
    """The payer's own words."""
    lines: tuple[DeniedLine, ...]
    match: Match
    candidates: tuple[Candidate, ...]
    """The best supported first."""
    ask: str
    """What to ask the payer; empty where the reason is known."""
    state: AppealState
    deadline: Deadline
    course: tuple[Step, ...]
    next: str
    """What comes next, in a sentence."""

    def __repr__(self) -> str:
        return f"<appeal, {self.match}, {self.state}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Appeals:
    """Every denial of an encounter, as of both times, in one edition."""

    encounter: str
    edition: str
    rule_pack: str
    as_of: date | None
    claims: tuple[str, ...]
    """The labels of the claims that the encounter has."""
    denials: tuple[Appeal, ...]

    def __repr__(self) -> str:
        return f"<appeals: {len(self.denials)} denials>"

    def about(self, name: str) -> tuple[Appeal, ...]:
        """The denials of a claim (label, key), of a request (reference), or one by its number."""
        return tuple(
            each
            for each in self.denials
            if name in (each.about, each.claim, each.control_number, *each.denial.numbers)
            or (len(name) == 1 and each.claim is not None and each.about.startswith(name))
        )
