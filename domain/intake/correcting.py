"""What a correction brings in, and whether the set as a whole can stand.

docs/standing.md, sections 1 and 6. Pure: it compares histories before and after the correction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from veinledger.domain.facts.decisions import RecordsCorrected, ReportConfirmed
from veinledger.domain.facts.encounter import EncounterLinked
from veinledger.domain.findings import Objection
from veinledger.domain.intake.confirmation_rules import an_attested_step_is_one_that_is_missing
from veinledger.domain.intake.outcome import Arrival
from veinledger.domain.intake.request import targets_of
from veinledger.domain.intake.whose.together import one_with
from veinledger.domain.ledger.naming import Naming
from veinledger.domain.reports import InPlaceOf, Record, Report, StoredKind
from veinledger.domain.standing.history import Effective

SeenAs = Callable[[str], Effective]
"""An encounter as it stands, by its name."""
Replacements = Mapping[int, Report]
"""By the sequence of the record that each would replace."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Brought:
    """A record that a correction brings in: a replacement, or one moved to another encounter."""

    key: bytes
    kind: StoredKind
    report: Report
    in_place_of: InPlaceOf


def replacements_of(correction: Report, arrival: Arrival, known: Effective) -> Replacements:
    """The replacements of a correction as reports, by the sequence of what they replace.

    Each takes the zone of the facility that it names, else that of the record that it replaces.
    """
    if not isinstance(correction.fact, RecordsCorrected):
        return {}
    replaced = [change for change in correction.fact.changes if change.kind == "replace"]
    zones = {record.seal.sequence: record.occurred.zone for record in known.known}
    return {
        change.sequence: replace(
            correction,
            fact=told.fact,
            occurred=told.occurred_in(zones.get(change.sequence, correction.occurred.zone)),
        )
        for change, told in zip(replaced, arrival.replacements, strict=True)
    }


def brought_in(
    correction: Report, key: str, replacements: Replacements, known: Effective, naming: Naming
) -> tuple[Brought, ...]:
    """What the changes of a correction bring in, in their order; a void brings in nothing."""
    if not isinstance(correction.fact, RecordsCorrected):
        return ()
    targets = {record.seal.sequence: record for record in known.known}
    return tuple(
        Brought(
            key=naming.report_key("corrected", correction.source, targets[change.sequence].key),
            kind="replacement" if change.kind == "replace" else "moved",
            report=replacements.get(change.sequence)
            or _moved(targets[change.sequence], change.encounter or ""),
            in_place_of=_in_place_of(targets[change.sequence], key),
        )
        for change in correction.fact.changes
        if change.kind != "void"
    )


def _in_place_of(target: Record, correction: str) -> InPlaceOf:
    return InPlaceOf(
        encounter=target.name,
        sequence=target.seal.sequence,
        leaf=target.seal.leaf,
        record=target.key,
        correction=correction,
    )


def _moved(target: Record, encounter: str) -> Report:
    return Report(
        subject="encounter",
        name=encounter,
        fact=target.fact,
        occurred=target.occurred,
        source=target.source,
        actor=target.actor,
        canonical=b"",
        original=target.original,
    )


def against_what_it_leaves(
    asked: Report,
    brought: frozenset[str],
    before: SeenAs,
    after: SeenAs,
    sharing: Callable[[Iterable[Record]], Iterable[str]],
) -> tuple[Objection, ...]:
    """What stands against a request by the history that it would leave behind.

    `brought` are the report keys that it brings in; `sharing` names the encounters that share a
    chain of identity with some records.
    """
    then, now = before(asked.name), after(asked.name)
    if isinstance(asked.fact, ReportConfirmed):
        against = an_attested_step_is_one_that_is_missing(asked.fact, now)
        return () if against is None else (against,)
    if not isinstance(asked.fact, RecordsCorrected):
        return ()
    targets = targets_of(asked.fact, then)
    if any(isinstance(target.fact, EncounterLinked) for target in targets):
        return ()  # both encounters come back as they were before the merge
    moved_to = [change.encounter for change in asked.fact.changes if change.encounter is not None]
    named = dict.fromkeys((asked.name, *moved_to, *one_with(asked.name, before), *sharing(targets)))
    gone = frozenset(target.key for target in targets)
    return tuple(against_the_whole(named, gone, brought, before, after))


def against_the_whole(
    encounters: Iterable[str],
    targets: frozenset[str],
    brought: frozenset[str],
    before: SeenAs,
    after: SeenAs,
) -> Iterator[Objection]:
    """Why the history that a correction leaves behind could not stand; empty where it can.

    `encounters` begins with the one that is corrected; `brought` are the report keys brought in.
    """
    for number, name in enumerate(encounters):
        then, now = before(name), after(name)
        stranded = [
            record
            for record in then.known
            if then.standings[record.key].in_effect
            and record.key not in targets
            and not now.standings[record.key].in_effect
        ]
        if stranded:
            yield _in_the_way(stranded, here=number == 0)
        for record in now.known:
            if record.key in brought and now.standings[record.key].status == "disputed":
                yield _cannot_stand(record, now)


def _in_the_way(stranded: list[Record], *, here: bool) -> Objection:
    named = ", ".join(f"{record.seal.sequence} ({record.fact.type})" for record in stranded)
    where = "this encounter" if here else "another encounter that it touches"
    return Objection(
        rule="a_correction_leaves_no_record_without_its_place",
        reason=f"these records of {where} are in effect and would no longer have a place: {named}",
        remedy="correct them in the same set, or report what they need first",
        source="docs/standing.md, section 6",
        field="changes",
    )


def _cannot_stand(record: Record, now: Effective) -> Objection:
    against = "; ".join(each.reason for each in now.standings[record.key].objections)
    origin = record.in_place_of.sequence if record.in_place_of else record.seal.sequence
    return Objection(
        rule="what_a_correction_brings_in_can_stand",
        reason=f"what takes the place of record {origin} ({record.fact.type}) would be disputed:"
        f" {against}",
        remedy="correct its date, its label or its encounter in the set",
        source="docs/standing.md, section 6",
        field="changes",
    )
