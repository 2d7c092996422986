"""Merges: two encounters that turned out to be one, and count as one. docs/standing.md, section 9.

The link stands in the encounter that was merged; all records of both then fold together in the
survivor, each under its own report key. Nothing is copied, so that a void of the link brings both
back as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, cast

from veinledger.domain.facts.billing import ChargePosted
from veinledger.domain.facts.decisions import RecordsCorrected
from veinledger.domain.facts.encounter import EncounterLinked, EncounterOpened
from veinledger.domain.facts.patient import PatientMerged
from veinledger.domain.findings import Finding
from veinledger.domain.lifecycle.table import EVERYWHERE, TABLE
from veinledger.domain.reports import Record
from veinledger.domain.standing.encounter import chain_of
from veinledger.domain.standing.fold import Folded

SOURCE: Final = "docs/standing.md, section 9"
TOLD_IN_BOTH: Final = "one_event_is_told_in_one_of_two_merged_encounters"
_HAS_A_PLACE: Final = {row.fact.type for row in TABLE if row.moves != EVERYWHERE}


def link_of(records: Sequence[Record]) -> Record | None:
    """The link by which an encounter was merged into another, unless it was voided."""
    links = [r for r in records if isinstance(r.fact, EncounterLinked) and _decides(r)]
    if not links:
        return None
    voided = {
        change.sequence
        for act in records
        if act.kind == "report" and isinstance(act.fact, RecordsCorrected)
        for change in act.fact.changes
    }
    standing = [link for link in links if link.seal.sequence not in voided]
    return standing[0] if standing else None


def merged_into_it(records: Sequence[Record], path: Sequence[str]) -> tuple[str, ...]:
    """The encounters that were ever merged into one; none of the path that led to it."""
    came = (record.came for record in records if record.came is not None)
    names = (each.merges for each in came if each.merges is not None)
    return tuple(dict.fromkeys(name for name in names if name not in path))


def ever_linked_to(records: Sequence[Record]) -> tuple[str, ...]:
    """The survivors that one was ever given; a void of such a link is told by its moment alone."""
    links = (r for r in records if isinstance(r.fact, EncounterLinked) and _decides(r))
    return tuple(dict.fromkeys(map(survivor_of, links)))


def counts_in(name: str, merged_into: Callable[[str], str | None]) -> str:
    """The encounter in which one counts: its survivor's survivor, or itself."""
    way = [name]
    while (survivor := merged_into(way[-1])) is not None and survivor not in way:
        way.append(survivor)
    return way[-1]


def _decides(link: Record) -> bool:
    """Not a conflict, which decides nothing, and not the survivor's own record of a merge."""
    return link.kind == "report" and link.merges is None


def survivor_of(link: Record) -> str:
    """The encounter in which the other counts."""
    return cast("EncounterLinked", link.fact).survivor


def counts_in_its_survivor(link: Record) -> Finding:
    """What whoever asks about an encounter that was merged is told first."""
    return Finding(
        rule="a_merged_encounter_counts_in_its_survivor",
        severity="notice",
        reason="it turned out to be the same as another encounter, and all of it counts there",
        remedy="ask about the survivor; where the two are not one, void the link",
        source=SOURCE,
        records=(link.key,),
    )


def findings_of_a_merge(folded: Folded) -> Iterator[Finding]:
    """What a person has to look at where two encounters count as one."""
    taken = [each.record for each in folded.taken if each.record.kind != "attested"]
    yield from _told_twice(taken)
    yield from _two_patients(taken, folded)


def _told_twice(taken: Sequence[Record]) -> Iterator[Finding]:
    """The same thing on the same day from both: billed twice, unless somebody looks."""
    first: dict[tuple[object, ...], Record] = {}
    for record in taken:
        about = _what_it_is_about(record)
        if about is None:
            continue
        other = first.setdefault(about, record)
        if other.name != record.name:
            yield Finding(
                rule=TOLD_IN_BOTH,
                severity="warning",
                reason=f"{record.fact.type} of {record.day} is told in both of two merged"
                " encounters; where it is one event it would count twice",
                remedy="void the one that is told twice, or settle this where they are two events",
                source=SOURCE,
                records=(other.key, record.key),
                holds=True,
            )


def _what_it_is_about(record: Record) -> tuple[object, ...] | None:
    """What two reports of one event have in common; None for what may be told twice unharmed."""
    fact = record.fact
    if isinstance(fact, ChargePosted):
        return fact.type, fact.service_date, fact.revenue_code, fact.hcpcs, fact.amount
    if isinstance(fact, EncounterOpened) or fact.type not in _HAS_A_PLACE:
        return None
    return fact.type, record.day, chain_of(fact), getattr(fact, "agent", None)


def _two_patients(taken: Sequence[Record], folded: Folded) -> Iterator[Finding]:
    """Two references of one patient are known to be one only where somebody said so."""
    openings = [r for r in _openings(taken, folded)]
    patients = {cast("EncounterOpened", r.fact).patient for r in openings}
    said = {
        frozenset({r.fact.patient, r.fact.surviving})
        for r in taken
        if isinstance(r.fact, PatientMerged)
    }
    if len(patients) > 1 and not any(patients <= pair for pair in said):
        yield Finding(
            rule="merged_encounters_are_of_one_patient",
            severity="critical",
            reason="the two were opened under two patient references, and no report merges these",
            remedy="report patient.merged with the reference that survives; where the patients are"
            " two, void the link",
            source=SOURCE,
            records=tuple(r.key for r in openings),
            holds=True,
        )


def _openings(taken: Sequence[Record], folded: Folded) -> Iterator[Record]:
    yield from (record for record in taken if isinstance(record.fact, EncounterOpened))
    yield from folded.of_merged
