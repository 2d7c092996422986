"""Row K5: whoever writes rows with the ledger's own key makes its readers import nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
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

AT_MOST = 64
"""Megabytes beyond what the program takes anyway."""


def read_in_another_process(folder: Path, wait: float) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.replay.hostile", str(folder)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=wait, check=True
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.stochastic
def test_hostile_rows_import_nothing_take_no_memory_and_are_turned_away(tmp_path: Path) -> None:
    number = size(200, 1_000, 100_000)
    hostile.write(tmp_path, number, SEED)
    told = read_in_another_process(tmp_path, wait=number)
    tell(f"hostile rows: {number}, {told['megabytes']:.0f} MB more, seed {SEED}")
    assert told["imported"] == []
    assert told["megabytes"] < AT_MOST
    assert sum(told["told"].values()) == number
    assert set(told["told"]) <= {"turned away", "held"}


@pytest.mark.parametrize("kind", ["report.refused", "identity.claimed", "cells.infused"])
def test_a_version_that_nobody_counted_to_is_not_repeated(kind: str, tmp_path: Path) -> None:
    """Found by a soak, seed 1795715057: thousands of nines came back in the error."""
    content = b'{"version": ' + b"9" * 3_000 + b"}"
    hostile.write_rows(tmp_path, [hostile.drafted(1, kind, content)])
    assert set(read_in_another_process(tmp_path, wait=60)["told"]) <= {"turned away", "held"}


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


@pytest.mark.parametrize("kind", READERS)
def test_what_the_ledger_says_of_itself_deeper_than_any_stack_is_damage(kind: str) -> None:
    row = Row(
        position=1, stream="ledger", sequence=1, type=kind, recorded_at=datetime.now(UTC), key=None,
        key_id="k", nonce=None, previous=b"", body=b"[" * 50_000, tag=b"", leaf=b"",
    )  # fmt: skip
    with pytest.raises(LedgerDamaged, match="record 1 "):
        READERS[kind](row)
