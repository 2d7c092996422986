"""Rows to records and entries to drafts: what each kind of stream holds, and how it is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Annotated, Final, TypeVar

import msgspec

from veinledger.adapters.codec.body import TO_READ_IT, decode_body, encode_body, too_large_or_deep
from veinledger.adapters.codec.canonical import canonical
from veinledger.adapters.codec.whose.following import following_draft
from veinledger.adapters.codec.whose.nameless import (
    KEPT,
    OF_NAMELESS,
    deed_draft,
    nameless_draft,
    nameless_of,
)
from veinledger.adapters.errors import FormatTooNew, LedgerDamaged
from veinledger.domain.findings import Objection, Refusal
from veinledger.domain.intake.entries import (
    Entry,
    Held,
    KeptClaim,
    KeptDeed,
    KeptFollowing,
    KeptNameless,
    KeptRefusal,
    KeptReport,
    Nameless,
)
from veinledger.domain.intake.outcome import RefusedItem
from veinledger.domain.ledger.naming import Naming
from veinledger.domain.ledger.port import Draft, KeptOriginal, Row
from veinledger.domain.reports import Occurrence, Record, Seal, Source
from veinledger.domain.standing.identity import IdentityClaim, IdentityDeed
from veinledger.domain.values import instant_of

VERSION: Final = 1
_DEEDS: Final[dict[str, IdentityDeed]] = {
    "identity.claimed": "claimed",
    "identity.named": "named",
    "identity.released": "released",
}
REFUSED: Final = "report.refused"
_KEY: Final = re.compile("[0-9a-f]{64}")


Version = Annotated[int, msgspec.Meta(ge=0, le=9_999)]
"""What stands above it is no version of ours, and is not repeated in an error."""


class _ClaimBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    version: Version
    chain_of_identity: str
    encounter: str
    record: str
    rank: int
    occurred_at: str
    local_day: date
    zone: str
    source: Source


class _ObjectionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    rule: str
    reason: str
    remedy: str
    source: str
    field: str | None = None


class _RefusalBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    version: Version
    source: Source
    digest: str
    original: str
    type: str | None = None
    encounter: str | None = None
    objections: tuple[_ObjectionBody, ...]


class _AnyBody(msgspec.Struct, frozen=True):
    """What every body says, whatever a later program may put beside it."""

    version: Version


B = TypeVar("B", _ClaimBody, _RefusalBody)

_CLAIMS: Final = msgspec.json.Decoder(_ClaimBody)
_REFUSALS: Final = msgspec.json.Decoder(_RefusalBody)
_ANY: Final = msgspec.json.Decoder(_AnyBody)


class RowCodec:
    """Translates between the domain's entries and the ledger's rows."""

    def __init__(self, naming: Naming, opened: Callable[[Row], Row]) -> None:
        """`opened` gives a row with its body in clear."""
        self.naming = naming
        self.opened = opened

    def draft(self, entry: Entry) -> Draft:
        """The row to append for an entry."""
        match entry:
            case KeptReport():
                return self._report_draft(entry)
            case KeptClaim():
                return self._claim_draft(entry)
            case KeptRefusal():
                return self._refusal_draft(entry)
            case KeptNameless():
                return nameless_draft(entry, self.naming)
            case KeptDeed():
                return deed_draft(entry)
            case KeptFollowing():
                return following_draft(entry, self.naming)

    def originals(self, entries: Iterable[Entry]) -> tuple[KeptOriginal, ...]:
        """The bytes as received of whatever is kept, and of nothing else."""
        return tuple(
            KeptOriginal(
                digest=self.naming.digest(entry.arrival.content),
                media_type=entry.arrival.media_type,
                content=entry.arrival.content,
            )
            for entry in entries
            if not isinstance(entry, (KeptClaim, KeptFollowing))
        )

    def record(self, row: Row) -> Record:
        """The record that a row of an encounter's or a centre's stream holds."""
        try:
            return _record_of(self.opened(row))
        except (FormatTooNew, LedgerDamaged) as error:
            error.add_note(f"it is record {row.position} of the ledger")
            raise

    def held(self, row: Row) -> Held:
        """What a row keeps under its report key."""
        if row.type == REFUSED or row.type in OF_NAMELESS:
            return Held(digest="", sequence=None, record=_key_of(row))
        body = decode_body(row.type, self.opened(row).body)
        return Held(
            digest=body.digest or "", sequence=row.sequence, record=_key_of(row), name=body.name
        )

    def nameless(self, keyed: Callable[[bytes], Row | None], key: str) -> Nameless | None:
        """The report that names nobody and is kept under a key; `keyed` finds its row."""
        digits = _KEY.fullmatch(key)
        row = keyed(bytes.fromhex(key)) if digits else None
        return nameless_of(self.opened(row)) if row is not None and row.type == KEPT else None

    def claim(self, row: Row) -> IdentityClaim:
        """The claim on a chain of identity, or its release, that a row holds."""
        body = _decoded(_CLAIMS, self.opened(row), *_DEEDS)
        return IdentityClaim(
            chain_of_identity=body.chain_of_identity,
            encounter=body.encounter,
            record=body.record,
            rank=body.rank,
            occurred=Occurrence(
                text=body.occurred_at,
                local_day=body.local_day,
                zone=body.zone,
                instant=instant_of(body.occurred_at) if "T" in body.occurred_at else None,
            ),
            source=body.source,
            position=row.position,
            recorded_at=row.recorded_at,
            deed=_DEEDS[row.type],
        )

    def refusal(self, row: Row) -> RefusedItem:
        """What was turned away, and every rule that stood against it."""
        body = _decoded(_REFUSALS, self.opened(row), REFUSED)
        return RefusedItem(
            source=body.source,
            type=body.type,
            encounter=body.encounter,
            position=row.position,
            recorded_at=row.recorded_at,
            original=body.original,
            refusal=Refusal(objections=tuple(map(_objection, body.objections))),
            digest=body.digest,
        )

    def _report_draft(self, entry: KeptReport) -> Draft:
        report = entry.report
        return Draft(
            stream=self.naming.stream_of(report.subject, report.name),
            type=report.fact.type,
            body=encode_body(
                report, entry.kind, entry.arrival.digest, entry.in_place_of, entry.came
            ),
            key=entry.key,
        )

    def _claim_draft(self, entry: KeptClaim) -> Draft:
        claim = entry.claim
        body = {
            "version": VERSION,
            "chain_of_identity": claim.chain_of_identity,
            "encounter": claim.encounter,
            "record": claim.record,
            "rank": claim.rank,
            "occurred_at": claim.occurred.text,
            "local_day": claim.occurred.local_day,
            "zone": claim.occurred.zone,
            "source": claim.source,
        }
        return Draft(
            stream=self.naming.identity_stream(claim.chain_of_identity),
            type=f"identity.{claim.deed}",
            body=canonical(body),
            key=entry.key,
        )

    def _refusal_draft(self, entry: KeptRefusal) -> Draft:
        arrival = entry.arrival
        body = {
            "version": VERSION,
            "source": arrival.source,
            "digest": arrival.digest,
            "original": self.naming.digest(arrival.content),
            "type": arrival.type,
            "encounter": arrival.encounter,
            "objections": entry.refusal.objections,
        }
        return Draft(
            stream=self.naming.intake_stream(
                arrival.source.connection, known=arrival.from_a_known_connection
            ),
            type=REFUSED,
            body=canonical(body),
            key=entry.key,
        )


def _record_of(row: Row) -> Record:
    body = decode_body(row.type, row.body)
    return Record(
        key=_key_of(row),
        kind=body.kind,
        subject=body.subject,
        name=body.name,
        fact=body.fact,
        occurred=body.occurred,
        source=body.source,
        actor=body.actor,
        original=body.original,
        in_place_of=body.in_place_of,
        came=body.came,
        seal=Seal(
            position=row.position,
            stream=row.stream,
            sequence=row.sequence,
            recorded_at=row.recorded_at,
            leaf=row.leaf.hex(),
        ),
    )


def _key_of(row: Row) -> str:
    if row.key is None:
        raise LedgerDamaged(
            f"record {row.position} has no report key; keep the ledger as it is and run"
            " `veinledger verify`"
        )
    return row.key.hex()


def _decoded(decoder: msgspec.json.Decoder[B], row: Row, *kinds: str) -> B:
    _refuse_what_is_newer(row, kinds)
    try:
        if not too_large_or_deep(row.body):
            return decoder.decode(row.body)
    except (msgspec.MsgspecError, ValueError):
        pass
    raise LedgerDamaged(
        f"record {row.position}, a {row.type}, is not as the ledger writes it; keep the ledger"
        " as it is and run `veinledger verify`"
    )


def _refuse_what_is_newer(row: Row, kinds: tuple[str, ...]) -> None:
    """Before anything is decoded: a later body may well hold what this program does not know."""
    if row.type not in kinds:
        raise FormatTooNew(
            f"record {row.position} is of a kind that this program does not know in its place; it"
            f" was written by a newer program, or by none of ours: {TO_READ_IT}"
        )
    if too_large_or_deep(row.body):
        return  # a reader that goes down with it would come to its end
    try:
        version = _ANY.decode(row.body).version
    except (msgspec.MsgspecError, ValueError):
        return  # no newer one: a damaged one, as its own decoder will say
    if version > VERSION:
        raise FormatTooNew(
            f"record {row.position} is of version {version}, and this program reads up to"
            f" {VERSION}; it was written by a newer program: {TO_READ_IT}"
        )


def _objection(body: _ObjectionBody) -> Objection:
    return Objection(
        rule=body.rule,
        reason=body.reason,
        remedy=body.remedy,
        source=body.source,
        field=body.field,
    )
