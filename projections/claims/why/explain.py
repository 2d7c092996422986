"""Why something is on a claim: claim, line, rule, records, and the message each came by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import Effective
from veinledger.projections.claims.shapes import Basis, Claim, ClaimSet, Coded, Differs, Line
from veinledger.projections.claims.told import plain

Of = Literal[
    "claim",
    "line",
    "code",
    "finding",
    "difference",
    "rule",
    "record",
    "message",
    "obligation",
    "arithmetic",
    "unbilled",
    "proposal",
]


class NoSuchClaim(LookupError):
    """The claim set has no such claim or line; the text lists what it has."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Explanation:
    """One node of the tree: what it is, in words, and what it rests on."""

    of: Of
    text: str
    key: str = ""
    """The report key of a record, the key of a claim or finding, the name of a rule."""
    because: tuple[Explanation, ...] = ()
    """What it rests on."""
    carries: tuple[Explanation, ...] = ()
    """What rests on it: the other direction, told of one record alone."""

    def walk(self, depth: int = 0) -> Iterator[tuple[int, Explanation]]:
        """This node and all below it, each with its depth; what it rests on goes first."""
        yield depth, self
        for each in (*self.because, *self.carries):
            yield from each.walk(depth + 1)


def explain(claim_set: ClaimSet, seen: Effective, asked: str) -> Explanation:
    """The tree of a claim ("C1") or of one of its lines, counted from 1 ("C1:2")."""
    label, _, number = asked.partition(":")
    claim = claim_set.claim(label)
    if claim is None:
        known = ", ".join(each.label for each in claim_set.claims) or "none at all"
        raise NoSuchClaim(f"no claim is called {label!r}; there are {known}")
    records = {record.key: record for record in seen.known}
    teller = Teller(edition=claim_set.edition, records=records)
    return teller.line(_numbered(claim, number)) if number else teller.claim(claim)


def _numbered(claim: Claim, number: str) -> Line:
    if number.isdecimal() and 1 <= int(number) <= len(claim.lines):
        return claim.lines[int(number) - 1]
    lines = f"lines 1 to {len(claim.lines)}" if claim.lines else "no lines"
    raise NoSuchClaim(f"claim {claim.label} has no line {number!r}; it has {lines}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Puts the parts of a claim into words, each with what it rests on."""

    edition: str
    records: Mapping[str, Record]

    def claim(self, claim: Claim) -> Explanation:
        """A claim with everything on it."""
        days = f"{claim.first_day} to {claim.last_day}"
        return Explanation(
            of="claim",
            key=claim.key,
            text=f"{claim.label}, {claim.form}, {days}, {claim.state}: {claim.state_reason}",
            because=(
                *(self.line(line) for line in claim.lines),
                *(self.code(code) for code in claim.codes),
                *(self.finding(each) for each in claim.findings),
                *(_difference(each) for each in claim.differs),
            ),
        )

    def line(self, line: Line) -> Explanation:
        """A line, its rule, and what the other edition says."""
        days = f"{line.day}" if line.through is None else f"{line.day} to {line.through}"
        made = f" ({line.quantity})" if line.quantity else ""
        name = " ".join((line.code or f"revenue {line.revenue_code}", *line.modifiers))
        text = f"{name} x {plain(line.units)}{made}, {line.label}, {days}, {line.payment_reason}"
        differs = tuple(_difference(each) for each in line.differs)
        return Explanation(of="line", text=text, because=(self.rule(line.basis), *differs))

    def code(self, code: Coded) -> Explanation:
        """A code, its rule, and what the other edition says."""
        differs = tuple(_difference(each) for each in code.differs)
        text = f"{code.role}: {code.code}, {code.label}"
        return Explanation(of="code", text=text, because=(self.rule(code.basis), *differs))

    def finding(self, found: Finding) -> Explanation:
        """A finding, what to do, and the records that it is about."""
        holds = "holds the claim" if found.holds else found.severity
        return Explanation(
            of="finding",
            key=found.key,
            text=f"{found.rule} ({holds}): {found.reason}; {found.remedy} [{found.source}]",
            because=tuple(self.record(key) for key in found.records),
        )

    def rule(self, basis: Basis) -> Explanation:
        """The rule by name with its source, the code book's entry, and the records."""
        book = f"; code book: {basis.book}" if basis.book else ""
        return Explanation(
            of="rule",
            key=basis.rule,
            text=f"{basis.rule} ({basis.source}), edition {self.edition}{book}",
            because=tuple(self.record(key) for key in basis.records),
        )

    def record(self, key: str) -> Explanation:
        """A record, and the message that it came by."""
        record = self.records.get(key)
        if record is None:
            return Explanation(of="record", key=key, text="not known at this moment")
        return Explanation(
            of="record",
            key=key,
            text=f"{record.fact.type} on {record.occurred.text}",
            because=(_message(record),),
        )


def _message(record: Record) -> Explanation:
    source = record.source
    return Explanation(
        of="message",
        key=source.message,
        text=f"connection {source.connection}, message {source.message}, item {source.item}",
    )


def _difference(differs: Differs) -> Explanation:
    return Explanation(of="difference", key=differs.row, text=str(differs))
