"""Whatever is put where a body or an original lies by somebody without the keys is not read."""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.adapters.encrypted.two_keys import opens_under_both
from tests.adapters.store_contract import append, draft
from veinledger.adapters.errors import LedgerDamaged
from veinledger.adapters.store.encrypted import cipher
from veinledger.adapters.store.encrypted.bodies import Bodies
from veinledger.adapters.store.encrypted.cipher import (
    Unreadable,
    body_under,
    commitment,
    key_of_body,
    with_an_encrypted_body,
)
from veinledger.adapters.store.keys import Keys, derived_keys
from veinledger.adapters.store.opening import open_store
from veinledger.adapters.store.sealing import unsealed_of
from veinledger.adapters.store.verify import verify
from veinledger.domain.ledger.port import KeptOriginal, Row, Store
from veinledger.domain.ledger.seal import Unsealed, tagged_bytes

SAID = (b'{"patient":"P-1004"}', b'{"patient":"P-1005"}', b"")
RECEIVED = (b"received 0", b"received 1")


@dataclass(frozen=True, slots=True)
class Made:
    store: Store
    keys: Keys

    @property
    def bodies(self) -> Bodies:
        return Bodies(self.store.ledger_id, self.keys)

    @property
    def rows(self) -> tuple[Row, ...]:
        """The three that were appended."""
        return tuple(self.store.rows(after=1))

    def original(self, number: int) -> KeptOriginal:
        found = self.store.original(originals(self.keys)[number].digest)
        assert found is not None
        return found


def originals(keys: Keys) -> tuple[KeptOriginal, ...]:
    """Each under its keyed digest, as it is received."""
    return tuple(
        KeptOriginal(
            digest=hmac.digest(keys.digest_key, content, "sha256").hex(),
            media_type="text/plain",
            content=content,
        )
        for content in RECEIVED
    )


def made() -> Made:
    store, keys = open_store("memory:", encrypted=True)
    append(store, *(draft(body=body) for body in SAID), originals=originals(keys))
    return Made(store, keys)


@pytest.fixture
def ledger() -> Made:
    return made()


def test_the_control_what_was_drafted_is_read_again_and_lies_there_encrypted(ledger: Made) -> None:
    assert tuple(ledger.bodies.opened(row).body for row in ledger.rows) == SAID
    assert [len(row.body) for row in ledger.rows] == [len(said) + 16 for said in SAID]
    assert tuple(map(ledger.bodies.original, map(ledger.original, range(2)))) == originals(
        ledger.keys
    )
    assert b"received" not in ledger.original(0).content
    assert verify(ledger.store, ledger.keys).consistent


def flipped(field: bytes, at: int) -> bytes:
    turned = bytearray(field)
    turned[at] ^= 1
    return bytes(turned)


Change = Callable[[Row, Row], Row]
CHANGES: dict[str, Change] = {
    "the body of another row": lambda row, other: replace(row, body=other.body),
    "the nonce of another row": lambda row, other: replace(row, nonce=other.nonce),
    "both of another row": lambda row, other: replace(row, body=other.body, nonce=other.nonce),
    "the whole of another row": lambda row, other: replace(other, position=row.position),
    "another commitment": lambda row, _: replace(row, nonce=flipped(row.nonce or b"", 47)),
    "another salt": lambda row, _: replace(row, nonce=flipped(row.nonce or b"", 0)),
    "a longer nonce": lambda row, _: replace(row, nonce=(row.nonce or b"") + b"\x00"),
    "a shorter nonce": lambda row, _: replace(row, nonce=(row.nonce or b"")[:-1]),
    "no nonce": lambda row, _: replace(row, nonce=None),
    "an empty nonce": lambda row, _: replace(row, nonce=b""),
    "a body in clear": lambda row, _: replace(row, nonce=None, body=SAID[0]),
    "the tag cut off": lambda row, _: replace(row, body=row.body[:-16]),
    "no body": lambda row, _: replace(row, body=b""),
    "another stream": lambda row, _: replace(row, stream="encounter/b"),
    "the stream of the ledger": lambda row, _: replace(row, stream="ledger"),
    "another sequence": lambda row, _: replace(row, sequence=row.sequence + 1),
    "a sequence below nothing": lambda row, _: replace(row, sequence=row.sequence - 2**63),
    "a time before all clocks": lambda row, _: replace(
        row, recorded_at=row.recorded_at.replace(year=1902)
    ),
    "another type": lambda row, _: replace(row, type="cells.received"),
    "another time": lambda row, _: replace(row, recorded_at=row.recorded_at + timedelta(seconds=1)),
    "another report key": lambda row, _: replace(row, key=bytes(32)),
    "another key id": lambda row, _: replace(row, key_id="00" * 8),
    "another row before it": lambda row, _: replace(row, previous=bytes(32)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_row_that_was_changed_is_not_read(ledger: Made, change: str) -> None:
    first, second, _ = ledger.rows
    changed = CHANGES[change](second, first)
    assert changed != second
    with pytest.raises(LedgerDamaged, match="record 3 does not open") as caught:
        ledger.bodies.opened(changed)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    assert "P-100" not in str(caught.value)


def test_every_bit_of_a_body_and_its_nonce_counts(ledger: Made) -> None:
    row = ledger.rows[0]
    changed = [replace(row, body=flipped(row.body, at)) for at in range(len(row.body))]
    changed += [replace(row, nonce=flipped(row.nonce or b"", at)) for at in range(48)]
    for each in changed:
        with pytest.raises(LedgerDamaged):
            ledger.bodies.opened(each)


def test_a_row_of_another_ledger_is_not_read_not_even_under_the_same_root(ledger: Made) -> None:
    with pytest.raises(LedgerDamaged):
        ledger.bodies.opened(made().rows[0])
    with pytest.raises(LedgerDamaged):
        Bodies(bytes(16), ledger.keys).opened(ledger.rows[0])
    other = replace(ledger.keys, bodies_key=derived_keys(bytes(32), bytes(16)).tag_key)
    with pytest.raises(LedgerDamaged):
        Bodies(ledger.store.ledger_id, other).opened(ledger.rows[0])


def test_a_row_that_says_it_is_encrypted_is_not_read_in_a_ledger_in_clear(ledger: Made) -> None:
    in_clear, keys = open_store("memory:")
    append(in_clear, draft(body=SAID[0]))
    bodies, row = Bodies(in_clear.ledger_id, keys), tuple(in_clear.rows())[1]
    assert bodies.opened(row) is row
    with pytest.raises(LedgerDamaged):
        bodies.opened(replace(row, nonce=ledger.rows[0].nonce))


# Keys


def test_each_row_has_a_key_of_its_own_which_opens_no_other(ledger: Made) -> None:
    keys = [ledger.bodies.key_of(row) or b"" for row in ledger.rows]
    assert len({*keys}) == len(keys)
    for key in keys:
        assert sum(opens(unsealed_of(row, ledger.store.ledger_id), key) for row in ledger.rows) == 1


def opens(row: Unsealed, key: bytes) -> bool:
    try:
        body_under(row, key)
    except Unreadable:
        return False
    return True


def test_what_was_undone_is_followed_by_a_row_under_another_key(ledger: Made) -> None:
    """A power cut, or a backup that was restored: another row at the same position."""
    row = replace(unsealed_of(ledger.rows[0], ledger.store.ledger_id), nonce=None, body=SAID[0])
    bodies_key = ledger.keys.bodies_key or b""
    twice = [with_an_encrypted_body(row, bodies_key) for _ in range(2)]
    assert len({key_of_body(each, bodies_key) for each in twice}) == 2
    assert len({each.body for each in twice}) == 2


def test_the_control_without_a_salt_one_key_would_encrypt_both_and_give_them_away(
    ledger: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "urandom", bytes)
    row = replace(unsealed_of(ledger.rows[0], ledger.store.ledger_id), nonce=None)
    one, other = (
        with_an_encrypted_body(replace(row, body=said), ledger.keys.bodies_key or b"").body
        for said in SAID[:2]
    )
    apart = bytes(a ^ b for a, b in zip(one[:20], other[:20], strict=True))
    assert apart == bytes(a ^ b for a, b in zip(*SAID[:2], strict=True))


def test_a_body_that_opens_under_two_keys_is_read_under_the_one_it_commits_to(
    ledger: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, bodies_key = unsealed_of(ledger.rows[0], ledger.store.ledger_id), ledger.keys.bodies_key
    assert bodies_key is not None
    mine, other = key_of_body(row, bodies_key), b"\x01" * 32
    covered = tagged_bytes(replace(row, body=b""))
    both = opens_under_both(mine, other, covered)
    texts = [AESGCM(key).decrypt(bytes(12), both, covered) for key in (mine, other)]
    assert texts[0] != texts[1], "the control: AES-GCM accepts both"
    assert (row.nonce or b"")[16:] == commitment(mine) != commitment(other)

    def leads_to_another(_: bytes, *__: bytes) -> bytes:
        return other

    monkeypatch.setattr(cipher, "_key", leads_to_another)
    with pytest.raises(Unreadable):
        key_of_body(row, bodies_key)


# Originals


ORIGINALS_CHANGED: dict[str, Callable[[KeptOriginal, KeptOriginal], KeptOriginal]] = {
    "the content of another": lambda kept, other: replace(kept, content=other.content),
    "under another digest": lambda kept, other: replace(kept, digest=other.digest),
    "another version": lambda kept, _: replace(kept, content=b"\x02" + kept.content[1:]),
    "another key id": lambda kept, _: replace(kept, content=flipped(kept.content, 1)),
    "another salt": lambda kept, _: replace(kept, content=flipped(kept.content, 9)),
    "another first byte": lambda kept, _: replace(kept, content=flipped(kept.content, 25)),
    "cut off": lambda kept, _: replace(kept, content=kept.content[:-1]),
    "cut off in its head": lambda kept, _: replace(kept, content=kept.content[:20]),
    "nothing": lambda kept, _: replace(kept, content=b""),
    "in clear": lambda kept, _: replace(kept, content=RECEIVED[0]),
}


@pytest.mark.parametrize("change", ORIGINALS_CHANGED)
def test_an_original_that_was_changed_is_not_read(ledger: Made, change: str) -> None:
    kept, other = ledger.original(0), ledger.original(1)
    with pytest.raises(LedgerDamaged, match="an original was changed") as caught:
        ledger.bodies.original(ORIGINALS_CHANGED[change](kept, other))
    assert "received" not in str(caught.value)


def test_an_original_of_another_ledger_is_not_read(ledger: Made) -> None:
    with pytest.raises(LedgerDamaged):
        ledger.bodies.original(made().original(0))


@pytest.fixture
def on_disk(tmp_path: Path) -> Iterator[Made]:
    store, keys = open_store(f"sqlite:///{tmp_path / 'x.sqlite'}", keys=tmp_path, encrypted=True)
    append(store, *(draft(body=body) for body in SAID), originals=originals(keys))
    yield Made(store, keys)
    store.close()


def test_verifying_an_encrypted_ledger_needs_no_body_and_passes_no_other_key(
    on_disk: Made,
) -> None:
    """The seal covers what is stored."""
    assert verify(on_disk.store, on_disk.keys).consistent
    forged = replace(on_disk.keys, tag_key=bytes(32))
    assert not verify(on_disk.store, forged).consistent
    in_clear = replace(on_disk.keys, bodies_key=None)
    assert not verify(on_disk.store, in_clear).consistent, "record 1 says that they are encrypted"
