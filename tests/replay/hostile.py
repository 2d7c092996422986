"""Rows that somebody with the key wrote to harm whoever reads them; and what reading them does.

Run by itself it reads them all, and says in JSON what it imported and how much memory it took.
"""

from __future__ import annotations

import gzip
import json
import pickle
import resource
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any, Final

from tests.adapters.store_contract import append
from veinledger.adapters.codec.rows import RowCodec
from veinledger.adapters.errors import FormatTooNew, LedgerDamaged
from veinledger.adapters.store.encrypted.bodies import Bodies
from veinledger.adapters.store.opening import open_store
from veinledger.domain.ledger.naming import Naming
from veinledger.domain.ledger.port import Draft, Row

TYPES: Final = (
    "os:system",
    "builtins.eval",
    "antigravity",
    "eventsourcing.domain:Aggregate.Created",
    "tests.replay.imported_by_nobody:Boom",
    "../../etc/passwd",
    "cells.infused\x00",
    "cells.infused'; DROP TABLE records; --",
    "CELLS.INFUSED",
    "x" * 10_000,
)
KNOWN: Final = ("cells.infused", "patient.registered", "identity.claimed", "report.refused")
TAGS: Final[tuple[dict[str, Any], ...]] = (
    {"py/object": "antigravity.Boom"},
    {"__class__": "os.system", "args": ["true"]},
    {"_type_": "decimal_str", "_data_": "antigravity:Boom"},
    {"$type": "antigravity", "version": 1},
    {"!!python/object/apply:os.system": ["true"]},
)


def body(rng: Random) -> bytes:
    """One of many ways of meaning harm."""
    deep = rng.randrange(1_000, 60_000)
    tag = rng.choice(TAGS)
    return rng.choice(
        (
            lambda: json.dumps(tag).encode(),
            lambda: json.dumps({"version": 1, "fact": tag, "encounter": "E1"}).encode(),
            lambda: b"[" * deep,
            lambda: b'{"a":' * deep + b"1" + b"}" * deep,
            lambda: b'{"version":1,"fact":' + b"[" * deep + b"]" * deep + b"}",
            lambda: BOMB,
            lambda: ZIPPED,
            lambda: pickle.dumps(_Loads()),
            lambda: b'{"version":' + b"9" * deep + b"}",
            lambda: b'{"version":1e' + b"9" * 9 + b"}",
            lambda: b'{"version":1,"version":2}',
            lambda: rng.randbytes(rng.randrange(200)),
            lambda: b'{"version":1,"zone":"' + b" " * (5 * 1024 * 1024) + b'"}',
        )
    )()


BOMB: Final = zlib.compress(b"\0" * 100_000_000, 9)
ZIPPED: Final = gzip.compress(b"0" * 100_000_000, 9)


class _Loads:
    """What a reader of pickles would import."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return __import__, ("antigravity",)


def drafted(number: int, kind: str, content: bytes) -> Draft:
    """A row in a stream of its own."""
    key = number.to_bytes(32, "big")
    return Draft(stream=f"encounter/{number:064x}", type=kind, body=content, key=key)


def rows(number: int, seed: int) -> Iterator[Draft]:
    """Hostile rows of types known and unknown."""
    rng = Random(seed)
    for each in range(number):
        yield drafted(each, rng.choice((*TYPES, *KNOWN, *KNOWN, *KNOWN)), body(rng))


def write_rows(folder: Path, drafts: Iterable[Draft]) -> None:
    """Seal rows into a ledger as somebody with its key would."""
    store, _ = open_store(f"sqlite:///{folder / 'ledger.sqlite'}", keys=folder / "keys")
    with closing(store):
        for draft in drafts:
            append(store, draft)


def write(folder: Path, number: int, seed: int) -> None:
    """So many hostile rows, drawn by a seed."""
    write_rows(folder, rows(number, seed))


def verdict(codec: RowCodec, row: Row) -> str:
    """How a row is turned away by each of its readers; `taken` where one of them takes it."""
    for read in (codec.record, codec.claim, codec.refusal, codec.held):
        try:
            read(row)
        except (FormatTooNew, LedgerDamaged) as error:
            said = str(error) + " ".join(getattr(error, "__notes__", ()))
            if read in {codec.record, codec.claim} and str(row.position) not in said:
                return "without its place"
            if len(said) > 2_000:
                return "repeats what it read"
            continue
        return "held" if read == codec.held and row.type == "report.refused" else "taken"
    return "turned away"


def _read(folder: Path) -> dict[str, object]:
    url = f"sqlite:///{folder / 'ledger.sqlite'}"
    store, keys = open_store(url, keys=folder / "keys", read_only=True)
    bodies = Bodies(store.ledger_id, keys)
    codec = RowCodec(Naming(keys.index_key, keys.digest_key), bodies.opened)
    modules, before = set(sys.modules), _peak()
    told: dict[str, int] = {}
    with closing(store):
        for name in store.streams("encounter/"):  # one by one: what counts is what decoding takes
            (row,) = store.stream(name)
            found = verdict(codec, row)
            told[found] = told.get(found, 0) + 1
    imported = sorted(set(sys.modules) - modules)
    return {"told": told, "imported": imported, "megabytes": (_peak() - before) / 1024}


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_read(Path(sys.argv[1]))))
