"""The first record of every ledger: which format and which key it was created with."""

from __future__ import annotations

import json
import re
from typing import Final, cast

from veinledger.adapters.errors import FormatTooNew, LedgerDamaged, Refused
from veinledger.adapters.store.encrypted.cipher import ALGORITHM
from veinledger.adapters.store.keys import Keys, another_key
from veinledger.domain.ledger.port import Draft, Row
from veinledger.domain.ledger.seal import FORMAT

LEDGER_STREAM = "ledger"
CREATED = "ledger.created"
_A_FORMAT: Final = re.compile(r"veinledger/[0-9]{1,4}")


def created_draft(keys: Keys) -> Draft:
    """The first record, before it is sealed."""
    said = {"version": 1, "key_id": keys.key_id, "check": keys.check, "format": FORMAT}
    if keys.bodies_key is not None:
        said["bodies"] = ALGORITHM
    body = json.dumps(said, separators=(",", ":")).encode()
    return Draft(stream=LEDGER_STREAM, type=CREATED, body=body)


def encrypts_bodies(first: Row | None) -> bool:
    """Whether the ledger was created to encrypt its bodies; that it was, its check value proves."""
    bodies = _said_in_our_format(first).get("bodies")
    if bodies not in (None, ALGORITHM):
        raise FormatTooNew(
            "the bodies of this ledger are encrypted in a way that this veinledger does not know;"
            " install a newer one (`pip install --upgrade veinledger`); nothing was opened"
        )
    return bodies == ALGORITHM


def refuse_another_key(first: Row | None, keys: Keys) -> None:
    """Raise KeyMissing unless these keys are the ones that the ledger was created with."""
    said, made_with = _said_in_our_format(first), keys.line()[0]
    if said.get("key_id") != made_with.key_id:
        raise another_key(made_with)
    encrypted = made_with.bodies_key is not None
    if said.get("check") != made_with.check or encrypts_bodies(first) != encrypted:
        raise LedgerDamaged(
            f"record 1 of this ledger is not the {CREATED} that it was made with: its check value,"
            " or whether bodies are encrypted, was changed; keep the file as it is, and restore"
            " the newest verified backup beside it; nothing was opened"
        )


def refuse_bodies_in_clear(keys: Keys) -> None:
    """Raise Refused where encrypted bodies are asked for, and the ledger keeps them in clear."""
    if keys.bodies_key is None:
        raise Refused(
            "this ledger was made to keep bodies and originals in clear, and stays so; to open it,"
            " leave `encrypted` out; to have them encrypted, make a new one in another file"
            " (`veinledger init --encrypted`)"
        )


def _said_in_our_format(first: Row | None) -> dict[str, object]:
    said = _said_by(first)
    if said.get("format") != FORMAT:
        raise FormatTooNew(_too_new(said.get("format")))
    return said


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
        said: object = json.loads(first.body.decode()) if first and first.type == CREATED else None
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise LedgerDamaged(
            f"record 1 of this ledger is not a readable {CREATED}; keep the file as it is, and"
            " restore the newest verified backup beside it"
        )
    return cast(dict[str, object], said)
