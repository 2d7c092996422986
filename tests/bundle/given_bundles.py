"""Bundles for tests: two encounters of one ledger, an older bundle, and another ledger's."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.given_ledger import ledger, lines_of
from veinledger.adapters.bundle import verify_bundle
from veinledger.adapters.ledger import Ledger


def _told_of(encounter: str, example: str) -> list[bytes]:
    return [line for line in lines_of(example) if json.loads(line).get("encounter") == encounter]


FIRST = _told_of("E4", "withdrawn")[:13]
"""From the referral past the collection, so that a chain of identity is claimed."""
SECOND = _told_of("E1", "page_patient_2l")[:12]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What one ledger handed out, and the two checkpoints that somebody kept of it."""

    key: str
    early_checkpoint: bytes
    """From before the second encounter."""
    early: bytes
    """The first encounter at that time."""
    whole: bytes
    """The first encounter, later, proven to extend the early checkpoint."""
    without_originals: bytes
    plain: bytes
    """The same without an earlier checkpoint."""
    other: bytes
    """The second encounter."""
    late_checkpoint: bytes
    """Of the size of all the later bundles."""
    latest_checkpoint: bytes
    """From after all bundles."""


ENCRYPTED = 2
"""The number of a ledger that encrypts its bodies."""


@cache
def given(number: int = 0) -> Given:
    """The same bundles for every test; `number` tells ledgers apart."""
    with TemporaryDirectory() as folder:
        return _made(Path(folder) / str(number), encrypted=number == ENCRYPTED)


def _made(folder: Path, *, encrypted: bool) -> Given:
    folder.mkdir()
    with ledger(folder, encrypted=encrypted) as opened:
        opened.record(*FIRST[:9])
        early_checkpoint = note_of(opened)
        early = bundle_of(opened, folder / "early.json", "E4")
        (folder / "kept").write_bytes(early_checkpoint)
        opened.record(*SECOND)
        opened.record(*FIRST[9:])
        whole = bundle_of(opened, folder / "whole.json", "E4", since=folder / "kept")
        without = bundle_of(opened, folder / "short.json", "E4", originals=False)
        plain = bundle_of(opened, folder / "plain.json", "E4")
        other = bundle_of(opened, folder / "other.json", "E1")
        late_checkpoint = note_of(opened)
        opened.record(*_told_of("E1", "page_patient_2l")[12:14])
        return Given(
            key=opened.verification_key,
            early_checkpoint=early_checkpoint,
            early=early,
            whole=whole,
            without_originals=without,
            plain=plain,
            other=other,
            late_checkpoint=late_checkpoint,
            latest_checkpoint=note_of(opened),
        )


def note_of(opened: Ledger) -> bytes:
    """A checkpoint as it stands in a file of them."""
    return f"{opened.checkpoint()}\n".encode()


def bundle_of(opened: Ledger, file: Path, encounter: str, **more: Any) -> bytes:
    """The bytes of a bundle."""
    opened.bundle(encounter, file, **more)
    return file.read_bytes()


def written(bundle: Any) -> bytes:
    """A bundle that somebody changed, as bytes."""
    return json.dumps(bundle, ensure_ascii=False).encode("utf-8", "surrogatepass")


def code_of(content: bytes, key: str | None = None, held: bytes | None = None) -> int:
    """0 yes, 1 no, 2 not readable; and never what nobody foresaw."""
    code, lines = verify_bundle.answer(content, key, held, show=True)
    assert "nobody foresaw" not in lines[0], lines[0]
    assert code == 0 or len(lines) == 1
    return code


def said_of(content: bytes, key: str | None = None, held: bytes | None = None) -> str:
    """The verdict in words."""
    _, lines = verify_bundle.answer(content, key, held)
    return "\n".join(lines)
