"""The command line for tests: called in this process, on a ledger of its own."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.given_ledger import SITE
from veinledger.adapters.cli.main import run


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a command said, and what it ended with."""

    code: int
    out: str
    err: str

    @property
    def answer(self) -> Any:
        """Its JSON."""
        return json.loads(self.out)

    @property
    def flat(self) -> str:
        """Its words as if no line had been broken."""
        return " ".join(self.out.split())


Cli = Callable[..., Said]


@contextmanager
def logging_as_it_was() -> Generator[None, None, None]:
    """Whatever a command configures, the program's logging is as before when the block ends."""
    root = logging.getLogger("veinledger")
    before = (list(root.handlers), root.level, root.propagate)
    yield
    root.handlers, level, root.propagate = before
    root.setLevel(level)


def command_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Cli:
    """The command line on an empty ledger in a folder, with keys of its own and a sample site."""
    monkeypatch.setenv("VEINLEDGER_KEYS", str(folder / "keys"))
    monkeypatch.setenv("VEINLEDGER_LEDGER", f"sqlite:///{folder / 'ledger.sqlite'}")
    monkeypatch.setenv("VEINLEDGER_SITE", str(SITE))
    for name in ("VEINLEDGER_LOG", "VEINLEDGER_ACTOR", "VEINLEDGER_ROLE", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "400")  # so that no cell is broken, and words can be looked for

    def call(*args: str, stdin: bytes = b"") -> Said:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            run(args)
        told = capfd.readouterr()
        return Said(code=int(ended.value.code or 0), out=told.out, err=told.err)

    return call
