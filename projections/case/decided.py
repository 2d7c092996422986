"""What named persons decided about records: assigned, confirmed, discarded, corrected, merged.

Read from the decisions that are known, as the fold reads them: a conflict decides nothing, and a
confirmation that was taken out confirms nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from veinledger.domain.facts.decisions import (
    ChangeKind,
    FindingSettled,
    RecordsCorrected,
    ReportAssigned,
    ReportConfirmed,
    ReportDiscarded,
)
from veinledger.domain.facts.encounter import EncounterLinked
from veinledger.domain.reports import Actor, Record, number_in
from veinledger.domain.standing.history import Effective
from veinledger.domain.standing.related.merging import link_of
from veinledger.domain.standing.standing import MERGED

DeedKind = Literal["assigned", "confirmed", "discarded", "voided", "replaced", "moved", "merged"]

_DID: Final[dict[ChangeKind, DeedKind]] = {
    "void": "voided",
    "replace": "replaced",
    "move": "moved",
}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Deed:
    """What a person did to one record by one decision."""

    kind: DeedKind
    target: str
    """Report key of the record that it was done to."""
    encounter: str
    """In which both are: a decision is about records of its own encounter."""
    sequence: int
    """Of that record."""
    by: str
    """Report key of the decision."""
    by_sequence: int
    recorded_at: datetime
    actor: Actor
    reason: str | None
    """None where a link gives none."""
    moved_to: str | None = None
    """The encounter that it was moved to, or merged into."""
    replacement: str | None = None
    """Report key of the record that stands in its place in this encounter."""
    replacement_sequence: int | None = None
    attested: tuple[str, ...] = ()
    """The steps that a confirmation attests, each a type and a day."""

    def __str__(self) -> str:
        return self.told_in(self.encounter)

    def told_in(self, here: str) -> str:
        """What was done, as an encounter is told of it that this one may have been merged into."""
        instead = self.replacement_sequence
        told = {
            "replaced": f" with record {number_in(here, self.encounter, instead)}"
            if instead is not None
            else "",
            "moved": f" to {self.moved_to}",
            "merged": f" into {self.moved_to}",
        }.get(self.kind, "")
        return f"{self.kind}{told} by record {number_in(here, self.encounter, self.by_sequence)}"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Decided:
    """Every deed, by the record that it was done to and by the decision that did it."""

    to: Mapping[str, tuple[Deed, ...]]
    by: Mapping[str, tuple[Deed, ...]]


def decided(seen: Effective) -> Decided:
    """Every deed of the decisions that are known, in the order of the ledger."""
    found = (*_deeds(seen), *_merged(seen))
    return Decided(
        to=_grouped((deed.target, deed) for deed in found),
        by=_grouped((deed.by, deed) for deed in found),
    )


def settlements(seen: Effective) -> dict[str, Record]:
    """The settlements in effect, by the finding that each settles; the last one counts."""
    return {
        record.fact.finding: record
        for record in seen.known
        if isinstance(record.fact, FindingSettled) and seen.standings[record.key].in_effect
    }


def _grouped(pairs: Iterator[tuple[str, Deed]]) -> dict[str, tuple[Deed, ...]]:
    found: dict[str, tuple[Deed, ...]] = {}
    for key, deed in pairs:
        found[key] = (*found.get(key, ()), deed)
    return found


def _deeds(seen: Effective) -> Iterator[Deed]:
    by_key = {record.key: record for record in seen.known}
    by_sequence = {(record.name, record.seal.sequence): record for record in seen.known}
    instead = {
        (record.in_place_of.correction, record.in_place_of.record): record
        for record in seen.known
        if record.in_place_of is not None and record.kind == "replacement"
    }
    for act in seen.known:
        voided = seen.standings[act.key].status == "superseded"
        if act.kind == "report" and not (voided and isinstance(act.fact, ReportConfirmed)):
            yield from _deeds_of(act, by_key, by_sequence, instead)
            yield from _assignments(act, seen.known)


def _assignments(act: Record, known: Iterable[Record]) -> Iterator[Deed]:
    if isinstance(act.fact, ReportAssigned):
        for record in known:
            if record.brought_in_by == act.key:
                yield _deed(act, "assigned", record, act.fact.reason)


def _merged(seen: Effective) -> Iterator[Deed]:
    """What a link took out of effect: all that the merged encounter has where it is asked about
    itself, and its opening in the survivor, where the rest counts.
    """
    away = [record for record in seen.known if _is_merged_away(record, seen)]
    links = {name: _link_of(name, seen) for name in dict.fromkeys(each.name for each in away)}
    for record in away:
        link = links[record.name]
        if link is not None and isinstance(link.fact, EncounterLinked):
            deed = _deed(link, "merged", record, link.fact.reason)
            yield replace(deed, moved_to=link.fact.survivor)


def _is_merged_away(record: Record, seen: Effective) -> bool:
    """Not the survivor's own record of a merge, which the void of the link takes out."""
    against = seen.standings[record.key].objections
    return record.merges is None and any(each.rule == MERGED for each in against)


def _link_of(name: str, seen: Effective) -> Record | None:
    return link_of([record for record in seen.known if record.name == name])


def _deeds_of(
    act: Record,
    by_key: Mapping[str, Record],
    by_sequence: Mapping[tuple[str, int], Record],
    instead: Mapping[tuple[str, str], Record],
) -> Iterator[Deed]:
    match act.fact:
        case RecordsCorrected(changes=changes, reason=reason):
            for change in changes:
                target = by_sequence.get((act.name, change.sequence))
                if target is not None:
                    deed = _deed(act, _DID[change.kind], target, reason)
                    other = instead.get((act.key, target.key))
                    yield replace(
                        deed,
                        moved_to=change.encounter,
                        replacement=other.key if other else None,
                        replacement_sequence=other.seal.sequence if other else None,
                    )
        case ReportDiscarded(target=target, reason=reason) if target in by_key:
            yield _deed(act, "discarded", by_key[target], reason)
        case ReportConfirmed(target=target, reason=reason) if target in by_key:
            steps = tuple(f"{step.type} on {step.day}" for step in act.fact.attested)
            yield replace(_deed(act, "confirmed", by_key[target], reason), attested=steps)
        case _:
            pass


def _deed(act: Record, kind: DeedKind, target: Record, reason: str | None) -> Deed:
    return Deed(
        kind=kind,
        target=target.key,
        encounter=act.name,
        sequence=target.seal.sequence,
        by=act.key,
        by_sequence=act.seal.sequence,
        recorded_at=act.seal.recorded_at,
        actor=act.actor,
        reason=reason,
    )
