"""Rows of reports that name neither encounter nor centre, and of what persons did with them.

They stand in the intake stream of their connection. A report is kept as it would be in an
encounter's stream, its body quoted as a text, so that an assignment finds it whole.
"""

from __future__ import annotations

from typing import Final, TypeVar

import msgspec

from veinledger.adapters.codec.body import decode_body, too_large_or_deep
from veinledger.adapters.codec.body import encode_body as body_of
from veinledger.adapters.codec.canonical import canonical
from veinledger.adapters.errors import LedgerDamaged
from veinledger.domain.intake.entries import KeptDeed, KeptNameless, Nameless, NamelessDeed
from veinledger.domain.intake.whose.unassigned import Deed
from veinledger.domain.ledger.naming import Naming
from veinledger.domain.ledger.port import Draft, Row
from veinledger.domain.reports import Actor, Report, Source

VERSION: Final = 1
KEPT: Final = "intake.kept"
DEEDS: Final[dict[str, NamelessDeed]] = {
    "intake.assigned": "assigned",
    "intake.dismissed": "dismissed",
}
OF_NAMELESS: Final = frozenset({KEPT, *DEEDS})


class _NamelessBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    version: int
    type: str
    report: str


class _DeedBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    version: int
    target: str
    source: Source
    actor: Actor
    occurred_at: str
    reason: str
    original: str
    encounter: str | None = None
    record: str | None = None


B = TypeVar("B", _NamelessBody, _DeedBody)
_NAMELESS: Final = msgspec.json.Decoder(_NamelessBody)
_DEED: Final = msgspec.json.Decoder(_DeedBody)


def nameless_draft(entry: KeptNameless, naming: Naming) -> Draft:
    """The row to append for a report that names nobody."""
    arrival, report = entry.arrival, entry.report
    body = {
        "version": VERSION,
        "type": report.fact.type,
        "report": body_of(report, digest=arrival.digest).decode(),
    }
    known = arrival.from_a_known_connection
    stream = naming.intake_stream(report.source.connection, known=known)
    return Draft(stream=stream, type=KEPT, body=canonical(body), key=entry.key)


def deed_draft(entry: KeptDeed) -> Draft:
    """The row to append for what a person did with one, behind it in the same stream."""
    by = entry.by
    body: dict[str, object] = {
        "version": VERSION,
        "target": entry.target.key,
        "source": by.source,
        "actor": by.actor,
        "occurred_at": by.occurred.text,
        "reason": entry.reason,
        "original": by.original.digest if by.original else "",
        "encounter": entry.encounter,
        "record": entry.record,
    }
    return Draft(
        stream=entry.target.stream,
        type=f"intake.{entry.did}",
        body=canonical({name: value for name, value in body.items() if value is not None}),
        key=entry.key,
    )


def nameless_of(row: Row) -> Nameless:
    """The report that a row keeps until a person says whose it is."""
    kept = _decoded(_NAMELESS, row)
    body = decode_body(kept.type, kept.report.encode())
    report = Report(
        subject="encounter",
        name="",
        fact=body.fact,
        occurred=body.occurred,
        source=body.source,
        actor=body.actor,
        canonical=b"",
        original=body.original,
    )
    return Nameless(
        key=row.key.hex() if row.key else "",
        report=report,
        digest=body.digest or "",
        stream=row.stream,
        position=row.position,
        recorded_at=row.recorded_at,
    )


def deed_of(row: Row) -> Deed:
    """What a row says that a person did with such a report."""
    body = _decoded(_DEED, row)
    return Deed(
        did=DEEDS[row.type],
        target=body.target,
        actor=body.actor,
        source=body.source,
        occurred_at=body.occurred_at,
        reason=body.reason,
        encounter=body.encounter,
        record=body.record,
        position=row.position,
        recorded_at=row.recorded_at,
    )


def _decoded(decoder: msgspec.json.Decoder[B], row: Row) -> B:
    try:
        if not too_large_or_deep(row.body):
            body = decoder.decode(row.body)
            if body.version == VERSION:
                return body
    except (msgspec.MsgspecError, ValueError):
        pass
    raise LedgerDamaged(
        f"record {row.position}, a {row.type}, is not as this program writes it; keep the ledger as"
        " it is and run `veinledger verify`: where that finds it consistent, a newer program wrote"
        " it, and reads it"
    )
