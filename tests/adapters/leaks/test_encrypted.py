"""In a ledger that encrypts, nothing lies in clear: in file, log, backup or what lies beside.

The control of each search is the same search in a ledger in clear.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from tests.adapters.leaks.by_design import CLEAR_IN_ENCRYPTED
from tests.adapters.leaks.canaries import KNOWN, hits, planted
from tests.given_ledger import EXAMPLES, centre_in_utc, ledger, lines_of
from tests.tiers import size
from veinledger.adapters.ledger import Ledger
from veinledger.domain.facts.catalogue import FACTS

MANY = EXAMPLES[: size(5, len(EXAMPLES), len(EXAMPLES))]
LEAST = 6
"""Characters of a text that stands in no file by chance."""


def lying_about(found: Ledger, folder: Path) -> bytes:
    """Every byte of every file while the ledger is open, and of a backup."""
    found.backup(folder / "copy.sqlite")
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    ends = {path.name.rpartition("sqlite")[2] for path in files}
    assert {"", "-wal", "-shm"} <= ends
    return b"\n".join(path.read_bytes() for path in files)


def texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for each in cast("dict[str, object]", value).values():
            yield from texts(each)
    elif isinstance(value, list):
        for each in cast("list[object]", value):
            yield from texts(each)
    elif isinstance(value, str):
        yield value


def told(encrypted: bool, folder: Path, *lines: bytes, known: str | None = None) -> bytes:
    folder.mkdir()
    centre = None if known is None else centre_in_utc(known)
    with ledger(folder, store="sqlite", encrypted=encrypted, centre=centre) as made:
        made.record(*lines)
        return lying_about(made, folder)


@pytest.mark.parametrize("encrypted", [True, False])
def test_no_field_of_any_fact_lies_in_clear_in_a_ledger_that_encrypts(
    encrypted: bool, tmp_path: Path
) -> None:
    """Refused reports among them, and such as name nobody."""
    lines = [planted(name).line for name in FACTS]
    nobody = [{k: v for k, v in line.items() if k != "encounter"} for line in lines[:3]]
    whole = [json.dumps(line).encode() for line in (*lines, *nobody)]
    content = told(encrypted, tmp_path / "ledger", *whole, b'{"XQVZ00001": 1}', known=KNOWN)
    found = hits(content)
    assert found == [] if encrypted else len({*found}) > len(FACTS)


def test_no_text_of_the_examples_lies_in_clear_in_a_ledger_that_encrypts(tmp_path: Path) -> None:
    lines = [line for example in MANY for line in lines_of(example)]
    said = {text for line in lines for text in texts(json.loads(line)) if len(text) >= LEAST}
    connections = {json.loads(line)["source"]["connection"] for line in lines}
    by_design = {*FACTS, *connections, *CLEAR_IN_ENCRYPTED}
    wanted = {text for text in said if not any(text in each for each in by_design)}
    assert {"P-1004", "MRN-P-1004"} <= wanted
    in_clear, encrypted = (told(each, tmp_path / str(each), *lines) for each in (False, True))
    assert {text for text in wanted if text.encode() in encrypted} == set()
    missed = {text for text in wanted if text.encode() not in in_clear}
    assert missed == set(), "the control: a ledger in clear holds every one of them"
