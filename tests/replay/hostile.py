"""Rows that somebody with the key wrote to harm whoever reads them, and honest ones beside them."""

from __future__ import annotations

import json
import pickle
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final

from tests.adapters.store_contract import append
from tests.given_ledger import SITE, lines_of
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.pages import read_centre, shipped_rules
from veinledger.adapters.store.opening import open_store
from veinledger.domain.ledger.port import Draft

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
KNOWN: Final = (
    "cells.infused", "patient.registered", "records.corrected", "encounter.linked",
    "identity.claimed", "identity.named", "identity.released", "report.refused",
    "intake.kept", "intake.assigned", "intake.dismissed", "encounter.followed",
    "ledger.read", "ledger.key_rotated",
)  # fmt: skip
TAGS: Final[tuple[dict[str, Any], ...]] = (
    {"py/object": "antigravity.Boom"},
    {"__class__": "os.system", "args": ["true"]},
    {"_type_": "decimal_str", "_data_": "antigravity:Boom"},
    {"$type": "antigravity", "version": 1},
    {"!!python/object/apply:os.system": ["true"]},
)


HEAVY: Final = 5 * 1024 * 1024
"""Bytes of blanks in a body."""
ALL_HEAVY, ONE_HEAVY_IN = 1_000, 50
"""So many of them fill no disk: a hundred thousand rows took 42 GB, where each could be heavy."""


def body(rng: Random, blanks: int = HEAVY) -> bytes:
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
            lambda: bomb(zlib.MAX_WBITS),
            lambda: bomb(GZIPPED),
            lambda: PICKLED,
            lambda: b'{"version":' + b"9" * deep + b"}",
            lambda: b'{"version":1e' + b"9" * 9 + b"}",
            lambda: b'{"version":1,"version":2}',
            lambda: json.dumps(tag).encode(rng.choice(NOT_OURS)),
            lambda: rng.randbytes(rng.randrange(200)),
            lambda: b'{"version":1,"zone":"' + b" " * blanks + b'"}',
        )
    )()


NOT_OURS: Final = (
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "utf-32-le",
    "utf-32-be",
)
"""Encodings that Python's JSON knows by their first bytes; each is a module of its own."""
GZIPPED: Final = zlib.MAX_WBITS | 16


@cache
def bomb(bits: int) -> bytes:
    """100 MB of nothing, packed; made bit by bit, for its size is what is looked for."""
    packing = zlib.compressobj(9, wbits=bits)
    return b"".join(packing.compress(bytes(100_000)) for _ in range(1_000)) + packing.flush()


class _Loads:
    """What a reader of pickles would import: a module that no program of ours needs."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return __import__, ("colorsys",)


PICKLED: Final = pickle.dumps(_Loads())


def drafted(number: int, kind: str, content: bytes) -> Draft:
    """A row in a stream of its own."""
    key = number.to_bytes(32, "big")
    return Draft(stream=f"encounter/{number:064x}", type=kind, body=content, key=key)


def rows(number: int, seed: int) -> Iterator[Draft]:
    """Hostile rows of types known and unknown."""
    rng = Random(seed)
    for each in range(number):
        blanks = HEAVY if each < ALL_HEAVY or each % ONE_HEAVY_IN == 0 else HEAVY // 1_000
        yield drafted(each, rng.choice((*TYPES, *KNOWN, *KNOWN, *KNOWN)), body(rng, blanks))


def honest_rows(folder: Path) -> int:
    """A ledger of honest rows, one of them kept for nobody and one refused; how many they are."""
    told = [json.loads(line) for line in lines_of("late_and_wrong")]
    nobody = {name: value for name, value in told[-1].items() if name != "encounter"}
    nobody["source"] = {"connection": "coordinator", "message": "NOBODY", "item": 1}
    store, keys = open_store(f"sqlite:///{folder / 'ledger.sqlite'}", keys=folder / "keys")
    with Ledger(store, keys, shipped_rules("public"), read_centre(SITE)) as opened:
        opened.record(*told, nobody, {**told[-1], "type": "cells.mislaid"})
        return len(opened.rows())


def write_rows(folder: Path, drafts: Iterable[Draft]) -> None:
    """Seal rows into a ledger as somebody with its key would."""
    store, _ = open_store(f"sqlite:///{folder / 'ledger.sqlite'}", keys=folder / "keys")
    with closing(store):
        for draft in drafts:
            append(store, draft)
