"""Which records count for something else than before, why, and which records made it so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Final

from veinledger.domain.facts.decisions import RecordsCorrected, ReportConfirmed
from veinledger.domain.facts.encounter import EncounterLinked
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record, number_in
from veinledger.domain.standing.found.two_records import PUT_OUT
from veinledger.domain.standing.history import (
    Effective,
    History,
    KnownAt,
    ever_merged,
    known_records,
)
from veinledger.domain.standing.related.merging import link_of
from veinledger.domain.standing.standing import Standing
from veinledger.projections.audited_moments import Moment
from veinledger.projections.case.decided import Decided, decided


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RecordChange:
    """A record that is new, that counts for something else than before, or that left."""

    record: str
    """Report key."""
    encounter: str
    """Of which encounter it is, where others were merged into the one that is asked about."""
    sequence: int
    type: str
    day: date
    before: Standing | None
    """None where it was not there."""
    after: Standing | None
    """None where it is of this encounter no longer: the merge by which it was is undone."""
    because: str
    by: tuple[str, ...] = ()
    """Report keys of the records that made it so."""

    def __repr__(self) -> str:
        return f"<record {self.sequence}: {self.before or 'not there'} to {self.after or 'gone'}>"


Undone = Mapping[str, Record]
"""By the encounter that was merged into this one: the correction that voided its link."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class _Compared:
    """What is asked of the two moments again and again."""

    was: Effective
    now: Effective
    deeds: Decided
    undone: Undone
    moments: Callable[[], Sequence[Moment]]

    @property
    def here(self) -> str:
        """The encounter that is asked about: numbers without a name are its own."""
        return self.now.encounter

    def record(self, key: str) -> Record | None:
        return next((each for each in self.now.known if each.key == key), None)

    @property
    def new(self) -> tuple[Record, ...]:
        return tuple(each for each in self.now.known if each.key not in self.was.standings)


Because = tuple[str, tuple[str, ...]]
"""A reason, and the report keys of the records that it names."""


def undone_merges(history: History, known_at: KnownAt = None) -> dict[str, Record]:
    """The encounters that counted in one and do no longer, each with what voided the link."""
    found: dict[str, Record] = {}
    for part in history.merged:
        known = known_records(part, known_at)
        act = None if link_of(known) is not None else _voided_its_link(known)
        below = undone_merges(part, known_at)
        together = (each.encounter for each in ever_merged(part))
        found |= below if act is None else dict.fromkeys(together, act)
    return found


def _voided_its_link(known: Sequence[Record]) -> Record | None:
    """The last correction of a link by which an encounter was merged into another."""
    told = (each for each in known if isinstance(each.fact, EncounterLinked))
    links = {each.seal.sequence for each in told if each.merges is None}
    acts = (each for each in reversed(known) if each.kind == "report")
    return next((act for act in acts if links & _corrected_by(act)), None)


def _corrected_by(act: Record) -> set[int]:
    changes = act.fact.changes if isinstance(act.fact, RecordsCorrected) else ()
    return {change.sequence for change in changes}


def _no_moments() -> tuple[Moment, ...]:
    return ()


def record_changes(
    was: Effective,
    now: Effective,
    undone: Undone = MappingProxyType({}),
    moments: Callable[[], Iterable[Moment]] = _no_moments,
) -> Iterator[RecordChange]:
    """Every record that is new or counts for something else, in the order of the ledger.

    Then those that were known then and are not of this history now. `undone`: see `undone_merges`.
    `moments`: those of knowledge, asked for where one of them tells what made a record another.
    """
    compared = _Compared(
        was=was, now=now, deeds=decided(now), undone=undone, moments=cache(lambda: (*moments(),))
    )
    left = (record for record in was.known if record.key not in now.standings)
    for record in (*now.known, *left):
        before, after = was.standings.get(record.key), now.standings.get(record.key)
        if before is not None and str(before) == str(after):
            continue
        because, by = _because(record, compared)
        yield RecordChange(
            record=record.key,
            encounter=record.name,
            sequence=record.seal.sequence,
            type=record.fact.type,
            day=record.day,
            before=before,
            after=after,
            because=because,
            by=by,
        )


def _because(record: Record, compared: _Compared) -> Because:
    after = compared.now.standings.get(record.key)
    if after is None:
        return _left(record, compared)
    if after.status == "superseded":
        return _taken_out(record, compared)
    if record.key not in compared.was.standings:
        return _came_in(record, compared)
    if after.in_effect:
        return _has_its_place(record, compared)
    return _has_no_place(record, compared)


def _left(record: Record, compared: _Compared) -> Because:
    """It counts in another encounter now: its own again, or one that this was merged into."""
    survivor = compared.now.merged_into
    if survivor is not None:
        (link,) = compared.now.records
        number = link.number_in(compared.here)
        return f"record {number} merged this encounter into {survivor}", (link.key,)
    return _no_longer_merged(record.name, compared) or (
        "it is not known of this encounter then",
        (),
    )


def _no_longer_merged(name: str, compared: _Compared) -> Because | None:
    act = compared.undone.get(name)
    if act is None:
        return None
    number = act.number_in(compared.here)
    return f"record {number} voided the link by which it counted here", (act.key,)


def _taken_out(record: Record, compared: _Compared) -> Because:
    undone = _no_longer_merged(record.merges, compared) if record.merges is not None else None
    if undone is not None:
        return undone
    deeds = compared.deeds.to.get(record.key, ())
    out = next((deed for deed in reversed(deeds) if deed.kind not in _LEAVES_IT_IN), None)
    return (out.told_in(compared.here), (out.by,)) if out else ("taken out", ())


_LEAVES_IT_IN: Final = ("assigned", "confirmed")


def _came_in(record: Record, compared: _Compared) -> Because:
    origin = record.in_place_of
    if record.merges is not None:
        return f"{record.merges} was merged into this encounter", ()
    if record.came is not None:
        act = compared.record(record.came.by)
        by = f" by record {act.number_in(compared.here)}" if act else ""
        return f"assigned to this encounter{by}", (record.came.by,)
    if origin is None:
        return "new", ()
    if record.kind == "moved":
        return f"moved here from {origin.encounter}, record {origin.sequence} there", (
            origin.correction,
        )
    correction = compared.record(origin.correction)
    by = f", by record {correction.number_in(compared.here)}" if correction else ""
    instead = number_in(compared.here, origin.encounter, origin.sequence)
    return f"in place of record {instead}{by}", (origin.correction,)


def _has_its_place(record: Record, compared: _Compared) -> Because:
    new = {each.key for each in compared.new}
    for deed in compared.deeds.to.get(record.key, ()):
        if deed.kind == "confirmed" and deed.by in new:
            steps = f", attesting {' and '.join(deed.attested)}" if deed.attested else ""
            by = number_in(compared.here, deed.encounter, deed.by_sequence)
            return f"confirmed by record {by}{steps}", (deed.by,)
    before = compared.was.standings[record.key]
    reported = [each for each in _now_in_effect(compared) if each.fact.type == before.waits_for]
    if reported:
        told = _named(reported, compared.here)
        return f"what it waited for is in effect: {told}", _keys(reported)
    attested = [each for each in compared.new if _attests(each, before.waits_for)]
    if attested:
        return f"what it waited for is attested: {_named(attested, compared.here)}", _keys(attested)
    return _of_the_news(record, compared)


def _attests(record: Record, step: str | None) -> bool:
    fact = record.fact
    return isinstance(fact, ReportConfirmed) and any(a.type == step for a in fact.attested)


def _has_no_place(record: Record, compared: _Compared) -> Because:
    for found in compared.now.findings:
        other = _other_of_the_two(found, record, compared)
        if other is not None:
            return f"{_named([other], compared.here)} puts it out of effect", (other.key,)
    return _of_the_news(record, compared)


def _other_of_the_two(found: Finding, record: Record, compared: _Compared) -> Record | None:
    if found.rule != PUT_OUT or found.records[0] != record.key:
        return None
    return compared.record(found.records[1])


def _of_the_news(record: Record, compared: _Compared) -> Because:
    """Where no deed says so: what was kept when it came to count for this, else all that is new."""
    new = list(compared.new)
    if not new:
        return "what other encounters say about its chain of identity", ()
    if len(new) > 1:
        new = [r for r in _kept_then(record, compared) if r in new] or new
    return f"since {_named(new, compared.here)}", _keys(new)


def _kept_then(record: Record, compared: _Compared) -> Sequence[Record]:
    """What was kept at the last moment at which it came to count for something else.

    What is only foreseen is of no moment yet, for it will be kept at once.
    """
    foreseen = [each for each in compared.new if each.seal.position == 0]
    if foreseen:
        return foreseen
    then: Sequence[Record] = ()
    before: str | None = None
    for moment in compared.moments():
        standing = str(moment.standings.get(record.key))
        if standing != before:
            before, then = standing, moment.kept
    return then


def _now_in_effect(compared: _Compared) -> Iterator[Record]:
    for record in compared.now.records:
        before = compared.was.standings.get(record.key)
        if before is None or not before.in_effect:
            yield record


def _named(records: list[Record], here: str) -> str:
    told = [f"record {each.number_in(here)} ({each.fact.type})" for each in records]
    if len(told) > 3:
        return f"{told[0]} and {len(told) - 1} more"
    return " and ".join(told)


def _keys(records: list[Record]) -> tuple[str, ...]:
    return tuple(each.key for each in records)
