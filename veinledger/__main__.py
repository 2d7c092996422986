"""`python -m veinledger`: the command line."""

from __future__ import annotations

from veinledger.adapters.cli.main import run

run()
