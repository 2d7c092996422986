"""A record's stored body: a report as the ledger keeps it, and how it is read again.

A body is canonical JSON under a version. The compiled reader decodes it straight into the fact's
class; a judge sees to what that reader does not see. Whatever a newer program wrote, and whatever
is not as the ledger writes it, is refused by name and without a word of the body.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date
from decimal import Decimal
from typing import Any, Final, Generic, TypeVar, cast

import msgspec

from veinledger.adapters.codec.canonical import canonical, said
from veinledger.adapters.codec.judge import judge_of
from veinledger.adapters.codec.strict_json import MAX_BYTES, depth_fault, plain_number
from veinledger.adapters.errors import FormatTooNew, LedgerDamaged
from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.catalogue import FACTS
from veinledger.domain.reports import (
    Actor,
    Came,
    InPlaceOf,
    Occurrence,
    Original,
    Report,
    Source,
    StoredKind,
    Subject,
)
from veinledger.domain.values import DAY_LENGTH, day_of, instant_of

VERSION: Final = 1
"""The newest version of a body that this program reads, and the one that it writes."""
TO_READ_IT: Final = (
    "install the newest veinledger (`pip install --upgrade veinledger`) and read it with that one"
)

MAX_BODY_BYTES: Final = 4 * MAX_BYTES
"""A report at its limit, with a replacement's JSON quoted once more, still fits."""

Raw = dict[str, Any]
Upcast = Callable[[Raw], Raw]

UPCASTS: Final[dict[tuple[str, int], Upcast]] = {}
"""From the type and version of an old body to the function that makes the next version of it."""

F = TypeVar("F")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Body:
    """What a stored body says."""

    kind: StoredKind
    subject: Subject
    name: str
    fact: Fact
    occurred: Occurrence
    source: Source
    actor: Actor
    original: Original | None
    digest: str | None
    """Keyed digest of the report as reported, by which a duplicate is known."""
    in_place_of: InPlaceOf | None = None
    came: Came | None = None

    def __repr__(self) -> str:
        return f"<body of a {self.fact.type}>"


class _Stored(msgspec.Struct, Generic[F], frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: int
    encounter: str | None = None
    centre: str | None = None
    occurred_at: str
    local_day: date
    zone: str
    source: Source
    actor: Actor
    original: Original | None = None
    kind: StoredKind = "report"
    digest: str | None = None
    in_place_of: InPlaceOf | None = None
    came: Came | None = None
    fact: F


def encode_body(
    report: Report,
    kind: StoredKind = "report",
    digest: str | None = None,
    in_place_of: InPlaceOf | None = None,
    came: Came | None = None,
) -> bytes:
    """The body to store for a report; None and defaults are left out."""
    body: Raw = {
        "version": VERSION,
        report.subject: report.name,
        "occurred_at": report.occurred.text,
        "local_day": report.occurred.local_day.isoformat(),
        "zone": report.occurred.zone,
        "source": _all_of(report.source),
        "actor": _all_of(report.actor),
        "original": None if report.original is None else _all_of(report.original),
        "kind": None if kind == "report" else kind,
        "digest": digest,
        "in_place_of": None if in_place_of is None else _all_of(in_place_of),
        "came": None if came is None else _all_of(came),
        "fact": said(report.fact),
    }
    return canonical({name: value for name, value in body.items() if value is not None})


def _all_of(part: Source | Actor | Original | InPlaceOf | Came) -> Raw:
    told = {name: getattr(part, name) for name in _PARTS[type(part)]}
    return {name: value for name, value in told.items() if value is not None}


_PARTS: Final[dict[type, tuple[str, ...]]] = {
    Source: ("connection", "message", "item"),
    Actor: ("id", "role"),
    Original: ("digest", "length", "media_type"),
    InPlaceOf: ("encounter", "sequence", "leaf", "record", "correction"),
    Came: ("by", "merges", "received"),
}


def decode_body(name: str, content: bytes) -> Body:
    """The body of a row, judged as strictly as any report; `name` is the row's type.

    Raises FormatTooNew for what a newer program wrote, LedgerDamaged for what none of ours wrote.
    """
    cls = _class_of(name)
    try:
        return _body(_stored(name, cls, content))
    except _Unfit as error:
        why = str(error)
    except (msgspec.MsgspecError, ValueError) as error:
        why = "does not fit its type" + _place(str(error))
    raise LedgerDamaged(_damaged(name, why))


def decode_sealed(name: str, content: bytes) -> Body:
    """The body of a row whose tag and leaf have just been checked: it is as we judged it once.

    What the seal vouches for (no unknown field, limits of decimals, canonical form) is not judged
    again; older versions take the strict way.
    """
    cls = _class_of(name)
    try:
        stored = _decoder_of(cls).decode(content)
        if stored.version == VERSION:
            return _body(stored)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        pass
    return decode_body(name, content)


class _Unfit(ValueError):
    """Why a body is not one of ours, in words that hold nothing of it."""


def _class_of(name: str) -> type[Fact]:
    if name not in FACTS:
        raise FormatTooNew(
            "a row has a type that this program does not know; it was written by a newer program,"
            f" or by none of ours: {TO_READ_IT}"
        )
    return FACTS[name]


def _stored(name: str, cls: type[Fact], content: bytes) -> _Stored[Fact]:
    raw = _parsed(content)
    version = _version(raw)
    if version != VERSION:
        raw = _upcast(name, version, raw)
    place = _misfit(cls, raw)
    if place is not None:
        raise _Unfit(f"has a field that does not fit its type (`{place}`)")
    if version != VERSION:
        return cast("_Stored[Fact]", msgspec.convert(raw, _type_of(cls)))
    return _decoder_of(cls).decode(content)


def too_large_or_deep(content: bytes) -> bool:
    """Whether no body that the ledger writes is so large or so deep; asked before it is decoded."""
    return len(content) > MAX_BODY_BYTES or depth_fault(content) is not None


def _parsed(content: bytes) -> Raw:
    if too_large_or_deep(content):
        raise _Unfit("is larger or deeper than any body that the ledger writes")
    raw = _GENERIC.decode(content)
    if canonical(raw) != content:
        raise _Unfit("is not canonical JSON")
    return raw


def _number(text: str) -> Decimal:
    number = plain_number(text)
    if number is None:
        raise ValueError("not a plain number")
    return number


LAST_VERSION: Final = 9_999
"""What stands above it is no version of ours, and is not repeated in an error."""
_GENERIC: Final = msgspec.json.Decoder(Raw, float_hook=_number)


def _version(raw: Raw) -> int:
    version = raw.get("version")
    if type(version) is not int:
        raise _Unfit("says no version")
    if version > LAST_VERSION:
        raise _Unfit("says a version that nobody ever counted to")
    if version > VERSION:
        raise FormatTooNew(
            f"a stored body is of version {version}, and this program reads up to {VERSION}; it was"
            f" written by a newer program: {TO_READ_IT}"
        )
    return version


def _upcast(name: str, version: int, raw: Raw) -> Raw:
    for number in range(version, VERSION):
        upcast = UPCASTS.get((name, number))
        if upcast is None:
            raise _Unfit(f"is of version {number}, and no version {number} of it ever was")
        raw = {**upcast(raw), "version": number + 1}
    return raw


def _misfit(cls: type[Fact], raw: Raw) -> str | None:
    for part, names in _STORED_PARTS.items():
        found = raw.get(part)
        if type(found) is dict and not found.keys() <= names:
            return part
    path = judge_of(cls)(raw.get("fact"))
    return path if path is None else f"fact.{path}".rstrip(".")


_STORED_PARTS: Final = {
    "source": frozenset(_PARTS[Source]),
    "actor": frozenset(_PARTS[Actor]),
    "original": frozenset(_PARTS[Original]),
    "in_place_of": frozenset(_PARTS[InPlaceOf]),
    "came": frozenset(_PARTS[Came]),
}

_DECODERS: Final[dict[type, msgspec.json.Decoder[_Stored[Fact]]]] = {}


def _type_of(cls: type[Fact]) -> Any:
    return _Stored[cls]  # type: ignore[valid-type]  # a class made at run time


def _decoder_of(cls: type[Fact]) -> msgspec.json.Decoder[_Stored[Fact]]:
    if cls not in _DECODERS:
        _DECODERS[cls] = msgspec.json.Decoder(_type_of(cls))
    return _DECODERS[cls]


def _body(stored: _Stored[Fact]) -> Body:
    subject: Subject = "encounter" if stored.centre is None else "centre"
    name = stored.encounter if stored.centre is None else stored.centre
    if name is None or (stored.encounter is not None and stored.centre is not None):
        raise _Unfit("names no encounter and no centre, or both")
    return Body(
        kind=stored.kind,
        subject=subject,
        name=name,
        fact=stored.fact,
        occurred=_occurred(stored),
        source=stored.source,
        actor=stored.actor,
        original=stored.original,
        digest=stored.digest,
        in_place_of=stored.in_place_of,
        came=stored.came,
    )


def _occurred(stored: _Stored[Fact]) -> Occurrence:
    text = stored.occurred_at
    bare = len(text) == DAY_LENGTH
    if bare and day_of(text) != stored.local_day:
        raise _Unfit("names two different days")
    return Occurrence(
        text=text,
        local_day=stored.local_day,
        zone=stored.zone,
        instant=None if bare else instant_of(text).astimezone(UTC),
    )


_PLACE: Final = re.compile(r" - at `\$\.?([a-z0-9_.\[\]]+)`$")


def _place(said_by_msgspec: str) -> str:
    """Where it went wrong: names of our own fields and nothing else of msgspec's text."""
    found = _PLACE.search(said_by_msgspec)
    return f" (`{found[1]}`)" if found else ""


def _damaged(name: str, why: str) -> str:
    return (
        f"the stored body of a {name} {why}, so this program did not write it so; keep the ledger"
        " as it is and run `veinledger verify`: where that finds it consistent, a newer program"
        " wrote it, and reads it"
    )
