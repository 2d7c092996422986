"""`veinledger init` and `veinledger backup`, as typed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.given_ledger import ROOT

Said = subprocess.CompletedProcess[str]
Cli = Callable[..., Said]
LINES = str(ROOT / "examples" / "withdrawn.ndjson")


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """The command line in a process of its own, in an empty folder."""
    told = {k: v for k, v in os.environ.items() if not k.startswith("VEINLEDGER_")}
    told |= {"VEINLEDGER_LEDGER": "sqlite:///ledger.sqlite", "PYTHONPATH": str(ROOT)}

    def call(*args: str, **variables: str) -> Said:
        return subprocess.run(
            [sys.executable, "-m", "veinledger", *args],
            cwd=tmp_path, env=told | variables, capture_output=True, text=True, check=False,
        )  # fmt: skip

    return call


def test_init_makes_a_ledger_and_says_where_its_key_lies_and_where_to_keep_it(
    cli: Cli, tmp_path: Path
) -> None:
    said = cli("init", "--keys", "keys")
    (key,) = (tmp_path / "keys").iterdir()
    assert (said.returncode, said.stderr) == (0, "")
    told = " ".join(said.stdout.split())
    assert told.startswith(f"ledger {key.stem} is made")
    assert str(key) in told.replace(" ", "")
    assert "Copy the root key to a second place now" in told
    assert "keep it away from the backups" in told
    assert f"VEINLEDGER_KEYS={tmp_path / 'keys'}" in told

    again = cli("init", "--keys", "keys")
    assert again.returncode == 3
    assert "something is there already" in again.stderr
    assert list((tmp_path / "keys").iterdir()) == [key], "and no second key is made"


def test_init_makes_a_ledger_that_encrypts_and_what_comes_after_need_not_name_it(
    cli: Cli, tmp_path: Path
) -> None:
    keys = {"VEINLEDGER_KEYS": str(tmp_path / "keys")}
    made = cli("init", "--encrypted", "--json", **keys)
    assert json.loads(made.stdout)["encrypted"] is True
    recorded = cli("record", LINES, **keys)
    assert (recorded.returncode, "27 lines: 27 recorded" in recorded.stdout) == (0, True)
    lying = b"".join(path.read_bytes() for path in tmp_path.glob("ledger.sqlite*"))
    assert b"P-1004" not in lying
    assert "P-1004" in cli("history", "E4", "--json", **keys).stdout


def test_init_answers_in_json_and_needs_nothing_set_where_the_keys_are_named_already(
    cli: Cli, tmp_path: Path
) -> None:
    keys = str(tmp_path / "keys")
    told = json.loads(cli("init", "--json", VEINLEDGER_KEYS=keys).stdout)
    assert told["to_set"] is None
    assert Path(told["key_file"]).read_bytes()
    assert cli("verify", VEINLEDGER_KEYS=keys).returncode == 0


@pytest.mark.parametrize("command", [["init"], ["backup", "copy.sqlite"]])
def test_a_ledger_in_memory_is_neither_made_nor_backed_up(cli: Cli, command: list[str]) -> None:
    said = cli(*command, "--ledger", "memory:", "--keys", "keys")
    assert said.returncode == 2
    assert "a ledger in memory ends with the process" in said.stderr


def test_a_backup_is_made_verified_and_restored_by_hand(cli: Cli, tmp_path: Path) -> None:
    keys = {"VEINLEDGER_KEYS": str(tmp_path / "keys")}
    assert cli("record", LINES, **keys).returncode == 0
    said = cli("backup", "copy.sqlite", **keys)
    told = " ".join(said.stdout.split())
    assert (said.returncode, said.stderr) == (0, "")
    assert told.startswith("backup made and verified: consistent, not anchored")
    assert "the last that was acknowledged when the backup began, is there" in told
    assert "keep the key elsewhere" in told
    assert "This reading cannot exclude" in told
    assert all(len(line) <= 100 for line in said.stdout.splitlines())

    again = cli("backup", "copy.sqlite", **keys)
    assert again.returncode == 3
    assert "overwrites nothing" in again.stderr

    for left in tmp_path.glob("ledger.sqlite*"):
        left.unlink()
    (tmp_path / "copy.sqlite").rename(tmp_path / "ledger.sqlite")
    assert cli("verify", **keys).returncode == 0
    assert "27 lines: 27 duplicate" in cli("record", LINES, **keys).stdout


def test_a_backup_beside_its_own_key_is_told_of(cli: Cli, tmp_path: Path) -> None:
    keys = {"VEINLEDGER_KEYS": str(tmp_path / "keys")}
    cli("init", **keys)
    said = cli("backup", "keys/copy.sqlite", "--json", **keys)
    assert json.loads(said.stdout)["verification"]["consistent"] is True
    assert "whoever takes one takes both" in said.stderr


def test_a_command_that_only_reads_goes_on_while_another_process_writes(
    cli: Cli, tmp_path: Path
) -> None:
    keys = {"VEINLEDGER_KEYS": str(tmp_path / "keys")}
    cli("record", LINES, **keys)
    code = (
        "import sys, veinledger; ledger = veinledger.open(sys.argv[1], keys=sys.argv[2])\n"
        "print('open', flush=True); sys.stdin.read(); ledger.close()"
    )
    file = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    with subprocess.Popen(
        [sys.executable, "-c", code, file, keys["VEINLEDGER_KEYS"]],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as writer:  # fmt: skip
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"open\n"
        assert cli("verify", **keys).returncode == 0
        assert cli("backup", "copy.sqlite", **keys).returncode == 0
        refused = cli("record", LINES, **keys)
        writer.communicate()
    assert refused.returncode == 3
    assert f"process {writer.pid} has this ledger open for writing" in refused.stderr
