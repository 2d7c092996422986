"""What is set aside before the fold: conflicts, voids, second openings, foreign chains."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from veinledger.domain.facts.decisions import (
    ChangeKind,
    RecordsCorrected,
    ReportConfirmed,
    ReportDiscarded,
)
from veinledger.domain.findings import Objection
from veinledger.domain.reports import Record
from veinledger.domain.standing.attested import attested_steps
from veinledger.domain.standing.encounter import chain_of
from veinledger.domain.standing.order import by_day, dated
from veinledger.domain.standing.standing import MERGED, Standing, disputed, superseded

ONE_MESSAGE: Final = "one_message_says_one_thing"
ONE_HOLDER: Final = "a_chain_of_identity_has_one_holder"
OPENED_ONCE: Final = "an_encounter_is_opened_once"
_DECISIONS: Final = (ReportConfirmed, ReportDiscarded, RecordsCorrected)
"""The facts that put records in effect or out of it."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Sorted:
    """A history before the fold: what opens it, what takes part, what was set aside and why."""

    opening: Record | None
    taking_part: tuple[Record, ...]
    confirmed: frozenset[str]
    aside: Mapping[str, Standing]
    overruled: Mapping[str, Objection]
    """What a person confirmed although a rule had set it aside, by report key."""
    of_merged: tuple[Record, ...] = ()
    """The openings of encounters that were merged into this one."""


def set_aside(records: Sequence[Record], holders: Mapping[str, str], encounter: str) -> Sorted:
    """Sort a history by docs/standing.md, section 1; `holders` maps a chain to its encounter."""
    acts = [r for r in records if isinstance(r.fact, _DECISIONS) and r.kind == "report"]
    aside = _superseded(acts, records, encounter)
    taken_out = frozenset(aside)
    confirmed = _confirmed([act for act in acts if act.key not in aside])
    held_elsewhere: set[str | None] = {
        chain for chain, holder in holders.items() if holder != encounter
    }
    against = {
        record.key: objection
        for record in records
        if record.key not in aside
        and (objection := _objection_from_the_start(record, held_elsewhere)) is not None
    }
    overruled = {key: each for key, each in against.items() if key in confirmed}
    aside |= {key: disputed(each) for key, each in against.items() if key not in confirmed}
    aside |= _of_merges_undone(records)
    rest = [record for record in records if record.key not in aside]
    opening, later = _openings(rest, encounter)
    merged = tuple(r for r in later if opening is not None and r.name != opening.name)
    aside |= {r.key: _opened_as_another() if r in merged else _opened_again() for r in later}
    taking_part = tuple([r for r in rest if r.fact.type != "encounter.opened"])
    return Sorted(
        opening=opening,
        taking_part=taking_part + attested_steps(acts, records, taken_out, taking_part),
        confirmed=confirmed,
        aside=aside,
        overruled=overruled,
        of_merged=merged,
    )


def _confirmed(acts: Sequence[Record]) -> frozenset[str]:
    return frozenset(act.fact.target for act in acts if isinstance(act.fact, ReportConfirmed))


def _of_merges_undone(records: Sequence[Record]) -> dict[str, Standing]:
    """The records of merges whose links were voided: nothing of the other encounter is here."""
    told = [r for r in records if r.merges is not None]
    if not told:
        return {}
    here = {record.name for record in records}
    undone = superseded(MERGED, "the link of the merge that it tells of was voided")
    return {record.key: undone for record in told if record.merges not in here}


def _superseded(
    acts: Sequence[Record], records: Sequence[Record], encounter: str
) -> dict[str, Standing]:
    """What voids and discards took out; one that was itself taken out still stands."""
    if not acts:
        return {}
    keys = {(record.name, record.seal.sequence): record.key for record in records}
    aside = {target: how for act in acts for target, how in _taken_out_by(act, keys, encounter)}
    return {record.key: aside[record.key] for record in records if record.key in aside}


def _taken_out_by(
    act: Record, keys: Mapping[tuple[str, int], str], encounter: str
) -> Iterator[tuple[str, Standing]]:
    number = act.number_in(encounter)
    if isinstance(act.fact, ReportDiscarded):
        yield act.fact.target, superseded("discarded", f"record {number} discarded it")
    elif isinstance(act.fact, RecordsCorrected):
        for change in act.fact.changes:
            if (act.name, change.sequence) in keys:
                how = superseded("corrected", f"record {number} {_DID[change.kind]}")
                yield keys[act.name, change.sequence], how


_DID: Final[dict[ChangeKind, str]] = {
    "void": "voided it",
    "replace": "replaced it",
    "move": "moved it to another encounter",
}


def _objection_from_the_start(
    record: Record, held_elsewhere: Container[str | None]
) -> Objection | None:
    if record.kind == "conflict":
        return _other_bytes()
    return _held_elsewhere() if chain_of(record.fact) in held_elsewhere else None


def _openings(records: Sequence[Record], encounter: str) -> tuple[Record | None, list[Record]]:
    """The opening that counts, the survivor's own before that of a merged one; and the others."""
    openings = [record for record in records if record.fact.type == "encounter.opened"]
    in_order = [record for _, day in by_day(openings, dated) for record in day]
    in_order.sort(key=lambda record: record.name != encounter)
    return (in_order[0] if in_order else None), in_order[1:]


def _opened_again() -> Standing:
    return disputed(_opened_once())


def _opened_as_another() -> Standing:
    return superseded(MERGED, "the encounter that it opened was merged into this one")


def _other_bytes() -> Objection:
    return Objection(
        rule=ONE_MESSAGE,
        reason="this message id and item came before with other content; the first stays",
        remedy="ask the sender which of the two is right, then confirm this one and void the other",
        source="docs/standing.md, section 1",
        field="source.message",
    )


def _held_elsewhere() -> Objection:
    return Objection(
        rule=ONE_HOLDER,
        reason="another encounter holds this chain of identity",
        remedy="compare the label with the patient; discard the report or release the chain",
        source="docs/standing.md, section 1",
        field="chain_of_identity",
    )


def _opened_once() -> Objection:
    return Objection(
        rule=OPENED_ONCE,
        reason="this encounter was opened already",
        remedy="discard it, or report it under a new encounter that continues this one",
        source="docs/standing.md, section 1",
        field="type",
    )
