"""What stands around the fact in one line: who says it, by which message, of whom, and when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from veinledger.domain.facts.base import Group, group
from veinledger.domain.facts.catalogue import CENTRE_FACTS, FACTS, may_name_nobody
from veinledger.domain.findings import Objection
from veinledger.domain.values import Identifier, Moment, Ordinal, Text

FACTS_OF_EITHER: Final = frozenset(
    {"document.filed", "finding.settled", "records.corrected", "report.confirmed"}
    | {"report.discarded"}
)
"""Papers and decisions, which are about records of whichever stream they stand in."""


@group
class ReportedSource(Group):
    """Where a line says it comes from; without a message id the ledger takes the digest for one."""

    connection: Identifier
    message: Identifier | None = None
    item: Ordinal = 1


@group
class ReportedActor(Group):
    """Who says it, in which role."""

    id: Identifier
    role: Text


@group
class SaidAlone(Group):
    """Who says what is no report, and when it is said to have happened: each by itself."""

    id: Identifier | None = None
    role: Text | None = None
    occurred_at: Moment | None = None


@group
class Envelope(Group):
    """The fields of a report that are not the fact's."""

    encounter: Identifier | None = None
    centre: Identifier | None = None
    type: Identifier
    """The fact's dotted name."""
    occurred_at: Moment
    source: ReportedSource
    actor: ReportedActor


ENVELOPE: Final = frozenset({"encounter", "centre", "type", "occurred_at", "source", "actor"})


def against_the_subject(envelope: Envelope) -> Iterator[Objection]:
    """What stands against whom a report names, by the type of its fact."""
    neither = envelope.encounter is None and envelope.centre is None
    if neither and may_name_nobody(envelope.type):
        return
    if neither or None not in (envelope.encounter, envelope.centre):
        yield _subject_rule("it names both or neither", "name `encounter` or `centre`, one of them")
    elif envelope.type in FACTS_OF_EITHER or envelope.type not in FACTS:
        return
    elif (envelope.type in CENTRE_FACTS) != (envelope.centre is not None):
        right = "centre" if envelope.type in CENTRE_FACTS else "encounter"
        yield _subject_rule(f"{envelope.type} is a fact of the {right}", f"name `{right}` alone")


def _subject_rule(reason: str, remedy: str) -> Objection:
    return Objection(
        rule="a_report_names_its_encounter_or_its_centre",
        reason=reason,
        remedy=remedy,
        source="docs/facts.md",
    )
