"""Two frozen ledgers, one in clear and one encrypted, whole: with all that others hold of them.

Beside the rows lie the messages as received, the questions that were noted and not yet recorded,
the checkpoints that left, what a sender was answered, and a bundle. Between them they have each
kind of record that no report brings. `python -m tests.replay.frozen_whole` wrote them once. They
are never edited or written again: a version that writes other bytes gets folders of its own.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tests.adapters.given_files import opened, url
from tests.adapters.test_ledger import Line, say
from tests.given_frozen import GOLDEN, NAME, frozen_file, frozen_keys
from tests.given_ledger import lines_of
from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.proof.checkpoints import CheckpointFile, checkpoint_file
from veinledger.adapters.store.rotating import rotate_key
from veinledger.adapters.telling import Clock, tell
from veinledger.domain.intake.outcome import Outcome
from veinledger.domain.ledger.access import Reader
from veinledger.domain.reports import Actor

FOLDERS: Final = {"in clear": GOLDEN / "ledger-1", "encrypted": GOLDEN / "ledger-1-encrypted"}
ROWS, ORIGINALS, READS = "rows.ndjson", "originals.ndjson", "reads"
CHECKPOINTS, RECEIPTS, BUNDLE = "checkpoints", "outcomes.json", "bundle.json"
LINES: Final = lines_of("page_patient_2l")[6:]
"""Of E1, from the referral on."""
COORDINATOR: Final = Reader(by=Actor(id="n.reyes", role="coordinator"), why="treatment")
OFFICER: Final = Actor(id="it-1", role="security officer")
CLEAR: Final = ("body", "content")
IN_TEXT: Final = ("stream", "type", "key_id", "digest", "media_type")


def head_of(folder: Path) -> dict[str, Any]:
    """The id of a frozen ledger, its root keys and its verification keys, the first one first."""
    head: dict[str, Any] = json.loads((folder / ROWS).read_text(encoding="utf-8").split("\n")[0])
    return head


def rows_of(folder: Path, name: str = ROWS) -> list[dict[str, Any]]:
    """Its rows, or its originals, as the file has them."""
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if not line.startswith('{"ledger_id"')]


def put(frozen: Path, folder: Path) -> None:
    """Make a frozen ledger again in a folder: its file, its keys, and what was noted beside it."""
    head = head_of(frozen)
    ledger_id = bytes.fromhex(head["ledger_id"])
    rows, originals = (map(_columns, rows_of(frozen, name)) for name in (ROWS, ORIGINALS))
    frozen_file(folder, ledger_id, rows, originals)
    frozen_keys(folder / "keys", ledger_id, *map(bytes.fromhex, head["root_keys"]))
    (folder / f"{NAME}.reads").write_bytes((frozen / READS).read_bytes())


def _columns(row: Mapping[str, Any]) -> dict[str, object]:
    """A row as a store holds it: `body in clear` is text, other bytes are hexadecimal."""
    found = dict[str, object]()
    for name, value in row.items():
        if name.endswith(" in clear"):
            found[name.removesuffix(" in clear")] = value.encode()
        elif name in IN_TEXT or not isinstance(value, str):
            found[name] = value
        else:
            found[name] = bytes.fromhex(value)
    return found


# How the files were made.


def nobodys(message: str, **fields: Any) -> Line:
    """A report that names neither encounter nor centre."""
    line = said("crs.graded", "2026-05-27", message, **fields)
    return {name: value for name, value in line.items() if name != "encounter"}


def said(kind: str, day: str, message: str, encounter: str = "E1", **fields: Any) -> Line:
    source = {"connection": "coordinator", "message": message, "item": 1}
    return {**say(kind, day, message, encounter, **fields), "source": source}


def told(ledger: Ledger, clock: Clock, *lines: Line | bytes) -> list[Outcome]:
    """What becomes of these lines, each at its time."""
    written = (line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    return [outcome for _, outcome in tell(ledger, clock, b"\n".join(written))]


NAMELESS: Final = (nobodys("N-1"), nobodys("N-2", grade=2), nobodys("N-3", grade=3))
"""The first was assigned to E1, the second discarded; the third waits."""


def under_the_first_key(ledger: Ledger, clock: Clock) -> None:
    """Each kind of record that no report brings, but for the rotation itself."""
    told(ledger, clock, *LINES[:12])
    strange = {"connection": "a stranger", "message": "N-4", "item": 1}
    nameless = (*NAMELESS, nobodys("N-4") | {"source": strange})
    ours, anothers, *_ = (outcome.record for outcome in told(ledger, clock, *nameless))
    discard = {"type": "report.discarded", "target": anothers, "reason": "another's"}
    lines = (
        said("report.assigned", "2026-05-28", "W-1", target=ours),
        {name: value for name, value in nobodys("X-1").items() if name != "grade"} | discard,
        said("encounter.opened", "2026-05-29", "O-2", "E2"),
        said("encounter.continued", "2026-05-29", "C-2", "E2", continues="E1"),
        said("encounter.opened", "2026-05-29", "O-3", "E3"),
        said("encounter.linked", "2026-05-29", "L-3", "E3", survivor="E1"),
        said("crs.graded", "2026-05-29", "R-1", grade=9),
    )
    told(ledger, clock, *lines)
    ledger.history("E1")
    ledger.encounters()


def made(folder: Path, *, encrypted: bool) -> dict[str, str]:
    """A ledger in a folder, and what it leaves with others, by the names of the files."""
    clock = Clock()
    with opened(folder, encrypted=encrypted, clock=clock, reader=COORDINATOR) as ledger:
        under_the_first_key(ledger, clock)
        checkpoints = checkpoint_file(folder / "checkpoints", ledger.ledger_id)
        first = ledger.verification_key
    rotation = rotate_key(
        url(folder),
        by=OFFICER,
        reason="once a year",
        keys=folder / "keys",
        checkpoints=lambda _: CheckpointFile(checkpoints),
        clock=clock,
    )
    with (folder / f"{NAME}.reads").open("a") as reads:
        reads.write("half of a line, as a crash leaves it\n")
    with opened(folder, clock=clock, reader=COORDINATOR) as ledger:
        outcomes = told(ledger, clock, *LINES[12:15])
        ledger.bundle("E1", folder / BUNDLE, since=checkpoints)
    with opened(folder, read_only=True, clock=clock, reader=COORDINATOR) as ledger:
        ledger.history("E1")
        ledger.encounters()
    return {
        **columns_of(folder, [first, rotation.key]),
        READS: (folder / f"{NAME}.reads").read_text(),
        CHECKPOINTS: checkpoints.read_text(),
        RECEIPTS: as_json({"outcomes": outcomes}),
        BUNDLE: (folder / BUNDLE).read_text(),
    }


def columns_of(folder: Path, keys: list[str]) -> dict[str, str]:
    """What lies in the file of a ledger, behind its root keys."""
    roots = sorted((folder / "keys").iterdir(), key=lambda path: len(path.name))
    head = {
        "ledger_id": roots[0].stem,
        "root_keys": [root.read_bytes().hex() for root in roots],
        "keys": keys,
    }
    with closing(sqlite3.connect(folder / NAME)) as raw:
        rows, originals = (list(columns_in(raw, of)) for of in ("records", "originals"))
    return {ROWS: ndjson(head, *rows), ORIGINALS: ndjson(*originals)}


def columns_in(raw: sqlite3.Connection, table: str) -> Iterator[dict[str, object]]:
    """The rows of a table, readable where they lie in clear."""
    found = raw.execute(f"SELECT * FROM {table} ORDER BY rowid")
    names = [each[0] for each in found.description]
    for row in found:
        yield dict(_readable(*cell) for cell in zip(names, row, strict=True))


def _readable(name: str, value: object) -> tuple[str, object]:
    if not isinstance(value, bytes):
        return name, value
    if name in CLEAR and value.startswith(b"{"):
        return f"{name} in clear", value.decode()
    return name, value.hex()


def ndjson(*lines: object) -> str:
    return "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)


if __name__ == "__main__":
    for name, frozen in FOLDERS.items():
        if frozen.exists():
            sys.exit(f"{frozen.name} is there, and is never written again")
        with TemporaryDirectory() as temporary:
            files = made(Path(temporary), encrypted=name == "encrypted")
        frozen.mkdir()
        for file, content in files.items():
            (frozen / file).write_text(content, encoding="utf-8")
