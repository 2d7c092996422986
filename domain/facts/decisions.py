"""What a named person decided about findings and records: settle, correct, confirm, discard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Literal

from veinledger.domain.facts.base import Fact, Group, fact, group
from veinledger.domain.facts.encounter import EncounterLinked
from veinledger.domain.values import (
    Code,
    Day,
    Digest,
    Identifier,
    JsonText,
    LongText,
    Moment,
    Sequence,
    Text,
)


@fact("finding.settled")
class FindingSettled(Fact):
    """A person settled a finding. It lapses when a record that it rests on changes."""

    finding: Text
    """The finding's key: its rule, and a digest of the records that it rests on."""
    decision: Literal["accepted", "overridden", "code chosen"]
    code: Code | None = None
    credential: Text
    """What entitles the person to decide (CCS, RN, MD)."""
    reason: LongText

    def __post_init__(self) -> None:
        if (self.decision == "code chosen") != (self.code is not None):
            raise ValueError("`code` is there exactly where the decision is `code chosen`")


@group
class Replacement(Group):
    """The fact that takes another's place."""

    type: Identifier
    """The fact's dotted name."""
    occurred_at: Moment
    fact: JsonText
    """The fact's fields as canonical JSON; the border judges them as it judges any report."""


ChangeKind = Literal["void", "replace", "move"]


@group
class Change(Group):
    """One change to one record, which is named by its place and by its leaf hash."""

    kind: ChangeKind
    sequence: Sequence
    """The record's sequence in the encounter's stream."""
    hash: Digest
    """The record's leaf hash: proof that this and no other record was meant."""
    replacement: Replacement | None = None
    """The fact that takes its place; only where the kind is replace."""
    encounter: Identifier | None = None
    """The encounter that it is moved to; only where the kind is move."""

    def __post_init__(self) -> None:
        if (self.kind == "replace") != (self.replacement is not None):
            raise ValueError("`replacement` is there exactly where the kind is `replace`")
        if (self.kind == "move") != (self.encounter is not None):
            raise ValueError("`encounter` is there exactly where the kind is `move`")


@fact("records.corrected")
class RecordsCorrected(Fact):
    """A set of records was corrected: judged whole, appended at once."""

    changes: tuple[Change, ...]
    reason: LongText

    def __post_init__(self) -> None:
        if not self.changes:
            raise ValueError("a correction changes at least one record")
        if len({change.sequence for change in self.changes}) < len(self.changes):
            raise ValueError("a correction names each record once")


@group
class Attested(Group):
    """A fact that a person attests to have happened though no message told of it."""

    type: Identifier
    """The fact's dotted name."""
    day: Day


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AttestedStep(Fact):
    """A step of the product's way that a person attests: told by nobody, billed to nobody."""

    chain_of_identity: str
    confirmation: str
    """The report key of the confirmation that attests it."""
    confirmed: str
    """The report key of the record that has its place by it."""


class AttestedCollection(AttestedStep):
    """The cells were collected, somebody attests."""

    __slots__ = ()
    type: ClassVar[str] = "apheresis.completed"


class AttestedShipment(AttestedStep):
    """The cells were shipped, somebody attests."""

    __slots__ = ()
    type: ClassVar[str] = "cells.shipped"


class AttestedStart(AttestedStep):
    """The manufacture was started, somebody attests."""

    __slots__ = ()
    type: ClassVar[str] = "manufacturing.started"


class AttestedRelease(AttestedStep):
    """The lot was released, somebody attests; in which specification, nobody said."""

    __slots__ = ()
    type: ClassVar[str] = "manufacturing.released"


class AttestedReceipt(AttestedStep):
    """The product was received, somebody attests."""

    __slots__ = ()
    type: ClassVar[str] = "product.received"


ATTESTABLE: Final[dict[str, type[AttestedStep]]] = {
    step.type: step
    for step in (
        AttestedCollection,
        AttestedShipment,
        AttestedStart,
        AttestedRelease,
        AttestedReceipt,
    )
}
"""The steps that a person may attest: the product's way to the bedside, not what is done there."""


@fact("report.confirmed")
class ReportConfirmed(Fact):
    """A person put a waiting or disputed record in effect."""

    target: Identifier
    """The record's report key."""
    sequence: Sequence | None = None
    attested: tuple[Attested, ...] = ()
    """Missing facts, which fold marked as attested and are never billed."""
    credential: Text | None = None
    reason: LongText


@fact("report.discarded")
class ReportDiscarded(Fact):
    """A person put a waiting or disputed record out of effect."""

    target: Identifier
    """The record's report key."""
    sequence: Sequence | None = None
    credential: Text | None = None
    reason: LongText


@fact("report.assigned")
class ReportAssigned(Fact):
    """A person said of which encounter a report is that named neither encounter nor centre."""

    target: Identifier
    """The key under which the report waits, as `veinledger parked` shows it."""
    credential: Text | None = None
    reason: LongText


DECISIONS: Final = (RecordsCorrected, ReportConfirmed, ReportDiscarded, ReportAssigned)
"""What people ask of records; every other fact is about the world."""

DAY_PLAYS_NO_PART: Final = (*DECISIONS, FindingSettled, EncounterLinked)
"""What a person decides obeys what is known alone; on which local day he did plays no part."""
DECIDED_IN: Final = "UTC"
"""The zone of a decision where neither its facility nor its connection has one."""
