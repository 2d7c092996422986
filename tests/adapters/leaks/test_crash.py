"""A process that dies with a message in its hands says nothing of it, and leaves nothing of it."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.adapters.leaks.dying import HOW
from tests.adapters.leaks.sinks import Sinks
from tests.given_ledger import ROOT
from tests.tiers import size

HOUSE = ("domain", "projections", "adapters", "veinledger")


@pytest.mark.parametrize("how", list(HOW)[: size(1, 4)])
def test_a_process_that_dies_on_the_way_leaves_nothing_of_the_message(
    how: str, tmp_path: Path
) -> None:
    for name in ("ledger", "temporary", "here"):
        (tmp_path / name).mkdir()
    died = subprocess.run(
        [sys.executable, "-m", "tests.adapters.leaks.dying", how, str(tmp_path)],
        cwd=tmp_path / "here",
        env={**os.environ, "TMPDIR": str(tmp_path / "temporary"), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert died.returncode != 0
    sinks = Sinks()
    sinks.hear("stdout", died.stdout.decode())
    sinks.hear("stderr", died.stderr.decode())
    for name in ("temporary", "here"):
        assert list((tmp_path / name).iterdir()) == []
    sinks.hear_folder(tmp_path)
    assert sinks.hits() == []


def test_no_input_is_judged_by_an_assertion() -> None:
    """`python -O` takes them out, and with them whatever they guarded."""
    found = [
        f"{path}:{node.lineno}"
        for folder in HOUSE
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assert)
    ]
    assert found == []
