"""The parts of a claim put into words, each with what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.projections.claims.shapes import Basis, Claim, Coded, Differs, Line
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
    "denial",
]


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
