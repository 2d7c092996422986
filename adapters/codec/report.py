"""One line of NDJSON to a report, or to every reason why it is none.

The type is looked up in the closed list first; then pydantic judges envelope and fact, strictly.
Nothing that is said about a line repeats what stood in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from difflib import get_close_matches
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from veinledger.adapters.codec.canonical import canonical
from veinledger.adapters.codec.envelope import CENTRE_FACTS, ENVELOPE, EVERY_STREAM, Envelope
from veinledger.adapters.codec.judge import border_judge_of
from veinledger.adapters.codec.shape import Shape, shape_of
from veinledger.adapters.codec.strict_json import Json, NotStrictJson, parse
from veinledger.adapters.codec.wording import SCHEMA, in_words, misfit, not_json
from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.catalogue import FACTS, RecordsCorrected
from veinledger.domain.findings import Objection, Refusal
from veinledger.domain.reports import Actor, Occurrence, Subject
from veinledger.domain.values import day_of, instant_of

Named = dict[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedSource:
    """Where a line says it comes from; without a message id the ledger takes the digest for one."""

    connection: str
    message: str | None
    item: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ReadReport:
    """A valid report as reported, before the border adds zone and local day."""

    subject: Subject
    name: str
    fact: Fact
    occurred_at: str
    source: ReportedSource
    actor: Actor
    canonical: bytes
    """The whole line in canonical JSON."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Unread:
    """A line that is not a valid report, with what could be read of it all the same."""

    refusal: Refusal
    type: str | None = None
    """The fact's type, where it is a known one."""
    subject: Subject | None = None
    name: str | None = None
    source: ReportedSource | None = None
    canonical: bytes | None = None
    """The line in canonical JSON, where it is JSON at all."""


def read_report(line: bytes) -> ReadReport | Unread:
    """The report that one NDJSON line makes, or every rule that stands against it."""
    try:
        value = parse(line, NAMES)
    except NotStrictJson as error:
        faults = error.faults
    else:
        return _read_object(value)
    return Unread(refusal=_refused(*not_json(faults)))


def _read_object(value: Json) -> ReadReport | Unread:
    if not isinstance(value, dict):
        shape = shape_of(Envelope)
        return Unread(refusal=_refused(misfit("", shape, value)), canonical=canonical(value))
    return _Line(value).read()


class _Line:
    """One line that is a JSON object: its envelope, its fact, and what stands against either."""

    def __init__(self, whole: Named) -> None:
        self.bytes = canonical(whole)
        name = whole.get("type")
        self.type = name if isinstance(name, str) and name in FACTS else None
        in_fact = frozenset(shape_of(FACTS[self.type]).fields) if self.type else frozenset[str]()
        taken = ENVELOPE - (in_fact if "encounter" in whole else frozenset[str]())
        self.envelope = {key: item for key, item in whole.items() if key in taken}
        self.fields = {key: item for key, item in whole.items() if key not in taken}
        self.against: list[Objection] = []

    def read(self) -> ReadReport | Unread:
        if self.type is None:
            self.against.append(_unknown_type(self.envelope.get("type")))
        envelope = self._judged(Envelope, self.envelope)
        fact = None if self.type is None else self._judged(FACTS[self.type], self._fields())
        if envelope is not None and self.type is not None:
            self.against.extend(_against_the_subject(envelope, self.type))
        if isinstance(fact, RecordsCorrected):
            self.against.extend(_against_replacements(fact))
        if envelope is None or fact is None or self.against:
            return self._unread()
        return _report(envelope, fact, self.bytes)

    def _judged(self, cls: type[Any], fields: Mapping[str, Json]) -> Any:
        judged = judged_fields(cls, fields)
        if isinstance(judged, tuple):
            self.against.extend(judged)
            return None
        return judged

    def _fields(self) -> Named:
        return (
            _replacements_as_text(self.fields) if self.type == "records.corrected" else self.fields
        )

    def _unread(self) -> Unread:
        subject, name = _named(self.envelope)
        return Unread(
            refusal=_refused(*self.against),
            type=self.type,
            subject=subject,
            name=name,
            source=_source_of(self.envelope),
            canonical=self.bytes,
        )
