"""A bundle as a file: readable JSON, verified before it gets its name, and never over another."""

from __future__ import annotations

import json
import os
from base64 import b64encode
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from veinledger.adapters.bundle import verify_bundle
from veinledger.adapters.bundle.gathering import Contents
from veinledger.adapters.errors import LedgerDamaged, NotFound, Refused
from veinledger.adapters.proof.notes import VerificationKey
from veinledger.adapters.store.backup import give_its_name
from veinledger.domain.ledger.port import KeptOriginal, Row
from veinledger.domain.ledger.seal import microseconds_of

Json = dict[str, Any]


def written(
    contents: Contents, key: VerificationKey, ledger_id: bytes, rotations: Iterable[str]
) -> bytes:
    """The bytes of a bundle; docs/bundle.md says what each field is."""
    stated = contents.statement
    bundle: Json = {
        "format": verify_bundle.FORMAT,
        "about": verify_bundle.ABOUT,
        "ledger": ledger_id.hex(),
        "keys": [key.text],
        "rotations": list(rotations),
        "checkpoint": contents.signed_checkpoint,
        "since": _since(contents),
        "statement": contents.signed_statement,
        "streams": [_stream(rows, contents) for rows in stated.streams],
        "originals": [_original(kept) for kept in stated.originals if stated.with_originals],
    }
    return (json.dumps(bundle, ensure_ascii=False, indent=1) + "\n").encode()


def _since(contents: Contents) -> Json | None:
    if contents.since is None:
        return None
    return {"checkpoint": contents.since.note, "path": _in_hexadecimal(contents.since_path)}


def _stream(rows: Sequence[Row], contents: Contents) -> Json:
    return {"stream": rows[0].stream, "rows": [_row(row, contents) for row in rows]}


def _row(row: Row, contents: Contents) -> Json:
    key = contents.body_keys.get(row.position)
    body = row.body.decode() if key is None else b64encode(row.body).decode()
    told = {
        "position": row.position,
        "sequence": row.sequence,
        "type": row.type,
        "recorded_at": microseconds_of(row.recorded_at),
        "report_key": None if row.key is None else row.key.hex(),
        "key_id": row.key_id,
        "nonce": None if row.nonce is None else row.nonce.hex(),
        "previous": row.previous.hex(),
        "body": body,
        "tag": row.tag.hex(),
        "leaf": row.leaf.hex(),
        "path": _in_hexadecimal(contents.paths.of[row.position - 1]),
    }
    return told if key is None else {**told, "body_key": key.hex()}


def _original(kept: KeptOriginal) -> Json:
    content = b64encode(kept.content).decode()
    return {"digest": kept.digest, "media_type": kept.media_type, "content": content}


def _in_hexadecimal(hashes: Iterable[bytes]) -> list[str]:
    return [each.hex() for each in hashes]


def refuse_what_does_not_verify(bundle: bytes, key: VerificationKey) -> None:
    """Ask the stand-alone verifier, as whoever gets the bundle will."""
    if len(bundle) > verify_bundle.LARGEST:
        raise Refused(
            f"the bundle would have {len(bundle):,} bytes, and its verifier reads up to"
            f" {verify_bundle.LARGEST:,}; leave the originals out"
        )
    code, _ = verify_bundle.answer(bundle, key.text)
    if code:
        raise LedgerDamaged(
            "the bundle was made and does not verify, and was not kept; keep the ledger as it is"
            " and run `veinledger verify`"
        )


def refuse_what_is_in_the_way(file: Path) -> None:
    """Before any work: a folder that is not there, a file that is."""
    if not file.parent.is_dir():
        raise NotFound(f"the folder {file.parent} is not there; make it, or name another file")
    if os.path.lexists(file):
        raise Refused(f"{file} is there already, and nothing is overwritten; name a new file")
    part = _part_of(file)
    if os.path.lexists(part):
        raise Refused(
            f"{part} is there: another command writes it, or was cut off; if none is running,"
            " remove it, and try again"
        )


def _part_of(file: Path) -> Path:
    """What a file is called until it is whole."""
    return file.with_name(f"{file.name}.part")


def put(content: bytes, file: Path, mode: int = 0o600) -> None:
    """Write a new file whole and on the disk to stay, and only then give it its name."""
    refuse_what_is_in_the_way(file)
    part = _part_of(file)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        give_its_name(part, file)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def verifier() -> bytes:
    """The program that verifies a bundle, byte for byte as it was shipped."""
    return Path(verify_bundle.__file__).read_bytes()
