"""What an answer follows from besides the records: the program, its rules, the site, the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Final

import msgspec

from veinledger.domain.centre.centre import Centre
from veinledger.domain.rules import Rules

_PACKAGES: Final = ("veinledger.domain", "veinledger.projections", "veinledger.adapters")
"""Whatever an answer is worked out by. A version number would not tell of a change between two."""
_ENCODER: Final = msgspec.json.Encoder(order="deterministic")


def bound_to(ledger_id: bytes, rules: Rules, centre: Centre) -> bytes:
    """A digest, 32 bytes; raises OSError where the program's sources cannot be read.

    What is owed is kept of days, which no clock plays a part in.
    """
    told = sha256()
    for part in (
        ledger_id,
        rules.edition.encode(),
        rules.pack.encode(),
        _ENCODER.encode(replace(centre, clocks={})),
        _digest_of_the_program(),
    ):
        told.update(len(part).to_bytes(8, "big") + part)
    return told.digest()


@cache
def _digest_of_the_program() -> bytes:
    """Over every source file, in the order of names."""
    sources = [each for package in _PACKAGES for each in _sources(Path(str(files(package))))]
    if not sources:
        raise FileNotFoundError("the program was installed without its sources")
    told = sha256()
    for name, content in sources:
        told.update(f"{name} {len(content)} ".encode() + content)
    return told.digest()


def _sources(folder: Path) -> Iterator[tuple[str, bytes]]:
    for source in sorted(folder.rglob("*.py")):
        yield source.relative_to(folder).as_posix(), source.read_bytes()
