"""The border: an item as received becomes an arrival, dated in the zone of its facility."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from math import isfinite
from typing import Final, cast
from zoneinfo import ZoneInfo

from veinledger.adapters.codec.canonical import canonical
from veinledger.adapters.codec.envelope import ReportedSource
from veinledger.adapters.codec.report import ReadReplacement, ReadReport, Unread, read_report
from veinledger.adapters.codec.whole_text import is_whole
from veinledger.adapters.errors import BadInput
from veinledger.domain.centre.centre import Centre
from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.decisions import DAY_PLAYS_NO_PART, DECIDED_IN
from veinledger.domain.facts.groups import Service
from veinledger.domain.findings import Objection, Refusal
from veinledger.domain.intake.outcome import Arrival, Replacement
from veinledger.domain.ledger.naming import Naming
from veinledger.domain.reports import Occurrence, Original, Report, Source
from veinledger.domain.values import day_of, instant_of

Item = bytes | bytearray | memoryview | str | dict[str, object]
MEDIA_TYPE = "application/json"
DEEPEST_ITEM: Final = 100
LONGEST_NUMBER_IN_BITS: Final = 4_096
"""An object beyond these is no item; one that is merely too deep or too long for a report is
refused there, and its bytes are kept.
"""


@dataclass(frozen=True, slots=True)
class Border:
    """Reads items and dates them; the directory says which zone a facility or connection is in."""

    naming: Naming
    centre: Centre

    def arrival(self, item: Item) -> Arrival:
        """A valid report, or the reasons why it is none; the bytes as received either way."""
        content = _bytes_of(item)
        read = read_report(content)
        if isinstance(read, Unread):
            return self._unread(read, content)
        source = self._source(read.source, read.canonical)
        zone = self._zone(read, source)
        if zone is None:
            return self._without_a_zone(read, source, content)
        return self._read(read, source, zone, content)

    def _read(self, read: ReadReport, source: Source, zone: str, content: bytes) -> Arrival:
        report = Report(
            subject=read.subject,
            name=read.name,
            fact=read.fact,
            occurred=occurrence(read.occurred_at, zone),
            source=source,
            actor=read.actor,
            canonical=read.canonical,
            original=Original(
                digest=self.naming.digest(content), length=len(content), media_type=MEDIA_TYPE
            ),
        )
        return Arrival(
            source=source,
            digest=self.naming.digest(read.canonical),
            report=report,
            replacements=tuple(map(self._replacement, read.replacements)),
            type=read.fact.type,
            encounter=read.name or None,
            from_a_known_connection=self._knows(source),
            content=content,
        )

    def _replacement(self, read: ReadReplacement) -> Replacement:
        named = self.centre.zone(facility=_facility_of(read.fact), connection=None)

        def occurred_in(zone: str) -> Occurrence:
            return occurrence(read.occurred_at, named or zone)

        return Replacement(fact=read.fact, occurred_in=occurred_in)

    def _unread(self, read: Unread, content: bytes) -> Arrival:
        canonical_or_bytes = read.canonical or content
        source = self._source(read.source, canonical_or_bytes)
        return Arrival(
            source=source,
            digest=self.naming.digest(canonical_or_bytes),
            refusal=read.refusal,
            type=read.type,
            encounter=read.name,
            from_a_known_connection=self._knows(source),
            content=content,
        )

    def _without_a_zone(self, read: ReadReport, source: Source, content: bytes) -> Arrival:
        return Arrival(
            source=source,
            digest=self.naming.digest(read.canonical),
            refusal=Refusal(objections=(_no_zone(),)),
            type=read.fact.type,
            encounter=read.name or None,
            from_a_known_connection=self._knows(source),
            content=content,
        )

    def _source(self, said: ReportedSource | None, canonical_or_bytes: bytes) -> Source:
        """Without an id, the digest is the id."""
        digest = f"digest-{self.naming.digest(canonical_or_bytes)[:32]}"
        if said is None:
            return Source(connection="unknown", message=digest)
        return Source(connection=said.connection, message=said.message or digest, item=said.item)

    def _knows(self, source: Source) -> bool:
        return any(each.name == source.connection for each in self.centre.connections)

    def _zone(self, read: ReadReport, source: Source) -> str | None:
        zone = self.centre.zone(facility=_facility_of(read.fact), connection=source.connection)
        return DECIDED_IN if zone is None and isinstance(read.fact, DAY_PLAYS_NO_PART) else zone


def occurrence(text: str, zone: str) -> Occurrence:
    """When it happened: the local day in the zone, and the instant where a clock was told."""
    if "T" not in text:
        day = day_of(text)
        midnight = datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
        return Occurrence(text=text, local_day=day, zone=zone, instant=None, begins=midnight)
    instant = instant_of(text).astimezone(UTC)
    day = instant.astimezone(ZoneInfo(zone)).date()
    return Occurrence(text=text, local_day=day, zone=zone, instant=instant, begins=instant)


def _facility_of(fact: Fact) -> str | None:
    service: Service | None = getattr(fact, "service", None)
    return service.facility if service is not None else None


def _bytes_of(item: Item) -> bytes:
    """The bytes that will be judged. What cannot be JSON raises BadInput before anything is kept.

    A lone surrogate of a text stays in its bytes, and is refused there as no UTF-8.
    """
    if isinstance(item, (bytes, bytearray, memoryview)):
        return bytes(item)
    if isinstance(item, str):
        return item.encode("utf-8", "surrogatepass")
    if not _is_json(item):
        raise BadInput(
            "an item is an object that holds something JSON has no word for (a set, a NaN, half"
            " of a character, an object of a class); give texts, whole numbers, decimals, truth"
            " values, lists, objects or None; nothing of this call was recorded"
        )
    return canonical(item)


def _is_json(value: object, within: int = 0) -> bool:
    match value:
        case None | bool() | date() | datetime():
            return True
        case str():
            return is_whole(value)
        case int() | float() | Decimal():
            return _is_short(value) if isinstance(value, int) else isfinite(value)
        case list() | tuple():
            items = cast("list[object]", value)
            return within < DEEPEST_ITEM and all(_is_json(item, within + 1) for item in items)
        case dict():
            members = cast("dict[object, object]", value).items()
            return within < DEEPEST_ITEM and all(
                isinstance(name, str) and _is_json(item, within + 1) for name, item in members
            )
        case _:
            return False


def _is_short(number: int) -> bool:
    return number.bit_length() <= LONGEST_NUMBER_IN_BITS


def _no_zone() -> Objection:
    return Objection(
        rule="the_facility_or_the_connection_has_a_time_zone",
        reason="neither its facility nor its connection is in the directory",
        remedy="add the facility or the connection with its IANA zone to the site's pages, then"
        " send it again",
        source="docs/three-times.md",
        field="service.facility",
    )
