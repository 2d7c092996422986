"""A bundle of a ledger that encrypts: its reader gets the keys of these records, and no others."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.adapters.encrypted.two_keys import opens_under_both
from tests.bundle.given_bundles import ENCRYPTED, code_of, given, said_of, written
from tests.bundle.test_tampered_bundles import (
    CHANGES,
    OTHER_VALUES,
    at,
    dropped,
    put,
    rows,
    small,
)
from tests.bundle.turned_bits import hold_against_turned_bits
from tests.tiers import size
from veinledger.adapters.bundle import verify_bundle
from veinledger.adapters.bundle.verify_bundle import covered_of, row_from


def whole() -> Any:
    return json.loads(given(ENCRYPTED).whole)


def test_bundles_of_a_ledger_that_encrypts_verify_and_say_what_those_in_clear_say() -> None:
    made, in_clear = given(ENCRYPTED), given()
    for name in ("early", "whole", "plain", "without_originals", "other"):
        content = getattr(made, name)
        assert code_of(content, made.key) == 0
        assert shown(content) == shown(getattr(in_clear, name))
    records = [each for stream in whole()["streams"] for each in stream["rows"]]
    assert {len(each["nonce"]) for each in records} == {96}
    assert len({each["body_key"] for each in records}) == len(records)


def shown(content: bytes) -> list[str]:
    """The story of a bundle, without what names its ledger."""
    _, lines = verify_bundle.answer(content, show=True)
    return lines[lines.index(next(line for line in lines if line.startswith("\nWhat was"))) :]


def test_a_bundle_in_clear_has_no_keys_and_is_as_it_was() -> None:
    for stream in json.loads(given().whole)["streams"]:
        assert all(set(each) == set(verify_bundle.FIELDS["record"]) for each in stream["rows"])


def test_the_originals_in_it_are_the_bytes_as_received() -> None:
    assert [each["content"] for each in whole()["originals"]] == [
        each["content"] for each in json.loads(given().whole)["originals"]
    ]


# What is changed is noticed


def exchanged(bundle: Any, *names: str) -> None:
    one, other = rows(bundle)[1], rows(bundle)[2]
    for name in names:
        one[name], other[name] = other[name], one[name]


def without_a_nonce(bundle: Any) -> None:
    row = rows(bundle)[1]
    row["nonce"] = None
    del row["body_key"]


def read_out(bundle: Any) -> None:
    """The body in clear in the place of the encrypted one."""
    row, stream = rows(bundle)[1], bundle["streams"][0]["stream"]
    content = verify_bundle.content_of_body(bundle["ledger"], stream, row_from(row))
    assert content is not None
    row["body"] = content.decode()
    without_a_nonce(bundle)


def encrypted_anew(bundle: Any) -> None:
    """Another body under the key that was handed out, which anybody can make."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    row, stream = rows(bundle)[1], bundle["streams"][0]["stream"]
    covered = covered_of(bundle["ledger"], stream, row_from(row), b"")
    key = bytes.fromhex(row["body_key"])
    row["body"] = base64.b64encode(AESGCM(key).encrypt(bytes(12), b"{}", covered)).decode()


ENCRYPTED_CHANGES: dict[str, Callable[[Any], object]] = {
    **{name: work for name, work in CHANGES.items() if name != "every leaf worked out anew"},
    "the keys of two exchanged": lambda b: exchanged(b, "body_key"),
    "the nonces of two exchanged": lambda b: exchanged(b, "nonce"),
    "bodies and keys of two exchanged": lambda b: exchanged(b, "body", "body_key", "nonce"),
    "a key of zeros": lambda b: rows(b)[1].update(body_key="00" * 32),
    "no key": lambda b: rows(b)[1].pop("body_key"),
    "a key that is null": lambda b: rows(b)[1].update(body_key=None),
    "neither nonce nor key": without_a_nonce,
    "a body in clear": read_out,
    "a body encrypted anew": encrypted_anew,
    "a chain's key changed": lambda b: rows(b, 1)[0].update(body_key="00" * 32),
}


@pytest.mark.parametrize("name", ENCRYPTED_CHANGES)
def test_an_encrypted_bundle_whose_parts_are_moved_or_changed_is_refused(name: str) -> None:
    bundle = whole()
    before = deepcopy(bundle)
    ENCRYPTED_CHANGES[name](bundle)
    assert bundle != before
    assert code_of(written(bundle)) in (1, 2)


def test_a_record_in_clear_with_a_key_is_not_readable() -> None:
    bundle = json.loads(given().whole)
    rows(bundle)[1]["body_key"] = "00" * 32
    assert "a field that none has" in said_of(written(bundle))


def test_a_key_that_was_changed_is_said_to_be() -> None:
    bundle = whole()
    rows(bundle)[1]["body_key"] = "00" * 32
    assert "record 2 of the encounter" in said_of(written(bundle))
    assert "does not open under the key beside it" in said_of(written(bundle))


def test_whatever_else_a_record_says_or_lacks_is_refused() -> None:
    bundle = whole()
    for path in small(bundle):
        if path[:4] == ("streams", 0, "rows", 0):
            assert code_of(written(dropped(bundle, path))) in (1, 2), path
            for value in OTHER_VALUES:
                if at(bundle, path) != value or type(at(bundle, path)) is not type(value):
                    assert code_of(written(put(bundle, path, value))) in (1, 2), (path, value)


@pytest.mark.stochastic
def test_one_bit_of_an_encrypted_bundle_is_noticed_or_changes_nothing() -> None:
    content = given(ENCRYPTED).whole
    hold_against_turned_bits(content, size(200, 2_000, 8 * len(content)), "encrypted bundle")


# Keys, and controls


def test_a_key_of_one_record_opens_no_other() -> None:
    bundle = whole()
    stream = bundle["streams"][0]["stream"]
    found = [row_from(row) for row in rows(bundle)]
    for row in found:
        covered = covered_of(bundle["ledger"], stream, row, b"")
        read = [verify_bundle.decrypted(each.body_key, row.body, covered) for each in found]
        assert sum(each is not None for each in read) == 1


def test_a_ledger_that_handed_out_a_second_key_to_one_body_is_not_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """AES-GCM can be made to open under two keys; the row commits to one of them."""
    bundle = whole()
    stream, row = bundle["streams"][0]["stream"], row_from(rows(bundle)[0])
    other = b"\x01" * 32
    both = opens_under_both(row.body_key, other, covered_of(bundle["ledger"], stream, row, b""))

    def read(key: bytes) -> bytes | None:
        held = row._replace(body=both, body_key=key)
        return verify_bundle.content_of_body(bundle["ledger"], stream, held)

    assert read(row.body_key) is not None
    assert read(other) is None

    def says_what_it_is_told_to(_: bytes) -> Same:
        return Same(row.nonce[16:])

    monkeypatch.setattr(hashlib, "sha256", says_what_it_is_told_to)
    assert read(other) not in (None, read(row.body_key)), "the control: nothing else would tell"


class Same:
    """A hash that says what it is told to."""

    def __init__(self, said: bytes) -> None:
        self._said = said

    def digest(self) -> bytes:
        return self._said


def test_the_control_a_verifier_that_looks_at_no_key_believes_a_wrong_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bundle = whole()
    rows(bundle, 1)[0]["body_key"] = "00" * 32
    assert code_of(written(bundle)) == 1
    honest = verify_bundle.content_of_body

    def careless(ledger: str, stream: str, row: verify_bundle.Row) -> bytes:
        return honest(ledger, stream, row) or b""

    monkeypatch.setattr(verify_bundle, "content_of_body", careless)
    assert code_of(written(bundle)) == 0


def test_a_body_in_another_encoding_is_of_no_encounter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody but a ledger of the same key seals one; read as JSON it would load a module."""
    honest = verify_bundle.content_of_body

    def in_utf_16(ledger: str, stream: str, row: verify_bundle.Row) -> bytes | None:
        content = honest(ledger, stream, row)
        return None if content is None else content.decode().encode("utf-16")

    assert code_of(written(whole())) == 0
    monkeypatch.setattr(verify_bundle, "content_of_body", in_utf_16)
    assert "is not of the encounter" in said_of(written(whole()))
