"""Rows that say which encounter follows another: looked up from the earlier one."""

from __future__ import annotations

from typing import Final

import msgspec

from veinledger.adapters.codec.body import too_large_or_deep
from veinledger.adapters.codec.canonical import canonical
from veinledger.adapters.errors import LedgerDamaged
from veinledger.domain.intake.entries import KeptFollowing
from veinledger.domain.ledger.naming import Naming
from veinledger.domain.ledger.port import Draft, Row

VERSION: Final = 1
FOLLOWED: Final = "encounter.followed"


class _Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    version: int
    encounter: str
    record: str


_BODY: Final = msgspec.json.Decoder(_Body)


def following_draft(entry: KeptFollowing, naming: Naming) -> Draft:
    """The row to append in the earlier encounter's stream of followers."""
    body = {"version": VERSION, "encounter": entry.encounter, "record": entry.record}
    return Draft(
        stream=naming.following_stream(entry.earlier),
        type=FOLLOWED,
        body=canonical(body),
        key=entry.key,
    )


def follower_of(row: Row) -> str:
    """The encounter that says it follows this one; whether it still does, its own records tell."""
    try:
        if row.type == FOLLOWED and not too_large_or_deep(row.body):
            body = _BODY.decode(row.body)
            if body.version == VERSION:
                return body.encounter
    except (msgspec.MsgspecError, ValueError):
        pass
    raise LedgerDamaged(
        f"record {row.position} is not as this program writes it in its place; keep the ledger as"
        " it is and run `veinledger verify`: where that finds it consistent, a newer program wrote"
        " it, and reads it"
    )
