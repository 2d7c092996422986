"""One line of NDJSON to a report, or to every reason why it is none.

The type is looked up in the closed list first; then pydantic judges envelope and fact, strictly.
Nothing that is said about a line repeats what stood in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from veinledger.adapters.codec.canonical import canonical
from veinledger.adapters.codec.envelope import (
    ENVELOPE,
    Envelope,
    ReportedSource,
    SaidAlone,
    against_the_subject,
)
from veinledger.adapters.codec.fields import T, judged, read_fact
from veinledger.adapters.codec.objections import misfit, not_json, unknown_type
from veinledger.adapters.codec.shape import shape_of
from veinledger.adapters.codec.strict_json import Json, NotStrictJson, parse
from veinledger.adapters.codec.vocabulary import names
from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.catalogue import FACTS
from veinledger.domain.facts.decisions import RecordsCorrected
from veinledger.domain.findings import Objection, Refusal
from veinledger.domain.reports import Actor, Subject

Named = dict[str, Json]
NOTHING_SAID: Final = SaidAlone()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ReadReplacement:
    """A fact that a correction puts in a record's place, judged like any other."""

    fact: Fact
    occurred_at: str
    field: str
    """Where it stands in the line."""

    def __repr__(self) -> str:
        return f"<read replacement {self.fact.type}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ReadReport:
    """A valid report as reported, before the border adds zone and local day."""

    subject: Subject
    name: str
    """The encounter's or the centre's alias; empty where the line names neither."""
    fact: Fact
    occurred_at: str
    source: ReportedSource
    actor: Actor
    canonical: bytes
    """The whole line in canonical JSON: what `the same bytes` means."""
    replacements: tuple[ReadReplacement, ...] = ()
    """What a correction would put in the place of records, in the order of its changes."""

    def __repr__(self) -> str:
        return f"<read report {self.fact.type}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Unread:
    """A line that is not a valid report, with what could be read of it all the same."""

    refusal: Refusal
    type: str | None = None
    """The fact's type, where it is one of the catalogue."""
    subject: Subject | None = None
    name: str | None = None
    source: ReportedSource | None = None
    canonical: bytes | None = None
    """The line in canonical JSON, where it is JSON at all."""
    said: SaidAlone = NOTHING_SAID
    """Who says it, and when it is said to have happened, as far as either can be read."""

    def __repr__(self) -> str:
        return f"<unread {self.type or 'line'}: {len(self.refusal.objections)} objections>"


def read_report(line: bytes) -> ReadReport | Unread:
    """The report that one NDJSON line makes, or every rule that stands against it."""
    try:
        value = parse(line, names())
    except NotStrictJson as error:
        faults = error.faults
    else:
        return _read_object(value)
    return Unread(refusal=Refusal(objections=tuple(not_json(faults))))


def _read_object(value: Json) -> ReadReport | Unread:
    if isinstance(value, dict):
        return _Line(value).read()
    against = misfit("", shape_of(Envelope), value)
    return Unread(refusal=Refusal(objections=(against,)), canonical=canonical(value))


class _Line:
    """One line that is a JSON object: its envelope, its fact, and what stands against either."""

    def __init__(self, whole: Named) -> None:
        self.canonical = canonical(whole)
        self.against: list[Objection] = []
        self.type = _known_type(whole)
        taken = ENVELOPE - _also_in_the_fact(whole, self.type)
        self.envelope: Named = {name: item for name, item in whole.items() if name in taken}
        self.fields: Named = {name: item for name, item in whole.items() if name not in taken}

    def read(self) -> ReadReport | Unread:
        envelope = self._judged(Envelope, self.envelope)
        fact = self._fact()
        if envelope is not None:
            self.against.extend(against_the_subject(envelope))
        replacements = self._replacements(fact) if isinstance(fact, RecordsCorrected) else ()
        if envelope is None or fact is None or self.against:
            return self._unread()
        return self._report(envelope, fact, replacements)

    def _judged(self, cls: type[T], fields: Named) -> T | None:
        found = judged(cls, fields)
        if isinstance(found, tuple):
            self.against.extend(found)
            return None
        return found

    def _fact(self) -> Fact | None:
        if self.type is not None:
            return self._judged(FACTS[self.type], _with_replacements_as_text(self.fields))
        said = self.envelope.get("type")
        if isinstance(said, str):
            self.against.append(unknown_type(said, "type"))
        return None

    def _replacements(self, correction: RecordsCorrected) -> tuple[ReadReplacement, ...]:
        found: list[ReadReplacement] = []
        for index, change in enumerate(correction.changes):
            if (told := change.replacement) is None:
                continue
            at = f"changes.{index}.replacement.fact"
            fact = read_fact(told.type, told.fact, at)
            if isinstance(fact, tuple):
                self.against.extend(fact)
            else:
                found.append(ReadReplacement(fact=fact, occurred_at=told.occurred_at, field=at))
        return tuple(found)

    def _report(
        self, envelope: Envelope, fact: Fact, replacements: tuple[ReadReplacement, ...]
    ) -> ReadReport:
        return ReadReport(
            subject="centre" if envelope.centre else "encounter",
            name=envelope.encounter or envelope.centre or "",
            fact=fact,
            occurred_at=envelope.occurred_at,
            source=envelope.source,
            actor=Actor(id=envelope.actor.id, role=envelope.actor.role),
            canonical=self.canonical,
            replacements=replacements,
        )

    def _unread(self) -> Unread:
        subject, name = _named(self.envelope)
        source = judged(ReportedSource, self.envelope.get("source"))
        return Unread(
            refusal=Refusal(objections=tuple(dict.fromkeys(self.against))),
            type=self.type,
            subject=subject,
            name=name,
            source=source if isinstance(source, ReportedSource) else None,
            canonical=self.canonical,
            said=_said_alone(self.envelope),
        )


def _known_type(whole: Named) -> str | None:
    name = whole.get("type")
    return name if isinstance(name, str) and name in FACTS else None


def _also_in_the_fact(whole: Named, name: str | None) -> frozenset[str]:
    """The line of an `encounter.opened` names the encounter, so `centre` is a field of the fact."""
    if name is None or "encounter" not in whole:
        return frozenset()
    return frozenset(shape_of(FACTS[name]).fields)


def _named(envelope: Named) -> tuple[Subject | None, str | None]:
    subjects: tuple[Subject, ...] = ("encounter", "centre")
    for subject in subjects:
        name = envelope.get(subject)
        if isinstance(name, str) and 0 < len(name) <= 100:
            return subject, name
    return None, None


def _said_alone(envelope: Named) -> SaidAlone:
    """Each of the three by itself: one that cannot be read does not take the others with it."""
    actor = envelope.get("actor")
    told: Named = dict(actor) if isinstance(actor, dict) else {}
    told["occurred_at"] = envelope.get("occurred_at")
    read: Named = {}
    for name in ("id", "role", "occurred_at"):
        if isinstance(judged(SaidAlone, {name: told.get(name)}), SaidAlone):
            read[name] = told.get(name)
    found = judged(SaidAlone, read)
    return found if isinstance(found, SaidAlone) else NOTHING_SAID


def _with_replacements_as_text(fields: Named) -> Named:
    """A replacement may be told as an object; it is kept as the canonical text of that object."""
    changes = fields.get("changes")
    if not isinstance(changes, list):
        return fields
    return {**fields, "changes": [_change_as_text(change) for change in changes]}


def _change_as_text(change: Json) -> Json:
    if not isinstance(change, dict) or not isinstance(told := change.get("replacement"), dict):
        return change
    if not isinstance(fact := told.get("fact"), dict):
        return change
    return {**change, "replacement": {**told, "fact": canonical(fact).decode()}}
