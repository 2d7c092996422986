"""Row K5: whoever writes rows with the ledger's own key makes its readers import nothing."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.given_command_line import command_line
from tests.given_ledger import ROOT
from tests.replay import hostile
from tests.tiers import SEED, size, tell
from veinledger.adapters.access.taken import READ, taken_in
from veinledger.adapters.errors import LedgerDamaged
from veinledger.adapters.store.created import CREATED, encrypts_bodies
from veinledger.adapters.store.rotated import ROTATED, rotated_in
from veinledger.domain.ledger.port import Row
from veinledger.domain.ledger.seal import FORMAT

AT_MOST = 64
"""Megabytes beyond what the program takes anyway."""


def read_in_another_process(
    folder: Path, *planted: str, honest: int = 0, wait: float = 60
) -> dict[str, Any]:
    module = "tests.replay.reading_hostile"
    command = [sys.executable, "-m", module, str(folder), str(honest), *planted]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=wait, check=True
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.stochastic
def test_hostile_rows_import_nothing_take_no_memory_and_are_turned_away(tmp_path: Path) -> None:
    number = size(200, 1_000, 100_000)
    honest = hostile.honest_rows(tmp_path)
    hostile.write_rows(tmp_path, hostile.rows(number, SEED))
    found = read_in_another_process(tmp_path, honest=honest, wait=number)
    tell(
        f"hostile rows: {number}, {found['megabytes']:.0f} MB more, seed {SEED};"
        f" {honest - 1} honest ones among them taken"
    )
    assert (found["imported"], found["done"]) == ([], {})
    assert found["megabytes"] < AT_MOST
    assert found["told"] == {"hostile: turned away": number, "honest: taken": honest - 1}
    assert found["verdict"] == "consistent, not anchored", "whoever has the key seals as we do"


def test_readers_that_import_unpickle_or_inflate_are_found(tmp_path: Path) -> None:
    """The control: each leaves its trace, and the trace is looked for."""
    bodies = (b"{}", hostile.PICKLED, hostile.bomb(hostile.GZIPPED))
    kinds = ("os:system", "cells.infused", "cells.infused")
    drafts = map(hostile.drafted, range(3), kinds, bodies)
    hostile.write_rows(tmp_path, drafts)
    found = read_in_another_process(tmp_path, "by_name", "unpickling", "inflating")
    assert {"os.system b'true'", "import 'colorsys'"} < set(found["done"])
    assert any(each.startswith("pickle.find_class") for each in found["done"])
    assert found["imported"] == ["colorsys"]
    assert found["megabytes"] > AT_MOST
    assert found["told"] == {"hostile: turned away": 3}


def test_a_version_that_nobody_counted_to_is_not_repeated(tmp_path: Path) -> None:
    """Found by a soak, seed 1795715057: thousands of nines came back in the error."""
    content = b'{"version": ' + b"9" * 3_000 + b"}"
    drafts = [hostile.drafted(number, kind, content) for number, kind in enumerate(hostile.KNOWN)]
    hostile.write_rows(tmp_path, drafts)
    found = read_in_another_process(tmp_path)
    assert found["told"] == {"hostile: turned away": len(hostile.KNOWN)}


@pytest.mark.parametrize(
    ("kind", "code"), [("cells.infused", 5), ("os:system", 3)], ids=["damaged", "of no known type"]
)
def test_replay_of_a_hostile_row_ends_and_says_which(
    kind: str,
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    call = command_line(tmp_path, monkeypatch, capfd)
    hostile.write_rows(tmp_path, [hostile.drafted(1, kind, b"[" * 50_000)])
    said = call("replay")
    assert said.code == code
    assert "record 2 of the ledger" in said.err
    assert "Traceback" not in said.err


def test_replay_of_many_among_honest_rows_ends_at_one_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    call, honest = command_line(tmp_path, monkeypatch, capfd), hostile.honest_rows(tmp_path)
    assert call("replay").code == 0, "the control"
    hostile.write_rows(tmp_path, hostile.rows(50, SEED))
    said = call("replay")
    assert said.code in {3, 5}
    assert "Traceback" not in said.err
    (position,) = re.findall(r"record (\d+) of the ledger", said.err)
    assert int(position) > honest


@pytest.mark.parametrize("content", [b'{"a":' * 50_000, b'{"fact":' + b"[" * 50_000])
def test_a_body_deeper_than_any_stack_keeps_no_other_from_being_verified(
    content: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """It was not read to its end, and the command ended with it."""
    call = command_line(tmp_path, monkeypatch, capfd)
    hostile.write_rows(tmp_path, [hostile.drafted(1, "cells.infused", content)])
    said = call("verify", "--originals")
    assert said.code == 0
    assert "consistent" in said.flat


READERS: dict[str, Callable[[Row], object]] = {
    CREATED: encrypts_bodies,
    ROTATED: rotated_in,
    READ: taken_in,
}


SAID: dict[str, dict[str, Any]] = {
    CREATED: {"version": 1, "format": FORMAT},
    ROTATED: {
        "key_id": "k", "check": "c", "note": "n", "reason": "r", "by": {"id": "a", "role": "b"},
    },
    READ: {"readings": [], "not_as_written": []},
}  # fmt: skip


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize("encoding", hostile.NOT_OURS)
def test_what_the_ledger_says_of_itself_in_another_encoding_is_damage(
    kind: str, encoding: str
) -> None:
    """Found by a soak, seed 1795885000: JSON in UTF-16 was read, by a module loaded for it."""
    said = json.dumps(SAID[kind])
    row = Row(
        position=1, stream="ledger", sequence=1, type=kind, recorded_at=datetime.now(UTC), key=None,
        key_id="k", nonce=None, previous=b"", body=said.encode(), tag=b"", leaf=b"",
    )  # fmt: skip
    READERS[kind](row)
    with pytest.raises(LedgerDamaged, match="record 1 "):
        READERS[kind](replace(row, body=said.encode(encoding)))


@pytest.mark.parametrize("kind", READERS)
def test_what_the_ledger_says_of_itself_deeper_than_any_stack_is_damage(kind: str) -> None:
    row = Row(
        position=1, stream="ledger", sequence=1, type=kind, recorded_at=datetime.now(UTC), key=None,
        key_id="k", nonce=None, previous=b"", body=b"[" * 50_000, tag=b"", leaf=b"",
    )  # fmt: skip
    with pytest.raises(LedgerDamaged, match="record 1 "):
        READERS[kind](row)
