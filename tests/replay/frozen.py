"""A frozen ledger, row by row, as version 0.1.0 wrote it; and how it is put into a store again.

`python -m tests.replay.frozen` wrote the file once. It is never edited or written again: a version
that writes other bytes gets a file of its own beside it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import veinledger
from tests.adapters.store_contract import append
from tests.given_frozen import GOLDEN, frozen_file, frozen_keys
from tests.given_ledger import ROOT, SITE
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.pages import read_centre, rules_at
from veinledger.adapters.store.keys import Keys, derived_keys
from veinledger.adapters.store.memory import MemoryStore
from veinledger.adapters.store.opening import open_store
from veinledger.adapters.store.sealing import Sealer
from veinledger.adapters.telling import Clock, tell
from veinledger.domain.codebook.statement import Edition
from veinledger.domain.ledger.port import Draft, Store
from veinledger.domain.ledger.seal import microseconds_of, moment_of

FILE: Final = GOLDEN / "replay-1.ndjson"
TOLD: Final = (
    "page_patient_2l",
    "manufacturing_failure",
    "late_and_wrong",
    "a_year_of_surveillance",
)
"""The examples that it holds: corrections, refusals, what was sent, answered and appealed."""
IN_HEXADECIMAL: Final = ("report_key", "nonce", "previous", "tag", "leaf")


def lines(file: Path) -> list[dict[str, Any]]:
    """The lines of a frozen file."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def frozen(file: Path = FILE) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Its ledger id and root key, and its rows."""
    head, *rows = lines(file)
    return head, rows


def bytes_or_none(row: dict[str, Any], name: str) -> bytes | None:
    """A column of bytes, as the file has it."""
    return None if row[name] is None else bytes.fromhex(row[name])


def column(row: dict[str, Any], name: str) -> object:
    """A column as a store holds it."""
    if name == "body":
        return str(row["body"]).encode()
    return bytes_or_none(row, name) if name in IN_HEXADECIMAL else row[name]


def keys_of(head: dict[str, Any]) -> Keys:
    """The keys of the frozen ledger."""
    return derived_keys(bytes.fromhex(head["root_key"]), bytes.fromhex(head["ledger_id"]))


def in_memory() -> tuple[Store, Keys]:
    """Every row drafted and sealed anew, at the moments at which they were kept."""
    head, rows = frozen()
    keys = keys_of(head)
    sealer = Sealer(
        ledger_id=bytes.fromhex(head["ledger_id"]), key_id=keys.key_id, tag_key=keys.tag_key
    )
    moments = iter([row["recorded_at"] for row in rows])
    store = MemoryStore(sealer, lambda: moment_of(next(moments)))
    for row in rows:
        key = bytes_or_none(row, "report_key")
        body = str(row["body"]).encode()
        append(store, Draft(stream=row["stream"], type=row["type"], body=body, key=key))
    return store, keys


def in_a_file(folder: Path, *, read_only: bool = True) -> tuple[Store, Keys]:
    """The very rows in a SQLite file, in the tables that held them."""
    head, rows = frozen()
    ledger_id = bytes.fromhex(head["ledger_id"])
    file = frozen_file(folder, ledger_id, ({n: column(row, n) for n in row} for row in rows))
    frozen_keys(folder, ledger_id, bytes.fromhex(head["root_key"]))
    return open_store(f"sqlite:///{file}", keys=folder, read_only=read_only)


@contextmanager
def opened(store: str = "memory", edition: Edition = "public") -> Generator[Ledger, None, None]:
    """The frozen ledger, in either store."""
    with TemporaryDirectory() as folder:
        made, keys = in_memory() if store == "memory" else in_a_file(Path(folder))
        with Ledger(made, keys, rules_at(SITE, edition), read_centre(SITE)) as ledger:
            yield ledger


def written() -> Iterator[str]:
    """The lines of the file, of a ledger that is told the examples."""
    with TemporaryDirectory() as name:
        folder, clock = Path(name), Clock()
        url = f"sqlite:///{folder / 'ledger.sqlite'}"
        with veinledger.open(url, keys=folder, site=SITE, clock=clock) as ledger:
            for example in TOLD:
                script = import_module(f"veinledger.examples.{example}")
                content = (ROOT / "examples" / f"{example}.ndjson").read_bytes()
                decisions, came = getattr(script, "DECISIONS", {}), getattr(script, "CAME", {})
                list(tell(ledger, clock, content, decisions, came))
            ledger.record(b'{"encounter": "E1", "type": "no.such_fact"}')
            rows = ledger.rows()
        (key,) = folder.glob("*.key")
        yield json.dumps({"ledger_id": key.stem, "root_key": key.read_bytes().hex()})
    for row in rows:
        yield json.dumps(
            {
                "position": row.position,
                "stream": row.stream,
                "sequence": row.sequence,
                "type": row.type,
                "recorded_at": microseconds_of(row.recorded_at),
                "report_key": row.key.hex() if row.key else None,
                "key_id": row.key_id,
                "nonce": row.nonce.hex() if row.nonce else None,
                "previous": row.previous.hex(),
                "body": row.body.decode(),
                "tag": row.tag.hex(),
                "leaf": row.leaf.hex(),
            },
            ensure_ascii=False,
        )


if __name__ == "__main__":
    if FILE.exists():
        sys.exit(f"{FILE.name} is there, and is never written again")
    FILE.write_text("".join(f"{line}\n" for line in written()), encoding="utf-8")
