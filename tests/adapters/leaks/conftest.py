"""Ledgers to fail, and every sink listened to."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.adapters.leaks.canaries import KNOWN
from tests.adapters.leaks.sinks import Sinks, listening
from tests.given_ledger import centre_in_utc, ledger
from veinledger.adapters.ledger import Ledger


@pytest.fixture
def listen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[[], AbstractContextManager[Sinks]]:
    """Listen to every sink of this process for the length of a block."""
    return lambda: listening(tmp_path, monkeypatch, capfd)


@pytest.fixture
def open_here(tmp_path: Path) -> Callable[[str], AbstractContextManager[Ledger]]:
    """A fresh ledger over a store, which knows one connection."""
    return lambda store: ledger(tmp_path, store=store, centre=centre_in_utc(KNOWN))
