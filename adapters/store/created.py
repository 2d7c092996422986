"""The first record of every ledger: which format and which key it was created with."""

from __future__ import annotations

import json
import re
from typing import Final, cast

from veinledger.adapters.errors import FormatTooNew, LedgerDamaged
from veinledger.adapters.store.keys import Keys, another_key
from veinledger.domain.ledger.port import Draft, Row
from veinledger.domain.ledger.seal import FORMAT

LEDGER_STREAM = "ledger"
CREATED = "ledger.created"
_A_FORMAT: Final = re.compile(r"veinledger/[0-9]{1,4}")


def created_draft(keys: Keys) -> Draft:
    """The first record, before it is sealed."""
    said = {"version": 1, "key_id": keys.key_id, "check": keys.check, "format": FORMAT}
    body = json.dumps(said, separators=(",", ":")).encode()
    return Draft(stream=LEDGER_STREAM, type=CREATED, body=body)


def refuse_another_key(first: Row | None, keys: Keys) -> None:
    """Raise KeyMissing unless these keys are the ones that the ledger was created with."""
    said = _said_by(first)
    if said.get("format") != FORMAT:
        raise FormatTooNew(_too_new(said.get("format")))
    made_with = keys.line()[0]
    if (said.get("key_id"), said.get("check")) != (made_with.key_id, made_with.check):
        raise another_key(made_with)


def _too_new(written_in: object) -> str:
    known = isinstance(written_in, str) and _A_FORMAT.fullmatch(written_in)
    which = f"the format {written_in}" if known else "a format without a name that can be read"
    return (
        f"this ledger is written in {which}, and this veinledger knows {FORMAT}; install a"
        f" veinledger that knows {written_in if known else 'it'} (`pip install --upgrade"
        " veinledger`); nothing was opened"
    )


def _said_by(first: Row | None) -> dict[str, object]:
    try:
        said: object = json.loads(first.body) if first and first.type == CREATED else None
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise LedgerDamaged(
            f"record 1 of this ledger is not a readable {CREATED}; keep the file as it is, and"
            " restore the newest verified backup beside it"
        )
    return cast(dict[str, object], said)
