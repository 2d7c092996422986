"""Encrypted bodies and originals, read a second time from docs/format.md with no code of ours."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.adapters.by_the_book import covered, hkdf, number, prefixed
from tests.adapters.store_contract import append, draft
from veinledger.adapters.store.encrypted.cipher import (
    with_an_encrypted_body,
    with_encrypted_content,
)
from veinledger.adapters.store.opening import open_store
from veinledger.domain.ledger.port import KeptOriginal
from veinledger.domain.ledger.seal import NO_LEAF, Unsealed

INFO = b"veinledger/1 "


def mac(key: bytes, *parts: bytes) -> bytes:
    return hmac.new(key, b"".join(map(prefixed, parts)), hashlib.sha256).digest()


def test_a_body_opens_as_the_format_says(tmp_path: Path) -> None:
    store, keys = open_store(f"sqlite:///{tmp_path / 'x.sqlite'}", keys=tmp_path, encrypted=True)
    content = b"MSH|^~\\&|"
    digest = hmac.new(keys.digest_key, content, hashlib.sha256).hexdigest()
    original = KeptOriginal(digest=digest, media_type="text/plain", content=content)
    append(store, draft(body=b'{"a":1}', name="r1"), originals=(original,))
    first, row = store.rows()
    stored = store.original(digest)
    store.close()
    assert stored is not None
    assert row.nonce is not None

    root, salt = (tmp_path / f"{store.ledger_id.hex()}.key").read_bytes(), store.ledger_id
    bodies = hkdf(root, salt, INFO + b"bodies", 32)
    key = mac(bodies, b"body", number(row.position), row.nonce[:16])
    assert row.nonce[16:] == hashlib.sha256(b"veinledger/1 body key" + key).digest()
    data = covered(replace(row, body=b""), store.ledger_id)
    assert AESGCM(key).decrypt(bytes(12), row.body, data) == b'{"a":1}'

    check = hkdf(root, salt, INFO + b"check of encrypted bodies", 16).hex()
    assert json.loads(first.body) == {
        "version": 1, "key_id": row.key_id, "check": check, "format": "veinledger/1",
        "bodies": "aes-256-gcm",
    }  # fmt: skip

    head, encrypted = stored.content[:25], stored.content[25:]
    assert head[:9] == b"\x01" + bytes.fromhex(row.key_id)
    key = mac(bodies, b"original", digest.encode(), head[9:])
    data = prefixed(store.ledger_id) + prefixed(digest.encode()) + prefixed(head)
    assert AESGCM(key).decrypt(bytes(12), encrypted, data) == content


def test_what_is_written_today_is_what_was_written_ever_since(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Frozen: with another byte here, no ledger that was encrypted before could be read."""

    def the_same_salt(length: int) -> bytes:
        return b"s" * length

    monkeypatch.setattr(os, "urandom", the_same_salt)
    row = Unsealed(
        ledger_id=b"l" * 16,
        position=7,
        stream="encounter/a",
        sequence=3,
        type="cells.infused",
        recorded_at=datetime(2026, 3, 2, 12, tzinfo=UTC),
        key=b"r" * 32,
        key_id="0123456789abcdef",
        nonce=None,
        previous=NO_LEAF,
        body=b'{"a":1}',
    )
    made = with_an_encrypted_body(row, b"k" * 32)
    assert (made.nonce or b"").hex() == NONCE
    assert made.body.hex() == BODY
    kept = KeptOriginal(digest="d" * 64, media_type="text/plain", content=b"received")
    assert (
        with_encrypted_content(kept, b"l" * 16, "0123456789abcdef", b"k" * 32).content.hex()
        == ORIGINAL
    )


NONCE = (
    "73737373737373737373737373737373205aab3df817be6e16f73e34205d1366b1446d676fd42bd9"
    "1de88f12500f8fd5"
)
BODY = "0493e69dccd4a83cb9c3dd3262c23cb8545f2bd339612b"
ORIGINAL = (
    "010123456789abcdef73737373737373737373737373737373f31a149f29e4e70e9d4c8912bb2a69"
    "1d877c85ad53766273"
)
